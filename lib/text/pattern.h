/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h - the regular expressions that config.json writes: ECMAScript's, look-ahead included.
 *
 * A pattern is tested as RegExp.prototype.test does: anywhere in the text unless it is anchored.
 * Matching is bounded; what takes too long fails with LIMIT.
 */
#ifndef PTXI_TEXT_PATTERN_H
#define PTXI_TEXT_PATTERN_H

#include "../base/ptxi.h"

struct ptxi_pattern;

/* Owned. perl: what is no ECMAScript pattern but one of Perl's (inline options, possessive
 * quantifiers) is taken as that. Fails: SYNTAX (offset in the message), UNSUPPORTED (the module is
 * not installed), NOMEM. */
struct ptxi_pattern *ptxi_pattern_compile(struct ptx_str pattern, bool perl,
					  struct ptx_error **err);
void ptxi_pattern_free(struct ptxi_pattern *p);
PTXI_DEFINE_AUTO(pattern);
/* 1 where it matches, 0 where it does not, or LIMIT, INVALID (text that is no UTF-8), NOMEM. */
int ptxi_pattern_test(const struct ptxi_pattern *p, struct ptx_str text, struct ptx_error **err);

/* The pattern in PCRE2's words, for tests; SYNTAX for what is no ECMAScript pattern. */
int ptxi_pattern_rewrite(struct ptx_str pattern, struct ptx_buf *out, struct ptx_error **err);

/* What the module `pattern` implements, for pattern.c and regex.c. It uses nothing of this library.
 */
struct ptxi_pattern_table {
	unsigned abi; /* PTXI_MODULE_ABI */
	/* NULL on failure: *offset says where (SIZE_MAX: no memory), why gets a sentence. */
	void *(*compile)(const char *text, size_t n, size_t *offset, char *why, size_t why_size);
	void (*release)(void *code);
	/* 1, 0, or a negative PTX_E_*. */
	int (*test)(const void *code, const char *text, size_t n);
	/* Finds the first match that begins at or after `from` in a text that is valid UTF-8;
	 * `from` is where a character begins, or the end. 1: at[2 * i] and at[2 * i + 1] are where
	 * group i begins and ends (SIZE_MAX: it took no part), for i < groups, which may be 0. 0:
	 * there is none. LIMIT: nobody knows; that took 2 ms and 128 KiB at most. Or NOMEM. */
	int (*find)(const void *code, const char *text, size_t n, size_t from, size_t *at,
		    size_t groups);
};

#endif
