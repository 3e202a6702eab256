/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_semver.c - a first line that is a constraint, then a version: a version that can be read
 * prints as one that reads the same, unless the parts that it left out make it too long, and what
 * has no end is refused. */
#include <stdlib.h>

#include "fuzz.h"
#include "text/semver.h"

#define LONGEST 256u /* of a version, as Masterminds has it */

static void check_print(const struct ptxi_semver *v)
{
	ptx_auto_buf out = { 0 };
	struct ptxi_semver again;
	struct ptxi_semver next;

	ptx_buf_init(&out, 0);
	ptxi_semver_print(v, &out);
	if (!ptx_buf_ok(&out))
		abort();
	if (ptxi_semver_parse(ptx_buf_str(&out), false, &again, NULL) < 0) {
		if (out.n <= LONGEST)
			abort();
	} else if (ptxi_semver_compare(v, &again) != 0) {
		abort();
	}
	if (ptxi_semver_next(v, PTXI_SEMVER_MINOR, &next) && ptxi_semver_compare(&next, v) <= 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptx_str rest = ptxi_strn((const char *)data, size);
	size_t line = ptxi_str_find_char(rest, '\n');
	struct ptx_str first = line < size ? ptxi_strn(rest.p, line) : rest;
	ptx_auto(error) err = NULL;
	ptx_auto(error) why = NULL;
	ptxi_auto(constraint) c = ptxi_constraint_parse(first, &err);
	ptx_auto_buf out = { 0 };
	struct ptxi_semver v;

	rest = ptxi_str_from(rest, line < size ? line + 1 : size);
	if (!c && (!err || !ptx_error_message(err)[0]))
		abort();
	if (ptxi_semver_parse(rest, false, &v, &why) < 0) {
		if (!why || ptxi_semver_parse(rest, true, &v, NULL) == 0)
			abort();
		return 0;
	}
	check_print(&v);
	ptx_buf_init(&out, 0);
	if (c) {
		ptxi_constraint_check(c, &v, false);
		ptxi_constraint_check(c, &v, true);
		ptxi_constraint_explain(c, &v, false, &out);
		ptxi_constraint_print(c, &out);
	}
	return 0;
}
