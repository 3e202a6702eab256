/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - `--help` and `pitrix help`, made of the tables: examples first. */
#include <string.h>

#include "commands.h"
#include "help.h"
#include "text.h"

#define WIDTH 80u
#define LEFT  26u /* column at which explanations begin */

const struct cmd_example help_examples[] = {
	{ "pitrix create my-app", "Begin a package" },
	{ "pitrix lint my-app", "Check it" },
	{ "pitrix render my-app --set cluster.name=demo", "See what it comes to" },
	{ "pitrix cluster deploy demo my-app", "Deploy it on this machine" },
	{ "pitrix cluster status demo", "See whether it is well" },
	{ NULL, NULL }
};

static void heading(struct cli *cli, struct ptx_buf *out, const char *title)
{
	ptx_buf_printf(out, cli->color_out ? "\n\033[1m%s\033[0m\n" : "\n%s\n", title);
}

/* A term at the left and its explanation, wrapped, at the right. */
static void row(struct ptx_buf *out, const char *term, const char *what)
{
	struct ptx_buf text;
	size_t n = strlen(term);

	ptx_buf_init(&text, 65536);
	text_wrap(&text, what, LEFT, WIDTH);
	ptx_buf_printf(out, "  %s", term);
	if (n + 4 > LEFT || text.n < LEFT)
		ptx_buf_printf(out, "\n%s", text.p);
	else
		ptx_buf_printf(out, "%s", text.p + n + 2);
	ptx_buf_done(&text);
}

static void option_rows(struct ptx_buf *out, const struct opt *opts)
{
	for (const struct opt *o = opts; o && o->type != OPT_TYPE_END; o++) {
		struct ptx_buf term;
		struct ptx_buf what;

		if (o->hidden)
			continue;
		ptx_buf_init(&term, 256);
		ptx_buf_init(&what, 4096);
		if (!o->letter)
			ptx_buf_adds(&term, "    ");
		text_option(&term, o);
		text_option_help(&what, o);
		row(out, term.p, what.p);
		ptx_buf_done(&term);
		ptx_buf_done(&what);
	}
}

static void examples(struct cli *cli, struct ptx_buf *out, const struct cmd_example *list)
{
	if (!list)
		return;
	heading(cli, out, "Examples:");
	for (const struct cmd_example *e = list; e->line; e++)
		ptx_buf_printf(out, "  # %s\n  %s\n", e->what, e->line);
}

void help_command(struct cli *cli, struct ptx_buf *out, const struct cmd *c)
{
	ptx_buf_printf(out, "%s.\n", c->summary);
	examples(cli, out, c->examples);
	heading(cli, out, "Usage:");
	ptx_buf_printf(out, "  pitrix %s", c->path);
	text_synopsis(out, c);
	ptx_buf_addc(out, '\n');
	if (c->alias)
		ptx_buf_printf(out, "  (the same: pitrix %s)\n", c->alias);
	if (c->about) {
		ptx_buf_addc(out, '\n');
		text_wrap(out, c->about, 0, WIDTH);
	}
	if (c->args && c->args->name)
		heading(cli, out, "Arguments:");
	for (const struct opt_arg *a = c->args; a && a->name; a++)
		row(out, a->name, a->help);
	if (c->opts)
		heading(cli, out, "Options:");
	option_rows(out, c->opts);
	heading(cli, out, "Options of every command:");
	option_rows(out, cli_global_opts);
}

static void command_rows(struct cli *cli, struct ptx_buf *out, enum cmd_group group)
{
	bool any = false;

	for (const struct cmd *const *c = commands; *c; c++) {
		if ((*c)->hidden || (*c)->group != group)
			continue;
		if (!any)
			heading(cli, out, command_group_title(group));
		any = true;
		row(out, (*c)->path, (*c)->summary);
	}
}

void help_noun(struct cli *cli, struct ptx_buf *out, const struct cmd_noun *noun)
{
	ptx_buf_printf(out, "%s.\n", noun->summary);
	for (const struct cmd *const *c = commands; *c; c++)
		if (command_is_of(*c, noun) && (*c)->examples) {
			examples(cli, out, (*c)->examples);
			break;
		}
	heading(cli, out, "Usage:");
	ptx_buf_printf(out, "  pitrix %s COMMAND [OPTIONS] ...\n", noun->name);
	if (noun->about) {
		ptx_buf_addc(out, '\n');
		text_wrap(out, noun->about, 0, WIDTH);
	}
	heading(cli, out, "Commands:");
	for (const struct cmd *const *c = commands; *c; c++)
		if (command_is_of(*c, noun) && !(*c)->hidden)
			row(out, (*c)->path + strlen(noun->name) + 1, (*c)->summary);
	ptx_buf_printf(out, "\n'pitrix %s COMMAND --help' tells more.\n", noun->name);
}

void help_all(struct cli *cli, struct ptx_buf *out)
{
	ptx_buf_adds(out, "Package an application once; run its whole life on any runtime.\n");
	examples(cli, out, help_examples);
	heading(cli, out, "Usage:");
	ptx_buf_adds(out, "  pitrix COMMAND [OPTIONS] ...\n");
	for (int g = 0; g < GROUP_COUNT; g++)
		command_rows(cli, out, (enum cmd_group)g);
	heading(cli, out, "Options:");
	option_rows(out, cli_program_opts);
	heading(cli, out, "Options of every command:");
	option_rows(out, cli_global_opts);
	ptx_buf_adds(out,
		     "\n'pitrix help COMMAND' tells more, and so do pitrix(1) and pitrix(7).\n");
}

struct help_args {
	struct opt_list words;
};

static int help_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct help_args *args = v;
	struct command_match m = { 0 };
	struct ptx_buf out;
	int rc = command_match_words(&args->words, &m, err);

	if (rc < 0)
		return rc;
	ptx_buf_init(&out, 1u << 20);
	if (m.cmd)
		help_command(cli, &out, m.cmd);
	else if (m.noun)
		help_noun(cli, &out, m.noun);
	else
		help_all(cli, &out);
	rc = cli_write(&out, err);
	ptx_buf_done(&out);
	return rc;
}

static const struct opt_arg help_args[] = { ARG_LIST("COMMAND", struct help_args, words,
						     "the command to tell about", .optional = true,
						     .complete = COMPLETE_COMMAND),
					    ARG_END };

static const struct cmd_example help_command_examples[] = { { "pitrix help", "List all commands" },
							    { "pitrix help render",
							      "Tell all about one" },
							    { NULL, NULL } };

const struct cmd cmd_help = {
	.path = "help",
	.group = GROUP_OTHER,
	.summary = "Tell what a command does",
	.about = "Without COMMAND, lists all commands. 'pitrix COMMAND --help' is the same.",
	.args = help_args,
	.examples = help_command_examples,
	.args_size = sizeof(struct help_args),
	.run = help_run,
};
