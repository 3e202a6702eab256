/* SPDX-License-Identifier: Apache-2.0 */
#define PTX_AREA PTX_AREA_AGENT
#include <check.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/upgrade.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "wire/pki.h"

Suite *suite_agent_upgrade(void);

#define VPC "vpc-1"
#define NOW INT64_C(1800000000)

static char *key, *root, *home;
static struct ptx_ctx *ctx;
static struct ptxi_upgrade u;

static void set_up(void)
{
	key = ptxi_pki_key_new(NULL);
	root = ptxi_pki_root(key, VPC, NOW, NULL);
	home = ptxi_fs_tempdir(NULL, "ptx-upgrade-", NULL);
	ctx = ptx_ctx_new();
	ck_assert(key && root && home && ctx);
	ck_assert_int_eq(ptxi_upgrade_open(&u, ctx, home, NULL), 0);
}

static void tear_down(void)
{
	ptxi_upgrade_done(&u);
	ck_assert_int_eq(ptxi_fs_remove(home, NULL), 0);
	ptx_ctx_free(ctx);
	ptx_free(key);
	ptx_free(root);
	ptx_free(home);
}

static struct ptxi_release release_of(const char *text, const char *version)
{
	struct ptxi_release r = { .size = (int64_t)strlen(text) };
	ptx_auto_str digest = ptxi_digest_hex(PTXI_SHA256, ptxi_str(text));

	snprintf(r.vpc, sizeof(r.vpc), VPC);
	snprintf(r.version, sizeof(r.version), "%s", version);
	snprintf(r.sha256, sizeof(r.sha256), "%s", digest);
	return r;
}

static int check(const struct ptxi_release *said, const char *by, struct ptxi_release *r)
{
	ptx_auto_str statement = ptxi_release_write(said, NULL);
	ptx_auto_str signature = ptxi_release_sign(statement, by, NULL);

	return ptxi_upgrade_check(&u, statement, signature, root, VPC, r, NULL);
}

START_TEST(only_what_is_signed_and_not_older)
{
	ptx_auto_str stranger = ptxi_pki_key_new(NULL);
	struct ptxi_release r;
	struct ptxi_release same = release_of("x", PACKAGE_VERSION);
	struct ptxi_release newer = release_of("x", "99.0.0");
	struct ptxi_release older = release_of("x", "0.0.1");
	struct ptxi_release elsewhere = same;

	snprintf(elsewhere.vpc, sizeof(elsewhere.vpc), "vpc-2");
	ck_assert_int_eq(check(&same, key, &r), 0);
	ck_assert_int_eq(check(&newer, key, &r), 0);
	ck_assert_int_eq(check(&older, key, &r), PTX_E_PRECONDITION);
	ck_assert_int_eq(check(&same, stranger, &r), PTX_E_UNTRUSTED);
	ck_assert_int_eq(check(&elsewhere, key, &r), PTX_E_UNTRUSTED);
}
END_TEST

START_TEST(pieces_make_a_program)
{
	const char *text = "#!/bin/sh\nexit 0\n";
	struct ptxi_release r = release_of(text, "1.0.0");
	ptx_auto_str path = ptxi_asprintf("%s/agent/%s", home, r.sha256);
	struct ptx_buf piece;
	struct stat st;
	int64_t size = 0;
	int fd = -1;

	ck_assert_int_eq(ptxi_upgrade_have(&u, &r), 0);
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 0, ptxi_strn(text, 5), NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_have(&u, &r), 5);
	/* A gap, the same once more, one that overlaps, more than there is. */
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 6, ptxi_strn(text + 6, 2), NULL), PTX_E_CONFLICT);
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 0, ptxi_strn(text, 5), NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 3, ptxi_strn(text + 3, 4), NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_have(&u, &r), 7);
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 7, ptxi_strn("12345678901", 11), NULL),
			 PTX_E_LIMIT);
	ck_assert_int_eq(ptxi_upgrade_program(&u, &r, NULL), PTX_E_NOT_FOUND);
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 7, ptxi_str(text + 7), NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_have(&u, &r), r.size);
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	fd = ptxi_upgrade_program(&u, &r, NULL);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ptx_buf_init(&piece, 0);
	ck_assert_int_eq(ptxi_upgrade_piece(&u, r.sha256, 2, 5, &piece, &size, NULL), 0);
	ck_assert_str_eq(piece.p, "/bin/");
	ck_assert_int_eq(size, r.size);
	ck_assert_int_eq(ptxi_upgrade_piece(&u, r.sha256, size, 5, &piece, &size, NULL),
			 PTX_E_INVALID);
	ck_assert_int_eq(ptxi_upgrade_piece(&u, "../update.json", 0, 5, &piece, &size, NULL),
			 PTX_E_NOT_FOUND);
	ptx_buf_done(&piece);
	/* One that was changed afterwards is not run. */
	ck_assert_int_eq(truncate(path, 3), 0);
	ck_assert_int_eq(ptxi_upgrade_program(&u, &r, NULL), PTX_E_CORRUPT);
	ck_assert_int_eq(ptxi_upgrade_have(&u, &r), 0);
}
END_TEST

START_TEST(another_digest_is_not_kept)
{
	struct ptxi_release r = release_of("abcdef", "1.0.0");

	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 0, ptxi_str("abc"), NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 3, ptxi_str("deX"), NULL), PTX_E_CORRUPT);
	ck_assert_int_eq(ptxi_upgrade_have(&u, &r), 0);
	ck_assert_int_eq(ptxi_upgrade_program(&u, &r, NULL), PTX_E_NOT_FOUND);
	/* It may come again. */
	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 0, ptxi_str("abcdef"), NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_have(&u, &r), 6);
}
END_TEST

static const struct {
	const char *script;
	const char *said; /* in the error; NULL: it can take over */
} askings[] = {
	{ "read x\n[ \"$1 $2 $3 $4\" = 'drone --config /c --check' ] && [ \"$x\" = state ] && "
	  "echo pitrix-agent 1.0.0 takes over format 1\n",
	  NULL },
	{ "echo pitrix-agent 1.0.0 takes over format 2\n",
	  "status 0: pitrix-agent 1.0.0 takes over format 2" },
	{ "echo pitrix-agent 1.0.1 takes over format 1\n", "status 0: pitrix-agent 1.0.1" },
	{ "echo pitrix-agent 1.0.0 takes over format 1; exit 3\n", "status 3" },
	{ "echo no such option >&2; exit 64\n", "status 64: no such option" },
	{ "kill -SEGV $$\n", "status 139" },
};

START_TEST(a_program_is_asked_first)
{
	ptx_auto_str text = ptxi_asprintf("#!/bin/sh\n%s", askings[_i].script);
	struct ptxi_release r = release_of(text, "1.0.0");
	struct ptx_error *e = NULL;

	ck_assert_int_eq(ptxi_upgrade_add(&u, &r, 0, ptxi_str(text), NULL), 0);
	if (!askings[_i].said) {
		ck_assert_int_eq(ptxi_upgrade_ask(&u, &r, "drone", "/c", ptxi_str("state\n"), &e),
				 0);
	} else {
		ck_assert_int_eq(ptxi_upgrade_ask(&u, &r, "drone", "/c", ptxi_str("state\n"), &e),
				 PTX_E_FAILED);
		ck_assert_msg(strstr(ptx_error_message(e), askings[_i].said) != NULL, "%s",
			      ptx_error_message(e));
	}
	ptx_error_free(e);
}
END_TEST

START_TEST(the_record_survives)
{
	struct ptxi_upgrade again;

	ck_assert_int_eq(ptxi_upgrade_try(&u, "one", "s1", "x", NULL), 0);
	ptxi_upgrade_good(&u);
	ck_assert_int_eq(ptxi_upgrade_try(&u, "two", "s2", "x", NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_open(&again, ctx, home, NULL), 0);
	ck_assert_str_eq(ptxi_upgrade_id(&again, "good"), "one");
	ck_assert_str_eq(ptxi_upgrade_id(&again, "trying"), "two");
	ptxi_upgrade_failed(&again, "why");
	ptxi_upgrade_done(&again);
	ck_assert_int_eq(ptxi_upgrade_open(&again, ctx, home, NULL), 0);
	ck_assert_str_eq(ptxi_upgrade_id(&again, "good"), "one");
	ck_assert_ptr_null(ptxi_upgrade_id(&again, "trying"));
	ck_assert_str_eq(ptxi_upgrade_id(&again, "failed"), "two");
	ck_assert_str_eq(ptxi_upgrade_why(&again), "why");
	ck_assert_str_eq(json_string_value(json_object_get(again.record, "base")), u.own_sha256);
	ptxi_upgrade_done(&again);
	/* One that cannot be read is none. */
	ptx_auto_str path = ptxi_path_join(home, "agent/update.json");

	ck_assert_int_eq(ptxi_fs_write(path, PTXI_STR("{\"version\": 1, \"go"), 0600, NULL), 0);
	ck_assert_int_eq(ptxi_upgrade_open(&again, ctx, home, NULL), 0);
	ck_assert_ptr_null(ptxi_upgrade_id(&again, "good"));
	ptxi_upgrade_done(&again);
}
END_TEST

Suite *suite_agent_upgrade(void)
{
	Suite *s = suite_create("agent_upgrade");
	TCase *tc = tcase_create("upgrade");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, only_what_is_signed_and_not_older);
	tcase_add_test(tc, pieces_make_a_program);
	tcase_add_test(tc, another_digest_is_not_kept);
	tcase_add_loop_test(tc, a_program_is_asked_first, 0, PTXI_COUNT(askings));
	tcase_add_test(tc, the_record_survives);
	suite_add_tcase(s, tc);
	return s;
}
