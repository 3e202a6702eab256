/* SPDX-License-Identifier: Apache-2.0 */
/* jsonpath.h - kubectl's JSONPath templates: text with {expressions} in it.
 *
 * Source of the dialect: k8s.io/client-go/util/jsonpath of v0.37.0 (fields, ['keys'], [i],
 * [i:j:step], [a,b], *, .., ?(filters), range and end, quoted text, @ and $). Members of a map come
 * in the order of their keys, where Go's come in any.
 */
#ifndef PTXI_TEXT_JSONPATH_H
#define PTXI_TEXT_JSONPATH_H

#include "../value/value.h"

/* A template, parsed. */
struct ptxi_jsonpath;

/* Reads a template; it lives in the arena and borrows text. Fails: SYNTAX (in Go's words), LIMIT
 * (nested too deeply), NOMEM. */
struct ptxi_jsonpath *ptxi_jsonpath_parse(struct ptx_arena *a, struct ptx_str text,
					  struct ptx_error **err);
/* Appends what the template makes of v. Fails: NOT_FOUND (a key), INVALID (an index out of bounds,
 * what cannot be compared), LIMIT, NOMEM; then nothing is appended. */
int ptxi_jsonpath_print(const struct ptxi_jsonpath *p, const struct ptx_value *v,
			struct ptx_arena *scratch, struct ptx_buf *out, struct ptx_error **err);

#endif
