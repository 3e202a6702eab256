/* SPDX-License-Identifier: Apache-2.0 */
/* semver.h - semantic versions and constraints on them, as Masterminds/semver v3 reads them. */
#ifndef PTXI_TEXT_SEMVER_H
#define PTXI_TEXT_SEMVER_H

#include "../base/ptxi.h"

/* A version; its texts are slices of what was parsed. */
struct ptxi_semver {
	uint64_t major, minor, patch;
	struct ptx_str pre, meta; /* without - and +; empty: none */
	struct ptx_str original;
};

/* Reads a version: leniently (`v1`, `1.2`), or with `strict` only what semver.org allows. Fails:
 * SYNTAX with the package's own words. */
int ptxi_semver_parse(struct ptx_str text, bool strict, struct ptxi_semver *out,
		      struct ptx_error **err);
/* <0, 0, >0 by precedence; build metadata does not count. */
int ptxi_semver_compare(const struct ptxi_semver *a, const struct ptxi_semver *b);
/* The same of pre-releases alone. */
int ptxi_semver_compare_pre(struct ptx_str a, struct ptx_str b);
/* Appends "1.2.3-pre+meta". */
void ptxi_semver_print(const struct ptxi_semver *v, struct ptx_buf *out);

enum ptxi_semver_part { PTXI_SEMVER_PATCH, PTXI_SEMVER_MINOR, PTXI_SEMVER_MAJOR };
/* The next patch, minor or major version; out->original is not set. False where a part is at its
 * largest. */
bool ptxi_semver_next(const struct ptxi_semver *v, enum ptxi_semver_part part,
		      struct ptxi_semver *out);

/* `>=1.2 <2 || ^3`: alternatives of terms that all must hold. */
struct ptxi_constraint;

/* Owned. Fails: SYNTAX (as the package says it), LIMIT (longer than 512 bytes, more than 32
 * alternatives), NOMEM. */
struct ptxi_constraint *ptxi_constraint_parse(struct ptx_str text, struct ptx_error **err);
void ptxi_constraint_free(struct ptxi_constraint *c);
PTXI_DEFINE_AUTO(constraint);
/* True when the version fits; one with a pre-release fits only alternatives that name one
 * themselves, or all with with_pre. */
bool ptxi_constraint_check(const struct ptxi_constraint *c, const struct ptxi_semver *v,
			   bool with_pre);
/* The same, and appends why each term of each alternative does not hold, a line each. A pre-release
 * is refused per alternative, which can make the answer another one than check's. */
bool ptxi_constraint_explain(const struct ptxi_constraint *c, const struct ptxi_semver *v,
			     bool with_pre, struct ptx_buf *reasons);
/* Appends the constraint with ranges written out: ">=1.2 <2 || ^3". */
void ptxi_constraint_print(const struct ptxi_constraint *c, struct ptx_buf *out);

#endif
