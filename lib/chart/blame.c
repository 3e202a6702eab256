/* SPDX-License-Identifier: Apache-2.0 */
/* blame.c - from a line of a document that is no YAML to the line of the template that wrote it.
 *
 * Rendering keeps no map of what wrote which byte. When a document turns out to be broken the chart
 * is rendered once more, with a map for the templates that it is about. What that writes may differ
 * where templates ask for random bytes; lines are compared by their number, and where there are not
 * as many of them the template is all that is told.
 */
#define PTX_AREA PTX_AREA_CHART
#include "render.h"
#include "../base/diag.h"
#include "../template/outmap.h"
#include "../text/gostring.h"

#define RULE       "document"
#define SHOWN      2u   /* lines before the one that is wrong */
#define LONGEST    160u /* bytes of a line that are shown */
#define MOST_NOTES 16u
#define MOST_FOUND 100u /* documents; of those behind them the template is told */

static size_t count_lines(struct ptx_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* The nth line, from 0. */
static struct ptx_str line_of(struct ptx_str s, size_t n)
{
	struct ptx_str line = { NULL, 0 };

	for (size_t i = 0; i <= n; i++)
		if (!ptxi_str_next(&s, '\n', &line))
			return (struct ptx_str){ NULL, 0 };
	return line;
}

/* The line that the document begins in, from 0. */
static size_t first_line(const struct ptxi_broken *b)
{
	return count_lines(ptxi_strn(b->output.p, (size_t)(b->text.p - b->output.p)));
}

/* The line of a template's output that is wrong, from 0: the last one that has something in it. */
static size_t broken_line(const struct ptxi_broken *b)
{
	struct ptx_str rest = b->text;
	struct ptx_str line = { NULL, 0 };
	size_t last = 0;

	for (size_t i = 0;
	     i < (b->where.line ? b->where.line : 1) && ptxi_str_next(&rest, '\n', &line); i++)
		if (ptxi_text_trim_space(line).n)
			last = i;
	return first_line(b) + last;
}

/* The message without Go's words for where it was read, and for what. */
static const char *plain(const char *message)
{
	static const char *const heads[] = { "error converting YAML to JSON: ",
					     "error unmarshaling JSON: while decoding JSON: json: ",
					     "yaml: " };

	for (size_t i = 0; i < PTXI_COUNT(heads); i++)
		if (strncmp(message, heads[i], strlen(heads[i])) == 0)
			message += strlen(heads[i]);
	if (strncmp(message, "line ", 5) == 0 && strstr(message, ": "))
		message = strstr(message, ": ") + 2;
	return message;
}

static struct ptx_where place_of(const struct ptxi_source *source, size_t pos)
{
	struct ptxi_place place = ptxi_source_place(source, pos);

	return (struct ptx_where){ strcmp(source->name, "gotpl") == 0 ? "text of tpl"
								      : source->name,
				   place.line, place.column };
}

/* Which place wrote a line; column from 1, or 0. */
static bool find(const struct ptxi_broken *b, const struct ptxi_outmap *map, size_t n,
		 struct ptxi_outmap_place *place)
{
	struct ptx_str all = ptxi_outmap_text(map);
	struct ptx_str line = line_of(all, n);
	struct ptx_str shown = line_of(b->output, n);
	size_t offset = 0;

	if (!line.p || count_lines(all) != count_lines(b->output))
		return false;
	offset = (size_t)(ptxi_text_trim_space(line).p - all.p);
	if (ptxi_str_eq(line, shown) && b->where.column && b->where.column <= line.n &&
	    n == first_line(b) + b->where.line - 1 && line.p[b->where.column - 1] != ' ')
		offset = (size_t)(line.p - all.p) + b->where.column - 1;
	return ptxi_outmap_find(map, offset, place);
}

static void show_lines(struct ptx_diags *d, const struct ptxi_broken *b, size_t n)
{
	size_t first = first_line(b);

	for (size_t i = n > first + SHOWN ? n - SHOWN : first; i <= n; i++) {
		struct ptx_str line = line_of(b->output, i);

		ptxi_diag_add(d, PTX_NOTE, 0, NULL, (struct ptx_where){ .file = b->path }, NULL,
			      "rendered line %zu%s %.*s", i + 1, i == n ? ">" : ":",
			      (int)(line.n < LONGEST ? line.n : LONGEST), line.p);
	}
}

static void tell(struct ptxi_job *j, const struct ptxi_broken *b, const struct ptxi_outmap *map,
		 bool shown)
{
	struct ptxi_outmap_place place = { NULL, 0, NULL };
	size_t n = shown ? broken_line(b) : 0;
	bool found = map && find(b, map, n, &place);
	struct ptx_where where =
	    found ? place_of(place.source, place.pos) : (struct ptx_where){ .file = b->path };
	size_t notes = 0;

	ptxi_diag_add(j->opts.diags, PTX_ERROR, b->code, RULE, where, NULL, "%s: %s",
		      b->code == PTX_E_INVALID ? "this renders to no manifest"
					       : "this renders to YAML that cannot be read",
		      plain(b->message));
	for (const struct ptxi_outmap_frame *f = place.frame; f && notes++ < MOST_NOTES; f = f->up)
		ptxi_diag_add(j->opts.diags, PTX_NOTE, 0, NULL, place_of(f->source, f->pos), NULL,
			      "included from here");
	if (shown)
		show_lines(j->opts.diags, b, n);
}

void ptxi_job_blame(struct ptxi_job *j)
{
	ptx_auto(error) ignored = NULL;
	struct ptxi_job again = { .watched = &j->broken };

	if (ptxi_job_again(j, &again, &ignored) < 0)
		ptxi_error_drop(&ignored);
	for (size_t i = 0; i < j->broken.n; i++) {
		const struct ptxi_outmap *map = NULL;

		for (size_t k = 0; i < MOST_FOUND && !map && k <= i; k++)
			if (strcmp(j->broken.v[k].path, j->broken.v[i].path) == 0)
				map = j->broken.v[k].map;
		tell(j, &j->broken.v[i], map, i < MOST_FOUND);
	}
	/* Maps point into texts that tpl had, which are the second rendering's. */
	ptxi_job_done(&again);
}
