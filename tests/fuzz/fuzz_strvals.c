/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_strvals.c - no expression may do more than change or refuse. The first byte chooses the
 * grammar. */
#include <stdlib.h>

#include "fuzz.h"
#include "text/gostrvals.h"
#include "value/codec.h"
#include "value/strvals.h"

static struct ptx_value *file(struct ptx_arena *a, struct ptx_str name, void *user,
			      struct ptx_error **err)
{
	(void)user;
	if (name.n % 5 == 0) {
		ptx_error_set(err, PTX_E_NOT_FOUND, "no file '%.*s'", PTX_STR_ARG(name));
		return NULL;
	}
	return ptx_value_strn(a, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ptx_auto(arena) a = ptx_arena_new(64u << 20);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_value_map(a);
	struct ptxi_strvals_problem why;
	struct ptxi_strvals how = { .option = "--set", .file = file, .why = &why };
	int rc = 0;

	if (!size)
		return 0;
	ptx_value_set(v, "a", ptx_value_list(a));
	ptx_value_set(v, "m", ptx_value_map(a));
	how.kind = (enum ptxi_strvals_kind)(data[0] % 5);
	rc = ptxi_strvals_apply(a, v, ptxi_strn((const char *)data + 1, size - 1), &how, &err);
	if (rc < 0 && !err)
		abort();
	ptx_buf_init(&out, 0);
	if (rc < 0)
		ptxi_go_strvals_problem(&why, a, &out);
	ptx_buf_clear(&out);
	ptx_json_format(v, NULL, &out);
	if (!ptx_buf_ok(&out))
		abort();
	return 0;
}
