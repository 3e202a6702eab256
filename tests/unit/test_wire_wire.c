/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "wire/wire.h"

Suite *suite_wire_wire(void);

static const struct {
	const char *text;
	bool label, instance, id, key, token;
} names[] = {
	{ "", false, false, false, false, false },
	{ "a", true, true, true, false, false },
	{ "node-1a2b", true, true, true, false, false },
	{ "pilot", true, false, true, false, false },
	{ "frontgate", true, false, true, false, false },
	{ "-a", false, false, true, false, false },
	{ "a-", false, false, true, false, false },
	{ "A", false, false, true, false, false },
	{ "a.b", false, false, true, false, false },
	{ "a/b", false, false, false, false, false },
	{ "..", false, false, false, false, false },
	{ "/a", false, false, false, true, false },
	{ "/a/b.c/d e", false, false, false, true, false },
	{ "/a/", false, false, false, false, false },
	{ "//a", false, false, false, false, false },
	{ "/a//b", false, false, false, false, false },
	{ "/a/../b", false, false, false, false, false },
	{ "/a/.", false, false, false, false, false },
	{ "/a\nb", false, false, false, false, false },
	{ "/\xff", false, false, false, false, false },
	{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_-", false, false, true, false, true },
	{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/", false, false, false, false, false },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false, true,
	  false, false },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false, false,
	  false, false },
};

START_TEST(names_are_what_they_should_be)
{
	struct ptx_str s = ptxi_str(names[_i].text);

	ck_assert_int_eq(ptxi_wire_label_ok(s), names[_i].label);
	ck_assert_int_eq(ptxi_wire_instance_ok(s), names[_i].instance);
	ck_assert_int_eq(ptxi_wire_id_ok(s), names[_i].id);
	ck_assert_int_eq(ptxi_wire_key_ok(s), names[_i].key);
	ck_assert_int_eq(ptxi_wire_token_ok(s), names[_i].token);
}
END_TEST

static const struct {
	const char *text;
	const char *ip; /* NULL: none */
	int port;
} addresses[] = {
	{ "10.0.0.5:9111", "10.0.0.5", 9111 },
	{ "[fd00::5]:1", "fd00::5", 1 },
	{ "[::ffff:10.0.0.1]:80", "10.0.0.1", 80 },
	{ "10.0.0.5", NULL, 0 },
	{ "10.0.0.5:0", NULL, 0 },
	{ "10.0.0.5:65536", NULL, 0 },
	{ "host:80", NULL, 0 },
	{ "fd00::5:80", NULL, 0 },
	{ "10.0.0:80", NULL, 0 },
	{ ":80", NULL, 0 },
	{ "[]:80", NULL, 0 },
	{ "", NULL, 0 },
};

START_TEST(addresses_are_numeric)
{
	char ip[46] = "";
	uint16_t port = 0;
	bool ok = ptxi_wire_address(ptxi_str(addresses[_i].text), ip, &port);

	ck_assert_int_eq(ok, addresses[_i].ip != NULL);
	if (ok) {
		ck_assert_str_eq(ip, addresses[_i].ip);
		ck_assert_int_eq(port, addresses[_i].port);
	}
}
END_TEST

static const struct {
	const char *json;
	int code;
	int64_t timeout_ms;
} requests[] = {
	{ "{\"kind\":\"run\",\"cmd\":\"true\"}", 0, 600000 },
	{ "{\"kind\":\"run\",\"cmd\":\"true\",\"timeout_ms\":5,\"id\":\"t-1\",\"later\":[1]}", 0,
	  5 },
	{ "{\"kind\":\"confd.start\"}", 0, 600000 },
	{ "{\"kind\":\"confd.start\",\"cmd\":\"true\"}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"run\"}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"run\",\"cmd\":\"\"}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"run\",\"cmd\":5}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"run\",\"cmd\":\"a\",\"timeout_ms\":0}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"run\",\"cmd\":\"a\",\"timeout_ms\":86400001}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"run\",\"cmd\":\"a\",\"timeout_ms\":1.5}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"run\",\"cmd\":\"a\",\"id\":\"a/b\"}", PTX_E_INVALID, 0 },
	{ "{\"kind\":\"reboot\"}", PTX_E_INVALID, 0 },
	{ "{\"cmd\":\"a\"}", PTX_E_INVALID, 0 },
};

START_TEST(requests_are_checked)
{
	json_t *j = ptxi_wire_parse(ptxi_str(requests[_i].json), 1000, NULL);
	struct ptxi_wire_request r;
	struct ptxi_wire_request again;
	struct ptx_error *e = NULL;
	int code = ptxi_wire_request_read(j, &r, &e);

	ck_assert_int_eq(code, requests[_i].code);
	ck_assert_int_eq(ptx_error_code(e), code);
	if (code == 0) {
		json_t *back = ptxi_wire_request_write(&r);

		ck_assert_int_eq(r.timeout_ms, requests[_i].timeout_ms);
		ck_assert_int_eq(ptxi_wire_request_read(back, &again, NULL), 0);
		ck_assert_ptr_eq(again.kind, r.kind);
		json_decref(back);
	}
	ptx_error_free(e);
	json_decref(j);
}
END_TEST

static const struct {
	const char *json;
	int code;
	bool is_final;
} outcomes[] = {
	{ "{\"state\":\"pending\"}", 0, false },
	{ "{\"state\":\"running\",\"started_unix\":5}", 0, false },
	{ "{\"state\":\"done\",\"exit_status\":0,\"output\":\"x\",\"ended_unix\":9}", 0, true },
	{ "{\"state\":\"failed\",\"exit_status\":255,\"error\":\"timeout\"}", 0, true },
	{ "{\"state\":\"unknown\"}", 0, true },
	{ "{\"state\":\"gone\"}", PTX_E_INVALID, false },
	{ "{}", PTX_E_INVALID, false },
	{ "{\"state\":\"done\",\"exit_status\":256}", PTX_E_INVALID, false },
	{ "{\"state\":\"done\",\"output\":[]}", PTX_E_INVALID, false },
};

START_TEST(outcomes_are_checked)
{
	json_t *j = ptxi_wire_parse(ptxi_str(outcomes[_i].json), 1000, NULL);
	struct ptxi_wire_outcome o;
	int code = ptxi_wire_outcome_read(j, &o, NULL);

	ck_assert_int_eq(code, outcomes[_i].code);
	if (code == 0) {
		json_t *back = ptxi_wire_outcome_write(&o);

		ck_assert(json_equal(back, j));
		ck_assert_int_eq(ptxi_wire_state_is_final(o.state), outcomes[_i].is_final);
		json_decref(back);
	}
	json_decref(j);
}
END_TEST

START_TEST(messages_have_limits)
{
	struct ptx_error *e = NULL;

	ck_assert_ptr_null(ptxi_wire_parse(ptxi_str("{\"a\":1}"), 3, &e));
	ck_assert_int_eq(ptx_error_code(e), PTX_E_LIMIT);
	ptxi_error_drop(&e);
	ck_assert_ptr_null(ptxi_wire_parse(ptxi_str("{\"a\":1,\"a\":2}"), 100, &e));
	ck_assert_int_eq(ptx_error_code(e), PTX_E_SYNTAX);
	ptxi_error_drop(&e);
	ck_assert_ptr_null(ptxi_wire_parse(ptxi_str("[]"), 100, NULL));
	ck_assert_ptr_null(ptxi_wire_parse((struct ptx_str){ NULL, 0 }, 100, NULL));
}
END_TEST

START_TEST(errors_travel)
{
	struct ptx_buf b;
	struct ptx_error *e = NULL;

	ptx_buf_init(&b, 0);
	ptxi_wire_error_format(PTX_E_CONFLICT, "it is 'there'", &b);
	ck_assert_int_eq(
	    ptxi_wire_error_read(ptxi_wire_http_status(PTX_E_CONFLICT), ptx_buf_str(&b), &e),
	    PTX_E_CONFLICT);
	ck_assert_str_eq(ptx_error_message(e), "it is 'there'");
	ck_assert_int_eq(ptx_error_http_status(e), 409);
	ptxi_error_drop(&e);
	ck_assert_int_eq(ptxi_wire_error_read(404, PTXI_STR("<html>"), &e), PTX_E_NOT_FOUND);
	ptxi_error_drop(&e);
	ck_assert_int_eq(ptxi_wire_error_read(502, PTXI_STR(""), &e), PTX_E_UNAVAILABLE);
	ptxi_error_drop(&e);
	ptx_buf_done(&b);
}
END_TEST

static int collect(const char *key, struct ptx_str value, void *user, struct ptx_error **err)
{
	(void)err;
	ptx_buf_printf(user, "%s=%.*s\n", key, PTX_STR_ARG(value));
	return 0;
}

START_TEST(metadata_become_flat)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *tree = ptx_value_map(a);
	struct ptx_value *list = ptx_value_list(a);
	struct ptx_value *inner = ptx_value_map(a);
	struct ptx_buf b;

	ptx_buf_init(&b, 0);
	ptx_value_append(list, ptx_value_string(a, "x"));
	ptx_value_append(list, ptx_value_bool(a, true));
	ptx_value_set_int(inner, "n.1", -5);
	ptx_value_set(inner, "none", ptx_value_null(a));
	ptx_value_set(inner, "empty", ptx_value_map(a));
	ptx_value_set(tree, "list", list);
	ptx_value_set(tree, "in", inner);
	ck_assert_int_eq(ptxi_wire_flatten(tree, collect, &b, NULL), 0);
	ck_assert_str_eq(b.p, "/list/0=x\n/list/1=true\n/in/n.1=-5\n/in/none=null\n");
	ptx_value_set_string(inner, "a/b", "x");
	ck_assert_int_eq(ptxi_wire_flatten(tree, collect, &b, NULL), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_wire_flatten(list, collect, &b, NULL), PTX_E_INVALID);
	ptx_buf_done(&b);
}
END_TEST

Suite *suite_wire_wire(void)
{
	Suite *s = suite_create("wire_wire");
	TCase *tc = tcase_create("wire");

	tcase_add_loop_test(tc, names_are_what_they_should_be, 0, PTXI_COUNT(names));
	tcase_add_loop_test(tc, addresses_are_numeric, 0, PTXI_COUNT(addresses));
	tcase_add_loop_test(tc, requests_are_checked, 0, PTXI_COUNT(requests));
	tcase_add_loop_test(tc, outcomes_are_checked, 0, PTXI_COUNT(outcomes));
	tcase_add_test(tc, messages_have_limits);
	tcase_add_test(tc, errors_travel);
	tcase_add_test(tc, metadata_become_flat);
	suite_add_tcase(s, tc);
	return s;
}
