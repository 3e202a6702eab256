/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_template.c - a hostile template is refused or rendered within its limits, twice the same. */
#include <stdlib.h>

#include "fuzz.h"
#include "template/confd_kv.h"
#include "template/exec.h"

#include <pitrix/codec.h>

static struct ptx_value *make_data(struct ptx_arena *a)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;

	opts.numbers = PTX_NUMBERS_EXACT;
	return ptx_json_parse(
	    a,
	    ptxi_str("{\"s\":\"str\",\"n\":3,\"f\":1.5,\"nil\":null,\"l\":[1,\"a\",null,[2]],"
		     "\"m\":{\"a\":{\"b\":true}},\"u\":18446744073709551615}"),
	    &opts, NULL);
}

static int64_t now(void *user)
{
	(void)user;
	return 1700000000123456789;
}

static int count_up(void *bytes, size_t n, void *user)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)bytes)[i] = (*(unsigned char *)user)++;
	return 0;
}

/* Keys come from elsewhere, and passwords take long on purpose. */
static bool is_slow_or_random(struct ptx_str text)
{
	static const char *const names[] = { "gen", "bcrypt", "htpasswd", "derivePassword" };

	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		if (ptxi_str_find(text, ptxi_str(names[i])) != SIZE_MAX)
			return true;
	return false;
}

static int render(const struct ptx_template *t, const struct ptx_value *data,
		  const struct ptxi_confd_kv *kv, struct ptx_buf *out)
{
	struct ptx_execute_opts opts = PTX_EXECUTE_OPTS_INIT;
	unsigned char next = 0;
	struct ptxi_template_env env = {
		.kv = kv, .now_ns = now, .random = count_up, .user = &next
	};
	ptx_auto(error) err = NULL;
	int code = 0;

	opts.max_steps = 5000;
	opts.max_depth = 100;
	opts.max_output = 1 << 20;
	opts.max_memory = 4 << 20;
	code = ptxi_template_execute(t, "t", data, &opts, &env, out, &err);
	if (code < 0 && (!err || !ptx_error_message(err)[0]))
		abort();
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned families[] = { 0, PTX_FUNCS_CONFD, PTX_FUNCS_SPRIG,
					     PTX_FUNCS_SPRIG | PTX_FUNCS_HELM };
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf one = { 0 };
	ptx_auto_buf two = { 0 };
	ptxi_auto(confd_kv) kv = ptxi_confd_kv_new();
	ptx_auto(template) t = NULL;

	if (is_slow_or_random(ptxi_strn((const char *)data, size)))
		return 0;
	opts.families = families[size ? data[0] % 4 : 0];
	ptx_buf_init(&one, 0);
	ptx_buf_init(&two, 0);
	t = ptx_template_new(&opts, &err);
	if (!t || ptxi_confd_kv_set(kv, PTXI_STR("/a/b"), PTXI_STR("1"), &err) < 0)
		abort();
	if (ptx_template_parse(t, "t", ptxi_strn((const char *)data, size), &err) < 0) {
		if (!err || !ptx_error_message(err)[0])
			abort();
		return 0;
	}
	if (render(t, make_data(a), kv, &one) != render(t, make_data(a), kv, &two) ||
	    !ptxi_str_eq(ptx_buf_str(&one), ptx_buf_str(&two)))
		abort();
	return 0;
}
