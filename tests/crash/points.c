/* SPDX-License-Identifier: Apache-2.0 */
/* points.c - a library for LD_PRELOAD that kills a program before or after what it does to the
 * world.
 *
 * A point is an instant next to something that lasts: a commit (fsync, fdatasync), a request that
 * changes something (POST, PUT, PATCH, DELETE; to the engine's socket, or over TLS to a Frontgate),
 * its answer. Each commit has two points (before, after), each request three (before it is sent,
 * when it is sent, when its answer is there but nobody has seen it). They are counted in the order
 * in which they come, from 1.
 *
 *     POINTS_LOG=FILE   appends a line a point: its number, what it is next to, a word on it
 *     POINTS_KILL=N     SIGKILL at point N
 *     POINTS_ONLY=NAME  acts in programs of this name only [pitrix]
 *
 * Only the program that was started is watched: what it forks counts nothing, and what it starts
 * does not see us.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
/* It defines functions of libc, which a fortified libc defines too, inline. */
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT   __attribute__((visibility("default")))
#define FDS_MAX  4096
#define TLS_MAX  64
#define WORD_MAX 120

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pid_t own; /* 0: we do nothing */
static long count;
static long kill_at;
static int log_fd = -1;
static char asked[FDS_MAX]; /* a request went out here, its answer is awaited */
static const void *tls[TLS_MAX];

/* The next definition of a function. That of TLS came with a module, out of sight of RTLD_NEXT. */
static void *next(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);
	void *tls_library = p ? NULL : dlopen("libssl.so.3", RTLD_LAZY | RTLD_NOLOAD);

	if (tls_library)
		p = dlsym(tls_library, name);
	if (!p) {
		static const char text[] = "points: a function that is watched does not exist\n";

		syscall(SYS_write, 2, text, sizeof(text) - 1);
		_exit(70);
	}
	return p;
}

#define REAL(type, name, ...)                                                                      \
	static type (*real)(__VA_ARGS__);                                                          \
	if (!real)                                                                                 \
	*(void **)&real = next(name)

__attribute__((constructor)) static void begin(void)
{
	const char *only = getenv("POINTS_ONLY");
	const char *log = getenv("POINTS_LOG");
	const char *at = getenv("POINTS_KILL");
	const char *name = program_invocation_short_name;

	unsetenv("LD_PRELOAD");
	if (strncmp(name, "lt-", 3) == 0)
		name += 3;
	if (strcmp(name, only ? only : "pitrix") != 0)
		return;
	kill_at = at ? strtol(at, NULL, 10) : 0;
	if (log)
		log_fd = (int)syscall(SYS_openat, AT_FDCWD, log,
				      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	own = getpid();
}

static bool watched(void)
{
	return own && getpid() == own;
}

/* Here is a point. word: what it is about, of n bytes. */
static void point(const char *what, const char *word, size_t n)
{
	char line[WORD_MAX + 64];
	long number = 0;
	int length = 0;
	int before = errno;

	pthread_mutex_lock(&mutex);
	number = ++count;
	if (log_fd >= 0) {
		n = n < WORD_MAX ? n : WORD_MAX;
		for (size_t i = 0; i < n; i++)
			if (word[i] == '\r' || word[i] == '\n')
				n = i;
		length = snprintf(line, sizeof(line), "%ld %s %.*s\n", number, what, (int)n, word);
		syscall(SYS_write, log_fd, line, (size_t)length);
	}
	if (number == kill_at)
		kill(own, SIGKILL);
	pthread_mutex_unlock(&mutex);
	errno = before;
}

/* Does a request that changes something begin here? */
static bool changes(const void *data, size_t n)
{
	static const char *const verbs[] = { "POST /", "PUT /", "DELETE /", "PATCH /" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (n >= strlen(verbs[i]) && memcmp(data, verbs[i], strlen(verbs[i])) == 0)
			return true;
	return false;
}

static bool is_socket(int fd)
{
	struct stat st;

	return fd >= 0 && fd < FDS_MAX && fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* --- commits --- */

static void sync_point(const char *what, int fd)
{
	char link[32];
	char path[256];
	ssize_t n = 0;
	const char *name = NULL;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	point(what, name, strlen(name));
}

#define SYNC(name)                                                                                 \
	EXPORT int name(int fd);                                                                   \
	int name(int fd)                                                                           \
	{                                                                                          \
		int rc = 0;                                                                        \
		REAL(int, #name, int);                                                             \
		if (!watched())                                                                    \
			return real(fd);                                                           \
		sync_point("before-commit", fd);                                                   \
		rc = real(fd);                                                                     \
		sync_point("after-commit", fd);                                                    \
		return rc;                                                                         \
	}

SYNC(fsync)
SYNC(fdatasync)

/* --- requests over plain sockets --- */

/* The request at the start of data, on its way out: a point, and true if there is one. */
static bool before_send(int fd, const void *data, size_t n)
{
	if (!watched() || !changes(data, n) || !is_socket(fd))
		return false;
	point("before-request", data, n);
	return true;
}

static void after_send(int fd, const void *data, size_t n)
{
	__atomic_store_n(&asked[fd], 1, __ATOMIC_SEQ_CST);
	point("after-request", data, n);
}

static void answered(int fd, ssize_t n)
{
	if (n > 0 && fd >= 0 && fd < FDS_MAX && watched() &&
	    __atomic_exchange_n(&asked[fd], 0, __ATOMIC_SEQ_CST))
		point("answer", "", 0);
}

EXPORT ssize_t send(int fd, const void *data, size_t n, int flags)
{
	ssize_t rc = 0;
	bool mine = before_send(fd, data, n);
	REAL(ssize_t, "send", int, const void *, size_t, int);

	rc = real(fd, data, n, flags);
	if (mine)
		after_send(fd, data, n);
	return rc;
}

EXPORT ssize_t sendto(int fd, const void *data, size_t n, int flags, __CONST_SOCKADDR_ARG to,
		      socklen_t to_size)
{
	ssize_t rc = 0;
	bool mine = before_send(fd, data, n);
	REAL(ssize_t, "sendto", int, const void *, size_t, int, __CONST_SOCKADDR_ARG, socklen_t);

	rc = real(fd, data, n, flags, to, to_size);
	if (mine)
		after_send(fd, data, n);
	return rc;
}

EXPORT ssize_t write(int fd, const void *data, size_t n)
{
	ssize_t rc = 0;
	bool mine = before_send(fd, data, n);
	REAL(ssize_t, "write", int, const void *, size_t);

	rc = real(fd, data, n);
	if (mine)
		after_send(fd, data, n);
	return rc;
}

EXPORT ssize_t writev(int fd, const struct iovec *v, int n)
{
	ssize_t rc = 0;
	bool mine = n > 0 && before_send(fd, v[0].iov_base, v[0].iov_len);
	REAL(ssize_t, "writev", int, const struct iovec *, int);

	rc = real(fd, v, n);
	if (mine)
		after_send(fd, v[0].iov_base, v[0].iov_len);
	return rc;
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	ssize_t rc = 0;
	bool mine =
	    m->msg_iovlen > 0 && before_send(fd, m->msg_iov[0].iov_base, m->msg_iov[0].iov_len);
	REAL(ssize_t, "sendmsg", int, const struct msghdr *, int);

	rc = real(fd, m, flags);
	if (mine)
		after_send(fd, m->msg_iov[0].iov_base, m->msg_iov[0].iov_len);
	return rc;
}

EXPORT ssize_t recv(int fd, void *data, size_t n, int flags)
{
	ssize_t rc = 0;
	REAL(ssize_t, "recv", int, void *, size_t, int);

	rc = real(fd, data, n, flags);
	answered(fd, rc);
	return rc;
}

EXPORT ssize_t read(int fd, void *data, size_t n)
{
	ssize_t rc = 0;
	REAL(ssize_t, "read", int, void *, size_t);

	rc = real(fd, data, n);
	answered(fd, rc);
	return rc;
}

EXPORT int close(int fd)
{
	REAL(int, "close", int);
	if (fd >= 0 && fd < FDS_MAX)
		__atomic_store_n(&asked[fd], 0, __ATOMIC_SEQ_CST);
	return real(fd);
}

/* --- requests over TLS --- */

/* Remembers that the connection awaits an answer (add), or says whether it does, and forgets it. */
static bool tls_asked(const void *ssl, bool add)
{
	bool found = false;

	pthread_mutex_lock(&mutex);
	for (int i = 0; i < TLS_MAX && !found; i++)
		if (tls[i] == (add ? NULL : ssl)) {
			tls[i] = add ? ssl : NULL;
			found = true;
		}
	pthread_mutex_unlock(&mutex);
	return found;
}

static bool tls_before(const void *data, size_t n)
{
	if (!watched() || !changes(data, n))
		return false;
	point("before-request", data, n);
	return true;
}

static void tls_after(const void *ssl, const void *data, size_t n)
{
	tls_asked(ssl, true);
	point("after-request", data, n);
}

static void tls_answered(const void *ssl)
{
	if (watched() && tls_asked(ssl, false))
		point("answer", "", 0);
}

EXPORT int SSL_write(void *ssl, const void *data, int n);
int SSL_write(void *ssl, const void *data, int n)
{
	int rc = 0;
	bool mine = n > 0 && tls_before(data, (size_t)n);
	REAL(int, "SSL_write", void *, const void *, int);

	rc = real(ssl, data, n);
	if (mine && rc > 0)
		tls_after(ssl, data, (size_t)n);
	return rc;
}

EXPORT int SSL_write_ex(void *ssl, const void *data, size_t n, size_t *written);
int SSL_write_ex(void *ssl, const void *data, size_t n, size_t *written)
{
	int rc = 0;
	bool mine = tls_before(data, n);
	REAL(int, "SSL_write_ex", void *, const void *, size_t, size_t *);

	rc = real(ssl, data, n, written);
	if (mine && rc > 0)
		tls_after(ssl, data, n);
	return rc;
}

EXPORT int SSL_read(void *ssl, void *data, int n);
int SSL_read(void *ssl, void *data, int n)
{
	int rc = 0;
	REAL(int, "SSL_read", void *, void *, int);

	rc = real(ssl, data, n);
	if (rc > 0)
		tls_answered(ssl);
	return rc;
}

EXPORT int SSL_read_ex(void *ssl, void *data, size_t n, size_t *got);
int SSL_read_ex(void *ssl, void *data, size_t n, size_t *got)
{
	int rc = 0;
	REAL(int, "SSL_read_ex", void *, void *, size_t, size_t *);

	rc = real(ssl, data, n, got);
	if (rc > 0)
		tls_answered(ssl);
	return rc;
}
