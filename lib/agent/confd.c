/* SPDX-License-Identifier: Apache-2.0 */
/* confd.c - one resource after the other.
 *
 *     pass: for each resource whose input is new, or that failed:
 *           render -> stage -> (same: next) -> check_cmd -> install -> reload_cmd -> next
 *
 * A pass looks at the view as it is when a resource's turn comes; the view changes by whole
 * generations only, so no file is rendered from half of one. What changes meanwhile makes one more
 * pass afterwards. A resource that fails is told, leaves its destination as it was, and is tried
 * again; the others go on. Invariant: at most one command of ours runs, and c->command is set while
 * it does.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "confd.h"

#include <dirent.h>
#include <malloc.h>

#include "../base/fs.h"
#include "../base/log.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/vec.h"

#define MOST_RESOURCES 512
#define MOST_REPORT    ((size_t)16 << 10)
#define MOST_OUTPUT    ((size_t)4 << 10)

struct item {
	struct ptxi_resource r;
	bool is_loaded;
	bool has_digest; /* of the input that dest was made of */
	unsigned char digest[32];
	unsigned char next[32]; /* of what is being rendered */
	char *why;              /* it failed, or its reload did */
	bool failed;            /* dest is not as it should be */
};

struct waiter {
	struct waiter *next;
	ptxi_confd_fn done;
	void *user;
	bool stops; /* waits for the end */
};

struct ptxi_confd {
	struct ptxi_confd_opts o;
	char *folder;
	char *prefix; /* "" or "/self" */
	bool is_running;
	bool is_passing;
	bool is_dirty;    /* one more pass */
	bool was_stopped; /* before the start that is waited for */
	PTX_VEC(struct item) items;
	size_t at; /* in a pass: the resource whose turn it is */
	char *staged;
	struct ptxi_command *command;
	struct event *step;
	struct event *retry;
	struct waiter *waiting; /* for the next pass */
	struct waiter *passing; /* for the one that runs */
	struct ptx_buf report;
};

static void soon(struct ptxi_confd *c)
{
	struct timeval now = { 0, 0 };

	event_add(c->step, &now);
}

/* --- those who wait --- */

static int wait_for(struct ptxi_confd *c, ptxi_confd_fn done, void *user, bool stops,
		    struct ptx_error **err)
{
	struct waiter *w = ptxi_alloc(sizeof(*w));

	if (!w)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for confd");
	*w = (struct waiter){ c->waiting, done, user, stops };
	c->waiting = w;
	return 0;
}

/* Tells everybody in the list. */
static void tell(struct waiter **list, bool started, const char *report)
{
	struct waiter *w = *list;

	*list = NULL;
	while (w) {
		struct waiter *next = w->next;

		w->done(w->user, w->stops ? !started : started, report);
		ptx_free(w);
		w = next;
	}
}

static bool drop(struct waiter **at, const void *user)
{
	for (; *at; at = &(*at)->next) {
		struct waiter *w = *at;

		if (w->user != user)
			continue;
		*at = w->next;
		ptx_free(w);
		return true;
	}
	return false;
}

/* --- resources --- */

static void items_done(struct ptxi_confd *c)
{
	for (size_t i = 0; i < c->items.n; i++) {
		ptxi_resource_done(&c->items.v[i].r);
		ptx_free(c->items.v[i].why);
	}
	ptx_vec_done(&c->items);
}

static void report(struct ptxi_confd *c, const char *name, const char *what)
{
	if (c->report.n < MOST_REPORT)
		ptx_buf_printf(&c->report, "%s: %s\n", name, what);
}

/* The resource did not come through; text may hold several lines. */
static void fail_item(struct ptxi_confd *c, struct item *it, bool failed, const char *text)
{
	ptx_free(it->why);
	it->why = ptxi_strndup(text, strnlen(text, MOST_OUTPUT));
	it->failed = failed;
	report(c, it->r.name ? it->r.name : "confd", text);
	ptxi_log(c->o.ctx, PTX_LOG_WARN, "agent",
		 failed ? "a resource failed" : "a resource was not reloaded",
		 PTXI_F("resource", it->r.name), PTXI_F("why", it->why), PTXI_F_END);
}

static void fail_item_error(struct ptxi_confd *c, struct item *it, const struct ptx_error *e)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, MOST_OUTPUT);
	ptx_error_print(e, &text);
	fail_item(c, it, true, text.n ? text.p : ptx_error_message(e));
}

static void load_item(struct ptxi_confd *c, struct item *it)
{
	ptx_auto_str name = it->r.name;
	struct ptx_error *e = NULL;

	it->r.name = NULL;
	ptxi_resource_done(&it->r);
	it->is_loaded = name && ptxi_resource_load(&it->r, c->folder, name, &e) == 0;
	if (!it->r.name)
		it->r.name = ptx_steal(&name);
	if (e)
		fail_item_error(c, it, e);
	ptx_error_free(e);
}

static int by_name(const void *a, const void *b, void *user)
{
	const struct item *x = a;
	const struct item *y = b;

	(void)user;
	return strcmp(x->r.name, y->r.name);
}

/* The names in conf.d; what is there is read when its turn comes. */
static int list_items(struct ptxi_confd *c, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(c->folder, "conf.d");
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry = NULL;
	bool ok = true;

	items_done(c);
	while (dir && ok && (entry = readdir(dir))) {
		struct item it = { .is_loaded = false };

		if (entry->d_name[0] == '.' || !ptxi_str_ends(ptxi_str(entry->d_name), ".toml"))
			continue;
		if (c->items.n == MOST_RESOURCES) {
			closedir(dir);
			return ptx_fail(err, PTX_E_LIMIT,
					"there are more than %d resources in '%s'", MOST_RESOURCES,
					path);
		}
		it.r.name = ptxi_strdup(entry->d_name);
		ok = it.r.name && ptx_vec_push(&c->items, it);
		if (!ok)
			ptx_free(it.r.name);
	}
	if (dir)
		closedir(dir);
	if (!path || !ok ||
	    !ptxi_sort(c->items.v, c->items.n, sizeof(c->items.v[0]), by_name, NULL))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for resources");
	return 0;
}

/* --- one resource --- */

static void next_item(struct ptxi_confd *c)
{
	c->at++;
	soon(c);
}

static void settle(struct ptxi_confd *c, struct item *it)
{
	memcpy(it->digest, it->next, sizeof(it->digest));
	it->has_digest = true;
	it->failed = false;
	ptx_free(it->why);
	it->why = NULL;
	(void)c;
}

static void unstage(struct ptxi_confd *c)
{
	if (c->staged)
		unlink(c->staged);
	ptx_free(c->staged);
	c->staged = NULL;
}

static void command_failed(struct ptxi_confd *c, struct item *it, const char *what, bool failed,
			   const struct ptxi_command_result *r)
{
	ptx_auto_buf text = { 0 };
	struct ptx_str output = ptxi_str_trim(ptxi_str(r->output));

	ptx_buf_init(&text, 0);
	if (r->timed_out)
		ptx_buf_printf(&text, "%s took too long and was ended", what);
	else
		ptx_buf_printf(&text, "%s ended with status %d", what, r->exit_status);
	if (output.n)
		ptx_buf_printf(&text, ": %.*s", PTX_STR_ARG(output));
	fail_item(c, it, failed, text.p);
}

static bool run(struct ptxi_confd *c, struct item *it, const char *cmd, bool failed,
		ptxi_command_fn done)
{
	struct ptxi_command_opts o = { .cmd = cmd,
				       .timeout_ms = c->o.command_ms,
				       .max_output = MOST_OUTPUT / 2,
				       .done = done,
				       .user = c };
	struct ptx_error *e = NULL;

	c->command = ptxi_command_start(c->o.commands, &o, &e);
	if (c->command)
		return true;
	fail_item(c, it, failed, ptx_error_message(e));
	ptx_error_free(e);
	return false;
}

static void on_reloaded(void *user, const struct ptxi_command_result *r)
{
	struct ptxi_confd *c = user;
	struct item *it = &c->items.v[c->at];

	c->command = NULL;
	if (r->exit_status != 0 || r->timed_out)
		command_failed(c, it, "reload_cmd", false, r);
	next_item(c);
}

static void install(struct ptxi_confd *c, struct item *it)
{
	struct ptx_error *e = NULL;

	if (ptxi_resource_install(&it->r, c->staged, &e) < 0) {
		fail_item_error(c, it, e);
		ptx_error_free(e);
		unstage(c);
		next_item(c);
		return;
	}
	ptx_free(c->staged);
	c->staged = NULL;
	settle(c, it);
	report(c, it->r.name, it->r.dest);
	ptxi_log(c->o.ctx, PTX_LOG_INFO, "agent", "rendered", PTXI_F("dest", it->r.dest),
		 PTXI_F_END);
	if (!it->r.reload_cmd || !run(c, it, it->r.reload_cmd, false, on_reloaded))
		next_item(c);
}

static void on_checked(void *user, const struct ptxi_command_result *r)
{
	struct ptxi_confd *c = user;
	struct item *it = &c->items.v[c->at];

	c->command = NULL;
	if (!c->is_running || r->exit_status != 0 || r->timed_out) {
		if (c->is_running)
			command_failed(c, it, "check_cmd", true, r);
		unstage(c);
		next_item(c);
		return;
	}
	install(c, it);
}

static int render(struct ptxi_confd *c, struct item *it, bool *same, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	int code = 0;

	ptx_buf_init(&text, PTXI_RESOURCE_MAX_OUTPUT);
	code = ptxi_resource_render(&it->r, &c->o.view->keys, c->prefix, &text, err);
	if (code == 0 && !ptx_buf_ok(&text))
		code = ptx_fail(err, text.status, "the rendered file is too large");
	if (code < 0)
		return code;
	c->staged = ptxi_resource_stage(&it->r, ptx_buf_str(&text), same, err);
	return c->staged || *same ? 0 : PTX_E_IO;
}

static void turn(struct ptxi_confd *c, struct item *it)
{
	struct ptx_error *e = NULL;
	bool same = false;

	if (!it->is_loaded) {
		load_item(c, it);
		if (!it->is_loaded) {
			next_item(c);
			return;
		}
	}
	if (ptxi_resource_digest(&it->r, &c->o.view->keys, c->prefix, it->next, &e) == 0) {
		if (it->has_digest && !it->failed &&
		    memcmp(it->digest, it->next, sizeof(it->next)) == 0) {
			c->at++; /* nothing new for it: no need to come back for the next one */
			return;
		}
		render(c, it, &same, &e);
	}
	if (e) {
		fail_item_error(c, it, e);
		ptx_error_free(e);
		next_item(c);
	} else if (same) {
		settle(c, it);
		next_item(c);
	} else if (!it->r.check_cmd) {
		install(c, it);
	} else {
		ptx_auto_str cmd = ptxi_resource_check_cmd(&it->r, c->staged, &e);

		if (cmd && run(c, it, cmd, true, on_checked))
			return;
		if (e)
			fail_item_error(c, it, e);
		ptx_error_free(e);
		unstage(c);
		next_item(c);
	}
}

/* --- passes --- */

static bool has_failed(const struct ptxi_confd *c)
{
	for (size_t i = 0; i < c->items.n; i++)
		if (c->items.v[i].failed)
			return true;
	return false;
}

static void stopped(struct ptxi_confd *c)
{
	c->is_passing = false;
	event_del(c->retry);
	items_done(c);
	tell(&c->passing, false, "confd was stopped\n");
	tell(&c->waiting, false, "confd was stopped\n");
}

static void end_pass(struct ptxi_confd *c)
{
	bool failed = has_failed(c);
	ptx_auto_str text = ptx_buf_steal(&c->report, NULL);

	c->is_passing = false;
	ptx_buf_init(&c->report, 0);
	if (failed && c->passing && c->was_stopped)
		c->is_running = false;
	c->was_stopped = c->passing ? false : c->was_stopped;
	tell(&c->passing, !failed, text ? text : "");
	malloc_trim(0);
	if (!c->is_running) {
		stopped(c);
	} else if (c->is_dirty) {
		soon(c);
	} else if (failed) {
		struct timeval tv = { (time_t)(c->o.retry_ms / 1000),
				      (suseconds_t)(c->o.retry_ms % 1000 * 1000) };

		event_add(c->retry, &tv);
	}
}

static void begin_pass(struct ptxi_confd *c)
{
	struct waiter **end = &c->passing;

	while (*end)
		end = &(*end)->next;
	*end = c->waiting;
	c->waiting = NULL;
	c->is_passing = true;
	c->is_dirty = false;
	c->at = 0;
	event_del(c->retry);
}

static void on_step(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_confd *c = user;

	(void)fd, (void)what;
	if (c->command)
		return;
	if (!c->is_running) {
		stopped(c);
		return;
	}
	if (!c->is_passing) {
		if (!c->is_dirty || !c->o.view->ready)
			return;
		begin_pass(c);
	}
	while (c->at < c->items.n) {
		size_t at = c->at;

		turn(c, &c->items.v[at]);
		if (c->command || event_pending(c->step, EV_TIMEOUT, NULL))
			return;
	}
	end_pass(c);
}

static void on_retry(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_confd *c = user;

	(void)fd, (void)what;
	c->is_dirty = true;
	soon(c);
}

/* --- from outside --- */

int ptxi_confd_start(struct ptxi_confd *c, ptxi_confd_fn done, void *user, struct ptx_error **err)
{
	int code = done ? wait_for(c, done, user, false, err) : 0;

	if (code < 0)
		return code;
	if (!c->is_passing && !c->command) {
		code = list_items(c, err);
		if (code < 0) {
			drop(&c->waiting, user);
			return code;
		}
	}
	c->was_stopped = done && (c->was_stopped || !c->is_running);
	c->is_running = true;
	c->is_dirty = true;
	for (size_t i = 0; i < c->items.n; i++)
		c->items.v[i].has_digest = false; /* look at every file again */
	soon(c);
	return 0;
}

int ptxi_confd_stop(struct ptxi_confd *c, ptxi_confd_fn done, void *user, struct ptx_error **err)
{
	int code = wait_for(c, done, user, true, err);

	if (code < 0)
		return code;
	c->is_running = false;
	c->is_dirty = false;
	soon(c);
	return 0;
}

void ptxi_confd_forget(struct ptxi_confd *c, void *user)
{
	if (!drop(&c->waiting, user) && !drop(&c->passing, user))
		return;
	if (c->was_stopped && !c->waiting && !c->passing) {
		c->is_running = false;
		c->was_stopped = false;
		soon(c);
	}
}

void ptxi_confd_changed(struct ptxi_confd *c)
{
	if (!c->is_running)
		return;
	c->is_dirty = true;
	if (!c->is_passing)
		soon(c);
}

bool ptxi_confd_is_running(const struct ptxi_confd *c)
{
	return c->is_running;
}

bool ptxi_confd_is_idle(const struct ptxi_confd *c)
{
	return !c->is_passing && !c->command && !c->staged && !c->waiting && !c->passing;
}

const char *ptxi_confd_trouble(const struct ptxi_confd *c)
{
	for (size_t i = 0; i < c->items.n; i++)
		if (c->items.v[i].why)
			return c->items.v[i].why;
	return NULL;
}

struct ptxi_confd *ptxi_confd_new(const struct ptxi_confd_opts *o, struct ptx_error **err)
{
	struct ptxi_confd *c = ptxi_alloc(sizeof(*c));

	if (c) {
		c->o = *o;
		c->o.command_ms = o->command_ms > 0 ? o->command_ms : 300000;
		c->o.retry_ms = o->retry_ms > 0 ? o->retry_ms : 30000;
		ptx_buf_init(&c->report, 0);
		c->folder = ptxi_strdup(o->folder);
		c->prefix = ptxi_strdup(strcmp(o->prefix, "/") == 0 ? "/self" : "");
		c->step = event_new(o->base, -1, 0, on_step, c);
		c->retry = event_new(o->base, -1, 0, on_retry, c);
	}
	if (!c || !c->folder || !c->prefix || !c->step || !c->retry) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for confd");
		ptxi_confd_free(c);
		return NULL;
	}
	return c;
}

void ptxi_confd_free(struct ptxi_confd *c)
{
	if (!c)
		return;
	while (c->waiting)
		drop(&c->waiting, c->waiting->user);
	while (c->passing)
		drop(&c->passing, c->passing->user);
	unstage(c);
	items_done(c);
	if (c->step)
		event_free(c->step);
	if (c->retry)
		event_free(c->retry);
	ptx_buf_done(&c->report);
	ptx_free(c->folder);
	ptx_free(c->prefix);
	ptx_free(c);
}
