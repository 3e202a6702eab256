/* SPDX-License-Identifier: Apache-2.0 */
/* things.c - names of what exists, for completions. */
#include <unistd.h>

#include <pitrix/cluster.h>
#include <pitrix/job.h>
#include <pitrix/runtime.h>

#include "things.h"

/* The state, but only where there is one: completing a word makes no folder. */
static struct ptx_store *existing_store(struct cli *cli)
{
	struct ptx_ctx *ctx = cli_ctx(cli, NULL);
	const char *home = ctx ? ptx_ctx_home(ctx) : NULL;

	return home && access(home, R_OK | X_OK) == 0 ? cli_store(cli, NULL) : NULL;
}

void things_each(struct cli *cli, enum opt_complete kind, things_fn fn, void *user)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_store *st = kind == COMPLETE_RUNTIME ? NULL : existing_store(cli);
	struct ptx_ctx *ctx = cli_ctx(cli, NULL);
	const char *name_key = kind == COMPLETE_JOB ? "id" : "name";
	const char *what_key = kind == COMPLETE_JOB       ? "operation"
			       : kind == COMPLETE_CLUSTER ? "status"
							  : "provider";
	struct ptx_value *list = NULL;

	if (kind == COMPLETE_RUNTIME && ctx && a)
		list = ptx_runtime_list(ctx, a, NULL);
	else if (kind == COMPLETE_CLUSTER && st && a)
		list = ptx_cluster_list(st, a, false, NULL);
	else if (kind == COMPLETE_JOB && st && a)
		list = ptx_job_list(st, a, NULL, NULL);
	for (size_t i = 0; i < ptx_value_count(list); i++) {
		const struct ptx_value *item = ptx_value_at(list, i);
		const char *name = ptx_value_as_string(ptx_value_get(item, name_key), NULL);

		if (name)
			fn(name, ptx_value_as_string(ptx_value_get(item, what_key), NULL), user);
	}
	ptx_arena_free(a);
}
