/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "text/jsonpath.h"
#include "value/codec.h"

Suite *suite_text_jsonpath(void);

static const char tree[] =
    "{\"image\":{\"repository\":\"nginx\",\"tag\":\"1.25\"},\"list\":[\"a\",\"b\",\"c\"],\"num\":8,"
    "\"half\":0.5,"
    "\"empty\":{},\"none\":null,\"on\":true,\"a.b\":{\"c\":1},\"html\":[\"<&\"],"
    "\"ports\":[{\"name\":\"web\",\"port\":80},{\"name\":\"admin\",\"port\":8080},{\"port\":1}]}";

static const struct {
	const char *path;
	const char *want; /* NULL: it fails, as code says */
	int code;
} rows[] = {
	{ "{.num}", "8", 0 },
	{ "text", "text", 0 },
	{ "{.image.tag} and {.num}!", "1.25 and 8!", 0 },
	{ "{.image}", "{\"repository\":\"nginx\",\"tag\":\"1.25\"}", 0 },
	{ "{.image.*}", "nginx 1.25", 0 },
	{ "{$.image['tag']}", "1.25", 0 },
	{ "{.image['repository','tag']}", "nginx 1.25", 0 },
	{ "{.a\\.b.c}", "1", 0 },
	{ "{['a\\.b'].c}", "1", 0 },
	{ "{.list}", "[\"a\",\"b\",\"c\"]", 0 },
	{ "{.list[0]}", "a", 0 },
	{ "{.list[-1]}", "c", 0 },
	{ "{.list[1:]}", "b c", 0 },
	{ "{.list[:2]}", "a b", 0 },
	{ "{.list[0:3:2]}", "a c", 0 },
	{ "{.list[2,0]}", "c a", 0 },
	{ "{.list[*]}", "a b c", 0 },
	{ "{.html}", "[\"\\u003c\\u0026\"]", 0 },
	{ "{.half} {.on} {.none} {.empty}", "0.5 true null {}", 0 },
	{ "{..tag}", "1.25", 0 },
	{ "{.ports[?(@.port==80)].name}", NULL, PTX_E_INVALID }, /* an int is no float */
	{ "{.ports[?(@.port==80.0)].name}", "web", 0 },
	{ "{.ports[?(@.name==\"admin\")].port}", NULL, PTX_E_NOT_FOUND }, /* the last has no name */
	{ "{.ports[?(@.name)].port}", "80 8080", 0 },
	{ "{.list[?(@=='b')]}", "b", 0 },
	{ "{.list[?(@!='b')]}", "a c", 0 },
	{ "{.list[?(@>='b')]}", "b c", 0 },
	{ "{.ports[?(@.port[7])].port}", "80 8080 1", 0 }, /* as Go has it */
	{ "{.image.tag.*}", "49 46 50 53", 0 },
	{ "{range .empty.*}{.x}{end}", NULL, PTX_E_NOT_FOUND },
	{ "{range .empty.*}{@}{end}z", "z", 0 },
	{ "{range .list[*]}{@}{\"\\n\"}{end}", "a\nb\nc\n", 0 },
	{ "{range .ports[*]}[{.port}]{end} {.num}", "[80][8080][1] 8", 0 },
	{ "{'it\\'s'}", "it's", 0 },
	{ "{.list[9]}", NULL, PTX_E_INVALID },
	{ "{.nothing}", NULL, PTX_E_NOT_FOUND },
	{ "{.image[0]}", NULL, PTX_E_INVALID },
	{ "{end}", NULL, PTX_E_INVALID },
	{ "{word}", NULL, PTX_E_INVALID },
	{ "{.image", NULL, PTX_E_SYNTAX },
	{ "{.list[0}", NULL, PTX_E_SYNTAX },
	{ "{.list[x]}", NULL, PTX_E_SYNTAX },
	{ "{.list[?(@.x}", NULL, PTX_E_SYNTAX },
	{ "{'open}", NULL, PTX_E_SYNTAX },
	{ "{....a}", NULL, PTX_E_SYNTAX },
	{ "{!}", NULL, PTX_E_SYNTAX },
};

START_TEST(prints)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptxi_jsonpath *p = NULL;
	struct ptx_value *v = NULL;
	int rc = 0;

	opts.numbers = PTX_NUMBERS_FLOAT;
	v = ptx_json_parse(a, ptxi_str(tree), &opts, NULL);
	ck_assert_ptr_nonnull(v);
	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, "");
	p = ptxi_jsonpath_parse(a, ptxi_str(rows[_i].path), &err);
	rc = p ? ptxi_jsonpath_print(p, v, a, &out, &err) : ptx_error_code(err);
	ck_assert_msg(rc == rows[_i].code, "%s: %d %s", rows[_i].path, rc,
		      err ? ptx_error_message(err) : "");
	ck_assert_msg(ptxi_str_is(ptx_buf_str(&out), rows[_i].want ? rows[_i].want : ""),
		      "%s: '%s'", rows[_i].path, out.p);
}
END_TEST

START_TEST(has_limits)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf deep = { 0 };

	ptx_buf_init(&deep, 0);
	ptx_buf_addc(&deep, '{');
	for (int i = 0; i < 1000; i++)
		ptx_buf_adds(&deep, "[?(");
	for (int i = 0; i < 1000; i++)
		ptx_buf_adds(&deep, ")]");
	ptx_buf_addc(&deep, '}');
	ck_assert_ptr_null(ptxi_jsonpath_parse(a, ptx_buf_str(&deep), &err));
	ck_assert_ptr_nonnull(err);
}
END_TEST

Suite *suite_text_jsonpath(void)
{
	Suite *s = suite_create("text_jsonpath");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, prints, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_test(t, has_limits);
	suite_add_tcase(s, t);
	return s;
}
