/* SPDX-License-Identifier: Apache-2.0 */
/* helm.c - `pitrix helm ...`, and the program when a link named helm calls it: Helm's own command
 * line.
 *
 * What it prints, where it prints it and with which status it ends are Helm's, so that a pipeline
 * can swap it in. What is not built is refused by name; nothing that looks like success ever
 * happens in its place.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <pitrix/repo.h>

#include "../commands.h"
#include "helm.h"

#define MOST_WORDS 256

/* Every first word that Helm knows, and whether words follow. */
static const struct {
	const char *name;
	const char *alias;
	const char *verbs; /* "a b c", or NULL */
	const char *about;
} words[] = {
	{ "completion", NULL, "bash fish powershell zsh",
	  "generate autocompletion scripts for the specified shell" },
	{ "create", NULL, NULL, "create a new chart with the given name" },
	{ "dependency", "dep", "build list update", "manage a chart's dependencies" },
	{ "env", NULL, NULL, "helm client environment information" },
	{ "get", NULL, "all hooks manifest metadata notes values",
	  "download extended information of a named release" },
	{ "help", NULL, NULL, "Help about any command" },
	{ "history", "hist", NULL, "fetch release history" },
	{ "install", NULL, NULL, "install a chart" },
	{ "lint", NULL, NULL, "examine a chart for possible issues" },
	{ "list", "ls", NULL, "list releases" },
	{ "package", NULL, NULL, "package a chart directory into a chart archive" },
	{ "plugin", NULL, "install list uninstall update",
	  "install, list, or uninstall Helm plugins" },
	{ "pull", "fetch", NULL,
	  "download a chart from a repository and (optionally) unpack it in local directory" },
	{ "push", NULL, NULL, "push a chart to remote" },
	{ "registry", NULL, "login logout", "login to or logout from a registry" },
	{ "repo", NULL, "add index list remove update",
	  "add, list, remove, update, and index chart repositories" },
	{ "rollback", NULL, NULL, "roll back a release to a previous revision" },
	{ "search", NULL, "hub repo", "search for a keyword in charts" },
	{ "show", "inspect", "all chart crds readme values", "show information of a chart" },
	{ "status", NULL, NULL, "display the status of the named release" },
	{ "template", NULL, NULL, "locally render templates" },
	{ "test", NULL, NULL, "run tests for a release" },
	{ "uninstall", "delete", NULL, "uninstall a release" },
	{ "upgrade", NULL, NULL, "upgrade a release" },
	{ "verify", NULL, NULL,
	  "verify that a chart at the given path has been signed and is valid" },
	{ "version", NULL, NULL, "print the client version information" },
};

void helm_say(const char *where, const char *message, void *user)
{
	struct helm *h = user;

	/* Helm warns of an address that nobody knows once. */
	if (h && strncmp(where, "jsonschema.go", strlen("jsonschema.go")) == 0) {
		if (!h->said)
			h->said = ptx_value_map(h->arena);
		if (ptx_value_has(h->said, message))
			return;
		ptx_value_set_bool(h->said, message, true);
	}
	fprintf(stderr, "%s: %s\n", where[0] ? where : "WARNING", message);
}

const char *helm_namespace(const struct helm *h)
{
	const char *env = getenv("HELM_NAMESPACE");

	if (h->args.name_space && h->args.name_space[0])
		return h->args.name_space;
	return env && env[0] ? env : "default";
}

static struct ptx_chart *refuse(struct ptx_error **err, const char *what)
{
	ptx_error_set(err, PTX_E_UNSUPPORTED, "%s", what);
	return NULL;
}

static struct ptx_chart *fetch(struct helm *h, const char *name,
			       const struct ptx_chart_load_opts *load, struct ptx_error **err)
{
	struct ptx_repo_fetch_opts opts = source_opts(&h->args.source);
	struct ptx_ctx *ctx = cli_ctx(h->cli, err);

	opts.password = h->args.password;
	opts.as_helm = true;
	opts.say = helm_say;
	opts.user = h;
	return ctx ? ptx_repo_chart(ctx, name, &opts, load, err) : NULL;
}

/* A file's whole path is in Helm's messages, a folder's as it was given. */
static struct ptx_chart *load(const char *name, bool is_folder,
			      const struct ptx_chart_load_opts *opts, struct ptx_error **err)
{
	char *whole = is_folder ? NULL : realpath(name, NULL);
	struct ptx_chart *c = ptx_chart_load(whole ? whole : name, opts, err);

	free(whole);
	return c;
}

struct ptx_chart *helm_chart(struct helm *h, const char *name, struct ptx_error **err)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
	bool has_repo = h->args.source.repo && h->args.source.repo[0];
	struct stat st;

	opts.say = helm_say;
	opts.user = h;
	opts.lean = true;
	opts.follow_links = true;
	if (h->args.verify)
		return refuse(
		    err,
		    "--verify is not supported yet: charts are not verified against a signature");
	if (stat(name, &st) == 0) {
		if (has_repo)
			fprintf(stderr,
				"install.go:759: WARN local chart found in current working "
				"directory. repository url ignored "
				"chart=%s repository=%s\n",
				name, h->args.source.repo);
		return load(name, S_ISDIR(st.st_mode), &opts, err);
	}
	if (name[0] != '/' && name[0] != '.')
		return fetch(h, name, &opts, err);
	ptx_error_set(err, PTX_E_NOT_FOUND, "path \"%s\" not found", name);
	return NULL;
}

/* What `helm` alone says. */
static void list_commands(FILE *to)
{
	fprintf(to, "The Kubernetes package manager, as pitrix has it: charts are created, "
		    "checked, rendered, packed and shown\n"
		    "without a cluster.\n\n"
		    "Usage:\n  helm [command]\n\nAvailable Commands:\n");
	for (size_t i = 0; i < CLI_COUNT(words); i++)
		fprintf(to, "  %-11s %s\n", words[i].name, words[i].about);
}

static int root(struct helm *h, struct ptx_error **err)
{
	(void)h;
	(void)err;
	list_commands(stdout);
	return 0;
}

/* An error of the templates themselves comes with what they wrote, or with how to see it. */
static int fail(const struct helm *h, const struct ptx_error *e)
{
	const char *context = ptx_error_context(e, 0);
	bool rendering = context && strncmp(context, "while rendering", 15) == 0;
	size_t n = h->invalid.n;

	while (n && strchr(" \t\r\n", h->invalid.p[n - 1]))
		n--;
	if (rendering && h->args.debug)
		printf("%.*s\n", (int)n, n ? h->invalid.p : "");
	fflush(stdout);
	fprintf(stderr, "Error: %s\n%s", ptx_error_message(e),
		rendering && !h->args.debug ? "\nUse --debug flag to render out invalid YAML\n"
					    : "");
	return 1;
}

static int count_failed(const struct helm_command *c, size_t given, struct ptx_error **err)
{
	char path[64] = "";
	int wanted = c->min;
	const char *what = c->max == c->min ? "requires"
			   : c->max < 0     ? "requires at least"
					    : "accepts at most";

	snprintf(path, sizeof(path), "helm %s", c->path);
	if (c->max >= 0 && (int)given > c->max && c->min != c->max)
		wanted = c->max;
	if (c->min == 0 && c->max == 0)
		ptx_error_set(err, PTX_E_USAGE, "\"%s\" accepts no arguments\n\nUsage:  %s", path,
			      c->usage);
	else
		ptx_error_set(err, PTX_E_USAGE, "\"%s\" %s %d %s\n\nUsage:  %s", path, what, wanted,
			      wanted == 1 ? "argument" : "arguments", c->usage);
	return PTX_E_USAGE;
}

static void free_lists(struct helm_args *a)
{
	struct opt_list *lists[] = { &a->args,
				     &a->template.values.files,
				     &a->template.values.sets,
				     &a->template.values.set_strings,
				     &a->template.values.set_files,
				     &a->template.values.set_jsons,
				     &a->template.values.set_literals,
				     &a->template.api_versions,
				     &a->template.show_only,
				     &a->ignored_list,
				     &a->post_renderer_args };

	for (size_t i = 0; i < CLI_COUNT(lists); i++)
		free(lists[i]->items);
	free((void *)a->template.post_renderer);
}

static int run(struct cli *cli, const struct helm_command *c, int argc, char *const *argv)
{
	struct helm h = { .cli = cli, .command = c, .arena = ptx_arena_new(0) };
	struct ptx_error *err = NULL;
	int rc = 0;

	ptx_buf_init(&h.invalid, 0);
	rc = h.arena ? helm_parse(&h, argc, argv, &err) : PTX_E_NOMEM;

	if (rc == 0 && h.args.help && c->run != root)
		rc = helm_usage(&h, &err);
	else if (rc == 0 &&
		 ((int)h.args.args.n < c->min || (c->max >= 0 && (int)h.args.args.n > c->max)))
		rc = count_failed(c, h.args.args.n, &err);
	else if (rc == 0)
		rc = c->run(&h, &err);
	if (rc < 0) {
		if (!err)
			ptx_error_set(&err, rc, "out of memory");
		rc = fail(&h, err);
	}
	ptx_error_free(err);
	free_lists(&h.args);
	ptx_buf_done(&h.invalid);
	ptx_arena_free(h.arena);
	return rc;
}

static int unknown(const char *word, bool help)
{
	if (help) {
		fprintf(stderr, "Unknown help topic [`%s`]\n", word);
		list_commands(stderr);
		return 0;
	}
	fprintf(stderr,
		"Error: unknown command \"%s\" for \"helm\"\nRun 'helm --help' for usage.\n", word);
	return 1;
}

static bool has_verb(const char *verbs, const char *verb)
{
	size_t n = strlen(verb);

	for (const char *p = verbs; p && *p;) {
		size_t len = strcspn(p, " ");

		if (len == n && memcmp(p, verb, n) == 0)
			return true;
		p += len + (p[len] == ' ');
	}
	return false;
}

static int refused(const char *path)
{
	fprintf(stderr, "Error: 'helm %s' is not supported by pitrix yet\n", path);
	return 1;
}

static const struct helm_command *find(const char *path)
{
	for (const struct helm_command *c = helm_commands; c->path; c++) {
		const char *space = strrchr(c->path, ' ');
		size_t n = space ? (size_t)(space - c->path) + 1 : 0;

		if (strcmp(c->path, path) == 0)
			return c;
		if (c->alias && strncmp(c->path, path, n) == 0 && strcmp(c->alias, path + n) == 0)
			return c;
	}
	return NULL;
}

/* Whether a global flag takes the next word with it. */
static bool takes_word(const char *flag)
{
	return strchr(flag, '=') == NULL && strcmp(flag, "--debug") != 0 &&
	       strcmp(flag, "-h") != 0 && strcmp(flag, "--help") != 0 &&
	       strcmp(flag, "--kube-insecure-skip-tls-verify") != 0 && (flag[1] == '-' || !flag[2]);
}

/* Moves flags to the front of the words of a command; *at is then at a word that is none, or at the
 * end. */
static void take_flags(int argc, char *const *argv, int *at, char **rest, int *n)
{
	while (*at < argc && argv[*at][0] == '-' && *n < MOST_WORDS - 1) {
		bool word = takes_word(argv[*at]);

		rest[(*n)++] = argv[(*at)++];
		if (word && *at < argc)
			rest[(*n)++] = argv[(*at)++];
	}
}

/* `helm show`, or with a word behind it that Helm does not know: it tells which there are. */
static int run_noun(struct cli *cli, size_t word, int n, char *const *rest)
{
	char brief[128] = "";
	const struct helm_command noun = { .path = words[word].name,
					   .usage = brief,
					   .max = -1,
					   .flags = helm_no_flags,
					   .run = helm_usage };

	snprintf(brief, sizeof(brief), "helm %s [command]\n\nAvailable Commands: %s",
		 words[word].name, words[word].verbs);
	return run(cli, &noun, n, rest);
}

/* The row of a word, or -1. */
static int word_at(const char *name)
{
	for (size_t i = 0; i < CLI_COUNT(words); i++)
		if (strcmp(name, words[i].name) == 0 ||
		    (words[i].alias && strcmp(name, words[i].alias) == 0))
			return (int)i;
	return -1;
}

int helm_main(struct cli *cli, int argc, char *const *argv)
{
	static const struct helm_command alone = { .path = "",
						   .usage = "helm [command]",
						   .max = -1,
						   .flags = helm_no_flags,
						   .run = root };
	char help_flag[] = "--help";
	bool help = false;
	char *rest[MOST_WORDS + 1];
	char path[64] = "";
	const struct helm_command *c = NULL;
	int word = -1;
	int at = 0;
	int n = 0;

	/* Flags may stand before the command. */
	take_flags(argc, argv, &at, rest, &n);
	help = at < argc && strcmp(argv[at], "help") == 0;
	if (help) {
		rest[n++] = help_flag;
		at++;
	}
	if (at == argc)
		return run(cli, &alone, n, rest);
	word = word_at(argv[at]);
	if (word < 0)
		return unknown(argv[at], help);
	snprintf(path, sizeof(path), "%s", words[word].name);
	at++;
	if (words[word].verbs) {
		take_flags(argc, argv, &at, rest, &n);
		if (at == argc || (!has_verb(words[word].verbs, argv[at]) &&
				   strcmp(argv[at], "ls") != 0 && strcmp(argv[at], "up") != 0))
			return run_noun(cli, (size_t)word, n, rest);
		snprintf(path + strlen(path), sizeof(path) - strlen(path), " %s", argv[at++]);
	}
	c = find(path);
	if (!c)
		return refused(path);
	while (at < argc && n < MOST_WORDS)
		rest[n++] = argv[at++];
	if (at < argc) {
		fprintf(stderr, "Error: more than %d words on the command line\n", n);
		return 1;
	}
	return run(cli, c, n, rest);
}

struct helm_words {
	struct opt_list words;
};

static int helm_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct helm_words *args = v;

	(void)err;
	/* The words are borrowed from argv; Helm's flags do not change them. */
	return helm_main(cli, (int)args->words.n, (char *const *)args->words.items);
}

static const struct opt_arg helm_args[] = { ARG_LIST("WORD", struct helm_words, words,
						     "what would follow `helm`", .optional = true,
						     .complete = COMPLETE_FILE),
					    ARG_END };

static const struct cmd_example helm_examples[] = {
	{ "pitrix helm template demo ./chart -f values.yaml",
	  "Render a chart as `helm template` does" },
	{ "pitrix helm lint ./chart --strict", "Check a chart as `helm lint` does" },
	{ "pitrix helm package ./chart -d out", "Pack a chart as `helm package` does" },
	{ NULL, NULL }
};

const struct cmd cmd_helm = {
	.path = "helm",
	.group = GROUP_PACKAGE,
	.summary = "Helm's own command line",
	.about = "Takes Helm's own command line, prints what Helm prints and ends as Helm ends, "
		 "for template, lint, package, show, "
		 "dependency, create, version and env; the others are refused by name. A link to "
		 "this program that is "
		 "called helm does the same.",
	.args = helm_args,
	.examples = helm_examples,
	.args_size = sizeof(struct helm_words),
	.run = helm_run,
	.raw = true,
};
