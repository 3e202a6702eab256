/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - what this machine lacks for containers, each with the command that mends it.
 *
 * First what can be seen without an engine (programs, user ids, cgroups, where the engine is
 * Podman), then what the engine says of itself. Nothing is made: no container, no network.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "../../base/diag.h"
#include "../../base/fs.h"
#include "../../base/proc.h"

#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#define LEAST_FILES 1024
#define INSTALL     "apt-get install --no-install-recommends "
#define USE_RUNC                                                                                   \
	INSTALL "runc, and runtime = \"runc\" under [engine] in /etc/containers/containers.conf"

static const struct ptx_where nowhere = { 0 };

static void problem(struct ptx_diags *d, enum ptx_severity severity, int code, const char *rule,
		    const char *text, const char *mend)
{
	ptxi_diag_add(d, severity, code, rule, nowhere, NULL, "%s", text);
	if (mend)
		ptxi_diag_hint(d, "%s", mend);
}

static bool has_program(const char *name)
{
	ptx_auto_str path = ptxi_proc_find(name);
	ptx_auto_str sbin = ptxi_asprintf("/usr/sbin/%s", name);

	return path || (sbin && access(sbin, X_OK) == 0);
}

/* cgroups v1 and v2 side by side. */
static bool hybrid_cgroups(void)
{
	return ptxi_fs_is_dir("/sys/fs/cgroup/unified") &&
	       !ptxi_fs_exists("/sys/fs/cgroup/cgroup.controllers");
}

/* ---- Podman's parts ---- */

static void check_network_parts(struct ptx_diags *d)
{
	bool netavark = access("/usr/lib/podman/netavark", X_OK) == 0 ||
			access("/usr/libexec/podman/netavark", X_OK) == 0 ||
			has_program("netavark");
	bool cni =
	    access("/usr/lib/cni/bridge", X_OK) == 0 || access("/opt/cni/bin/bridge", X_OK) == 0;

	if (!netavark && !cni)
		problem(d, PTX_ERROR, PTX_E_UNAVAILABLE, "engine-network",
			"podman has no network plugin (netavark or CNI)",
			INSTALL "netavark aardvark-dns");
	if (!has_program("iptables"))
		problem(d, PTX_ERROR, PTX_E_UNAVAILABLE, "engine-iptables",
			"there is no program 'iptables', ports are not published",
			INSTALL "iptables");
}

static void check_oci(struct ptx_diags *d)
{
	bool runc = has_program("runc");
	bool crun = has_program("crun");

	if (!runc && !crun)
		problem(d, PTX_ERROR, PTX_E_UNAVAILABLE, "engine-oci",
			"there is no OCI runtime (runc or crun)", INSTALL "runc");
	if (!runc && crun && hybrid_cgroups())
		problem(d, PTX_ERROR, PTX_E_CONFIG, "engine-oci",
			"crun does not work with this machine's hybrid cgroups", USE_RUNC);
}

static bool has_subordinate_ids(const char *file, const char *user, uid_t uid)
{
	ptx_auto_buf text = { 0 };
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str line = { NULL, 0 };
	char number[24] = "";

	ptx_buf_init(&text, 0);
	snprintf(number, sizeof(number), "%ld", (long)uid);
	if (ptxi_fs_read(file, (size_t)1 << 20, &text, NULL) < 0)
		return false;
	rest = ptx_buf_str(&text);
	while (ptxi_str_next(&rest, '\n', &line)) {
		struct ptx_str who = ptxi_str_sub(line, 0, ptxi_str_find_char(line, ':'));

		if (ptxi_str_is(who, number) || (user && ptxi_str_is(who, user)))
			return true;
	}
	return false;
}

static void check_delegation(struct ptx_diags *d, uid_t uid)
{
	ptx_auto_str path = ptxi_asprintf(
	    "/sys/fs/cgroup/user.slice/user-%ld.slice/user@%ld.service/cgroup.controllers",
	    (long)uid, (long)uid);
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (!path || ptxi_fs_read(path, 4096, &text, NULL) < 0 || !strstr(text.p, "memory") ||
	    !strstr(text.p, "cpu"))
		problem(d, PTX_WARNING, 0, "rootless-cgroups",
			"cgroups are not delegated to this user: cpu and memory of instances are "
			"not limited",
			"in /etc/systemd/system/user@.service.d/delegate.conf: [Service] "
			"Delegate=cpu cpuset io memory pids");
}

static void check_rootless(struct ptx_diags *d)
{
	uid_t uid = geteuid();
	char buffer[4096] = "";
	struct passwd entry = { 0 };
	struct passwd *found = NULL;
	const char *user = getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found
			       ? entry.pw_name
			       : NULL;

	if (!has_program("newuidmap"))
		problem(d, PTX_ERROR, PTX_E_UNAVAILABLE, "rootless-uidmap",
			"there is no program 'newuidmap' for rootless containers",
			INSTALL "uidmap");
	if (!has_program("slirp4netns") && !has_program("pasta"))
		problem(d, PTX_ERROR, PTX_E_UNAVAILABLE, "rootless-network",
			"there is no program 'slirp4netns' for rootless networks",
			INSTALL "slirp4netns");
	if (access("/dev/net/tun", R_OK | W_OK) != 0)
		problem(d, PTX_ERROR, PTX_E_DENIED, "rootless-tun",
			"'/dev/net/tun' is not for this user; rootless networks need it",
			"chmod 666 /dev/net/tun, or a udev rule: KERNEL==\"tun\", MODE=\"0666\"");
	if (!has_subordinate_ids("/etc/subuid", user, uid) ||
	    !has_subordinate_ids("/etc/subgid", user, uid)) {
		ptxi_diag_add(d, PTX_ERROR, PTX_E_CONFIG, "rootless-subuid", nowhere, NULL,
			      "user '%s' has no subordinate ids in /etc/subuid and /etc/subgid",
			      user ? user : "?");
		ptxi_diag_hint(d,
			       "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s",
			       user ? user : "USER");
	}
	check_delegation(d, uid);
}

/* ---- what is the same for every engine ---- */

static void check_limits(struct ptx_diags *d)
{
	struct rlimit r = { 0 };

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_max < LEAST_FILES)
		problem(d, PTX_WARNING, 0, "limit-files",
			"this process may open fewer than 1024 files, and so may instances",
			"ulimit -Hn 65536, or nofile in /etc/security/limits.conf");
}

static void check_agent(struct ptxi_docker *driver, struct ptx_diags *d)
{
	if (access(driver->agent, X_OK) == 0)
		return;
	ptxi_diag_add(d, PTX_ERROR, PTX_E_NOT_FOUND, "agent", nowhere, NULL,
		      "the agent's program '%s' is not there", driver->agent);
	ptxi_diag_hint(d, "install pitrix wholly, or say where the program is: PITRIX_AGENT");
}

static void check_engine(const struct ptxi_engine_info *info, struct ptx_diags *d)
{
	if (strstr(info->runtime, "crun") && hybrid_cgroups())
		problem(d, PTX_WARNING, 0, "engine-oci",
			"the engine uses crun, which may refuse this machine's hybrid cgroups",
			USE_RUNC);
	if (!info->limits_memory || !info->limits_cpu)
		ptxi_diag_add(d, PTX_WARNING, 0, "engine-limits", nowhere, NULL,
			      "the engine cannot limit %s%s%s of instances",
			      info->limits_cpu ? "" : "cpu",
			      info->limits_cpu || info->limits_memory ? "" : " and ",
			      info->limits_memory ? "" : "memory");
	ptxi_diag_add(d, PTX_NOTE, 0, "engine", nowhere, NULL,
		      "%s %s%s, OCI runtime %s, cgroups v%s", info->podman ? "Podman" : "Docker",
		      info->version, info->rootless ? " (rootless)" : "",
		      *info->runtime ? info->runtime : "unknown",
		      *info->cgroup_version ? info->cgroup_version : "?");
}

int ptxi_docker_check(void *driver, struct ptx_diags *problems, struct ptx_error **err)
{
	struct ptxi_docker *d = driver;
	struct ptxi_engine_info info = { 0 };
	ptx_auto(error) failed = NULL;
	bool podman = has_program("podman");
	size_t before = ptx_diags_count_of(problems, PTX_ERROR);
	int code = 0;

	if (podman) {
		check_network_parts(problems);
		check_oci(problems);
		if (geteuid() != 0)
			check_rootless(problems);
	}
	check_limits(problems);
	check_agent(d, problems);
	code = ptxi_engine_describe(d, &info, &failed);
	if (code == PTX_E_CANCELED || code == PTX_E_NOMEM) {
		if (err)
			*err = ptx_steal(&failed);
		return code;
	}
	if (code == 0) {
		check_engine(&info, problems);
		return 0;
	}
	ptxi_diag_add_error(problems, "engine", failed);
	if (!podman && !d->endpoint)
		ptxi_diag_hint(problems, INSTALL "runc podman netavark aardvark-dns iptables%s",
			       geteuid() == 0 ? "" : " uidmap slirp4netns");
	else if (ptx_diags_count_of(problems, PTX_ERROR) > before + 1)
		ptxi_diag_hint(problems, "mend the other problems first");
	return 0;
}
