/* SPDX-License-Identifier: Apache-2.0 */
/* schemas.c - values against the values.schema.json of a chart and of each of its subcharts. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
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
	ptx_auto(arena) a = ptx_arena_new(0);
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

static int check(struct ptx_chart *owner, const struct ptxi_chart_use *u,
		 const struct ptx_value *values, const struct ptxi_chart_log *log,
		 struct ptx_buf *out, struct ptx_error **err)
{
	int rc = 0;

	if (u->chart->schema.p) {
		ptx_auto_buf text = { 0 };
		const struct ptx_schema *s = NULL;

		ptx_buf_init(&text, 0);
		s = kept(owner, u->chart, log, &text, &rc, err);
		if (s)
			rc = validate(s, values, &text, err);
		if (rc < 0)
			return rc;
		if (text.n)
			ptx_buf_printf(out, "%s:\n%s", u->name, text.p);
	}
	for (size_t i = 0; rc == 0 && i < u->children.n; i++) {
		const struct ptxi_chart_use *child = u->children.v[i];
		const struct ptx_value *v = ptx_value_get(values, child->name);

		if (ptx_value_kind(v) == PTX_NULL)
			continue;
		if (v->kind != PTX_MAP)
			ptx_buf_printf(
			    out, "%s:\ninvalid type for values: expected object (map), got %s\n",
			    child->name, ptxi_go_type(v));
		else
			rc = check(owner, child, v, log, out, err);
	}
	return rc;
}

int ptxi_chart_check_schemas(struct ptx_chart *owner, const struct ptxi_chart_use *u,
			     const struct ptx_value *values, const struct ptxi_chart_log *log,
			     struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	int rc = 0;

	ptx_buf_init(&text, 0);
	rc = check(owner, u, values, log, &text, err);
	if (rc < 0 || !text.n)
		return rc;
	return ptx_fail(
	    err, PTX_E_INVALID,
	    "values don't meet the specifications of the schema(s) in the following chart(s):\n%s",
	    text.p);
}
