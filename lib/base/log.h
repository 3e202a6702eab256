/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - structured lines for the context's log hook.
 *
 *     ptxi_log(ctx, PTX_LOG_DEBUG, "request", PTXI_F("method", m), PTXI_F_INT("status", 200),
 *              PTXI_F_SECRET("token"), PTXI_F_END);
 * gives `request method=PUT status=200 token=***`. Values with blanks or control bytes are quoted.
 */
#ifndef PTXI_LOG_H
#define PTXI_LOG_H

#include "ctx.h"

enum ptxi_field_kind { PTXI_FIELD_END, PTXI_FIELD_STRING, PTXI_FIELD_INT, PTXI_FIELD_SECRET };

struct ptxi_field {
	enum ptxi_field_kind kind;
	const char *name;
	const char *string;
	int64_t number;
};

#define PTXI_F(name, s)     ((struct ptxi_field){ PTXI_FIELD_STRING, (name), (s), 0 })
#define PTXI_F_INT(name, i) ((struct ptxi_field){ PTXI_FIELD_INT, (name), NULL, (i) })
#define PTXI_F_SECRET(name) ((struct ptxi_field){ PTXI_FIELD_SECRET, (name), NULL, 0 })
#define PTXI_F_END          ((struct ptxi_field){ PTXI_FIELD_END, NULL, NULL, 0 })

void ptxi_log_fields(const struct ptx_ctx *ctx, enum ptx_log_level level, const char *area,
		     const char *what, const struct ptxi_field *fields);

#define ptxi_log(ctx, level, area, what, ...)                                                      \
	do {                                                                                       \
		if (ptxi_ctx_logs((ctx), (level)))                                                 \
			ptxi_log_fields((ctx), (level), (area), (what),                            \
					(const struct ptxi_field[]){ __VA_ARGS__ });               \
	} while (0)

#endif
