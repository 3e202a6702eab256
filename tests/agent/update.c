/* SPDX-License-Identifier: Apache-2.0 */
/* update.c - Drone and Frontgate put other programs in their own places, and get them back when
 * those fail. */
#define PTX_AREA PTX_AREA_AGENT
#include "drone_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/time.h"

static struct ptxi_pilot_release release;

/* A copy of a program with other bytes behind its end: the same, but with a digest of its own. */
static char *other_program(const char *program, const char *tail)
{
	ptx_auto_str name = ptxi_asprintf("program-%s", tail);
	char *path = at(name);
	struct ptx_buf bytes;

	ptx_buf_init(&bytes, 0);
	ck_assert_int_eq(ptxi_fs_read(program, 0, &bytes, NULL), 0);
	ptx_buf_adds(&bytes, tail);
	ck_assert_int_eq(ptxi_fs_write(path, ptx_buf_str(&bytes), 0755, NULL), 0);
	ptx_buf_done(&bytes);
	return path;
}

static const char *faulty_path(void)
{
	const char *build = getenv("PITRIX_BUILD");
	ptx_auto_str path = ptxi_path_join(build ? build : ".", "tests/agent/faulty-agent");

	return ptx_value_as_string(ptx_value_string(f.arena, path), "");
}

static const char *digest_of(const char *path)
{
	ptx_auto_str digest = ptxi_digest_file_hex(PTXI_SHA256, path, NULL);

	return digest ? ptx_value_as_string(ptx_value_string(f.arena, digest), "") : "";
}

static void sign(const char *path, const char *version)
{
	struct stat st = { .st_size = 0 };
	struct ptx_error *e = NULL;

	ptxi_pilot_release_done(&release);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_msg(ptxi_pilot_release(f.pilot, version, digest_of(path), (int64_t)st.st_size,
					 &release, &e) == 0,
		      "%s", e ? ptx_error_message(e) : "");
}

/* Signed, and brought to Frontgate. */
static void offer(const char *path, const char *version)
{
	struct ptx_error *e = NULL;

	sign(path, version);
	ck_assert_msg(ptxi_pilot_offer(f.pilot, path, &release, &e) == 0, "%s",
		      e ? ptx_error_message(e) : "");
}

static void ask_update(const char *instance, const char *id)
{
	struct ptxi_pilot_request r = { .id = id,
					.kind = "agent.update",
					.timeout_ms = 60000,
					.statement = release.statement,
					.signature = release.signature };
	struct ptx_error *e = NULL;

	ck_assert_msg(ptxi_pilot_request(f.pilot, instance, &r, &e) == 0, "%s",
		      e ? ptx_error_message(e) : "");
}

static const struct ptx_value *frontgate_outcome(const char *id, int64_t ms)
{
	int64_t end = ptxi_time_mono_ms() + ms;

	for (;;) {
		const struct ptx_value *v =
		    ptxi_pilot_outcome(f.pilot, PTXI_PILOT_FRONTGATE, id, f.arena, NULL);
		const char *state = text_of(v, "state");

		if (strcmp(state, "done") == 0 || strcmp(state, "failed") == 0)
			return v;
		ck_assert_msg(ptxi_time_mono_ms() < end, "%s is still '%s'", id, state);
		usleep(20000);
	}
}

static const char *frontgate_status(const char *name)
{
	struct ptx_value *s = ptxi_pilot_status(f.pilot, f.arena, NULL);

	return text_of(ptx_value_get(s, "frontgate"), name);
}

/* The digest of the program that a process runs. */
static const char *program_of(pid_t pid)
{
	char path[64];
	ptx_auto_str digest = NULL;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	digest = ptxi_digest_file_hex(PTXI_SHA256, path, NULL);
	return digest ? ptx_value_as_string(ptx_value_string(f.arena, digest), "") : "";
}

/* Of tests/agent/faulty-agent: in a file beside the configuration. */
static void set_fault(const char *folder, const char *fault)
{
	ptx_auto_str path = ptxi_path_join(folder, "fault");

	ck_assert_int_eq(ptxi_fs_write(path, ptxi_str(fault), 0644, NULL), 0);
}

static void start_service(void)
{
	put_resource("zoo", "{{ getv \"/env/value\" }}", "keys = [\"/\"]");
	put_metadata("one");
	ask("start", "confd.start", NULL, 5000);
	ck_assert_str_eq(text_of(outcome("start", 6000), "state"), "done");
}

static void done_update(void)
{
	ptxi_pilot_release_done(&release);
	tear_down();
}

START_TEST(a_drone_is_updated_under_a_running_command)
{
	ptx_auto_str program = other_program(agent_path(), "new");
	ptx_auto_str cmd = ptxi_asprintf("echo before; echo $$ > %s/pid; while [ ! -e %s/go ]; do "
					 "sleep 0.1; done; echo after; exit 7",
					 home, home);
	ptx_auto_str daemon = ptxi_asprintf(
	    "while [ ! -e %s/go ]; do sleep 0.1; echo word; done & echo $! > %s/daemon", home,
	    home);
	const struct ptx_value *v = NULL;
	pid_t before = 0;

	bring_up();
	start_service();
	ck_assert_str_eq(run(daemon, 5000, NULL), "done");
	ask("long", "run", cmd, 60000);
	while (!file_text("pid")[0])
		usleep(10000);
	before = drone;
	offer(program, PACKAGE_VERSION);
	ask_update(INSTANCE, "up-1");
	v = outcome("up-1", 20000);
	ck_assert_msg(strcmp(text_of(v, "state"), "done") == 0, "%s\n%s", text_of(v, "error"),
		      file_text("log"));
	ck_assert_ptr_nonnull(strstr(text_of(v, "output"), release.sha256));
	/* The same process, another program. */
	ck_assert_int_eq(kill(before, 0), 0);
	ck_assert_str_eq(program_of(before), release.sha256);
	ck_assert(wait_status("build", release.sha256, 5000));
	ck_assert_str_eq(drone_status("state"), "up");
	/* Nobody enrolled again, the watch and confd go on. */
	ck_assert_ptr_null(strstr(strstr(file_text("log"), ": enrolled") + 1, ": enrolled"));
	put_metadata("two");
	ck_assert(wait_text("out/zoo", "two", 5000));
	ck_assert_str_eq(run("echo hello", 5000, &v), "done");
	/* The command is where it was, with all that it said and its own status; the daemon never
	 * met a closed pipe. */
	ptx_auto_str alive =
	    ptxi_asprintf("kill -0 $(cat %s/pid) && kill -0 $(cat %s/daemon)", home, home);

	ck_assert_str_eq(run(alive, 5000, NULL), "done");
	put_file("go", "", 0644);
	v = outcome("long", 10000);
	ck_assert_str_eq(text_of(v, "output"), "before\nafter\n");
	ck_assert_int_eq(ptx_value_as_int(ptx_value_get(v, "exit_status"), -1), 7);
	/* Once more it has nothing to do. */
	ask_update(INSTANCE, "up-2");
	v = outcome("up-2", 10000);
	ck_assert_str_eq(text_of(v, "state"), "done");
	ck_assert_ptr_nonnull(strstr(text_of(v, "output"), "runs already"));
	/* After the machine's next start the program that it was made with runs the kept one, in
	 * the same process. */
	ck_assert_int_eq(end_drone(SIGTERM), 0);
	ck_assert(wait_status("state", "lost", 5000));
	start_drone(false);
	ck_assert(wait_status("state", "up", 10000));
	ck_assert_str_eq(program_of(drone), release.sha256);
	ck_assert_str_eq(run("echo hello", 5000, &v), "done");
	/* Over the updated one another update. */
	ptx_auto_str third = other_program(agent_path(), "third");

	offer(third, PACKAGE_VERSION);
	ask_update(INSTANCE, "up-3");
	ck_assert_str_eq(text_of(outcome("up-3", 20000), "state"), "done");
	ck_assert_str_eq(program_of(drone), release.sha256);
}
END_TEST

START_TEST(what_may_not_run_is_refused)
{
	ptx_auto_str program = other_program(agent_path(), "new");
	ptx_auto_str script = at("script");
	char *signature = NULL;
	const struct ptx_value *v = NULL;

	bring_up();
	offer(program, "0.0.1");
	ask_update(INSTANCE, "older");
	v = outcome("older", 10000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "older"));
	/* Signed by somebody else. */
	offer(program, PACKAGE_VERSION);
	signature = release.signature;
	release.signature = ptxi_strdup("MEUCIQDx3Y3nOIgkZ9Q8mmm1sXQyJ0Yx3l2Oq9n6b9e3kzQv0wIgYv7n3c"
					"1r8p5m8m8n3H9l2y7Tq5dVnq5bq3o6n1m4p0Q=");
	ask_update(INSTANCE, "forged");
	v = outcome("forged", 10000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "not signed"));
	ck_assert_int_eq(ptxi_pilot_offer(f.pilot, program, &release, NULL), PTX_E_UNTRUSTED);
	ptx_free(release.signature);
	release.signature = signature;
	/* A program that is none, and one that says another version than its release. */
	put_file("script", "#!/bin/sh\necho not an agent\nexit 3\n", 0755);
	offer(script, PACKAGE_VERSION);
	ask_update(INSTANCE, "none");
	v = outcome("none", 10000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "cannot take over"));
	offer(program, "99.0.0");
	ask_update(INSTANCE, "liar");
	v = outcome("liar", 10000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "cannot take over"));
	/* Never offered. */
	ptx_auto_str unknown = other_program(agent_path(), "unknown");

	sign(unknown, PACKAGE_VERSION);
	ask_update(INSTANCE, "unknown");
	v = outcome("unknown", 10000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "no program"));
	ck_assert_str_eq(program_of(drone), digest_of(agent_path()));
	ck_assert_str_eq(run("echo hello", 5000, NULL), "done");
}
END_TEST

static const struct {
	const char *fault;
	const char *said;
} faults[] = {
	{ "crash", "signal 11" },
	{ "deaf", "did not reach Frontgate in time" },
	{ "hang", "it hung" },
};

START_TEST(a_program_that_fails_gives_way)
{
	ptx_auto_str cmd = ptxi_asprintf(
	    "echo before; while [ ! -e %s/go ]; do sleep 0.1; done; echo after", home);
	ptx_auto_str config = NULL;
	const struct ptx_value *v = NULL;
	const char *own = digest_of(agent_path());

	drone_trial_ms = 1500;
	write_config();
	config = ptxi_strdup(file_text("drone.json"));
	ck_assert_ptr_nonnull(strstr(config, f.address));
	memcpy(strstr(config, f.address), "127.77.199.9",
	       strlen("127.77.199.9")); /* nobody is there */
	put_file("deaf.json", config, 0644);
	set_fault(home, faults[_i].fault);
	bring_up();
	start_service();
	ask("long", "run", cmd, 60000);
	usleep(300000);
	offer(faulty_path(), PACKAGE_VERSION);
	ask_update(INSTANCE, "up-1");
	v = outcome("up-1", 40000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_msg(strstr(text_of(v, "error"), faults[_i].said) != NULL, "%s\n%s",
		      text_of(v, "error"), file_text("log"));
	ck_assert_str_eq(program_of(drone), own);
	put_file("go", "", 0644);
	v = outcome("long", 10000);
	ck_assert_str_eq(text_of(v, "state"), "done");
	ck_assert_str_eq(text_of(v, "output"), "before\nafter\n");
	put_metadata("two");
	ck_assert(wait_text("out/zoo", "two", 5000));
	/* It is not tried again by itself, and the next one may be. */
	ck_assert_int_eq(end_drone(SIGTERM), 0);
	start_drone(false);
	ck_assert_str_eq(run("true", 10000, NULL), "done");
	ck_assert_str_eq(program_of(drone), own);
	ptx_auto_str good = other_program(agent_path(), "new");

	offer(good, PACKAGE_VERSION);
	ask_update(INSTANCE, "up-2");
	ck_assert_str_eq(text_of(outcome("up-2", 20000), "state"), "done");
	ck_assert_str_eq(program_of(drone), release.sha256);
}
END_TEST

START_TEST(a_program_that_takes_the_process_along_is_not_run_again)
{
	const struct ptx_value *v = NULL;

	set_fault(home, "die");
	bring_up();
	offer(faulty_path(), PACKAGE_VERSION);
	ask_update(INSTANCE, "up-1");
	ck_assert_int_eq(end_drone(0), 3);
	start_drone(false);
	v = outcome("up-1", 10000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "ended before it was healthy"));
	ck_assert_str_eq(program_of(drone), digest_of(agent_path()));
	ck_assert_str_eq(run("echo hello", 5000, NULL), "done");
}
END_TEST

START_TEST(killed_in_the_middle_the_old_one_works)
{
	ptx_auto_str program = other_program(agent_path(), "new");
	int fd = open(program, O_WRONLY);
	ptx_auto_str part = NULL;
	const struct ptx_value *v = NULL;
	struct stat st = { .st_size = 0 };
	int64_t end = 0;

	/* So large that there is a middle. */
	ck_assert(fd >= 0 && ftruncate(fd, 50 << 20) == 0 && close(fd) == 0);
	bring_up();
	offer(program, PACKAGE_VERSION);
	part = ptxi_asprintf("%s/data/agent/%s.part", home, release.sha256);
	ask_update(INSTANCE, "up-1");
	for (end = ptxi_time_mono_ms() + 5000; st.st_size == 0 && ptxi_time_mono_ms() < end;
	     usleep(500))
		ck_assert(stat(part, &st) == 0 || errno == ENOENT);
	ck_assert_int_eq(end_drone(SIGKILL), 128 + SIGKILL);
	ck_assert_msg(stat(part, &st) == 0 && st.st_size < release.size, "killed too late");
	ck_assert(wait_status("state", "lost", 5000));
	start_drone(false);
	ck_assert_str_eq(text_of(outcome("up-1", 10000), "state"), "unknown");
	ck_assert_str_eq(program_of(drone), digest_of(agent_path()));
	ck_assert_str_eq(run("echo hello", 5000, NULL), "done");
	/* Asked again it goes on where the file ends. */
	ck_assert_int_eq(stat(part, &st), 0);
	ask_update(INSTANCE, "up-1.r");
	v = outcome("up-1.r", 20000);
	ck_assert_msg(strcmp(text_of(v, "state"), "done") == 0, "%s", text_of(v, "error"));
	ck_assert_str_eq(program_of(drone), release.sha256);
}
END_TEST

START_TEST(frontgate_is_updated_with_its_etcd)
{
	ptx_auto_str program = other_program(agent_path(), "new");
	const struct ptx_value *v = NULL;
	pid_t etcd = 0;
	pid_t before = f.pid;

	bring_up();
	start_service();
	etcd = fixture_etcd(&f);
	offer(program, PACKAGE_VERSION);
	ask_update(PTXI_PILOT_FRONTGATE, "up-1");
	v = frontgate_outcome("up-1", 20000);
	ck_assert_msg(strcmp(text_of(v, "state"), "done") == 0, "%s", text_of(v, "error"));
	ck_assert_int_eq(f.pid, before);
	ck_assert_str_eq(program_of(f.pid), release.sha256);
	ck_assert_str_eq(frontgate_status("build"), release.sha256);
	ck_assert_int_eq(fixture_etcd(&f), etcd);
	ck_assert_int_eq(kill(etcd, 0), 0);
	ck_assert(fixture_wait_event(&f, "agent.updated", 3000));
	/* Drones were never lost, and what changes reaches them. */
	put_metadata("two");
	ck_assert(wait_text("out/zoo", "two", 5000));
	ck_assert(!fixture_has_event(&f, "drone.lost"));
	ck_assert_str_eq(run("echo hello", 5000, NULL), "done");
	/* It starts etcd again as ever. */
	kill(etcd, SIGKILL);
	ck_assert(fixture_wait_event(&f, "etcd.up", 15000));
	put_metadata("three");
	ck_assert(wait_text("out/zoo", "three", 15000));
	/* The program that the machine was made with runs the kept one. */
	ck_assert_int_eq(fixture_end_frontgate(&f), 0);
	fixture_start_frontgate(&f);
	fixture_wait_up(&f);
	ck_assert_str_eq(program_of(f.pid), release.sha256);
	/* It takes no other requests. */
	struct ptxi_pilot_request r = { "run", "run", "true", 1000, NULL, NULL };

	ck_assert_int_eq(ptxi_pilot_request(f.pilot, PTXI_PILOT_FRONTGATE, &r, NULL),
			 PTX_E_INVALID);
}
END_TEST

START_TEST(a_frontgate_that_fails_gives_way)
{
	const struct ptx_value *v = NULL;
	const char *own = digest_of(agent_path());
	pid_t etcd = fixture_etcd(&f);

	set_fault(f.folder, "crash");
	bring_up();
	start_service();
	offer(faulty_path(), PACKAGE_VERSION);
	ask_update(PTXI_PILOT_FRONTGATE, "up-1");
	v = frontgate_outcome("up-1", 40000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "signal 11"));
	ck_assert_str_eq(program_of(f.pid), own);
	ck_assert_int_eq(fixture_etcd(&f), etcd);
	ck_assert(fixture_wait_event(&f, "agent.failed", 3000));
	put_metadata("two");
	ck_assert(wait_text("out/zoo", "two", 5000));
	ck_assert_str_eq(run("echo hello", 5000, NULL), "done");
}
END_TEST

START_TEST(as_pid_1_it_stays_pid_1)
{
	ptx_auto_str program = other_program(agent_path(), "new");
	const struct ptx_value *v = NULL;

	if (geteuid() != 0) {
		puts("skipped: a pid namespace needs root");
		return;
	}
	scripted_allow(&who, 600);
	start_drone(true);
	ck_assert_msg(wait_status("state", "up", 10000), "%s", file_text("log"));
	ck_assert_str_eq(run("setsid sleep 77.5 > /dev/null 2>&1 & echo $!", 5000, &v), "done");
	ptx_auto_str child = ptxi_asprintf("kill -0 %s && echo $PPID", text_of(v, "output"));

	child[strcspn(child, "\n")] = ' ';
	offer(program, PACKAGE_VERSION);
	ask_update(INSTANCE, "up-1");
	v = outcome("up-1", 20000);
	ck_assert_msg(strcmp(text_of(v, "state"), "done") == 0, "%s\n%s", text_of(v, "error"),
		      file_text("log"));
	ck_assert_str_eq(run(child, 5000, &v), "done");
	ck_assert_str_eq(text_of(v, "output"), "1\n");
	ck_assert_str_eq(run("for i in 1 2 3; do setsid sh -c 'sleep 0.1' & done; sleep 0.5; ! "
			     "grep -l ') Z ' /proc/[0-9]*/stat",
			     5000, NULL),
			 "done");
	/* unshare ends with it. */
	ask("end", "run", "kill -TERM 1", 5000);
	ck_assert_int_eq(end_drone(0), 0);
	ck_assert(!runs("sleep\00077.5"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("update");
	TCase *tc = tcase_create("update");

	if (!fixture_possible())
		return 77;
	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(tc, 90);
	tcase_add_checked_fixture(tc, set_up, done_update);
	tcase_add_test(tc, a_drone_is_updated_under_a_running_command);
	tcase_add_test(tc, what_may_not_run_is_refused);
	tcase_add_loop_test(tc, a_program_that_fails_gives_way, 0, PTXI_COUNT(faults));
	tcase_add_test(tc, a_program_that_takes_the_process_along_is_not_run_again);
	tcase_add_test(tc, killed_in_the_middle_the_old_one_works);
	tcase_add_test(tc, frontgate_is_updated_with_its_etcd);
	tcase_add_test(tc, as_pid_1_it_stays_pid_1);
	tcase_add_test(tc, a_frontgate_that_fails_gives_way);
	suite_add_tcase(suite, tc);
	return fixture_judge(suite);
}
