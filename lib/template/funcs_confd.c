/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd.c - confd's functions, as OpenPitrix's agent has them: their table, and those of keys
 * and values. The others stand in funcs_confd_text.c, _number.c, _doc.c and _world.c.
 *
 * They forgive: a key that does not exist, a malformed pattern or document gives an empty result,
 * and the environment hears of it. Where there is nothing, lists of strings are Go's nil (JSON's
 * null), lists of pairs empty. `reverse` and the sorts change the list they are given, as Go's do
 * to the slice; only functions make such lists, so that no data of the caller's is changed.
 * Encrypted values (`cget` and its like) need a private PGP key, which no environment has: they are
 * empty.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "exec.h"
#include "funcs_confd.h"
#include "confd_kv.h"

#define FN(name)                                                                                   \
	static struct ptx_value *fn_##name(struct ptxi_exec *x, struct ptx_value **args, size_t n, \
					   struct ptx_error **err)

void ptxi_confd_warn(struct ptxi_exec *x, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	if (!x->env->warn)
		return;
	ptx_buf_init(&text, 4096);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	x->env->warn(text.p, x->env->user);
}

/* --- keys and values */

static bool need_kv(struct ptxi_exec *x, struct ptx_error **err)
{
	if (x->env->kv)
		return true;
	ptx_fail(err, PTX_E_UNSUPPORTED, "there are no keys and values here");
	return false;
}

static const struct ptxi_confd_pair *find(struct ptxi_exec *x, struct ptx_str key)
{
	const struct ptxi_confd_pair *pair = ptxi_confd_kv_get(x->env->kv, key);

	if (!pair)
		ptxi_confd_warn(x, "key '%.*s' does not exist", PTX_STR_ARG(key));
	return pair;
}

static struct ptx_value *empty_pair(struct ptxi_exec *x)
{
	return ptxi_go_new_pair(x->arena, PTXI_STR(""), PTXI_STR(""));
}

FN(exists)
{
	(void)n;
	return need_kv(x, err) ? ptxi_result_bool(x, ptxi_confd_kv_get(x->env->kv, args[0]->s))
			       : NULL;
}

FN(get)
{
	const struct ptxi_confd_pair *pair = NULL;

	(void)n;
	if (!need_kv(x, err))
		return NULL;
	pair = find(x, args[0]->s);
	return pair ? ptxi_go_new_pair(x->arena, pair->key, pair->value) : empty_pair(x);
}

FN(getv)
{
	const struct ptxi_confd_pair *pair = NULL;

	if (!need_kv(x, err))
		return NULL;
	pair = ptxi_confd_kv_get(x->env->kv, args[0]->s);
	if (pair)
		return ptxi_result_str(x, pair->value);
	if (n > 1)
		return args[1];
	find(x, args[0]->s);
	return ptxi_result_str(x, PTXI_STR(""));
}

struct gathering {
	struct ptxi_exec *x;
	struct ptx_value *list;
};

static int add_pair(const struct ptxi_confd_pair *pair, void *user)
{
	struct gathering *g = user;

	ptx_value_append(g->list, ptxi_go_new_pair(g->x->arena, pair->key, pair->value));
	return 0;
}

static int add_value(const struct ptxi_confd_pair *pair, void *user)
{
	struct gathering *g = user;

	ptx_value_append(g->list, ptx_value_strn(g->x->arena, pair->value));
	return 0;
}

int ptxi_confd_by_bytes(const void *a, const void *b, void *user)
{
	struct ptx_value *const *x = a;
	struct ptx_value *const *y = b;

	(void)user;
	return ptxi_str_cmp(ptx_value_str(*x), ptx_value_str(*y));
}

bool ptxi_confd_sort(struct ptx_value *list, ptxi_compare_fn compare, struct ptx_error **err)
{
	if (list && ptxi_sort(list->list.v, list->list.n, sizeof(*list->list.v), compare, NULL))
		return true;
	ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return false;
}

static struct ptx_value *matching(struct ptxi_exec *x, struct ptx_str pattern,
				  ptxi_confd_kv_pair_fn fn, enum ptxi_go type,
				  struct ptx_error **err)
{
	struct gathering g = { x, ptxi_go_new_list(x->arena, type) };

	if (!need_kv(x, err) || ptxi_exec_step(x, ptxi_confd_kv_count(x->env->kv), err) < 0)
		return NULL;
	if (ptxi_confd_kv_match(x->env->kv, pattern, fn, &g) < 0) {
		ptxi_confd_warn(x, "syntax error in pattern '%.*s'", PTX_STR_ARG(pattern));
		return ptxi_go_new_nil(x->arena, PTX_LIST, type);
	}
	return g.list;
}

FN(get_all)
{
	(void)n;
	return matching(x, args[0]->s, add_pair, PTXI_GO_PAIRS, err);
}

FN(getvs)
{
	struct ptx_value *list = matching(x, args[0]->s, add_value, PTXI_GO_STRINGS, err);

	(void)n;
	if (!list)
		return NULL;
	if (list->list.n == 0)
		return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_STRINGS);
	return ptxi_confd_sort(list, ptxi_confd_by_bytes, err) ? list : NULL;
}

static int add_name(struct ptx_str name, void *user)
{
	struct gathering *g = user;

	ptx_value_append(g->list, ptx_value_strn(g->x->arena, name));
	return ptx_arena_status(g->x->arena);
}

static struct ptx_value *listing(struct ptxi_exec *x, struct ptx_str path,
				 int (*list_fn)(const struct ptxi_confd_kv *, struct ptx_str,
						ptxi_confd_kv_name_fn, void *),
				 struct ptx_error **err)
{
	struct gathering g = { x, ptxi_go_new_list(x->arena, PTXI_GO_STRINGS) };
	size_t kept = 0;
	int code = 0;

	if (!need_kv(x, err) || ptxi_exec_step(x, ptxi_confd_kv_count(x->env->kv), err) < 0)
		return NULL;
	code = list_fn(x->env->kv, path, add_name, &g);
	if (code < 0) {
		ptx_fail(err, code, "out of memory");
		return NULL;
	}
	if (!ptxi_confd_sort(g.list, ptxi_confd_by_bytes, err))
		return NULL;
	for (size_t i = 0; i < g.list->list.n; i++)
		if (i == 0 ||
		    ptxi_confd_by_bytes(&g.list->list.v[i], &g.list->list.v[kept - 1], NULL) != 0)
			g.list->list.v[kept++] = g.list->list.v[i];
	g.list->list.n = kept;
	return g.list;
}

FN(ls)
{
	(void)n;
	return listing(x, args[0]->s, ptxi_confd_kv_list, err);
}

FN(lsdir)
{
	(void)n;
	return listing(x, args[0]->s, ptxi_confd_kv_list_dirs, err);
}

static void no_key(struct ptxi_exec *x, const char *name)
{
	ptxi_confd_warn(x, "%s: there is no private key for encrypted values", name);
}

FN(cget)
{
	(void)args;
	(void)n;
	(void)err;
	no_key(x, "cget");
	return empty_pair(x);
}

FN(cgets)
{
	(void)args;
	(void)n;
	(void)err;
	no_key(x, "cgets");
	return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_PAIRS);
}

FN(cgetv)
{
	(void)args;
	(void)n;
	(void)err;
	no_key(x, "cgetv");
	return ptxi_result_str(x, PTXI_STR(""));
}

FN(cgetvs)
{
	(void)args;
	(void)n;
	(void)err;
	no_key(x, "cgetvs");
	return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_STRINGS);
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "add",            "vv",   ptxi_confd_add },
	{ "atoi",           "s",    ptxi_confd_to_int },
	{ "base",           "s",    ptxi_confd_base },
	{ "base64Decode",   "s",    ptxi_confd_base64_decode },
	{ "base64Encode",   "s",    ptxi_confd_base64_encode },
	{ "cget",           "s",    fn_cget },
	{ "cgets",          "s",    fn_cgets },
	{ "cgetv",          "s",    fn_cgetv },
	{ "cgetvs",         "s",    fn_cgetvs },
	{ "contains",       "ss",   ptxi_confd_contains },
	{ "datetime",       "",     ptxi_confd_datetime },
	{ "dir",            "s",    ptxi_confd_dir },
	{ "div",            "vv",   ptxi_confd_div },
	{ "eq",             "vv",   ptxi_confd_eq },
	{ "exists",         "s",    fn_exists },
	{ "fileExists",     "s",    ptxi_confd_file_exists },
	{ "filter",         "sv",   ptxi_confd_filter },
	{ "ge",             "vv",   ptxi_confd_ge },
	{ "get",            "s",    fn_get },
	{ "getenv",         "ss*",  ptxi_confd_getenv },
	{ "gets",           "s",    fn_get_all },
	{ "getv",           "ss*",  fn_getv },
	{ "getvs",          "s",    fn_getvs },
	{ "gt",             "vv",   ptxi_confd_gt },
	{ "join",           "Ss",   ptxi_confd_join },
	{ "json",           "s",    ptxi_confd_json },
	{ "jsonArray",      "s",    ptxi_confd_json_array },
	{ "le",             "vv",   ptxi_confd_le },
	{ "lookupIP",       "s",    ptxi_confd_lookup_ip },
	{ "lookupIPV4",     "s",    ptxi_confd_lookup_ipv4 },
	{ "lookupIPV6",     "s",    ptxi_confd_lookup_ipv6 },
	{ "lookupSRV",      "sss",  ptxi_confd_lookup_srv },
	{ "ls",             "s",    fn_ls },
	{ "lsdir",          "s",    fn_lsdir },
	{ "lt",             "vv",   ptxi_confd_lt },
	{ "map",            "v*",   ptxi_confd_map },
	{ "max",            "vv",   ptxi_confd_max },
	{ "min",            "vv",   ptxi_confd_min },
	{ "mod",            "vv",   ptxi_confd_mod },
	{ "mul",            "vv",   ptxi_confd_mul },
	{ "ne",             "vv",   ptxi_confd_ne },
	{ "parseBool",      "s",    ptxi_confd_parse_bool },
	{ "replace",        "sssi", ptxi_confd_replace },
	{ "reverse",        "v",    ptxi_confd_reverse },
	{ "seq",            "ii",   ptxi_confd_seq },
	{ "sortByLength",   "S",    ptxi_confd_sort_by_length },
	{ "sortKVByLength", "K",    ptxi_confd_sort_by_length },
	{ "split",          "ss",   ptxi_confd_split },
	{ "sub",            "vv",   ptxi_confd_sub },
	{ "toJson",         "v",    ptxi_confd_to_json },
	{ "toLower",        "s",    ptxi_confd_to_lower },
	{ "toUpper",        "s",    ptxi_confd_to_upper },
	{ "toYaml",         "v",    ptxi_confd_to_yaml },
	{ "trimSuffix",     "ss",   ptxi_confd_trim_suffix },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_confd = { "confd", rows, PTXI_COUNT(rows) };
