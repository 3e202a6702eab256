/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - records as documents, for the rooms above. */
#ifndef PTXI_STORE_H
#define PTXI_STORE_H

#include <pitrix/store.h>
#include <pitrix/sys/store.h>
#include "../base/arena.h"
#include "../value/value.h"

#define PTXI_STORE_KEY_MAX 512u

static inline void ptxi_auto_storep(struct ptx_store **st)
{
	ptx_store_close(*st);
}
#define ptx_auto_store PTXI_CLEANUP(ptxi_auto_storep) struct ptx_store *

/* The document at a key, in the arena; NULL without an error when there is none. */
struct ptx_value *ptxi_store_get(struct ptx_store *st, const char *key, struct ptx_arena *a,
				 int64_t *rev, struct ptx_error **err);
typedef int (*ptxi_store_doc_fn)(const char *key, struct ptx_value *doc, int64_t rev, void *user,
				 struct ptx_error **err);
/* Each document below prefix written after revision since, parsed into an arena that lives for the
 * call of fn. */
int ptxi_store_each(struct ptx_store *st, const char *prefix, int64_t since, ptxi_store_doc_fn fn,
		    void *user, struct ptx_error **err);

/* A commit being put together. Steps may be added after a failure; the commit then fails. */
struct ptxi_commit;
struct ptxi_commit *ptxi_commit_new(struct ptx_store *st, struct ptx_error **err);
void ptxi_commit_free(struct ptxi_commit *c);
PTXI_DEFINE_AUTO(commit);
void ptxi_commit_put(struct ptxi_commit *c, const char *key, const struct ptx_value *doc,
		     int64_t expect);
void ptxi_commit_remove(struct ptxi_commit *c, const char *key, int64_t expect);
/* Seals text and puts it at secrets/<ref>. */
void ptxi_commit_secret(struct ptxi_commit *c, const char *ref, struct ptx_str text);
void ptxi_commit_forget(struct ptxi_commit *c, const char *ref);
size_t ptxi_commit_count(const struct ptxi_commit *c);
/* Writes; the steps are gone afterwards, done or not. Nothing to write is fine and costs nothing.
 */
int ptxi_commit_run(struct ptxi_commit *c, int64_t *rev, struct ptx_error **err);

/* The secret behind a reference: owned, free with ptxi_free_secret(). NOT_FOUND, UNTRUSTED (another
 * key). */
char *ptxi_store_secret(struct ptx_store *st, const char *ref, struct ptx_error **err);

/* A sealed text that is not in the store, under this installation's key; as ptxi_store_secret(). */
char *ptxi_store_unseal(struct ptx_store *st, const char *ref, struct ptx_str sealed,
			struct ptx_error **err);

/* In a document, {"$secret": REF} stands for a sealed text. */
#define PTXI_SECRET_KEY "$secret"
/* A copy of doc in the arena with the secrets themselves: never to be recorded or shown. */
struct ptx_value *ptxi_store_reveal(struct ptx_store *st, struct ptx_arena *a,
				    const struct ptx_value *doc, struct ptx_error **err);
/* Adds the removal of every secret that doc refers to. */
void ptxi_commit_forget_all(struct ptxi_commit *c, const struct ptx_value *doc);

struct ptxi_lock;
/* Exclusive among all processes, freed at death. */
struct ptxi_lock *ptxi_store_lock(struct ptx_store *st, const char *name, int64_t wait_ms,
				  const char *who, struct ptx_error **err);
void ptxi_lock_free(struct ptxi_lock *l);
PTXI_DEFINE_AUTO(lock);

/* Who this installation is: an id that is drawn once and put on everything that it makes. In st,
 * borrowed. */
const char *ptxi_store_owner(struct ptx_store *st, struct ptx_error **err);

/* Drivers that are linked in; NULL when there is none of that name. */
const struct ptx_store_driver *ptxi_store_driver(const char *name, struct ptx_error **err);
extern const struct ptx_store_driver ptxi_store_mem;
extern const struct ptx_store_driver ptxi_store_sqlite;

const struct ptx_store_driver *ptxi_store_table(const struct ptx_store *st, void **driver);

#endif
