/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.h - rendered text to documents, and the order in which they are installed. */
#ifndef PTXI_CHART_MANIFEST_H
#define PTXI_CHART_MANIFEST_H

#include "chart.h"

/* The next document of a text that `---` lines split, without white space around it; begin with *at
 * = 0. False past the last. The text itself must have no white space at its ends. */
bool ptxi_manifest_next(struct ptx_str text, size_t *at, struct ptx_str *document);

/* What a document says of itself. */
struct ptxi_manifest_head {
	const char *api_version, *kind, *name, *name_space; /* "" where it does not say */
	const struct ptx_value *annotations;                /* or NULL */
};
/* Reads a document; strings are in the arena. Fails: SYNTAX, INVALID: with the words that Go has
 * for it. */
int ptxi_manifest_read(struct ptx_arena *a, struct ptx_str document, const char *path,
		       struct ptxi_manifest_head *head, struct ptx_error **err);

/* The place of a kind in the order of installing; unknown kinds come last. */
unsigned ptxi_manifest_rank(const char *kind);
#define PTXI_MANIFEST_UNKNOWN 1000u
/* By rank, unknown kinds by name. */
int ptxi_manifest_compare(const char *kind_a, const char *kind_b);

/* The hook that the annotations make of a document: 1, 0 for none, -1 for one whose event nobody
 * knows. */
int ptxi_hook_read(const struct ptxi_manifest_head *head, struct ptx_chart_hook *hook);

#endif
