/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pthread.h>

#include "base/log.h"

Suite *suite_base_log(void);

struct seen {
	int count;
	enum ptx_log_level level;
	char area[32];
	char line[20000];
	int inside;
	bool overlapped;
};

static void see(enum ptx_log_level level, const char *area, const char *line, void *user)
{
	struct seen *s = user;

	if (s->inside++)
		s->overlapped = true;
	s->count++;
	s->level = level;
	snprintf(s->area, sizeof(s->area), "%s", area);
	snprintf(s->line, sizeof(s->line), "%s", line);
	s->inside--;
}

static const struct {
	const char *value, *want;
} values[] = {
	{ "PUT", "x v=PUT" },
	{ "a/b?c&d", "x v=a/b?c&d" },
	{ "", "x v=\"\"" },
	{ NULL, "x v=-" },
	{ "two words", "x v=\"two words\"" },
	{ "a=b", "x v=\"a=b\"" },
	{ "q\"u\\o", "x v=\"q\\\"u\\\\o\"" },
	{ "line\nline token=1", "x v=\"line\\nline token=1\"" },
	{ "\x1b[31mred\r", "x v=\"\\x1b[31mred\\x0d\"" },
	{ "gr\xc3\xbc\xc3\x9f", "x v=\"gr\xc3\xbc\xc3\x9f\"" },
	{ "\xff\xc3", "x v=\"\\xff\\xc3\"" },
	{ "\xc2\x9b", "x v=\"\\u009b\"" },
	{ "\xe2\x80\xa8", "x v=\"\\u2028\"" },
};

START_TEST(values_are_quoted)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct seen s = { 0 };

	ptx_ctx_set_log(ctx, PTX_LOG_DEBUG, see, &s);
	ptxi_log(ctx, PTX_LOG_DEBUG, "base", "x", PTXI_F("v", values[_i].value), PTXI_F_END);
	ck_assert_str_eq(s.line, values[_i].want);
}
END_TEST

START_TEST(levels_fields_and_secrets)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct seen s = { 0 };

	ptxi_log(NULL, PTX_LOG_ERROR, "net", "nobody listens", PTXI_F_END);
	ptxi_log(ctx, PTX_LOG_ERROR, "net", "nobody listens", PTXI_F_END);
	ptx_ctx_set_log(ctx, PTX_LOG_INFO, see, &s);
	ck_assert(ptxi_ctx_logs(ctx, PTX_LOG_ERROR));
	ck_assert(!ptxi_ctx_logs(ctx, PTX_LOG_DEBUG));
	ptxi_log(ctx, PTX_LOG_DEBUG, "net", "too much", PTXI_F_END);
	ck_assert_int_eq(s.count, 0);
	ptxi_log(ctx, PTX_LOG_INFO, "net", "request", PTXI_F("method", "PUT"),
		 PTXI_F_INT("status", -200), PTXI_F_SECRET("token"), PTXI_F_END);
	ck_assert_int_eq(s.count, 1);
	ck_assert_str_eq(s.area, "net");
	ck_assert_int_eq(s.level, PTX_LOG_INFO);
	ck_assert_str_eq(s.line, "request method=PUT status=-200 token=***");
	ptxi_log(ctx, PTX_LOG_INFO, "net", "bare", PTXI_F_END);
	ck_assert_str_eq(s.line, "bare");
}
END_TEST

START_TEST(long_values_are_cut)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	ptx_auto_buf big;
	struct seen s = { 0 };

	ptx_ctx_set_log(ctx, PTX_LOG_DEBUG, see, &s);
	ptx_buf_init(&big, 0);
	ptx_buf_fill(&big, '\n', 100000);
	ptxi_log(ctx, PTX_LOG_DEBUG, "base", "x", PTXI_F("v", big.p), PTXI_F_END);
	ck_assert_uint_lt(strlen(s.line), 4000);
	ck_assert_ptr_nonnull(strstr(s.line, "...(98976 more bytes)"));
	/* Without memory the record still says that it happened. */
	ptxi_alloc_fail_at(1, true);
	ptxi_log(ctx, PTX_LOG_DEBUG, "base", "happened", PTXI_F("v", "1"), PTXI_F_END);
	ptxi_alloc_fail_at(0, false);
	ck_assert_int_eq(strncmp(s.line, "happened", 8), 0);
}
END_TEST

static void *write_many(void *user)
{
	for (int i = 0; i < 1000; i++)
		ptxi_log(user, PTX_LOG_DEBUG, "base", "x", PTXI_F_INT("i", i), PTXI_F_END);
	return NULL;
}

START_TEST(one_line_at_a_time)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct seen s = { 0 };
	pthread_t threads[4];

	ptx_ctx_set_log(ctx, PTX_LOG_DEBUG, see, &s);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, ctx), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(s.count, 4000);
	ck_assert(!s.overlapped);
}
END_TEST

Suite *suite_base_log(void)
{
	Suite *s = suite_create("base_log");
	TCase *tc = tcase_create("log");

	tcase_add_loop_test(tc, values_are_quoted, 0, PTXI_COUNT(values));
	tcase_add_test(tc, levels_fields_and_secrets);
	tcase_add_test(tc, long_values_are_cut);
	tcase_add_test(tc, one_line_at_a_time);
	suite_add_tcase(s, tc);
	return s;
}
