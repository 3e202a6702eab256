/* SPDX-License-Identifier: Apache-2.0 */
/* lock.h - Chart.lock: which versions were chosen, and for which wishes. */
#ifndef PTXI_CHART_LOCK_H
#define PTXI_CHART_LOCK_H

#include "chart.h"

/* A list of dependencies; v NULL: none is written, which is not the same as an empty one. */
struct ptxi_chart_wants {
	const struct ptxi_chart_dependency *v;
	size_t n;
};

/* "sha256:HEX" of what Chart.yaml asks for and what was chosen for it, as Helm 3 computes it; in
 * the arena, NULL with *err set. */
const char *ptxi_chart_lock_digest(struct ptx_arena *a, struct ptxi_chart_wants wants,
				   struct ptxi_chart_wants chosen, struct ptx_error **err);
/* The digest that Helm 2 wrote into requirements.lock: of the wishes alone. */
const char *ptxi_chart_lock_digest_v2(struct ptx_arena *a, struct ptxi_chart_wants wants,
				      struct ptx_error **err);
/* Appends the text of Chart.lock. */
int ptxi_chart_lock_format(struct ptx_arena *a, struct ptxi_chart_wants chosen, const char *digest,
			   const char *generated, struct ptx_buf *out, struct ptx_error **err);
/* "Chart.lock", or "requirements.lock" of a v1 chart; and where the wishes stand. */
const char *ptxi_chart_lock_name(const struct ptxi_chart *c);
const char *ptxi_chart_wants_name(const struct ptxi_chart *c);
/* Fails with PRECONDITION, in Helm's words, when the lock was not made for what Chart.yaml asks
 * for. wants: as the digest was made of it, i.e. with aliases of repositories resolved; plain: as
 * written. log hears that a digest of Helm 2 was looked at. */
int ptxi_chart_lock_check(struct ptx_arena *a, const struct ptxi_chart *c,
			  struct ptxi_chart_wants wants, struct ptxi_chart_wants plain,
			  const struct ptxi_chart_log *log, struct ptx_error **err);

#endif
