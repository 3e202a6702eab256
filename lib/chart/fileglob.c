/* SPDX-License-Identifier: Apache-2.0 */
/* fileglob.c - the patterns of .Files.Glob: `*` and `?` do not cross a slash, `**` does, `[a-z]`,
 * `[!abc]`, `{one,two}`, a backslash quotes.
 *
 * Braces are written out first (the number of ways is bounded); each way is then matched by going
 * over the name once with the set of places in the pattern where one may be. Source: the syntax of
 * github.com/gobwas/glob.
 */
#define PTX_AREA PTX_AREA_CHART
#include "files.h"
#include "../base/utf8.h"

#define MOST_WAYS   256u
#define MOST_TOKENS 1024u

enum kind { RUNE, ANY, STAR, STARS, CLASS };

struct token {
	enum kind kind;
	uint32_t rune;
	struct ptx_str set; /* of a class, between the brackets */
	bool negated;
};

/* The end of a class that begins at s.p[at] == '[', behind its bracket; 0 when it is malformed. */
static size_t class_end(struct ptx_str s, size_t at)
{
	size_t i = at + 1;
	size_t start = 0;

	if (i < s.n && s.p[i] == '!')
		i++;
	start = i;
	while (i < s.n && s.p[i] != ']')
		i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
	return i < s.n && i > start ? i + 1 : 0;
}

static bool in_class(const struct token *t, uint32_t rune)
{
	struct ptx_str s = t->set;
	bool hit = false;

	while (s.n) {
		size_t len = 0;
		uint32_t lo = ptxi_utf8_decode(s, &len);
		uint32_t hi = 0;

		if (lo == '\\' && s.n > 1) {
			s = ptxi_str_from(s, 1);
			lo = ptxi_utf8_decode(s, &len);
		}
		s = ptxi_str_from(s, len);
		hi = lo;
		if (s.n > 1 && s.p[0] == '-') {
			s = ptxi_str_from(s, 1);
			hi = ptxi_utf8_decode(s, &len);
			s = ptxi_str_from(s, len);
		}
		hit = hit || (rune >= lo && rune <= hi);
	}
	return hit != t->negated;
}

/* A pattern without braces to tokens; how many, or -1. */
static int tokens_of(struct ptx_str s, struct token *out)
{
	int n = 0;

	for (size_t i = 0; i < s.n;) {
		struct token t = { .kind = RUNE };
		size_t len = 1;

		if (n == (int)MOST_TOKENS)
			return -1;
		if (s.p[i] == '*') {
			t.kind = i + 1 < s.n && s.p[i + 1] == '*' ? STARS : STAR;
			len = t.kind == STARS ? 2 : 1;
		} else if (s.p[i] == '?') {
			t.kind = ANY;
		} else if (s.p[i] == '[') {
			size_t end = class_end(s, i);

			if (!end)
				return -1;
			t.kind = CLASS;
			t.negated = s.p[i + 1] == '!';
			t.set = ptxi_str_sub(s, i + 1 + t.negated, end - i - 2 - t.negated);
			len = end - i;
		} else {
			if (s.p[i] == '\\' && i + 1 < s.n)
				i++;
			t.rune = ptxi_utf8_decode(ptxi_str_from(s, i), &len);
		}
		i += len;
		out[n++] = t;
	}
	return n;
}

/* Marks a place and those behind the stars that follow it. */
static void mark(const struct token *t, int n, unsigned char *at, int i)
{
	for (; i <= n; i++) {
		at[i] = 1;
		if (i == n || (t[i].kind != STAR && t[i].kind != STARS))
			return;
	}
}

static int match_plain(struct ptx_str pattern, struct ptx_str name)
{
	struct token tokens[MOST_TOKENS];
	unsigned char now[MOST_TOKENS + 1] = { 0 };
	unsigned char next[MOST_TOKENS + 1] = { 0 };
	int n = tokens_of(pattern, tokens);

	if (n < 0)
		return PTX_E_SYNTAX;
	mark(tokens, n, now, 0);
	while (name.n) {
		size_t len = 0;
		uint32_t rune = ptxi_utf8_decode(name, &len);

		name = ptxi_str_from(name, len);
		memset(next, 0, sizeof(next));
		for (int i = 0; i < n; i++) {
			const struct token *t = &tokens[i];

			if (!now[i])
				continue;
			if (t->kind == STARS || (t->kind == STAR && rune != '/'))
				mark(tokens, n, next, i);
			else if ((t->kind == RUNE && t->rune == rune) ||
				 (t->kind == ANY && rune != '/') ||
				 (t->kind == CLASS && in_class(t, rune)))
				mark(tokens, n, next, i + 1);
		}
		memcpy(now, next, sizeof(now));
	}
	return now[n];
}

/* The first brace of a kind at the top level from `at` on; SIZE_MAX without one. */
static size_t find_brace(struct ptx_str s, size_t at, const char *which)
{
	unsigned depth = 0;

	for (size_t i = at; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '[') {
			size_t end = class_end(s, i);

			if (!end)
				return SIZE_MAX;
			i = end - 1;
		} else if (depth == 0 && strchr(which, s.p[i]) && s.p[i]) {
			return i;
		} else if (s.p[i] == '{') {
			depth++;
		} else if (s.p[i] == '}' && depth) {
			depth--;
		}
	}
	return SIZE_MAX;
}

static int match(struct ptx_str pattern, struct ptx_str name, unsigned *ways)
{
	size_t open = find_brace(pattern, 0, "{");
	size_t at = 0;
	int result = 0;

	if (++*ways > MOST_WAYS)
		return PTX_E_SYNTAX;
	if (open == SIZE_MAX)
		return match_plain(pattern, name);
	for (at = open + 1; result == 0;) {
		size_t stop = find_brace(pattern, at, ",}");
		size_t close = find_brace(pattern, at, "}");
		ptx_auto_buf way = { 0 };

		if (stop == SIZE_MAX || close == SIZE_MAX)
			return PTX_E_SYNTAX;
		ptx_buf_init(&way, 0);
		ptx_buf_addstr(&way, ptxi_str_sub(pattern, 0, open));
		ptx_buf_addstr(&way, ptxi_str_sub(pattern, at, stop - at));
		ptx_buf_addstr(&way, ptxi_str_from(pattern, close + 1));
		result = match(ptx_buf_str(&way), name, ways);
		if (pattern.p[stop] == '}')
			break;
		at = stop + 1;
	}
	return result;
}

int ptxi_chart_glob(struct ptx_str pattern, struct ptx_str name)
{
	unsigned ways = 0;

	return match(pattern, name, &ways);
}
