/* SPDX-License-Identifier: Apache-2.0 */
/* regex.c - Go's regular expressions on the module `regex` (RE2).
 *
 * RE2 is what Go's package regexp was made after: the same syntax and semantics. Where this RE2 differs, the
 * pattern is rewritten first: `(?<name>...)`, which only newer ones know, becomes `(?P<name>...)`, and `\C` (one
 * byte) is refused as Go does. RE2 has no character for an invalid byte; in a text each becomes U+FFFD before it
 * is matched.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "regex.h"
#include "../base/module.h"
#include "regex_module.h"
#include "../base/utf8.h"

#define LONGEST_PATTERN 65536u

struct ptxi_regex {
	const struct ptxi_regex_module *module;
	void *compiled;
};

static int refuse(struct ptx_error **err, const char *what, struct ptx_str at)
{
	return ptx_fail(err, PTX_E_SYNTAX, "error parsing regexp: %s: `%.*s`", what, PTX_STR_ARG(at));
}

/* The end of a class that begins at s.p[at] == '['; a `]` that comes first in it is a member. */
static size_t class_end(struct ptx_str s, size_t at)
{
	size_t i = at + 1;

	if (i < s.n && s.p[i] == '^')
		i++;
	if (i < s.n && s.p[i] == ']')
		i++;
	while (i < s.n && s.p[i] != ']') {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '[' && i + 1 < s.n && s.p[i + 1] == ':') {
			size_t end = ptxi_str_find(ptxi_str_from(s, i + 2), PTXI_STR(":]"));

			if (end != SIZE_MAX)
				i += 2 + end + 1;
		}
		i++;
	}
	return i < s.n ? i + 1 : s.n;
}

/* \Q...\E: where it ends. */
static size_t quote_end(struct ptx_str s, size_t at)
{
	size_t end = ptxi_str_find(ptxi_str_from(s, at), PTXI_STR("\\E"));

	return end == SIZE_MAX ? s.n : at + end + 2;
}

static int rewrite(struct ptx_str s, struct ptx_buf *out, struct ptx_error **err)
{
	size_t at = 0;

	while (at < s.n) {
		size_t next = at + 1;

		if (s.p[at] == '\\' && at + 1 < s.n) {
			if (s.p[at + 1] == 'C')
				return refuse(err, "invalid escape sequence", PTXI_STR("\\C"));
			next = s.p[at + 1] == 'Q' ? quote_end(s, at + 2) : at + 2;
		} else if (s.p[at] == '[') {
			next = class_end(s, at);
		} else if (s.p[at] == '(' && ptxi_str_starts(ptxi_str_from(s, at), "(?<")) {
			ptx_buf_adds(out, "(?P<");
			at += 3;
			continue;
		}
		ptx_buf_add(out, s.p + at, next - at);
		at = next;
	}
	return ptx_buf_ok(out) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

struct ptxi_regex *ptxi_regex_compile(struct ptx_str pattern, struct ptx_error **err)
{
	const struct ptxi_regex_module *module = ptxi_module_get("regex", err);
	ptxi_auto(regex) re = NULL;
	ptx_auto_buf rewritten = { 0 };
	char error[PTXI_REGEX_ERROR] = "";
	int code = PTX_E_SYNTAX;

	if (!module)
		return NULL;
	if (pattern.n > LONGEST_PATTERN) {
		ptx_fail(err, PTX_E_LIMIT, "the regular expression is longer than %u bytes", LONGEST_PATTERN);
		return NULL;
	}
	if (!ptxi_utf8_valid(pattern)) {
		ptx_fail(err, PTX_E_SYNTAX, "error parsing regexp: invalid UTF-8");
		return NULL;
	}
	ptx_buf_init(&rewritten, 0);
	if (rewrite(pattern, &rewritten, err) < 0)
		return NULL;
	re = ptxi_alloc(sizeof(*re));
	if (!re) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	re->module = module;
	re->compiled = module->compile(rewritten.p, rewritten.n, error, &code);
	if (!re->compiled) {
		ptx_fail(err, code, "error parsing regexp: %s", error);
		return NULL;
	}
	return ptx_steal(&re);
}

void ptxi_regex_free(struct ptxi_regex *re)
{
	if (!re)
		return;
	if (re->compiled)
		re->module->free(re->compiled);
	ptx_free(re);
}

/* The text with each invalid byte as U+FFFD. */
static void make_valid(struct ptx_str s, struct ptx_buf *out)
{
	while (s.n) {
		size_t len = 0;
		char bytes[4] = "";
		uint32_t rune = ptxi_utf8_decode(s, &len);

		ptx_buf_add(out, bytes, ptxi_utf8_encode(rune, bytes));
		s = ptxi_str_from(s, len);
	}
}

int ptxi_regex_match(const struct ptxi_regex *re, struct ptx_str text, struct ptx_error **err)
{
	ptx_auto_buf valid = { 0 };

	if (!ptxi_utf8_valid(text)) {
		ptx_buf_init(&valid, 0);
		make_valid(text, &valid);
		if (!ptx_buf_ok(&valid))
			return ptx_fail(err, PTX_E_NOMEM, "out of memory");
		text = ptx_buf_str(&valid);
	}
	return re->module->find(re->compiled, text.p ? text.p : "", text.n, 0, NULL, 0);
}
