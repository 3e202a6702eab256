/* SPDX-License-Identifier: Apache-2.0 */
/* semver.c - semantic versions (semver.org 2.0.0), read as leniently as Go's Masterminds/semver v3.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "semver.h"
#include "gonum.h"

#define LONGEST 256u

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-';
}

static bool all(struct ptx_str s, bool (*is)(char))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return true;
}

static int invalid(struct ptx_error **err, const char *message)
{
	return ptx_fail(err, PTX_E_SYNTAX, "%s", message);
}

static int check_pre(struct ptx_str s, struct ptx_error **err)
{
	struct ptx_str part = { NULL, 0 };

	while (ptxi_str_next(&s, '.', &part)) {
		if (part.n == 0 || !all(part, is_word))
			return invalid(err, "invalid prerelease string");
		if (all(part, is_digit) && part.n > 1 && part.p[0] == '0')
			return invalid(err, "version segment starts with 0");
	}
	return 0;
}

static int check_meta(struct ptx_str s, struct ptx_error **err)
{
	struct ptx_str part = { NULL, 0 };

	while (ptxi_str_next(&s, '.', &part))
		if (part.n == 0 || !all(part, is_word))
			return invalid(err, "invalid metadata string");
	return 0;
}

static int number(struct ptx_str s, bool strict, uint64_t *out, struct ptx_error **err)
{
	enum ptxi_go_number status = ptxi_go_parse_uint(s, 10, out);

	if (status == PTXI_NUMBER_OK)
		return 0;
	return ptx_fail(err, PTX_E_SYNTAX, "%sstrconv.ParseUint: parsing \"%.*s\": %s",
			strict ? "" : "error parsing version segment: ", PTX_STR_ARG(s),
			ptxi_go_number_error(status));
}

static int parse_strict(struct ptx_str s, struct ptxi_semver *out, struct ptx_error **err)
{
	struct ptx_str parts[3];
	uint64_t *numbers[3] = { &out->major, &out->minor, &out->patch };
	size_t at = 0;

	if (s.n == 0)
		return invalid(err, "version string empty");
	for (size_t i = 0; i < 2; i++) {
		at = ptxi_str_find_char(s, '.');
		if (at == SIZE_MAX)
			return invalid(err, "invalid semantic version");
		parts[i] = ptxi_strn(s.p, at);
		s = ptxi_str_from(s, at + 1);
	}
	at = ptxi_str_find_char(s, '+');
	if (at != SIZE_MAX) {
		out->meta = ptxi_str_from(s, at + 1);
		s.n = at;
		if (out->meta.n == 0 || check_meta(out->meta, err) < 0)
			return out->meta.n ? PTX_E_SYNTAX : invalid(err, "invalid metadata string");
	}
	at = ptxi_str_find_char(s, '-');
	if (at != SIZE_MAX) {
		out->pre = ptxi_str_from(s, at + 1);
		s.n = at;
		if (out->pre.n == 0 || check_pre(out->pre, err) < 0)
			return out->pre.n ? PTX_E_SYNTAX
					  : invalid(err, "invalid prerelease string");
	}
	parts[2] = s;
	for (size_t i = 0; i < 3; i++) {
		if (!all(parts[i], is_digit))
			return invalid(err, "invalid characters in version");
		if (parts[i].n > 1 && parts[i].p[0] == '0')
			return invalid(err, "version segment starts with 0");
	}
	for (size_t i = 0; i < 3; i++)
		if (number(parts[i], true, numbers[i], err) < 0)
			return PTX_E_SYNTAX;
	return 0;
}

/* Takes the characters of a class off. */
static struct ptx_str take(struct ptx_str *s, bool (*is)(char))
{
	size_t n = 0;
	struct ptx_str part;

	while (n < s->n && is(s->p[n]))
		n++;
	part = ptxi_strn(s->p, n);
	*s = ptxi_str_from(*s, n);
	return part;
}

/* Takes `sign` and what words and points follow off; false when nothing does. */
static bool take_words(struct ptx_str *s, char sign, struct ptx_str *out)
{
	struct ptx_str rest = ptxi_str_from(*s, 1);
	size_t n = 0;

	if (s->n == 0 || s->p[0] != sign || take(&rest, is_word).n == 0)
		return false;
	while (rest.n > 1 && rest.p[0] == '.' && is_word(rest.p[1])) {
		rest = ptxi_str_from(rest, 1);
		take(&rest, is_word);
	}
	n = (size_t)(rest.p - s->p);
	*out = ptxi_str_sub(*s, 1, n - 1);
	*s = rest;
	return true;
}

static int parse_lenient(struct ptx_str s, struct ptxi_semver *out, struct ptx_error **err)
{
	struct ptx_str parts[3] = { { NULL, 0 } };
	uint64_t *numbers[3] = { &out->major, &out->minor, &out->patch };

	if (s.n && s.p[0] == 'v')
		s = ptxi_str_from(s, 1);
	parts[0] = take(&s, is_digit);
	for (size_t i = 1; i < 3 && s.n > 1 && s.p[0] == '.' && is_digit(s.p[1]); i++) {
		s = ptxi_str_from(s, 1);
		parts[i] = take(&s, is_digit);
	}
	take_words(&s, '-', &out->pre);
	take_words(&s, '+', &out->meta);
	if (parts[0].n == 0 || s.n)
		return invalid(err, "invalid semantic version");
	for (size_t i = 0; i < 3; i++)
		if (parts[i].n && number(parts[i], false, numbers[i], err) < 0)
			return PTX_E_SYNTAX;
	if (out->pre.n && check_pre(out->pre, err) < 0)
		return PTX_E_SYNTAX;
	return out->meta.n ? check_meta(out->meta, err) : 0;
}

int ptxi_semver_parse(struct ptx_str text, bool strict, struct ptxi_semver *out,
		      struct ptx_error **err)
{
	*out = (struct ptxi_semver){ .pre = PTXI_STR(""), .meta = PTXI_STR(""), .original = text };
	if (strict && text.n == 0)
		return invalid(err, "version string empty");
	if (text.n > LONGEST)
		return ptx_fail(err, PTX_E_SYNTAX, "version string is too long (max %u bytes)",
				LONGEST);
	return strict ? parse_strict(text, out, err) : parse_lenient(text, out, err);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Numbers count by amount and come before words; a missing part before any. */
static int compare_part(struct ptx_str a, struct ptx_str b)
{
	uint64_t na = 0;
	uint64_t nb = 0;
	bool a_number = ptxi_go_parse_uint(a, 10, &na) == PTXI_NUMBER_OK;
	bool b_number = ptxi_go_parse_uint(b, 10, &nb) == PTXI_NUMBER_OK;

	if (ptxi_str_eq(a, b))
		return 0;
	if (a.n == 0 || b.n == 0)
		return a.n == 0 ? -1 : 1;
	if (a_number != b_number)
		return a_number ? -1 : 1;
	if (a_number)
		return na > nb ? 1 : -1;
	return ptxi_str_cmp(a, b) > 0 ? 1 : -1;
}

int ptxi_semver_compare_pre(struct ptx_str a, struct ptx_str b)
{
	bool more = true;

	while (more) {
		struct ptx_str pa = { "", 0 };
		struct ptx_str pb = { "", 0 };
		bool has_a = ptxi_str_next(&a, '.', &pa);
		bool has_b = ptxi_str_next(&b, '.', &pb);
		int c = compare_part(pa, pb);

		if (c)
			return c;
		more = has_a || has_b;
	}
	return 0;
}

int ptxi_semver_compare(const struct ptxi_semver *a, const struct ptxi_semver *b)
{
	int c = compare_numbers(a->major, b->major);

	c = c ? c : compare_numbers(a->minor, b->minor);
	c = c ? c : compare_numbers(a->patch, b->patch);
	if (c || (a->pre.n == 0 && b->pre.n == 0))
		return c;
	if (a->pre.n == 0 || b->pre.n == 0)
		return a->pre.n == 0 ? 1 : -1;
	return ptxi_semver_compare_pre(a->pre, b->pre);
}

void ptxi_semver_print(const struct ptxi_semver *v, struct ptx_buf *out)
{
	ptx_buf_printf(out, "%llu.%llu.%llu", (unsigned long long)v->major,
		       (unsigned long long)v->minor, (unsigned long long)v->patch);
	if (v->pre.n)
		ptx_buf_printf(out, "-%.*s", PTX_STR_ARG(v->pre));
	if (v->meta.n)
		ptx_buf_printf(out, "+%.*s", PTX_STR_ARG(v->meta));
}

bool ptxi_semver_next(const struct ptxi_semver *v, enum ptxi_semver_part part,
		      struct ptxi_semver *out)
{
	const uint64_t *at = part == PTXI_SEMVER_MAJOR   ? &v->major
			     : part == PTXI_SEMVER_MINOR ? &v->minor
							 : &v->patch;

	*out = (struct ptxi_semver){ .major = v->major, .pre = PTXI_STR(""), .meta = PTXI_STR("") };
	if (part == PTXI_SEMVER_PATCH && v->pre.n) {
		/* a pre-release comes before its own version */
		out->minor = v->minor;
		out->patch = v->patch;
		return true;
	}
	if (*at == UINT64_MAX)
		return false;
	switch (part) {
	case PTXI_SEMVER_MAJOR:
		out->major++;
		break;
	case PTXI_SEMVER_MINOR:
		out->minor = v->minor + 1;
		break;
	case PTXI_SEMVER_PATCH:
		out->minor = v->minor;
		out->patch = v->patch + 1;
		break;
	}
	return true;
}
