/* SPDX-License-Identifier: Apache-2.0 */
/* conf.h - cluster.json.tmpl and answers to a cluster conf, and the model that a conf must follow.
 */
#ifndef PTXI_PACKAGE_CONF_H
#define PTXI_PACKAGE_CONF_H

#include "../value/value.h"
#include "conf_scan.h"

struct ptxi_conf_source {
	struct ptx_str text;
	const char *file;
	bool appcenter; /* a path without a value gives nothing; duplicate keys are warnings */
};

/* Renders and reads the result. Values of the conf carry their places in the template. Problems go
 * to diags, all at once; *conf is then NULL. Fails: LIMIT, NOMEM, UNSUPPORTED. */
int ptxi_conf_render(struct ptx_arena *a, const struct ptxi_conf_source *src,
		     const struct ptx_value *values, struct ptx_diags *diags,
		     struct ptx_value **conf, struct ptx_error **err);
/* Only whether the template itself is well formed. */
int ptxi_conf_check_syntax(const struct ptxi_conf_source *src, struct ptx_error **err);

/* Every rule of the conf model; lenient makes errors of what only the OpenPitrix format forbids
 * warnings. */
int ptxi_conf_check(struct ptx_arena *a, const struct ptx_value *conf, const char *file,
		    bool lenient, struct ptx_diags *diags, struct ptx_error **err);

/* ---- between conf.c and conf_action.c */

struct ptxi_conf_job {
	struct ptx_arena *arena;
	const struct ptxi_conf_source *src;
	struct ptxi_pieces pieces;
	const struct ptx_value *values;
	struct ptx_diags *diags;
	struct ptx_buf out;     /* the rendered text */
	struct ptxi_posmap map; /* places of out; empty when they are not known */
	bool missing;           /* a path had no value */
};

/* Adds "no value 'path'" with its place and the nearest key. */
void ptxi_conf_missing(struct ptxi_conf_job *job, const struct ptx_value *root, struct ptx_str path,
		       size_t at);
/* A value as JSON, or as the text that stands in a JSON string. */
void ptxi_conf_put_json(const struct ptx_value *v, struct ptx_buf *out);
void ptxi_conf_put_text(const struct ptx_value *v, struct ptx_buf *out);
/* Renders with the template engine. */
int ptxi_conf_execute(struct ptxi_conf_job *job, struct ptx_error **err);

#endif
