/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd_world.c - confd's functions that look at the machine: environment, files, clock,
 * names of hosts. All of it comes through the environment of the execution; what that does not give
 * is refused.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_confd.h"
#include "exec.h"
#include "../base/time.h"

#include <arpa/inet.h>

static struct ptx_value *not_here(const char *name, struct ptx_error **err)
{
	ptx_fail(err, PTX_E_UNSUPPORTED, "%s is not available here", name);
	return NULL;
}

PTXI_CONFD_FN(getenv)
{
	char *name = ptxi_arena_strn(x->arena, args[0]->s.p, args[0]->s.n);
	const char *value = NULL;

	if (!x->env->getenv)
		return not_here("getenv", err);
	value = name ? x->env->getenv(name, x->env->user) : NULL;
	if (value && value[0])
		return ptxi_result_str(x, ptxi_str(value));
	return n > 1 ? args[1] : ptxi_result_str(x, PTXI_STR(""));
}

PTXI_CONFD_FN(file_exists)
{
	char *path = ptxi_arena_strn(x->arena, args[0]->s.p, args[0]->s.n);

	(void)n;
	if (!x->env->file_exists)
		return not_here("fileExists", err);
	return ptxi_result_bool(x, path && strlen(path) == args[0]->s.n &&
				       x->env->file_exists(path, x->env->user));
}

PTXI_CONFD_FN(datetime)
{
	int64_t now = 0;
	int64_t seconds = 0;

	(void)args;
	(void)n;
	if (!x->env->now_ns)
		return not_here("datetime", err);
	now = x->env->now_ns(x->env->user);
	seconds = now / PTXI_NS_PER_S - (now % PTXI_NS_PER_S < 0);
	return ptx_value_time(x->arena, seconds, (int32_t)(now - seconds * PTXI_NS_PER_S), 0);
}

/* family 4, 6, or 0 for both. */
static struct ptx_value *addresses(struct ptxi_exec *x, struct ptx_str host, int family,
				   struct ptx_error **err)
{
	char *name = ptxi_arena_strn(x->arena, host.p, host.n);
	struct ptx_value *found = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS);
	struct ptx_value *list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS);
	unsigned char bytes[16];
	struct ptx_error *why = NULL;

	if (!name || !found || !list)
		return NULL;
	if (inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1) {
		ptx_value_append(found, ptx_value_string(x->arena, name));
	} else if (!x->env->lookup_host) {
		return not_here("looking up a host's name", err);
	} else if (x->env->lookup_host(x->arena, name, found, x->env->user, &why) < 0) {
		ptxi_confd_warn(x, "%s", why ? ptx_error_message(why) : "the host was not found");
		ptx_error_free(why);
		return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_STRINGS);
	}
	for (size_t i = 0; i < found->list.n; i++) {
		bool six = ptxi_str_find_char(ptx_value_str(found->list.v[i]), ':') != SIZE_MAX;

		if (family == 0 || (family == 6) == six)
			ptx_value_append(list, found->list.v[i]);
	}
	return ptxi_confd_sort(list, ptxi_confd_by_bytes, err) ? list : NULL;
}

PTXI_CONFD_FN(lookup_ip)
{
	(void)n;
	return addresses(x, args[0]->s, 0, err);
}

PTXI_CONFD_FN(lookup_ipv4)
{
	(void)n;
	return addresses(x, args[0]->s, 4, err);
}

PTXI_CONFD_FN(lookup_ipv6)
{
	(void)n;
	return addresses(x, args[0]->s, 6, err);
}

PTXI_CONFD_FN(lookup_srv)
{
	(void)x;
	(void)args;
	(void)n;
	return not_here("lookupSRV", err);
}
