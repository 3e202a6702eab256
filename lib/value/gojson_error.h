/* SPDX-License-Identifier: Apache-2.0 */
/* gojson_error.h - what Go's encoding/json says of a text that is no JSON. */
#ifndef PTXI_VALUE_GOJSON_ERROR_H
#define PTXI_VALUE_GOJSON_ERROR_H

#include "../base/ptxi.h"

/* Appends "invalid character 'x' after object key" and its like, as a json.Decoder that reads one
 * value says it ("unexpected EOF" where the text ends too early, "EOF" for an empty one). False
 * when nothing is wrong with the text. */
bool ptxi_json_go_error(struct ptx_str text, struct ptx_buf *out);
/* The first of several values: *n is how many bytes it takes, with the blanks before it. False:
 * what Go says is appended, and *n is how many bytes it had read, the one that it names the last; 0
 * where the text ends too early. */
bool ptxi_json_go_first(struct ptx_str text, size_t *n, struct ptx_buf *why);

#endif
