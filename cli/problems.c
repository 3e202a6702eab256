/* SPDX-License-Identifier: Apache-2.0 */
/* problems.c - lists of problems, printed or as values. */
#include <string.h>

#include "print.h"
#include "problems.h"

static const char *severity_name(enum ptx_severity s)
{
	return s == PTX_ERROR ? "error" : s == PTX_WARNING ? "warning" : "note";
}

/* The line of a problem, with what could drive a terminal taken out, and its severity coloured. */
static void add_line(struct ptx_buf *out, const struct ptx_diag *d, bool color)
{
	struct ptx_buf line;
	struct ptx_buf clean;
	char word[16] = "";
	const char *at = NULL;

	ptx_buf_init(&line, 1u << 20);
	ptx_buf_init(&clean, 1u << 20);
	ptx_diag_print(d, &line);
	print_clean(&clean, line.p, line.n);
	snprintf(word, sizeof(word), "%s: ", severity_name(d->severity));
	at = color ? strstr(clean.p, word) : NULL;
	if (at)
		ptx_buf_printf(out, "%.*s\033[%sm%s\033[0m%s", (int)(at - clean.p), clean.p,
			       d->severity == PTX_ERROR     ? "31"
			       : d->severity == PTX_WARNING ? "33"
							    : "36",
			       word, at + strlen(word));
	else
		ptx_buf_adds(out, clean.p);
	ptx_buf_addc(out, '\n');
	ptx_buf_done(&line);
	ptx_buf_done(&clean);
}

void problems_print(struct cli *cli, const struct ptx_diags *d, enum ptx_severity least,
		    bool result)
{
	struct ptx_buf out;
	size_t kept = 0;

	ptx_buf_init(&out, 0);
	for (const struct ptx_diag *p = NULL; (p = ptx_diags_at(d, kept)); kept++)
		if (p->severity >= least)
			add_line(&out, p, result ? cli->color_out : cli->color_err);
	if (ptx_diags_count(d) > kept)
		ptx_buf_printf(&out, "and %zu more\n", ptx_diags_count(d) - kept);
	if (ptx_buf_ok(&out))
		fwrite(out.p, 1, out.n, result ? stdout : stderr);
	ptx_buf_done(&out);
}

static void set_if(struct ptx_value *map, const char *key, const char *text)
{
	if (text)
		ptx_value_set_string(map, key, text);
}

struct ptx_value *problems_value(struct ptx_arena *a, const struct ptx_diags *d)
{
	struct ptx_value *list = ptx_value_list(a);
	const struct ptx_diag *p = NULL;

	for (size_t i = 0; (p = ptx_diags_at(d, i)); i++) {
		struct ptx_value *map = ptx_value_map(a);

		ptx_value_set_string(map, "severity", severity_name(p->severity));
		set_if(map, "rule", p->rule);
		ptx_value_set_string(map, "message", p->message);
		set_if(map, "path", p->path);
		set_if(map, "hint", p->hint);
		set_if(map, "file", p->where.file);
		if (p->where.line)
			ptx_value_set_int(map, "line", p->where.line);
		if (p->where.column)
			ptx_value_set_int(map, "column", p->where.column);
		ptx_value_append(list, map);
	}
	return list;
}

int problems_settle(struct cli *cli, const struct ptx_diags *d, int rc, struct ptx_error **err)
{
	size_t errors = ptx_diags_count_of(d, PTX_ERROR);

	if (!cli->globals.quiet || errors)
		problems_print(cli, d, cli->globals.quiet ? PTX_ERROR : PTX_NOTE, false);
	if (rc >= 0 || errors == 0)
		return rc;
	rc = ptx_code_exit_status(ptx_error_code(*err));
	if (errors > 1)
		cli_say(cli, "%zu errors", errors);
	ptx_error_free(*err);
	*err = NULL;
	return rc;
}
