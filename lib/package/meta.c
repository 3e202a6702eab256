/* SPDX-License-Identifier: Apache-2.0 */
/* meta.c - package.json: who the package is.
 *
 * A package without one still works (the oldest examples have none), so that is a warning; one that
 * is there must have a name and fields of the right types, as the original refuses to decode
 * others. Any name and version that the original loads is loaded; a plain name and a semantic
 * version are needed only to build.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "package.h"
#include "../base/diag.h"
#include "../value/codec.h"

#define FILE_NAME "package.json"

enum shape { TEXT, TEXTS, PEOPLE };

static const struct {
	const char *name;
	enum shape shape;
} fields[] = {
	{ "api_version", TEXT }, { "apiVersion", TEXT },  { "name", TEXT },
	{ "version", TEXT },     { "app_version", TEXT }, { "description", TEXT },
	{ "home", TEXT },        { "icon", TEXT },        { "screenshots", TEXTS },
	{ "keywords", TEXTS },   { "sources", TEXTS },    { "maintainers", PEOPLE },
};

static void wrong(struct ptx_diags *diags, const char *name, const struct ptx_value *v,
		  const char *want)
{
	ptxi_diag_add(diags, PTX_ERROR, PTX_E_INVALID, "package-field", ptx_value_where(v), name,
		      "'%s' of the package is of type %s; it must be %s", name,
		      ptx_value_kind_name(v), want);
}

static bool is_text(const struct ptx_value *v)
{
	return ptx_value_kind(v) == PTX_STRING || ptx_value_kind(v) == PTX_NULL;
}

static void check_person(const char *name, const struct ptx_value *v, struct ptx_diags *diags)
{
	if (ptx_value_kind(v) != PTX_MAP)
		wrong(diags, name, v, "a list of {name, email}");
	else if (!is_text(ptx_value_get(v, "name")))
		wrong(diags, "name", ptx_value_get(v, "name"), "a string");
	else if (!is_text(ptx_value_get(v, "email")))
		wrong(diags, "email", ptx_value_get(v, "email"), "a string");
}

static void check_field(const char *name, enum shape shape, const struct ptx_value *v,
			struct ptx_diags *diags)
{
	if (ptx_value_kind(v) == PTX_NULL)
		return;
	if (shape == TEXT) {
		if (ptx_value_kind(v) != PTX_STRING)
			wrong(diags, name, v, "a string");
		return;
	}
	if (ptx_value_kind(v) != PTX_LIST) {
		wrong(diags, name, v,
		      shape == TEXTS ? "a list of strings" : "a list of {name, email}");
		return;
	}
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_at(v, i);

		if (shape == PEOPLE)
			check_person(name, one, diags);
		else if (!is_text(one))
			wrong(diags, name, one, "a list of strings");
	}
}

bool ptxi_meta_name_ok(const char *name)
{
	size_t n =
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && n <= 200 && !name[n] && name[0] != '.' && name[0] != '-';
}

/* Numbers and names between dots, none empty; numbers without leading zeros where that is asked. */
static bool identifiers(struct ptx_str s, bool numbers_strict)
{
	struct ptx_str part = { 0 };

	if (!s.n || s.p[s.n - 1] == '.')
		return false;
	while (ptxi_str_next(&s, '.', &part)) {
		bool digits = part.n > 0;

		for (size_t i = 0; i < part.n; i++) {
			char c = part.p[i];

			if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			      (c >= 'A' && c <= 'Z') || c == '-'))
				return false;
			digits = digits && c >= '0' && c <= '9';
		}
		if (!part.n || (numbers_strict && digits && part.n > 1 && part.p[0] == '0'))
			return false;
	}
	return true;
}

bool ptxi_meta_version_ok(const char *version)
{
	struct ptx_str s = ptxi_str(version + (version[0] == 'v'));
	struct ptx_str part = { 0 };
	size_t plus = ptxi_str_find_char(s, '+');
	size_t dash = ptxi_str_find_char(ptxi_str_sub(s, 0, plus), '-');
	struct ptx_str core = ptxi_str_sub(s, 0, dash < plus ? dash : plus);
	uint64_t number = 0;
	unsigned count = 0;

	if (plus != SIZE_MAX && !identifiers(ptxi_str_from(s, plus + 1), false))
		return false;
	if (dash != SIZE_MAX &&
	    !identifiers(ptxi_str_sub(s, dash + 1, (plus == SIZE_MAX ? s.n : plus) - dash - 1),
			 true))
		return false;
	if (!identifiers(core, true))
		return false;
	for (struct ptx_str rest = core; ptxi_str_next(&rest, '.', &part); count++)
		if (!ptxi_parse_u64(part, &number, INT64_MAX))
			return false;
	return count == 3;
}

static void check_name(struct ptx_package *p, struct ptx_diags *diags)
{
	const struct ptx_value *name = ptx_value_get(p->meta, "name");

	if (!*p->name)
		ptxi_diag_add(diags, PTX_ERROR, PTX_E_INVALID, "package-name",
			      ptx_value_where(name ? name : p->meta), "name",
			      "the package has no name");
	else if (strchr(p->name, '/') || strcmp(p->name, ".") == 0 || strcmp(p->name, "..") == 0)
		ptxi_diag_add(diags, PTX_ERROR, PTX_E_INVALID, "package-name",
			      ptx_value_where(name), "name", "'%s' cannot be the name of a package",
			      p->name);
	else if (!ptxi_meta_name_ok(p->name))
		ptxi_diag_add(
		    diags, PTX_WARNING, 0, "package-name", ptx_value_where(name), "name",
		    "'%s' cannot be packed under this name: letters, digits, '.', '_' and '-' can",
		    p->name);
}

int ptxi_meta_load(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct ptx_str text = { 0 };
	ptx_auto(error) e = NULL;
	int rc = ptxi_package_read(p, FILE_NAME, &text, err);

	if (rc < 0)
		return rc;
	if (rc == 0) {
		ptxi_diag_add(diags, PTX_WARNING, 0, "package-missing", (struct ptx_where){ 0 },
			      NULL,
			      "there is no " FILE_NAME ": the package has no name and no version");
		return 0;
	}
	o.file = FILE_NAME;
	o.diags = diags;
	p->meta = ptx_json_parse(p->arena, text, &o, &e);
	if (e) {
		ptxi_diag_add_error(diags, "package-json", e);
		return 0;
	}
	if (ptx_value_kind(p->meta) != PTX_MAP) {
		wrong(diags, FILE_NAME, p->meta, "an object");
		p->meta = NULL;
		return 0;
	}
	for (size_t i = 0; i < PTXI_COUNT(fields); i++)
		check_field(fields[i].name, fields[i].shape, ptx_value_get(p->meta, fields[i].name),
			    diags);
	p->name = ptx_value_as_string(ptx_value_get(p->meta, "name"), "");
	p->version = ptx_value_as_string(ptx_value_get(p->meta, "version"), "");
	p->app_version = ptx_value_as_string(ptx_value_get(p->meta, "app_version"), "");
	p->description = ptx_value_as_string(ptx_value_get(p->meta, "description"), "");
	check_name(p, diags);
	return 0;
}
