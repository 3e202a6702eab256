/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd.c - confd's functions, as OpenPitrix's agent has them: keys and values, strings, lists, documents.
 *
 * They forgive: a key that does not exist, a malformed pattern or document gives an empty result, and the environment
 * hears of it. Where there is nothing, lists of strings are Go's nil (JSON's null), lists of pairs empty.
 * `reverse` and the sorts change the list they are given, as Go's do to the slice; only functions make such lists,
 * so that no data of the caller's is changed. Encrypted values (`cget` and its like) need a private PGP key, which
 * no environment has: they are empty.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "exec.h"
#include "funcs_confd.h"
#include "confd_kv.h"
#include "../base/encode.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/time.h"
#include "../base/utf8.h"
#include "../text/regex.h"
#include "../text/runes.h"
#include "../value/codec.h"

#include <arpa/inet.h>
#include <math.h>

#define FN(name) \
	static struct ptx_value *fn_##name(struct ptxi_exec *x, struct ptx_value **args, size_t n, struct ptx_error **err)
#define DEEPEST 1000u

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
	return need_kv(x, err) ? ptxi_result_bool(x, ptxi_confd_kv_get(x->env->kv, args[0]->s)) : NULL;
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

static int by_bytes(const void *a, const void *b, void *user)
{
	struct ptx_value *const *x = a;
	struct ptx_value *const *y = b;

	(void)user;
	return ptxi_str_cmp(ptx_value_str(*x), ptx_value_str(*y));
}

static bool sort_list(struct ptx_value *list, ptxi_compare_fn compare, struct ptx_error **err)
{
	if (list && ptxi_sort(list->list.v, list->list.n, sizeof(*list->list.v), compare, NULL))
		return true;
	ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return false;
}

static struct ptx_value *matching(struct ptxi_exec *x, struct ptx_str pattern, ptxi_confd_kv_pair_fn fn,
				  enum ptxi_go type, struct ptx_error **err)
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
	return sort_list(list, by_bytes, err) ? list : NULL;
}

static int add_name(struct ptx_str name, void *user)
{
	struct gathering *g = user;

	ptx_value_append(g->list, ptx_value_strn(g->x->arena, name));
	return ptx_arena_status(g->x->arena);
}

static struct ptx_value *listing(struct ptxi_exec *x, struct ptx_str path,
				 int (*list_fn)(const struct ptxi_confd_kv *, struct ptx_str, ptxi_confd_kv_name_fn, void *),
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
	if (!sort_list(g.list, by_bytes, err))
		return NULL;
	for (size_t i = 0; i < g.list->list.n; i++)
		if (i == 0 || by_bytes(&g.list->list.v[i], &g.list->list.v[kept - 1], NULL) != 0)
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

/* --- strings */

static struct ptx_str without_slashes(struct ptx_str s)
{
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

FN(base)
{
	struct ptx_str s = without_slashes(args[0]->s);
	size_t slash = ptxi_str_rfind_char(s, '/');

	(void)n;
	(void)err;
	if (s.n == 0)
		return ptxi_result_str(x, args[0]->s.n ? PTXI_STR("/") : PTXI_STR("."));
	return ptxi_result_str(x, slash == SIZE_MAX ? s : ptxi_str_from(s, slash + 1));
}

FN(dir)
{
	size_t slash = ptxi_str_rfind_char(args[0]->s, '/');
	char *folder = ptxi_arena_strn(x->arena, args[0]->s.p, slash == SIZE_MAX ? 0 : slash + 1);
	ptx_auto_str cleaned = folder ? ptxi_path_clean(folder) : NULL;

	(void)n;
	(void)err;
	return cleaned ? ptxi_result_str(x, ptxi_str(cleaned)) : NULL;
}

FN(to_upper)
{
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	ptxi_text_map_runes(args[0]->s, ptxi_rune_upper, &b);
	return ptxi_result_buf(x, &b, err);
}

FN(to_lower)
{
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	ptxi_text_map_runes(args[0]->s, ptxi_rune_lower, &b);
	return ptxi_result_buf(x, &b, err);
}

FN(contains)
{
	(void)n;
	(void)err;
	return ptxi_result_bool(x, ptxi_str_find(args[0]->s, args[1]->s) != SIZE_MAX);
}

/* Puts `with` before each character and at the end, at most `most` times. */
static void replace_nothing(struct ptx_str s, struct ptx_str with, int64_t most, struct ptx_buf *out)
{
	for (int64_t i = 0; i != most; i++) {
		size_t len = 0;

		ptx_buf_addstr(out, with);
		if (s.n == 0)
			return;
		ptxi_utf8_decode(s, &len);
		ptx_buf_add(out, s.p, len);
		s = ptxi_str_from(s, len);
	}
	ptx_buf_addstr(out, s);
}

FN(replace)
{
	struct ptx_str s = args[0]->s;
	struct ptx_str old = args[1]->s;
	int64_t most = args[3]->i;
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	if (old.n == 0) {
		replace_nothing(s, args[2]->s, most, &b);
		return ptxi_result_buf(x, &b, err);
	}
	for (int64_t i = 0; i != most; i++) {
		size_t at = ptxi_str_find(s, old);

		if (at == SIZE_MAX)
			break;
		ptx_buf_add(&b, s.p, at);
		ptx_buf_addstr(&b, args[2]->s);
		s = ptxi_str_from(s, at + old.n);
	}
	ptx_buf_addstr(&b, s);
	return ptxi_result_buf(x, &b, err);
}

FN(trim_suffix)
{
	struct ptx_str s = args[0]->s;
	struct ptx_str suffix = args[1]->s;

	(void)n;
	(void)err;
	if (s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0)
		s.n -= suffix.n;
	return ptxi_result_str(x, s);
}

FN(split)
{
	struct ptx_str s = args[0]->s;
	struct ptx_str sep = args[1]->s;
	struct ptx_value *list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS);

	(void)n;
	if (ptxi_exec_step(x, s.n / (sep.n ? sep.n : 1), err) < 0)
		return NULL;
	while (sep.n == 0 && s.n) {
		size_t len = 0;

		ptxi_utf8_decode(s, &len);
		ptx_value_append(list, ptxi_result_str(x, ptxi_str_sub(s, 0, len)));
		s = ptxi_str_from(s, len);
	}
	while (sep.n) {
		size_t at = ptxi_str_find(s, sep);

		ptx_value_append(list, ptxi_result_str(x, at == SIZE_MAX ? s : ptxi_str_sub(s, 0, at)));
		if (at == SIZE_MAX)
			break;
		s = ptxi_str_from(s, at + sep.n);
	}
	return list;
}

FN(join)
{
	const struct ptx_value *list = args[0];
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	for (size_t i = 0; i < list->list.n; i++) {
		if (i)
			ptx_buf_addstr(&b, args[1]->s);
		ptx_buf_addstr(&b, ptx_value_str(list->list.v[i]));
	}
	return ptxi_result_buf(x, &b, err);
}

FN(base64_encode)
{
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	ptxi_base64_encode(PTXI_BASE64_STD, args[0]->s, &b);
	return ptxi_result_buf(x, &b, err);
}

FN(base64_decode)
{
	struct ptx_buf b;
	size_t at = 0;

	(void)n;
	ptxi_exec_buf(x, &b);
	if (!ptxi_base64_decode(PTXI_BASE64_STD, args[0]->s, &b, &at)) {
		ptxi_confd_warn(x, "base64Decode: illegal base64 data at input byte %zu", at);
		ptx_buf_clear(&b);
	}
	return ptxi_result_buf(x, &b, err);
}

FN(parse_bool)
{
	static const char *const words[] = { "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False" };

	(void)n;
	(void)err;
	for (size_t i = 0; i < PTXI_COUNT(words); i++)
		if (ptxi_str_is(args[0]->s, words[i]))
			return ptxi_result_bool(x, i < PTXI_COUNT(words) / 2);
	ptxi_confd_warn(x, "parseBool: '%.*s' is no boolean", PTX_STR_ARG(args[0]->s));
	return ptxi_result_bool(x, false);
}

/* --- lists and maps */

FN(reverse)
{
	struct ptx_value *list = args[0];

	(void)x;
	(void)n;
	(void)err;
	if (list->kind != PTX_LIST || (ptxi_go_of(list) != PTXI_GO_STRINGS && ptxi_go_of(list) != PTXI_GO_PAIRS))
		return list;
	for (size_t i = 0, j = list->list.n; i + 1 < j; i++) {
		struct ptx_value *v = list->list.v[i];

		list->list.v[i] = list->list.v[--j];
		list->list.v[j] = v;
	}
	return list;
}

static size_t length_of(const struct ptx_value *v)
{
	return v->kind == PTX_MAP ? ptx_value_str(ptx_value_get(v, "Key")).n : ptx_value_str(v).n;
}

static int by_length(const void *a, const void *b, void *user)
{
	size_t x = length_of(*(struct ptx_value *const *)a);
	size_t y = length_of(*(struct ptx_value *const *)b);

	(void)user;
	return (x > y) - (x < y);
}

FN(sort_by_length)
{
	(void)x;
	(void)n;
	return sort_list(args[0], by_length, err) ? args[0] : NULL;
}

FN(map)
{
	struct ptx_value *map = ptx_value_map(x->arena);

	(void)err;
	if (n % 2) {
		ptxi_confd_warn(x, "map: a key without a value");
		return ptxi_go_new_nil(x->arena, PTX_MAP, PTXI_GO_PLAIN);
	}
	for (size_t i = 0; i < n; i += 2) {
		if (args[i]->kind != PTX_STRING) {
			ptxi_confd_warn(x, "map: keys must be strings");
			return ptxi_go_new_nil(x->arena, PTX_MAP, PTXI_GO_PLAIN);
		}
		ptx_value_setn(map, args[i]->s, args[i + 1]);
	}
	return map;
}

FN(filter)
{
	struct ptx_value *list = args[1];
	struct ptx_value *kept = ptx_value_list(x->arena);
	ptxi_auto(regex) re = NULL;

	(void)n;
	if (ptxi_go_kind(list) != PTXI_KIND_SLICE) {
		ptx_fail(err, PTX_E_INVALID, "filter only support slice or array.");
		return NULL;
	}
	for (size_t i = 0; i < ptx_value_count(list); i++) {
		struct ptx_value *v = list->list.v[i];
		bool is_pair = v->kind == PTX_MAP && ptxi_go_of(v) == PTXI_GO_PAIR;
		int matched = 0;

		if (!is_pair && ptxi_go_kind(v) != PTXI_KIND_STRING)
			continue;
		if (!re)
			re = ptxi_regex_compile(args[0]->s, err);
		if (!re)
			return NULL;
		matched = ptxi_regex_match(re, ptx_value_str(is_pair ? ptx_value_get(v, "Value") : v), err);
		if (matched < 0)
			return NULL;
		if (matched)
			ptx_value_append(kept, is_pair || v->kind == PTX_STRING ? v : ptxi_result_str(x, v->s));
	}
	return kept;
}

/* --- documents */

/* The value with what only Go has put plainly: typed nils as null, and for YAML the fields of pairs in small
 * letters. NULL with *err set. */
static struct ptx_value *plain(struct ptxi_exec *x, struct ptx_value *v, bool yaml, unsigned depth,
			       struct ptx_error **err)
{
	struct ptx_value *to = NULL;

	if (depth > DEEPEST) {
		ptx_fail(err, PTX_E_LIMIT, "the value is nested deeper than %u levels", DEEPEST);
		return NULL;
	}
	if (ptxi_go_is_nil(v) && (v->kind == PTX_MAP || v->kind == PTX_LIST))
		return v->kind == PTX_MAP && yaml ? ptx_value_map(x->arena)
		       : yaml                     ? ptx_value_list(x->arena)
						  : ptxi_nil;
	if (v->kind == PTX_FLOAT && !yaml && !isfinite(v->f)) {
		ptx_fail(err, PTX_E_INVALID, "json: unsupported value: %s", isnan(v->f) ? "NaN" : v->f < 0 ? "-Inf" : "+Inf");
		return NULL;
	}
	if (ptxi_go_kind(v) == PTXI_KIND_COMPLEX) {
		ptx_fail(err, PTX_E_INVALID, "%s: unsupported type: complex128", yaml ? "yaml" : "json");
		return NULL;
	}
	if (v->kind == PTX_LIST) {
		to = ptx_value_list(x->arena);
		for (size_t i = 0; i < v->list.n; i++) {
			struct ptx_value *item = plain(x, v->list.v[i], yaml, depth + 1, err);

			if (!item)
				return NULL;
			ptx_value_append(to, item);
		}
		return to;
	}
	if (v->kind != PTX_MAP)
		return v;
	to = ptx_value_map(x->arena);
	for (size_t i = 0; i < v->map.n; i++) {
		struct ptx_value *item = plain(x, v->map.v[i].value, yaml, depth + 1, err);
		bool field = yaml && ptxi_go_of(v) == PTXI_GO_PAIR;

		if (!item)
			return NULL;
		if (field)
			ptx_value_set(to, ptxi_str_is(v->map.v[i].key, "Key") ? "key" : "value", item);
		else
			ptx_value_setn(to, v->map.v[i].key, item);
	}
	return to;
}

FN(to_json)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_value *v = plain(x, args[0], false, 0, err);
	struct ptx_buf b;

	(void)n;
	if (!v)
		return NULL;
	style.sort_keys = true;
	style.escape_html = true;
	ptxi_exec_buf(x, &b);
	ptx_json_format(v, &style, &b);
	return ptxi_result_buf(x, &b, err);
}

FN(to_yaml)
{
	struct ptx_value *v = plain(x, args[0], true, 0, err);
	struct ptx_buf b;

	(void)n;
	if (!v)
		return NULL;
	ptxi_exec_buf(x, &b);
	ptx_yaml_format(v, &b);
	return ptxi_result_buf(x, &b, err);
}

/* A document of a kind, or a typed nil where it is none of it. */
static struct ptx_value *document(struct ptxi_exec *x, struct ptx_str text, enum ptx_kind kind)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_error *err = NULL;
	struct ptx_value *v = NULL;

	opts.numbers = PTX_NUMBERS_FLOAT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	v = ptx_json_parse(x->arena, text, &opts, &err);
	if (v && ptx_value_kind(v) == kind)
		return v;
	if (err)
		ptxi_confd_warn(x, "%s", ptx_error_message(err));
	else if (ptx_value_kind(v) != PTX_NULL)
		ptxi_confd_warn(x, "the JSON text is of kind %s", ptx_value_kind_name(v));
	ptx_error_free(err);
	return ptxi_go_new_nil(x->arena, kind, PTXI_GO_PLAIN);
}

FN(json)
{
	(void)n;
	(void)err;
	return document(x, args[0]->s, PTX_MAP);
}

FN(json_array)
{
	(void)n;
	(void)err;
	return document(x, args[0]->s, PTX_LIST);
}

/* --- the world outside */

static struct ptx_value *not_here(const char *name, struct ptx_error **err)
{
	ptx_fail(err, PTX_E_UNSUPPORTED, "%s is not available here", name);
	return NULL;
}

FN(getenv)
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

FN(file_exists)
{
	char *path = ptxi_arena_strn(x->arena, args[0]->s.p, args[0]->s.n);

	(void)n;
	if (!x->env->file_exists)
		return not_here("fileExists", err);
	return ptxi_result_bool(x, path && strlen(path) == args[0]->s.n && x->env->file_exists(path, x->env->user));
}

FN(datetime)
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
static struct ptx_value *addresses(struct ptxi_exec *x, struct ptx_str host, int family, struct ptx_error **err)
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
	return sort_list(list, by_bytes, err) ? list : NULL;
}

FN(lookup_ip)
{
	(void)n;
	return addresses(x, args[0]->s, 0, err);
}

FN(lookup_ipv4)
{
	(void)n;
	return addresses(x, args[0]->s, 4, err);
}

FN(lookup_ipv6)
{
	(void)n;
	return addresses(x, args[0]->s, 6, err);
}

FN(lookup_srv)
{
	(void)x;
	(void)args;
	(void)n;
	return not_here("lookupSRV", err);
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "add",            "vv",   ptxi_confd_add },
	{ "atoi",           "s",    ptxi_confd_to_int },
	{ "base",           "s",    fn_base },
	{ "base64Decode",   "s",    fn_base64_decode },
	{ "base64Encode",   "s",    fn_base64_encode },
	{ "cget",           "s",    fn_cget },
	{ "cgets",          "s",    fn_cgets },
	{ "cgetv",          "s",    fn_cgetv },
	{ "cgetvs",         "s",    fn_cgetvs },
	{ "contains",       "ss",   fn_contains },
	{ "datetime",       "",     fn_datetime },
	{ "dir",            "s",    fn_dir },
	{ "div",            "vv",   ptxi_confd_div },
	{ "eq",             "vv",   ptxi_confd_eq },
	{ "exists",         "s",    fn_exists },
	{ "fileExists",     "s",    fn_file_exists },
	{ "filter",         "sv",   fn_filter },
	{ "ge",             "vv",   ptxi_confd_ge },
	{ "get",            "s",    fn_get },
	{ "getenv",         "ss*",  fn_getenv },
	{ "gets",           "s",    fn_get_all },
	{ "getv",           "ss*",  fn_getv },
	{ "getvs",          "s",    fn_getvs },
	{ "gt",             "vv",   ptxi_confd_gt },
	{ "join",           "Ss",   fn_join },
	{ "json",           "s",    fn_json },
	{ "jsonArray",      "s",    fn_json_array },
	{ "le",             "vv",   ptxi_confd_le },
	{ "lookupIP",       "s",    fn_lookup_ip },
	{ "lookupIPV4",     "s",    fn_lookup_ipv4 },
	{ "lookupIPV6",     "s",    fn_lookup_ipv6 },
	{ "lookupSRV",      "sss",  fn_lookup_srv },
	{ "ls",             "s",    fn_ls },
	{ "lsdir",          "s",    fn_lsdir },
	{ "lt",             "vv",   ptxi_confd_lt },
	{ "map",            "v*",   fn_map },
	{ "max",            "vv",   ptxi_confd_max },
	{ "min",            "vv",   ptxi_confd_min },
	{ "mod",            "vv",   ptxi_confd_mod },
	{ "mul",            "vv",   ptxi_confd_mul },
	{ "ne",             "vv",   ptxi_confd_ne },
	{ "parseBool",      "s",    fn_parse_bool },
	{ "replace",        "sssi", fn_replace },
	{ "reverse",        "v",    fn_reverse },
	{ "seq",            "ii",   ptxi_confd_seq },
	{ "sortByLength",   "S",    fn_sort_by_length },
	{ "sortKVByLength", "K",    fn_sort_by_length },
	{ "split",          "ss",   fn_split },
	{ "sub",            "vv",   ptxi_confd_sub },
	{ "toJson",         "v",    fn_to_json },
	{ "toLower",        "s",    fn_to_lower },
	{ "toUpper",        "s",    fn_to_upper },
	{ "toYaml",         "v",    fn_to_yaml },
	{ "trimSuffix",     "ss",   fn_trim_suffix },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_confd = { "confd", rows, PTXI_COUNT(rows) };
