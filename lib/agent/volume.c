/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - from a blank disk to a mounted file system.
 *
 *     for each volume: mounted already? -> next
 *                      probe: blank -> mkfs -> probe again; ours -> mount; anything else -> fail
 *
 * Blank means: the first 128 KiB and the last 64 KiB are zeros, so that no partition table, file
 * system, RAID or LVM signature that we do not know is ever written over. Signatures: ext2/3/4
 * 0xEF53 at 1080, XFS "XFSB" at 0.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "volume.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>

#include "../base/fs.h"
#include "../base/time.h"
#include "../wire/wire.h"

#define HEAD ((size_t)128 << 10)
#define TAIL ((size_t)64 << 10)

/* --- configuration --- */

void ptxi_volumes_done(struct ptxi_volumes *v)
{
	for (size_t i = 0; i < v->n; i++) {
		ptx_free(v->v[i].device);
		ptx_free(v->v[i].mount_point);
		ptx_free(v->v[i].filesystem);
		ptx_free(v->v[i].options);
	}
	ptx_free(v->v);
	v->v = NULL;
	v->n = 0;
}

/* A path that goes into a command line and into mount(): absolute, of harmless characters. */
static bool is_plain_path(const char *s)
{
	return s[0] == '/' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") ==
		   strlen(s) &&
	       !strstr(s, "..");
}

static int read_one(struct ptxi_volume *v, const json_t *j, struct ptx_error **err)
{
	const char *device = ptxi_wire_need(j, "device", 256, err);
	const char *mount_point = device ? ptxi_wire_need(j, "mount_point", 1024, err) : NULL;
	const char *filesystem = json_string_value(json_object_get(j, "filesystem"));
	const char *options = json_string_value(json_object_get(j, "mount_options"));

	if (!mount_point)
		return PTX_E_CONFIG;
	if (!filesystem)
		filesystem = "ext4";
	if (!is_plain_path(device) || !is_plain_path(mount_point))
		return ptx_fail(err, PTX_E_CONFIG,
				"a volume's device and mount point must be plain absolute paths");
	if (strcmp(filesystem, "ext4") != 0 && strcmp(filesystem, "xfs") != 0)
		return ptx_fail(err, PTX_E_CONFIG, "a volume's file system must be ext4 or xfs");
	v->device = ptxi_strdup(device);
	v->mount_point = ptxi_strdup(mount_point);
	v->filesystem = ptxi_strdup(filesystem);
	v->options = options ? ptxi_strdup(options) : NULL;
	if (!v->device || !v->mount_point || !v->filesystem || (options && !v->options))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for volumes");
	return 0;
}

int ptxi_volumes_read(struct ptxi_volumes *v, const json_t *j, struct ptx_error **err)
{
	size_t n = json_array_size(j);

	*v = (struct ptxi_volumes){ NULL, 0 };
	if (!j)
		return 0;
	if (!json_is_array(j) || n > PTXI_VOLUME_MOST)
		return ptx_fail(err, PTX_E_CONFIG, "'volumes' is no list of at most %d",
				PTXI_VOLUME_MOST);
	v->v = ptxi_alloc_array(n + 1, sizeof(*v->v));
	if (!v->v)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for volumes");
	for (v->n = 0; v->n < n; v->n++) {
		if (read_one(&v->v[v->n], json_array_get(j, v->n), err) < 0) {
			v->n++;
			return PTX_E_CONFIG;
		}
	}
	return 0;
}

/* --- what is on it --- */

static bool is_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

int ptxi_volume_probe(const char *device, const char **filesystem, struct ptx_error **err)
{
	ptx_auto_fd fd = open(device, O_RDONLY | O_CLOEXEC);
	unsigned char *bytes = ptxi_alloc(HEAD + TAIL);
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
	ssize_t head = -1;
	ssize_t tail = -1;

	if (!bytes)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to look at a volume");
	if (size >= (off_t)(HEAD + TAIL)) {
		head = pread(fd, bytes, HEAD, 0);
		tail = pread(fd, bytes + HEAD, TAIL, size - (off_t)TAIL);
	}
	if (head != (ssize_t)HEAD || tail != (ssize_t)TAIL) {
		int errnum = errno;

		ptx_free(bytes);
		if (fd >= 0 && size >= 0 && size < (off_t)(HEAD + TAIL))
			return ptx_fail(err, PTX_E_IO, "'%s' is too small for a file system",
					device);
		return ptx_fail_errno(err, PTX_E_IO, errnum, "cannot read '%s'", device);
	}
	if (bytes[1080] == 0x53 && bytes[1081] == 0xEF)
		*filesystem = "ext4";
	else if (memcmp(bytes, "XFSB", 4) == 0)
		*filesystem = "xfs";
	else
		*filesystem = is_zero(bytes, HEAD + TAIL) ? "" : "other";
	ptx_free(bytes);
	return 0;
}

/* Is this device mounted at this place? DENIED when something else is there. */
static int look_for_mount(const struct ptxi_volume *v, bool *is_mounted, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str line = { NULL, 0 };
	int code = 0;

	*is_mounted = false;
	ptx_buf_init(&text, 0);
	code = ptxi_fs_read("/proc/self/mounts", (size_t)4 << 20, &text, err);
	if (code < 0)
		return code;
	rest = ptx_buf_str(&text);
	while (ptxi_str_next(&rest, '\n', &line)) {
		struct ptx_str device = { NULL, 0 };
		struct ptx_str place = { NULL, 0 };

		if (!ptxi_str_next(&line, ' ', &device) || !ptxi_str_next(&line, ' ', &place) ||
		    !ptxi_str_is(place, v->mount_point))
			continue;
		*is_mounted = ptxi_str_is(device, v->device);
		if (!*is_mounted)
			return ptx_fail(err, PTX_E_CONFLICT, "'%.*s' is mounted at '%s', not '%s'",
					PTX_STR_ARG(device), v->mount_point, v->device);
	}
	return 0;
}

/* --- work --- */

struct ptxi_volumes_work {
	const struct ptxi_volumes *volumes;
	struct ptxi_commands *commands;
	struct event *step;
	struct ptxi_command *command;
	int64_t end_ms;
	size_t at;
	bool made;    /* a file system on the one at `at` */
	bool is_dead; /* freed while its command ran */
	ptxi_volumes_fn done;
	void *user;
};

static void work_free(struct ptxi_volumes_work *w)
{
	if (w->step)
		event_free(w->step);
	ptx_free(w);
}

void ptxi_volumes_work_free(struct ptxi_volumes_work *w)
{
	if (!w)
		return;
	w->is_dead = true;
	if (!w->command)
		work_free(w);
}

static void soon(struct ptxi_volumes_work *w)
{
	struct timeval now = { 0, 0 };

	event_add(w->step, &now);
}

/* Tells, and the work belongs to its user still. */
static void finish(struct ptxi_volumes_work *w, struct ptx_error *e)
{
	w->done(w->user, e);
	ptx_error_free(e);
}

static void on_made(void *user, const struct ptxi_command_result *r)
{
	struct ptxi_volumes_work *w = user;
	struct ptx_error *e = NULL;
	struct ptx_str output = ptxi_str_trim(ptxi_str(r->output));

	w->command = NULL;
	if (w->is_dead) {
		work_free(w);
		return;
	}
	if (r->exit_status == 0 && !r->timed_out) {
		w->made = true;
		soon(w);
		return;
	}
	ptx_fail(&e, PTX_E_FAILED, "mkfs on '%s' ended with status %d: %.*s",
		 w->volumes->v[w->at].device, r->exit_status, PTX_STR_ARG(output));
	finish(w, e);
}

static int make(struct ptxi_volumes_work *w, const struct ptxi_volume *v, struct ptx_error **err)
{
	ptx_auto_str cmd = ptxi_asprintf("exec mkfs.%s -q %s", v->filesystem, v->device);
	int64_t left = w->end_ms - ptxi_time_mono_ms();
	struct ptxi_command_opts o = { .cmd = cmd,
				       .timeout_ms = left > 1 ? left : 1,
				       .max_output = 4096,
				       .done = on_made,
				       .user = w };

	if (!cmd)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a command");
	w->command = ptxi_command_start(w->commands, &o, err);
	return w->command ? 0 : PTX_E_UNAVAILABLE;
}

static int mount_it(const struct ptxi_volume *v, struct ptx_error **err)
{
	unsigned long flags = 0;
	ptx_auto_buf data = { 0 };
	struct ptx_str rest = ptxi_str(v->options ? v->options : "");
	struct ptx_str one = { NULL, 0 };

	ptx_buf_init(&data, 4000);
	while (ptxi_str_next(&rest, ',', &one)) {
		if (ptxi_str_is(one, "noatime"))
			flags |= MS_NOATIME;
		else if (ptxi_str_is(one, "nodiratime"))
			flags |= MS_NODIRATIME;
		else if (ptxi_str_is(one, "relatime"))
			flags |= MS_RELATIME;
		else if (ptxi_str_is(one, "nosuid"))
			flags |= MS_NOSUID;
		else if (ptxi_str_is(one, "nodev"))
			flags |= MS_NODEV;
		else if (ptxi_str_is(one, "noexec"))
			flags |= MS_NOEXEC;
		else if (ptxi_str_is(one, "ro"))
			flags |= MS_RDONLY;
		else if (one.n && !ptxi_str_is(one, "defaults") && !ptxi_str_is(one, "rw"))
			ptx_buf_printf(&data, "%s%.*s", data.n ? "," : "", PTX_STR_ARG(one));
	}
	if (!ptx_buf_ok(&data))
		return ptx_fail(err, PTX_E_CONFIG, "the options of volume '%s' are too long",
				v->device);
	if (ptxi_fs_mkdirs(v->mount_point, 0755, err) < 0)
		return PTX_E_IO;
	if (mount(v->device, v->mount_point, v->filesystem, flags, data.p) < 0)
		return ptx_fail_errno(err, ptxi_code_from_errno(errno), errno,
				      "cannot mount '%s' at '%s'", v->device, v->mount_point);
	return 0;
}

/* One volume: 0 when it is mounted, 1 while its file system is being made. */
static int prepare(struct ptxi_volumes_work *w, const struct ptxi_volume *v, struct ptx_error **err)
{
	bool is_mounted = false;
	const char *found = "";
	int code = look_for_mount(v, &is_mounted, err);

	if (code < 0 || is_mounted)
		return code;
	code = ptxi_volume_probe(v->device, &found, err);
	if (code < 0)
		return code;
	if (!*found && !w->made)
		return make(w, v, err) < 0 ? PTX_E_FAILED : 1;
	if (strcmp(found, v->filesystem) != 0)
		return ptx_fail(
		    err, PTX_E_CONFLICT, "'%s' holds %s%s, and is left as it is", v->device,
		    *found ? strcmp(found, "other") == 0 ? "something else" : found : "nothing",
		    *found ? "" : " after mkfs");
	return mount_it(v, err);
}

static void on_step(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_volumes_work *w = user;
	struct ptx_error *e = NULL;

	(void)fd, (void)what;
	while (w->at < w->volumes->n) {
		int code = prepare(w, &w->volumes->v[w->at], &e);

		if (code > 0)
			return;
		if (code < 0)
			break;
		w->at++;
		w->made = false;
	}
	finish(w, e);
}

struct ptxi_volumes_work *ptxi_volumes_prepare(const struct ptxi_volumes *v,
					       struct event_base *base,
					       struct ptxi_commands *commands, int64_t timeout_ms,
					       ptxi_volumes_fn done, void *user,
					       struct ptx_error **err)
{
	struct ptxi_volumes_work *w = NULL;

	w = ptxi_alloc(sizeof(*w));
	if (w) {
		*w = (struct ptxi_volumes_work){
			.volumes = v, .commands = commands, .done = done, .user = user
		};
		w->end_ms = ptxi_time_mono_ms() + timeout_ms;
		w->step = event_new(base, -1, 0, on_step, w);
	}
	if (!w || !w->step) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for volumes");
		ptx_free(w);
		return NULL;
	}
	soon(w);
	return w;
}
