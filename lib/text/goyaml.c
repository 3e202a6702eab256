/* SPDX-License-Identifier: Apache-2.0 */
/* goyaml.c - keys that cannot be, as Go shows them.
 *
 * A scalar is resolved and a collection is a Go value by the time that Go finds out, and is shown
 * as `%#v` shows that; maps have keys of any type there.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "goyaml.h"
#include "gofmt.h"
#include "gostring.h"

#include <inttypes.h>

void ptxi_go_yaml_problem(const struct ptxi_yaml_problem *p, struct ptx_arena *scratch,
			  struct ptx_buf *out)
{
	struct ptx_value *shown = (struct ptx_value *)p->value; /* it is only printed */
	ptx_auto_buf text = { 0 };

	if (p->kind == PTXI_YAML_WORDS) {
		ptx_buf_addstr(out, ptx_buf_str(&p->words));
		return;
	}
	ptx_buf_init(&text, 0);
	ptxi_go_printf(PTXI_STR("%#v"), &shown, 1, scratch, &text);
	switch (p->kind) {
	case PTXI_YAML_BAD_KEY:
		ptx_buf_adds(out, "yaml: invalid map key: ");
		break;
	case PTXI_YAML_LARGE_KEY:
		ptx_buf_printf(
		    out,
		    "unsupported map key of type: uint64, key: 0x%" PRIx64 ", value: ", p->key);
		break;
	default:
		ptx_buf_adds(out, "unsupported map key of type: %!s(<nil>), key: <nil>, value: ");
	}
	ptxi_text_replace(ptx_buf_str(&text), PTXI_STR("map[string]interface {}"),
			  PTXI_STR("map[interface {}]interface {}"), SIZE_MAX, out);
}
