/* SPDX-License-Identifier: Apache-2.0 */
/* tar.h - the blocks of a tar (POSIX.1-2008 pax, and GNU's), between the files that read them. */
#ifndef PTXI_PACKAGE_TAR_H
#define PTXI_PACKAGE_TAR_H

#include "../base/ptxi.h"

struct ptxi_archive_entry;
struct ptxi_gunzip;

#define PTXI_TAR_BLOCK 512u

/* ---- tar_check.c */

bool ptxi_tar_is_zero(const unsigned char *block);
/* A number of a header: octal digits, blanks before, blanks or NULs behind; or GNU's binary form.
 */
bool ptxi_tar_number(const unsigned char *p, size_t n, uint64_t *out);
bool ptxi_tar_sum_is_right(const unsigned char *header);
/* Takes a record "LENGTH KEY=VALUE\n" off an extended header. NULL, or what is wrong with it. */
const char *ptxi_tar_record(struct ptx_str *s, struct ptx_str *key, struct ptx_str *value);
/* Whether a tar stands for exactly one reading; every header's fields, and extended headers. */
int ptxi_tar_check(struct ptx_str tar, struct ptx_error **err);

/* ---- tar_plain.c */

struct ptxi_tar_sink {
	/* 0 to go on; else the reading ends. */
	int (*entry)(const struct ptxi_archive_entry *e, void *user);
	/* Where the bytes of the entry go; NULL ends the reading, or with *skip they go nowhere.
	 * Not called for folders. */
	char *(*room)(size_t n, bool *skip, void *user);
	void *user;
};
/* Reads a tar that is as plain as those of charts and packages are. False when it is not, when it
 * is damaged, or when the sink does not go on: then what the sink got so far is void, and another
 * reader has to judge. */
bool ptxi_tar_read_plain(struct ptxi_gunzip *gz, const struct ptxi_tar_sink *sink);

#endif
