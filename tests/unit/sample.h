/* SPDX-License-Identifier: Apache-2.0 */
/* sample.h - a small cluster for the tests of what comes after rendering: two roles, services, env,
 * endpoints. */
#ifndef TEST_SAMPLE_H
#define TEST_SAMPLE_H

#include "cluster/record.h"
#include "cluster/spec.h"

/* {master x1 with one replica, worker x2}: conf, spec, nodes with ids node-0.., instances i-0..,
 * addresses. */
struct ptxi_cluster *sample_cluster(struct ptxi_spec **spec);
/* With a VPC in this state. */
void sample_vpc(struct ptxi_cluster *c, const char *status);

#endif
