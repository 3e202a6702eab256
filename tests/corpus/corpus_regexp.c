/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_regexp.c - regular expressions against what Go's regexp made of them. Texts of errors are
 * compared too, but a difference there is only counted (V=2 shows them). */
#include "lines.h"
#include "base/encode.h"
#include "text/regex.h"

struct totals {
	unsigned messages;
};

/* A string that stands as itself or, where it is no UTF-8, in base64 under its key + "_b64". */
static struct ptx_str bytes(struct ptx_arena *a, const struct ptx_value *row, const char *key)
{
	ptx_auto_buf name = { 0 };
	ptx_auto_buf out = { 0 };
	const struct ptx_value *v = ptx_value_get(row, key);

	if (v)
		return ptx_value_str(v);
	ptx_buf_init(&name, 0);
	ptx_buf_init(&out, 0);
	ptx_buf_printf(&name, "%s_b64", key);
	if (!ptxi_base64_decode(PTXI_BASE64_STD, ptx_value_str(ptx_value_get(row, name.p)), &out,
				NULL))
		return PTXI_STR("");
	return ptxi_strn(ptxi_arena_strn(a, out.p, out.n), out.n);
}

/* What is found, as JSON. */
struct found {
	struct ptx_arena *arena;
	struct ptx_str text;
	struct ptx_value *list;
	size_t count, most;
};

static int add_places(const size_t *at, size_t groups, void *user)
{
	struct found *f = user;
	struct ptx_value *one = ptx_value_list(f->arena);

	if (f->count++ >= f->most)
		return 0;
	for (size_t i = 0; i < 2 * groups; i++)
		ptx_value_append(one,
				 ptx_value_float(f->arena, at[i] == SIZE_MAX ? -1 : (double)at[i]));
	ptx_value_append(f->list, one);
	return 0;
}

static int add_part(struct ptx_str part, void *user)
{
	struct found *f = user;

	ptx_value_append(f->list, ptx_value_strn(f->arena, part));
	return 0;
}

static int add_match(const size_t *at, size_t groups, void *user)
{
	struct found *f = user;

	(void)groups;
	return add_part(ptxi_str_sub(f->text, at[0], at[1] - at[0]), f);
}

static bool same_strings(struct ptx_arena *a, const struct ptx_value *want,
			 const struct ptx_value *got)
{
	if (ptx_value_count(want) != ptx_value_count(got))
		return false;
	for (size_t i = 0; i < ptx_value_count(want); i++) {
		const struct ptx_value *item = ptx_value_at(want, i);
		struct ptx_str s = ptx_value_str(item);

		if (ptx_value_kind(item) == PTX_MAP)
			s = bytes(a, item, "s");
		if (!ptxi_str_eq(s, ptx_value_str(ptx_value_at(got, i))))
			return false;
	}
	return true;
}

static bool same_names(const struct ptxi_regex *re, const struct ptx_value *names)
{
	for (size_t i = 0; i < ptx_value_count(names); i++)
		if (!ptxi_str_eq(ptx_value_str(ptx_value_at(names, i)),
				 ptxi_regex_group_name(re, i)))
			return false;
	return !names || ptx_value_count(names) == ptxi_regex_groups(re) + 1;
}

static bool find(const struct ptxi_regex *re, const struct ptx_value *row, struct found *f)
{
	const struct ptx_value *count = ptx_value_get(row, "count");

	if (ptxi_regex_each(re, f->text, SIZE_MAX, add_places, f, NULL) < 0)
		return false;
	if (count && ptx_value_as_float(count, -1) != (double)f->count)
		return false;
	return (count || f->count <= 200) && ptx_value_equal(ptx_value_get(row, "all"), f->list) &&
	       same_names(re, ptx_value_get(row, "names"));
}

static bool run(struct ptx_arena *a, const char *op, const struct ptxi_regex *re,
		const struct ptx_value *row)
{
	struct found f = {
		.arena = a, .text = bytes(a, row, "s"), .list = ptx_value_list(a), .most = 200
	};
	int64_t n = (int64_t)ptx_value_as_float(ptx_value_get(row, "n"), 0);
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	if (strcmp(op, "find") == 0)
		return find(re, row, &f);
	if (strcmp(op, "split") == 0)
		return ptxi_regex_split(re, f.text, n, add_part, &f, NULL) == 0 &&
		       same_strings(a, ptx_value_get(row, "out"), f.list);
	if (strcmp(op, "findAll") == 0)
		return ptxi_regex_each(re, f.text, n < 0 ? SIZE_MAX : (size_t)n, add_match, &f,
				       NULL) == 0 &&
		       same_strings(a, ptx_value_get(row, "out"), f.list);
	return ptxi_regex_replace(re, f.text, bytes(a, row, "with"),
				  strcmp(op, "replaceLiteral") == 0, &out, NULL) == 0 &&
	       ptxi_str_eq(ptx_buf_str(&out), bytes(a, row, "out"));
}

static void row(struct corpus *c, struct ptx_arena *a, const struct ptx_value *v, void *user)
{
	struct totals *totals = user;
	const char *op = ptx_value_as_string(ptx_value_get(v, "op"), "");
	struct ptx_str want_error = ptx_value_str(ptx_value_get(v, "error"));
	ptx_auto(error) err = NULL;
	ptxi_auto(regex) re = NULL;
	ptx_auto_buf id = { 0 };
	ptx_auto_buf quoted = { 0 };
	struct ptx_str pattern = bytes(a, v, "p");
	bool ok = false;

	ptx_buf_init(&id, 0);
	ptx_buf_init(&quoted, 0);
	if (strcmp(op, "quoteMeta") == 0) {
		ptxi_regex_quote(bytes(a, v, "s"), &quoted);
		ok = ptxi_str_eq(ptx_buf_str(&quoted), bytes(a, v, "out"));
	} else {
		re = ptxi_regex_compile(pattern, &err);
		ok = re ? !want_error.p && run(a, op, re, v) : want_error.p != NULL;
		if (ok && !re && !ptxi_str_is(want_error, ptx_error_message(err))) {
			totals->messages++;
			if (corpus_verbose(2))
				printf("note %s: message\n  Go   %.*s\n  here %s\n", c->name,
				       PTX_STR_ARG(want_error), ptx_error_message(err));
		}
	}
	if (ok) {
		corpus_pass(c);
		return;
	}
	ptx_buf_printf(&id, "%s /%.*s/ on '%.*s'", op, PTX_STR_ARG(pattern),
		       PTX_STR_ARG(bytes(a, v, "s")));
	corpus_fail(c, id.p, err ? "it does not compile" : "it differs",
		    want_error.p ? want_error : ptxi_str(""),
		    ptxi_str(err ? ptx_error_message(err) : ""));
}

int main(void)
{
	struct corpus c = { .name = "regexp" };
	struct totals totals = { 0 };

	if (!corpus_each(&c, "cases.jsonl", row, &totals)) {
		printf("regexp: no corpus in %s: skipped\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	if (totals.messages)
		printf("note: %u messages of errors differ from Go's\n", totals.messages);
	return corpus_close(&c);
}
