/* SPDX-License-Identifier: Apache-2.0 */
/* glob.c - shell patterns and ignore files.
 *
 * A pattern is checked as a whole before it is matched, so a malformed one is never taken for one
 * that does not match. Matching keeps only the latest star to go back to: an earlier one cannot
 * help, since what stands between two stars has matched at the first place possible. That bounds
 * the work to the product of both lengths.
 *
 * Ignore files go by Helm's rules, its oddest included: a negated pattern leaves out all that it
 * does not match.
 */
#define PTX_AREA PTX_AREA_BASE
#include "glob.h"
#include "utf8.h"
#include "vec.h"

#define MAX_RULES 10000

/* Reads one character of a class at *at, quoted or not. False where the pattern is malformed. */
static bool class_rune(struct ptx_str pattern, size_t *at, uint32_t *rune)
{
	struct ptx_str rest = ptxi_str_from(pattern, *at);
	size_t len = 0;

	if (rest.n == 0 || rest.p[0] == '-' || rest.p[0] == ']')
		return false;
	if (rest.p[0] == '\\') {
		rest = ptxi_str_from(rest, 1);
		++*at;
		if (rest.n == 0)
			return false;
	}
	*rune = ptxi_utf8_decode(rest, &len);
	if (!ptxi_utf8_valid_at(rest))
		return false;
	*at += len;
	return *at < pattern.n;
}

/* Reads the class whose `[` is at *at and leaves *at behind its `]`. *hit says whether rune is in
 * it. */
static bool read_class(struct ptx_str pattern, size_t *at, uint32_t rune, bool *hit)
{
	bool negated = false;
	bool found = false;
	size_t ranges = 0;

	++*at;
	if (*at < pattern.n && pattern.p[*at] == '^') {
		negated = true;
		++*at;
	}
	for (;; ranges++) {
		uint32_t low = 0;
		uint32_t high = 0;

		if (ranges > 0 && *at < pattern.n && pattern.p[*at] == ']')
			break;
		if (!class_rune(pattern, at, &low))
			return false;
		high = low;
		if (pattern.p[*at] == '-') {
			++*at;
			if (!class_rune(pattern, at, &high))
				return false;
		}
		found = found || (low <= rune && rune <= high);
	}
	++*at;
	*hit = found != negated;
	return true;
}

static bool is_well_formed(struct ptx_str pattern)
{
	bool hit = false;

	for (size_t at = 0; at < pattern.n;) {
		if (pattern.p[at] == '[') {
			if (!read_class(pattern, &at, 0, &hit))
				return false;
			continue;
		}
		if (pattern.p[at] == '\\' && ++at == pattern.n)
			return false;
		at++;
	}
	return true;
}

/* Matches the one element of the pattern at *p, which is no star, against name at *n. */
static bool match_one(struct ptx_str pattern, size_t *p, struct ptx_str name, size_t *n)
{
	size_t len = 0;
	uint32_t rune = 0;
	bool hit = false;

	if (*n >= name.n)
		return false;
	rune = ptxi_utf8_decode(ptxi_str_from(name, *n), &len);
	switch (pattern.p[*p]) {
	case '?':
		++*p;
		hit = rune != '/';
		break;
	case '[':
		read_class(pattern, p, rune, &hit);
		break;
	case '\\':
		++*p;
		/* fall through */
	default:
		hit = pattern.p[*p] == name.p[*n];
		++*p;
		len = 1;
	}
	*n += len;
	return hit;
}

int ptxi_glob_match(struct ptx_str pattern, struct ptx_str name)
{
	size_t p = 0;
	size_t n = 0;
	size_t star = SIZE_MAX; /* behind the latest star, and where the name went on from it */
	size_t star_n = 0;

	if (!is_well_formed(pattern))
		return PTX_E_SYNTAX;
	while (p < pattern.n || n < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = ++p;
			star_n = n;
			continue;
		}
		if (p < pattern.n && match_one(pattern, &p, name, &n))
			continue;
		if (star == SIZE_MAX || star_n >= name.n || name.p[star_n] == '/')
			return 0;
		p = star;
		n = ++star_n;
	}
	return 1;
}

struct rule {
	char *pattern;
	bool negated;
	bool dirs_only;
	bool whole_path; /* else the last part of it */
};

struct ptxi_ignore {
	PTX_VEC(struct rule) rules;
};

void ptxi_ignore_free(struct ptxi_ignore *ig)
{
	if (!ig)
		return;
	for (size_t i = 0; i < ig->rules.n; i++)
		ptx_free(ig->rules.v[i].pattern);
	ptx_vec_done(&ig->rules);
	ptx_free(ig);
}

static int add_rule(struct ptxi_ignore *ig, struct ptx_str line, struct ptx_where where,
		    struct ptx_error **err)
{
	struct rule rule = { 0 };
	struct ptx_str text = ptxi_str_trim(line);

	if (text.n == 0 || text.p[0] == '#')
		return 0;
	if (ptxi_str_find(text, PTXI_STR("**")) != SIZE_MAX) {
		ptx_fail_at(err, PTX_E_SYNTAX, where,
			    "`**` is not supported in ignore patterns: '%.*s'", PTX_STR_ARG(text));
		ptxi_error_hint(
		    err, "name the folder with a trailing slash to leave out all that is in it");
		return PTX_E_SYNTAX;
	}
	if (text.p[0] == '!') {
		rule.negated = true;
		text = ptxi_str_from(text, 1);
	}
	if (text.n > 0 && text.p[text.n - 1] == '/') {
		rule.dirs_only = true;
		text.n--;
	}
	rule.whole_path = ptxi_str_find_char(text, '/') != SIZE_MAX;
	if (text.n > 0 && text.p[0] == '/')
		text = ptxi_str_from(text, 1);
	if (!is_well_formed(text) || memchr(text.p ? text.p : "", '\0', text.n))
		return ptx_fail_at(err, PTX_E_SYNTAX, where, "malformed ignore pattern '%.*s'",
				   PTX_STR_ARG(text));
	if (ig->rules.n == MAX_RULES)
		return ptx_fail_at(err, PTX_E_LIMIT, where, "more than %d ignore patterns",
				   MAX_RULES);
	rule.pattern = ptxi_str_dup(text);
	if (!rule.pattern || !ptx_vec_push(&ig->rules, rule)) {
		ptx_free(rule.pattern);
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the ignore patterns");
	}
	return 0;
}

struct ptxi_ignore *ptxi_ignore_parse(struct ptx_str text, const char *file, struct ptx_error **err)
{
	ptxi_auto(ignore) ig = ptxi_alloc(sizeof(*ig));
	struct ptx_where where = { file, 0, 1 };
	struct ptx_str line = { NULL, 0 };

	if (!ig) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for the ignore patterns");
		return NULL;
	}
	if (ptxi_str_starts(text, "\xef\xbb\xbf"))
		text = ptxi_str_from(text, 3);
	while (ptxi_str_next(&text, '\n', &line)) {
		where.line++;
		if (add_rule(ig, line, where, err) < 0)
			return NULL;
	}
	return ptx_steal(&ig);
}

bool ptxi_ignore_match(const struct ptxi_ignore *ig, const char *path, bool is_dir)
{
	const char *slash = strrchr(path, '/');
	struct ptx_str whole = ptxi_str(path);
	struct ptx_str base = ptxi_str(slash ? slash + 1 : path);

	if (path[0] == '\0' || strcmp(path, ".") == 0 || strcmp(path, "./") == 0)
		return false;
	for (size_t i = 0; i < ig->rules.n; i++) {
		const struct rule *r = &ig->rules.v[i];
		bool hit = (is_dir || !r->dirs_only) &&
			   ptxi_glob_match(ptxi_str(r->pattern), r->whole_path ? whole : base) == 1;

		if (hit != r->negated)
			return true;
	}
	return false;
}
