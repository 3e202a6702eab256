/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - worker threads and a bounded queue.
 *
 * One mutex guards a ring of pieces of work. A thread is started when work comes, none is idle and
 * there may be more. The queue is bounded, so whoever adds faster than the workers take waits; a
 * worker that adds is not made to wait, because it might be the one that is waited for: then the
 * ring grows.
 *
 * Workers block all signals, so that signals reach the threads of the program.
 */
#define PTX_AREA PTX_AREA_BASE
#include "pool.h"

#include <pthread.h>
#include <signal.h>

#define QUEUE_MAX   256
#define THREADS_MAX 1024u

struct piece {
	ptxi_work_fn fn;
	void *work;
	void *user;
};

struct ptxi_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;  /* there is work, or the end has come */
	pthread_cond_t room;  /* the queue is shorter than QUEUE_MAX */
	pthread_cond_t quiet; /* nothing is queued or running */
	struct piece *ring;
	size_t cap, head, queued;
	pthread_t *threads;
	unsigned most, started, idle;
	size_t running;
	bool ending;
};

static void take(struct ptxi_pool *p)
{
	struct piece piece = p->ring[p->head];

	p->head = (p->head + 1) % p->cap;
	p->queued--;
	p->running++;
	pthread_cond_signal(&p->room);
	pthread_mutex_unlock(&p->lock);
	piece.fn(piece.work, piece.user);
	pthread_mutex_lock(&p->lock);
	p->running--;
	if (p->running == 0 && p->queued == 0)
		pthread_cond_broadcast(&p->quiet);
}

static void *run_worker(void *arg)
{
	struct ptxi_pool *p = arg;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		if (p->queued > 0) {
			take(p);
			continue;
		}
		if (p->ending)
			break;
		p->idle++;
		pthread_cond_wait(&p->work, &p->lock);
		p->idle--;
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct ptxi_pool *ptxi_pool_new(unsigned threads, struct ptx_error **err)
{
	struct ptxi_pool *p = NULL;

	if (threads == 0 || threads > THREADS_MAX) {
		ptx_fail(err, PTX_E_USAGE, "a pool has 1 to %u threads, not %u", THREADS_MAX,
			 threads);
		return NULL;
	}
	p = ptxi_alloc(sizeof(*p));
	if (p) {
		pthread_mutex_init(&p->lock, NULL);
		pthread_cond_init(&p->work, NULL);
		pthread_cond_init(&p->room, NULL);
		pthread_cond_init(&p->quiet, NULL);
		p->most = threads;
		p->threads = ptxi_alloc_array(threads, sizeof(p->threads[0]));
		p->ring = ptxi_alloc_array(QUEUE_MAX, sizeof(p->ring[0]));
		p->cap = QUEUE_MAX;
	}
	if (!p || !p->threads || !p->ring) {
		ptxi_pool_free(p);
		ptx_fail(err, PTX_E_NOMEM, "no memory for a pool of %u threads", threads);
		return NULL;
	}
	return p;
}

void ptxi_pool_free(struct ptxi_pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->started; i++)
		pthread_join(p->threads[i], NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->quiet);
	ptx_free(p->threads);
	ptx_free(p->ring);
	ptx_free(p);
}

/* True in a worker of this pool. The lock is held: started counts only threads whose id is written.
 */
static bool is_worker(const struct ptxi_pool *p)
{
	for (unsigned i = 0; i < p->started; i++)
		if (pthread_equal(p->threads[i], pthread_self()))
			return true;
	return false;
}

static bool grow(struct ptxi_pool *p)
{
	struct piece *ring = ptxi_alloc_array(p->cap * 2, sizeof(ring[0]));

	if (!ring)
		return false;
	for (size_t i = 0; i < p->queued; i++)
		ring[i] = p->ring[(p->head + i) % p->cap];
	ptx_free(p->ring);
	p->ring = ring;
	p->head = 0;
	p->cap *= 2;
	return true;
}

/* Starts a further thread if that helps. 0, or the errno of a pool that has no thread at all. */
static int start_thread(struct ptxi_pool *p)
{
	sigset_t all;
	sigset_t before;
	int failed = 0;

	if (p->idle > p->queued || p->started == p->most)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&p->threads[p->started], NULL, run_worker, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		p->started++;
	return p->started == 0 ? failed : 0;
}

int ptxi_pool_add(struct ptxi_pool *p, ptxi_work_fn fn, void *work, void *user,
		  struct ptx_error **err)
{
	int rc = 0;
	int failed = 0;

	pthread_mutex_lock(&p->lock);
	while (p->queued >= QUEUE_MAX && !is_worker(p))
		pthread_cond_wait(&p->room, &p->lock);
	failed = start_thread(p);
	if (failed) {
		rc = ptx_fail_errno(err, PTX_E_UNAVAILABLE, failed, "cannot start a thread");
	} else if (p->queued == p->cap && !grow(p)) {
		rc = ptx_fail(err, PTX_E_NOMEM, "no memory to queue more than %zu pieces of work",
			      p->queued);
	} else {
		/* With no room, queued is cap, and grow() made some. */
		/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
		p->ring[(p->head + p->queued) % p->cap] = (struct piece){ fn, work, user };
		p->queued++;
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

void ptxi_pool_wait(struct ptxi_pool *p)
{
	pthread_mutex_lock(&p->lock);
	while (p->queued > 0 || p->running > 0)
		pthread_cond_wait(&p->quiet, &p->lock);
	pthread_mutex_unlock(&p->lock);
}
