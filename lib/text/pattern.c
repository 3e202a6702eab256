/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - from ECMAScript's patterns to PCRE2's, which the module `pattern` compiles.
 *
 * Both have nearly the same syntax; what differs is rewritten here, so that a pattern means what it
 * means in the browser's form that these packages were written for (ECMA-262, 22.2 with annex B, no
 * flags):
 *   `.` is all but the four line terminators; `\s` knows them and the byte order mark; `[^]` and
 *   `[]` are any and no character; a backslash before a letter that names nothing is that letter
 *   (`\Q`, `\A`, `\h`, `\K` are plain in ECMAScript); `[` inside a class is itself; `(*VERB)`,
 *   inline options, comments, atomic and conditional groups and possessive quantifiers do not
 *   exist. A brace that begins no quantifier is itself.
 *
 * Invariant: the output has no construct that the input's grammar has not, so PCRE2's further
 * features stay shut.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "pattern.h"
#include "../base/module.h"

#define MOST_PATTERN_BYTES 16384u
#define SPACES                                                                                     \
	"\\t\\n\\x{0b}\\f\\r "                                                                     \
	"\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{"     \
	"feff}"

struct ptxi_pattern {
	const struct ptxi_pattern_table *table;
	void *code;
};

struct rewrite {
	struct ptx_str in;
	size_t at;
	struct ptx_buf *out;
	struct ptx_error **err;
	unsigned groups; /* capturing groups in the whole pattern */
	bool has_names;  /* \k is a reference only then */
	bool can_repeat; /* a quantifier may follow */
};

static int bad(struct rewrite *w, size_t at, const char *what)
{
	return ptx_fail(w->err, PTX_E_SYNTAX, "%s at offset %zu of pattern '%.*s'", what, at,
			PTX_STR_ARG(w->in));
}

static char peek(const struct rewrite *w, size_t ahead)
{
	return w->at + ahead < w->in.n ? w->in.p[w->at + ahead] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* How many capturing groups there are, and whether any has a name. */
static void count_groups(struct rewrite *w)
{
	bool in_class = false;

	for (size_t i = 0; i < w->in.n; i++) {
		char c = w->in.p[i];
		const char *rest = w->in.p + i + 1;
		size_t left = w->in.n - i - 1;

		if (c == '\\')
			i++;
		else if (in_class)
			in_class = c != ']';
		else if (c == '[')
			in_class = true;
		else if (c == '(' && !(left && rest[0] == '?'))
			w->groups++;
		else if (c == '(' && left > 2 && rest[1] == '<' && rest[2] != '=' &&
			 rest[2] != '!') {
			w->groups++;
			w->has_names = true;
		}
	}
}

static void put_rune(struct rewrite *w, unsigned rune)
{
	ptx_buf_printf(w->out, "\\x{%x}", rune);
}

/* Digits of \xHH or \uHHHH; false when they are not there. */
static bool hex_digits(const struct rewrite *w, size_t from, size_t count, unsigned *rune)
{
	*rune = 0;
	for (size_t i = 0; i < count; i++) {
		int v = hex_value(peek(w, from + i));

		if (v < 0)
			return false;
		*rune = *rune * 16 + (unsigned)v;
	}
	return true;
}

static void unicode_escape(struct rewrite *w)
{
	unsigned rune = 0;
	unsigned low = 0;

	if (!hex_digits(w, 2, 4, &rune)) {
		ptx_buf_addc(w->out, 'u');
		w->at += 2;
		return;
	}
	w->at += 6;
	if (rune >= 0xd800 && rune < 0xdc00 && peek(w, 0) == '\\' && peek(w, 1) == 'u' &&
	    hex_digits(w, 2, 4, &low) && low >= 0xdc00 && low < 0xe000) {
		rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
		w->at += 6;
	}
	/* Half a pair stands in no text that is UTF-8: a noncharacter takes its place. */
	put_rune(w, rune >= 0xd800 && rune < 0xe000 ? 0xffff : rune);
}

/* \1 refers to a group that is there; else it is an octal escape or the digit itself. */
static void decimal_escape(struct rewrite *w, bool in_class)
{
	uint64_t number = 0;
	size_t n = 1;
	unsigned octal = 0;

	while (is_digit(peek(w, n)) && n < 6)
		number = number * 10 + (uint64_t)(peek(w, n++) - '0');
	if (!in_class && number > 0 && number <= w->groups) {
		ptx_buf_printf(w->out, "\\g{%llu}", (unsigned long long)number);
		w->at += n;
		return;
	}
	for (n = 1; n < 4 && peek(w, n) >= '0' && peek(w, n) <= '7' &&
		    octal * 8 + (unsigned)(peek(w, n) - '0') < 256;
	     n++)
		octal = octal * 8 + (unsigned)(peek(w, n) - '0');
	if (n == 1) {
		put_rune(w, (unsigned char)peek(w, 1));
		n = 2;
	} else {
		put_rune(w, octal);
	}
	w->at += n;
}

static int named_reference(struct rewrite *w)
{
	size_t end = w->at + 3;

	while (end < w->in.n && w->in.p[end] != '>')
		end++;
	if (peek(w, 2) != '<' || end == w->in.n || end == w->at + 3)
		return bad(w, w->at, "a reference without a group's name");
	ptx_buf_add(w->out, w->in.p + w->at, end + 1 - w->at);
	w->at = end + 1;
	return 0;
}

/* A backslash and what belongs to it. */
static int escape(struct rewrite *w, bool in_class)
{
	char c = peek(w, 1);
	unsigned rune = 0;

	if (w->at + 1 >= w->in.n)
		return bad(w, w->at, "a backslash at the end");
	if (is_digit(c)) {
		decimal_escape(w, in_class);
		return 0;
	}
	switch (c) {
	case 's':
		ptx_buf_adds(w->out, in_class ? SPACES : "[" SPACES "]");
		break;
	case 'S':
		/* Inside a class there is no way to say it but by the ranges between. */
		ptx_buf_adds(
		    w->out, in_class ? "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}"
				       "\\x{1681}-\\x{1fff}"
				       "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}"
				       "\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"
				     : "[^" SPACES "]");
		break;
	case 'd':
	case 'D':
	case 'w':
	case 'W':
	case 't':
	case 'n':
	case 'r':
	case 'f':
		ptx_buf_addc(w->out, '\\');
		ptx_buf_addc(w->out, c);
		break;
	case 'v':
		put_rune(w, 0x0b);
		break;
	case 'b':
		if (in_class)
			put_rune(w, 8);
		else
			ptx_buf_adds(w->out, "\\b");
		w->can_repeat = in_class;
		break;
	case 'B':
		ptx_buf_adds(w->out, in_class ? "B" : "\\B");
		w->can_repeat = in_class;
		break;
	case 'c':
		if ((peek(w, 2) | 0x20) >= 'a' && (peek(w, 2) | 0x20) <= 'z') {
			put_rune(w, (unsigned)peek(w, 2) & 31u);
			w->at++;
		} else {
			ptx_buf_adds(w->out, "\\\\");
			w->at--;
		}
		break;
	case 'x':
		if (hex_digits(w, 2, 2, &rune)) {
			put_rune(w, rune);
			w->at += 2;
		} else {
			ptx_buf_addc(w->out, 'x');
		}
		break;
	case 'u':
		unicode_escape(w);
		return 0;
	case 'k':
		if (w->has_names && !in_class)
			return named_reference(w);
		ptx_buf_addc(w->out, 'k');
		break;
	default:
		/* The character itself: a letter has no meaning left, anything else keeps its
		 * backslash. */
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80))
			ptx_buf_addc(w->out, '\\');
		ptx_buf_addc(w->out, c);
	}
	w->at += 2;
	return 0;
}

static int class(struct rewrite *w)
{
	size_t start = w->at++;
	bool negated = peek(w, 0) == '^';

	if (negated)
		w->at++;
	if (peek(w, 0) == ']' && w->at < w->in.n) {
		ptx_buf_adds(w->out, negated ? "[\\s\\S]" : "(?!)");
		w->at++;
		return 0;
	}
	ptx_buf_adds(w->out, negated ? "[^" : "[");
	while (w->at < w->in.n && peek(w, 0) != ']') {
		int rc = 0;

		if (peek(w, 0) == '\\') {
			rc = escape(w, true);
			if (rc < 0)
				return rc;
			continue;
		}
		if (peek(w, 0) == '[')
			ptx_buf_addc(w->out, '\\');
		ptx_buf_addc(w->out, w->in.p[w->at++]);
	}
	if (w->at == w->in.n)
		return bad(w, start, "a class without an end");
	ptx_buf_addc(w->out, ']');
	w->at++;
	return 0;
}

static int group(struct rewrite *w)
{
	static const char *const allowed[] = { "(?:", "(?=", "(?!", "(?<=", "(?<!" };
	struct ptx_str rest = ptxi_str_from(w->in, w->at);

	if (peek(w, 1) == '*')
		return bad(w, w->at + 1, "nothing to repeat");
	if (peek(w, 1) != '?') {
		ptx_buf_addc(w->out, '(');
		w->at++;
		return 0;
	}
	for (size_t i = 0; i < PTXI_COUNT(allowed); i++)
		if (ptxi_str_starts(rest, allowed[i])) {
			ptx_buf_adds(w->out, allowed[i]);
			w->at += strlen(allowed[i]);
			return 0;
		}
	if (ptxi_str_starts(rest, "(?<")) {
		ptx_buf_adds(w->out, "(?<");
		w->at += 3;
		return 0;
	}
	return bad(w, w->at, "an unknown kind of group");
}

/* The length of {N}, {N,} or {N,M} here; 0 when the brace is only a brace. */
static size_t braces(const struct rewrite *w)
{
	size_t n = 1;

	if (!is_digit(peek(w, n)))
		return 0;
	while (is_digit(peek(w, n)))
		n++;
	if (peek(w, n) == ',')
		for (n++; is_digit(peek(w, n));)
			n++;
	return peek(w, n) == '}' ? n + 1 : 0;
}

static int quantifier(struct rewrite *w, size_t n)
{
	if (!w->can_repeat)
		return bad(w, w->at, "nothing to repeat");
	ptx_buf_add(w->out, w->in.p + w->at, n);
	w->at += n;
	if (peek(w, 0) == '?') {
		ptx_buf_addc(w->out, '?');
		w->at++;
	}
	w->can_repeat = false;
	return 0;
}

static int one(struct rewrite *w)
{
	char c = peek(w, 0);
	size_t n = c == '{' ? braces(w) : 0;
	int rc = 0;

	if (c == '*' || c == '+' || c == '?' || n)
		return quantifier(w, n ? n : 1);
	w->can_repeat = true;
	switch (c) {
	case '\\':
		return escape(w, false);
	case '[':
		return class(w);
	case '(':
		rc = group(w);
		w->can_repeat = false;
		return rc;
	case '^':
	case '|':
		w->can_repeat = false;
		ptx_buf_addc(w->out, c);
		break;
	case '$':
		w->can_repeat = false;
		ptx_buf_addc(w->out, c);
		break;
	case '.':
		ptx_buf_adds(w->out, "[^\\n\\r\\x{2028}\\x{2029}]");
		break;
	case '{':
	case '}':
	case ']':
	case '#':
		ptx_buf_addc(w->out, '\\');
		ptx_buf_addc(w->out, c);
		break;
	case '\0':
		put_rune(w, 0);
		break;
	default:
		ptx_buf_addc(w->out, c);
	}
	w->at++;
	return 0;
}

int ptxi_pattern_rewrite(struct ptx_str pattern, struct ptx_buf *out, struct ptx_error **err)
{
	struct rewrite w = { .in = pattern, .out = out, .err = err };

	if (pattern.n > MOST_PATTERN_BYTES)
		return ptx_fail(err, PTX_E_LIMIT, "a pattern of %zu bytes; %u are the most",
				pattern.n, MOST_PATTERN_BYTES);
	count_groups(&w);
	while (w.at < pattern.n) {
		int rc = one(&w);

		if (rc < 0)
			return rc;
	}
	return ptx_buf_ok(out) ? 0 : ptx_fail(err, out->status, "a pattern needs too much memory");
}

/* The pattern in the module's words. */
static int translate(struct ptx_str pattern, bool perl, struct ptx_buf *out, struct ptx_error **err)
{
	struct ptx_error *e = NULL;
	int rc = ptxi_pattern_rewrite(pattern, out, &e);

	if (rc == PTX_E_SYNTAX && perl) {
		ptx_error_free(e);
		ptx_buf_clear(out);
		ptx_buf_addstr(out, pattern);
		return ptx_buf_ok(out)
			   ? 0
			   : ptx_fail(err, out->status, "a pattern needs too much memory");
	}
	if (rc < 0 && err)
		*err = e;
	else
		ptx_error_free(e);
	return rc;
}

struct ptxi_pattern *ptxi_pattern_compile(struct ptx_str pattern, bool perl, struct ptx_error **err)
{
	const struct ptxi_pattern_table *table = ptxi_module_get("pattern", err);
	ptxi_auto(pattern) p = ptxi_alloc(sizeof(*p));
	ptx_auto_buf text = { 0 };
	char why[160] = "";
	size_t offset = 0;

	ptx_buf_init(&text, 0);
	if (!table)
		return NULL;
	if (!p) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a pattern");
		return NULL;
	}
	if (translate(pattern, perl, &text, err) < 0)
		return NULL;
	p->table = table;
	p->code = table->compile(text.p, text.n, &offset, why, sizeof(why));
	if (p->code)
		return ptx_steal(&p);
	if (offset == SIZE_MAX)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a pattern");
	else
		ptx_fail(err, PTX_E_SYNTAX, "pattern '%.*s' is no regular expression: %s",
			 PTX_STR_ARG(pattern), why);
	return NULL;
}

void ptxi_pattern_free(struct ptxi_pattern *p)
{
	if (!p)
		return;
	if (p->code)
		p->table->release(p->code);
	ptx_free(p);
}

int ptxi_pattern_test(const struct ptxi_pattern *p, struct ptx_str text, struct ptx_error **err)
{
	int rc = p->table->test(p->code, text.p ? text.p : "", text.n);

	if (rc == PTX_E_LIMIT)
		return ptx_fail(err, rc, "the pattern takes too long on this text");
	if (rc == PTX_E_NOMEM)
		return ptx_fail(err, rc, "no memory to match a pattern");
	return rc < 0 ? ptx_fail(err, PTX_E_INVALID, "the text is no valid UTF-8") : rc;
}
