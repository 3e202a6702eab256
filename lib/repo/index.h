/* SPDX-License-Identifier: Apache-2.0 */
/* index.h - a repository's index.yaml: which versions of which charts there are, and where their
 * archives lie.
 *
 * An index comes from elsewhere and may be tens of megabytes large; of what nobody asks for nothing
 * is kept.
 */
#ifndef PTXI_REPO_INDEX_H
#define PTXI_REPO_INDEX_H

#include "../base/arena.h"
#include "../text/semver.h"

#define PTXI_INDEX_MAX_BYTES   ((size_t)128 << 20)
#define PTXI_INDEX_MAX_ENTRIES 200000u

struct ptxi_index_entry {
	const char *version;
	struct ptxi_semver semver; /* where has_semver */
	bool has_semver;
	const char *digest; /* SHA-256 in hex, "" when it is not told */
	const char *const *urls;
	size_t url_count;
	const struct ptx_value *value; /* everything that the index says of it */
};

/* The versions of one chart, the highest first; what is no version comes last. */
struct ptxi_index_chart {
	const char *name;
	struct ptxi_index_entry *entries;
	size_t count;
};

struct ptxi_index {
	struct ptx_arena *arena;
	struct ptxi_index_chart *charts; /* in the order of the index */
	size_t count;
};

struct ptxi_index_opts {
	const char *source;       /* URL or path, for messages */
	const char *const *names; /* charts that are wanted, NULL-terminated; NULL: all */
	bool strict;  /* as Helm: a member that it does not know, or of a wrong type, fails
			 everything */
	bool is_json; /* the reader's own: how errors are put */
	/* Hears of entries that are left out; the place is Helm's own. May be NULL. */
	void (*say)(const char *where, const char *message, void *user);
	void *user;
};

/* Reads a v1 index, YAML or JSON. An entry that lacks what a chart needs is left out, and say hears
 * of it.
 *
 * Returns: owned index.  Fails: SYNTAX, INVALID (empty, without apiVersion, of another shape),
 * LIMIT, NOMEM.
 */
struct ptxi_index *ptxi_index_parse(struct ptx_str text, const struct ptxi_index_opts *opts,
				    struct ptx_error **err);
void ptxi_index_free(struct ptxi_index *index);
PTXI_DEFINE_AUTO(index);
/* The versions of a chart, or NULL. */
const struct ptxi_index_chart *ptxi_index_find(const struct ptxi_index *index, const char *name);

/* ---- resolve.c */

/* The highest version that fits a constraint and has a place to fetch it from, or NULL.
 * Pre-releases fit only where the constraint names one. */
const struct ptxi_index_entry *ptxi_index_resolve(const struct ptxi_index_chart *chart,
						  const struct ptxi_constraint *constraint);
/* The entry of one exact version ("1.2" is 1.2.0, build metadata does not count), or of the highest
 * for "". */
const struct ptxi_index_entry *ptxi_index_exact(const struct ptxi_index_chart *chart,
						const char *version);
/* Appends what there is instead, for a hint: "1.2.3, 1.2.2, 1.1.0 and 7 more". */
void ptxi_index_versions(const struct ptxi_index_chart *chart, struct ptx_buf *out);

#endif
