/* SPDX-License-Identifier: Apache-2.0 */
/* drone.c - a real pitrix-agent drone at a real Frontgate: enrolment, files, commands, crashes and
 * absences. */
#define PTX_AREA PTX_AREA_AGENT
#include "drone_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/time.h"

START_TEST(files_follow_the_metadata)
{
	ptx_auto_str reload = NULL;
	ptx_auto_str zoo = at("out/zoo");
	struct stat st;

	bring_up();
	put_metadata("one");
	reload = ptxi_asprintf("keys = [\"/env\", \"/host\"]\nmode = \"0640\"\ncheck_cmd = \"! "
			       "grep -q forbidden {{.src}}\"\n"
			       "reload_cmd = \"echo r >> %s/reloads\"\n",
			       home);
	put_resource("zoo", "ip={{ getv \"/host/ip\" }}\nvalue={{ getv \"/env/value\" }}\n",
		     reload);
	put_resource("other", "{{ range gets \"/host/*\" }}{{ .Key }}={{ .Value }}{{ end }}",
		     "keys = [\"/host\"]\nreload_cmd = \"false\"");
	ask("start", "confd.start", NULL, 20000);
	ck_assert_str_eq(text_of(outcome("start", 20000), "state"), "done");
	ck_assert_str_eq(file_text("out/zoo"), "ip=" ADDRESS "\nvalue=one\n");
	ck_assert_str_eq(file_text("out/other"), "/host/ip=" ADDRESS);
	ck_assert_int_eq(stat(zoo, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_str_eq(file_text("reloads"), "r\n");
	ck_assert(wait_status("confd", "running", 3000));
	put_metadata("two");
	ck_assert(wait_text("out/zoo", "ip=" ADDRESS "\nvalue=two\n", 5000));
	ck_assert(wait_text("reloads", "r\nr\n", 5000));
	/* A check that fails leaves the file as it is, and says so. */
	put_metadata("forbidden");
	usleep(500000);
	ck_assert_str_eq(file_text("out/zoo"), "ip=" ADDRESS "\nvalue=two\n");
	struct ptx_value *s = ptxi_pilot_status(f.pilot, f.arena, NULL);
	const struct ptx_value *health =
	    ptx_value_get(ptx_value_get(ptx_value_get(s, "drones"), INSTANCE), "health");

	ck_assert_str_eq(text_of(health, "status"), "unhealthy");
	put_metadata("three");
	ck_assert(wait_text("out/zoo", "ip=" ADDRESS "\nvalue=three\n", 5000));
	/* Stopped, nothing is rendered. */
	ask("stop", "confd.stop", NULL, 20000);
	ck_assert_str_eq(text_of(outcome("stop", 20000), "state"), "done");
	put_metadata("four");
	usleep(500000);
	ck_assert_str_eq(file_text("out/zoo"), "ip=" ADDRESS "\nvalue=three\n");
	ck_assert(wait_status("confd", "stopped", 3000));
}
END_TEST

/* --- health checks --- */

/* Metadata with a check of a file: the service is well while it is there. */
static void put_check(const char *check, const char *action)
{
	struct ptx_value *tree = ptx_value_map(f.arena);
	struct ptx_value *health = ptx_value_map(f.arena);
	struct ptx_value *names = ptx_value_map(f.arena);
	struct ptx_value *mapping = ptx_value_map(f.arena);

	ptx_value_set_string(health, "interval_sec", "2");
	ptx_value_set_string(health, "timeout_sec", "4");
	ptx_value_set_string(health, "action_timeout_sec", "20");
	ptx_value_set_string(health, "healthy_threshold", "2");
	ptx_value_set_string(health, "unhealthy_threshold", "3");
	ptx_value_set_string(health, "check_cmd", check);
	if (action)
		ptx_value_set_string(health, "action_cmd", action);
	ptx_value_set(tree, "health_check", health);
	ptx_value_set_string(names, "health_check", "/clusters/cl-1/health_check");
	ptx_value_set(mapping, INSTANCE, names);
	ck_assert_int_eq(ptxi_pilot_put(f.pilot, "cl-1", tree, mapping, NULL), 0);
}

static const char *health(const char *name)
{
	struct ptx_value *s = ptxi_pilot_status(f.pilot, f.arena, NULL);
	const struct ptx_value *d = ptx_value_get(ptx_value_get(s, "drones"), INSTANCE);

	return text_of(ptx_value_get(d, "health"), name);
}

static bool wait_health(const char *text, int64_t ms)
{
	int64_t end = ptxi_time_mono_ms() + ms;

	while (strcmp(health("status"), text) != 0) {
		if (ptxi_time_mono_ms() > end)
			return false;
		usleep(20000);
	}
	return true;
}

/* How many of the Frontgate's events are of this kind and hold the text. */
static int events(const char *kind, const char *text)
{
	const struct ptx_value *all = ptxi_pilot_events(f.pilot, 0, f.arena, NULL);
	int count = 0;

	for (size_t i = 0; i < ptx_value_count(all); i++) {
		const struct ptx_value *e = ptx_value_at(all, i);

		count += strcmp(text_of(e, "kind"), kind) == 0 &&
			 strstr(text_of(e, "text"), text) != NULL;
	}
	return count;
}

static size_t lines_of(const char *name)
{
	const char *text = file_text(name);
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void ask_health(const char *id, const char *kind)
{
	ask(id, kind, NULL, 20000);
	ck_assert_str_eq(text_of(outcome(id, 20000), "state"), "done");
}

START_TEST(a_service_is_checked_and_mended)
{
	ptx_auto_str check = ptxi_asprintf(
	    "echo c >> %s/checks; test -f %s/well || { echo; echo it is gone; exit 1; }", home,
	    home);
	ptx_auto_str action =
	    ptxi_asprintf("echo a >> %s/actions; sleep 0.5; touch %s/well", home, home);
	ptx_auto_str well = at("well");
	size_t checks = 0;

	bring_up();
	put_file("well", "", 0644);
	put_check(check, action);
	usleep(500000);
	ck_assert_str_eq(file_text("checks"), ""); /* nothing is checked that was not started */
	ask_health("h-1", "health.start");
	ck_assert_msg(wait_health("healthy", 5000), "%s", file_text("log"));
	ck_assert_uint_ge(lines_of("checks"), 2);
	ck_assert_str_eq(file_text("actions"), "");
	/* The third failure in a row turns it, its action mends it, two successes turn it back. */
	ck_assert_int_eq(unlink(well), 0);
	ck_assert_msg(wait_health("unhealthy", 5000), "%s", file_text("log"));
	ck_assert_str_eq(health("reason"), "it is gone");
	ck_assert_msg(wait_health("healthy", 5000), "%s", file_text("log"));
	ck_assert_str_eq(file_text("actions"), "a\n");
	ck_assert_int_eq(events("health.unhealthy", "it is gone"), 1);
	ck_assert_int_eq(events("health.action", "done"), 1);
	ck_assert_int_eq(events("health.healthy", "healthy again"), 1);
	/* Stopped, nothing is checked and nothing is known. */
	ask_health("h-2", "health.stop");
	checks = lines_of("checks");
	ck_assert_msg(wait_health("", 3000), "%s", file_text("log"));
	usleep(600000);
	ck_assert_uint_eq(lines_of("checks"), checks);
}
END_TEST

START_TEST(an_action_runs_once_for_each_turn)
{
	ptx_auto_str action = ptxi_asprintf("echo a >> %s/actions; exit 3", home);

	bring_up();
	put_check("echo bad; exit 7", action);
	ask_health("h-1", "health.start");
	ck_assert_msg(wait_health("unhealthy", 5000), "%s", file_text("log"));
	usleep(1500000); /* more checks fail: it is the same turn */
	ck_assert_str_eq(file_text("actions"), "a\n");
	ck_assert_str_eq(health("action"), "failed");
	ck_assert_int_eq(events("health.unhealthy", "bad"), 1);
	ck_assert_int_eq(events("health.action", "failed"), 1);
	/* Another check in the metadata counts anew. */
	put_check("true", NULL);
	ck_assert_msg(wait_health("healthy", 5000), "%s", file_text("log"));
	/* One that hangs is ended, and fails. */
	put_check("sleep 77.5", NULL);
	ck_assert_msg(wait_health("unhealthy", 15000), "%s", file_text("log"));
	ck_assert_str_eq(health("reason"), "the check took longer than 4 s");
	ck_assert_str_eq(health("action"), "");
}
END_TEST

START_TEST(a_stop_waits_for_the_action)
{
	ptx_auto_str action = ptxi_asprintf("sleep 1; echo a >> %s/actions", home);

	bring_up();
	put_check("false", action);
	ask_health("h-1", "health.start");
	ck_assert_msg(wait_health("unhealthy", 5000), "%s", file_text("log"));
	ask_health("h-2", "health.stop");
	ck_assert_str_eq(file_text("actions"), "a\n");
}
END_TEST

START_TEST(a_drone_that_starts_again_goes_on_checking)
{
	bring_up();
	put_check("true", NULL);
	ask_health("h-1", "health.start");
	ck_assert_msg(wait_health("healthy", 5000), "%s", file_text("log"));
	end_drone(SIGKILL);
	start_drone(false);
	usleep(300000);
	ck_assert_msg(wait_health("healthy", 10000), "%s", file_text("log"));
	/* But not on a machine that was started since: its services do not run. */
	end_drone(SIGTERM);
	put_file("data/health.running", "another boot 1", 0600);
	start_drone(false);
	ck_assert_msg(wait_health("", 10000), "%s", file_text("log"));
	usleep(1000000);
	ck_assert_str_eq(health("status"), "");
}
END_TEST

/* --- keys --- */

/* What OpenSSH itself says of the private half; "" where it is not installed. In the fixture's
 * arena. */
static const char *public_half(const char *file)
{
	ptx_auto_str path = ptxi_asprintf("%s/ssh/%s", home, file);
	const char *const argv[] = { "ssh-keygen", "-y", "-P", "", "-f", path, NULL };
	struct ptxi_proc_opts o = { .argv = argv, .timeout_ms = 10000 };
	struct ptxi_proc_result r = { .exit_status = 0 };
	const char *line = "";

	if (ptxi_proc_run(NULL, &o, &r, NULL) == 0)
		line = ptx_value_as_string(
		    ptx_value_strn(f.arena, ptxi_str_trim(ptx_buf_str(&r.out))), "");
	ptxi_proc_result_done(&r);
	return line;
}

START_TEST(keys_are_made_once_and_openssh_reads_them)
{
	static const char *const rows[][2] = { { "ssh-rsa", "id_rsa" }, { "ssh-dsa", "id_dsa" } };
	const struct ptx_value *v = NULL;

	bring_up();
	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_str id = ptxi_asprintf("key-%zu", i);
		ptx_auto_str again = ptxi_asprintf("again-%zu", i);
		ptx_auto_str private = ptxi_asprintf("ssh/%s", rows[i][1]);
		ptx_auto_str public = ptxi_asprintf("ssh/%s.pub", rows[i][1]);
		ptx_auto_str path = at(private);
		ptx_auto_str line = NULL;
		const char *said = NULL;
		struct stat st;

		ask(id, "ssh.key", rows[i][0], 20000);
		v = outcome(id, 20000);
		ck_assert_str_eq(text_of(v, "state"), "done");
		said = text_of(v, "output");
		ck_assert_msg(strstr(said, " root@" INSTANCE) != NULL, "%s", said);
		line = ptxi_asprintf("%s\n", said);
		ck_assert_str_eq(file_text(public), line);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0600);
		if (*public_half(rows[i][1]))
			ck_assert_msg(strncmp(said, public_half(rows[i][1]),
					      strlen(public_half(rows[i][1]))) == 0,
				      "%s is not %s", said, public_half(rows[i][1]));
		else
			puts("ssh-keygen is not here: the key was not read by it");
		ask(again, "ssh.key", rows[i][0], 20000);
		ck_assert_str_eq(text_of(outcome(again, 20000), "output"), said);
	}
	ask("other", "ssh.key", "ssh-none", 20000);
	ck_assert_str_eq(text_of(outcome("other", 20000), "state"), "failed");
	put_file("ssh/id_rsa", "no key\n", 0600);
	ask("broken", "ssh.key", "ssh-rsa", 20000);
	v = outcome("broken", 20000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_str_eq(file_text("ssh/id_rsa"), "no key\n");
}
END_TEST

START_TEST(one_bad_resource_does_not_stop_the_others)
{
	const struct ptx_value *v = NULL;

	bring_up();
	put_metadata("one");
	put_resource("a-bad", "{{ nosuch }}", "keys = [\"/\"]");
	put_file("confd/conf.d/b-broken.toml", "[template\n", 0644);
	put_resource("c-nobody", "x", "keys = [\"/\"]\nowner = \"no-such-user\"");
	put_resource("d-good", "{{ getv \"/env/value\" }}{{ len (getvs \"/none/*\") }}",
		     "keys = [\"/\"]");
	ask("start", "confd.start", NULL, 20000);
	v = outcome("start", 20000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_msg(strstr(text_of(v, "output"), "a-bad.toml") &&
			  strstr(text_of(v, "output"), "nosuch") &&
			  strstr(text_of(v, "output"), "b-broken.toml") &&
			  strstr(text_of(v, "output"), "no-such-user"),
		      "%s", text_of(v, "output"));
	ck_assert_str_eq(file_text("out/d-good"), "one0");
}
END_TEST

START_TEST(commands_run_once_with_their_timeout)
{
	const struct ptx_value *v = NULL;
	int64_t began = 0;

	bring_up();
	ck_assert_str_eq(run("echo out; echo err >&2; printf 'caf\\351'; exit 3", 5000, &v),
			 "failed");
	ck_assert_int_eq(ptx_value_as_int(ptx_value_get(v, "exit_status"), -1), 3);
	ck_assert_str_eq(text_of(v, "output"), "out\nerr\ncaf\xef\xbf\xbd");
	ck_assert_str_eq(run("cat; pwd; test -n \"$PATH\"", 5000, &v), "done");
	ck_assert_str_eq(text_of(v, "output"), "/\n");
	/* Only the end of too much output. */
	ck_assert_str_eq(run("seq 1 100000", 20000, &v), "done");
	ck_assert_uint_gt(strlen(text_of(v, "output")), 30000);
	ck_assert_ptr_nonnull(strstr(text_of(v, "output"), "\n100000\n"));
	/* A daemon that keeps the pipe does not hang its command, and lives on. */
	began = ptxi_time_mono_ms();
	ck_assert_str_eq(run("(trap '' HUP; sleep 2; echo late) & echo started", 10000, &v),
			 "done");
	ck_assert_int_lt(ptxi_time_mono_ms() - began, 1900);
	/* The whole group ends with its time. */
	began = ptxi_time_mono_ms();
	ck_assert_str_eq(
	    run("echo early; sleep 30.97 & trap '' TERM; sleep 31.97; sleep 32.97", 500, &v),
	    "failed");
	ck_assert_int_lt(ptxi_time_mono_ms() - began, 6000);
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "longer than 500 ms"));
	ck_assert_str_eq(text_of(v, "output"), "early\n");
	ck_assert_str_eq(run("! ps ax | grep -q '[s]leep 3[012][.]97'", 5000, NULL), "done");
	/* The same id again is the same outcome. */
	ptx_auto_str cmd = ptxi_asprintf("echo x >> %s/once", home);

	ask("once", "run", cmd, 5000);
	ck_assert_str_eq(text_of(outcome("once", 5000), "state"), "done");
	ask("once", "run", cmd, 5000);
	usleep(300000);
	ck_assert_str_eq(file_text("once"), "x\n");
	/* What the state does not allow, and no volumes at all. */
	ask("volume", "volume", NULL, 5000);
	ck_assert_str_eq(text_of(outcome("volume", 5000), "state"), "done");
	put_metadata("one");
	ask("start", "confd.start", NULL, 5000);
	ck_assert_str_eq(text_of(outcome("start", 6000), "state"), "done");
	ask("volume-2", "volume", NULL, 5000);
	v = outcome("volume-2", 5000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "not possible while confd is running"));
}
END_TEST

START_TEST(a_killed_drone_does_not_repeat)
{
	ptx_auto_str cmd = ptxi_asprintf("echo x >> %s/once; sleep 3", home);
	const struct ptx_value *v = NULL;

	put_resource("zoo", "{{ getv \"/env/value\" }}", "keys = [\"/\"]");
	bring_up();
	put_metadata("one");
	ask("start", "confd.start", NULL, 5000);
	ck_assert_str_eq(text_of(outcome("start", 6000), "state"), "done");
	ask("middle", "run", cmd, 20000);
	ck_assert(wait_text("once", "x\n", 5000));
	ck_assert_int_eq(end_drone(SIGKILL), 128 + SIGKILL);
	ck_assert(wait_status("state", "lost", 5000));
	start_drone(false);
	v = outcome("middle", 10000);
	ck_assert_str_eq(text_of(v, "state"), "unknown");
	ck_assert_str_eq(file_text("once"), "x\n");
	ck_assert(wait_status("state", "up", 5000));
	/* confd goes on without being asked. */
	put_metadata("two");
	ck_assert(wait_text("out/zoo", "two", 5000));
}
END_TEST

START_TEST(frontgate_may_be_away)
{
	put_resource("zoo", "{{ getv \"/env/value\" }}", "keys = [\"/\"]");
	bring_up();
	put_metadata("one");
	ask("start", "confd.start", NULL, 5000);
	ck_assert_str_eq(text_of(outcome("start", 6000), "state"), "done");
	ask("long", "run", "sleep 1; echo ran while away", 20000);
	usleep(300000);
	ck_assert_int_eq(fixture_end_frontgate(&f), 0);
	usleep(2000000);
	ck_assert_str_eq(file_text("out/zoo"), "one");
	fixture_start_frontgate(&f);
	fixture_wait_up(&f);
	ck_assert_str_eq(text_of(outcome("long", 10000), "output"), "ran while away\n");
	put_metadata("two");
	ck_assert(wait_text("out/zoo", "two", 5000));
	/* Its whole life on one enrolment. */
	const char *log = file_text("log");
	const char *first = strstr(log, ": enrolled");

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_null(strstr(first + 1, ": enrolled"));
	ck_assert_ptr_null(strstr(log, who.token));
}
END_TEST

START_TEST(sigterm_ends_everything)
{
	const struct ptx_value *v = NULL;
	int64_t began = 0;

	bring_up();
	ck_assert_str_eq(run("setsid sleep 77.5 & echo $!", 5000, &v), "done");
	ask("stubborn", "run", "trap '' TERM; echo x; while :; do sleep 77.6; done", 60000);
	usleep(500000);
	began = ptxi_time_mono_ms();
	ck_assert_int_eq(end_drone(SIGTERM), 0);
	ck_assert_int_lt(ptxi_time_mono_ms() - began, 4000);
	ck_assert(!runs("sleep\00077.5") && !runs("sleep\00077.6"));
	/* The journal knows what became of it. */
	start_drone(false);
	v = outcome("stubborn", 10000);
	ck_assert_str_eq(text_of(v, "state"), "failed");
	ck_assert_ptr_nonnull(strstr(text_of(v, "error"), "machine stops"));
}
END_TEST

/* A certificate for the Drone's own key by Frontgate's intermediate, that ends in so many seconds.
 */
static void put_certificate(int64_t ends_in_s)
{
	struct fixture *x = &f;
	char *texts[3] = { NULL, NULL, NULL };
	static const char *const names[] = { "intermediate.pem", "intermediate.key", "ca.pem" };
	int64_t now = ptxi_time_wall_ns() / PTXI_NS_PER_S;

	for (int i = 0; i < 3; i++) {
		ptx_auto_str path = ptxi_path_join(x->folder, names[i]);
		struct ptx_buf b;

		ptx_buf_init(&b, 0);
		ck_assert_int_eq(ptxi_fs_read(path, 0, &b, NULL), 0);
		texts[i] = ptx_buf_steal(&b, NULL);
	}
	ptx_auto_str request = ptxi_pki_request(file_text("data/drone.key"), INSTANCE, VPC, NULL);
	struct ptxi_pki_sign s = { .role = PTXI_PKI_DRONE,
				   .request = request,
				   .issuer = texts[0],
				   .issuer_key = texts[1],
				   .vpc = VPC,
				   .instance = INSTANCE,
				   .ip = ADDRESS,
				   .now_unix = now - (ends_in_s < 0 ? 1000 : 0),
				   .life_s = ends_in_s < 0 ? 1000 + ends_in_s : ends_in_s };
	ptx_auto_str leaf = ptxi_pki_sign(&s, NULL);
	ptx_auto_str all = ptxi_asprintf("%s%s%s", leaf, texts[0], texts[2]);

	ck_assert_ptr_nonnull(leaf);
	put_file("data/drone.pem", all, 0600);
	for (int i = 0; i < 3; i++)
		ptx_free(texts[i]);
}

START_TEST(certificates_are_renewed)
{
	bring_up();
	ck_assert_int_eq(end_drone(SIGTERM), 0);
	put_certificate(60);
	start_drone(false);
	for (int i = 0; i < 100 && !strstr(file_text("log"), "the certificate was renewed"); i++)
		usleep(50000);
	ck_assert_ptr_nonnull(strstr(file_text("log"), "the certificate was renewed"));
	ck_assert_str_eq(run("echo still here", 5000, NULL), "done");
	ck_assert_int_eq(end_drone(SIGTERM), 0);
	/* It slept past its certificate's end: the old key enrols again. */
	put_certificate(-100);
	ck_assert(wait_status("state", "lost", 5000));
	start_drone(false);
	ck_assert(wait_status("state", "up", 10000));
	ck_assert_str_eq(run("echo back", 5000, NULL), "done");
}
END_TEST

START_TEST(a_lost_answer_is_asked_for_again)
{
	struct stat st;
	ptx_auto_str key = at("data/drone.key");

	/* Frontgate has bound this very key, but the Drone never heard of it. */
	put_file("data/drone.key", who.key, 0600);
	scripted_allow(&who, 600);
	ck_assert_int_eq(scripted_enrol(&who, NULL, NULL, NULL), 200);
	start_drone(false);
	ck_assert(wait_status("state", "up", 10000));
	ck_assert_str_eq(file_text("data/drone.key"), who.key);
	ck_assert_int_eq(stat(key, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_str_eq(run("echo hello", 5000, NULL), "done");
}
END_TEST

START_TEST(a_strange_frontgate_gets_no_token)
{
	char kept = f.ca_sha256[0];

	f.ca_sha256[0] = kept == '0' ? '1' : '0';
	write_config();
	scripted_allow(&who, 600);
	start_drone(false);
	for (int i = 0; i < 100 && !strstr(file_text("log"), "Frontgate is not reached"); i++)
		usleep(50000);
	ck_assert_ptr_nonnull(strstr(file_text("log"), "certificate of " FRONTGATE_IP));
	ck_assert_str_eq(file_text("data/drone.pem"), "");
	/* The token is as good as new. */
	ck_assert_int_eq(end_drone(SIGTERM), 0);
	f.ca_sha256[0] = kept;
	write_config();
	start_drone(false);
	ck_assert(wait_status("state", "up", 10000));
}
END_TEST

START_TEST(as_pid_1_it_reaps)
{
	const struct ptx_value *v = NULL;
	char line[64] = "";
	char path[64];
	int64_t child = 0;

	if (geteuid() != 0) {
		puts("skipped: a pid namespace needs root");
		return;
	}
	scripted_allow(&who, 600);
	start_drone(true);
	ck_assert_msg(wait_status("state", "up", 10000), "%s", file_text("log"));
	ck_assert_str_eq(
	    run("for i in 1 2 3 4 5; do setsid sh -c 'sleep 0.1' & done; sleep 0.05; echo $PPID",
		5000, &v),
	    "done");
	ck_assert_str_eq(text_of(v, "output"), "1\n");
	ck_assert_str_eq(run("sleep 0.5; cat /proc/[0-9]*/stat | grep -c ') Z '", 5000, &v),
			 "failed");
	ck_assert_str_eq(text_of(v, "output"), "0\n");
	ck_assert_str_eq(run("setsid sleep 78.5 > /dev/null 2>&1 &", 5000, NULL), "done");
	/* The signal goes to pid 1 itself, not to what made its namespace. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)drone, (int)drone);
	FILE *file = fopen(path, "r");

	ck_assert(file && fgets(line, sizeof(line), file));
	fclose(file);
	ck_assert(ptxi_parse_i64(ptxi_str_trim(ptxi_str(line)), &child, 2, INT32_MAX));
	kill((pid_t)child, SIGTERM);
	ck_assert_int_eq(end_drone(0), 0);
	ck_assert(!runs("sleep\00078.5"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("drone");
	TCase *tc = tcase_create("drone");

	if (!fixture_possible())
		return 77;
	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, files_follow_the_metadata);
	tcase_add_test(tc, a_service_is_checked_and_mended);
	tcase_add_test(tc, an_action_runs_once_for_each_turn);
	tcase_add_test(tc, a_stop_waits_for_the_action);
	tcase_add_test(tc, a_drone_that_starts_again_goes_on_checking);
	tcase_add_test(tc, keys_are_made_once_and_openssh_reads_them);
	tcase_add_test(tc, one_bad_resource_does_not_stop_the_others);
	tcase_add_test(tc, commands_run_once_with_their_timeout);
	tcase_add_test(tc, a_killed_drone_does_not_repeat);
	tcase_add_test(tc, frontgate_may_be_away);
	tcase_add_test(tc, sigterm_ends_everything);
	tcase_add_test(tc, certificates_are_renewed);
	tcase_add_test(tc, a_lost_answer_is_asked_for_again);
	tcase_add_test(tc, a_strange_frontgate_gets_no_token);
	tcase_add_test(tc, as_pid_1_it_reaps);
	suite_add_tcase(suite, tc);
	return fixture_judge(suite);
}
