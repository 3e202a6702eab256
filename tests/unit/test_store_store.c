/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ptxi.h"

#include <check.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "store/store.h"

Suite *suite_store_store(void);

static const char *const urls[] = { "mem:", NULL }; /* NULL: SQLite in the home folder */

struct fixture {
	struct ptx_ctx *ctx;
	struct ptx_store *st;
	struct ptx_arena *a;
	char *home;
};

static struct fixture open_store(int i)
{
	struct fixture f = { .ctx = ptx_ctx_new(), .a = ptx_arena_new(0) };
	struct ptx_error *err = NULL;

	f.home = ptxi_fs_tempdir(NULL, "pitrix-store-", NULL);
	ptx_ctx_set_home(f.ctx, f.home);
	f.st = ptx_store_open(f.ctx, urls[i], &err);
	ck_assert_msg(f.st != NULL, "%s", ptx_error_message(err));
	return f;
}

static void close_store(struct fixture *f)
{
	ptx_store_close(f->st);
	ptx_ctx_free(f->ctx);
	ptx_arena_free(f->a);
	ptxi_fs_remove(f->home, NULL);
	ptx_free(f->home);
}

static int put(struct fixture *f, const char *key, int64_t n, int64_t expect, int64_t *rev)
{
	ptxi_auto(commit) c = ptxi_commit_new(f->st, NULL);
	struct ptx_value *doc = ptx_value_map(f->a);

	ptx_value_set_int(doc, "n", n);
	ptxi_commit_put(c, key, doc, expect);
	return ptxi_commit_run(c, rev, NULL);
}

static int64_t get(struct fixture *f, const char *key, int64_t *rev)
{
	return ptx_value_as_int(ptx_value_get(ptxi_store_get(f->st, key, f->a, rev, NULL), "n"),
				-1);
}

START_TEST(documents_have_revisions)
{
	struct fixture f = open_store(_i);
	int64_t first = 0;
	int64_t second = 0;
	int64_t rev = 0;

	ck_assert_int_eq(put(&f, "a/one", 1, 0, &first), 0);
	ck_assert_int_gt(first, 0);
	ck_assert_int_eq(put(&f, "a/one", 2, 0, NULL), PTX_E_CONFLICT);
	ck_assert_int_eq(get(&f, "a/one", &rev), 1);
	ck_assert_int_eq(rev, first);
	ck_assert_int_eq(put(&f, "a/one", 2, first, &second), 0);
	ck_assert_int_gt(second, first);
	ck_assert_int_eq(get(&f, "a/one", &rev), 2);
	ck_assert_int_eq(get(&f, "a/none", &rev), -1);
	ck_assert_int_eq(rev, 0);
	close_store(&f);
}
END_TEST

START_TEST(a_commit_is_all_or_nothing)
{
	struct fixture f = open_store(_i);
	ptxi_auto(commit) c = ptxi_commit_new(f.st, NULL);
	struct ptx_error *err = NULL;

	ck_assert_int_eq(put(&f, "b", 1, PTX_STORE_ANY, NULL), 0);
	ptxi_commit_put(c, "a", ptx_value_map(f.a), 0);
	ptxi_commit_put(c, "b", ptx_value_map(f.a), 0);
	ck_assert_int_eq(ptxi_commit_run(c, NULL, &err), PTX_E_CONFLICT);
	ck_assert_str_eq(ptx_error_message(err), "the record 'b' was changed meanwhile");
	ptx_error_free(err);
	ck_assert_ptr_null(ptxi_store_get(f.st, "a", f.a, NULL, NULL));
	ck_assert_int_eq(get(&f, "b", NULL), 1);
	close_store(&f);
}
END_TEST

static int count(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		 struct ptx_error **err)
{
	struct ptx_buf *keys = user;

	(void)doc;
	(void)rev;
	(void)err;
	ptx_buf_printf(keys, "%s ", key);
	return 0;
}

START_TEST(walks_are_sorted_by_prefix_and_revision)
{
	struct fixture f = open_store(_i);
	ptx_auto_buf keys = { 0 };
	int64_t rev = 0;

	ptx_buf_init(&keys, 0);
	put(&f, "jobs/2", 1, 0, NULL);
	put(&f, "jobs/1", 1, 0, NULL);
	put(&f, "job", 1, 0, NULL);
	put(&f, "jobsx", 1, 0, &rev);
	put(&f, "jobs/3", 1, 0, NULL);
	ck_assert_int_eq(ptxi_store_each(f.st, "jobs/", 0, count, &keys, NULL), 0);
	ck_assert_str_eq(keys.p, "jobs/1 jobs/2 jobs/3 ");
	ptx_buf_clear(&keys);
	ck_assert_int_eq(ptxi_store_each(f.st, "jobs/", rev, count, &keys, NULL), 0);
	ck_assert_str_eq(keys.p, "jobs/3 ");
	close_store(&f);
}
END_TEST

START_TEST(bad_keys_are_refused)
{
	static const char *const bad[] = { "", "a b", "\xc3\xa9", "a\n" };
	struct fixture f = open_store(_i);

	for (size_t i = 0; i < PTXI_COUNT(bad); i++)
		ck_assert_int_eq(put(&f, bad[i], 1, 0, NULL), PTX_E_INTERNAL);
	close_store(&f);
}
END_TEST

START_TEST(a_lock_is_exclusive)
{
	struct fixture f = open_store(_i);
	struct ptx_error *err = NULL;
	struct ptxi_lock *one = ptxi_store_lock(f.st, "cluster/x", 0, "first", NULL);
	struct ptxi_lock *other = ptxi_store_lock(f.st, "cluster/y", 0, "first", NULL);

	ck_assert_ptr_nonnull(one);
	ck_assert_ptr_nonnull(other);
	ck_assert_ptr_null(ptxi_store_lock(f.st, "cluster/x", 0, "second", &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_BUSY);
	ptx_error_free(err);
	ptxi_lock_free(one);
	one = ptxi_store_lock(f.st, "cluster/x", 0, "second", NULL);
	ck_assert_ptr_nonnull(one);
	ptxi_lock_free(one);
	ptxi_lock_free(other);
	close_store(&f);
}
END_TEST

static void put_secret(struct fixture *f, const char *ref, const char *text)
{
	ptxi_auto(commit) c = ptxi_commit_new(f->st, NULL);

	ptxi_commit_secret(c, ref, ptxi_str(text));
	ck_assert_int_eq(ptxi_commit_run(c, NULL, NULL), 0);
}

START_TEST(secrets_are_sealed)
{
	struct fixture f = open_store(_i);
	ptx_auto_buf text = { 0 };
	struct ptx_value *doc = ptx_value_map(f.a);
	struct ptx_value *ref = ptx_value_map(f.a);
	char *plain = NULL;

	ptx_buf_init(&text, 0);
	put_secret(&f, "cl-1.conf.0", "hunter2 is the word");
	plain = ptxi_store_secret(f.st, "cl-1.conf.0", NULL);
	ck_assert_str_eq(plain, "hunter2 is the word");
	ptxi_free_secret(plain);
	ptx_value_set_string(ref, PTXI_SECRET_KEY, "cl-1.conf.0");
	ptx_value_set(doc, "password", ref);
	doc = ptxi_store_reveal(f.st, f.a, doc, NULL);
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(doc, "password"), ""),
			 "hunter2 is the word");
	ck_assert_int_eq(ptx_store_export(f.st, NULL, &text, NULL), 0);
	ck_assert_ptr_null(strstr(text.p, "hunter2"));
	ck_assert_ptr_nonnull(strstr(text.p, "cl-1.conf.0"));
	close_store(&f);
}
END_TEST

static int import_text(struct ptx_store *st, struct ptx_str text, const char *passphrase,
		       bool replace, struct ptx_error **err)
{
	struct ptx_import_opts o = PTX_IMPORT_OPTS_INIT;

	o.file = "state.json";
	o.passphrase = passphrase;
	o.replace = replace;
	return ptx_store_import(st, text, &o, err);
}

START_TEST(an_export_travels_with_a_passphrase)
{
	struct fixture from = open_store(_i);
	struct fixture to = open_store(_i);
	ptx_auto_buf text = { 0 };
	struct ptx_error *err = NULL;
	char *plain = NULL;

	ptx_buf_init(&text, 0);
	put(&from, "clusters/cl-1", 7, 0, NULL);
	put_secret(&from, "s", "deep");
	ck_assert_int_eq(ptx_store_export(from.st, "open sesame", &text, NULL), 0);
	ck_assert_ptr_null(strstr(text.p, "deep"));
	ck_assert_int_eq(import_text(to.st, ptx_buf_str(&text), "wrong", false, &err),
			 PTX_E_UNTRUSTED);
	ptxi_error_drop(&err);
	ck_assert_int_eq(get(&to, "clusters/cl-1", NULL), -1);
	ck_assert_int_eq(import_text(to.st, ptx_buf_str(&text), "open sesame", false, &err), 0);
	ck_assert_int_eq(get(&to, "clusters/cl-1", NULL), 7);
	plain = ptxi_store_secret(to.st, "s", NULL);
	ck_assert_str_eq(plain, "deep");
	ptxi_free_secret(plain);
	ck_assert_int_eq(import_text(to.st, ptx_buf_str(&text), "open sesame", false, &err),
			 PTX_E_EXISTS);
	ptxi_error_drop(&err);
	ck_assert_int_eq(import_text(to.st, ptx_buf_str(&text), "open sesame", true, &err), 0);
	ck_assert_int_eq(import_text(to.st, PTXI_STR("{}"), NULL, true, &err), PTX_E_CORRUPT);
	ptxi_error_drop(&err);
	ck_assert_int_eq(import_text(to.st, PTXI_STR("{"), NULL, true, &err), PTX_E_SYNTAX);
	ck_assert_str_eq(ptx_error_where(err)->file, "state.json");
	ptx_error_free(err);
	close_store(&from);
	close_store(&to);
}
END_TEST

START_TEST(another_key_does_not_open)
{
	struct fixture f = open_store(1);
	struct ptx_error *err = NULL;
	ptx_auto_str key = ptxi_asprintf("%s/seal.key", f.home);

	put_secret(&f, "s", "deep");
	ptx_store_close(f.st);
	ck_assert_int_eq(ptxi_fs_remove(key, NULL), 0);
	f.st = ptx_store_open(f.ctx, NULL, NULL);
	ck_assert_ptr_null(ptxi_store_secret(f.st, "s", &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_UNTRUSTED);
	ptx_error_free(err);
	close_store(&f);
}
END_TEST

START_TEST(a_state_of_rubbish_is_refused)
{
	struct fixture f = open_store(1);
	struct ptx_error *err = NULL;
	ptx_auto_str path = ptxi_asprintf("%s/state.db", f.home);

	ptx_store_close(f.st);
	ptxi_fs_write(path, PTXI_STR("this is no database, this is no database, not at all"), 0600,
		      NULL);
	f.st = ptx_store_open(f.ctx, NULL, &err);
	ck_assert_ptr_null(f.st);
	ck_assert_int_eq(ptx_error_code(err), PTX_E_CORRUPT);
	ptxi_error_drop(&err);
	f.st = ptx_store_open(f.ctx, "nosuch:x", &err);
	ck_assert_ptr_null(f.st);
	ck_assert_int_eq(ptx_error_code(err), PTX_E_UNSUPPORTED);
	ptx_error_free(err);
	close_store(&f);
}
END_TEST

START_TEST(an_owner_is_drawn_once)
{
	struct fixture f = open_store(_i);
	ptx_auto_str first = ptxi_strdup(ptxi_store_owner(f.st, NULL));

	ck_assert_str_eq(ptxi_store_owner(f.st, NULL), first);
	if (!urls[_i]) {
		ptx_store_close(f.st);
		f.st = ptx_store_open(f.ctx, NULL, NULL);
		ck_assert_str_eq(ptxi_store_owner(f.st, NULL), first);
	}
	close_store(&f);
}
END_TEST

/* Processes that find no state file and make one at the same moment, which a pipe's end gives. */
START_TEST(the_first_ones_make_the_file_together)
{
	enum { OPENERS = 6 };
	struct fixture f = { 0 };
	ptx_auto_str new_home = NULL;
	pid_t openers[OPENERS] = { 0 };
	int gate[2] = { -1, -1 };

	f = open_store(1);
	/* SQLite is loaded now; the openers need no time for that. */
	ptx_store_close(f.st);
	new_home = ptxi_path_join(f.home, "new");
	ptx_ctx_set_home(f.ctx, new_home);
	ck_assert_int_eq(pipe(gate), 0);
	for (int i = 0; i < OPENERS; i++) {
		openers[i] = fork();
		ck_assert_int_ge(openers[i], 0);
		if (openers[i] == 0) {
			char c = 0;

			close(gate[1]);
			while (read(gate[0], &c, 1) < 0 && errno == EINTR)
				;
			ptx_store_close(f.st = ptx_store_open(f.ctx, NULL, NULL));
			_exit(f.st ? 0 : 1);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < OPENERS; i++) {
		int status = -1;

		ck_assert_int_eq(waitpid(openers[i], &status, 0), openers[i]);
		ck_assert_int_eq(status, 0);
	}
	f.st = NULL;
	close_store(&f);
}
END_TEST

Suite *suite_store_store(void)
{
	Suite *s = suite_create("store/store");
	TCase *t = tcase_create("both");
	TCase *file = tcase_create("file");

	tcase_add_loop_test(t, documents_have_revisions, 0, PTXI_COUNT(urls));
	tcase_add_loop_test(t, a_commit_is_all_or_nothing, 0, PTXI_COUNT(urls));
	tcase_add_loop_test(t, walks_are_sorted_by_prefix_and_revision, 0, PTXI_COUNT(urls));
	tcase_add_loop_test(t, bad_keys_are_refused, 0, PTXI_COUNT(urls));
	tcase_add_loop_test(t, a_lock_is_exclusive, 0, PTXI_COUNT(urls));
	tcase_add_loop_test(t, secrets_are_sealed, 0, PTXI_COUNT(urls));
	tcase_add_loop_test(t, an_export_travels_with_a_passphrase, 0, PTXI_COUNT(urls));
	tcase_add_loop_test(t, an_owner_is_drawn_once, 0, PTXI_COUNT(urls));
	suite_add_tcase(s, t);
	tcase_add_test(file, another_key_does_not_open);
	tcase_add_loop_test(file, the_first_ones_make_the_file_together, 0, 40);
	tcase_add_test(file, a_state_of_rubbish_is_refused);
	suite_add_tcase(s, file);
	return s;
}
