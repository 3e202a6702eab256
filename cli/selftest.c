/* SPDX-License-Identifier: Apache-2.0 */
/* selftest.c - walks the tables and complains about rows that nobody could use.
 *
 * Each command has a summary in our form and, when it is listed, examples that parse; each option
 * has help; each value has a name and something that completes it; no letter and no name comes
 * twice.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

#define MOST_WORDS 64

struct test {
	int checked;
	int failed;
};

static void expect(struct test *t, bool ok, const char *path, const char *what, const char *name)
{
	t->checked++;
	if (ok)
		return;
	t->failed++;
	printf("not ok: %s: %s%s%s\n", path, name ? name : "", name ? ": " : "", what);
}

static void check_options(struct test *t, const struct cmd *c, const struct opt *opts,
			  const struct opt *others)
{
	size_t rows = 0;

	for (const struct opt *o = opts; o && o->type != OPT_TYPE_END; o++, rows++) {
		bool takes = o->type != OPT_TYPE_BOOL;

		expect(t, opt_by_name(opts, o->name, strlen(o->name)) == o, c->path,
		       "the name comes twice", o->name);
		expect(t, !opt_by_name(others, o->name, strlen(o->name)), c->path,
		       "the name is a global option's", o->name);
		if (o->letter) {
			expect(t, opt_by_letter(opts, o->letter) == o, c->path,
			       "the letter comes twice", o->name);
			expect(t, !opt_by_letter(others, o->letter), c->path,
			       "the letter is a global option's", o->name);
		}
		expect(t, o->help && *o->help && o->help[strlen(o->help) - 1] != '.', c->path,
		       "no help, or a full stop", o->name);
		expect(t, !takes || (o->value && *o->value), c->path, "its value has no name",
		       o->name);
		expect(t, !takes || o->complete != COMPLETE_NONE, c->path,
		       "nothing completes its value", o->name);
		expect(t, o->type != OPT_TYPE_ENUM || (o->choices && o->choices->name), c->path,
		       "no choices", o->name);
	}
	expect(t, rows <= 64, c->path, "more than 64 options", NULL);
}

static void check_args(struct test *t, const struct cmd *c)
{
	for (const struct opt_arg *a = c->args; a && a->name; a++) {
		expect(t, a->help && *a->help, c->path, "no help", a->name);
		expect(t, a->complete != COMPLETE_NONE, c->path, "nothing completes it", a->name);
		expect(t, !a->repeat || !a[1].name, c->path, "only the last argument may repeat",
		       a->name);
	}
}

/* Splits an example into words as a shell does, as far as examples need: blanks, '...' and "...".
 * It ends at a pipe, a redirection or a comment. */
static int split(char *line, char **words)
{
	int n = 0;
	char *p = line;

	while (*p && n < MOST_WORDS) {
		char *out = NULL;
		char quote = 0;

		while (*p == ' ')
			p++;
		if (!*p || *p == '|' || *p == '>' || *p == '<' || *p == '#')
			break;
		words[n++] = out = p;
		for (; *p && (quote || *p != ' '); p++) {
			if (quote ? *p == quote : *p == '\'' || *p == '"')
				quote = (char)(quote ? 0 : *p);
			else
				*out++ = *p;
		}
		if (*p)
			p++;
		*out = 0;
	}
	return n;
}

/* True when the words parse as a call of the command. */
static bool parses(const struct cmd *c, int argc, char **argv)
{
	struct cli_globals globals = { 0 };
	struct opt_parser p = { .args = c->args };
	struct command_match m = { 0 };
	struct ptx_error *err = NULL;
	void *args = calloc(1, c->args_size ? c->args_size : 1);
	int at = 2;
	int rc = -1;

	if (args && argc > 1)
		rc = command_match_first(argv[1], &m, &err);
	if (rc == 0 && m.noun && argc > 2)
		rc = command_match_verb(argv[at++], &m, &err);
	p.targets[0] = (struct opt_target){ c->opts, args };
	p.targets[1] = (struct opt_target){ cli_global_opts, &globals };
	p.args_base = args;
	if (rc == 0 && m.cmd != c)
		rc = -1;
	if (rc == 0 && !c->raw)
		rc = opt_parse(&p, argc - at, argv + at, &err);
	if (err)
		printf("# %s\n", ptx_error_message(err));
	ptx_error_free(err);
	if (args)
		opt_done(&p);
	free(args);
	return rc == 0;
}

static void check_examples(struct test *t, const struct cmd *c)
{
	expect(t, c->hidden || (c->examples && c->examples->line), c->path, "no example", NULL);
	for (const struct cmd_example *e = c->examples; e && e->line; e++) {
		char *words[MOST_WORDS] = { NULL };
		char *line = strdup(e->line);
		int n = line ? split(line, words) : 0;

		expect(t, n > 0 && strcmp(words[0], "pitrix") == 0, c->path,
		       "an example that does not begin with pitrix", e->line);
		expect(t, parses(c, n, words), c->path, "an example that does not parse", e->line);
		expect(t, e->what && *e->what, c->path, "an example without a word about it",
		       e->line);
		free(line);
	}
}

static void check_command(struct test *t, const struct cmd *c)
{
	const char *space = strchr(c->path, ' ');
	size_t n = c->summary ? strlen(c->summary) : 0;

	expect(t, n && c->summary[n - 1] != '.' && n <= 60, c->path,
	       "a summary has up to 60 letters and no full stop", NULL);
	expect(t, command_find(c->path, strlen(c->path)) == c, c->path, "the path comes twice",
	       NULL);
	expect(t, !c->alias || command_find(c->alias, strlen(c->alias)) == c, c->path,
	       "the alias is taken", c->alias);
	expect(t, !space || command_noun(c->path, (size_t)(space - c->path)), c->path,
	       "its first word is no noun", NULL);
	expect(t, c->run != NULL, c->path, "nothing to run", NULL);
	expect(t, c->hidden || c->about, c->path, "nothing is told about it", NULL);
	check_options(t, c, c->opts, cli_global_opts);
	check_args(t, c);
	check_examples(t, c);
}

static int selftest_run(struct cli *cli, const void *args, struct ptx_error **err)
{
	struct test t = { 0 };

	(void)args;
	(void)err;
	check_options(&t, cli->cmd, cli_global_opts, cli_program_opts);
	check_options(&t, cli->cmd, cli_program_opts, cli_global_opts);
	for (const struct cmd *const *c = commands; *c; c++)
		check_command(&t, *c);
	for (const struct cmd_noun *const *noun = command_nouns; *noun; noun++) {
		int verbs = 0;

		for (const struct cmd *const *c = commands; *c; c++)
			verbs += command_is_of(*c, *noun);
		expect(&t, verbs > 0, (*noun)->name, "a noun without verbs", NULL);
		expect(&t, !command_find((*noun)->name, strlen((*noun)->name)), (*noun)->name,
		       "a noun and a command", NULL);
	}
	printf("%d passed, %d failed\n", t.checked - t.failed, t.failed);
	return t.failed ? 1 : 0;
}

const struct cmd cmd_selftest = {
	.path = "__selftest",
	.group = GROUP_OTHER,
	.summary = "Check the tables of commands and options",
	.run = selftest_run,
	.hidden = true,
};
