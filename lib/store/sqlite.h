/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.h - what the store uses of SQLite: the table that the module `sqlite` fills. */
#ifndef PTXI_STORE_SQLITE_H
#define PTXI_STORE_SQLITE_H

#include <sqlite3.h>

struct ptxi_sqlite {
	unsigned abi; /* PTXI_MODULE_ABI */
	int (*open)(const char *path, sqlite3 **db, int flags, const char *vfs);
	int (*close)(sqlite3 *db);
	int (*exec)(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
		    void *user, char **message);
	int (*busy_timeout)(sqlite3 *db, int ms);
	int (*prepare)(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **q,
		       const char **tail);
	int (*finalize)(sqlite3_stmt *q);
	int (*bind_text)(sqlite3_stmt *q, int i, const char *text, int n, void (*destroy)(void *));
	int (*bind_blob64)(sqlite3_stmt *q, int i, const void *p, sqlite3_uint64 n,
			   void (*destroy)(void *));
	int (*bind_int64)(sqlite3_stmt *q, int i, sqlite3_int64 v);
	int (*step)(sqlite3_stmt *q);
	int (*reset)(sqlite3_stmt *q);
	int (*clear_bindings)(sqlite3_stmt *q);
	const void *(*column_blob)(sqlite3_stmt *q, int i);
	int (*column_bytes)(sqlite3_stmt *q, int i);
	sqlite3_int64 (*column_int64)(sqlite3_stmt *q, int i);
	const unsigned char *(*column_text)(sqlite3_stmt *q, int i);
	const char *(*errmsg)(sqlite3 *db);
	const char *(*errstr)(int rc);
	int (*errcode)(sqlite3 *db);
};

#endif
