/* SPDX-License-Identifier: Apache-2.0 */
/* regex.h - Go's regular expressions (package regexp), in linear time.
 *
 * A compiled expression may be used by many threads. Text that is not valid UTF-8 is matched as Go
 * matches it: each invalid byte is U+FFFD. */
#ifndef PTXI_TEXT_REGEX_H
#define PTXI_TEXT_REGEX_H

#include "../base/ptxi.h"

struct ptxi_regex;

/* Compiles an expression in Go's syntax.
 *
 * Returns: owned.  Fails: SYNTAX ("error parsing regexp: ...", as Go says it), LIMIT (it is too
 * large), UNSUPPORTED (the module is not installed), NOMEM.
 */
struct ptxi_regex *ptxi_regex_compile(struct ptx_str pattern, struct ptx_error **err);
void ptxi_regex_free(struct ptxi_regex *re);
PTXI_DEFINE_AUTO(regex);
/* 1 when the expression matches anywhere in the text, 0 when not, or a code with *err set. */
int ptxi_regex_match(const struct ptxi_regex *re, struct ptx_str text, struct ptx_error **err);
/* How many groups there are, the whole match not counted, and the name of one ({"", 0}: none; 0 is
 * the match). */
size_t ptxi_regex_groups(const struct ptxi_regex *re);
struct ptx_str ptxi_regex_group_name(const struct ptxi_regex *re, size_t group);

/* A match: where group i begins and ends, at[2 * i] and at[2 * i + 1]; SIZE_MAX where it took no
 * part. Returning non-zero stops. */
typedef int (*ptxi_regex_match_fn)(const size_t *at, size_t groups, void *user);
/* Calls fn with the matches from left to right, at most `most`: as FindAllStringSubmatchIndex,
 * without an empty one right behind another. Returns 0, what fn returned, or NOMEM. */
int ptxi_regex_each(const struct ptxi_regex *re, struct ptx_str text, size_t most,
		    ptxi_regex_match_fn fn, void *user, struct ptx_error **err);
/* Appends the text with each match replaced by `with`, in which $1, ${1}, $name and $$ stand for
 * groups and a dollar unless it is literal. */
int ptxi_regex_replace(const struct ptxi_regex *re, struct ptx_str text, struct ptx_str with,
		       bool literal, struct ptx_buf *out, struct ptx_error **err);
/* Calls fn with the parts between matches, at most n (negative: all), as Split. */
typedef int (*ptxi_regex_part_fn)(struct ptx_str part, void *user);
int ptxi_regex_split(const struct ptxi_regex *re, struct ptx_str text, int64_t n,
		     ptxi_regex_part_fn fn, void *user, struct ptx_error **err);
/* Appends the pattern as RE2 takes it. Fails: SYNTAX (as Go says it), UNSUPPORTED (a set that RE2
 * cannot express), NOMEM. */
int ptxi_regex_rewrite(struct ptx_str s, bool apart, struct ptx_buf *out, struct ptx_error **err);
/* True when alternatives may differ in the flag i alone: `a|(?i)A`. RE2 takes such letters for one;
 * in a pattern that is rewritten with `apart` it cannot. */
bool ptxi_regex_has_case_mix(struct ptx_str s);
/* Appends s so that it matches itself. */
void ptxi_regex_quote(struct ptx_str s, struct ptx_buf *out);

#endif
