/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_order.c - the order of keys in YAML that Go's yaml.v2 writes.
 *
 * Keys are compared character by character. Where they first differ, a letter comes after what is
 * no letter, letters by code point, and digits as the number that they begin, so that "a9" is
 * before "a10". Equal numbers with unlike zeros go by length.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "yaml.h"
#include "../base/sort.h"
#include "../base/unicode.h"
#include "../base/utf8.h"

#define FEW 12u

struct sort_key {
	const struct ptxi_entry *entry;
	uint32_t *runes; /* NULL: the key is ASCII */
	size_t n;        /* characters */
};

static inline uint32_t rune_at(const struct sort_key *k, size_t i)
{
	return k->runes ? k->runes[i] : (unsigned char)k->entry->key.p[i];
}

/* The digits of a key from i on as a number that may wrap, as Go's does; *end is behind them. */
static int64_t number_at(const struct sort_key *k, size_t i, uint64_t start, size_t *end)
{
	uint64_t v = start;

	for (; i < k->n && ptxi_unicode_is_digit(rune_at(k, i)); i++)
		v = v * 10 + (uint64_t)((int64_t)rune_at(k, i) - '0');
	*end = i;
	return (int64_t)v;
}

static int sign_of(bool less)
{
	return less ? -1 : 1;
}

/* Both differ at i, and what is before it is the same. */
static int compare_at(const struct sort_key *a, const struct sort_key *b, size_t i, bool as_v3)
{
	uint32_t ca = rune_at(a, i);
	uint32_t cb = rune_at(b, i);
	bool a_letter = ptxi_unicode_is_letter(ca);
	bool b_letter = ptxi_unicode_is_letter(cb);
	uint64_t start = 0;
	size_t a_end = i;
	size_t b_end = i;
	int64_t x = 0;
	int64_t y = 0;

	if (a_letter && b_letter)
		return sign_of(ca < cb);
	if (a_letter || b_letter)
		return sign_of(as_v3 && i > 0 && ptxi_unicode_is_digit(rune_at(a, i - 1))
				   ? a_letter
				   : b_letter);
	if (ca == '0' || cb == '0')
		for (size_t j = i; j > 0 && ptxi_unicode_is_digit(rune_at(a, j - 1)) && !start; j--)
			start = rune_at(a, j - 1) != '0';
	x = number_at(a, i, start, &a_end);
	y = number_at(b, i, start, &b_end);
	if (x != y)
		return sign_of(x < y);
	if (a_end != b_end)
		return sign_of(a_end < b_end);
	return sign_of(ca < cb);
}

static int by_natural_order(const void *x, const void *y, void *user)
{
	const struct sort_key *a = x;
	const struct sort_key *b = y;
	const bool *as_v3 = user;

	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (rune_at(a, i) != rune_at(b, i))
			return compare_at(a, b, i, *as_v3);
	return (a->n > b->n) - (a->n < b->n);
}

/* False without memory. */
static bool make_key(struct ptx_arena *a, const struct ptxi_entry *e, struct sort_key *key)
{
	struct ptx_str s = e->key;
	bool ascii = true;

	*key = (struct sort_key){ .entry = e, .n = s.n };
	for (size_t i = 0; i < s.n; i++)
		ascii &= (unsigned char)s.p[i] < 0x80;
	if (ascii)
		return true;
	key->runes = ptxi_arena_array(a, s.n, sizeof(uint32_t));
	key->n = 0;
	for (size_t at = 0, len = 0; key->runes && at < s.n; at += len)
		key->runes[key->n++] = ptxi_utf8_decode(ptxi_str_from(s, at), &len);
	return key->runes != NULL;
}

/* The order has cycles ("10" < "1a" < "9" < "10"), and then what comes of it is a matter of how one
 * sorts: few keys are inserted one by one, in the order of their bytes, as Go does. */
static void insert_each(struct sort_key *keys, size_t n, bool as_v3)
{
	for (size_t i = 1; i < n; i++) {
		for (size_t j = i; j > 0 && by_natural_order(&keys[j], &keys[j - 1], &as_v3) < 0;
		     j--) {
			struct sort_key key = keys[j];

			keys[j] = keys[j - 1];
			keys[j - 1] = key;
		}
	}
}

const struct ptxi_entry **ptxi_yaml_sorted(struct ptx_arena *a, const struct ptx_value *map,
					   bool as_v3)
{
	const struct ptxi_entry **sorted = ptxi_value_sorted(a, map);
	size_t n = map->map.n;
	bool done = as_v3 &&
		    map->ordered; /* before version 3 there are no structs: all goes through JSON */
	struct sort_key *keys = sorted && !done ? ptxi_arena_array(a, n, sizeof(*keys)) : NULL;

	for (size_t i = 0; keys && i < n; i++)
		if (!make_key(a, sorted[i], &keys[i]))
			return NULL;
	if (!keys)
		return done ? sorted : NULL;
	if (n <= FEW)
		insert_each(keys, n, as_v3);
	else if (!ptxi_sort(keys, n, sizeof(*keys), by_natural_order, &as_v3))
		return NULL;
	for (size_t i = 0; i < n; i++)
		sorted[i] = keys[i].entry;
	return sorted;
}
