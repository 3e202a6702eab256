/* SPDX-License-Identifier: Apache-2.0 */
/* lint_document.c - the rules of `helm lint` about one object: its name, its API, its selector.
 *
 * Names: RFC 1123 and 1035 as Kubernetes' validation has them, by kind.
 */
#define PTX_AREA PTX_AREA_CHART
#include "lint.h"
#include "../text/goquote.h"

#include <strings.h>

#define SUBDOMAIN                                                                                  \
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "  \
	"or '.', and must start and "                                                              \
	"end with an alphanumeric character (e.g. 'example.com', regex used for validation is "    \
	"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define LABEL                                                                                      \
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "   \
	"and must start and end with "                                                             \
	"an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "  \
	"'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define LABEL_1035                                                                                 \
	"a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "  \
	"an alphabetic character, and "                                                            \
	"end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "       \
	"validation is "                                                                           \
	"'[a-z]([-a-z0-9]*[a-z0-9])?')"

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_alnum(char c)
{
	return is_lower(c) || (c >= '0' && c <= '9');
}

static bool is_label(struct ptx_str s)
{
	if (!s.n || !is_alnum(s.p[0]) || !is_alnum(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

static bool is_subdomain(struct ptx_str s)
{
	struct ptx_str part = { NULL, 0 };

	s = s.p ? s : ptxi_strn("", 0);
	while (ptxi_str_next(&s, '.', &part))
		if (!is_label(part))
			return false;
	return true;
}

struct problems {
	const char *v[4];
	size_t n;
};

static void add(struct problems *p, bool wrong, const char *message)
{
	if (wrong && p->n < PTXI_COUNT(p->v))
		p->v[p->n++] = message;
}

static void check_subdomain(struct ptx_str name, struct problems *p)
{
	add(p, name.n > 253, "must be no more than 253 characters");
	add(p, !is_subdomain(name), SUBDOMAIN);
}

static void check_1035(struct ptx_str name, struct problems *p)
{
	add(p, name.n > 63, "must be no more than 63 characters");
	add(p, !is_label(name) || !is_lower(name.p[0]), LABEL_1035);
}

static void check_label(struct ptx_str name, struct problems *p)
{
	add(p, name.n > 63, "must be no more than 63 characters");
	if (!is_label(name))
		add(p, true, is_subdomain(name) ? "must not contain dots" : LABEL);
}

static void check_segment(struct ptx_str name, struct problems *p)
{
	add(p, ptxi_str_is(name, "."), "may not be '.'");
	add(p, ptxi_str_is(name, ".."), "may not be '..'");
	add(p, ptxi_str_find_char(name, '/') != SIZE_MAX, "may not contain '/'");
	add(p, ptxi_str_find_char(name, '%') != SIZE_MAX, "may not contain '%'");
}

static void check_nothing(struct ptx_str name, struct problems *p)
{
	(void)name;
	(void)p;
}

static const struct {
	const char *kind;
	void (*check)(struct ptx_str name, struct problems *p);
} names[] = {
	{ "service", check_1035 },
	{ "namespace", check_label },
	{ "certificatesigningrequest", check_nothing },
	{ "role", check_segment },
	{ "clusterrole", check_segment },
	{ "rolebinding", check_segment },
	{ "clusterrolebinding", check_segment },
};

static void check_name(struct ptxi_lint *l, const char *place, const char *kind, const char *name)
{
	struct problems p = { { NULL }, 0 };
	void (*check)(struct ptx_str, struct problems *) = check_subdomain;
	ptx_auto_buf text = { 0 };
	const char *quoted = NULL;

	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		if (strcasecmp(kind, names[i].kind) == 0)
			check = names[i].check;
	check(ptxi_str(name), &p);
	if (!p.n)
		return;
	ptx_buf_init(&text, 0);
	quoted = ptxi_go_quoted(l->arena, name);
	if (p.n > 1)
		ptx_buf_addc(&text, '[');
	for (size_t i = 0; i < p.n; i++)
		ptx_buf_printf(&text, "%smetadata.name: Invalid value: %s: %s", i ? ", " : "",
			       quoted, p.v[i]);
	if (p.n > 1)
		ptx_buf_addc(&text, ']');
	ptxi_lint_add(l, PTX_WARNING, "object-name", place,
		      "object name does not conform to Kubernetes naming requirements: %s: %s",
		      quoted, text.p);
}

static void check_api(struct ptxi_lint *l, const char *place, const char *api_version,
		      const char *kind)
{
	ptx_auto_buf text = { 0 };
	uint64_t major = 0;
	uint64_t minor = 0;

	ptx_buf_init(&text, 0);
	if (ptxi_parse_u64(ptxi_str(l->kube.major), &major, 1000) &&
	    ptxi_parse_u64(ptxi_str(l->kube.minor), &minor, 1000) &&
	    ptxi_chart_deprecated(api_version, kind, (unsigned)major, (unsigned)minor, &text))
		ptxi_lint_add(l, PTX_WARNING, "object-deprecated", place, "%s", text.p);
}

static void check_selector(struct ptxi_lint *l, const char *place, const char *kind,
			   const char *name, struct ptx_str text)
{
	static const char *const kinds[] = { "Deployment", "ReplicaSet", "DaemonSet",
					     "StatefulSet" };

	for (size_t i = 0; i < PTXI_COUNT(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0 &&
		    ptxi_str_find(text, PTXI_STR("matchLabels")) == SIZE_MAX &&
		    ptxi_str_find(text, PTXI_STR("matchExpressions")) == SIZE_MAX)
			ptxi_lint_add(l, PTX_ERROR, "object-selector", place,
				      "a %s must contain matchLabels or matchExpressions, and "
				      "%s does not",
				      kind, ptxi_go_quoted(l->arena, name));
}

struct annotated {
	const struct ptx_value *annotations;
};

struct item {
	struct annotated meta;
};

struct items {
	struct item *v;
	size_t n;
};

#define OF_METADATA "struct { Annotations map[string]string }"
#define OF_ITEM     "struct { Metadata " OF_METADATA " }"

static const struct ptxi_go_struct annotated = { "", OF_METADATA,
						 (const struct ptxi_go_field[]){
						     PTXI_GO_FIELD(TEXT_MAP, annotated,
								   "Annotations", annotations),
						     PTXI_GO_FIELDS_END,
						 },
						 sizeof(struct annotated) };

static const struct ptxi_go_struct item = { "", OF_ITEM,
					    (const struct ptxi_go_field[]){
						PTXI_GO_FIELD_OF(OBJECT, item, "Metadata", meta,
								 annotated),
						PTXI_GO_FIELDS_END,
					    },
					    sizeof(struct item) };

static const struct ptxi_go_struct items = { "", "struct { Items []" OF_ITEM " }",
					     (const struct ptxi_go_field[]){
						 { "Items", PTXI_GO_OBJECTS,
						   offsetof(struct items, v),
						   offsetof(struct items, n), &item, "[]" OF_ITEM },
						 PTXI_GO_FIELDS_END,
					     },
					     sizeof(struct items) };

/* What is in the first document of the text counts, as in Helm. */
static void check_list(struct ptxi_lint *l, const char *place, const char *kind,
		       struct ptx_str text)
{
	ptx_auto(arena) a = NULL;
	ptx_auto(error) e = NULL;
	const struct ptxi_go_source yaml = { 0 };
	const struct ptx_value *v = NULL;
	struct items list = { 0 };

	if (strcmp(kind, "List") != 0)
		return;
	a = ptx_arena_new(0);
	v = a ? ptxi_chart_yaml(a, text, place, true, &e) : NULL;
	if (!v || ptxi_go_struct_read(a, v, &items, &yaml, &list, &e) < 0) {
		if (e)
			ptxi_lint_add(l, PTX_ERROR, "object-list", place,
				      "unable to parse YAML: %s", ptx_error_message(e));
		return;
	}
	for (size_t i = 0; i < list.n; i++) {
		if (!ptx_value_has(list.v[i].meta.annotations, "helm.sh/resource-policy"))
			continue;
		ptxi_lint_add(
		    l, PTX_ERROR, "object-list", place,
		    "Annotation 'helm.sh/resource-policy' within List objects are ignored");
		return;
	}
}

void ptxi_lint_object(struct ptxi_lint *l, const char *place, const struct ptxi_lint_object *o,
		      struct ptx_str text)
{
	check_name(l, place, o->kind, o->name);
	check_api(l, place, o->api_version, o->kind);
	check_selector(l, place, o->kind, o->name, text);
	check_list(l, place, o->kind, text);
}
