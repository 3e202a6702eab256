/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.c - the default store, one SQLite file for many processes.
 *
 * WAL with synchronous=FULL: a commit that returned survives a power cut, and readers never wait
 * for writers. Every commit is one BEGIN IMMEDIATE transaction that checks all expectations, takes
 * the next revision and writes. One connection under a mutex serves all threads of a process:
 * commits are short and the engine makes one at a time. Locks that span commits are files beside
 * the database, so that the kernel frees them when a holder dies.
 */
#define PTX_AREA PTX_AREA_STORE
#include "../base/ptxi.h"
#include "sqlite.h"
#include "store.h"

#include "../base/fs.h"
#include "../base/module.h"
#include "../base/path.h"
#include "../base/time.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#define FORMAT  1
#define BUSY_MS 60000
#define NAP_MS  5

enum statement { GET, EACH, PUT, REMOVE, NEXT, STATEMENTS };

static const char *const sql[STATEMENTS] = {
	[GET] = "SELECT value, rev FROM documents WHERE key = ?1",
	[EACH] = ("SELECT key, value, rev FROM documents WHERE key >= ?1 AND key < ?2 AND rev > ?3 "
		  "ORDER BY key"),
	[PUT] = ("INSERT INTO documents (key, value, rev) VALUES (?1, ?2, ?3) "
		 "ON CONFLICT (key) DO UPDATE SET value = ?2, rev = ?3"),
	[REMOVE] = "DELETE FROM documents WHERE key = ?1",
	[NEXT] = "UPDATE revision SET last = last + 1 RETURNING last",
};

struct sqlite {
	const struct ptxi_sqlite *api;
	pthread_mutex_t mutex;
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	char *path;
	char *lock_folder;
};

static int code_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return PTX_E_BUSY;
	case SQLITE_NOMEM:
		return PTX_E_NOMEM;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return PTX_E_DENIED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return PTX_E_CORRUPT;
	default:
		return PTX_E_IO;
	}
}

static int fail(struct sqlite *s, int rc, const char *what, struct ptx_error **err)
{
	int code = code_of(rc);

	ptx_fail(err, code, "cannot %s the state file '%s': %s", what, s->path,
		 s->db ? s->api->errmsg(s->db) : s->api->errstr(rc));
	if ((rc & 0xff) == SQLITE_FULL)
		ptxi_error_hint(err, "the disk is full; nothing was changed");
	else if (code == PTX_E_BUSY)
		ptxi_error_hint(err, "another program has been writing for a minute");
	return code;
}

static int run(struct sqlite *s, const char *text, struct ptx_error **err)
{
	int rc = s->api->exec(s->db, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fail(s, rc, "write", err);
}

/* For what SQLite refuses at once instead of waiting for whoever holds the file: the change to WAL,
 * while another process makes it (two that want to go from reading to writing would wait for each
 * other for ever). */
static int run_patiently(struct sqlite *s, const char *text, struct ptx_error **err)
{
	int64_t until = ptxi_time_mono_ms() + BUSY_MS;
	struct timespec nap = { 0, NAP_MS * 1000000 };
	int rc = s->api->exec(s->db, text, NULL, NULL, NULL);

	while ((rc & 0xff) == SQLITE_BUSY && ptxi_time_mono_ms() < until) {
		nanosleep(&nap, NULL);
		rc = s->api->exec(s->db, text, NULL, NULL, NULL);
	}
	return rc == SQLITE_OK ? 0 : fail(s, rc, "write", err);
}

static int check_format(struct sqlite *s, struct ptx_error **err)
{
	sqlite3_stmt *q = NULL;
	int format = 0;
	int rc = s->api->prepare(s->db, "PRAGMA user_version", -1, 0, &q, NULL);

	if (rc == SQLITE_OK && s->api->step(q) == SQLITE_ROW)
		format = (int)s->api->column_int64(q, 0);
	s->api->finalize(q);
	if (rc != SQLITE_OK)
		return fail(s, rc, "read", err);
	if (format > FORMAT)
		return ptx_fail(err, PTX_E_UNSUPPORTED,
				"the state file '%s' has format %d; this version knows %d", s->path,
				format, FORMAT);
	if (format == FORMAT)
		return 0;
	return run(s,
		   "BEGIN IMMEDIATE;"
		   "CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, value BLOB NOT "
		   "NULL, rev INTEGER NOT NULL) "
		   "WITHOUT ROWID;"
		   "CREATE TABLE IF NOT EXISTS revision (last INTEGER NOT NULL);"
		   "INSERT INTO revision SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM revision);"
		   "PRAGMA user_version = 1;"
		   "COMMIT;",
		   err);
}

static void sqlite_close(void *store)
{
	struct sqlite *s = store;

	for (int i = 0; i < STATEMENTS; i++)
		s->api->finalize(s->statements[i]);
	s->api->close(s->db);
	pthread_mutex_destroy(&s->mutex);
	ptx_free(s->path);
	ptx_free(s->lock_folder);
	ptx_free(s);
}

static int open_file(struct sqlite *s, struct ptx_error **err)
{
	int rc = s->api->open(s->path, &s->db,
			      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
				  SQLITE_OPEN_PRIVATECACHE,
			      NULL);

	if (rc != SQLITE_OK)
		return fail(s, rc, "open", err);
	s->api->busy_timeout(s->db, BUSY_MS);
	if (chmod(s->path, 0600) < 0)
		return ptx_fail_errno(err, ptxi_code_from_errno(errno), errno,
				      "cannot protect the state file '%s'", s->path);
	rc = run_patiently(
	    s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF",
	    err);
	if (rc == 0)
		rc = check_format(s, err);
	for (int i = 0; rc == 0 && i < STATEMENTS; i++)
		if (s->api->prepare(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i],
				    NULL) != SQLITE_OK)
			rc = fail(s, s->api->errcode(s->db), "read", err);
	return rc;
}

static int sqlite_open(struct ptx_ctx *ctx, const char *url, void **store, struct ptx_error **err)
{
	struct sqlite *s = ptxi_alloc(sizeof(*s));
	ptx_auto_str folder = ptxi_path_dir(url);
	int rc = 0;

	(void)ctx;
	if (!s)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	s->api = ptxi_module_get("sqlite", err);
	if (!s->api) {
		ptx_free(s);
		return PTX_E_UNSUPPORTED;
	}
	pthread_mutex_init(&s->mutex, NULL);
	s->path = ptxi_strdup(url);
	s->lock_folder = folder ? ptxi_path_join(folder, "locks") : NULL;
	if (!s->path || !s->lock_folder)
		rc = ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (rc == 0)
		rc = ptxi_fs_mkdirs(s->lock_folder, 0700, err);
	if (rc == 0)
		rc = open_file(s, err);
	if (rc < 0)
		sqlite_close(s);
	else
		*store = s;
	return rc;
}

static int sqlite_get(void *store, const char *key, struct ptx_buf *value, int64_t *rev,
		      struct ptx_error **err)
{
	struct sqlite *s = store;
	sqlite3_stmt *q = s->statements[GET];
	int rc = 0;

	pthread_mutex_lock(&s->mutex);
	s->api->bind_text(q, 1, key, -1, SQLITE_STATIC);
	rc = s->api->step(q);
	*rev = rc == SQLITE_ROW ? s->api->column_int64(q, 1) : 0;
	if (rc == SQLITE_ROW)
		ptx_buf_add(value, s->api->column_blob(q, 0), (size_t)s->api->column_bytes(q, 0));
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : fail(s, rc, "read", err);
	s->api->reset(q);
	s->api->clear_bindings(q);
	pthread_mutex_unlock(&s->mutex);
	if (rc == 0 && !ptx_buf_ok(value))
		rc = ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return rc;
}

static int sqlite_each(void *store, const char *prefix, int64_t since, ptx_store_each_fn fn,
		       void *user, struct ptx_error **err)
{
	struct sqlite *s = store;
	sqlite3_stmt *q = s->statements[EACH];
	ptx_auto_str end = ptxi_asprintf("%s\x7f", prefix);
	int step = SQLITE_DONE;
	int rc = 0;

	if (!end)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	pthread_mutex_lock(&s->mutex);
	s->api->bind_text(q, 1, prefix, -1, SQLITE_STATIC);
	s->api->bind_text(q, 2, end, -1, SQLITE_STATIC);
	s->api->bind_int64(q, 3, since);
	while (rc == 0 && (step = s->api->step(q)) == SQLITE_ROW)
		rc = fn((const char *)s->api->column_text(q, 0),
			ptxi_strn(s->api->column_blob(q, 1), (size_t)s->api->column_bytes(q, 1)),
			s->api->column_int64(q, 2), user, err);
	if (rc == 0 && step != SQLITE_DONE)
		rc = fail(s, step, "read", err);
	s->api->reset(q);
	s->api->clear_bindings(q);
	pthread_mutex_unlock(&s->mutex);
	return rc;
}

static int expect(struct sqlite *s, const struct ptx_store_op *op, struct ptx_error **err)
{
	sqlite3_stmt *q = s->statements[GET];
	int64_t rev = 0;
	int rc = 0;

	if (op->expect == PTX_STORE_ANY)
		return 0;
	s->api->bind_text(q, 1, op->key, -1, SQLITE_STATIC);
	rc = s->api->step(q);
	if (rc == SQLITE_ROW)
		rev = s->api->column_int64(q, 1);
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : fail(s, rc, "read", err);
	s->api->reset(q);
	s->api->clear_bindings(q);
	if (rc == 0 && rev != op->expect)
		rc =
		    ptx_fail(err, PTX_E_CONFLICT, "the record '%s' was changed meanwhile", op->key);
	return rc;
}

static int write_one(struct sqlite *s, const struct ptx_store_op *op, int64_t rev,
		     struct ptx_error **err)
{
	sqlite3_stmt *q = s->statements[op->value.p ? PUT : REMOVE];
	int rc = 0;

	s->api->bind_text(q, 1, op->key, -1, SQLITE_STATIC);
	if (op->value.p) {
		s->api->bind_blob64(q, 2, op->value.p, op->value.n, SQLITE_STATIC);
		s->api->bind_int64(q, 3, rev);
	}
	rc = s->api->step(q);
	rc = rc == SQLITE_DONE ? 0 : fail(s, rc, "write", err);
	s->api->reset(q);
	s->api->clear_bindings(q);
	return rc;
}

static int next_revision(struct sqlite *s, int64_t *rev, struct ptx_error **err)
{
	sqlite3_stmt *q = s->statements[NEXT];
	int rc = s->api->step(q);

	if (rc == SQLITE_ROW)
		*rev = s->api->column_int64(q, 0);
	/* The row comes before the update is whole: step to the end. */
	if (rc == SQLITE_ROW)
		rc = s->api->step(q);
	rc = rc == SQLITE_DONE ? 0 : fail(s, rc, "write", err);
	s->api->reset(q);
	return rc;
}

static int sqlite_commit(void *store, const struct ptx_store_op *ops, size_t count, int64_t *rev,
			 struct ptx_error **err)
{
	struct sqlite *s = store;
	int rc = 0;

	pthread_mutex_lock(&s->mutex);
	rc = run(s, "BEGIN IMMEDIATE", err);
	if (rc == 0) {
		for (size_t i = 0; rc == 0 && i < count; i++)
			rc = expect(s, &ops[i], err);
		if (rc == 0)
			rc = next_revision(s, rev, err);
		for (size_t i = 0; rc == 0 && i < count; i++)
			rc = write_one(s, &ops[i], *rev, err);
		if (rc == 0)
			rc = run(s, "COMMIT", err);
		if (rc < 0)
			s->api->exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	}
	pthread_mutex_unlock(&s->mutex);
	return rc;
}

static int sqlite_lock(void *store, const char *name, int64_t wait_ms, const char *who, void **lock,
		       struct ptx_error **err)
{
	struct sqlite *s = store;
	ptx_auto_str file = ptxi_strdup(name);
	ptx_auto_str path = NULL;
	int *held = ptxi_alloc(sizeof(*held));
	int fd = -1;

	for (char *p = file; p && *p; p++)
		if (*p == '/')
			*p = '.';
	path = file ? ptxi_path_join(s->lock_folder, file) : NULL;
	if (!path || !held) {
		ptx_free(held);
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	fd = ptxi_fs_lock(path, wait_ms, who, err);
	if (fd < 0) {
		ptx_free(held);
		return fd;
	}
	*held = fd;
	*lock = held;
	return 0;
}

static void sqlite_unlock(void *store, void *lock)
{
	int *held = lock;

	(void)store;
	close(*held);
	ptx_free(held);
}

const struct ptx_store_driver ptxi_store_sqlite = {
	.abi = PTXI_MODULE_ABI,
	.name = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.get = sqlite_get,
	.each = sqlite_each,
	.commit = sqlite_commit,
	.lock = sqlite_lock,
	.unlock = sqlite_unlock,
};
