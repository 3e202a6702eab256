/* SPDX-License-Identifier: Apache-2.0 */
/* mem.c - a store in memory, for tests and dry runs: a sorted array under one mutex. */
#define PTX_AREA PTX_AREA_STORE
#include "../base/ptxi.h"
#include "store.h"

#include "../base/module.h"
#include "../base/vec.h"

#include <pthread.h>

struct doc {
	char *key;
	struct ptx_buf value;
	int64_t rev;
};

struct mem {
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	PTX_VEC(struct doc) docs; /* by key */
	PTX_VEC(char *) locks;
	int64_t rev;
};

static int mem_open(struct ptx_ctx *ctx, const char *url, void **store, struct ptx_error **err)
{
	struct mem *m = ptxi_alloc(sizeof(*m));

	(void)ctx;
	(void)url;
	if (!m)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	pthread_mutex_init(&m->mutex, NULL);
	pthread_cond_init(&m->freed, NULL);
	*store = m;
	return 0;
}

static void mem_close(void *store)
{
	struct mem *m = store;

	for (size_t i = 0; i < m->docs.n; i++) {
		ptx_free(m->docs.v[i].key);
		ptx_buf_done(&m->docs.v[i].value);
	}
	ptx_vec_done(&m->docs);
	ptx_vec_done(&m->locks);
	pthread_cond_destroy(&m->freed);
	pthread_mutex_destroy(&m->mutex);
	ptx_free(m);
}

/* Index of the first key that is not less. */
static size_t position(const struct mem *m, const char *key)
{
	size_t low = 0;
	size_t high = m->docs.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(m->docs.v[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct doc *find(struct mem *m, const char *key)
{
	size_t i = position(m, key);

	return i < m->docs.n && strcmp(m->docs.v[i].key, key) == 0 ? &m->docs.v[i] : NULL;
}

static int mem_get(void *store, const char *key, struct ptx_buf *value, int64_t *rev,
		   struct ptx_error **err)
{
	struct mem *m = store;
	const struct doc *d = NULL;

	(void)err;
	pthread_mutex_lock(&m->mutex);
	d = find(m, key);
	*rev = d ? d->rev : 0;
	if (d)
		ptx_buf_addstr(value, ptx_buf_str(&d->value));
	pthread_mutex_unlock(&m->mutex);
	return ptx_buf_ok(value) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int mem_each(void *store, const char *prefix, int64_t since, ptx_store_each_fn fn,
		    void *user, struct ptx_error **err)
{
	struct mem *m = store;
	int rc = 0;

	pthread_mutex_lock(&m->mutex);
	for (size_t i = position(m, prefix); rc == 0 && i < m->docs.n; i++) {
		const struct doc *d = &m->docs.v[i];

		if (strncmp(d->key, prefix, strlen(prefix)) != 0)
			break;
		if (d->rev > since)
			rc = fn(d->key, ptx_buf_str(&d->value), d->rev, user, err);
	}
	pthread_mutex_unlock(&m->mutex);
	return rc;
}

static int write_one(struct mem *m, const struct ptx_store_op *op)
{
	size_t i = position(m, op->key);
	struct doc *d = find(m, op->key);

	if (!op->value.p) {
		if (!d)
			return 0;
		ptx_free(d->key);
		ptx_buf_done(&d->value);
		m->docs.n--;
		memmove(d, d + 1, (m->docs.n - i) * sizeof(*d));
		return 0;
	}
	if (!d) {
		struct doc fresh = { .key = ptxi_strdup(op->key) };

		ptx_buf_init(&fresh.value, 0);
		if (!fresh.key || !ptx_vec_push(&m->docs, fresh)) {
			ptx_free(fresh.key);
			return PTX_E_NOMEM;
		}
		d = &m->docs.v[i];
		memmove(d + 1, d, (m->docs.n - 1 - i) * sizeof(*d));
		*d = fresh;
	}
	ptx_buf_clear(&d->value);
	ptx_buf_addstr(&d->value, op->value);
	d->rev = m->rev;
	return d->value.status;
}

static int mem_commit(void *store, const struct ptx_store_op *ops, size_t count, int64_t *rev,
		      struct ptx_error **err)
{
	struct mem *m = store;
	int rc = 0;

	pthread_mutex_lock(&m->mutex);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct doc *d = find(m, ops[i].key);

		if (ops[i].expect != PTX_STORE_ANY && ops[i].expect != (d ? d->rev : 0))
			rc = ptx_fail(err, PTX_E_CONFLICT, "the record '%s' was changed meanwhile",
				      ops[i].key);
	}
	if (rc == 0)
		m->rev++;
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (write_one(m, &ops[i]) < 0)
			rc = ptx_fail(err, PTX_E_NOMEM, "out of memory");
	*rev = m->rev;
	pthread_mutex_unlock(&m->mutex);
	return rc;
}

static size_t held(const struct mem *m, const char *name)
{
	for (size_t i = 0; i < m->locks.n; i++)
		if (strcmp(m->locks.v[i], name) == 0)
			return i;
	return SIZE_MAX;
}

static int mem_lock(void *store, const char *name, int64_t wait_ms, const char *who, void **lock,
		    struct ptx_error **err)
{
	struct mem *m = store;
	char *copy = ptxi_strdup(name);
	struct timespec until = { 0 };
	int rc = 0;

	(void)who;
	if (!copy)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += wait_ms > 0 ? wait_ms / 1000 : 0;
	pthread_mutex_lock(&m->mutex);
	while (held(m, name) != SIZE_MAX && rc == 0) {
		if (wait_ms < 0)
			pthread_cond_wait(&m->freed, &m->mutex);
		else if (pthread_cond_timedwait(&m->freed, &m->mutex, &until) != 0 &&
			 held(m, name) != SIZE_MAX)
			rc = ptx_fail(err, PTX_E_BUSY,
				      "'%s' is held by another thread of this program", name);
	}
	if (rc == 0 && !ptx_vec_push(&m->locks, copy))
		rc = ptx_fail(err, PTX_E_NOMEM, "out of memory");
	pthread_mutex_unlock(&m->mutex);
	if (rc < 0)
		ptx_free(copy);
	else
		*lock = copy;
	return rc;
}

static void mem_unlock(void *store, void *lock)
{
	struct mem *m = store;
	size_t i = 0;

	pthread_mutex_lock(&m->mutex);
	i = held(m, lock);
	if (i != SIZE_MAX)
		m->locks.v[i] = m->locks.v[--m->locks.n];
	ptx_free(lock);
	pthread_cond_broadcast(&m->freed);
	pthread_mutex_unlock(&m->mutex);
}

const struct ptx_store_driver ptxi_store_mem = {
	.abi = PTXI_MODULE_ABI,
	.name = "mem",
	.open = mem_open,
	.close = mem_close,
	.get = mem_get,
	.each = mem_each,
	.commit = mem_commit,
	.lock = mem_lock,
	.unlock = mem_unlock,
};
