/* SPDX-License-Identifier: Apache-2.0 */
/* decimal.h - exact decimal arithmetic (OpenSSL's big numbers behind it). */
#ifndef PTXI_DECIMAL_H
#define PTXI_DECIMAL_H

#include "ptxi.h"

struct ptxi_decimal;

/* The decimal that is written with the fewest digits that read back as f. NULL without memory; f is
 * finite. */
struct ptxi_decimal *ptxi_decimal_new(double f) PTXI_CHECK;
void ptxi_decimal_free(struct ptxi_decimal *d);
PTXI_DEFINE_AUTO(decimal);
/* d = d + by, and so on. A quotient is rounded to 16 places, half away from zero; by is not zero.
 * Fails: LIMIT (more than 100,000 digits), NOMEM. */
int ptxi_decimal_add(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err);
int ptxi_decimal_sub(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err);
int ptxi_decimal_mul(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err);
int ptxi_decimal_div(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err);
bool ptxi_decimal_is_zero(const struct ptxi_decimal *d);
/* The nearest double. */
int ptxi_decimal_double(const struct ptxi_decimal *d, double *out, struct ptx_error **err);

#endif
