/* SPDX-License-Identifier: Apache-2.0 */
#define PTX_AREA PTX_AREA_AGENT
#include "drone_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/time.h"

struct fixture f;
struct scripted who;
char *home;
pid_t drone;
int64_t drone_trial_ms = 60000;
static unsigned numbers;

char *at(const char *name)
{
	return ptxi_path_join(home, name);
}

void put_file(const char *name, const char *text, mode_t mode)
{
	ptx_auto_str path = at(name);
	ptx_auto_str dir = ptxi_path_dir(path);

	ck_assert_int_eq(ptxi_fs_mkdirs(dir, 0755, NULL), 0);
	ck_assert_int_eq(ptxi_fs_write(path, ptxi_str(text), mode, NULL), 0);
}

/* The text of a file below home, "" when it is not there; in the fixture's arena. */
const char *file_text(const char *name)
{
	ptx_auto_str path = at(name);
	ptx_auto_buf b = { 0 };
	struct ptx_value *v = NULL;

	ptx_buf_init(&b, 0);
	if (ptxi_fs_read(path, 0, &b, NULL) < 0)
		return "";
	v = ptx_value_strn(f.arena, ptx_buf_str(&b));
	return ptx_value_as_string(v, "");
}

bool wait_text(const char *name, const char *text, int64_t ms)
{
	int64_t end = ptxi_time_mono_ms() + ms;

	while (strcmp(file_text(name), text) != 0) {
		if (ptxi_time_mono_ms() > end)
			return false;
		usleep(20000);
	}
	return true;
}

/* A resource NAME.toml whose template is given; dest is home/out/NAME. */
void put_resource(const char *name, const char *template, const char *more)
{
	ptx_auto_str toml = ptxi_asprintf(
	    "[template]\nsrc = \"%s.tmpl\"\ndest = \"%s/out/%s\"\n%s\n", name, home, name, more);
	ptx_auto_str toml_name = ptxi_asprintf("confd/conf.d/%s.toml", name);
	ptx_auto_str template_name = ptxi_asprintf("confd/templates/%s.tmpl", name);

	put_file(toml_name, toml, 0644);
	put_file(template_name, template, 0644);
}

void write_config(void)
{
	json_t *j = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i}", "version", 1,
			      "vpc", VPC, "instance", INSTANCE, "frontgate", f.address, "ca_sha256",
			      f.ca_sha256, "source_ip", ADDRESS, "beat_ms", 200, "max_wait_ms", 400,
			      "stop_ms", 1000, "confd_retry_ms", 300);
	ptx_auto_buf text = { 0 };
	ptx_auto_str token = ptxi_asprintf("%s\n", who.token);

	json_object_set_new(j, "health_second_ms", json_integer(100));
	json_object_set_new(j, "ssh", json_sprintf("%s/ssh", home));
	json_object_set_new(j, "token", json_sprintf("%s/token", home));
	json_object_set_new(j, "data", json_sprintf("%s/data", home));
	json_object_set_new(j, "confd", json_sprintf("%s/confd", home));
	ptx_buf_init(&text, 0);
	json_object_set_new(j, "update_trial_ms", json_integer(drone_trial_ms));
	ck_assert(ptxi_wire_format(j, &text));
	put_file("drone.json", text.p, 0644);
	put_file("token", token, 0600);
	json_decref(j);
}

const char *agent_path(void)
{
	const char *build = getenv("PITRIX_BUILD");
	ptx_auto_str path = ptxi_path_join(build ? build : ".", "pitrix-agent");

	return ptx_value_as_string(ptx_value_string(f.arena, path), "");
}

/* in_namespace: as pid 1 of a pid namespace of its own. */
void start_drone(bool in_namespace)
{
	const char *program = agent_path();
	ptx_auto_str config = at("drone.json");
	ptx_auto_str log = at("log");

	drone = fork();
	if (drone == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		dup2(fd, 2);
		if (in_namespace)
			execlp("unshare", "unshare", "--pid", "--fork", "--mount-proc", program,
			       "drone", "--config", config, (char *)NULL);
		else
			execl(program, program, "drone", "--config", config, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_gt(drone, 0);
}

int end_drone(int number)
{
	int status = 0;

	kill(drone, number);
	ck_assert_int_eq(waitpid(drone, &status, 0), drone);
	drone = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const char *drone_status(const char *name)
{
	struct ptx_value *s = ptxi_pilot_status(f.pilot, f.arena, NULL);

	return ptx_value_as_string(
	    ptx_value_get(ptx_value_get(ptx_value_get(s, "drones"), INSTANCE), name), "");
}

bool wait_status(const char *name, const char *text, int64_t ms)
{
	int64_t end = ptxi_time_mono_ms() + ms;

	while (strcmp(drone_status(name), text) != 0) {
		if (ptxi_time_mono_ms() > end)
			return false;
		usleep(50000);
	}
	return true;
}

/* Metadata with one changing value. */
void put_metadata(const char *value)
{
	struct ptx_value *tree = ptx_value_map(f.arena);
	struct ptx_value *env = ptx_value_map(f.arena);
	struct ptx_value *host = ptx_value_map(f.arena);
	struct ptx_value *names = ptx_value_map(f.arena);
	struct ptx_value *mapping = ptx_value_map(f.arena);
	struct ptx_error *e = NULL;

	ptx_value_set_string(env, "value", value);
	ptx_value_set_string(host, "ip", ADDRESS);
	ptx_value_set(tree, "env", env);
	ptx_value_set(tree, "host", host);
	ptx_value_set_string(names, "env", "/clusters/cl-1/env");
	ptx_value_set_string(names, "host", "/clusters/cl-1/host");
	ptx_value_set(mapping, INSTANCE, names);
	ck_assert_msg(ptxi_pilot_put(f.pilot, "cl-1", tree, mapping, &e) == 0, "%s",
		      e ? ptx_error_message(e) : "");
}

void ask(const char *id, const char *kind, const char *cmd, int64_t timeout_ms)
{
	struct ptxi_pilot_request r = { id, kind, cmd, timeout_ms };
	struct ptx_error *e = NULL;

	ck_assert_msg(ptxi_pilot_request(f.pilot, INSTANCE, &r, &e) == 0, "%s",
		      e ? ptx_error_message(e) : "");
}

/* Waits for a final outcome. */
const struct ptx_value *outcome(const char *id, int64_t ms)
{
	int64_t end = ptxi_time_mono_ms() + ms;
	const struct ptx_value *v = NULL;

	for (;;) {
		const char *state = NULL;

		v = ptxi_pilot_outcome(f.pilot, INSTANCE, id, f.arena, NULL);
		state = ptx_value_as_string(ptx_value_get(v, "state"), "");
		if (strcmp(state, "done") == 0 || strcmp(state, "failed") == 0 ||
		    strcmp(state, "unknown") == 0)
			return v;
		ck_assert_msg(ptxi_time_mono_ms() < end, "%s is still '%s'\n%s", id, state,
			      file_text("log"));
		usleep(20000);
	}
}

const char *text_of(const struct ptx_value *v, const char *name)
{
	return ptx_value_as_string(ptx_value_get(v, name), "");
}

/* Runs a command; its outcome's state. */
const char *run(const char *cmd, int64_t timeout_ms, const struct ptx_value **all)
{
	char id[32];
	const struct ptx_value *v = NULL;

	snprintf(id, sizeof(id), "run-%u", ++numbers);
	ask(id, "run", cmd, timeout_ms);
	v = outcome(id, timeout_ms + 8000);
	if (all)
		*all = v;
	return text_of(v, "state");
}

/* Does a process with this command line run? Two words, the second one behind a NUL. */
bool runs(const char *words)
{
	size_t n = strlen(words) + 1 + strlen(words + strlen(words) + 1);
	DIR *dir = opendir("/proc");
	struct dirent *d = NULL;
	bool found = false;

	while (!found && (d = readdir(dir))) {
		char path[300];
		char text[64] = "";
		int fd = -1;

		snprintf(path, sizeof(path), "/proc/%s/cmdline", d->d_name);
		fd = open(path, O_RDONLY);
		found = fd >= 0 && read(fd, text, sizeof(text)) == (ssize_t)n + 1 &&
			memcmp(text, words, n) == 0;
		if (fd >= 0)
			close(fd);
	}
	closedir(dir);
	return found;
}

void set_up(void)
{
	fixture_start(&f);
	scripted_init(&who, &f, INSTANCE, ADDRESS);
	home = ptxi_fs_tempdir("/tmp", "ptx-drone-", NULL);
	ck_assert_ptr_nonnull(home);
	write_config();
	numbers = 0;
}

void tear_down(void)
{
	if (drone > 0)
		end_drone(SIGTERM);
	scripted_done(&who);
	fixture_stop(&f);
	if (!getenv("KEEP")) /* to look at what a failed test left */
		ck_assert_int_eq(ptxi_fs_remove(home, NULL), 0);
	ptx_free(home);
}

void bring_up(void)
{
	scripted_allow(&who, 600);
	start_drone(false);
	ck_assert_msg(wait_status("state", "up", 10000), "%s", file_text("log"));
}
