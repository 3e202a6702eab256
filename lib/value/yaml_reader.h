/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_reader.h - the inside of the reader of YAML (yaml_read.c), for who tells what is wrong
 * (yaml_problem.c). */
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
	const char *file;         /* in the arena, or NULL */
	struct ptxi_map *anchors; /* of the document, to struct anchor */
	size_t expanded;          /* what the copies made for aliases weigh */
	unsigned depth;
	ptxi_yaml_pick_fn pick; /* or NULL: everything is read */
	void *pick_user;
	bool passed_anchor;            /* a value that was not picked has one */
	struct ptxi_yaml_problem *why; /* or NULL */
	/* Where there is a why, what Go finds in a later pass is kept until what it finds before
	 * was looked for. */
	bool late;        /* what failed was the second pass's: the whole document is read before */
	bool has_special; /* infinities or NaN */
	struct ptxi_yaml_bad_key *bad_keys, **last_bad_key;
	struct ptx_error **err;
};

/* A key that is none in JSON; its entry is left out of the map. */
struct ptxi_yaml_bad_key {
	const struct ptx_value *map, *value;
	struct ptxi_yaml_scalar key;
	struct ptx_where where;
	struct ptxi_yaml_bad_key *next;
};

/* The place of a mark in the text. */
struct ptx_where ptxi_yaml_where(const struct ptxi_yaml_reader *r, yaml_mark_t mark);
/* Go's words for a failure, where somebody asks for them. */
void ptxi_yaml_tell(struct ptxi_yaml_reader *r, const char *fmt, ...) PTXI_PRINTF(2, 3);
/* The parser's problem becomes the error. Returns: false. */
bool ptxi_yaml_parser_failed(struct ptxi_yaml_reader *r);
/* The same for an alias, the current event, that has no anchor. */
bool ptxi_yaml_no_anchor(struct ptxi_yaml_reader *r);

/* ---- yaml_passes.c */

/* The anchor of the node that an event begins, or NULL. */
const char *ptxi_yaml_anchor(const yaml_event_t *e);

/* After a failure of the second pass: an earlier one of the first takes its place. */
void ptxi_yaml_look_on(struct ptxi_yaml_reader *r);
/* The third pass over a document: what JSON does not have. */
bool ptxi_yaml_fits_json(struct ptxi_yaml_reader *r, const struct ptx_value *root);
/* Keeps a key for the third pass. */
bool ptxi_yaml_keep_bad_key(struct ptxi_yaml_reader *r, const struct ptx_value *map,
			    const struct ptxi_yaml_scalar *key, const struct ptx_value *value,
			    struct ptx_where where);
/* What was in one map is in another one, too. */
void ptxi_yaml_move_bad_keys(struct ptxi_yaml_reader *r, const struct ptx_value *from,
			     const struct ptx_value *to);
/* What is in a tree is in its copy, too. */
bool ptxi_yaml_copy_bad_keys(struct ptxi_yaml_reader *r, const struct ptx_value *from,
			     const struct ptx_value *to);
/* The failures of that pass, which is all the same where nobody asks for Go's words. Returns:
 * false. */
bool ptxi_yaml_bad_key(struct ptxi_yaml_reader *r, const struct ptxi_yaml_scalar *key,
		       struct ptx_where where);
bool ptxi_yaml_not_finite(struct ptxi_yaml_reader *r, double f, struct ptx_where where);

#endif
