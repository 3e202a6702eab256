/* SPDX-License-Identifier: Apache-2.0 */
/* rights.h - who may see and write what. Pure: decisions over Frontgate's copy of the store.
 *
 * A Drone reads what the mapping of its instance shows, its own requests, and nothing else; it
 * writes outcomes of its own requests. Pilot may do what its endpoints do. Everything else is
 * denied.
 */
#ifndef PTXI_RIGHTS_H
#define PTXI_RIGHTS_H

#include "../wire/kv.h"

/* The mapping of an instance: an owned object {name: path}, NULL when it has none (or none that can
 * be read). */
json_t *ptxi_rights_mapping(const struct ptxi_kv *kv, const char *instance);
/* Checks Pilot's mapping of one instance: names are keys without their first slash, paths
 * "/clusters/CLUSTER[/PATH]". */
int ptxi_rights_mapping_check(const json_t *names, struct ptx_error **err);

/* Everything that the mapping shows, as {"/name/rest": text}; an owned object, NULL without memory.
 */
json_t *ptxi_rights_view(const struct ptxi_kv *kv, const json_t *mapping);
/* One key of the store changed: puts what the mapping shows of it into set (value not NULL) or del
 * (names as members), and takes it out of the other. False when nothing of it is shown. */
bool ptxi_rights_change(const json_t *mapping, const char *store_key, const char *value,
			json_t *set, json_t *del);
/* May this instance read path ("/self/..." or "/clusters/...")? Then the keys at and below it, by
 * the asked names, as an owned object, else NULL with DENIED or INVALID. A path that is allowed but
 * empty is NOT_FOUND. */
json_t *ptxi_rights_read(const struct ptxi_kv *kv, const char *instance, const char *path,
			 struct ptx_error **err);

/* May this instance write that outcome of that request now? 0; NOT_FOUND: not asked (any more);
 * CONFLICT: it has a final one. PTXI_RIGHTS_SAME: the same final one is there already. */
#define PTXI_RIGHTS_SAME 1
int ptxi_rights_outcome(const struct ptxi_kv *kv, const char *instance, const char *id,
			const struct ptxi_wire_outcome *o, const char *text,
			struct ptx_error **err);

#endif
