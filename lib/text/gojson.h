/* SPDX-License-Identifier: Apache-2.0 */
/* gojson.h - Go's encoding/json over template values. */
#ifndef PTXI_TEXT_GOJSON_H
#define PTXI_TEXT_GOJSON_H

#include "gotype.h"

/* The value as documents hold it: a typed nil is null, a struct what JSON makes of it. v itself
 * where nothing is to be changed, else a copy in the arena.
 *
 * Fails: INVALID ("json: unsupported value: NaN" and its like, also for what nests deeper than
 * 1,000 levels: Go finds a cycle there), NOMEM.
 */
const struct ptx_value *ptxi_go_plain(struct ptx_arena *a, const struct ptx_value *v,
				      struct ptx_error **err);

/* json.Unmarshal into an interface {} that is `want` (PTX_MAP, PTX_LIST; PTX_NULL: anything).
 * Numbers are float64.
 *
 * Returns: a value in the arena; NULL with Go's message in why, then *partial may get what was
 * decoded before.
 */
struct ptx_value *ptxi_go_json_decode(struct ptx_arena *a, struct ptx_str text, enum ptx_kind want,
				      struct ptx_buf *why, struct ptx_value **partial);

#endif
