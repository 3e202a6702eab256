/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_config.c - a package made of the input: config.json, the template and the answers, each
 * ended by a NUL. It is linted and rendered; a conf comes out exactly when there is no error. */
#include <stdlib.h>

#include <pitrix/codec.h>

#include "base/ctx.h"
#include "fuzz.h"
#include "package/archive.h"
#include "package/package.h"

static struct ptx_str part(struct ptx_str *rest)
{
	struct ptx_str s = { NULL, 0 };

	if (!ptxi_str_next(rest, '\0', &s))
		s = PTXI_STR("");
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ptx_ctx *ctx;
	struct ptx_str rest = ptxi_strn((const char *)data, size);
	const struct ptxi_archive_item items[] = {
		{ "config.json", part(&rest), false },
		{ size % 2 ? "cluster.json.tmpl" : "cluster.json.mustache", part(&rest), false },
	};
	struct ptx_str answers_text = part(&rest);
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(error) err = NULL;
	ptx_auto(package) p = NULL;
	struct ptx_rendered out = { 0 };
	ptx_auto_buf b = { 0 };
	int rc = 0;

	if (!ctx)
		ctx = ptx_ctx_new();
	ptx_buf_init(&b, 0);
	p = ptxi_package_load_items(ctx, "x", items, PTXI_COUNT(items), NULL, &err);
	if (!p) {
		if (!err)
			abort();
		return 0;
	}
	if (ptx_package_lint(p, diags, NULL) < 0 || !ptx_package_questions(p, a, "zh-cn", NULL))
		return 0;
	rc =
	    ptx_package_render(p, a, ptx_json_parse(a, answers_text, NULL, NULL), NULL, &out, &err);
	if ((rc < 0) != (err != NULL) || (rc == 0 && !out.conf) || (rc < 0 && out.conf))
		abort();
	if (out.conf)
		ptx_json_format(out.conf, NULL, &b);
	return 0;
}
