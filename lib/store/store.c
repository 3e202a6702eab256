/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - documents and commits over a driver.
 *
 * A commit gathers its steps as JSON text in one arena and hands them over at once; that the steps
 * hold together is the driver's promise. Sealing happens here, so that no driver ever sees a secret
 * in the clear.
 */
#define PTX_AREA PTX_AREA_STORE
#include "../base/ptxi.h"
#include "store.h"
#include "seal.h"

#include "../base/path.h"
#include "../base/rand.h"
#include "../base/vec.h"

#include <pthread.h>
#include <pitrix/codec.h>

#define OWNER_KEY "installation"

struct ptx_store {
	struct ptx_ctx *ctx;
	const struct ptx_store_driver *driver;
	void *open;
	struct ptxi_seal *seal;
	pthread_mutex_t mutex; /* of owner */
	char owner[PTXI_ID_MAX];
};

struct ptxi_commit {
	struct ptx_store *st;
	struct ptx_arena *arena;
	PTX_VEC(struct ptx_store_op) ops;
	struct ptx_error *failed;
};

struct ptxi_lock {
	struct ptx_store *st;
	void *held;
};

const struct ptx_store_driver *ptxi_store_driver(const char *name, struct ptx_error **err)
{
	if (strcmp(name, "mem") == 0)
		return &ptxi_store_mem;
	if (strcmp(name, "sqlite") == 0)
		return &ptxi_store_sqlite;
	ptx_fail(err, PTX_E_UNSUPPORTED, "no store '%s'; there are sqlite and mem", name);
	return NULL;
}

struct ptx_store *ptx_store_open(struct ptx_ctx *ctx, const char *url, struct ptx_error **err)
{
	const char *home = ptxi_ctx_need_home(ctx, err);
	const char *colon = url ? strchr(url, ':') : NULL;
	ptx_auto_str name = url ? ptxi_strndup(url, colon ? (size_t)(colon - url) : strlen(url))
				: ptxi_strdup("sqlite");
	ptx_auto_str path = home ? ptxi_path_join(home, "state.db") : NULL;
	struct ptx_store *st = home ? ptxi_alloc(sizeof(*st)) : NULL;

	if (!home)
		return NULL;
	if (!name || !path || !st) {
		ptx_free(st);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	st->ctx = ctx;
	pthread_mutex_init(&st->mutex, NULL);
	st->driver = ptxi_store_driver(name, err);
	if (st->driver && st->driver->open(ctx, colon ? colon + 1 : path, &st->open, err) == 0)
		st->seal = ptxi_seal_new(ctx, home, err);
	if (!st->seal) {
		ptx_store_close(st);
		return NULL;
	}
	return st;
}

void ptx_store_close(struct ptx_store *st)
{
	if (!st)
		return;
	if (st->open)
		st->driver->close(st->open);
	ptxi_seal_free(st->seal);
	pthread_mutex_destroy(&st->mutex);
	ptx_free(st);
}

struct ptx_ctx *ptx_store_ctx(const struct ptx_store *st)
{
	return st->ctx;
}

const struct ptx_store_driver *ptxi_store_table(const struct ptx_store *st, void **driver)
{
	*driver = st->open;
	return st->driver;
}

static struct ptx_value *parse(struct ptx_arena *a, const char *key, struct ptx_str text,
			       struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct ptx_value *doc = NULL;
	struct ptx_error *why = NULL;

	o.numbers = PTX_NUMBERS_EXACT;
	doc = ptx_json_parse(a, text, &o, &why);
	if (!doc)
		ptx_fail(err, ptx_error_code(why) == PTX_E_NOMEM ? PTX_E_NOMEM : PTX_E_CORRUPT,
			 "the record '%s' cannot be read: %s", key, ptx_error_message(why));
	ptx_error_free(why);
	return doc;
}

struct ptx_value *ptxi_store_get(struct ptx_store *st, const char *key, struct ptx_arena *a,
				 int64_t *rev, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	int64_t at = 0;

	ptx_buf_init(&text, 0);
	if (st->driver->get(st->open, key, &text, &at, err) < 0) {
		ptx_wrap(err, "while reading the record '%s'", key);
		return NULL;
	}
	if (rev)
		*rev = at;
	return at ? parse(a, key, ptx_buf_str(&text), err) : NULL;
}

struct each {
	ptxi_store_doc_fn fn;
	void *user;
};

static int each_doc(const char *key, struct ptx_str value, int64_t rev, void *user,
		    struct ptx_error **err)
{
	struct each *each = user;
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *doc = parse(a, key, value, err);

	return doc ? each->fn(key, doc, rev, each->user, err) : PTX_E_CORRUPT;
}

int ptxi_store_each(struct ptx_store *st, const char *prefix, int64_t since, ptxi_store_doc_fn fn,
		    void *user, struct ptx_error **err)
{
	struct each each = { fn, user };

	return st->driver->each(st->open, prefix, since, each_doc, &each, err);
}

struct ptxi_commit *ptxi_commit_new(struct ptx_store *st, struct ptx_error **err)
{
	struct ptxi_commit *c = ptxi_alloc(sizeof(*c));

	if (c)
		c->arena = ptx_arena_new(0);
	if (!c || !c->arena) {
		ptx_free(c);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	c->st = st;
	return c;
}

static void clear(struct ptxi_commit *c)
{
	ptx_arena_free(c->arena);
	c->arena = NULL;
	ptx_vec_done(&c->ops);
	ptxi_error_drop(&c->failed);
}

void ptxi_commit_free(struct ptxi_commit *c)
{
	if (!c)
		return;
	clear(c);
	ptx_free(c);
}

static bool valid_key(const char *key)
{
	size_t n = strlen(key);

	return n && n <= PTXI_STORE_KEY_MAX &&
	       strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") ==
		   n;
}

/* value is in the commit's arena, or empty to remove. */
static void add(struct ptxi_commit *c, const char *key, struct ptx_str value, bool remove,
		int64_t expect)
{
	struct ptx_store_op op = { .key = ptxi_arena_str(c->arena, key),
				   .value = value,
				   .expect = expect };

	if (c->failed)
		return;
	if (!valid_key(key))
		ptx_fail(&c->failed, PTX_E_INTERNAL, "'%s' is no key of a record", key);
	else if (!op.key || (!remove && !value.p) || !ptx_vec_push(&c->ops, op))
		ptx_fail(&c->failed, PTX_E_NOMEM, "out of memory");
}

void ptxi_commit_put(struct ptxi_commit *c, const char *key, const struct ptx_value *doc,
		     int64_t expect)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptx_json_format(doc, NULL, &text);
	if (!ptx_buf_ok(&text))
		ptx_buf_clear(&text);
	add(c, key, ptxi_strn(text.n ? ptxi_arena_strn(c->arena, text.p, text.n) : NULL, text.n),
	    false, expect);
}

void ptxi_commit_remove(struct ptxi_commit *c, const char *key, int64_t expect)
{
	add(c, key, (struct ptx_str){ NULL, 0 }, true, expect);
}

static char *secret_key(struct ptx_arena *a, const char *ref)
{
	return ptxi_arena_printf(a, "secrets/%s", ref);
}

void ptxi_commit_secret(struct ptxi_commit *c, const char *ref, struct ptx_str text)
{
	ptx_auto_buf sealed = { 0 };
	char *key = secret_key(c->arena, ref);

	ptx_buf_init(&sealed, 0);
	if (c->failed || !key)
		return;
	if (ptxi_seal_close(c->st->seal, ref, text, &sealed, &c->failed) == 0)
		add(c, key, ptxi_strn(ptxi_arena_strn(c->arena, sealed.p, sealed.n), sealed.n),
		    false, PTX_STORE_ANY);
}

void ptxi_commit_forget(struct ptxi_commit *c, const char *ref)
{
	char *key = secret_key(c->arena, ref);

	if (key)
		ptxi_commit_remove(c, key, PTX_STORE_ANY);
}

size_t ptxi_commit_count(const struct ptxi_commit *c)
{
	return c->ops.n;
}

int ptxi_commit_run(struct ptxi_commit *c, int64_t *rev, struct ptx_error **err)
{
	int64_t at = 0;
	int rc = 0;

	if (c->failed) {
		rc = ptx_error_code(c->failed);
		if (err)
			*err = ptx_steal(&c->failed);
	} else if (ptx_arena_status(c->arena)) {
		rc = ptxi_arena_check(c->arena, err);
	} else if (c->ops.n) {
		rc = c->st->driver->commit(c->st->open, c->ops.v, c->ops.n, &at, err);
	}
	if (rev && rc == 0 && at)
		*rev = at;
	clear(c);
	c->arena = ptx_arena_new(0);
	return rc;
}

char *ptxi_store_secret(struct ptx_store *st, const char *ref, struct ptx_error **err)
{
	ptx_auto_buf sealed = { 0 };
	ptx_auto_str key = ptxi_asprintf("secrets/%s", ref);
	int64_t rev = 0;

	ptx_buf_init(&sealed, 0);
	if (!key) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	if (st->driver->get(st->open, key, &sealed, &rev, err) < 0)
		return NULL;
	if (!rev) {
		ptx_fail(err, PTX_E_NOT_FOUND, "the secret '%s' is not in the state", ref);
		return NULL;
	}
	return ptxi_seal_open(st->seal, ref, ptx_buf_str(&sealed), err);
}

char *ptxi_store_unseal(struct ptx_store *st, const char *ref, struct ptx_str sealed,
			struct ptx_error **err)
{
	return ptxi_seal_open(st->seal, ref, sealed, err);
}

static int reveal(struct ptx_store *st, struct ptx_arena *a, struct ptx_value *v,
		  struct ptx_error **err)
{
	const char *ref = ptx_value_as_string(ptx_value_get(v, PTXI_SECRET_KEY), NULL);
	int rc = 0;

	if (ref) {
		char *text = ptxi_store_secret(st, ref, err);
		struct ptx_value *plain = text ? ptx_value_string(a, text) : NULL;

		ptxi_free_secret(text);
		if (!plain)
			return err && *err ? ptx_error_code(*err) : PTX_E_NOT_FOUND;
		*v = *plain;
		return 0;
	}
	for (size_t i = 0; rc == 0 && i < ptx_value_count(v); i++)
		rc = reveal(st, a,
			    ptx_value_kind(v) == PTX_MAP ? ptx_value_entry(v, i, NULL)
							 : ptx_value_at(v, i),
			    err);
	return rc;
}

struct ptx_value *ptxi_store_reveal(struct ptx_store *st, struct ptx_arena *a,
				    const struct ptx_value *doc, struct ptx_error **err)
{
	struct ptx_value *copy = ptx_value_copy(a, doc);

	if (ptxi_arena_check(a, err) < 0)
		return NULL;
	return reveal(st, a, copy, err) < 0 ? NULL : copy;
}

void ptxi_commit_forget_all(struct ptxi_commit *c, const struct ptx_value *doc)
{
	const char *ref = ptx_value_as_string(ptx_value_get(doc, PTXI_SECRET_KEY), NULL);

	if (ref)
		ptxi_commit_forget(c, ref);
	for (size_t i = 0; !ref && i < ptx_value_count(doc); i++)
		ptxi_commit_forget_all(c, ptx_value_kind(doc) == PTX_MAP
					      ? ptx_value_entry(doc, i, NULL)
					      : ptx_value_at(doc, i));
}

struct ptxi_lock *ptxi_store_lock(struct ptx_store *st, const char *name, int64_t wait_ms,
				  const char *who, struct ptx_error **err)
{
	struct ptxi_lock *l = ptxi_alloc(sizeof(*l));

	if (!l) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	l->st = st;
	if (st->driver->lock(st->open, name, wait_ms, who, &l->held, err) < 0) {
		ptx_free(l);
		return NULL;
	}
	return l;
}

void ptxi_lock_free(struct ptxi_lock *l)
{
	if (!l)
		return;
	l->st->driver->unlock(l->st->open, l->held);
	ptx_free(l);
}

static int load_owner(struct ptx_store *st, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *why = NULL;
	const struct ptx_value *doc = ptxi_store_get(st, OWNER_KEY, a, NULL, &why);
	const char *id = ptx_value_as_string(ptx_value_get(doc, "id"), NULL);

	if (why) {
		if (err)
			*err = why;
		return ptx_error_code(why);
	}
	if (!id || strlen(id) >= sizeof(st->owner))
		return 0;
	memcpy(st->owner, id, strlen(id) + 1);
	return 0;
}

/* Two processes may draw at once: the first commit wins and the other reads it. */
static int draw_owner(struct ptx_store *st, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptxi_auto(commit) c = ptxi_commit_new(st, err);
	struct ptx_value *doc = ptx_value_map(a);
	struct ptx_error *why = NULL;
	char id[PTXI_ID_MAX] = "";
	int rc = c ? ptxi_rand_id(st->ctx, "own", id, err) : PTX_E_NOMEM;

	if (rc < 0)
		return rc;
	ptx_value_set_int(doc, "format", 1);
	ptx_value_set_string(doc, "id", id);
	ptxi_commit_put(c, OWNER_KEY, doc, 0);
	rc = ptxi_commit_run(c, NULL, &why);
	if (rc < 0 && rc != PTX_E_CONFLICT) {
		if (err)
			*err = why;
		else
			ptx_error_free(why);
		return rc;
	}
	ptx_error_free(why);
	return load_owner(st, err);
}

const char *ptxi_store_owner(struct ptx_store *st, struct ptx_error **err)
{
	int rc = 0;

	pthread_mutex_lock(&st->mutex);
	if (!*st->owner)
		rc = load_owner(st, err);
	if (rc == 0 && !*st->owner)
		rc = draw_owner(st, err);
	pthread_mutex_unlock(&st->mutex);
	if (rc < 0)
		return NULL;
	return st->owner;
}
