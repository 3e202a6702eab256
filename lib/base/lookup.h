/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.h - the nearest name to one that does not exist, for "did you mean". */
#ifndef PTXI_LOOKUP_H
#define PTXI_LOOKUP_H

#include "ptxi.h"

/* Gives the i-th candidate, or {NULL, 0} past the last. */
typedef struct ptx_str (*ptxi_candidate_fn)(size_t i, const void *user);

/* The candidate with the smallest edit distance (a transposition counts as one edit; letter case as
 * none), if it is near enough to be meant: at most a third of the longer length, and 1 at least.
 * {NULL, 0} when none is. Names over 100 bytes are not compared. */
struct ptx_str ptxi_nearest(struct ptx_str want, ptxi_candidate_fn candidate, const void *user);

#endif
