/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - what outlives one execution, and `tpl`, which executes texts that are made while
 * executing.
 *
 * A text is parsed into a set of its own above the one that calls it: it sees the templates below,
 * and what it defines is seen by what it calls, but by nobody after it. Sets are kept by their
 * text, since charts render the same few again and again.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "exec.h"
#include "trace.h"
#include "../base/vec.h"
#include "../base/zone.h"
#include "../text/goquote.h"
#include "../text/regex.h"

#define MEMORY        ((size_t)512 << 20)
#define NAME          "gotpl" /* of the template that all of Helm's belong to */
#define MOST_SPARE    16u
#define LARGEST_SPARE ((size_t)4 << 20)
#define MOST_KEPT     4096u /* parsed texts, and expressions */

struct parsed {
	struct ptx_template *set;
	const struct ptxi_tree *root;
};

/* A map under another of Go's types. */
struct view {
	struct ptx_value *v;
	struct ptx_value *of;
};

struct ptxi_render {
	struct ptx_arena *arena;
	struct ptxi_arena_mark mark; /* where the execution began */
	bool gives_back;             /* what was made since */
	struct ptxi_map *
	    by_text; /* the set that calls and the text -> struct parsed, in the arena of its set */
	PTX_VEC(struct ptx_template *) sets;
	struct ptxi_map *regexes; /* by their patterns */
	struct ptxi_map *zones;   /* by their names */
	struct ptx_buf spare[MOST_SPARE];
	size_t spare_count;
	PTX_VEC(struct view) views;
};

static void free_regex(void *re)
{
	ptxi_regex_free(re);
}

static void free_zone(void *zone)
{
	ptxi_zone_free(zone);
}

struct ptxi_render *ptxi_render_new(size_t max_memory)
{
	ptxi_auto(render) r = ptxi_alloc(sizeof(*r));

	if (!r)
		return NULL;
	r->arena = ptx_arena_new(max_memory ? max_memory : MEMORY);
	r->by_text = ptxi_map_new(NULL);
	r->regexes = ptxi_map_new(free_regex);
	r->zones = ptxi_map_new(free_zone);
	return r->arena && r->by_text && r->regexes && r->zones ? ptx_steal(&r) : NULL;
}

void ptxi_render_free(struct ptxi_render *r)
{
	if (!r)
		return;
	for (size_t i = r->sets.n; i > 0; i--)
		ptx_template_free(r->sets.v[i - 1]);
	ptx_vec_done(&r->sets);
	ptx_vec_done(&r->views);
	ptxi_map_free(r->by_text);
	ptxi_map_free(r->regexes);
	ptxi_map_free(r->zones);
	while (r->spare_count)
		ptx_buf_done(&r->spare[--r->spare_count]);
	ptx_arena_free(r->arena);
	ptx_free(r);
}

const struct ptxi_regex *ptxi_exec_regex(struct ptxi_exec *x, struct ptx_str pattern,
					 struct ptx_error **err)
{
	struct ptxi_regex *re = ptxi_map_getn(x->render->regexes, pattern);

	if (re)
		return re;
	if (ptxi_map_count(x->render->regexes) >= MOST_KEPT) {
		ptx_fail(err, PTX_E_LIMIT, "more than %u different regular expressions", MOST_KEPT);
		return NULL;
	}
	re = ptxi_regex_compile(pattern, err);
	if (re && ptxi_map_setn(x->render->regexes, pattern, re) < 0) {
		ptxi_regex_free(re);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return re;
}

const struct ptxi_zone *ptxi_exec_zone(struct ptxi_exec *x, struct ptx_str name,
				       struct ptx_error **err)
{
	struct ptxi_zone *zone = NULL;

	if (ptxi_str_is(name, "Local"))
		name = ptxi_str(x->env->zone ? x->env->zone : "UTC");
	if (name.n == 0)
		name = PTXI_STR("UTC");
	zone = ptxi_map_getn(x->render->zones, name);
	if (zone)
		return zone;
	zone = ptxi_zone_load(name, err);
	if (zone && ptxi_map_setn(x->render->zones, name, zone) < 0) {
		ptxi_zone_free(zone);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return zone;
}

void ptxi_render_take_buf(struct ptxi_render *r, struct ptx_buf *b)
{
	if (!r->spare_count) {
		ptx_buf_init(b, 0);
		return;
	}
	*b = r->spare[--r->spare_count];
	ptx_buf_clear(b);
}

void ptxi_render_give_buf(struct ptxi_render *r, struct ptx_buf *b)
{
	if (!b->cap)
		return;
	if (r->spare_count == MOST_SPARE || b->cap > LARGEST_SPARE) {
		ptx_buf_done(b);
		return;
	}
	r->spare[r->spare_count++] = *b;
	ptx_buf_init(b, 0);
}

struct ptx_arena *ptxi_render_arena(struct ptxi_render *r)
{
	return r->arena;
}

void ptxi_render_begin(struct ptxi_render *r)
{
	r->mark = ptxi_arena_mark(r->arena);
	r->gives_back = true;
}

void ptxi_render_keep(struct ptxi_render *r)
{
	r->gives_back = false;
}

void ptxi_render_end(struct ptxi_render *r)
{
	if (r->gives_back)
		ptxi_arena_release(r->arena, r->mark);
	r->gives_back = false;
}

void ptxi_exec_change(struct ptxi_exec *x, const struct ptx_value *v)
{
	struct ptxi_render *r = x->render;

	r->gives_back = r->gives_back && ptxi_arena_is_after(r->arena, r->mark, v);
}

struct ptx_value *ptxi_render_view(struct ptxi_render *r, struct ptx_value *map, enum ptxi_go go)
{
	struct view view = { map ? ptxi_arena_alloc(r->arena, sizeof(*map)) : NULL, map };

	if (!view.v || !ptx_vec_push(&r->views, view))
		return NULL;
	*view.v = *map;
	view.v->go = (uint16_t)go;
	return view.v;
}

struct ptx_value *ptxi_exec_viewed(const struct ptxi_exec *x, struct ptx_value *v)
{
	for (size_t i = 0; v->go && i < x->render->views.n; i++)
		if (x->render->views.v[i].v == v)
			return x->render->views.v[i].of;
	return v;
}

void ptxi_exec_changed(struct ptxi_exec *x, const struct ptx_value *v)
{
	for (size_t i = 0; i < x->render->views.n; i++) {
		const struct view *view = &x->render->views.v[i];

		if (view->of == v) {
			view->v->map = v->map;
			view->v->unread = v->unread;
		}
	}
}

/* Go's text around an error of the text: `cannot parse template "...": template: gotpl:1: ...`. */
static int text_failed(struct ptxi_exec *x, const char *what, struct ptx_str text,
		       const struct ptx_error *inner, bool with_column, struct ptx_error **err)
{
	ptx_auto_buf quoted = { 0 };
	const struct ptx_where *where = ptx_error_where(inner);

	if (!inner)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(text, false, &quoted);
	if (with_column && x->fail_source) {
		struct ptxi_place place = ptxi_source_place(x->fail_source, x->fail_pos);

		ptx_fail(err, ptx_error_code(inner), "%s %s: template: %s:%u:%u: %s", what,
			 quoted.p, x->fail_source->name, place.line, place.byte,
			 ptx_error_message(inner));
		x->fail_source = NULL;
	} else {
		ptx_fail(err, ptx_error_code(inner), "%s %s: template: %s:%u: %s", what, quoted.p,
			 NAME, where ? where->line : 0, ptx_error_message(inner));
	}
	if (ptx_error_hint(inner))
		ptxi_error_hint(err, "%s", ptx_error_hint(inner));
	return ptx_error_code(inner);
}

static struct parsed *parse(struct ptxi_exec *x, struct ptx_str text, struct ptx_error **err)
{
	struct ptxi_render *r = x->render;
	ptx_auto(error) inner = NULL;
	ptx_auto(template) set = ptxi_template_child(x->set, &inner);
	struct parsed *p = set ? ptxi_arena_alloc(set->arena, sizeof(*p)) : NULL;

	if (p && ptxi_template_parse(set, NAME, text, &p->root, &inner) == 0) {
		if (r->sets.n >= MOST_KEPT)
			ptx_fail(err, PTX_E_LIMIT, "tpl has parsed more than %u different texts",
				 MOST_KEPT);
		else if (ptx_vec_push(&r->sets, set))
			p->set = ptx_steal(&set);
		else
			ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return p->set ? p : NULL;
	}
	if (inner)
		text_failed(x, "cannot parse template", text, inner, false, err);
	else
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return NULL;
}

static struct parsed *find_or_parse(struct ptxi_exec *x, struct ptx_str text,
				    struct ptx_error **err)
{
	struct ptxi_render *r = x->render;
	struct parsed *p = NULL;
	ptx_auto_buf key = { 0 };

	ptx_buf_init(&key, 0);
	ptx_buf_add(&key, &x->set, sizeof(x->set));
	ptx_buf_addstr(&key, text);
	if (!ptx_buf_ok(&key)) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	p = ptxi_map_getn(r->by_text, ptx_buf_str(&key));
	if (p)
		return p;
	p = parse(x, text, err);
	if (p && ptxi_map_setn(r->by_text, ptx_buf_str(&key), p) < 0) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return p;
}

int ptxi_exec_text(struct ptxi_exec *x, const struct ptx_value *written, struct ptx_value *dot,
		   struct ptx_buf *out, struct ptx_error **err)
{
	struct ptx_str text = ptx_value_str(written);
	const struct ptx_template *set = x->set;
	const char *left = set->opts.left_delim ? set->opts.left_delim : "{{";
	struct parsed *p = NULL;
	ptx_auto(error) inner = NULL;
	int code = 0;

	if (ptxi_str_find(text, ptxi_str(left)) == SIZE_MAX) {
		ptx_buf_addstr(out, text);
		return 0;
	}
	p = find_or_parse(x, text, err);
	if (!p)
		return PTX_E_INVALID;
	x->set = p->set;
	code = ptxi_exec_template(x, p->root, dot, out, &inner);
	x->set = set;
	if (code < 0 && x->env->trace)
		ptxi_trace_text(x, NAME, written);
	return code < 0 ? text_failed(x, "error during tpl function execution for", text, inner,
				      true, err)
			: 0;
}
