/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - what a place that keeps records implements: keys, documents, revisions, one atomic
 * commit.
 *
 * Keys are paths without a leading slash ("clusters/cl-1"), at most 512 bytes of [A-Za-z0-9._/-].
 * Every commit has a revision larger than all before; a document's revision is that of the commit
 * that wrote it last. Thread: any; the table's functions are called from many threads at once.
 */
#ifndef PITRIX_SYS_STORE_H
#define PITRIX_SYS_STORE_H

#include <pitrix/context.h>
#include <pitrix/error.h>

PTX_BEGIN

enum { PTX_STORE_ANY = -1 }; /* expect: whatever is there */

/* One step of a commit: writes value, or removes the key when value.p is NULL. */
struct ptx_store_op {
	const char *key;
	struct ptx_str value;
	int64_t expect; /* revision that must be there; 0: no document; PTX_STORE_ANY */
};

/* Gets one document; all borrowed. Non-zero stops and is returned. */
typedef int (*ptx_store_each_fn)(const char *key, struct ptx_str value, int64_t rev, void *user,
				 struct ptx_error **err);

struct ptx_store_driver {
	unsigned abi; /* PTXI_MODULE_ABI */
	const char *name;
	/* url: what follows the scheme (a file's path). Makes what is missing. */
	int (*open)(struct ptx_ctx *ctx, const char *url, void **store, struct ptx_error **err);
	void (*close)(void *store);
	/* Appends the document to value; rev 0 and no error when there is none. */
	int (*get)(void *store, const char *key, struct ptx_buf *value, int64_t *rev,
		   struct ptx_error **err);
	/* Documents whose key starts with prefix, written after revision since, in the order of
	 * keys. */
	int (*each)(void *store, const char *prefix, int64_t since, ptx_store_each_fn fn,
		    void *user, struct ptx_error **err);
	/* All steps or none, durable when it returns. CONFLICT when an expectation does not hold.
	 */
	int (*commit)(void *store, const struct ptx_store_op *ops, size_t count, int64_t *rev,
		      struct ptx_error **err);
	/* An exclusive lock by name, freed at the holder's death. BUSY with who holds it. wait_ms
	 * <0: for ever. */
	int (*lock)(void *store, const char *name, int64_t wait_ms, const char *who, void **lock,
		    struct ptx_error **err);
	void (*unlock)(void *store, void *lock);
};

PTX_END

#endif
