/* SPDX-License-Identifier: Apache-2.0 */
/* lost.c - containers that Podman takes for running although nothing of them is left.
 *
 * Podman hears from a container's monitor (conmon) how it ended: the monitor writes the status into
 * a file and calls `podman container cleanup`. When both are killed at once, as by a login manager
 * that ends a user's processes or by whoever freezes a machine and takes it up elsewhere, nobody
 * does that: Podman says "running" for ever, has nothing to start or to stop, and can delete the
 * container only, with all that was written in it. So we do what the monitor left undone; after
 * that it is a container that ended. Docker's daemon watches by itself.
 *
 * No single witness is believed. The engine may live in another PID namespace, where its numbers
 * mean other processes, or none; so the OCI runtime has to refuse a signal too, one that a first
 * process ignores unless it asked for it. And a monitor that still lives is about to tell.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "../../base/fs.h"
#include "../../base/log.h"
#include "../../base/path.h"
#include "../../base/proc.h"

#include <signal.h>

#define SIGNAL    "SIGURG"
#define PODMAN_MS 60000
#define ID_LENGTH 64u

static bool is_gone(const json_t *about, const char *key)
{
	json_int_t pid = json_integer_value(json_object_get(about, key));

	return pid > 1 && pid <= INT32_MAX && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static bool refuses_signals(struct ptxi_docker *d, const char *id)
{
	ptx_auto_str path = ptxi_asprintf("/containers/%s/kill?signal=" SIGNAL, id);
	ptxi_auto_reply reply = { 0 };

	return path && ptxi_engine_call(d, "POST", path, NULL, NULL, &reply, NULL) == 0 &&
	       reply.status >= 400;
}

bool ptxi_container_seems_lost(const json_t *about)
{
	return is_gone(about, "Pid");
}

bool ptxi_container_is_lost(struct ptxi_docker *d, const char *id)
{
	ptx_auto_str path = ptxi_asprintf(PTXI_PODMAN "/containers/%s/json", id);
	ptxi_auto_json container = NULL;
	const json_t *state = NULL;
	const char *status = NULL;

	/* What ended meanwhile as it should is told apart by the engine's last word, so that comes
	 * last. */
	if (!path || !refuses_signals(d, id) || ptxi_engine_look(d, path, &container, NULL) < 0)
		return false;
	state = json_object_get(container, "State");
	status = ptxi_json_str(state, "Status");
	return (strcmp(status, "running") == 0 || strcmp(status, "stopping") == 0) &&
	       is_gone(state, "Pid") && is_gone(state, "ConmonPid");
}

/* `podman --log-level=debug container VERB ID`. What it says goes to said. */
static int podman(struct ptxi_docker *d, const char *verb, const char *id, struct ptx_buf *said,
		  struct ptx_error **err)
{
	const char *argv[] = { "podman", "--log-level=debug", "container", verb, id, NULL };
	struct ptxi_proc_opts o = {
		.argv = argv, .timeout_ms = PODMAN_MS, .max_output = 1 << 20, .merge_stderr = true
	};
	struct ptxi_proc_result r = { 0 };
	int code = ptxi_proc_run(d->ctx, &o, &r, err);

	if (code == 0 && r.exit_status != 0)
		code = ptx_fail(err, PTX_E_FAILED, "`podman container %s` ended with status %d",
				verb, r.exit_status);
	if (code == 0)
		ptx_buf_addstr(said, ptx_buf_str(&r.out));
	ptxi_proc_result_done(&r);
	return code;
}

/* Where monitors write how a container ended: only Podman's debugging words tell. Owned; NULL: they
 * did not. */
static char *exits_folder(const struct ptx_buf *said)
{
	static const char before[] = "Using tmp dir ";
	const char *at = said->n ? strstr(said->p, before) : NULL;
	const char *path = at ? at + sizeof(before) - 1 : "";

	return *path == '/' ? ptxi_asprintf("%.*s/exits", (int)strcspn(path, "\"\n "), path) : NULL;
}

static int tell(struct ptxi_docker *d, const char *id, struct ptx_error **err)
{
	ptx_auto_buf said = { 0 };
	ptx_auto_str folder = NULL;
	ptx_auto_str file = NULL;
	ptx_auto_str status = ptxi_asprintf("%d", PTXI_LOST_STATUS);
	int code = 0;

	if (strlen(id) != ID_LENGTH || strspn(id, "0123456789abcdef") != ID_LENGTH)
		return ptx_fail(err, PTX_E_UNTRUSTED, "the engine has a container without an id");
	ptx_buf_init(&said, 0);
	code = podman(d, "exists", id, &said, err);
	if (code < 0)
		return code;
	folder = exits_folder(&said);
	file = folder ? ptxi_path_join(folder, id) : NULL;
	if (!status)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a status");
	if (!file)
		return ptx_fail(err, PTX_E_UNSUPPORTED,
				"Podman does not say where its monitors write");
	code = ptxi_fs_write(file, ptxi_str(status), 0700, err);
	return code < 0 ? code : podman(d, "cleanup", id, &said, err);
}

int ptxi_container_bury(struct ptxi_docker *d, const char *id, const char *name,
			struct ptx_error **err)
{
	int code = tell(d, id, err);

	if (code < 0) {
		ptxi_error_hint(err, "`podman rm -f %s` deletes what is left of it", name);
		return ptx_wrap(
		    err,
		    "while telling Podman that instance '%s' was killed together with its monitor",
		    name);
	}
	ptxi_log(d->ctx, PTX_LOG_WARN, "provider",
		 "an instance was killed together with its monitor", PTXI_F("instance", name),
		 PTXI_F_END);
	return 0;
}
