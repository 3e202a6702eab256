/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h - the table of formats, and what their readers and writers share. */
#ifndef PTXI_VALUE_CODEC_H
#define PTXI_VALUE_CODEC_H

#include <pitrix/codec.h>
#include "value.h"

struct ptxi_codec {
	const char *name;
	const char *const *extensions; /* ".json", NULL-terminated */
	struct ptx_value *(*parse)(struct ptx_arena *a, struct ptx_str text,
				   const struct ptx_read_opts *opts, struct ptx_error **err);
	void (*format)(const struct ptx_value *v, struct ptx_buf *out); /* NULL: it is only read */
};

/* By name, or by the extension of a file's name; NULL when there is none. */
const struct ptxi_codec *ptxi_codec_find(const char *name);
const struct ptxi_codec *ptxi_codec_for_file(const char *path);

#define PTXI_READ_MAX_BYTES (64u << 20)
#define PTXI_READ_MAX_DEPTH 1000u
/* The caller's options over the defaults. */
int ptxi_read_opts(struct ptx_read_opts *out, const struct ptx_read_opts *opts,
		   struct ptx_error **err);

/* Reads the value that text begins with, past blanks, and says in *used where it ends. */
struct ptx_value *ptxi_json_parse_prefix(struct ptx_arena *a, struct ptx_str text,
					 const struct ptx_read_opts *opts, size_t *used,
					 struct ptx_error **err);

/* Appends a JSON string with its quotes; escape_html as in struct ptx_json_style. */
void ptxi_json_quote(struct ptx_str s, bool escape_html, struct ptx_buf *out);
/* Appends a boolean, an integer or a number's own text, which all formats write alike; false for
 * other kinds. */
bool ptxi_codec_plain(const struct ptx_value *v, struct ptx_buf *out);
/* Appends a double as Go's encoding/json does. */
void ptxi_json_double(double f, struct ptx_buf *out);

#endif
