/* SPDX-License-Identifier: Apache-2.0 */
/* gofmt.c - Go's package fmt: one value under one verb, and Print, Println.
 *
 * The flags of a directive live in struct ptxi_fmt (gofmt_format.c reads them); writing a list or
 * map applies them to each member. A verb that does not fit a value is no error: it is written as
 * `%!verb(type=value)`. Behaviour: the documentation of Go's package fmt.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gofmt_priv.h"
#include "gonum.h"
#include "goquote.h"
#include "gotime.h"
#include "runes.h"
#include "../base/utf8.h"

#include <math.h>

#define DEEPEST 1000u

static void print_value(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb, bool nested);

void ptxi_fmt_rune(struct ptxi_fmt *p, uint32_t rune)
{
	char bytes[4] = "";

	ptx_buf_add(p->out, bytes, ptxi_utf8_encode(rune, bytes));
}

static void fill(struct ptxi_fmt *p, ptrdiff_t count)
{
	if (count > 0)
		ptx_buf_fill(p->out, p->f.zero && !p->f.minus ? '0' : ' ', (size_t)count);
}

static void pad(struct ptxi_fmt *p, struct ptx_str s)
{
	ptrdiff_t missing = 0;

	if (!p->f.has_width || p->width == 0) {
		ptx_buf_addstr(p->out, s);
		return;
	}
	missing = (ptrdiff_t)p->width - (ptrdiff_t)ptxi_utf8_count(s);
	if (!p->f.minus)
		fill(p, missing);
	ptx_buf_addstr(p->out, s);
	if (p->f.minus)
		fill(p, missing);
}

static void pad_spaces(struct ptxi_fmt *p, struct ptx_str s)
{
	bool zero = p->f.zero;

	p->f.zero = false;
	pad(p, s);
	p->f.zero = zero;
}

static void bad_verb(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	p->erroring = true;
	ptx_buf_adds(p->out, "%!");
	ptxi_fmt_rune(p, verb);
	ptx_buf_addc(p->out, '(');
	ptx_buf_adds(p->out, ptxi_go_type(v));
	if (ptx_value_kind(v) != PTX_NULL) {
		ptx_buf_addc(p->out, '=');
		print_value(p, v, 'v', false);
	}
	ptx_buf_addc(p->out, ')');
	p->erroring = false;
}

static struct ptx_str truncated(const struct ptxi_fmt *p, struct ptx_str s)
{
	struct ptx_str rest = s;

	if (!p->f.has_precision)
		return s;
	for (int i = 0; i < p->precision && rest.n; i++) {
		size_t len = 0;

		ptxi_utf8_decode(rest, &len);
		rest = ptxi_str_from(rest, len);
	}
	return ptxi_strn(s.p, s.n - rest.n);
}

static void fmt_quoted(struct ptxi_fmt *p, struct ptx_str s)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, p->out->max);
	s = truncated(p, s);
	if (p->f.sharp && ptxi_go_can_backquote(s)) {
		ptx_buf_addc(&text, '`');
		ptx_buf_addstr(&text, s);
		ptx_buf_addc(&text, '`');
	} else {
		ptxi_go_quote(s, p->f.plus, &text);
	}
	pad(p, ptx_buf_str(&text));
}

static void fmt_hex_bytes(struct ptxi_fmt *p, struct ptx_str s, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEFX" : "0123456789abcdefx";
	size_t n = p->f.has_precision && (size_t)p->precision < s.n ? (size_t)p->precision : s.n;
	size_t width = 2 * n;

	if (n == 0) {
		if (p->f.has_width)
			fill(p, p->width);
		return;
	}
	if (p->f.space)
		width = (p->f.sharp ? 2 * width : width) + n - 1;
	else if (p->f.sharp)
		width += 2;
	if (p->f.has_width && !p->f.minus)
		fill(p, (ptrdiff_t)p->width - (ptrdiff_t)width);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (p->f.space && i)
			ptx_buf_addc(p->out, ' ');
		if (p->f.sharp && (p->f.space || i == 0)) {
			ptx_buf_addc(p->out, '0');
			ptx_buf_addc(p->out, digits[16]);
		}
		ptx_buf_addc(p->out, digits[c >> 4]);
		ptx_buf_addc(p->out, digits[c & 15]);
	}
	if (p->f.has_width && p->f.minus)
		fill(p, (ptrdiff_t)p->width - (ptrdiff_t)width);
}

static void fmt_string(struct ptxi_fmt *p, const struct ptx_value *v, struct ptx_str s,
		       uint32_t verb)
{
	switch (verb) {
	case 'v':
		if (p->f.sharp_v)
			fmt_quoted(p, s);
		else
			pad(p, truncated(p, s));
		break;
	case 's':
		pad(p, truncated(p, s));
		break;
	case 'x':
	case 'X':
		fmt_hex_bytes(p, s, verb == 'X');
		break;
	case 'q':
		fmt_quoted(p, s);
		break;
	default:
		bad_verb(p, v, verb);
	}
}

/* A whole number in a base, written from its end. */
static void fmt_base(struct ptxi_fmt *p, uint64_t u, unsigned base, bool negative, uint32_t verb)
{
	const char *digits = verb == 'X' ? "0123456789ABCDEFX" : "0123456789abcdefx";
	char local[80];
	size_t room = 3 + 68;
	size_t least = 0;
	ptx_auto_str heap = NULL;
	char *text = local;
	char *at = NULL;
	char *end = NULL;

	if (negative)
		u = 0 - u;
	if (p->f.has_precision) {
		least = (size_t)p->precision;
		if (least == 0 && u == 0) {
			bool zero = p->f.zero;

			p->f.zero = false;
			fill(p, p->f.has_width ? p->width : 0);
			p->f.zero = zero;
			return;
		}
	} else if (p->f.zero && !p->f.minus && p->f.has_width) {
		least = (size_t)p->width;
		if (least && (negative || p->f.plus || p->f.space))
			least--;
	}
	if (least + 4 > room)
		room = least + 4;
	if (room > sizeof(local)) {
		heap = ptxi_alloc(room);
		if (!heap) {
			p->out->status = PTX_E_NOMEM;
			return;
		}
		text = heap;
	}
	end = at = text + room;
	do {
		*--at = digits[u % base];
		u /= base;
	} while (u);
	while ((size_t)(end - at) < least)
		*--at = '0';
	if (p->f.sharp && base == 2) {
		*--at = 'b';
		*--at = '0';
	} else if (p->f.sharp && base == 8 && *at != '0') {
		*--at = '0';
	} else if (p->f.sharp && base == 16) {
		*--at = digits[16];
		*--at = '0';
	}
	if (verb == 'O') {
		*--at = 'o';
		*--at = '0';
	}
	if (negative)
		*--at = '-';
	else if (p->f.plus)
		*--at = '+';
	else if (p->f.space)
		*--at = ' ';
	pad_spaces(p, ptxi_strn(at, (size_t)(end - at)));
}

static void fmt_unicode(struct ptxi_fmt *p, uint64_t u)
{
	ptx_auto_buf text = { 0 };
	int digits = p->f.has_precision && p->precision > 4 ? p->precision : 4;

	ptx_buf_init(&text, p->out->max);
	ptx_buf_printf(&text, "U+%0*llX", digits, (unsigned long long)u);
	if (p->f.sharp && u <= 0x10FFFF && ptxi_rune_is_print((uint32_t)u)) {
		char bytes[4] = "";
		size_t n = ptxi_utf8_encode((uint32_t)u, bytes);

		ptx_buf_adds(&text, " '");
		ptx_buf_add(&text, bytes, n);
		ptx_buf_addc(&text, '\'');
	}
	pad_spaces(p, ptx_buf_str(&text));
}

static void fmt_char(struct ptxi_fmt *p, uint64_t u, bool quoted)
{
	uint32_t rune = u > 0x10FFFF ? PTXI_RUNE_ERROR : (uint32_t)u;
	ptx_auto_buf text = { 0 };
	char bytes[4] = "";

	if (!quoted) {
		pad(p, ptxi_strn(bytes, ptxi_utf8_encode(rune, bytes)));
		return;
	}
	ptx_buf_init(&text, 0);
	ptxi_go_quote_rune(rune, p->f.plus, &text);
	pad(p, ptx_buf_str(&text));
}

static void fmt_0x(struct ptxi_fmt *p, uint64_t u)
{
	bool sharp = p->f.sharp;

	p->f.sharp = true;
	fmt_base(p, u, 16, false, 'v');
	p->f.sharp = sharp;
}

static void fmt_integer(struct ptxi_fmt *p, const struct ptx_value *v, uint64_t u, bool is_signed,
			uint32_t verb)
{
	bool negative = is_signed && (int64_t)u < 0;

	switch (verb) {
	case 'v':
		if (p->f.sharp_v && !is_signed)
			fmt_0x(p, u);
		else
			fmt_base(p, u, 10, negative, verb);
		break;
	case 'd':
		fmt_base(p, u, 10, negative, verb);
		break;
	case 'b':
		fmt_base(p, u, 2, negative, verb);
		break;
	case 'o':
	case 'O':
		fmt_base(p, u, 8, negative, verb);
		break;
	case 'x':
	case 'X':
		fmt_base(p, u, 16, negative, verb);
		break;
	case 'c':
	case 'q':
		fmt_char(p, u, verb == 'q');
		break;
	case 'U':
		fmt_unicode(p, u);
		break;
	default:
		bad_verb(p, v, verb);
	}
}

/* %#g and its like: a point always, and trailing zeros up to the number of digits asked for. num
 * begins with a sign. */
static void keep_zeros(struct ptx_buf *num, uint32_t verb, int precision)
{
	ptx_auto_buf tail = { 0 };
	bool hex = verb == 'x' || verb == 'X';
	bool point = false;
	bool significant = false;
	int digits = 0;
	size_t i = 1;

	ptx_buf_init(&tail, 0);
	if (verb == 'v' || verb == 'g' || verb == 'G' || verb == 'x')
		digits = precision < 0 ? 6 : precision;
	for (; i < num->n; i++) {
		char c = num->p[i];

		if (c == '.') {
			point = true;
			continue;
		}
		if (c == 'p' || c == 'P' || (!hex && (c == 'e' || c == 'E')))
			break;
		if (c != '0')
			significant = true;
		if (significant)
			digits--;
	}
	ptx_buf_add(&tail, num->p + i, num->n - i);
	ptx_buf_truncate(num, i);
	if (!point) {
		if (num->n == 2 && num->p[1] == '0')
			digits--;
		ptx_buf_addc(num, '.');
	}
	if (digits > 0)
		ptx_buf_fill(num, '0', (size_t)digits);
	ptx_buf_addstr(num, ptx_buf_str(&tail));
}

static void fmt_float_as(struct ptxi_fmt *p, double f, bool single, uint32_t verb, int precision)
{
	ptx_auto_buf num = { 0 };
	struct ptx_str s;

	ptx_buf_init(&num, p->out->max);
	if (p->f.has_precision)
		precision = p->precision;
	if (!signbit(f) && !isinf(f))
		ptx_buf_addc(&num, '+');
	ptxi_go_format_float(f, (char)(verb == 'v' ? 'g' : verb), precision, single, &num);
	if (!ptx_buf_ok(&num)) {
		p->out->status = num.status;
		return;
	}
	if (isnan(f) && num.p[0] != '+') {
		ptx_buf_clear(&num);
		ptx_buf_adds(&num, "+NaN");
	}
	if (p->f.space && num.p[0] == '+' && !p->f.plus)
		num.p[0] = ' ';
	if (isinf(f) || isnan(f)) {
		s = ptx_buf_str(&num);
		if (isnan(f) && !p->f.space && !p->f.plus)
			s = ptxi_str_from(s, 1);
		pad_spaces(p, s);
		return;
	}
	if (p->f.sharp && verb != 'b')
		keep_zeros(&num, verb, precision);
	s = ptx_buf_str(&num);
	if (!p->f.plus && num.p[0] == '+') {
		pad(p, ptxi_str_from(s, 1));
	} else if (p->f.zero && !p->f.minus && p->f.has_width && (size_t)p->width > s.n) {
		ptx_buf_addc(p->out, s.p[0]);
		fill(p, (ptrdiff_t)p->width - (ptrdiff_t)s.n);
		ptx_buf_addstr(p->out, ptxi_str_from(s, 1));
	} else {
		pad(p, s);
	}
}

static void fmt_float(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	bool single = ptxi_go_of(v) == PTXI_GO_FLOAT32;

	switch (verb) {
	case 'v':
		fmt_float_as(p, v->f, single, 'g', -1);
		break;
	case 'b':
	case 'g':
	case 'G':
	case 'x':
	case 'X':
		fmt_float_as(p, v->f, single, verb, -1);
		break;
	case 'f':
	case 'e':
	case 'E':
		fmt_float_as(p, v->f, single, verb, 6);
		break;
	case 'F':
		fmt_float_as(p, v->f, single, 'f', 6);
		break;
	default:
		bad_verb(p, v, verb);
	}
}

static void fmt_complex(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	bool plus = p->f.plus;

	if (verb >= 0x80 || verb == 0 || !strchr("vbgGxXfFeE", (int)verb)) {
		bad_verb(p, v, verb);
		return;
	}
	ptx_buf_addc(p->out, '(');
	fmt_float(p, v->list.v[0], verb);
	p->f.plus = true;
	fmt_float(p, v->list.v[1], verb);
	ptx_buf_adds(p->out, "i)");
	p->f.plus = plus;
}

static void fmt_bytes(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb, bool nested)
{
	switch (verb) {
	case 's':
		pad(p, truncated(p, v->s));
		return;
	case 'x':
	case 'X':
		fmt_hex_bytes(p, v->s, verb == 'X');
		return;
	case 'q':
		fmt_quoted(p, v->s);
		return;
	default:
		break;
	}
	if (p->f.sharp_v) {
		ptx_buf_adds(p->out, nested ? "[]uint8" : "[]byte");
		if (ptxi_go_is_nil(v)) {
			ptx_buf_adds(p->out, "(nil)");
			return;
		}
	}
	ptx_buf_addc(p->out, p->f.sharp_v ? '{' : '[');
	for (size_t i = 0; i < v->s.n; i++) {
		struct ptx_value byte = { .kind = PTX_INT,
					  .go = PTXI_GO_UINT8,
					  .i = (unsigned char)v->s.p[i] };

		if (i)
			ptx_buf_adds(p->out, p->f.sharp_v ? ", " : " ");
		fmt_integer(p, &byte, byte.u, false, verb);
	}
	ptx_buf_addc(p->out, p->f.sharp_v ? '}' : ']');
}

/* A member of a list or map whose members may be nil interfaces. */
static void print_member(struct ptxi_fmt *p, const struct ptx_value *v, bool any, uint32_t verb)
{
	if (ptx_value_kind(v) != PTX_NULL)
		print_value(p, v, verb, true);
	else if (any && p->f.sharp_v)
		ptx_buf_adds(p->out, "interface {}(nil)");
	else
		ptx_buf_adds(p->out, "<nil>");
}

static void print_list(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	bool any = ptxi_go_holds_any(v);

	if (p->f.sharp_v) {
		ptx_buf_adds(p->out, ptxi_go_type(v));
		if (ptxi_go_is_nil(v)) {
			ptx_buf_adds(p->out, "(nil)");
			return;
		}
	}
	ptx_buf_addc(p->out, p->f.sharp_v ? '{' : '[');
	for (size_t i = 0; i < v->list.n && ptx_buf_ok(p->out); i++) {
		if (i)
			ptx_buf_adds(p->out, p->f.sharp_v ? ", " : " ");
		print_member(p, v->list.v[i], any, verb);
	}
	ptx_buf_addc(p->out, p->f.sharp_v ? '}' : ']');
}

static void print_fields(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	bool any = false;
	bool embeds = ptxi_go_of(v) == PTXI_GO_CHART; /* all but its last field are another's */

	ptx_buf_addc(p->out, '{');
	if (embeds && p->f.sharp_v)
		ptx_buf_adds(p->out, "Metadata:chart.Metadata{");
	else if (embeds)
		ptx_buf_adds(p->out, p->f.plus_v ? "Metadata:{" : "{");
	for (size_t i = 0; i < v->map.n; i++) {
		if (v->map.v[i].key.n == 0)
			continue;
		if (embeds && ptxi_str_is(v->map.v[i].key, "IsRoot"))
			ptx_buf_addc(p->out, '}');
		if (any)
			ptx_buf_adds(p->out, p->f.sharp_v ? ", " : " ");
		any = true;
		if (p->f.sharp_v || p->f.plus_v) {
			ptx_buf_addstr(p->out, v->map.v[i].key);
			ptx_buf_addc(p->out, ':');
		}
		print_value(p, v->map.v[i].value, verb, true);
	}
	ptx_buf_addc(p->out, '}');
}

static void print_struct(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	if (ptxi_go_kind(v) == PTXI_KIND_POINTER)
		ptx_buf_addc(p->out, '&');
	if (p->f.sharp_v)
		ptx_buf_adds(p->out, ptxi_go_type(v) + (ptxi_go_type(v)[0] == '*'));
	print_fields(p, v, verb);
}

static void print_map(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	const struct ptxi_entry **sorted = NULL;
	bool any = ptxi_go_holds_any(v);

	if (p->f.sharp_v) {
		ptx_buf_adds(p->out, ptxi_go_type(v));
		if (ptxi_go_is_nil(v)) {
			ptx_buf_adds(p->out, "(nil)");
			return;
		}
	}
	sorted = ptxi_value_sorted(p->scratch, v);
	if (!sorted && v->map.n) {
		p->out->status = PTX_E_NOMEM;
		return;
	}
	ptx_buf_adds(p->out, p->f.sharp_v ? "{" : "map[");
	for (size_t i = 0; i < v->map.n && ptx_buf_ok(p->out); i++) {
		struct ptx_value key = { .kind = PTX_STRING, .s = sorted[i]->key };

		if (i)
			ptx_buf_adds(p->out, p->f.sharp_v ? ", " : " ");
		print_value(p, &key, verb, true);
		ptx_buf_addc(p->out, ':');
		print_member(p, sorted[i]->value, any, verb);
	}
	ptx_buf_addc(p->out, p->f.sharp_v ? '}' : ']');
}

/* A month or a day of the week. */
static void print_name(const struct ptx_value *v, struct ptx_buf *out)
{
	bool month = ptxi_go_of(v) == PTXI_GO_MONTH;
	int64_t i = month ? v->i - 1 : v->i;

	if (i >= 0 && i < (month ? 12 : 7))
		ptx_buf_adds(out, month ? ptxi_go_months[i] : ptxi_go_weekdays[i]);
	else
		ptx_buf_printf(out, "%%!%s(%lld)", month ? "Month" : "Weekday", (long long)v->i);
}

static bool has_string_method(const struct ptx_value *v)
{
	switch (ptxi_go_of(v)) {
	case PTXI_GO_DURATION:
	case PTXI_GO_MONTH:
	case PTXI_GO_WEEKDAY:
	case PTXI_GO_SEMVER:
		return true;
	default:
		return v->kind == PTX_NUMBER || v->kind == PTX_TIME;
	}
}

/* Values with a String method of their own in Go; false where the verb asks for what is behind it.
 */
static bool print_stringer(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	ptx_auto_buf text = { 0 };

	if (p->erroring || p->f.sharp_v || !strchr("vsxXq", (int)(verb < 0x80 ? verb : 'z')))
		return false;
	if (v->kind == PTX_NUMBER) {
		fmt_string(p, v, v->s, verb);
		return true;
	}
	ptx_buf_init(&text, 0);
	if (v->kind == PTX_TIME)
		ptxi_go_print_time(v->time, &text);
	else if (ptxi_go_of(v) == PTXI_GO_SEMVER)
		ptx_buf_addstr(&text, ptx_value_str(ptxi_go_shown(v)));
	else if (ptxi_go_of(v) == PTXI_GO_DURATION)
		ptxi_go_print_duration(v->i, &text);
	else
		print_name(v, &text);
	fmt_string(p, v, ptx_buf_str(&text), verb);
	return true;
}

static void print_time_struct(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptxi_go_print_time(v->time, &text);
	if (verb == 'v' || p->erroring)
		ptx_buf_addstr(p->out, ptx_buf_str(&text));
	else
		bad_verb(p, v, verb);
}

static void print_value(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb, bool nested)
{
	if (p->depth >= DEEPEST) {
		ptx_buf_adds(p->out, "...");
		return;
	}
	p->depth++;
	if (verb == 'w' && !p->erroring && ptxi_go_kind(v) >= PTXI_KIND_SLICE) {
		bad_verb(p, v, verb);
		p->depth--;
		return;
	}
	if (has_string_method(v) && print_stringer(p, v, verb)) {
		p->depth--;
		return;
	}
	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		ptx_buf_adds(p->out, "<nil>");
		break;
	case PTX_BOOL:
		if (verb == 't' || verb == 'v')
			pad(p, ptxi_str(v->b ? "true" : "false"));
		else
			bad_verb(p, v, verb);
		break;
	case PTX_INT:
	case PTX_UINT:
		fmt_integer(p, v, v->u, ptxi_go_kind(v) == PTXI_KIND_INT, verb);
		break;
	case PTX_FLOAT:
		fmt_float(p, v, verb);
		break;
	case PTX_NUMBER:
	case PTX_STRING:
		fmt_string(p, v, v->s, verb);
		break;
	case PTX_BYTES:
		fmt_bytes(p, v, verb, nested);
		break;
	case PTX_TIME:
		print_time_struct(p, v, verb);
		break;
	case PTX_LIST:
		if (ptxi_go_of(v) == PTXI_GO_COMPLEX)
			fmt_complex(p, v, verb);
		else
			print_list(p, v, verb);
		break;
	case PTX_MAP:
		if (ptxi_go_kind(v) >= PTXI_KIND_STRUCT)
			print_struct(p, v, verb);
		else
			print_map(p, v, verb);
		break;
	}
	p->depth--;
}

void ptxi_fmt_arg(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb)
{
	if (ptx_value_kind(v) == PTX_NULL) {
		if (verb == 'v' || verb == 'T')
			pad(p, PTXI_STR("<nil>"));
		else
			bad_verb(p, v, verb);
	} else if (verb == 'T') {
		pad(p, truncated(p, ptxi_str(ptxi_go_type(v))));
	} else if (verb == 'p') {
		/* An address is nobody's business: a fixed one stands for it. */
		if (ptxi_go_kind(v) == PTXI_KIND_MAP || ptxi_go_kind(v) == PTXI_KIND_SLICE)
			fmt_0x(p, UINT64_C(0xc000010000));
		else
			bad_verb(p, v, verb);
	} else {
		print_value(p, v, verb, false);
	}
}

void ptxi_go_print_value(const struct ptx_value *v, struct ptx_arena *scratch, struct ptx_buf *out)
{
	struct ptxi_fmt p = { .out = out, .scratch = scratch };

	if (ptx_value_kind(v) == PTX_STRING)
		ptx_buf_addstr(out, v->s);
	else
		ptxi_fmt_arg(&p, v, 'v');
}

void ptxi_go_print_action(const struct ptx_value *v, struct ptx_arena *scratch, struct ptx_buf *out)
{
	struct ptxi_fmt p = { .out = out, .scratch = scratch };
	enum ptxi_go go = v->kind == PTX_MAP ? ptxi_go_of(v) : PTXI_GO_PLAIN;

	if (go == PTXI_GO_KUBE_VERSION)
		ptxi_go_print_value(ptx_value_get(v, "Version"), scratch, out);
	else if (go == PTXI_GO_CAPABILITIES)
		print_fields(&p, v, 'v');
	else
		ptxi_go_print_value(v, scratch, out);
}

void ptxi_go_print(struct ptx_value *const *args, size_t n, struct ptx_arena *scratch,
		   struct ptx_buf *out)
{
	bool before = true;

	for (size_t i = 0; i < n; i++) {
		bool is_string = ptxi_go_kind(args[i]) == PTXI_KIND_STRING;

		if (i && !is_string && !before)
			ptx_buf_addc(out, ' ');
		ptxi_go_print_value(args[i], scratch, out);
		before = is_string;
	}
}

void ptxi_go_println(struct ptx_value *const *args, size_t n, struct ptx_arena *scratch,
		     struct ptx_buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			ptx_buf_addc(out, ' ');
		ptxi_go_print_value(args[i], scratch, out);
	}
	ptx_buf_addc(out, '\n');
}
