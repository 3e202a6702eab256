/* SPDX-License-Identifier: Apache-2.0 */
/* generate.c - writes all that is made of the tables into a folder: manual pages, completions,
 * docs/errors.md.
 *
 * The results are committed; tests/check-generated.sh makes them again and compares.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "complete.h"
#include "man.h"

struct generate_args {
	const char *dir;
};

static int write_file(const char *dir, const char *folder, const char *name, struct ptx_buf *b,
		      struct ptx_error **err)
{
	char path[4096] = "";
	FILE *f = NULL;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, folder);
	if (mkdir(path, 0777) < 0 && errno != EEXIST) {
		ptx_error_set(err, PTX_E_IO, "cannot make the folder '%s': %s", path,
			      strerror(errno));
		return PTX_E_IO;
	}
	snprintf(path, sizeof(path), "%s/%s/%s", dir, folder, name);
	f = ptx_buf_ok(b) ? fopen(path, "w") : NULL;
	if (!f || fwrite(b->p, 1, b->n, f) != b->n) {
		rc = PTX_E_IO;
		ptx_error_set(err, rc, "cannot write '%s': %s", path, strerror(errno));
	}
	if (f && fclose(f) != 0 && rc == 0) {
		rc = PTX_E_IO;
		ptx_error_set(err, rc, "cannot write '%s': %s", path, strerror(errno));
	}
	ptx_buf_clear(b);
	return rc;
}

static int write_man(const char *dir, struct ptx_buf *b, struct ptx_error **err)
{
	int rc = 0;

	man_program(b);
	rc = write_file(dir, "man", "pitrix.1", b, err);
	for (const struct cmd *const *c = commands; *c && rc == 0; c++) {
		struct ptx_buf name;

		if ((*c)->hidden)
			continue;
		ptx_buf_init(&name, 256);
		man_name(&name, *c);
		ptx_buf_adds(&name, ".1");
		man_command(b, *c);
		rc = write_file(dir, "man", name.p, b, err);
		ptx_buf_done(&name);
	}
	return rc;
}

static int write_completions(const char *dir, struct ptx_buf *b, struct ptx_error **err)
{
	int rc = 0;

	for (const struct complete_shell *s = complete_shells; s->name && rc == 0; s++) {
		ptx_buf_adds(b, s->script);
		rc = write_file(dir, "completions", s->file, b, err);
	}
	return rc;
}

static int write_errors(const char *dir, struct ptx_buf *b, struct ptx_error **err)
{
	ptx_buf_adds(b, "# Errors\n\n"
			"Made of the library's table; do not edit. A code says what a caller can "
			"do about an error. Its name\n"
			"is what travels in records and over the wire; the program ends with its "
			"exit status.\n\n"
			"| code | name | exit status | meaning |\n| --- | --- | --- | --- |\n");
	for (int code = 0; ptx_code_summary(code); code--)
		ptx_buf_printf(b, "| %d | `%s` | %d | %s |\n", code, ptx_code_name(code),
			       ptx_code_exit_status(code), ptx_code_summary(code));
	ptx_buf_adds(b, "\nExit status 2 means that there are changes or drift, and comes only "
			"with `--detailed-exitcode`.\n");
	return write_file(dir, "docs", "errors.md", b, err);
}

static int generate_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct generate_args *args = v;
	struct ptx_buf b;
	int rc = 0;

	(void)cli;
	ptx_buf_init(&b, 1u << 20);
	rc = write_man(args->dir, &b, err);
	if (rc == 0)
		rc = write_completions(args->dir, &b, err);
	if (rc == 0)
		rc = write_errors(args->dir, &b, err);
	ptx_buf_done(&b);
	return rc;
}

static const struct opt_arg generate_args[] = {
	ARG("DIR", struct generate_args, dir,
	    "the folder to write man/, completions/ and docs/ into", .complete = COMPLETE_DIR),
	ARG_END
};

const struct cmd cmd_generate = {
	.path = "__generate",
	.group = GROUP_OTHER,
	.summary = "Write all that is made of the tables",
	.args = generate_args,
	.args_size = sizeof(struct generate_args),
	.run = generate_run,
	.hidden = true,
};
