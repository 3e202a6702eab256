/* SPDX-License-Identifier: Apache-2.0 */
/* ctx.c - the one ambient thing: hooks, folders and cancellation.
 *
 * The environment is read once, in ptx_ctx_new(), so that a context means the same for as long as
 * it lives. After it is set up a context is only read, by any number of threads, except for two
 * things: the cancel flag, a lock-free atomic that a signal handler may set, and the log hook,
 * which a mutex calls one line at a time. Inside the library a context may be NULL: then everything
 * is the default and nothing is logged.
 */
#define PTX_AREA PTX_AREA_BASE
#include "ctx.h"
#include "fs.h"
#include "path.h"
#include "rand.h"
#include "time.h"

#include <pthread.h>
#include <stdatomic.h>

#if ATOMIC_BOOL_LOCK_FREE != 2
#error "the cancel flag must be lock-free, because signal handlers set it"
#endif

struct ptx_ctx {
	enum ptx_log_level log_most;
	ptx_log_fn log;
	void *log_user;
	pthread_mutex_t log_lock;
	ptx_clock_fn clock;
	void *clock_user;
	ptx_random_fn random;
	void *random_user;
	char *home;
	char *cache;
	atomic_bool canceled;
};

/* The value of a variable that is set and not empty; NULL in programs with raised privileges. */
static const char *env(const char *name)
{
	const char *s = secure_getenv(name);

	return s && s[0] ? s : NULL;
}

/* dir as an absolute path, owned, so that a later change of folder does not move it. */
static char *absolute(const char *dir)
{
	ptx_auto_str from_root = ptxi_fs_absolute(dir, NULL);

	return from_root ? ptxi_path_clean(from_root) : NULL;
}

/* One folder by the rules of context.h: $PITRIX_HOME[/sub], else $xdg/pitrix, else
 * $HOME/fallback/pitrix. True unless memory ran out; *out stays NULL where the environment names
 * none. */
static bool folder_from_env(const char *sub, const char *xdg, const char *fallback, char **out)
{
	const char *own = env("PITRIX_HOME");
	const char *base = env(xdg);
	const char *home = env("HOME");
	ptx_auto_str dir = NULL;

	if (own)
		dir = sub ? ptxi_path_join(own, sub) : ptxi_strdup(own);
	else if (base &&
		 base[0] == '/') /* a relative one is to be ignored, says the XDG specification */
		dir = ptxi_path_join(base, "pitrix");
	else if (home)
		dir = ptxi_asprintf("%s/%s/pitrix", home, fallback);
	else
		return true;
	*out = dir ? absolute(dir) : NULL;
	return *out != NULL;
}

struct ptx_ctx *ptx_ctx_new(void)
{
	ptx_auto(ctx) ctx = ptxi_alloc(sizeof(*ctx));

	if (!ctx)
		return NULL;
	pthread_mutex_init(&ctx->log_lock, NULL);
	atomic_init(&ctx->canceled, false);
	if (!folder_from_env(NULL, "XDG_STATE_HOME", ".local/state", &ctx->home) ||
	    !folder_from_env("cache", "XDG_CACHE_HOME", ".cache", &ctx->cache))
		return NULL;
	return ptx_steal(&ctx);
}

void ptx_ctx_free(struct ptx_ctx *ctx)
{
	if (!ctx)
		return;
	pthread_mutex_destroy(&ctx->log_lock);
	ptx_free(ctx->home);
	ptx_free(ctx->cache);
	ptx_free(ctx);
}

void ptx_ctx_set_log(struct ptx_ctx *ctx, enum ptx_log_level most, ptx_log_fn fn, void *user)
{
	ctx->log_most = most;
	ctx->log = fn;
	ctx->log_user = user;
}

void ptx_ctx_set_clock(struct ptx_ctx *ctx, ptx_clock_fn fn, void *user)
{
	ctx->clock = fn;
	ctx->clock_user = user;
}

void ptx_ctx_set_random(struct ptx_ctx *ctx, ptx_random_fn fn, void *user)
{
	ctx->random = fn;
	ctx->random_user = user;
}

static int set_folder(char **slot, const char *folder)
{
	char *copy = NULL;

	if (!folder || !folder[0])
		return PTX_E_USAGE;
	copy = absolute(folder);
	if (!copy)
		return PTX_E_NOMEM;
	ptx_free(*slot);
	*slot = copy;
	return 0;
}

int ptx_ctx_set_home(struct ptx_ctx *ctx, const char *folder)
{
	return set_folder(&ctx->home, folder);
}

int ptx_ctx_set_cache(struct ptx_ctx *ctx, const char *folder)
{
	return set_folder(&ctx->cache, folder);
}

const char *ptx_ctx_home(const struct ptx_ctx *ctx)
{
	return ctx ? ctx->home : NULL;
}

const char *ptx_ctx_cache(const struct ptx_ctx *ctx)
{
	return ctx ? ctx->cache : NULL;
}

void ptx_ctx_cancel(struct ptx_ctx *ctx)
{
	atomic_store_explicit(&ctx->canceled, true, memory_order_release);
}

bool ptx_ctx_canceled(const struct ptx_ctx *ctx)
{
	return ctx && atomic_load_explicit(&ctx->canceled, memory_order_acquire);
}

int64_t ptxi_ctx_now(const struct ptx_ctx *ctx)
{
	return ctx && ctx->clock ? ctx->clock(ctx->clock_user) : ptxi_time_wall_ns();
}

int ptxi_ctx_random(const struct ptx_ctx *ctx, void *bytes, size_t n, struct ptx_error **err)
{
	if (ctx && ctx->random) {
		int rc = ctx->random(bytes, n, ctx->random_user);

		return rc == 0
			   ? 0
			   : ptx_fail(err, PTX_E_FAILED, "the random source failed with %d", rc);
	}
	ptxi_rand_bytes(bytes, n);
	return 0;
}

int ptxi_ctx_check(const struct ptx_ctx *ctx, struct ptx_error **err)
{
	return ptx_ctx_canceled(ctx) ? ptx_fail(err, PTX_E_CANCELED, "canceled") : 0;
}

static const char *need(const char *folder, const char *what, const char *variable,
			struct ptx_error **err)
{
	if (!folder) {
		ptx_fail(err, PTX_E_CONFIG,
			 "there is no folder for the %s: none of PITRIX_HOME, %s and HOME is set",
			 what, variable);
		ptxi_error_hint(err, "set PITRIX_HOME to a folder of yours");
		return NULL;
	}
	if (ptxi_fs_mkdirs(folder, 0700, err) < 0) {
		ptx_wrap(err, "while making the folder of the %s", what);
		return NULL;
	}
	return folder;
}

const char *ptxi_ctx_need_home(const struct ptx_ctx *ctx, struct ptx_error **err)
{
	return need(ptx_ctx_home(ctx), "state", "XDG_STATE_HOME", err);
}

const char *ptxi_ctx_need_cache(const struct ptx_ctx *ctx, struct ptx_error **err)
{
	return need(ptx_ctx_cache(ctx), "cache", "XDG_CACHE_HOME", err);
}

bool ptxi_ctx_logs(const struct ptx_ctx *ctx, enum ptx_log_level level)
{
	return ctx && ctx->log && level <= ctx->log_most;
}

void ptxi_ctx_log(const struct ptx_ctx *ctx, enum ptx_log_level level, const char *area,
		  const char *line)
{
	/* Handles are const where they are only read; the lock is not part of what can be read. */
	pthread_mutex_t *lock = NULL;

	if (!ptxi_ctx_logs(ctx, level))
		return;
	lock = (pthread_mutex_t *)&ctx->log_lock;
	pthread_mutex_lock(lock);
	ctx->log(level, area, line, ctx->log_user);
	pthread_mutex_unlock(lock);
}
