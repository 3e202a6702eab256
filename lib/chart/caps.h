/* SPDX-License-Identifier: Apache-2.0 */
/* caps.h - what a cluster can do, as templates see it. */
#ifndef PTXI_CHART_CAPS_H
#define PTXI_CHART_CAPS_H

#include "chart.h"

/* The Helm whose behaviour this is. */
#define PTXI_HELM_VERSION "v3.22.0"
#define PTXI_HELM_GO      "go1.26.8"
#define PTXI_KUBE_VERSION "v1.37.0"

/* A Kubernetes version in the form that it is shown in ("1.24" is v1.24). */
struct ptxi_kube_version {
	const char *version, *major, *minor;
};
/* Fails: INVALID, with Helm's words behind "invalid kube version '...'". */
int ptxi_kube_version_parse(struct ptx_arena *a, const char *text, struct ptxi_kube_version *out,
			    struct ptx_error **err);

/* .Capabilities */
struct ptx_value *ptxi_chart_caps(struct ptx_arena *a, const struct ptxi_kube_version *kube,
				  const char *const *api_versions);

#endif
