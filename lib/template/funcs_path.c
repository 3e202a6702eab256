/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_path.c - Sprig's functions on paths with slashes; those for the system's paths do the same
 * here. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../base/path.h"

PTXI_FN(base)
{
	struct ptx_str s = args[0]->s;

	if (s.n == 0)
		return ptxi_result_str(x, PTXI_STR("."));
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	if (ptxi_str_rfind_char(s, '/') != SIZE_MAX)
		s = ptxi_str_from(s, ptxi_str_rfind_char(s, '/') + 1);
	return ptxi_result_str(x, s.n ? s : PTXI_STR("/"));
}

static struct ptx_value *cleaned(struct ptxi_exec *x, struct ptx_str s, struct ptx_error **err)
{
	ptx_auto_str text = ptxi_str_dup(s);
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	if (text && strlen(text) == s.n) {
		ptx_auto_str clean = ptxi_path_clean(text);

		if (clean)
			ptx_buf_adds(&b, clean);
		else
			b.status = PTX_E_NOMEM;
	} else if (text) {
		ptx_buf_done(&b);
		return ptxi_func_fail(err, "the path holds a NUL byte");
	} else {
		b.status = PTX_E_NOMEM;
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(clean)
{
	return cleaned(x, args[0]->s, err);
}

PTXI_FN(dir)
{
	size_t slash = ptxi_str_rfind_char(args[0]->s, '/');

	return cleaned(x, ptxi_strn(args[0]->s.p, slash == SIZE_MAX ? 0 : slash + 1), err);
}

PTXI_FN(ext)
{
	struct ptx_str s = args[0]->s;

	for (size_t i = s.n; i > 0 && s.p[i - 1] != '/'; i--)
		if (s.p[i - 1] == '.')
			return ptxi_result_str(x, ptxi_str_from(s, i - 1));
	return ptxi_result_str(x, PTXI_STR(""));
}

PTXI_FN(is_abs)
{
	return ptxi_result_bool(x, ptxi_str_starts(args[0]->s, "/"));
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "base",    "s", fn_base },
	{ "clean",   "s", fn_clean },
	{ "dir",     "s", fn_dir },
	{ "ext",     "s", fn_ext },
	{ "isAbs",   "s", fn_is_abs },
	{ "osBase",  "s", fn_base },
	{ "osClean", "s", fn_clean },
	{ "osDir",   "s", fn_dir },
	{ "osExt",   "s", fn_ext },
	{ "osIsAbs", "s", fn_is_abs },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_path = { "path", rows, PTXI_COUNT(rows) };
