/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_completion.c - prints the script that makes a shell complete our words. */
#include <string.h>

#include "commands.h"
#include "complete.h"

struct completion_args {
	const char *shell;
};

static int completion_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct completion_args *args = v;

	(void)cli;
	for (const struct complete_shell *s = complete_shells; s->name; s++)
		if (strcmp(s->name, args->shell) == 0) {
			fputs(s->script, stdout);
			return 0;
		}
	return cli_usage(err, "no completion for the shell '%s' (there is bash, zsh and fish)",
			 args->shell);
}

static const struct opt_choice shells[] = {
	{ "bash", 0, NULL }, { "zsh", 0, NULL }, { "fish", 0, NULL }, { NULL, 0, NULL }
};

static const struct opt_arg completion_args[] = {
	ARG("SHELL", struct completion_args, shell, "bash, zsh or fish",
	    .complete = COMPLETE_CHOICE, .choices = shells),
	ARG_END
};

static const struct cmd_example completion_examples[] = {
	{ "pitrix completion bash > ~/.local/share/bash-completion/completions/pitrix",
	  "Complete words in bash" },
	{ "pitrix completion zsh > ~/.zfunc/_pitrix",
	  "Complete words in zsh, where ~/.zfunc is in fpath" },
	{ "pitrix completion fish > ~/.config/fish/completions/pitrix.fish",
	  "Complete words in fish" },
	{ NULL, NULL }
};

const struct cmd cmd_completion = {
	.path = "completion",
	.group = GROUP_OTHER,
	.summary = "Print the script that completes words in a shell",
	.about = "An installed pitrix brings these scripts along; this is for programs that were "
		 "not installed.",
	.args = completion_args,
	.examples = completion_examples,
	.args_size = sizeof(struct completion_args),
	.run = completion_run,
};
