/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_schema.c - a schema, a byte of 0 and a value: what compiles must judge any value, the same
 * way twice, and say why. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "base/diag.h"
#include "value/codec.h"
#include <pitrix/schema.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	size_t n = zero ? (size_t)(zero - data) : size;
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(error) err = NULL;
	ptx_auto(error) again = NULL;
	struct ptx_schema_opts opts = PTX_SCHEMA_OPTS_INIT;
	struct ptx_schema *s = NULL;
	struct ptx_value *v = NULL;
	int code = 0;

	opts.draft = (enum ptx_schema_draft)(size % 6);
	opts.assert_formats = size & 8;
	s = ptx_schema_compile(ptxi_strn((const char *)data, n), &opts, &err);
	if (!s) {
		if (!err || !ptx_error_message(err)[0])
			abort();
		return 0;
	}
	if (zero)
		v = ptx_json_parse(a, ptxi_strn((const char *)zero + 1, size - n - 1), NULL, NULL);
	if (!v)
		v = ptx_json_parse(a, ptxi_strn((const char *)data, n), NULL, NULL);
	if (v) {
		code = ptx_schema_check(s, v, diags, &err);
		if ((code < 0) != (err != NULL) ||
		    (code == PTX_E_INVALID && ptx_diags_count(diags) == 0))
			abort();
		if (ptx_schema_check(s, v, NULL, &again) != code)
			abort();
	}
	ptx_schema_free(s);
	return 0;
}
