/* SPDX-License-Identifier: Apache-2.0 */
/* lex.c - cuts a template into text and the tokens of its actions.
 *
 * Outside actions everything up to the next left delimiter is one text token; inside, tokens are
 * pulled one at a time. Trim markers (`{{- ` and ` -}}`) and comments are dealt with here: the
 * parser sees neither.
 *
 *     text --{{--> action --}}--> text          {{/ * comment * /}} stays in text
 *
 * Every byte of a chart's templates comes through here: text is searched, not read, and words are
 * told from others by one look into a table a byte. Invariant: input[start..pos) is the token being
 * read. The language is that of Go's text/template; the messages are Go's.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "lex.h"
#include "../base/unicode.h"
#include "../base/utf8.h"
#include "../text/goquote.h"
#include "../text/runes.h"

#define AT_END UINT32_MAX

void ptxi_lexer_init(struct ptxi_lexer *l, struct ptx_str input, struct ptx_str left,
		     struct ptx_str right)
{
	*l = (struct ptxi_lexer){
		.input = input,
		.left = left.n ? left : PTXI_STR("{{"),
		.right = right.n ? right : PTXI_STR("}}"),
		.break_ok = true,
		.continue_ok = true,
	};
}

/* What a byte may be within an action. */
enum { BLANK = 1, WORD = 2, DIGIT = 4, AFTER_WORD = 8 };

#define W WORD
/* clang-format off */
static const uint8_t class_of[256] = {
	[' '] = BLANK | AFTER_WORD, ['\t'] = BLANK | AFTER_WORD, ['\r'] = BLANK | AFTER_WORD,
	['\n'] = BLANK | AFTER_WORD, ['.'] = AFTER_WORD, [','] = AFTER_WORD, ['|'] = AFTER_WORD, [':'] = AFTER_WORD,
	['('] = AFTER_WORD, [')'] = AFTER_WORD,
	['0'] = W | DIGIT, ['1'] = W | DIGIT, ['2'] = W | DIGIT, ['3'] = W | DIGIT, ['4'] = W | DIGIT,
	['5'] = W | DIGIT, ['6'] = W | DIGIT, ['7'] = W | DIGIT, ['8'] = W | DIGIT, ['9'] = W | DIGIT, ['_'] = W,
	['A'] = W, ['B'] = W, ['C'] = W, ['D'] = W, ['E'] = W, ['F'] = W, ['G'] = W, ['H'] = W, ['I'] = W, ['J'] = W,
	['K'] = W, ['L'] = W, ['M'] = W, ['N'] = W, ['O'] = W, ['P'] = W, ['Q'] = W, ['R'] = W, ['S'] = W, ['T'] = W,
	['U'] = W, ['V'] = W, ['W'] = W, ['X'] = W, ['Y'] = W, ['Z'] = W,
	['a'] = W, ['b'] = W, ['c'] = W, ['d'] = W, ['e'] = W, ['f'] = W, ['g'] = W, ['h'] = W, ['i'] = W, ['j'] = W,
	['k'] = W, ['l'] = W, ['m'] = W, ['n'] = W, ['o'] = W, ['p'] = W, ['q'] = W, ['r'] = W, ['s'] = W, ['t'] = W,
	['u'] = W, ['v'] = W, ['w'] = W, ['x'] = W, ['y'] = W, ['z'] = W,
};
/* clang-format on */
#undef W

static bool is_space(char c)
{
	return class_of[(unsigned char)c] & BLANK;
}

static bool is_alnum(uint32_t c)
{
	if (c < 0x80)
		return class_of[c] & WORD;
	return c != AT_END && (ptxi_unicode_is_letter(c) || ptxi_unicode_is_digit(c));
}

/* From at, which is no further than the end. */
static struct ptx_str rest_at(const struct ptxi_lexer *l, size_t at)
{
	return ptxi_strn(l->input.p + at, l->input.n - at);
}

/* Prefixes are delimiters: a few bytes. */
static bool has_prefix(struct ptx_str s, struct ptx_str prefix)
{
	size_t i = 0;

	if (s.n < prefix.n)
		return false;
	while (i < prefix.n && s.p[i] == prefix.p[i])
		i++;
	return i == prefix.n;
}

static uint32_t peek_len(const struct ptxi_lexer *l, size_t *len)
{
	*len = 0;
	if (l->pos >= l->input.n)
		return AT_END;
	if ((unsigned char)l->input.p[l->pos] < 0x80) {
		*len = 1;
		return (unsigned char)l->input.p[l->pos];
	}
	return ptxi_utf8_decode(rest_at(l, l->pos), len);
}

static uint32_t peek(const struct ptxi_lexer *l)
{
	size_t len = 0;

	return peek_len(l, &len);
}

static uint32_t next_rune(struct ptxi_lexer *l)
{
	size_t len = 0;
	uint32_t c = peek_len(l, &len);

	l->pos += len;
	return c;
}

static bool accept(struct ptxi_lexer *l, const char *set)
{
	uint32_t c = peek(l);

	if (c == 0 || c >= 0x80 || !strchr(set, (int)c))
		return false;
	next_rune(l);
	return true;
}

static void accept_run(struct ptxi_lexer *l, const char *set)
{
	while (accept(l, set))
		;
}

static struct ptxi_token emit(struct ptxi_lexer *l, enum ptxi_token_kind kind)
{
	struct ptxi_token t = { kind,
				(uint32_t)l->start,
				{ l->input.p + l->start, l->pos - l->start } };

	l->start = l->pos;
	return t;
}

/* Skips what lies between start and pos. */
static void ignore(struct ptxi_lexer *l)
{
	l->start = l->pos;
}

static struct ptxi_token PTXI_PRINTF(2, 3) fail(struct ptxi_lexer *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->message, sizeof(l->message), fmt, ap);
	va_end(ap);
	l->failed = true;
	return (struct ptxi_token){ PTXI_TOKEN_ERROR, (uint32_t)l->start, ptxi_str(l->message) };
}

/* %#U of Go: U+00E9 'é'. */
static void name_rune(uint32_t c, char out[32])
{
	char bytes[5] = "";

	if (c == AT_END) {
		snprintf(out, 32, "U+FFFFFFFFFFFFFFFF");
		return;
	}
	ptxi_utf8_encode(c, bytes);
	if (ptxi_rune_is_print(c))
		snprintf(out, 32, "U+%04X '%s'", (unsigned)c, bytes);
	else
		snprintf(out, 32, "U+%04X", (unsigned)c);
}

static bool left_trim_marker(struct ptx_str s)
{
	return s.n >= 2 && s.p[0] == '-' && is_space(s.p[1]);
}

static bool right_trim_marker(struct ptx_str s)
{
	return s.n >= 2 && is_space(s.p[0]) && s.p[1] == '-';
}

static bool at_right_delim(const struct ptxi_lexer *l, bool *trim)
{
	struct ptx_str rest = rest_at(l, l->pos);

	*trim = right_trim_marker(rest) && has_prefix(ptxi_str_from(rest, 2), l->right);
	return *trim || has_prefix(rest, l->right);
}

static void skip_spaces(struct ptxi_lexer *l)
{
	while (l->pos < l->input.n && is_space(l->input.p[l->pos]))
		l->pos++;
}

/* A comment, which begins at pos; false when it is malformed. */
static bool lex_comment(struct ptxi_lexer *l, struct ptxi_token *error)
{
	size_t end = ptxi_str_find(rest_at(l, l->pos + 2), PTXI_STR("*/"));
	bool trim = false;

	if (end == SIZE_MAX) {
		*error = fail(l, "unclosed comment");
		return false;
	}
	l->pos += 2 + end + 2;
	if (!at_right_delim(l, &trim)) {
		*error = fail(l, "comment ends before closing delimiter");
		return false;
	}
	l->pos += (trim ? 2 : 0) + l->right.n;
	if (trim)
		skip_spaces(l);
	ignore(l);
	return true;
}

/* Where the next left delimiter begins; SIZE_MAX: nowhere. */
static size_t find_left_delim(const struct ptxi_lexer *l)
{
	struct ptx_str rest = rest_at(l, l->pos);
	bool pair = l->left.n == 2 && l->left.p[0] == l->left.p[1];
	size_t at = pair ? ptxi_str_find_pair(rest, l->left.p[0]) : ptxi_str_find(rest, l->left);

	return at == SIZE_MAX ? at : l->pos + at;
}

static struct ptxi_token lex_text(struct ptxi_lexer *l)
{
	for (;;) {
		size_t end = find_left_delim(l);
		struct ptxi_token t;
		bool trim = false;

		if (end == SIZE_MAX) {
			l->pos = l->input.n;
			return emit(l, l->pos > l->start ? PTXI_TOKEN_TEXT : PTXI_TOKEN_EOF);
		}
		trim = left_trim_marker(rest_at(l, end + l->left.n));
		l->pos = end;
		while (trim && l->pos > l->start && is_space(l->input.p[l->pos - 1]))
			l->pos--;
		t = emit(l, PTXI_TOKEN_TEXT);
		l->pos = end;
		ignore(l);
		if (t.text.n)
			return t;
		l->pos += l->left.n;
		if (has_prefix(rest_at(l, l->pos + (trim ? 2 : 0)), PTXI_STR("/*"))) {
			l->pos += trim ? 2 : 0;
			ignore(l);
			if (!lex_comment(l, &t))
				return t;
			continue;
		}
		t = emit(l, PTXI_TOKEN_LEFT_DELIM);
		l->in_action = true;
		l->pos += trim ? 2 : 0;
		ignore(l);
		l->parens = 0;
		return t;
	}
}

static struct ptxi_token lex_right_delim(struct ptxi_lexer *l, bool trim)
{
	struct ptxi_token t;

	if (trim) {
		l->pos += 2;
		ignore(l);
	}
	l->pos += l->right.n;
	t = emit(l, PTXI_TOKEN_RIGHT_DELIM);
	if (trim) {
		skip_spaces(l);
		ignore(l);
	}
	l->in_action = false;
	return t;
}

/* Blanks; the last one may belong to a right delimiter with a trim marker. */
static struct ptxi_token lex_space(struct ptxi_lexer *l)
{
	struct ptx_str last;

	skip_spaces(l);
	last = rest_at(l, l->pos - 1);
	if (right_trim_marker(last) && has_prefix(ptxi_str_from(last, 2), l->right))
		l->pos--;
	return emit(l, PTXI_TOKEN_SPACE);
}

/* True where an identifier may end. */
static bool at_terminator(const struct ptxi_lexer *l)
{
	return l->pos >= l->input.n || (class_of[(unsigned char)l->input.p[l->pos]] & AFTER_WORD) ||
	       has_prefix(rest_at(l, l->pos), l->right);
}

static enum ptxi_token_kind keyword(const struct ptxi_lexer *l, struct ptx_str word)
{
#define KEYWORD(literal, which)                                                                    \
	{                                                                                          \
		literal, sizeof(literal) - 1, PTXI_TOKEN_##which                                   \
	}
	/* clang-format off */
	static const struct {
		const char *text;
		size_t n;
		enum ptxi_token_kind kind;
	} keywords[] = {
		KEYWORD("block", BLOCK), KEYWORD("break", BREAK), KEYWORD("continue", CONTINUE),
		KEYWORD("define", DEFINE), KEYWORD("else", ELSE), KEYWORD("end", END), KEYWORD("if", IF),
		KEYWORD("range", RANGE), KEYWORD("nil", NIL), KEYWORD("with", WITH),
		KEYWORD("template", TEMPLATE), KEYWORD("true", BOOL), KEYWORD("false", BOOL),
	};
	/* clang-format on */
#undef KEYWORD

	for (size_t i = 0; i < PTXI_COUNT(keywords); i++) {
		if (word.n != keywords[i].n || word.p[0] != keywords[i].text[0] ||
		    memcmp(word.p, keywords[i].text, word.n) != 0)
			continue;
		if ((keywords[i].kind == PTXI_TOKEN_BREAK && !l->break_ok) ||
		    (keywords[i].kind == PTXI_TOKEN_CONTINUE && !l->continue_ok))
			return PTXI_TOKEN_IDENTIFIER;
		return keywords[i].kind;
	}
	return PTXI_TOKEN_IDENTIFIER;
}

/* Letters, digits and _; those of ASCII, which nearly all are, without decoding. */
static void skip_alnum(struct ptxi_lexer *l)
{
	const char *end = l->input.p + l->input.n;

	for (;;) {
		const char *p = l->input.p + l->pos;

		while (p < end && (class_of[(unsigned char)*p] & WORD))
			p++;
		l->pos = (size_t)(p - l->input.p);
		if (p == end || (unsigned char)*p < 0x80 || !is_alnum(peek(l)))
			return;
		next_rune(l);
	}
}

static struct ptxi_token bad_character(struct ptxi_lexer *l)
{
	char name[32] = "";

	name_rune(peek(l), name);
	return fail(l, "bad character %s", name);
}

static struct ptxi_token lex_identifier(struct ptxi_lexer *l)
{
	skip_alnum(l);
	if (!at_terminator(l))
		return bad_character(l);
	return emit(l, keyword(l, ptxi_str_sub(l->input, l->start, l->pos - l->start)));
}

/* .name or $name; the first character is read. */
static struct ptxi_token lex_field(struct ptxi_lexer *l, enum ptxi_token_kind kind)
{
	if (at_terminator(l))
		return emit(l, kind == PTXI_TOKEN_FIELD ? PTXI_TOKEN_DOT : kind);
	skip_alnum(l);
	if (!at_terminator(l))
		return bad_character(l);
	return emit(l, kind);
}

/* Up to what matters within a raw string, or within a quoted one. */
static size_t raw_length(struct ptx_str s)
{
	size_t n = ptxi_str_find_char(s, '`');

	return n == SIZE_MAX ? s.n : n;
}

static size_t quoted_length(struct ptx_str s, char quote)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != quote && s.p[n] != '\n' && s.p[n] != '\\')
		n++;
	return n;
}

static struct ptxi_token lex_quoted(struct ptxi_lexer *l, uint32_t quote, enum ptxi_token_kind kind)
{
	bool raw = kind == PTXI_TOKEN_RAW_STRING;

	for (;;) {
		uint32_t c = 0;

		l->pos += raw ? raw_length(rest_at(l, l->pos))
			      : quoted_length(rest_at(l, l->pos), (char)quote);
		c = next_rune(l);
		if (c == quote)
			return emit(l, kind);
		if (c == '\\' && !raw)
			c = next_rune(l);
		if (c == AT_END || (c == '\n' && !raw))
			break;
	}
	return fail(l, "unterminated %s",
		    kind == PTXI_TOKEN_CHAR_CONSTANT ? "character constant"
		    : kind == PTXI_TOKEN_RAW_STRING  ? "raw quoted string"
						     : "quoted string");
}

static bool scan_number(struct ptxi_lexer *l)
{
	const char *digits = "0123456789_";
	enum { DECIMAL, HEX, OTHER } base = DECIMAL;

	accept(l, "+-");
	if (accept(l, "0")) {
		if (accept(l, "xX")) {
			digits = "0123456789abcdefABCDEF_";
			base = HEX;
		} else if (accept(l, "oO")) {
			digits = "01234567_";
			base = OTHER;
		} else if (accept(l, "bB")) {
			digits = "01_";
			base = OTHER;
		}
	}
	accept_run(l, digits);
	if (accept(l, "."))
		accept_run(l, digits);
	if ((base == DECIMAL && accept(l, "eE")) || (base == HEX && accept(l, "pP"))) {
		accept(l, "+-");
		accept_run(l, "0123456789_");
	}
	accept(l, "i");
	if (!is_alnum(peek(l)))
		return true;
	next_rune(l);
	return false;
}

static struct ptxi_token bad_number(struct ptxi_lexer *l)
{
	ptx_auto_buf quoted = { 0 };

	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(ptxi_str_sub(l->input, l->start, l->pos - l->start), false, &quoted);
	return fail(l, "bad number syntax: %s", quoted.p);
}

static struct ptxi_token lex_number(struct ptxi_lexer *l)
{
	uint32_t c = 0;

	if (!scan_number(l))
		return bad_number(l);
	c = peek(l);
	if (c != '+' && c != '-')
		return emit(l, PTXI_TOKEN_NUMBER);
	if (!scan_number(l) || l->input.p[l->pos - 1] != 'i')
		return bad_number(l);
	return emit(l, PTXI_TOKEN_COMPLEX);
}

static struct ptxi_token lex_dot(struct ptxi_lexer *l)
{
	if (l->pos + 1 < l->input.n && (class_of[(unsigned char)l->input.p[l->pos + 1]] & DIGIT))
		return lex_number(l);
	if (l->pos + 1 == l->input.n)
		return lex_number(l);
	next_rune(l);
	return lex_field(l, PTXI_TOKEN_FIELD);
}

static struct ptxi_token lex_paren(struct ptxi_lexer *l, bool open)
{
	next_rune(l);
	if (open) {
		l->parens++;
		return emit(l, PTXI_TOKEN_LEFT_PAREN);
	}
	if (l->parens == 0)
		return fail(l, "unexpected right paren");
	l->parens--;
	return emit(l, PTXI_TOKEN_RIGHT_PAREN);
}

static struct ptxi_token lex_punctuation(struct ptxi_lexer *l)
{
	uint32_t c = next_rune(l);
	char name[32] = "";

	switch (c) {
	case '=':
		return emit(l, PTXI_TOKEN_ASSIGN);
	case ':':
		return next_rune(l) == '=' ? emit(l, PTXI_TOKEN_DECLARE) : fail(l, "expected :=");
	case '|':
		return emit(l, PTXI_TOKEN_PIPE);
	case '"':
		return lex_quoted(l, c, PTXI_TOKEN_STRING);
	case '`':
		return lex_quoted(l, c, PTXI_TOKEN_RAW_STRING);
	case '\'':
		return lex_quoted(l, c, PTXI_TOKEN_CHAR_CONSTANT);
	case '$':
		return lex_field(l, PTXI_TOKEN_VARIABLE);
	default:
		if (c < 0x80 && ptxi_rune_is_print(c))
			return emit(l, PTXI_TOKEN_CHAR);
		name_rune(c, name);
		return fail(l, "unrecognized character in action: %s", name);
	}
}

static struct ptxi_token lex_action(struct ptxi_lexer *l)
{
	bool trim = false;
	unsigned class = 0;
	char c = '\0';
	char next = '\0';

	if (l->pos >= l->input.n)
		return fail(l, "unclosed action");
	c = l->input.p[l->pos];
	class = class_of[(unsigned char)c];
	next = l->pos + 1 < l->input.n ? l->input.p[l->pos + 1] : '\0';
	if ((c == l->right.p[0] || ((class & BLANK) && next == '-')) && at_right_delim(l, &trim))
		return l->parens ? fail(l, "unclosed left paren") : lex_right_delim(l, trim);
	if (class & BLANK)
		return lex_space(l);
	if (c == '.')
		return lex_dot(l);
	if (c == '+' || c == '-' || (class & DIGIT))
		return lex_number(l);
	if ((class & WORD) || ((unsigned char)c >= 0x80 && is_alnum(peek(l))))
		return lex_identifier(l);
	if (c == '(' || c == ')')
		return lex_paren(l, c == '(');
	return lex_punctuation(l);
}

struct ptxi_token ptxi_lexer_next(struct ptxi_lexer *l)
{
	if (l->failed)
		return (struct ptxi_token){ PTXI_TOKEN_EOF, (uint32_t)l->pos, PTXI_STR("EOF") };
	return l->in_action ? lex_action(l) : lex_text(l);
}

void ptxi_token_print(const struct ptxi_token *t, struct ptx_buf *out)
{
	struct ptx_str shown = t->text;
	size_t runes = 0;

	if (t->kind == PTXI_TOKEN_EOF || t->kind == PTXI_TOKEN_ERROR) {
		ptx_buf_addstr(out, t->kind == PTXI_TOKEN_EOF ? PTXI_STR("EOF") : t->text);
		return;
	}
	if (t->kind > PTXI_TOKEN_KEYWORD) {
		ptx_buf_addc(out, '<');
		ptx_buf_addstr(out, t->text);
		ptx_buf_addc(out, '>');
		return;
	}
	if (t->text.n <= 10) {
		ptxi_go_quote(t->text, false, out);
		return;
	}
	for (shown.n = 0; shown.n < t->text.n && runes < 10; runes++) {
		size_t len = 0;

		ptxi_utf8_decode(ptxi_str_from(t->text, shown.n), &len);
		shown.n += len;
	}
	ptxi_go_quote(shown, false, out);
	ptx_buf_adds(out, "...");
}
