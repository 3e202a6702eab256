/* SPDX-License-Identifier: Apache-2.0 */
/* schema_format.h - what the files of the formats share.
 *
 * What each format takes, and why it refuses, is as Helm's validator has it (RFC 3339, 1123, 4122,
 * 4291, 5321, 6570, 6901 and semver.org, with its shortcuts), for its words stand in messages.
 */
#ifndef PTXI_SCHEMA_FORMAT_H
#define PTXI_SCHEMA_FORMAT_H

#include "schema.h"

/* True when s has the format; else why gets the reason. What is made on the way lives in the arena.
 */
typedef bool ptxi_format_fn(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why);

/* schema_format_time.c */
ptxi_format_fn ptxi_format_date, ptxi_format_time, ptxi_format_date_time, ptxi_format_duration,
    ptxi_format_period;
/* schema_format_net.c */
ptxi_format_fn ptxi_format_ipv4, ptxi_format_ipv6, ptxi_format_hostname, ptxi_format_email,
    ptxi_format_uri, ptxi_format_uri_reference, ptxi_format_uri_template;

/* schema_format.c: appends a reason; false, for the caller to return. */
bool PTXI_PRINTF(2, 3) ptxi_format_no(struct ptx_buf *why, const char *fmt, ...);
/* The same about one rune, quoted as Go does. */
bool ptxi_format_no_rune(struct ptx_buf *why, const char *before, uint32_t rune, const char *after);
/* How many digits s begins with. */
size_t ptxi_format_digits(struct ptx_str s);
/* The first rune of s that is no letter, digit or one of more; false when there is none. */
bool ptxi_format_foreign(struct ptx_str s, const char *more, uint32_t *rune);

#endif
