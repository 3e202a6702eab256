/* SPDX-License-Identifier: Apache-2.0 */
/* schemas.c - values against the values.schema.json of a chart and of each of its subcharts. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/diag.h"
#include "../schema/schema.h"
#include "../text/gotype.h"
#include "../value/gojson_error.h"

#define URL  "file:///values.schema.json"
#define HEAD "jsonschema validation failed with 'file:///values.schema.json#'\n"

static void warn(const char *message, void *user)
{
	ptxi_chart_say(user, "jsonschema.go:192", "WARNING: %s", message);
}

static struct ptx_schema *compile(struct ptx_str text, const struct ptxi_chart_log *log,
				  struct ptx_error **err)
{
	struct ptx_schema_opts opts = PTX_SCHEMA_OPTS_INIT;

	opts.url = URL;
	opts.any_urn = true;
	opts.warn = warn;
	opts.user = (void *)log;
	return ptx_schema_compile(text, &opts, err);
}

/* What is wrong with a schema itself, in Helm's words. */
static int broken(struct ptx_str text, const struct ptx_error *why, struct ptx_buf *out)
{
	int code = ptx_error_code(why);

	if (code == PTX_E_NOMEM || code == PTX_E_LIMIT)
		return code;
	if (code == PTX_E_SYNTAX && ptxi_json_go_error(text, out))
		return 0;
	ptx_buf_adds(out, ptx_error_message(why));
	return 0;
}

static int validate(const struct ptx_schema *s, const struct ptx_value *values,
		    struct ptx_buf *text, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(PTXI_SCHEMA_FAULT_BYTES);
	struct ptxi_fault *fault = NULL;
	ptx_auto_buf all = { 0 };
	int rc = a ? ptxi_schema_validate(s, values, a, &fault, err)
		   : ptx_fail(err, PTX_E_NOMEM, "out of memory");

	if (rc < 0 || !fault)
		return rc;
	ptx_buf_init(&all, 0);
	ptxi_fault_print(fault, &all);
	ptx_buf_addstr(text, ptxi_str_starts(ptx_buf_str(&all), HEAD)
				 ? ptxi_str_from(ptx_buf_str(&all), strlen(HEAD))
				 : ptx_buf_str(&all));
	ptx_buf_addc(text, '\n');
	return 0;
}

int ptxi_chart_check_schema(struct ptx_str schema, const struct ptx_value *values,
			    const struct ptxi_chart_log *log, struct ptx_buf *text,
			    struct ptx_error **err)
{
	ptx_auto(error) why = NULL;
	ptx_auto(schema) s = compile(schema, log, &why);
	int rc = 0;

	if (s)
		return validate(s, values, text, err);
	rc = broken(schema, why, text);
	if (rc < 0 && err)
		*err = ptx_steal(&why);
	return rc;
}

/* The compiled schema of a chart, kept for later renders; NULL with its problem in text. */
static struct ptx_schema *kept(struct ptx_chart *owner, const struct ptxi_chart *c,
			       const struct ptxi_chart_log *log, struct ptx_buf *text, int *rc,
			       struct ptx_error **err)
{
	struct ptx_str key = ptxi_strn((const char *)&c, sizeof(c));
	ptx_auto(error) why = NULL;
	struct ptx_schema *s = NULL;

	*rc = 0;
	pthread_mutex_lock(&owner->lock);
	s = ptxi_map_getn(owner->schemas, key);
	if (!s) {
		s = compile(c->schema, log, &why);
		if (s && ptxi_map_setn(owner->schemas, key, s) < 0) {
			ptx_schema_free(s);
			s = NULL;
			ptx_fail(&why, PTX_E_NOMEM, "out of memory");
		}
	}
	pthread_mutex_unlock(&owner->lock);
	if (s)
		return s;
	*rc = broken(c->schema, why, text);
	if (*rc < 0 && err)
		*err = ptx_steal(&why);
	return NULL;
}

/* The names of a use's values among those of the whole chart: ".db.cache". */
static void use_path(const struct ptxi_chart_use *u, struct ptx_buf *out)
{
	if (!u->parent)
		return;
	use_path(u->parent, out);
	ptx_buf_printf(out, ".%s", u->name);
}

/* The same as a problem: the place of the value, or the schema where it stood nowhere. */
static void tell(const struct ptxi_chart_use *u, const char *pointer, struct ptx_where where,
		 const char *message, struct ptx_diags *diags)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf path = { 0 };

	ptx_buf_init(&path, 0);
	ptx_buf_adds(&path, ".Values");
	use_path(u, &path);
	for (const char *p = pointer; *p; p++)
		if (p[0] == '~' && (p[1] == '0' || p[1] == '1'))
			ptx_buf_addc(&path, *++p == '0' ? '~' : '/');
		else
			ptx_buf_addc(&path, *p == '/' ? '.' : *p);
	if (!where.file && a)
		where.file =
		    ptxi_arena_printf(a, "%s/values.schema.json", ptxi_chart_use_path(a, u));
	ptxi_diag_add(diags, PTX_ERROR, PTX_E_INVALID, "values-schema", where, path.p, "%s: %s",
		      path.p, message);
}

static void diagnose(const struct ptx_schema *s, const struct ptxi_chart_use *u,
		     const struct ptx_value *values, struct ptx_diags *diags)
{
	ptx_auto(diags) found = ptx_diags_new();
	const struct ptx_diag *d = NULL;

	ptx_schema_check(s, values, found, NULL);
	for (size_t i = 0; (d = ptx_diags_at(found, i)); i++)
		tell(u, d->path ? d->path : "", d->where, d->message, diags);
}

struct checking {
	struct ptx_chart *owner;
	const struct ptxi_chart_log *log;
	struct ptx_buf *out;
	struct ptx_diags *diags; /* or NULL */
	struct ptx_error **err;
};

static int check_own(struct checking *c, const struct ptxi_chart_use *u,
		     const struct ptx_value *values)
{
	ptx_auto_buf text = { 0 };
	const struct ptx_schema *s = NULL;
	int rc = 0;

	ptx_buf_init(&text, 0);
	s = kept(c->owner, u->chart, c->log, &text, &rc, c->err);
	if (s)
		rc = validate(s, values, &text, c->err);
	if (rc < 0 || !text.n)
		return rc;
	ptx_buf_printf(c->out, "%s:\n%s", u->name, text.p);
	if (s && c->diags)
		diagnose(s, u, values, c->diags);
	else if (c->diags)
		tell(u, "", (struct ptx_where){ 0 }, text.p, c->diags);
	return 0;
}

static int check(struct checking *c, const struct ptxi_chart_use *u, const struct ptx_value *values)
{
	int rc = u->chart->schema.p ? check_own(c, u, values) : 0;
	for (size_t i = 0; rc == 0 && i < u->children.n; i++) {
		const struct ptxi_chart_use *child = u->children.v[i];
		const struct ptx_value *v = ptx_value_get(values, child->name);

		if (ptx_value_kind(v) == PTX_NULL)
			continue;
		if (v->kind == PTX_MAP) {
			rc = check(c, child, v);
			continue;
		}
		ptx_buf_printf(c->out,
			       "%s:\ninvalid type for values: expected object (map), got %s\n",
			       child->name, ptxi_go_type(v));
		if (c->diags)
			tell(child, "", ptx_value_where(v), "a subchart's values are a map",
			     c->diags);
	}
	return rc;
}

int ptxi_chart_check_schemas(struct ptx_chart *owner, const struct ptxi_chart_use *u,
			     const struct ptx_value *values, const struct ptxi_chart_log *log,
			     struct ptx_diags *diags, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	struct checking c = { owner, log, &text, diags, err };
	int rc = 0;

	ptx_buf_init(&text, 0);
	rc = check(&c, u, values);
	if (rc < 0 || !text.n)
		return rc;
	return ptx_fail(
	    err, PTX_E_INVALID,
	    "values don't meet the specifications of the schema(s) in the following chart(s):\n%s",
	    text.p);
}
