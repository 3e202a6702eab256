/* SPDX-License-Identifier: Apache-2.0 */
/* archive.h - archives in memory: read within limits, written the same for the same content.
 *
 * Nothing is ever unpacked to disk. What an archive may hold is strict: regular files and folders,
 * under one top folder, with plain relative names; links, devices, sparse files, names that are not
 * UTF-8 or hold control characters, damage of any kind and everything that two readers could read
 * differently are refused.
 */
#ifndef PTXI_PACKAGE_ARCHIVE_H
#define PTXI_PACKAGE_ARCHIVE_H

#include "../base/arena.h"
#include "../base/ptxi.h"

struct ptx_package;

struct ptxi_archive_limits {
	uint64_t max_bytes;
	uint64_t max_file_bytes;
	size_t max_files; /* files and folders */
	/* NULL: all are wanted. Asked with fn's user; where it says no, the content may be checked
	 * only, and fn gets its length with no bytes (in an unusual archive all are read). */
	bool (*wanted)(const char *name, uint64_t size, void *user);
};

/* Gets one regular file: its name with the top folder, borrowed, and its content, NUL-terminated in
 * the arena. */
typedef int (*ptxi_archive_file_fn)(const char *name, struct ptx_str content, bool executable,
				    void *user, struct ptx_error **err);
/* Reads a .tgz, .tar or .zip, told by its first bytes; file names it in errors. fn is called only
 * after the whole archive was found good. Fails: CORRUPT, INVALID (what is in it), LIMIT,
 * UNSUPPORTED (another format), or what fn returned. */
int ptxi_archive_read(struct ptx_arena *a, struct ptx_str bytes, const char *file,
		      const struct ptxi_archive_limits *limits, ptxi_archive_file_fn fn, void *user,
		      struct ptx_error **err);

/* As ptxi_archive_read() of a plain .tgz in a file, from where it stands, of which only pieces are
 * ever in memory. Returns: 0, or 1 when it is not plain, or not good: nothing was handed out, and
 * reading it whole tells more. Fails as fn does; NOMEM. */
int ptxi_archive_read_plain(struct ptx_arena *a, int fd, const char *file,
			    const struct ptxi_archive_limits *limits, ptxi_archive_file_fn fn,
			    void *user, struct ptx_error **err);

struct ptxi_archive_item {
	const char *name;
	struct ptx_str content;
	bool executable;
};
/* A .tgz of items in their order (tar_write.c); folders are not written. Fails: NOMEM, LIMIT,
 * UNSUPPORTED (the module `deflate` is not there). */
int ptxi_archive_write(const struct ptxi_archive_item *items, size_t count, int64_t mtime_unix,
		       struct ptx_buf *out, struct ptx_error **err);

/* The files of the archive at p->path into p, without their top folder. */
int ptxi_archive_load(struct ptx_package *p, struct ptx_error **err);

/* Whether a zip stands for exactly one reading: central directory against local headers
 * (zip_check.c). *comment is the length of the comment at its end. */
int ptxi_zip_check(struct ptx_str zip, size_t *comment, struct ptx_error **err);

/* ---- what the module `archive` implements; it uses nothing of this library */

enum ptxi_archive_format { PTXI_ARCHIVE_TAR, PTXI_ARCHIVE_ZIP };
enum ptxi_archive_kind { PTXI_ARCHIVE_FILE, PTXI_ARCHIVE_FOLDER, PTXI_ARCHIVE_OTHER };

struct ptxi_archive_entry {
	const char *name;
	enum ptxi_archive_kind kind;
	bool sparse;
	bool has_size;
	uint64_t size;
	bool executable;
};

struct ptxi_archive_sink {
	/* 0 to go on, or a negative code, which ends the reading. */
	int (*entry)(const struct ptxi_archive_entry *e, void *user);
	int (*data)(const void *bytes, size_t n, void *user);
	void *user;
};

struct ptxi_archive_table {
	unsigned abi; /* PTXI_MODULE_ABI */
	/* Codes: CORRUPT, INVALID, UNSUPPORTED, or what the sink returned. why gets a sentence. */
	int (*read)(enum ptxi_archive_format format, const void *in, size_t n,
		    const struct ptxi_archive_sink *sink, char *why, size_t why_size);
};

#endif
