/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_net.c - Sprig's functions on URLs and host names. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../text/url.h"

static void set(struct ptxi_exec *x, struct ptx_value *map, const char *key, struct ptx_str s)
{
	ptx_value_set(map, key, ptx_value_strn(x->arena, s.p ? s : PTXI_STR("")));
}

PTXI_FN(url_parse)
{
	struct ptx_value *map = ptx_value_map(x->arena);
	struct ptxi_url u;
	ptx_auto(error) why = NULL;
	ptx_auto_buf user = { 0 };

	if (!map)
		return NULL;
	if (ptxi_url_parse(x->arena, args[0]->s, &u, &why) < 0)
		return ptxi_func_fail(err, "unable to parse url: %s",
				      why ? ptx_error_message(why) : "out of memory");
	ptx_buf_init(&user, 0);
	if (u.has_user)
		ptxi_url_print_user(&u, &user);
	set(x, map, "scheme", u.scheme);
	set(x, map, "host", u.host);
	set(x, map, "hostname", ptxi_url_hostname(&u));
	set(x, map, "path", u.path);
	set(x, map, "query", u.query);
	set(x, map, "opaque", u.opaque);
	set(x, map, "fragment", u.fragment);
	set(x, map, "userinfo", ptx_buf_str(&user));
	return map;
}

/* A string of the dict, or an empty one; false when it is something else. */
static bool part(const struct ptx_value *map, const char *key, struct ptx_str *out,
		 struct ptx_error **err)
{
	const struct ptx_value *v = ptx_value_get(map, key);

	*out = PTXI_STR("");
	if (!v)
		return true;
	if (v->kind == PTX_STRING) {
		*out = v->s;
		return true;
	}
	if (v->kind == PTX_NULL)
		ptxi_func_fail(err,
			       "runtime error: invalid memory address or nil pointer dereference");
	else
		ptxi_func_fail(err, "unable to parse %s key, must be of type string, but %s found",
			       key, ptxi_go_kind_name(v));
	return false;
}

PTXI_FN(url_join)
{
	struct ptxi_url u = { 0 };
	struct ptxi_url with_user = { 0 };
	struct ptx_str user = { NULL, 0 };
	ptx_auto(error) why = NULL;
	char *text = NULL;
	struct ptx_buf b;

	if (!part(args[0], "scheme", &u.scheme, err) || !part(args[0], "host", &u.host, err) ||
	    !part(args[0], "path", &u.path, err) || !part(args[0], "query", &u.query, err) ||
	    !part(args[0], "opaque", &u.opaque, err) ||
	    !part(args[0], "fragment", &u.fragment, err) || !part(args[0], "userinfo", &user, err))
		return NULL;
	if (user.n) {
		text = ptxi_arena_printf(x->arena, "proto://%.*s@host", PTX_STR_ARG(user));
		if (!text)
			return NULL;
		if (ptxi_url_parse(x->arena, ptxi_str(text), &with_user, &why) < 0)
			return ptxi_func_fail(err, "unable to parse userinfo in dict: %s",
					      why ? ptx_error_message(why) : "out of memory");
		u.has_user = with_user.has_user;
		u.user = with_user.user;
		u.has_password = with_user.has_password;
		u.password = with_user.password;
	}
	ptxi_exec_buf(x, &b);
	ptxi_url_print(&u, &b);
	return ptxi_result_buf(x, &b, err);
}

/* An address of a host, any of them; without an environment that looks it up an empty text, as Helm
 * gives. */
PTXI_FN(get_host_by_name)
{
	struct ptx_value *list = ptx_value_list(x->arena);
	uint64_t at = 0;

	if (!x->env->lookup_host || !list)
		return ptxi_result_str(x, PTXI_STR(""));
	if (x->env->lookup_host(x->arena, ptxi_arena_strn(x->arena, args[0]->s.p, args[0]->s.n),
				list, x->env->user, err) < 0)
		return NULL;
	if (list->list.n == 0)
		return ptxi_func_fail(err, "invalid argument to Intn");
	if (ptxi_exec_random_below(x, list->list.n, &at, err) < 0)
		return NULL;
	return list->list.v[at];
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "getHostByName", "s", fn_get_host_by_name },
	{ "urlJoin",       "m", fn_url_join },
	{ "urlParse",      "s", fn_url_parse },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_net = { "net", rows, PTXI_COUNT(rows) };
