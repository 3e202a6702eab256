/* SPDX-License-Identifier: Apache-2.0 */
/* place.h - archives into a chart's charts/, all at once. */
#ifndef PTXI_REPO_PLACE_H
#define PTXI_REPO_PLACE_H

#include "../base/ptxi.h"

struct ptxi_placed {
	const char *name; /* "redis-1.2.3.tgz" */
	struct ptx_str content;
};

/* An exclusive lock on a chart's folder, until the descriptor closes. BUSY after wait_ms. */
int ptxi_place_lock(const char *chart, int64_t wait_ms, struct ptx_error **err);
/* Removes what a run that was killed has left behind; the folder is locked. */
int ptxi_place_sweep(const char *chart, struct ptx_error **err);
/* Puts files into CHART/charts, and removes those of these names: at one moment where the file
 * system can exchange folders, else file by file, the new ones first. What else is in there stays.
 * Fails: IO, DENIED, INVALID (charts is no folder). */
int ptxi_place(const char *chart, const struct ptxi_placed *files, size_t count,
	       const char *const *removed, size_t removed_count, struct ptx_error **err);

#endif
