/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - one line a record: what happened, then name=value pairs.
 *
 * A line can be read by eye and cut by a program: a value that is empty or holds blanks, quotes,
 * `=`, control or non-ASCII bytes is quoted, so that hostile text can neither start a new line nor
 * fake a field. Long values are cut. Secrets have no value here at all: the field's kind prints as
 * ***.
 */
#define PTX_AREA PTX_AREA_BASE
#include "log.h"
#include "utf8.h"

#define MAX_VALUE 1024
#define MAX_LINE  16384

static bool is_plain(struct ptx_str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '=' ||
		    s.p[i] == '\\')
			return false;
	return true;
}

static void add_quoted(struct ptx_buf *out, struct ptx_str s)
{
	ptx_buf_addc(out, '"');
	while (s.n > 0) {
		size_t len = 1;
		uint32_t rune = ptxi_utf8_decode(s, &len);
		unsigned char c = (unsigned char)s.p[0];

		if (c == '"' || c == '\\')
			ptx_buf_printf(out, "\\%c", c);
		else if (c == '\n')
			ptx_buf_adds(out, "\\n");
		else if (c < ' ' || c == 0x7f || !ptxi_utf8_valid_at(s))
			ptx_buf_printf(out, "\\x%02x", c);
		else if ((rune >= 0x80 && rune < 0xa0) || rune == 0x2028 || rune == 0x2029)
			ptx_buf_printf(out, "\\u%04x", (unsigned)rune);
		else
			ptx_buf_add(out, s.p, len);
		s = ptxi_str_from(s, len ? len : 1);
	}
	ptx_buf_addc(out, '"');
}

static void add_text(struct ptx_buf *out, const char *text)
{
	struct ptx_str s = ptxi_str(text);
	size_t left = 0;

	if (!text) {
		ptx_buf_addc(out, '-');
		return;
	}
	if (s.n > MAX_VALUE) {
		left = s.n - MAX_VALUE;
		s.n = MAX_VALUE;
	}
	if (is_plain(s))
		ptx_buf_addstr(out, s);
	else
		add_quoted(out, s);
	if (left)
		ptx_buf_printf(out, "...(%zu more bytes)", left);
}

void ptxi_log_fields(const struct ptx_ctx *ctx, enum ptx_log_level level, const char *area,
		     const char *what, const struct ptxi_field *fields)
{
	ptx_auto_buf line;

	ptx_buf_init(&line, MAX_LINE);
	if (!ptxi_ctx_logs(ctx, level))
		return;
	ptx_buf_adds(&line, what);
	for (const struct ptxi_field *f = fields; f && f->kind != PTXI_FIELD_END; f++) {
		ptx_buf_printf(&line, " %s=", f->name);
		switch (f->kind) {
		case PTXI_FIELD_STRING:
			add_text(&line, f->string);
			break;
		case PTXI_FIELD_INT:
			ptx_buf_printf(&line, "%lld", (long long)f->number);
			break;
		case PTXI_FIELD_SECRET:
		case PTXI_FIELD_END:
			ptx_buf_adds(&line, "***");
			break;
		}
	}
	/* A record that does not fit or finds no memory still says that it happened. */
	ptxi_ctx_log(ctx, level, area, ptx_buf_ok(&line) ? line.p : what);
}
