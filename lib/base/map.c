/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - strings to pointers in order of insertion.
 *
 * Pairs stand in an array in the order they came; an open-addressed table of indexes (linear
 * probing, at most half full) finds them. Removing closes the gap and builds the table anew:
 * removals are rare here. The hash is SipHash-2-4 (Aumasson and Bernstein, 2012) under a key drawn
 * once a process, because keys are hostile.
 */
#define PTX_AREA PTX_AREA_BASE
#include "map.h"
#include "vec.h"

#include <pthread.h>
#include <sys/random.h>

struct pair {
	char *key;
	size_t n;
	uint64_t hash;
	void *value;
};

struct ptxi_map {
	void (*free_value)(void *);
	PTX_VEC(struct pair) pairs;
	uint32_t *table; /* index + 1; 0 = free */
	size_t mask;     /* slots - 1; 0 = no table */
};

static uint64_t hash_key[2];
static pthread_once_t hash_once = PTHREAD_ONCE_INIT;

static void draw_hash_key(void)
{
	/* Without entropy at boot a fixed key is still correct, only guessable. */
	if (getrandom(hash_key, sizeof(hash_key), GRND_NONBLOCK) != (ssize_t)sizeof(hash_key))
		hash_key[0] = (uint64_t)(uintptr_t)&hash_key;
}

static inline uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

/* Inline, so that v is registers: a hash of a short key is six rounds and little else. */
static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

uint64_t ptxi_hash(const void *p, size_t n)
{
	const unsigned char *at = p;
	uint64_t v[4] = { 0x736f6d6570736575u, 0x646f72616e646f6du, 0x6c7967656e657261u,
			  0x7465646279746573u };
	uint64_t tail = (uint64_t)n << 56;
	uint64_t word = 0;
	size_t left = n;

	pthread_once(&hash_once, draw_hash_key);
	v[0] ^= hash_key[0];
	v[1] ^= hash_key[1];
	v[2] ^= hash_key[0];
	v[3] ^= hash_key[1];
	for (; left >= 8; at += 8, left -= 8) {
		memcpy(&word, at, 8);
		v[3] ^= word;
		sip_round(v);
		sip_round(v);
		v[0] ^= word;
	}
	for (size_t i = 0; i < left; i++)
		tail |= (uint64_t)at[i] << (8 * i);
	v[3] ^= tail;
	sip_round(v);
	sip_round(v);
	v[0] ^= tail;
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct ptxi_map *ptxi_map_new(void (*free_value)(void *))
{
	struct ptxi_map *m = ptxi_alloc(sizeof(*m));

	if (m)
		m->free_value = free_value;
	return m;
}

void ptxi_map_free(struct ptxi_map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->pairs.n; i++) {
		ptx_free(m->pairs.v[i].key);
		if (m->free_value)
			m->free_value(m->pairs.v[i].value);
	}
	ptx_vec_done(&m->pairs);
	ptx_free(m->table);
	ptx_free(m);
}

size_t ptxi_map_count(const struct ptxi_map *m)
{
	return m->pairs.n;
}

static struct pair *find(const struct ptxi_map *m, struct ptx_str key, uint64_t hash)
{
	if (!m->table)
		return NULL;
	for (size_t slot = hash & m->mask; m->table[slot]; slot = (slot + 1) & m->mask) {
		struct pair *p = &m->pairs.v[m->table[slot] - 1];

		if (p->hash == hash && ptxi_str_eq(ptxi_strn(p->key, p->n), key))
			return p;
	}
	return NULL;
}

static void insert(struct ptxi_map *m, size_t i)
{
	size_t slot = m->pairs.v[i].hash & m->mask;

	while (m->table[slot])
		slot = (slot + 1) & m->mask;
	m->table[slot] = (uint32_t)i + 1;
}

static bool rebuild(struct ptxi_map *m, size_t slots)
{
	uint32_t *table = ptxi_alloc_array(slots, sizeof(*table));

	if (!table)
		return false;
	ptx_free(m->table);
	m->table = table;
	m->mask = slots - 1;
	for (size_t i = 0; i < m->pairs.n; i++)
		insert(m, i);
	return true;
}

void *ptxi_map_getn(const struct ptxi_map *m, struct ptx_str key)
{
	const struct pair *p = find(m, key, ptxi_hash(key.p, key.n));

	return p ? p->value : NULL;
}

void *ptxi_map_get(const struct ptxi_map *m, const char *key)
{
	return ptxi_map_getn(m, ptxi_str(key));
}

int ptxi_map_setn(struct ptxi_map *m, struct ptx_str key, void *value)
{
	uint64_t hash = ptxi_hash(key.p, key.n);
	struct pair *old = find(m, key, hash);
	char *copy = NULL;

	if (old) {
		if (m->free_value && old->value != value)
			m->free_value(old->value);
		old->value = value;
		return 0;
	}
	if (m->pairs.n >= UINT32_MAX / 4)
		return PTX_E_NOMEM;
	if ((m->pairs.n + 1) * 2 > (m->table ? m->mask + 1 : 0) &&
	    !rebuild(m, m->table ? (m->mask + 1) * 2 : 16))
		return PTX_E_NOMEM;
	copy = ptxi_strndup(key.p, key.n);
	if (!copy || !ptx_vec_push(&m->pairs, ((struct pair){ copy, key.n, hash, value }))) {
		ptx_free(copy);
		return PTX_E_NOMEM;
	}
	insert(m, m->pairs.n - 1);
	return 0;
}

int ptxi_map_set(struct ptxi_map *m, const char *key, void *value)
{
	return ptxi_map_setn(m, ptxi_str(key), value);
}

bool ptxi_map_remove(struct ptxi_map *m, const char *key)
{
	size_t n = strlen(key);
	struct pair *p = find(m, ptxi_strn(key, n), ptxi_hash(key, n));

	if (!p)
		return false;
	ptx_free(p->key);
	if (m->free_value)
		m->free_value(p->value);
	m->pairs.n--;
	memmove(p, p + 1, (size_t)(m->pairs.v + m->pairs.n - p) * sizeof(*p));
	memset(m->table, 0, (m->mask + 1) * sizeof(*m->table));
	for (size_t i = 0; i < m->pairs.n; i++)
		insert(m, i);
	return true;
}

void *ptxi_map_at(const struct ptxi_map *m, size_t i, const char **key)
{
	if (i >= m->pairs.n)
		return NULL;
	if (key)
		*key = m->pairs.v[i].key;
	return m->pairs.v[i].value;
}
