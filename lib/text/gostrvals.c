/* SPDX-License-Identifier: Apache-2.0 */
/* gostrvals.c - the words of Helm's strvals, and of Go where it panics there. */
#define PTX_AREA PTX_AREA_TEXT
#include "gostrvals.h"
#include "../base/utf8.h"
#include "gofmt.h"
#include "gonum.h"
#include "goquote.h"

#include <inttypes.h>

/* Before, the text in quotes, and behind. */
static void quoted(const char *before, struct ptx_str text, const char *behind, struct ptx_buf *out)
{
	ptx_buf_adds(out, before);
	ptxi_go_quote(text, false, out);
	ptx_buf_adds(out, behind);
}

/* %q of a slice of runes. */
static void quoted_runes(struct ptx_str text, struct ptx_arena *scratch, struct ptx_buf *out)
{
	size_t n = 0;

	for (struct ptx_str rest = text; rest.n; rest = ptxi_str_from(rest, n)) {
		struct ptx_value *rune = ptx_value_int(scratch, ptxi_utf8_decode(rest, &n));

		ptx_buf_addc(out, rest.p == text.p ? '[' : ' ');
		ptxi_go_printf(PTXI_STR("%q"), &rune, 1, scratch, out);
	}
	ptx_buf_addc(out, ']');
}

static void bad_index(struct ptx_str text, struct ptx_buf *out)
{
	int64_t number = 0;

	quoted("error parsing index: strconv.Atoi: parsing ", text, ": ", out);
	ptx_buf_adds(out, ptxi_go_number_error(ptxi_go_parse_int(text, 10, &number)));
}

static void conversion(const struct ptx_value *there, const char *wanted, struct ptx_arena *scratch,
		       struct ptx_buf *out)
{
	struct ptx_value *v = (struct ptx_value *)there; /* it is only looked at */

	ptx_buf_adds(out, "unable to parse key: interface conversion: interface {} is ");
	if (ptx_value_kind(v) == PTX_NULL)
		ptx_buf_adds(out, "nil");
	else
		ptxi_go_printf(PTXI_STR("%T"), &v, 1, scratch, out);
	ptx_buf_printf(out, ", not %s", wanted);
}

void ptxi_go_strvals_problem(const struct ptxi_strvals_problem *p, struct ptx_arena *scratch,
			     struct ptx_buf *out)
{
	switch (p->kind) {
	case PTXI_STRVALS_NO_VALUE:
		quoted("key ", p->text, " has no value", out);
		break;
	case PTXI_STRVALS_COMMA:
		quoted("key ", p->text, " has no value (cannot end with ,)", out);
		break;
	case PTXI_STRVALS_EMPTY_MAP:
		quoted("key map ", p->text, " has no value", out);
		break;
	case PTXI_STRVALS_OPEN_LIST:
		ptx_buf_adds(out, "list must terminate with '}'");
		break;
	case PTXI_STRVALS_OPEN_INDEX:
		ptx_buf_adds(out, "error parsing index: EOF");
		break;
	case PTXI_STRVALS_BAD_INDEX:
		bad_index(p->text, out);
		break;
	case PTXI_STRVALS_BELOW_ZERO:
		ptx_buf_printf(out, "negative %" PRId64 " index not allowed", p->number);
		break;
	case PTXI_STRVALS_LARGE_INDEX:
		ptx_buf_printf(out,
			       "index of %" PRId64 " is greater than maximum supported index of %d",
			       p->number, PTXI_STRVALS_LARGEST_INDEX);
		break;
	case PTXI_STRVALS_AFTER_INDEX:
		ptx_buf_adds(out, "unexpected data at end of array index: ");
		quoted_runes(p->text, scratch, out);
		break;
	case PTXI_STRVALS_DEEP:
		ptx_buf_printf(
		    out,
		    "value name nested level is greater than maximum supported nested level of %d",
		    PTXI_STRVALS_MOST_DOTS);
		break;
	case PTXI_STRVALS_NO_MAP:
		conversion(p->there, "map[string]interface {}", scratch, out);
		break;
	case PTXI_STRVALS_NO_LIST:
		conversion(p->there, "[]interface {}", scratch, out);
		break;
	default:
		break;
	}
}
