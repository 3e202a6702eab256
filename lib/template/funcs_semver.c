/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_semver.c - Sprig's functions on semantic versions, and the methods of what `semver` gives.
 *
 * A *semver.Version is a struct with the text that it was parsed from; its methods parse that
 * again.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "methods.h"
#include "../text/semver.h"

static struct ptx_value *number(struct ptxi_exec *x, uint64_t u)
{
	struct ptx_value *v = ptx_value_uint(x->arena, u);

	if (v)
		v->go = PTXI_GO_UINT64;
	return v;
}

/* The fields in their order, which no template can name, as their names begin with small letters.
 */
static bool fill_version(struct ptxi_exec *x, struct ptx_value *to, const struct ptxi_semver *v,
			 struct ptx_str original)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptxi_semver_print(v, &text);
	to->go = PTXI_GO_SEMVER;
	ptxi_value_put(to, PTXI_STR(PTXI_GO_SHOWN), true, ptxi_result_str(x, ptx_buf_str(&text)));
	ptxi_value_put(to, PTXI_STR("major"), true, number(x, v->major));
	ptxi_value_put(to, PTXI_STR("minor"), true, number(x, v->minor));
	ptxi_value_put(to, PTXI_STR("patch"), true, number(x, v->patch));
	ptxi_value_put(to, PTXI_STR("pre"), true, ptxi_result_str(x, v->pre));
	ptxi_value_put(to, PTXI_STR("metadata"), true, ptxi_result_str(x, v->meta));
	ptxi_value_put(to, PTXI_STR("original"), true, ptxi_result_str(x, original));
	return ptx_buf_ok(&text);
}

static struct ptx_value *new_version(struct ptxi_exec *x, const struct ptxi_semver *v,
				     struct ptx_str original)
{
	struct ptx_value *to = ptx_value_map(x->arena);

	return to && fill_version(x, to, v, original) ? to : NULL;
}

void ptxi_semver_blank(struct ptxi_exec *x, struct ptx_value *version)
{
	fill_version(x, version, &(struct ptxi_semver){ 0 }, PTXI_STR(""));
}

PTXI_FN(semver)
{
	struct ptxi_semver v;

	if (ptxi_semver_parse(args[0]->s, false, &v, err) < 0)
		return NULL;
	return new_version(x, &v, v.original);
}

PTXI_FN(semver_compare)
{
	ptxi_auto(constraint) c = ptxi_constraint_parse(args[0]->s, err);
	struct ptxi_semver v;

	if (!c || ptxi_semver_parse(args[1]->s, false, &v, err) < 0)
		return NULL;
	return ptxi_result_bool(x, ptxi_constraint_check(c, &v, false));
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "semver",        "s",  fn_semver },
	{ "semverCompare", "ss", fn_semver_compare },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_semver = { "semver", rows, PTXI_COUNT(rows) };

/* --- methods */

static struct ptxi_semver version_of(const struct ptx_value *v)
{
	return (struct ptxi_semver){
		.major = ptxi_go_uint(ptx_value_get(v, "major")),
		.minor = ptxi_go_uint(ptx_value_get(v, "minor")),
		.patch = ptxi_go_uint(ptx_value_get(v, "patch")),
		.pre = ptx_value_str(ptx_value_get(v, "pre")),
		.meta = ptx_value_str(ptx_value_get(v, "metadata")),
		.original = ptx_value_str(ptx_value_get(v, "original")),
	};
}

PTXI_FN(major)
{
	return number(x, version_of(args[0]).major);
}

PTXI_FN(minor)
{
	return number(x, version_of(args[0]).minor);
}

PTXI_FN(patch)
{
	return number(x, version_of(args[0]).patch);
}

PTXI_FN(prerelease)
{
	return ptxi_result_str(x, version_of(args[0]).pre);
}

PTXI_FN(metadata)
{
	return ptxi_result_str(x, version_of(args[0]).meta);
}

PTXI_FN(original)
{
	return ptx_value_get(args[0], "original");
}

PTXI_FN(string)
{
	return ptx_value_get(args[0], PTXI_GO_SHOWN);
}

static int compare(struct ptx_value **args)
{
	struct ptxi_semver a = version_of(args[0]);
	struct ptxi_semver b = version_of(args[1]);

	return ptxi_semver_compare(&a, &b);
}

PTXI_FN(compare)
{
	return ptxi_result_int(x, compare(args));
}

PTXI_FN(equal)
{
	return ptxi_result_bool(x, compare(args) == 0);
}

PTXI_FN(less)
{
	return ptxi_result_bool(x, compare(args) < 0);
}

PTXI_FN(less_equal)
{
	return ptxi_result_bool(x, compare(args) <= 0);
}

PTXI_FN(greater)
{
	return ptxi_result_bool(x, compare(args) > 0);
}

PTXI_FN(greater_equal)
{
	return ptxi_result_bool(x, compare(args) >= 0);
}

/* The text that a changed version is the parse of: with the v that there was. */
static struct ptx_value *changed(struct ptxi_exec *x, const struct ptxi_semver *from,
				 const struct ptxi_semver *v)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (from->original.n && from->original.p[0] == 'v')
		ptx_buf_addc(&text, 'v');
	ptxi_semver_print(v, &text);
	return new_version(x, v, ptx_buf_str(&text));
}

static struct ptx_value *next(struct ptxi_exec *x, struct ptx_value **args,
			      enum ptxi_semver_part part, const char *name, struct ptx_error **err)
{
	struct ptxi_semver v = version_of(args[0]);
	struct ptxi_semver to;

	if (!ptxi_semver_next(&v, part, &to))
		return ptxi_func_fail(err, "%s version increment would overflow uint64", name);
	return changed(x, &v, &to);
}

PTXI_FN(inc_patch)
{
	return next(x, args, PTXI_SEMVER_PATCH, "patch", err);
}

PTXI_FN(inc_minor)
{
	return next(x, args, PTXI_SEMVER_MINOR, "minor", err);
}

PTXI_FN(inc_major)
{
	return next(x, args, PTXI_SEMVER_MAJOR, "major", err);
}

/* A version with another pre-release or other metadata; it must be one that can be written. */
static struct ptx_value *with_part(struct ptxi_exec *x, struct ptx_value **args, bool pre,
				   struct ptx_error **err)
{
	struct ptxi_semver v = version_of(args[0]);
	struct ptxi_semver to = v;
	struct ptxi_semver check;
	ptx_auto_buf text = { 0 };

	*(pre ? &to.pre : &to.meta) = args[1]->s;
	ptx_buf_init(&text, 0);
	ptx_buf_printf(&text, "0.0.0%s%.*s",
		       args[1]->s.n == 0 ? ""
		       : pre             ? "-"
					 : "+",
		       PTX_STR_ARG(args[1]->s));
	return ptxi_semver_parse(ptx_buf_str(&text), true, &check, err) < 0 ? NULL
									    : changed(x, &v, &to);
}

PTXI_FN(set_prerelease)
{
	return with_part(x, args, true, err);
}

PTXI_FN(set_metadata)
{
	return with_part(x, args, false, err);
}

/* clang-format off */
static const struct ptxi_func methods[] = {
	{ "Compare",          "vV", fn_compare },
	{ "Equal",            "vV", fn_equal },
	{ "GreaterThan",      "vV", fn_greater },
	{ "GreaterThanEqual", "vV", fn_greater_equal },
	{ "IncMajor",         "v",  fn_inc_major },
	{ "IncMinor",         "v",  fn_inc_minor },
	{ "IncPatch",         "v",  fn_inc_patch },
	{ "LessThan",         "vV", fn_less },
	{ "LessThanEqual",    "vV", fn_less_equal },
	{ "Major",            "v",  fn_major },
	{ "Metadata",         "v",  fn_metadata },
	{ "Minor",            "v",  fn_minor },
	{ "Original",         "v",  fn_original },
	{ "Patch",            "v",  fn_patch },
	{ "Prerelease",       "v",  fn_prerelease },
	{ "SetMetadata",      "vs", fn_set_metadata },
	{ "SetPrerelease",    "vs", fn_set_prerelease },
	{ "String",           "v",  fn_string },
};
/* clang-format on */

const struct ptxi_func_family ptxi_methods_semver = { "*semver.Version", methods,
						      PTXI_COUNT(methods) };
