/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.c - a name and a range of versions to one entry of an index.
 *
 * Entries are sorted, the highest first, so the first that fits is the answer.
 */
#define PTX_AREA PTX_AREA_REPO
#include "index.h"

#define SHOWN 5u

const struct ptxi_index_entry *ptxi_index_resolve(const struct ptxi_index_chart *chart,
						  const struct ptxi_constraint *constraint)
{
	for (size_t i = 0; i < chart->count; i++) {
		const struct ptxi_index_entry *e = &chart->entries[i];

		if (e->has_semver && e->url_count &&
		    ptxi_constraint_check(constraint, &e->semver, false))
			return e;
	}
	return NULL;
}

const struct ptxi_index_entry *ptxi_index_exact(const struct ptxi_index_chart *chart,
						const char *version)
{
	struct ptxi_semver want = { 0 };
	bool is_version = ptxi_semver_parse(ptxi_str(version), false, &want, NULL) == 0;
	const struct ptxi_index_entry *equal = NULL;

	for (size_t i = 0; i < chart->count; i++) {
		const struct ptxi_index_entry *e = &chart->entries[i];

		if (!e->url_count)
			continue;
		if (!version[0] || strcmp(version, e->version) == 0)
			return e;
		if (!equal && is_version && e->has_semver &&
		    ptxi_semver_compare(&want, &e->semver) == 0)
			equal = e;
	}
	return equal;
}

void ptxi_index_versions(const struct ptxi_index_chart *chart, struct ptx_buf *out)
{
	size_t n = chart->count < SHOWN ? chart->count : SHOWN;

	for (size_t i = 0; i < n; i++)
		ptx_buf_printf(out, "%s%s", i ? ", " : "", chart->entries[i].version);
	if (chart->count > n)
		ptx_buf_printf(out, " and %zu more", chart->count - n);
}
