/* SPDX-License-Identifier: Apache-2.0 */
/* openssl_stubs.c - OpenSSL, loaded when the first of its functions is called.
 *
 * libcrypto has 17,000 addresses to relocate and 3,000 symbols to look up at every start: 1.5 MB
 * and a third of the time that a small chart takes to render, which needs nothing of it. So the
 * shared library is not linked with it. Here stand functions of the same names, which nobody
 * outside sees (they are hidden), and each calls the real one through the table of the module
 * `openssl`. The callers include OpenSSL's own headers and know nothing of this; static programs
 * are linked with OpenSSL itself instead of this file.
 *
 * There is no way to go on without: a function of OpenSSL that cannot be called ends the program,
 * with a word, rather than answer what might be taken for "verified". That happens only where the
 * installation is damaged.
 */
#define PTX_AREA PTX_AREA_BASE
#include "module.h"
#include "openssl.h"

#include <stdatomic.h>

static const struct ptxi_openssl_table *load(void)
{
	ptx_auto(error) err = NULL;
	const struct ptxi_openssl_table *t = ptxi_module_get("openssl", &err);

	if (t)
		return t;
	fprintf(stderr, "pitrix: %s\n", err ? ptx_error_message(err) : "no memory");
	abort();
}

static const struct ptxi_openssl_table *table(void)
{
	static _Atomic(const struct ptxi_openssl_table *) loaded;
	const struct ptxi_openssl_table *t = atomic_load_explicit(&loaded, memory_order_acquire);

	if (!t) {
		t = load();
		atomic_store_explicit(&loaded, t, memory_order_release);
	}
	return t;
}

#define ROW(result, name, parameters, arguments)                                                   \
	result name parameters                                                                     \
	{                                                                                          \
		return table()->name arguments;                                                    \
	}
#include "openssl_rows.h"

/* The one with arguments of any number: which they are depends on the type, as in OpenSSL itself.
 */
EVP_PKEY *EVP_PKEY_Q_keygen(OSSL_LIB_CTX *ctx, const char *properties, const char *type, ...)
{
	EVP_PKEY *key = NULL;
	va_list ap;

	va_start(ap, type);
	if (strcmp(type, "RSA") == 0)
		key = table()->keygen(ctx, properties, type, va_arg(ap, size_t));
	else if (strcmp(type, "EC") == 0)
		key = table()->keygen(ctx, properties, type, va_arg(ap, char *));
	else
		key = table()->keygen(ctx, properties, type);
	va_end(ap);
	return key;
}
