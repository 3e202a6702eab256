/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of --set that are wrong, and what Helm 3.22 says of each. */
#include <check.h>
#include <pitrix/codec.h>

#include "text/gostrvals.h"

Suite *suite_text_gostrvals(void);

static const struct {
	const char *expression;
	const char *words;
} rows[] = {
	{ "a", "key \"a\" has no value" },
	{ "a\"b", "key \"a\\\"b\" has no value" },
	{ "a\\.b", "key \"a.b\" has no value" },
	{ "a=b,c,d=1", "key \"c\" has no value (cannot end with ,)" },
	{ ",", "key \"\" has no value (cannot end with ,)" },
	{ "a.=1", "key map \"a\" has no value" },
	{ ".=1", "key map \"\" has no value" },
	{ "a={1,2", "list must terminate with '}'" },
	{ "a[0", "error parsing index: EOF" },
	{ "a[0][1", "error parsing index: EOF" },
	{ "a[]=1", "error parsing index: strconv.Atoi: parsing \"\": invalid syntax" },
	{ "a[x]=1", "error parsing index: strconv.Atoi: parsing \"x\": invalid syntax" },
	{ "a[99999999999999999999]=1", "error parsing index: strconv.Atoi: parsing "
				       "\"99999999999999999999\": value out of range" },
	{ "a[-1]=1", "negative -1 index not allowed" },
	{ "a[70000]=1", "index of 70000 is greater than maximum supported index of 65536" },
	{ "a[0]b=1", "unexpected data at end of array index: ['b']" },
	{ "a[0]\xc3\xa9\"c=1", "unexpected data at end of array index: ['\xc3\xa9' '\"' 'c']" },
	{ "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f=1",
	  "value name nested level is greater than maximum supported nested level of 30" },
	{ "a=1,a.b=2", "unable to parse key: interface conversion: interface {} is int64, not "
		       "map[string]interface {}" },
	{ "a=null,a.b=2", "unable to parse key: interface conversion: interface {} is nil, not "
			  "map[string]interface {}" },
	{ "a=true,a.b=2", "unable to parse key: interface conversion: interface {} is bool, not "
			  "map[string]interface {}" },
	{ "a={1},a.b=2", "unable to parse key: interface conversion: interface {} is []interface "
			 "{}, not map[string]interface {}" },
	{ "a=x,a[0]=2",
	  "unable to parse key: interface conversion: interface {} is string, not []interface {}" },
	{ "a.b=1,a[0]=2", "unable to parse key: interface conversion: interface {} is "
			  "map[string]interface {}, not []interface {}" },
	{ "a[0]=1,a[0][0]=2",
	  "unable to parse key: interface conversion: interface {} is int64, not []interface {}" },
};

START_TEST(words)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptxi_strvals_problem why;
	const struct ptxi_strvals how = { .kind = PTXI_STRVALS_TYPED, .why = &why };

	ck_assert_int_lt(
	    ptxi_strvals_apply(a, ptx_value_map(a), ptxi_str(rows[_i].expression), &how, &err), 0);
	ck_assert_ptr_nonnull(err);
	ptx_buf_init(&out, 0);
	ptxi_go_strvals_problem(&why, a, &out);
	ck_assert_str_eq(out.p, rows[_i].words);
}
END_TEST

START_TEST(nothing_is_wrong)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptxi_strvals_problem why;
	const struct ptxi_strvals how = { .kind = PTXI_STRVALS_TYPED, .why = &why };

	ck_assert_int_eq(ptxi_strvals_apply(a, ptx_value_map(a), PTXI_STR("a=1"), &how, NULL), 0);
	ptx_buf_init(&out, 0);
	ptxi_go_strvals_problem(&why, a, &out);
	ck_assert_uint_eq(out.n, 0);
}
END_TEST

Suite *suite_text_gostrvals(void)
{
	Suite *s = suite_create("text/gostrvals");
	TCase *t = tcase_create("gostrvals");

	tcase_add_loop_test(t, words, 0, PTXI_COUNT(rows));
	tcase_add_test(t, nothing_is_wrong);
	suite_add_tcase(s, t);
	return s;
}
