/* SPDX-License-Identifier: Apache-2.0 */
/* gofmt_format.c - reads the formats of Go's Printf.
 *
 * A format is text with directives `%[flags][width][.precision]verb`, where width and precision may
 * be `*`, and `[n]` chooses the argument. What is wrong with a format is no error: it is written
 * where it stands.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gofmt_priv.h"
#include "../base/utf8.h"

#define LARGEST_WIDTH 1000000

/* Where the reading of a format stands. */
struct reader {
	struct ptx_str s;
	size_t at;
	struct ptx_value *const *args;
	size_t n, next;   /* arguments, and the one to be used next */
	bool after_index; /* an argument's number stood just before */
	bool good_index;
	bool reordered;
};

/* A decimal number; false when there is none. One that is far too large uses up the format. */
static bool read_number(struct reader *r, int *number)
{
	bool any = false;

	*number = 0;
	for (; r->at < r->s.n && r->s.p[r->at] >= '0' && r->s.p[r->at] <= '9'; r->at++) {
		if (*number > LARGEST_WIDTH) {
			r->at = r->s.n;
			*number = 0;
			return false;
		}
		*number = *number * 10 + (r->s.p[r->at] - '0');
		any = true;
	}
	return any;
}

/* [3]: the number of the argument to use next. */
static void read_index(struct reader *r)
{
	struct ptx_str rest = ptxi_str_from(r->s, r->at);
	size_t end = 0;
	uint64_t number = 0;

	r->after_index = false;
	if (rest.n == 0 || rest.p[0] != '[')
		return;
	r->reordered = true;
	end = ptxi_str_find_char(rest, ']');
	if (rest.n < 3 || end == SIZE_MAX) {
		r->good_index = false;
		r->at++;
		return;
	}
	r->at += end + 1;
	if (!ptxi_parse_u64(ptxi_str_sub(rest, 1, end - 1), &number, LARGEST_WIDTH)) {
		r->good_index = false;
		return;
	}
	r->after_index = true;
	if (number >= 1 && number <= r->n)
		r->next = (size_t)number - 1;
	else
		r->good_index = false;
}

/* *: an argument gives the width or precision. */
static bool read_star(struct reader *r, int *number)
{
	const struct ptx_value *v = r->next < r->n ? r->args[r->next] : NULL;
	enum ptxi_go_kind kind = ptxi_go_kind(v);

	*number = 0;
	r->at++;
	r->after_index = false;
	if (r->next >= r->n)
		return false;
	r->next++;
	if (kind != PTXI_KIND_INT && (kind != PTXI_KIND_UINT || ptxi_go_int(v) < 0))
		return false;
	if (ptxi_go_int(v) > LARGEST_WIDTH || ptxi_go_int(v) < -LARGEST_WIDTH)
		return false;
	*number = (int)ptxi_go_int(v);
	return true;
}

static bool read_flag(struct reader *r, struct ptxi_fmt_flags *f)
{
	switch (r->at < r->s.n ? r->s.p[r->at] : '\0') {
	case '#':
		f->sharp = true;
		break;
	case '0':
		f->zero = true;
		break;
	case '+':
		f->plus = true;
		break;
	case '-':
		f->minus = true;
		break;
	case ' ':
		f->space = true;
		break;
	default:
		return false;
	}
	r->at++;
	return true;
}

static void read_width(struct reader *r, struct ptxi_fmt *p)
{
	if (r->at < r->s.n && r->s.p[r->at] == '*') {
		p->f.has_width = read_star(r, &p->width);
		if (!p->f.has_width)
			ptx_buf_adds(p->out, "%!(BADWIDTH)");
		if (p->width < 0) {
			p->width = -p->width;
			p->f.minus = true;
			p->f.zero = false;
		}
		return;
	}
	p->f.has_width = read_number(r, &p->width);
	if (r->after_index && p->f.has_width)
		r->good_index = false;
}

static void read_precision(struct reader *r, struct ptxi_fmt *p)
{
	if (r->at + 1 >= r->s.n || r->s.p[r->at] != '.')
		return;
	r->at++;
	if (r->after_index)
		r->good_index = false;
	read_index(r);
	if (r->at < r->s.n && r->s.p[r->at] == '*') {
		p->f.has_precision = read_star(r, &p->precision);
		if (p->precision < 0) {
			p->precision = 0;
			p->f.has_precision = false;
		}
		if (!p->f.has_precision)
			ptx_buf_adds(p->out, "%!(BADPREC)");
		return;
	}
	if (!read_number(r, &p->precision))
		p->precision = 0;
	p->f.has_precision = true;
}

/* One directive, after its %. False when the format ended. */
static bool directive(struct reader *r, struct ptxi_fmt *p)
{
	uint32_t verb = 0;
	size_t len = 0;

	p->f = (struct ptxi_fmt_flags){ 0 };
	p->width = p->precision = 0;
	r->good_index = true;
	while (read_flag(r, &p->f))
		;
	read_index(r);
	read_width(r, p);
	read_precision(r, p);
	if (!r->after_index)
		read_index(r);
	if (r->at >= r->s.n) {
		ptx_buf_adds(p->out, "%!(NOVERB)");
		return false;
	}
	verb = ptxi_utf8_decode(ptxi_str_from(r->s, r->at), &len);
	r->at += len;
	if (verb == '%') {
		ptx_buf_addc(p->out, '%');
		return true;
	}
	if (!r->good_index || r->next >= r->n) {
		ptx_buf_adds(p->out, "%!");
		ptxi_fmt_rune(p, verb);
		ptx_buf_adds(p->out, r->good_index ? "(MISSING)" : "(BADINDEX)");
		return true;
	}
	if (verb == 'v' || verb == 'w') {
		p->f.sharp_v = p->f.sharp;
		p->f.sharp = false;
		p->f.plus_v = p->f.plus;
		p->f.plus = false;
	}
	ptxi_fmt_arg(p, r->args[r->next++], verb);
	return true;
}

static void extra_arguments(struct reader *r, struct ptxi_fmt *p)
{
	p->f = (struct ptxi_fmt_flags){ 0 };
	ptx_buf_adds(p->out, "%!(EXTRA ");
	for (size_t i = r->next; i < r->n; i++) {
		if (i > r->next)
			ptx_buf_adds(p->out, ", ");
		ptx_buf_adds(p->out, ptxi_go_type(r->args[i]));
		if (ptx_value_kind(r->args[i]) == PTX_NULL)
			continue;
		ptx_buf_addc(p->out, '=');
		ptxi_fmt_arg(p, r->args[i], 'v');
	}
	ptx_buf_addc(p->out, ')');
}

void ptxi_go_printf(struct ptx_str format, struct ptx_value *const *args, size_t n,
		    struct ptx_arena *scratch, struct ptx_buf *out)
{
	struct ptxi_fmt p = { .out = out, .scratch = scratch };
	struct reader r = { .s = format, .args = args, .n = n };

	while (r.at < r.s.n && ptx_buf_ok(out)) {
		struct ptx_str rest = ptxi_str_from(r.s, r.at);
		size_t plain = ptxi_str_find_char(rest, '%');

		if (plain == SIZE_MAX) {
			ptx_buf_addstr(out, rest);
			break;
		}
		ptx_buf_add(out, rest.p, plain);
		r.at += plain + 1;
		if (!directive(&r, &p))
			break;
	}
	if (!r.reordered && r.next < r.n)
		extra_arguments(&r, &p);
}
