/* SPDX-License-Identifier: Apache-2.0 */
/* toml.h - what the two halves of the TOML reader share: the place in the text, and its scalars. */
#ifndef PTXI_VALUE_TOML_H
#define PTXI_VALUE_TOML_H

#include "codec.h"

struct ptxi_toml {
	const char *p;
	const char *end;
	const char *line_start;
	uint32_t line;
	struct ptx_arena *arena;
	const struct ptx_read_opts *opts;
	struct ptx_buf *why; /* see ptxi_toml_parse_as_go(); or NULL */
	struct ptx_error **err;
};

/* As ptx_toml_parse(); why gets what BurntSushi/toml says of a failure ("toml: line 1: ..."), and
 * lists of tables have the number `tables` in `go`. */
struct ptx_value *ptxi_toml_parse_as_go(struct ptx_arena *a, struct ptx_str text, uint16_t tables,
					struct ptx_buf *why, struct ptx_error **err);
/* Appends a table as BurntSushi/toml writes it; another value is written as it would stand in a
 * table. False with the package's words in why. */
bool ptxi_toml_format(const struct ptx_value *v, struct ptx_buf *out, struct ptx_buf *why);

/* Fails at `at`, which is on the present line, and returns NULL. */
void *ptxi_toml_fail(struct ptxi_toml *t, const char *at, int code, const char *fmt, ...)
    PTXI_PRINTF(4, 5);
void *ptxi_toml_no_memory(struct ptxi_toml *t);
/* Past a line break at t->p ("\n" or "\r\n"); false when there is none. */
bool ptxi_toml_newline(struct ptxi_toml *t);

/* The string that opens at t->p, in the arena; multi-line ones only where they are allowed (not in
 * keys). */
bool ptxi_toml_string(struct ptxi_toml *t, bool may_be_multiline, struct ptx_str *out);
/* A number, date, time, true or false. NULL with the error set. */
struct ptx_value *ptxi_toml_scalar(struct ptxi_toml *t);

#endif
