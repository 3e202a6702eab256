/* SPDX-License-Identifier: Apache-2.0 */
/* context.c - the library's context of a run, and the signals that cancel it.
 *
 * It is made at the first use, so that commands that do not need it (version, help, completions) do
 * not pay.
 */
#include <signal.h>

#include <pitrix/store.h>

#include "cli.h"

/* The context that a signal cancels. The one file-level variable: a handler is given nothing else.
 */
static struct ptx_ctx *volatile signal_ctx;

/* The first signal asks for a stop at the next safe point, the second ends the program. */
static void on_signal(int number)
{
	ptx_ctx_cancel(signal_ctx);
	signal(number, SIG_DFL);
}

static void catch_signals(struct ptx_ctx *ctx)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	signal_ctx = ctx;
	for (size_t i = 0; i < CLI_COUNT(numbers); i++) {
		struct sigaction old = { 0 };
		struct sigaction act = { .sa_handler = on_signal };

		sigemptyset(&act.sa_mask);
		/* What is ignored (nohup) stays ignored. */
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &act, NULL);
	}
}

static void on_log(enum ptx_log_level level, const char *area, const char *line, void *user)
{
	struct cli *cli = user;

	if (level == PTX_LOG_WARN)
		cli_warn(cli, "%s", line);
	else if (level == PTX_LOG_DEBUG)
		cli_say(cli, "%s: %s", area, line);
	else
		cli_say(cli, "%s", line);
}

struct ptx_ctx *cli_ctx(struct cli *cli, struct ptx_error **err)
{
	enum ptx_log_level most = cli->globals.debug     ? PTX_LOG_DEBUG
				  : cli->globals.verbose ? PTX_LOG_INFO
							 : PTX_LOG_WARN;
	struct ptx_ctx *ctx = cli->ctx;
	int rc = 0;

	if (ctx)
		return ctx;
	ctx = ptx_ctx_new();
	if (ctx && cli->globals.home)
		rc = ptx_ctx_set_home(ctx, cli->globals.home);
	if (!ctx || rc < 0) {
		ptx_ctx_free(ctx);
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	ptx_ctx_set_log(ctx, most, on_log, cli);
	catch_signals(ctx);
	cli->ctx = ctx;
	return ctx;
}

struct ptx_store *cli_store(struct cli *cli, struct ptx_error **err)
{
	struct ptx_ctx *ctx = cli_ctx(cli, err);

	if (ctx && !cli->store)
		cli->store = ptx_store_open(ctx, NULL, err);
	return cli->store;
}

void cli_done(struct cli *cli)
{
	struct ptx_ctx *ctx = cli->ctx;

	ptx_store_close(cli->store);
	cli->store = NULL;
	cli->ctx = NULL;
	if (!ctx)
		return;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal_ctx = NULL;
	ptx_ctx_free(ctx);
}
