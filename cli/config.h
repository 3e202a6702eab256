/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - what a user has set as the default of options. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli.h"

struct config;

/* Reads the file of defaults, if there is one: $PITRIX_DEFAULTS, or pitrix/defaults.yaml in
 * $XDG_CONFIG_HOME or
 * ~/.config. *out is NULL when there is none. Owned (config_free()).
 *
 * Fails: CONFIG, with the place, when the file is not what it should be; IO, DENIED.
 */
int config_load(struct config **out, struct ptx_error **err);
void config_free(struct config *c);

/* What the file says of an option of a command, or NULL: under the command's path first, then at
 * the top. */
const char *config_get(const struct config *c, const struct cmd *cmd, const struct opt *o);

#endif
