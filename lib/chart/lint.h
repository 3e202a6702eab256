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
};

/* Adds a problem of a place. */
void ptxi_lint_add(struct ptxi_lint *l, enum ptx_severity severity, const char *rule,
		   const char *place, const char *fmt, ...) PTXI_PRINTF(5, 6);
/* The rules about templates and what they write. */
int ptxi_lint_templates(struct ptxi_lint *l);
/* The rules about one document. text is the whole that it stands in. */
void ptxi_lint_document(struct ptxi_lint *l, const char *place, const struct ptx_value *document,
			struct ptx_str text);

/* Appends what Kubernetes says of an API that it has given up by then; false when it has not. */
bool ptxi_chart_deprecated(const char *api_version, const char *kind, unsigned major,
			   unsigned minor, struct ptx_buf *out);

bool ptxi_lint_is_email(const char *s);
bool ptxi_lint_is_url(const char *s);
bool ptxi_lint_is_request_url(const char *s);

#endif
