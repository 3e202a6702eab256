/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_dependency.c - what a chart depends on: listed, updated, built from its lock. */
#include <string.h>

#include <pitrix/chart.h>
#include <pitrix/repo.h>

#include "commands.h"
#include "dependency.h"
#include "print.h"
#include "source.h"

const struct cmd_noun noun_dependency = {
	.name = "dependency",
	.group = GROUP_PACKAGE,
	.summary = "List and fetch what a chart depends on",
	.about =
	    "A chart names what it depends on in Chart.yaml; archives of it lie in charts/, and "
	    "Chart.lock says which versions "
	    "were chosen. The repositories that Helm is configured with are known by their names.",
};

struct dependency_args {
	const char *chart;
	const char *repositories;
	const char *index_cache;
	bool skip_refresh;
	bool dry_run;
	int output;
};

static const char *text_of(const struct ptx_value *map, const char *key)
{
	return ptx_value_as_string(ptx_value_get(map, key), "");
}

static void on_event(const struct ptx_dependency_event *e, void *user)
{
	struct cli *cli = user;
	const char *why = e->error ? ptx_error_message(e->error) : "";

	switch (e->kind) {
	case PTX_DEPENDENCY_LOOKING:
		cli_say(cli, "Fetching %zu %s", e->count, e->count == 1 ? "index" : "indexes");
		break;
	case PTX_DEPENDENCY_UNREACHABLE:
		cli_warn(cli,
			 "the index of %s could not be fetched, an older one is used if there is "
			 "any: %s",
			 e->repository, why);
		break;
	case PTX_DEPENDENCY_DOWNLOADING:
		cli_say(cli, "Fetching %s %s from %s", e->name, e->version, e->repository);
		break;
	case PTX_DEPENDENCY_CACHED:
		cli_say(cli, "Taking %s %s from the cache", e->name, e->version);
		break;
	case PTX_DEPENDENCY_ARCHIVING:
		cli_say(cli, "Packing %s from %s", e->name, e->repository);
		break;
	case PTX_DEPENDENCY_REMOVED:
		cli_say(cli, "Removed %s", e->path);
		break;
	case PTX_DEPENDENCY_KEPT:
		cli_warn(cli, "'%s' is no chart, and stays: %s", e->path, why);
		break;
	default:
		break;
	}
}

static void on_said(const char *where, const char *message, void *user)
{
	(void)where;
	cli_warn(user, "%s", message);
}

static struct ptx_dependency_opts options(struct cli *cli, const struct dependency_args *args)
{
	struct ptx_dependency_opts opts = PTX_DEPENDENCY_OPTS_INIT;

	opts.repositories = args->repositories;
	opts.index_cache = args->index_cache;
	opts.skip_refresh = args->skip_refresh;
	opts.dry_run = args->dry_run;
	opts.event = on_event;
	opts.say = on_said;
	opts.user = cli;
	return opts;
}

static const char *chart_of(const struct dependency_args *args)
{
	return args->chart ? args->chart : ".";
}

/* People see the list, programs everything. */
static int print(struct cli *cli, int format, const struct ptx_value *map,
		 const struct print_spec *spec, struct ptx_error **err)
{
	bool list = format == PRINT_TABLE || format == PRINT_NAME;

	return print_value(cli, format, list ? ptx_value_get(map, "dependencies") : map, spec, err);
}

/* -- list -- */

static int list_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_column columns[] = {
		{ "NAME", "name", CELL_TEXT },      { "VERSION", "version", CELL_TEXT },
		{ "LOCKED", "locked", CELL_TEXT },  { "FOUND", "found", CELL_TEXT },
		{ "STATUS", "status", CELL_STATE }, { "REPOSITORY", "repository", CELL_TEXT },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct print_spec spec = { .columns = columns,
						.name = "name",
						.empty = "The chart depends on nothing." };
	const struct dependency_args *args = v;
	struct ptx_dependency_opts opts = options(cli, args);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *map = NULL;
	const struct ptx_value *extra = NULL;
	int rc = 0;

	map = ptx_dependency_list(a, chart_of(args), &opts, err);
	if (map && ptx_value_kind(ptx_value_get(map, "dependencies")) == PTX_NULL)
		ptx_value_set(map, "dependencies", ptx_value_list(a));
	rc = map ? print(cli, args->output, map, &spec, err) : ptx_error_code(*err);
	extra = ptx_value_get(map, "extra");
	for (size_t i = 0; i < ptx_value_count(extra); i++) {
		const struct ptx_value *one = ptx_value_at(extra, i);

		cli_warn(cli,
			 ptx_value_as_bool(ptx_value_get(one, "chart"), false)
			     ? "'%s' is in no list of dependencies"
			     : "'%s' is no chart",
			 text_of(one, "path"));
	}
	if (map && strcmp(text_of(map, "lock"), "stale") == 0)
		cli_warn(cli, "the dependencies were changed since the lock was written");
	ptx_arena_free(a);
	return rc;
}

/* -- update and build -- */

static int print_result(struct cli *cli, const struct dependency_args *args,
			const struct ptx_value *map, struct ptx_error **err)
{
	static const struct print_column columns[] = {
		{ "NAME", "name", CELL_TEXT },      { "VERSION", "version", CELL_TEXT },
		{ "ACTION", "action", CELL_STATE }, { "REPOSITORY", "repository", CELL_TEXT },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct print_spec spec = { .columns = columns,
						.name = "file",
						.empty = "The chart depends on nothing." };
	const struct ptx_value *removed = ptx_value_get(map, "removed");
	int rc = print(cli, args->output, map, &spec, err);

	for (size_t i = 0; args->dry_run && i < ptx_value_count(removed); i++)
		cli_say(cli, "charts/%s would be removed",
			ptx_value_as_string(ptx_value_at(removed, i), ""));
	if (strcmp(text_of(map, "lock"), "none") != 0)
		cli_say(cli, "The lock %s%s.",
			strncmp(text_of(map, "lock"), "would", 5) == 0 ? "" : "is ",
			text_of(map, "lock"));
	return rc;
}

typedef struct ptx_value *(*fetch_fn)(struct ptx_ctx *ctx, struct ptx_arena *a, const char *chart,
				      const struct ptx_dependency_opts *opts,
				      struct ptx_error **err);

static int fetch_run(struct cli *cli, fetch_fn fetch, const struct dependency_args *args,
		     bool quietly, struct ptx_error **err)
{
	struct ptx_dependency_opts opts = options(cli, args);
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *map = ctx ? fetch(ctx, a, chart_of(args), &opts, err) : NULL;
	int rc = map ? 0 : ptx_error_code(*err);

	if (rc == 0 && !quietly)
		rc = print_result(cli, args, map, err);
	ptx_arena_free(a);
	return rc;
}

static int update_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return fetch_run(cli, ptx_dependency_update, v, false, err);
}

static int build_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return fetch_run(cli, ptx_dependency_build, v, false, err);
}

bool dependency_missing(const struct ptx_chart *c)
{
	struct ptx_error *missing = NULL;
	int rc = ptx_chart_has_dependencies(c) ? ptx_chart_check_dependencies(c, &missing) : 0;

	ptx_error_free(missing);
	return rc < 0;
}

int dependency_update(struct cli *cli, const char *chart, struct ptx_error **err)
{
	const struct dependency_args args = { .chart = chart };

	return fetch_run(cli, ptx_dependency_update, &args, true, err);
}

/* clang-format off */
#define OPT_FETCH \
	OPT_BOOL(0, "skip-refresh", struct dependency_args, skip_refresh, "use cached indexes as they are"), \
	OPT_BOOL(0, "dry-run", struct dependency_args, dry_run, "show what would be done, and change nothing")
/* clang-format on */

static const struct opt list_opts[] = { OPT_REPOSITORIES(struct dependency_args, repositories,
							 index_cache),
					OPT_OUTPUT(struct dependency_args, output), OPT_END };
static const struct opt fetch_opts[] = {
	OPT_FETCH, OPT_REPOSITORIES(struct dependency_args, repositories, index_cache),
	OPT_OUTPUT(struct dependency_args, output), OPT_END
};
static const struct opt_arg list_args[] = { ARG("CHART", struct dependency_args, chart,
						"a chart's folder or archive [.]", .optional = true,
						.complete = COMPLETE_PACKAGE),
					    ARG_END };
static const struct opt_arg fetch_args[] = { ARG("CHART", struct dependency_args, chart,
						 "a chart's folder [.]", .optional = true,
						 .complete = COMPLETE_DIR),
					     ARG_END };

static const struct cmd_example list_examples[] = {
	{ "pitrix dependency list charts/shop", "Compare Chart.yaml, Chart.lock and charts/" },
	{ NULL, NULL }
};
static const struct cmd_example update_examples[] = {
	{ "pitrix dependency update charts/shop",
	  "Choose versions, fill charts/, write Chart.lock" },
	{ "pitrix dependency update --dry-run charts/shop", "Show which versions would be chosen" },
	{ NULL, NULL }
};
static const struct cmd_example build_examples[] = { { "pitrix dependency build charts/shop",
						       "Fill charts/ with what Chart.lock says" },
						     { NULL, NULL } };

const struct cmd cmd_dependency_list = {
	.path = "dependency list",
	.group = GROUP_PACKAGE,
	.summary = "List what a chart depends on, and what it has of that",
	.about = "Shows each dependency of Chart.yaml with the version that Chart.lock has, the "
		 "one in charts/, and whether it fits. "
		 "What lies in charts/ and is no dependency is told, and a lock that Chart.yaml "
		 "has left behind.",
	.opts = list_opts,
	.args = list_args,
	.examples = list_examples,
	.args_size = sizeof(struct dependency_args),
	.run = list_run,
};

const struct cmd cmd_dependency_update = {
	.path = "dependency update",
	.group = GROUP_PACKAGE,
	.summary = "Choose versions, fetch them, and write the lock",
	.about = "Chooses for each dependency of Chart.yaml the highest version that fits, fetches "
		 "it into charts/ and writes "
		 "Chart.lock. Archives in charts/ that are no dependency any more go. charts/ "
		 "changes at one moment or not at all. "
		 "Archives must have the digest that the index tells; they are kept in a cache, by "
		 "digest.\n\n"
		 "A repository is an http://, https:// or file:// URL, or @NAME of Helm's "
		 "repositories.yaml; file:// may name a "
		 "chart's folder, which is packed. Without one the chart is in charts/ itself.",
	.opts = fetch_opts,
	.args = fetch_args,
	.examples = update_examples,
	.args_size = sizeof(struct dependency_args),
	.run = update_run,
};

const struct cmd cmd_dependency_build = {
	.path = "dependency build",
	.group = GROUP_PACKAGE,
	.summary = "Fetch the versions that the lock says",
	.about = "Fills charts/ with the versions that Chart.lock has, and refuses a lock that was "
		 "not written for this Chart.yaml. "
		 "Without a lock it does as `pitrix dependency update`.",
	.opts = fetch_opts,
	.args = fetch_args,
	.examples = build_examples,
	.args_size = sizeof(struct dependency_args),
	.run = build_run,
};
