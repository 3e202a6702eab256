/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "value/codec.h"
#include "value/yaml.h"

Suite *suite_value_yaml_excerpt(void);

static const struct ptxi_yaml_want inner[] = { { "name", NULL },
					       { "notes", NULL },
					       { NULL, NULL } };
static const struct ptxi_yaml_want wants[] = { { "kind", NULL },
					       { "meta", inner },
					       { NULL, NULL } };

static const struct {
	const char *text;
	const char *excerpt; /* NULL: none */
} rows[] = {
	{ "kind: A\n", "kind: A\n" },
	{ "kind: A", "kind: A" },
	{ "# c\n\nkind: A # why\nother: 1\n", "kind: A # why\n" },
	{ "meta:\n  name: x\n  labels:\n    a: b\nkind: B\n", "meta:\n  name: x\nkind: B\n" },
	{ "meta:\n  labels: {}\nx: []\n", "meta:\n" },
	{ "meta: # nothing\nx: y\n", "meta: # nothing\n" },
	{ "meta:\n  notes:\n    a: |\n      one\n\n      two\n  other: >-\n    x\n",
	  "meta:\n  notes:\n    a: |\n      one\n\n      two\n" },
	{ "list:\n- a: 1\n  b: 2\n- - x\n  - y\n-\n  z: w\n- 'it''s'\n- \"q\\\"\\n\"\nkind: A\n",
	  "kind: A\n" },
	{ "list:\n  - a\nkind: \"A: b\"\n", "kind: \"A: b\"\n" },
	{ "url: http://h:80/p#f\nargs: --a=b:c\nkind: A\n", "kind: A\n" },
	{ "kind: A\nkind: B\n", "kind: A\nkind: B\n" },
	{ "\"kind\": A\n", "\"kind\": A\n" },
	{ "Kind: A\nx: 1\nMETA:\n  Name: y\n  z: 1\n", "Kind: A\nMETA:\n  Name: y\n" },
	{ "kind: [a, \"b, c\", {d: 1, 'e': [ ]}] # x\nx: y\n",
	  "kind: [a, \"b, c\", {d: 1, 'e': [ ]}] # x\n" },
	{ "kind:\n  A\nx:\n  {}\ny:\n-\n  'z'\n- [a]\n", "kind:\n  A\n" },
	{ "kind: A\n  more\n\n  - 'and' more\n", "kind: A\n  more\n\n  - 'and' more\n" },
	{ "kind: A\n  more\n\n  and 'more'\nx: y\n", "kind: A\n  more\n\n  and 'more'\n" },
	{ "kind: \"A\n  more\"\nx: 'y\n\n  z'\n", "kind: \"A\n  more\"\n" },
	{ "# \xe2\x98\x83\nx: a\xc3\xa9\nkind: A\n", "kind: A\n" },
	/* What only a whole reading can tell, or refuses. */
	{ "", NULL },
	{ "# nothing\n", NULL },
	{ "- a\n", NULL },
	{ "scalar\n", NULL },
	{ " kind: A\n", NULL },
	{ "kind: A\n---\nkind: B\n", NULL },
	{ "kind: A\n...\n", NULL },
	{ "%YAML 1.1\nkind: A\n", NULL },
	{ "kind: &a A\n", NULL },
	{ "kind: *a\n", NULL },
	{ "kind: !!str A\n", NULL },
	{ "kind: A # c\n  more\n", NULL },
	{ "kind: A\n  more: b\n", NULL },
	{ "kind: A\n  # c\n  more\n", NULL },
	{ "kind: \"A\nmore\"\n", NULL },
	{ "kind: [a,\n  b]\n", NULL },
	{ "kind: [a, ]\n", NULL },
	{ "kind: [a: b]\n", NULL },
	{ "kind: [*a]\n", NULL },
	{ "kind: [a] b\n", NULL },
	{ "kind: {a}\n", NULL },
	{ "kind: {null: b}\n", NULL },
	{ "kind: [.inf]\n", NULL },
	{ "kind: \xff\n", NULL },
	{ "kind: 89abcde\x7f\n", NULL },
	{ "kind: 89abcde\x1f 01234567\n", NULL },
	{ "x: 34567\r\nkind: A\n", NULL },
	{ "\n\n\n\n\n\n\n\nkind: A\n", "kind: A\n" },
	{ "x: 3456\xc3\xa9 89abcdef\x01\nkind: A\n", NULL },
	{ "x: 345678~abcdef\xe2\x98\x83 ABC\nkind: A\n", "kind: A\n" },
	{ "kind: \xc2\x85\n", NULL },
	{ "kind: \xef\xbb\xbf\n", NULL },
	{ "kind: 'A' b\n", NULL },
	{ "kind: a: b\n", NULL },
	{ "kind: a:\n", NULL },
	{ "kind:\n  a: 1\n b: 2\n", NULL },
	{ "kind:\n  - a\n  b: 1\n", NULL },
	{ "a:\n  - b\n - c\n", NULL },
	{ "kind: A\n- b\n", NULL },
	{ "null: A\n", NULL },
	{ "Null: A\n", NULL },
	{ "18446744073709551615: A\n", NULL },
	{ "a: {", NULL },
	{ "a: [b,", NULL },
	{ "~: A\n", NULL },
	{ "? a\n: b\n", NULL },
	{ "<<: {}\n", NULL },
	{ "kind:\tA\n", NULL },
	{ "kind: A\r\n", NULL },
	{ "kind: \"\\x41\"\n", NULL },
	{ "a: .inf\n", NULL },
	{ "a: -.Inf\n", NULL },
	{ "a: .NaN\n", NULL },
	{ "a: |2\n  x\n", NULL },
	{ "a: |\n    \n  x\n", NULL },
	{ "a: |\n   x\n  y\n", NULL },
	{ "a: @x\n", NULL },
	{ "a: `x`\n", NULL },
	{ "a: - x\n", NULL },
	{ "a: ,\n", NULL },
	{ "two words: x\n", NULL },
	{ "kind:A\n", NULL },
};

START_TEST(an_excerpt_or_none)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_yaml_excerpt(ptxi_str(rows[_i].text), wants, &out),
			 rows[_i].excerpt != NULL);
	if (rows[_i].excerpt)
		ck_assert_str_eq(out.p, rows[_i].excerpt);
}
END_TEST

/* Terse is what is left of a text; NULL: it stays as it is. */
static const struct {
	const char *text, *terse;
} comments[] = {
	{ "# one\na: 1\n  # two\n# three", "#\na: 1\n  #\n#" },
	{ "a: 1 # stays\n#\n\n#x\nb: 2\n", "a: 1 # stays\n#\n\n#\nb: 2\n" },
	{ "# nothing else\n", "#\n" },
	{ "---\n# one\na: 1\n", "---\n#\na: 1\n" },
	{ "# before\n---\na: 1 # x\n# behind\n", "# before\n---\na: 1 # x\n#\n" },
	{ "a: one\n  two\n# c\nb: 1\n", "a: one\n  two\n#\nb: 1\n" },
	{ "a: one\n\n  # c\nb: 1\n", "a: one\n\n  #\nb: 1\n" },
	{ "a: |\n  one\n  # stays\n# goes\nb: 1\n", "a: |\n  one\n  # stays\n#\nb: 1\n" },
	{ "a: |+\n  one\n\n# goes\n\nb: 1\n", "a: |+\n  one\n\n#\n\nb: 1\n" },
	{ "a: |\n# no content\nb: 1\n", "a: |\n#\nb: 1\n" },
	{ "a: \"one\n  # stays\"\n# goes\n", "a: \"one\n  # stays\"\n#\n" },
	{ "a: 'one\n\n  # stays'\n# goes\n", "a: 'one\n\n  # stays'\n#\n" },
	{ "a:\n  # x\n  - b # y\n    # z\n  - :80\n", "a:\n  #\n  - b # y\n    #\n  - :80\n" },
	{ "a: {}\n# x\nb: [a, 'b']\n# y\n", "a: {}\n#\nb: [a, 'b']\n#\n" },
	{ "# \xe2\x98\x83\na: x\xc3\xa9\n", "#\na: x\xc3\xa9\n" },
	{ "a: &b 1\n# x\n", NULL },
	{ "a: [1,\n# x\n 2]\n", NULL },
	{ "a: 1\n--- # x\nb: 2\n", NULL },
	{ "# \x01\na: 1\n", NULL },
	{ "# \xff\na: 1\n", NULL },
	{ "a: one\n  # c\n  two\n", NULL },
	{ "a: \"one\n# x", NULL },
	{ "2222\n\n...\n\n22", NULL },
	{ "\"one\n# x\ntwo\"\n", NULL },
	{ "- a\n# x\n- b: c\n  # y\n", "- a\n#\n- b: c\n  #\n" },
	{ "", NULL },
};

START_TEST(comments_go_and_nothing_else)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *whole = NULL;
	struct ptx_value *terse = NULL;

	ptx_buf_init(&out, 0);
	ck_assert_msg(ptxi_yaml_without_comments(ptxi_str(comments[_i].text), &out) ==
			  (comments[_i].terse != NULL),
		      "%s", comments[_i].text);
	if (!comments[_i].terse)
		return;
	ck_assert_str_eq(out.p, comments[_i].terse);
	whole = ptx_yaml_parse(a, ptxi_str(comments[_i].text), &opts, NULL);
	terse = ptx_yaml_parse(a, ptx_buf_str(&out), &opts, NULL);
	ck_assert(whole && ptx_value_equal(whole, terse));
}
END_TEST

START_TEST(deep_documents_are_left_to_the_reader)
{
	ptx_auto_buf text = { 0 };
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&text, 0);
	ptx_buf_init(&out, 0);
	ptx_buf_adds(&text, "a: 1\nb:\n");
	for (int i = 0; i < 5000; i++)
		ptx_buf_adds(&text, "- ");
	ptx_buf_adds(&text, "x\n");
	ck_assert(!ptxi_yaml_excerpt(ptx_buf_str(&text), wants, &out));
}
END_TEST

Suite *suite_value_yaml_excerpt(void)
{
	Suite *s = suite_create("value_yaml_excerpt");
	TCase *t = tcase_create("excerpt");

	tcase_add_loop_test(t, an_excerpt_or_none, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(t, comments_go_and_nothing_else, 0, PTXI_COUNT(comments));
	tcase_add_test(t, deep_documents_are_left_to_the_reader);
	suite_add_tcase(s, t);
	return s;
}
