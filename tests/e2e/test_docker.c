/* SPDX-License-Identifier: Apache-2.0 */
/* test_docker.c - the driver `docker` against a real engine.
 *
 *   test_docker scenario   each action: done, repeated, adopted, refused for what is somebody
 *                          else's, deleted twice
 *   test_docker life       one life of a network, a volume and an instance, each action started
 *                          again while it fails with a retryable error; then nothing may be
 *                          missing, doubled or left
 *   test_docker start      no engine listens: several processes at once want one, and one service
 *                          is started
 *
 * PITRIX_ENGINE is the engine (not of `start`). In `life` the driver under test talks to
 * CHAOS_SOCKET where that is set; counting always goes to the engine itself. Both work in a home
 * folder of their own (PITRIX_HOME).
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pitrix/codec.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "provider/docker/docker.h"

#define MOST_STARTS 6

static int failures;
static int checks;

struct bed {
	struct ptx_ctx *ctx;
	struct ptx_arena *a;
	void *driver; /* under test */
	void *engine; /* direct, to count */
	struct ptx_value *tags;
};

static void check(bool ok, const char *what)
{
	checks++;
	if (ok)
		return;
	failures++;
	fprintf(stderr, "FAIL %s\n", what);
}

static void show(const char *text, void *user)
{
	(void)user;
	fprintf(stderr, "  ... %s\n", text);
}

static void *open_driver(struct bed *b, const char *endpoint, struct ptx_error **err)
{
	struct ptx_value *config = ptx_value_map(b->a);
	void *driver = NULL;

	ptx_value_set_string(config, "endpoint", endpoint);
	ptx_value_set_string(config, "agent", "/bin/busybox");
	return ptxi_provider_docker.open(b->ctx, config, &driver, err) == 0 ? driver : NULL;
}

static struct ptx_value *json(struct bed *b, const char *text)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	ptx_auto(error) err = NULL;
	struct ptx_value *v = NULL;

	o.numbers = PTX_NUMBERS_EXACT;
	v = ptx_json_parse(b->a, ptxi_str(text), &o, &err);
	if (!v)
		fprintf(stderr, "bad row: %s\n", text);
	return v;
}

static const struct ptx_provider_file files[] = {
	{ "/pitrix/token", { "s3cret\n", 7 }, 0 },
	{ "/pitrix/deep/config.json", { "{}", 2 }, 0600 },
	{ "/etc/extra", { "extra\n", 6 }, 0 },
};

static int act(struct bed *b, void *driver, const char *action, const char *directive,
	       struct ptx_value **result, struct ptx_error **err)
{
	const struct ptx_provider_action *row =
	    ptxi_provider_action(&ptxi_provider_docker, action, err);
	struct ptx_provider_call call = {
		.size = sizeof(call),
		.arena = b->a,
		.directive = json(b, directive),
		.token = "token",
		.tags = b->tags,
		.files = files,
		.file_count = PTXI_COUNT(files),
		.handle = ptx_value_map(b->a),
		.result = ptx_value_map(b->a),
		.progress = show,
	};
	int code = row ? row->start(driver, &call, err) : PTX_E_UNSUPPORTED;

	if (result)
		*result = call.result;
	return code;
}

/* The action as the engine of the program does it: again while the error says so. */
static struct ptx_value *insist(struct bed *b, const char *action, const char *directive)
{
	struct ptx_value *result = NULL;

	for (int i = 0; i < MOST_STARTS; i++) {
		ptx_auto(error) err = NULL;
		ptx_auto_buf text = { 0 };
		int code = act(b, b->driver, action, directive, &result, &err);

		if (code == 0)
			return result;
		ptx_buf_init(&text, 0);
		ptx_error_print(err, &text);
		fprintf(stderr, "  %s: %s\n", action, text.p);
		if (!ptx_error_retryable(err))
			break;
		usleep(50000);
	}
	check(false, action);
	return ptx_value_map(b->a);
}

/* How many resources of a kind there are, by our tags; NULL: of all kinds. */
static size_t count(struct bed *b, const char *kind, const char *state)
{
	struct ptx_value *found = ptx_value_list(b->a);
	ptx_auto(error) err = NULL;
	size_t n = 0;

	if (ptxi_provider_docker.find(b->engine, b->tags, found, &err) < 0) {
		fprintf(stderr, "  find: %s\n", ptx_error_message(err));
		return 999;
	}
	for (size_t i = 0; i < ptx_value_count(found); i++) {
		const struct ptx_value *m = ptx_value_at(found, i);

		if (kind && strcmp(ptx_value_as_string(ptx_value_get(m, "kind"), ""), kind) != 0)
			continue;
		n += !state ||
		     strcmp(ptx_value_as_string(ptx_value_get(m, "state"), ""), state) == 0;
	}
	return n;
}

#define NETWORK "{\"name\":\"pt-net\"}"
#define VOLUME  "{\"name\":\"pt-vol\",\"size_gib\":1}"
#define NAME    "{\"name\":\"pt-node\",\"grace_ms\":0}"
static char instance[2048];

static void make_directives(const char *image)
{
	snprintf(instance, sizeof(instance),
		 "{\"name\":\"pt-node\",\"hostname\":\"node-1\",\"image_id\":\"%s\",\"network\":"
		 "\"pt-net\","
		 "\"cpu\":1,\"memory_mib\":64,\"volumes\":[{\"name\":\"pt-vol\",\"mount_points\":["
		 "\"/data\"]}],"
		 "\"ports\":[{\"name\":\"client\",\"port\":2181,\"protocol\":\"tcp\"}],"
		 "\"command\":[\"/bin/sh\",\"-c\",\"test -x /pitrix/agent && grep -q s3cret "
		 "/pitrix/token && "
		 "grep -q extra /etc/extra && while :; do echo hello | nc -l -p 2181; "
		 "done\"],\"agent\":true}",
		 image);
}

static void prepare_image(struct bed *b)
{
	const char *source = getenv("PITRIX_SOURCE");
	char directive[1024] = "";
	struct ptx_value *result = NULL;
	ptx_auto(error) err = NULL;
	int code = 0;

	snprintf(directive, sizeof(directive),
		 "{\"image\":\"busybox\",\"source\":\"%s/tests/e2e/images/busybox\"}",
		 source ? source : ".");
	code = act(b, b->engine, "image.prepare", directive, &result, &err);
	check(code == 0, err ? ptx_error_message(err) : "image.prepare");
	make_directives(ptx_value_as_string(ptx_value_get(result, "image_id"), ""));
}

/* ---- life ---- */

static void life(struct bed *b)
{
	insist(b, "network.create", NETWORK);
	insist(b, "volume.create", VOLUME);
	insist(b, "instance.create", instance);
	check(count(b, "network", NULL) == 1, "one network");
	check(count(b, "volume", NULL) == 1, "one volume");
	check(count(b, "instance", NULL) == 1 && count(b, "instance", "running") == 1,
	      "one instance, and it runs");
	insist(b, "instance.stop", NAME);
	check(count(b, "instance", "stopped") == 1, "it is stopped");
	insist(b, "instance.start", NAME);
	check(count(b, "instance", "running") == 1 && count(b, "instance", NULL) == 1,
	      "it runs again");
	insist(b, "instance.delete", NAME);
	check(count(b, "instance", NULL) == 0, "no instance");
	insist(b, "volume.delete", VOLUME);
	insist(b, "network.delete", NETWORK);
	check(count(b, NULL, NULL) == 0, "nothing is left");
}

/* ---- scenario ---- */

static int code_of(struct bed *b, const char *action, const char *directive)
{
	return act(b, b->driver, action, directive, NULL, NULL);
}

static bool says_hello(const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	char host[64] = "";
	char text[16] = "";
	const char *colon = strchr(address, ':');
	bool ok = false;

	if (!colon || (size_t)(colon - address) >= sizeof(host))
		return false;
	memcpy(host, address, (size_t)(colon - address));
	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	inet_pton(AF_INET, host, &to.sin_addr);
	for (int i = 0; i < 50 && !ok; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
			ok =
			    recv(fd, text, sizeof(text) - 1, 0) > 0 && strcmp(text, "hello\n") == 0;
		close(fd);
		if (!ok)
			usleep(50000);
	}
	return ok;
}

static void same_answer(struct bed *b, const char *action, const char *directive)
{
	struct ptx_value *first = insist(b, action, directive);
	struct ptx_value *second = insist(b, action, directive);

	check(ptx_value_equal(first, second), action);
}

static void instance_files(struct bed *b)
{
	char path[PATH_MAX] = "";
	struct stat st = { 0 };

	snprintf(path, sizeof(path), "%s/instances/pt-node/pitrix/token", ptx_ctx_home(b->ctx));
	check(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600, "the token is 0600");
	snprintf(path, sizeof(path), "%s/instances/pt-node", ptx_ctx_home(b->ctx));
	check(stat(path, &st) == 0 && (st.st_mode & 07777) == 0700, "the folder is 0700");
}

static void someone_elses(struct bed *b)
{
	struct ptx_value *ours = b->tags;
	size_t before = count(b, NULL, NULL);

	b->tags = json(b, "{\"pitrix:owner\":\"another\",\"pitrix:cluster\":\"cl-2\"}");
	check(code_of(b, "network.create", NETWORK) == PTX_E_EXISTS,
	      "another's network is refused");
	check(code_of(b, "volume.create", VOLUME) == PTX_E_EXISTS, "another's volume is refused");
	check(code_of(b, "instance.create", instance) == PTX_E_EXISTS,
	      "another's instance is refused");
	check(code_of(b, "instance.stop", NAME) == PTX_E_EXISTS,
	      "another's instance is not stopped");
	check(code_of(b, "network.delete", NETWORK) == 0,
	      "deleting another's network does nothing");
	check(code_of(b, "volume.delete", VOLUME) == 0, "deleting another's volume does nothing");
	b->tags = ours;
	check(count(b, NULL, NULL) == before, "another's things are still there");
}

static void half_made(struct bed *b)
{
	struct ptxi_docker *d = b->engine;
	ptxi_auto_json body =
	    json_pack("{s:s, s:{s:s}}", "Image", "x", "Labels", "pitrix:owner", "test");
	ptxi_auto_reply reply = { 0 };

	/* A container that was made and not started is what a crash between the two leaves. */
	insist(b, "instance.stop", NAME);
	insist(b, "instance.create", instance);
	check(count(b, "instance", "running") == 1,
	      "a stopped instance is started by a repeated creation");
	check(ptxi_engine_call(d, "POST", "/containers/create?name=pt-none", body, NULL, &reply,
			       NULL) == 0 &&
		  reply.status == 404,
	      "the engine refuses an image that it has not");
}

/* Kills the instance and its monitor, as who ends all of a user's processes does. False: this
 * engine is not Podman. */
static bool lose(struct bed *b)
{
	ptxi_auto_json container = NULL;
	const json_t *state = NULL;
	pid_t monitor = 0;
	pid_t first = 0;

	if (ptxi_engine_look(b->engine, PTXI_PODMAN "/containers/pt-node/json", &container, NULL) <
		0 ||
	    !container)
		return false;
	state = json_object_get(container, "State");
	monitor = (pid_t)json_integer_value(json_object_get(state, "ConmonPid"));
	first = (pid_t)json_integer_value(json_object_get(state, "Pid"));
	check(monitor > 1 && first > 1 && kill(monitor, SIGKILL) == 0 && kill(first, SIGKILL) == 0,
	      "killed");
	for (int i = 0; i < 100 && (kill(first, 0) == 0 || kill(monitor, 0) == 0); i++)
		usleep(20000);
	return true;
}

static void lost(struct bed *b, const char *address)
{
	struct ptx_value *before = insist(b, "instance.create", instance);

	if (!lose(b)) {
		fprintf(stderr, "  not Podman: it loses no containers\n");
		return;
	}
	check(count(b, "instance", "stopped") == 1 && count(b, "instance", "running") == 0,
	      "what was lost does not run");
	check(ptx_value_equal(insist(b, "instance.create", instance), before),
	      "what was lost is started by a creation");
	check(count(b, "instance", "running") == 1 && count(b, "instance", NULL) == 1,
	      "it runs, and there is one");
	check(says_hello(address), "and it answers");
	lose(b);
	check(ptx_value_equal(insist(b, "instance.start", NAME), before),
	      "what was lost is started");
	check(says_hello(address), "and answers, too");
	lose(b);
	insist(b, "instance.stop", NAME);
	check(count(b, "instance", "stopped") == 1, "what was lost stops");
	check(ptx_value_equal(insist(b, "instance.start", NAME), before),
	      "what was lost and stopped is started");
	check(says_hello(address), "and answers as well");
	lose(b);
	insist(b, "instance.delete", NAME);
	check(count(b, "instance", NULL) == 0, "what was lost is deleted");
	insist(b, "instance.create", instance);
}

static void refused(struct bed *b)
{
	char unknown[sizeof(instance)] = "";
	char *at = NULL;

	check(code_of(b, "image.prepare", "{\"image\":\"nothing\"}") == PTX_E_NOT_FOUND,
	      "an unknown image");
	check(code_of(b, "image.prepare", "{\"image\":\"x\",\"source\":\"/nonexistent\"}") ==
		  PTX_E_NOT_FOUND,
	      "no source");
	check(code_of(b, "network.create", "{\"name\":\"../x\"}") == PTX_E_INVALID, "a bad name");
	check(code_of(b, "network.create", "{\"name\":\"pt-x\",\"cidr\":\"10.0.0.0/99\"}") ==
		  PTX_E_INVALID,
	      "a bad range");
	check(code_of(b, "instance.start", "{\"name\":\"pt-nobody\"}") == PTX_E_NOT_FOUND,
	      "nobody to start");
	check(code_of(b, "instance.stop", "{\"name\":\"pt-nobody\"}") == 0, "nobody to stop");
	snprintf(unknown, sizeof(unknown), "%s", instance);
	at = strstr(unknown, "\"pt-node\"");
	memcpy(at, "\"pt-othe\"", 9);
	at = strstr(unknown, "/bin/sh\"");
	memcpy(at, "/bin/no\"", 8);
	check(code_of(b, "instance.create", unknown) < 0, "a program that is not there");
	check(code_of(b, "instance.delete", "{\"name\":\"pt-othe\"}") == 0,
	      "what could not be started is deleted");
	check(count(b, "instance", NULL) == 1, "and gone");
}

static void scenario(struct bed *b)
{
	struct ptx_diags *problems = ptx_diags_new();
	struct ptx_value *result = NULL;
	const char *address = NULL;
	char home[PATH_MAX] = "";

	check(ptxi_provider_docker.check(b->driver, problems, NULL) == 0, "check");
	for (size_t i = 0; i < ptx_diags_count(problems); i++) {
		ptx_auto_buf text = { 0 };

		ptx_buf_init(&text, 0);
		ptx_diag_print(ptx_diags_at(problems, i), &text);
		fprintf(stderr, "  check: %s\n", text.p);
	}
	check(ptx_diags_count_of(problems, PTX_ERROR) == 0, "check finds no error");
	ptx_diags_free(problems);
	same_answer(b, "network.create", NETWORK);
	same_answer(b, "volume.create", VOLUME);
	same_answer(b, "instance.create", instance);
	result = insist(b, "instance.create", instance);
	address = ptx_value_as_string(
	    ptx_value_get(ptx_value_at(ptx_value_get(result, "ports"), 0), "address"), "");
	check(strncmp(address, "127.77.", 7) == 0, "published on 127.77");
	check(says_hello(address), "the published port answers");
	instance_files(b);
	someone_elses(b);
	half_made(b);
	refused(b);
	insist(b, "instance.stop", NAME);
	insist(b, "instance.stop", NAME);
	check(ptx_value_equal(insist(b, "instance.start", NAME), result),
	      "addresses are kept from stop to start");
	check(says_hello(address), "and the port answers again");
	lost(b, address);
	check(code_of(b, "volume.delete", VOLUME) == PTX_E_BUSY, "a volume in use stays");
	check(code_of(b, "network.delete", NETWORK) == PTX_E_BUSY, "a network in use stays");
	for (int i = 0; i < 2; i++) {
		insist(b, "instance.delete", NAME);
		insist(b, "volume.delete", VOLUME);
		insist(b, "network.delete", NETWORK);
	}
	check(count(b, NULL, NULL) == 0, "nothing is left");
	snprintf(home, sizeof(home), "%s/instances/pt-node", ptx_ctx_home(b->ctx));
	check(access(home, F_OK) != 0, "no folder is left");
}

/* ---- start ---- */

static int want_engine(void)
{
	struct bed b = { .ctx = ptx_ctx_new(), .a = ptx_arena_new(0) };
	struct ptxi_engine_info info = { 0 };
	ptx_auto(error) err = NULL;
	void *driver = NULL;
	int code = ptxi_provider_docker.open(b.ctx, ptx_value_map(b.a), &driver, &err);

	if (code == 0)
		code = ptxi_engine_need(driver, &info, &err);
	if (code < 0)
		fprintf(stderr, "  %s\n", ptx_error_message(err));
	ptxi_provider_close(&ptxi_provider_docker, driver);
	ptx_arena_free(b.a);
	ptx_ctx_free(b.ctx);
	return code == 0 && info.podman ? 0 : 1;
}

static int start(void)
{
	pid_t children[4];

	unsetenv("DOCKER_HOST");
	for (size_t i = 0; i < PTXI_COUNT(children); i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(want_engine());
	}
	for (size_t i = 0; i < PTXI_COUNT(children); i++) {
		int status = 0;

		check(children[i] > 0 && waitpid(children[i], &status, 0) == children[i] &&
			  status == 0,
		      "found or started");
	}
	printf("%d passed, %d failed\n", checks - failures, failures);
	return failures ? 1 : 0;
}

int main(int argc, char **argv)
{
	const char *direct = getenv("PITRIX_ENGINE");
	const char *chaos = getenv("CHAOS_SOCKET");
	struct bed b = { .ctx = ptx_ctx_new(), .a = ptx_arena_new(0) };
	ptx_auto(error) err = NULL;

	if (argc == 2 && strcmp(argv[1], "start") == 0) {
		ptx_arena_free(b.a);
		ptx_ctx_free(b.ctx);
		return start();
	}
	if (argc != 2 || !direct) {
		fprintf(stderr, "usage: PITRIX_ENGINE=unix:///... %s scenario|life|start\n",
			argv[0]);
		return 64;
	}
	b.tags = json(
	    &b,
	    "{\"pitrix:owner\":\"test\",\"pitrix:cluster\":\"cl-1\",\"pitrix:node\":\"node-1\"}");
	b.engine = open_driver(&b, direct, &err);
	b.driver = b.engine ? open_driver(&b, chaos && *chaos ? chaos : direct, &err) : NULL;
	if (!b.driver) {
		fprintf(stderr, "%s\n", err ? ptx_error_message(err) : "cannot open the driver");
		return 1;
	}
	prepare_image(&b);
	if (strcmp(argv[1], "life") == 0)
		life(&b);
	else
		scenario(&b);
	ptxi_provider_docker.close(b.driver);
	ptxi_provider_docker.close(b.engine);
	ptx_arena_free(b.a);
	ptx_ctx_free(b.ctx);
	printf("%d passed, %d failed\n", checks - failures, failures);
	return failures ? 1 : 0;
}
