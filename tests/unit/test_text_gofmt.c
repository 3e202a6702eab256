/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <math.h>

#include "text/gofmt.h"

Suite *suite_text_gofmt(void);

/* The arguments of a row, by letters. */
static struct ptx_value *make(struct ptx_arena *a, char c)
{
	struct ptx_value *v = NULL;

	switch (c) {
	case 'i':
		return ptxi_go_new_int(a, -42);
	case 'j':
		return ptx_value_int(a, 65);
	case 'u':
		return ptx_value_uint(a, UINT64_MAX);
	case 'f':
		return ptx_value_float(a, 3.14159);
	case 'F':
		return ptx_value_float(a, 1e6);
	case 'N':
		return ptx_value_float(a, NAN);
	case 'I':
		return ptx_value_float(a, -INFINITY);
	case 's':
		return ptx_value_string(a, "h\xc3\xa9\"");
	case 'n':
		return ptx_value_number(a, PTXI_STR("1.50"));
	case 'b':
		return ptx_value_bytes(a, "ab", 2);
	case 't':
		return ptx_value_bool(a, true);
	case 'T':
		return ptx_value_time(a, 1767323045, 500000000, 3600);
	case 'd':
		v = ptx_value_int(a, 5430000000000);
		v->go = PTXI_GO_DURATION;
		return v;
	case 'l':
		v = ptx_value_list(a);
		ptx_value_append(v, ptxi_go_new_int(a, 1));
		ptx_value_append(v, ptx_value_string(a, "a"));
		ptx_value_append(v, ptx_value_null(a));
		return v;
	case 'S':
		return ptxi_go_new_nil(a, PTX_LIST, PTXI_GO_STRINGS);
	case 'm':
		v = ptx_value_map(a);
		ptx_value_set_string(v, "b", "x");
		ptx_value_set_int(v, "a", 1);
		return v;
	case 'p':
		return ptxi_go_new_pair(a, PTXI_STR("k"), PTXI_STR("v"));
	default:
		return NULL;
	}
}

struct row {
	const char *format;
	const char *args;
	const char *want;
};

/* clang-format off */
static const struct row rows[] = {
	{ "%v %d %5d|%-5d|%05d|%+d|% d|%x|%X|%o|%#o|%O|%b|%#x|%c|%U", "iiiiijjiiiiiiijj",
	  "-42 -42   -42|-42  |-0042|+65| 65|-2a|-2A|-52|-052|-0o52|-101010|-0x2a|A|U+0041" },
	{ "%#U %q %#v %#v %.5d %.0d", "jjiuij", "U+0041 'A' 'A' -42 0xffffffffffffffff -00042 65" },
	{ "%v %f %.2f %8.3f|%-8.1f|%08.3f|%+.1f|%e|%g|%G|%E", "fffffffffff",
	  "3.14159 3.141590 3.14    3.142|3.1     |0003.142|+3.1|3.141590e+00|3.14159|3.14159|3.141590E+00" },
	{ "%v %.3g %#g %g %x %b", "FFFfff", "1e+06 1e+06 1.00000e+06 3.14159 0x1.921f9f01b866ep+01 7074231776675438p-51" },
	{ "%v %5v|%f %v %+v %05d", "NNNIIi", "NaN   NaN|NaN -Inf -Inf -0042" },
	{ "%s|%10s|%-5s|%.1s|%q|%#q|%+q|%x|% X|%#x", "ssssssssss",
	  "h\xc3\xa9\"|       h\xc3\xa9\"|h\xc3\xa9\"  |h|\"h\xc3\xa9\\\"\"|`h\xc3\xa9\"`|\"h\\u00e9\\\"\"|68c3a922|68 C3 A9 22|0x68c3a922" },
	{ "%v %d %s %T", "nnnn", "1.50 %!d(json.Number=1.50) 1.50 json.Number" },
	{ "%s %v %x %#v %q", "bbbbb", "ab [97 98] 6162 []byte{0x61, 0x62} \"ab\"" },
	{ "%t %v %d %5t|", "tttt", "true true %!d(bool=true)  true|" },
	{ "%v|%s|%d", "TTd", "2026-01-02 04:04:05.5 +0100 +0100|2026-01-02 04:04:05.5 +0100 +0100|5430000000000" },
	{ "%v %s", "dd", "1h30m30s 1h30m30s" },
	{ "%v %d %s %#v %q", "lllll",
	  "[1 a <nil>] [1 %!d(string=a) <nil>] [%!s(int=1) a <nil>] []interface {}{1, \"a\", interface {}(nil)} "
	  "['\\x01' \"a\" <nil>]" },
	{ "%v %#v %T", "SSS", "[] []string(nil) []string" },
	{ "%v %#v %w", "mmm", "map[a:1 b:x] map[string]interface {}{\"a\":1, \"b\":\"x\"} %!w(map[string]interface {}=map[a:1 b:x])" },
	{ "%v %+v %#v %d", "pppp", "{k v} {Key:k Value:v} libconfd.KVPair{Key:\"k\", Value:\"v\"} {%!d(string=k) %!d(string=v)}" },
	{ "%v %d %T %s|%6v|", "00000", "<nil> %!d(<nil>) <nil> %!s(<nil>)| <nil>|" },
	{ "%z %! %", "ii", "%!z(int=-42) %!!(int=-42) %!(NOVERB)" },
	{ "%d %d", "i", "-42 %!d(MISSING)" },
	{ "%d", "is", "-42%!(EXTRA string=h\xc3\xa9\")" },
	{ "%[2]s %[1]d %[3]d %[x]d", "is", "h\xc3\xa9\" -42 %!d(BADINDEX) %!d(BADINDEX)" },
	{ "%*d|%.*f|%*d", "jijfsi", "                                                              -42|"
	  "3.14158999999999988261834005243144929409027099609375000000000000000|%!(BADWIDTH)-42" },
	{ "%-010d|%+q|%%|%5%", "is", "-42       |\"h\\u00e9\\\"\"|%|%" },
};
/* clang-format on */

START_TEST(rows_as_go)
{
	const struct row *r = &rows[_i];
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *args[32] = { NULL };
	size_t n = 0;

	for (; r->args[n]; n++)
		args[n] = make(a, r->args[n]);
	ptx_buf_init(&out, 0);
	ptxi_go_printf(ptxi_str(r->format), args, n, a, &out);
	ck_assert_str_eq(out.p, r->want);
}
END_TEST

START_TEST(print_puts_blanks_between_what_is_no_string)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *args[] = { make(a, 'i'), make(a, 'i'), make(a, 's'), make(a, 't'), NULL };

	ptx_buf_init(&out, 0);
	ptxi_go_print(args, 5, a, &out);
	ck_assert_str_eq(out.p, "-42 -42h\xc3\xa9\"true <nil>");
	ptx_buf_clear(&out);
	ptxi_go_println(args, 3, a, &out);
	ck_assert_str_eq(out.p, "-42 -42 h\xc3\xa9\"\n");
}
END_TEST

START_TEST(a_cycle_ends)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *list = ptx_value_list(a);

	ptx_value_append(list, list);
	ptx_buf_init(&out, 0);
	ptxi_go_print_value(list, a, &out);
	ck_assert(ptx_buf_ok(&out));
	ck_assert_uint_lt(out.n, 10000);
}
END_TEST

START_TEST(durations)
{
	static const struct {
		int64_t ns;
		const char *want;
	} rows_of[] = {
		{ 0, "0s" },
		{ 1, "1ns" },
		{ 1500, "1.5\xc2\xb5s" },
		{ 2000000, "2ms" },
		{ -1500000000, "-1.5s" },
		{ 3600000000000, "1h0m0s" },
		{ 61000000001, "1m1.000000001s" },
		{ INT64_MIN, "-2562047h47m16.854775808s" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows_of); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptxi_go_print_duration(rows_of[i].ns, &out);
		ck_assert_str_eq(out.p, rows_of[i].want);
	}
}
END_TEST

Suite *suite_text_gofmt(void)
{
	Suite *s = suite_create("text/gofmt");
	TCase *t = tcase_create("gofmt");

	tcase_add_loop_test(t, rows_as_go, 0, PTXI_COUNT(rows));
	tcase_add_test(t, print_puts_blanks_between_what_is_no_string);
	tcase_add_test(t, a_cycle_ends);
	tcase_add_test(t, durations);
	suite_add_tcase(s, t);
	return s;
}
