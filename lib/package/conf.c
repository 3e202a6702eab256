/* SPDX-License-Identifier: Apache-2.0 */
/* conf.c - from a template and answers to the cluster conf as a value.
 *
 * The dialects differ only in how a tag is written; a tag alone in quotes, or outside of them,
 * becomes the JSON of its value, one inside a longer string its text, escaped. Plain paths are done
 * here, and what is written knows where it came from, so a problem in the conf is shown in the
 * template's own lines. As soon as one tag is more than a path, the template engine does all of
 * them (conf_action.c). Invariant: when *conf is set, diags got no error from here.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "conf.h"
#include "../base/diag.h"
#include "../value/codec.h"
#include "../value/path.h"

#define MOST_CONF_BYTES (16u << 20)
#define MOST_DEPTH      1000u

void ptxi_conf_missing(struct ptxi_conf_job *job, const struct ptx_value *root, struct ptx_str path,
		       size_t at)
{
	struct ptxi_found found = ptxi_value_find_path(root, path);
	struct ptx_str near = ptxi_value_nearest_key(found.at, found.rest);
	bool lenient = job->src->appcenter;

	job->missing = true;
	ptxi_diag_add(job->diags, lenient ? PTX_WARNING : PTX_ERROR, lenient ? 0 : PTX_E_INVALID,
		      "conf-missing", ptxi_pieces_where(&job->pieces, at), NULL, "no value '%.*s'",
		      PTX_STR_ARG(path));
	if (near.p)
		ptxi_diag_hint(job->diags, "did you mean '%.*s'?", PTX_STR_ARG(near));
}

void ptxi_conf_put_json(const struct ptx_value *v, struct ptx_buf *out)
{
	ptx_json_format(v, NULL, out);
}

void ptxi_conf_put_text(const struct ptx_value *v, struct ptx_buf *out)
{
	ptx_auto_buf b = { 0 };
	struct ptx_str plain = ptx_value_str(v);

	ptx_buf_init(&b, MOST_CONF_BYTES);
	if (ptx_value_kind(v) != PTX_STRING) {
		ptx_json_format(v, NULL, &b);
		plain = ptx_buf_str(&b);
	}
	if (!ptx_buf_ok(&b))
		out->status = b.status;
	else {
		ptx_auto_buf quoted = { 0 };

		ptx_buf_init(&quoted, 0);
		ptxi_json_quote(plain, false, &quoted);
		if (ptx_buf_ok(&quoted) && quoted.n >= 2)
			ptx_buf_add(out, quoted.p + 1, quoted.n - 2);
	}
}

static void put_path(struct ptxi_conf_job *job, const struct ptxi_piece *piece)
{
	struct ptx_str path = ptxi_piece_path(piece->expr);
	struct ptxi_found found = ptxi_value_find_path(job->values, path);

	if (!found.value) {
		ptxi_conf_missing(job, job->values, path, piece->tag);
		return;
	}
	if (piece->place == PTXI_PLACE_INSIDE)
		ptxi_conf_put_text(found.value, &job->out);
	else
		ptxi_conf_put_json(found.value, &job->out);
}

static void put_plain(struct ptxi_conf_job *job)
{
	for (size_t i = 0; i < job->pieces.list.n; i++) {
		const struct ptxi_piece *piece = &job->pieces.list.v[i];

		ptxi_posmap_add(&job->map, job->out.n, piece->from, piece->kind == PTXI_PIECE_TEXT);
		if (piece->kind == PTXI_PIECE_TEXT)
			ptx_buf_add(&job->out, job->src->text.p + piece->from,
				    piece->to - piece->from);
		else if (piece->kind == PTXI_PIECE_PATH)
			put_path(job, piece);
	}
	ptxi_posmap_add(&job->map, job->out.n, job->src->text.n, true);
}

static struct ptx_where place_of(const struct ptxi_conf_job *job, struct ptx_where w)
{
	if (!w.line)
		return w;
	if (!job->map.marks.n) {
		w.file = ptxi_arena_printf(job->arena, "%s (rendered)", job->src->file);
		return w;
	}
	w = ptxi_posmap_where(&job->map, ptx_buf_str(&job->out), &job->pieces, w.line, w.column);
	w.file = job->src->file;
	return w;
}

/* Gives every value below v its place in the template. */
static void place_values(const struct ptxi_conf_job *job, struct ptx_value *v, unsigned depth)
{
	struct ptx_where w = place_of(job, ptx_value_where(v));

	if (w.line)
		ptxi_value_place(v, w.file, w.line, w.column);
	if (depth > MOST_DEPTH)
		return;
	if (ptx_value_kind(v) == PTX_LIST)
		for (size_t i = 0; i < ptx_value_count(v); i++)
			place_values(job, ptx_value_at(v, i), depth + 1);
	if (ptx_value_kind(v) == PTX_MAP)
		for (size_t i = 0; i < ptx_value_count(v); i++)
			place_values(job, ptx_value_entry(v, i, NULL), depth + 1);
}

static void add_moved(const struct ptxi_conf_job *job, const struct ptx_diags *from)
{
	for (size_t i = 0; i < ptx_diags_count(from); i++) {
		const struct ptx_diag *d = ptx_diags_at(from, i);

		ptxi_diag_add(job->diags, d->severity, d->code, d->rule, place_of(job, d->where),
			      d->path, "%s", d->message);
		if (d->hint)
			ptxi_diag_hint(job->diags, "%s", d->hint);
	}
}

static int read_conf(struct ptxi_conf_job *job, struct ptx_value **conf, struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	ptx_auto(diags) found = ptx_diags_new();
	ptx_auto(error) e = NULL;
	struct ptx_value *v = NULL;

	if (!found)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a list of problems");
	o.file = job->src->file;
	o.duplicates = job->src->appcenter ? PTX_DUPLICATES_WARN : PTX_DUPLICATES_REFUSE;
	o.diags = found;
	v = ptx_json_parse(job->arena, ptx_buf_str(&job->out), &o, &e);
	add_moved(job, found);
	if (v) {
		place_values(job, v, 0);
		*conf = v;
		return 0;
	}
	if (ptx_error_code(e) == PTX_E_NOMEM) {
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a conf");
	}
	ptxi_diag_add(
	    job->diags, PTX_ERROR, ptx_error_code(e), "conf-json",
	    place_of(job, ptx_error_where(e) ? *ptx_error_where(e) : (struct ptx_where){ 0 }), NULL,
	    "the rendered conf is no JSON: %s", ptx_error_message(e));
	if (job->missing)
		ptxi_diag_hint(job->diags, "a path without a value left a hole");
	else if (ptx_error_hint(e))
		ptxi_diag_hint(job->diags, "%s", ptx_error_hint(e));
	return 0;
}

static int run(struct ptxi_conf_job *job, struct ptx_value **conf, struct ptx_error **err)
{
	size_t before = ptx_diags_count_of(job->diags, PTX_ERROR);
	int rc = 0;

	if (job->pieces.needs_engine)
		rc = ptxi_conf_execute(job, err);
	else
		put_plain(job);
	if (rc < 0)
		return rc;
	if (ptx_diags_count_of(job->diags, PTX_ERROR) > before)
		return 0;
	if (job->map.failed)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a conf");
	if (!ptx_buf_ok(&job->out))
		return ptx_fail(err, job->out.status, "the conf that '%s' makes is too large",
				job->src->file);
	return read_conf(job, conf, err);
}

int ptxi_conf_render(struct ptx_arena *a, const struct ptxi_conf_source *src,
		     const struct ptx_value *values, struct ptx_diags *diags,
		     struct ptx_value **conf, struct ptx_error **err)
{
	struct ptxi_conf_job job = { .arena = a, .src = src, .values = values, .diags = diags };
	ptx_auto(error) e = NULL;
	int rc = ptxi_conf_scan(src->text, src->file, &job.pieces, &e);

	*conf = NULL;
	ptx_buf_init(&job.out, MOST_CONF_BYTES);
	if (rc == PTX_E_SYNTAX) {
		ptxi_diag_add_error(diags, "conf-template", e);
		rc = 0;
	} else if (rc < 0) {
		if (err)
			*err = ptx_steal(&e);
	} else {
		rc = run(&job, conf, err);
	}
	ptx_buf_done(&job.out);
	ptxi_posmap_done(&job.map);
	ptxi_pieces_done(&job.pieces);
	return rc;
}

int ptxi_conf_check_syntax(const struct ptxi_conf_source *src, struct ptx_error **err)
{
	struct ptxi_pieces pieces;
	int rc = ptxi_conf_scan(src->text, src->file, &pieces, err);

	ptxi_pieces_done(&pieces);
	return rc;
}
