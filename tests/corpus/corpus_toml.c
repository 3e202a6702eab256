/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_toml.c - toml-test: each file of valid/ reads as the tagged JSON beside it, each of
 * invalid/ is refused, but those in burntsushi-differs.tsv, which are to be read as Go's decoder
 * does. The files of both versions are run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/time.h"
#include "lines.h"
#include "value/codec.h"

static bool same_time(struct ptx_str text, enum ptxi_local local, const struct ptx_value *got)
{
	ptx_auto_buf full = { 0 };
	int64_t s = 0;
	int32_t ns = 0;
	int32_t offset = 0;

	if (ptx_value_kind(got) != PTX_TIME || got->time->local != local)
		return false;
	ptx_buf_init(&full, 0);
	switch (local) {
	case PTXI_LOCAL_NOT:
		ptx_buf_printf(&full, "%.*s", PTX_STR_ARG(text));
		break;
	case PTXI_LOCAL_DATETIME:
		ptx_buf_printf(&full, "%.*sZ", PTX_STR_ARG(text));
		break;
	case PTXI_LOCAL_DATE:
		ptx_buf_printf(&full, "%.*sT00:00:00Z", PTX_STR_ARG(text));
		break;
	default:
		ptx_buf_printf(&full, "0000-01-01T%.*sZ", PTX_STR_ARG(text));
	}
	return ptxi_time_parse_rfc3339(ptx_buf_str(&full), &s, &ns, &offset) &&
	       s == got->time->unix_seconds && ns == got->time->nanoseconds;
}

static bool same_float(struct ptx_str text, const struct ptx_value *got)
{
	double f = 0;

	if (ptx_value_kind(got) != PTX_FLOAT)
		return false;
	if (ptxi_str_starts(text, "+"))
		text = ptxi_str_from(text, 1);
	if (ptxi_str_is(text, "nan") || ptxi_str_is(text, "-nan"))
		return got->f != got->f;
	if (ptxi_str_is(text, "inf") || ptxi_str_is(text, "-inf"))
		return got->f * 0 != 0 && (got->f > 0) == (text.n == 3);
	return ptxi_parse_double(text, &f) && f == got->f;
}

static bool same_leaf(const char *type, struct ptx_str text, const struct ptx_value *got)
{
	static const struct {
		const char *name;
		enum ptxi_local local;
	} times[] = { { "datetime", PTXI_LOCAL_NOT },
		      { "datetime-local", PTXI_LOCAL_DATETIME },
		      { "date-local", PTXI_LOCAL_DATE },
		      { "time-local", PTXI_LOCAL_TIME } };
	int64_t i = 0;

	if (strcmp(type, "string") == 0)
		return ptx_value_kind(got) == PTX_STRING && ptxi_str_eq(text, ptx_value_str(got));
	if (strcmp(type, "bool") == 0)
		return ptx_value_kind(got) == PTX_BOOL && got->b == ptxi_str_is(text, "true");
	if (strcmp(type, "integer") == 0)
		return ptx_value_kind(got) == PTX_INT &&
		       ptxi_parse_i64(text, &i, INT64_MIN, INT64_MAX) && i == got->i;
	if (strcmp(type, "float") == 0)
		return same_float(text, got);
	for (size_t k = 0; k < sizeof(times) / sizeof(times[0]); k++)
		if (strcmp(type, times[k].name) == 0)
			return same_time(text, times[k].local, got);
	return false;
}

static bool same(const struct ptx_value *want, const struct ptx_value *got)
{
	const char *type = ptx_value_as_string(ptx_value_get(want, "type"), NULL);

	if (type && ptx_value_count(want) == 2 &&
	    ptx_value_kind(ptx_value_get(want, "value")) == PTX_STRING)
		return same_leaf(type, ptx_value_str(ptx_value_get(want, "value")), got);
	if (ptx_value_kind(want) != ptx_value_kind(got) ||
	    ptx_value_count(want) != ptx_value_count(got))
		return false;
	for (size_t i = 0; i < ptx_value_count(want); i++) {
		struct ptx_str key = { NULL, 0 };
		const struct ptx_value *v = NULL;

		if (ptx_value_kind(want) == PTX_LIST) {
			if (!same(ptx_value_at(want, i), ptx_value_at(got, i)))
				return false;
			continue;
		}
		v = ptx_value_entry(want, i, &key);
		if (!ptx_value_getn(got, key) || !same(v, ptx_value_getn(got, key)))
			return false;
	}
	return true;
}

/* The bytes of a file below tests/, owned; NULL when it is not there. */
static char *test_file(const char *name, size_t cut, const char *extension, size_t *n)
{
	ptx_auto_buf path = { 0 };

	ptx_buf_init(&path, 0);
	ptx_buf_printf(&path, "%s/toml/tests/%.*s%s", corpus_folder(), (int)(strlen(name) - cut),
		       name, extension);
	return corpus_file(path.p, n);
}

static void run_valid(struct corpus *c, const char *name, struct ptx_arena *a,
		      const struct ptx_value *got, const struct ptx_error *e)
{
	ptx_auto_buf seen = { 0 };
	size_t n = 0;
	ptx_auto_str json = test_file(name, strlen(".toml"), ".json", &n);
	const struct ptx_value *want =
	    json ? ptx_json_parse(a, ptxi_strn(json, n), NULL, NULL) : NULL;

	if (want && got && same(want, got)) {
		corpus_pass(c);
		return;
	}
	ptx_buf_init(&seen, 0);
	if (e)
		ptx_error_print(e, &seen);
	else
		ptx_json_format(got, NULL, &seen);
	corpus_fail(c, name, e ? "is refused" : "reads as another value", ptxi_strn(json, n),
		    ptx_buf_str(&seen));
}

static void run(struct corpus *c, const char *name, const struct ptxi_map *lenient)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) e = NULL;
	size_t n = 0;
	ptx_auto_str text = test_file(name, 0, "", &n);
	const struct ptx_value *got = text ? ptx_toml_parse(a, ptxi_strn(text, n), NULL, &e) : NULL;
	bool must_read = strncmp(name, "valid/", 6) == 0 || ptxi_map_get(lenient, name);

	if (!text)
		corpus_fail(c, name, "the file is not there", ptxi_str(""), ptxi_str(""));
	else if (strncmp(name, "valid/", 6) == 0)
		run_valid(c, name, a, got, e);
	else if (must_read == (got != NULL))
		corpus_pass(c);
	else
		corpus_fail(c, name, must_read ? "is refused" : "is read", ptxi_strn(text, n),
			    ptxi_str(e ? ptx_error_message(e) : ""));
}

static struct ptxi_map *read_lenient(void)
{
	struct ptxi_map *m = ptxi_map_new(NULL);
	ptx_auto_buf path = { 0 };
	size_t n = 0;
	char *text = NULL;
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str line = { NULL, 0 };

	ptx_buf_init(&path, 0);
	ptx_buf_printf(&path, "%s/toml/burntsushi-differs.tsv", corpus_folder());
	text = corpus_file(path.p, &n);
	rest = ptxi_strn(text, n);
	while (m && ptxi_str_next(&rest, '\n', &line)) {
		struct ptx_str name = { NULL, 0 };

		if (ptxi_str_ends(line, "\taccepts") && ptxi_str_next(&line, '\t', &name) &&
		    ptxi_map_setn(m, name, m) < 0)
			abort();
	}
	ptx_free(text);
	return m;
}

int main(void)
{
	static const char *const lists[] = { "files-toml-1.1.0", "files-toml-1.0.0" };
	struct corpus c = { .name = "toml" };
	ptxi_auto(map) lenient = read_lenient();
	ptxi_auto(map) done = ptxi_map_new(NULL);

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		size_t n = 0;
		ptx_auto_str text = test_file(lists[i], 0, "", &n);
		struct ptx_str rest = { text, n };
		struct ptx_str line = { NULL, 0 };

		while (text && ptxi_str_next(&rest, '\n', &line)) {
			ptx_auto_str name = ptxi_str_dup(line);

			if (!ptxi_str_ends(line, ".toml") || ptxi_map_get(done, name))
				continue;
			if (ptxi_map_set(done, name, done) < 0)
				abort();
			run(&c, name, lenient);
		}
	}
	if (ptxi_map_count(done) == 0) {
		printf("skipped: %s/toml is not there\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	return corpus_close(&c);
}
