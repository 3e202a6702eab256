/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_printf.c - any format over values of every kind prints, the same way twice. */
#include <stdlib.h>

#include <pitrix/codec.h>

#include "fuzz.h"
#include "text/gofmt.h"
#include "text/gotype.h"

#define KINDS 12

static void print(struct ptx_str format, struct ptx_value *const *args, struct ptx_arena *a,
		  struct ptx_buf *out)
{
	ptx_buf_init(out, 8u << 20);
	ptxi_go_printf(format, args, KINDS, a, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf one = { 0 };
	ptx_auto_buf two = { 0 };
	struct ptx_value *args[KINDS];
	size_t turn = size ? data[0] % KINDS : 0;
	struct ptx_str format = ptxi_strn((const char *)data, size);

	opts.numbers = PTX_NUMBERS_EXACT;
	for (size_t i = 0; i < KINDS; i++)
		args[i] = ptx_value_int(a, (int64_t)i * 17 - 40);
	args[turn] = ptx_json_parse(
	    a, PTXI_STR("{\"k\":[1,\"\\u00e9\\n\",null,-2.5],\"e\":{},\"l\":[]}"), &opts, NULL);
	args[(turn + 1) % KINDS] = ptx_value_strn(a, PTXI_STR("q\"\xff\xc3\xa9"));
	args[(turn + 2) % KINDS] = ptx_value_float(a, 1234.5678e-7);
	args[(turn + 3) % KINDS] = ptx_value_null(a);
	args[(turn + 4) % KINDS] = ptx_value_bool(a, true);
	args[(turn + 5) % KINDS] = ptx_value_float(a, -__builtin_inf());
	args[(turn + 6) % KINDS] = ptx_value_int(a, INT64_MIN);
	args[(turn + 7) % KINDS] = ptx_value_int(a, 7200000000001);
	args[(turn + 7) % KINDS]->go = PTXI_GO_DURATION;
	print(format, args, a, &one);
	print(format, args, a, &two);
	if (ptx_buf_ok(&one) != ptx_buf_ok(&two) ||
	    !ptxi_str_eq(ptx_buf_str(&one), ptx_buf_str(&two)))
		abort();
	return 0;
}
