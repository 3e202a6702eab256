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
	struct ptx_error **err;
};

/* Fails at `at`, which is on the present line, and returns NULL. */
void *ptxi_toml_fail(struct ptxi_toml *t, const char *at, int code, const char *fmt, ...) PTXI_PRINTF(4, 5);
void *ptxi_toml_no_memory(struct ptxi_toml *t);
/* Past a line break at t->p ("\n" or "\r\n"); false when there is none. */
bool ptxi_toml_newline(struct ptxi_toml *t);

/* The string that opens at t->p, in the arena; multi-line ones only where they are allowed (not in keys). */
bool ptxi_toml_string(struct ptxi_toml *t, bool may_be_multiline, struct ptx_str *out);
/* A number, date, time, true or false. NULL with the error set. */
struct ptx_value *ptxi_toml_scalar(struct ptxi_toml *t);

#endif
