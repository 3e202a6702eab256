/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - pitrix-agent: one static program, a row for each thing that it can be in a machine. */
#define PTX_AREA PTX_AREA_AGENT
#include "../base/ctx.h"

#include <sys/stat.h>

#include "../base/fs.h"
#include "../base/time.h"
#include "../wire/wire.h"
#include "drone.h"
#include "frontgate.h"
#include "takeover.h"

static const struct {
	const char *name;
	const char *config;
	const char *summary;
	int (*run)(struct ptx_ctx *ctx, const char *config, struct ptx_error **err);
	int (*check)(struct ptx_ctx *ctx, const char *config, const json_t *state,
		     struct ptx_error **err);
} roles[] = {
	{ "drone", PTXI_WIRE_FILE_DRONE,
	  "one for each instance: its configuration files and commands", ptxi_drone_run,
	  ptxi_drone_check },
	{ "frontgate", PTXI_WIRE_FILE_FRONTGATE,
	  "one for each VPC: guards the metadata of its clusters", ptxi_frontgate_run,
	  ptxi_frontgate_check },
};

struct options {
	size_t role;
	bool check; /* --check: can it take over the state on standard input? */
	struct ptxi_takeover_args takeover;
};

static void usage(FILE *out)
{
	fprintf(out, "pitrix-agent ROLE [--config FILE] [--debug]\n\n");
	for (size_t i = 0; i < PTXI_COUNT(roles); i++)
		fprintf(out, "  %-10s %s (%s)\n", roles[i].name, roles[i].summary, roles[i].config);
}

static void log_line(enum ptx_log_level level, const char *area, const char *line, void *user)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	struct ptx_buf b;

	(void)user;
	ptx_buf_init(&b, (size_t)16 << 10);
	ptxi_time_format_rfc3339(ptxi_time_wall_ns() / PTXI_NS_PER_S, 0, 0, &b);
	ptx_buf_printf(&b, " %s %s: %s\n", names[level], area, line);
	fputs(b.p, stderr);
	ptx_buf_done(&b);
}

static int check(struct ptx_ctx *ctx, const struct options *o, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	json_t *state = NULL;
	int code = 0;

	ptx_buf_init(&text, 0);
	code = ptxi_fs_read("-", PTXI_TAKEOVER_MAX, &text, err);
	if (code < 0)
		return code;
	state = ptxi_takeover_parse(ptx_buf_str(&text), o->takeover.role, err);
	code = state ? roles[o->role].check(ctx, o->takeover.config, state, err) : PTX_E_INVALID;
	json_decref(state);
	if (code == 0)
		printf("pitrix-agent " PACKAGE_VERSION " takes over format %d\n",
		       PTXI_TAKEOVER_FORMAT);
	return code;
}

static int run(struct options *o)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct ptx_error *e = NULL;
	ptx_auto_buf text = { 0 };
	int code = 0;

	if (!ctx) {
		fputs("pitrix-agent: no memory\n", stderr);
		return ptx_code_exit_status(PTX_E_NOMEM);
	}
	umask(022);
	ptx_ctx_set_log(ctx, o->takeover.debug ? PTX_LOG_DEBUG : PTX_LOG_INFO, log_line, NULL);
	if (o->check) {
		code = check(ctx, o, &e);
	} else {
		code = ptxi_takeover_begin(&o->takeover, &e);
#ifdef PTXI_AGENT_FAULT
		PTXI_AGENT_FAULT(&o->takeover.config); /* tests/agent/fault.c */
#endif
		if (code == 0)
			code = roles[o->role].run(ctx, o->takeover.config, &e);
	}
	if (code == 0)
		return 0;
	ptx_buf_init(&text, 0);
	ptx_error_print(e, &text);
	fprintf(stderr, "pitrix-agent: %s\n", text.p);
	int status = ptx_code_exit_status(ptx_error_code(e));

	ptx_error_free(e);
	return status;
}

/* An option with a value: the next argument. */
static bool take_value(const char *name, const char **to, int argc, char **argv, int *i)
{
	if (strcmp(argv[*i], name) != 0 || *i + 1 >= argc)
		return false;
	*to = argv[++*i];
	return true;
}

static size_t find_role(const char *name)
{
	size_t k = 0;

	while (k < PTXI_COUNT(roles) && strcmp(name, roles[k].name) != 0)
		k++;
	return k;
}

int main(int argc, char **argv)
{
	struct options o = { .role = PTXI_COUNT(roles) };
	struct ptxi_takeover_args *t = &o.takeover;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			usage(stdout);
			return 0;
		}
		if (strcmp(argv[i], "--version") == 0) {
			puts("pitrix-agent " PACKAGE_VERSION);
			return 0;
		}
		if (strcmp(argv[i], "--debug") == 0) {
			t->debug = true;
			continue;
		}
		if (strcmp(argv[i], "--check") == 0) {
			o.check = true;
			continue;
		}
		/* The last four are what one program of the agent gives to another one. */
		if (take_value("--config", &t->config, argc, argv, &i) ||
		    take_value("--resume", &t->resume, argc, argv, &i) ||
		    take_value("--fallback", &t->fallback, argc, argv, &i) ||
		    take_value("--instead-of", &t->instead_of, argc, argv, &i) ||
		    take_value("--not-updated", &t->not_updated, argc, argv, &i))
			continue;
		if (i == 1)
			o.role = find_role(argv[1]);
		if (i == 1 && o.role < PTXI_COUNT(roles))
			continue;
		fprintf(stderr, "pitrix-agent: unknown argument '%s'\n", argv[i]);
		usage(stderr);
		return ptx_code_exit_status(PTX_E_USAGE);
	}
	if (o.role == PTXI_COUNT(roles)) {
		usage(stderr);
		return ptx_code_exit_status(PTX_E_USAGE);
	}
	t->role = roles[o.role].name;
	if (!t->config)
		t->config = roles[o.role].config;
	return run(&o);
}
