/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_state.c - carries the whole state from one place to another as one JSON file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pitrix/store.h>

#include "commands.h"
#include "files.h"

#define MOST_STATE (1u << 30)
#define PASSPHRASE "PITRIX_STATE_PASSPHRASE"

const struct cmd_noun noun_state = {
	.name = "state",
	.group = GROUP_JOB,
	.summary = "Carry the state of an installation elsewhere",
	.about = "The state is what is recorded of clusters and jobs, with secrets sealed. A "
		 "pipeline exports it at the end of one job "
		 "and imports it at the beginning of the next.",
};

struct state_args {
	const char *file;
	const char *passphrase_file;
	bool replace;
};

/* A new file of 0600 that takes the place of the old one only when it is whole. */
static int write_whole(const char *path, const struct ptx_buf *b, struct ptx_error **err)
{
	char part[4096] = "";
	size_t at = 0;
	int fd = -1;
	int rc = 0;

	if (snprintf(part, sizeof(part), "%s.XXXXXX", path) >= (int)sizeof(part))
		return cli_usage(err, "the name of the file is too long");
	fd = mkstemp(part);
	if (fd < 0)
		return files_cannot(err, "write", path);
	while (rc == 0 && at < b->n) {
		ssize_t n = write(fd, b->p + at, b->n - at);

		if (n < 0 && errno != EINTR)
			rc = files_cannot(err, "write", path);
		at += n > 0 ? (size_t)n : 0;
	}
	if (rc == 0 && fsync(fd) < 0)
		rc = files_cannot(err, "write", path);
	if (close(fd) < 0 && rc == 0)
		rc = files_cannot(err, "write", path);
	if (rc == 0 && rename(part, path) < 0)
		rc = files_cannot(err, "write", path);
	if (rc < 0)
		unlink(part);
	return rc;
}

static int export_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct state_args *args = v;
	struct ptx_store *st = NULL;
	struct ptx_buf secret;
	struct ptx_buf out;
	int rc = 0;

	ptx_buf_init(&secret, FILES_MOST_SECRET);
	ptx_buf_init(&out, 0);
	rc = files_read_secret(args->passphrase_file, PASSPHRASE, "passphrase", &secret, err);
	if (rc == 0) {
		st = cli_store(cli, err);
		rc = st ? ptx_store_export(st, secret.n ? secret.p : NULL, &out, err)
			: ptx_error_code(*err);
	}
	if (rc == 0 && (!args->file || strcmp(args->file, "-") == 0))
		rc = cli_write(&out, err);
	else if (rc == 0)
		rc = write_whole(args->file, &out, err);
	files_forget(&secret);
	ptx_buf_done(&out);
	return rc;
}

static int import_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct state_args *args = v;
	struct ptx_import_opts opts = PTX_IMPORT_OPTS_INIT;
	struct ptx_store *st = NULL;
	struct ptx_buf secret;
	struct ptx_buf text;
	int rc = 0;

	ptx_buf_init(&secret, FILES_MOST_SECRET);
	ptx_buf_init(&text, MOST_STATE);
	rc = files_read_secret(args->passphrase_file, PASSPHRASE, "passphrase", &secret, err);
	if (rc == 0)
		rc = files_read(args->file, &text, err);
	if (rc == 0) {
		opts.file = args->file;
		opts.passphrase = secret.n ? secret.p : NULL;
		opts.replace = args->replace;
		st = cli_store(cli, err);
		rc = st ? ptx_store_import(st, ptx_buf_str(&text), &opts, err)
			: ptx_error_code(*err);
	}
	if (rc == 0)
		cli_say(cli, "The state is imported.");
	files_forget(&secret);
	ptx_buf_done(&text);
	return rc;
}

/* clang-format off */
#define OPT_PASSPHRASE \
	OPT_STR(0, "passphrase-file", struct state_args, passphrase_file, "FILE", \
		"seal secrets under the passphrase in this file instead of this machine's key; or $PITRIX_STATE_PASSPHRASE", \
		.complete = COMPLETE_FILE)
/* clang-format on */

static const struct opt export_opts[] = { OPT_PASSPHRASE, OPT_END };

static const struct opt_arg export_args[] = { ARG("FILE", struct state_args, file,
						  "where to write it, - for stdout [-]",
						  .optional = true, .complete = COMPLETE_FILE),
					      ARG_END };

static const struct cmd_example export_examples[] = {
	{ "pitrix state export state.json --passphrase-file key.txt",
	  "Write the state for another machine" },
	{ "pitrix state export > backup.json", "Keep a copy; it needs this machine's key" },
	{ NULL, NULL }
};

const struct cmd cmd_state_export = {
	.path = "state export",
	.group = GROUP_JOB,
	.summary = "Write the whole state as one JSON file",
	.about = "Secrets stay sealed: under this machine's key, or under a passphrase where the "
		 "file goes elsewhere.",
	.opts = export_opts,
	.args = export_args,
	.examples = export_examples,
	.args_size = sizeof(struct state_args),
	.run = export_run,
};

static const struct opt import_opts[] = { OPT_PASSPHRASE,
					  OPT_BOOL(0, "replace", struct state_args, replace,
						   "throw away the state that is here"),
					  OPT_END };

static const struct opt_arg import_args[] = { ARG("FILE", struct state_args, file,
						  "a file of 'pitrix state export', - for stdin",
						  .complete = COMPLETE_FILE),
					      ARG_END };

static const struct cmd_example import_examples[] = {
	{ "pitrix state import state.json --passphrase-file key.txt",
	  "Take over the state of another machine" },
	{ NULL, NULL }
};

const struct cmd cmd_state_import = {
	.path = "state import",
	.group = GROUP_JOB,
	.summary = "Read a state that was exported",
	.about = "All of it or nothing. A state that holds something already is kept, unless "
		 "--replace says otherwise.",
	.opts = import_opts,
	.args = import_args,
	.examples = import_examples,
	.args_size = sizeof(struct state_args),
	.run = import_run,
};
