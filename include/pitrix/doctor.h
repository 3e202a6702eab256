/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.h - what this machine lacks, and the command that mends it. */
#ifndef PITRIX_DOCTOR_H
#define PITRIX_DOCTOR_H

#include <pitrix/context.h>
#include <pitrix/error.h>

PTX_BEGIN

/* ptx_doctor - look at everything that deploying on a runtime takes, without changing anything.
 *
 * Adds to findings a note for each thing that is well, a warning for what will be missed later, and
 * an error for what makes a deployment fail, each with the command that mends it as its hint.
 * runtime NULL: `local`.
 *
 * Returns: 0 when it could look, whatever it found.  Fails: NOT_FOUND (the runtime), CONFIG,
 * CANCELED, NOMEM.
 */
PTX_API int ptx_doctor(struct ptx_ctx *ctx, const char *runtime, struct ptx_diags *findings,
		       struct ptx_error **err);

PTX_END

#endif
