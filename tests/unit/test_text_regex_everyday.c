/* SPDX-License-Identifier: Apache-2.0 */
/* Which patterns PCRE2 matches, and that RE2 would find the same: for written patterns and for made
 * ones. */
#include <check.h>
#include <string.h>

#include "base/module.h"
#include "text/pattern.h"
#include "text/regex_everyday.h"
#include "text/regex_module.h"

Suite *suite_text_regex_everyday(void);

#define MOST_PLACES 64u

/* clang-format off */
static const char *const everyday[] = {
	"", "a", "abc", "a|b", "a||b", "|a", "(|a)b", "()", ".", ".*", "^$", "$", "^", "x*", "x+?y", "x??", "x{3}", "x{2,}", "x{0,2}y",
	"x{1,3}?x", "(a)(b)?", "(?:ab|a)(c|bcd)", "(a+)+b", "((a)|b)*", "[^a-z\\d\\-]", "[\\w-\\.]+", "[a-]", "[-a]", "[--a]", "[^\\W]",
	"[a^]", "{", "{,3}", "a{,3}", "a{b}", "}", "]", "\\.\\-\\/\\_", "\\n\\r\\t", "\\D\\W\\S", "[\\D]", "(-?[^a-z\\d\\-])+-?",
	"-r\\d+$|sha256:", "{(v[0-9])*[^}]*}}$", "^([0-9]*\\.){3}[0-9]*$", "[a-zA-Z0-9]{1,64}", "(.*)(@sha.*)", ".*:(\\d+)",
	"^((([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?|0)$", "^[a-zA-Z_][a-zA-Z0-9_]*$|^...$", "a$b|^b", "(^a|b)+", "(a$|b)*",
	"^([0-9]+)(\\.[0-9]+)?(-([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?$", "\\s", "\\S+", "[\\s\\S]*?b", "[^\\s]", "[^\\S]",
	"[\\s-]", "[a-c-e]", "[\\d-z]", "[+--]", "[a\\]^]", "[ -~]+", "[!-/]", "(a{10}){100}", "a{1000}", "(?:a{0,20}b{2}){3}", "(?:a{1,}|b)+", " #a",
	"a b", "[#\\^\\[&|~]", "a{1,}?", "(?:(?:a|b)+?c?)+$", "\\`\\'\\<\\>", "a*b|a*c", ".*", ".*b", "(?:.*\n)+b",
};
/* What could be read in two ways, is malformed, has another character or would be large. */
static const char *const others[] = {
	"(", ")", "a)", "(a", "[", "[a", "[]", "[]a]", "[[:alpha:]]", "[z-a]", "[a-\\d]", "*", "+a", "?", "a**", "a+*", "a*??", "a{2}{3}",
	"a{2}*", "{2}", "({2})", "a{1001}", "a{2,1}", "a{0}", "a{02}", "a{3", "a{3,", "(a*)*", "(a*)?", "(|a)+", "()*", "^*", "$+", "(?i)a",
	"(?P<n>a)", "(?<n>a)", "(?=a)", "\\b", "\\B", "\\A", "\\z", "\\Q.\\E", "\\pL", "\\x41", "\\101", "\\C", "\\", "[\\", "\xc3\xa9",
	"[\xc3\xa9]", "(a{100}){100}", "\\a", "((((((((((((((((((((((a))))))))))))))))))))))", "a++", "a?+", "a*+", "a{2}+", "(?:a|b*)+",
	"(a)\\1", "\\K", "\\R", "\\h", "\\v", "\\G", "\\Z", "\\N", "\\X", "(*UTF)a", "(?#)", "(?|a)", "(?>a)", "a{0,0}", "((a{10}){10}){11}", "[[.a.]]", "[[=a=]]",
	"[\\b]", "(?:a{0,}){2}", "(?:a{0,}|b)+", "\\<\\\n", "\\\x7f", "a{1000,1001}",
};
static const char *const texts[] = {
	"", "a", "aab", "abcd", "b\na", "xxxx", "xy", "1y2w", "12d", "0", "v1.2.3-rc.1", "repo/app:1.2@sha256:0f", "{v1a}}", "a--b-c",
	"a\vb \f\t#a", "\xc2\x85 \xc2\xa0", "[]^&|~`'<>", "\n\nab\nb", "\xc3\xa9-a\xe2\x82\xac", "\xf0\x9f\x98\x80-\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaab", "10.0.0.1", "ba", "ab", "bab", "{,3}", "a{b}]",
};
/* clang-format on */

/* A pattern by both; how often they were asked, and how often PCRE2 gave up. */
struct both {
	const struct ptxi_pattern_table *pcre2;
	const struct ptxi_regex_module *re2;
	void *everyday;
	void *compiled;
	size_t groups;
	size_t searches, given_up;
};

static const void *module(const char *name)
{
	ptx_auto(error) err = NULL;
	const void *m = ptxi_module_get(name, &err);

	ck_assert_msg(m != NULL, "%s", err ? ptx_error_message(err) : "");
	return m;
}

static bool is_everyday(struct ptx_str pattern)
{
	ptx_auto_buf words = { 0 };
	size_t groups = 0;

	ptx_buf_init(&words, 0);
	return ptxi_regex_is_everyday(pattern, &words, &groups);
}

/* False where the pattern is not an everyday one. */
static bool compile(struct both *b, const char *pattern)
{
	ptx_auto_buf words = { 0 };
	char error[PTXI_REGEX_ERROR] = "";
	size_t offset = 0;
	int code = 0;

	*b = (struct both){ .pcre2 = module("pattern"), .re2 = module("regex") };
	ptx_buf_init(&words, 0);
	ptx_buf_adds(&words, "");
	if (!ptxi_regex_is_everyday(ptxi_str(pattern), &words, &b->groups))
		return false;
	ck_assert_int_eq(words.status, 0);
	b->everyday = b->pcre2->compile(words.p, words.n, &offset, error, sizeof(error));
	ck_assert_msg(b->everyday != NULL, "%s as %s: %s", pattern, words.p, error);
	b->compiled = b->re2->compile(pattern, strlen(pattern), error, &code);
	ck_assert_msg(b->compiled != NULL, "%s: %s", pattern, error);
	ck_assert_uint_eq(b->re2->groups(b->compiled), b->groups);
	return true;
}

static void release(struct both *b)
{
	b->pcre2->release(b->everyday);
	b->re2->free(b->compiled);
}

/* Every search in the text: from each character on, with all groups, one and none. */
static void compare(struct both *b, const char *pattern, struct ptx_str text)
{
	size_t most = b->groups + 1;

	for (size_t from = 0; from <= text.n; from++) {
		if (from < text.n && ((unsigned char)text.p[from] & 0xc0) == 0x80)
			continue;
		for (size_t groups = 0; groups <= most; groups += groups ? most : 1) {
			size_t want[MOST_PLACES] = { 0 };
			size_t got[MOST_PLACES] = { 0 };
			int expected =
			    b->re2->find(b->compiled, text.p, text.n, from, want, groups);
			int found = b->pcre2->find(b->everyday, text.p, text.n, from, got, groups);

			b->searches++;
			if (found == PTX_E_LIMIT) {
				b->given_up++;
				continue;
			}
			ck_assert_msg(found == expected, "%s in '%.*s' from %zu: %d, RE2 %d",
				      pattern, PTX_STR_ARG(text), from, found, expected);
			for (size_t i = 0; found && i < 2 * groups; i++)
				ck_assert_msg(got[i] == want[i],
					      "%s in '%.*s' from %zu: place %zu is %zd, RE2's %zd",
					      pattern, PTX_STR_ARG(text), from, i, (ssize_t)got[i],
					      (ssize_t)want[i]);
		}
	}
}

START_TEST(everyday_ones_find_what_re2_finds)
{
	struct both b;

	ck_assert_msg(compile(&b, everyday[_i]), "%s", everyday[_i]);
	for (size_t i = 0; i < PTXI_COUNT(texts); i++)
		compare(&b, everyday[_i], ptxi_str(texts[i]));
	ck_assert_uint_eq(b.given_up, 0);
	release(&b);
}
END_TEST

START_TEST(others_are_left_to_re2)
{
	ck_assert_msg(!is_everyday(ptxi_str(others[_i])), "%s", others[_i]);
}
END_TEST

START_TEST(so_are_long_ones_and_those_with_a_zero_byte)
{
	ptx_auto_buf pattern = { 0 };

	ptx_buf_init(&pattern, 0);
	ptx_buf_fill(&pattern, 'a', 1024);
	ck_assert(is_everyday(ptx_buf_str(&pattern)));
	ptx_buf_addc(&pattern, 'a');
	ck_assert(!is_everyday(ptx_buf_str(&pattern)));
	ck_assert(!is_everyday(PTXI_STR("a\0b")));
	ck_assert(!is_everyday(PTXI_STR("[\0]")));
	ck_assert(!is_everyday(PTXI_STR("\\\0")));
}
END_TEST

/* Every ASCII character alone, escaped, within a class, and at both ends of a range, against all
 * characters. */
START_TEST(each_character_stands_for_the_same)
{
	static const struct {
		const char *before, *after;
	} forms[] = { { "", "" },     { "\\", "" },   { "[", "]" },   { "[^", "]" },
		      { "[\\", "]" }, { "[", "-~]" }, { "[!-", "]" }, { "[^\\", "-~]" },
		      { "a", "b" },   { "", "\\w" } };
	ptx_auto_buf all = { 0 };
	char pattern[16] = "";
	struct both b;

	ptx_buf_init(&all, 0);
	for (int c = 0; c < 0x80; c++)
		ptx_buf_addc(&all, (char)c);
	ptx_buf_adds(&all, "\xc2\x80\xc2\x85\xc2\xa0\xc3\xa9\xe2\x80\xa8\xef\xbf\xbd\xf0\x9f\x98"
			   "\x80\xf4\x8f\xbf\xbf"
			   "a.b a{b a-b _b");
	for (int c = 1; c < 0x80; c++) {
		snprintf(pattern, sizeof(pattern), "%s%c%s", forms[_i].before, c, forms[_i].after);
		if (!compile(&b, pattern))
			continue;
		compare(&b, pattern, ptx_buf_str(&all));
		release(&b);
	}
}
END_TEST

/* What is not found within the limits is not said to be absent. */
START_TEST(what_takes_long_is_given_up)
{
	static const char *const slow[] = { "(a+)+b$", "(?:a|aa)+[bc]$", "[ax]*[ax]*[ax]*[bc]",
					    "a{0,900}[ax]*[bc]", "(?:(a)|(a))*c|d" };
	ptx_auto_buf text = { 0 };
	struct both b;
	size_t at[2] = { 0 };

	ck_assert(compile(&b, slow[_i]));
	ptx_buf_init(&text, 0);
	ptx_buf_fill(&text, 'a', 3000);
	ck_assert_int_eq(b.pcre2->find(b.everyday, text.p, text.n, 0, at, 1), PTX_E_LIMIT);
	ck_assert_int_eq(b.pcre2->find(b.everyday, text.p, text.n, text.n, at, 1), 0);
	release(&b);
}
END_TEST

/* ---- patterns and texts made of pieces */

static uint64_t state;

static size_t below(size_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(state >> 33) % n;
}

static const char *pick(const char *const *of, size_t n)
{
	return of[below(n)];
}

static void make_pattern(struct ptx_buf *b, unsigned depth)
{
	static const char *const atoms[] = { "a",    "b",    "-",        ".",       "\\d", "\\W",
					     "[ab]", "[^a]", "[^b-\\d]", "[a\\-1]", "^",   "$",
					     "\\n",  "{",    "\\s",      "[\\S1]",  "ab" };
	static const char *const operators[] = { "",   "",   "",    "*",     "+",    "?",     "*?",
						 "+?", "??", "{2}", "{1,3}", "{2,}", "{0,2}?" };
	size_t parts = below(4);

	for (size_t i = 0; i < parts; i++) {
		if (i && below(4) == 0)
			ptx_buf_addc(b, '|');
		if (depth && below(3) == 0) {
			ptx_buf_adds(b, below(3) ? "(" : "(?:");
			make_pattern(b, depth - 1);
			ptx_buf_addc(b, ')');
		} else {
			ptx_buf_adds(b, pick(atoms, PTXI_COUNT(atoms)));
		}
		ptx_buf_adds(b, pick(operators, PTXI_COUNT(operators)));
	}
}

static void make_text(struct ptx_buf *b)
{
	static const char *const pieces[] = { "a", "a",  "b", "b",        "1",
					      "-", "\n", "{", "\xc3\xa9", "\xf0\x9f\x98\x80" };

	ptx_buf_clear(b);
	ptx_buf_adds(b, "");
	for (size_t n = below(9); n; n--)
		ptx_buf_adds(b, pick(pieces, PTXI_COUNT(pieces)));
}

START_TEST(made_ones_find_what_re2_finds)
{
	ptx_auto_buf pattern = { 0 };
	ptx_auto_buf text = { 0 };
	size_t compared = 0;
	size_t searches = 0;
	size_t given_up = 0;

	state = (uint64_t)_i + 1;
	ptx_buf_init(&pattern, 0);
	ptx_buf_init(&text, 0);
	for (size_t i = 0; i < 2000; i++) {
		struct both b;

		ptx_buf_clear(&pattern);
		ptx_buf_adds(&pattern, "");
		make_pattern(&pattern, 3);
		if (!compile(&b, pattern.p))
			continue;
		for (size_t k = 0; k < 6; k++) {
			make_text(&text);
			compare(&b, pattern.p, ptx_buf_str(&text));
		}
		release(&b);
		compared++;
		searches += b.searches;
		given_up += b.given_up;
	}
	ck_assert_uint_gt(compared, 700);
	ck_assert_uint_lt(given_up, searches / 100);
}
END_TEST

Suite *suite_text_regex_everyday(void)
{
	Suite *s = suite_create("text/regex_everyday");
	TCase *t = tcase_create("everyday");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, everyday_ones_find_what_re2_finds, 0, PTXI_COUNT(everyday));
	tcase_add_loop_test(t, others_are_left_to_re2, 0, PTXI_COUNT(others));
	tcase_add_test(t, so_are_long_ones_and_those_with_a_zero_byte);
	tcase_add_loop_test(t, each_character_stands_for_the_same, 0, 10);
	tcase_add_loop_test(t, what_takes_long_is_given_up, 0, 5);
	tcase_add_loop_test(t, made_ones_find_what_re2_finds, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
