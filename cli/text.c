/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - words for people in buffers: wrapping and the pieces of help that pages share. */
#include <string.h>

#include "text.h"

/* Columns of a piece of UTF-8: one for each character. */
static unsigned columns(const char *p, size_t n)
{
	unsigned count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)p[i] & 0xc0) != 0x80;
	return count;
}

static void wrap_words(struct ptx_buf *out, const char *p, size_t n, unsigned indent,
		       unsigned width, unsigned *at)
{
	while (n) {
		size_t len = 0;
		unsigned wide = 0;

		while (len < n && p[len] != ' ')
			len++;
		wide = columns(p, len);
		if (*at && *at + 1 + wide > width) {
			ptx_buf_addc(out, '\n');
			*at = 0;
		}
		if (*at == 0) {
			ptx_buf_fill(out, ' ', indent);
			*at = indent;
		} else {
			ptx_buf_addc(out, ' ');
			*at += 1;
		}
		ptx_buf_add(out, p, len);
		*at += wide;
		while (len < n && p[len] == ' ')
			len++;
		p += len;
		n -= len;
	}
}

void text_wrap(struct ptx_buf *out, const char *text, unsigned indent, unsigned width)
{
	unsigned at = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n == 0 || *text == ' ') {
			if (at)
				ptx_buf_addc(out, '\n');
			at = 0;
			if (n)
				ptx_buf_fill(out, ' ', indent);
			ptx_buf_add(out, text, n);
			ptx_buf_addc(out, '\n');
		} else {
			wrap_words(out, text, n, indent, width, &at);
		}
		text += n;
		if (*text == '\n')
			text++;
	}
	if (at)
		ptx_buf_addc(out, '\n');
}

void text_synopsis(struct ptx_buf *out, const struct cmd *c)
{
	if (c->opts)
		ptx_buf_adds(out, " [OPTIONS]");
	for (const struct opt_arg *a = c->args; a && a->name; a++)
		ptx_buf_printf(out, a->optional ? " [%s%s]" : " %s%s", a->name,
			       a->repeat ? "..." : "");
}

void text_option(struct ptx_buf *out, const struct opt *o)
{
	if (o->letter)
		ptx_buf_printf(out, "-%c, ", o->letter);
	ptx_buf_printf(out, "--%s", o->name);
	if (o->value)
		ptx_buf_printf(out, " %s", o->value);
}

void text_option_help(struct ptx_buf *out, const struct opt *o)
{
	ptx_buf_adds(out, o->help);
	if (o->choices) {
		for (const struct opt_choice *c = o->choices; c->name; c++)
			ptx_buf_printf(out, "%s%s",
				       c == o->choices ? ": "
				       : c[1].name     ? ", "
						       : " or ",
				       c->name);
	}
	if (o->type == OPT_TYPE_LIST)
		ptx_buf_adds(out, " (may be repeated)");
	if (o->env)
		ptx_buf_printf(out, " [$%s]", o->env);
}
