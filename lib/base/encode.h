/* SPDX-License-Identifier: Apache-2.0 */
/* encode.h - base64, base32 and hex. */
#ifndef PTXI_ENCODE_H
#define PTXI_ENCODE_H

#include "ptxi.h"

enum ptxi_base64_kind { PTXI_BASE64_STD, PTXI_BASE64_URL, PTXI_BASE64_RAW_URL };

void ptxi_base64_encode(enum ptxi_base64_kind kind, struct ptx_str s, struct ptx_buf *out);
/* Strict: the alphabet of the kind, padding where the kind has it; CR and LF are skipped, as Go
 * does. On an error returns false and, in *at if given, the offset of the first bad byte. */
bool ptxi_base64_decode(enum ptxi_base64_kind kind, struct ptx_str s, struct ptx_buf *out,
			size_t *at);
/* RFC 4648's base32 with padding. */
void ptxi_base32_encode(struct ptx_str s, struct ptx_buf *out);
bool ptxi_base32_decode(struct ptx_str s, struct ptx_buf *out, size_t *at);
/* Lower case. */
void ptxi_hex_encode(struct ptx_str s, struct ptx_buf *out);
bool ptxi_hex_decode(struct ptx_str s, struct ptx_buf *out);

#endif
