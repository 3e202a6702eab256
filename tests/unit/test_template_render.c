/* SPDX-License-Identifier: Apache-2.0 */
/* What templates share, and what they learn of the world outside. */
#include <check.h>
#include <string.h>

#include <pitrix/template.h>

#include "template/exec.h"

Suite *suite_template_render(void);

static struct ptx_template *parse(const char *text)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	ptx_auto(error) err = NULL;
	struct ptx_template *t = NULL;

	opts.families = PTX_FUNCS_SPRIG | PTX_FUNCS_HELM;
	t = ptx_template_new(&opts, &err);
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(ptx_template_parse(t, "t", ptxi_str(text), &err), 0);
	return t;
}

static int64_t one_second(void *user)
{
	(void)user;
	return 1000000000;
}

static int zeros(void *bytes, size_t n, void *user)
{
	(void)user;
	memset(bytes, 0, n);
	return 0;
}

static struct ptx_value *lookup(struct ptx_arena *a, struct ptx_str api_version,
				struct ptx_str kind, struct ptx_str name_space, struct ptx_str name,
				void *user, struct ptx_error **err)
{
	struct ptx_value *v = ptx_value_map(a);

	(void)api_version;
	if (ptxi_str_is(kind, "Forbidden")) {
		ptx_error_set(err, PTX_E_DENIED, "not for you");
		return NULL;
	}
	ptx_value_set(v, "who", ptx_value_strn(a, name));
	ptx_value_set(v, "where", ptx_value_strn(a, name_space));
	ptx_value_set(v, "told", ptx_value_string(a, user));
	return v;
}

static int lookup_host(struct ptx_arena *a, const char *host, struct ptx_value *list, void *user,
		       struct ptx_error **err)
{
	(void)user;
	(void)err;
	if (strcmp(host, "ship") == 0)
		ptx_value_append(list, ptx_value_string(a, "10.0.0.7"));
	return 0;
}

START_TEST(the_world_outside)
{
	static const struct {
		const char *text, *want; /* NULL: it fails */
	} rows[] = {
		{ "{{ now | unixEpoch }} {{ now.Format \"15:04 MST\" }}", "1 01:00 CET" },
		{ "{{ with lookup \"v1\" \"Pod\" \"ns\" \"p\" }}{{ .who }}@{{ .where }} {{ .told "
		  "}}{{ end }}",
		  "p@ns me" },
		{ "{{ lookup \"v1\" \"Forbidden\" \"\" \"\" }}", NULL },
		{ "{{ getHostByName \"ship\" }}", "10.0.0.7" },
		{ "{{ uuidv4 }}", "00000000-0000-4000-8000-000000000000" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(template) t = parse(rows[i].text);
		struct ptx_render_env env = PTX_RENDER_ENV_INIT;
		char me[] = "me";
		struct ptx_execute_opts opts = PTX_EXECUTE_OPTS_INIT;
		ptx_auto(error) err = NULL;
		ptx_auto_buf out = { 0 };
		int code = 0;

		env.now_ns = one_second;
		env.random = zeros;
		env.lookup = lookup;
		env.lookup_host = lookup_host;
		env.zone = "Europe/Paris";
		env.user = me;
		opts.env = &env;
		ptx_buf_init(&out, 0);
		code = ptx_template_execute(t, "t", NULL, &opts, &out, &err);
		ck_assert_msg((code == 0) == (rows[i].want != NULL), "%s: %s", rows[i].text,
			      err ? ptx_error_message(err) : "");
		if (code == 0)
			ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

START_TEST(nothing_outside)
{
	ptx_auto(template) t = parse("{{ lookup \"v1\" \"Pod\" \"\" \"\" }}|{{ getHostByName "
				     "\"ship\" }}|{{ randAlpha 3 | len }}");
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptx_template_execute(t, "t", NULL, NULL, &out, &err), 0);
	ck_assert_str_eq(out.p, "map[]||3");
}
END_TEST

/* As the templates of a chart: one's `set` is seen by the next; and without sharing by nobody. */
START_TEST(data_is_shared_or_not)
{
	ptx_auto(template) t = parse(
	    "{{ with .n }}seen {{ . }}{{ else }}{{ $_ := set . \"n\" 7 }}set {{ .n }}{{ end }}");
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *data = ptx_value_map(a);
	ptxi_auto(render) render = ptxi_render_new(0);
	struct ptxi_template_env env = { .render = render };
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	for (int i = 0; i < 2; i++) {
		ptx_buf_clear(&out);
		ck_assert_int_eq(ptx_template_execute(t, "t", data, NULL, &out, &err), 0);
		ck_assert_str_eq(out.p, "set 7");
		ck_assert_uint_eq(ptx_value_count(data), 0);
	}
	for (int i = 0; i < 2; i++) {
		ptx_buf_clear(&out);
		ck_assert_int_eq(ptxi_template_execute(t, "t", data, NULL, &env, &out, &err), 0);
		ck_assert_str_eq(out.p, i ? "seen 7" : "set 7");
	}
}
END_TEST

START_TEST(what_a_user_did_wrong)
{
	ptx_auto(template) t = parse("{{ required \"a name, please\" .name }}{{ fail \"no\" }}.");
	struct ptxi_template_env env = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	ptx_auto_buf said = { 0 };

	ptx_buf_init(&out, 0);
	ptx_buf_init(&said, 0);
	env.user_error = &said;
	ck_assert_int_lt(ptxi_template_execute(t, "t", NULL, NULL, &env, &out, &err), 0);
	ck_assert_str_eq(said.p, "a name, please");
	env.lint = true;
	ck_assert_int_eq(ptxi_template_execute(t, "t", NULL, NULL, &env, &out, NULL), 0);
	ck_assert_str_eq(out.p, ".");
}
END_TEST

Suite *suite_template_render(void)
{
	Suite *s = suite_create("template/render");
	TCase *t = tcase_create("render");

	tcase_add_test(t, the_world_outside);
	tcase_add_test(t, nothing_outside);
	tcase_add_test(t, data_is_shared_or_not);
	tcase_add_test(t, what_a_user_did_wrong);
	suite_add_tcase(s, t);
	return s;
}
