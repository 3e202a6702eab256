/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - pitrix-agent: one static program, a row for each thing that it can be in a machine. */
#define PTX_AREA PTX_AREA_AGENT
#include "../base/ctx.h"

#include <sys/stat.h>

#include "../base/time.h"
#include "../wire/wire.h"
#include "drone.h"
#include "frontgate.h"

static const struct {
	const char *name;
	const char *config;
	const char *summary;
	int (*run)(struct ptx_ctx *ctx, const char *config, struct ptx_error **err);
} roles[] = {
	{ "drone", PTXI_WIRE_FILE_DRONE, "one for each instance: its configuration files and commands", ptxi_drone_run },
	{ "frontgate", PTXI_WIRE_FILE_FRONTGATE, "one for each VPC: guards the metadata of its clusters", ptxi_frontgate_run },
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

static int run(size_t role, const char *config, bool debug)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct ptx_error *e = NULL;
	ptx_auto_buf text = { 0 };

	if (!ctx) {
		fputs("pitrix-agent: no memory\n", stderr);
		return ptx_code_exit_status(PTX_E_NOMEM);
	}
	umask(022);
	ptx_ctx_set_log(ctx, debug ? PTX_LOG_DEBUG : PTX_LOG_INFO, log_line, NULL);
	if (roles[role].run(ctx, config ? config : roles[role].config, &e) == 0)
		return 0;
	ptx_buf_init(&text, 0);
	ptx_error_print(e, &text);
	fprintf(stderr, "pitrix-agent: %s\n", text.p);
	int status = ptx_code_exit_status(ptx_error_code(e));

	ptx_error_free(e);
	return status;
}

int main(int argc, char **argv)
{
	const char *config = NULL;
	bool debug = false;
	size_t role = PTXI_COUNT(roles);

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
			debug = true;
			continue;
		}
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			config = argv[++i];
			continue;
		}
		for (size_t k = 0; i == 1 && k < PTXI_COUNT(roles); k++)
			if (strcmp(argv[1], roles[k].name) == 0)
				role = k;
		if (i == 1 && role < PTXI_COUNT(roles))
			continue;
		fprintf(stderr, "pitrix-agent: unknown argument '%s'\n", argv[i]);
		usage(stderr);
		return ptx_code_exit_status(PTX_E_USAGE);
	}
	if (role == PTXI_COUNT(roles)) {
		usage(stderr);
		return ptx_code_exit_status(PTX_E_USAGE);
	}
	return run(role, config, debug);
}
