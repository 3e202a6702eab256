/* SPDX-License-Identifier: Apache-2.0 */
/* index.c - reads index.yaml, format v1 (helm.sh/docs/topics/chart_repository, "The index file").
 *
 * The reader of YAML passes over charts that are not wanted, so that memory goes with what is asked
 * for and not with what the repository has. An index that is JSON is read as JSON, which knows no
 * aliases and is faster. Each entry is checked as Helm checks it: what lacks a name, version or
 * apiVersion is left out, and the rest of the index is used.
 */
#define PTX_AREA PTX_AREA_REPO
#include "index.h"
#include "../base/sort.h"
#include "../chart/chart.h"
#include "../text/goquote.h"
#include "../value/codec.h"
#include "../value/yaml.h"

#define MAX_DEPTH  100u
#define MAX_MEMORY ((size_t)1 << 30)

/* ---- Helm's structs */

struct version {
	struct ptxi_chart_meta meta;
	const struct ptx_value *urls;
	bool removed;
	const char *created, *digest, *checksum, *engine, *tiller_version, *url;
};

static const struct ptxi_go_struct chart_version = {
	"ChartVersion", "repo.ChartVersion",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD_OF(EMBEDDED, version, "Metadata", meta, ptxi_chart_metadata),
	    PTXI_GO_FIELD(TEXTS, version, "urls", urls),
	    PTXI_GO_FIELD(INSTANT, version, "created", created),
	    PTXI_GO_FIELD(FLAG, version, "removed", removed),
	    PTXI_GO_FIELD(TEXT, version, "digest", digest),
	    PTXI_GO_FIELD(TEXT, version, "checksum", checksum),
	    PTXI_GO_FIELD(TEXT, version, "engine", engine),
	    PTXI_GO_FIELD(TEXT, version, "tillerVersion", tiller_version),
	    PTXI_GO_FIELD(TEXT, version, "url", url),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct version)
};

struct file {
	const char *api_version, *generated;
	const struct ptx_value *server_info, *entries, *public_keys, *annotations;
};

static const struct ptxi_go_struct index_file = {
	"IndexFile", "repo.IndexFile",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(ANY_MAP, file, "serverInfo", server_info),
	    PTXI_GO_FIELD(TEXT, file, "apiVersion", api_version),
	    PTXI_GO_FIELD(INSTANT, file, "generated", generated),
	    { "entries", PTXI_GO_ANY_MAP, offsetof(struct file, entries), 0, NULL,
	      "map[string]repo.ChartVersions" },
	    PTXI_GO_FIELD(TEXTS, file, "publicKeys", public_keys),
	    PTXI_GO_FIELD(TEXT_MAP, file, "annotations", annotations),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct file)
};

static struct ptxi_go_source source_of(const struct ptxi_index_opts *opts)
{
	/* Of JSON, Helm takes what it does not know. */
	return (struct ptxi_go_source){ .json = opts->is_json,
					.strict = opts->strict && !opts->is_json,
					.lenient = !opts->strict,
					.owner = "IndexFile",
					.field = "entries" };
}

/* What Go says of the list of a chart's versions when it is none. */
static int no_list(const struct ptxi_index_opts *opts, const struct ptx_value *v,
		   struct ptx_error **err)
{
	return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
			   "%sjson: cannot unmarshal %s into Go struct field IndexFile.entries of "
			   "type repo.ChartVersions",
			   opts->is_json ? "" : "error unmarshaling JSON: while decoding JSON: ",
			   ptxi_go_json_kind(v));
}

static bool wanted(const struct ptxi_index_opts *opts, struct ptx_str name)
{
	for (size_t i = 0; opts->names && opts->names[i]; i++)
		if (ptxi_str_is(name, opts->names[i]))
			return true;
	return !opts->names;
}

static bool is_name(struct ptx_str key, const char *name)
{
	return key.n == strlen(name) && strncasecmp(key.p, name, key.n) == 0;
}

static bool pick(unsigned depth, struct ptx_str key, void *user)
{
	const struct ptxi_index_opts *opts = user;

	/* Strictly, what is not known must be seen. */
	if (depth == 1)
		return opts->strict || is_name(key, "apiVersion") || is_name(key, "entries");
	return depth != 2 || wanted(opts, key);
}

/* ---- one entry */

struct reader {
	struct ptx_arena *arena;
	const struct ptxi_index_opts *opts;
	size_t entries; /* of all charts */
	struct ptx_error **err;
};

static void say_skipped(const struct reader *r, const char *where, const char *chart,
			const char *version, const char *why)
{
	ptx_auto_buf text = { 0 };

	if (!r->opts->say)
		return;
	ptx_buf_init(&text, 0);
	ptx_buf_adds(&text, "skipping loading invalid entry for chart ");
	ptxi_go_quote(ptxi_str(chart), false, &text);
	if (version) {
		ptx_buf_addc(&text, ' ');
		ptxi_go_quote(ptxi_str(version), false, &text);
	}
	ptx_buf_printf(&text, " from %s: %s", r->opts->source ? r->opts->source : "", why);
	if (ptx_buf_ok(&text))
		r->opts->say(where, text.p, r->opts->user);
}

/* True for what Helm forgives: two dependencies of one name and no alias. */
static bool forgiven(const struct ptx_error *e)
{
	return strncmp(ptx_error_message(e),
		       "validation: more than one dependency with name or alias",
		       strlen("validation: more than one dependency with name or alias")) == 0;
}

static const char *const *urls_of(struct ptx_arena *a, const struct ptx_value *list)
{
	const char **v = ptxi_arena_array(a, ptx_value_count(list) + 1, sizeof(*v));

	for (size_t i = 0; v && i < ptx_value_count(list); i++)
		v[i] = ptx_value_as_string(ptx_value_at(list, i), "");
	return v;
}

/* 1: taken, 0: left out, or a code. */
static int read_entry(struct reader *r, const char *chart, const struct ptx_value *value,
		      struct ptxi_index_entry *out)
{
	const struct ptxi_go_source source = source_of(r->opts);
	struct version v = { 0 };
	ptx_auto(error) why = NULL;
	int rc = 0;

	if (++r->entries > PTXI_INDEX_MAX_ENTRIES)
		return ptx_fail(r->err, PTX_E_LIMIT, "the index has more than %u entries",
				PTXI_INDEX_MAX_ENTRIES);
	if (ptx_value_kind(value) == PTX_NULL) {
		say_skipped(r, "index.go:359", chart, NULL, "empty entry");
		return 0;
	}
	rc = ptxi_go_struct_read(r->arena, value, &chart_version, &source, &v, &why);
	if (rc < 0 && (r->opts->strict || rc == PTX_E_NOMEM || rc == PTX_E_LIMIT)) {
		if (r->err)
			*r->err = ptx_steal(&why);
		return rc;
	}
	if (rc == 0) {
		if (!v.meta.api_version[0])
			v.meta.api_version = "v1";
		rc = ptxi_chart_meta_check(r->arena, &v.meta, &why);
		if (rc < 0 && forgiven(why))
			rc = 0;
	}
	if (rc < 0) {
		say_skipped(r, "index.go:371", chart, v.meta.version, ptx_error_message(why));
		return rc == PTX_E_NOMEM ? ptx_fail(r->err, PTX_E_NOMEM, "out of memory") : 0;
	}
	out->version = v.meta.version;
	out->digest = v.digest;
	out->urls = urls_of(r->arena, v.urls);
	out->url_count = out->urls ? ptx_value_count(v.urls) : 0;
	out->value = value;
	out->has_semver = ptxi_semver_parse(ptxi_str(out->version), false, &out->semver, NULL) == 0;
	return 1;
}

static int by_version(const void *x, const void *y, void *user)
{
	const struct ptxi_index_entry *a = x;
	const struct ptxi_index_entry *b = y;

	(void)user;
	if (!a->has_semver || !b->has_semver)
		return (int)b->has_semver - (int)a->has_semver;
	return ptxi_semver_compare(&b->semver, &a->semver);
}

static int read_chart(struct reader *r, struct ptx_str name, const struct ptx_value *list,
		      struct ptxi_index_chart *out)
{
	/* From the last on, as Helm does and says it. */
	size_t n = ptx_value_count(list);

	out->name = name.p;
	if (ptx_value_kind(list) == PTX_NULL)
		return 0;
	if (ptx_value_kind(list) != PTX_LIST)
		return no_list(r->opts, list, r->err);
	out->entries = ptxi_arena_array(r->arena, n + 1, sizeof(*out->entries));
	if (!out->entries)
		return ptxi_arena_check(r->arena, r->err);
	for (size_t i = n; i-- > 0;) {
		int rc =
		    read_entry(r, name.p, ptx_value_at(list, i), &out->entries[n - 1 - out->count]);

		if (rc < 0)
			return rc;
		out->count += (size_t)rc;
	}
	memmove(out->entries, out->entries + (n - out->count), out->count * sizeof(*out->entries));
	if (out->count &&
	    !ptxi_sort(out->entries, out->count, sizeof(*out->entries), by_version, NULL))
		return ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
	return 0;
}

static int read_charts(struct reader *r, const struct ptx_value *root, struct ptxi_index *out)
{
	struct ptxi_go_source source = source_of(r->opts);
	struct file file = { 0 };
	int rc = 0;

	source.owner = source.field = NULL;
	rc = ptxi_go_struct_read(r->arena, root, &index_file, &source, &file, r->err);
	if (rc < 0)
		return rc;
	out->charts =
	    ptxi_arena_array(r->arena, ptx_value_count(file.entries) + 1, sizeof(*out->charts));
	for (size_t i = 0; out->charts && i < ptx_value_count(file.entries); i++) {
		struct ptx_str name = { NULL, 0 };
		const struct ptx_value *list = ptx_value_entry(file.entries, i, &name);

		if (!wanted(r->opts, name))
			continue;
		rc = read_chart(r, name, list, &out->charts[out->count]);
		if (rc < 0)
			return rc;
		out->count++;
	}
	if (!file.api_version[0])
		return ptx_fail(r->err, PTX_E_INVALID, "no API version specified");
	return ptxi_arena_check(r->arena, r->err);
}

static const struct ptx_value *parse(struct ptx_arena *a, struct ptx_str text,
				     struct ptxi_index_opts *opts, struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct ptx_str trimmed = ptxi_str_trim(text);
	struct ptxi_yaml_problem why = { 0 };
	ptx_auto(error) e = NULL;
	const struct ptx_value *v = NULL;

	o.file = opts->source;
	o.numbers = PTX_NUMBERS_EXACT;
	o.max_bytes = PTXI_INDEX_MAX_BYTES;
	o.max_depth = MAX_DEPTH;
	if (trimmed.n && strchr("{[\"-0123456789tfn", trimmed.p[0])) {
		o.duplicates = PTX_DUPLICATES_WARN;
		v = ptx_json_parse(a, text, &o, NULL);
		opts->is_json = v != NULL;
		if (v)
			return v;
	}
	ptx_buf_init(&why.words, 0);
	o.duplicates = opts->strict ? PTX_DUPLICATES_REFUSE : PTX_DUPLICATES_WARN;
	v = ptxi_yaml_parse_picked(a, text, &o, pick, opts, &why, &e);
	if (!v && ptx_error_code(e) == PTX_E_SYNTAX && ptx_error_where(e) && why.words.n)
		ptx_fail_at(err, PTX_E_SYNTAX, *ptx_error_where(e),
			    "error converting YAML to JSON: %s", why.words.p);
	else if (!v && err)
		*err = ptx_steal(&e);
	ptx_buf_done(&why.words);
	return v;
}

struct ptxi_index *ptxi_index_parse(struct ptx_str text, const struct ptxi_index_opts *opts,
				    struct ptx_error **err)
{
	ptxi_auto(index) index = ptxi_alloc(sizeof(*index));
	struct ptxi_index_opts o = *opts;
	struct reader r = { NULL, &o, 0, err };
	const struct ptx_value *root = NULL;

	if (index)
		r.arena = index->arena = ptx_arena_new(MAX_MEMORY);
	if (!r.arena) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	if (!text.n) {
		ptx_fail(err, PTX_E_INVALID, "empty index.yaml file");
		return NULL;
	}
	root = parse(r.arena, text, &o, err);
	if (!root)
		return NULL;
	if (read_charts(&r, root, index) < 0)
		return NULL;
	return ptx_steal(&index);
}

void ptxi_index_free(struct ptxi_index *index)
{
	if (!index)
		return;
	ptx_arena_free(index->arena);
	ptx_free(index);
}

const struct ptxi_index_chart *ptxi_index_find(const struct ptxi_index *index, const char *name)
{
	for (size_t i = 0; i < index->count; i++)
		if (strcmp(index->charts[i].name, name) == 0)
			return &index->charts[i];
	return NULL;
}
