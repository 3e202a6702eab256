/* SPDX-License-Identifier: Apache-2.0 */
/* sort.c - a stable merge sort: runs of one, then two, then four ... merged between the array and a
 * copy. */
#define PTX_AREA PTX_AREA_BASE
#include "sort.h"

#define FEW   12u
#define SMALL 64u /* bytes of an item */

static void merge(char *to, const char *left, const char *right, const char *end, size_t size,
		  ptxi_compare_fn compare, void *user)
{
	const char *a = left;
	const char *b = right;

	while (a < right || b < end) {
		bool take_right = a == right || (b < end && compare(b, a, user) < 0);
		const char **from = take_right ? &b : &a;

		memcpy(to, *from, size);
		*from += size;
		to += size;
	}
}

/* Few small items are inserted one by one, in place. */
static void insert_each(char *base, size_t count, size_t size, ptxi_compare_fn compare, void *user)
{
	char item[SMALL];

	for (size_t i = 1; i < count; i++) {
		size_t to = i;

		while (to > 0 && compare(base + i * size, base + (to - 1) * size, user) < 0)
			to--;
		if (to == i)
			continue;
		memcpy(item, base + i * size, size);
		memmove(base + (to + 1) * size, base + to * size, (i - to) * size);
		memcpy(base + to * size, item, size);
	}
}

bool ptxi_sort(void *base, size_t count, size_t size, ptxi_compare_fn compare, void *user)
{
	size_t bytes = 0;
	char *from = base;
	char *to = NULL;
	char *copy = NULL;

	if (count < 2)
		return true;
	if (count <= FEW && size <= SMALL) {
		insert_each(base, count, size, compare, user);
		return true;
	}
	if (__builtin_mul_overflow(count, size, &bytes))
		return false;
	copy = to = ptxi_alloc(bytes);
	if (!copy)
		return false;
	for (size_t run = size; run < bytes; run *= 2) {
		char *swap = from;

		for (size_t at = 0; at < bytes; at += 2 * run) {
			size_t middle = bytes - at > run ? at + run : bytes;
			size_t end = bytes - middle > run ? middle + run : bytes;

			merge(to + at, from + at, from + middle, from + end, size, compare, user);
		}
		from = to;
		to = swap;
	}
	if (from != base)
		memcpy(base, from, bytes);
	ptx_free(copy);
	return true;
}
