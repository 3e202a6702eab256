/* SPDX-License-Identifier: Apache-2.0 */
/* package.h - the inside of a loaded package, for its kinds. */
#ifndef PTXI_PACKAGE_H
#define PTXI_PACKAGE_H

#include <pitrix/package.h>
#include "../base/arena.h"
#include "../base/map.h"
#include "../base/ptxi.h"
#include "kind.h"

PTX_DEFINE_AUTO(package);

#define PTXI_PACKAGE_MAX_BYTES      (UINT64_C(100) << 20)
#define PTXI_PACKAGE_MAX_FILE_BYTES (UINT64_C(5) << 20)
#define PTXI_PACKAGE_MAX_FILES      10000u
#define PTXI_PACKAGE_MAX_DEPTH      64u

struct ptx_package {
	struct ptx_ctx *ctx;
	struct ptx_arena *arena;
	const struct ptxi_package_kind *kind;
	struct ptx_package_opts opts; /* complete */
	const char *path;             /* as given */
	const char *root;             /* of a folder: its real path; NULL for an archive */
	struct ptxi_map *files;       /* name -> struct ptxi_package_file, in the arena: all of an
					 archive, what was read of a folder */
	const char *name, *version, *app_version, *description;
	const struct ptx_value *meta; /* package.json, or NULL */
	void *state;                  /* the kind's */
};

struct ptxi_package_file {
	struct ptx_str content; /* NUL-terminated */
	bool executable;
};

struct ptxi_archive_item;
/* A package of files that are in memory already, named without a top folder; copied. name stands in
 * messages. */
struct ptx_package *ptxi_package_load_items(struct ptx_ctx *ctx, const char *name,
					    const struct ptxi_archive_item *items, size_t count,
					    const struct ptx_package_opts *opts,
					    struct ptx_error **err);

/* 1 and the content, or 0 when there is no such file. Fails: LIMIT, IO, DENIED, INVALID (no regular
 * file, or a link out of the folder). */
int ptxi_package_read(struct ptx_package *p, const char *name, struct ptx_str *content,
		      struct ptx_error **err);
bool ptxi_package_has(struct ptx_package *p, const char *name);
/* Calls fn with the name of each file below folder ("" for all), sorted; a negative result ends it.
 */
typedef int (*ptxi_package_name_fn)(const char *name, uint64_t size_bytes, void *user,
				    struct ptx_error **err);
int ptxi_package_each(struct ptx_package *p, const char *folder, ptxi_package_name_fn fn,
		      void *user, struct ptx_error **err);

/* package.json into p->meta and the names. Problems go to diags. */
int ptxi_meta_load(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err);
/* True for a name that a folder and an archive can have: letters, digits, `.`, `_`, `-`, not first
 * `.` or `-`. */
bool ptxi_meta_name_ok(const char *name);
/* True for a semantic version (2.0.0), with v before it or not. */
bool ptxi_meta_version_ok(const char *version);

#endif
