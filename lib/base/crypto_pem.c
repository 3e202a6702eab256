/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_pem.c - PEM as this library writes it; OpenSSL reads what others write. */
#define PTX_AREA PTX_AREA_BASE
#include "crypto_priv.h"
#include "encode.h"

#define PEM_LINE  64u
#define MOST_LINE 64u /* bytes of a line that begins or ends a block */

int ptxi_crypto_print_pem(struct ptx_str der, const char *label, struct ptx_buf *pem,
			  struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptxi_base64_encode(PTXI_BASE64_STD, der, &text);
	ptx_buf_printf(pem, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < text.n; at += PEM_LINE)
		ptx_buf_printf(pem, "%.*s\n", (int)PEM_LINE, text.p + at);
	ptx_buf_printf(pem, "-----END %s-----\n", label);
	if (text.p)
		ptxi_wipe(text.p, text.n);
	return ptx_buf_ok(&text) && ptx_buf_ok(pem) ? 0
						    : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

bool ptxi_crypto_read_pem(struct ptx_str pem, const char *label, struct ptx_buf *der)
{
	char begin[MOST_LINE];
	char end[MOST_LINE];
	size_t before = (size_t)snprintf(begin, sizeof(begin), "-----BEGIN %s-----\n", label);
	size_t after = (size_t)snprintf(end, sizeof(end), "-----END %s-----\n", label);

	if (pem.n < before + after || !ptxi_str_starts(pem, begin) || !ptxi_str_ends(pem, end))
		return false;
	return ptxi_base64_decode(PTXI_BASE64_STD,
				  ptxi_strn(pem.p + before, pem.n - before - after), der, NULL) &&
	       ptx_buf_ok(der);
}
