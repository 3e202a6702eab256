/* SPDX-License-Identifier: Apache-2.0 */
/* lint.h - what the rules of a chart's linter share. */
#ifndef PTXI_CHART_LINT_H
#define PTXI_CHART_LINT_H

#include "chart.h"
#include "caps.h"
#include "render.h"

struct ptxi_lint {
	const char *path;   /* as given */
	const char *folder; /* absolute, for messages */
	bool archive;
	struct ptx_arena *arena;
	struct ptx_chart_lint_opts opts;
	const struct ptx_value *values;
	struct ptxi_kube_version kube;
	struct ptxi_broken_list broken; /* of `own` */
	struct ptx_diags *diags;
	struct ptx_error **err;
	struct ptxi_chart_files files; /* of an archive */
	struct ptxi_chart_rest rest;   /* of it, until the chart is loaded */
	/* The chart, loaded once: or why it could not be, and what was said of it (name is where)
	 */
	struct ptx_chart *chart;
	struct ptx_error *load_error;
	struct ptxi_chart_files said;
};

/* Adds a problem of a place. */
void ptxi_lint_add(struct ptxi_lint *l, enum ptx_severity severity, const char *rule,
		   const char *place, const char *fmt, ...) PTXI_PRINTF(5, 6);
/* The chart, borrowed; NULL: *error says why. Each call says what loading it says. */
const struct ptx_chart *ptxi_lint_load(struct ptxi_lint *l, const struct ptx_error **error);
/* The rules about templates and what they write. */
int ptxi_lint_templates(struct ptxi_lint *l);

/* ---- lint_reader.c: the objects in what a template wrote, as Kubernetes' reader finds them */

struct ptxi_lint_reader {
	const char *begin;
	struct ptx_str rest; /* p NULL: nothing */
	bool as_json;        /* the next one is tried as JSON first */
	unsigned count;      /* of objects that were JSON */
};

struct ptxi_lint_object {
	bool is_null;
	const char *api_version, *kind, *name; /* "" where it does not say */
	struct ptx_str text; /* the document, borrowed; p NULL: it could not be told from the rest,
				or has odd types */
};

/* json: look whether it is a stream of JSON, which Kubernetes takes, too. */
struct ptxi_lint_reader ptxi_lint_reader(struct ptx_str text, bool json);
/* 1: an object was read, into the arena; 0: there is no other. Fails, with Go's words: SYNTAX (it
 * goes on behind the document, where that is told), INVALID, NOMEM. place: of the text, for
 * messages. */
int ptxi_lint_read(struct ptxi_lint_reader *r, struct ptx_arena *a, const char *place,
		   struct ptxi_lint_object *out, struct ptx_error **err);

/* The rules about one object. text is the whole that it stands in. */
void ptxi_lint_object(struct ptxi_lint *l, const char *place, const struct ptxi_lint_object *o,
		      struct ptx_str text);

/* Appends what Kubernetes says of an API that it has given up by then; false when it has not. */
bool ptxi_chart_deprecated(const char *api_version, const char *kind, unsigned major,
			   unsigned minor, struct ptx_buf *out);

bool ptxi_lint_is_email(const char *s);
bool ptxi_lint_is_url(const char *s);
bool ptxi_lint_is_request_url(const char *s);

#endif
