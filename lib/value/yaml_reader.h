/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_reader.h - the inside of the reader of YAML (yaml_read.c), for who tells what is wrong (yaml_problem.c). */
#ifndef PTXI_VALUE_YAML_READER_H
#define PTXI_VALUE_YAML_READER_H

#include "yaml.h"
#include "../base/map.h"

#include <yaml.h>

struct ptxi_yaml_reader {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	struct ptx_arena *arena;
	struct ptx_str text;
	const struct ptx_read_opts *opts;
	const char *file; /* in the arena, or NULL */
	struct ptxi_map *anchors; /* of the document, to struct anchor */
	size_t expanded;  /* what the copies made for aliases weigh */
	unsigned depth;
	ptxi_yaml_pick_fn pick; /* or NULL: everything is read */
	void *pick_user;
	bool passed_anchor; /* a value that was not picked has one */
	struct ptxi_yaml_problem *why; /* or NULL */
	struct ptx_error **err;
};

/* The place of a mark in the text. */
struct ptx_where ptxi_yaml_where(const struct ptxi_yaml_reader *r, yaml_mark_t mark);
/* Go's words for a failure, where somebody asks for them. */
void ptxi_yaml_tell(struct ptxi_yaml_reader *r, const char *fmt, ...) PTXI_PRINTF(2, 3);
/* The parser's problem becomes the error. Returns: false. */
bool ptxi_yaml_parser_failed(struct ptxi_yaml_reader *r);

#endif
