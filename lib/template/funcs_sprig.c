/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_sprig.c - what the families of Sprig's functions share. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../base/rand.h"
#include "../base/time.h"
#include "../text/gocast.h"

struct ptx_value *ptxi_result_int(struct ptxi_exec *x, int64_t i)
{
	return ptxi_go_new_int(x->arena, i);
}

struct ptx_value *ptxi_result_int64(struct ptxi_exec *x, int64_t i)
{
	return ptx_value_int(x->arena, i);
}

struct ptx_value *ptxi_result_float(struct ptxi_exec *x, double f)
{
	return ptx_value_float(x->arena, f);
}

bool ptxi_is_slice(const struct ptx_value *v)
{
	return ptxi_go_kind(v) == PTXI_KIND_SLICE;
}

size_t ptxi_list_count(const struct ptx_value *list)
{
	return list->kind == PTX_LIST ? list->list.n : list->s.n;
}

struct ptx_value *ptxi_list_at(struct ptxi_exec *x, const struct ptx_value *list, size_t i)
{
	struct ptx_value *byte = NULL;

	if (list->kind == PTX_LIST)
		return list->list.v[i];
	byte = ptx_value_int(x->arena, (unsigned char)list->s.p[i]);
	if (byte)
		byte->go = PTXI_GO_UINT8;
	return byte;
}

char *ptxi_result_room(struct ptxi_exec *x, size_t n, struct ptx_value **v)
{
	char *p = ptxi_arena_bytes(x->arena, n < SIZE_MAX ? n + 1 : n);

	if (!p)
		return NULL;
	p[n] = '\0';
	*v = ptxi_value_string_in(x->arena, ptxi_strn(p, n), PTX_STRING);
	return *v ? p : NULL;
}

struct ptx_value *ptxi_func_fail(struct ptx_error **err, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	ptx_buf_init(&text, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	ptx_fail(err, PTX_E_INVALID, "%s", text.p);
	return NULL;
}

int ptxi_exec_random(struct ptxi_exec *x, void *bytes, size_t n, struct ptx_error **err)
{
	int code = 0;

	if (!x->env->random) {
		ptxi_rand_bytes(bytes, n);
		return 0;
	}
	code = x->env->random(bytes, n, x->env->user);
	return code < 0 ? ptx_fail(err, code, "there are no random bytes") : 0;
}

int ptxi_exec_random_below(struct ptxi_exec *x, uint64_t below, uint64_t *out,
			   struct ptx_error **err)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % below;

	do {
		int code = ptxi_exec_random(x, out, sizeof(*out), err);

		if (code < 0)
			return code;
	} while (*out >= limit);
	*out %= below;
	return 0;
}

int64_t ptxi_exec_now(const struct ptxi_exec *x)
{
	return x->env->now_ns ? x->env->now_ns(x->env->user) : ptxi_time_wall_ns();
}

struct ptx_str *ptxi_func_strings(struct ptxi_exec *x, const struct ptx_value *v, size_t *count)
{
	size_t most = ptxi_is_slice(v) ? ptxi_list_count(v) : 1;
	struct ptx_str *strings = ptxi_arena_array(x->arena, most + 1, sizeof(*strings));

	*count = 0;
	if (!strings || ptx_value_kind(v) == PTX_NULL)
		return strings;
	if (!ptxi_is_slice(v)) {
		strings[(*count)++] = ptxi_go_strval(v, x->arena);
		return strings;
	}
	for (size_t i = 0; i < most; i++) {
		const struct ptx_value *item = ptxi_list_at(x, v, i);

		if (ptx_value_kind(item) != PTX_NULL)
			strings[(*count)++] = ptxi_go_strval(item, x->arena);
	}
	return ptx_arena_status(x->arena) ? NULL : strings;
}

struct ptx_value *ptxi_func_string_list(struct ptxi_exec *x, const struct ptx_value *v)
{
	size_t n = 0;
	struct ptx_str *strings = ptxi_func_strings(x, v, &n);
	struct ptx_value *list = strings ? ptxi_go_new_list(x->arena, PTXI_GO_STRINGS) : NULL;

	for (size_t i = 0; list && i < n; i++)
		ptx_value_append(list, ptxi_value_string_in(x->arena, strings[i], PTX_STRING));
	return list;
}
