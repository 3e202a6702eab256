/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - manual pages in man(7) macros, made of the tables.
 *
 * A page has no date: it is the same bytes whenever it is made, so that a check can compare.
 */
#include <ctype.h>
#include <string.h>

#include "commands.h"
#include "help.h"
#include "man.h"
#include "text.h"

/* Text as roff reads it: backslashes and dashes escaped, nothing at a line's head taken for a
 * request. */
static void roff(struct ptx_buf *out, const char *text)
{
	bool head = out->n == 0 || out->p[out->n - 1] == '\n';

	for (const char *p = text; *p; p++) {
		if (head && (*p == '.' || *p == '\''))
			ptx_buf_adds(out, "\\&");
		head = *p == '\n';
		if (*p == '\\')
			ptx_buf_adds(out, "\\e");
		else if (*p == '-')
			ptx_buf_adds(out, "\\-");
		else
			ptx_buf_addc(out, *p);
	}
}

/* Paragraphs: an empty line begins one, a line with a leading blank is shown as it is. */
static void paragraphs(struct ptx_buf *out, const char *text)
{
	bool shown = false;

	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[512] = "";

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		if (shown != (*line == ' ')) {
			shown = *line == ' ';
			ptx_buf_adds(out, shown ? ".PP\n.nf\n" : ".fi\n");
		}
		if (n == 0)
			ptx_buf_adds(out, ".PP");
		roff(out, line);
		ptx_buf_addc(out, '\n');
		text += n;
		if (*text == '\n')
			text++;
	}
	if (shown)
		ptx_buf_adds(out, ".fi\n");
}

static void upper(struct ptx_buf *out, const char *text)
{
	for (; *text; text++)
		ptx_buf_addc(out, (char)toupper((unsigned char)*text));
}

void man_name(struct ptx_buf *out, const struct cmd *c)
{
	ptx_buf_adds(out, "pitrix-");
	for (const char *p = c->path; *p; p++)
		ptx_buf_addc(out, (char)(*p == ' ' ? '-' : *p));
}

static void title(struct ptx_buf *out, const char *name)
{
	ptx_buf_adds(out, ".\\\" Made of the program's tables; do not edit.\n.TH ");
	upper(out, name);
	ptx_buf_printf(out, " 1 \"\" \"pitrix %s\" \"pitrix\"\n.SH NAME\n", PTX_VERSION);
}

static void options(struct ptx_buf *out, const struct opt *opts)
{
	for (const struct opt *o = opts; o && o->type != OPT_TYPE_END; o++) {
		struct ptx_buf help;

		if (o->hidden)
			continue;
		ptx_buf_adds(out, ".TP\n");
		if (o->letter)
			ptx_buf_printf(out, "\\fB\\-%c\\fR, ", o->letter);
		ptx_buf_adds(out, "\\fB\\-\\-");
		roff(out, o->name);
		ptx_buf_adds(out, "\\fR");
		if (o->value)
			ptx_buf_printf(out, " \\fI%s\\fR", o->value);
		ptx_buf_addc(out, '\n');
		ptx_buf_init(&help, 4096);
		text_option_help(&help, o);
		roff(out, help.p);
		ptx_buf_addc(out, '\n');
		ptx_buf_done(&help);
	}
}

static void examples(struct ptx_buf *out, const struct cmd_example *list)
{
	if (!list)
		return;
	ptx_buf_adds(out, ".SH EXAMPLES\n");
	for (const struct cmd_example *e = list; e->line; e++) {
		ptx_buf_adds(out, ".PP\n");
		roff(out, e->what);
		ptx_buf_adds(out, ":\n.PP\n.RS 4\n.nf\n");
		roff(out, e->line);
		ptx_buf_adds(out, "\n.fi\n.RE\n");
	}
}

static void see_also(struct ptx_buf *out, const struct cmd *c)
{
	ptx_buf_adds(out, ".SH \"SEE ALSO\"\n.BR pitrix (1),\n");
	if (c && c->group == GROUP_PACKAGE)
		ptx_buf_adds(out, ".BR pitrix\\-package (5),\n");
	ptx_buf_adds(out, ".BR pitrix (7)\n");
}

void man_command(struct ptx_buf *out, const struct cmd *c)
{
	struct ptx_buf name;
	struct ptx_buf synopsis;

	ptx_buf_init(&name, 256);
	ptx_buf_init(&synopsis, 4096);
	man_name(&name, c);
	text_synopsis(&synopsis, c);
	title(out, name.p);
	roff(out, name.p);
	ptx_buf_adds(out, " \\- ");
	roff(out, c->summary);
	ptx_buf_printf(out, "\n.SH SYNOPSIS\n\\fBpitrix %s\\fR", c->path);
	roff(out, synopsis.p);
	ptx_buf_addc(out, '\n');
	if (c->alias)
		ptx_buf_printf(out, ".br\n\\fBpitrix %s\\fR ...\n", c->alias);
	examples(out, c->examples);
	ptx_buf_adds(out, ".SH DESCRIPTION\n");
	paragraphs(out, c->about ? c->about : c->summary);
	if (c->args && c->args->name)
		ptx_buf_adds(out, ".SH ARGUMENTS\n");
	for (const struct opt_arg *a = c->args; a && a->name; a++) {
		ptx_buf_printf(out, ".TP\n\\fI%s\\fR\n", a->name);
		roff(out, a->help);
		ptx_buf_addc(out, '\n');
	}
	if (c->opts)
		ptx_buf_adds(out, ".SH OPTIONS\n");
	options(out, c->opts);
	ptx_buf_adds(out, ".SH \"OPTIONS OF EVERY COMMAND\"\n");
	options(out, cli_global_opts);
	ptx_buf_adds(out, ".SH \"EXIT STATUS\"\n0 when all is done; else see\n.BR pitrix (7).\n");
	see_also(out, c);
	ptx_buf_done(&name);
	ptx_buf_done(&synopsis);
}

static void group(struct ptx_buf *out, enum cmd_group g)
{
	bool any = false;

	for (const struct cmd *const *c = commands; *c; c++) {
		struct ptx_buf name;

		if ((*c)->hidden || (*c)->group != g)
			continue;
		if (!any)
			ptx_buf_printf(out, ".SS %s\n", command_group_title(g));
		any = true;
		ptx_buf_init(&name, 256);
		man_name(&name, *c);
		ptx_buf_adds(out, ".TP\n.BR ");
		roff(out, name.p);
		ptx_buf_adds(out, " (1)\n");
		roff(out, (*c)->summary);
		ptx_buf_addc(out, '\n');
		ptx_buf_done(&name);
	}
}

void man_program(struct ptx_buf *out)
{
	title(out, "pitrix");
	ptx_buf_adds(out,
		     "pitrix \\- package an application once; run its whole life on any runtime\n"
		     ".SH SYNOPSIS\n\\fBpitrix\\fR \\fICOMMAND\\fR [OPTIONS] ...\n");
	examples(out, help_examples);
	ptx_buf_adds(out, ".SH COMMANDS\n");
	for (int g = 0; g < GROUP_COUNT; g++)
		group(out, (enum cmd_group)g);
	ptx_buf_adds(out, ".SH OPTIONS\n");
	options(out, cli_program_opts);
	ptx_buf_adds(out, ".SH \"OPTIONS OF EVERY COMMAND\"\n");
	options(out, cli_global_opts);
	ptx_buf_adds(out, ".SH \"EXIT STATUS\"\n0 when all is done; else see\n.BR pitrix (7).\n");
	ptx_buf_adds(out, ".SH \"SEE ALSO\"\n.BR pitrix (7),\n.BR pitrix\\-package (5)\n");
}

struct man_args {
	struct opt_list words;
};

static int man_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct man_args *args = v;
	struct command_match m = { 0 };
	struct ptx_buf out;
	int rc = command_match_words(&args->words, &m, err);

	(void)cli;
	if (rc < 0)
		return rc;
	if (m.noun && !m.cmd)
		return cli_usage(err, "'%s' has no page of its own, only its commands have",
				 m.noun->name);
	ptx_buf_init(&out, 1u << 20);
	if (m.cmd)
		man_command(&out, m.cmd);
	else
		man_program(&out);
	rc = cli_write(&out, err);
	ptx_buf_done(&out);
	return rc;
}

static const struct opt_arg man_args[] = { ARG_LIST("COMMAND", struct man_args, words,
						    "the command to describe", .optional = true,
						    .complete = COMPLETE_COMMAND),
					   ARG_END };

const struct cmd cmd_man = {
	.path = "__man",
	.group = GROUP_OTHER,
	.summary = "Print a manual page",
	.args = man_args,
	.args_size = sizeof(struct man_args),
	.run = man_run,
	.hidden = true,
};
