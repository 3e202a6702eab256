/* SPDX-License-Identifier: Apache-2.0 */
/* frontgate.c - a real pitrix-agent frontgate and a real etcd, asked by Pilot and by scripted
 * Drones. */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_fixture.h"

#include <signal.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/time.h"
#include "evnet/tls.h"

static struct fixture f;

static void set_up(void)
{
	fixture_start(&f);
}

static void tear_down(void)
{
	fixture_stop(&f);
}

/* Metadata of cluster cl-1 with two instances: each has its own cmd. */
static void put_cluster(const char *value, unsigned extra)
{
	struct ptx_value *tree = ptx_value_map(f.arena);
	struct ptx_value *env = ptx_value_map(f.arena);
	struct ptx_value *cmd = ptx_value_map(f.arena);
	struct ptx_value *mapping = ptx_value_map(f.arena);
	struct ptx_error *e = NULL;
	char key[32];

	ptx_value_set_string(env, "first", value);
	ptx_value_set_string(env, "last", value);
	for (unsigned i = 0; i < extra; i++) {
		snprintf(key, sizeof(key), "k%04u", i);
		ptx_value_set_string(env, key, value);
	}
	ptx_value_set_string(cmd, "node-a", "secret of a");
	ptx_value_set_string(cmd, "node-ab", "secret of ab");
	ptx_value_set(tree, "env", env);
	ptx_value_set(tree, "cmd", cmd);
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "node-ab" : "node-a";
		struct ptx_value *names = ptx_value_map(f.arena);
		char path[64];

		snprintf(path, sizeof(path), "/clusters/cl-1/cmd/%s", name);
		ptx_value_set_string(names, "env", "/clusters/cl-1/env");
		ptx_value_set_string(names, "cmd", path);
		ptx_value_set(mapping, name, names);
	}
	ck_assert_msg(ptxi_pilot_put(f.pilot, "cl-1", tree, mapping, &e) == 0, "%s",
		      e ? ptx_error_message(e) : "");
}

static void ready_drone(struct scripted *d, const char *instance, const char *ip)
{
	scripted_init(d, &f, instance, ip);
	scripted_allow(d, 600);
	ck_assert_int_eq(scripted_enrol(d, NULL, NULL, NULL), 200);
}

START_TEST(enrolment_holds)
{
	struct scripted d;
	ptx_auto_str first = NULL;
	ptx_auto_str other = ptxi_pki_key_new(NULL);
	struct ptxi_pki_identity who;
	struct scripted late;

	scripted_init(&d, &f, "node-a", "127.77.199.11");
	ck_assert_int_eq(scripted_enrol(&d, NULL, NULL, NULL), 403); /* not allowed yet */
	scripted_allow(&d, 600);
	ck_assert_int_eq(
	    scripted_enrol(&d, NULL, NULL, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 403);
	ck_assert_int_eq(scripted_enrol(&d, NULL, NULL, "short"), 400);
	ck_assert_int_eq(scripted_enrol(&d, "127.77.199.12", NULL, NULL), 403); /* wrong address */
	ck_assert_int_eq(scripted_enrol(&d, NULL, NULL, NULL), 200);
	first = ptxi_strdup(d.certificate);
	ck_assert_int_eq(scripted_enrol(&d, NULL, NULL, NULL), 200); /* the answer was lost */
	ck_assert_str_eq(first, d.certificate);
	ck_assert_int_eq(scripted_enrol(&d, NULL, other, NULL), 403); /* another key */
	scripted_allow(&d, 600); /* Pilot says it again: nothing changes */
	ck_assert_int_eq(scripted_enrol(&d, NULL, NULL, NULL), 200);
	ck_assert_str_eq(first, d.certificate);
	scripted_allow(&d, -10); /* expired, but bound to its key: it may come back */
	ck_assert_int_eq(scripted_enrol(&d, NULL, NULL, NULL), 200);
	ck_assert_int_eq(ptxi_pki_verify(d.certificate, d.ca, VPC,
					 ptxi_time_wall_ns() / PTXI_NS_PER_S, &who, NULL),
			 0);
	ck_assert_str_eq(who.instance, "node-a");
	ck_assert_str_eq(who.ip, "127.77.199.11");

	scripted_init(&late, &f, "node-b", "127.77.199.13");
	scripted_allow(&late, -10);
	ck_assert_int_eq(scripted_enrol(&late, NULL, NULL, NULL), 403); /* expired */
	ck_assert(fixture_wait_event(&f, "denied", 3000));
	scripted_done(&late);
	scripted_done(&d);
}
END_TEST

START_TEST(rights_hold)
{
	struct scripted a;
	struct scripted ab;
	json_t *j = NULL;

	ready_drone(&a, "node-a", "127.77.199.11");
	ready_drone(&ab, "node-ab", "127.77.199.12");
	put_cluster("1", 0);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/cmd", NULL, &j), 200);
	ck_assert_str_eq(
	    json_string_value(json_object_get(json_object_get(j, "keys"), "/self/cmd")),
	    "secret of a");
	json_decref(j);
	ck_assert_int_eq(
	    scripted_call(&a, "GET", "/v1/drone/get?key=/clusters/cl-1/cmd/node-a", NULL, NULL),
	    200);
	ck_assert_int_eq(
	    scripted_call(&a, "GET", "/v1/drone/get?key=/clusters/cl-1/cmd/node-ab", NULL, NULL),
	    403);
	ck_assert_int_eq(
	    scripted_call(&a, "GET", "/v1/drone/get?key=/clusters/cl-1/cmd", NULL, NULL), 403);
	ck_assert_int_eq(
	    scripted_call(&a, "GET", "/v1/drone/get?key=/clusters/cl-2/env", NULL, NULL), 403);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/cmd/../cmd", NULL, NULL),
			 400);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/env/none", NULL, NULL),
			 404);
	/* Pilot's paths are not for Drones. */
	ck_assert_int_eq(scripted_call(&a, "GET", PTXI_WIRE_PILOT_STATUS, NULL, NULL), 403);
	ck_assert_int_eq(scripted_call(&a, "PUT", PTXI_WIRE_PILOT_CLUSTERS "cl-1", "{}", NULL),
			 403);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v2/else", NULL, NULL), 404);
	ck_assert_int_eq(scripted_call(&a, "PUT", PTXI_WIRE_DRONE_BEAT, "{}", NULL), 405);
	/* An outcome of a neighbour's request. */
	struct ptxi_pilot_request r = { "task-1", "run", "true", 0 };

	ck_assert_int_eq(ptxi_pilot_request(f.pilot, "node-ab", &r, NULL), 0);
	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "task-1",
				       "{\"state\":\"done\"}", NULL),
			 404);
	ck_assert_int_eq(scripted_call(&ab, "POST", PTXI_WIRE_DRONE_OUTCOMES "task-1",
				       "{\"state\":\"done\"}", NULL),
			 200);
	ck_assert(fixture_wait_event(&f, "denied", 3000));
	/* Forgotten: its certificate is of no use any more, though it did not end. */
	ck_assert_int_eq(ptxi_pilot_forget(f.pilot, "node-a", NULL), 0);
	ck_assert_int_eq(ptxi_pilot_forget(f.pilot, "node-a", NULL), 0);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/cmd", NULL, NULL), 403);
	ck_assert_int_eq(scripted_enrol(&a, NULL, NULL, NULL), 403);
	scripted_done(&a);
	scripted_done(&ab);
}
END_TEST

START_TEST(strangers_stay_outside)
{
	struct scripted a;
	struct ptxi_tls_opts t = { .ca_sha256 = f.ca_sha256 };
	ptx_auto_str secret =
	    ptxi_pilot_vpc_new(f.ctx, VPC, NULL); /* the same name, another root */
	struct ptxi_pilot *stranger = ptxi_pilot_open(f.ctx, secret, f.address, NULL);
	struct ptx_error *e = NULL;

	ck_assert_int_lt(ptxi_pilot_ping(stranger, &e), 0);
	ck_assert_int_eq(ptx_error_code(e), PTX_E_UNTRUSTED); /* of the server, already */
	ptxi_error_drop(&e);
	ptxi_pilot_close(stranger);
	/* Without a certificate there is enrolment only. */
	scripted_init(&a, &f, "node-a", "127.77.199.11");
	scripted_allow(&a, 600);
	ck_assert_int_eq(scripted_enrol(&a, NULL, NULL, NULL), 200);
	ptx_free(a.certificate);
	a.certificate = NULL;
	ck_assert_int_eq(scripted_call(&a, "GET", PTXI_WIRE_DRONE_WATCH, NULL, NULL), 401);
	ck_assert_int_eq(scripted_call(&a, "GET", PTXI_WIRE_PILOT_PING, NULL, NULL), 401);
	scripted_done(&a);
	/* A Drone that pins another root does not talk to this Frontgate. */
	memset(f.ca_sha256, 'a', 64);
	scripted_init(&a, &f, "node-a", "127.77.199.11");
	ck_assert_int_eq(scripted_enrol(&a, NULL, NULL, NULL), 0);
	scripted_done(&a);
	(void)t;
}
END_TEST

/* Every line that the watch gave had first and last the same. */
START_TEST(a_watch_sees_transactions_whole)
{
	struct scripted a;
	const char *generation = NULL;
	const char *again = NULL;
	char value[16];

	ready_drone(&a, "node-a", "127.77.199.11");
	scripted_watch(&a);
	ck_assert(fixture_run_until(&f, &a.views, 1, 5000));
	ck_assert(!a.view.ready); /* nothing for it yet */
	put_cluster("0", 1000);
	ck_assert(fixture_run_until(&f, &a.views, 2, 5000));
	ck_assert(a.view.ready);
	ck_assert_uint_eq(a.view.keys.n, 1003);
	generation = ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL);
	ck_assert_ptr_nonnull(generation);
	for (unsigned i = 1; i <= 5; i++) {
		snprintf(value, sizeof(value), "%u", i);
		put_cluster(value, 1000);
		ck_assert(fixture_run_until(&f, &a.changes, i, 5000));
		ck_assert_str_eq(ptxi_kv_get(&a.view.keys, "/env/first"), value);
		ck_assert_str_eq(ptxi_kv_get(&a.view.keys, "/env/k0999"), value);
		ck_assert_str_eq(ptxi_kv_get(&a.view.keys, "/env/last"), value);
	}
	ck_assert_str_eq(ptxi_kv_get(&a.view.keys, "/cmd"), "secret of a");
	/* The same content: nothing is written, nothing is told, the generation is the same. */
	again = ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL);
	ck_assert_str_ne(generation, again);
	put_cluster("5", 1000);
	fixture_run(&f, 300);
	ck_assert_uint_eq(a.changes, 5);
	ck_assert_str_eq(again, ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL));
	/* Fewer keys: they go. */
	put_cluster("5", 10);
	ck_assert(fixture_run_until(&f, &a.changes, 6, 5000));
	ck_assert_uint_eq(a.view.keys.n, 13);
	/* Removed: there is nothing for it, and it keeps what it knows. */
	ck_assert_int_eq(ptxi_pilot_remove(f.pilot, "cl-1", NULL), 0);
	ck_assert(fixture_run_until(&f, &a.views, 3, 5000));
	ck_assert(!a.view.ready);
	ck_assert_uint_eq(a.view.keys.n, 13);
	ck_assert_ptr_null(ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL));
	scripted_done(&a);
}
END_TEST

START_TEST(requests_are_once_by_id)
{
	struct scripted a;
	struct ptxi_pilot_request r = { "task-1", "run", "echo hello", 5000 };
	struct ptx_error *e = NULL;
	struct ptx_value *o = NULL;

	ready_drone(&a, "node-a", "127.77.199.11");
	scripted_watch(&a);
	ck_assert(fixture_run_until(&f, &a.lists, 1, 5000));
	ck_assert_uint_eq(json_array_size(a.requests), 0);
	ck_assert_ptr_null(ptxi_pilot_outcome(f.pilot, "node-a", "task-1", f.arena, &e));
	ck_assert_int_eq(ptx_error_code(e), PTX_E_NOT_FOUND);
	ptxi_error_drop(&e);
	ck_assert_int_eq(ptxi_pilot_request(f.pilot, "node-a", &r, NULL), 0);
	ck_assert_int_eq(ptxi_pilot_request(f.pilot, "node-a", &r, NULL), 0);
	ck_assert(fixture_run_until(&f, &a.lists, 2, 5000));
	ck_assert_uint_eq(json_array_size(a.requests), 1);
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(a.requests, 0), "cmd")),
			 "echo hello");
	o = ptxi_pilot_outcome(f.pilot, "node-a", "task-1", f.arena, NULL);
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(o, "state"), ""), "pending");
	r.cmd = "echo other";
	ck_assert_int_eq(ptxi_pilot_request(f.pilot, "node-a", &r, NULL), PTX_E_CONFLICT);
	r.kind = "reboot";
	ck_assert_int_eq(ptxi_pilot_request(f.pilot, "node-a", &r, NULL), PTX_E_INVALID);

	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "task-1",
				       "{\"state\":\"running\"}", NULL),
			 200);
	ck_assert_int_eq(
	    scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "task-1",
			  "{\"state\":\"failed\",\"exit_status\":3,\"output\":\"h\\u00e9llo\"}",
			  NULL),
	    200);
	ck_assert_int_eq(
	    scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "task-1",
			  "{\"state\":\"failed\",\"exit_status\":3,\"output\":\"h\\u00e9llo\"}",
			  NULL),
	    200);
	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "task-1",
				       "{\"state\":\"done\"}", NULL),
			 409);
	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "task-2",
				       "{\"state\":\"done\"}", NULL),
			 404);
	o = ptxi_pilot_outcome(f.pilot, "node-a", "task-1", f.arena, NULL);
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(o, "state"), ""), "failed");
	ck_assert_int_eq(ptx_value_as_int(ptx_value_get(o, "exit_status"), -1), 3);
	fixture_run(&f, 300);
	ck_assert_uint_eq(json_array_size(a.requests), 0); /* it is not open any more */
	scripted_done(&a);
}
END_TEST

static const char *drone_state(const char *instance)
{
	struct ptx_value *s = ptxi_pilot_status(f.pilot, f.arena, NULL);

	return ptx_value_as_string(
	    ptx_value_get(ptx_value_get(ptx_value_get(s, "drones"), instance), "state"), "");
}

START_TEST(heartbeats_tell_who_is_lost)
{
	struct scripted a;

	scripted_init(&a, &f, "node-a", "127.77.199.11");
	scripted_allow(&a, 600);
	ck_assert_str_eq(drone_state("node-a"), "never");
	ck_assert_int_eq(scripted_enrol(&a, NULL, NULL, NULL), 200);
	ck_assert_int_eq(
	    scripted_call(&a, "POST", PTXI_WIRE_DRONE_BEAT,
			  "{\"version\":\"1\",\"confd\":\"running\",\"health\":{\"ok\":true}}",
			  NULL),
	    200);
	ck_assert_str_eq(drone_state("node-a"), "up");
	ck_assert(fixture_wait_event(&f, "drone.up", 1000));
	ck_assert(fixture_wait_event(&f, "drone.lost", 6000));
	ck_assert_str_eq(drone_state("node-a"), "lost");
	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_BEAT, "{}", NULL), 200);
	ck_assert_str_eq(drone_state("node-a"), "up");
	scripted_done(&a);
}
END_TEST

START_TEST(a_killed_etcd_comes_back_with_its_data)
{
	struct scripted a;
	pid_t etcd = fixture_etcd(&f);
	const char *generation = NULL;
	int64_t started = 0;

	ready_drone(&a, "node-a", "127.77.199.11");
	put_cluster("1", 10);
	generation = ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL);
	scripted_watch(&a);
	ck_assert(fixture_run_until(&f, &a.views, 1, 5000));
	ck_assert_int_gt(etcd, 0);
	started = ptxi_time_mono_ms();
	kill(etcd, SIGKILL);
	usleep(100000);
	fixture_wait_up(&f);
	ck_assert_int_lt(ptxi_time_mono_ms() - started, 15000);
	ck_assert_int_ne(fixture_etcd(&f), etcd);
	ck_assert_str_eq(generation, ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL));
	ck_assert(fixture_wait_event(&f, "etcd.died", 3000));
	ck_assert(fixture_wait_event(&f, "etcd.up", 3000));
	/* The watch did not end, and goes on. */
	put_cluster("2", 10);
	ck_assert(fixture_run_until(&f, &a.changes, 1, 5000));
	ck_assert_uint_eq(a.views, 1);
	ck_assert_int_eq(a.watch_code, 0);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/env/first", NULL, NULL),
			 200);
	scripted_done(&a);
}
END_TEST

START_TEST(lost_data_show_by_another_generation)
{
	struct scripted a;
	const char *generation = NULL;
	ptx_auto_str data = ptxi_path_join(f.folder, "data/etcd/data/member");

	ready_drone(&a, "node-a", "127.77.199.11");
	put_cluster("1", 10);
	generation = ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL);
	scripted_watch(&a);
	ck_assert(fixture_run_until(&f, &a.views, 1, 5000));
	ck_assert_int_eq(ptxi_fs_remove(data, NULL), 0);
	kill(fixture_etcd(&f), SIGKILL);
	usleep(100000);
	fixture_wait_up(&f);
	ck_assert_ptr_null(ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL));
	ck_assert(fixture_wait_event(&f, "store.lost", 3000));
	/* The Drone is told to keep what it has. */
	ck_assert(fixture_run_until(&f, &a.views, 2, 5000));
	ck_assert(!a.view.ready);
	ck_assert_uint_eq(a.view.keys.n, 13);
	/* Pilot writes it again: the Drone goes on by its certificate, without a new enrolment. */
	scripted_allow(&a, 600);
	put_cluster("1", 10);
	ck_assert(fixture_run_until(&f, &a.views, 3, 5000));
	ck_assert(a.view.ready);
	ck_assert_str_ne(generation, ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL));
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/env/first", NULL, NULL),
			 200);
	ck_assert_int_eq(scripted_enrol(&a, NULL, NULL, NULL), 200); /* it could, with its key */
	scripted_done(&a);
}
END_TEST

START_TEST(broken_data_are_moved_away)
{
	ptx_auto_str data = ptxi_path_join(f.folder, "data/etcd/data/member/snap/db");
	ptx_auto_str broken = ptxi_path_join(f.folder, "data/etcd/data.broken");

	put_cluster("1", 10);
	ck_assert_int_eq(fixture_end_frontgate(&f), 0);
	ck_assert_int_eq(ptxi_fs_write(data, PTXI_STR("these are no data of etcd"), 0600, NULL), 0);
	fixture_start_frontgate(&f);
	fixture_wait_up(&f);
	ck_assert(ptxi_fs_is_dir(broken));
	ck_assert(fixture_wait_event(&f, "etcd.broken", 3000));
	ck_assert_ptr_null(ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL));
	put_cluster("1", 10);
}
END_TEST

/* As an etcd leaves them that is killed at the wrong moment of its first start: with a log, and
 * nobody in it who could be elected. Here they are those of a cluster whose other member never
 * comes. */
START_TEST(new_data_that_are_of_no_use_are_moved_away)
{
	ptx_auto_str folder = ptxi_path_join(f.folder, "data/etcd");
	ptx_auto_str data = ptxi_path_join(folder, "data");
	ptx_auto_str mark = ptxi_path_join(folder, "data.new");
	ptx_auto_str broken = ptxi_path_join(folder, "data.broken");
	const char *const argv[] = { "/usr/bin/etcd",
				     "--name",
				     "pitrix",
				     "--data-dir",
				     "data",
				     "--listen-client-urls",
				     "unix://other:0",
				     "--advertise-client-urls",
				     "unix://other:0",
				     "--listen-peer-urls",
				     "unix://peer:0",
				     "--initial-advertise-peer-urls",
				     "unix://peer:0",
				     "--initial-cluster",
				     "pitrix=unix://peer:0,other=unix://nobody:0",
				     NULL };
	const struct ptxi_proc_opts run = { .argv = argv, .cwd = folder, .timeout_ms = 2000 };
	struct ptxi_proc_result result = { .exit_status = 0 };

	put_cluster("1", 10);
	ck_assert(!ptxi_fs_exists(mark)); /* they were of use */
	ck_assert_int_eq(fixture_end_frontgate(&f), 0);
	ck_assert_int_eq(ptxi_fs_remove(data, NULL), 0);
	ck_assert_int_eq(ptxi_proc_run(NULL, &run, &result, NULL), PTX_E_TIMEOUT);
	ptxi_proc_result_done(&result);
	ck_assert(ptxi_fs_is_dir(data));
	ck_assert_int_eq(ptxi_fs_write(mark, PTXI_STR(""), 0600, NULL), 0);
	fixture_start_frontgate(&f);
	for (int i = 0; i < 300 && !ptxi_fs_is_dir(broken); i++)
		usleep(100000);
	ck_assert(ptxi_fs_is_dir(broken));
	fixture_wait_up(&f);
	ck_assert(fixture_wait_event(&f, "etcd.broken", 3000));
	ck_assert(!ptxi_fs_exists(mark));
	put_cluster("1", 10);
}
END_TEST

START_TEST(a_frontgate_that_starts_again_knows_everything)
{
	struct scripted a;
	const char *generation = NULL;

	ready_drone(&a, "node-a", "127.77.199.11");
	put_cluster("1", 10);
	generation = ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL);
	kill(f.pid, SIGKILL); /* etcd dies with it */
	fixture_end_frontgate(&f);
	fixture_start_frontgate(&f);
	fixture_wait_up(&f);
	ck_assert_str_eq(generation, ptxi_pilot_generation(f.pilot, "cl-1", f.arena, NULL));
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/env/first", NULL, NULL),
			 200);
	/* Made anew, it has another intermediate; who was enrolled by an older one stays so. */
	for (int i = 0; i < 2; i++) {
		fixture_end_frontgate(&f);
		fixture_write_files(&f);
		fixture_start_frontgate(&f);
		fixture_wait_up(&f);
		ck_assert_int_eq(
		    scripted_call(&a, "GET", "/v1/drone/get?key=/self/env/first", NULL, NULL), 200);
	}
	scripted_done(&a);
}
END_TEST

START_TEST(a_slow_reader_is_cut_off_and_starts_anew)
{
	struct scripted a;
	struct scripted b;
	char value[16];

	ready_drone(&a, "node-a", "127.77.199.11");
	ready_drone(&b, "node-ab", "127.77.199.12");
	put_cluster("0", 1000);
	scripted_watch(&a);
	scripted_watch(&b);
	ck_assert(fixture_run_until(&f, &a.views, 1, 5000));
	ck_assert(fixture_run_until(&f, &b.views, 1, 5000));
	/* Nobody reads while these are written: the kernel's buffers fill, then the queue. */
	for (unsigned i = 1; i <= 400; i++) {
		snprintf(value, sizeof(value), "value %u", i);
		put_cluster(value, 1000);
	}
	while (a.watch)
		fixture_run(&f, 20);
	ck_assert_int_eq(a.watch_code, PTX_E_UNAVAILABLE);
	ck_assert_uint_lt(a.changes, 400);
	scripted_watch(&a);
	ck_assert(fixture_run_until(&f, &a.views, 2, 5000));
	ck_assert_str_eq(ptxi_kv_get(&a.view.keys, "/env/first"), "value 400");
	ck_assert_str_eq(ptxi_kv_get(&a.view.keys, "/env/last"), "value 400");
	scripted_done(&a);
	scripted_done(&b);
}
END_TEST

START_TEST(garbage_changes_nothing)
{
	static const char *const bodies[] = {
		"",
		"{",
		"[]",
		"{\"keys\":1}",
		"{\"keys\":{},\"mapping\":3}",
		"{\"keys\":{\"a\":\"1\"},\"mapping\":{}}",
		"{\"keys\":{\"/a\":1},\"mapping\":{}}",
		"{\"keys\":{\"/a/../b\":\"1\"},\"mapping\":{}}",
		"{\"keys\":{},\"mapping\":{\"pilot\":{}}}",
		"{\"keys\":{},\"mapping\":{\"x\":{\"env\":\"/etc/passwd\"}}}",
		"{\"a\":1,\"a\":2}"
	};
	struct scripted a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(f.port) };
	char junk[4096];

	/* Bytes that are no TLS. */
	inet_pton(AF_INET, FRONTGATE_IP, &sa.sin_addr);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	for (size_t i = 0; i < sizeof(junk); i++)
		junk[i] = (char)(i * 31);
	(void)!write(fd, junk, sizeof(junk));
	ck_assert_int_le(read(fd, junk, sizeof(junk)), 64);
	close(fd);
	/* Bodies of Drones. */
	ready_drone(&a, "node-a", "127.77.199.11");
	for (size_t i = 0; i < PTXI_COUNT(bodies); i++) {
		int status =
		    scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "x", bodies[i], NULL);

		ck_assert_msg(status >= 400 && status < 500, "'%s' was answered with %d", bodies[i],
			      status);
	}
	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_BEAT, "{\"version\":7}", NULL),
			 400);
	ck_assert_int_eq(
	    scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "..", "{\"state\":\"done\"}", NULL),
	    400);
	char *large = ptxi_alloc(600000);

	memset(large, ' ', 599999);
	int status = scripted_call(&a, "POST", PTXI_WIRE_DRONE_OUTCOMES "x", large, NULL);

	ck_assert_msg(status == 413 || status == 0, "a large body was answered with %d", status);
	ptx_free(large);
	ck_assert_int_eq(ptxi_pilot_ping(f.pilot, NULL), 0);
	scripted_done(&a);
}
END_TEST

START_TEST(certificates_are_renewed)
{
	struct scripted a;
	ptx_auto_str request = NULL;
	json_t *body = NULL;
	json_t *answer = NULL;
	struct ptx_buf text;

	ready_drone(&a, "node-a", "127.77.199.11");
	request = ptxi_pki_request(a.key, "node-a", VPC, NULL);
	body = json_pack("{s:s}", "request", request);
	ptx_buf_init(&text, 0);
	ck_assert(ptxi_wire_format(body, &text));
	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_RENEW, text.p, &answer), 200);
	ck_assert_str_ne(json_string_value(json_object_get(answer, "certificate")), a.certificate);
	json_decref(answer);
	json_decref(body);
	ptx_buf_clear(&text);
	/* By another key: no. */
	ptx_auto_str other = ptxi_pki_key_new(NULL);
	ptx_auto_str foreign = ptxi_pki_request(other, "node-a", VPC, NULL);

	body = json_pack("{s:s}", "request", foreign);
	ck_assert(ptxi_wire_format(body, &text));
	ck_assert_int_eq(scripted_call(&a, "POST", PTXI_WIRE_DRONE_RENEW, text.p, NULL), 403);
	json_decref(body);
	ptx_buf_done(&text);
	scripted_done(&a);
}
END_TEST

static void set_up_aged(void)
{
	fixture_start_aged(&f, INT64_C(60) * 86400); /* of 90 days */
}

START_TEST(pilot_renews_the_intermediate)
{
	ptx_auto_str saved = ptxi_path_join(f.folder, "data/intermediate.pem");
	struct scripted a;
	struct stat st;

	/* The first ping that was answered did it: fixture_wait_up(). */
	ck_assert_int_eq(stat(saved, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ready_drone(&a, "node-a", "127.77.199.11"); /* by the new one */
	put_cluster("1", 0);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/env/first", NULL, NULL),
			 200);
	/* It is used after a start, too. */
	ck_assert_int_eq(fixture_end_frontgate(&f), 0);
	fixture_start_frontgate(&f);
	fixture_wait_up(&f);
	ck_assert_int_eq(scripted_call(&a, "GET", "/v1/drone/get?key=/self/env/first", NULL, NULL),
			 200);
	scripted_done(&a);
}
END_TEST

#define MANY 200

START_TEST(two_hundred_drones)
{
	static struct scripted all[MANY];
	struct ptx_value *tree = ptx_value_map(f.arena);
	struct ptx_value *env = ptx_value_map(f.arena);
	struct ptx_value *mapping = ptx_value_map(f.arena);
	char name[32];
	char ip[32];
	int64_t began = ptxi_time_mono_ms();

	ptx_value_set(tree, "env", env);
	ptx_value_set_string(env, "x", "0");
	for (unsigned i = 0; i < MANY; i++) {
		struct ptx_value *names = ptx_value_map(f.arena);

		snprintf(name, sizeof(name), "node-%u", i);
		snprintf(ip, sizeof(ip), "127.77.198.%u", i + 1);
		ptx_value_set_string(names, "env", "/clusters/cl-9/env");
		ptx_value_set(mapping, name, names);
		ready_drone(&all[i], name, ip);
	}
	ck_assert_int_eq(ptxi_pilot_put(f.pilot, "cl-9", tree, mapping, NULL), 0);
	printf("# %d Drones enrolled in %lld ms\n", MANY, (long long)(ptxi_time_mono_ms() - began));
	for (unsigned i = 0; i < MANY; i++)
		scripted_watch(&all[i]);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert(fixture_run_until(&f, &all[i].views, 1, 10000));
	ptx_value_set_string(env, "x", "1");
	began = ptxi_time_mono_ms();
	ck_assert_int_eq(ptxi_pilot_put(f.pilot, "cl-9", tree, mapping, NULL), 0);
	for (unsigned i = 0; i < MANY; i++) {
		ck_assert(fixture_run_until(&f, &all[i].changes, 1, 10000));
		ck_assert_str_eq(ptxi_kv_get(&all[i].view.keys, "/env/x"), "1");
	}
	printf("# one change at all of them after %lld ms\n",
	       (long long)(ptxi_time_mono_ms() - began));
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_int_eq(scripted_call(&all[i], "POST", PTXI_WIRE_DRONE_BEAT,
					       "{\"confd\":\"running\"}", NULL),
				 200);
	struct ptx_value *s = ptxi_pilot_status(f.pilot, f.arena, NULL);

	ck_assert_uint_eq(ptx_value_count(ptx_value_get(s, "drones")), MANY);
	for (unsigned i = 0; i < MANY; i++)
		scripted_done(&all[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("frontgate");
	TCase *tc = tcase_create("frontgate");
	TCase *aged = tcase_create("aged");

	if (!fixture_possible())
		return 77;
	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, enrolment_holds);
	tcase_add_test(tc, rights_hold);
	tcase_add_test(tc, strangers_stay_outside);
	tcase_add_test(tc, a_watch_sees_transactions_whole);
	tcase_add_test(tc, requests_are_once_by_id);
	tcase_add_test(tc, heartbeats_tell_who_is_lost);
	tcase_add_test(tc, a_killed_etcd_comes_back_with_its_data);
	tcase_add_test(tc, lost_data_show_by_another_generation);
	tcase_add_test(tc, broken_data_are_moved_away);
	tcase_add_test(tc, new_data_that_are_of_no_use_are_moved_away);
	tcase_add_test(tc, a_frontgate_that_starts_again_knows_everything);
	tcase_add_test(tc, a_slow_reader_is_cut_off_and_starts_anew);
	tcase_add_test(tc, garbage_changes_nothing);
	tcase_add_test(tc, certificates_are_renewed);
	tcase_add_test(tc, two_hundred_drones);
	suite_add_tcase(suite, tc);
	tcase_set_timeout(aged, 60);
	tcase_add_checked_fixture(aged, set_up_aged, tear_down);
	tcase_add_test(aged, pilot_renews_the_intermediate);
	suite_add_tcase(suite, aged);
	return fixture_judge(suite);
}
