/* SPDX-License-Identifier: Apache-2.0 */
/* goyaml.h - what Go's YAML says of a document that it cannot read. */
#ifndef PTXI_GOYAML_H
#define PTXI_GOYAML_H

#include "../value/yaml.h"

/* Appends the message of sigs.k8s.io/yaml, and of what is below it: "yaml: line 2: did not find
 * expected key". */
void ptxi_go_yaml_problem(const struct ptxi_yaml_problem *p, struct ptx_arena *scratch,
			  struct ptx_buf *out);

#endif
