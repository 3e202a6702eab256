/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_yaml_excerpt.c - a document of which there is an excerpt is right as a whole, and has in it what the excerpt says. */
#include <stdlib.h>

#include "fuzz.h"
#include "value/codec.h"
#include "value/yaml.h"

static const struct ptxi_yaml_want metadata[] = { { "name", NULL }, { "annotations", NULL }, { NULL, NULL } };
static const struct ptxi_yaml_want wants[] = { { "kind", NULL }, { "a", NULL }, { "metadata", metadata }, { NULL, NULL } };

static void compare(const struct ptx_value *whole, const struct ptx_value *excerpt, const struct ptxi_yaml_want *w)
{
	for (; w->key; w++) {
		const struct ptx_value *want = ptx_value_get(whole, w->key);
		const struct ptx_value *have = ptx_value_get(excerpt, w->key);

		if (!w->members || ptx_value_kind(want) != PTX_MAP) {
			if (!ptx_value_equal(want, have))
				abort();
		} else if (ptx_value_kind(have) != PTX_NULL) {
			compare(want, have, w->members);
		} else {
			for (const struct ptxi_yaml_want *m = w->members; m->key; m++)
				if (ptx_value_kind(ptx_value_get(want, m->key)) != PTX_NULL)
					abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *whole = NULL;
	struct ptx_value *excerpt = NULL;

	ptx_buf_init(&out, 0);
	if (size > 1u << 20 || !ptxi_yaml_excerpt(ptxi_strn((const char *)data, size), wants, &out))
		return 0;
	opts.numbers = PTX_NUMBERS_EXACT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	whole = ptx_yaml_parse(a, ptxi_strn((const char *)data, size), &opts, NULL);
	excerpt = ptx_yaml_parse(a, ptx_buf_str(&out), &opts, NULL);
	if (ptx_arena_status(a) != 0)
		return 0;
	if (!whole || !excerpt || ptx_value_kind(whole) != PTX_MAP)
		abort();
	compare(whole, excerpt, wants);
	return 0;
}
