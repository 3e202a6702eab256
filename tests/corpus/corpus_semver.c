/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_semver.c - versions and constraints against what Masterminds/semver made of them. Every
 * field must be equal; the texts of errors and reasons are compared too, but a difference there is
 * only counted (V=2 shows them). */
#include "lines.h"
#include "base/sort.h"
#include "text/semver.h"

struct totals {
	unsigned messages;
};

static bool field_is(const struct ptx_value *map, const char *key, struct ptx_str got)
{
	return ptxi_str_eq(ptx_value_str(ptx_value_get(map, key)), got);
}

static void note(struct corpus *c, struct totals *t, const char *what, struct ptx_str want,
		 struct ptx_str got)
{
	if (!want.p || ptxi_str_eq(want, got))
		return;
	t->messages++;
	if (corpus_verbose(2))
		printf("note %s: %s\n  Go   %.*s\n  here %.*s\n", c->name, what, PTX_STR_ARG(want),
		       PTX_STR_ARG(got));
}

static struct ptx_str message(const struct ptx_error *err)
{
	return ptxi_str(err ? ptx_error_message(err) : "");
}

static bool number_is(const struct ptx_value *map, const char *key, uint64_t got)
{
	/* the runner's numbers are doubles; large ones are compared as those */
	return ptx_value_as_float(ptx_value_get(map, key), -1) == (double)got;
}

static bool same_version(const struct ptx_value *want, const struct ptxi_semver *v)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptxi_semver_print(v, &text);
	return number_is(want, "major", v->major) && number_is(want, "minor", v->minor) &&
	       number_is(want, "patch", v->patch) && field_is(want, "pre", v->pre) &&
	       field_is(want, "meta", v->meta) && field_is(want, "original", v->original) &&
	       field_is(want, "string", ptx_buf_str(&text));
}

static bool parse(struct corpus *c, const struct ptx_value *row, struct totals *t)
{
	const struct ptx_value *ok = ptx_value_get(row, "ok");
	struct ptx_str text = ptx_value_str(ptx_value_get(row, "v"));
	struct ptxi_semver v;
	ptx_auto(error) err = NULL;
	ptx_auto(error) strict_err = NULL;
	ptx_auto_buf printed = { 0 };
	bool lenient = ptxi_semver_parse(text, false, &v, &err) == 0;

	if (lenient != (ok != NULL) || (ok && !same_version(ok, &v)))
		return false;
	note(c, t, "error", ptx_value_str(ptx_value_get(row, "error")), message(err));
	if (ptxi_semver_parse(text, true, &v, &strict_err) < 0) {
		note(c, t, "strict error", ptx_value_str(ptx_value_get(row, "strict_error")),
		     message(strict_err));
		return ptx_value_has(row, "strict_error");
	}
	ptx_buf_init(&printed, 0);
	ptxi_semver_print(&v, &printed);
	return field_is(row, "strict", ptx_buf_str(&printed));
}

static bool constraint(struct corpus *c, const struct ptx_value *row, struct totals *t)
{
	ptx_auto(error) err = NULL;
	ptxi_auto(constraint) got =
	    ptxi_constraint_parse(ptx_value_str(ptx_value_get(row, "c")), &err);
	ptx_auto_buf text = { 0 };

	if (!got) {
		note(c, t, "error", ptx_value_str(ptx_value_get(row, "error")), message(err));
		return ptx_value_has(row, "error");
	}
	ptx_buf_init(&text, 0);
	ptxi_constraint_print(got, &text);
	return !ptx_value_has(row, "error") && field_is(row, "string", ptx_buf_str(&text));
}

static bool check(struct corpus *c, const struct ptx_value *row, struct totals *t)
{
	struct ptx_str want_error = ptx_value_str(ptx_value_get(row, "error"));
	const struct ptx_value *reasons = ptx_value_get(row, "reasons");
	bool want = ptx_value_as_bool(ptx_value_get(row, "result"), false);
	ptxi_auto(constraint) got =
	    ptxi_constraint_parse(ptx_value_str(ptx_value_get(row, "c")), NULL);
	struct ptxi_semver v;
	ptx_auto_buf why = { 0 };
	ptx_auto_buf all = { 0 };
	bool validated = false;

	if (!got)
		return ptxi_str_starts(want_error, "constraint: ");
	if (ptxi_semver_parse(ptx_value_str(ptx_value_get(row, "v")), false, &v, NULL) < 0)
		return ptxi_str_starts(want_error, "version: ");
	if (want_error.p || ptxi_constraint_check(got, &v, false) != want)
		return false;
	if (ptxi_constraint_check(got, &v, true) !=
	    ptx_value_as_bool(ptx_value_get(row, "with_prereleases"), want))
		return false;
	ptx_buf_init(&why, 0);
	ptx_buf_init(&all, 0);
	validated = ptxi_constraint_explain(got, &v, false, &why);
	for (size_t i = 0; i < ptx_value_count(reasons); i++) {
		if (i)
			ptx_buf_addc(&all, '\n');
		ptx_buf_addstr(&all, ptx_value_str(ptx_value_at(reasons, i)));
	}
	note(c, t, "reasons", ptx_buf_str(&all), ptx_buf_str(&why));
	return validated == ptx_value_as_bool(ptx_value_get(row, "validate"), want);
}

static bool compare(const struct ptx_value *row)
{
	struct ptxi_semver a;
	struct ptxi_semver b;
	int got = 0;

	if (ptxi_semver_parse(ptx_value_str(ptx_value_get(row, "a")), false, &a, NULL) < 0 ||
	    ptxi_semver_parse(ptx_value_str(ptx_value_get(row, "b")), false, &b, NULL) < 0)
		return false;
	got = ptxi_semver_compare(&a, &b);
	return (double)got == ptx_value_as_float(ptx_value_get(row, "cmp"), -2) &&
	       (got == 0) == ptx_value_as_bool(ptx_value_get(row, "equal"), false) &&
	       ptxi_semver_compare(&b, &a) == -got;
}

static bool inc(const struct ptx_value *row)
{
	static const struct {
		const char *key;
		enum ptxi_semver_part part;
	} parts[] = { { "patch", PTXI_SEMVER_PATCH },
		      { "minor", PTXI_SEMVER_MINOR },
		      { "major", PTXI_SEMVER_MAJOR } };
	struct ptxi_semver v;

	if (ptxi_semver_parse(ptx_value_str(ptx_value_get(row, "v")), false, &v, NULL) < 0)
		return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct ptx_value *want = ptx_value_get(row, parts[i].key);
		struct ptxi_semver next;
		ptx_auto_buf text = { 0 };

		ptx_buf_init(&text, 0);
		if (!ptxi_semver_next(&v, parts[i].part, &next)) {
			if (ptx_value_kind(want) != PTX_NULL)
				return false;
			continue;
		}
		if (ptxi_str_starts(v.original, "v"))
			ptx_buf_addc(&text, 'v');
		ptxi_semver_print(&next, &text);
		if (!ptxi_str_eq(ptx_value_str(want), ptx_buf_str(&text)))
			return false;
	}
	return true;
}

static int by_precedence(const void *x, const void *y, void *user)
{
	const struct ptxi_semver *a = x;
	const struct ptxi_semver *b = y;

	(void)user;
	return ptxi_semver_compare(a, b);
}

static bool sort(struct ptx_arena *a, const struct ptx_value *row)
{
	const struct ptx_value *in = ptx_value_get(row, "in");
	const struct ptx_value *out = ptx_value_get(row, "out");
	size_t n = ptx_value_count(in);
	struct ptxi_semver *v = ptxi_arena_array(a, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		if (ptxi_semver_parse(ptx_value_str(ptx_value_at(in, i)), false, &v[i], NULL) < 0)
			return false;
	if (!ptxi_sort(v, n, sizeof(*v), by_precedence, NULL))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!ptxi_str_eq(v[i].original, ptx_value_str(ptx_value_at(out, i))))
			return false;
	return true;
}

static void row(struct corpus *c, struct ptx_arena *a, const struct ptx_value *v, void *user)
{
	const char *op = ptx_value_as_string(ptx_value_get(v, "op"), "");
	ptx_auto_buf id = { 0 };
	bool ok = false;

	if (strcmp(op, "parse") == 0)
		ok = parse(c, v, user);
	else if (strcmp(op, "constraint") == 0)
		ok = constraint(c, v, user);
	else if (strcmp(op, "check") == 0)
		ok = check(c, v, user);
	else if (strcmp(op, "compare") == 0)
		ok = compare(v);
	else if (strcmp(op, "inc") == 0)
		ok = inc(v);
	else if (strcmp(op, "sort") == 0)
		ok = sort(a, v);
	if (ok) {
		corpus_pass(c);
		return;
	}
	ptx_buf_init(&id, 0);
	ptx_buf_printf(&id, "%s c='%s' v='%s'", op, ptx_value_as_string(ptx_value_get(v, "c"), ""),
		       ptx_value_as_string(ptx_value_get(v, "v"), ""));
	corpus_fail(c, id.p, "it differs", ptxi_str(""), ptxi_str(""));
}

int main(void)
{
	struct corpus c = { .name = "semver" };
	struct totals totals = { 0 };

	if (!corpus_each(&c, "cases.jsonl", row, &totals)) {
		printf("semver: no corpus in %s: skipped\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	if (totals.messages)
		printf("note: %u texts differ from the package's\n", totals.messages);
	return corpus_close(&c);
}
