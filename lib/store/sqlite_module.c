/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_module.c - module: the part of SQLite that the store uses, as a table. It has no symbol of
 * ours. */
#include "../base/module.h"
#include "sqlite.h"

static const struct ptxi_sqlite table = {
	.abi = PTXI_MODULE_ABI,
	.open = sqlite3_open_v2,
	.close = sqlite3_close,
	.exec = sqlite3_exec,
	.busy_timeout = sqlite3_busy_timeout,
	.prepare = sqlite3_prepare_v3,
	.finalize = sqlite3_finalize,
	.bind_text = sqlite3_bind_text,
	.bind_blob64 = sqlite3_bind_blob64,
	.bind_int64 = sqlite3_bind_int64,
	.step = sqlite3_step,
	.reset = sqlite3_reset,
	.clear_bindings = sqlite3_clear_bindings,
	.column_blob = sqlite3_column_blob,
	.column_bytes = sqlite3_column_bytes,
	.column_int64 = sqlite3_column_int64,
	.column_text = sqlite3_column_text,
	.errmsg = sqlite3_errmsg,
	.errstr = sqlite3_errstr,
	.errcode = sqlite3_errcode,
};

PTXI_MODULE_EXPORT(sqlite, table);
