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

/* ---- what a document says of itself */

/* The members of "metadata". */
struct meta {
	const char *name, *name_space;
	const struct ptx_value *annotations;
};

struct head {
	const char *api_version, *kind;
	struct meta meta;
};

static const struct ptxi_go_struct metadata = {
	"",
	"struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string "
	"\"json:\\\"annotations\\\"\" }",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, meta, "name", name),
	    PTXI_GO_FIELD(OWN_TEXT, meta, "namespace", name_space),
	    PTXI_GO_FIELD(TEXT_MAP, meta, "annotations", annotations),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct meta)
};

static const struct ptxi_go_struct simple_head = {
	"SimpleHead", "releaseutil.SimpleHead",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, head, "apiVersion", api_version),
	    PTXI_GO_FIELD(TEXT, head, "kind", kind),
	    PTXI_GO_FIELD_OF(OBJECT, head, "metadata", meta, metadata),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct head)
};

static int read_head(struct ptx_arena *a, const struct ptx_value *v, struct ptxi_manifest_head *out,
		     struct ptx_error **err)
{
	const struct ptxi_go_source yaml = { 0 };
	struct head head = { 0 };
	int rc = ptxi_go_struct_read(a, v, &simple_head, &yaml, &head, err);

	*out = (struct ptxi_manifest_head){
		head.api_version,      head.kind, head.meta.name, head.meta.name_space,
		head.meta.annotations,
	};
	return rc;
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

	if (read_excerpt(a, document, path, head))
		return 0;
	v = ptxi_chart_yaml(a, document, path, true, err);
	if (!v)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	return read_head(a, v, head, err);
}
