/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - the place where records are kept. */
#ifndef PITRIX_STORE_H
#define PITRIX_STORE_H

#include <pitrix/context.h>
#include <pitrix/value.h>

PTX_BEGIN

struct ptx_store;

/* Opens the state of an installation. url: NULL for the file in the context's home folder,
 * "sqlite:PATH", or "mem:" for one that is gone when it closes. Owned. Fails: CONFIG, DENIED, IO,
 * CORRUPT, UNSUPPORTED (a newer format). Thread: any. */
PTX_API struct ptx_store *ptx_store_open(struct ptx_ctx *ctx, const char *url,
					 struct ptx_error **err);
PTX_API void ptx_store_close(struct ptx_store *st);
PTX_API struct ptx_ctx *ptx_store_ctx(const struct ptx_store *st);

/* Everything as one JSON text: {format, owner, documents, secrets}. Secrets stay sealed under the
 * same key, or, with a passphrase, under that. Fails as reads do. */
PTX_API int ptx_store_export(struct ptx_store *st, const char *passphrase, struct ptx_buf *out,
			     struct ptx_error **err);

/* How to import. Zero is the default of every member. */
struct ptx_import_opts {
	size_t size;
	const char *file;       /* the text's name for positions; NULL: none */
	const char *passphrase; /* NULL: the secrets are sealed under this installation's key */
	bool replace;           /* what the store holds goes first */
};
#define PTX_IMPORT_OPTS_INIT                                                                       \
	{                                                                                          \
		.size = sizeof(struct ptx_import_opts)                                             \
	}

/* Reads such a text into an empty store, in one commit; opts may be NULL. Fails: SYNTAX, CORRUPT,
 * UNTRUSTED (another key or passphrase), EXISTS when the store is not empty and is not to be
 * replaced. */
PTX_API int ptx_store_import(struct ptx_store *st, struct ptx_str text,
			     const struct ptx_import_opts *opts, struct ptx_error **err);

PTX_END

#endif
