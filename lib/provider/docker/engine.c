/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - finds a container engine or starts one, and sends it requests.
 *
 * Which one: what the configuration or DOCKER_HOST names, and nothing else; without a name the one
 * whose socket answers: Podman's, our own, Docker's. When none does, `podman system service` is
 * started on a socket of our own, under a lock, since a second service on the same path would take
 * the first one's socket away. It ends by itself when it had nothing to do for a while; containers
 * do not need it. So a call that finds our own engine gone starts it again: nothing was sent then,
 * and sending is safe.
 *
 * What an answer says is read through jansson. The API is the Docker Engine API, version 1.41
 * to 1.44.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "../../base/fs.h"
#include "../../base/proc.h"
#include "../../base/time.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MAX  ((size_t)32 << 20)
#define PING_MS    10000
#define START_MS   20000
#define LOCK_MS    30000
#define LAST_WORDS 512
/* Long enough that an engine does not come and go within one job, and short enough to leave nothing
 * behind. */
#define SERVICE_IDLE "--time=900"

void ptxi_reply_done(struct ptxi_reply *r)
{
	json_decref(r->json);
	ptx_free(r->text);
	*r = (struct ptxi_reply){ 0 };
}

/* ---- one exchange ---- */

static void take_reply(struct ptxi_http_answer *a, struct ptxi_reply *reply)
{
	reply->status = a->status;
	if (a->body.n > 0)
		reply->json = json_loadb(a->body.p, a->body.n, JSON_DISABLE_EOF_CHECK, NULL);
	if (!reply->json) {
		ptx_buf_truncate(&a->body, 300);
		reply->text = ptx_buf_steal(&a->body, NULL);
	}
}

/* The answer as it came; it is the caller's to initialise and to free. */
static int send_request(struct ptxi_docker *d, const char *socket, const char *prefix,
			const char *method, const char *path, json_t *body,
			const struct ptxi_call_opts *opts, struct ptxi_http_answer *answer,
			struct ptx_error **err)
{
	static const struct ptxi_http_header as_json = { "Content-Type", "application/json",
							 false };
	static const struct ptxi_http_header as_tar = { "Content-Type", "application/x-tar",
							false };
	ptx_auto_str url = ptxi_asprintf("http://engine%s%s", prefix, path);
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct ptxi_http_request r = {
		.method = method,
		.url = url,
		.unix_socket = socket,
		.headers = opts && opts->body_path ? &as_tar : &as_json,
		.header_count = body || (opts && opts->body_path) ? 1 : 0,
		.body = ptxi_str(text),
		.body_path = opts ? opts->body_path : NULL,
		.idle_ms = opts && opts->idle_ms ? opts->idle_ms : 0,
		.timeout_ms = -1,
		.connect_ms = 5000,
		.max_body = REPLY_MAX,
		.attempts = 2,
		.backoff_ms = 100,
		.on_body = opts ? opts->on_body : NULL,
		.user = opts ? opts->user : NULL,
	};
	int code = 0;

	if (!url || (body && !text))
		code = ptx_fail(err, PTX_E_NOMEM, "no memory for a request to the engine");
	else
		code = ptxi_http_send(d->http, &r, answer, err);
	free(text);
	return code;
}

/* unsent tells the caller that nothing reached an engine. */
static int exchange(struct ptxi_docker *d, const char *socket, const char *prefix,
		    const char *method, const char *path, json_t *body,
		    const struct ptxi_call_opts *opts, struct ptxi_reply *reply, bool *unsent,
		    struct ptx_error **err)
{
	ptxi_auto_answer a = { 0 };
	int code = 0;

	ptxi_http_answer_init(&a);
	ptxi_reply_done(reply);
	code = send_request(d, socket, prefix, method, path, body, opts, &a, err);
	*unsent = code < 0 && a.unsent;
	if (code == 0)
		take_reply(&a, reply);
	return code;
}

/* ---- finding ---- */

char *ptxi_engine_socket_path(const char *endpoint, struct ptx_error **err)
{
	const char *path = endpoint;
	char *copy = NULL;

	if (strncmp(path, "unix:", 5) == 0)
		path += 5;
	if (strncmp(path, "//", 2) == 0)
		path += 2;
	if (*path != '/') {
		ptx_fail(err, PTX_E_CONFIG,
			 "'%s' is not an engine that provider 'docker' can talk to", endpoint);
		ptxi_error_hint(err, "it takes an engine on this machine, by its socket: "
				     "unix:///run/podman/podman.sock");
		return NULL;
	}
	if (strlen(path) > 107) {
		ptx_fail(err, PTX_E_CONFIG, "the path of the socket '%s' is longer than 107 bytes",
			 path);
		return NULL;
	}
	copy = ptxi_strdup(path);
	if (!copy)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	return copy;
}

void ptxi_engine_read_ping(struct ptx_str api, struct ptx_str libpod, struct ptxi_engine_info *out)
{
	uint64_t minor = 41;

	*out = (struct ptxi_engine_info){ .podman = libpod.n > 0 };
	if (ptxi_str_starts(api, "1.") && ptxi_parse_u64(ptxi_str_from(api, 2), &minor, 999) &&
	    minor > 44)
		minor = 44;
	snprintf(out->prefix, sizeof(out->prefix), "/v1.%u", (unsigned)minor);
}

void ptxi_engine_read_info(const json_t *info, struct ptxi_engine_info *out)
{
	const json_t *option = NULL;
	size_t i = 0;

	snprintf(out->version, sizeof(out->version), "%s", ptxi_json_str(info, "ServerVersion"));
	/* Docker says it among its options, Podman in a field of its own. */
	out->rootless = json_is_true(json_object_get(info, "Rootless"));
	json_array_foreach(json_object_get(info, "SecurityOptions"), i,
			   option) if (json_is_string(option) &&
				       strstr(json_string_value(option), "rootless"))
	    out->rootless = true;
	out->limits_memory = json_is_true(json_object_get(info, "MemoryLimit"));
	out->limits_cpu = json_is_true(json_object_get(info, "CpuCfsQuota"));
	snprintf(out->runtime, sizeof(out->runtime), "%s", ptxi_json_str(info, "DefaultRuntime"));
	snprintf(out->cgroup_version, sizeof(out->cgroup_version), "%s",
		 ptxi_json_str(info, "CgroupVersion"));
	out->is_described = true;
}

/* Is there an engine behind the socket, and which API does it speak? */
static int greet(struct ptxi_docker *d, const char *socket, struct ptxi_engine_info *info,
		 struct ptx_error **err)
{
	static const struct ptxi_call_opts quick = { .idle_ms = PING_MS };
	ptxi_auto_answer a = { 0 };
	struct ptx_str api = { NULL, 0 };
	int code = 0;

	ptxi_http_answer_init(&a);
	code = send_request(d, socket, "", "GET", "/_ping", NULL, &quick, &a, err);
	if (code < 0)
		return code;
	api = ptxi_http_header(&a, "Api-Version");
	if (a.status != 200 || api.n == 0)
		return ptx_fail(err, PTX_E_UNAVAILABLE,
				"what listens on '%s' is no container engine", socket);
	ptxi_engine_read_ping(api, ptxi_http_header(&a, "Libpod-Api-Version"), info);
	return 0;
}

static int adopt(struct ptxi_docker *d, char *socket, bool own, struct ptx_error **err)
{
	int code = socket ? greet(d, socket, &d->info, err)
			  : ptx_fail(err, PTX_E_NOMEM, "no memory for a path");

	if (code < 0) {
		ptx_free(socket);
		return code;
	}
	ptx_free(d->socket);
	d->socket = socket;
	d->own = own;
	return 0;
}

/* The folder of our own engine's socket, made if need be: /run/pitrix for root, else
 * $XDG_RUNTIME_DIR/pitrix or /tmp/pitrix-UID, which must be ours alone. */
static char *own_folder(struct ptx_error **err)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	ptx_auto_str folder = NULL;
	struct stat st = { 0 };

	if (geteuid() == 0)
		folder = ptxi_strdup("/run/pitrix");
	else if (runtime && *runtime == '/')
		folder = ptxi_asprintf("%s/pitrix", runtime);
	else
		folder = ptxi_asprintf("/tmp/pitrix-%ld", (long)geteuid());
	if (!folder) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
		return NULL;
	}
	if (ptxi_fs_mkdirs(folder, 0700, err) < 0)
		return NULL;
	if (lstat(folder, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022)) {
		ptx_fail(err, PTX_E_DENIED, "'%s' is not a folder that only this user can write",
			 folder);
		return NULL;
	}
	return ptx_steal(&folder);
}

/* What the engine said last before it gave up; "" where it said nothing. */
static void read_last_words(const char *log, char words[LAST_WORDS])
{
	ptx_auto_fd fd = open(log, O_RDONLY | O_CLOEXEC);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	off_t from = end > LAST_WORDS - 1 ? end - (LAST_WORDS - 1) : 0;
	ssize_t n = fd >= 0 ? pread(fd, words, LAST_WORDS - 1, from) : 0;
	struct ptx_str said = { NULL, 0 };

	words[n > 0 ? n : 0] = '\0';
	said = ptxi_str_trim(ptxi_str(words));
	for (size_t i = said.n; i-- > 0;)
		if (said.p[i] == '\n') {
			said = ptxi_str_from(said, i + 1);
			break;
		}
	memmove(words, said.p, said.n);
	words[said.n] = '\0';
}

static int wait_for_engine(struct ptxi_docker *d, const char *socket, const char *log,
			   struct ptx_error **err)
{
	int64_t until = ptxi_time_mono_ms() + START_MS;
	ptx_auto(error) last = NULL;
	char words[LAST_WORDS] = "";

	for (;;) {
		struct timespec nap = { 0, 50 * 1000000 };

		ptxi_error_drop(&last);
		if (ptxi_ctx_check(d->ctx, err) < 0)
			return PTX_E_CANCELED;
		if (access(socket, F_OK) == 0 && greet(d, socket, &d->info, &last) == 0)
			return 0;
		if (ptxi_time_mono_ms() > until)
			break;
		nanosleep(&nap, NULL);
	}
	read_last_words(log, words);
	ptx_fail(err, PTX_E_UNAVAILABLE,
		 "`podman system service` was started and does not answer on '%s'%s%s", socket,
		 *words ? "; it said: " : "", words);
	ptxi_error_hint(err, "its output is in %s; `pitrix doctor` looks for what is missing", log);
	return PTX_E_UNAVAILABLE;
}

static int start_podman(struct ptxi_docker *d, struct ptx_error **err)
{
	ptx_auto_str podman = ptxi_proc_find("podman");
	ptx_auto_str folder = podman ? own_folder(err) : NULL;
	ptx_auto_str socket = folder ? ptxi_asprintf("%s/engine.sock", folder) : NULL;
	ptx_auto_str lock_path = folder ? ptxi_asprintf("%s/engine.lock", folder) : NULL;
	ptx_auto_str log = folder ? ptxi_asprintf("%s/engine.log", folder) : NULL;
	ptx_auto_str url = socket ? ptxi_asprintf("unix://%s", socket) : NULL;
	const char *argv[] = { podman, "system", "service", SERVICE_IDLE, url, NULL };
	ptx_auto_fd lock = -1;

	if (!podman) {
		ptx_fail(err, PTX_E_UNAVAILABLE,
			 "no container engine: none listens, and there is no program 'podman'");
		ptxi_error_hint(err, "`pitrix doctor` says what to install");
		return PTX_E_UNAVAILABLE;
	}
	if (!folder)
		return err && *err ? ptx_error_code(*err) : PTX_E_IO;
	if (!socket || !lock_path || !log || !url)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	lock = ptxi_fs_lock(lock_path, LOCK_MS, "starting podman", err);
	if (lock < 0)
		return lock;
	/* Another process may have started it while we waited. */
	if (access(socket, F_OK) != 0 || greet(d, socket, &d->info, NULL) < 0) {
		if (ptxi_proc_daemon(argv, log, err) < 0)
			return ptx_wrap(err, "while starting podman");
		if (wait_for_engine(d, socket, log, err) < 0)
			return ptx_wrap(err, "while starting podman");
	}
	ptx_free(d->socket);
	d->socket = ptx_steal(&socket);
	d->own = true;
	return 0;
}

/* Goes on to the next place unless this one answers; DENIED is remembered for the message. */
static bool try_socket(struct ptxi_docker *d, char *path, bool own, struct ptx_error **denied)
{
	if (!path)
		return false;
	if (access(path, F_OK) != 0) {
		ptx_free(path);
		return false;
	}
	if (access(path, R_OK | W_OK) != 0) {
		if (!*denied) {
			ptx_fail(denied, PTX_E_DENIED,
				 "the engine's socket '%s' is not for this user", path);
			ptxi_error_hint(denied, "join the group that it belongs to, or install "
						"podman for a rootless engine");
		}
		ptx_free(path);
		return false;
	}
	return adopt(d, path, own, NULL) == 0;
}

static bool try_usual(struct ptxi_docker *d, struct ptx_error **denied)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	bool root = geteuid() == 0;
	ptx_auto_str folder = own_folder(NULL);

	if (root && try_socket(d, ptxi_strdup("/run/podman/podman.sock"), false, denied))
		return true;
	if (!root && runtime &&
	    try_socket(d, ptxi_asprintf("%s/podman/podman.sock", runtime), false, denied))
		return true;
	if (folder && try_socket(d, ptxi_asprintf("%s/engine.sock", folder), true, denied))
		return true;
	if (!root && runtime &&
	    try_socket(d, ptxi_asprintf("%s/docker.sock", runtime), false, denied))
		return true;
	return try_socket(d, ptxi_strdup("/var/run/docker.sock"), false, denied);
}

/* Under the lock. */
static int find_engine(struct ptxi_docker *d, struct ptx_error **err)
{
	ptx_auto(error) denied = NULL;
	int code = 0;

	if (d->endpoint) {
		char *path = ptxi_engine_socket_path(d->endpoint, err);

		if (!path)
			return err && *err ? ptx_error_code(*err) : PTX_E_CONFIG;
		code = adopt(d, path, false, err);
		if (code < 0)
			ptxi_error_hint(err, "is the engine of '%s' running?", d->endpoint);
		return code;
	}
	if (try_usual(d, &denied))
		return 0;
	if (d->may_start)
		code = start_podman(d, err);
	else
		code = ptx_fail(err, PTX_E_UNAVAILABLE,
				"no container engine listens, and none may be started");
	if (code == PTX_E_UNAVAILABLE && denied && err) {
		ptxi_error_drop(err);
		*err = ptx_steal(&denied);
		code = PTX_E_DENIED;
	}
	return code;
}

/* Copies where the engine is, so that no lock is held during a call. */
static int need_engine(struct ptxi_docker *d, const char *lost, char **socket, bool *own,
		       struct ptxi_engine_info *info, struct ptx_error **err)
{
	int code = 0;

	pthread_mutex_lock(&d->lock);
	if (lost && d->socket && strcmp(d->socket, lost) == 0 &&
	    greet(d, lost, &d->info, NULL) < 0) {
		ptx_free(d->socket);
		d->socket = NULL;
	}
	if (!d->socket)
		code = find_engine(d, err);
	if (code == 0) {
		*socket = ptxi_strdup(d->socket);
		*own = d->own;
		*info = d->info;
		if (!*socket)
			code = ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	}
	pthread_mutex_unlock(&d->lock);
	return code;
}

int ptxi_engine_need(struct ptxi_docker *d, struct ptxi_engine_info *info, struct ptx_error **err)
{
	ptx_auto_str socket = NULL;
	bool own = false;

	return need_engine(d, NULL, &socket, &own, info, err);
}

int ptxi_engine_describe(struct ptxi_docker *d, struct ptxi_engine_info *info,
			 struct ptx_error **err)
{
	ptxi_auto_reply about = { 0 };
	int code = ptxi_engine_need(d, info, err);

	if (code < 0 || info->is_described)
		return code;
	code = ptxi_engine_call(d, "GET", "/info", NULL, NULL, &about, err);
	if (code < 0)
		return ptx_wrap(err, "while asking the engine about itself");
	if (about.status != 200)
		return ptxi_engine_refused(&about, "asking the engine about itself", err);
	ptxi_engine_read_info(about.json, info);
	pthread_mutex_lock(&d->lock);
	d->info = *info;
	pthread_mutex_unlock(&d->lock);
	return 0;
}

/* ---- calling ---- */

/* The version before a path: Docker's, which was found out, or the oldest of Podman's own that we
 * know. */
static const char *version_of(const struct ptxi_engine_info *info, const char *path)
{
	return strncmp(path, PTXI_PODMAN "/", sizeof(PTXI_PODMAN)) == 0 ? "/v4.0.0" : info->prefix;
}

int ptxi_engine_call(struct ptxi_docker *d, const char *method, const char *path, json_t *body,
		     const struct ptxi_call_opts *opts, struct ptxi_reply *reply,
		     struct ptx_error **err)
{
	ptx_auto_str socket = NULL;
	ptx_auto_str again = NULL;
	ptx_auto(error) failed = NULL;
	struct ptxi_engine_info info = { 0 };
	bool own = false;
	bool unsent = false;
	int code = need_engine(d, NULL, &socket, &own, &info, err);

	if (code < 0)
		return code;
	code = exchange(d, socket, version_of(&info, path), method, path, body, opts, reply,
			&unsent, &failed);
	if (code < 0 && unsent && own) {
		ptxi_error_drop(&failed);
		code = need_engine(d, socket, &again, &own, &info, err);
		if (code < 0)
			return code;
		code = exchange(d, again, version_of(&info, path), method, path, body, opts, reply,
				&unsent, &failed);
	}
	if (code < 0 && err)
		*err = ptx_steal(&failed);
	return code;
}

const char *ptxi_engine_words(const struct ptxi_reply *reply)
{
	const char *message = ptxi_json_str(reply->json, "message");

	return *message ? message : reply->text ? reply->text : "";
}

int ptxi_engine_look(struct ptxi_docker *d, const char *path, json_t **out, struct ptx_error **err)
{
	ptxi_auto_reply reply = { 0 };
	int code = ptxi_engine_call(d, "GET", path, NULL, NULL, &reply, err);

	*out = NULL;
	if (code < 0)
		return code;
	if (reply.status == 404)
		return 0;
	if (reply.status != 200 || !reply.json)
		return ptxi_engine_refused(&reply, "looking", err);
	*out = ptx_steal(&reply.json);
	return 0;
}

int ptxi_engine_list(struct ptxi_docker *d, const char *path, const char *extra,
		     const char *const *labels, json_t **out, struct ptx_error **err)
{
	ptxi_auto_json filter = json_object();
	json_t *list = json_array();
	ptx_auto_buf full = { 0 };
	char *text = NULL;
	int code = 0;

	for (size_t i = 0; labels && labels[i]; i++)
		json_array_append_new(list, json_string(labels[i]));
	json_object_set_new(filter, "label", list);
	text = json_dumps(filter, JSON_COMPACT);
	ptx_buf_init(&full, 0);
	ptx_buf_printf(&full, "%s?%s", path, extra ? extra : "");
	if (labels && labels[0] && text) {
		ptx_buf_adds(&full, extra ? "&filters=" : "filters=");
		ptxi_http_escape(ptxi_str(text), &full);
	}
	if (!text || !ptx_buf_ok(&full))
		code = ptx_fail(err, PTX_E_NOMEM, "no memory for a request to the engine");
	else
		code = ptxi_engine_look(d, full.p, out, err);
	free(text);
	if (code == 0 && !*out)
		code = ptx_fail(err, PTX_E_UNTRUSTED, "the engine has no '%s'", path);
	return code;
}

static const struct {
	const char *words; /* of the refusal */
	int code;
	const char *hint;
} refusals[] = {
	{ "address already in use", PTX_E_BUSY, "`ss -ltnp` shows what listens there" },
	{ "port is already allocated", PTX_E_BUSY, "`ss -ltnp` shows what listens there" },
	{ "No such image", PTX_E_NOT_FOUND, NULL },
	{ "image not known", PTX_E_NOT_FOUND, NULL },
	{ "no space left on device", PTX_E_IO, "the disk that holds the engine's storage is full" },
	{ "unknown version specified", PTX_E_CONFIG,
	  "this crun and these cgroups do not go together: `apt-get install runc`, and runtime = "
	  "\"runc\" under [engine] "
	  "in /etc/containers/containers.conf" },
	{ "hybrid", PTX_E_CONFIG,
	  "crun refuses hybrid cgroups: `apt-get install runc`, and runtime = \"runc\" under "
	  "[engine] in "
	  "/etc/containers/containers.conf" },
	{ "error setting rlimit", PTX_E_CONFIG,
	  "raise this machine's limits (ulimit -n, ulimit -u)" },
	{ "unable to apply cgroup configuration", PTX_E_CONFIG,
	  "`pitrix doctor` looks at the cgroups" },
	{ "command that was not found", PTX_E_INVALID,
	  "the image lacks the program that was to be run" },
	{ "no such file or directory: unknown", PTX_E_INVALID, NULL },
	{ "OCI permission denied", PTX_E_FAILED,
	  "`pitrix doctor` looks at what containers need here" },
	{ "OCI runtime error", PTX_E_FAILED, "`pitrix doctor` looks at what containers need here" },
	{ "volume is being used", PTX_E_BUSY, NULL },
	{ "volume is in use", PTX_E_BUSY, NULL },
	{ "network is being used", PTX_E_BUSY, NULL },
	{ "has active endpoints", PTX_E_BUSY, NULL },
};

int ptxi_engine_refused(const struct ptxi_reply *reply, const char *what, struct ptx_error **err)
{
	const char *words = ptxi_engine_words(reply);
	int code = ptxi_http_code(reply->status);
	const char *hint = NULL;

	for (size_t i = 0; i < PTXI_COUNT(refusals); i++)
		if (strstr(words, refusals[i].words)) {
			code = refusals[i].code;
			hint = refusals[i].hint;
			break;
		}
	ptx_fail(err, code, "%s: the engine answered %d%s%s", what, reply->status,
		 *words ? ": " : "", words);
	ptxi_error_remote(err, reply->status, NULL);
	if (hint)
		ptxi_error_hint(err, "%s", hint);
	return code;
}
