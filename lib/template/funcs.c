/* SPDX-License-Identifier: Apache-2.0 */
/* funcs.c - finding functions, and the letters of their parameters. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs.h"
#include "../base/unicode.h"
#include "../base/utf8.h"

#include <pitrix/template.h>

static struct ptx_value nil_value = { .kind = PTX_NULL };
struct ptx_value *const ptxi_nil = &nil_value;

size_t ptxi_func_families(unsigned which, const struct ptxi_func_family *out[PTXI_FUNC_FAMILIES])
{
	static const struct ptxi_func_family *const sprig[] = {
		&ptxi_funcs_string, &ptxi_funcs_list,   &ptxi_funcs_dict, &ptxi_funcs_math,
		&ptxi_funcs_type,   &ptxi_funcs_encode, &ptxi_funcs_path, &ptxi_funcs_regex,
		&ptxi_funcs_semver, &ptxi_funcs_date,   &ptxi_funcs_net,  &ptxi_funcs_crypto,
	};
	size_t n = 0;

	if (which & PTX_FUNCS_CONFD)
		out[n++] = &ptxi_funcs_confd;
	if (which & PTX_FUNCS_HELM)
		out[n++] = &ptxi_funcs_helm;
	for (size_t i = 0; (which & PTX_FUNCS_SPRIG) && i < PTXI_COUNT(sprig); i++)
		out[n++] = sprig[i];
	out[n++] = &ptxi_funcs_builtin;
	return n;
}

const struct ptxi_func *ptxi_func_find(const struct ptxi_func_family *family, struct ptx_str name)
{
	size_t lo = 0;
	size_t hi = family->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = ptxi_str_cmp(name, ptxi_str(family->rows[mid].name));

		if (c == 0)
			return &family->rows[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

bool ptxi_func_name_ok(struct ptx_str name)
{
	bool first = true;

	if (name.n == 0)
		return false;
	for (; name.n; first = false) {
		size_t len = 0;
		uint32_t c = ptxi_utf8_decode(name, &len);

		if (c != '_' && !ptxi_unicode_is_letter(c) && (first || !ptxi_unicode_is_digit(c)))
			return false;
		name = ptxi_str_from(name, len);
	}
	return true;
}

void ptxi_func_count(const char *params, size_t *least, size_t *most)
{
	size_t n = strlen(params);
	bool variadic = n && params[n - 1] == '*';

	*least = variadic ? n - 2 : n;
	*most = variadic ? SIZE_MAX : n;
}

char ptxi_func_param(const char *params, size_t i)
{
	size_t n = strlen(params);
	bool variadic = n && params[n - 1] == '*';

	return variadic && i >= n - 2 ? params[n - 2] : params[i];
}

const char *ptxi_func_type_name(char param)
{
	switch (param) {
	case 'v':
		return "interface {}";
	case 'r':
		return "reflect.Value";
	case 's':
		return "string";
	case 'b':
		return "bool";
	case 'i':
		return "int";
	case 'I':
		return "int64";
	case 'U':
		return "uint32";
	case 'f':
		return "float64";
	case 'T':
		return "time.Time";
	case 'C':
		return "sprig.certificate";
	case 'V':
		return "*semver.Version";
	case 'D':
		return "time.Duration";
	case 'm':
		return "map[string]interface {}";
	case 'l':
		return "[]interface {}";
	case 'S':
		return "[]string";
	case 'K':
		return "[]libconfd.KVPair";
	default:
		return "unknown";
	}
}
