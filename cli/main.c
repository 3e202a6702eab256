/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - finds the command, reads its options, runs it, and turns what it came to into an exit
 * status.
 *
 * Words are read in three steps: global options up to the command, the command's one or two words,
 * and all the rest with the command's table and the global one together.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "config.h"
#include "help.h"

static void init_terminal(struct cli *cli)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	bool may = !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
	bool out = isatty(STDOUT_FILENO) == 1;
	bool err = isatty(STDERR_FILENO) == 1;

	cli->err_terminal = err && may;
	cli->can_ask = err && isatty(STDIN_FILENO) == 1;
	if (cli->globals.color == COLOR_AUTO) {
		cli->color_out = out && may;
		cli->color_err = err && may;
	} else {
		cli->color_out = cli->globals.color == COLOR_ALWAYS;
		cli->color_err = cli->color_out;
	}
}

/* Prints a page of help; on stderr where it answers a command line that lacks something. */
static int page(struct cli *cli, const struct command_match *m, bool wanted, struct ptx_error **err)
{
	struct ptx_buf out;
	int rc = 0;

	if (!wanted)
		cli->color_out = cli->color_err;
	ptx_buf_init(&out, 1u << 20);
	if (m->cmd)
		help_command(cli, &out, m->cmd);
	else if (m->noun)
		help_noun(cli, &out, m->noun);
	else
		help_all(cli, &out);
	if (wanted) {
		rc = cli_write(&out, err);
	} else {
		rc = ptx_code_exit_status(PTX_E_USAGE);
		if (ptx_buf_ok(&out))
			fwrite(out.p, 1, out.n, stderr);
	}
	ptx_buf_done(&out);
	return rc;
}

/* Defaults of the user; the file is read when the first of them is asked for. */
static int fallback(const struct opt *o, const char **text, void *user, struct ptx_error **err)
{
	struct cli *cli = user;
	int rc = 0;

	if (cli->cmd->hidden)
		return 0;
	if (!cli->config_read)
		rc = config_load(&cli->config, err);
	cli->config_read = true;
	*text = config_get(cli->config, cli->cmd, o);
	return rc;
}

static int run_command(struct cli *cli, struct opt_parser *p, int argc, char *const *argv,
		       struct ptx_error **err)
{
	const struct cmd *c = cli->cmd;
	void *args = calloc(1, c->args_size ? c->args_size : 1);
	char *nothing[] = { NULL };
	int rc = 0;

	if (!args) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return PTX_E_NOMEM;
	}
	if (c->raw) {
		*(struct opt_list *)args = (struct opt_list){ (const char **)argv, (size_t)argc };
		rc = c->run(cli, args, err);
		free(args);
		return rc;
	}
	p->targets[0] = (struct opt_target){ c->opts, args };
	p->given[0] = 0;
	p->args = c->args;
	p->args_base = args;
	rc = opt_parse(p, argc, argc ? argv : nothing, err);
	init_terminal(cli);
	if (rc == 0 && cli->globals.help)
		rc = page(cli, &(struct command_match){ .cmd = c }, true, err);
	else if (rc == 0)
		rc = c->run(cli, args, err);
	opt_done(p);
	free(args);
	return rc;
}

/* Skips global options at argv[*at]. */
static int leading(struct opt_parser *p, int argc, char **argv, int *at, struct ptx_error **err)
{
	int used = 0;
	int rc = opt_parse_leading(p, argc - *at, argv + *at, &used, err);

	*at += used;
	return rc;
}

/* True when a link named helm calls the program. */
static bool is_helm(const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;

	return program && strcmp(slash ? slash + 1 : program, "helm") == 0;
}

static int run(struct cli *cli, int argc, char **argv, struct ptx_error **err)
{
	struct opt_parser p = {
		.targets = { { cli_program_opts, &cli->globals },
			     { cli_global_opts, &cli->globals } },
		.stop = &cli->globals.help,
		.fallback = fallback,
		.fallback_user = cli,
	};
	struct command_match m = { 0 };
	int at = 1;
	int rc = 0;

	if (argc && is_helm(argv[0]))
		return helm_main(cli, argc - 1, argv + 1);
	rc = leading(&p, argc, argv, &at, err);
	if (rc == 0 && at < argc && !cli->globals.version) {
		rc = command_match_first(argv[at++], &m, err);
		if (rc == 0 && m.noun) {
			rc = leading(&p, argc, argv, &at, err);
			if (rc == 0 && at < argc)
				rc = command_match_verb(argv[at++], &m, err);
		}
	}
	if (rc < 0)
		return rc;
	init_terminal(cli);
	if (cli->globals.version)
		m.cmd = &cmd_version;
	if (!m.cmd)
		return page(cli, &m, cli->globals.help, err);
	cli->cmd = m.cmd;
	return run_command(cli, &p, argc - at, argv + at, err);
}

/* Tells where to read about the command that was called wrongly. */
static void point_to_help(const struct cli *cli)
{
	if (cli->globals.quiet)
		return;
	if (cli->cmd)
		fprintf(stderr, "Try 'pitrix %s --help'.\n", cli->cmd->path);
	else
		fputs("Try 'pitrix --help'.\n", stderr);
}

/* Manifests go into pipes by the hundred KiB: C's own 4 KiB would be a system call for each. */
static void widen_output(void)
{
	static char buffer[16u << 10];

	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
}

int main(int argc, char **argv)
{
	struct cli cli = { 0 };
	struct ptx_error *err = NULL;
	int rc = 0;

	signal(SIGPIPE, SIG_IGN);
	widen_output();
	init_terminal(&cli);
	rc = run(&cli, argc, argv, &err);
	if (rc >= 0) {
		int flushed = cli_flush(&err);

		if (flushed < 0)
			rc = flushed;
	} else {
		fflush(stdout);
	}
	if (rc < 0) {
		cli_print_error(&cli, err);
		if (ptx_error_code(err) == PTX_E_USAGE)
			point_to_help(&cli);
		rc = ptx_code_exit_status(ptx_error_code(err));
	}
	ptx_error_free(err);
	config_free(cli.config);
	cli_done(&cli);
	return rc;
}
