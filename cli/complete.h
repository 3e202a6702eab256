/* SPDX-License-Identifier: Apache-2.0 */
/* complete.h - the scripts that make shells complete our words. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli.h"

struct complete_shell {
	const char *name; /* "bash"; NULL ends the list */
	const char *file; /* "pitrix.bash" */
	const char *script;
};

extern const struct complete_shell complete_shells[];

#endif
