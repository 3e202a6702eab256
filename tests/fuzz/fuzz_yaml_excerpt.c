/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_yaml_excerpt.c - a document of which there is an excerpt is right as a whole, and has in it
 * what the excerpt says; one without its comments reads as with them. */
#include <stdlib.h>

#include "fuzz.h"
#include "value/codec.h"
#include "value/yaml.h"

static const struct ptxi_yaml_want metadata[] = { { "name", NULL },
						  { "annotations", NULL },
						  { NULL, NULL } };
static const struct ptxi_yaml_want wants[] = {
	{ "kind", NULL }, { "a", NULL }, { "metadata", metadata }, { NULL, NULL }
};

static void compare(const struct ptx_value *whole, const struct ptx_value *excerpt,
		    const struct ptxi_yaml_want *w)
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

static struct ptx_value *read_all(struct ptx_arena *a, struct ptx_str text)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;

	opts.numbers = PTX_NUMBERS_EXACT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	return ptx_yaml_parse(a, text, &opts, NULL);
}

static void check_places(const struct ptx_value *a, const struct ptx_value *b)
{
	struct ptx_where x = ptx_value_where(a);
	struct ptx_where y = ptx_value_where(b);

	if (x.line != y.line || x.column != y.column)
		abort();
	for (size_t i = 0; i < ptx_value_count(a); i++)
		if (ptx_value_kind(a) == PTX_LIST)
			check_places(ptx_value_at(a, i), ptx_value_at(b, i));
		else
			check_places(a->map.v[i].value, b->map.v[i].value);
}

static void check_comments(struct ptx_arena *a, struct ptx_str text)
{
	ptx_auto_buf out = { 0 };
	struct ptx_value *whole = NULL;
	struct ptx_value *terse = NULL;

	ptx_buf_init(&out, 0);
	if (!ptxi_yaml_without_comments(text, &out))
		return;
	whole = read_all(a, text);
	terse = read_all(a, ptx_buf_str(&out));
	if (ptx_arena_status(a) != 0)
		return;
	if (!whole || !terse || !ptx_value_equal(whole, terse))
		abort();
	check_places(whole, terse);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto_buf out = { 0 };
	struct ptx_str text = ptxi_strn((const char *)data, size);
	struct ptx_value *whole = NULL;
	struct ptx_value *excerpt = NULL;

	ptx_buf_init(&out, 0);
	if (size > 1u << 20)
		return 0;
	check_comments(a, text);
	if (!ptxi_yaml_excerpt(text, wants, &out))
		return 0;
	whole = read_all(a, text);
	excerpt = read_all(a, ptx_buf_str(&out));
	if (ptx_arena_status(a) != 0)
		return 0;
	if (!whole || !excerpt || ptx_value_kind(whole) != PTX_MAP)
		abort();
	compare(whole, excerpt, wants);
	return 0;
}
