/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_template.c - the template language against what Go made of the same templates.
 *
 * Data is decoded as Helm decodes values, and changed by --set and its kin where a row says so. The
 * texts of errors are compared too, but a difference there is only reported (V=2 shows them). */
#include "lines.h"
#include "base/utf8.h"
#include <pitrix/codec.h>
#include "template/exec.h"
#include "value/strvals.h"

struct totals {
	unsigned messages; /* that differ from Go's */
};

static bool has_string(const struct ptx_value *row, const char *key, struct ptx_str *out)
{
	*out = ptx_value_str(ptx_value_get(row, key));
	return ptx_value_kind(ptx_value_get(row, key)) == PTX_STRING;
}

/* Helm removes every "<no value>" from what it has rendered. */
static void without_no_value(struct ptx_str s, struct ptx_buf *out)
{
	for (;;) {
		size_t at = ptxi_str_find(s, PTXI_STR("<no value>"));

		if (at == SIZE_MAX)
			break;
		ptx_buf_add(out, s.p, at);
		s = ptxi_str_from(s, at + 10);
	}
	ptx_buf_addstr(out, s);
}

/* The corpus is JSON, which holds no invalid UTF-8: there it is U+FFFD. */
static void as_recorded(struct ptx_str s, struct ptx_buf *out)
{
	while (s.n) {
		size_t len = 0;
		char bytes[4] = "";
		uint32_t rune = ptxi_utf8_decode(s, &len);

		ptx_buf_add(out, bytes, ptxi_utf8_encode(rune, bytes));
		s = ptxi_str_from(s, len);
	}
}

static enum ptx_missing_key missing_key(const char *name)
{
	if (strcmp(name, "error") == 0)
		return PTX_MISSING_ERROR;
	return strcmp(name, "zero") == 0 ? PTX_MISSING_ZERO : PTX_MISSING_DEFAULT;
}

/* Applies the expressions of one flag; false with *err set. */
static bool apply(struct ptx_arena *a, const struct ptx_value *row, const char *key,
		  enum ptxi_strvals_kind kind, struct ptx_value *data, struct ptx_error **err)
{
	const struct ptx_value *list = ptx_value_get(row, key);

	for (size_t i = 0; i < ptx_value_count(list); i++)
		if (ptxi_strvals_apply(a, data, ptx_value_str(ptx_value_at(list, i)),
				       &(struct ptxi_strvals){ .kind = kind }, err) < 0)
			return false;
	return true;
}

static bool apply_sets(struct ptx_arena *a, const struct ptx_value *row, struct ptx_value *data,
		       struct ptx_error **err)
{
	return apply(a, row, "set_json", PTXI_STRVALS_JSON, data, err) &&
	       apply(a, row, "set", PTXI_STRVALS_TYPED, data, err) &&
	       apply(a, row, "set_string", PTXI_STRVALS_STRING, data, err) &&
	       apply(a, row, "set_literal", PTXI_STRVALS_LITERAL, data, err);
}

/* Values come from YAML, and JSON is YAML but for one thing: pairs of escapes that stand for one
 * character are refused. */
static bool is_no_yaml(const struct ptx_value *data)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptx_json_format(data, NULL, &text);
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0xf0)
			return true;
	return false;
}

static void row(struct corpus *c, struct ptx_arena *a, const struct ptx_value *v, void *user)
{
	struct totals *totals = user;
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_execute_opts exec = PTX_EXECUTE_OPTS_INIT;
	struct ptxi_template_env env = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto(template) t = NULL;
	ptx_auto_buf raw = { 0 };
	ptx_auto_buf shown = { 0 };
	ptx_auto_buf got = { 0 };
	ptx_auto_buf go = { 0 };
	const char *id = ptx_value_as_string(ptx_value_get(v, "id"), "?");
	struct ptx_value *data = ptx_value_get(v, "data");
	bool failed = false;
	bool text_mode = strcmp(ptx_value_as_string(ptx_value_get(v, "mode"), ""), "text") == 0;
	bool want_error = ptx_value_as_bool(ptx_value_get(v, "error"), false);
	struct ptx_str template;
	struct ptx_str want;
	struct ptx_str message;

	has_string(v, "template", &template);
	opts.families = PTX_FUNCS_SPRIG | PTX_FUNCS_HELM;
	t = ptx_template_new(&opts, &err);
	if (!data)
		data = ptx_value_map(a);
	has_string(v, "expect", &want);
	has_string(v, "message", &message);
	ptx_buf_init(&raw, 0);
	ptx_buf_init(&shown, 0);
	ptx_buf_init(&got, 0);
	ptx_buf_init(&go, 0);
	env.go_error = &go;
	exec.missing_key = missing_key(
	    ptx_value_as_string(ptx_value_get(v, "missing"), text_mode ? "default" : "zero"));
	if (is_no_yaml(data)) {
		ptx_buf_adds(&go, "error converting YAML to JSON: yaml: found invalid Unicode "
				  "character escape code");
		failed = true;
	} else if (!apply_sets(a, v, data, &err)) {
		ptx_buf_adds(&go, ptx_error_message(err));
	} else if (ptx_template_parse(t, "t", template, &err) < 0) {
		ptx_buf_printf(&go, "template: t:%u: %s",
			       ptx_error_where(err) ? ptx_error_where(err)->line : 0,
			       ptx_error_message(err));
	} else if (ptxi_template_execute(t, "t", data, &exec, &env, &raw, &err) == 0) {
		if (text_mode)
			ptx_buf_addstr(&shown, ptx_buf_str(&raw));
		else
			without_no_value(ptx_buf_str(&raw), &shown);
		as_recorded(ptx_buf_str(&shown), &got);
	}
	failed = failed || err;
	if (failed && !want_error) {
		corpus_fail(c, id, "it fails", want, ptx_buf_str(&go));
	} else if (!failed && want_error) {
		corpus_fail(c, id, "it should fail", message, ptx_buf_str(&got));
	} else if (!failed && !ptxi_str_eq(ptx_buf_str(&got), want)) {
		corpus_fail(c, id, "the text differs", want, ptx_buf_str(&got));
	} else {
		corpus_pass(c);
		if (failed && message.n && !ptxi_str_eq(message, ptx_buf_str(&go))) {
			totals->messages++;
			if (corpus_verbose(2))
				printf("note %s %s: message\n  Go   %.*s\n  here %s\n", c->name, id,
				       PTX_STR_ARG(message), go.p);
		}
	}
}

int main(void)
{
	struct corpus c = { .name = "template" };
	struct totals totals = { 0 };

	if (!corpus_each(&c, "cases.jsonl", row, &totals)) {
		printf("template: no corpus in %s: skipped\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	if (totals.messages)
		printf("note: %u messages of errors differ from Go's\n", totals.messages);
	return corpus_close(&c);
}
