/* SPDX-License-Identifier: Apache-2.0 */
/* caps.c - .Capabilities: the version of Kubernetes, the API versions that every one has, the
 * version of Helm. */
#define PTX_AREA PTX_AREA_CHART
#include "caps.h"
#include "../text/gotype.h"

/* In the order in which Helm has them. */
static const char *const well_known[] = {
	"v1",
	"admissionregistration.k8s.io/v1",
	"admissionregistration.k8s.io/v1alpha1",
	"admissionregistration.k8s.io/v1beta1",
	"internal.apiserver.k8s.io/v1alpha1",
	"apps/v1",
	"apps/v1beta1",
	"apps/v1beta2",
	"authentication.k8s.io/v1",
	"authentication.k8s.io/v1alpha1",
	"authentication.k8s.io/v1beta1",
	"authorization.k8s.io/v1",
	"authorization.k8s.io/v1beta1",
	"autoscaling/v1",
	"autoscaling/v2",
	"batch/v1",
	"batch/v1beta1",
	"certificates.k8s.io/v1",
	"certificates.k8s.io/v1beta1",
	"certificates.k8s.io/v1alpha1",
	"coordination.k8s.io/v1alpha2",
	"coordination.k8s.io/v1beta1",
	"coordination.k8s.io/v1",
	"discovery.k8s.io/v1",
	"discovery.k8s.io/v1beta1",
	"events.k8s.io/v1",
	"events.k8s.io/v1beta1",
	"extensions/v1beta1",
	"flowcontrol.apiserver.k8s.io/v1",
	"flowcontrol.apiserver.k8s.io/v1beta1",
	"flowcontrol.apiserver.k8s.io/v1beta2",
	"flowcontrol.apiserver.k8s.io/v1beta3",
	"lifecycle.k8s.io/v1alpha1",
	"networking.k8s.io/v1",
	"networking.k8s.io/v1beta1",
	"node.k8s.io/v1",
	"node.k8s.io/v1alpha1",
	"node.k8s.io/v1beta1",
	"policy/v1",
	"policy/v1beta1",
	"rbac.authorization.k8s.io/v1",
	"rbac.authorization.k8s.io/v1beta1",
	"rbac.authorization.k8s.io/v1alpha1",
	"resource.k8s.io/v1",
	"resource.k8s.io/v1beta2",
	"resource.k8s.io/v1beta1",
	"resource.k8s.io/v1alpha3",
	"scheduling.k8s.io/v1alpha3",
	"scheduling.k8s.io/v1beta1",
	"scheduling.k8s.io/v1",
	"storage.k8s.io/v1beta1",
	"storage.k8s.io/v1",
	"storage.k8s.io/v1alpha1",
	"storagemigration.k8s.io/v1",
	"storagemigration.k8s.io/v1beta1",
	"apiextensions.k8s.io/v1beta1",
	"apiextensions.k8s.io/v1",
};

/* The digits and dots that a version begins with, as Kubernetes' version.ParseGeneric reads them.
 */
int ptxi_kube_version_parse(struct ptx_arena *a, const char *text, struct ptxi_kube_version *out,
			    struct ptx_error **err)
{
	struct ptx_str rest = ptxi_str_trim(ptxi_str(text));
	struct ptx_str part = { NULL, 0 };
	uint64_t numbers[16];
	ptx_auto_buf shown = { 0 };
	size_t n = 0;
	size_t digits = 0;

	if (rest.n && rest.p[0] == 'v')
		rest = ptxi_str_from(rest, 1);
	while (digits < rest.n &&
	       ((rest.p[digits] >= '0' && rest.p[digits] <= '9') || rest.p[digits] == '.'))
		digits++;
	rest.n = digits;
	if (digits && rest.p[digits - 1] == '.')
		return ptx_fail(err, PTX_E_INVALID, "could not parse \"%s\" as version", text);
	while (ptxi_str_next(&rest, '.', &part)) {
		if (n == PTXI_COUNT(numbers) || !ptxi_parse_u64(part, &numbers[n], UINT64_MAX))
			return ptx_fail(err, PTX_E_INVALID, "could not parse \"%s\" as version",
					text);
		if (part.n > 1 && part.p[0] == '0')
			return ptx_fail(
			    err, PTX_E_INVALID,
			    "illegal zero-prefixed version component \"%.*s\" in \"%s\"",
			    PTX_STR_ARG(part), text);
		n++;
	}
	if (n < 2)
		return ptx_fail(err, PTX_E_INVALID, "could not parse \"%s\" as version", text);
	ptx_buf_init(&shown, 0);
	ptx_buf_addc(&shown, 'v');
	for (size_t i = 0; i < n; i++)
		ptx_buf_printf(&shown, "%s%llu", i ? "." : "", (unsigned long long)numbers[i]);
	out->version = ptxi_arena_buf(a, &shown);
	out->major = ptxi_arena_printf(a, "%llu", (unsigned long long)numbers[0]);
	out->minor = ptxi_arena_printf(a, "%llu", (unsigned long long)numbers[1]);
	return ptxi_arena_check(a, err);
}

static struct ptx_value *typed(struct ptx_value *v, enum ptxi_go go)
{
	if (v)
		v->go = (uint16_t)go;
	return v;
}

struct ptx_value *ptxi_chart_caps(struct ptx_arena *a, const struct ptxi_kube_version *kube,
				  const char *const *api_versions)
{
	struct ptx_value *caps = typed(ptx_value_map(a), PTXI_GO_CAPABILITIES);
	struct ptx_value *version = typed(ptx_value_map(a), PTXI_GO_KUBE_VERSION);
	struct ptx_value *set = ptxi_go_new_list(a, PTXI_GO_VERSION_SET);
	struct ptx_value *helm = typed(ptx_value_map(a), PTXI_GO_BUILD_INFO);
	struct ptx_value *shown = ptxi_value_ordered_map(a);

	ptx_value_set_string(version, "Version", kube->version);
	ptx_value_set_string(version, "Major", kube->major);
	ptx_value_set_string(version, "Minor", kube->minor);
	for (size_t i = 0; i < PTXI_COUNT(well_known); i++)
		ptx_value_append(set, ptx_value_string(a, well_known[i]));
	for (size_t i = 0; api_versions && api_versions[i]; i++)
		ptx_value_append(set, ptx_value_string(a, api_versions[i]));
	ptx_value_set_string(helm, "Version", PTXI_HELM_VERSION);
	ptx_value_set_string(helm, "GitCommit", "");
	ptx_value_set_string(helm, "GitTreeState", "clean");
	ptx_value_set_string(helm, "GoVersion", PTXI_HELM_GO);
	ptx_value_set_string(shown, "version", PTXI_HELM_VERSION);
	ptx_value_set_string(shown, "git_tree_state", "clean");
	ptx_value_set_string(shown, "go_version", PTXI_HELM_GO);
	ptx_value_set(helm, PTXI_GO_SHOWN, shown);
	ptx_value_set(caps, "KubeVersion", version);
	ptx_value_set(caps, "APIVersions", set);
	ptx_value_set(caps, "HelmVersion", helm);
	return caps;
}

int ptx_chart_kube_version_check(const char *version, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) inner = NULL;
	struct ptxi_kube_version v;
	int rc = a ? ptxi_kube_version_parse(a, version, &v, &inner) : PTX_E_NOMEM;

	if (rc == PTX_E_INVALID)
		return ptx_fail(err, rc, "invalid kube version '%s': %s", version,
				ptx_error_message(inner));
	return rc < 0 ? ptx_fail(err, rc, "out of memory") : 0;
}
