/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what a command is, and what every command is given. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

#include <pitrix/pitrix.h>

#include "opt.h"

#define CLI_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Groups of --help, in this order. */
enum cmd_group { GROUP_PACKAGE, GROUP_CLUSTER, GROUP_RUNTIME, GROUP_JOB, GROUP_OTHER, GROUP_COUNT };

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Options that every command takes. */
struct cli_globals {
	const char *home;
	int color; /* enum color_mode */
	bool quiet;
	bool verbose;
	bool debug;
	bool help;
	bool version;
};

extern const struct opt cli_global_opts[];
/* Options that stand before the command only. */
extern const struct opt cli_program_opts[];

struct config;
struct cmd;
struct follow;
struct ptx_store;

/* One run of the program. */
struct cli {
	struct cli_globals globals;
	const struct cmd *cmd; /* what runs */
	struct config *config; /* defaults of the user; NULL: none */
	bool config_read;
	struct ptx_ctx *ctx;     /* made by the first cli_ctx() */
	struct ptx_store *store; /* opened by the first cli_store() */
	struct follow *follow;   /* what is being drawn on stderr, or NULL */
	bool color_out;          /* colours on stdout */
	bool color_err;
	bool err_terminal; /* stderr is a terminal: progress may be redrawn */
	bool can_ask;      /* stdin and stderr are: questions may be asked */
};

/* Runs a command with its struct filled. Returns 0, an exit status above 0 (everything is said
 * already), or a negative code with *err set. */
typedef int (*cmd_run_fn)(struct cli *cli, const void *args, struct ptx_error **err);

struct cmd_example {
	const char *line; /* NULL ends a list; begins with "pitrix " */
	const char *what;
};

struct cmd {
	const char *path;  /* "cluster deploy" */
	const char *alias; /* another path of it, or NULL */
	enum cmd_group group;
	const char *summary; /* one line, imperative, no full stop */
	const char *about;   /* paragraphs, separated by empty lines */
	const struct opt *opts;
	const struct opt_arg *args;
	const struct cmd_example *examples;
	size_t args_size;
	cmd_run_fn run;
	bool hidden; /* not listed: for scripts and tests of ours */
	bool raw;    /* gets every word as it is: no options are looked for */
};

/* A first word that has verbs. */
struct cmd_noun {
	const char *name;
	enum cmd_group group;
	const char *summary;
	const char *about;
};

/* The library's context, made at first use; NULL with *err set. */
struct ptx_ctx *cli_ctx(struct cli *cli, struct ptx_error **err);

/* The state of this installation, opened at first use; NULL with *err set. */
struct ptx_store *cli_store(struct cli *cli, struct ptx_error **err);

/* Frees what a run made. */
void cli_done(struct cli *cli);

/* Says something to the person on stderr (not with --quiet). */
void cli_say(struct cli *cli, const char *fmt, ...) PTX_FORMAT(2, 3);
void cli_warn(struct cli *cli, const char *fmt, ...) PTX_FORMAT(2, 3);

/* Prints an error on stderr. */
void cli_print_error(struct cli *cli, const struct ptx_error *err);

/* Writes all of a buffer to stdout and empties it. Returns 0.  Fails: IO (e.g. a full disk), NOMEM.
 */
int cli_write(struct ptx_buf *b, struct ptx_error **err);
/* The same of bytes that stay as they are. */
int cli_write_str(struct ptx_str s, struct ptx_error **err);
/* Flushes stdout; the last thing that a run does. */
int cli_flush(struct ptx_error **err);

/* Runs Helm's own command line: argv are the words behind `helm`. Returns the exit status. */
int helm_main(struct cli *cli, int argc, char *const *argv);

/* An error about the way in which the command was called. */
int cli_usage(struct ptx_error **err, const char *fmt, ...) PTX_FORMAT(2, 3);

#endif
