/* SPDX-License-Identifier: Apache-2.0 */
/* conf_check.c - a rendered conf against the model: every property, then what belongs together.
 *
 * One walk over the tables of conf_model.c reports every problem with its path and its place in the
 * template. In AppCenter's packages (lenient), whose format grew for years without a published
 * schema, only what no deployment can do without is an error; the rest is a warning.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "conf.h"
#include "conf_model.h"
#include "../base/diag.h"
#include "../base/lookup.h"
#include "../base/utf8.h"
#include "../value/path.h"

#define MOST_SERVICES 21
#define MOST_MOUNTS   3

struct walk {
	struct ptx_arena *arena;
	struct ptx_diags *diags;
	const char *file;
	bool lenient;
};

static void check_object(struct walk *w, const struct ptxi_model *m, const struct ptx_value *v,
			 const char *path);

static const char *join(struct walk *w, const char *path, struct ptx_str name)
{
	const char *joined =
	    ptxi_arena_printf(w->arena, "%s%s%.*s", path, *path ? "." : "", PTX_STR_ARG(name));

	return joined ? joined : path;
}

static const char *join_index(struct walk *w, const char *path, size_t i)
{
	const char *joined = ptxi_arena_printf(w->arena, "%s.%zu", path, i);

	return joined ? joined : path;
}

static void PTXI_PRINTF(6, 7)
    add(struct walk *w, bool core, const char *rule, const struct ptx_value *at, const char *path,
	const char *fmt, ...)
{
	enum ptx_severity severity = w->lenient && !core ? PTX_WARNING : PTX_ERROR;
	struct ptx_where where = ptx_value_where(at);
	ptx_auto_buf b = { 0 };
	va_list ap;

	ptx_buf_init(&b, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (!where.file)
		where.file = w->file;
	ptxi_diag_add(w->diags, severity, severity == PTX_ERROR ? PTX_E_INVALID : 0, rule, where,
		      path, "%s", b.p);
}

static void PTXI_PRINTF(5, 6) warn(struct walk *w, const char *rule, const struct ptx_value *at,
				   const char *path, const char *fmt, ...)
{
	struct ptx_where where = ptx_value_where(at);
	ptx_auto_buf b = { 0 };
	va_list ap;

	ptx_buf_init(&b, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (!where.file)
		where.file = w->file;
	ptxi_diag_add(w->diags, PTX_WARNING, 0, rule, where, path, "%s", b.p);
}

static bool is_core(const struct ptxi_model_rule *r)
{
	return r->flags & PTXI_MODEL_CORE;
}

static void wrong_kind(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
		       const char *path, const char *want)
{
	add(w, is_core(r), "conf-type", v, path, "%s is of type %s; it must be %s", path,
	    ptx_value_kind_name(v), want);
}

static void list_words(const char *const *words, struct ptx_buf *out)
{
	for (size_t i = 0; words[i]; i++)
		ptx_buf_printf(out, "%s%s", i ? ", " : "", words[i]);
}

static struct ptx_str word_at(size_t i, const void *user)
{
	const char *const *words = user;

	return words[i] ? ptxi_str(words[i]) : (struct ptx_str){ NULL, 0 };
}

static void check_word(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
		       const char *path)
{
	struct ptx_str text = ptx_value_str(v);
	ptx_auto_buf b = { 0 };

	for (size_t i = 0; r->words[i]; i++)
		if (ptxi_str_is(text, r->words[i]))
			return;
	ptx_buf_init(&b, 0);
	list_words(r->words, &b);
	add(w, is_core(r), "conf-value", v, path, "%s is '%.*s'; it must be one of %s", path,
	    PTX_STR_ARG(text), b.p);
	if (ptxi_nearest(text, word_at, r->words).p)
		ptxi_diag_hint(w->diags, "did you mean '%.*s'?",
			       PTX_STR_ARG(ptxi_nearest(text, word_at, r->words)));
}

static void check_string(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
			 const char *path)
{
	struct ptx_str text = ptx_value_str(v);
	int64_t n = 0;

	if (ptx_value_kind(v) != PTX_STRING) {
		wrong_kind(w, r, v, path, "a string");
		return;
	}
	n = (int64_t)ptxi_utf8_count(text);
	if ((r->flags & PTXI_MODEL_NONBLANK) && !ptxi_str_trim(text).n)
		add(w, is_core(r), "conf-value", v, path, "%s is blank", path);
	else if ((r->flags & PTXI_MODEL_BOUNDED) && n > r->most)
		add(w, is_core(r), "conf-value", v, path,
		    "%s has %lld characters; %lld are the most", path, (long long)n,
		    (long long)r->most);
	if (r->words)
		check_word(w, r, v, path);
}

static bool is_whole(const struct ptx_value *v, int64_t *i)
{
	if (ptx_value_kind(v) == PTX_NUMBER)
		return ptxi_parse_i64(ptx_value_str(v), i, INT64_MIN, INT64_MAX);
	*i = ptx_value_as_int(v, 0);
	return ptx_value_kind(v) == PTX_INT;
}

static void check_integer(struct walk *w, const struct ptxi_model_rule *r,
			  const struct ptx_value *v, const char *path)
{
	int64_t i = 0;

	if (!is_whole(v, &i)) {
		if (ptx_value_is_number(v))
			add(w, is_core(r), "conf-type", v, path, "%s is %.*s, not a whole number",
			    path, PTX_STR_ARG(ptx_value_str(v)));
		else
			wrong_kind(w, r, v, path, "a whole number");
		return;
	}
	if (!(r->flags & PTXI_MODEL_BOUNDED))
		return;
	if (i > r->most)
		add(w, false, "conf-value", v, path, "%s is %lld; %lld is the most", path,
		    (long long)i, (long long)r->most);
	if (i < r->least)
		add(w, is_core(r), "conf-value", v, path, "%s is %lld; %lld is the least", path,
		    (long long)i, (long long)r->least);
}

static void check_unique(struct walk *w, const struct ptxi_model_rule *r,
			 const struct ptx_value *list, const char *path)
{
	if (!(r->flags & PTXI_MODEL_UNIQUE) || ptx_value_count(list) > 1000)
		return;
	for (size_t i = 1; i < ptx_value_count(list); i++)
		for (size_t j = 0; j < i; j++)
			if (ptx_value_equal(ptx_value_at(list, i), ptx_value_at(list, j))) {
				add(w, is_core(r), "conf-twice", ptx_value_at(list, i), path,
				    "%s: %zu and %zu are the same", path, j, i);
				break;
			}
}

static bool check_count(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
			const char *path)
{
	if (!(r->flags & PTXI_MODEL_BOUNDED) || (int64_t)ptx_value_count(v) <= r->most)
		return true;
	add(w, is_core(r), "conf-value", v, path, "%s has %zu members; %lld are the most", path,
	    ptx_value_count(v), (long long)r->most);
	return false;
}

static void check_strings(struct walk *w, const struct ptxi_model_rule *r,
			  const struct ptx_value *v, const char *path)
{
	if (ptx_value_kind(v) != PTX_LIST) {
		wrong_kind(w, r, v, path, "a list of strings");
		return;
	}
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_at(v, i);
		const char *at = join_index(w, path, i);

		if (ptx_value_kind(one) != PTX_STRING)
			wrong_kind(w, r, one, at, "a string");
		else if (r->words)
			check_word(w, r, one, at);
	}
	check_count(w, r, v, path);
	check_unique(w, r, v, path);
}

static void check_list(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
		       const char *path)
{
	if (ptx_value_kind(v) != PTX_LIST) {
		wrong_kind(w, r, v, path, "a list");
		return;
	}
	if (!check_count(w, r, v, path))
		return;
	for (size_t i = 0; r->object && i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_at(v, i);

		if (ptx_value_kind(one) == PTX_MAP)
			check_object(w, r->object, one, join_index(w, path, i));
		else
			wrong_kind(w, r, one, join_index(w, path, i), "an object");
	}
	check_unique(w, r, v, path);
}

static void check_map(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
		      const char *path)
{
	struct ptx_str key = { 0 };

	if (ptx_value_kind(v) != PTX_MAP) {
		wrong_kind(w, r, v, path, "an object");
		return;
	}
	for (size_t i = 0; check_count(w, r, v, path) && i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_entry(v, i, &key);

		if (ptx_value_kind(one) == PTX_MAP)
			check_object(w, r->object, one, join(w, path, key));
		else
			wrong_kind(w, r, one, join(w, path, key), "an object");
	}
}

/* ---- what no table says */

static void check_services(struct walk *w, const struct ptxi_model_rule *r,
			   const struct ptx_value *v, const char *path)
{
	struct ptx_str name = { 0 };

	if (ptx_value_kind(v) != PTX_MAP) {
		wrong_kind(w, r, v, path, "an object");
		return;
	}
	if (ptx_value_count(v) > MOST_SERVICES)
		add(w, false, "conf-value", v, path, "%s has %zu services; %d are the most", path,
		    ptx_value_count(v), MOST_SERVICES);
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_entry(v, i, &name);
		const struct ptxi_model *m = ptxi_model_service(name);
		const char *at = join(w, path, name);
		bool custom =
		    strcmp(ptx_value_as_string(ptx_value_get(one, "type"), ""), "custom") == 0;

		if (ptx_value_kind(one) != PTX_MAP) {
			wrong_kind(w, r, one, at, "an object");
		} else if (!m && !custom) {
			struct ptx_str near = ptxi_nearest(name, ptxi_model_service_at, NULL);

			add(w, false, "conf-unknown", one, at, "there is no service '%.*s'",
			    PTX_STR_ARG(name));
			ptxi_diag_hint(w->diags,
				       near.p
					   ? "did you mean '%.*s'?"
					   : "%.*sa service of your own has \"type\": \"custom\"",
				       PTX_STR_ARG(near));
		} else {
			check_object(w, m && !custom ? m : &ptxi_model_custom_service, one, at);
		}
	}
}

static bool is_drive(struct ptx_str s)
{
	return s.n == 2 && s.p[0] >= 'd' && s.p[0] <= 'z' && s.p[1] == ':';
}

static bool is_mount(struct ptx_str s)
{
	return (s.n && s.p[0] == '/') || is_drive(s);
}

static void check_mount_point(struct walk *w, const struct ptxi_model_rule *r,
			      const struct ptx_value *v, const char *path)
{
	static const struct ptxi_model_rule unique = { .flags = PTXI_MODEL_UNIQUE };
	size_t n = ptx_value_count(v);

	if (ptx_value_kind(v) == PTX_STRING) {
		if (!is_mount(ptx_value_str(v)))
			add(w, false, "conf-value", v, path,
			    "%s is '%.*s'; it must be an absolute path, or d: to z:", path,
			    PTX_STR_ARG(ptx_value_str(v)));
		return;
	}
	if (ptx_value_kind(v) != PTX_LIST) {
		wrong_kind(w, r, v, path, "a path or a list of paths");
		return;
	}
	if (n > MOST_MOUNTS)
		add(w, false, "conf-value", v, path, "%s has %zu paths; %d are the most", path, n,
		    MOST_MOUNTS);
	for (size_t i = 0; i < n; i++) {
		struct ptx_str first = ptx_value_str(ptx_value_at(v, 0));
		struct ptx_str one = ptx_value_str(ptx_value_at(v, i));

		if (ptx_value_kind(ptx_value_at(v, i)) != PTX_STRING || !is_mount(one) ||
		    is_drive(one) != is_drive(first))
			add(w, false, "conf-value", ptx_value_at(v, i), path,
			    "%s.%zu must be an absolute path (or all of them d: to z:)", path, i);
	}
	check_unique(w, &unique, v, path);
}

static void check_port(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
		       const char *path)
{
	int64_t port = 0;

	if (ptx_value_kind(v) == PTX_STRING) {
		struct ptx_str text = ptx_value_str(v);

		/* A parameter's name: "env.port", "role.env.port"; or digits in quotes. */
		if (!ptxi_parse_i64(text, &port, 1, 65535) &&
		    ptxi_str_find(text, PTXI_STR("env.")) == SIZE_MAX)
			add(w, false, "conf-value", v, path,
			    "%s is '%.*s'; it must be a port, or a parameter such as 'env.port'",
			    path, PTX_STR_ARG(text));
		return;
	}
	if (!is_whole(v, &port))
		wrong_kind(w, r, v, path, "a port, or the name of a parameter");
	else if (port < 1 || port > 65535)
		add(w, false, "conf-value", v, path, "%s is %lld; a port is 1 to 65535", path,
		    (long long)port);
}

static void check_endpoints(struct walk *w, const struct ptxi_model_rule *r,
			    const struct ptx_value *v, const char *path)
{
	struct ptx_str name = { 0 };

	if (ptx_value_kind(v) != PTX_MAP) {
		wrong_kind(w, r, v, path, "an object");
		return;
	}
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_entry(v, i, &name);

		if (ptx_value_kind(one) != PTX_MAP)
			wrong_kind(w, r, one, join(w, path, name), "an object");
		else if (!ptxi_str_is(name, "reserved_ips"))
			check_object(w, &ptxi_model_endpoint, one, join(w, path, name));
	}
}

static void check_links(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
			const char *path)
{
	struct ptx_str name = { 0 };

	if (ptx_value_kind(v) != PTX_MAP) {
		wrong_kind(w, r, v, path, "an object");
		return;
	}
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_entry(v, i, &name);

		if (ptx_value_kind(one) == PTX_LIST)
			check_strings(w, r, one, join(w, path, name));
		else if (ptx_value_kind(one) != PTX_STRING)
			wrong_kind(w, r, one, join(w, path, name), "the id of a cluster");
	}
}

static void check_groups(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
			 const char *path)
{
	struct ptx_str name = { 0 };

	if (ptx_value_kind(v) != PTX_MAP) {
		wrong_kind(w, r, v, path, "an object");
		return;
	}
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_entry(v, i, &name);

		check_strings(w, r, one, join(w, path, name));
		if (ptx_value_count(one) > 5)
			add(w, false, "conf-value", one, join(w, path, name),
			    "group '%.*s' has %zu items; 5 are the most", PTX_STR_ARG(name),
			    ptx_value_count(one));
	}
}

static const struct {
	const char *name;
	void (*check)(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
		      const char *path);
} customs[] = {
	{ "services", check_services }, { "mount_point", check_mount_point },
	{ "port", check_port },         { "endpoints", check_endpoints },
	{ "links", check_links },       { "groups", check_groups },
};

static void check_rule(struct walk *w, const struct ptxi_model_rule *r, const struct ptx_value *v,
		       const char *path)
{
	switch (r->kind) {
	case PTXI_MODEL_ANY:
		break;
	case PTXI_MODEL_STRING:
		check_string(w, r, v, path);
		break;
	case PTXI_MODEL_INTEGER:
		check_integer(w, r, v, path);
		break;
	case PTXI_MODEL_NUMBER:
		if (!ptx_value_is_number(v))
			wrong_kind(w, r, v, path, "a number");
		break;
	case PTXI_MODEL_BOOLEAN:
		if (ptx_value_kind(v) != PTX_BOOL)
			wrong_kind(w, r, v, path, "true or false");
		break;
	case PTXI_MODEL_OBJECT:
		if (ptx_value_kind(v) != PTX_MAP)
			wrong_kind(w, r, v, path, "an object");
		else if (r->object)
			check_object(w, r->object, v, path);
		break;
	case PTXI_MODEL_MAP:
		check_map(w, r, v, path);
		break;
	case PTXI_MODEL_STRINGS:
		check_strings(w, r, v, path);
		break;
	case PTXI_MODEL_LIST:
		check_list(w, r, v, path);
		break;
	case PTXI_MODEL_CUSTOM:
		for (size_t i = 0; i < PTXI_COUNT(customs); i++)
			if (strcmp(customs[i].name, r->name) == 0)
				customs[i].check(w, r, v, path);
		break;
	}
}

static struct ptx_str rule_at(size_t i, const void *user)
{
	const struct ptxi_model *m = user;

	return i < m->count ? ptxi_str(m->rules[i].name) : (struct ptx_str){ NULL, 0 };
}

static const struct ptxi_model_rule *find_rule(const struct ptxi_model *m, struct ptx_str name)
{
	for (size_t i = 0; i < m->count; i++)
		if (ptxi_str_is(name, m->rules[i].name))
			return &m->rules[i];
	return NULL;
}

static void check_object(struct walk *w, const struct ptxi_model *m, const struct ptx_value *v,
			 const char *path)
{
	struct ptx_str name = { 0 };

	for (size_t i = 0; i < m->count; i++)
		if ((m->rules[i].flags & PTXI_MODEL_REQUIRED) &&
		    !ptx_value_has(v, m->rules[i].name))
			add(w, is_core(&m->rules[i]) && m->rules[i].kind != PTXI_MODEL_INTEGER,
			    "conf-required", v, path, "%s%s%s is required", path, *path ? "." : "",
			    m->rules[i].name);
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_entry(v, i, &name);
		const struct ptxi_model_rule *r = find_rule(m, name);

		if (r) {
			check_rule(w, r, one, join(w, path, name));
			continue;
		}
		add(w, false, "conf-unknown", one, join(w, path, name), "%s has no property '%.*s'",
		    m->what, PTX_STR_ARG(name));
		if (ptxi_nearest(name, rule_at, m).p)
			ptxi_diag_hint(w->diags, "did you mean '%.*s'?",
				       PTX_STR_ARG(ptxi_nearest(name, rule_at, m)));
	}
}

/* ---- what belongs together */

static const char *role_of(const struct ptx_value *node)
{
	return ptx_value_as_string(ptx_value_get(node, "role"), "");
}

static void check_roles(struct walk *w, const struct ptx_value *nodes)
{
	for (size_t i = 1; i < ptx_value_count(nodes); i++)
		for (size_t j = 0; j < i; j++) {
			const struct ptx_value *one = ptx_value_at(nodes, i);

			if (ptx_value_kind(one) != PTX_MAP ||
			    strcmp(role_of(one), role_of(ptx_value_at(nodes, j))) != 0)
				continue;
			add(w, true, "conf-role-twice", one, join_index(w, "nodes", i),
			    "nodes.%zu and nodes.%zu have the same role '%s'", j, i, role_of(one));
			break;
		}
}

static void check_health(struct walk *w, const struct ptx_value *owner, const char *path)
{
	const struct ptx_value *h = ptx_value_get(owner, "health_check");
	int64_t interval = ptx_value_as_int(ptx_value_get(h, "interval_sec"), 60);
	int64_t timeout = ptx_value_as_int(ptx_value_get(h, "timeout_sec"), 10);

	if (ptx_value_kind(h) == PTX_MAP && timeout > interval)
		add(w, false, "conf-health", h, path,
		    "health_check.timeout_sec (%lld) is longer than interval_sec (%lld)",
		    (long long)timeout, (long long)interval);
}

static void check_monitored(struct walk *w, const struct ptx_value *owner, const char *path)
{
	static const char *const lists[] = { "display", "alarm" };
	const struct ptx_value *m = ptx_value_get(owner, "monitor");
	const struct ptx_value *items = ptx_value_get(m, "items");

	if (ptx_value_kind(m) != PTX_MAP)
		return;
	for (size_t i = 0; i < PTXI_COUNT(lists); i++) {
		const struct ptx_value *list = ptx_value_get(m, lists[i]);

		for (size_t j = 0; j < ptx_value_count(list); j++) {
			const char *name = ptx_value_as_string(ptx_value_at(list, j), "");

			if (!ptx_value_has(items, name) &&
			    !ptx_value_has(ptx_value_get(m, "groups"), name))
				warn(w, "conf-monitor", ptx_value_at(list, j), path,
				     "monitor.%s names '%s', which is no item or group", lists[i],
				     name);
		}
	}
}

static void check_counts(struct walk *w, const struct ptx_value *node, const char *path)
{
	const struct ptx_value *services = ptx_value_get(node, "services");
	int64_t count = ptx_value_as_int(ptx_value_get(node, "count"), 0);
	struct ptx_str name = { 0 };

	for (size_t i = 0; i < ptx_value_count(services); i++) {
		const struct ptx_value *one = ptx_value_entry(services, i, &name);
		const struct ptx_value *n = ptx_value_get(one, "nodes_to_execute_on");

		if (n && ptx_value_as_int(n, 1) < 1)
			warn(w, "conf-service-nodes", n, path, "service '%.*s' runs on no node",
			     PTX_STR_ARG(name));
		else if (count && ptx_value_as_int(n, 0) > count)
			warn(w, "conf-service-nodes", n, path,
			     "service '%.*s' wants %lld nodes of %lld", PTX_STR_ARG(name),
			     (long long)ptx_value_as_int(n, 0), (long long)count);
	}
}

static void check_nodes(struct walk *w, const struct ptx_value *conf)
{
	const struct ptx_value *nodes = ptx_value_get(conf, "nodes");

	if (ptx_value_kind(nodes) != PTX_LIST)
		return;
	if (!ptx_value_count(nodes))
		warn(w, "conf-nodes", nodes, "nodes", "there are no nodes");
	check_roles(w, nodes);
	for (size_t i = 0; i < ptx_value_count(nodes); i++) {
		const struct ptx_value *node = ptx_value_at(nodes, i);
		const char *image = ptx_value_as_string(
		    ptx_value_get(ptx_value_get(node, "container"), "image"), "?");

		check_health(w, node, join_index(w, "nodes", i));
		check_monitored(w, node, join_index(w, "nodes", i));
		check_counts(w, node, join_index(w, "nodes", i));
		if (!*image)
			warn(w, "conf-image", ptx_value_get(node, "container"),
			     join_index(w, "nodes", i), "nodes.%zu has no image", i);
	}
}

static void check_tabs(struct walk *w, const struct ptx_value *conf)
{
	const struct ptx_value *tabs = ptx_value_get(conf, "display_tabs");
	const struct ptx_value *nodes = ptx_value_get(conf, "nodes");

	for (size_t i = 0; i < ptx_value_count(tabs); i++) {
		const struct ptx_value *roles =
		    ptx_value_get(ptx_value_entry(tabs, i, NULL), "roles_to_execute_on");

		for (size_t j = 0; j < ptx_value_count(roles); j++) {
			const char *role = ptx_value_as_string(ptx_value_at(roles, j), "");
			bool found = false;

			for (size_t k = 0; k < ptx_value_count(nodes) && !found; k++)
				found = strcmp(role_of(ptx_value_at(nodes, k)), role) == 0;
			if (!found)
				warn(w, "conf-tab-role", ptx_value_at(roles, j), "display_tabs",
				     "there is no role '%s'", role);
		}
	}
}

int ptxi_conf_check(struct ptx_arena *a, const struct ptx_value *conf, const char *file,
		    bool lenient, struct ptx_diags *diags, struct ptx_error **err)
{
	struct walk w = { .arena = a, .diags = diags, .file = file, .lenient = lenient };

	if (ptx_value_kind(conf) != PTX_MAP) {
		add(&w, true, "conf-type", conf, NULL, "the conf is of type %s, not an object",
		    ptx_value_kind_name(conf));
		return ptxi_arena_check(a, err);
	}
	check_object(&w, &ptxi_model_cluster, conf, "");
	if (!ptx_value_has(conf, "subnet") && !ptx_value_has(conf, "vxnet"))
		add(&w, false, "conf-required", conf, "subnet", "subnet is required");
	check_nodes(&w, conf);
	check_health(&w, conf, "health_check");
	check_monitored(&w, conf, "monitor");
	check_tabs(&w, conf);
	return ptxi_arena_check(a, err);
}
