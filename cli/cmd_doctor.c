/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_doctor.c - what this machine lacks, and the command that mends it. */
#include <string.h>

#include <pitrix/doctor.h>

#include "commands.h"
#include "print.h"
#include "problems.h"

struct doctor_args {
	const char *runtime;
	int output;
};

/* One line for each finding, and below it what mends it, ready to be copied. */
static int print_findings(struct cli *cli, const struct ptx_diags *d, struct ptx_error **err)
{
	static const char *const words[] = {
		[PTX_NOTE] = "ok", [PTX_WARNING] = "later", [PTX_ERROR] = "lacks"
	};
	static const char *const colors[] = {
		[PTX_NOTE] = "32", [PTX_WARNING] = "33", [PTX_ERROR] = "31"
	};
	const struct ptx_diag *f = NULL;
	struct ptx_buf out;
	int rc = 0;

	ptx_buf_init(&out, 0);
	for (size_t i = 0; (f = ptx_diags_at(d, i)); i++) {
		if (cli->globals.quiet && f->severity == PTX_NOTE)
			continue;
		ptx_buf_printf(&out, cli->color_out ? "\033[%sm%-6s\033[0m" : "%.0s%-6s",
			       colors[f->severity], words[f->severity]);
		print_clean(&out, f->message, strlen(f->message));
		ptx_buf_addc(&out, '\n');
		if (f->hint) {
			ptx_buf_adds(&out, "        ");
			print_clean(&out, f->hint, strlen(f->hint));
			ptx_buf_addc(&out, '\n');
		}
	}
	rc = cli_write(&out, err);
	ptx_buf_done(&out);
	return rc;
}

static int doctor_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct doctor_args *args = v;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_diags *d = ptx_diags_new();
	size_t lacking = 0;
	int rc = PTX_E_NOMEM;

	if (ctx && a && d)
		rc = ptx_doctor(ctx, args->runtime, d, err);
	else if (ctx)
		ptx_error_set(err, rc, "out of memory");
	lacking = d ? ptx_diags_count_of(d, PTX_ERROR) : 0;
	if (rc == 0 && args->output != PRINT_TABLE)
		rc = print_value(cli, args->output, problems_value(a, d), NULL, err);
	else if (rc == 0)
		rc = print_findings(cli, d, err);
	if (rc == 0 && lacking) {
		rc = ptx_code_exit_status(PTX_E_FAILED);
	} else if (rc == 0 && args->output == PRINT_TABLE) {
		fflush(stdout);
		cli_say(cli, "Nothing is missing.");
	}
	ptx_diags_free(d);
	ptx_arena_free(a);
	return rc;
}

static const struct opt doctor_opts[] = { OPT_OUTPUT_UNNAMED(struct doctor_args, output), OPT_END };

static const struct opt_arg doctor_args[] = { ARG("RUNTIME", struct doctor_args, runtime,
						  "the runtime to deploy on [local]",
						  .optional = true, .complete = COMPLETE_RUNTIME),
					      ARG_END };

static const struct cmd_example doctor_examples[] = {
	{ "pitrix doctor", "See what this machine lacks for the runtime local" },
	{ "pitrix doctor -o json", "The same for programs" },
	{ NULL, NULL }
};

const struct cmd cmd_doctor = {
	.path = "doctor",
	.group = GROUP_RUNTIME,
	.summary = "Tell what this machine lacks, and what mends it",
	.about = "Looks at everything that deploying takes, and changes nothing. What is lacking "
		 "is followed by the command that mends "
		 "it; the exit status is 1 then.",
	.opts = doctor_opts,
	.args = doctor_args,
	.examples = doctor_examples,
	.args_size = sizeof(struct doctor_args),
	.run = doctor_run,
};
