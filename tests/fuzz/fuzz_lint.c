/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_lint.c - what templates write, read as the linter reads it: it ends, and of what it cannot
 * read it says why. A JSON value whose end was found is one that can be read. */
#include <stdlib.h>

#include "chart/lint.h"
#include "fuzz.h"
#include "text/gojson.h"
#include "value/gojson_error.h"

static void check_first(struct ptx_str text)
{
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	struct ptx_value *partial = NULL;
	ptx_auto_buf why = { 0 };
	size_t n = 0;

	ptx_buf_init(&why, 0);
	if (!ptxi_json_go_first(text, &n, &why)) {
		if (!why.n || n > text.n)
			abort();
		return;
	}
	if (!n || n > text.n || why.n)
		abort();
	if (!ptxi_go_json_decode(a, ptxi_strn(text.p, n), PTX_NULL, &why, &partial) && !partial &&
	    ptx_arena_status(a) == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ptx_str text = ptxi_strn((const char *)data, size);
	struct ptxi_lint_reader reader = ptxi_lint_reader(text, true);

	if (!size || size > 1u << 16)
		return 0;
	check_first(text);
	for (size_t i = 0;; i++) {
		ptx_auto(arena) a = ptx_arena_new(64u << 20);
		ptx_auto(error) err = NULL;
		struct ptxi_lint_object o = { .text = { NULL, 0 } };
		int rc = ptxi_lint_read(&reader, a, "fuzz", &o, &err);

		if (rc == 0)
			break;
		if (i > size || (rc < 0 && (!err || !ptx_error_message(err)[0])) ||
		    (rc > 0 && (!o.kind || !o.name)))
			abort();
		if (o.text.p && (o.text.p < text.p || o.text.p + o.text.n > text.p + text.n))
			abort();
	}
	return 0;
}
