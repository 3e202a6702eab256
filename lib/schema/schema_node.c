/* SPDX-License-Identifier: Apache-2.0 */
/* schema_node.c - compiling: from a document to nodes that are checked quickly.
 *
 * A node is made empty when something first leads to its place, and filled when the queue comes to
 * it; so references may go round in circles. Keywords that a draft does not know are not looked at;
 * a keyword of the wrong type cannot be there, since the metaschema was checked before.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"

#define MANY_MEMBERS 12u

struct build {
	struct ptxi_schema_compiler *c;
	struct ptxi_schema_node *n;
	const struct ptx_value *map;
	struct ptxi_dialect dialect;
	struct ptx_error **err;
	int rc; /* sticky */
};

static struct ptxi_schema_node *enqueue(struct ptxi_schema_compiler *c, struct ptxi_schema_doc *doc,
					const char *pointer)
{
	struct ptxi_schema_node *n = pointer ? ptxi_map_get(doc->nodes, pointer) : NULL;

	if (n || !pointer)
		return n;
	n = ptxi_arena_alloc(c->schema->arena, sizeof(*n));
	if (!n || ptxi_map_set(doc->nodes, pointer, n) < 0 || !ptx_vec_push(&c->queue, n))
		return NULL;
	n->doc = doc;
	n->pointer = pointer;
	n->boolean = -1;
	n->limits = (struct ptxi_schema_limits){ -1, -1, -1, -1, -1, -1, -1, -1 };
	return n;
}

static struct ptxi_schema_node *node_at(struct build *b, const char *pointer)
{
	struct ptxi_schema_node *n = b->rc < 0 ? NULL : enqueue(b->c, b->n->doc, pointer);

	if (!n && b->rc == 0)
		b->rc = ptxi_schema_no_memory(b->err);
	return n;
}

static const char *below(struct build *b, const char *keyword)
{
	return ptxi_schema_pointer(b->c->schema->arena, b->n->pointer, ptxi_str(keyword));
}

static const struct ptx_value *of_kind(const struct build *b, const char *keyword,
				       enum ptx_kind kind)
{
	const struct ptx_value *v = ptx_value_get(b->map, keyword);

	return ptx_value_kind(v) == kind ? v : NULL;
}

static struct ptxi_schema_node *schema_of(struct build *b, const char *keyword)
{
	return ptx_value_has(b->map, keyword) ? node_at(b, below(b, keyword)) : NULL;
}

static struct ptxi_schema_nodes list_of(struct build *b, const char *keyword)
{
	const struct ptx_value *list = of_kind(b, keyword, PTX_LIST);
	struct ptxi_schema_nodes out = { NULL, 0 };
	const char *at = NULL;

	if (!list || !list->list.n)
		return out;
	at = below(b, keyword);
	out.v = ptxi_arena_array(b->c->schema->arena, list->list.n, sizeof(*out.v));
	for (size_t i = 0; out.v && at && i < list->list.n; i++) {
		char number[24] = "";

		snprintf(number, sizeof(number), "%zu", i);
		out.v[i] =
		    node_at(b, ptxi_schema_pointer(b->c->schema->arena, at, ptxi_str(number)));
	}
	if (!out.v || !at)
		b->rc = b->rc < 0 ? b->rc : ptxi_schema_no_memory(b->err);
	else
		out.n = list->list.n;
	return out;
}

static void index_members(struct build *b, struct ptxi_schema_members *m)
{
	uint32_t size = 16;

	if (m->n < MANY_MEMBERS)
		return;
	while (size < 2 * m->n)
		size *= 2;
	m->index = ptxi_arena_array(b->c->schema->arena, size, sizeof(*m->index));
	if (!m->index)
		return;
	m->mask = size - 1;
	for (size_t i = 0; i < m->n; i++) {
		uint32_t at = (uint32_t)ptxi_hash(m->v[i].name.p, m->v[i].name.n) & m->mask;

		while (m->index[at])
			at = (at + 1) & m->mask;
		m->index[at] = (uint32_t)i + 1;
	}
}

static struct ptxi_schema_member *find_member(const struct ptxi_schema_members *m,
					      struct ptx_str name)
{
	if (!m->index) {
		for (size_t i = 0; i < m->n; i++)
			if (ptxi_str_eq(m->v[i].name, name))
				return &m->v[i];
		return NULL;
	}
	for (uint32_t at = (uint32_t)ptxi_hash(name.p, name.n) & m->mask; m->index[at];
	     at = (at + 1) & m->mask)
		if (ptxi_str_eq(m->v[m->index[at] - 1].name, name))
			return &m->v[m->index[at] - 1];
	return NULL;
}

struct ptxi_schema_node *ptxi_schema_member(const struct ptxi_schema_members *m,
					    struct ptx_str name)
{
	const struct ptxi_schema_member *found = m->n ? find_member(m, name) : NULL;

	return found ? found->node : NULL;
}

/* The members of an object of schemas; with `lists` a list of names may stand for one, with
 * `only_lists` nothing else. */
static struct ptxi_schema_members members_of(struct build *b, const char *keyword, bool lists,
					     bool only_lists)
{
	const struct ptx_value *map = of_kind(b, keyword, PTX_MAP);
	struct ptxi_schema_members out = { 0 };
	const char *at = NULL;

	if (!map || !map->map.n)
		return out;
	at = below(b, keyword);
	out.v = ptxi_arena_array(b->c->schema->arena, map->map.n, sizeof(*out.v));
	if (!out.v || !at) {
		b->rc = b->rc < 0 ? b->rc : ptxi_schema_no_memory(b->err);
		return out;
	}
	for (size_t i = 0; i < map->map.n; i++) {
		const struct ptxi_entry *e = &map->map.v[i];
		struct ptxi_schema_member *m = &out.v[out.n];

		m->name = e->key;
		if (lists && ptx_value_kind(e->value) == PTX_LIST)
			m->names = e->value;
		else if (only_lists)
			continue;
		else
			m->node = node_at(b, ptxi_schema_pointer(b->c->schema->arena, at, e->key));
		out.n++;
	}
	index_members(b, &out);
	return out;
}

static struct ptxi_schema_additional additional_of(struct build *b, const char *keyword)
{
	const struct ptx_value *v = ptx_value_get(b->map, keyword);

	if (!v)
		return (struct ptxi_schema_additional){ 0 };
	if (v->kind == PTX_BOOL)
		return (struct ptxi_schema_additional){ true, v->b, NULL };
	return (struct ptxi_schema_additional){ true, true, schema_of(b, keyword) };
}

int ptxi_schema_pattern_ready(struct ptx_schema *s, struct ptxi_schema_pattern *p,
			      struct ptx_error **err)
{
	struct ptxi_regex *re = NULL;

	if (p->regex)
		return 0;
	re = ptxi_regex_compile(ptxi_str(p->text), err);
	if (!re)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	if (!ptx_vec_push(&s->regexes, re)) {
		ptxi_regex_free(re);
		return ptxi_schema_no_memory(err);
	}
	p->regex = re;
	return 0;
}

static void pattern_into(struct build *b, struct ptxi_schema_pattern *p, struct ptx_str text)
{
	ptx_auto(error) why = NULL;
	int rc = 0;

	p->text = text.p; /* NUL-terminated */
	if (b->c->meta || b->rc < 0)
		return;
	rc = ptxi_schema_pattern_ready(b->c->schema, p, &why);
	if (rc < 0)
		b->rc = ptx_fail(b->err, rc, "invalid regex \"%s\": %s", p->text,
				 ptx_error_message(why));
}

static void patterns_of(struct build *b)
{
	struct ptxi_schema_members m = members_of(b, "patternProperties", false, false);

	b->n->patterns =
	    m.n ? ptxi_arena_array(b->c->schema->arena, m.n, sizeof(*b->n->patterns)) : NULL;
	for (size_t i = 0; b->n->patterns && i < m.n; i++) {
		b->n->patterns[i].node = m.v[i].node;
		pattern_into(b, &b->n->patterns[i], m.v[i].name);
		b->n->pattern_count++;
	}
}

static struct ptxi_numeral *number_of(struct build *b, const char *keyword)
{
	const struct ptx_value *v = ptx_value_get(b->map, keyword);
	struct ptxi_numeral *d = NULL;

	if (!ptx_value_is_number(v))
		return NULL;
	d = ptxi_arena_alloc(b->c->schema->arena, sizeof(*d));
	if (d && ptxi_numeral_of(b->c->schema->arena, v, d))
		return d;
	if (b->rc == 0)
		b->rc = ptx_fail(b->err, PTX_E_LIMIT, "the number of '%s' is too large", keyword);
	return NULL;
}

static int64_t count_of(struct build *b, const char *keyword)
{
	const struct ptxi_numeral *d = number_of(b, keyword);
	double f = d ? ptxi_numeral_double(d) : -1;

	if (!d || !ptxi_numeral_is_whole(d))
		return -1;
	return f > 9e15 ? INT64_MAX : (int64_t)f;
}

static bool true_at(const struct build *b, const char *keyword)
{
	return ptx_value_as_bool(ptx_value_get(b->map, keyword), false);
}

static unsigned type_bit(struct ptx_str name)
{
	static const char *const names[] = { "null",   "boolean", "number", "integer",
					     "string", "array",   "object" };

	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		if (ptxi_str_is(name, names[i]))
			return 1u << i;
	return 0;
}

static void types_of(struct build *b)
{
	const struct ptx_value *v = ptx_value_get(b->map, "type");

	if (ptx_value_kind(v) == PTX_STRING)
		b->n->types = type_bit(v->s);
	for (size_t i = 0; i < ptx_value_count(v); i++)
		if (ptx_value_kind(v) == PTX_LIST && ptx_value_kind(v->list.v[i]) == PTX_STRING)
			b->n->types |= type_bit(v->list.v[i]->s);
}

static struct ptxi_schema_node *reference_of(struct build *b, const char *keyword)
{
	const struct ptx_value *v = of_kind(b, keyword, PTX_STRING);
	struct ptxi_schema_doc *doc = NULL;
	struct ptxi_schema_node *n = NULL;
	const char *pointer = NULL;

	if (!v || b->rc < 0)
		return NULL;
	b->rc = ptxi_schema_resolve(b->c, b->n->doc, b->n->pointer, v->s, &doc, &pointer, b->err);
	if (b->rc < 0)
		return NULL;
	n = enqueue(b->c, doc, pointer);
	if (!n)
		b->rc = ptxi_schema_no_memory(b->err);
	return n;
}

static bool has(const struct build *b, enum ptxi_vocabulary v)
{
	return ptxi_dialect_has(b->dialect, v);
}

/* ---- keywords by the draft that brought them */

static void build_bounds(struct build *b)
{
	struct ptxi_schema_node *n = b->n;

	n->multiple_of = number_of(b, "multipleOf");
	n->maximum = number_of(b, "maximum");
	n->minimum = number_of(b, "minimum");
	if (true_at(b, "exclusiveMaximum")) {
		n->exclusive_maximum = n->maximum;
		n->maximum = NULL;
	} else {
		n->exclusive_maximum = number_of(b, "exclusiveMaximum");
	}
	if (true_at(b, "exclusiveMinimum")) {
		n->exclusive_minimum = n->minimum;
		n->minimum = NULL;
	} else {
		n->exclusive_minimum = number_of(b, "exclusiveMinimum");
	}
}

static void build_validation(struct build *b)
{
	struct ptxi_schema_node *n = b->n;
	const struct ptx_value *v = NULL;

	types_of(b);
	n->enumeration = of_kind(b, "enum", PTX_LIST);
	build_bounds(b);
	n->limits.min_length = count_of(b, "minLength");
	n->limits.max_length = count_of(b, "maxLength");
	v = of_kind(b, "pattern", PTX_STRING);
	if (v) {
		n->pattern = ptxi_arena_alloc(b->c->schema->arena, sizeof(*n->pattern));
		if (n->pattern)
			pattern_into(b, n->pattern, v->s);
	}
	n->limits.min_items = count_of(b, "minItems");
	n->limits.max_items = count_of(b, "maxItems");
	n->unique_items = true_at(b, "uniqueItems");
	n->limits.min_properties = count_of(b, "minProperties");
	n->limits.max_properties = count_of(b, "maxProperties");
	n->required = of_kind(b, "required", PTX_LIST);
}

static void build_applicators(struct build *b)
{
	struct ptxi_schema_node *n = b->n;

	n->all_of = list_of(b, "allOf");
	n->any_of = list_of(b, "anyOf");
	n->one_of = list_of(b, "oneOf");
	n->negated = schema_of(b, "not");
	if (n->draft < 2020 && of_kind(b, "items", PTX_LIST)) {
		n->items_list = true;
		n->prefix_items = list_of(b, "items");
		n->additional_items = additional_of(b, "additionalItems");
	} else if (n->draft < 2020) {
		n->items = schema_of(b, "items");
	}
	n->properties = members_of(b, "properties", false, false);
	patterns_of(b);
	n->additional = additional_of(b, "additionalProperties");
	n->dependencies = members_of(b, "dependencies", true, false);
}

static void build_format(struct build *b)
{
	const struct ptx_value *v = of_kind(b, "format", PTX_STRING);

	if (v && (b->c->assert_formats || b->n->draft < 2019 ||
		  has(b, b->n->draft == 2019 ? PTXI_VOCAB_FORMAT : PTXI_VOCAB_FORMAT_ASSERTION)))
		b->n->format = ptxi_schema_format_find(v->s);
}

static void build_draft_4(struct build *b)
{
	b->n->ref = reference_of(b, "$ref");
	if (b->n->draft < 2019 && b->n->ref)
		return; /* what stands beside a $ref is ignored */
	if (has(b, PTXI_VOCAB_APPLICATOR))
		build_applicators(b);
	if (has(b, PTXI_VOCAB_VALIDATION))
		build_validation(b);
	build_format(b);
}

static void build_draft_6(struct build *b)
{
	if (has(b, PTXI_VOCAB_APPLICATOR)) {
		b->n->contains = schema_of(b, "contains");
		b->n->property_names = schema_of(b, "propertyNames");
	}
	if (has(b, PTXI_VOCAB_VALIDATION)) {
		b->n->has_constant = ptx_value_has(b->map, "const");
		b->n->constant = ptx_value_get(b->map, "const");
	}
}

static void build_draft_7(struct build *b)
{
	const struct ptx_value *v = ptx_value_get(b->map, "if");

	if (!has(b, PTXI_VOCAB_APPLICATOR) || !v)
		return;
	b->n->condition = schema_of(b, "if");
	if (ptx_value_as_bool(v, true))
		b->n->then = schema_of(b, "then");
	if (!ptx_value_as_bool(v, false))
		b->n->otherwise = schema_of(b, "else");
}

static void build_draft_2019(struct build *b)
{
	struct ptxi_schema_node *n = b->n;

	n->recursive_ref = reference_of(b, "$recursiveRef");
	n->recursive_anchor = true_at(b, "$recursiveAnchor");
	if (has(b, PTXI_VOCAB_VALIDATION)) {
		if (n->contains) {
			n->limits.min_contains = count_of(b, "minContains");
			n->limits.max_contains = count_of(b, "maxContains");
		}
		n->dependent_required = members_of(b, "dependentRequired", true, true);
	}
	if (has(b, PTXI_VOCAB_APPLICATOR))
		n->dependent_schemas = members_of(b, "dependentSchemas", false, false);
	if (has(b, n->draft == 2019 ? PTXI_VOCAB_APPLICATOR : PTXI_VOCAB_UNEVALUATED)) {
		n->unevaluated_items = schema_of(b, "unevaluatedItems");
		n->unevaluated_properties = schema_of(b, "unevaluatedProperties");
	}
}

static void build_draft_2020(struct build *b)
{
	struct ptxi_schema_node *n = b->n;
	const struct ptx_value *v = of_kind(b, "$dynamicRef", PTX_STRING);

	n->dynamic_ref = reference_of(b, "$dynamicRef");
	if (n->dynamic_ref) {
		size_t hash = ptxi_str_find_char(v->s, '#');
		struct ptx_str name = { NULL, 0 };

		if (hash != SIZE_MAX &&
		    ptxi_schema_fragment(b->c->schema->arena, ptxi_str_from(v->s, hash + 1),
					 &name) &&
		    name.n && name.p[0] != '/')
			n->dynamic_name = name;
	}
	v = of_kind(b, "$dynamicAnchor", PTX_STRING);
	if (v)
		n->dynamic_anchor = v->s;
	if (has(b, PTXI_VOCAB_APPLICATOR)) {
		n->prefix_items = list_of(b, "prefixItems");
		n->items = schema_of(b, "items");
	}
}

static void build_dynamic_anchors(struct build *b, const struct ptxi_resource *r)
{
	struct ptxi_schema_members *m = &b->n->dynamic_anchors;
	size_t count = 0;

	for (const struct ptxi_anchor *a = r->anchors; a; a = a->next)
		count += a->dynamic;
	if (!count)
		return;
	m->v = ptxi_arena_array(b->c->schema->arena, count, sizeof(*m->v));
	for (const struct ptxi_anchor *a = r->anchors; m->v && a; a = a->next)
		if (a->dynamic)
			m->v[m->n++] =
			    (struct ptxi_schema_member){ a->name, node_at(b, a->pointer), NULL };
}

static void build_evaluated(struct ptxi_schema_node *n)
{
	n->all_properties = n->additional.given;
	if (n->draft < 2020)
		n->all_items = n->additional_items.given || n->items;
	else
		n->all_items = n->items != NULL;
	n->items_evaluated = n->prefix_items.n;
}

static void build_keywords(struct build *b)
{
	static const struct {
		int draft;
		void (*build)(struct build *b);
	} steps[] = {
		{ 4, build_draft_4 },       { 6, build_draft_6 },       { 7, build_draft_7 },
		{ 2019, build_draft_2019 }, { 2020, build_draft_2020 },
	};

	for (size_t i = 0; b->rc == 0 && i < PTXI_COUNT(steps); i++)
		if (steps[i].draft <= b->n->draft && !(i && b->n->draft < 2019 && b->n->ref))
			steps[i].build(b);
}

static int fill(struct ptxi_schema_compiler *c, struct ptxi_schema_node *n, struct ptx_error **err)
{
	struct build b = { .c = c, .n = n, .err = err };
	const struct ptxi_resource *r = NULL;

	b.rc = ptxi_schema_ensure(c, n->doc, n->pointer, err);
	b.map = b.rc < 0 ? NULL : ptxi_schema_lookup(n->doc, n->pointer, err);
	if (!b.map)
		return b.rc < 0 ? b.rc : PTX_E_INVALID;
	r = ptxi_schema_resource(n->doc, n->pointer);
	b.dialect = r->dialect;
	n->draft = r->dialect.draft;
	n->resource = node_at(&b, r->pointer);
	if (n->draft >= 2020 && n->resource == n)
		build_dynamic_anchors(&b, r);
	if (b.map->kind == PTX_BOOL)
		n->boolean = b.map->b;
	else if (b.map->kind == PTX_MAP && !b.map->map.n)
		n->boolean = 1;
	else if (b.map->kind == PTX_MAP)
		build_keywords(&b);
	build_evaluated(n);
	return b.rc < 0 ? b.rc : ptxi_arena_check(c->schema->arena, err);
}

struct ptxi_schema_node *ptxi_schema_compile_at(struct ptxi_schema_compiler *c,
						struct ptxi_schema_doc *doc, const char *pointer,
						struct ptx_error **err)
{
	size_t start = c->queue.n;
	struct ptxi_schema_node *n = enqueue(c, doc, pointer);

	if (!n) {
		ptxi_schema_no_memory(err);
		return NULL;
	}
	for (size_t done = start; done < c->queue.n; done++)
		if (fill(c, c->queue.v[done], err) < 0)
			return NULL;
	c->queue.n = start;
	return n;
}
