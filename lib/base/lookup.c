/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.c - "did you mean": optimal string alignment distance (Damerau-Levenshtein without moved
 * blocks), three rows at a time. Names are short and this runs only on the way to an error, so
 * clarity wins. */
#define PTX_AREA PTX_AREA_BASE
#include "lookup.h"

#define LONGEST 100u

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t distance(struct ptx_str a, struct ptx_str b)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0];
	size_t *last = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= b.n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = lower(a.p[i - 1]) == lower(b.p[j - 1]);

			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
			    lower(a.p[i - 2]) == lower(b.p[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[b.n];
}

struct ptx_str ptxi_nearest(struct ptx_str want, ptxi_candidate_fn candidate, const void *user)
{
	struct ptx_str best = { NULL, 0 };
	size_t best_distance = SIZE_MAX;

	if (want.n == 0 || want.n > LONGEST)
		return best;
	for (size_t i = 0;; i++) {
		struct ptx_str c = candidate(i, user);
		size_t longer = c.n > want.n ? c.n : want.n;
		size_t allowed = longer / 3 ? longer / 3 : 1;
		size_t d = 0;

		if (!c.p)
			return best;
		if (c.n == 0 || c.n > LONGEST)
			continue;
		d = distance(want, c);
		if (d <= allowed && d < best_distance) {
			best = c;
			best_distance = d;
		}
	}
}
