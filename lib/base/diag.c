/* SPDX-License-Identifier: Apache-2.0 */
/* diag.c - a list of problems, with the text of each in one arena. Hostile input can have a problem
 * a byte, so only the first 1,000 are kept; the counts stay right. */
#define PTX_AREA PTX_AREA_BASE
#include "arena.h"
#include "diag.h"
#include "vec.h"

#define MOST_KEPT 1000u

struct ptx_diags {
	struct ptx_arena *arena;
	PTX_VEC(struct ptx_diag) list;
	size_t counts[3];
	bool last_kept;
	bool no_memory;
};

struct ptx_diags *ptx_diags_new(void)
{
	struct ptx_diags *d = ptxi_alloc(sizeof(*d));

	if (!d)
		return NULL;
	d->arena = ptx_arena_new(0);
	if (!d->arena) {
		ptx_free(d);
		return NULL;
	}
	return d;
}

void ptx_diags_free(struct ptx_diags *d)
{
	if (!d)
		return;
	ptx_arena_free(d->arena);
	ptx_vec_done(&d->list);
	ptx_free(d);
}

size_t ptx_diags_count(const struct ptx_diags *d)
{
	return d ? d->list.n : 0;
}

size_t ptx_diags_count_of(const struct ptx_diags *d, enum ptx_severity severity)
{
	return d ? d->counts[severity] : 0;
}

const struct ptx_diag *ptx_diags_at(const struct ptx_diags *d, size_t i)
{
	return d && i < d->list.n ? &d->list.v[i] : NULL;
}

static const char *keep(struct ptx_diags *d, const char *s)
{
	const char *kept = s ? ptxi_arena_str(d->arena, s) : NULL;

	d->no_memory |= s && !kept;
	return kept;
}

void ptxi_diag_add(struct ptx_diags *d, enum ptx_severity severity, int code, const char *rule,
		   struct ptx_where where, const char *path, const char *fmt, ...)
{
	struct ptx_diag one = { .severity = severity, .code = code };
	ptx_auto_buf text = { 0 };
	va_list ap;

	if (!d)
		return;
	d->counts[severity]++;
	d->last_kept = false;
	if (d->list.n >= MOST_KEPT)
		return;
	ptx_buf_init(&text, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	one.rule = keep(d, rule);
	one.path = keep(d, path);
	one.message = keep(d, text.p);
	one.where = where;
	one.where.file = keep(d, where.file);
	if (!one.message)
		one.message = "out of memory";
	d->last_kept = ptx_vec_push(&d->list, one);
	d->no_memory |= !d->last_kept || !ptx_buf_ok(&text) || code == PTX_E_NOMEM;
}

void ptxi_diag_hint(struct ptx_diags *d, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	if (!d || !d->last_kept)
		return;
	ptx_buf_init(&text, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	d->list.v[d->list.n - 1].hint = keep(d, text.p);
	d->no_memory |= !ptx_buf_ok(&text);
}

void ptxi_diags_move(struct ptx_diags *d, struct ptx_diags *from)
{
	for (size_t i = 0; d && i < from->list.n; i++) {
		const struct ptx_diag *one = &from->list.v[i];

		ptxi_diag_add(d, one->severity, one->code, one->rule, one->where, one->path, "%s",
			      one->message);
		if (one->hint)
			ptxi_diag_hint(d, "%s", one->hint);
		from->counts[one->severity]--;
	}
	/* Those that were only counted. */
	for (size_t i = 0; i < PTXI_COUNT(from->counts); i++) {
		if (d)
			d->counts[i] += from->counts[i];
		from->counts[i] = 0;
	}
	if (d)
		d->no_memory |= from->no_memory;
	from->list.n = 0;
	from->last_kept = from->no_memory = false;
}

void ptxi_diag_add_error(struct ptx_diags *d, const char *rule, const struct ptx_error *e)
{
	const struct ptx_where *where = ptx_error_where(e);
	const char *hint = ptx_error_hint(e);

	ptxi_diag_add(d, PTX_ERROR, ptx_error_code(e), rule,
		      where ? *where : (struct ptx_where){ 0 }, NULL, "%s", ptx_error_message(e));
	if (hint)
		ptxi_diag_hint(d, "%s", hint);
}

int ptxi_diags_check(const struct ptx_diags *d, struct ptx_error **err)
{
	return d && d->no_memory ? ptx_fail(err, PTX_E_NOMEM, "no memory for a list of problems")
				 : 0;
}

int ptxi_diags_fail(const struct ptx_diags *d, struct ptx_error **err)
{
	size_t errors = ptx_diags_count_of(d, PTX_ERROR);

	for (size_t i = 0; d && errors && i < d->list.n; i++) {
		const struct ptx_diag *one = &d->list.v[i];

		if (one->severity != PTX_ERROR)
			continue;
		ptx_fail_at(err, one->code ? one->code : PTX_E_INVALID, one->where, "%s",
			    one->message);
		if (one->hint)
			ptxi_error_hint(err, "%s", one->hint);
		if (errors > 1)
			ptx_wrap(err, "and %zu more %s", errors - 1,
				 errors == 2 ? "problem" : "problems");
		return one->code ? one->code : PTX_E_INVALID;
	}
	if (errors)
		return ptx_fail(err, PTX_E_INVALID, "%zu problems", errors);
	return 0;
}

void ptx_diag_print(const struct ptx_diag *d, struct ptx_buf *out)
{
	static const char *const names[] = { "note", "warning", "error" };

	if (d->where.file) {
		ptx_buf_adds(out, d->where.file);
		if (d->where.line)
			ptx_buf_printf(out, ":%u", d->where.line);
		if (d->where.line && d->where.column)
			ptx_buf_printf(out, ":%u", d->where.column);
		ptx_buf_adds(out, ": ");
	}
	ptx_buf_printf(out, "%s: %s", names[d->severity], d->message);
	if (d->hint)
		ptx_buf_printf(out, " (%s)", d->hint);
	if (d->rule)
		ptx_buf_printf(out, " [%s]", d->rule);
}
