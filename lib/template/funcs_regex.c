/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_regex.c - Sprig's functions on regular expressions.
 *
 * An expression that is malformed fails all of them but `regexMatch`, which is false then. Compiled
 * ones are kept with the render, for templates use the same few over and over.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../text/goquote.h"
#include "../text/regex.h"

static struct ptx_value *match(struct ptxi_exec *x, struct ptx_value **args, struct ptx_error **err)
{
	const struct ptxi_regex *re = ptxi_exec_regex(x, args[0]->s, err);
	int found = re ? ptxi_regex_match(re, args[1]->s, err) : 0;

	return re && found >= 0 ? ptxi_result_bool(x, found) : NULL;
}

PTXI_FN(must_regex_match)
{
	return match(x, args, err);
}

PTXI_FN(regex_match)
{
	struct ptx_value *v = match(x, args, err);

	if (v || !*err || ptx_error_code(*err) != PTX_E_SYNTAX)
		return v;
	ptxi_error_drop(err);
	return ptxi_result_bool(x, false);
}

struct finding {
	struct ptxi_exec *x;
	struct ptx_str text;
	struct ptx_value *list;
	struct ptx_value *first;
};

static int keep_first(const size_t *at, size_t groups PTXI_UNUSED, void *user)
{
	struct finding *f = user;

	f->first = ptxi_result_str(f->x, ptxi_str_sub(f->text, at[0], at[1] - at[0]));
	return 0;
}

PTXI_FN(regex_find)
{
	const struct ptxi_regex *re = ptxi_exec_regex(x, args[0]->s, err);
	struct finding f = { .x = x, .text = args[1]->s };

	if (!re || ptxi_regex_each(re, f.text, 1, keep_first, &f, err) < 0)
		return NULL;
	return f.first ? f.first : ptxi_result_str(x, PTXI_STR(""));
}

static int add_part(struct ptx_str part, void *user)
{
	struct finding *f = user;

	ptx_value_append(f->list, ptxi_result_str(f->x, part));
	return ptx_arena_status(f->x->arena);
}

static int add_match(const size_t *at, size_t groups PTXI_UNUSED, void *user)
{
	struct finding *f = user;

	return add_part(ptxi_str_sub(f->text, at[0], at[1] - at[0]), f);
}

PTXI_FN(regex_find_all)
{
	const struct ptxi_regex *re = ptxi_exec_regex(x, args[0]->s, err);
	struct finding f = { .x = x,
			     .text = args[1]->s,
			     .list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS) };
	size_t most = args[2]->i < 0 ? SIZE_MAX : (size_t)args[2]->i;

	if (!re || !f.list || ptxi_regex_each(re, f.text, most, add_match, &f, err) < 0)
		return NULL;
	return f.list->list.n ? f.list : ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_STRINGS);
}

PTXI_FN(regex_split)
{
	const struct ptxi_regex *re = ptxi_exec_regex(x, args[0]->s, err);
	struct finding f = { .x = x,
			     .text = args[1]->s,
			     .list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS) };

	if (!re || !f.list || ptxi_regex_split(re, f.text, args[2]->i, add_part, &f, err) < 0)
		return NULL;
	return args[2]->i ? f.list : ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_STRINGS);
}

static struct ptx_value *replaced(struct ptxi_exec *x, struct ptx_value **args, bool literal,
				  struct ptx_error **err)
{
	const struct ptxi_regex *re = ptxi_exec_regex(x, args[0]->s, err);
	struct ptx_buf b;

	if (!re)
		return NULL;
	ptxi_exec_buf(x, &b);
	if (ptxi_regex_replace(re, args[1]->s, args[2]->s, literal, &b, err) < 0) {
		ptx_buf_done(&b);
		return NULL;
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(regex_replace_all)
{
	return replaced(x, args, false, err);
}

PTXI_FN(regex_replace_all_literal)
{
	return replaced(x, args, true, err);
}

PTXI_FN(regex_quote_meta)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_regex_quote(args[0]->s, &b);
	return ptxi_result_buf(x, &b, err);
}

/* What the plain functions say of a malformed expression is what Go's MustCompile panics with. */
static struct ptx_value *or_panic(struct ptx_value *v, struct ptx_str pattern,
				  struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };

	if (v || !*err || ptx_error_code(*err) != PTX_E_SYNTAX)
		return v;
	ptx_buf_init(&text, 0);
	ptx_buf_adds(&text, "regexp: Compile(");
	if (ptxi_go_can_backquote(pattern))
		ptx_buf_printf(&text, "`%.*s`", PTX_STR_ARG(pattern));
	else
		ptxi_go_quote(pattern, false, &text);
	ptx_buf_printf(&text, "): %s", ptx_error_message(*err));
	ptxi_error_drop(err);
	return ptxi_func_fail(err, "%s", text.p);
}

PTXI_FN(regex_find_or_panic)
{
	return or_panic(fn_regex_find(x, args, n, err), args[0]->s, err);
}

PTXI_FN(regex_find_all_or_panic)
{
	return or_panic(fn_regex_find_all(x, args, n, err), args[0]->s, err);
}

PTXI_FN(regex_split_or_panic)
{
	return or_panic(fn_regex_split(x, args, n, err), args[0]->s, err);
}

PTXI_FN(regex_replace_all_or_panic)
{
	return or_panic(fn_regex_replace_all(x, args, n, err), args[0]->s, err);
}

PTXI_FN(regex_replace_all_literal_or_panic)
{
	return or_panic(fn_regex_replace_all_literal(x, args, n, err), args[0]->s, err);
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "mustRegexFind",              "ss",  fn_regex_find },
	{ "mustRegexFindAll",           "ssi", fn_regex_find_all },
	{ "mustRegexMatch",             "ss",  fn_must_regex_match },
	{ "mustRegexReplaceAll",        "sss", fn_regex_replace_all },
	{ "mustRegexReplaceAllLiteral", "sss", fn_regex_replace_all_literal },
	{ "mustRegexSplit",             "ssi", fn_regex_split },
	{ "regexFind",                  "ss",  fn_regex_find_or_panic },
	{ "regexFindAll",               "ssi", fn_regex_find_all_or_panic },
	{ "regexMatch",                 "ss",  fn_regex_match },
	{ "regexQuoteMeta",             "s",   fn_regex_quote_meta },
	{ "regexReplaceAll",            "sss", fn_regex_replace_all_or_panic },
	{ "regexReplaceAllLiteral",     "sss", fn_regex_replace_all_literal_or_panic },
	{ "regexSplit",                 "ssi", fn_regex_split_or_panic },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_regex = { "regex", rows, PTXI_COUNT(rows) };
