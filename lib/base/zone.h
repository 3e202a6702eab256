/* SPDX-License-Identifier: Apache-2.0 */
/* zone.h - time zones by their names, from the system's zone database (TZif, RFC 8536), so that a
 * zone is an argument and not the environment. A loaded zone may be read by many threads. */
#ifndef PTXI_ZONE_H
#define PTXI_ZONE_H

#include "ptxi.h"

struct ptxi_zone;

/* Owned. "" and "UTC" are always there. Fails: NOT_FOUND (no such zone, or a name that would leave
 * the database), CORRUPT, NOMEM. */
struct ptxi_zone *ptxi_zone_load(struct ptx_str name, struct ptx_error **err);
/* A zone from the bytes of a TZif file. Fails: CORRUPT, NOMEM. */
struct ptxi_zone *ptxi_zone_parse(struct ptx_str bytes, struct ptx_error **err);
void ptxi_zone_free(struct ptxi_zone *z);
PTXI_DEFINE_AUTO(zone);

/* What holds from start on, before end (INT64_MIN, INT64_MAX: always). */
struct ptxi_zone_span {
	int64_t start, end;
	int32_t offset; /* seconds east of UTC */
	bool dst;
	const char *name; /* "CEST"; borrowed from the zone */
};
struct ptxi_zone_span ptxi_zone_at(const struct ptxi_zone *z, int64_t unix_seconds);
/* The seconds since 1970 of a local time, given as if it were UTC. Where a clock jumps one of the
 * two answers. */
int64_t ptxi_zone_unix(const struct ptxi_zone *z, int64_t local_seconds);
/* The offset of an abbreviation at about a time; false when the zone has none of that name. */
bool ptxi_zone_named(const struct ptxi_zone *z, struct ptx_str name, int64_t unix_seconds,
		     int32_t *offset);

#endif
