/* SPDX-License-Identifier: Apache-2.0 */
/* resource.c - from a resource's file and the metadata to a configuration file.
 *
 * Templates are parsed, executed and forgotten each time: changes are rare, memory is not to stay.
 * The new file is written beside its destination, complete with mode and owner, and compared with
 * what is there by content, mode and owner; only a difference goes on to the check and the rename,
 * so that whoever reads the destination sees the old file or the new one.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "resource.h"

#include <errno.h>
#include <fcntl.h>

#include <pitrix/codec.h>

#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../base/time.h"
#include "../template/exec.h"

#define PASSWD     "/etc/passwd"
#define GROUP      "/etc/group"
#define MAX_ID     (INT64_C(4294967294))
#define MAX_MEMORY ((size_t)128 << 20)
#define MAX_STEPS  3000000u /* about a second: heartbeats must go on */

/* --- users and groups --- */

int ptxi_resource_id(const char *file, const char *name, int64_t *id, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str line = { NULL, 0 };
	int fields = 0;

	if (ptxi_parse_i64(ptxi_str(name), id, 0, MAX_ID))
		return 0;
	ptx_buf_init(&text, 0);
	if (ptxi_fs_read(file, (size_t)4 << 20, &text, err) < 0)
		return ptx_wrap(err, "while looking for '%s'", name);
	rest = ptx_buf_str(&text);
	while (ptxi_str_next(&rest, '\n', &line)) {
		struct ptx_str field = { NULL, 0 };

		if (!ptxi_str_next(&line, ':', &field) || !ptxi_str_is(field, name))
			continue;
		for (fields = 1; fields < 3 && ptxi_str_next(&line, ':', &field);)
			fields++;
		if (fields == 3 && ptxi_parse_i64(field, id, 0, MAX_ID))
			return 0;
	}
	return ptx_fail(err, PTX_E_NOT_FOUND, "there is no '%s' in %s", name, file);
}

/* --- reading --- */

static int fail_member(const struct ptx_value *v, const char *name, const char *what,
		       struct ptx_error **err)
{
	return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v), "'%s' %s", name, what);
}

/* A text member, copied; NULL when it is missing or (an error) of another kind. "" counts as
 * missing. */
static char *text_member(const struct ptx_value *t, const char *name, struct ptx_error **err)
{
	const struct ptx_value *v = ptx_value_get(t, name);
	const char *s = ptx_value_as_string(v, NULL);
	char *copy = NULL;

	if (!v || (s && !*s))
		return NULL;
	if (!s || strlen(s) != ptx_value_str(v).n) {
		fail_member(v, name, "is no text", err);
		return NULL;
	}
	copy = ptxi_strdup(s);
	if (!copy)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a resource");
	return copy;
}

/* uid or owner, gid or group. */
static int read_id(const struct ptx_value *t, const char *number, const char *name,
		   const char *file, int64_t *id, struct ptx_error **err)
{
	const struct ptx_value *v = ptx_value_get(t, number);
	struct ptx_error *e = NULL;
	ptx_auto_str text = NULL;

	*id = -1;
	if (v) {
		*id = ptx_value_as_int(v, -2);
		if (*id < -1 || *id > MAX_ID)
			return fail_member(v, number, "is no number of a user or group", err);
		return 0;
	}
	text = text_member(t, name, &e);
	if (text)
		ptxi_resource_id(file, text, id, &e);
	if (!e)
		return 0;
	int code = ptx_error_code(e);

	if (v || ptx_value_get(t, name))
		ptxi_error_at(&e, ptx_value_where(ptx_value_get(t, name)));
	if (err)
		*err = e;
	else
		ptx_error_free(e);
	return code;
}

static int read_mode(struct ptxi_resource *r, const struct ptx_value *t, struct ptx_error **err)
{
	const struct ptx_value *v = ptx_value_get(t, "mode");
	const char *s = ptx_value_as_string(v, NULL);
	int64_t mode = 0;

	r->mode = -1;
	if (!v || (s && !*s))
		return 0;
	for (const char *p = s; p && *p; p++) {
		if (*p < '0' || *p > '7' || mode > 07777)
			return fail_member(v, "mode", "is no octal mode of a file", err);
		mode = mode * 8 + (*p - '0');
	}
	if (!s || mode > 07777)
		return fail_member(v, "mode", "is no octal mode of a file, such as \"0644\"", err);
	r->mode = mode;
	return 0;
}

/* "/a/b" without a slash at its end; "" for the root. NULL without memory. */
static char *clean_key(const char *key)
{
	ptx_auto_str rooted = ptxi_asprintf("/%s", key);
	char *clean = rooted ? ptxi_path_clean(rooted) : NULL;

	if (clean && strcmp(clean, "/") == 0)
		clean[0] = '\0';
	return clean;
}

static int read_keys(struct ptxi_resource *r, const struct ptx_value *t, struct ptx_error **err)
{
	const struct ptx_value *keys = ptx_value_get(t, "keys");
	size_t n = ptx_value_count(keys);

	if (keys && ptx_value_kind(keys) != PTX_LIST)
		return fail_member(keys, "keys", "is no list", err);
	if (n > PTXI_RESOURCE_MAX_KEYS)
		return ptx_fail_at(err, PTX_E_LIMIT, ptx_value_where(keys), "more than %d keys",
				   PTXI_RESOURCE_MAX_KEYS);
	r->keys = ptxi_alloc_array(n + 1, sizeof(*r->keys));
	for (size_t i = 0; r->keys && i < n; i++) {
		const char *key = ptx_value_as_string(ptx_value_at(keys, i), NULL);

		if (!key)
			return fail_member(ptx_value_at(keys, i), "keys",
					   "has something that is no text", err);
		r->keys[i] = clean_key(key);
		if (!r->keys[i])
			break;
		r->key_count++;
	}
	return r->key_count == n && r->keys
		   ? 0
		   : ptx_fail(err, PTX_E_NOMEM, "no memory for a resource");
}

static int read_template(struct ptxi_resource *r, const char *folder, const struct ptx_value *t,
			 struct ptx_error **err)
{
	struct ptx_error *e = NULL;
	ptx_auto_str src = text_member(t, "src", &e);
	ptx_auto_str prefix = e ? NULL : text_member(t, "prefix", &e);

	r->dest = e ? NULL : text_member(t, "dest", &e);
	r->check_cmd = e ? NULL : text_member(t, "check_cmd", &e);
	r->reload_cmd = e ? NULL : text_member(t, "reload_cmd", &e);
	if (!e && (!src || !r->dest))
		fail_member(t, src ? "dest" : "src", "is missing", &e);
	if (!e && r->dest[0] != '/')
		fail_member(ptx_value_get(t, "dest"), "dest", "is no absolute path", &e);
	if (!e) {
		r->src = src[0] == '/' ? ptxi_strdup(src)
				       : ptxi_asprintf("%s/templates/%s", folder, src);
		r->prefix = clean_key(prefix ? prefix : "");
		if (!r->src || !r->prefix)
			ptx_fail(&e, PTX_E_NOMEM, "no memory for a resource");
	}
	if (!e && read_mode(r, t, &e) == 0 && read_keys(r, t, &e) == 0 &&
	    read_id(t, "uid", "owner", PASSWD, &r->uid, &e) == 0)
		read_id(t, "gid", "group", GROUP, &r->gid, &e);
	if (!e)
		return 0;
	int code = ptx_error_code(e);

	if (err)
		*err = e;
	else
		ptx_error_free(e);
	return code;
}

int ptxi_resource_load(struct ptxi_resource *r, const char *folder, const char *name,
		       struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new((size_t)16 << 20);
	ptx_auto_str path = ptxi_asprintf("%s/conf.d/%s", folder, name);
	ptx_auto_buf text = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	const struct ptx_value *doc = NULL;
	const struct ptx_value *t = NULL;
	int code = 0;

	memset(r, 0, sizeof(*r));
	r->name = ptxi_strdup(name);
	if (!a || !path || !r->name)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a resource");
	ptx_buf_init(&text, 0);
	code = ptxi_fs_read(path, PTXI_RESOURCE_MAX_BYTES, &text, err);
	if (code < 0)
		return code;
	opts.file = name;
	opts.max_depth = 32;
	doc = ptx_toml_parse(a, ptx_buf_str(&text), &opts, err);
	if (!doc)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	t = ptx_value_get(doc, "template");
	if (ptx_value_kind(t) != PTX_MAP)
		return ptx_fail(err, PTX_E_INVALID, "'%s' has no table [template]", name);
	return read_template(r, folder, t, err);
}

void ptxi_resource_done(struct ptxi_resource *r)
{
	ptx_free(r->name);
	ptx_free(r->src);
	ptx_free(r->dest);
	ptx_free(r->prefix);
	for (size_t i = 0; i < r->key_count; i++)
		ptx_free(r->keys[i]);
	ptx_free(r->keys);
	ptx_free(r->check_cmd);
	ptx_free(r->reload_cmd);
	memset(r, 0, sizeof(*r));
}

/* --- what it sees --- */

/* Calls fn for each pair of the view that is at or below one of the keys; with several keys that
 * overlap, once for each. name is the key as the template sees it: the view's, below `prefix`,
 * without the resource's own prefix. */
typedef int (*pair_fn)(struct ptx_str name, struct ptx_str value, void *user,
		       struct ptx_error **err);

static int each_pair(const struct ptxi_resource *r, const struct ptxi_kv *view, const char *prefix,
		     pair_fn fn, void *user, struct ptx_error **err)
{
	ptx_auto_buf key = { 0 };
	ptx_auto_buf full = { 0 };

	ptx_buf_init(&key, 0);
	ptx_buf_init(&full, 0);
	for (size_t k = 0; k < r->key_count; k++) {
		struct ptx_str under = { NULL, 0 };

		ptx_buf_clear(&full);
		ptx_buf_printf(&full, "%s%s", r->prefix, r->keys[k]);
		under = ptx_buf_str(&full);
		for (size_t i = 0; i < view->n; i++) {
			struct ptx_str name = { NULL, 0 };
			int code = 0;

			ptx_buf_clear(&key);
			ptx_buf_printf(&key, "%s%s", prefix, view->v[i].key);
			if (!ptx_buf_ok(&key) || !ptx_buf_ok(&full))
				return ptx_fail(err, PTX_E_NOMEM, "no memory for keys");
			name = ptx_buf_str(&key);
			if (name.n < under.n || memcmp(name.p, under.p, under.n) != 0 ||
			    (name.n > under.n && name.p[under.n] != '/'))
				continue;
			name = ptxi_str_from(name, strlen(r->prefix));
			code = fn(name.n ? name : PTXI_STR("/"),
				  ptxi_strn(view->v[i].value, view->v[i].value_n), user, err);
			if (code < 0)
				return code;
		}
	}
	return 0;
}

static int add_digest(struct ptx_str name, struct ptx_str value, void *user, struct ptx_error **err)
{
	uint64_t sizes[2] = { name.n, value.n };

	(void)err;
	ptxi_hasher_add(user, ptxi_strn((const char *)sizes, sizeof(sizes)));
	ptxi_hasher_add(user, name);
	ptxi_hasher_add(user, value);
	return 0;
}

int ptxi_resource_digest(const struct ptxi_resource *r, const struct ptxi_kv *view,
			 const char *prefix, unsigned char out[32], struct ptx_error **err)
{
	ptxi_auto(hasher) h = ptxi_hasher_new(PTXI_SHA256);
	unsigned char all[PTXI_DIGEST_MAX];
	int code = 0;

	if (!h)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a digest");
	code = each_pair(r, view, prefix, add_digest, h, err);
	if (code < 0)
		return code;
	if (ptxi_hasher_finish(h, all) != 32)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a digest");
	memcpy(out, all, 32);
	return 0;
}

static int add_pair(struct ptx_str name, struct ptx_str value, void *user, struct ptx_error **err)
{
	return ptxi_confd_kv_set(user, name, value, err);
}

static const char *env_of(const char *name, void *user)
{
	(void)user;
	return getenv(name);
}

static bool is_file(const char *path, void *user)
{
	(void)user;
	return ptxi_fs_exists(path);
}

static int64_t now_of(void *user)
{
	(void)user;
	return ptxi_time_wall_ns();
}

int ptxi_resource_render(const struct ptxi_resource *r, const struct ptxi_kv *view,
			 const char *prefix, struct ptx_buf *out, struct ptx_error **err)
{
	struct ptx_template_opts topts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_execute_opts xopts = PTX_EXECUTE_OPTS_INIT;
	ptxi_auto(confd_kv) kv = ptxi_confd_kv_new();
	ptx_auto(template) t = NULL;
	ptx_auto_buf text = { 0 };
	struct ptxi_template_env env = {
		.kv = kv, .getenv = env_of, .file_exists = is_file, .now_ns = now_of
	};
	const char *name = ptxi_path_base(r->src);
	int code = 0;

	if (!kv)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for keys");
	ptx_buf_init(&text, 0);
	code = ptxi_fs_read(r->src, PTXI_RESOURCE_MAX_TEMPLATE, &text, err);
	if (code < 0)
		return code;
	topts.families = PTX_FUNCS_CONFD;
	topts.max_bytes = PTXI_RESOURCE_MAX_TEMPLATE;
	t = ptx_template_new(&topts, err);
	if (!t)
		return PTX_E_NOMEM;
	code = ptx_template_parse(t, name, ptx_buf_str(&text), err);
	if (code == 0)
		code = each_pair(r, view, prefix, add_pair, kv, err);
	if (code < 0)
		return code;
	xopts.max_steps = MAX_STEPS;
	xopts.max_output = PTXI_RESOURCE_MAX_OUTPUT;
	xopts.max_memory = MAX_MEMORY;
	if (!ptx_template_has(t, name)) /* an empty template is an empty file */
		return 0;
	return ptxi_template_execute(t, name, NULL, &xopts, &env, out, err);
}

char *ptxi_resource_check_cmd(const struct ptxi_resource *r, const char *staged,
			      struct ptx_error **err)
{
	struct ptx_execute_opts xopts = PTX_EXECUTE_OPTS_INIT;
	ptx_auto(arena) a = ptx_arena_new((size_t)1 << 20);
	ptx_auto(template) t = ptx_template_new(NULL, err);
	struct ptx_value *data = a ? ptx_value_map(a) : NULL;
	struct ptx_buf out;

	ptx_buf_init(&out, PTXI_WIRE_MAX_CMD);
	if (!t)
		return NULL;
	ptx_value_set_string(data, "src", staged);
	xopts.max_steps = 10000;
	xopts.max_memory = (size_t)4 << 20;
	if (ptx_template_parse(t, "check_cmd", ptxi_str(r->check_cmd), err) < 0 ||
	    ptx_template_execute(t, "check_cmd", data, &xopts, &out, err) < 0) {
		ptx_wrap(err, "while reading check_cmd");
		ptx_buf_done(&out);
		return NULL;
	}
	char *cmd = ptx_buf_steal(&out, NULL);

	if (!cmd)
		ptx_fail(err, PTX_E_NOMEM, "no memory for check_cmd");
	return cmd;
}

/* --- files --- */

static bool is_same(const struct ptxi_resource *r, const struct stat *st, struct ptx_str content,
		    mode_t mode, int64_t uid, int64_t gid)
{
	ptx_auto_buf old = { 0 };

	if (!S_ISREG(st->st_mode) || (st->st_mode & 07777) != mode || st->st_uid != (uid_t)uid ||
	    st->st_gid != (gid_t)gid || st->st_size != (off_t)content.n)
		return false;
	ptx_buf_init(&old, 0);
	return ptxi_fs_read(r->dest, PTXI_RESOURCE_MAX_OUTPUT, &old, NULL) == 0 &&
	       ptxi_str_eq(ptx_buf_str(&old), content);
}

static int write_all(int fd, struct ptx_str content)
{
	while (content.n) {
		ssize_t n = write(fd, content.p, content.n);

		if (n < 0 && errno != EINTR)
			return -1;
		content = ptxi_str_from(content, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

static int fill(int fd, struct ptx_str content, mode_t mode, int64_t uid, int64_t gid)
{
	struct stat st;

	if (write_all(fd, content) < 0 || fstat(fd, &st) < 0)
		return -1;
	if ((st.st_uid != (uid_t)uid || st.st_gid != (gid_t)gid) &&
	    fchown(fd, (uid_t)uid, (gid_t)gid) < 0)
		return -1;
	return fchmod(fd, mode) < 0 || fsync(fd) < 0
		   ? -1
		   : 0; /* after the owner: that takes set-id bits away */
}

char *ptxi_resource_stage(const struct ptxi_resource *r, struct ptx_str content, bool *same,
			  struct ptx_error **err)
{
	ptx_auto_str dir = ptxi_path_dir(r->dest);
	ptx_auto_str path =
	    dir ? ptxi_asprintf("%s/.%s.XXXXXX", dir, ptxi_path_base(r->dest)) : NULL;
	struct stat st = { .st_mode = 0 };
	bool there = stat(r->dest, &st) == 0;
	mode_t mode = r->mode >= 0 ? (mode_t)r->mode : there ? st.st_mode & 07777 : 0644;
	int64_t uid = r->uid >= 0 ? r->uid : (int64_t)geteuid();
	int64_t gid = r->gid >= 0 ? r->gid : (int64_t)getegid();
	ptx_auto_fd fd = -1;

	*same = there && is_same(r, &st, content, mode, uid, gid);
	if (*same)
		return NULL;
	if (!path) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
		return NULL;
	}
	if (there && S_ISDIR(st.st_mode)) {
		ptx_fail(err, PTX_E_INVALID, "dest '%s' is a folder", r->dest);
		return NULL;
	}
	if (ptxi_fs_mkdirs(dir, 0755, err) < 0)
		return NULL;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0 || fill(fd, content, mode, uid, gid) < 0) {
		int errnum = errno;

		ptx_fail_errno(err, ptxi_code_from_errno(errnum), errnum,
			       "cannot write beside '%s'", r->dest);
		if (fd >= 0)
			unlink(path);
		return NULL;
	}
	return ptx_steal(&path);
}

static int write_through(const struct ptxi_resource *r, const char *staged, struct ptx_error **err)
{
	ptx_auto_buf content = { 0 };
	struct stat st;
	ptx_auto_fd fd = -1;

	ptx_buf_init(&content, 0);
	if (ptxi_fs_read(staged, PTXI_RESOURCE_MAX_OUTPUT, &content, err) < 0 ||
	    stat(staged, &st) < 0)
		return PTX_E_IO;
	fd = open(r->dest, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || fill(fd, ptx_buf_str(&content), st.st_mode & 07777, st.st_uid, st.st_gid) < 0)
		return ptx_fail_errno(err, ptxi_code_from_errno(errno), errno, "cannot write '%s'",
				      r->dest);
	return 0;
}

int ptxi_resource_install(const struct ptxi_resource *r, const char *staged, struct ptx_error **err)
{
	int code = 0;

	if (rename(staged, r->dest) == 0)
		return 0;
	if (errno == EBUSY)
		code = write_through(r, staged, err);
	else
		code = ptx_fail_errno(err, ptxi_code_from_errno(errno), errno,
				      "cannot replace '%s'", r->dest);
	unlink(staged);
	return code;
}
