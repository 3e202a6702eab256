/* SPDX-License-Identifier: Apache-2.0 */
/* things.c - names of what exists, for completions. */
#include <pitrix/runtime.h>

#include "things.h"

void things_each(struct cli *cli, enum opt_complete kind, things_fn fn, void *user)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_ctx *ctx = cli_ctx(cli, NULL);
	const char *name_key = "name";
	const char *what_key = "provider";
	struct ptx_value *list = NULL;

	if (kind == COMPLETE_RUNTIME && ctx && a)
		list = ptx_runtime_list(ctx, a, NULL);
	for (size_t i = 0; i < ptx_value_count(list); i++) {
		const struct ptx_value *item = ptx_value_at(list, i);
		const char *name = ptx_value_as_string(ptx_value_get(item, name_key), NULL);

		if (name)
			fn(name, ptx_value_as_string(ptx_value_get(item, what_key), NULL), user);
	}
	ptx_arena_free(a);
}
