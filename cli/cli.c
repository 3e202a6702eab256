/* SPDX-License-Identifier: Apache-2.0 */
/* cli.c - what every command uses: the context, messages and stdout.
 *
 * Results go to stdout, all else to stderr. Writing to stdout is buffered and checked: a full disk
 * is an error, a reader that left (a closed pipe) ends the program as it ends any other.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "follow.h"

const struct opt cli_program_opts[] = {
	OPT_BOOL('V', "version", struct cli_globals, version, "tell which version this is"), OPT_END
};

const struct opt cli_global_opts[] = {
	OPT_BOOL('h', "help", struct cli_globals, help,
		 "show what a command does, and its options"),
	OPT_STR(0, "home", struct cli_globals, home, "DIR",
		"folder of the state [~/.local/state/pitrix]", .complete = COMPLETE_DIR,
		.env = "PITRIX_HOME"),
	OPT_ENUM(0, "color", struct cli_globals, color, "WHEN",
		 ((const struct opt_choice[]){
		     { "auto", COLOR_AUTO, "on a terminal, unless NO_COLOR is set" },
		     { "always", COLOR_ALWAYS, "also into files and pipes" },
		     { "never", COLOR_NEVER, "no colours" },
		     { NULL, 0, NULL } }),
		 "when to use colours"),
	OPT_BOOL('q', "quiet", struct cli_globals, quiet, "say nothing but results and errors"),
	OPT_BOOL('v', "verbose", struct cli_globals, verbose, "say more about what is done"),
	OPT_BOOL(0, "debug", struct cli_globals, debug,
		 "log everything, with where an error was made", .env = "PITRIX_DEBUG"),
	OPT_END
};

static void print_stderr(struct cli *cli, const char *color, const char *prefix, const char *text)
{
	follow_pause(cli->follow);
	if (cli->color_err)
		fprintf(stderr, "\033[%sm%s\033[0m%s\n", color, prefix, text);
	else
		fprintf(stderr, "%s%s\n", prefix, text);
	follow_resume(cli->follow);
}

void cli_say(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->globals.quiet)
		return;
	follow_pause(cli->follow);
	va_start(ap, fmt);
	vfprintf(stderr, fmt,
		 ap); /* NOLINT(clang-analyzer-valist.Uninitialized): va_start is right above */
	va_end(ap);
	fputc('\n', stderr);
	follow_resume(cli->follow);
}

void cli_warn(struct cli *cli, const char *fmt, ...)
{
	struct ptx_buf text;
	va_list ap;

	if (cli->globals.quiet)
		return;
	ptx_buf_init(&text, 65536);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (ptx_buf_ok(&text))
		print_stderr(cli, "33", "warning: ", text.p);
	ptx_buf_done(&text);
}

void cli_print_error(struct cli *cli, const struct ptx_error *err)
{
	const struct ptx_where *where = ptx_error_where(err);
	struct ptx_buf text;

	ptx_buf_init(&text, 1u << 20);
	ptx_error_print(err, &text);
	if (cli->globals.debug)
		ptx_buf_printf(&text, "\n  made by %s (%s, %s)", ptx_error_source(err),
			       ptx_error_area(err), ptx_code_name(ptx_error_code(err)));
	print_stderr(cli, "31", where && where->file ? "" : "pitrix: ",
		     ptx_buf_ok(&text) ? text.p : ptx_error_message(err));
	ptx_buf_done(&text);
}

int cli_usage(struct ptx_error **err, const char *fmt, ...)
{
	struct ptx_buf text;
	va_list ap;

	ptx_buf_init(&text, 65536);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	ptx_error_set(err, PTX_E_USAGE, "%s", ptx_buf_ok(&text) ? text.p : "wrong usage");
	ptx_buf_done(&text);
	return PTX_E_USAGE;
}

/* Reports what writing to stdout came to. */
static int write_error(struct ptx_error **err)
{
	int e = errno;

	if (e == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	ptx_error_set(err, PTX_E_IO, "cannot write the result: %s", strerror(e));
	return PTX_E_IO;
}

int cli_write_str(struct ptx_str s, struct ptx_error **err)
{
	return fwrite(s.p, 1, s.n, stdout) == s.n ? 0 : write_error(err);
}

int cli_write(struct ptx_buf *b, struct ptx_error **err)
{
	bool ok = ptx_buf_ok(b);
	int rc = 0;

	if (!ok) {
		rc = b->status;
		ptx_error_set(err, rc,
			      rc == PTX_E_LIMIT ? "the result is too large to print"
						: "out of memory");
	} else {
		rc = cli_write_str((struct ptx_str){ b->p, b->n }, err);
	}
	ptx_buf_clear(b);
	return rc;
}

int cli_flush(struct ptx_error **err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return write_error(err);
}
