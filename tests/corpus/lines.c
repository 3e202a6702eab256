/* SPDX-License-Identifier: Apache-2.0 */
#include "lines.h"

#include <pitrix/codec.h>

const char *corpus_folder(void)
{
	static char folder[4096];
	const char *given = getenv("PITRIX_CORPUS");
	const char *source = getenv("PITRIX_SOURCE");

	if (given && given[0])
		snprintf(folder, sizeof(folder), "%s", given);
	else
		snprintf(folder, sizeof(folder), "%s/../shared/corpus", source ? source : ".");
	return folder;
}

char *corpus_file(const char *path, size_t *n)
{
	struct ptx_buf b;
	FILE *f = fopen(path, "rb");
	char *room = NULL;

	*n = 0;
	if (!f)
		return NULL;
	ptx_buf_init(&b, 0);
	do {
		room = ptx_buf_reserve(&b, 1 << 16);
		if (room)
			ptx_buf_commit(&b, fread(room, 1, 1 << 16, f));
	} while (room && !feof(f) && !ferror(f));
	fclose(f);
	return ptx_buf_steal(&b, n);
}

bool corpus_verbose(int level)
{
	const char *v = getenv("V");

	return v && v[0] >= '0' + level && v[0] <= '9';
}

void corpus_pass(struct corpus *c)
{
	c->passed++;
}

void corpus_fail(struct corpus *c, const char *id, const char *reason, struct ptx_str want,
		 struct ptx_str got)
{
	c->failed++;
	printf("FAIL %s %s: %s\n", c->name, id, reason);
	if (corpus_verbose(1))
		printf("--- want\n%.*s\n--- got\n%.*s\n---\n", PTX_STR_ARG(want), PTX_STR_ARG(got));
}

bool corpus_each(struct corpus *c, const char *file, corpus_row_fn row, void *user)
{
	char path[4300];
	size_t n = 0;
	ptx_auto_str text = NULL;
	struct ptx_str rest;
	struct ptx_str line;

	snprintf(path, sizeof(path), "%s/%s/%s", corpus_folder(), c->name, file);
	text = corpus_file(path, &n);
	if (!text)
		return false;
	rest = ptxi_strn(text, n);
	for (unsigned number = 1; ptxi_str_next(&rest, '\n', &line); number++) {
		struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto(error) err = NULL;
		struct ptx_value *v = NULL;

		if (ptxi_str_trim(line).n == 0)
			continue;
		opts.numbers = PTX_NUMBERS_FLOAT;
		opts.duplicates = PTX_DUPLICATES_WARN;
		v = ptx_json_parse(a, line, &opts, &err);
		if (v) {
			row(c, a, v, user);
		} else {
			printf("FAIL %s %s:%u: %s\n", c->name, file, number,
			       ptx_error_message(err));
			c->failed++;
		}
	}
	return true;
}

int corpus_close(const struct corpus *c)
{
	printf("%s: %u passed, %u failed", c->name, c->passed, c->failed);
	if (c->skipped)
		printf(", %u skipped", c->skipped);
	printf("\n");
	return c->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
