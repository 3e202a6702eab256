/* SPDX-License-Identifier: Apache-2.0 */
/* codec.c - the one table of formats, and what they all write alike. */
#define PTX_AREA PTX_AREA_VALUE
#include "codec.h"
#include "value.h"

#include <strings.h>

static void format_json(const struct ptx_value *v, struct ptx_buf *out)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;

	style.indent = 2;
	ptx_json_format(v, &style, out);
	ptx_buf_addc(out, '\n');
}

static const char *const json_extensions[] = { ".json", NULL };
static const char *const toml_extensions[] = { ".toml", NULL };
static const char *const yaml_extensions[] = { ".yaml", ".yml", NULL };

static const struct ptxi_codec codecs[] = {
	{ "json", json_extensions, ptx_json_parse, format_json },
	{ "toml", toml_extensions, ptx_toml_parse, NULL },
	{ "yaml", yaml_extensions, ptx_yaml_parse, ptx_yaml_format },
};

const struct ptxi_codec *ptxi_codec_find(const char *name)
{
	for (size_t i = 0; i < PTXI_COUNT(codecs); i++)
		if (strcmp(codecs[i].name, name) == 0)
			return &codecs[i];
	return NULL;
}

const struct ptxi_codec *ptxi_codec_for_file(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < PTXI_COUNT(codecs); i++)
		for (const char *const *e = codecs[i].extensions; *e; e++)
			if (n > strlen(*e) && strcasecmp(path + n - strlen(*e), *e) == 0)
				return &codecs[i];
	return NULL;
}

bool ptxi_codec_plain(const struct ptx_value *v, struct ptx_buf *out)
{
	switch (ptx_value_kind(v)) {
	case PTX_BOOL:
		ptx_buf_adds(out, v->b ? "true" : "false");
		return true;
	case PTX_INT:
		ptx_buf_printf(out, "%lld", (long long)v->i);
		return true;
	case PTX_UINT:
		ptx_buf_printf(out, "%llu", (unsigned long long)v->u);
		return true;
	case PTX_NUMBER:
		ptx_buf_addstr(out, v->s);
		return true;
	default:
		return false;
	}
}
