/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_yaml.c - what reads as YAML must, written again, read as the same value; but for a key `<<`,
 * which is written without quotes, as sigs.k8s.io/yaml writes it, and so merges when it is read
 * again.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "value/codec.h"
#include "value/value.h"

static bool has_merge_key(const struct ptx_value *v)
{
	if (ptx_value_kind(v) == PTX_LIST)
		for (size_t i = 0; i < v->list.n; i++)
			if (has_merge_key(v->list.v[i]))
				return true;
	if (ptx_value_kind(v) == PTX_MAP)
		for (size_t i = 0; i < v->map.n; i++)
			if (ptxi_str_is(v->map.v[i].key, "<<") || has_merge_key(v->map.v[i].value))
				return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *all = NULL;

	opts.numbers = PTX_NUMBERS_EXACT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	opts.max_bytes = 1u << 20;
	all = ptx_yaml_parse_all(a, ptxi_strn((const char *)data, size), &opts, &err);
	if (!all) {
		if (!err || !ptx_error_message(err)[0])
			abort();
		return 0;
	}
	if (has_merge_key(all))
		return 0;
	ptx_buf_init(&out, 0);
	ptx_yaml_format(all, &out);
	/* A float above 2^53 is written in all its digits and reads as a whole number of other last
	 * digits: compared as floats. */
	opts.numbers = PTX_NUMBERS_FLOAT;
	all = ptx_yaml_parse_all(a, ptxi_strn((const char *)data, size), &opts, NULL);
	opts.max_bytes = 0;
	opts.max_depth = 1002;
	if (!ptx_value_equal(all, ptx_yaml_parse(a, ptx_buf_str(&out), &opts, NULL)) &&
	    ptx_arena_status(a) == 0)
		abort();
	return 0;
}
