/* SPDX-License-Identifier: Apache-2.0 */
/* The digests are those that Helm 3.22 wrote for the same charts. */
#include <check.h>

#include "chart/lock.h"

Suite *suite_chart_lock(void);

static const struct ptxi_chart_dependency none = { 0 };

#define DEP(n, v, r)                                                                               \
	{                                                                                          \
		.name = (n), .version = (v), .repository = (r), .condition = "", .alias = ""       \
	}

static const struct {
	struct ptxi_chart_dependency want, chosen;
	size_t copies;
	const char *digest;
} rows[] = {
	{ DEP("full", "3.x", "file://../full"), DEP("full", "3.1.4", "file://../full"), 1,
	  "sha256:21ae1eea34d98e6bc6428d3e6213f4d619904e112c75f6606226c3946207593d" },
	{ DEP("full", "3.1.4", "file://../full"), DEP("full", "3.1.4", "file://../full"), 1,
	  "sha256:2f1e9895f6f4e6561f66654c023ab35e358d58488be46575e69baa91ddab915c" },
	{ DEP("other", "3.x", "file://../full"), DEP("other", "3.1.4", "file://../full"), 1,
	  "sha256:74ac3bd73f4e902238cb4df7a953213499939e43bd191804b07d00535f662968" },
	/* A range with < and > is escaped as Go does it. */
	{ DEP("alpine", ">=1.0.0-0", "file://../alpine"),
	  DEP("alpine", "1.1.0-rc.1", "file://../alpine"), 1,
	  "sha256:7b428a6cc97a78073e0ae507a8643ed10aa26658f30b30b6397758760b353959" },
	/* Without a repository it is there, empty; without a version it is not. */
	{ DEP("full", "3.x", ""), DEP("full", "3.x", ""), 1,
	  "sha256:d32a64e03eee891d21da636683f78d6606a57359f5bf34ca6ab864de8a8a353f" },
};

START_TEST(digests)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const char *got = ptxi_chart_lock_digest(
	    a, (struct ptxi_chart_wants){ &rows[_i].want, rows[_i].copies },
	    (struct ptxi_chart_wants){ &rows[_i].chosen, rows[_i].copies }, NULL);

	ck_assert_str_eq(got, rows[_i].digest);
}
END_TEST

START_TEST(no_list_is_not_an_empty_one)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptxi_chart_wants null = { NULL, 0 };
	const struct ptxi_chart_wants empty = { &none, 0 };
	const char *x = ptxi_chart_lock_digest(a, null, null, NULL);
	const char *y = ptxi_chart_lock_digest(a, empty, empty, NULL);

	/* [null,null] and [[],[]] */
	ck_assert_str_eq(x,
			 "sha256:95cb9b4f84ceff132cc7a875d8c192bf4997016a939ee64141c1fd628c0e8738");
	ck_assert_str_eq(y,
			 "sha256:643d5437104296e21d906ecb15b2c96ad278f20cfc4af53b12bb6069bd853726");
}
END_TEST

START_TEST(aliases_are_part_of_it)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptxi_chart_dependency wants[] = {
		{ .name = "full",
		  .version = "3.x",
		  .repository = "file://../full",
		  .condition = "",
		  .alias = "one" },
		{ .name = "full",
		  .version = "3.x",
		  .repository = "file://../full",
		  .condition = "",
		  .alias = "two" },
	};
	const struct ptxi_chart_dependency chosen[] = { DEP("full", "3.1.4", "file://../full"),
							DEP("full", "3.1.4", "file://../full") };

	ck_assert_str_eq(ptxi_chart_lock_digest(a, (struct ptxi_chart_wants){ wants, 2 },
						(struct ptxi_chart_wants){ chosen, 2 }, NULL),
			 "sha256:e6485e406a9dde8caaa467895ca6ff4924bdad7f17101e39aeda734ab5cde4c9");
}
END_TEST

START_TEST(the_text_is_helms)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptxi_chart_dependency chosen = DEP("full", "3.1.4", "file://../full");
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_chart_lock_format(a, (struct ptxi_chart_wants){ &chosen, 1 },
						"sha256:0", "2026-01-02T03:04:05.6Z", &out, NULL),
			 0);
	ck_assert_str_eq(
	    out.p, "dependencies:\n- name: full\n  repository: file://../full\n  version: 3.1.4\n"
		   "digest: sha256:0\ngenerated: \"2026-01-02T03:04:05.6Z\"\n");
}
END_TEST

START_TEST(a_lock_is_enforced)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_chart_dependency want = DEP("full", "3.x", "file://../full");
	struct ptxi_chart_dependency chosen = DEP("full", "3.1.4", "file://../full");
	struct ptxi_chart c = { .meta = { .api_version = "v2" } };
	const struct ptxi_chart_wants wants = { &want, 1 };
	ptx_auto(error) e = NULL;

	c.lock = (struct ptxi_chart_lock){
		.given = true, .digest = rows[0].digest, .dependencies = &chosen, .count = 1
	};
	ck_assert_int_eq(ptxi_chart_lock_check(a, &c, wants, wants, NULL, NULL), 0);
	want.version = "3.1.x";
	ck_assert_int_eq(ptxi_chart_lock_check(a, &c, wants, wants, NULL, &e), PTX_E_PRECONDITION);
	ck_assert_str_eq(
	    ptx_error_message(e),
	    "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). "
	    "Please update the dependencies");
	want.version = "3.x";
	chosen.version = "3.1.5";
	ck_assert_int_eq(ptxi_chart_lock_check(a, &c, wants, wants, NULL, NULL),
			 PTX_E_PRECONDITION);
	/* A v1 chart may have a lock that Helm 2 wrote. */
	c.meta.api_version = "v1";
	c.lock.digest = ptxi_chart_lock_digest_v2(a, wants, NULL);
	ck_assert_int_eq(ptxi_chart_lock_check(a, &c, wants, wants, NULL, NULL), 0);
}
END_TEST

Suite *suite_chart_lock(void)
{
	Suite *s = suite_create("chart_lock");
	TCase *tc = tcase_create("lock");

	tcase_add_loop_test(tc, digests, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, no_list_is_not_an_empty_one);
	tcase_add_test(tc, aliases_are_part_of_it);
	tcase_add_test(tc, the_text_is_helms);
	tcase_add_test(tc, a_lock_is_enforced);
	suite_add_tcase(s, tc);
	return s;
}
