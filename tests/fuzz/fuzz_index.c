/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_index.c - an index of a repository: whatever it says, what is taken of it is sorted and
 * usable. */
#include <stdlib.h>

#include "fuzz.h"
#include "repo/index.h"

static void check(const struct ptxi_index *index)
{
	ptxi_auto(constraint) any = ptxi_constraint_parse(PTXI_STR(">=0.0.0-0"), NULL);

	for (size_t i = 0; i < index->count; i++) {
		const struct ptxi_index_chart *c = &index->charts[i];
		const struct ptxi_index_entry *best = ptxi_index_resolve(c, any);

		for (size_t k = 0; k < c->count; k++) {
			const struct ptxi_index_entry *e = &c->entries[k];

			if (!e->version || !e->version[0] || !e->digest)
				abort();
			if (k && e->has_semver &&
			    ptxi_semver_compare(&c->entries[k - 1].semver, &e->semver) < 0)
				abort();
			if (best && e->has_semver && e->url_count &&
			    ptxi_semver_compare(&best->semver, &e->semver) < 0)
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a", "alpine", NULL };

	if (size > 1u << 20)
		return 0;
	for (unsigned i = 0; i < 4; i++) {
		const struct ptxi_index_opts opts = { .source = "fuzz",
						      .names = i & 1 ? names : NULL,
						      .strict = (i & 2) != 0 };
		ptx_auto(error) err = NULL;
		ptxi_auto(index) index =
		    ptxi_index_parse(ptxi_strn((const char *)data, size), &opts, &err);

		if (index)
			check(index);
		else if (!err || !ptx_error_message(err)[0])
			abort();
	}
	return 0;
}
