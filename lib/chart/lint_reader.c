/* SPDX-License-Identifier: Apache-2.0 */
/* lint_reader.c - the objects in what a template wrote, as Kubernetes' own reader finds them
 * (apimachinery's YAMLOrJSONDecoder), which is not how documents are split for installing.
 *
 * A text that begins with a brace is taken for JSON objects one behind the other. Where that fails,
 * and no more than one was read, the rest is taken for YAML: documents between lines of three
 * dashes, with a comment behind them at most. When that fails, too, what was wrong with the JSON is
 * told.
 */
#define PTX_AREA PTX_AREA_CHART
#include "lint.h"
#include "../text/gojson.h"
#include "../text/gostring.h"
#include "../value/gojson_error.h"

#define LOOKED_AT 4096u /* bytes, for a brace */

/* True for a line that ends a document; what must not stand in such a line goes to *odd. */
static bool is_separator(struct ptx_str line, struct ptx_str *odd)
{
	struct ptx_str rest = { NULL, 0 };

	if (!ptxi_str_starts(line, "---"))
		return false;
	rest = ptxi_text_trim_space(ptxi_str_from(line, 3));
	if (rest.n && rest.p[0] != '#')
		*odd = rest;
	return true;
}

/* The next document that is not empty; *rest.p NULL past the last. A separator with nothing before
 * it is the document's first line: lines are counted with it. odd->p is set when the line behind it
 * is no separator, though it begins like one. */
static bool next_document(struct ptx_str *rest, struct ptx_str *document, struct ptx_str *odd)
{
	while (rest->p) {
		struct ptx_str line = { NULL, 0 };
		const char *begin = rest->p;
		const char *end = begin + rest->n;
		bool found = false;

		while (!found && ptxi_str_next(rest, '\n', &line)) {
			found = is_separator(line, odd) && (line.p > begin || odd->p);
			if (found)
				end = line.p;
		}
		*document = ptxi_strn(begin, (size_t)(end - begin));
		if (document->n || odd->p)
			return true;
	}
	return false;
}

/* Kubernetes' reader puts a line's end behind the last line, too: half a character to who reads
 * UTF-16. */
static struct ptx_str with_line_end(struct ptx_arena *a, struct ptx_str document)
{
	char *copy = NULL;

	if (ptxi_str_ends(document, "\n"))
		return document;
	copy = ptxi_arena_bytes(a, document.n + 2);
	if (!copy)
		return document;
	memcpy(copy, document.p, document.n);
	memcpy(copy + document.n, "\n", 2);
	return ptxi_strn(copy, document.n + 1);
}

/* ---- an object's own words */

struct meta {
	const char *name_space, *name;
};

struct object {
	const char *api_version, *kind;
	struct meta meta;
};

static const struct ptxi_go_struct metadata = { "k8sYamlMetadata", "rules.k8sYamlMetadata",
						(const struct ptxi_go_field[]){
						    PTXI_GO_FIELD(TEXT, meta, "Namespace",
								  name_space),
						    PTXI_GO_FIELD(TEXT, meta, "Name", name),
						    PTXI_GO_FIELDS_END,
						},
						sizeof(struct meta) };

static const struct ptxi_go_struct k8s_yaml = {
	"K8sYamlStruct", "rules.K8sYamlStruct",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, object, "apiVersion", api_version),
	    PTXI_GO_FIELD(TEXT, object, "Kind", kind),
	    PTXI_GO_FIELD_OF(OBJECT, object, "Metadata", meta, metadata),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct object)
};

static int take_object(struct ptx_arena *a, const struct ptx_value *v, bool json,
		       struct ptxi_lint_object *out, struct ptx_error **err)
{
	const struct ptxi_go_source source = { .json = json };
	struct object o = { 0 };
	int rc = ptxi_go_struct_read(a, v, &k8s_yaml, &source, &o, err);

	out->is_null = ptx_value_kind(v) == PTX_NULL;
	out->api_version = o.api_version;
	out->kind = o.kind;
	out->name = o.meta.name;
	return rc;
}

/* ---- reading */

static int read_yaml(struct ptxi_lint_reader *r, struct ptx_arena *a, const char *place,
		     struct ptxi_lint_object *out, struct ptx_error **err)
{
	struct ptx_str document = { NULL, 0 };
	struct ptx_str odd = { NULL, 0 };
	struct ptx_value *v = NULL;
	int rc = 0;

	if (!next_document(&r->rest, &document, &odd))
		return 0;
	if (odd.p)
		return ptx_fail(err, PTX_E_INVALID, "invalid Yaml document separator: %.*s",
				PTX_STR_ARG(odd));
	v = ptxi_chart_yaml(a, with_line_end(a, document), place, true, err);
	rc = v ? take_object(a, v, false, out, err) : ptx_error_code(*err);
	out->text = v && rc < 0 ? ptxi_strn(NULL, 0) : document;
	return rc < 0 ? rc : 1;
}

/* Blanks behind an object, to the end of its line, belong to it. */
static struct ptx_str behind_blanks(struct ptx_str s)
{
	size_t n = (size_t)(ptxi_text_trim_space(s).p - s.p);
	size_t line = ptxi_str_find_char(ptxi_str_sub(s, 0, n), '\n');

	return ptxi_str_from(s, line == SIZE_MAX ? n : line + 1);
}

/* What is no JSON, as YAML; why is told when it is neither. */
static int read_other(struct ptxi_lint_reader *r, struct ptx_arena *a, const char *place,
		      struct ptxi_lint_object *out, const char *why, struct ptx_error **err)
{
	int rc = PTX_E_SYNTAX;

	r->as_json = false;
	if (r->count > 1) {
		r->rest = ptxi_strn(NULL, 0); /* objects without separators are no YAML */
	} else {
		r->rest = behind_blanks(r->rest);
		rc = read_yaml(r, a, place, out, err);
	}
	if (rc >= 0 || rc == PTX_E_NOMEM)
		return rc;
	ptxi_error_drop(err);
	return ptx_fail(err, rc, "%s", why);
}

static int read_json(struct ptxi_lint_reader *r, struct ptx_arena *a, const char *place,
		     struct ptxi_lint_object *out, struct ptx_error **err)
{
	struct ptx_value *partial = NULL;
	struct ptx_value *v = NULL;
	const char *why = NULL;
	ptx_auto_buf said = { 0 };
	size_t n = 0;
	int rc = 0;

	if (!ptxi_text_trim_space(r->rest).n)
		return 0;
	ptx_buf_init(&said, 0);
	if (!ptxi_json_go_first(r->rest, &n, &said)) {
		/* Once it is sure to be JSON, Kubernetes leaves out where. */
		why = n && r->count < 2
			  ? ptxi_arena_printf(a, "json: offset %zu: %s",
					      (size_t)(r->rest.p - r->begin) + n, said.p)
			  : ptxi_arena_buf(a, &said);
		return why ? read_other(r, a, place, out, why, err) : ptxi_chart_no_memory(err);
	}
	v = ptxi_go_json_decode(a, ptxi_strn(r->rest.p, n), PTX_NULL, &said, &partial);
	v = v ? v : partial; /* with numbers that are too large for Go: no rule looks at one */
	rc = v ? take_object(a, v, true, out, err) : ptxi_chart_no_memory(err);
	if (rc == PTX_E_INVALID) {
		why = ptxi_arena_str(a, ptx_error_message(*err));
		ptxi_error_drop(err);
		return why ? read_other(r, a, place, out, why, err) : ptxi_chart_no_memory(err);
	}
	if (rc < 0)
		return rc;
	out->text = ptxi_strn(r->rest.p, n);
	r->rest = ptxi_str_from(r->rest, n);
	r->count++;
	return 1;
}

struct ptxi_lint_reader ptxi_lint_reader(struct ptx_str text, bool json)
{
	struct ptx_str seen =
	    ptxi_text_trim_space(ptxi_str_sub(text, 0, text.n < LOOKED_AT ? text.n : LOOKED_AT));

	return (struct ptxi_lint_reader){ .begin = text.p,
					  .rest = text,
					  .as_json = json && ptxi_str_starts(seen, "{") };
}

int ptxi_lint_read(struct ptxi_lint_reader *r, struct ptx_arena *a, const char *place,
		   struct ptxi_lint_object *out, struct ptx_error **err)
{
	return r->as_json ? read_json(r, a, place, out, err) : read_yaml(r, a, place, out, err);
}
