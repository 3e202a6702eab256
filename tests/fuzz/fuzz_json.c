/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_json.c - what reads as JSON must, written again, read as the same value. */
#include <stdlib.h>

#include "fuzz.h"
#include "value/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_value *v = NULL;
	struct ptx_value *again = NULL;
	uint8_t how = size ? data[0] : 0;

	opts.numbers = (enum ptx_numbers)(how % 3);
	opts.duplicates = PTX_DUPLICATES_WARN;
	style.indent = how % 4;
	style.sort_keys = how & 8;
	style.escape_html = how & 16;
	v = ptx_json_parse(a, ptxi_strn((const char *)data, size), &opts, &err);
	if (!v) {
		if (!err || !ptx_error_message(err)[0])
			abort();
		return 0;
	}
	ptx_buf_init(&out, 0);
	ptx_json_format(v, &style, &out);
	/* A float above 2^53 is written in all its digits and reads as a whole number of other last
	 * digits. */
	if (opts.numbers == PTX_NUMBERS_EXACT) {
		opts.numbers = PTX_NUMBERS_FLOAT;
		v = ptx_json_parse(a, ptxi_strn((const char *)data, size), &opts, NULL);
	}
	again = ptx_json_parse(a, ptx_buf_str(&out), &opts, NULL);
	if (ptx_arena_status(a) == 0 && (!ptx_buf_ok(&out) || !ptx_value_equal(v, again)))
		abort();
	return 0;
}
