/* SPDX-License-Identifier: Apache-2.0 */
/* answers.c - a user's answers from files and `--set`: each laid over the ones before it. */
#define PTX_AREA PTX_AREA_PACKAGE
#include <pitrix/package.h>

#include "../base/arena.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../value/codec.h"
#include "../value/merge.h"

#define MOST_BYTES (8u << 20)

static int add_file(struct ptx_arena *a, struct ptx_value *into, const char *path,
		    struct ptx_error **err)
{
	const struct ptxi_codec *codec = ptxi_codec_for_file(path);
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	ptx_auto_buf b = { 0 };
	struct ptx_value *v = NULL;
	int rc = 0;

	ptx_buf_init(&b, 0);
	rc = ptxi_fs_read(path, MOST_BYTES, &b, err);
	if (rc < 0)
		return ptx_wrap(err, "while reading the answers in '%s'", path);
	/* JSON is YAML too: a name without a telling end is read as that. */
	if (!codec)
		codec = ptxi_codec_find("yaml");
	o.file = strcmp(path, "-") == 0 ? "standard input" : ptxi_arena_str(a, path);
	o.numbers = PTX_NUMBERS_TEXT;
	v = codec ? codec->parse(a, ptx_buf_str(&b), &o, err)
		  : ptx_json_parse(a, ptx_buf_str(&b), &o, err);
	if (!v)
		return ptx_wrap(err, "while reading the answers in '%s'", path);
	if (ptx_value_kind(v) == PTX_NULL)
		return 0;
	if (ptx_value_kind(v) != PTX_MAP)
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
				   "the answers in '%s' are of type %s, not an object", path,
				   ptx_value_kind_name(v));
	return ptxi_value_merge(a, into, v, err);
}

struct ptx_value *ptx_answers_read(struct ptx_arena *a, const struct ptx_answers_source *src,
				   struct ptx_error **err)
{
	struct ptx_answers_source o = { 0 };
	struct ptx_value *all = ptx_value_map(a);

	if (PTXI_OPTS_READ(&o, src, err) < 0)
		return NULL;
	for (size_t i = 0; o.files && o.files[i]; i++)
		if (add_file(a, all, o.files[i], err) < 0)
			return NULL;
	for (size_t i = 0; o.sets && o.sets[i]; i++)
		if (ptx_strvals_apply(a, all, o.sets[i], false, err) < 0)
			return NULL;
	for (size_t i = 0; o.set_strings && o.set_strings[i]; i++)
		if (ptx_strvals_apply(a, all, o.set_strings[i], true, err) < 0)
			return NULL;
	return ptxi_arena_check(a, err) < 0 ? NULL : all;
}
