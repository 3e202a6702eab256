/* SPDX-License-Identifier: Apache-2.0 */
/* regex_everyday.h - which of Go's expressions the module `pattern` (PCRE2) can match in the module
 * `regex`'s (RE2's) place.
 *
 * To load RE2 and the library of C++ costs a third of what a middling chart needs altogether; PCRE2
 * is small. What is taken is a subset of Go's syntax (pkg.go.dev/regexp/syntax) that both read
 * alike, or that is written in other words for PCRE2 (pcre2pattern(3)):
 *
 *     x .                ASCII characters for themselves, any character but a newline
 *     \. \- ...          escaped punctuation; \n \r \t
 *     \d \w \s \D \W \S  also within a class; ASCII's, and \s without the vertical tab
 *     [a-z_] [^...]      of ASCII characters and the above
 *     (x) (?:x) x|y xy   with submatches
 *     x* x+ x? x{2,3}    and reluctant, of an x that is never empty, without a second operator
 *                        behind it
 *     ^ $                the ends of the text
 *
 * Of these, both find the first match that a backtracking matcher would find, submatches included.
 * Everything else is not for here: flags, names, \b, properties, other letters, references, what is
 * malformed, and what Go takes for too large. Invariant: what is taken here, RE2 takes too. */
#ifndef PTXI_TEXT_REGEX_EVERYDAY_H
#define PTXI_TEXT_REGEX_EVERYDAY_H

#include "../base/ptxi.h"

/* True when the pattern is one of these. Then out got it as PCRE2 takes it (without memory, out
 * says so), and *groups is how many groups there are, the whole match not counted. */
bool ptxi_regex_is_everyday(struct ptx_str pattern, struct ptx_buf *out, size_t *groups);

#endif
