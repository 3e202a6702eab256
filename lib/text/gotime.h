/* SPDX-License-Identifier: Apache-2.0 */
/* gotime.h - times by Go's layouts ("2006-01-02T15:04:05Z07:00"), and durations ("1h30m"). */
#ifndef PTXI_TEXT_GOTIME_H
#define PTXI_TEXT_GOTIME_H

#include "../base/zone.h"
#include "../value/value.h"

/* Appends a time by a layout. */
void ptxi_go_time_format(const struct ptxi_time *t, struct ptx_str layout, struct ptx_buf *out);
/* Reads a time by a layout; one that names no zone is local to `local` (NULL: UTC). Its zone's name
 * goes to the arena. Fails: SYNTAX, NOMEM. */
int ptxi_go_time_parse(struct ptx_arena *a, struct ptx_str layout, struct ptx_str value,
		       const struct ptxi_zone *local, struct ptxi_time *out,
		       struct ptx_error **err);
/* A time as the clocks of a zone show it; the name of the zone is borrowed from it. */
void ptxi_go_time_in(struct ptxi_time *t, const struct ptxi_zone *z);
/* "1h15m30.918s" to nanoseconds. Fails: SYNTAX. */
int ptxi_go_duration_parse(struct ptx_str s, int64_t *ns, struct ptx_error **err);

extern const char *const ptxi_go_months[12];  /* "January" ... */
extern const char *const ptxi_go_weekdays[7]; /* "Sunday" ... */

#endif
