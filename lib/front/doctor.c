/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - what this machine has and lacks: the folders, the agent, the programs that images are
 * built with, and what the runtime's own driver says of its remote. One row a program: what it is
 * for, and the Debian package that has it. */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/diag.h"
#include "../base/proc.h"

#include <pitrix/doctor.h>
#include <sys/statvfs.h>

#define ENOUGH_MIB 2048u

struct program {
	const char *name;
	const char *package;
	const char *why;
	enum ptx_severity severity; /* when it is missing */
};

static const struct program local_programs[] = {
	{ "podman", "podman", "answers as the container engine where Docker does not run",
	  PTX_WARNING },
	{ "runc", "runc", "starts containers; crun does not work with hybrid cgroups",
	  PTX_WARNING },
	{ "mmdebstrap", "mmdebstrap", "builds the images of the examples and of the Frontgate",
	  PTX_WARNING },
	{ "iptables", "iptables", "publishes the ports of instances", PTX_WARNING },
};

static void note(struct ptx_diags *d, const char *rule, const char *text)
{
	ptxi_diag_add(d, PTX_NOTE, 0, rule, (struct ptx_where){ 0 }, NULL, "%s", text);
}

static void look_for_programs(struct ptx_diags *d)
{
	for (size_t i = 0; i < PTXI_COUNT(local_programs); i++) {
		const struct program *p = &local_programs[i];
		ptx_auto_str path = ptxi_proc_find(p->name);

		if (path) {
			note(d, "program", path);
			continue;
		}
		ptxi_diag_add(d, p->severity, PTX_E_NOT_FOUND, "program", (struct ptx_where){ 0 },
			      NULL, "there is no '%s', which %s", p->name, p->why);
		ptxi_diag_hint(d, "apt-get install %s", p->package);
	}
}

static void look_at_folder(const char *folder, const char *what, struct ptx_diags *d)
{
	struct statvfs fs = { 0 };
	uint64_t mib = 0;

	if (!folder) {
		ptxi_diag_add(d, PTX_ERROR, PTX_E_CONFIG, "folder", (struct ptx_where){ 0 }, NULL,
			      "there is no folder for the %s", what);
		ptxi_diag_hint(d, "set HOME or PITRIX_HOME");
		return;
	}
	if (access(folder, W_OK) < 0) {
		ptxi_diag_add(d, PTX_ERROR, PTX_E_DENIED, "folder", (struct ptx_where){ 0 }, NULL,
			      "the folder '%s' of the %s cannot be written", folder, what);
		return;
	}
	if (statvfs(folder, &fs) < 0)
		return;
	mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	if (mib < ENOUGH_MIB) {
		ptxi_diag_add(d, PTX_WARNING, PTX_E_IO, "disk", (struct ptx_where){ 0 }, NULL,
			      "only %llu MiB are left for the %s in '%s'", (unsigned long long)mib,
			      what, folder);
		return;
	}
	ptxi_diag_add(d, PTX_NOTE, 0, "folder", (struct ptx_where){ 0 }, NULL,
		      "%s in '%s', %llu MiB free", what, folder, (unsigned long long)mib);
}

static void look_at_agent(struct ptx_diags *d)
{
	const char *given = secure_getenv("PITRIX_AGENT");
	const char *path = given && *given ? given : PTXI_LIBEXEC_DIR "/pitrix-agent";

	if (access(path, X_OK) == 0) {
		note(d, "agent", path);
		return;
	}
	ptxi_diag_add(d, PTX_ERROR, PTX_E_NOT_FOUND, "agent", (struct ptx_where){ 0 }, NULL,
		      "the agent's program is not at '%s'", path);
	ptxi_diag_hint(d, "install pitrix whole (make install), or set PITRIX_AGENT");
}

int ptx_doctor(struct ptx_ctx *ctx, const char *runtime, struct ptx_diags *findings,
	       struct ptx_error **err)
{
	const char *home = ptxi_ctx_need_home(ctx, NULL);
	const char *cache = ptxi_ctx_need_cache(ctx, NULL);
	int rc = 0;

	look_at_folder(home, "state", findings);
	look_at_folder(cache, "cache", findings);
	look_at_agent(findings);
	if (!runtime || strcmp(runtime, PTX_RUNTIME_DEFAULT) == 0)
		look_for_programs(findings);
	rc = ptx_runtime_check(ctx, runtime, findings, err);
	return rc < 0 ? ptx_wrap(err, "while looking at runtime '%s'",
				 runtime ? runtime : PTX_RUNTIME_DEFAULT)
		      : 0;
}
