/* SPDX-License-Identifier: Apache-2.0 */
/* save.c - a chart to NAME-VERSION.tgz, as Helm packs it.
 *
 * Chart.yaml is written anew from what was read (keys sorted, unknown ones gone), every other file
 * stays byte for byte; Chart.yaml, the lock, values, their schema, templates, the other files,
 * subcharts, in this order. No folders, one mode, and the two fields in gzip's header by which
 * Helm's archives are known.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../package/archive.h"
#include "../value/gojson_error.h"

#include <pitrix/codec.h>

#define GZIP_EXTRA   "+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo="
#define GZIP_COMMENT "Helm"
#define GZIP_FIXED   10u /* bytes of the header before what is optional */

struct save {
	struct ptx_arena *arena;
	PTX_VEC(struct ptxi_archive_item) items;
	struct ptx_error **err;
};

static int no_memory(struct save *s)
{
	return ptx_fail(s->err, PTX_E_NOMEM, "no memory for an archive");
}

static int add(struct save *s, const char *base, const char *name, struct ptx_str content)
{
	struct ptxi_archive_item item = { ptxi_arena_printf(s->arena, "%s/%s", base, name), content,
					  false };

	return item.name && ptx_vec_push(&s->items, item) ? 0 : no_memory(s);
}

static int add_value(struct save *s, const char *base, const char *name, const struct ptx_value *v)
{
	ptx_auto_buf text = { 0 };
	char *copy = NULL;

	ptx_buf_init(&text, 0);
	ptx_yaml_format(v, &text);
	copy = ptx_buf_ok(&text) ? ptxi_arena_strn(s->arena, text.p, text.n) : NULL;
	return copy ? add(s, base, name, ptxi_strn(copy, text.n)) : no_memory(s);
}

static struct ptx_value *lock_value(struct save *s, const struct ptxi_chart_lock *lock)
{
	struct ptx_value *map = ptx_value_map(s->arena);
	struct ptx_value *list =
	    lock->dependencies ? ptx_value_list(s->arena) : ptx_value_null(s->arena);

	for (size_t i = 0; i < lock->count; i++)
		ptx_value_append(list,
				 ptxi_chart_dependency_value(s->arena, &lock->dependencies[i]));
	ptx_value_set_string(map, "generated", lock->generated);
	ptx_value_set_string(map, "digest", lock->digest);
	ptx_value_set(map, "dependencies", list);
	return map;
}

static int add_files(struct save *s, const char *base, const struct ptxi_chart_files *files)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < files->n; i++)
		rc = add(s, base, files->v[i].name, ptxi_chart_file_text(&files->v[i]));
	return rc;
}

static int add_chart(struct save *s, const struct ptxi_chart *c, const struct ptxi_chart_meta *meta,
		     const char *prefix)
{
	struct ptxi_chart_meta shown = *meta;
	const char *base = ptxi_arena_printf(s->arena, "%s%s", prefix, meta->name);
	bool v1 = strcmp(meta->api_version, "v1") == 0;
	ptx_auto_buf ignored = { 0 };
	int rc = 0;

	if (!base)
		return no_memory(s);
	if (v1) /* they are in requirements.yaml */
		shown.dependency_count = 0;
	rc = add_value(s, base, "Chart.yaml", ptxi_chart_meta_value(s->arena, &shown));
	if (rc == 0 && strcmp(meta->api_version, "v2") == 0 && c->lock.given)
		rc = add_value(s, base, "Chart.lock", lock_value(s, &c->lock));
	if (rc == 0 && c->values)
		rc = add(s, base, "values.yaml", ptxi_chart_file_text(c->values_file));
	ptx_buf_init(&ignored, 0);
	if (rc == 0 && c->schema.p && ptxi_json_go_error(c->schema, &ignored))
		return ptx_fail(s->err, PTX_E_INVALID, "Invalid JSON in values.schema.json");
	if (rc == 0 && c->schema.p)
		rc = add(s, base, "values.schema.json", c->schema);
	if (rc == 0)
		rc = add_files(s, base, &c->templates);
	if (rc == 0)
		rc = add_files(s, base, &c->files);
	for (size_t i = 0; rc == 0 && i < c->children.n; i++) {
		const char *below = ptxi_arena_printf(s->arena, "%s/charts/", base);

		rc = below ? add_chart(s, c->children.v[i], &c->children.v[i]->meta, below)
			   : no_memory(s);
	}
	return rc;
}

/* Puts Helm's fields into the header of a gzip stream (RFC 1952). */
static bool mark(const struct ptx_buf *gzip, struct ptx_buf *out)
{
	static const char extra[] = GZIP_EXTRA;
	const unsigned char *p = (const unsigned char *)gzip->p;

	if (gzip->n < GZIP_FIXED || p[3] != 0)
		return false;
	ptx_buf_add(out, gzip->p, 3);
	ptx_buf_addc(out, 4 | 16); /* FEXTRA, FCOMMENT */
	ptx_buf_add(out, gzip->p + 4, GZIP_FIXED - 4);
	ptx_buf_addc(out, (char)(sizeof(extra) - 1));
	ptx_buf_addc(out, 0);
	ptx_buf_adds(out, extra);
	ptx_buf_add(out, GZIP_COMMENT, sizeof(GZIP_COMMENT));
	ptx_buf_add(out, gzip->p + GZIP_FIXED, gzip->n - GZIP_FIXED);
	return ptx_buf_ok(out);
}

/* What was gathered, as a marked .tgz. */
static int pack(struct save *s, int64_t mtime_unix, struct ptx_buf *out)
{
	ptx_auto_buf gzip = { 0 };
	int rc = 0;

	ptx_buf_init(&gzip, 0);
	rc = ptxi_archive_write(s->items.v, s->items.n, mtime_unix, &gzip, s->err);
	if (rc < 0)
		return rc;
	if (mark(&gzip, out))
		return 0;
	if (!ptx_buf_ok(out))
		return no_memory(s);
	return ptx_fail(s->err, PTX_E_INTERNAL, "an archive came out that is no plain gzip stream");
}

int ptxi_chart_pack(struct ptx_arena *a, const struct ptxi_chart *c, int64_t mtime_unix,
		    struct ptx_buf *out, struct ptx_error **err)
{
	struct save s = { .arena = a, .err = err };
	int rc = add_chart(&s, c, &c->meta, "");

	if (rc == 0)
		rc = pack(&s, mtime_unix, out);
	ptx_vec_done(&s.items);
	return rc;
}

static char *write_archive(struct save *s, const struct ptxi_chart_meta *meta,
			   const struct ptx_chart_save_opts *o)
{
	const char *target = o->target && o->target[0] ? o->target : ".";
	ptx_auto_str path =
	    ptxi_asprintf("%s%s%s-%s.tgz", target, ptxi_str_ends(ptxi_str(target), "/") ? "" : "/",
			  meta->name, meta->version);
	ptx_auto_str clean = path ? ptxi_path_clean(path) : NULL;
	ptx_auto_buf marked = { 0 };

	ptx_buf_init(&marked, 0);
	if (!clean) {
		no_memory(s);
		return NULL;
	}
	if (ptxi_fs_exists(target) && !ptxi_fs_is_dir(target)) {
		ptx_fail(s->err, PTX_E_INVALID, "is not a directory: %s", target);
		return NULL;
	}
	if (pack(s, o->mtime_unix, &marked) < 0)
		return NULL;
	if (ptxi_fs_mkdirs(target, 0755, s->err) < 0 ||
	    ptxi_fs_write(clean, ptx_buf_str(&marked), 0644, s->err) < 0)
		return NULL;
	return ptx_steal(&clean);
}

char *ptx_chart_save(const struct ptx_chart *c, const struct ptx_chart_save_opts *opts,
		     struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) why = NULL;
	struct save s = { .arena = a, .err = &why };
	struct ptx_chart_save_opts o = { 0 };
	struct ptxi_chart_meta meta = c->root->meta;
	char *path = NULL;

	if (PTXI_OPTS_READ(&o, opts, err) < 0)
		return NULL;
	if (!a) {
		ptxi_chart_no_memory(err);
		return NULL;
	}
	if (o.version && o.version[0])
		meta.version = o.version;
	if (o.app_version && o.app_version[0])
		meta.app_version = o.app_version;
	if (ptxi_chart_version_problem(meta.version, err) == 0 &&
	    ptxi_chart_check_dependencies(c->root, err) == 0 &&
	    ptxi_chart_unpack_rest(c, err) == 0 && add_chart(&s, c->root, &meta, "") == 0)
		path = write_archive(&s, &meta, &o);
	if (why)
		ptx_fail(err, ptx_error_code(why), "failed to save: %s", ptx_error_message(why));
	ptx_vec_done(&s.items);
	return path;
}
