/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/time.h"

Suite *suite_base_fs(void);

static char *dir;

static void make_dir(void)
{
	dir = ptxi_fs_tempdir(NULL, "fs-", NULL);
	ck_assert_ptr_nonnull(dir);
}

static void drop_dir(void)
{
	ck_assert_int_eq(ptxi_fs_remove(dir, NULL), 0);
	ck_assert(!ptxi_fs_exists(dir));
	ptx_free(dir);
}

/* A path in the test's folder; kept until the process ends. */
static const char *in(const char *name)
{
	static char paths[16][512];
	static unsigned next;
	char *p = paths[next++ % 16];

	snprintf(p, sizeof(paths[0]), "%s/%s", dir, name);
	return p;
}

static void put(const char *name, const char *text)
{
	ck_assert_int_eq(ptxi_fs_write(in(name), ptxi_str(text), 0644, NULL), 0);
}

START_TEST(written_is_read)
{
	ptx_auto_buf out;
	struct stat st;
	mode_t mask = umask(022);

	ptx_buf_init(&out, 0);
	put("f", "old");
	ck_assert_int_eq(ptxi_fs_write(in("f"), ptxi_strn("n\0w", 3), 0666, NULL), 0);
	ptx_buf_adds(&out, "<");
	ck_assert_int_eq(ptxi_fs_read(in("f"), 3, &out, NULL), 0);
	ck_assert_uint_eq(out.n, 4);
	ck_assert_mem_eq(out.p, "<n\0w", 4);
	ck_assert_int_eq(stat(in("f"), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0644);
	ck_assert_int_eq(ptxi_fs_write(in("empty"), ptxi_strn(NULL, 0), 0600, NULL), 0);
	ptx_buf_clear(&out);
	ck_assert_int_eq(ptxi_fs_read(in("empty"), 0, &out, NULL), 0);
	ck_assert_uint_eq(out.n, 0);
	ck_assert_int_eq(ptxi_fs_read("/proc/self/status", 0, &out, NULL), 0);
	ck_assert_uint_gt(out.n, 100);
	umask(mask);
}
END_TEST

START_TEST(reading_what_cannot_be_read)
{
	struct ptx_error *err = NULL;
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, "kept");
	ck_assert_int_eq(ptxi_fs_read(in("none"), 0, &out, &err), PTX_E_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "none"));
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_read(dir, 0, &out, &err), PTX_E_INVALID);
	ptxi_error_drop(&err);
	ck_assert_int_eq(mkfifo(in("fifo"), 0600), 0);
	ck_assert_int_eq(ptxi_fs_read(in("fifo"), 0, &out, &err), PTX_E_INVALID);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_read("/dev/zero", 0, &out, &err), PTX_E_INVALID);
	ptxi_error_drop(&err);
	put("five", "12345");
	ck_assert_int_eq(ptxi_fs_read(in("five"), 4, &out, &err), PTX_E_LIMIT);
	ptxi_error_drop(&err);
	/* A file of /proc says that it has no bytes; the limit holds all the same. */
	ck_assert_int_eq(ptxi_fs_read("/proc/self/status", 10, &out, &err), PTX_E_LIMIT);
	ptxi_error_drop(&err);
	ck_assert_str_eq(out.p, "kept");
}
END_TEST

static int count_entries(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	(void)e;
	(void)err;
	++*(int *)user;
	return 0;
}

START_TEST(what_a_person_names_may_be_a_pipe)
{
	ptx_auto_buf out;
	const char *fifo = in("fifo");
	pid_t child = 0;

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	child = fork();
	if (child == 0) {
		int fd = open(fifo, O_WRONLY);

		_exit(fd >= 0 && write(fd, "piped", 5) == 5 ? 0 : 1);
	}
	ck_assert_int_eq(ptxi_fs_read_given(fifo, 0, &out, NULL), 0);
	ck_assert_str_eq(out.p, "piped");
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(ptxi_fs_read_given("/dev/null", 0, &out, NULL), 0);
	ck_assert_uint_eq(out.n, 5);
	ck_assert_int_eq(ptxi_fs_read_given("/dev/zero", 10, &out, NULL), PTX_E_LIMIT);
	ck_assert_int_eq(ptxi_fs_read_given(dir, 0, &out, NULL), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_fs_read_given(in("none"), 0, &out, NULL), PTX_E_NOT_FOUND);
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_old_file_and_nothing_else)
{
	struct rlimit limit = { 4, RLIM_INFINITY };
	struct ptx_error *err = NULL;
	ptx_auto_buf out;
	int entries = 0;

	ptx_buf_init(&out, 0);
	put("f", "old");
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_lt(ptxi_fs_write(in("f"), ptxi_str("much longer"), 0600, &err), 0);
	ck_assert_int_eq(ptx_error_errno(err), EFBIG);
	ptxi_error_drop(&err);
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(ptxi_fs_read(in("f"), 0, &out, NULL), 0);
	ck_assert_str_eq(out.p, "old");
	ck_assert_int_eq(ptxi_fs_walk(dir, 1, count_entries, &entries, NULL), 0);
	ck_assert_int_eq(entries, 1);
	ck_assert_int_eq(ptxi_fs_write(in("no/such/folder"), ptxi_str("x"), 0600, &err),
			 PTX_E_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "no/such"));
	ptxi_error_drop(&err);
	ck_assert_int_eq(mkdir(in("d"), 0700), 0);
	ck_assert_int_lt(ptxi_fs_write(in("d"), ptxi_str("x"), 0600, &err), 0);
	ptxi_error_drop(&err);
}
END_TEST

/* A tmpfs of one page in a mount namespace of this test's own process; without the right to make
 * one there is no full disk to be had. */
START_TEST(a_full_disk_has_a_hint)
{
	struct ptx_error *err = NULL;
	char text[65536] = "";
	int pages = 0;

	ck_assert_int_eq(mkdir(in("small"), 0700), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", in("small"), "tmpfs", 0, "size=16k") < 0)
		return;
	ck_assert_int_eq(ptxi_fs_write(in("small/f"), ptxi_strn(text, sizeof(text)), 0600, &err),
			 PTX_E_IO);
	ck_assert_int_eq(ptx_error_errno(err), ENOSPC);
	ck_assert_ptr_nonnull(strstr(ptx_error_hint(err), "full"));
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_walk(in("small"), 1, count_entries, &pages, NULL), 0);
	ck_assert_int_eq(pages, 0);
	umount(in("small"));
}
END_TEST

START_TEST(folders)
{
	struct ptx_error *err = NULL;
	struct stat st;

	ck_assert_int_eq(ptxi_fs_mkdirs(in("a//b/./c/"), 0750, NULL), 0);
	ck_assert(ptxi_fs_is_dir(in("a/b/c")));
	ck_assert_int_eq(stat(in("a/b"), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0750);
	ck_assert_int_eq(ptxi_fs_mkdirs(in("a/b/c"), 0750, NULL), 0);
	ck_assert_int_eq(ptxi_fs_mkdirs("/", 0750, NULL), 0);
	put("f", "x");
	ck_assert_int_eq(ptxi_fs_mkdirs(in("f/x"), 0700, &err), PTX_E_EXISTS);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "no folder"));
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_mkdirs(in("f"), 0700, &err), PTX_E_EXISTS);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_mkdirs("", 0700, &err), PTX_E_USAGE);
	ptxi_error_drop(&err);
	ck_assert_int_eq(symlink("nowhere", in("dangling")), 0);
	ck_assert_int_lt(ptxi_fs_mkdirs(in("dangling/x"), 0700, &err), 0);
	ptxi_error_drop(&err);
	ck_assert(ptxi_fs_exists(in("dangling")));
	ck_assert(!ptxi_fs_is_dir(in("dangling")));
}
END_TEST

START_TEST(temporary_folders)
{
	struct ptx_error *err = NULL;
	ptx_auto_str a = ptxi_fs_tempdir(dir, "t-", NULL);
	ptx_auto_str b = ptxi_fs_tempdir(dir, "t-", NULL);
	struct stat st;

	ck_assert_str_ne(a, b);
	ck_assert_int_eq(strncmp(a, in("t-"), strlen(in("t-"))), 0);
	ck_assert_int_eq(stat(a, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	ck_assert_ptr_null(ptxi_fs_tempdir(in("none"), "t-", &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_NOT_FOUND);
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(removing_follows_no_link)
{
	ck_assert_int_eq(ptxi_fs_mkdirs(in("keep"), 0700, NULL), 0);
	put("keep/f", "x");
	ck_assert_int_eq(ptxi_fs_mkdirs(in("gone/sub"), 0700, NULL), 0);
	ck_assert_int_eq(symlink("../keep", in("gone/link")), 0);
	ck_assert_int_eq(symlink("keep", in("link")), 0);
	ck_assert_int_eq(mkfifo(in("gone/sub/fifo"), 0600), 0);
	ck_assert_int_eq(chmod(in("gone/sub"), 0500), 0);
	ck_assert_int_eq(ptxi_fs_remove(in("link"), NULL), 0);
	ck_assert_int_eq(ptxi_fs_remove(in("gone"), NULL), 0);
	ck_assert(!ptxi_fs_exists(in("gone")));
	ck_assert(ptxi_fs_exists(in("keep/f")));
	ck_assert_int_eq(ptxi_fs_remove(in("keep/f"), NULL), 0);
	ck_assert_int_eq(ptxi_fs_remove(in("never/was"), NULL), 0);
}
END_TEST

START_TEST(removing_goes_to_any_depth)
{
	int top = open(dir, O_RDONLY | O_DIRECTORY);
	int at = dup(top);
	struct rlimit before = { 0, 0 };
	struct rlimit few = { 0, 0 };

	for (int i = 0; i < 3000; i++) {
		int next = -1;

		ck_assert_int_eq(mkdirat(at, "deeper-and-deeper", 0700), 0);
		next = openat(at, "deeper-and-deeper", O_RDONLY | O_DIRECTORY);
		ck_assert_int_ge(next, 0);
		close(at);
		at = next;
	}
	close(at);
	close(top);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ 128, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(ptxi_fs_remove(in("deeper-and-deeper"), NULL), 0);
	ck_assert(!ptxi_fs_exists(in("deeper-and-deeper")));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

static int join_paths(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct ptx_buf *out = user;

	(void)err;
	ptx_buf_printf(out, "%s%s ", e->path,
		       S_ISDIR(e->st.st_mode)   ? "/"
		       : S_ISLNK(e->st.st_mode) ? "@"
						: "");
	return strcmp(e->path, "skipped") == 0 ? PTXI_WALK_SKIP : 0;
}

static int stop_at_b(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	++*(int *)user;
	if (strcmp(e->path, "b") == 0) {
		ptx_error_set(err, PTX_E_FAILED, "no more");
		return PTX_E_FAILED;
	}
	return 0;
}

START_TEST(walking_is_sorted_and_bounded)
{
	struct ptx_error *err = NULL;
	ptx_auto_buf out;
	int n = 0;

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_fs_mkdirs(in("b/c/d"), 0700, NULL), 0);
	ck_assert_int_eq(ptxi_fs_mkdirs(in("skipped/x"), 0700, NULL), 0);
	put("b.txt", "");
	put("B", "");
	put("a", "");
	put("b/z", "");
	ck_assert_int_eq(symlink("b", in("link")), 0);
	ck_assert_int_eq(ptxi_fs_walk(dir, 4, join_paths, &out, NULL), 0);
	ck_assert_str_eq(out.p, "B a b/ b/c/ b/c/d/ b/z b.txt link@ skipped/ ");
	ck_assert_int_eq(ptxi_fs_walk(dir, 3, count_entries, &n, &err), PTX_E_LIMIT);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "b/c/d"));
	ptxi_error_drop(&err);
	n = 0;
	ck_assert_int_eq(ptxi_fs_walk(dir, 9, stop_at_b, &n, &err), PTX_E_FAILED);
	ck_assert_int_eq(n, 3);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_walk(in("a"), 9, count_entries, &n, &err), PTX_E_INVALID);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_walk(in("none"), 9, count_entries, &n, &err), PTX_E_NOT_FOUND);
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(a_lock_excludes_and_names_its_holder)
{
	struct ptx_error *err = NULL;
	int first = ptxi_fs_lock(in("lock"), 0, "deploy of 'zk'", NULL);
	int64_t before = ptxi_time_mono_ms();
	char pid[32];
	struct stat st;

	ck_assert_int_ge(first, 0);
	ck_assert_int_eq(fstat(first, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	snprintf(pid, sizeof(pid), "pid %ld", (long)getpid());
	/* The same thread of the same process is excluded too. */
	ck_assert_int_eq(ptxi_fs_lock(in("lock"), 0, NULL, &err), PTX_E_BUSY);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), pid));
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "deploy of 'zk'"));
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_lock(in("lock"), 120, NULL, NULL), PTX_E_BUSY);
	ck_assert_int_ge(ptxi_time_mono_ms() - before, 120);
	close(first);
	first = ptxi_fs_lock(in("lock"), 0, NULL, NULL);
	ck_assert_int_ge(first, 0);
	close(first);
	ck_assert_int_eq(ptxi_fs_lock(in("no/lock"), 0, NULL, &err), PTX_E_NOT_FOUND);
	ptxi_error_drop(&err);
	ck_assert_int_eq(symlink("f", in("link")), 0);
	ck_assert_int_lt(ptxi_fs_lock(in("link"), 0, NULL, &err), 0);
	ptxi_error_drop(&err);
}
END_TEST

/* The holder is a child that shares the lock: under valgrind a thread that waits in fcntl() holds
 * all others up. */
START_TEST(waiters_get_the_lock)
{
	int64_t waits[] = { 5000, -1 };

	for (size_t i = 0; i < PTXI_COUNT(waits); i++) {
		int first = ptxi_fs_lock(in("lock"), 0, "a", NULL);
		pid_t holder = fork();
		int second = -1;

		if (holder == 0) {
			usleep(150000);
			_exit(0);
		}
		close(first);
		ck_assert_int_eq(ptxi_fs_lock(in("lock"), 0, "b", NULL), PTX_E_BUSY);
		second = ptxi_fs_lock(in("lock"), waits[i], "b", NULL);
		ck_assert_int_ge(second, 0);
		ck_assert_int_eq(waitpid(holder, NULL, 0), holder);
		close(second);
	}
}
END_TEST

START_TEST(a_killed_holder_leaves_nothing)
{
	int ready[2];
	pid_t pid = -1;
	char c = 0;
	int fd = -1;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (ptxi_fs_lock(in("lock"), 0, "child", NULL) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(ptxi_fs_lock(in("lock"), 0, NULL, NULL), PTX_E_BUSY);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fd = ptxi_fs_lock(in("lock"), 0, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	close(fd);
}
END_TEST

START_TEST(a_hostile_lock_file_is_made_printable)
{
	struct ptx_error *err = NULL;
	int fd = ptxi_fs_lock(in("lock"), 0, NULL, NULL);

	ck_assert_int_eq(pwrite(fd, "pid 1 \x1b[31m\nsecond line", 22, 0), 22);
	ck_assert_int_eq(ptxi_fs_lock(in("lock"), 0, NULL, &err), PTX_E_BUSY);
	ck_assert_ptr_null(strchr(ptx_error_message(err), '\x1b'));
	ck_assert_ptr_null(strstr(ptx_error_message(err), "second"));
	ptxi_error_drop(&err);
	close(fd);
}
END_TEST

START_TEST(paths_from_the_root)
{
	ptx_auto_str as_is = ptxi_fs_absolute("/a/../b", NULL);
	ptx_auto_str joined = NULL;
	struct ptx_error *err = NULL;

	ck_assert_str_eq(as_is, "/a/../b");
	ck_assert_int_eq(mkdir(in("gone"), 0700), 0);
	ck_assert_int_eq(chdir(in("gone")), 0);
	joined = ptxi_fs_absolute("a/../b", NULL);
	ck_assert_str_eq(joined, in("gone/a/../b"));
	ck_assert_int_eq(rmdir(in("gone")), 0);
	ck_assert_ptr_null(ptxi_fs_absolute("a", &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_NOT_FOUND);
	ptxi_error_drop(&err);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

Suite *suite_base_fs(void)
{
	Suite *s = suite_create("base_fs");
	TCase *tc = tcase_create("fs");

	tcase_add_checked_fixture(tc, make_dir, drop_dir);
	tcase_add_test(tc, written_is_read);
	tcase_add_test(tc, reading_what_cannot_be_read);
	tcase_add_test(tc, what_a_person_names_may_be_a_pipe);
	tcase_add_test(tc, a_write_that_fails_leaves_the_old_file_and_nothing_else);
	tcase_add_test(tc, a_full_disk_has_a_hint);
	tcase_add_test(tc, folders);
	tcase_add_test(tc, temporary_folders);
	tcase_add_test(tc, removing_follows_no_link);
	tcase_add_test(tc, removing_goes_to_any_depth);
	tcase_add_test(tc, walking_is_sorted_and_bounded);
	tcase_add_test(tc, a_lock_excludes_and_names_its_holder);
	tcase_add_test(tc, waiters_get_the_lock);
	tcase_add_test(tc, a_killed_holder_leaves_nothing);
	tcase_add_test(tc, a_hostile_lock_file_is_made_printable);
	tcase_add_test(tc, paths_from_the_root);
	suite_add_tcase(s, tc);
	return s;
}
