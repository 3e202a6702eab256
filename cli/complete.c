/* SPDX-License-Identifier: Apache-2.0 */
/* complete.c - what may follow the words that somebody has typed so far.
 *
 * The scripts of the shells are thin: they hand the words to `pitrix __complete`, the last of them
 * being the one under the cursor (maybe empty). The answer is a line for each candidate,
 * "word<TAB>explanation", and a last line
 * ":none", ":files" or ":dirs" that says what the shell itself may add. So a completion is never
 * older than the program, and knows what is there (clusters, jobs), not only what is allowed.
 */
#include <string.h>

#include "commands.h"
#include "complete.h"
#include "things.h"

static const char bash_script[] =
    "# bash completion of pitrix\n"
    "_pitrix()\n"
    "{\n"
    "\tlocal word line cur prefix i mode=:none\n"
    "\tlocal -a words=()\n"
    "\t# Bash breaks words at = and : too; here they are whole.\n"
    "\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\tif ((i > 1)) && [[ $word == [=:] || ${COMP_WORDS[i - 1]} == [=:] ]]; then\n"
    "\t\t\twords[${#words[@]} - 1]+=$word\n"
    "\t\telse\n"
    "\t\t\twords+=(\"$word\")\n"
    "\t\tfi\n"
    "\tdone\n"
    "\tcur=${words[${#words[@]} - 1]}\n"
    "\tprefix=${cur%\"${cur##*[=:]}\"}\n"
    "\tCOMPREPLY=()\n"
    "\twhile IFS= read -r line; do\n"
    "\t\tcase $line in\n"
    "\t\t:*) mode=$line ;;\n"
    "\t\t*) word=${line%%$'\\t'*}; COMPREPLY+=(\"${word#\"$prefix\"}\") ;;\n"
    "\t\tesac\n"
    "\tdone < <(\"${COMP_WORDS[0]}\" __complete \"${words[@]}\" 2>/dev/null)\n"
    "\tcase $mode in\n"
    "\t:files) i=-f ;;\n"
    "\t:dirs) i=-d ;;\n"
    "\t*) return ;;\n"
    "\tesac\n"
    "\tcompopt -o filenames 2>/dev/null\n"
    "\twhile IFS= read -r line; do\n"
    "\t\tCOMPREPLY+=(\"$line\")\n"
    "\tdone < <(compgen \"$i\" -- \"${cur#\"$prefix\"}\")\n"
    "}\n"
    "complete -F _pitrix pitrix\n";

static const char zsh_script[] =
    "#compdef pitrix\n"
    "# zsh completion of pitrix\n"
    "_pitrix()\n"
    "{\n"
    "\tlocal line mode=:none\n"
    "\tlocal -a found\n"
    "\twhile IFS= read -r line; do\n"
    "\t\tcase $line in\n"
    "\t\t:*) mode=$line ;;\n"
    "\t\t*$'\\t'*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
    "\t\t*) found+=(\"${line//:/\\\\:}\") ;;\n"
    "\t\tesac\n"
    "\tdone < <(\"${words[1]}\" __complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)\n"
    "\t(( ${#found} )) && _describe -V pitrix found\n"
    "\tcase $mode in\n"
    "\t:files) compset -P '--*='; _files ;;\n"
    "\t:dirs) compset -P '--*='; _files -/ ;;\n"
    "\tesac\n"
    "}\n"
    "if [[ $funcstack[1] == _pitrix ]]; then\n"
    "\t_pitrix \"$@\"\n"
    "else\n"
    "\tcompdef _pitrix pitrix\n"
    "fi\n";

static const char fish_script[] =
    "# fish completion of pitrix\n"
    "function __pitrix_complete\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    set -l mode :none\n"
    "    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)\n"
    "        switch $line\n"
    "            case ':*'\n"
    "                set mode $line\n"
    "            case '*'\n"
    "                echo $line\n"
    "        end\n"
    "    end\n"
    "    switch $mode\n"
    "        case :files\n"
    "            __fish_complete_path (commandline -ct)\n"
    "        case :dirs\n"
    "            __fish_complete_directories (commandline -ct)\n"
    "    end\n"
    "end\n"
    "complete -c pitrix -f -a '(__pitrix_complete)'\n";

const struct complete_shell complete_shells[] = { { "bash", "pitrix.bash", bash_script },
						  { "zsh", "_pitrix", zsh_script },
						  { "fish", "pitrix.fish", fish_script },
						  { NULL, NULL, NULL } };

/* What is being completed, and the answer so far. */
struct answer {
	struct cli *cli;
	struct ptx_buf out;
	const char *begin; /* what a candidate must begin with */
	char before[128];  /* what stands before it in the same word: "--output=" */
	const char *mode;
};

static void offer(struct answer *a, const char *word, size_t n, const char *what)
{
	size_t len = strlen(a->begin);

	if (n < len || memcmp(word, a->begin, len) != 0)
		return;
	ptx_buf_printf(&a->out, "%s%.*s", a->before, (int)n, word);
	if (what)
		ptx_buf_printf(&a->out, "\t%s", what);
	ptx_buf_addc(&a->out, '\n');
}

static void offer_commands(struct answer *a, const struct cmd_noun *noun)
{
	for (const struct cmd *const *c = commands; *c; c++) {
		const char *word = (*c)->path;

		if ((*c)->hidden || (noun && !command_is_of(*c, noun)))
			continue;
		if (noun)
			word += strlen(noun->name) + 1;
		else if (strchr(word, ' '))
			continue;
		offer(a, word, strlen(word), (*c)->summary);
	}
	for (const struct cmd_noun *const *n = command_nouns; !noun && *n; n++)
		offer(a, (*n)->name, strlen((*n)->name), (*n)->summary);
}

static void offer_options(struct answer *a, const struct opt *opts)
{
	for (const struct opt *o = opts; o && o->type != OPT_TYPE_END; o++) {
		char word[64] = "";

		if (o->hidden)
			continue;
		snprintf(word, sizeof(word), "--%s", o->name);
		offer(a, word, strlen(word), o->help);
	}
}

static void offer_choices(struct answer *a, const struct opt_choice *choices)
{
	for (const struct opt_choice *c = choices; c && c->name; c++)
		offer(a, c->name, strlen(c->name), c->help);
}

static void offer_thing(const char *name, const char *what, void *user)
{
	offer(user, name, strlen(name), what);
}

static void offer_values(struct answer *a, enum opt_complete what, const struct opt_choice *choices)
{
	switch (what) {
	case COMPLETE_FILE:
	case COMPLETE_PACKAGE:
		a->mode = ":files";
		break;
	case COMPLETE_DIR:
		a->mode = ":dirs";
		break;
	case COMPLETE_CHOICE:
		offer_choices(a, choices);
		break;
	case COMPLETE_COMMAND:
		offer_commands(a, NULL);
		break;
	case COMPLETE_CLUSTER:
	case COMPLETE_RUNTIME:
	case COMPLETE_JOB:
		things_each(a->cli, what, offer_thing, a);
		break;
	case COMPLETE_NONE:
	case COMPLETE_TEXT:
		break;
	}
}

/* The option whose value the next word is, when this word is an option without one. */
static const struct opt *wants_value(const struct opt *const tables[2], const char *word)
{
	for (size_t t = 0; t < 2; t++) {
		const struct opt *o = NULL;

		if (word[0] == '-' && word[1] == '-' && !strchr(word, '='))
			o = opt_by_name(tables[t], word + 2, strlen(word + 2));
		else if (word[0] == '-' && word[1] && word[1] != '-' && !word[2])
			o = opt_by_letter(tables[t], word[1]);
		if (o)
			return o->type == OPT_TYPE_BOOL ? NULL : o;
	}
	return NULL;
}

/* The word under the cursor is "--name=...": offers values, with what stands before them. */
static bool complete_joined(struct answer *a, const struct opt *const tables[2], const char *word)
{
	const char *equals = strchr(word, '=');
	const struct opt *o = NULL;

	if (strncmp(word, "--", 2) != 0 || !equals)
		return false;
	for (size_t t = 0; t < 2 && !o; t++)
		o = opt_by_name(tables[t], word + 2, (size_t)(equals - word) - 2);
	if (!o)
		return true;
	snprintf(a->before, sizeof(a->before), "%.*s", (int)(equals + 1 - word), word);
	a->begin = equals + 1;
	offer_values(a, o->complete, o->choices);
	return true;
}

static void complete_argument(struct answer *a, const struct cmd *c, size_t given)
{
	const struct opt_arg *arg = c->args;

	while (arg && arg->name && given && !arg->repeat) {
		arg++;
		given--;
	}
	if (arg && arg->name)
		offer_values(a, arg->complete, arg->choices);
}

static void complete(struct answer *a, const struct opt_list *words)
{
	const struct opt *tables[2] = { cli_program_opts, cli_global_opts };
	struct command_match m = { 0 };
	const struct opt *value_of = NULL;
	bool ended = false;
	size_t given = 0;

	for (size_t i = 0; i + 1 < words->n; i++) {
		const char *word = words->items[i];

		if (value_of) {
			value_of = NULL;
		} else if (!ended && strcmp(word, "--") == 0) {
			ended = true;
		} else if (!ended && word[0] == '-' && word[1]) {
			value_of = wants_value(tables, word);
		} else if (!m.cmd) {
			if ((m.noun ? command_match_verb(word, &m, NULL)
				    : command_match_first(word, &m, NULL)) < 0)
				return;
			tables[0] = m.cmd ? m.cmd->opts : NULL;
		} else {
			given++;
		}
	}
	a->begin = words->n ? words->items[words->n - 1] : "";
	if (value_of)
		offer_values(a, value_of->complete, value_of->choices);
	else if (!ended && complete_joined(a, tables, a->begin))
		return;
	else if (!ended && a->begin[0] == '-') {
		offer_options(a, tables[0]);
		offer_options(a, tables[1]);
	} else if (!m.cmd)
		offer_commands(a, m.noun);
	else
		complete_argument(a, m.cmd, given);
}

struct complete_args {
	struct opt_list words;
};

static int complete_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct complete_args *args = v;
	struct answer a = { .cli = cli, .begin = "", .mode = ":none" };
	int rc = 0;

	ptx_buf_init(&a.out, 1u << 20);
	complete(&a, &args->words);
	ptx_buf_printf(&a.out, "%s\n", a.mode);
	rc = cli_write(&a.out, err);
	ptx_buf_done(&a.out);
	return rc;
}

static const struct opt_arg complete_args[] = {
	ARG_LIST("WORD", struct complete_args, words, "the words so far, the last one may be empty",
		 .optional = true, .complete = COMPLETE_TEXT),
	ARG_END
};

const struct cmd cmd_complete = {
	.path = "__complete",
	.group = GROUP_OTHER,
	.summary = "Tell what may follow the words so far",
	.args = complete_args,
	.args_size = sizeof(struct complete_args),
	.run = complete_run,
	.hidden = true,
	.raw = true,
};
