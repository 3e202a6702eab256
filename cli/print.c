/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - results on stdout: a value as a table, JSON, YAML or names.
 *
 * Every listing is a ptx_value, so every command prints in every format; columns say which members
 * a table shows. What is printed may come from packages and remotes: control characters never reach
 * a terminal as they are.
 */
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libsmartcols.h>

#include "print.h"

#define MOST_TEXT (256u << 20)

const struct opt_choice print_formats[] = { { "table", PRINT_TABLE, "for people" },
					    { "json", PRINT_JSON, "for programs" },
					    { "yaml", PRINT_YAML, "for both" },
					    { "name", PRINT_NAME, "a name a line" },
					    { NULL, 0, NULL } };

const struct opt_choice print_formats_unnamed[] = { { "table", PRINT_TABLE, "for people" },
						    { "json", PRINT_JSON, "for programs" },
						    { "yaml", PRINT_YAML, "for both" },
						    { NULL, 0, NULL } };

const struct ptx_value *print_find(const struct ptx_value *v, const char *path)
{
	while (v && path && *path) {
		size_t n = strcspn(path, ".");

		v = ptx_value_getn(v, (struct ptx_str){ path, n });
		path += n;
		if (*path == '.')
			path++;
	}
	return v;
}

void print_span(struct ptx_buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "m" }, { 1000, "s" } };
	int64_t left = ms < 0 ? 0 : ms;
	int parts = 0;

	if (left < 1000) {
		ptx_buf_printf(out, "%" PRId64 "ms", left);
		return;
	}
	for (size_t i = 0; i < CLI_COUNT(units) && parts < 2; i++) {
		int64_t count = left / units[i].ms;

		left %= units[i].ms;
		if (count)
			ptx_buf_printf(out, "%" PRId64 "%s", count, units[i].unit);
		parts += count || parts;
	}
}

void print_clean(struct ptx_buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f)
			ptx_buf_addc(out, c == '\t' || c == '\n' ? ' ' : '?');
		else if (c == 0xc2 && i + 1 < n && (unsigned char)text[i + 1] < 0xa0)
			ptx_buf_addc(out, '?'), i++;
		else
			ptx_buf_addc(out, (char)c);
	}
}

static int64_t now_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A time as records hold it, in milliseconds; 0: there is none. */
static int64_t time_ms(const struct ptx_value *v)
{
	const char *text = ptx_value_as_string(v, NULL);
	struct tm t = { 0 };
	const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &t) : NULL;

	if (!text)
		return ptx_value_as_int(v, 0) / 1000000;
	if (!rest)
		return 0;
	while (*rest == '.' || (*rest >= '0' && *rest <= '9'))
		rest++;
	return strcmp(rest, "Z") == 0 || strcmp(rest, "+00:00") == 0 ? (int64_t)timegm(&t) * 1000
								     : 0;
}

static void add_time(struct ptx_buf *out, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm local = { 0 };
	char text[64] = "";

	if (localtime_r(&seconds, &local) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local))
		ptx_buf_adds(out, text);
}

static void add_scalar(struct ptx_buf *out, const struct ptx_value *v)
{
	struct ptx_str s = ptx_value_str(v);

	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		break;
	case PTX_BOOL:
		ptx_buf_adds(out, ptx_value_as_bool(v, false) ? "yes" : "no");
		break;
	case PTX_STRING:
	case PTX_NUMBER:
		print_clean(out, s.p, s.n);
		break;
	case PTX_INT:
	case PTX_UINT:
	case PTX_FLOAT:
	case PTX_BYTES:
	case PTX_TIME:
	case PTX_LIST:
	case PTX_MAP:
		ptx_json_format(v, NULL, out);
		break;
	}
}

static void add_cell(struct ptx_buf *out, const struct ptx_value *v, enum print_cell cell)
{
	switch (cell) {
	case CELL_TIME:
		if (time_ms(v) > 0)
			add_time(out, time_ms(v));
		break;
	case CELL_AGE:
		if (time_ms(v) > 0)
			print_span(out, now_ms() - time_ms(v));
		break;
	case CELL_COUNT:
		ptx_buf_printf(out, "%zu", ptx_value_count(v));
		break;
	case CELL_TEXT:
	case CELL_NUMBER:
	case CELL_STATE:
		if (ptx_value_kind(v) == PTX_LIST)
			for (size_t i = 0; i < ptx_value_count(v); i++) {
				if (i)
					ptx_buf_adds(out, ", ");
				add_scalar(out, ptx_value_at(v, i));
			}
		else
			add_scalar(out, v);
		break;
	}
}

/* The colour of a state, by what it says; NULL: none. */
static const char *state_color(const char *state)
{
	static const struct {
		const char *state;
		const char *color;
	} colors[] = {
		{ "active", "green" },   { "running", "green" },   { "successful", "green" },
		{ "done", "green" },     { "ok", "green" },        { "ready", "green" },
		{ "healthy", "green" },  { "failed", "red" },      { "error", "red" },
		{ "lost", "red" },       { "unhealthy", "red" },   { "unknown", "red" },
		{ "missing", "red" },    { "pending", "yellow" },  { "working", "yellow" },
		{ "stopped", "yellow" }, { "canceled", "yellow" }, { "warning", "yellow" },
	};

	for (size_t i = 0; i < CLI_COUNT(colors); i++)
		if (strcmp(colors[i].state, state) == 0)
			return colors[i].color;
	return NULL;
}

static int out_of_memory(struct ptx_error **err)
{
	ptx_error_set(err, PTX_E_NOMEM, "out of memory");
	return PTX_E_NOMEM;
}

static int add_row(struct cli *cli, struct libscols_table *t, const struct print_spec *spec,
		   const struct ptx_value *item)
{
	struct libscols_line *line = scols_table_new_line(t, NULL);
	int rc = line ? 0 : PTX_E_NOMEM;

	for (size_t i = 0; rc == 0 && spec->columns[i].title; i++) {
		const struct print_column *c = &spec->columns[i];
		const char *color = NULL;
		struct ptx_buf text;

		ptx_buf_init(&text, MOST_TEXT);
		add_cell(&text, print_find(item, c->path), c->cell);
		if (!ptx_buf_ok(&text) || scols_line_set_data(line, i, text.n ? text.p : "-") != 0)
			rc = PTX_E_NOMEM;
		color =
		    rc == 0 && c->cell == CELL_STATE && cli->color_out ? state_color(text.p) : NULL;
		if (color)
			scols_cell_set_color(scols_line_get_cell(line, i), color);
		ptx_buf_done(&text);
	}
	return rc;
}

static int print_table(struct cli *cli, const struct ptx_value *list, const struct print_spec *spec,
		       struct ptx_error **err)
{
	struct libscols_table *t = NULL;
	char *text = NULL;
	int rc = 0;

	/* Widths of characters come from the locale; nothing else here uses it. */
	setlocale(LC_CTYPE, "");
	t = scols_new_table();
	if (!t)
		return out_of_memory(err);
	scols_table_enable_colors(t, cli->color_out);
	for (const struct print_column *c = spec->columns; c->title && rc == 0; c++)
		if (!scols_table_new_column(
			t, c->title, 0,
			c->cell == CELL_NUMBER || c->cell == CELL_COUNT ? SCOLS_FL_RIGHT : 0))
			rc = PTX_E_NOMEM;
	for (size_t i = 0; i < ptx_value_count(list) && rc == 0; i++)
		rc = add_row(cli, t, spec, ptx_value_at(list, i));
	if (rc == 0 && scols_print_table_to_string(t, &text) != 0)
		rc = PTX_E_NOMEM;
	/* As text a table has no last line break. */
	if (rc == 0 && text && *text)
		printf("%s\n", text);
	free(text);
	scols_unref_table(t);
	return rc == 0 ? 0 : out_of_memory(err);
}

/* One line for each column of a single thing; what it does not have is left out. */
static void add_details(struct ptx_buf *out, const struct ptx_value *v,
			const struct print_spec *spec)
{
	int widest = 0;

	for (const struct print_column *c = spec->columns; c->title; c++)
		if (print_find(v, c->path) && (int)strlen(c->title) > widest)
			widest = (int)strlen(c->title);
	for (const struct print_column *c = spec->columns; c->title; c++) {
		const struct ptx_value *m = print_find(v, c->path);

		if (!m || ptx_value_kind(m) == PTX_NULL)
			continue;
		ptx_buf_printf(out, "%s:%*s", c->title, widest + 1 - (int)strlen(c->title), "");
		add_cell(out, m, c->cell);
		ptx_buf_addc(out, '\n');
	}
}

static void add_names(struct ptx_buf *out, const struct ptx_value *v, const struct print_spec *spec)
{
	bool list = ptx_value_kind(v) == PTX_LIST;

	for (size_t i = 0; i < (list ? ptx_value_count(v) : 1); i++) {
		add_scalar(out, print_find(list ? ptx_value_at(v, i) : v, spec->name));
		ptx_buf_addc(out, '\n');
	}
}

int print_value(struct cli *cli, int format, const struct ptx_value *v,
		const struct print_spec *spec, struct ptx_error **err)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_buf out;
	int rc = 0;

	if (format == PRINT_TABLE && ptx_value_kind(v) == PTX_LIST) {
		if (ptx_value_count(v))
			return print_table(cli, v, spec, err);
		if (spec->empty)
			cli_say(cli, "%s", spec->empty);
		return 0;
	}
	style.indent = 2;
	ptx_buf_init(&out, MOST_TEXT);
	switch (format) {
	case PRINT_JSON:
		ptx_json_format(v, &style, &out);
		ptx_buf_addc(&out, '\n');
		break;
	case PRINT_YAML:
		ptx_yaml_format(v, &out);
		break;
	case PRINT_NAME:
		add_names(&out, v, spec);
		break;
	default:
		add_details(&out, v, spec);
	}
	rc = cli_write(&out, err);
	ptx_buf_done(&out);
	return rc;
}
