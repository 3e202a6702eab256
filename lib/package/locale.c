/* SPDX-License-Identifier: Apache-2.0 */
/* locale.c - a locale file is one flat object from the text as it stands in config.json to its
 * translation.
 *
 * All that the package says is looked up by the literal text: labels, descriptions, names of custom
 * services and tabs, messages of exit codes (`err_code10`).
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "locale.h"
#include "../base/diag.h"
#include "../base/path.h"
#include "../base/vec.h"
#include "../value/codec.h"

#define MOST_LOCALES 200u

struct load {
	struct ptx_package *package;
	bool appcenter;
	PTX_VEC(struct ptxi_locale) list;
	struct ptx_diags *diags;
};

/* Real packages say one text twice in places; the last one wins in AppCenter's. */
static const struct ptx_value *read_texts(struct load *l, const char *name, struct ptx_str text)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	ptx_auto(error) e = NULL;
	struct ptx_value *v = NULL;
	struct ptx_str key = { 0 };

	o.file = name;
	o.diags = l->diags;
	o.duplicates = l->appcenter ? PTX_DUPLICATES_WARN : PTX_DUPLICATES_REFUSE;
	v = ptx_json_parse(l->package->arena, text, &o, &e);
	if (!v && l->appcenter) {
		ptxi_diag_add(l->diags, PTX_WARNING, 0, "locale-json",
			      ptx_error_where(e) ? *ptx_error_where(e) : (struct ptx_where){ 0 },
			      NULL, "this locale is left out: %s", ptx_error_message(e));
		return NULL;
	}
	if (!v) {
		ptxi_diag_add_error(l->diags, "locale-json", e);
		return NULL;
	}
	if (ptx_value_kind(v) != PTX_MAP) {
		ptxi_diag_add(l->diags, l->appcenter ? PTX_WARNING : PTX_ERROR,
			      l->appcenter ? 0 : PTX_E_INVALID, "locale-type", ptx_value_where(v),
			      NULL, "a locale is an object of texts, not of type %s",
			      ptx_value_kind_name(v));
		return NULL;
	}
	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *one = ptx_value_entry(v, i, &key);

		if (ptx_value_kind(one) != PTX_STRING)
			ptxi_diag_add(l->diags, PTX_WARNING, 0, "locale-text", ptx_value_where(one),
				      NULL, "the text for '%.*s' is of type %s, not a string",
				      PTX_STR_ARG(key), ptx_value_kind_name(one));
	}
	return v;
}

static int on_file(const char *name, uint64_t size_bytes, void *user, struct ptx_error **err)
{
	struct load *l = user;
	struct ptxi_locale one = { 0 };
	struct ptx_str text = { 0 };
	const char *base = ptxi_path_base(name);
	int rc = 0;

	(void)size_bytes;
	if (strcmp(ptxi_path_ext(name), ".json") != 0 || base[0] == '.')
		return 0;
	if (l->list.n >= MOST_LOCALES)
		return ptx_fail(err, PTX_E_LIMIT, "more than %u locales", MOST_LOCALES);
	rc = ptxi_package_read(l->package, name, &text, err);
	if (rc <= 0)
		return rc;
	one.file = ptxi_arena_str(l->package->arena, name);
	one.language = ptxi_arena_strn(l->package->arena, base, strlen(base) - strlen(".json"));
	if (!one.file || !one.language)
		return ptxi_arena_check(l->package->arena, err);
	one.texts = read_texts(l, one.file, text);
	if (one.texts && !ptx_vec_push(&l->list, one))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for locales");
	return 0;
}

int ptxi_locale_load(struct ptx_package *p, bool appcenter, struct ptxi_locales *out,
		     struct ptx_diags *diags, struct ptx_error **err)
{
	struct load l = { .package = p, .appcenter = appcenter, .diags = diags };
	int rc = ptxi_package_each(p, "locale", on_file, &l, err);

	*out = (struct ptxi_locales){ 0 };
	if (rc >= 0 && l.list.n) {
		out->v = ptxi_arena_array(p->arena, l.list.n, sizeof(*out->v));
		out->n = out->v ? l.list.n : 0;
		if (out->v)
			memcpy(out->v, l.list.v, l.list.n * sizeof(*out->v));
		rc = ptxi_arena_check(p->arena, err);
	}
	ptx_vec_done(&l.list);
	return rc;
}

/* How many characters two names of languages share, up to the end or a part's end in both; 0 when
 * none. */
static size_t shared(const char *a, const char *b)
{
	size_t n = 0;
	size_t whole = 0;

	for (;; n++) {
		char x = a[n] == '_' ? '-' : a[n] >= 'A' && a[n] <= 'Z' ? (char)(a[n] + 32) : a[n];
		char y = b[n] == '_' ? '-' : b[n] >= 'A' && b[n] <= 'Z' ? (char)(b[n] + 32) : b[n];
		bool x_ends = !x || x == '-' || x == '.';
		bool y_ends = !y || y == '-' || y == '.';

		if (x_ends && y_ends)
			whole = n;
		if (x != y || !x)
			return !x && !y ? n + 1 : whole;
	}
}

const struct ptxi_locale *ptxi_locale_find(const struct ptxi_locales *all, const char *language)
{
	const struct ptxi_locale *best = NULL;
	size_t most = 0;

	for (size_t i = 0; language && i < all->n; i++) {
		size_t n = shared(all->v[i].language, language);

		if (n > most) {
			most = n;
			best = &all->v[i];
		}
	}
	return best;
}

const char *ptxi_locale_text(const struct ptxi_locale *l, const char *text)
{
	const char *found =
	    l && *text ? ptx_value_as_string(ptx_value_get(l->texts, text), NULL) : NULL;

	return found && *found ? found : text;
}
