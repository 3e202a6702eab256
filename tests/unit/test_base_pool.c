/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/pool.h"

Suite *suite_base_pool(void);

static atomic_int done, at_once, most;

/* Tests may share a process (CK_FORK=no). */
static void set_up(void)
{
	atomic_store(&done, 0);
	atomic_store(&at_once, 0);
	atomic_store(&most, 0);
}

static void count(void *work, void *user)
{
	(void)user;
	atomic_fetch_add(&done, *(int *)work);
}

static void overlap(void *work, void *user)
{
	int now = atomic_fetch_add(&at_once, 1) + 1;
	int seen = atomic_load(&most);

	(void)work;
	(void)user;
	while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now))
		;
	usleep(20000);
	atomic_fetch_sub(&at_once, 1);
}

static void add_more(void *work, void *user)
{
	static int one = 1;
	struct ptxi_pool *p = user;

	(void)work;
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(ptxi_pool_add(p, count, &one, NULL, NULL), 0);
}

START_TEST(all_work_is_done)
{
	ptxi_auto(pool) p = ptxi_pool_new(4, NULL);
	int one = 1;

	ptxi_pool_wait(p);
	for (int i = 0; i < 20000; i++)
		ck_assert_int_eq(ptxi_pool_add(p, count, &one, NULL, NULL), 0);
	ptxi_pool_wait(p);
	ck_assert_int_eq(atomic_load(&done), 20000);
}
END_TEST

START_TEST(work_runs_side_by_side_up_to_the_limit)
{
	ptxi_auto(pool) p = ptxi_pool_new(3, NULL);

	for (int i = 0; i < 12; i++)
		ck_assert_int_eq(ptxi_pool_add(p, overlap, NULL, NULL, NULL), 0);
	ptxi_pool_wait(p);
	ck_assert_int_eq(atomic_load(&most), 3);
}
END_TEST

START_TEST(a_worker_may_add_beyond_the_bound)
{
	ptxi_auto(pool) p = ptxi_pool_new(1, NULL);

	ck_assert_int_eq(ptxi_pool_add(p, add_more, NULL, p, NULL), 0);
	ptxi_pool_wait(p);
	ck_assert_int_eq(atomic_load(&done), 1000);
}
END_TEST

START_TEST(freeing_waits_for_what_is_queued)
{
	struct ptxi_pool *p = ptxi_pool_new(2, NULL);
	int one = 1;

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(ptxi_pool_add(p, count, &one, NULL, NULL), 0);
	ptxi_pool_free(p);
	ck_assert_int_eq(atomic_load(&done), 100);
	ptxi_pool_free(NULL);
}
END_TEST

static void note_mask(void *work, void *user)
{
	sigset_t mask;

	(void)user;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	*(bool *)work = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT);
}

START_TEST(workers_take_no_signals)
{
	ptxi_auto(pool) p = ptxi_pool_new(1, NULL);
	bool blocked = false;
	sigset_t mask;

	ck_assert_int_eq(ptxi_pool_add(p, note_mask, &blocked, NULL, NULL), 0);
	ptxi_pool_wait(p);
	ck_assert(blocked);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	ck_assert(!sigismember(&mask, SIGTERM));
}
END_TEST

START_TEST(what_cannot_be)
{
	struct ptx_error *err = NULL;

	ck_assert_ptr_null(ptxi_pool_new(0, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_USAGE);
	ptxi_error_drop(&err);
	ck_assert_ptr_null(ptxi_pool_new(100000, &err));
	ptxi_error_drop(&err);
	for (uint64_t n = 1; n <= 3; n++) {
		ptxi_alloc_fail_at(n, true);
		ck_assert_ptr_null(ptxi_pool_new(2, NULL));
	}
	ptxi_alloc_fail_at(0, false);
}
END_TEST

Suite *suite_base_pool(void)
{
	Suite *s = suite_create("base_pool");
	TCase *tc = tcase_create("pool");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, all_work_is_done);
	tcase_add_test(tc, work_runs_side_by_side_up_to_the_limit);
	tcase_add_test(tc, a_worker_may_add_beyond_the_bound);
	tcase_add_test(tc, freeing_waits_for_what_is_queued);
	tcase_add_test(tc, workers_take_no_signals);
	tcase_add_test(tc, what_cannot_be);
	suite_add_tcase(s, tc);
	return s;
}
