/* SPDX-License-Identifier: Apache-2.0 */
/* mirror.h - all of /pitrix/v1/ of an etcd in memory, by one watch; and transactions on it.
 *
 * Reads come from the copy. A transaction's done() comes after the copy has taken it in, so that
 * whoever is answered sees what was written. Thread: that of its event base.
 */
#ifndef PTXI_MIRROR_H
#define PTXI_MIRROR_H

#include <event2/event.h>
#include "../base/ctx.h"
#include "../wire/kv.h"

struct ptxi_mirror_event {
	const char *key;
	const char *value; /* NULL: it was removed */
};
/* The copy has changed by whole transactions. lost: another store answers than before (its data
 * were lost). */
typedef void (*ptxi_mirror_change_fn)(const struct ptxi_mirror_event *events, size_t n, bool lost,
				      void *user);

struct ptxi_mirror_opts {
	struct event_base *base;
	const struct ptx_ctx *ctx;
	const char *socket;
	ptxi_mirror_change_fn change;
	void (*ready)(bool is_ready,
		      void *user); /* the copy follows the store, or does not any more */
	void (*stuck)(void *user); /* the store does not answer although it accepts */
	void *user;
};

struct ptxi_mirror;
struct ptxi_mirror *ptxi_mirror_new(const struct ptxi_mirror_opts *o, struct ptx_error **err);
/* Open transactions end with CANCELED. */
void ptxi_mirror_free(struct ptxi_mirror *m);
PTXI_DEFINE_AUTO(mirror);
/* The store is there: load and follow it (again). */
void ptxi_mirror_connect(struct ptxi_mirror *m);
/* The store went away: the copy stays as it is. */
void ptxi_mirror_disconnect(struct ptxi_mirror *m);
bool ptxi_mirror_is_ready(const struct ptxi_mirror *m);
const struct ptxi_kv *ptxi_mirror_kv(const struct ptxi_mirror *m);
int64_t ptxi_mirror_revision(const struct ptxi_mirror *m);

struct ptxi_txn;
struct ptxi_txn *ptxi_txn_new(void);
void ptxi_txn_free(struct ptxi_txn *t);
PTXI_DEFINE_AUTO(txn);
/* Failures are sticky: the commit says so. */
void ptxi_txn_put(struct ptxi_txn *t, const char *key, struct ptx_str value);
/* The JSON text of j, whose reference is taken. */
void ptxi_txn_put_json(struct ptxi_txn *t, const char *key, json_t *j);
void ptxi_txn_remove(struct ptxi_txn *t, const char *key);
void ptxi_txn_remove_prefix(struct ptxi_txn *t, const char *prefix);
/* Only if the key is still as the copy has it now (there or not). */
void ptxi_txn_unchanged(struct ptxi_txn *t, const struct ptxi_mirror *m, const char *key);
size_t ptxi_txn_count(const struct ptxi_txn *t);
/* Takes t. done() is called once, never from within: 0; BUSY: somebody changed a key meanwhile, try
 * again; UNAVAILABLE. */
typedef void (*ptxi_txn_done_fn)(int code, const struct ptx_error *e, void *user);
void ptxi_mirror_commit(struct ptxi_mirror *m, struct ptxi_txn *t, ptxi_txn_done_fn done,
			void *user);

#endif
