/* SPDX-License-Identifier: Apache-2.0 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/rand.h"
#include "base/time.h"
#include "evnet/tls.h"

bool fixture_possible(void)
{
	if (access("/usr/bin/etcd", X_OK) == 0)
		return true;
	puts("skipped: there is no /usr/bin/etcd (Debian's etcd-server)");
	return false;
}

int fixture_judge(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int fixture_bench(const char *name, const TTest *test)
{
	Suite *suite = suite_create(name);
	TCase *tc = tcase_create(name);
	SRunner *runner = NULL;
	int failed = 0;

	if (!fixture_possible())
		return 77;
	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(tc, 3600);
	tcase_add_test(tc, test);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_MINIMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static uint16_t free_port(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t n = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, FRONTGATE_IP, &sa.sin_addr);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sa, &n), 0);
	close(fd);
	return ntohs(sa.sin_port);
}

static void write_file(const char *folder, const char *name, struct ptx_str text, mode_t mode)
{
	ptx_auto_str path = ptxi_path_join(folder, name);

	ck_assert_int_eq(ptxi_fs_write(path, text, mode, NULL), 0);
}

static int64_t aged_clock(void *user)
{
	const struct fixture *f = user;

	return ptxi_time_wall_ns() - f->age_s * PTXI_NS_PER_S;
}

/* Frontgate's own files, but for where this one lives. */
void fixture_write_files(struct fixture *f)
{
	struct ptx_provider_file *files = NULL;
	size_t count = 0;

	ptx_auto(ctx) past = ptx_ctx_new();

	ptx_ctx_set_clock(past, aged_clock, f);
	ck_assert_int_eq(
	    ptxi_pilot_frontgate_files(past, f->secret, "fg-1", f->arena, &files, &count, NULL), 0);
	for (size_t i = 0; i < count; i++) {
		const char *name = strrchr(files[i].path, '/') + 1;
		json_t *j = strcmp(name, "frontgate.json") == 0
				? ptxi_wire_parse(files[i].content, 65536, NULL)
				: NULL;
		struct ptx_buf text;

		if (!j) {
			write_file(f->folder, name, files[i].content, files[i].mode);
			if (strcmp(name, "ca.pem") == 0)
				ck_assert_int_eq(
				    ptxi_pki_fingerprint(files[i].content.p, f->ca_sha256, NULL),
				    0);
			continue;
		}
		ptx_buf_init(&text, 0);
		json_object_set_new(j, "listen", json_string(f->address));
		json_object_set_new(j, "data", json_sprintf("%s/data", f->folder));
		json_object_set_new(j, "ca", json_sprintf("%s/ca.pem", f->folder));
		json_object_set_new(j, "certificate",
				    json_sprintf("%s/intermediate.pem", f->folder));
		json_object_set_new(j, "key", json_sprintf("%s/intermediate.key", f->folder));
		json_object_set_new(j, "lost_ms", json_integer(1500));
		json_object_set_new(j, "max_queue_bytes", json_integer(65536));
		ck_assert(ptxi_wire_format(j, &text));
		write_file(f->folder, name, ptx_buf_str(&text), files[i].mode);
		ptx_buf_done(&text);
		json_decref(j);
	}
}

void fixture_start_frontgate(struct fixture *f)
{
	const char *build = getenv("PITRIX_BUILD");
	ptx_auto_str program = ptxi_path_join(build ? build : ".", "pitrix-agent");
	ptx_auto_str config = ptxi_path_join(f->folder, "frontgate.json");
	ptx_auto_str log = ptxi_path_join(f->folder, "log");

	f->pid = fork();
	if (f->pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		dup2(fd, 2);
		execl(program, program, "frontgate", "--config", config, "--debug", (char *)NULL);
		_exit(127);
	}
	ck_assert_int_gt(f->pid, 0);
}

void fixture_wait_up(struct fixture *f)
{
	int64_t end = ptxi_time_mono_ms() + 10000;
	struct ptx_error *e = NULL;

	while (ptxi_pilot_ping(f->pilot, &e) < 0 && ptxi_time_mono_ms() < end) {
		ptxi_error_drop(&e);
		usleep(50000);
	}
	ck_assert_msg(!e, "Frontgate is not up: %s", e ? ptx_error_message(e) : "");
}

void fixture_start(struct fixture *f)
{
	fixture_start_aged(f, 0);
}

void fixture_start_aged(struct fixture *f, int64_t age_s)
{
	memset(f, 0, sizeof(*f));
	f->age_s = age_s;
	f->ctx = ptx_ctx_new();
	f->arena = ptx_arena_new(0);
	f->base = event_base_new();
	f->folder = ptxi_fs_tempdir("/tmp", "ptx-fg-", NULL);
	ck_assert_ptr_nonnull(f->folder);
	f->port = free_port();
	snprintf(f->address, sizeof(f->address), FRONTGATE_IP ":%u", (unsigned)f->port);
	f->secret = ptxi_pilot_vpc_new(f->ctx, VPC, NULL);
	ck_assert_ptr_nonnull(f->secret);
	fixture_write_files(f);
	fixture_start_frontgate(f);
	f->pilot = ptxi_pilot_open(f->ctx, f->secret, f->address, NULL);
	ck_assert_ptr_nonnull(f->pilot);
	fixture_wait_up(f);
}

int fixture_end_frontgate(struct fixture *f)
{
	int status = 0;

	kill(f->pid, SIGTERM);
	ck_assert_int_eq(waitpid(f->pid, &status, 0), f->pid);
	f->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void fixture_stop(struct fixture *f)
{
	pid_t etcd = fixture_etcd(f);

	ptxi_pilot_close(f->pilot);
	if (f->pid > 0)
		ck_assert_int_eq(fixture_end_frontgate(f), 0);
	if (etcd > 0)
		ck_assert_int_ne(kill(etcd, 0), 0); /* it went first */
	event_base_free(f->base);
	ptx_free(f->secret);
	ptx_arena_free(f->arena);
	ptx_ctx_free(f->ctx);
	ck_assert_int_eq(ptxi_fs_remove(f->folder, NULL), 0);
	ptx_free(f->folder);
}

pid_t fixture_etcd(const struct fixture *f)
{
	char path[64];
	int64_t pid = 0;
	ptx_auto_file file = NULL;
	char line[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)f->pid, (int)f->pid);
	file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file) ||
	    !ptxi_parse_i64(ptxi_str_trim(ptxi_str(line)), &pid, 1, INT32_MAX))
		return 0;
	return (pid_t)pid;
}

bool fixture_has_event(struct fixture *f, const char *kind)
{
	struct ptx_value *events = ptxi_pilot_events(f->pilot, 0, f->arena, NULL);

	for (size_t i = 0; i < ptx_value_count(events); i++)
		if (strcmp(ptx_value_as_string(ptx_value_get(ptx_value_at(events, i), "kind"), ""),
			   kind) == 0)
			return true;
	return false;
}

bool fixture_wait_event(struct fixture *f, const char *kind, int64_t ms)
{
	int64_t end = ptxi_time_mono_ms() + ms;

	while (ptxi_time_mono_ms() < end) {
		if (fixture_has_event(f, kind))
			return true;
		fixture_run(f, 50);
	}
	return false;
}

/* --- the loop --- */

static void on_time(evutil_socket_t fd, short what, void *user)
{
	(void)fd, (void)what;
	event_base_loopbreak(user);
}

bool fixture_run_until(struct fixture *f, const unsigned *what, unsigned n, int64_t ms)
{
	int64_t end = ptxi_time_mono_ms() + ms;
	struct event *timer = event_new(f->base, -1, 0, on_time, f->base);

	while ((!what || *what < n) && ptxi_time_mono_ms() < end) {
		int64_t left = end - ptxi_time_mono_ms();
		struct timeval tv = { left / 1000, left % 1000 * 1000 };

		event_add(timer, &tv);
		event_base_loop(f->base, EVLOOP_ONCE);
	}
	event_free(timer);
	return what && *what >= n;
}

void fixture_run(struct fixture *f, int64_t ms)
{
	fixture_run_until(f, NULL, 0, ms);
}

/* --- Drones --- */

void scripted_init(struct scripted *d, struct fixture *f, const char *instance, const char *ip)
{
	unsigned char bytes[32];
	struct ptx_buf text;

	memset(d, 0, sizeof(*d));
	d->f = f;
	d->keeps_reading = true;
	snprintf(d->instance, sizeof(d->instance), "%s", instance);
	snprintf(d->ip, sizeof(d->ip), "%s", ip);
	ptxi_rand_bytes(bytes, sizeof(bytes));
	ptx_buf_init(&text, 0);
	ptxi_base64_encode(PTXI_BASE64_RAW_URL, ptxi_strn((char *)bytes, 32), &text);
	ck_assert_uint_eq(text.n, 43);
	memcpy(d->token, text.p, 44);
	ptx_buf_done(&text);
	d->key = ptxi_pki_key_new(NULL);
	ck_assert_ptr_nonnull(d->key);
}

void scripted_done(struct scripted *d)
{
	ptxi_client_free(d->calls);
	ptxi_client_free(d->watcher);
	ptxi_view_done(&d->view);
	json_decref(d->requests);
	ptx_free(d->key);
	ptx_free(d->certificate);
	ptx_free(d->ca);
}

void scripted_allow(struct scripted *d, int64_t life_s)
{
	int64_t now = ptxi_time_wall_ns() / PTXI_NS_PER_S;
	struct ptx_error *e = NULL;

	ck_assert_msg(
	    ptxi_pilot_allow(d->f->pilot, d->token, d->instance, d->ip, now + life_s, &e) == 0,
	    "%s", e ? ptx_error_message(e) : "");
}

struct wait {
	unsigned done;
	int status;
	json_t *answer;
};

static void on_done(void *user, const struct ptxi_answer *a, const struct ptx_error *e)
{
	struct wait *w = user;

	(void)e;
	w->done = 1;
	w->status = a ? a->status : 0;
	w->answer = a ? ptxi_wire_parse(a->body, PTXI_WIRE_MAX_BODY, NULL) : NULL;
}

static int run_call(struct fixture *f, struct ptxi_client *c, const char *method, const char *path,
		    const char *body, json_t **answer)
{
	struct wait w = { 0, 0, NULL };
	struct ptxi_call_opts o = { .method = method,
				    .path = path,
				    .body = ptxi_str(body ? body : ""),
				    .repeatable = true,
				    .done = on_done,
				    .user = &w };

	ck_assert_ptr_nonnull(ptxi_client_send(c, &o, NULL));
	ck_assert(fixture_run_until(f, &w.done, 1, 40000));
	if (answer)
		*answer = w.answer;
	else
		json_decref(w.answer);
	return w.status;
}

static struct ptxi_client *new_client(struct scripted *d, const char *from_ip, SSL_CTX *tls)
{
	char name[PTXI_PKI_NAME_MAX];
	struct ptxi_client_opts o = { .base = d->f->base,
				      .ip = FRONTGATE_IP,
				      .port = d->f->port,
				      .source_ip = from_ip,
				      .tls = tls,
				      .tls_name = name };
	struct ptxi_client *c = NULL;

	ptxi_pki_name("frontgate", VPC, name);
	c = ptxi_client_new(&o, NULL);
	ck_assert_ptr_nonnull(c);
	SSL_CTX_free(tls);
	return c;
}

int scripted_enrol(struct scripted *d, const char *from_ip, const char *key, const char *token)
{
	struct ptxi_tls_opts t = { .ca_sha256 = d->f->ca_sha256 };
	ptxi_auto(client) c = new_client(d, from_ip ? from_ip : d->ip, ptxi_tls_new(&t, NULL));
	ptx_auto_str request = ptxi_pki_request(key ? key : d->key, d->instance, VPC, NULL);
	json_t *j = json_pack("{s:s, s:s, s:s}", "instance", d->instance, "token",
			      token ? token : d->token, "request", request);
	json_t *answer = NULL;
	struct ptx_buf body;
	int status = 0;

	ptx_buf_init(&body, 0);
	ck_assert(ptxi_wire_format(j, &body));
	status = run_call(d->f, c, "POST", PTXI_WIRE_DRONE_ENROL, body.p, &answer);
	if (status == 200) {
		ptx_free(d->certificate);
		ptx_free(d->ca);
		d->certificate =
		    ptxi_strdup(json_string_value(json_object_get(answer, "certificate")));
		d->ca = ptxi_strdup(json_string_value(json_object_get(answer, "ca")));
	}
	json_decref(answer);
	json_decref(j);
	ptx_buf_done(&body);
	return status;
}

static SSL_CTX *own_tls(struct scripted *d)
{
	struct ptxi_tls_opts t = { .ca = d->ca, .certificate = d->certificate, .key = d->key };
	SSL_CTX *tls = ptxi_tls_new(&t, NULL);

	ck_assert_ptr_nonnull(tls);
	return tls;
}

int scripted_call(struct scripted *d, const char *method, const char *path, const char *body,
		  json_t **answer)
{
	if (!d->calls)
		d->calls = new_client(d, d->ip, own_tls(d));
	return run_call(d->f, d->calls, method, path, body, answer);
}

static int on_line(void *user, struct ptx_str line)
{
	struct scripted *d = user;
	enum ptxi_view_news news = PTXI_VIEW_PING;
	json_t *requests = NULL;
	bool is_view = strstr(line.p, "\"type\":\"view\"") != NULL &&
		       (size_t)(strstr(line.p, "\"type\":\"view\"") - line.p) < line.n;
	int code = ptxi_view_line(&d->view, line, &news, &requests, NULL);

	if (news == PTXI_VIEW_REQUESTS) {
		json_decref(d->requests);
		d->requests = requests;
		d->lists++;
	} else if (news == PTXI_VIEW_CHANGED && is_view) {
		d->views++;
	} else if (news == PTXI_VIEW_CHANGED) {
		d->changes++;
	}
	return code;
}

static void on_watch_end(void *user, const struct ptxi_answer *a, const struct ptx_error *e)
{
	struct scripted *d = user;

	d->watch = NULL;
	d->watch_code = e ? ptx_error_code(e) : a->status;
}

void scripted_watch(struct scripted *d)
{
	struct ptxi_call_opts o = { .method = "GET",
				    .path = PTXI_WIRE_DRONE_WATCH,
				    .timeout_ms = 3 * PTXI_WIRE_PING_MS,
				    .line = on_line,
				    .done = on_watch_end,
				    .user = d };

	if (!d->watcher)
		d->watcher = new_client(d, d->ip, own_tls(d));
	d->watch_code = 0;
	d->watch = ptxi_client_send(d->watcher, &o, NULL);
	ck_assert_ptr_nonnull(d->watch);
}
