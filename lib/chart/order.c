/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - the order in which kinds are installed, so that what others need is there first. */
#define PTX_AREA PTX_AREA_CHART
#include "manifest.h"

static const char *const kinds[] = {
	"PriorityClass",
	"Namespace",
	"NetworkPolicy",
	"ResourceQuota",
	"LimitRange",
	"PodSecurityPolicy",
	"PodDisruptionBudget",
	"ServiceAccount",
	"Secret",
	"SecretList",
	"ConfigMap",
	"StorageClass",
	"PersistentVolume",
	"PersistentVolumeClaim",
	"CustomResourceDefinition",
	"ClusterRole",
	"ClusterRoleList",
	"ClusterRoleBinding",
	"ClusterRoleBindingList",
	"Role",
	"RoleList",
	"RoleBinding",
	"RoleBindingList",
	"Service",
	"DaemonSet",
	"Pod",
	"ReplicationController",
	"ReplicaSet",
	"Deployment",
	"HorizontalPodAutoscaler",
	"StatefulSet",
	"Job",
	"CronJob",
	"IngressClass",
	"Ingress",
	"APIService",
};

unsigned ptxi_manifest_rank(const char *kind)
{
	for (size_t i = 0; i < PTXI_COUNT(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return (unsigned)i;
	return PTXI_MANIFEST_UNKNOWN;
}

int ptxi_manifest_compare(const char *kind_a, const char *kind_b)
{
	unsigned a = ptxi_manifest_rank(kind_a);
	unsigned b = ptxi_manifest_rank(kind_b);

	if (a != b)
		return a < b ? -1 : 1;
	return a == PTXI_MANIFEST_UNKNOWN ? strcmp(kind_a, kind_b) : 0;
}
