/* SPDX-License-Identifier: Apache-2.0 */
/* upgrade.c - programs in pieces, and what became of them.
 *
 *     nothing -> trying (synced before the exec) -> good | failed
 *
 * "trying" that is found at a start means that the new program took the process with it: it counts
 * as failed. The good one before it stays until another is good. `base` is the digest of the
 * program that the machine was made with when the good one was put over it: a machine that was made
 * anew with another program begins afresh, unless the kept one is newer. A file is trusted for its
 * digest only, and that is verified whenever it is about to be run.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "upgrade.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/log.h"
#include "../base/path.h"
#include "../base/proc.h"
#include "takeover.h"

#define RECORD      "update.json"
#define PART        ".part"
#define RECORD_MAX  ((size_t)64 << 10)
#define ASK_MS      10000
#define OWN_PROGRAM "/proc/self/exe"

/* --- the record --- */

static json_t *read_record(const struct ptxi_upgrade *u)
{
	ptx_auto_str path = ptxi_path_join(u->folder, RECORD);
	ptx_auto_buf text = { 0 };
	json_t *j = NULL;

	ptx_buf_init(&text, 0);
	if (path && ptxi_fs_read(path, RECORD_MAX, &text, NULL) == 0)
		j = ptxi_wire_parse(ptx_buf_str(&text), RECORD_MAX, NULL);
	if (json_integer_value(json_object_get(j, "version")) == 1)
		return j;
	json_decref(j);
	return json_pack("{s:i}", "version", 1);
}

static int write_record(struct ptxi_upgrade *u, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(u->folder, RECORD);
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (!path || !ptxi_wire_format(u->record, &text))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the record of updates");
	if (ptxi_fs_write(path, ptx_buf_str(&text), 0600, err) < 0)
		return ptx_wrap(err, "while writing the record of updates");
	return 0;
}

static void write_or_tell(struct ptxi_upgrade *u)
{
	struct ptx_error *e = NULL;

	if (write_record(u, &e) < 0)
		ptxi_log(u->ctx, PTX_LOG_ERROR, "agent", "cannot record an update",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
}

static const char *text_of(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s ? s : "";
}

const char *ptxi_upgrade_id(const struct ptxi_upgrade *u, const char *part)
{
	return json_string_value(json_object_get(json_object_get(u->record, part), "id"));
}

const char *ptxi_upgrade_why(const struct ptxi_upgrade *u)
{
	return text_of(json_object_get(u->record, "failed"), "error");
}

int ptxi_upgrade_try(struct ptxi_upgrade *u, const char *id, const char *statement,
		     const char *signature, struct ptx_error **err)
{
	json_t *one =
	    json_pack("{s:s, s:s, s:s}", "id", id, "statement", statement, "signature", signature);

	if (!one || json_object_set_new(u->record, "trying", one) != 0)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the record of updates");
	/* Of the program that the machine was made with: an update over an update keeps that of the
	 * first. */
	if (!json_object_get(u->record, "good"))
		json_object_set_new(u->record, "base", json_string(u->own_sha256));
	if (write_record(u, err) == 0)
		return 0;
	json_object_del(u->record, "trying");
	return PTX_E_IO;
}

void ptxi_upgrade_good(struct ptxi_upgrade *u)
{
	json_t *one = json_object_get(u->record, "trying");

	if (!one)
		return;
	json_object_set(u->record, "good", one);
	json_object_del(u->record, "trying");
	json_object_del(u->record, "failed");
	write_or_tell(u);
}

static void fail_part(struct ptxi_upgrade *u, const char *part, const char *why)
{
	json_t *one = json_object_get(u->record, part);

	if (!one)
		return;
	json_object_set_new(one, "error", json_string(why));
	json_object_set(u->record, "failed", one);
	json_object_del(u->record, part);
	write_or_tell(u);
}

void ptxi_upgrade_failed(struct ptxi_upgrade *u, const char *why)
{
	fail_part(u, "trying", why);
}

void ptxi_upgrade_drop_good(struct ptxi_upgrade *u, const char *why)
{
	fail_part(u, "good", why);
}

int ptxi_upgrade_open(struct ptxi_upgrade *u, struct ptx_ctx *ctx, const char *data,
		      struct ptx_error **err)
{
	ptx_auto_str own = NULL;

	*u = (struct ptxi_upgrade){ .ctx = ctx,
				    .folder = ptxi_path_join(data, "agent"),
				    .trial_ms = PTXI_UPGRADE_TRIAL_MS };
	if (!u->folder)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_fs_mkdirs(u->folder, 0700, err) < 0 || chmod(u->folder, 0700) < 0)
		return ptx_wrap(err, "while making the folder of the agent's programs");
	own = ptxi_digest_file_hex(PTXI_SHA256, OWN_PROGRAM, err);
	if (!own)
		return ptx_wrap(err, "while reading the program that runs");
	snprintf(u->own_sha256, sizeof(u->own_sha256), "%s", own);
	u->record = read_record(u);
	return u->record ? 0 : ptx_fail(err, PTX_E_NOMEM, "no memory for the record of updates");
}

void ptxi_upgrade_done(struct ptxi_upgrade *u)
{
	ptx_free(u->folder);
	json_decref(u->record);
	*u = (struct ptxi_upgrade){ .ctx = NULL };
}

/* --- releases --- */

int ptxi_upgrade_check(const struct ptxi_upgrade *u, const char *statement, const char *signature,
		       const char *root, const char *vpc, struct ptxi_release *r,
		       struct ptx_error **err)
{
	int code = ptxi_release_verify(statement, signature, root, vpc, r, err);

	(void)u;
	if (code < 0)
		return code;
	if (ptxi_release_order(r->version, PACKAGE_VERSION) < 0)
		return ptx_fail(err, PTX_E_PRECONDITION,
				"version %s of the agent is older than the %s that runs",
				r->version, PACKAGE_VERSION);
	return 0;
}

bool ptxi_upgrade_runs(const struct ptxi_upgrade *u, const struct ptxi_release *r)
{
	return strcmp(u->own_sha256, r->sha256) == 0;
}

static char *path_of(const struct ptxi_upgrade *u, const char *sha256, const char *suffix)
{
	return ptxi_asprintf("%s/%s%s", u->folder, sha256, suffix);
}

static int64_t size_of(const char *path)
{
	struct stat st;

	return path && lstat(path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
}

int64_t ptxi_upgrade_have(const struct ptxi_upgrade *u, const struct ptxi_release *r)
{
	ptx_auto_str whole = path_of(u, r->sha256, "");
	ptx_auto_str part = path_of(u, r->sha256, PART);
	int64_t n = 0;

	if (size_of(whole) == r->size)
		return r->size;
	n = size_of(part);
	return n > 0 && n < r->size ? n : 0;
}

static bool is_of(const struct ptxi_upgrade *u, const char *part, const char *sha256)
{
	struct ptxi_release r;

	return ptxi_release_read(text_of(json_object_get(u->record, part), "statement"), &r,
				 NULL) == 0 &&
	       strcmp(r.sha256, sha256) == 0;
}

/* Of all programs only the good one, the one that is tried and the one that is wanted stay. */
static void prune(const struct ptxi_upgrade *u, const char *wanted)
{
	DIR *dir = opendir(u->folder);
	struct dirent *d = NULL;

	while (dir && (d = readdir(dir))) {
		char sha256[65] = "";
		ptx_auto_str path = NULL;

		snprintf(sha256, sizeof(sha256), "%.64s", d->d_name);
		if (!ptxi_release_digest_ok(sha256) || strcmp(sha256, wanted) == 0 ||
		    is_of(u, "good", sha256) || is_of(u, "trying", sha256))
			continue;
		path = ptxi_path_join(u->folder, d->d_name);
		if (path)
			ptxi_fs_remove(path, NULL);
	}
	if (dir)
		closedir(dir);
}

static int append(const char *path, int64_t at, struct ptx_str bytes, struct ptx_error **err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int errnum = errno;

	if (fd < 0)
		return ptx_fail_errno(err, PTX_E_IO, errnum, "cannot write '%s'", path);
	/* A size that is not what was counted on: a file that somebody else wrote, from the start
	 * again. */
	if (ftruncate(fd, (off_t)at) < 0)
		errnum = errno;
	else
		errnum = 0;
	while (!errnum && bytes.n) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, (off_t)at);

		if (n < 0 && errno != EINTR)
			errnum = errno;
		if (n > 0) {
			bytes = ptxi_str_from(bytes, (size_t)n);
			at += n;
		}
	}
	if (close(fd) < 0 && !errnum)
		errnum = errno;
	return errnum ? ptx_fail_errno(err, PTX_E_IO, errnum, "cannot write '%s'", path) : 0;
}

static int sync_path(const char *path, struct ptx_error **err)
{
	ptx_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot sync '%s'", path);
	return 0;
}

static int complete(struct ptxi_upgrade *u, const struct ptxi_release *r, const char *part,
		    struct ptx_error **err)
{
	ptx_auto_str whole = path_of(u, r->sha256, "");
	ptx_auto_str digest = ptxi_digest_file_hex(PTXI_SHA256, part, err);

	if (!digest || !whole)
		return err && *err ? ptx_error_code(*err)
				   : ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (strcmp(digest, r->sha256) != 0) {
		ptxi_fs_remove(part, NULL);
		return ptx_fail(err, PTX_E_CORRUPT,
				"the program that came has another digest than its release says");
	}
	if (chmod(part, 0700) < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot change '%s'", part);
	if (sync_path(part, err) < 0)
		return PTX_E_IO;
	if (rename(part, whole) < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot rename '%s'", part);
	return sync_path(u->folder, err);
}

int ptxi_upgrade_add(struct ptxi_upgrade *u, const struct ptxi_release *r, int64_t offset,
		     struct ptx_str piece, struct ptx_error **err)
{
	ptx_auto_str part = path_of(u, r->sha256, PART);
	int64_t have = ptxi_upgrade_have(u, r);
	int code = 0;

	if (!part)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (offset < 0 || offset > have)
		return ptx_fail(err, PTX_E_CONFLICT,
				"a piece at %lld does not follow on the %lld bytes that are here",
				(long long)offset, (long long)have);
	if (piece.n > (uint64_t)(r->size - offset))
		return ptx_fail(err, PTX_E_LIMIT,
				"the program has more than the %lld bytes of its release",
				(long long)r->size);
	if (have == r->size || offset + (int64_t)piece.n <= have)
		return 0;
	if (have == 0)
		prune(u, r->sha256);
	piece = ptxi_str_from(piece, (size_t)(have - offset));
	code = append(part, have, piece, err);
	if (code == 0 && have + (int64_t)piece.n == r->size)
		code = complete(u, r, part, err);
	return code;
}

int ptxi_upgrade_piece(const struct ptxi_upgrade *u, const char *sha256, int64_t offset, size_t max,
		       struct ptx_buf *out, int64_t *size, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_release_digest_ok(sha256) ? path_of(u, sha256, "") : NULL;
	ptx_auto_fd fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	struct stat st;
	char *to = NULL;
	ssize_t n = 0;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return ptx_fail(err, PTX_E_NOT_FOUND, "there is no program '%.64s' here", sha256);
	*size = (int64_t)st.st_size;
	if (offset < 0 || offset >= *size)
		return ptx_fail(err, PTX_E_INVALID, "the program has no byte %lld",
				(long long)offset);
	if ((int64_t)max > *size - offset)
		max = (size_t)(*size - offset);
	to = ptx_buf_reserve(out, max);
	if (!to)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a piece of a program");
	n = pread(fd, to, max, (off_t)offset);
	if (n < 0 || (size_t)n != max)
		return ptx_fail(err, PTX_E_IO, "cannot read '%s'", path);
	ptx_buf_commit(out, max);
	return 0;
}

int ptxi_upgrade_program(const struct ptxi_upgrade *u, const struct ptxi_release *r,
			 struct ptx_error **err)
{
	ptx_auto_str path = path_of(u, r->sha256, "");
	ptx_auto_str through = NULL;
	ptx_auto_str digest = NULL;
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;

	if (fd < 0)
		return ptx_fail(err, PTX_E_NOT_FOUND, "there is no program '%s' here", r->sha256);
	/* The bytes that are verified are those that will run: through the descriptor, whatever
	 * becomes of the name. */
	through = ptxi_asprintf("/proc/self/fd/%d", fd);
	digest = through ? ptxi_digest_file_hex(PTXI_SHA256, through, err) : NULL;
	if (digest && strcmp(digest, r->sha256) == 0)
		return fd;
	close(fd);
	if (digest) {
		ptxi_fs_remove(path, NULL);
		return ptx_fail(err, PTX_E_CORRUPT, "the kept program '%s' has changed", r->sha256);
	}
	return err && *err ? ptx_error_code(*err)
			   : ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
}

int ptxi_upgrade_ask(const struct ptxi_upgrade *u, const struct ptxi_release *r, const char *role,
		     const char *config, struct ptx_str state, struct ptx_error **err)
{
	ptx_auto_str path = path_of(u, r->sha256, "");
	ptx_auto_str want = ptxi_asprintf("pitrix-agent %s takes over format %d\n", r->version,
					  PTXI_TAKEOVER_FORMAT);
	const char *const argv[] = { path, role, "--config", config, "--check", NULL };
	struct ptxi_proc_opts o = {
		.argv = argv, .input = state, .timeout_ms = ASK_MS, .max_output = 4096
	};
	struct ptxi_proc_result result = { .exit_status = 0 };
	int code = 0;

	if (!path || !want)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	ptx_buf_init(&result.out, 0);
	ptx_buf_init(&result.err, 0);
	code = ptxi_proc_run(u->ctx, &o, &result, err);
	if (code < 0) {
		ptx_wrap(err, "while asking the new agent whether it can take over");
	} else if (result.exit_status != 0 || strcmp(result.out.p, want) != 0) {
		struct ptx_str said = ptxi_str_trim(result.err.n ? ptx_buf_str(&result.err)
								 : ptx_buf_str(&result.out));

		code =
		    ptx_fail(err, PTX_E_FAILED, "the new agent cannot take over: status %d%s%.*s",
			     result.exit_status, said.n ? ": " : "",
			     (int)(said.n > 500 ? 500 : said.n), said.n ? said.p : "");
	}
	ptxi_proc_result_done(&result);
	return code;
}

/* --- at a machine's start --- */

static bool belongs_here(const struct ptxi_upgrade *u, const struct ptxi_release *r)
{
	int order = ptxi_release_order(r->version, PACKAGE_VERSION);

	return order > 0 || (order == 0 && strcmp(text_of(u->record, "base"), u->own_sha256) == 0);
}

void ptxi_upgrade_choose(struct ptxi_upgrade *u, const char *root, const char *vpc)
{
	const json_t *good = json_object_get(u->record, "good");
	struct ptxi_release r;
	struct ptx_error *e = NULL;
	ptx_auto_str path = NULL;
	int fd = -1;

	if (!good)
		return;
	if (!root) {
		ptxi_log(u->ctx, PTX_LOG_WARN, "agent",
			 "the kept program cannot be verified yet and is not run", PTXI_F_END);
		return;
	}
	if (ptxi_release_verify(text_of(good, "statement"), text_of(good, "signature"), root, vpc,
				&r, &e) == 0 &&
	    !belongs_here(u, &r)) {
		ptxi_log(u->ctx, PTX_LOG_INFO, "agent",
			 "the machine's own program is newer than the kept one",
			 PTXI_F("kept", r.version), PTXI_F_END);
		json_object_del(u->record, "good");
		json_object_del(u->record, "base");
		write_or_tell(u);
		return;
	}
	if (!e && !ptxi_upgrade_runs(u, &r))
		fd = ptxi_upgrade_program(u, &r, &e);
	path = fd >= 0 ? path_of(u, r.sha256, "") : NULL;
	if (path)
		ptxi_takeover_instead(fd, path, &e);
	if (fd >= 0)
		close(fd);
	if (!e)
		return;
	ptxi_log(u->ctx, PTX_LOG_ERROR, "agent", "the kept program is not run",
		 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptxi_upgrade_drop_good(u, ptx_error_message(e));
	ptx_error_free(e);
}
