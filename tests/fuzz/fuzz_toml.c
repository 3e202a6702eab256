/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_toml.c - what does not read as TOML has a reason, and what reads can be written as JSON and
 * read again. */
#include <stdlib.h>

#include "fuzz.h"
#include "value/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;

	opts.max_bytes = 1u << 20;
	v = ptx_toml_parse(a, ptxi_strn((const char *)data, size), &opts, &err);
	if (!v) {
		if (!err || !ptx_error_message(err)[0])
			abort();
		return 0;
	}
	ptx_buf_init(&out, 0);
	ptx_json_format(v, NULL, &out);
	opts.max_bytes = 0;
	opts.max_depth = 2002;
	if (!ptx_json_parse(a, ptx_buf_str(&out), &opts, NULL) && ptx_arena_status(a) == 0)
		abort();
	return 0;
}
