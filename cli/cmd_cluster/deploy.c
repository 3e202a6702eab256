/* SPDX-License-Identifier: Apache-2.0 */
/* deploy.c - `pitrix cluster deploy` and `plan`: a package and answers become a running
 * application. */
#include <string.h>

#include "cluster.h"

const struct opt_choice plan_formats[] = { { "tree", PLAN_TREE, "steps in their order" },
					   { "json", PLAN_JSON, "for programs" },
					   { "yaml", PLAN_YAML, "for both" },
					   { "dot", PLAN_DOT, "the graph, for Graphviz" },
					   { NULL, 0, NULL } };

int cluster_plan_format(int output)
{
	return output == PRINT_JSON ? PLAN_JSON : output == PRINT_YAML ? PLAN_YAML : PLAN_TREE;
}

int cluster_print_plan(struct cli *cli, const struct ptx_plan *p, int format,
		       struct ptx_error **err)
{
	struct ptx_arena *a = NULL;
	struct ptx_buf out;
	int rc = 0;

	if (format == PLAN_JSON || format == PLAN_YAML) {
		a = ptx_arena_new(0);
		rc = print_value(cli, format == PLAN_JSON ? PRINT_JSON : PRINT_YAML,
				 ptx_plan_view(p, a), NULL, err);
		ptx_arena_free(a);
		return rc;
	}
	ptx_buf_init(&out, 0);
	if (format == PLAN_DOT)
		ptx_plan_dot(p, &out);
	else
		ptx_plan_tree(p, &out);
	rc = cli_write(&out, err);
	ptx_buf_done(&out);
	if (rc == 0 && format == PLAN_TREE)
		cli_say(cli, "%zu tasks; nothing was done.", ptx_plan_count(p));
	return rc;
}

/* What both commands are given. */
struct what {
	const char *name;
	const char *package;
	const char *runtime;
	const char *vpc;
	struct answers_args answers;
	struct opt_list images;
	int64_t lock_timeout_ms;
	const char *from_plan;
};

/* All that a call of the library needs, and what has to be freed after it. */
struct deployment {
	struct ptx_store *st;
	struct ptx_arena *arena;
	struct ptx_diags *diags;
	struct ptx_package *package;
	struct ptx_plan *plan; /* that was saved */
	struct ptx_deploy_opts opts;
};

static void done(struct deployment *d)
{
	ptx_plan_free(d->plan);
	ptx_package_free(d->package);
	ptx_diags_free(d->diags);
	ptx_arena_free(d->arena);
}

/* "name=source" of each --image. */
static struct ptx_value *read_images(const struct opt_list *list, struct ptx_arena *a,
				     struct ptx_error **err)
{
	struct ptx_value *map = ptx_value_map(a);

	for (size_t i = 0; i < list->n; i++) {
		const char *equals = strchr(list->items[i], '=');

		if (!equals || equals == list->items[i] || !equals[1]) {
			cli_usage(err, "'%s' is no value for '--image': NAME=SOURCE is expected",
				  list->items[i]);
			return NULL;
		}
		ptx_value_setn(
		    map, (struct ptx_str){ list->items[i], (size_t)(equals - list->items[i]) },
		    ptx_value_string(a, equals + 1));
	}
	return map;
}

/* The package: the one that was named, or that of the plan. */
static const char *find_package(const struct what *w, struct deployment *d, struct ptx_error **err)
{
	const char *package = w->package;

	if (w->from_plan) {
		d->plan = ptx_plan_read(w->from_plan, err);
		if (!d->plan)
			return NULL;
		package = package ? package : ptx_plan_source(d->plan);
	}
	if (!package)
		cli_usage(err, d->plan ? "'%s' is no plan of a deployment" : "PACKAGE is missing",
			  w->from_plan);
	return package;
}

static int begin(struct cli *cli, const struct what *w, struct deployment *d,
		 struct ptx_error **err)
{
	const char *package = find_package(w, d, err);
	struct ptx_package_opts load = PTX_PACKAGE_OPTS_INIT;
	struct ptx_deploy_opts opts = PTX_DEPLOY_OPTS_INIT;
	struct ptx_value *answers = NULL;
	struct ptx_value *images = NULL;

	if (!package)
		return ptx_error_code(*err);
	d->arena = ptx_arena_new(0);
	d->diags = ptx_diags_new();
	if (!d->arena || !d->diags) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return PTX_E_NOMEM;
	}
	answers = answers_read(&w->answers, d->arena, err);
	images = answers ? read_images(&w->images, d->arena, err) : NULL;
	d->st = images ? cli_store(cli, err) : NULL;
	if (!d->st)
		return ptx_error_code(*err);
	load.diags = d->diags;
	d->package = ptx_package_load(cli_ctx(cli, err), package, &load, err);
	opts.name = w->name;
	opts.runtime = w->runtime;
	opts.answers = answers;
	opts.images = images;
	opts.vpc = w->vpc;
	opts.lock_timeout_ms = w->lock_timeout_ms;
	opts.diags = d->diags;
	opts.plan = d->plan;
	d->opts = opts;
	return d->package ? 0 : ptx_error_code(*err);
}

static int plan(struct cli *cli, const struct what *w, int format, struct ptx_error **err)
{
	struct deployment d = { 0 };
	struct ptx_plan *p = NULL;
	int rc = begin(cli, w, &d, err);

	if (rc == 0) {
		p = ptx_cluster_plan_deploy(d.st, d.package, &d.opts, err);
		rc = p ? 0 : ptx_error_code(*err);
	}
	if (d.diags)
		rc = problems_settle(cli, d.diags, rc, err);
	if (rc == 0)
		rc = cluster_print_plan(cli, p, format, err);
	ptx_plan_free(p);
	done(&d);
	return rc;
}

char *cluster_of_job(struct cli *cli, const char *job, struct ptx_error **err)
{
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *v = st ? ptx_job_show(st, a, job, err) : NULL;
	struct ptx_buf id;

	ptx_buf_init(&id, 4096);
	ptx_buf_adds(&id, ptx_value_as_string(ptx_value_get(v, "cluster"), ""));
	ptx_arena_free(a);
	if (v)
		return ptx_buf_steal(&id, NULL);
	ptx_buf_done(&id);
	return NULL;
}

struct deploy_args {
	struct what what;
	struct run_args run;
	int output;
	bool plan;
	bool detach;
};

/* Runs the job and shows what it made. */
static int run_and_show(struct cli *cli, const struct deploy_args *args, const char *job,
			struct ptx_error **err)
{
	char *cluster = NULL;
	int rc = 0;

	if (args->detach) {
		rc = run_detached(cli, job, &args->run, err);
		if (rc == 0) {
			printf("%s\n", job);
			cli_say(cli, "Watch it with: pitrix job follow %s", job);
		}
		return rc;
	}
	rc = run_job(cli, job, &args->run, err);
	if (rc < 0)
		return rc;
	cluster = cluster_of_job(cli, job, err);
	rc = cluster ? cluster_print(cli, cluster, args->output, err) : ptx_error_code(*err);
	ptx_free(cluster);
	return rc;
}

static int deploy_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct deploy_args *args = v;
	struct what what = args->what;
	struct deployment d = { 0 };
	char *job = NULL;
	int rc = 0;

	what.lock_timeout_ms = args->run.lock_timeout_ms;
	/* One word is the package. */
	if (!what.package) {
		what.package = what.name;
		what.name = NULL;
	}
	if (what.from_plan &&
	    (what.name || what.runtime || what.vpc || what.images.n || args->plan))
		return cli_usage(err, "'--from-plan' holds name, runtime, network and images; only "
				      "secrets and a package can be given");
	if (args->plan)
		return plan(cli, &what, cluster_plan_format(args->output), err);
	rc = begin(cli, &what, &d, err);
	if (rc == 0) {
		job = ptx_cluster_deploy(d.st, d.package, &d.opts, err);
		rc = job ? 0 : ptx_error_code(*err);
	}
	if (d.diags)
		rc = problems_settle(cli, d.diags, rc, err);
	done(&d);
	if (rc == 0)
		rc = run_and_show(cli, args, job, err);
	ptx_free(job);
	return rc;
}

/* clang-format off */
#define OPT_WHAT(s, m) \
	OPT_STR('r', "runtime", s, m.runtime, "RUNTIME", "where to run it [local]", .complete = COMPLETE_RUNTIME, \
		.env = "PITRIX_RUNTIME"), \
	OPT_ANSWERS(s, m.answers), \
	OPT_LIST(0, "image", s, m.images, "NAME=SOURCE", "where an image comes from: one of the engine, an archive or a script", \
		 .complete = COMPLETE_TEXT), \
	OPT_STR(0, "vpc", s, m.vpc, "NAME", "the network that it shares with other clusters [default]", \
		.complete = COMPLETE_TEXT)
/* clang-format on */

static const struct opt deploy_opts[] = { OPT_WHAT(struct deploy_args, what),
					  OPT_RUN(struct deploy_args, run),
					  OPT_BOOL(0, "plan", struct deploy_args, plan,
						   "show what would be done, and do nothing"),
					  OPT_FROM_PLAN(struct deploy_args, what.from_plan),
					  OPT_BOOL(0, "detach", struct deploy_args, detach,
						   "leave it to the background and print the job"),
					  OPT_OUTPUT(struct deploy_args, output),
					  OPT_END };

static const struct opt_arg deploy_args[] = {
	ARG("NAME", struct deploy_args, what.name,
	    "name of the cluster [the package's answer to its name]", .optional = true,
	    .complete = COMPLETE_TEXT),
	ARG("PACKAGE", struct deploy_args, what.package,
	    "a folder or archive [that of --from-plan]", .optional = true,
	    .complete = COMPLETE_PACKAGE),
	ARG_END
};

static const struct cmd_example deploy_examples[] = {
	{ "pitrix cluster deploy zk examples/zookeeper",
	  "Deploy a package on this machine, as a cluster named zk" },
	{ "pitrix cluster deploy zk examples/zookeeper --set cluster.zk_node.count=5",
	  "Give an answer" },
	{ "pitrix cluster deploy zk zookeeper-1.0.0.tgz -f answers.yaml --runtime test",
	  "With a file of answers, elsewhere" },
	{ "pitrix cluster deploy zk examples/zookeeper --plan", "Show what would be done" },
	{ "pitrix cluster deploy zk examples/zookeeper --plan -o json >zk.plan",
	  "Save what would be done" },
	{ "pitrix cluster deploy --from-plan zk.plan",
	  "Do exactly that, or nothing where it does not fit any more" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_deploy = {
	.path = "cluster deploy",
	.alias = "cluster create",
	.group = GROUP_CLUSTER,
	.summary = "Deploy a package",
	.about = "Checks the answers, records what will be done, and does it: machines, their "
		 "configuration, the application's "
		 "own commands. Shows the cluster at the end.\n\n"
		 "The same command again goes on with a deployment that was interrupted, and so "
		 "does 'pitrix job resume'.\n\n"
		 "A plan that was saved holds the answers, but no secrets: these are given again "
		 "with -f or --set. Where the package, "
		 "the network or what is recorded have changed since, it is refused and nothing is "
		 "done.",
	.opts = deploy_opts,
	.args = deploy_args,
	.examples = deploy_examples,
	.args_size = sizeof(struct deploy_args),
	.run = deploy_run,
};

struct plan_args {
	struct what what;
	int output;
};

static int plan_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct plan_args *args = v;

	return plan(cli, &args->what, args->output, err);
}

static const struct opt plan_opts[] = { OPT_WHAT(struct plan_args, what),
					OPT_ENUM('o', "output", struct plan_args, output, "FORMAT",
						 plan_formats, "how to print the plan"),
					OPT_END };

static const struct opt_arg plan_args[] = {
	ARG("NAME", struct plan_args, what.name,
	    "name of the cluster [the package's answer to its name]", .optional = true,
	    .complete = COMPLETE_TEXT),
	ARG("PACKAGE", struct plan_args, what.package, "a folder or archive",
	    .complete = COMPLETE_PACKAGE),
	ARG_END
};

static const struct cmd_example plan_examples[] = {
	{ "pitrix cluster plan zk examples/zookeeper", "Show what a deployment would do" },
	{ "pitrix cluster plan zk examples/zookeeper -o dot", "The same as a graph" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_plan = {
	.path = "cluster plan",
	.group = GROUP_CLUSTER,
	.summary = "Show what a deployment would do",
	.about = "Nothing is changed. The other verbs show their plan with --plan.",
	.opts = plan_opts,
	.args = plan_args,
	.examples = plan_examples,
	.args_size = sizeof(struct plan_args),
	.run = plan_run,
};
