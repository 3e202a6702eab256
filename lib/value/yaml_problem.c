/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_problem.c - what libyaml cannot read, in our words, with a hint, and in those of Go's YAML,
 * which is made from libyaml but counts lines in another way, and meets some mistakes in another
 * order.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "yaml_reader.h"
#include "../base/lookup.h"
#include "../base/utf8.h"

struct ptx_where ptxi_yaml_where(const struct ptxi_yaml_reader *r, yaml_mark_t mark)
{
	struct ptx_where where = { r->opts->file, (unsigned)mark.line + 1,
				   (unsigned)mark.column + 1 };

	return where;
}

/* The place of a byte that libyaml could not read: it counts bytes there. */
static struct ptx_where where_of_byte(const struct ptxi_yaml_reader *r, size_t offset)
{
	struct ptx_where where = { r->opts->file, 1, 1 };
	size_t start = 0;

	if (offset > r->text.n)
		offset = r->text.n;
	for (size_t i = 0; i < offset; i++) {
		if (r->text.p[i] == '\n') {
			where.line++;
			start = i + 1;
		}
	}
	where.column = (unsigned)ptxi_utf8_count(ptxi_str_sub(r->text, start, offset - start)) + 1;
	return where;
}

static const char *hint_for(const char *problem)
{
	static const struct {
		const char *part;
		const char *hint;
	} hints[] = {
		{ "cannot start any token",
		  "indent with blanks, and quote a value that begins with '%', '@' or '`'" },
		{ "mapping values are not allowed",
		  "quote a value that holds ': ', or check the indentation" },
		{ "did not find expected key", "check the indentation and the quotes before it" },
		{ "did not find expected '-' indicator", "check the indentation of the list" },
		{ "unknown escape character", "use single quotes, or write a backslash as \\\\" },
		{ "could not find expected ':'", "a key is followed by ': '" },
		{ "tab character", "indent with blanks" },
	};

	for (size_t i = 0; problem && i < PTXI_COUNT(hints); i++)
		if (strstr(problem, hints[i].part))
			return hints[i].hint;
	return NULL;
}

void ptxi_yaml_tell(struct ptxi_yaml_reader *r, const char *fmt, ...)
{
	va_list ap;

	if (!r->why)
		return;
	ptx_buf_clear(&r->why->words);
	va_start(ap, fmt);
	ptx_buf_vprintf(&r->why->words, fmt, ap);
	va_end(ap);
}

/* What is at a mark, to the end of its line. */
static struct ptx_str text_at(const struct ptxi_yaml_reader *r, yaml_mark_t mark)
{
	struct ptx_str rest = r->text;
	struct ptx_str line = { NULL, 0 };

	for (size_t i = 0; i <= mark.line; i++)
		if (!ptxi_str_next(&rest, '\n', &line))
			return (struct ptx_str){ NULL, 0 };
	for (size_t i = 0; i < mark.column && line.n; i++) {
		size_t n = 0;

		ptxi_utf8_decode(line, &n);
		line = ptxi_str_from(line, n);
	}
	return line;
}

/* Whether an empty collection in flow style begins the text. */
static bool is_empty_flow(struct ptx_str s)
{
	size_t i = 1;

	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return i < s.n && ((s.p[0] == '[' && s.p[i] == ']') || (s.p[0] == '{' && s.p[i] == '}'));
}

/* Go's scanner forgets that an empty collection in flow style might be a key once it has read its
 * end. So where one stands in a key's place and is none, Go's parser meets it before the scanner
 * misses the colon. NULL: Go says what libyaml does. */
static const char *problem_with_flow(const struct ptxi_yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	yaml_parser_state_t state = p->state;

	if (p->error != YAML_SCANNER_ERROR ||
	    strcmp(p->problem, "could not find expected ':'") != 0 ||
	    !is_empty_flow(text_at(r, p->context_mark)))
		return NULL;
	if (state == YAML_PARSE_INDENTLESS_SEQUENCE_ENTRY_STATE && p->states.top > p->states.start)
		state = p->states.top[-1];
	switch (state) {
	case YAML_PARSE_BLOCK_SEQUENCE_FIRST_ENTRY_STATE:
	case YAML_PARSE_BLOCK_SEQUENCE_ENTRY_STATE:
		return "did not find expected '-' indicator";
	case YAML_PARSE_BLOCK_MAPPING_FIRST_KEY_STATE:
	case YAML_PARSE_BLOCK_MAPPING_KEY_STATE:
		return "did not find expected key";
	default:
		return NULL;
	}
}

/* Go names the line only where its parser knows one beyond the first, and counts those of the
 * scanner one further. */
static void tell_parser_problem(struct ptxi_yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *with_flow = problem_with_flow(r);
	size_t line = p->problem_mark.line ? p->problem_mark.line + (p->error == YAML_SCANNER_ERROR)
					   : p->context_mark.line;
	const char *problem = p->problem ? p->problem : "unknown problem parsing YAML content";

	if (with_flow && p->context_mark.line)
		ptxi_yaml_tell(r, "yaml: line %zu: %s", p->context_mark.line, with_flow);
	else if (p->error == YAML_READER_ERROR || line == 0)
		ptxi_yaml_tell(r, "yaml: %s", problem);
	else
		ptxi_yaml_tell(r, "yaml: line %zu: %s", line, problem);
}

bool ptxi_yaml_parser_failed(struct ptxi_yaml_reader *r)
{
	ptx_auto_buf context = { 0 };
	const yaml_parser_t *p = &r->parser;
	const char *hint = hint_for(p->problem);
	bool has_place = p->problem_mark.line || p->problem_mark.column || !p->context;

	tell_parser_problem(r);
	switch (p->error) {
	case YAML_MEMORY_ERROR:
		ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
		return false;
	case YAML_READER_ERROR:
		if (p->problem_value == -1)
			ptx_fail_at(r->err, PTX_E_SYNTAX, where_of_byte(r, p->problem_offset), "%s",
				    p->problem);
		else
			ptx_fail_at(r->err, PTX_E_SYNTAX, where_of_byte(r, p->problem_offset),
				    "%s (0x%02x)", p->problem, (unsigned)p->problem_value);
		return false;
	default:
		break;
	}
	ptx_buf_init(&context, 0);
	if (p->context)
		ptx_buf_printf(&context, " %s", p->context);
	if (p->context && p->context_mark.index != p->problem_mark.index)
		ptx_buf_printf(&context, " (begun at line %u, column %u)",
			       (unsigned)p->context_mark.line + 1,
			       (unsigned)p->context_mark.column + 1);
	ptx_fail_at(r->err,
		    p->problem && strstr(p->problem, "nesting") ? PTX_E_LIMIT : PTX_E_SYNTAX,
		    ptxi_yaml_where(r, has_place ? p->problem_mark : p->context_mark), "%s%s",
		    p->problem ? p->problem : "not readable as YAML", context.p);
	if (hint)
		ptxi_error_hint(r->err, "%s", hint);
	return false;
}

static struct ptx_str anchor_name(size_t i, const void *user)
{
	const struct ptxi_map *anchors = user;
	const char *name = NULL;

	if (i >= ptxi_map_count(anchors))
		return (struct ptx_str){ NULL, 0 };
	ptxi_map_at(anchors, i, &name);
	return ptxi_str(name);
}

bool ptxi_yaml_no_anchor(struct ptxi_yaml_reader *r)
{
	const char *name = (const char *)r->event.data.alias.anchor;
	struct ptx_str near = ptxi_nearest(ptxi_str(name), anchor_name, r->anchors);

	ptxi_yaml_tell(r, "yaml: unknown anchor '%s' referenced", name);
	ptx_fail_at(r->err, PTX_E_SYNTAX, ptxi_yaml_where(r, r->event.start_mark),
		    "the alias '*%s' has no anchor before it", name);
	if (near.p)
		ptxi_error_hint(r->err, "did you mean '*%.*s'?", PTX_STR_ARG(near));
	return false;
}
