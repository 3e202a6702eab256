/* SPDX-License-Identifier: Apache-2.0 */
/* schema_text.c - what is wrong, in the words that Helm's users know.
 *
 *     - at '/a/b': 'allOf' failed
 *       - at '/a/b/c': got string, want integer
 *
 * A group of faults is indented below what they are the causes of. Numbers are written as English
 * writes them: 65,535 and 1.5×10⁰⁶.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"
#include "../text/goquote.h"
#include "../value/codec.h"

/* Go's quoted string in single quotes, as Helm's validator quotes. */
static void quote(struct ptx_str s, struct ptx_buf *out)
{
	ptx_auto_buf q = { 0 };

	ptx_buf_init(&q, 0);
	ptxi_go_quote(s, false, &q);
	ptx_buf_addc(out, '\'');
	for (size_t i = 1; i + 1 < q.n; i++) {
		if (q.p[i] == '\\' && q.p[i + 1] == '"') {
			continue;
		}
		if (q.p[i] == '\\' && i + 2 < q.n) {
			ptx_buf_add(out, q.p + i, 2);
			i++;
		} else {
			if (q.p[i] == '\'')
				ptx_buf_addc(out, '\\');
			ptx_buf_addc(out, q.p[i]);
		}
	}
	ptx_buf_addc(out, '\'');
}

static void quoted_names(const struct ptxi_fault *f, struct ptx_buf *out)
{
	for (size_t i = 0; i < f->name_count; i++) {
		if (i)
			ptx_buf_adds(out, ", ");
		quote(f->names[i], out);
	}
}

/* Digits with a comma before every third from the end. */
static void add_grouped(struct ptx_str digits, struct ptx_buf *out)
{
	for (size_t i = 0; i < digits.n; i++) {
		if (i && (digits.n - i) % 3 == 0)
			ptx_buf_addc(out, ',');
		ptx_buf_addc(out, digits.p[i]);
	}
}

static void add_count(int64_t n, struct ptx_buf *out)
{
	char digits[24] = "";

	snprintf(digits, sizeof(digits), "%llu",
		 (unsigned long long)(n < 0 ? 0 - (uint64_t)n : (uint64_t)n));
	if (n < 0)
		ptx_buf_addc(out, '-');
	add_grouped(ptxi_str(digits), out);
}

static void add_exponent(int exponent, struct ptx_buf *out)
{
	static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
	char digits[12] = "";

	ptx_buf_adds(out, "×10");
	if (exponent < 0)
		ptx_buf_adds(out, "⁻");
	snprintf(digits, sizeof(digits), "%02d", exponent < 0 ? -exponent : exponent);
	for (const char *p = digits; *p; p++)
		ptx_buf_adds(out, raised[*p - '0']);
}

/* As %v in English: the fewest digits; with an exponent from a million on, and below 10^-4. */
static void add_number(double f, struct ptx_buf *out)
{
	char digits[20] = "";
	int point = 0;
	size_t n = 0;

	if (f == 0) {
		ptx_buf_addc(out, '0');
		return;
	}
	if (f < 0) {
		ptx_buf_addc(out, '-');
		f = -f;
	}
	n = ptxi_double_digits(f, digits, &point);
	if (point - 1 < -4 || point - 1 >= 6) {
		ptx_buf_addc(out, digits[0]);
		if (n > 1) {
			ptx_buf_addc(out, '.');
			ptx_buf_add(out, digits + 1, n - 1);
		}
		add_exponent(point - 1, out);
		return;
	}
	if (point <= 0) {
		ptx_buf_adds(out, "0.");
		ptx_buf_fill(out, '0', (size_t)-point);
		ptx_buf_add(out, digits, n);
		return;
	}
	for (size_t i = n; i < (size_t)point; i++)
		digits[i] = '0';
	add_grouped(ptxi_strn(digits, (size_t)point), out);
	if (n > (size_t)point) {
		ptx_buf_addc(out, '.');
		ptx_buf_add(out, digits + point, n - (size_t)point);
	}
}

/* A scalar of a schema, as Go prints it. */
static void display(const struct ptx_value *v, struct ptx_buf *out)
{
	switch (ptx_value_kind(v)) {
	case PTX_STRING:
		quote(v->s, out);
		break;
	case PTX_NULL:
		ptx_buf_adds(out, "<nil>");
		break;
	case PTX_FLOAT:
		ptx_buf_printf(out, "%.17g", v->f);
		break;
	default:
		if (!ptxi_codec_plain(v, out))
			ptx_buf_adds(out, "value");
	}
}

static bool is_scalar(const struct ptx_value *v)
{
	return ptx_value_kind(v) != PTX_LIST && ptx_value_kind(v) != PTX_MAP;
}

static void type_message(const struct ptxi_fault *f, struct ptx_buf *out)
{
	static const char *const names[] = { "null",   "boolean", "number", "integer",
					     "string", "array",   "object" };
	const char *got = ptx_value_is_number(f->value) ? "number" : ptx_value_kind_name(f->value);
	bool first = true;

	ptx_buf_printf(out, "got %s, want ", got);
	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		if (f->node->types & (1u << i)) {
			ptx_buf_printf(out, "%s%s", first ? "" : " or ", names[i]);
			first = false;
		}
}

static void enum_message(const struct ptx_value *list, struct ptx_buf *out)
{
	for (size_t i = 0; i < list->list.n; i++)
		if (!is_scalar(list->list.v[i])) {
			ptx_buf_adds(out, "'enum' failed");
			return;
		}
	ptx_buf_adds(out, list->list.n == 1 ? "value must be " : "value must be one of ");
	for (size_t i = 0; i < list->list.n; i++) {
		if (i)
			ptx_buf_adds(out, ", ");
		display(list->list.v[i], out);
	}
}

static void contains_message(const struct ptxi_fault *f, struct ptx_buf *out)
{
	ptx_buf_adds(out, f->kind == PTXI_FAULT_MIN_CONTAINS ? "min " : "max ");
	add_count(f->want, out);
	ptx_buf_adds(out, " items required to match contains schema, but ");
	if (!f->index_count) {
		ptx_buf_adds(out, "none matched");
		return;
	}
	ptx_buf_adds(out, "matched ");
	add_count((int64_t)f->index_count, out);
	ptx_buf_adds(out, " items at");
	for (size_t i = 0; i < f->index_count; i++)
		ptx_buf_printf(out, " %zu", f->indexes[i]);
}

static void one_of_message(const struct ptxi_fault *f, struct ptx_buf *out)
{
	if (!f->index_count) {
		ptx_buf_adds(out, "'oneOf' failed, none matched");
		return;
	}
	ptx_buf_adds(out, "'oneOf' failed, subschemas ");
	add_count(f->got, out);
	ptx_buf_adds(out, ", ");
	add_count(f->want, out);
	ptx_buf_adds(out, " matched");
}

static void cycle_message(const struct ptxi_fault *f, struct ptx_buf *out)
{
	ptx_auto_buf url = { 0 };

	ptx_buf_init(&url, 0);
	ptxi_schema_location(f->node->doc->url, f->node->pointer, &url);
	ptx_buf_printf(out, "both %s and %s resolve to ", f->text, f->text2);
	ptxi_go_quote(ptx_buf_str(&url), false, out);
	ptx_buf_adds(out, " causing reference cycle");
}

static void with_numbers(const struct ptxi_fault *f, struct ptx_buf *out)
{
	ptx_buf_printf(out, "%s: got ", f->text);
	if (f->kind == PTXI_FAULT_COUNT) {
		add_count(f->got, out);
		ptx_buf_adds(out, ", want ");
		add_count(f->want, out);
	} else {
		add_number(f->got_number, out);
		ptx_buf_adds(out, ", want ");
		add_number(f->want_number, out);
	}
}

static void with_names(const struct ptxi_fault *f, struct ptx_buf *out)
{
	switch (f->kind) {
	case PTXI_FAULT_REQUIRED:
		ptx_buf_adds(out, f->name_count == 1 ? "missing property " : "missing properties ");
		quoted_names(f, out);
		break;
	case PTXI_FAULT_DEPENDENT:
		ptx_buf_adds(out, "properties ");
		quoted_names(f, out);
		ptx_buf_adds(out, " required, if ");
		quote(f->name, out);
		ptx_buf_adds(out, " exists");
		break;
	default:
		ptx_buf_adds(out, "additional properties ");
		quoted_names(f, out);
		ptx_buf_adds(out, " not allowed");
	}
}

static void of_string(const struct ptxi_fault *f, struct ptx_buf *out)
{
	if (f->kind == PTXI_FAULT_PROPERTY_NAME) {
		ptx_buf_adds(out, "invalid propertyName ");
		quote(f->name, out);
		return;
	}
	display(f->value, out);
	if (f->kind == PTXI_FAULT_FORMAT) {
		ptx_buf_printf(out, " is not valid %s: %s", f->text, f->text2);
		return;
	}
	ptx_buf_adds(out, " does not match pattern ");
	quote(ptxi_str(f->text), out);
}

void ptxi_fault_message(const struct ptxi_fault *f, struct ptx_buf *out)
{
	switch (f->kind) {
	case PTXI_FAULT_SCHEMA:
	case PTXI_FAULT_GROUP:
	case PTXI_FAULT_REFERENCE:
		ptx_buf_adds(out, "validation failed");
		break;
	case PTXI_FAULT_NOT:
		ptx_buf_adds(out, "'not' failed");
		break;
	case PTXI_FAULT_ALL_OF:
		ptx_buf_adds(out, "'allOf' failed");
		break;
	case PTXI_FAULT_ANY_OF:
		ptx_buf_adds(out, "'anyOf' failed");
		break;
	case PTXI_FAULT_ONE_OF:
		one_of_message(f, out);
		break;
	case PTXI_FAULT_FALSE:
		ptx_buf_adds(out, "false schema");
		break;
	case PTXI_FAULT_CYCLE:
		cycle_message(f, out);
		break;
	case PTXI_FAULT_TYPE:
		type_message(f, out);
		break;
	case PTXI_FAULT_ENUM:
		enum_message(f->node->enumeration, out);
		break;
	case PTXI_FAULT_CONST:
		if (is_scalar(f->node->constant)) {
			ptx_buf_adds(out, "value must be ");
			display(f->node->constant, out);
		} else {
			ptx_buf_adds(out, "'const' failed");
		}
		break;
	case PTXI_FAULT_COUNT:
	case PTXI_FAULT_BOUND:
		with_numbers(f, out);
		break;
	case PTXI_FAULT_ADDITIONAL_ITEMS:
		ptx_buf_adds(out, "last ");
		add_count(f->got, out);
		ptx_buf_adds(out, " additionalItem(s) not allowed");
		break;
	case PTXI_FAULT_REQUIRED:
	case PTXI_FAULT_DEPENDENT:
	case PTXI_FAULT_ADDITIONAL:
		with_names(f, out);
		break;
	case PTXI_FAULT_UNIQUE:
		ptx_buf_adds(out, "items at ");
		add_count(f->got, out);
		ptx_buf_adds(out, " and ");
		add_count(f->want, out);
		ptx_buf_adds(out, " are equal");
		break;
	case PTXI_FAULT_CONTAINS:
		ptx_buf_adds(out, "no items match contains schema");
		break;
	case PTXI_FAULT_MIN_CONTAINS:
	case PTXI_FAULT_MAX_CONTAINS:
		contains_message(f, out);
		break;
	case PTXI_FAULT_FORMAT:
	case PTXI_FAULT_PATTERN:
	case PTXI_FAULT_PROPERTY_NAME:
		of_string(f, out);
		break;
	}
}

void ptxi_place_print(const struct ptxi_place_in *p, struct ptx_buf *out)
{
	if (!p)
		return;
	ptxi_place_print(p->up, out);
	ptx_buf_addc(out, '/');
	if (p->is_index) {
		ptx_buf_printf(out, "%zu", p->index);
		return;
	}
	for (size_t i = 0; i < p->key.n; i++) {
		if (p->key.p[i] == '~')
			ptx_buf_adds(out, "~0");
		else if (p->key.p[i] == '/')
			ptx_buf_adds(out, "~1");
		else
			ptx_buf_addc(out, p->key.p[i]);
	}
}

static void print(const struct ptxi_fault *f, unsigned indent, struct ptx_buf *out)
{
	/* A reference with one cause says nothing of its own. */
	if (!(f->kind == PTXI_FAULT_REFERENCE && f->first && !f->first->next)) {
		if (indent) {
			ptx_buf_addc(out, '\n');
			ptx_buf_fill(out, ' ', 2 * (size_t)(indent - 1));
			ptx_buf_adds(out, "- ");
		}
		indent++;
		if (f->kind == PTXI_FAULT_SCHEMA) {
			ptx_auto_buf url = { 0 };

			ptx_buf_init(&url, 0);
			ptxi_schema_location(f->node->doc->url, f->node->pointer, &url);
			ptx_buf_adds(out, "jsonschema validation failed with ");
			quote(ptx_buf_str(&url), out);
		} else {
			ptx_auto_buf place = { 0 };

			ptx_buf_init(&place, 0);
			ptxi_place_print(f->place, &place);
			ptx_buf_adds(out, "at ");
			quote(ptx_buf_str(&place), out);
			ptx_buf_adds(out, ": ");
			ptxi_fault_message(f, out);
		}
	}
	for (const struct ptxi_fault *cause = f->first; cause; cause = cause->next)
		print(cause, indent, out);
}

void ptxi_fault_print(const struct ptxi_fault *f, struct ptx_buf *out)
{
	print(f, 0, out);
}
