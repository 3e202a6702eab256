/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.c - runtimes: the built-in `local`, and those of the user's file.
 *
 * The file's entry `local`, if there is one, is laid over the built-in one. Sources of images that
 * are paths (they begin with ./, ../, ~/ or /) are made absolute by the folder of the file, so that
 * it does not matter from where it is read. Members other than provider, zone, labels and images
 * belong to the provider and are checked against its fields.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "runtime.h"
#include "../base/fs.h"
#include "../base/lookup.h"
#include "../base/path.h"
#include "../value/merge.h"
#include "../value/value.h"

#include <pitrix/codec.h>

#define FILE_MAX        ((size_t)1 << 20)
#define NAME_LENGTH_MAX 63u

static const char *const common[] = { "provider", "zone", "labels", "images" };

char *ptxi_runtime_file(void)
{
	const char *named = getenv("PITRIX_CONFIG");
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (named && *named)
		return ptxi_strdup(named);
	if (config && *config == '/')
		return ptxi_asprintf("%s/pitrix/runtimes.yaml", config);
	return home && *home == '/' ? ptxi_asprintf("%s/.config/pitrix/runtimes.yaml", home) : NULL;
}

/* ---- reading the file ---- */

static bool is_name(struct ptx_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_' || c == '.'))
			return false;
	}
	return s.n > 0 && s.n <= NAME_LENGTH_MAX;
}

/* The built-in part of `local`. */
static struct ptx_value *make_local(struct ptx_arena *a)
{
	const char *folder = getenv("PITRIX_IMAGES");
	struct ptx_value *local = ptx_value_map(a);
	struct ptx_value *images = ptx_value_map(a);

	ptx_value_set_string(local, "provider", "docker");
	ptx_value_set_string(local, "zone", "local");
	ptx_value_set(local, "labels", ptx_value_map(a));
	ptx_value_set_string(
	    images, "frontgate",
	    ptxi_arena_printf(a, "%s/frontgate",
			      folder && *folder ? folder : PTXI_DATA_DIR "/images"));
	ptx_value_set(local, "images", images);
	return local;
}

static int check_strings(const struct ptx_value *map, const char *runtime, const char *what,
			 struct ptx_error **err)
{
	if (map && ptx_value_kind(map) != PTX_MAP)
		return ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(map),
				   "runtime '%s': '%s' must be a map of strings", runtime, what);
	for (size_t i = 0; i < ptx_value_count(map); i++) {
		struct ptx_str key = { NULL, 0 };
		const struct ptx_value *v = ptx_value_entry(map, i, &key);

		if (ptx_value_kind(v) != PTX_STRING)
			return ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(v),
					   "runtime '%s': '%s.%s' must be a string", runtime, what,
					   key.p);
	}
	return 0;
}

static int check_entry(const struct ptx_value *entry, struct ptx_str name, struct ptx_error **err)
{
	static const char *const strings[] = { "provider", "zone" };
	int code = 0;

	if (!is_name(name))
		return ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(entry),
				   "'%.*s' is not the name of a runtime", PTX_STR_ARG(name));
	if (ptx_value_kind(entry) != PTX_MAP)
		return ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(entry),
				   "runtime '%s' must be a map", name.p);
	for (size_t i = 0; i < PTXI_COUNT(strings); i++) {
		const struct ptx_value *v = ptx_value_get(entry, strings[i]);

		if (v && ptx_value_kind(v) != PTX_STRING)
			return ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(v),
					   "runtime '%s': '%s' must be a string", name.p,
					   strings[i]);
	}
	code = check_strings(ptx_value_get(entry, "labels"), name.p, "labels", err);
	return code < 0 ? code
			: check_strings(ptx_value_get(entry, "images"), name.p, "images", err);
}

/* An image's source as a path or reference that means the same everywhere. */
static const char *absolute(struct ptx_arena *a, const char *source, const char *file)
{
	const char *home = getenv("HOME");
	ptx_auto_str dir = NULL;
	ptx_auto_str clean = NULL;
	ptx_auto_str full = NULL;

	if (strncmp(source, "~/", 2) == 0)
		return ptxi_arena_printf(a, "%s%s", home ? home : "", source + 1);
	if (strncmp(source, "./", 2) != 0 && strncmp(source, "../", 3) != 0)
		return source;
	dir = ptxi_path_dir(file);
	full = dir ? ptxi_path_join(dir, source) : NULL;
	clean = full ? ptxi_path_clean(full) : NULL;
	return clean ? ptxi_arena_str(a, clean) : NULL;
}

static void make_absolute(struct ptx_arena *a, struct ptx_value *entry, const char *file)
{
	struct ptx_value *images = ptx_value_get(entry, "images");

	for (size_t i = 0; i < ptx_value_count(images); i++) {
		struct ptx_str key = { NULL, 0 };
		const char *source = ptx_value_as_string(ptx_value_entry(images, i, &key), "");
		const char *full = absolute(a, source, file);

		if (full != source)
			ptx_value_set(images, key.p, ptx_value_string(a, full));
	}
}

static int add_entries(struct ptx_arena *a, const struct ptx_value *given, const char *file,
		       struct ptx_value *runtimes, struct ptx_error **err)
{
	for (size_t i = 0; i < ptx_value_count(given); i++) {
		struct ptx_str name = { NULL, 0 };
		const struct ptx_value *v = ptx_value_entry(given, i, &name);
		struct ptx_value *entry = NULL;
		int code = check_entry(v, name, err);

		if (code < 0)
			return code;
		entry = ptx_value_copy(a, v);
		make_absolute(a, entry, file);
		if (ptx_value_has(runtimes, name.p))
			code = ptxi_value_merge(a, ptx_value_get(runtimes, name.p), entry, err);
		else if (!ptx_value_has(entry, "provider"))
			code = ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(v),
					   "runtime '%s' has no 'provider'", name.p);
		else
			ptx_value_set(runtimes, name.p, entry);
		if (code < 0)
			return code;
	}
	return 0;
}

struct ptx_value *ptxi_runtime_read(struct ptx_arena *a, struct ptx_str text, const char *file,
				    struct ptx_error **err)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *runtimes = ptx_value_map(a);
	struct ptx_value *document = NULL;
	struct ptx_value *given = NULL;

	ptx_value_set(runtimes, PTX_RUNTIME_DEFAULT, make_local(a));
	if (text.n > 0) {
		opts.file = file;
		opts.numbers = PTX_NUMBERS_EXACT;
		document = ptx_yaml_parse(a, text, &opts, err);
		if (!document)
			return NULL;
		given = ptx_value_get(document, "runtimes");
		if (ptx_value_kind(document) != PTX_NULL && ptx_value_kind(given) != PTX_MAP) {
			ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(given ? given : document),
				    "a runtimes file is a map with one member 'runtimes', a map of "
				    "runtimes");
			return NULL;
		}
		if (add_entries(a, given, file, runtimes, err) < 0)
			return NULL;
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : runtimes;
}

static struct ptx_value *read_all(struct ptx_arena *a, struct ptx_error **err)
{
	ptx_auto_str file = ptxi_runtime_file();
	ptx_auto_str full = file && *file != '/' ? realpath(file, NULL) : NULL;
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	/* A file that was named must be there; the usual one may be missing. */
	if (file && (ptxi_fs_exists(file) || getenv("PITRIX_CONFIG")) &&
	    ptxi_fs_read(file, FILE_MAX, &text, err) < 0) {
		ptx_wrap(err, "while reading the runtimes");
		return NULL;
	}
	return ptxi_runtime_read(a, ptx_buf_str(&text), full ? full : file ? file : "", err);
}

/* ---- one runtime ---- */

struct names {
	const struct ptx_value *map;
};

static struct ptx_str name_at(size_t i, const void *user)
{
	const struct names *n = user;
	struct ptx_str key = { NULL, 0 };

	ptx_value_entry(n->map, i, &key);
	return key;
}

static struct ptxi_runtime *from_entry(struct ptx_arena *a, const char *name,
				       const struct ptx_value *entry, struct ptx_error **err)
{
	struct ptxi_runtime *r = ptxi_arena_alloc(a, sizeof(*r));
	struct ptx_value *own = ptx_value_copy(a, entry);
	const char *where = ptxi_arena_printf(a, "runtime '%s'", name);

	if (ptxi_arena_check(a, err) < 0)
		return NULL;
	r->name = ptxi_arena_str(a, name);
	r->provider =
	    ptxi_provider_find(ptx_value_as_string(ptx_value_get(entry, "provider"), ""), err);
	if (!r->provider) {
		ptx_wrap(err, "while reading runtime '%s'", name);
		return NULL;
	}
	r->zone = ptx_value_as_string(ptx_value_get(entry, "zone"), "");
	r->labels = ptx_value_get(entry, "labels");
	r->images = ptx_value_get(entry, "images");
	r->built_in = strcmp(name, PTX_RUNTIME_DEFAULT) == 0;
	for (size_t i = 0; i < PTXI_COUNT(common); i++)
		ptx_value_remove(own, common[i]);
	r->config = ptxi_provider_config(a, r->provider, where, own, err);
	return r->config ? r : NULL;
}

struct ptxi_runtime *ptxi_runtime_load(struct ptx_ctx *ctx, const char *name, struct ptx_arena *a,
				       struct ptx_error **err)
{
	struct ptx_value *all = read_all(a, err);
	struct names names = { all };
	struct ptx_str near = { NULL, 0 };

	(void)ctx;
	if (!all)
		return NULL;
	if (!name || !*name)
		name = PTX_RUNTIME_DEFAULT;
	if (ptx_value_has(all, name))
		return from_entry(a, name, ptx_value_get(all, name), err);
	near = ptxi_nearest(ptxi_str(name), name_at, &names);
	ptx_fail(err, PTX_E_NOT_FOUND, "no runtime '%s'", name);
	if (near.p)
		ptxi_error_hint(err, "did you mean '%.*s'?", PTX_STR_ARG(near));
	else
		ptxi_error_hint(err, "`pitrix runtime list` shows them");
	return NULL;
}

const char *ptxi_runtime_image(const struct ptxi_runtime *r, const char *image)
{
	return ptx_value_as_string(ptx_value_get(r->images, image), NULL);
}

/* ---- public ---- */

static void set_visible(struct ptx_value *out, const struct ptx_provider *p,
			const struct ptx_value *config, struct ptx_arena *a)
{
	for (const struct ptx_provider_field *f = p->fields; f && f->name; f++) {
		const struct ptx_value *v = ptx_value_get(config, f->name);

		if (v && !f->secret)
			ptx_value_set(out, f->name, ptx_value_copy(a, v));
	}
}

static struct ptx_value *as_value(const struct ptxi_runtime *r, struct ptx_arena *a)
{
	struct ptx_value *v = ptx_value_map(a);

	ptx_value_set_string(v, "name", r->name);
	ptx_value_set_string(v, "provider", r->provider->name);
	ptx_value_set_string(v, "zone", r->zone);
	ptx_value_set_string(v, "endpoint", "");
	set_visible(v, r->provider, r->config, a);
	ptx_value_set(v, "labels", r->labels ? ptx_value_copy(a, r->labels) : ptx_value_map(a));
	ptx_value_set(v, "images", r->images ? ptx_value_copy(a, r->images) : ptx_value_map(a));
	ptx_value_set_bool(v, "built_in", r->built_in);
	return v;
}

struct ptx_value *ptx_runtime_list(struct ptx_ctx *ctx, struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_value *all = read_all(a, err);
	struct ptx_value *list = ptx_value_list(a);

	(void)ctx;
	if (!all)
		return NULL;
	for (size_t i = 0; i < ptx_value_count(all); i++) {
		struct ptx_str name = { NULL, 0 };
		const struct ptx_value *entry = ptx_value_entry(all, i, &name);
		const struct ptxi_runtime *r = from_entry(a, name.p, entry, err);

		if (!r)
			return NULL;
		ptx_value_append(list, as_value(r, a));
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : list;
}

struct ptx_value *ptx_runtime_show(struct ptx_ctx *ctx, const char *name, struct ptx_arena *a,
				   struct ptx_error **err)
{
	struct ptxi_runtime *r = ptxi_runtime_load(ctx, name, a, err);
	struct ptx_value *v = NULL;
	struct ptx_value *actions = NULL;

	if (!r)
		return NULL;
	v = as_value(r, a);
	actions = ptx_value_list(a);
	for (const struct ptx_provider_action *row = r->provider->actions; row && row->name; row++)
		ptx_value_append(actions, ptx_value_string(a, row->name));
	ptx_value_set(v, "actions", actions);
	return ptxi_arena_check(a, err) < 0 ? NULL : v;
}

int ptx_runtime_check(struct ptx_ctx *ctx, const char *name, struct ptx_diags *problems,
		      struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_runtime *r = a ? ptxi_runtime_load(ctx, name, a, err) : NULL;
	void *driver = NULL;
	int code = 0;

	if (!a)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to check a runtime");
	if (!r)
		return err && *err ? ptx_error_code(*err) : PTX_E_CONFIG;
	code = ptxi_provider_open(ctx, r->provider, r->config, &driver, err);
	if (code == 0)
		code = ptxi_provider_check(r->provider, driver, problems, err);
	ptxi_provider_close(r->provider, driver);
	return code;
}
