/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of the driver `docker`, and the record of addresses. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pitrix/codec.h>

#include "base/fs.h"
#include "provider/docker/docker.h"
#include "provider/docker/logs.h"

Suite *suite_provider_docker(void);

static const struct {
	const char *text;
	const char *path; /* NULL: refused */
} endpoints[] = {
	{ "unix:///run/podman/podman.sock", "/run/podman/podman.sock" },
	{ "unix:/run/x", "/run/x" },
	{ "/run/x", "/run/x" },
	{ "tcp://127.0.0.1:2375", NULL },
	{ "http://x", NULL },
	{ "podman.sock", NULL },
	{ "/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
	  "0123456789/0123456789/0123456789",
	  NULL },
};

START_TEST(endpoints_are_sockets)
{
	ptx_auto(error) err = NULL;
	ptx_auto_str path = ptxi_engine_socket_path(endpoints[_i].text, &err);

	if (endpoints[_i].path)
		ck_assert_str_eq(path, endpoints[_i].path);
	else
		ck_assert_int_eq(ptx_error_code(err), PTX_E_CONFIG);
}
END_TEST

static const struct {
	const char *api, *libpod, *info;
	const char *prefix;
	bool podman, rootless, memory;
} engines[] = {
	{ "1.41", "4.3.1",
	  "{\"MemoryLimit\":true,\"Rootless\":true,\"SecurityOptions\":[\"name=seccomp\"]}",
	  "/v1.41", true, true, true },
	{ "1.41", "", "{\"MemoryLimit\":true,\"SecurityOptions\":[\"name=rootless\"]}", "/v1.41",
	  false, true, true },
	{ "1.52", "", "{\"ServerVersion\":\"29.0\"}", "/v1.44", false, false, false },
	{ "2.0", "", "{}", "/v1.41", false, false, false },
};

START_TEST(engines_say_what_they_are)
{
	ptxi_auto_json info = json_loads(engines[_i].info, 0, NULL);
	struct ptxi_engine_info out = { 0 };

	ptxi_engine_read_ping(ptxi_str(engines[_i].api), ptxi_str(engines[_i].libpod), &out);
	ck_assert_str_eq(out.prefix, engines[_i].prefix);
	ck_assert_int_eq(out.podman, engines[_i].podman);
	ck_assert(!out.is_described);
	ptxi_engine_read_info(info, &out);
	ck_assert(out.is_described);
	ck_assert_int_eq(out.rootless, engines[_i].rootless);
	ck_assert_int_eq(out.limits_memory, engines[_i].memory);
}
END_TEST

/* Frames: each row's bytes come in pieces of its size. */
static const struct {
	const char *bytes;
	size_t n;
	size_t piece;
	int64_t since_ns;
	const char *want; /* "stream time_ns text;" for each line; NULL: refused */
} logs[] = {
#define T "2026-11-28T20:00:00.000000001Z "
	{ "\1\0\0\0\0\0\0\x22" T "hi\n", 42, 1, 0, "stdout 1795896000000000001 hi;" },
	{ "\1\0\0\0\0\0\0\x22" T "hi\n\2\0\0\0\0\0\0\x22" T "no\n", 84, 7, 0,
	  "stdout 1795896000000000001 hi;stderr 1795896000000000001 no;" },
	{ "\1\0\0\0\0\0\0\x22" T "hi\n", 42, 100, 1795896000000000001, "" },
	{ "\1\0\0\0\0\0\0\x20" T "h\2\0\0\0\0\0\0\x22" T "no\n\1\0\0\0\0\0\0\2i\n", 40 + 42 + 10, 3,
	  0, "stderr 1795896000000000001 no;stdout 1795896000000000001 hi;" },
	{ "\1\0\0\0\0\0\0\x21" T "hi", 41, 5, 0, "stdout 1795896000000000001 hi;" },
	{ "\1\0\0\0\0\0\0\4bad\n", 12, 5, 0, "" },
	{ "{\"message\":\"x\"}", 15, 5, 0, NULL },
#undef T
};

START_TEST(logs_come_in_frames)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *lines = ptx_value_list(a);
	struct ptx_provider_log_query q = { .size = sizeof(q), .since_ns = logs[_i].since_ns };
	struct ptxi_frames *f = ptxi_frames_new(&q, lines);
	ptx_auto_buf have = { 0 };
	int code = 0;

	ptx_buf_init(&have, 0);
	for (size_t at = 0; code == 0 && at < logs[_i].n; at += logs[_i].piece)
		code = ptxi_frames_take(
		    ptxi_str_sub(ptxi_strn(logs[_i].bytes, logs[_i].n), at, logs[_i].piece), f);
	ptxi_frames_end(f);
	ptxi_frames_free(f);
	if (!logs[_i].want) {
		ck_assert_int_eq(code, PTX_E_UNTRUSTED);
		return;
	}
	ck_assert_int_eq(code, 0);
	for (size_t i = 0; i < ptx_value_count(lines); i++) {
		const struct ptx_value *v = ptx_value_at(lines, i);

		ptx_buf_printf(&have, "%s %lld %s;",
			       ptx_value_as_string(ptx_value_get(v, "stream"), ""),
			       (long long)ptx_value_as_int(ptx_value_get(v, "time_ns"), 0),
			       ptx_value_as_string(ptx_value_get(v, "text"), ""));
	}
	ck_assert_str_eq(have.p, logs[_i].want);
}
END_TEST

static const struct {
	const char *a, *b;
	int overlap; /* -1: a is not a range */
} ranges[] = {
	{ "10.77.1.0/24", "10.77.2.0/24", 0 },
	{ "10.77.1.0/24", "10.77.1.128/25", 1 },
	{ "10.77.0.0/16", "10.77.9.0/24", 1 },
	{ "0.0.0.0/0", "1.2.3.4/32", 1 },
	{ "10.77.1.0", "", -1 },
	{ "10.77.1.0/33", "", -1 },
	{ "10.77.256.0/24", "", -1 },
	{ "10.77.1/24", "", -1 },
	{ "10.77.1.0.0/24", "", -1 },
};

START_TEST(ranges_overlap)
{
	struct ptxi_cidr a = { 0 };
	struct ptxi_cidr b = { 0 };

	ck_assert_int_eq(ptxi_cidr_parse(ptxi_str(ranges[_i].a), &a), ranges[_i].overlap >= 0);
	if (ranges[_i].overlap < 0)
		return;
	ck_assert(ptxi_cidr_parse(ptxi_str(ranges[_i].b), &b));
	ck_assert_int_eq(ptxi_cidr_overlap(a, b), ranges[_i].overlap);
}
END_TEST

static const struct {
	const char *words;
	int status, code;
} answers[] = {
	{ "cannot listen on the TCP port: bind: address already in use", 500, PTX_E_BUSY },
	{ "crun: unknown version specified: OCI runtime error", 500, PTX_E_CONFIG },
	{ "runc: runc create failed: OCI runtime error", 500, PTX_E_FAILED },
	{ "write /x: no space left on device", 500, PTX_E_IO },
	{ "something", 500, PTX_E_UNAVAILABLE },
	{ "something", 409, PTX_E_CONFLICT },
	{ "no such image: image not known", 404, PTX_E_NOT_FOUND },
};

START_TEST(refusals_have_codes)
{
	struct ptxi_reply reply = { .status = answers[_i].status,
				    .json = json_pack("{s:s}", "message", answers[_i].words) };
	ptx_auto(error) err = NULL;

	ck_assert_int_eq(ptxi_engine_refused(&reply, "trying", &err), answers[_i].code);
	ck_assert_int_eq(ptx_error_http_status(err), answers[_i].status);
	ptxi_reply_done(&reply);
}
END_TEST

static const char directive[] =
    "{\"name\":\"node-1\",\"hostname\":\"zk-1\",\"image_id\":\"localhost/pitrix/"
    "zk:1\",\"network\":\"vpc-1\","
    "\"private_ip\":\"10.77.1.5\",\"cpu\":0.5,\"memory_mib\":64,"
    "\"volumes\":[{\"name\":\"vol-1\",\"mount_points\":[\"/a\",\"/b\"]}],"
    "\"ports\":[{\"name\":\"client\",\"port\":2181,\"protocol\":\"tcp\"},{\"name\":\"dns\","
    "\"port\":53,\"protocol\":\"udp\"}],"
    "\"command\":[\"/pitrix/agent\",\"drone\"],\"agent\":true}";

static struct ptx_value *parse(struct ptx_arena *a, const char *text)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;

	o.numbers = PTX_NUMBERS_EXACT;
	return ptx_json_parse(a, ptxi_str(text), &o, NULL);
}

START_TEST(an_instance_becomes_a_request)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_provider_call call = { .size = sizeof(call),
					  .arena = a,
					  .directive = parse(a, directive) };
	struct ptx_value *tags = parse(a, "{\"pitrix:owner\":\"me\"}");
	struct ptxi_engine_info info = { .limits_memory = true };
	struct ptxi_instance in = { 0 };
	ptxi_auto_json body = NULL;
	const json_t *host = NULL;
	const json_t *labels = NULL;
	struct ptxi_port ports[PTXI_PORTS_MAX];

	ck_assert_int_eq(ptxi_instance_read(&call, &in, NULL), 0);
	snprintf(in.public_ip, sizeof(in.public_ip), "127.77.0.9");
	body = ptxi_instance_body(&in, tags, &info);
	ck_assert_ptr_nonnull(body);
	host = json_object_get(body, "HostConfig");
	labels = json_object_get(body, "Labels");
	ck_assert_str_eq(ptxi_json_str(body, "Hostname"), "zk-1");
	ck_assert_str_eq(ptxi_json_str(labels, "pitrix:owner"), "me");
	ck_assert_str_eq(ptxi_json_str(labels, PTXI_LABEL_PORTS), "client:2181/tcp,dns:53/udp");
	ck_assert_int_eq(json_integer_value(json_object_get(host, "Memory")), 64 << 20);
	/* What the engine cannot limit is not asked for. */
	ck_assert_ptr_null(json_object_get(host, "NanoCpus"));
	ck_assert_uint_eq(json_array_size(json_object_get(host, "Mounts")), 2);
	ck_assert_uint_eq(json_array_size(json_object_get(host, "Ulimits")), 2);
	ck_assert_str_eq(
	    ptxi_json_str(
		json_array_get(json_object_get(json_object_get(host, "PortBindings"), "53/udp"), 0),
		"HostIp"),
	    "127.77.0.9");
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(body, "Cmd"), 0)),
			 "drone");
	ck_assert_uint_eq(ptxi_ports_parse(a, ptxi_json_str(labels, PTXI_LABEL_PORTS), ports), 2);
	ck_assert_str_eq(ports[1].name, "dns");
	ck_assert_uint_eq(ports[1].port, 53);
	ck_assert_uint_eq(ptxi_ports_parse(a, "x,:,y:99999/tcp", ports), 0);
}
END_TEST

static const char *const bad_directives[] = {
	"{}",
	"{\"name\":\"Node\",\"image_id\":\"x\",\"network\":\"n\"}",
	"{\"name\":\"n\",\"image_id\":\"x\",\"network\":\"../n\"}",
	"{\"name\":\"n\",\"image_id\":\"x\",\"network\":\"n\",\"private_ip\":\"1.2.3\"}",
	"{\"name\":\"n\",\"image_id\":\"x\",\"network\":\"n\",\"ports\":[{\"port\":70000}]}",
	"{\"name\":\"n\",\"image_id\":\"x\",\"network\":\"n\",\"memory_mib\":-1}",
	"{\"name\":\"n\",\"image_id\":\"x\",\"network\":\"n\",\"volumes\":[{\"name\":\"v\",\"mount_"
	"points\":[\"/a:/b\"]}]}",
	"{\"name\":\"n\",\"image_id\":\"x\",\"network\":\"n\",\"volumes\":[{\"name\":\"v\",\"mount_"
	"points\":[\"/\"]}]}",
};

START_TEST(bad_instances_are_refused)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_provider_call call = { .size = sizeof(call),
					  .arena = a,
					  .directive = parse(a, bad_directives[_i]) };
	struct ptxi_instance in = { 0 };

	ck_assert_int_eq(ptxi_instance_read(&call, &in, NULL), PTX_E_INVALID);
}
END_TEST

static int occupy(const char *ip, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(inet_pton(AF_INET, ip, &to.sin_addr), 1);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

START_TEST(addresses_are_taken_and_given_back)
{
	static const struct ptxi_port ports[] = { { "a", "tcp", 42181 } };
	char root[] = "/tmp/ptx-address-XXXXXX";
	char one[64] = "";
	char two[64] = "";
	static char records[64]; /* still the environment when the test has returned */
	static char *vars[2];
	char ip[PTXI_IPV4_MAX] = "";
	char again[PTXI_IPV4_MAX] = "";
	char other[PTXI_IPV4_MAX] = "";
	ptx_auto(error) err = NULL;
	int taken = -1;

	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(one, sizeof(one), "%s/one", root);
	snprintf(two, sizeof(two), "%s/two", root);
	snprintf(records, sizeof(records), "PITRIX_ADDRESSES=%s/records", root);
	mkdir(one, 0700);
	mkdir(two, 0700);
	vars[0] = records;
	environ = vars;
	taken = occupy("127.77.0.1", 42181);
	ck_assert_int_eq(ptxi_address_take(one, ports, 1, ip, NULL), 0);
	ck_assert_str_eq(ip, "127.77.0.2");
	ck_assert_int_eq(ptxi_address_take(one, ports, 1, again, NULL), 0);
	ck_assert_str_eq(again, ip);
	ck_assert_int_eq(ptxi_address_take(two, ports, 1, other, NULL), 0);
	ck_assert_str_eq(other, "127.77.0.3");
	ck_assert(ptxi_address_hold(one, ip));
	ck_assert(!ptxi_address_hold(two, ip));
	/* Of an instance that is gone: nobody's. */
	rmdir(one);
	ck_assert(ptxi_address_hold(two, ip));
	ptxi_address_give(two);
	ck_assert(!ptxi_fs_exists(records + strlen("PITRIX_ADDRESSES=")));
	close(taken);
	taken = occupy("0.0.0.0", 42181);
	ck_assert_int_eq(ptxi_address_take(two, ports, 1, ip, &err), PTX_E_BUSY);
	close(taken);
	ck_assert_int_eq(ptxi_fs_remove(root, NULL), 0);
}
END_TEST

Suite *suite_provider_docker(void)
{
	Suite *s = suite_create("provider_docker");
	TCase *t = tcase_create("pure");

	tcase_add_loop_test(t, endpoints_are_sockets, 0, PTXI_COUNT(endpoints));
	tcase_add_loop_test(t, engines_say_what_they_are, 0, PTXI_COUNT(engines));
	tcase_add_loop_test(t, logs_come_in_frames, 0, PTXI_COUNT(logs));
	tcase_add_loop_test(t, ranges_overlap, 0, PTXI_COUNT(ranges));
	tcase_add_loop_test(t, refusals_have_codes, 0, PTXI_COUNT(answers));
	tcase_add_test(t, an_instance_becomes_a_request);
	tcase_add_loop_test(t, bad_instances_are_refused, 0, PTXI_COUNT(bad_directives));
	tcase_add_test(t, addresses_are_taken_and_given_back);
	suite_add_tcase(s, t);
	return s;
}
