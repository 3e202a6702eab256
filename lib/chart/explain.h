/* SPDX-License-Identifier: Apache-2.0 */
/* explain.h - what is told of a rendering that fails, beyond Helm's words. */
#ifndef PTXI_CHART_EXPLAIN_H
#define PTXI_CHART_EXPLAIN_H

#include "render.h"

/* Adds the failure that the job's trace holds to opts.diags, of a template that was executed. */
void ptxi_job_explain(struct ptxi_job *j, const struct ptxi_job_source *s,
		      const struct ptx_error *e);
/* Warns of a whole number that the template at hand prints with an exponent. */
void ptxi_job_exponent(struct ptxi_job *j, const struct ptxi_source *source, size_t pos,
		       const struct ptx_value *v);
/* The path of a value in what a template sees (".Values.image.tag"), by identity; false, and path
 * empty, when it is not there. path is cleared first. */
bool ptxi_job_path(const struct ptxi_job_source *s, const struct ptx_value *v,
		   struct ptx_buf *path);

#endif
