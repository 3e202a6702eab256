/* SPDX-License-Identifier: Apache-2.0 */
/* saved.c - plans that come back from a file, where anybody may have changed them.
 *
 * JSON or YAML, as `-o json` and `-o yaml` print them. What is read is checked against what would
 * be printed of it: so an order that does not matter may change on the way, and nothing else.
 */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "plan.h"

#include "../base/fs.h"

#include <pitrix/codec.h>

#define MOST_BYTES (64u << 20)

struct ptx_plan *ptx_plan_load(const struct ptx_value *doc, struct ptx_error **err)
{
	ptx_auto(plan) p = ptxi_plan_load(doc, err);
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptx_value *again = p ? ptx_plan_view(p, a) : NULL;

	if (!p || ptxi_arena_check(a, err) < 0)
		return NULL;
	/* Whatever a person added, took away or changed is not what the fingerprint was taken of.
	 */
	if (!ptx_value_equal(again, doc)) {
		ptx_fail(err, PTX_E_INVALID,
			 "the plan was changed after it was made: its fingerprint does not fit");
		return NULL;
	}
	return ptx_steal(&p);
}

static struct ptx_plan *parse(struct ptx_arena *a, const char *path, struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	ptx_auto_buf b = { 0 };
	const struct ptx_value *doc = NULL;

	ptx_buf_init(&b, 0);
	if (ptxi_fs_read(path, MOST_BYTES, &b, err) < 0)
		return NULL;
	o.file = strcmp(path, "-") == 0 ? "standard input" : path;
	if (ptxi_str_trim(ptx_buf_str(&b)).n && ptxi_str_trim(ptx_buf_str(&b)).p[0] == '{')
		doc = ptx_json_parse(a, ptx_buf_str(&b), &o, err);
	else
		doc = ptx_yaml_parse(a, ptx_buf_str(&b), &o, err);
	return doc ? ptx_plan_load(doc, err) : NULL;
}

struct ptx_plan *ptx_plan_read(const char *path, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_plan *p = parse(a, path, err);

	if (!p)
		ptx_wrap(err, "while reading the plan in '%s'", path);
	return p;
}
