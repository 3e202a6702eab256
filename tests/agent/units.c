/* SPDX-License-Identifier: Apache-2.0 */
/* units.c - the parts of the Drone on their own: resources, the journal, commands, confd, volumes.
 */
#define PTX_AREA PTX_AREA_AGENT
#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/confd.h"
#include "agent/journal.h"
#include "agent/volume.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/time.h"

static struct ptx_ctx *ctx;
static char *home;

static void set_up(void)
{
	ctx = ptx_ctx_new();
	home = ptxi_fs_tempdir("/tmp", "ptx-agent-", NULL);
	ck_assert_ptr_nonnull(home);
}

static void tear_down(void)
{
	ck_assert_int_eq(ptxi_fs_remove(home, NULL), 0);
	ptx_free(home);
	ptx_ctx_free(ctx);
}

static void put(const char *name, const char *text)
{
	ptx_auto_str path = ptxi_path_join(home, name);
	ptx_auto_str dir = ptxi_path_dir(path);

	ck_assert_int_eq(ptxi_fs_mkdirs(dir, 0755, NULL), 0);
	ck_assert_int_eq(ptxi_fs_write(path, ptxi_str(text), 0644, NULL), 0);
}

static bool holds(const char *name, const char *text)
{
	ptx_auto_str path = ptxi_path_join(home, name);
	ptx_auto_buf b = { 0 };

	ptx_buf_init(&b, 0);
	return ptxi_fs_read(path, 0, &b, NULL) == 0 && strcmp(b.p, text) == 0;
}

/* --- resources --- */

static const struct {
	const char *text;
	int code;
	const char *message;
	unsigned line;
} bad_resources[] = {
	{ "", PTX_E_INVALID, "no table [template]", 0 },
	{ "template = 1", PTX_E_INVALID, "no table [template]", 0 },
	{ "[template]\nsrc = 'a'\n", PTX_E_INVALID, "'dest' is missing", 0 },
	{ "[template]\ndest = '/a'\n", PTX_E_INVALID, "'src' is missing", 0 },
	{ "[template]\nsrc = 'a'\ndest = 'a'\n", PTX_E_INVALID, "no absolute path", 3 },
	{ "[template]\nsrc = 'a'\ndest = 7\n", PTX_E_INVALID, "'dest' is no text", 3 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\nmode = '0888'\n", PTX_E_INVALID, "'mode'", 4 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\nmode = 644\n", PTX_E_INVALID, "'mode'", 4 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\nmode = '77777777777777777777'\n", PTX_E_INVALID,
	  "'mode'", 4 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\nkeys = '/'\n", PTX_E_INVALID, "'keys' is no list",
	  4 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\nkeys = [1]\n", PTX_E_INVALID, "no text", 4 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\nuid = -5\n", PTX_E_INVALID, "'uid'", 4 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\nowner = 'no-such-user'\n", PTX_E_NOT_FOUND,
	  "no-such-user", 4 },
	{ "[template]\nsrc = 'a'\ndest = '/a'\ngroup = 'no-such-group'\n", PTX_E_NOT_FOUND,
	  "/etc/group", 4 },
	{ "[template]\nsrc = \"a\n", PTX_E_SYNTAX, "closing quote", 2 },
};

START_TEST(bad_resources_are_refused)
{
	struct ptxi_resource r;
	ptx_auto(error) e = NULL;

	put("conf.d/x.toml", bad_resources[_i].text);
	ck_assert_int_lt(ptxi_resource_load(&r, home, "x.toml", &e), 0);
	ck_assert_int_eq(ptx_error_code(e), bad_resources[_i].code);
	ck_assert_msg(strstr(ptx_error_message(e), bad_resources[_i].message), "%s",
		      ptx_error_message(e));
	if (bad_resources[_i].line)
		ck_assert_uint_eq(ptx_error_where(e)->line, bad_resources[_i].line);
	ptxi_resource_done(&r);
}
END_TEST

static void view_set(struct ptxi_view *v, const char *key, const char *value)
{
	ck_assert_int_eq(ptxi_kv_set(&v->keys, ptxi_str(key), ptxi_str(value), 0, NULL), 0);
	v->ready = true;
}

static const struct {
	const char *more;
	const char *prefix; /* of the view */
	const char *template;
	const char *want;
} views[] = {
	{ "keys = ['/']", "", "{{ range gets \"/*\" }}{{ .Key }} {{ end }}", "" },
	{ "keys = ['/env']", "",
	  "{{ range gets \"/env/*\" }}{{ .Key }}={{ .Value }} {{ end }}{{ exists "
	  "\"/environment/x\" }}",
	  "/env/a=1 /env/b=2 false" },
	{ "keys = ['/env/a', 'host/']", "",
	  "{{ exists \"/env/b\" }} {{ getv \"/env/a\" }} {{ getv \"/host/ip\" }}",
	  "false 1 10.0.0.1" },
	{ "keys = ['/a']\nprefix = '/env'", "", "{{ getv \"/a\" }}", "1" },
	{ "keys = ['/']\nprefix = 'env'", "", "{{ range ls \"/\" }}{{ . }} {{ end }}", "a b " },
	{ "keys = ['/self/env']", "/self", "{{ getv \"/self/env/a\" }}", "1" },
	{ "keys = ['/env']", "/self", "{{ exists \"/env/a\" }}", "false" },
	{ "", "", "{{ exists \"/env/a\" }}", "false" },
	{ "keys = ['/']", "", "", "" },
};

START_TEST(templates_see_their_keys)
{
	ptx_auto_str toml =
	    ptxi_asprintf("[template]\nsrc = 't'\ndest = '%s/out'\n%s\n", home, views[_i].more);
	struct ptxi_resource r;
	struct ptxi_view v = { .revision = 0 };
	ptx_auto(error) e = NULL;
	ptx_auto_buf out = { 0 };

	view_set(&v, "/env/a", "1");
	view_set(&v, "/env/b", "2");
	view_set(&v, "/environment/x", "3");
	view_set(&v, "/host/ip", "10.0.0.1");
	put("conf.d/x.toml", toml);
	put("templates/t", views[_i].template);
	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_resource_load(&r, home, "x.toml", &e), 0);
	ck_assert_msg(ptxi_resource_render(&r, &v.keys, views[_i].prefix, &out, &e) == 0, "%s",
		      e ? ptx_error_message(e) : "");
	ck_assert_str_eq(out.p, views[_i].want);
	ptxi_resource_done(&r);
	ptxi_view_done(&v);
}
END_TEST

START_TEST(a_digest_tells_what_matters)
{
	struct ptxi_resource r;
	struct ptxi_view v = { .revision = 0 };
	unsigned char one[32];
	unsigned char two[32];

	put("conf.d/x.toml", "[template]\nsrc = 't'\ndest = '/x'\nkeys = ['/env']\n");
	ck_assert_int_eq(ptxi_resource_load(&r, home, "x.toml", NULL), 0);
	view_set(&v, "/env/a", "1");
	ck_assert_int_eq(ptxi_resource_digest(&r, &v.keys, "", one, NULL), 0);
	view_set(&v, "/other", "1");
	ck_assert_int_eq(ptxi_resource_digest(&r, &v.keys, "", two, NULL), 0);
	ck_assert_int_eq(memcmp(one, two, 32), 0);
	view_set(&v, "/env/a", "2");
	ck_assert_int_eq(ptxi_resource_digest(&r, &v.keys, "", two, NULL), 0);
	ck_assert_int_ne(memcmp(one, two, 32), 0);
	ptxi_resource_done(&r);
	ptxi_view_done(&v);
}
END_TEST

START_TEST(files_are_replaced_whole)
{
	ptx_auto_str toml = ptxi_asprintf("[template]\nsrc = 't'\ndest = '%s/new/folder/out'\nmode "
					  "= '0600'\ncheck_cmd = 'look {{ .src }}'\n",
					  home);
	ptx_auto_str dest = ptxi_path_join(home, "new/folder/out");
	struct ptxi_resource r;
	struct stat st;
	bool same = true;
	ptx_auto_str staged = NULL;
	ptx_auto_str check = NULL;

	put("conf.d/x.toml", toml);
	ck_assert_int_eq(ptxi_resource_load(&r, home, "x.toml", NULL), 0);
	staged = ptxi_resource_stage(&r, PTXI_STR("one"), &same, NULL);
	ck_assert_ptr_nonnull(staged);
	ck_assert(!same);
	ck_assert_int_ne(access(dest, F_OK), 0);
	check = ptxi_resource_check_cmd(&r, staged, NULL);
	ck_assert(check && strncmp(check, "look /", 6) == 0 && strcmp(check + 5, staged) == 0);
	ck_assert_int_eq(ptxi_resource_install(&r, staged, NULL), 0);
	ck_assert(holds("new/folder/out", "one"));
	ck_assert_int_eq(stat(dest, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_ptr_null(ptxi_resource_stage(&r, PTXI_STR("one"), &same, NULL));
	ck_assert(same);
	/* The same text with another mode is another file. */
	ck_assert_int_eq(chmod(dest, 0644), 0);
	ptx_free(staged);
	staged = ptxi_resource_stage(&r, PTXI_STR("one"), &same, NULL);
	ck_assert(staged && !same);
	ck_assert_int_eq(ptxi_resource_install(&r, staged, NULL), 0);
	ck_assert_int_eq(stat(dest, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ptxi_resource_done(&r);
}
END_TEST

START_TEST(a_mounted_file_is_written_through)
{
	ptx_auto_str toml =
	    ptxi_asprintf("[template]\nsrc = 't'\ndest = '%s/out'\nmode = '0640'\n", home);
	ptx_auto_str dest = ptxi_path_join(home, "out");
	struct ptxi_resource r;
	struct stat st;
	bool same = false;
	ptx_auto_str staged = NULL;

	put("conf.d/x.toml", toml);
	put("out", "old");
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(dest, dest, "", MS_BIND, NULL) < 0) {
		puts("skipped: mounting needs root");
		return;
	}
	ck_assert_int_eq(ptxi_resource_load(&r, home, "x.toml", NULL), 0);
	staged = ptxi_resource_stage(&r, PTXI_STR("new"), &same, NULL);
	ck_assert_ptr_nonnull(staged);
	ck_assert_int_eq(ptxi_resource_install(&r, staged, NULL), 0);
	ck_assert(holds("out", "new"));
	ck_assert_int_eq(stat(dest, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_ne(access(staged, F_OK), 0);
	ck_assert_int_eq(umount(dest), 0);
	ptxi_resource_done(&r);
}
END_TEST

START_TEST(names_are_looked_up_without_services)
{
	ptx_auto_str file = ptxi_path_join(home, "passwd");
	int64_t id = 0;

	put("passwd", "root:x:0:0:root:/root:/bin/sh\nbroken\n:::\nzoo:x:1234:99::/"
		      ":\nbad:x:minus:1::/:\nlast:x:7:7");
	ck_assert_int_eq(ptxi_resource_id(file, "zoo", &id, NULL), 0);
	ck_assert_int_eq(id, 1234);
	ck_assert_int_eq(ptxi_resource_id(file, "last", &id, NULL), 0);
	ck_assert_int_eq(id, 7);
	ck_assert_int_eq(ptxi_resource_id(file, "4711", &id, NULL), 0);
	ck_assert_int_eq(id, 4711);
	ck_assert_int_eq(ptxi_resource_id(file, "bad", &id, NULL), PTX_E_NOT_FOUND);
	ck_assert_int_eq(ptxi_resource_id(file, "zo", &id, NULL), PTX_E_NOT_FOUND);
}
END_TEST

/* --- the journal --- */

static const struct ptxi_wire_outcome done = { .state = PTXI_REQUEST_DONE,
					       .exit_status = 0,
					       .output = "out",
					       .started_unix = 5,
					       .ended_unix = 6 };

START_TEST(a_journal_remembers)
{
	ptx_auto_str folder = ptxi_path_join(home, "j");
	struct ptxi_journal *j = ptxi_journal_open(folder, ctx, NULL, NULL);
	struct ptxi_journal_entry *e = NULL;

	ck_assert_ptr_nonnull(j);
	ck_assert_ptr_nonnull(ptxi_journal_begin(j, "left", "run", NULL));
	e = ptxi_journal_begin(j, "ended", "run", NULL);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(ptxi_journal_end(j, e, &done, NULL), 0);
	e = ptxi_journal_begin(j, "told", "run", NULL);
	ck_assert_int_eq(ptxi_journal_end(j, e, &done, NULL), 0);
	ptxi_journal_ack(j, e);
	ck_assert_ptr_null(e->outcome);
	ck_assert_ptr_null(ptxi_journal_find(j, "never"));
	/* The Drone dies here. */
	ptxi_journal_close(j);
	put("j/torn.json", "{\"version\": 1, \"outc");
	put("j/not a name.json", "{}");
	put("j/README", "x");
	j = ptxi_journal_open(folder, ctx, NULL, NULL);
	ck_assert_uint_eq(ptxi_journal_count(j), 4);
	ck_assert_int_eq(ptxi_journal_find(j, "left")->state, PTXI_REQUEST_UNKNOWN);
	ck_assert_int_eq(ptxi_journal_find(j, "torn")->state, PTXI_REQUEST_UNKNOWN);
	ck_assert_int_eq(ptxi_journal_find(j, "ended")->state, PTXI_REQUEST_DONE);
	ck_assert_str_eq(
	    json_string_value(json_object_get(ptxi_journal_find(j, "ended")->outcome, "output")),
	    "out");
	e = ptxi_journal_find(j, "told");
	ck_assert(e->is_acked && !e->outcome);
	ptxi_journal_unack(j, e);
	ck_assert_str_eq(json_string_value(json_object_get(e->outcome, "output")), "out");
	ptxi_journal_close(j);
	/* Unknown stays unknown. */
	j = ptxi_journal_open(folder, ctx, NULL, NULL);
	ck_assert_int_eq(ptxi_journal_find(j, "left")->state, PTXI_REQUEST_UNKNOWN);
	ck_assert_ptr_nonnull(ptxi_journal_find(j, "left")->outcome);
	ptxi_journal_close(j);
}
END_TEST

START_TEST(a_journal_is_bounded)
{
	ptx_auto_str folder = ptxi_path_join(home, "j");
	struct ptxi_journal *j = ptxi_journal_open(folder, ctx, NULL, NULL);
	char id[16];

	for (int i = 0; i < 300; i++) {
		struct ptxi_journal_entry *e = NULL;

		snprintf(id, sizeof(id), "r%d", i);
		e = ptxi_journal_begin(j, id, "run", NULL);
		ck_assert_ptr_nonnull(e);
		ck_assert_int_eq(ptxi_journal_end(j, e, &done, NULL), 0);
		ptxi_journal_ack(j, e);
	}
	ck_assert_uint_eq(ptxi_journal_count(j), 256);
	ck_assert_ptr_null(ptxi_journal_find(j, "r0"));
	ck_assert_ptr_nonnull(ptxi_journal_find(j, "r299"));
	ptxi_journal_close(j);
}
END_TEST

START_TEST(nothing_runs_without_its_entry)
{
	ptx_auto_str folder = ptxi_path_join(home, "j");
	struct ptxi_journal *j = ptxi_journal_open(folder, ctx, NULL, NULL);
	ptx_auto(error) e = NULL;
	ptx_auto_buf text = { 0 };

	ck_assert_int_eq(ptxi_fs_remove(folder, NULL), 0);
	put("j", "in its place");
	ck_assert_ptr_null(ptxi_journal_begin(j, "a", "run", &e));
	ptx_buf_init(&text, 0);
	ptx_error_print(e, &text);
	ck_assert_ptr_nonnull(strstr(text.p, "while writing the journal"));
	ck_assert_ptr_null(ptxi_journal_find(j, "a"));
	/* It is refused, and that is remembered for as long as there is memory. */
	ck_assert_int_eq(ptxi_journal_refuse(j, "a", "run", &done, NULL), 0);
	ck_assert_ptr_nonnull(ptxi_journal_find(j, "a")->outcome);
	ptxi_journal_close(j);
}
END_TEST

/* --- commands --- */

struct seen {
	struct event_base *base;
	unsigned count;
	int status;
	bool timed_out;
	char output[256];
};

static void on_done(void *user, const struct ptxi_command_result *r)
{
	struct seen *s = user;

	s->count++;
	s->status = r->exit_status;
	s->timed_out = r->timed_out;
	snprintf(s->output, sizeof(s->output), "%s", r->output);
	event_base_loopbreak(s->base);
}

static const struct {
	const char *cmd;
	size_t max;
	int status;
	const char *output;
} commands[] = {
	{ "echo a; echo b >&2", 100, 0, "a\nb\n" },
	{ "exit 7", 100, 7, "" },
	{ "kill -9 $$", 100, 137, "" },
	{ "no-such-program-at-all 2>/dev/null", 100, 127, "" },
	{ "cat; echo end", 100, 0, "end\n" },
	{ "printf 'ab\\000c\\377d'", 100, 0,
	  "ab\xef\xbf\xbd"
	  "c\xef\xbf\xbd"
	  "d" },
	{ "printf '0123456789'", 4, 0, "6789" },
	{ "printf 'xx\303\251\303\251'", 3, 0, "\xc3\xa9" },
	{ "seq 1 20000 | tail -c 1000000", 6, 0, "20000\n" },
	{ "sleep 60 & echo x", 100, 0, "x\n" },
	{ "ulimit -n > /dev/null; ls /proc/self/fd | wc -l", 100, 0, "4\n" },
};

START_TEST(commands_say_how_they_ended)
{
	struct event_base *base = event_base_new();
	struct ptxi_commands *c = ptxi_commands_new(base, ctx, NULL);
	struct seen s = { .base = base };
	struct ptxi_command_opts o = { .cmd = commands[_i].cmd,
				       .timeout_ms = 10000,
				       .max_output = commands[_i].max,
				       .done = on_done,
				       .user = &s };
	int64_t began = ptxi_time_mono_ms();

	ck_assert_ptr_nonnull(ptxi_command_start(c, &o, NULL));
	ck_assert_uint_eq(s.count, 0);
	event_base_dispatch(base);
	ck_assert_uint_eq(s.count, 1);
	ck_assert_int_eq(s.status, commands[_i].status);
	ck_assert_str_eq(s.output, commands[_i].output);
	ck_assert_int_lt(ptxi_time_mono_ms() - began, 8000);
	ck_assert_uint_eq(ptxi_commands_running(c), 0);
	ptxi_commands_free(c);
	event_base_free(base);
}
END_TEST

static void on_all_ended(void *user)
{
	event_base_loopbreak(user);
}

START_TEST(all_commands_end_at_the_end)
{
	struct event_base *base = event_base_new();
	struct ptxi_commands *c = ptxi_commands_new(base, ctx, NULL);
	struct seen s = { .base = base };
	struct ptxi_command_opts o = { .cmd = "trap '' TERM; while :; do sleep 60; done",
				       .timeout_ms = 60000,
				       .max_output = 10,
				       .done = on_done,
				       .user = &s };
	struct timeval tv = { 0, 200000 };

	ck_assert_ptr_nonnull(ptxi_command_start(c, &o, NULL));
	event_base_loopexit(base, &tv);
	event_base_dispatch(base);
	ptxi_commands_end(c, 300, on_all_ended, base);
	ck_assert_ptr_null(ptxi_command_start(c, &o, NULL));
	event_base_dispatch(base);
	event_base_dispatch(base);
	ck_assert_uint_eq(s.count, 1);
	ck_assert_int_eq(s.status, 128 + SIGKILL);
	ptxi_commands_free(c);
	event_base_free(base);
}
END_TEST

/* --- confd --- */

struct told {
	struct event_base *base;
	unsigned count;
	bool ok;
	char report[2000];
};

static void on_confd(void *user, bool ok, const char *report)
{
	struct told *t = user;

	t->count++;
	t->ok = ok;
	snprintf(t->report, sizeof(t->report), "%s", report);
	event_base_loopbreak(t->base);
}

START_TEST(confd_renders_when_there_is_metadata)
{
	struct event_base *base = event_base_new();
	struct ptxi_commands *c = ptxi_commands_new(base, ctx, NULL);
	struct ptxi_view v = { .revision = 0 };
	struct ptxi_confd_opts o = { .base = base,
				     .ctx = ctx,
				     .commands = c,
				     .view = &v,
				     .folder = home,
				     .prefix = "/self" };
	struct ptxi_confd *confd = ptxi_confd_new(&o, NULL);
	struct told t = { .base = base };
	struct timeval tv = { 0, 100000 };
	ptx_auto_str toml = ptxi_asprintf(
	    "[template]\nsrc = 't'\ndest = '%s/out'\nkeys = ['/']\nreload_cmd = 'echo no; false'\n",
	    home);

	put("conf.d/x.toml", toml);
	put("conf.d/.hidden.toml", "[broken");
	put("conf.d/x.toml~", "[broken");
	put("templates/t", "{{ getv \"/a\" }}");
	ck_assert_int_eq(ptxi_confd_start(confd, on_confd, &t, NULL), 0);
	event_base_loopexit(base, &tv);
	event_base_dispatch(base);
	ck_assert_uint_eq(t.count, 0); /* no metadata yet */
	view_set(&v, "/a", "1");
	ptxi_confd_changed(confd);
	event_base_dispatch(base);
	ck_assert_uint_eq(t.count, 1);
	ck_assert(t.ok); /* a reload that fails is told, and no more */
	ck_assert_ptr_nonnull(strstr(t.report, "reload_cmd ended with status 1: no"));
	ck_assert_ptr_nonnull(ptxi_confd_trouble(confd));
	ck_assert(holds("out", "1"));
	ck_assert_int_eq(ptxi_confd_stop(confd, on_confd, &t, NULL), 0);
	event_base_dispatch(base);
	ck_assert(t.ok && t.count == 2 && !ptxi_confd_is_running(confd));
	/* What was started for somebody who went away is stopped. */
	v.ready = false;
	ck_assert_int_eq(ptxi_confd_start(confd, on_confd, &t, NULL), 0);
	ck_assert(ptxi_confd_is_running(confd));
	ptxi_confd_forget(confd, &t);
	ck_assert(!ptxi_confd_is_running(confd));
	ptxi_confd_free(confd);
	ptxi_commands_free(c);
	ptxi_view_done(&v);
	event_base_free(base);
}
END_TEST

/* --- volumes --- */

static void make_image(const char *name, off_t at, const char *bytes, size_t n)
{
	ptx_auto_str path = ptxi_path_join(home, name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_eq(ftruncate(fd, 1 << 20), 0);
	ck_assert_int_eq(pwrite(fd, bytes, n, at), (ssize_t)n);
	close(fd);
}

START_TEST(volumes_are_looked_at_first)
{
	ptx_auto_str path = ptxi_path_join(home, "image");
	const char *found = NULL;

	make_image("image", 0, "", 0);
	ck_assert_int_eq(ptxi_volume_probe(path, &found, NULL), 0);
	ck_assert_str_eq(found, "");
	make_image("image", 1080, "\x53\xef", 2);
	ck_assert_int_eq(ptxi_volume_probe(path, &found, NULL), 0);
	ck_assert_str_eq(found, "ext4");
	make_image("image", 0, "XFSB", 4);
	ck_assert_int_eq(ptxi_volume_probe(path, &found, NULL), 0);
	ck_assert_str_eq(found, "xfs");
	make_image("image", 510, "\x55\xaa", 2);
	ck_assert_int_eq(ptxi_volume_probe(path, &found, NULL), 0);
	ck_assert_str_eq(found, "other");
	make_image("image", (1 << 20) - 512, "EFI PART", 8);
	ck_assert_int_eq(ptxi_volume_probe(path, &found, NULL), 0);
	ck_assert_str_eq(found, "other");
	ck_assert_int_eq(truncate(path, 100), 0);
	ck_assert_int_eq(ptxi_volume_probe(path, &found, NULL), PTX_E_IO);
}
END_TEST

static const char *const bad_volumes[] = {
	"{}",
	"[{}]",
	"[{\"device\": \"/dev/vdb\"}]",
	"[{\"device\": \"vdb\", \"mount_point\": \"/data\"}]",
	"[{\"device\": \"/dev/vdb; reboot\", \"mount_point\": \"/data\"}]",
	"[{\"device\": \"/dev/../vdb\", \"mount_point\": \"/data\"}]",
	"[{\"device\": \"/dev/vdb\", \"mount_point\": \"/data\", \"filesystem\": \"ntfs\"}]",
};

START_TEST(bad_volumes_are_refused)
{
	json_t *j = json_loads(bad_volumes[_i], 0, NULL);
	struct ptxi_volumes v;

	ck_assert_ptr_nonnull(j);
	ck_assert_int_eq(ptxi_volumes_read(&v, j, NULL), PTX_E_CONFIG);
	ptxi_volumes_done(&v);
	json_decref(j);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent");
	TCase *tc = tcase_create("agent");
	SRunner *runner = NULL;
	int failed = 0;

	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(tc, 20);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, bad_resources_are_refused, 0, PTXI_COUNT(bad_resources));
	tcase_add_loop_test(tc, templates_see_their_keys, 0, PTXI_COUNT(views));
	tcase_add_test(tc, a_digest_tells_what_matters);
	tcase_add_test(tc, files_are_replaced_whole);
	tcase_add_test(tc, a_mounted_file_is_written_through);
	tcase_add_test(tc, names_are_looked_up_without_services);
	tcase_add_test(tc, a_journal_remembers);
	tcase_add_test(tc, a_journal_is_bounded);
	tcase_add_test(tc, nothing_runs_without_its_entry);
	tcase_add_loop_test(tc, commands_say_how_they_ended, 0, PTXI_COUNT(commands));
	tcase_add_test(tc, all_commands_end_at_the_end);
	tcase_add_test(tc, confd_renders_when_there_is_metadata);
	tcase_add_test(tc, volumes_are_looked_at_first);
	tcase_add_loop_test(tc, bad_volumes_are_refused, 0, PTXI_COUNT(bad_volumes));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
