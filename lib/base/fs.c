/* SPDX-License-Identifier: Apache-2.0 */
/* fs.c - read, write, make, remove and lock.
 *
 * Writing goes beside the target, is synced, renamed over it, and the folder is synced: a reader,
 * also one after a crash or a full disk, sees the old content or the new one. A half-written file
 * never has the final name.
 *
 * Locks are open file description locks (fcntl F_OFD_SETLK): two threads of one process that open
 * the file exclude each other as two processes do, and the kernel drops the lock with the
 * descriptor, so a killed holder leaves nothing stale. The file names its holder; it is advice for
 * whoever waits, never the lock itself.
 */
#define PTX_AREA PTX_AREA_BASE
#include "fs.h"
#include "path.h"
#include "rand.h"
#include "time.h"

#include <fcntl.h>
#include <poll.h>

#define DEFAULT_READ_MAX (64u << 20)
#define CHUNK            65536
#define TEMP_TRIES       100
#define LOCK_STEP_MS     50
#define HOLDER_MAX       200

/* The error of a failed call on path; a full disk gets a hint. */
static int fail_path(struct ptx_error **err, int errnum, const char *what, const char *path)
{
	int code = ptxi_code_from_errno(errnum);

	ptx_fail_errno(err, code, errnum, "cannot %s '%s'", what, path);
	if (errnum == ENOSPC || errnum == EDQUOT)
		ptxi_error_hint(err, "the disk or quota is full: free some space and try again");
	else if (errnum == EROFS)
		ptxi_error_hint(err, "the file system is read-only: choose another folder");
	return code;
}

static int read_all(int fd, const char *path, size_t max, struct ptx_buf *out,
		    struct ptx_error **err)
{
	size_t before = out->n;

	for (;;) {
		char *to = ptx_buf_reserve(out, CHUNK);
		ssize_t got = to ? read(fd, to, CHUNK) : 0;

		if (!to) {
			int status = out->status;

			return ptx_fail(err, status, "cannot hold '%s' in memory", path);
		}
		if (got < 0 && errno != EINTR)
			return fail_path(err, errno, "read", path);
		if (got == 0)
			return 0;
		if (got > 0)
			ptx_buf_commit(out, (size_t)got);
		if (out->n - before > max) {
			ptx_buf_truncate(out, before);
			return ptx_fail(err, PTX_E_LIMIT,
					"'%s' is larger than the %zu bytes allowed", path, max);
		}
	}
}

int ptxi_fs_read_fd(int fd, const char *path, size_t max, struct ptx_buf *out,
		    struct ptx_error **err)
{
	return read_all(fd, path, max, out, err);
}

int ptxi_fs_read(const char *path, size_t max, struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto_fd fd = -1;
	struct stat st = { 0 };

	if (max == 0)
		max = DEFAULT_READ_MAX;
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", max, out, err);
	/* Not blocking, so that a FIFO is refused below instead of waited for. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail_path(err, errno, "open", path);
	if (fstat(fd, &st) < 0)
		return fail_path(err, errno, "look at", path);
	if (S_ISDIR(st.st_mode))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is a folder, not a file", path);
	if (!S_ISREG(st.st_mode))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is not a regular file", path);
	if (st.st_size > 0 && (uint64_t)st.st_size > max)
		return ptx_fail(err, PTX_E_LIMIT, "'%s' has %lld bytes, more than the %zu allowed",
				path, (long long)st.st_size, max);
	return read_all(fd, path, max, out, err);
}

int ptxi_fs_read_given(const char *path, size_t max, struct ptx_buf *out, struct ptx_error **err)
{
	struct stat st = { 0 };
	ptx_auto_fd fd = -1;

	if (strcmp(path, "-") == 0 || stat(path, &st) < 0 ||
	    (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode)))
		return ptxi_fs_read(path, max, out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_path(err, errno, "open", path);
	return read_all(fd, path, max ? max : DEFAULT_READ_MAX, out, err);
}

/* Creates a file of a new name beside path. */
static int open_temp(const char *dir, mode_t mode, char **temp, struct ptx_error **err)
{
	for (int i = 0; i < TEMP_TRIES; i++) {
		uint64_t bits = 0;
		ptx_auto_str name = NULL;
		int fd = -1;

		ptxi_rand_bytes(&bits, sizeof(bits));
		name = ptxi_asprintf("%s%s.pitrix-%016llx", dir, strcmp(dir, "/") == 0 ? "" : "/",
				     (unsigned long long)bits);
		if (!name)
			return ptx_fail(err, PTX_E_NOMEM, "no memory to write into '%s'", dir);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd >= 0) {
			*temp = ptx_steal(&name);
			return fd;
		}
		if (errno != EEXIST && errno != EINTR)
			return fail_path(err, errno, "create a file in", dir);
	}
	return ptx_fail(err, PTX_E_IO, "cannot find a free name for a new file in '%s'", dir);
}

static int write_all(int fd, struct ptx_str content)
{
	while (content.n > 0) {
		ssize_t put = write(fd, content.p, content.n);

		if (put < 0 && errno != EINTR)
			return errno;
		if (put > 0)
			content = ptxi_str_from(content, (size_t)put);
	}
	return 0;
}

static int sync_dir(const char *dir, struct ptx_error **err)
{
	ptx_auto_fd fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return fail_path(err, errno, "open the folder", dir);
	/* Some file systems cannot sync a folder; they have said so, and there is nothing more to
	 * do. */
	if (fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
		return fail_path(err, errno, "sync the folder", dir);
	return 0;
}

/* Fills and closes the temporary file. Returns 0 or an errno. */
static int finish_temp(int fd, struct ptx_str content)
{
	int failed = write_all(fd, content);

	if (!failed && fsync(fd) < 0)
		failed = errno;
	if (close(fd) < 0 && !failed && errno != EINTR)
		failed = errno;
	return failed;
}

int ptxi_fs_write(const char *path, struct ptx_str content, mode_t mode, struct ptx_error **err)
{
	ptx_auto_str dir = ptxi_path_dir(path);
	ptx_auto_str temp = NULL;
	int fd = -1;
	int failed = 0;

	if (!dir)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to write '%s'", path);
	fd = open_temp(dir, mode, &temp, err);
	if (fd < 0)
		return ptx_wrap(err, "while writing '%s'", path);
	failed = finish_temp(fd, content);
	if (!failed && rename(temp, path) < 0)
		failed = errno;
	if (failed) {
		/* open_temp() sets it whenever there is an fd. */
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
		unlink(temp);
		return fail_path(err, failed, "write", path);
	}
	return sync_dir(dir, err);
}

int ptxi_fs_mkdirs(const char *path, mode_t mode, struct ptx_error **err)
{
	ptx_auto_str part = ptxi_strdup(path);
	char *at = part;

	if (!part)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to make the folder '%s'", path);
	if (!path[0])
		return ptx_fail(err, PTX_E_USAGE, "cannot make a folder without a name");
	while (*at) {
		char cut = 0;
		int failed = 0;

		at += strspn(at, "/");
		at += strcspn(at, "/");
		cut = *at;
		*at = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			failed = errno;
		/* What cannot be made may be there all the same, on a read-only file system for
		 * one. */
		if (failed && !ptxi_fs_is_dir(part))
			return fail_path(err, failed, "make the folder", part);
		if (!ptxi_fs_is_dir(part))
			return ptx_fail(
			    err, PTX_E_EXISTS,
			    "cannot make the folder '%s': '%s' is there and is no folder", path,
			    part);
		*at = cut;
	}
	return 0;
}

char *ptxi_fs_tempdir(const char *dir, const char *prefix, struct ptx_error **err)
{
	const char *tmp = dir ? dir : secure_getenv("TMPDIR");
	ptx_auto_str name = NULL;

	if (!tmp || !tmp[0])
		tmp = "/tmp";
	name = ptxi_asprintf("%s/%sXXXXXX", tmp, prefix ? prefix : "");
	if (!name) {
		ptx_fail(err, PTX_E_NOMEM, "no memory to make a folder in '%s'", tmp);
		return NULL;
	}
	if (!mkdtemp(name)) {
		fail_path(err, errno, "make a temporary folder in", tmp);
		return NULL;
	}
	return ptx_steal(&name);
}

char *ptxi_fs_absolute(const char *path, struct ptx_error **err)
{
	char *here = NULL;
	char *whole = NULL;

	if (path[0] == '/') {
		whole = ptxi_strdup(path);
	} else {
		here = getcwd(NULL, 0);
		if (!here) {
			ptx_fail_errno(err, ptxi_code_from_errno(errno), errno,
				       "cannot tell where '%s' is", path);
			return NULL;
		}
		whole = ptxi_path_join(here, path);
		free(here);
	}
	if (!whole)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	return whole;
}

bool ptxi_fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool ptxi_fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Who the file says holds the lock: its first line, made printable. */
static void read_holder(int fd, char out[HOLDER_MAX + 1])
{
	ssize_t got = pread(fd, out, HOLDER_MAX, 0);
	size_t n = got > 0 ? (size_t)got : 0;

	for (size_t i = 0; i < n; i++) {
		if (out[i] == '\n' || out[i] == '\0')
			n = i;
		else if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			out[i] = '?';
	}
	out[n] = '\0';
}

static void write_holder(int fd, const char *what)
{
	ptx_auto_str text =
	    ptxi_asprintf("pid %ld%s%s\n", (long)getpid(), what ? " " : "", what ? what : "");

	/* Advice only: a full disk does not make the lock worse. */
	if (ftruncate(fd, 0) == 0 && text && pwrite(fd, text, strlen(text), 0) < 0)
		return;
}

/* True while path still names the file that fd has open. */
static bool is_same_file(int fd, const char *path)
{
	struct stat a;
	struct stat b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* Takes the lock of fd. Returns 0, EAGAIN (somebody has it) or another errno. */
static int try_lock(int fd, bool wait)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	while (fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock) < 0) {
		if (errno == EACCES)
			return EAGAIN;
		if (errno != EINTR)
			return errno;
	}
	return 0;
}

int ptxi_fs_lock(const char *path, int64_t wait_ms, const char *what, struct ptx_error **err)
{
	int64_t until = ptxi_time_mono_ms() + wait_ms;

	for (;;) {
		ptx_auto_fd fd =
		    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
		char holder[HOLDER_MAX + 1] = "";
		int64_t left = 0;
		int failed = 0;

		if (fd < 0)
			return fail_path(err, errno, "open the lock file", path);
		failed = try_lock(fd, wait_ms < 0);
		if (failed && failed != EAGAIN)
			return fail_path(err, failed, "lock", path);
		if (!failed && is_same_file(fd, path)) {
			int mine = fd;

			write_holder(fd, what);
			fd = -1;
			return mine;
		}
		if (!failed)
			continue; /* somebody removed the file between our open and our lock */
		left = until - ptxi_time_mono_ms();
		if (left <= 0) {
			read_holder(fd, holder);
			ptx_fail(err, PTX_E_BUSY, "'%s' is locked by %s", path,
				 holder[0] ? holder : "somebody else");
			return ptxi_error_hint(
			    err, "wait until it is done, or wait longer for the lock");
		}
		poll(NULL, 0, left < LOCK_STEP_MS ? (int)left : LOCK_STEP_MS);
	}
}
