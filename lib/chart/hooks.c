/* SPDX-License-Identifier: Apache-2.0 */
/* hooks.c - documents that are run at some point instead of being installed: the annotations
 * helm.sh/hook*. */
#define PTX_AREA PTX_AREA_CHART
#include "manifest.h"

#include <strings.h>

static const struct {
	const char *name;
	unsigned event;
} events[] = {
	{ "pre-install", PTX_CHART_PRE_INSTALL },
	{ "post-install", PTX_CHART_POST_INSTALL },
	{ "pre-delete", PTX_CHART_PRE_DELETE },
	{ "post-delete", PTX_CHART_POST_DELETE },
	{ "pre-upgrade", PTX_CHART_PRE_UPGRADE },
	{ "post-upgrade", PTX_CHART_POST_UPGRADE },
	{ "pre-rollback", PTX_CHART_PRE_ROLLBACK },
	{ "post-rollback", PTX_CHART_POST_ROLLBACK },
	{ "test", PTX_CHART_TEST },
	{ "test-success", PTX_CHART_TEST },
};

static unsigned event_of(struct ptx_str name)
{
	for (size_t i = 0; i < PTXI_COUNT(events); i++)
		if (name.n == strlen(events[i].name) &&
		    strncasecmp(name.p, events[i].name, name.n) == 0)
			return events[i].event;
	return 0;
}

int ptxi_hook_read(const struct ptxi_manifest_head *head, struct ptx_chart_hook *hook)
{
	const struct ptx_value *v = ptx_value_get(head->annotations, "helm.sh/hook");
	struct ptx_str rest = ptx_value_str(v);
	struct ptx_str one = { NULL, 0 };

	*hook = (struct ptx_chart_hook){ .delete_policies = "" };
	if (!v)
		return 0;
	if (!rest.p)
		rest = ptxi_strn("", 0);
	while (ptxi_str_next(&rest, ',', &one)) {
		unsigned event = event_of(ptxi_str_trim(one));

		if (!event)
			return -1;
		hook->events |= event;
	}
	v = ptx_value_get(head->annotations, "helm.sh/hook-weight");
	if (!v || !ptxi_parse_i64(ptx_value_str(v), &hook->weight, INT64_MIN, INT64_MAX))
		hook->weight = 0;
	hook->delete_policies =
	    ptx_value_as_string(ptx_value_get(head->annotations, "helm.sh/hook-delete-policy"), "");
	return 1;
}
