/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "wire/kv.h"

Suite *suite_wire_kv(void);

START_TEST(keys_are_sorted_and_found)
{
	struct ptxi_kv kv = { NULL, 0, 0 };
	char key[16];
	size_t from = 0;
	bool changed = false;

	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "/k%03d", (i * 7919) % 1000);
		ck_assert_int_eq(ptxi_kv_set(&kv, ptxi_str(key), ptxi_str(key + 2), i, &changed),
				 0);
		ck_assert(changed);
	}
	ck_assert_uint_eq(kv.n, 1000);
	for (size_t i = 1; i < kv.n; i++)
		ck_assert_int_lt(strcmp(kv.v[i - 1].key, kv.v[i].key), 0);
	ck_assert_str_eq(ptxi_kv_get(&kv, "/k500"), "500");
	ck_assert_ptr_null(ptxi_kv_get(&kv, "/k50"));
	ck_assert_uint_eq(ptxi_kv_range(&kv, ptxi_str("/k50"), &from) - from, 10);
	ck_assert_uint_eq(ptxi_kv_range(&kv, ptxi_str("/x"), &from) - from, 0);
	ck_assert_int_eq(ptxi_kv_set(&kv, ptxi_str("/k500"), ptxi_str("500"), 9, &changed), 0);
	ck_assert(!changed);
	ck_assert_int_eq(ptxi_kv_find(&kv, ptxi_str("/k500"))->revision, 9);
	ck_assert(ptxi_kv_remove(&kv, ptxi_str("/k500")));
	ck_assert(!ptxi_kv_remove(&kv, ptxi_str("/k500")));
	ck_assert_uint_eq(kv.n, 999);
	ptxi_kv_done(&kv);
}
END_TEST

static const struct {
	const char *line;
	int code;
	int news; /* enum ptxi_view_news */
	size_t n; /* keys afterwards */
	int64_t revision;
} lines[] = {
	/* Each row goes on from the one before. */
	{ "{\"type\":\"change\",\"after\":0,\"revision\":3,\"set\":{\"/a\":\"1\"}}", PTX_E_CONFLICT,
	  PTXI_VIEW_CHANGED, 0, 0 },
	{ "{\"type\":\"view\",\"revision\":5,\"ready\":true,\"keys\":{\"/a\":\"1\",\"/b\":\"2\"}}",
	  0, PTXI_VIEW_CHANGED, 2, 5 },
	{ "{\"type\":\"ping\"}", 0, PTXI_VIEW_PING, 2, 5 },
	{ "{\"type\":\"from the future\"}", 0, PTXI_VIEW_PING, 2, 5 },
	{ "{\"type\":\"change\",\"after\":5,\"revision\":7,\"set\":{\"/c\":\"3\"},\"del\":[\"/"
	  "a\"]}",
	  0, PTXI_VIEW_CHANGED, 2, 7 },
	{ "{\"type\":\"change\",\"after\":5,\"revision\":8,\"set\":{\"/d\":\"4\"}}", PTX_E_CONFLICT,
	  PTXI_VIEW_CHANGED, 2, 7 },
	{ "{\"type\":\"change\",\"after\":7,\"revision\":8,\"set\":{\"/d\":\"4\",\"e\":\"5\"}}",
	  PTX_E_INVALID, PTXI_VIEW_CHANGED, 2, 7 },
	{ "{\"type\":\"change\",\"after\":7,\"revision\":8,\"set\":{\"/d\":4}}", PTX_E_INVALID,
	  PTXI_VIEW_CHANGED, 2, 7 },
	{ "{\"type\":\"change\",\"after\":7,\"revision\":8,\"del\":\"/c\"}", PTX_E_INVALID,
	  PTXI_VIEW_CHANGED, 2, 7 },
	{ "{\"type\":\"view\",\"revision\":9,\"ready\":false}", 0, PTXI_VIEW_CHANGED, 2, 9 },
	{ "{\"type\":\"view\",\"revision\":10,\"ready\":true,\"keys\":{}}", 0, PTXI_VIEW_CHANGED, 0,
	  10 },
	{ "{\"type\":\"requests\",\"requests\":[{\"id\":\"t\"}]}", 0, PTXI_VIEW_REQUESTS, 0, 10 },
	{ "{\"type\":\"requests\",\"requests\":1}", PTX_E_INVALID, PTXI_VIEW_REQUESTS, 0, 10 },
	{ "{\"kind\":1}", PTX_E_INVALID, PTXI_VIEW_PING, 0, 10 },
	{ "nonsense", PTX_E_SYNTAX, PTXI_VIEW_PING, 0, 10 },
};

START_TEST(a_view_takes_lines_whole_or_not_at_all)
{
	struct ptxi_view v = { .revision = 0 };

	for (size_t i = 0; i < PTXI_COUNT(lines); i++) {
		enum ptxi_view_news news = PTXI_VIEW_PING;
		json_t *requests = NULL;
		int code = ptxi_view_line(&v, ptxi_str(lines[i].line), &news, &requests, NULL);

		ck_assert_msg(code == lines[i].code, "line %zu gives %d", i, code);
		ck_assert_msg((int)news == lines[i].news && v.keys.n == lines[i].n &&
				  v.revision == lines[i].revision,
			      "after line %zu: news %d, %zu keys, revision %lld", i, (int)news,
			      v.keys.n, (long long)v.revision);
		ck_assert_int_eq(requests != NULL, code == 0 && news == PTXI_VIEW_REQUESTS);
		json_decref(requests);
	}
	ptxi_view_done(&v);
}
END_TEST

Suite *suite_wire_kv(void)
{
	Suite *s = suite_create("wire_kv");
	TCase *tc = tcase_create("kv");

	tcase_add_test(tc, keys_are_sorted_and_found);
	tcase_add_test(tc, a_view_takes_lines_whole_or_not_at_all);
	suite_add_tcase(s, tc);
	return s;
}
