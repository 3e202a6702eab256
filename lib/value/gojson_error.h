/* SPDX-License-Identifier: Apache-2.0 */
/* gojson_error.h - what Go's encoding/json says of a text that is no JSON. */
#ifndef PTXI_VALUE_GOJSON_ERROR_H
#define PTXI_VALUE_GOJSON_ERROR_H

#include "../base/ptxi.h"

/* Appends "invalid character 'x' after object key" and its like, as a json.Decoder that reads one
 * value says it ("unexpected EOF" where the text ends too early, "EOF" for an empty one). False
 * when nothing is wrong with the text. */
bool ptxi_json_go_error(struct ptx_str text, struct ptx_buf *out);

#endif
