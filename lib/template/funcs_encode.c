/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_encode.c - Sprig's functions on base64, base32 and JSON. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../base/encode.h"
#include "../text/gojson.h"

#include <pitrix/codec.h>

PTXI_FN(b64enc)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_base64_encode(PTXI_BASE64_STD, args[0]->s, &b);
	return ptxi_result_buf(x, &b, err);
}

/* A text that cannot be decoded gives Go's words for that. */
PTXI_FN(b64dec)
{
	struct ptx_buf b;
	size_t at = 0;

	ptxi_exec_buf(x, &b);
	if (!ptxi_base64_decode(PTXI_BASE64_STD, args[0]->s, &b, &at))
		ptx_buf_printf(&b, "illegal base64 data at input byte %zu", at);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(b32enc)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_base32_encode(args[0]->s, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(b32dec)
{
	struct ptx_buf b;
	size_t at = 0;

	ptxi_exec_buf(x, &b);
	if (!ptxi_base32_decode(args[0]->s, &b, &at))
		ptx_buf_printf(&b, "illegal base32 data at input byte %zu", at);
	return ptxi_result_buf(x, &b, err);
}

static struct ptx_value *as_json(struct ptxi_exec *x, const struct ptx_value *v, unsigned indent,
				 bool escape_html, struct ptx_error **err)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	const struct ptx_value *plain = ptxi_go_plain(x->arena, v, err);
	struct ptx_buf b;

	if (!plain)
		return NULL;
	style.indent = indent;
	style.sort_keys = true;
	style.escape_html = escape_html;
	ptxi_exec_buf(x, &b);
	ptx_json_format(plain, &style, &b);
	return ptxi_result_buf(x, &b, err);
}

/* The text of what can be written as JSON, else an empty one; limits fail all the same. */
static struct ptx_value *forgiven(struct ptxi_exec *x, struct ptx_value *v, struct ptx_error **err)
{
	if (v || !*err || ptx_error_code(*err) != PTX_E_INVALID)
		return v;
	ptxi_error_drop(err);
	return ptxi_result_str(x, PTXI_STR(""));
}

PTXI_FN(must_to_json)
{
	return as_json(x, args[0], 0, true, err);
}

PTXI_FN(to_json)
{
	return forgiven(x, as_json(x, args[0], 0, true, err), err);
}

PTXI_FN(must_to_pretty_json)
{
	return as_json(x, args[0], 2, true, err);
}

PTXI_FN(to_pretty_json)
{
	return forgiven(x, as_json(x, args[0], 2, true, err), err);
}

PTXI_FN(to_raw_json)
{
	return as_json(x, args[0], 0, false, err);
}

PTXI_FN(must_from_json)
{
	ptx_auto_buf why = { 0 };
	struct ptx_value *v = NULL;

	ptx_buf_init(&why, 0);
	v = ptxi_go_json_decode(x->arena, args[0]->s, PTX_NULL, &why, NULL);
	if (!v)
		ptx_fail(err, PTX_E_INVALID, "%s", why.p);
	return v;
}

PTXI_FN(from_json)
{
	ptx_auto_buf why = { 0 };
	struct ptx_value *partial = ptxi_nil;
	struct ptx_value *v = NULL;

	ptx_buf_init(&why, 0);
	v = ptxi_go_json_decode(x->arena, args[0]->s, PTX_NULL, &why, &partial);
	return v ? v : partial;
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "b32dec",           "s", fn_b32dec },
	{ "b32enc",           "s", fn_b32enc },
	{ "b64dec",           "s", fn_b64dec },
	{ "b64enc",           "s", fn_b64enc },
	{ "fromJson",         "s", fn_from_json },
	{ "mustFromJson",     "s", fn_must_from_json },
	{ "mustToJson",       "v", fn_must_to_json },
	{ "mustToPrettyJson", "v", fn_must_to_pretty_json },
	{ "mustToRawJson",    "v", fn_to_raw_json },
	{ "toJson",           "v", fn_to_json },
	{ "toPrettyJson",     "v", fn_to_pretty_json },
	{ "toRawJson",        "v", fn_to_raw_json },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_encode = { "encode", rows, PTXI_COUNT(rows) };
