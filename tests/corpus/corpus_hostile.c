/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_hostile.c - archives and texts made to hurt: each must be refused, or come out harmless.
 *
 * Every file is read in a process of its own, which may take 5 seconds of CPU time and 256 MiB
 * (more time, and memory that is not measured, under sanitizers), and as each thing that it could
 * be given as:
 *
 *     an archive   as a package, into memory; as a chart, which is then linted and rendered
 *                  (a plain tar is packed for that)
 *     YAML         as a value; as a values file (-f)
 *     JSON         as a value; as a values file, which is YAML; as a values.schema.json
 *
 * What a row must be (refuse, inside, either) is asked of every way but these: rows about what a
 * chart is, and about charts inside charts, are the chart's alone; a zip is no chart, so as one it
 * must be refused; and of JSON as YAML or as a schema only survival is asked. The corpus's own
 * `make` writes the files into a folder of a minute's life ($PITRIX_HOSTILE names one that is there
 * already).
 */
#include "lines.h"

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "chart/chart.h"
#include "package/archive.h"
#include "value/codec.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#define SECONDS  5
#define MOST_KIB (256 * 1024)
#ifndef PTXI_SANITIZED
#define PTXI_SANITIZED 0
#endif

/* How a child ends. */
enum { READ_IT = 10, REFUSED_IT, HARMFUL, BROKEN };

struct row {
	const char *folder, *name, *class, *must, *note;
};

/* What is found at this path is what an archive wrote outside. */
#define EVIL "/tmp/pitrix-evil"

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static int refused(const struct row *r, const struct ptx_error *err)
{
	if (!err || !ptx_error_message(err)[0])
		return BROKEN;
	if (corpus_verbose(2))
		printf("note %s %s: %s\n", r->name, r->must, ptx_error_message(err));
	return REFUSED_IT;
}

/* ---- as a package */

struct seen {
	uint64_t bytes;
	bool bad; /* a name that must not be there */
};

static int on_file(const char *name, struct ptx_str content, bool executable PTXI_UNUSED,
		   void *user, struct ptx_error **err PTXI_UNUSED)
{
	struct seen *s = user;

	s->bytes += content.n;
	s->bad = s->bad || !ptxi_path_inside(ptxi_str(name));
	return 0;
}

static int as_package(const struct row *r, const char *path)
{
	const struct ptxi_archive_limits limits = { UINT64_C(100) << 20, UINT64_C(5) << 20, 10000 };
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct seen seen = { 0 };
	size_t n = 0;
	char *bytes = corpus_file(path, &n);
	int rc = bytes ? ptxi_archive_read(a, ptxi_strn(bytes, n), r->name, &limits, on_file, &seen,
					   &err)
		       : -1;

	ptx_free(bytes);
	if (seen.bad || seen.bytes > limits.max_bytes || (rc < 0 && seen.bytes))
		return HARMFUL;
	return rc < 0 ? refused(r, err) : READ_IT;
}

/* ---- as a chart */

/* A copy of a file as .tgz, beside it. */
static char *packed(const char *path)
{
	char *out = ptxi_asprintf("%s.tgz", path);
	size_t n = 0;
	char *bytes = corpus_file(path, &n);
	gzFile gz = out && bytes ? gzopen(out, "wb1") : NULL;
	bool ok = gz && (n == 0 || gzwrite(gz, bytes, (unsigned)n) == (int)n);

	if (gz && gzclose(gz) != Z_OK)
		ok = false;
	ptx_free(bytes);
	if (!ok) {
		ptx_free(out);
		return NULL;
	}
	return out;
}

static bool harmless(const struct ptx_chart *c)
{
	const char *name = NULL;
	struct ptx_str text = { 0 };
	uint64_t total = 0;

	for (size_t i = 0; ptx_chart_file_at(c, i, &name, &text); i++) {
		if (!ptxi_path_inside(ptxi_str(name)))
			return false;
		total += text.n;
	}
	return total <= PTXI_CHART_MAX_BYTES;
}

static int as_chart(const struct row *r, const char *path)
{
	ptx_auto(error) err = NULL;
	ptx_auto(chart) c = ptx_chart_load(path, NULL, &err);
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(chart_rendered) out = NULL;

	if (!c)
		return refused(r, err);
	if (!harmless(c))
		return HARMFUL;
	ptx_chart_lint(path, NULL, NULL, diags, NULL);
	out = ptx_chart_render(c, NULL, NULL, NULL);
	return READ_IT;
}

static int as_packed_chart(const struct row *r, const char *path)
{
	ptx_auto_str tgz = packed(path);
	int rc = tgz ? as_chart(r, tgz) : BROKEN;

	if (tgz)
		unlink(tgz);
	return rc;
}

/* ---- as a value, as values, as a schema */

static int as_value(const struct row *r, const char *path)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	size_t n = 0;
	char *text = corpus_file(path, &n);
	struct ptx_value *v =
	    text ? ptxi_codec_for_file(r->name)->parse(a, ptxi_strn(text, n), NULL, &err) : NULL;

	ptx_free(text);
	return v ? READ_IT : refused(r, err);
}

static int as_values(const struct row *r, const char *path)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	const char *const files[] = { path, NULL };
	struct ptx_chart_values source = PTX_CHART_VALUES_INIT;

	source.files = files;
	return ptx_chart_values_read(a, &source, &err) ? READ_IT : refused(r, err);
}

/* Values for a schema to check: what the schemas of the corpus are about. */
static struct ptx_value *some_values(struct ptx_arena *a)
{
	return ptx_json_parse(
	    a, PTXI_STR("{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\",\"b\":[1,{\"a\":{}}]}"), NULL,
	    NULL);
}

static int as_schema(const struct row *r, const char *path)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf text = { 0 };
	size_t n = 0;
	char *bytes = corpus_file(path, &n);
	int rc = 0;

	ptx_buf_init(&text, 0);
	rc = bytes ? ptxi_chart_check_schema(ptxi_strn(bytes, n), some_values(a), NULL, &text, &err)
		   : -1;
	ptx_free(bytes);
	/* Of a file that a schema refers to nothing may be told. */
	if (strstr(text.p, "root:") || (err && strstr(ptx_error_message(err), "root:")))
		return HARMFUL;
	return rc < 0 ? refused(r, err) : READ_IT;
}

/* ---- judging */

typedef int (*reader_fn)(const struct row *r, const char *path);

static int limited(reader_fn read, const struct row *r, const char *path)
{
	const struct rlimit none = { 0, 0 };
	const rlim_t seconds = PTXI_SANITIZED ? 4 * SECONDS : SECONDS;
	const struct rlimit cpu = { seconds, seconds + 1 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 || setrlimit(RLIMIT_CPU, &cpu) < 0)
		return BROKEN;
	alarm(120); /* one that only waits */
	return read(r, path);
}

/* How a file is read in a process of its own; NULL, or what is wrong with that. */
static const char *wrong(reader_fn read, const struct row *r, const char *must)
{
	ptx_auto_str path = ptxi_path_join(r->folder, r->name);
	struct rusage usage = { 0 };
	int status = 0;
	pid_t pid = 0;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int rc = limited(read, r, path);

		fflush(NULL);
		_exit(rc);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return "it cannot be tried";
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGALRM
			   ? "it takes too long"
			   : "it crashes";
	if (!PTXI_SANITIZED && usage.ru_maxrss > MOST_KIB)
		return "it takes too much memory";
	if (access(EVIL, F_OK) == 0)
		return "it wrote outside";
	switch (WEXITSTATUS(status)) {
	case READ_IT:
		return strcmp(must, "refuse") == 0 ? "it is read" : NULL;
	case REFUSED_IT:
		return strcmp(must, "inside") == 0 ? "it is refused" : NULL;
	case HARMFUL:
		return "it comes out harmful";
	default:
		return "it breaks";
	}
}

/* What a chart is made of is no matter of the package's reader. */
static bool is_of_charts(const struct row *r)
{
	return strcmp(r->class, "shape") == 0 || strstr(r->name, "subchart") ||
	       strstr(r->name, "link-sym-chart") || strstr(r->name, "no-chart");
}

static void one(struct corpus *c, const struct row *r)
{
	const struct {
		const char *kind, *as;
		reader_fn read;
		const char *must;
	} ways[] = {
		{ "tar/", "package", as_package, is_of_charts(r) ? "either" : r->must },
		{ "tgz/", "package", as_package, is_of_charts(r) ? "either" : r->must },
		{ "zip/", "package", as_package, is_of_charts(r) ? "either" : r->must },
		{ "tar/", "chart", as_packed_chart, r->must },
		{ "tgz/", "chart", as_chart, r->must },
		{ "zip/", "chart", as_chart, "refuse" },
		{ "yaml/", "value", as_value, r->must },
		{ "yaml/", "values file", as_values, r->must },
		{ "json/", "value", as_value, r->must },
		{ "json/", "values file", as_values, "either" },
		{ "json/", "schema", as_schema, "either" },
	};
	const char *bad = NULL;
	bool any = false;

	for (size_t i = 0; i < PTXI_COUNT(ways) && !bad; i++) {
		if (!starts(r->name, ways[i].kind))
			continue;
		any = true;
		bad = wrong(ways[i].read, r, ways[i].must);
		if (bad) {
			ptx_auto_str reason = ptxi_asprintf("as a %s, %s", ways[i].as, bad);

			corpus_fail(c, r->name, reason, ptxi_str(ways[i].must), ptxi_str(r->note));
		}
	}
	if (!any)
		corpus_fail(c, r->name, "of no kind that is known", PTXI_STR("a kind"),
			    PTXI_STR(""));
	else if (!bad)
		corpus_pass(c);
}

static void all(struct corpus *c, const char *folder)
{
	ptx_auto_str manifest = ptxi_path_join(folder, "manifest.jsonl");
	size_t n = 0;
	char *text = corpus_file(manifest, &n);
	struct ptx_str rest = { text, n };
	struct ptx_str line = { 0 };

	while (text && ptxi_str_next(&rest, '\n', &line)) {
		ptx_auto(arena) a = ptx_arena_new(0);
		const struct ptx_value *row =
		    ptxi_str_trim(line).n ? ptx_json_parse(a, line, NULL, NULL) : NULL;
		const struct row r = {
			.folder = folder,
			.name = ptx_value_as_string(ptx_value_get(row, "name"), "?"),
			.class = ptx_value_as_string(ptx_value_get(row, "class"), ""),
			.must = ptx_value_as_string(ptx_value_get(row, "must"), "?"),
			.note = ptx_value_as_string(ptx_value_get(row, "note"), ""),
		};

		if (row)
			one(c, &r);
	}
	ptx_free(text);
}

/* The folder of the files, made when need be; NULL when there is no corpus. *own: it is to be
 * removed. */
static char *make_files(bool *own)
{
	const char *given = getenv("PITRIX_HOSTILE");
	ptx_auto_str program = ptxi_asprintf("%s/hostile/make", corpus_folder());
	char *folder = given && *given ? ptxi_strdup(given) : NULL;
	struct ptxi_proc_result r = { 0 };

	*own = false;
	if (folder || !ptxi_fs_exists(program))
		return folder;
	folder = ptxi_fs_tempdir(NULL, "hostile-", NULL);
	if (folder) {
		const char *const argv[] = { "python3", program, folder, NULL };
		const struct ptxi_proc_opts o = { .argv = argv };

		*own = true;
		if (ptxi_proc_run(NULL, &o, &r, NULL) < 0 || r.exit_status)
			printf("hostile: its make failed\n");
		ptxi_proc_result_done(&r);
	}
	return folder;
}

int main(void)
{
	struct corpus c = { .name = "hostile" };
	bool own = false;
	ptx_auto_str folder = make_files(&own);

	if (!folder) {
		printf("hostile: no corpus in %s: skipped\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	all(&c, folder);
	if (own)
		ptxi_fs_remove(folder, NULL);
	if (!c.passed && !c.failed)
		corpus_fail(&c, "make", "it made no files", PTXI_STR("some"), PTXI_STR("none"));
	return corpus_close(&c);
}
