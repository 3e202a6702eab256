/* SPDX-License-Identifier: Apache-2.0 */
/* seen.c - the words that a parser has met: functions, fields' names, variables, strings, numbers
 * and booleans.
 *
 * A set without tables (one above another, for a text of `tpl`) makes everything anew. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "seen.h"
#include "set.h"

/* Where a word has its place: words are told apart by four bytes and their length, which is enough
 * of those that templates are made of. */
static size_t place(struct ptx_str word, size_t places)
{
	const unsigned char *c = (const unsigned char *)word.p;
	size_t mix = word.n;

	if (word.n)
		mix = mix * 31 + c[0] * 7u + c[word.n / 3] * 131u + c[word.n / 2] * 61u +
		      c[word.n - 1] * 17u;
	return (mix ^ mix >> 7) & (places - 1);
}

const struct ptxi_func *ptxi_seen_func(struct ptx_template *t, struct ptx_str name)
{
	const struct ptxi_func **known =
	    t->seen ? &t->seen->funcs[place(name, PTXI_SEEN_FUNCS)] : NULL;
	const struct ptxi_func *f = known ? *known : NULL;

	if (f && ptxi_str_is(name, f->name))
		return f;
	f = ptxi_template_func(t, name);
	if (f && known)
		*known = f;
	return f;
}

static const struct ptxi_name *name_of(struct ptx_template *t, struct ptx_str text)
{
	const struct ptxi_name **known =
	    t->seen ? &t->seen->names[place(text, PTXI_SEEN_NAMES)] : NULL;
	struct ptxi_name *made = NULL;

	if (known && *known && ptxi_str_eq((*known)->text, text))
		return *known;
	made = ptxi_arena_alloc(t->arena, sizeof(*made));
	if (!made)
		return NULL;
	*made = (struct ptxi_name){ text, ptxi_value_hash(text) };
	if (known)
		*known = made;
	return made;
}

static const struct ptxi_names *split(struct ptx_template *t, struct ptx_str path)
{
	struct ptx_str rest = ptxi_str_from(path, 1);
	struct ptx_str name = { NULL, 0 };
	struct ptxi_names *names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '.';
	names = ptxi_arena_alloc(t->arena, sizeof(*names) + n * sizeof(*names->v));
	while (names && ptxi_str_next(&rest, '.', &name)) {
		names->v[names->n] = name_of(t, name);
		if (!names->v[names->n++])
			return NULL;
	}
	return names;
}

const struct ptxi_names *ptxi_seen_path(struct ptx_template *t, struct ptx_str path)
{
	struct ptxi_seen_path *known =
	    t->seen ? &t->seen->paths[place(path, PTXI_SEEN_PATHS)] : NULL;
	const struct ptxi_names *names = NULL;

	if (known && ptxi_str_eq(known->text, path))
		return known->names;
	names = split(t, path);
	if (known && names)
		*known = (struct ptxi_seen_path){ path, names };
	return names;
}

const struct ptxi_declared *ptxi_seen_variable(struct ptx_template *t, struct ptx_str name)
{
	const struct ptxi_declared **known =
	    t->seen ? &t->seen->vars[place(name, PTXI_SEEN_VARS)] : NULL;
	struct ptxi_declared *made = NULL;
	uint32_t symbol = 0;

	if (known && *known && ptxi_str_eq((*known)->name, name))
		return *known;
	made = ptxi_arena_alloc(t->arena, sizeof(*made));
	symbol = made ? ptxi_template_symbol(t, name) : 0;
	if (!symbol)
		return NULL;
	*made = (struct ptxi_declared){ name, symbol };
	if (known)
		*known = made;
	return made;
}

struct ptx_value *ptxi_seen_bool(struct ptx_template *t, bool b)
{
	struct ptx_value *v = t->seen ? t->seen->booleans[b] : NULL;

	if (!v)
		v = ptx_value_bool(t->arena, b);
	if (t->seen)
		t->seen->booleans[b] = v;
	return v;
}

const struct ptxi_string **ptxi_seen_string(struct ptx_template *t, struct ptx_str quoted)
{
	return t->seen ? &t->seen->strings[place(quoted, PTXI_SEEN_STRINGS)] : NULL;
}

struct ptxi_number **ptxi_seen_number(struct ptx_template *t, struct ptx_str text)
{
	return t->seen ? &t->seen->numbers[place(text, PTXI_SEEN_NUMBERS)] : NULL;
}
