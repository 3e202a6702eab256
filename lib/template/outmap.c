/* SPDX-License-Identifier: Apache-2.0 */
/* outmap.c - the parts of texts, and the search for what wrote a byte.
 *
 * A text is what went into one buffer: the output, or what an include or tpl gave. It has parts in
 * order: a part is written by a text node, whose bytes are those of the source, or by an action,
 * which remembers the texts that came into being while it was evaluated. A byte of an action's part
 * is looked for in those: the line that it is in, but for the blanks around it, or, within a line,
 * the whole text.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "outmap.h"
#include "../base/ptxi.h"
#include "../base/vec.h"
#include "../text/gostring.h"

#define MOST_BYTES   ((size_t)256 << 20)
#define MOST_SCANNED ((size_t)256 << 20) /* for one place */
#define DEEPEST      1000u
#define SHORTEST     4u /* line that is looked for in texts that have nothing to do with the action */

struct part {
	size_t at; /* where it begins in its text */
	const struct ptxi_source *source;
	size_t pos;
	bool literal;
	const struct ptxi_outmap_frame *frame;
	struct text *inner; /* of an action: the texts that were made meanwhile */
};

struct text {
	struct ptx_str bytes;
	struct part *parts;
	size_t count, cap;
	struct text *next;  /* of those that the same action made */
	struct text *older; /* of all */
};

struct ptxi_outmap {
	struct ptx_arena *arena;
	struct text *root;
	struct text *text;  /* being written */
	struct text *texts; /* made since the action began, the last first */
	struct text *all;   /* the last first */
	const struct ptxi_outmap_frame *frame;
};

struct ptxi_outmap *ptxi_outmap_new(void)
{
	struct ptxi_outmap *m = ptxi_alloc(sizeof(*m));

	if (!m)
		return NULL;
	m->arena = ptx_arena_new(MOST_BYTES);
	if (m->arena)
		return m;
	ptx_free(m);
	return NULL;
}

void ptxi_outmap_free(struct ptxi_outmap *m)
{
	if (!m)
		return;
	ptx_arena_free(m->arena);
	ptx_free(m);
}

/* ---- while executing; without memory less is known */

static struct part *add_part(struct ptxi_outmap *m, size_t at, const struct ptxi_source *source,
			     size_t pos)
{
	struct text *t = m->text;

	if (!t)
		return NULL;
	if (t->count == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 16;
		void *v = ptxi_arena_grow(m->arena, t->parts, t->count * sizeof(*t->parts),
					  cap * sizeof(*t->parts));

		if (!v)
			return NULL;
		t->parts = v;
		t->cap = cap;
	}
	t->parts[t->count] =
	    (struct part){ .at = at, .source = source, .pos = pos, .frame = m->frame };
	return &t->parts[t->count++];
}

void ptxi_outmap_literal(struct ptxi_outmap *m, size_t at, const struct ptxi_source *source,
			 size_t pos)
{
	struct part *p = add_part(m, at, source, pos);

	if (p)
		p->literal = true;
}

struct ptxi_outmap_state ptxi_outmap_begin(struct ptxi_outmap *m)
{
	struct ptxi_outmap_state before = { m->text, m->texts, m->frame };

	m->texts = NULL;
	return before;
}

void ptxi_outmap_action(struct ptxi_outmap *m, struct ptxi_outmap_state before, size_t at,
			const struct ptxi_source *source, size_t pos)
{
	struct part *p = add_part(m, at, source, pos);

	if (p)
		p->inner = m->texts;
	m->texts = before.texts;
}

struct ptxi_outmap_state ptxi_outmap_enter(struct ptxi_outmap *m, const struct ptxi_source *source,
					   const struct ptxi_node *call, bool is_new)
{
	struct ptxi_outmap_state before = { m->text, m->texts, m->frame };
	struct ptxi_outmap_frame *frame = call ? ptxi_arena_alloc(m->arena, sizeof(*frame)) : NULL;

	if (frame) {
		*frame = (struct ptxi_outmap_frame){ m->frame, source, call->pos };
		m->frame = frame;
	}
	if (is_new) {
		m->text = ptxi_arena_alloc(m->arena, sizeof(*m->text));
		m->texts = NULL;
		if (!m->root)
			m->root = m->text;
	}
	return before;
}

void ptxi_outmap_leave(struct ptxi_outmap *m, struct ptxi_outmap_state before, struct ptx_str text,
		       bool is_new)
{
	struct text *made = m->text;

	m->frame = before.frame;
	if (!is_new)
		return;
	m->text = before.text;
	m->texts = before.texts;
	if (!made)
		return;
	made->bytes.p = ptxi_arena_strn(m->arena, text.p ? text.p : "", text.n);
	made->bytes.n = made->bytes.p ? text.n : 0;
	made->next = m->texts;
	m->texts = made;
	made->older = m->all;
	m->all = made;
}

/* ---- afterwards */

struct ptx_str ptxi_outmap_text(const struct ptxi_outmap *m)
{
	return m->root ? m->root->bytes : (struct ptx_str){ NULL, 0 };
}

/* The line around an offset, no further than [from, to). */
static struct ptx_str line_at(struct ptx_str s, size_t offset, size_t from, size_t to)
{
	size_t begin = offset;
	size_t end = offset;

	while (begin > from && s.p[begin - 1] != '\n')
		begin--;
	while (end < to && s.p[end] != '\n')
		end++;
	return ptxi_str_sub(s, begin, end - begin);
}

/* The offset of the nth line of a text that is `wanted` but for blanks, or of the last one before
 * it; SIZE_MAX when there is none. *count, if not NULL, gets how many there were up to it. */
static size_t find_line(struct ptx_str s, struct ptx_str wanted, size_t nth, size_t *count)
{
	struct ptx_str rest = s;
	struct ptx_str line = { NULL, 0 };
	size_t found = SIZE_MAX;
	size_t n = 0;

	while (n <= nth && ptxi_str_next(&rest, '\n', &line)) {
		struct ptx_str trimmed = ptxi_text_trim_space(line);

		if (!ptxi_str_eq(trimmed, wanted))
			continue;
		found = (size_t)(trimmed.p - s.p);
		n++;
	}
	if (count)
		*count = n;
	return found;
}

struct search {
	const struct ptxi_outmap *map;
	struct ptxi_outmap_place *out;
	size_t scanned; /* bytes */
};

/* Whether there is time for another text. */
static bool may_scan(struct search *s, struct ptx_str text)
{
	s->scanned += text.n + 1;
	return s->scanned <= MOST_SCANNED;
}

static bool find_in(struct search *s, const struct text *t, size_t offset, unsigned depth);

/* The byte `rel` of the line, in one of the texts that an action made. */
static bool find_line_in(struct search *s, const struct text *t, struct ptx_str wanted, size_t nth,
			 size_t rel, unsigned depth)
{
	size_t at = may_scan(s, t->bytes) ? find_line(t->bytes, wanted, nth, NULL) : SIZE_MAX;

	return at != SIZE_MAX && find_in(s, t, at + rel, depth + 1);
}

/* The same byte in one of the texts that an action made, or, where it printed a variable, in any
 * that was made. */
static bool find_inner(struct search *s, const struct part *p, struct ptx_str whole, size_t to,
		       size_t offset, unsigned depth)
{
	struct ptx_str wanted = ptxi_text_trim_space(line_at(whole, offset, p->at, to));
	struct ptx_str before = { NULL, 0 };
	size_t nth = 0;
	size_t rel = 0;

	if (!wanted.n || !may_scan(s, whole))
		return false;
	if (whole.p + offset > wanted.p && whole.p + offset < wanted.p + wanted.n)
		rel = (size_t)(whole.p + offset - wanted.p);
	/* How often the same line came before, in this part. */
	before = ptxi_str_sub(whole, p->at, (size_t)(wanted.p - whole.p) - p->at);
	find_line(before, wanted, SIZE_MAX - 1, &nth);
	for (const struct text *t = p->inner; t; t = t->next)
		if (find_line_in(s, t, wanted, nth, rel, depth))
			return true;
	for (const struct text *t = p->inner; t; t = t->next) {
		struct ptx_str text = ptxi_text_trim_space(t->bytes);

		if (text.n && text.n <= wanted.n && ptxi_str_find(wanted, text) != SIZE_MAX &&
		    find_in(s, t, (size_t)(text.p - t->bytes.p), depth + 1))
			return true;
	}
	for (const struct text *t = p->inner || depth || wanted.n < SHORTEST ? NULL : s->map->all;
	     t; t = t->older)
		if (t->bytes.p != whole.p && find_line_in(s, t, wanted, nth, rel, depth))
			return true;
	return false;
}

static bool find_in(struct search *s, const struct text *t, size_t offset, unsigned depth)
{
	size_t i = t->count;
	size_t end = t->bytes.n;
	const struct part *p = NULL;

	if (depth > DEEPEST || offset >= t->bytes.n)
		return false;
	while (i > 0 && t->parts[i - 1].at > offset)
		end = t->parts[--i].at;
	if (!i)
		return false;
	p = &t->parts[i - 1];
	if (!p->literal && find_inner(s, p, t->bytes, end, offset, depth))
		return true;
	*s->out = (struct ptxi_outmap_place){ p->source, p->pos + (p->literal ? offset - p->at : 0),
					      p->frame };
	return true;
}

bool ptxi_outmap_find(const struct ptxi_outmap *m, size_t offset, struct ptxi_outmap_place *out)
{
	struct search s = { m, out, 0 };

	return m->root && find_in(&s, m->root, offset, 0);
}
