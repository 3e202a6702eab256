/* SPDX-License-Identifier: Apache-2.0 */
/* archive_libarchive.c - the module `archive`: libarchive for tar and zip.
 *
 * Reading gzip is not left to libarchive, which does not compare the checksum and the length at a
 * member's end: it gets what gunzip.c made of it. Any warning of libarchive counts as damage, but
 * the one about names in another character set. This file uses no function of the library that
 * loads it.
 */
#include "config.h"

#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "archive.h"
#include "../base/module.h"

static int say(char *why, size_t why_size, int code, const char *what)
{
	snprintf(why, why_size, "%s", what ? what : "unknown reason");
	return code;
}

/* ---- reading */

static enum ptxi_archive_kind kind_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e) || archive_entry_symlink(e))
		return PTXI_ARCHIVE_OTHER;
	if (archive_entry_filetype(e) == AE_IFREG)
		return PTXI_ARCHIVE_FILE;
	return archive_entry_filetype(e) == AE_IFDIR ? PTXI_ARCHIVE_FOLDER : PTXI_ARCHIVE_OTHER;
}

static int read_body(struct archive *a, const struct ptxi_archive_sink *sink, char *why,
		     size_t why_size)
{
	char chunk[8192];

	for (;;) {
		la_ssize_t n = archive_read_data(a, chunk, sizeof(chunk));
		int rc = 0;

		if (n == 0)
			return 0;
		if (n < 0)
			return say(why, why_size, PTX_E_CORRUPT, archive_error_string(a));
		rc = sink->data(chunk, (size_t)n, sink->user);
		if (rc < 0)
			return rc;
	}
}

static int read_entries(struct archive *a, const struct ptxi_archive_sink *sink, char *why,
			size_t why_size)
{
	for (;;) {
		struct archive_entry *e = NULL;
		struct ptxi_archive_entry entry = { 0 };
		int rc = archive_read_next_header(a, &e);
		const char *text = archive_error_string(a);

		if (rc == ARCHIVE_EOF)
			return 0;
		if (rc == ARCHIVE_FATAL || rc == ARCHIVE_FAILED || rc == ARCHIVE_RETRY ||
		    (rc == ARCHIVE_WARN && !(text && strstr(text, "onver"))))
			return say(why, why_size, PTX_E_CORRUPT, text);
		entry.name = archive_entry_pathname(e);
		entry.kind = kind_of(e);
		entry.sparse = archive_entry_sparse_count(e) > 0;
		entry.has_size = archive_entry_size_is_set(e);
		entry.size = entry.has_size && archive_entry_size(e) > 0
				 ? (uint64_t)archive_entry_size(e)
				 : 0;
		entry.executable = archive_entry_perm(e) & 0100;
		if (archive_entry_is_encrypted(e))
			return say(why, why_size, PTX_E_UNSUPPORTED, "it is encrypted");
		if (!entry.name)
			return say(why, why_size, PTX_E_INVALID,
				   "an entry has no name that can be read");
		rc = sink->entry(&entry, sink->user);
		if (rc >= 0)
			rc = read_body(a, sink, why, why_size);
		if (rc < 0)
			return rc;
	}
}

static int read_open(enum ptxi_archive_format format, const void *in, size_t n,
		     const struct ptxi_archive_sink *sink, char *why, size_t why_size)
{
	struct archive *a = archive_read_new();
	int rc = a ? 0 : ARCHIVE_FATAL;

	if (rc == 0)
		rc = format == PTXI_ARCHIVE_TAR ? archive_read_support_format_tar(a)
						: archive_read_support_format_zip_seekable(a);
	/* Names stay the bytes that they are: the reader of this table checks that they are UTF-8.
	 */
	if (rc == 0)
		archive_read_set_options(a, "hdrcharset=BINARY");
	if (rc == 0)
		rc = archive_read_open_memory(a, in, n);
	if (rc == 0)
		rc = read_entries(a, sink, why, why_size);
	else
		rc = say(why, why_size, PTX_E_CORRUPT, a ? archive_error_string(a) : "no memory");
	archive_read_free(a);
	return rc;
}

/* libarchive turns a zip's UTF-8 names into the locale's characters, which in the C locale fails:
 * so this thread reads in a locale of its own. */
static int read_archive(enum ptxi_archive_format format, const void *in, size_t n,
			const struct ptxi_archive_sink *sink, char *why, size_t why_size)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
	int rc = read_open(format, in, n, sink, why, why_size);

	if (utf8) {
		uselocale(before);
		freelocale(utf8);
	}
	return rc;
}

static const struct ptxi_archive_table table = { PTXI_MODULE_ABI, read_archive };
PTXI_MODULE_EXPORT(archive, table);
