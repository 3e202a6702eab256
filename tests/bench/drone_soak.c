/* SPDX-License-Identifier: Apache-2.0 */
/* drone_soak.c - a Drone's memory after many changes of its metadata, each of which it rendered.
 *
 *     drone_soak [CHANGES]     (1,000) prints RssAnon and VmRSS before and after, and how long
 *                              a change took */
#define PTX_AREA PTX_AREA_AGENT
#include "../agent/frontgate_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/time.h"
#include "process.h"

#define INSTANCE "node-a"
#define ADDRESS  "127.77.199.11"
#define HOSTS    20

static struct fixture f;
static struct scripted who;
static char *home;

static void put_file(const char *name, const char *text, mode_t mode)
{
	ptx_auto_str path = ptxi_path_join(home, name);
	ptx_auto_str dir = ptxi_path_dir(path);

	ck_assert_int_eq(ptxi_fs_mkdirs(dir, 0755, NULL), 0);
	ck_assert_int_eq(ptxi_fs_write(path, ptxi_str(text), mode, NULL), 0);
}

static void put_files(void)
{
	ptx_auto_str config = ptxi_asprintf(
	    "{\"version\": 1, \"vpc\": \"" VPC "\", \"instance\": \"" INSTANCE "\", \"frontgate\": "
	    "\"%s\", \"ca_sha256\": \"%s\", \"source_ip\": \"" ADDRESS "\", \"token\": "
	    "\"%s/token\", \"data\": \"%s/data\", \"confd\": \"%s/confd\"}",
	    f.address, f.ca_sha256, home, home, home);
	ptx_auto_str hosts = ptxi_asprintf(
	    "[template]\nsrc = \"hosts\"\ndest = \"%s/out/hosts\"\nkeys = [\"/\"]\n", home);
	ptx_auto_str env = ptxi_asprintf("[template]\nsrc = \"env\"\ndest = \"%s/out/env\"\nkeys = "
					 "[\"/env\"]\nreload_cmd = \":\"\n",
					 home);

	put_file("drone.json", config, 0644);
	put_file("token", who.token, 0600);
	put_file("confd/conf.d/env.toml", env, 0644);
	put_file("confd/conf.d/hosts.toml", hosts, 0644);
	put_file("confd/templates/env",
		 "{{ range gets \"/env/*\" }}{{ .Key }}={{ .Value }}\n{{ end }}", 0644);
	put_file("confd/templates/hosts",
		 "{{ range lsdir \"/hosts\" }}{{ $h := printf \"/hosts/%s\" . }}"
		 "{{ getv (printf \"%s/ip\" $h) }} {{ . }} {{ getv \"/env/value\" }}\n{{ end }}"
		 "{{ range filter \"1[0-9]$\" (getvs \"/hosts/*/ip\") }}{{ . }},{{ end }}\n",
		 0644);
}

static void put_metadata(unsigned value)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *tree = ptx_value_map(a);
	struct ptx_value *env = ptx_value_map(a);
	struct ptx_value *hosts = ptx_value_map(a);
	struct ptx_value *names = ptx_value_map(a);
	struct ptx_value *mapping = ptx_value_map(a);
	char text[64];

	snprintf(text, sizeof(text), "%u", value);
	ptx_value_set_string(env, "value", text);
	for (unsigned i = 0; i < HOSTS; i++) {
		struct ptx_value *host = ptx_value_map(a);

		snprintf(text, sizeof(text), "10.0.%u.%u", value % 200, i);
		ptx_value_set_string(host, "ip", text);
		snprintf(text, sizeof(text), "i-%u", i);
		ptx_value_set(hosts, text, host);
	}
	ptx_value_set(tree, "env", env);
	ptx_value_set(tree, "hosts", hosts);
	ptx_value_set_string(names, "env", "/clusters/cl-1/env");
	ptx_value_set_string(names, "hosts", "/clusters/cl-1/hosts");
	ptx_value_set(mapping, INSTANCE, names);
	ck_assert_int_eq(ptxi_pilot_put(f.pilot, "cl-1", tree, mapping, NULL), 0);
}

static void wait_rendered(unsigned value)
{
	ptx_auto_str path = ptxi_path_join(home, "out/env");
	char want[64];
	int64_t end = ptxi_time_mono_ms() + 20000;

	snprintf(want, sizeof(want), "/env/value=%u\n", value);
	for (;;) {
		ptx_auto_buf b = { 0 };

		ptx_buf_init(&b, 0);
		if (ptxi_fs_read(path, 0, &b, NULL) == 0 && strcmp(b.p, want) == 0)
			return;
		ck_assert_msg(ptxi_time_mono_ms() < end, "change %u is not rendered", value);
		usleep(500);
	}
}

static void print_memory(pid_t pid, const char *when)
{
	printf("%-24s RssAnon %5ld KiB   RSS %5ld KiB\n", when, process_kib(pid, "RssAnon"),
	       process_kib(pid, "VmRSS"));
}

START_TEST(soak)
{
	const char *build = getenv("PITRIX_BUILD");
	const char *given = getenv("CHANGES");
	ptx_auto_str program = ptxi_path_join(build ? build : ".", "pitrix-agent");
	ptx_auto_str config = NULL;
	struct ptxi_pilot_request start = { "start", "confd.start", NULL, 20000 };
	int64_t changes = 1000;
	int64_t began = 0;
	struct stat st = { .st_size = 0 };
	pid_t pid = 0;

	if (given)
		ck_assert(ptxi_parse_i64(ptxi_str(given), &changes, 1, 1000000));
	fixture_start(&f);
	scripted_init(&who, &f, INSTANCE, ADDRESS);
	home = ptxi_fs_tempdir("/tmp", "ptx-soak-", NULL);
	config = ptxi_path_join(home, "drone.json");
	put_files();
	scripted_allow(&who, 600);
	pid = fork();
	if (pid == 0) {
		int null =
		    open(getenv("LOG") ? getenv("LOG") : "/dev/null", O_WRONLY | O_CREAT, 0600);

		dup2(null, 2);
		execl(program, program, "drone", "--config", config, (char *)NULL);
		_exit(127);
	}
	put_metadata(0);
	ck_assert_int_eq(ptxi_pilot_request(f.pilot, INSTANCE, &start, NULL), 0);
	wait_rendered(0);
	print_memory(pid, "after the first render");
	began = ptxi_time_mono_ms();
	for (unsigned i = 1; i <= (unsigned)changes; i++) {
		put_metadata(i);
		wait_rendered(i);
		if (i == (unsigned)changes / 2)
			print_memory(pid, "half way");
	}
	began = ptxi_time_mono_ms() - began;
	sleep(1);
	print_memory(pid, "after all changes");
	ck_assert_int_eq(stat(program, &st), 0);
	printf("%lld changes rendered, %.1f ms each; the agent's file has %lld bytes\n",
	       (long long)changes, (double)began / (double)changes, (long long)st.st_size);
	printf("goals: RssAnon <= 2048 KiB, RSS <= 8192 KiB\n");
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	scripted_done(&who);
	fixture_stop(&f);
	ptxi_fs_remove(home, NULL);
	ptx_free(home);
}
END_TEST

int main(void)
{
	return fixture_bench("drone_soak", soak);
}
