/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_schema.c - the JSON Schema Test Suite: every required test of five drafts, and the
 * optional ones as Helm's validator answers them (helm-differs.tsv lists where that is not what the
 * suite says). */
#include <dirent.h>

#include "lines.h"
#include "base/fs.h"
#include "base/map.h"

#include <pitrix/codec.h>
#include <pitrix/schema.h>

#define SUITE_URL "http://localhost:1234/"

struct suite {
	struct corpus corpus;
	struct ptx_arena *arena;
	struct ptx_schema_resource *remotes;
	size_t remote_count, remote_cap;
	struct ptxi_map *differs; /* "FILE\tSCHEMA\tTEST" -> what Helm says */
};

static struct ptx_str read_text(struct suite *s, const char *path)
{
	size_t n = 0;
	ptx_auto_str text = corpus_file(path, &n);

	return text ? ptxi_strn(ptxi_arena_strn(s->arena, text, n), n)
		    : (struct ptx_str){ NULL, 0 };
}

static int add_remote(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct suite *s = user;
	char path[4300];

	(void)err;
	if (!S_ISREG(e->st.st_mode) || s->remote_count == s->remote_cap)
		return 0;
	snprintf(path, sizeof(path), "%s/json-schema/remotes/%s", corpus_folder(), e->path);
	s->remotes[s->remote_count].url = ptxi_arena_printf(s->arena, SUITE_URL "%s", e->path);
	s->remotes[s->remote_count++].text = read_text(s, path);
	return 0;
}

static void read_differs(struct suite *s)
{
	char path[4300];
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str line = { NULL, 0 };

	snprintf(path, sizeof(path), "%s/json-schema/helm-differs.tsv", corpus_folder());
	rest = read_text(s, path);
	while (ptxi_str_next(&rest, '\n', &line)) {
		size_t tab = ptxi_str_rfind_char(line, '\t');

		if (tab != SIZE_MAX && ptxi_map_setn(s->differs, ptxi_str_sub(line, 0, tab),
						     ptxi_arena_strn(s->arena, line.p + tab + 1,
								     line.n - tab - 1)) < 0)
			abort();
	}
}

static const char *helm_says(struct suite *s, const char *file, const char *schema,
			     const char *test)
{
	ptx_auto_str key = ptxi_asprintf("%s\t%s\t%s", file, schema, test);

	return ptxi_map_get(s->differs, key);
}

static void check_test(struct suite *s, const char *file, const char *about,
		       const struct ptx_schema *schema, const struct ptx_value *test)
{
	const char *name = ptx_value_as_string(ptx_value_get(test, "description"), "");
	const char *other = helm_says(s, file, about, name);
	bool want = other ? strcmp(other, "valid") == 0
			  : ptx_value_as_bool(ptx_value_get(test, "valid"), false);
	ptx_auto(error) e = NULL;
	int rc = ptx_schema_check(schema, ptx_value_get(test, "data"), NULL, &e);
	ptx_auto_str id = ptxi_asprintf("%s: %s: %s", file, about, name);

	if ((rc == 0) == want && (rc == 0 || rc == PTX_E_INVALID))
		corpus_pass(&s->corpus);
	else
		corpus_fail(&s->corpus, id, want ? "should be valid" : "should not be valid",
			    (struct ptx_str){ "", 0 }, ptxi_str(e ? ptx_error_message(e) : ""));
}

static void check_schema(struct suite *s, const char *file, enum ptx_schema_draft draft,
			 const struct ptx_value *row)
{
	const char *about = ptx_value_as_string(ptx_value_get(row, "description"), "");
	const char *other = helm_says(s, file, about, "");
	const struct ptx_value *tests = ptx_value_get(row, "tests");
	struct ptx_schema_opts opts = PTX_SCHEMA_OPTS_INIT;
	ptx_auto_buf text = { 0 };
	ptx_auto(error) e = NULL;
	struct ptx_schema *schema = NULL;

	ptx_buf_init(&text, 0);
	ptx_json_format(ptx_value_get(row, "schema"), NULL, &text);
	opts.url = "http://t.example/schema.json";
	opts.draft = draft;
	opts.resources = s->remotes;
	opts.resource_count = s->remote_count;
	schema = ptx_schema_compile(ptx_buf_str(&text), &opts, &e);
	for (size_t i = 0; schema && i < ptx_value_count(tests); i++)
		check_test(s, file, about, schema, ptx_value_at(tests, i));
	for (size_t i = 0; !schema && i < ptx_value_count(tests); i++) {
		ptx_auto_str id = ptxi_asprintf("%s: %s", file, about);

		if (other)
			corpus_pass(&s->corpus);
		else
			corpus_fail(&s->corpus, id, ptx_error_message(e), (struct ptx_str){ "", 0 },
				    (struct ptx_str){ "", 0 });
	}
	ptx_schema_free(schema);
}

static void check_file(struct suite *s, const char *file, enum ptx_schema_draft draft)
{
	char path[4300];
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	const struct ptx_value *rows = NULL;
	ptx_auto(error) e = NULL;

	snprintf(path, sizeof(path), "%s/json-schema/tests/%s", corpus_folder(), file);
	opts.max_depth = 10000;
	rows = ptx_json_parse(s->arena, read_text(s, path), &opts, &e);
	if (!rows)
		corpus_fail(&s->corpus, file, ptx_error_message(e), (struct ptx_str){ "", 0 },
			    (struct ptx_str){ "", 0 });
	for (size_t i = 0; i < ptx_value_count(rows); i++)
		check_schema(s, file, draft, ptx_value_at(rows, i));
}

struct draft_files {
	struct suite *suite;
	const char *folder;
	enum ptx_schema_draft draft;
};

static int each_file(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct draft_files *f = user;
	ptx_auto_str file = ptxi_asprintf("%s/%s", f->folder, e->path);

	(void)err;
	if (S_ISREG(e->st.st_mode))
		check_file(f->suite, file, f->draft);
	return 0;
}

int main(void)
{
	static const struct {
		const char *folder;
		enum ptx_schema_draft draft;
	} drafts[] = {
		{ "draft4", PTX_SCHEMA_DRAFT_4 },
		{ "draft6", PTX_SCHEMA_DRAFT_6 },
		{ "draft7", PTX_SCHEMA_DRAFT_7 },
		{ "draft2019-09", PTX_SCHEMA_DRAFT_2019_09 },
		{ "draft2020-12", PTX_SCHEMA_DRAFT_2020_12 },
	};
	ptx_auto(arena) arena = ptx_arena_new(0);
	struct suite s = { .corpus = { .name = "json-schema" }, .arena = arena, .remote_cap = 500 };
	ptxi_auto(map) differs = ptxi_map_new(NULL);
	ptx_auto(error) e = NULL;
	char root[4300];

	s.differs = differs;
	s.remotes = ptxi_arena_array(arena, s.remote_cap, sizeof(*s.remotes));
	snprintf(root, sizeof(root), "%s/json-schema/remotes", corpus_folder());
	if (!s.remotes || !differs || ptxi_fs_walk(root, 20, add_remote, &s, &e) < 0)
		return CORPUS_SKIPPED;
	read_differs(&s);
	for (size_t i = 0; i < PTXI_COUNT(drafts); i++) {
		struct draft_files files = { &s, drafts[i].folder, drafts[i].draft };

		snprintf(root, sizeof(root), "%s/json-schema/tests/%s", corpus_folder(),
			 drafts[i].folder);
		if (ptxi_fs_walk(root, 20, each_file, &files, &e) < 0)
			corpus_fail(&s.corpus, drafts[i].folder, ptx_error_message(e),
				    (struct ptx_str){ "", 0 }, (struct ptx_str){ "", 0 });
	}
	return corpus_close(&s.corpus);
}
