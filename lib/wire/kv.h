/* SPDX-License-Identifier: Apache-2.0 */
/* kv.h - sorted keys with text values, in memory: Frontgate's copy of its store, and a Drone's view
 * of /self.
 *
 * Thread: one at a time. All strings are owned by the table and valid until it changes.
 */
#ifndef PTXI_KV_H
#define PTXI_KV_H

#include "wire.h"

struct ptxi_pair {
	char *key;
	char *value;
	size_t value_n;
	int64_t revision; /* of its last change; 0 where nobody counts */
};

struct ptxi_kv {
	struct ptxi_pair *v; /* sorted by the bytes of their keys */
	size_t n, cap;
};

void ptxi_kv_done(struct ptxi_kv *kv);
/* Copies both. *changed (may be NULL) tells whether the value is another than before. NOMEM. */
int ptxi_kv_set(struct ptxi_kv *kv, struct ptx_str key, struct ptx_str value, int64_t revision,
		bool *changed);
bool ptxi_kv_remove(struct ptxi_kv *kv, struct ptx_str key);
const struct ptxi_pair *ptxi_kv_find(const struct ptxi_kv *kv, struct ptx_str key);
/* The text of a key, or NULL. */
const char *ptxi_kv_get(const struct ptxi_kv *kv, const char *key);
/* Index of the first key that is not less than key. */
size_t ptxi_kv_lower(const struct ptxi_kv *kv, struct ptx_str key);
/* The range [*from, end) of the keys that start with prefix. */
size_t ptxi_kv_range(const struct ptxi_kv *kv, struct ptx_str prefix, size_t *from);

/* A Drone's view, made of the lines of a watch (docs/formats.md). */
struct ptxi_view {
	struct ptxi_kv keys; /* "/hosts/..." as /self shows them */
	int64_t revision;
	bool ready; /* Frontgate has metadata for this instance; while it is false, keys is what was
		     * last known: nothing is rendered from less */
};

enum ptxi_view_news {
	PTXI_VIEW_PING,    /* nothing new */
	PTXI_VIEW_CHANGED, /* keys, revision or ready changed */
	PTXI_VIEW_REQUESTS /* *requests has the open requests, all of them */
};
void ptxi_view_done(struct ptxi_view *v);
/* Takes one line. A change is taken whole or not at all. *requests gets an owned array of request
 * objects (ptxi_wire_request_read) with PTXI_VIEW_REQUESTS. Fails: SYNTAX, INVALID, LIMIT, NOMEM;
 * CONFLICT when a change does not follow on our revision: connect anew, the first line is a whole
 * view. */
int ptxi_view_line(struct ptxi_view *v, struct ptx_str line, enum ptxi_view_news *news,
		   json_t **requests, struct ptx_error **err);

#endif
