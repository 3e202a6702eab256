/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.c - the documents in what a template wrote.
 *
 * A text is split as by Helm's expression `(?:^|\s*\n)---\s*`: three dashes at the start of a line,
 * with all white space around them, and whatever follows them on the line is part of the next
 * document. A document is never changed; it is parsed only for what it is.
 */
#define PTX_AREA PTX_AREA_CHART
#include "manifest.h"
#include "../text/gostring.h"
#include "../value/yaml.h"
#include "../value/codec.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* The next separator from `from` on: where it begins and ends. */
static bool find_separator(struct ptx_str text, size_t from, size_t *begin, size_t *end)
{
	size_t at = from;

	if (from == 0 && ptxi_str_starts(text, "---")) {
		*begin = 0;
		at = 3;
	} else {
		for (;;) {
			const char *p = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;

			if (!p)
				return false;
			at = (size_t)(p - text.p);
			if (text.n - at >= 4 && memcmp(p, "\n---", 4) == 0)
				break;
			at++;
		}
		*begin = at;
		while (*begin > from && is_space(text.p[*begin - 1]))
			--*begin;
		at += 4;
	}
	while (at < text.n && is_space(text.p[at]))
		at++;
	*end = at;
	return true;
}

bool ptxi_manifest_next(struct ptx_str text, size_t *at, struct ptx_str *document)
{
	while (*at <= text.n && text.n) {
		size_t begin = 0;
		size_t end = 0;
		size_t from = *at;

		if (find_separator(text, from, &begin, &end)) {
			*at = end;
			/* At the very end there is nothing behind it. */
			if (end == text.n)
				*at = text.n + 1;
		} else {
			begin = text.n;
			*at = text.n + 1;
		}
		*document = ptxi_str_sub(text, from, begin - from);
		if (!document->n)
			continue;
		*document = ptxi_text_trim_space(*document);
		return true;
	}
	return false;
}

static int wrong_type(const struct ptx_value *v, const char *field, const char *type,
		      struct ptx_error **err)
{
	return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
			   "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
			   "%s into Go struct field "
			   "%s of type %s",
			   ptxi_chart_json_kind(v), field, type);
}

/* A scalar as a string, as sigs.k8s.io/yaml hands it to a Go string. */
static int string_of(struct ptx_arena *a, const struct ptx_value *v, const char *field,
		     const char **out, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;

	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		return 0;
	case PTX_STRING:
		*out = v->s.p;
		return 0;
	case PTX_LIST:
	case PTX_MAP:
		return wrong_type(v, field, "string", err);
	default:
		ptx_buf_init(&text, 0);
		ptx_json_format(v, &style, &text);
		*out = ptxi_arena_strn(a, text.p, text.n);
		return *out ? 0 : ptxi_arena_check(a, err);
	}
}

static int read_metadata(struct ptx_arena *a, const struct ptx_value *meta,
			 struct ptxi_manifest_head *head, struct ptx_error **err)
{
	const struct ptx_value *list = NULL;
	int rc = 0;

	if (ptx_value_kind(meta) == PTX_NULL)
		return 0;
	if (meta->kind != PTX_MAP)
		return wrong_type(
		    meta, "SimpleHead.metadata",
		    "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string "
		    "\"json:\\\"annotations\\\"\" }",
		    err);
	rc = string_of(a, ptx_value_get(meta, "name"), ".metadata.name", &head->name, err);
	if (rc == 0 && ptx_value_kind(ptx_value_get(meta, "namespace")) == PTX_STRING)
		head->name_space = ptx_value_as_string(ptx_value_get(meta, "namespace"), "");
	list = ptx_value_get(meta, "annotations");
	if (rc < 0 || ptx_value_kind(list) == PTX_NULL)
		return rc;
	if (list->kind != PTX_MAP)
		return wrong_type(list, ".metadata.annotations", "map[string]string", err);
	for (size_t i = 0; rc == 0 && i < list->map.n; i++) {
		const char *text = "";

		rc = string_of(a, list->map.v[i].value, ".metadata.annotations", &text, err);
		if (rc == 0 && ptx_value_kind(list->map.v[i].value) != PTX_STRING)
			list->map.v[i].value = ptx_value_string(a, text);
	}
	head->annotations = list;
	return rc;
}

static int read_head(struct ptx_arena *a, const struct ptx_value *v,
		     struct ptxi_manifest_head *head, struct ptx_error **err)
{
	int rc = 0;

	if (v->kind == PTX_NULL)
		return 0;
	if (v->kind != PTX_MAP)
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
				   "error unmarshaling JSON: while decoding JSON: json: cannot "
				   "unmarshal %s into Go value of "
				   "type releaseutil.SimpleHead",
				   ptxi_chart_json_kind(v));
	rc = string_of(a, ptx_value_get(v, "apiVersion"), "SimpleHead.apiVersion",
		       &head->api_version, err);
	if (rc == 0)
		rc = string_of(a, ptx_value_get(v, "kind"), "SimpleHead.kind", &head->kind, err);
	return rc < 0 ? rc : read_metadata(a, ptx_value_get(v, "metadata"), head, err);
}

/* The same from the few lines that matter; false when it takes the whole document to tell. */
static bool read_excerpt(struct ptx_arena *a, struct ptx_str document, const char *path,
			 struct ptxi_manifest_head *head)
{
	static const struct ptxi_yaml_want in_metadata[] = {
		{ "name", NULL }, { "namespace", NULL }, { "annotations", NULL }, { NULL, NULL }
	};
	static const struct ptxi_yaml_want wants[] = { { "apiVersion", NULL },
						       { "kind", NULL },
						       { "metadata", in_metadata },
						       { NULL, NULL } };
	ptx_auto_buf lines = { 0 };
	struct ptx_value *v = NULL;

	ptx_buf_init(&lines, 0);
	if (!ptxi_yaml_excerpt(document, wants, &lines) || !ptx_buf_ok(&lines))
		return false;
	v = ptxi_chart_yaml(a, ptx_buf_str(&lines), path, true, NULL);
	return v && read_head(a, v, head, NULL) == 0;
}

int ptxi_manifest_read(struct ptx_arena *a, struct ptx_str document, const char *path,
		       struct ptxi_manifest_head *head, struct ptx_error **err)
{
	struct ptx_value *v = NULL;

	*head = (struct ptxi_manifest_head){ "", "", "", "", NULL };
	if (read_excerpt(a, document, path, head))
		return 0;
	*head = (struct ptxi_manifest_head){ "", "", "", "", NULL };
	v = ptxi_chart_yaml(a, document, path, true, err);
	if (!v)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	return read_head(a, v, head, err);
}
