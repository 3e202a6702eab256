/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_regex.c - a first line that is a pattern, then a text: replacing each match with itself
 * changes nothing, the parts between matches are parts of the text, and a quoted pattern finds
 * itself. */
#include <stdlib.h>

#include "fuzz.h"
#include "text/regex.h"

static int count_part(struct ptx_str part, void *user)
{
	*(size_t *)user += part.n;
	return 0;
}

static void check_quote(struct ptx_str pattern)
{
	ptx_auto(error) err = NULL;
	ptx_auto_buf quoted = { 0 };
	ptxi_auto(regex) re = NULL;

	ptx_buf_init(&quoted, 0);
	ptx_buf_adds(&quoted, "");
	ptxi_regex_quote(pattern, &quoted);
	re = ptxi_regex_compile(ptx_buf_str(&quoted), &err);
	if (!re &&
	    (!err || (ptx_error_code(err) != PTX_E_LIMIT && ptx_error_code(err) != PTX_E_SYNTAX)))
		abort();
	if (re && ptxi_regex_match(re, pattern, &err) != 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptx_str text = ptxi_strn((const char *)data, size);
	size_t line = ptxi_str_find_char(text, '\n');
	struct ptx_str pattern = line < size ? ptxi_strn(text.p, line) : text;
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	ptxi_auto(regex) re = ptxi_regex_compile(pattern, &err);
	size_t n = 0;

	text = ptxi_str_from(text, line < size ? line + 1 : size);
	check_quote(pattern);
	if (!re) {
		if (!err || !ptx_error_message(err)[0])
			abort();
		return 0;
	}
	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, "");
	if (ptxi_regex_replace(re, text, PTXI_STR("${0}"), false, &out, &err) < 0 ||
	    !ptxi_str_eq(ptx_buf_str(&out), text))
		abort();
	if (ptxi_regex_split(re, text, -1, count_part, &n, &err) < 0 || n > text.n)
		abort();
	return 0;
}
