/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/time.h"

Suite *suite_base_proc(void);

#define SH(script) ((const char *const[]){ "sh", "-c", (script), NULL })

static int run(const struct ptxi_proc_opts *o, struct ptxi_proc_result *r)
{
	struct ptx_error *err = NULL;
	int rc = ptxi_proc_run(NULL, o, r, &err);

	ck_assert_int_eq(rc, ptx_error_code(err));
	ptxi_error_drop(&err);
	return rc;
}

static const struct {
	const char *script;
	const char *input;
	int status;
	const char *out, *err;
} rows[] = {
	{ "echo out; echo err >&2; exit 3", NULL, 3, "out\n", "err\n" },
	{ "cat", "hello", 0, "hello", "" },
	{ "cat", NULL, 0, "", "" },
	{ "exit 0", "unwanted", 0, "", "" },
	{ "kill -9 $$", NULL, 137, "", "" },
	{ "kill -15 $$", NULL, 143, "", "" },
	{ "printf 'a\\0b'", NULL, 0, "a", "" },
	{ "exec >&- 2>&-; sleep 0.2; exit 7", NULL, 7, "", "" },
	{ "ls /proc/self/fd | tr '\\n' ' '", NULL, 0, "0 1 2 3 ",
	  "" }, /* 3 is ls reading the folder */
};

START_TEST(programs_run)
{
	struct ptxi_proc_opts o = { .argv = SH(rows[_i].script),
				    .input = ptxi_str(rows[_i].input) };
	struct ptxi_proc_result r;

	ck_assert_int_eq(run(&o, &r), 0);
	ck_assert_int_eq(r.exit_status, rows[_i].status);
	ck_assert_str_eq(r.out.p, rows[_i].out);
	ck_assert_str_eq(r.err.p, rows[_i].err);
	ck_assert(!r.truncated);
	ptxi_proc_result_done(&r);
}
END_TEST

START_TEST(arguments_are_no_shell)
{
	struct ptxi_proc_opts o = { .argv = (const char *const[]){ "printf", "%s|", "$HOME", "a b",
								   "`id`", "", "*", NULL } };
	struct ptxi_proc_result r;

	ck_assert_int_eq(run(&o, &r), 0);
	ck_assert_str_eq(r.out.p, "$HOME|a b|`id`||*|");
	ptxi_proc_result_done(&r);
}
END_TEST

START_TEST(environment_folder_and_merged_errors)
{
	struct ptxi_proc_opts o = { .argv = SH("echo $A $HOME >&2; pwd; echo $B"),
				    .env = (const char *const[]){ "A=1", "HOME=/elsewhere", NULL },
				    .cwd = "/usr",
				    .merge_stderr = true };
	struct ptxi_proc_result r;

	ck_assert_int_eq(run(&o, &r), 0);
	ck_assert_str_eq(r.out.p, "1 /elsewhere\n/usr\n\n");
	ck_assert_str_eq(r.err.p, "");
	ptxi_proc_result_done(&r);
}
END_TEST

START_TEST(more_than_a_pipe_both_ways)
{
	ptx_auto_buf big;
	struct ptxi_proc_opts o = { .argv = SH("tee /dev/stderr") };
	struct ptxi_proc_result r;

	ptx_buf_init(&big, 0);
	for (int i = 0; i < 300000; i++)
		ptx_buf_printf(&big, "%d ", i);
	o.input = ptx_buf_str(&big);
	ck_assert_int_eq(run(&o, &r), 0);
	ck_assert(ptxi_str_eq(ptx_buf_str(&r.out), o.input));
	ck_assert(ptxi_str_eq(ptx_buf_str(&r.err), o.input));
	ptxi_proc_result_done(&r);
	/* A program that closes its input early does not kill us. */
	o.argv = SH("exec <&-; sleep 0.1; echo fine");
	ck_assert_int_eq(run(&o, &r), 0);
	ck_assert_str_eq(r.out.p, "fine\n");
	ptxi_proc_result_done(&r);
}
END_TEST

START_TEST(output_is_bounded)
{
	struct ptxi_proc_opts o = { .argv =
					SH("head -c 1000000 /dev/zero | tr '\\0' x; echo done >&2"),
				    .max_output = 1000 };
	struct ptxi_proc_result r;

	ck_assert_int_eq(run(&o, &r), 0);
	ck_assert_uint_eq(r.out.n, 1000);
	ck_assert(r.truncated);
	ck_assert_str_eq(r.err.p, "done\n");
	ptxi_proc_result_done(&r);
}
END_TEST

START_TEST(a_timeout_ends_the_whole_group)
{
	ptx_auto_str dir = ptxi_fs_tempdir(NULL, "proc-", NULL);
	struct ptxi_proc_opts o = { .argv =
					SH("sh -c 'sleep 1; touch late' & echo started; sleep 30"),
				    .cwd = dir,
				    .timeout_ms = 200 };
	ptx_auto_str late = ptxi_path_join(dir, "late");
	struct ptxi_proc_result r;
	int64_t before = ptxi_time_mono_ms();

	ck_assert_int_eq(run(&o, &r), PTX_E_TIMEOUT);
	ck_assert_int_lt(ptxi_time_mono_ms() - before, 1000);
	ck_assert_str_eq(r.out.p, "started\n");
	ck_assert_int_eq(r.exit_status, 143);
	ptxi_proc_result_done(&r);
	usleep(1200000);
	ck_assert(!ptxi_fs_exists(late));
	ptxi_fs_remove(dir, NULL);
}
END_TEST

START_TEST(who_ignores_sigterm_is_killed)
{
	struct ptxi_proc_opts o = { .argv = SH("trap '' TERM; while :; do sleep 0.1; done"),
				    .timeout_ms = 100 };
	struct ptxi_proc_result r;
	int64_t before = ptxi_time_mono_ms();

	ck_assert_int_eq(run(&o, &r), PTX_E_TIMEOUT);
	ck_assert_int_ge(ptxi_time_mono_ms() - before, 2000);
	ck_assert_int_lt(ptxi_time_mono_ms() - before, 3500);
	ck_assert_int_eq(r.exit_status, 137);
	ptxi_proc_result_done(&r);
}
END_TEST

static void *cancel_later(void *ctx)
{
	usleep(200000);
	ptx_ctx_cancel(ctx);
	return NULL;
}

START_TEST(cancel_ends_it)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct ptxi_proc_opts o = { .argv = SH("exec sleep 30") };
	struct ptxi_proc_result r;
	int64_t before = ptxi_time_mono_ms();
	pthread_t t;

	ck_assert_int_eq(pthread_create(&t, NULL, cancel_later, ctx), 0);
	ck_assert_int_eq(ptxi_proc_run(ctx, &o, &r, NULL), PTX_E_CANCELED);
	ck_assert_int_lt(ptxi_time_mono_ms() - before, 1000);
	pthread_join(t, NULL);
	ptxi_proc_result_done(&r);
	/* Canceled before: nothing is started. */
	ck_assert_int_eq(ptxi_proc_run(ctx, &o, &r, NULL), PTX_E_CANCELED);
	ptxi_proc_result_done(&r);
}
END_TEST

START_TEST(a_grandchild_that_keeps_the_pipe_is_not_waited_for)
{
	struct ptxi_proc_opts o = { .argv = SH("sleep 5 & echo up") };
	struct ptxi_proc_result r;
	int64_t before = ptxi_time_mono_ms();

	ck_assert_int_eq(run(&o, &r), 0);
	ck_assert_str_eq(r.out.p, "up\n");
	ck_assert_int_lt(ptxi_time_mono_ms() - before, 2000);
	ptxi_proc_result_done(&r);
}
END_TEST

static const struct {
	const char *program, *cwd;
	int code;
	const char *says;
} refused[] = {
	{ "no-such-program-here", NULL, PTX_E_NOT_FOUND, "no-such-program-here" },
	{ "/no/such/program", NULL, PTX_E_NOT_FOUND, "/no/such/program" },
	{ "/etc/passwd", NULL, PTX_E_DENIED, "/etc/passwd" },
	{ "/usr", NULL, PTX_E_DENIED, "/usr" },
	{ "", NULL, PTX_E_NOT_FOUND, "''" },
	{ "true", "/no/such/folder", PTX_E_NOT_FOUND, "/no/such/folder" },
};

START_TEST(what_cannot_run)
{
	struct ptxi_proc_opts o = { .argv = (const char *const[]){ refused[_i].program, NULL },
				    .cwd = refused[_i].cwd };
	struct ptxi_proc_result r;
	struct ptx_error *err = NULL;

	ck_assert_int_eq(ptxi_proc_run(NULL, &o, &r, &err), refused[_i].code);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), refused[_i].says));
	ptxi_error_drop(&err);
	ptxi_proc_result_done(&r);
}
END_TEST

START_TEST(our_signals_do_not_reach_it)
{
	struct ptxi_proc_opts o = {
		.argv = SH("sed -n '/SigBlk/p; /SigIgn/s/0000000000000000/0000000180000000/p; t; "
			   "/SigIgn/p' /proc/self/status")
	};
	struct ptxi_proc_result r;
	sigset_t usr;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr, NULL);
	ck_assert_int_eq(run(&o, &r), 0);
	/* The C library itself leaves its two internal signals, 32 and 33, ignored. */
	ck_assert_str_eq(r.out.p, "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n");
	ptxi_proc_result_done(&r);
}
END_TEST

static void *run_many(void *user)
{
	(void)user;
	for (int i = 0; i < 20; i++) {
		char text[32];
		struct ptxi_proc_opts o = { .argv = (const char *const[]){ "cat", NULL } };
		struct ptxi_proc_result r;

		snprintf(text, sizeof(text), "%d", i);
		o.input = ptxi_str(text);
		if (ptxi_proc_run(NULL, &o, &r, NULL) != 0 || strcmp(r.out.p, text) != 0)
			return (void *)"wrong";
		ptxi_proc_result_done(&r);
	}
	return NULL;
}

START_TEST(many_threads_at_once)
{
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run_many, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		void *wrong = NULL;

		pthread_join(threads[i], &wrong);
		ck_assert_ptr_null(wrong);
	}
}
END_TEST

START_TEST(a_daemon_is_on_its_own)
{
	ptx_auto_str dir = ptxi_fs_tempdir(NULL, "proc-", NULL);
	ptx_auto_str log = ptxi_path_join(dir, "log");
	ptx_auto_buf out;
	struct ptx_error *err = NULL;
	char sid[32];
	struct stat st;

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(
	    ptxi_proc_daemon(
		SH("read line; echo \"in:$line\"; echo oops >&2; ps -o sid= -p $$ | tr -d ' '; "
		   "ls -m /proc/$$/fd; echo end"),
		log, NULL),
	    0);
	for (int i = 0; i < 500 && !strstr(out.p, "end\n"); i++) {
		usleep(10000);
		ptx_buf_clear(&out);
		ptxi_fs_read(log, 0, &out, NULL);
	}
	ck_assert_int_eq(strncmp(out.p, "in:\noops\n", 9), 0);
	ck_assert_ptr_nonnull(strstr(out.p, "\n0, 1, 2"));
	ck_assert_ptr_null(strstr(out.p, "0, 1, 2, 3"));
	snprintf(sid, sizeof(sid), "\n%ld\n", (long)getsid(0));
	ck_assert_ptr_null(strstr(out.p, sid));
	ck_assert_int_eq(stat(log, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(
	    ptxi_proc_daemon((const char *const[]){ "no-such-program-here", NULL }, NULL, &err),
	    PTX_E_NOT_FOUND);
	ptxi_error_drop(&err);
	ck_assert_int_eq(
	    ptxi_proc_daemon((const char *const[]){ "true", NULL }, "/no/such/log", &err),
	    PTX_E_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "/no/such/log"));
	ptxi_error_drop(&err);
	ptxi_fs_remove(dir, NULL);
}
END_TEST

/* Who starts a daemon may delete the folder that it stood in: a clone, a job's workspace. */
START_TEST(a_daemon_leaves_the_folder_of_its_caller)
{
	ptx_auto_str dir = ptxi_fs_tempdir(NULL, "proc-", NULL);
	ptx_auto_str program = ptxi_path_join(dir, "program");
	ptx_auto_str log = ptxi_path_join(dir, "log");
	ptx_auto_fd before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(
	    ptxi_fs_write(program, ptxi_str("#!/bin/sh\nreadlink /proc/$$/cwd\n"), 0700, NULL), 0);
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(ptxi_proc_daemon((const char *const[]){ "./program", NULL }, "log", NULL),
			 0);
	ck_assert_int_eq(fchdir(before), 0);
	for (int i = 0; i < 500 && !strchr(out.p, '\n'); i++) {
		usleep(10000);
		ptx_buf_clear(&out);
		ptxi_fs_read(log, 0, &out, NULL);
	}
	ck_assert_str_eq(out.p, "/\n");
	ptxi_fs_remove(dir, NULL);
}
END_TEST

START_TEST(an_exec_that_fails_is_told)
{
	ptx_auto_str dir = ptxi_fs_tempdir(NULL, "proc-", NULL);
	ptx_auto_str file = ptxi_path_join(dir, "text");
	struct ptx_error *err = NULL;

	ck_assert_int_eq(ptxi_fs_write(file, ptxi_str("no program"), 0700, NULL), 0);
	ck_assert_int_lt(ptxi_proc_daemon((const char *const[]){ file, NULL }, NULL, &err), 0);
	ck_assert_int_eq(ptx_error_errno(err), ENOEXEC);
	ptxi_error_drop(&err);
	ptxi_fs_remove(dir, NULL);
}
END_TEST

START_TEST(programs_are_found)
{
	ptx_auto_str sh = ptxi_proc_find("sh");
	ptx_auto_str full = ptxi_proc_find("/bin/sh");

	ck_assert_int_eq(sh[0], '/');
	ck_assert_str_eq(ptxi_path_base(sh), "sh");
	ck_assert_str_eq(full, "/bin/sh");
	ck_assert_ptr_null(ptxi_proc_find("no-such-program-here"));
	ck_assert_ptr_null(ptxi_proc_find(""));
	ck_assert_ptr_null(ptxi_proc_find("/usr"));
}
END_TEST

Suite *suite_base_proc(void)
{
	Suite *s = suite_create("base_proc");
	TCase *tc = tcase_create("proc");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, programs_run, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, arguments_are_no_shell);
	tcase_add_test(tc, environment_folder_and_merged_errors);
	tcase_add_test(tc, more_than_a_pipe_both_ways);
	tcase_add_test(tc, output_is_bounded);
	tcase_add_test(tc, a_timeout_ends_the_whole_group);
	tcase_add_test(tc, who_ignores_sigterm_is_killed);
	tcase_add_test(tc, cancel_ends_it);
	tcase_add_test(tc, a_grandchild_that_keeps_the_pipe_is_not_waited_for);
	tcase_add_loop_test(tc, what_cannot_run, 0, PTXI_COUNT(refused));
	tcase_add_test(tc, our_signals_do_not_reach_it);
	tcase_add_test(tc, many_threads_at_once);
	tcase_add_test(tc, a_daemon_is_on_its_own);
	tcase_add_test(tc, a_daemon_leaves_the_folder_of_its_caller);
	tcase_add_test(tc, an_exec_that_fails_is_told);
	tcase_add_test(tc, programs_are_found);
	suite_add_tcase(s, tc);
	return s;
}
