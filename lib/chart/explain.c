/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c - failures of templates in words for people: where, through which includes, which value
 * it is about, where that was set, and what was probably meant.
 *
 * Each failure is an error followed by notes: the places that led to it, from the inside out, and
 * those that set the values. A failure that many templates run into is told once.
 */
#define PTX_AREA PTX_AREA_CHART
#include "explain.h"

#include <pitrix/template.h>
#include "../base/diag.h"
#include "../base/lookup.h"
#include "../text/gofmt.h"
#include "../value/path.h"

#define RULE           "template"
#define DEEPEST        64u
#define MOST_NODES     200000u
#define MOST_NOTES     16u  /* frames that are shown */
#define MOST_EXPLAINED 200u /* failures, and numbers; those behind are told plainly, or not */
#define MOST_AGAIN     5u   /* further templates that run into the same */

/* ---- the path of a value among those that templates see */

struct search {
	const struct ptx_value *wanted;
	size_t nodes;
};

static bool find(struct search *s, const struct ptx_value *at, struct ptx_buf *path, unsigned depth)
{
	size_t n = path->n;

	if (at == s->wanted)
		return true;
	if (depth > DEEPEST || ++s->nodes > MOST_NODES)
		return false;
	for (size_t i = 0; ptx_value_kind(at) == PTX_MAP && i < at->map.n; i++) {
		ptx_buf_printf(path, ".%.*s", PTX_STR_ARG(at->map.v[i].key));
		if (find(s, at->map.v[i].value, path, depth + 1))
			return true;
		ptx_buf_truncate(path, n);
	}
	for (size_t i = 0; ptx_value_kind(at) == PTX_LIST && i < at->list.n; i++) {
		ptx_buf_printf(path, "[%zu]", i);
		if (find(s, at->list.v[i], path, depth + 1))
			return true;
		ptx_buf_truncate(path, n);
	}
	return false;
}

bool ptxi_job_path(const struct ptxi_job_source *s, const struct ptx_value *v, struct ptx_buf *path)
{
	struct search search = { .wanted = v };
	const struct ptx_value *values = ptx_value_get(s->env, "Values");

	ptx_buf_clear(path);
	if (!v)
		return false;
	for (size_t i = 0; s->env && i < s->env->map.n; i++) {
		ptx_buf_clear(path);
		ptx_buf_printf(path, ".%.*s", PTX_STR_ARG(s->env->map.v[i].key));
		if (s->env->map.v[i].value == v)
			return true;
	}
	ptx_buf_clear(path);
	ptx_buf_adds(path, ".Values");
	if (find(&search, values, path, 0))
		return true;
	ptx_buf_clear(path);
	return false;
}

/* What a suspect is called: by its place among the values where it has one. */
static void name_of(const struct ptxi_job_source *s, const struct ptxi_suspect *u,
		    struct ptx_buf *out)
{
	if (u->value && ptxi_job_path(s, u->value, out))
		return;
	if (!u->value && u->holder && ptxi_job_path(s, u->holder, out)) {
		ptx_buf_printf(out, ".%.*s", PTX_STR_ARG(u->key));
		return;
	}
	ptx_buf_clear(out);
	ptx_buf_adds(out, u->written);
}

/* ---- what was probably meant */

static void add_parent(const struct ptxi_job_source *s, const struct ptxi_suspect *u,
		       struct ptx_buf *out)
{
	const char *dot = strrchr(u->written, '.');

	if (ptxi_job_path(s, u->holder, out))
		return;
	ptx_buf_clear(out);
	ptx_buf_add(out, u->written, dot ? (size_t)(dot - u->written) : 0);
}

/* Appends the key that is nearest to a missing one, with its path; false when none is near. */
static bool nearest(const struct ptxi_job_source *s, const struct ptxi_suspect *u,
		    struct ptx_buf *out)
{
	struct ptx_str near = u->holder ? ptxi_value_nearest_key(u->holder, u->key) : u->key;

	if (!u->holder || !near.p || !near.n || ptxi_str_eq(near, u->key))
		return false;
	add_parent(s, u, out);
	ptx_buf_printf(out, ".%.*s", PTX_STR_ARG(near));
	return true;
}

static struct ptx_str template_at(size_t i, const void *user)
{
	const char *name = ptx_template_name(user, i);

	/* Files are templates too, but nobody includes one. */
	return name ? ptxi_str(strchr(name, '/') ? "" : name) : (struct ptx_str){ NULL, 0 };
}

/* The template whose name is near to the one in quotes that a message names. */
static struct ptx_str nearest_template(const struct ptxi_job *j, const char *message)
{
	const char *from = strstr(message, "template \"");
	const char *to = NULL;

	if (!from || (!strstr(message, "not defined") && !strstr(message, "no template")))
		return (struct ptx_str){ NULL, 0 };
	from += strlen("template \"");
	to = strchr(from, '"');
	return to ? ptxi_nearest(ptxi_strn(from, (size_t)(to - from)), template_at, j->set)
		  : (struct ptx_str){ NULL, 0 };
}

/* ---- the error itself */

static bool starts(const char *s, const char *head)
{
	return strncmp(s, head, strlen(head)) == 0;
}

static const char *kind_words(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_BOOL:
		return "a boolean";
	case PTX_STRING:
		return "a string";
	case PTX_LIST:
		return "a list";
	case PTX_MAP:
		return "a map";
	default:
		return ptx_value_is_number(v) ? "a number" : "no map";
	}
}

/* A type of Go's, as a message names it. */
static const char *type_words(struct ptx_str type)
{
	static const char *const words[][2] = {
		{ "string", "a string" },       { "bool", "a boolean" },
		{ "int", "a whole number" },    { "int64", "a whole number" },
		{ "float64", "a number" },      { "map[string]interface {}", "a map" },
		{ "[]interface {}", "a list" }, { "[]string", "a list of strings" },
	};

	for (size_t i = 0; i < PTXI_COUNT(words); i++)
		if (ptxi_str_is(type, words[i][0]))
			return words[i][1];
	return NULL;
}

/* A value of the wrong kind, which is not shown: it may be secret. False: it is something else. */
static bool describe_kind(const struct ptxi_trace *t, const struct ptxi_suspect *u,
			  const char *name, struct ptx_buf *out)
{
	static const char head[] = "wrong type for value; expected ";
	const char *end = strstr(t->message, "; got ");
	const char *words = NULL;

	if (!u || !u->value)
		return false;
	if (starts(t->message, "range can't iterate over ")) {
		ptx_buf_printf(out, "%s is %s: range goes over a list, a map or a whole number",
			       name, kind_words(u->value));
		return true;
	}
	if (!starts(t->message, head) || !end)
		return false;
	words = type_words(
	    ptxi_strn(t->message + strlen(head), (size_t)(end - t->message) - strlen(head)));
	if (words)
		ptx_buf_printf(out, "%s is %s, where %s is wanted", name, kind_words(u->value),
			       words);
	return words != NULL;
}

static void describe(const struct ptxi_job *j, const struct ptxi_job_source *s, struct ptx_buf *out)
{
	const struct ptxi_trace *t = &j->trace;
	const struct ptxi_suspect *u = t->suspect_count ? &t->suspects[0] : NULL;
	ptx_auto_buf name = { 0 };
	const char *text = NULL;

	ptx_buf_init(&name, 0);
	if (u)
		name_of(s, u, &name);
	if (describe_kind(t, u, name.p, out))
		return;
	if (u && u->wanted.n && starts(t->message, "nil pointer evaluating")) {
		ptx_buf_printf(out, "%s is %s: it has no '%.*s'", name.p,
			       u->holder && !ptxi_value_find(u->holder, u->key) ? "not set"
										: "null",
			       PTX_STR_ARG(u->wanted));
		return;
	}
	if (u && u->wanted.n && u->value && starts(t->message, "can't evaluate field")) {
		ptx_buf_printf(out, "%s is %s: it has no '%.*s'", name.p, kind_words(u->value),
			       PTX_STR_ARG(u->wanted));
		return;
	}
	text = t->message;
	if (t->function && starts(text, "error calling ")) {
		const char *colon = strstr(text, ": ");
		bool own = strcmp(t->function, "required") == 0 || strcmp(t->function, "fail") == 0;

		if (colon && own) {
			ptx_buf_adds(out, colon + 2);
			return;
		}
		if (colon && strcmp(t->function, "tpl") == 0 &&
		    strstr(text, ": template: gotpl:")) {
			const char *at = text;

			for (const char *p = text; (p = strstr(p, ": template: gotpl:")); p++)
				at = p;
			ptx_buf_printf(out, "tpl cannot parse its text, line %s",
				       at + strlen(": template: gotpl:"));
			return;
		}
		if (colon && starts(colon + 2, "template: no template \"")) {
			const char *from = colon + 2 + strlen("template: no template \"");

			ptx_buf_printf(out, "there is no template '%.*s'", (int)strcspn(from, "\""),
				       from);
			return;
		}
		if (colon) {
			ptx_buf_printf(out, "%s: %s", t->function, colon + 2);
			return;
		}
	}
	ptx_buf_adds(out, text);
}

/* The keys of a value that is no map of its own, as .Release, for "did you mean". */
static bool nearest_member(const struct ptxi_job_source *s, const struct ptxi_suspect *u,
			   struct ptx_buf *out)
{
	struct ptx_str near = { NULL, 0 };

	if (!u->wanted.n || ptx_value_kind(u->value) != PTX_MAP)
		return false;
	near = ptxi_value_nearest_key(u->value, u->wanted);
	if (!near.p || !near.n)
		return false;
	name_of(s, u, out);
	ptx_buf_printf(out, ".%.*s", PTX_STR_ARG(near));
	return true;
}

static void add_hint(struct ptxi_job *j, const struct ptxi_job_source *s)
{
	const struct ptxi_trace *t = &j->trace;
	struct ptx_str near = nearest_template(j, t->message);
	ptx_auto_buf meant = { 0 };
	ptx_auto_buf name = { 0 };

	if (near.p) {
		ptxi_diag_hint(j->opts.diags, "did you mean '%.*s'?", PTX_STR_ARG(near));
		return;
	}
	ptx_buf_init(&meant, 0);
	ptx_buf_init(&name, 0);
	for (size_t i = 0; i < t->suspect_count; i++) {
		const struct ptxi_suspect *u = &t->suspects[i];

		if ((!u->value && nearest(s, u, &meant)) || nearest_member(s, u, &meant)) {
			ptxi_diag_hint(j->opts.diags, "did you mean '%s'?", meant.p);
			return;
		}
	}
	for (size_t i = 0; i < t->suspect_count; i++)
		if (!t->suspects[i].value && t->suspects[i].holder && !t->suspects[i].wanted.n) {
			name_of(s, &t->suspects[i], &name);
			ptxi_diag_hint(j->opts.diags, "'%s' is not set", name.p);
			return;
		}
}

/* ---- places */

static struct ptx_where place_of(const struct ptxi_frame *f)
{
	if (f->file)
		return (struct ptx_where){ f->file, f->place.line, f->place.column };
	if (!f->text.file)
		return (struct ptx_where){ "text of tpl", f->place.line, f->place.column };
	/* Where in a block of several lines is not told from where it begins. */
	return f->text;
}

static void note_frames(struct ptxi_job *j)
{
	const struct ptxi_trace *t = &j->trace;
	size_t kept = t->frame_count < PTXI_TRACE_FRAMES ? t->frame_count : PTXI_TRACE_FRAMES;

	if (kept && !t->frames[0].file)
		ptxi_diag_add(j->opts.diags, PTX_NOTE, 0, NULL, place_of(&t->frames[0]), NULL,
			      "line %u of this text, at '%s'", t->frames[0].place.line,
			      t->frames[0].node);
	for (size_t i = 1; i < kept; i++) {
		const struct ptxi_frame *f = &t->frames[i];

		if (i >= MOST_NOTES && i + 1 < kept)
			continue;
		if (i >= MOST_NOTES)
			ptxi_diag_add(j->opts.diags, PTX_NOTE, 0, NULL, (struct ptx_where){ 0 },
				      NULL, "... and %zu places between", t->frame_count - i);
		ptxi_diag_add(j->opts.diags, PTX_NOTE, 0, NULL, place_of(f), NULL,
			      f->kind == PTXI_FRAME_TPL ? "given to tpl here, in '%s'"
							: "included from here, by '%s'",
			      f->node);
	}
}

static void note_origins(struct ptxi_job *j, const struct ptxi_job_source *s)
{
	ptx_auto_buf name = { 0 };

	ptx_buf_init(&name, 0);
	for (size_t i = 0; i < j->trace.suspect_count; i++) {
		const struct ptxi_suspect *u = &j->trace.suspects[i];
		const struct ptx_value *v = u->value ? u->value : u->holder;
		struct ptx_where where = ptx_value_where(v);

		if (!where.file)
			continue;
		if (!u->value && !ptxi_job_path(s, u->holder, &name))
			continue;
		if (u->value)
			name_of(s, u, &name);
		/* All values together stand in the first line of a file, which says nothing. */
		if (strcmp(name.p, ".Values") == 0)
			continue;
		ptxi_diag_add(j->opts.diags, PTX_NOTE, 0, NULL, where, NULL, "%s is set here",
			      name.p);
	}
}

/* How often something was told before, or NULL: it was not, and is now. */
static size_t *told_before(struct ptxi_job *j, const char *key)
{
	size_t *times = NULL;

	if (!j->told)
		j->told = ptxi_map_new(NULL);
	times = j->told ? ptxi_map_get(j->told, key) : NULL;
	if (times)
		return times;
	times = ptxi_arena_alloc(j->kept, sizeof(*times));
	if (times && j->told && ptxi_map_set(j->told, key, times) < 0)
		*times = 0; /* then it may be told again */
	return NULL;
}

/* True when it is a failure that was told before; the template that runs into it is noted. */
static bool told(struct ptxi_job *j, const struct ptxi_job_source *s, const struct ptxi_frame *f,
		 const char *message)
{
	ptx_auto_str key = ptxi_asprintf("%s:%u:%u:%s", f->file ? f->file : "", f->place.line,
					 f->place.column, message);
	size_t *times = key ? told_before(j, key) : NULL;

	if (times && ++*times <= MOST_AGAIN)
		ptxi_diag_add(j->opts.diags, PTX_NOTE, 0, NULL,
			      (struct ptx_where){ .file = s->name }, NULL, "fails at %s:%u:%u too",
			      f->file ? f->file : "a text of tpl", f->place.line, f->place.column);
	return times != NULL;
}

void ptxi_job_explain(struct ptxi_job *j, const struct ptxi_job_source *s,
		      const struct ptx_error *e)
{
	ptx_auto_buf message = { 0 };
	ptx_auto_buf name = { 0 };
	const struct ptxi_trace *t = &j->trace;

	if (!t->frame_count || j->problems >= MOST_EXPLAINED) {
		ptxi_diag_add_error(j->opts.diags, RULE, e);
		return;
	}
	ptx_buf_init(&message, 0);
	ptx_buf_init(&name, 0);
	describe(j, s, &message);
	if (told(j, s, &t->frames[0], message.p))
		return;
	if (t->suspect_count)
		name_of(s, &t->suspects[0], &name);
	ptxi_diag_add(j->opts.diags, PTX_ERROR, ptx_error_code(e), RULE, place_of(&t->frames[0]),
		      name.n ? name.p : NULL, "%s", message.p);
	add_hint(j, s);
	note_frames(j);
	note_origins(j, s);
}

void ptxi_job_exponent(struct ptxi_job *j, const struct ptxi_source *source, size_t pos,
		       const struct ptx_value *v)
{
	struct ptxi_place place = ptxi_source_place(source, pos);
	bool is_tpl = strcmp(source->name, "gotpl") == 0;
	struct ptx_where origin = ptx_value_where(v);
	ptx_auto_buf name = { 0 };
	ptx_auto_buf shown = { 0 };
	ptx_auto_str key = NULL;

	ptx_buf_init(&name, 0);
	ptx_buf_init(&shown, 0);
	ptxi_go_print_value(v, j->kept, &shown);
	key = ptxi_asprintf("%s:%u:%u", source->name, place.line, place.column);
	if (!key || j->numbers >= MOST_EXPLAINED || told_before(j, key))
		return;
	j->numbers++;
	if (!ptxi_job_path(j->at, v, &name))
		ptx_buf_adds(&name, "a number");
	ptxi_diag_add(
	    j->opts.diags, PTX_WARNING, 0, "number-exponent",
	    (struct ptx_where){ is_tpl ? "text of tpl" : source->name, place.line, place.column },
	    name.p, "%s, %.0f, is printed as %s", name.p, v->f, shown.p);
	ptxi_diag_hint(j->opts.diags, "`| int64` keeps the digits, and so does a value in quotes");
	if (origin.file)
		ptxi_diag_add(j->opts.diags, PTX_NOTE, 0, NULL, origin, NULL, "%s is set here",
			      name.p);
}
