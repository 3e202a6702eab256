/* SPDX-License-Identifier: Apache-2.0 */
/* etcd.c - the process: start, probe, restart, and give up on data that it cannot read.
 *
 *     STOPPED -> STARTING (probed each 50 ms) -> UP -> (dies) STARTING after a pause ...
 *
 * etcd knows no address of its own: both its sockets are files in its folder, which only we can
 * enter (0700). Its option parser takes `unix://NAME:NUMBER` and makes a file of that name in the
 * current folder; so it is started there. When it dies again and again before it ever answered, its
 * data are to blame: they are moved aside (the last ones are kept for whoever wants to look) and it
 * starts empty. That it could not be executed (status 126 and 127), was killed, or has no room on
 * the disk is never the data's fault.
 *
 * One that is killed while it makes its data may leave a log without a member in it: it accepts
 * calls then, and never elects itself. So data are marked as new until the store was of use once
 * (data.new); new data with which it does not get there in time hold nothing, and are moved aside,
 * too.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "etcd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../base/fs.h"
#include "../base/log.h"
#include "../base/path.h"
#include "../base/time.h"

#define SOCKET_NAME           "client:0"
#define PROBE_MS              50
#define START_LIMIT_MS        60000
#define PAUSE_MIN_MS          100
#define PAUSE_MAX_MS          5000
#define FAILURES_UNTIL_BROKEN 3
#define STOP_MS               5000
#define ROOM_BYTES            (UINT64_C(64) << 20)
#define NEW_LIMIT_MS                                                                               \
	INT64_C(10000) /* for new data; twice as long each time that it is not enough */
#define NEW_LIMIT_DOUBLED 5u

struct ptxi_etcd {
	struct ptxi_etcd_opts o;
	char *program;
	char *folder;
	char *data;
	char *is_new; /* a file that is there while the data are new */
	char *socket;
	enum ptxi_etcd_state state;
	pid_t pid;
	unsigned restarts;
	unsigned failures; /* in succession, before it answered */
	unsigned useless;  /* new data in succession with which it did not get ready */
	bool gave_up;      /* on those that it runs with */
	int64_t started_ms;
	int64_t pause_ms;
	struct event *timer; /* STARTING: probe, or start after a pause; STOPPING: patience */
};

static void arm(struct ptxi_etcd *e, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(e->timer, &tv);
}

static void tell(struct ptxi_etcd *e, enum ptxi_etcd_news news, const char *text)
{
	ptxi_log(e->o.ctx, PTX_LOG_INFO, "agent", "etcd", PTXI_F("news", text), PTXI_F_END);
	e->o.news(news, text, e->o.user);
}

static void run_child(const struct ptxi_etcd *e)
{
	/* clang-format off */
	const char *const argv[] = {
		e->program, "--name", "pitrix", "--data-dir", "data",
		"--listen-client-urls", ("unix://" SOCKET_NAME), "--advertise-client-urls", ("unix://" SOCKET_NAME),
		"--listen-peer-urls", "unix://peer:0", "--initial-advertise-peer-urls", "unix://peer:0",
		"--initial-cluster", "pitrix=unix://peer:0",
		/* It has no other members to wait for: it elects itself in 0.1 s, and not in 0.5 to 1 s as by default. */
		"--heartbeat-interval", "20", "--election-timeout", "100", "--auto-compaction-mode", "periodic",
		"--auto-compaction-retention", "10m", "--max-txn-ops", "65536", "--max-request-bytes", "50331648",
		"--quota-backend-bytes", "1073741824", "--snapshot-count", "10000",
		"--logger", "zap", "--log-level", "error", "--log-outputs", "stderr", NULL,
	};
	/* clang-format on */
	const char *const env[] = { "PATH=/usr/bin:/bin", "GOMAXPROCS=2", NULL };
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 1; i < 32; i++)
		if (i != SIGKILL && i != SIGSTOP)
			signal(i, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || chdir(e->folder) < 0)
		_exit(126);
	execve(e->program, (char *const *)argv, (char *const *)env);
	_exit(127);
}

/* Without the mark it is only not looked after as well. */
static void mark_new(const struct ptxi_etcd *e)
{
	ptx_auto_fd fd = open(e->is_new, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)fd;
}

void ptxi_etcd_ready(struct ptxi_etcd *e)
{
	if (e->state == PTXI_ETCD_UP)
		event_del(e->timer);
	e->useless = 0;
	unlink(e->is_new);
}

static void start(struct ptxi_etcd *e)
{
	pid_t parent = getpid();

	unlink(e->socket);
	if (!ptxi_fs_exists(e->data))
		mark_new(e);
	e->state = PTXI_ETCD_STARTING;
	e->started_ms = ptxi_time_mono_ms();
	e->pid = fork();
	if (e->pid == 0) {
		if (getppid() == parent || parent == 1)
			run_child(e);
		_exit(126);
	}
	if (e->pid < 0) {
		e->pid = 0;
		arm(e, PAUSE_MAX_MS);
		return;
	}
	arm(e, PROBE_MS);
}

void ptxi_etcd_start(struct ptxi_etcd *e)
{
	if (e->state == PTXI_ETCD_STOPPED)
		start(e);
}

/* Whatever other children there are: they could only be another etcd on the same data. */
static void kill_others(pid_t pid)
{
	char path[64];
	char line[4096] = "";
	ptx_auto_file f = NULL;
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str word = { NULL, 0 };

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)getpid(), (int)getpid());
	f = fopen(path, "re");
	if (f && fgets(line, sizeof(line), f))
		rest = ptxi_str(line);
	while (ptxi_str_next(&rest, ' ', &word)) {
		int64_t other = 0;

		if (!ptxi_parse_i64(ptxi_str_trim(word), &other, 2, INT32_MAX) ||
		    (pid_t)other == pid)
			continue;
		kill((pid_t)other, SIGKILL);
		waitpid((pid_t)other, NULL, 0);
	}
}

void ptxi_etcd_adopt(struct ptxi_etcd *e, pid_t pid, unsigned restarts)
{
	siginfo_t info = { .si_pid = 0 };
	bool is_ours = pid > 1 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;

	e->restarts = restarts;
	kill_others(is_ours ? pid : 0);
	if (!is_ours) {
		start(e);
		return;
	}
	e->pid = pid;
	e->state = PTXI_ETCD_STARTING;
	e->started_ms = ptxi_time_mono_ms();
	arm(e, 0);
}

/* Somebody accepts on the socket. */
static bool answers(const struct ptxi_etcd *e)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	ptx_auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path, e->socket, strlen(e->socket) + 1);
	return fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0;
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_etcd *e = user;

	(void)fd, (void)what;
	if (e->state == PTXI_ETCD_STOPPING) {
		if (e->pid > 0)
			kill(e->pid, SIGKILL);
	} else if (e->pid == 0) {
		start(e);
	} else if (e->state == PTXI_ETCD_UP) {
		e->gave_up = true;
		kill(e->pid, SIGKILL);
	} else if (answers(e)) {
		e->state = PTXI_ETCD_UP;
		if (ptxi_fs_exists(e->is_new))
			arm(e,
			    NEW_LIMIT_MS << (e->useless < NEW_LIMIT_DOUBLED ? e->useless
									    : NEW_LIMIT_DOUBLED));
		tell(e, PTXI_ETCD_IS_UP, "etcd is up");
	} else if (ptxi_time_mono_ms() - e->started_ms > START_LIMIT_MS) {
		kill(e->pid, SIGKILL);
	} else {
		arm(e, PROBE_MS);
	}
}

/* A full disk makes etcd fail on data that are whole. */
static bool has_room(const struct ptxi_etcd *e)
{
	struct statvfs fs;

	return statvfs(e->folder, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize >= ROOM_BYTES;
}

static void move_data_away(struct ptxi_etcd *e)
{
	ptx_auto_str broken = ptxi_path_join(e->folder, "data.broken");
	struct ptx_error *err = NULL;

	if (!broken || ptxi_fs_remove(broken, &err) < 0 || rename(e->data, broken) < 0) {
		ptxi_log(e->o.ctx, PTX_LOG_ERROR, "agent", "cannot move broken data of etcd away",
			 PTXI_F("why", err ? ptx_error_message(err) : strerror(errno)), PTXI_F_END);
		ptx_error_free(err);
		return;
	}
	e->failures = 0;
	tell(e, PTXI_ETCD_BROKEN,
	     e->gave_up ? "etcd did not get ready with new data; they were moved to data.broken "
			  "and it starts empty"
			: "etcd could not read its data; they were moved to data.broken and it "
			  "starts empty");
}

bool ptxi_etcd_reaped(struct ptxi_etcd *e, pid_t pid, int status)
{
	bool was_up = e->state == PTXI_ETCD_UP;
	char text[120];

	if (pid <= 0 || pid != e->pid)
		return false;
	e->pid = 0;
	event_del(e->timer);
	if (e->state == PTXI_ETCD_STOPPING) {
		e->state = PTXI_ETCD_STOPPED;
		tell(e, PTXI_ETCD_ENDED, "etcd ended");
		return true;
	}
	e->restarts++;
	e->state = PTXI_ETCD_STARTING;
	snprintf(text, sizeof(text),
		 WIFSIGNALED(status) ? "etcd was killed by signal %d and is started again"
				     : "etcd ended with status %d and is started again",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	tell(e, PTXI_ETCD_DIED, text);
	if (was_up) {
		e->failures = 0;
		e->pause_ms = PAUSE_MIN_MS;
	} else {
		/* Neither what could not be executed nor what somebody killed says anything about
		 * the data. */
		bool could_run =
		    WIFEXITED(status) ? WEXITSTATUS(status) < 126 : WTERMSIG(status) != SIGKILL;

		e->failures += could_run;
		e->pause_ms = e->pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : e->pause_ms * 2;
	}
	if ((e->gave_up || e->failures >= FAILURES_UNTIL_BROKEN) && has_room(e))
		move_data_away(e);
	e->useless += e->gave_up;
	e->gave_up = false;
	arm(e, e->pause_ms);
	return true;
}

void ptxi_etcd_stop(struct ptxi_etcd *e)
{
	e->state = PTXI_ETCD_STOPPING;
	event_del(e->timer);
	e->gave_up = false;
	if (e->pid > 0) {
		kill(e->pid, SIGTERM);
		arm(e, STOP_MS);
		return;
	}
	e->state = PTXI_ETCD_STOPPED;
	tell(e, PTXI_ETCD_ENDED, "etcd ended");
}

void ptxi_etcd_kill(struct ptxi_etcd *e)
{
	if (e->pid > 0)
		kill(e->pid, SIGKILL);
}

struct ptxi_etcd *ptxi_etcd_new(const struct ptxi_etcd_opts *o, struct ptx_error **err)
{
	struct ptxi_etcd *e = ptxi_alloc(sizeof(*e));

	if (e) {
		e->o = *o;
		e->pause_ms = PAUSE_MIN_MS;
		e->program = ptxi_strdup(o->program);
		e->folder = ptxi_strdup(o->folder);
		e->data = ptxi_path_join(o->folder, "data");
		e->is_new = ptxi_path_join(o->folder, "data.new");
		e->socket = ptxi_path_join(o->folder, SOCKET_NAME);
		e->timer = event_new(o->base, -1, 0, on_timer, e);
	}
	if (!e || !e->program || !e->folder || !e->data || !e->is_new || !e->socket || !e->timer) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for etcd");
		ptxi_etcd_free(e);
		return NULL;
	}
	if (strlen(e->socket) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		ptx_fail(err, PTX_E_CONFIG, "the path of etcd's socket '%s' is too long",
			 e->socket);
		ptxi_etcd_free(e);
		return NULL;
	}
	if (ptxi_fs_mkdirs(e->folder, 0700, err) < 0 || chmod(e->folder, 0700) < 0) {
		ptx_wrap(err, "while making the folder of etcd");
		ptxi_etcd_free(e);
		return NULL;
	}
	return e;
}

void ptxi_etcd_free(struct ptxi_etcd *e)
{
	if (!e)
		return;
	if (e->timer)
		event_free(e->timer);
	ptx_free(e->program);
	ptx_free(e->folder);
	ptx_free(e->data);
	ptx_free(e->is_new);
	ptx_free(e->socket);
	ptx_free(e);
}

const char *ptxi_etcd_socket(const struct ptxi_etcd *e)
{
	return e->socket;
}

enum ptxi_etcd_state ptxi_etcd_state(const struct ptxi_etcd *e)
{
	return e->state;
}

const char *ptxi_etcd_state_name(enum ptxi_etcd_state s)
{
	static const char *const names[] = { "stopped", "starting", "up", "stopping" };

	return names[s];
}

unsigned ptxi_etcd_restarts(const struct ptxi_etcd *e)
{
	return e->restarts;
}

pid_t ptxi_etcd_pid(const struct ptxi_etcd *e)
{
	return e->pid;
}
