/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_hostile.c - archives made to hurt: each is read into memory and must be refused, or come out harmless.
 *
 * The corpus's own `make` writes the archives into a folder of a minute's life ($PITRIX_HOSTILE names one that is there
 * already). Rows about what a chart is (class shape, and charts inside charts) are the chart loader's, not ours. */
#include "lines.h"

#include <pitrix/codec.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/time.h"
#include "package/archive.h"

#include <sys/resource.h>

#define SLOW_MS 5000
#define MOST_KIB (256 * 1024)
#ifndef PTXI_SANITIZED
#define PTXI_SANITIZED 0
#endif

struct seen {
	uint64_t bytes;
	const char *bad; /* a name that must not be there */
};

static int on_file(const char *name, struct ptx_str content, bool executable, void *user, struct ptx_error **err)
{
	struct seen *s = user;

	(void)executable;
	(void)err;
	s->bytes += content.n;
	if (!ptxi_path_inside(ptxi_str(name)))
		s->bad = "a name that leads out";
	return 0;
}

static void one(struct corpus *c, const char *folder, const struct ptx_value *row)
{
	const struct ptxi_archive_limits limits = { UINT64_C(100) << 20, UINT64_C(5) << 20, 10000 };
	const char *name = ptx_value_as_string(ptx_value_get(row, "name"), "?");
	const char *must = ptx_value_as_string(ptx_value_get(row, "must"), "?");
	ptx_auto_str path = ptxi_path_join(folder, name);
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct seen seen = { 0 };
	size_t n = 0;
	char *bytes = corpus_file(path, &n);
	int64_t started = ptxi_time_mono_ms();
	int rc = bytes ? ptxi_archive_read(a, ptxi_strn(bytes, n), name, &limits, on_file, &seen, &err) : -1;
	struct ptx_str got = ptxi_str(err ? ptx_error_message(err) : "");

	ptx_free(bytes);
	if (seen.bad || seen.bytes > limits.max_bytes)
		corpus_fail(c, name, "it comes out harmful", ptxi_str(must), ptxi_str(seen.bad));
	else if (ptxi_time_mono_ms() - started > SLOW_MS)
		corpus_fail(c, name, "it takes too long", ptxi_str(must), got);
	else if (strcmp(must, "refuse") == 0 && rc == 0)
		corpus_fail(c, name, "it is read", ptxi_str(must), ptxi_str(ptx_value_as_string(ptx_value_get(row, "note"), "")));
	else if (strcmp(must, "inside") == 0 && rc < 0)
		corpus_fail(c, name, "it is refused", ptxi_str(must), got);
	else
		corpus_pass(c);
	if (corpus_verbose(2))
		printf("note %s %s: %.*s\n", name, must, PTX_STR_ARG(got));
}

/* The chart loader's rows. */
static bool is_of_charts(const struct ptx_value *row)
{
	const char *name = ptx_value_as_string(ptx_value_get(row, "name"), "");

	return strcmp(ptx_value_as_string(ptx_value_get(row, "class"), ""), "shape") == 0 || strstr(name, "subchart") ||
	       strstr(name, "link-sym-chart") || strstr(name, "no-chart");
}

static bool is_archive(const struct ptx_value *row)
{
	const char *name = ptx_value_as_string(ptx_value_get(row, "name"), "");

	return strncmp(name, "tar/", 4) == 0 || strncmp(name, "tgz/", 4) == 0 || strncmp(name, "zip/", 4) == 0;
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
		const struct ptx_value *row = ptxi_str_trim(line).n ? ptx_json_parse(a, line, NULL, NULL) : NULL;

		if (!row || !is_archive(row))
			continue;
		if (is_of_charts(row))
			c->skipped++;
		else
			one(c, folder, row);
	}
	ptx_free(text);
}

/* The folder of the files, made when need be; NULL when there is no corpus. *own: it is to be removed. */
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
	struct rusage usage = { 0 };

	if (!folder) {
		printf("hostile: no corpus in %s: skipped\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	all(&c, folder);
	if (own)
		ptxi_fs_remove(folder, NULL);
	getrusage(RUSAGE_SELF, &usage);
	if (!PTXI_SANITIZED && usage.ru_maxrss > MOST_KIB)
		corpus_fail(&c, "memory", "too much of it", PTXI_STR("256 MiB"), PTXI_STR("more"));
	if (!c.passed && !c.failed)
		corpus_fail(&c, "make", "it made no archives", PTXI_STR("some"), PTXI_STR("none"));
	return corpus_close(&c);
}
