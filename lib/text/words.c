/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - letter cases of words, shortening and wrapping, with the results of the Go packages
 * that Sprig uses (strings, Masterminds/goutils, huandu/xstrings 1.5).
 *
 * For snake and kebab case a text is cut into runs of one class each: digits, capitals ("HTTP", of
 * which the last one belongs to the letters behind it), letters, connectors (blanks, `-`, `_`),
 * punctuation, all else. Between two runs stands one connector, but digits join the letters on one
 * of their sides. The quirks are part of the format: some functions take bytes for characters.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "words.h"
#include "runes.h"
#include "../base/unicode.h"
#include "../base/utf8.h"

static void add_rune(uint32_t rune, struct ptx_buf *out)
{
	char bytes[4] = "";

	ptx_buf_add(out, bytes, ptxi_utf8_encode(rune, bytes));
}

/* Takes the first character off. */
static uint32_t take(struct ptx_str *s)
{
	size_t len = 0;
	uint32_t rune = ptxi_utf8_decode(*s, &len);

	*s = ptxi_str_from(*s, len);
	return rune;
}

static bool ends_word(uint32_t rune)
{
	if (rune < 0x80)
		return rune != '_' && !ptxi_unicode_is_letter(rune) && !ptxi_unicode_is_digit(rune);
	return ptxi_rune_is_space(rune);
}

void ptxi_words_title(struct ptx_str s, struct ptx_buf *out)
{
	uint32_t before = ' ';

	while (s.n) {
		uint32_t rune = take(&s);

		add_rune(ends_word(before) ? ptxi_rune_title(rune) : rune, out);
		before = rune;
	}
}

void ptxi_words_untitle(struct ptx_str s, struct ptx_buf *out)
{
	bool first = true;

	while (s.n) {
		uint32_t rune = take(&s);

		if (ptxi_rune_is_space(rune)) {
			first = true;
		} else if (first) {
			rune = ptxi_rune_lower(rune);
			first = false;
		}
		add_rune(rune, out);
	}
}

void ptxi_words_swap_case(struct ptx_str s, struct ptx_buf *out)
{
	bool first = true;

	while (s.n) {
		uint32_t rune = take(&s);

		if (ptxi_rune_is_upper(rune) || ptxi_rune_is_title(rune)) {
			rune = ptxi_rune_lower(rune);
			first = false;
		} else if (ptxi_rune_is_lower(rune)) {
			rune = first ? ptxi_rune_title(rune) : ptxi_rune_upper(rune);
			first = false;
		} else {
			first = ptxi_rune_is_space(rune);
		}
		add_rune(rune, out);
	}
}

void ptxi_words_initials(struct ptx_str s, struct ptx_buf *out)
{
	bool gap = true;

	for (size_t i = 0; i < s.n; i++) {
		uint32_t c = (unsigned char)s.p[i];

		if (ptxi_rune_is_space(c)) {
			gap = true;
		} else if (gap) {
			add_rune(c, out);
			gap = false;
		}
	}
}

void ptxi_words_without_blanks(struct ptx_str s, struct ptx_buf *out)
{
	size_t kept = 0;
	size_t before = out->n;

	for (size_t i = 0; i < s.n; i++) {
		uint32_t c = (unsigned char)s.p[i];

		if (!ptxi_rune_is_space(c)) {
			add_rune(c, out);
			kept++;
		}
	}
	if (kept == s.n) {
		ptx_buf_truncate(out, before);
		ptx_buf_addstr(out, s);
	}
}

void ptxi_words_abbreviate(struct ptx_str s, int64_t offset, int64_t width, struct ptx_buf *out)
{
	int64_t n = (int64_t)s.n;
	int64_t shown = width - 3;

	if (n <= width) {
		ptx_buf_addstr(out, s);
		return;
	}
	if (offset > n)
		offset = n;
	if (n - offset < shown)
		offset = n - shown;
	if (offset <= 4) {
		ptx_buf_add(out, s.p, (size_t)shown);
		ptx_buf_adds(out, "...");
		return;
	}
	if (width < 7)
		return;
	ptx_buf_adds(out, "...");
	if (offset + shown < n)
		/* a narrow rest shows nothing at all */
		shown < 4 ? (void)0
			  : ptxi_words_abbreviate(ptxi_str_from(s, (size_t)offset), 0, shown, out);
	else
		ptx_buf_addstr(out, ptxi_str_from(s, (size_t)(n - shown)));
}

/* The last blank of a slice, or SIZE_MAX. */
static size_t last_blank(struct ptx_str s)
{
	return ptxi_str_rfind_char(s, ' ');
}

void ptxi_words_wrap(struct ptx_str s, int64_t width, struct ptx_str newline, bool cut,
		     struct ptx_buf *out)
{
	size_t most = width < 1 ? 1 : (size_t)width;

	if (newline.n == 0)
		newline = PTXI_STR("\n");
	while (s.n > most) {
		size_t at = 0;

		if (s.p[0] == ' ') {
			s = ptxi_str_from(s, 1);
			continue;
		}
		at = last_blank(ptxi_strn(s.p, most + 1));
		if (at == SIZE_MAX && cut) {
			ptx_buf_add(out, s.p, most);
			ptx_buf_addstr(out, newline);
			s = ptxi_str_from(s, most);
			continue;
		}
		if (at == SIZE_MAX) {
			at = ptxi_str_find_char(ptxi_str_from(s, most), ' ');
			if (at == SIZE_MAX)
				break;
			at += most;
		}
		ptx_buf_add(out, s.p, at);
		ptx_buf_addstr(out, newline);
		s = ptxi_str_from(s, at + 1);
	}
	ptx_buf_addstr(out, s);
}

static bool is_connector(uint32_t rune)
{
	return rune == '-' || rune == '_' || ptxi_rune_is_space(rune);
}

void ptxi_words_pascal(struct ptx_str s, struct ptx_buf *out)
{
	uint32_t before = 0;
	uint32_t rune = 0;
	bool capitals = false; /* the word began with one: further ones become lower case */
	bool any = false;

	while (s.n) {
		rune = take(&s);
		any = true;
		if (!is_connector(rune)) {
			capitals = ptxi_rune_is_upper(rune);
			rune = ptxi_rune_upper(rune);
			break;
		}
		add_rune(rune, out);
	}
	while (s.n) {
		before = rune;
		rune = take(&s);
		if (is_connector(before)) {
			if (is_connector(rune)) {
				add_rune(before, out);
				continue;
			}
			capitals = ptxi_rune_is_upper(rune);
			rune = ptxi_rune_upper(rune);
			continue;
		}
		if (capitals && ptxi_rune_is_upper(rune))
			rune = ptxi_rune_lower(rune);
		else
			capitals = false;
		add_rune(before, out);
	}
	if (any)
		add_rune(rune, out);
}

enum word { NO_WORD, NUMBER, CAPITALS, LETTERS, CONNECTOR, PUNCTUATION, OTHER };

/* A letter, but none of the common Chinese characters. */
static bool is_alphabet(uint32_t rune)
{
	if (!ptxi_unicode_is_letter(rune))
		return false;
	return !((rune >= 0x4E00 && rune <= 0x9FCC) || (rune >= 0x3400 && rune <= 0x4D85) ||
		 (rune >= 0x20000 && rune <= 0x2B81D));
}

/* The first valid character of s, and how far it reaches; `before` when there is none. */
static uint32_t peek_valid(struct ptx_str s, uint32_t before, size_t *size)
{
	*size = 0;
	while (s.n) {
		size_t len = 0;
		uint32_t rune = ptxi_utf8_decode(s, &len);

		*size += len;
		if (rune != PTXI_RUNE_ERROR)
			return rune;
		s = ptxi_str_from(s, len);
	}
	return before;
}

static bool is_lower_letter(uint32_t rune)
{
	return is_alphabet(rune) && !ptxi_rune_is_upper(rune);
}

static bool is_other(uint32_t rune)
{
	return !is_connector(rune) && !is_alphabet(rune) && !ptxi_rune_is_number(rune) &&
	       !ptxi_rune_is_punctuation(rune);
}

/* How far the run reaches whose first character ends at `at`. */
static size_t run_length(struct ptx_str s, size_t at, uint32_t rune, bool (*belongs)(uint32_t))
{
	while (at < s.n) {
		size_t size = 0;

		rune = peek_valid(ptxi_str_from(s, at), rune, &size);
		if (size == 0 || !belongs(rune))
			break;
		at += size;
	}
	return at;
}

/* Capitals: "HTTP" of "HTTPStatus", "Status" of "StatusOK". */
static size_t capitals_length(struct ptx_str s, size_t at, uint32_t rune)
{
	size_t size = 0;
	size_t last = 0;

	if (at == s.n)
		return at;
	rune = peek_valid(ptxi_str_from(s, at), rune, &size);
	if (!ptxi_rune_is_upper(rune))
		return is_alphabet(rune) ? run_length(s, at + size, rune, is_lower_letter) : at;
	while (at < s.n) {
		rune = peek_valid(ptxi_str_from(s, at), rune, &size);
		if (!ptxi_rune_is_upper(rune))
			break;
		last = size;
		at += size;
	}
	return at < s.n && is_alphabet(rune) ? at - last : at;
}

/* Cuts the next run off. */
static enum word next_word(struct ptx_str *rest, struct ptx_str *word)
{
	size_t size = 0;
	size_t n = 0;
	enum word kind = NO_WORD;
	uint32_t rune = peek_valid(*rest, PTXI_RUNE_ERROR, &size);

	if (rune == PTXI_RUNE_ERROR) {
		n = size;
	} else if (is_connector(rune)) {
		kind = CONNECTOR;
		n = run_length(*rest, size, rune, is_connector);
	} else if (ptxi_rune_is_punctuation(rune)) {
		kind = PUNCTUATION;
		n = run_length(*rest, size, rune, ptxi_rune_is_punctuation);
	} else if (ptxi_rune_is_upper(rune)) {
		kind = CAPITALS;
		n = capitals_length(*rest, size, rune);
	} else if (is_alphabet(rune)) {
		kind = LETTERS;
		n = run_length(*rest, size, rune, is_lower_letter);
	} else if (ptxi_rune_is_number(rune)) {
		kind = NUMBER;
		n = run_length(*rest, size, rune, ptxi_rune_is_number);
	} else {
		kind = OTHER;
		n = run_length(*rest, size, rune, is_other);
	}
	*word = ptxi_strn(rest->p, n);
	*rest = ptxi_str_from(*rest, n);
	return kind;
}

static void add_word(enum word kind, struct ptx_str word, char connector, struct ptx_buf *out)
{
	if (kind != CAPITALS && kind != CONNECTOR) {
		ptx_buf_addstr(out, word);
		return;
	}
	while (word.n) {
		uint32_t rune = take(&word);

		add_rune(is_connector(rune)         ? (uint32_t)connector
			 : ptxi_rune_is_upper(rune) ? ptxi_rune_lower(rune)
						    : rune,
			 out);
	}
}

static bool wants_connector(enum word kind)
{
	return kind != CONNECTOR && kind != PUNCTUATION;
}

struct joiner {
	struct ptx_str rest, word;
	enum word kind;
	char connector;
	struct ptx_buf *out;
};

static void advance(struct joiner *j)
{
	j->kind = next_word(&j->rest, &j->word);
}

static void put_word(struct joiner *j)
{
	add_word(j->kind, j->word, j->connector, j->out);
}

/* The letters and digits that belong to the digits before them. */
static void join_to_number(struct joiner *j)
{
	while (j->kind == LETTERS || j->kind == NUMBER) {
		put_word(j);
		advance(j);
	}
	if (j->kind != NO_WORD && wants_connector(j->kind))
		ptx_buf_addc(j->out, j->connector);
}

/* Digits behind letters: they are theirs, but for small letters behind them. */
static void number_after_word(struct joiner *j)
{
	struct ptx_str number = j->word;

	if (j->rest.n == 0)
		return;
	advance(j);
	if (j->kind != LETTERS) {
		ptx_buf_addstr(j->out, number);
		if (wants_connector(j->kind))
			ptx_buf_addc(j->out, j->connector);
		return;
	}
	ptx_buf_addc(j->out, j->connector);
	ptx_buf_addstr(j->out, number);
	join_to_number(j);
}

static void lower_words(struct ptx_str s, char connector, struct ptx_buf *out)
{
	struct joiner j = { .rest = s, .connector = connector, .out = out };

	if (s.n == 0)
		return;
	advance(&j);
	while (j.rest.n) {
		enum word before = j.kind;
		struct ptx_str last = j.word;

		if (before != CONNECTOR)
			put_word(&j);
		advance(&j);
		if (before == NUMBER)
			join_to_number(&j);
		else if (before == CONNECTOR)
			add_word(before, last, connector, out);
		else if (before != PUNCTUATION && j.kind == NUMBER)
			number_after_word(&j);
		else if (before != PUNCTUATION && wants_connector(j.kind))
			ptx_buf_addc(out, connector);
	}
	put_word(&j);
}

void ptxi_words_snake(struct ptx_str s, struct ptx_buf *out)
{
	lower_words(s, '_', out);
}

void ptxi_words_kebab(struct ptx_str s, struct ptx_buf *out)
{
	lower_words(s, '-', out);
}
