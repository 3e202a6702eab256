/* SPDX-License-Identifier: Apache-2.0 */
/* frontgate_fan.c - a Frontgate with many Drones that watch: what it takes, and how long a change
 * is on its way.
 *
 *     frontgate_fan            DRONES (200), CHANGES (100) and HOSTS (200, in everybody's view)
 *                              in the environment
 *
 * The Drones are this process's: one loop reads all watches, so what it takes itself is in the time
 * until the last one has a change. Pilot's request, its commit in etcd and the way through
 * Frontgate are in it too. */
#define PTX_AREA PTX_AREA_AGENT
#include "../agent/frontgate_fixture.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "process.h"

static struct fixture f;
static struct scripted *all;

static int64_t mono_ns(void)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * PTXI_NS_PER_S + ts.tv_nsec;
}

static unsigned given(const char *name, unsigned otherwise, unsigned most)
{
	const char *text = getenv(name);
	int64_t n = otherwise;

	if (text)
		ck_assert_msg(ptxi_parse_i64(ptxi_str(text), &n, 1, most),
			      "%s is no number from 1 to %u", name, most);
	return (unsigned)n;
}

/* Everybody sees all hosts and the value. */
static void put(unsigned drones, unsigned hosts, unsigned value)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *tree = ptx_value_map(a);
	struct ptx_value *env = ptx_value_map(a);
	struct ptx_value *list = ptx_value_map(a);
	struct ptx_value *mapping = ptx_value_map(a);
	char name[32];
	char text[32];

	snprintf(text, sizeof(text), "%u", value);
	ptx_value_set_string(env, "value", text);
	for (unsigned i = 0; i < hosts; i++) {
		struct ptx_value *host = ptx_value_map(a);

		snprintf(name, sizeof(name), "i-%u", i);
		snprintf(text, sizeof(text), "10.0.%u.%u", i / 250, i % 250);
		ptx_value_set_string(host, "ip", text);
		ptx_value_set_string(host, "node_id", name);
		ptx_value_set_string(host, "role", "node");
		ptx_value_set(list, name, host);
	}
	for (unsigned i = 0; i < drones; i++) {
		struct ptx_value *names = ptx_value_map(a);

		snprintf(name, sizeof(name), "node-%u", i);
		ptx_value_set_string(names, "env", "/clusters/cl-1/env");
		ptx_value_set_string(names, "hosts", "/clusters/cl-1/hosts");
		ptx_value_set(mapping, name, names);
	}
	ptx_value_set(tree, "env", env);
	ptx_value_set(tree, "hosts", list);
	ck_assert_int_eq(ptxi_pilot_put(f.pilot, "cl-1", tree, mapping, NULL), 0);
}

static void wait_all(unsigned drones, unsigned changes)
{
	for (unsigned i = 0; i < drones; i++)
		ck_assert_msg(fixture_run_until(&f, &all[i].changes, changes, 30000),
			      "Drone %u has no change %u", i, changes);
}

static void bring_up(unsigned drones)
{
	char name[32];
	char ip[32];

	for (unsigned i = 0; i < drones; i++) {
		snprintf(name, sizeof(name), "node-%u", i);
		snprintf(ip, sizeof(ip), "127.78.%u.%u", i / 250, i % 250 + 1);
		scripted_init(&all[i], &f, name, ip);
		scripted_allow(&all[i], 600);
		ck_assert_int_eq(scripted_enrol(&all[i], NULL, NULL, NULL), 200);
	}
	for (unsigned i = 0; i < drones; i++)
		scripted_watch(&all[i]);
	for (unsigned i = 0; i < drones; i++)
		ck_assert(fixture_run_until(&f, &all[i].views, 1, 30000));
}

START_TEST(fan)
{
	unsigned drones = given("DRONES", 200, 10000);
	unsigned changes = given("CHANGES", 100, 100000);
	unsigned hosts = given("HOSTS", 200, 5000);
	int64_t began = 0;
	int64_t slowest = 0;
	double sum = 0;
	double cpu = 0;
	double etcd_cpu = 0;
	pid_t etcd = 0;

	all = ptxi_alloc_array(drones, sizeof(*all));
	ck_assert_ptr_nonnull(all);
	fixture_start(&f);
	etcd = fixture_etcd(&f);
	put(drones, hosts, 0);
	printf("%-34s RSS %6ld KiB\n", "Frontgate alone", process_kib(f.pid, "VmRSS"));
	began = ptxi_time_mono_ms();
	bring_up(drones);
	printf("%u Drones enrolled and watching, %u hosts in the view of each, after %lld ms\n",
	       drones, hosts, (long long)(ptxi_time_mono_ms() - began));
	cpu = process_cpu_s(f.pid);
	etcd_cpu = process_cpu_s(etcd);
	for (unsigned i = 1; i <= changes; i++) {
		int64_t took = 0;

		began = mono_ns();
		put(drones, hosts, i);
		wait_all(drones, i);
		took = mono_ns() - began;
		sum += (double)took;
		slowest = took > slowest ? took : slowest;
	}
	cpu = process_cpu_s(f.pid) - cpu;
	etcd_cpu = process_cpu_s(etcd) - etcd_cpu;
	printf("%-34s RSS %6ld KiB, RssAnon %ld KiB      goal: RSS <= 32768 KiB\n",
	       "Frontgate with them", process_kib(f.pid, "VmRSS"), process_kib(f.pid, "RssAnon"));
	printf("%-34s %.2f s (etcd: %.2f s)                 goal: <= 1 s for 100\n",
	       "CPU of Frontgate for the changes", cpu, etcd_cpu);
	printf("%-34s %.1f ms on average, %.1f ms at most   goal: <= 50 ms on average\n",
	       "until the last Drone has one", sum / changes / 1e6, (double)slowest / 1e6);
	for (unsigned i = 0; i < drones; i++)
		scripted_done(&all[i]);
	ptx_free(all);
	fixture_stop(&f);
}
END_TEST

int main(void)
{
	return fixture_bench("frontgate_fan", fan);
}
