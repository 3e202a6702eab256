/* SPDX-License-Identifier: Apache-2.0 */
/* constraint.c - constraints on semantic versions, as Go's Masterminds/semver v3 has them.
 *
 *     constraint = group { "||" group }
 *     group      = term { ( blanks | [ blanks ] "," [ blanks ] ) term }
 *     term       = [ "=" | "!=" | ">" | "<" | ">=" | "=>" | "<=" | "=<" | "~" | "~>" | "^" ] [
 * blanks ] version
 *
 * where a version may end early or hold x, X or * for a number, and `A - B` stands for `>= A, <=
 * B`. A version written short is "dirty": it stands for a range. Ranges are rewritten in the text
 * first, as the package does; the text is kept, because terms are printed as they were written.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "semver.h"
#include "goquote.h"
#include "gostring.h"
#include "../base/vec.h"

#define LONGEST     512u
#define MOST_GROUPS 32u

enum op { EQUAL, NOT_EQUAL, GREATER, LESS, GREATER_EQUAL, LESS_EQUAL, TILDE, CARET };

struct term {
	enum op op;
	struct ptx_str op_text;
	struct ptx_str text; /* the version as written */
	struct ptxi_semver v;
	bool dirty, minor_dirty, patch_dirty;
	unsigned group;
};

struct ptxi_constraint {
	char *text;  /* with ranges rewritten */
	char *spare; /* versions that are not written so: "1.0.0" of "1.x" */
	PTX_VEC(struct term) terms;
	unsigned groups;
	bool has_pre[MOST_GROUPS];
};

void ptxi_constraint_free(struct ptxi_constraint *c)
{
	if (!c)
		return;
	ptx_vec_done(&c->terms);
	ptx_free(c->text);
	ptx_free(c->spare);
	ptx_free(c);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v');
}

static struct ptx_str skip_blanks(struct ptx_str s)
{
	while (s.n && is_blank(s.p[0]))
		s = ptxi_str_from(s, 1);
	return s;
}

static bool in_number(char c)
{
	return (c >= '0' && c <= '9') || c == 'x' || c == 'X' || c == '*' || c == '|';
}

static bool in_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-';
}

static size_t run_of(struct ptx_str s, size_t at, bool (*in)(char))
{
	while (at < s.n && in(s.p[at]))
		at++;
	return at;
}

/* What a version consists of. */
struct shape {
	struct ptx_str numbers[3]; /* with their points; empty: not written */
	struct ptx_str pre;        /* with its - */
	size_t n;                  /* bytes in all */
};

/* `sign` and words behind it, from at on; at itself when there are none. */
static size_t words_end(struct ptx_str s, size_t at, char sign)
{
	size_t end = 0;

	if (at >= s.n || s.p[at] != sign)
		return at;
	end = run_of(s, at + 1, in_word);
	if (end == at + 1)
		return at;
	while (end < s.n && s.p[end] == '.' && run_of(s, end + 1, in_word) > end + 1)
		end = run_of(s, end + 1, in_word);
	return end;
}

/* The longest version that s begins with; false when it begins with none. */
static bool match_version(struct ptx_str s, struct shape *out)
{
	size_t at = s.n && s.p[0] == 'v' ? 1 : 0;
	size_t end = run_of(s, at, in_number);

	*out = (struct shape){ .pre = { "", 0 } };
	if (end == at)
		return false;
	out->numbers[0] = ptxi_str_sub(s, at, end - at);
	for (size_t i = 1; i < 3 && end < s.n && s.p[end] == '.'; i++) {
		size_t next = run_of(s, end + 1, in_number);

		if (next == end + 1)
			break;
		out->numbers[i] = ptxi_str_sub(s, end, next - end);
		end = next;
	}
	at = words_end(s, end, '-');
	out->pre = ptxi_str_sub(s, end, at - end);
	out->n = words_end(s, at, '+');
	return true;
}

/* The end of a range `A - B` that begins at s, with the blanks behind it; 0 when none does. */
static size_t match_range(struct ptx_str s, struct ptx_str *low, struct ptx_str *high)
{
	struct ptx_str rest = skip_blanks(s);
	struct shape shape;

	if (!match_version(rest, &shape))
		return 0;
	*low = ptxi_strn(rest.p, shape.n);
	rest = ptxi_str_from(rest, shape.n);
	if (!rest.n || !is_blank(rest.p[0]))
		return 0;
	rest = skip_blanks(rest);
	if (rest.n < 2 || rest.p[0] != '-' || !is_blank(rest.p[1]))
		return 0;
	rest = skip_blanks(ptxi_str_from(rest, 1));
	if (!match_version(rest, &shape))
		return 0;
	*high = ptxi_strn(rest.p, shape.n);
	rest = skip_blanks(ptxi_str_from(rest, shape.n));
	return s.n - rest.n;
}

/* Ranges as two terms. Each is put where its own text first stands, which need not be where it was
 * found: the package replaces texts. */
static char *rewrite(struct ptx_str s)
{
	ptx_auto_buf out = { 0 };
	struct ptx_str rest = s;

	ptx_buf_init(&out, 0);
	ptx_buf_addstr(&out, s);
	while (rest.n) {
		struct ptx_str low = { NULL, 0 };
		struct ptx_str high = { NULL, 0 };
		size_t n = match_range(rest, &low, &high);
		ptx_auto_buf next = { 0 };
		size_t at = 0;

		if (n == 0) {
			rest = ptxi_str_from(rest, 1);
			continue;
		}
		at = ptxi_str_find(ptx_buf_str(&out), ptxi_strn(rest.p, n));
		if (at != SIZE_MAX) {
			ptx_buf_init(&next, 0);
			ptx_buf_add(&next, out.p, at);
			ptx_buf_printf(&next, ">= %.*s, <= %.*s ", PTX_STR_ARG(low),
				       PTX_STR_ARG(high));
			ptx_buf_addstr(&next, ptxi_str_from(ptx_buf_str(&out), at + n));
			ptx_buf_clear(&out);
			ptx_buf_addstr(&out, ptx_buf_str(&next));
		}
		rest = ptxi_str_from(rest, n);
	}
	return ptx_buf_steal(&out, NULL);
}

static bool match_op(struct ptx_str *s, struct term *t)
{
	static const struct {
		const char *text;
		enum op op;
	} ops[] = {
		{ "!=", NOT_EQUAL },  { ">=", GREATER_EQUAL }, { "=>", GREATER_EQUAL },
		{ "<=", LESS_EQUAL }, { "=<", LESS_EQUAL },    { "~>", TILDE },
		{ "=", EQUAL },       { ">", GREATER },        { "<", LESS },
		{ "~", TILDE },       { "^", CARET },          { "", EQUAL },
	};

	for (size_t i = 0; i < PTXI_COUNT(ops); i++) {
		size_t n = strlen(ops[i].text);

		if (!ptxi_str_starts(*s, ops[i].text))
			continue;
		t->op = ops[i].op;
		t->op_text = ptxi_strn(s->p, n);
		*s = ptxi_str_from(*s, n);
		return true;
	}
	return false;
}

static bool is_any(struct ptx_str number)
{
	if (number.n && number.p[0] == '.')
		number = ptxi_str_from(number, 1);
	return number.n == 0 || ptxi_str_is(number, "x") || ptxi_str_is(number, "X") ||
	       ptxi_str_is(number, "*");
}

/* The version that a term compares with: parts that are not numbers are 0. Its text goes to spare,
 * which has room. */
static int term_version(struct term *t, const struct shape *shape, char *spare, size_t room,
			size_t *used)
{
	struct ptx_str text = t->text;
	char *to = spare + *used;
	int n = 0;

	if (is_any(shape->numbers[0])) {
		t->dirty = true;
		n = snprintf(to, room - *used, "0.0.0%.*s", PTX_STR_ARG(shape->pre));
	} else if (is_any(shape->numbers[1])) {
		t->dirty = t->minor_dirty = true;
		n = snprintf(to, room - *used, "%.*s.0.0%.*s", PTX_STR_ARG(shape->numbers[0]),
			     PTX_STR_ARG(shape->pre));
	} else if (is_any(shape->numbers[2])) {
		t->dirty = t->patch_dirty = true;
		n = snprintf(to, room - *used, "%.*s%.*s.0%.*s", PTX_STR_ARG(shape->numbers[0]),
			     PTX_STR_ARG(shape->numbers[1]), PTX_STR_ARG(shape->pre));
	}
	if (n < 0 || (size_t)n >= room - *used)
		return PTX_E_INTERNAL;
	if (t->dirty) {
		text = ptxi_strn(to, (size_t)n);
		*used += (size_t)n;
	}
	return ptxi_semver_parse(text, false, &t->v, NULL);
}

static int improper(struct ptx_str group, struct ptx_error **err)
{
	ptx_auto_buf quoted = { 0 };

	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(group, false, &quoted);
	return ptx_fail(err, PTX_E_SYNTAX, "improper constraint: %s", quoted.p);
}

static int parse_group(struct ptxi_constraint *c, struct ptx_str group, size_t room, size_t *used,
		       struct ptx_error **err)
{
	struct ptx_str rest = skip_blanks(group);

	for (bool first = true; first || rest.n; first = false) {
		struct term t = { .group = c->groups };
		struct shape shape;
		size_t before = 0;

		match_op(&rest, &t);
		rest = skip_blanks(rest);
		if (!match_version(rest, &shape))
			return improper(group, err);
		t.text = ptxi_strn(rest.p, shape.n);
		rest = ptxi_str_from(rest, shape.n);
		before = rest.n;
		rest = skip_blanks(rest);
		if (rest.n && rest.p[0] == ',') {
			rest = skip_blanks(ptxi_str_from(rest, 1));
			if (!rest.n)
				return improper(group, err);
		} else if (rest.n && rest.n == before) {
			return improper(group, err);
		}
		if (term_version(&t, &shape, c->spare, room, used) < 0)
			return ptx_fail(err, PTX_E_SYNTAX, "constraint parser error");
		if (t.v.pre.n)
			c->has_pre[c->groups] = true;
		if (!ptx_vec_push(&c->terms, t))
			return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	c->groups++;
	return 0;
}

struct ptxi_constraint *ptxi_constraint_parse(struct ptx_str text, struct ptx_error **err)
{
	ptxi_auto(constraint) c = ptxi_alloc(sizeof(*c));
	struct ptx_str rest;
	struct ptx_str group = { NULL, 0 };
	size_t groups = 0;
	size_t room = 0;
	size_t used = 0;

	if (text.n > LONGEST) {
		ptx_fail(err, PTX_E_LIMIT, "constraint string is too long (max %u bytes)", LONGEST);
		return NULL;
	}
	if (c)
		c->text = rewrite(text);
	/* a term of n bytes has at least one of its own, and its version at most 6 more */
	room = c && c->text ? 8 * strlen(c->text) + 16 : 0;
	if (room)
		c->spare = ptxi_alloc(room);
	if (!c || !c->text || !c->spare) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	rest = ptxi_str(c->text);
	for (struct ptx_str s = rest; ptxi_text_next(&s, PTXI_STR("||"), &group); groups++)
		;
	if (groups > MOST_GROUPS) {
		ptx_fail(err, PTX_E_LIMIT, "too many constraint groups (max %u)", MOST_GROUPS);
		return NULL;
	}
	while (ptxi_text_next(&rest, PTXI_STR("||"), &group))
		if (parse_group(c, group, room, &used, err) < 0)
			return NULL;
	return ptx_steal(&c);
}

/* Why a term does not hold, with %V for the version and %C for what was written; NULL: it holds. */
#define EQUAL_TO    "%V is equal to %C"
#define NOT_GREATER "%V is less than or equal to %C"
#define NOT_LESS    "%V is greater than or equal to %C"
#define TOO_LOW     "%V is less than %C"
#define TOO_HIGH    "%V is greater than %C"
#define OTHER_MAJOR "%V does not have same major version as %C"
#define ONLY_RELEASES                                                                              \
	"%V is a prerelease version and the constraint is only looking for release versions"

static const char *not_equal(const struct term *t, const struct ptxi_semver *v)
{
	if (t->dirty) {
		if (t->v.major != v->major || (t->v.minor != v->minor && !t->minor_dirty))
			return NULL;
		if (t->minor_dirty)
			return EQUAL_TO;
		if (t->v.patch != v->patch && !t->patch_dirty)
			return NULL;
		if (t->patch_dirty)
			return (v->pre.n || t->v.pre.n) && ptxi_semver_compare_pre(v->pre, t->v.pre)
				   ? NULL
				   : EQUAL_TO;
	}
	return ptxi_semver_compare(v, &t->v) == 0 ? EQUAL_TO : NULL;
}

static const char *greater(const struct term *t, const struct ptxi_semver *v)
{
	if (t->dirty) {
		if (v->major != t->v.major)
			return v->major > t->v.major ? NULL : NOT_GREATER;
		if (t->minor_dirty)
			return NOT_GREATER;
		if (t->patch_dirty)
			return v->minor > t->v.minor ? NULL : NOT_GREATER;
	}
	return ptxi_semver_compare(v, &t->v) > 0 ? NULL : NOT_GREATER;
}

static const char *less_equal(const struct term *t, const struct ptxi_semver *v)
{
	if (!t->dirty)
		return ptxi_semver_compare(v, &t->v) <= 0 ? NULL : TOO_HIGH;
	if (v->major > t->v.major ||
	    (v->major == t->v.major && v->minor > t->v.minor && !t->minor_dirty))
		return TOO_HIGH;
	return NULL;
}

static const char *tilde(const struct term *t, const struct ptxi_semver *v)
{
	if (ptxi_semver_compare(v, &t->v) < 0)
		return TOO_LOW;
	if (!t->v.major && !t->v.minor && !t->v.patch && !t->minor_dirty && !t->patch_dirty)
		return NULL;
	if (v->major != t->v.major)
		return OTHER_MAJOR;
	if (v->minor != t->v.minor && !t->minor_dirty)
		return "%V does not have same major and minor version as %C";
	return NULL;
}

static const char *caret(const struct term *t, const struct ptxi_semver *v)
{
	if (ptxi_semver_compare(v, &t->v) < 0)
		return TOO_LOW;
	if (t->v.major > 0 || t->minor_dirty)
		return v->major == t->v.major ? NULL : OTHER_MAJOR;
	if (v->major > 0)
		return OTHER_MAJOR;
	if (t->v.minor > 0 || t->patch_dirty)
		return v->minor == t->v.minor ? NULL
					      : "%V does not have same minor version as %C. "
						"Expected minor versions to "
						"match when constraint major version is 0";
	if (v->minor > 0)
		return "%V does not have same minor version as %C";
	return v->patch == t->v.patch
		   ? NULL
		   : "%V does not equal %C. Expect version and constraint to equal when major and "
		     "minor versions are 0";
}

static const char *violation(const struct term *t, const struct ptxi_semver *v, bool with_pre)
{
	if (v->pre.n && !with_pre)
		return ONLY_RELEASES;
	switch (t->op) {
	case NOT_EQUAL:
		return not_equal(t, v);
	case GREATER:
		return greater(t, v);
	case LESS:
		return ptxi_semver_compare(v, &t->v) < 0 ? NULL : NOT_LESS;
	case GREATER_EQUAL:
		return ptxi_semver_compare(v, &t->v) >= 0 ? NULL : TOO_LOW;
	case LESS_EQUAL:
		return less_equal(t, v);
	case TILDE:
		return tilde(t, v);
	case CARET:
		return caret(t, v);
	case EQUAL:
		break;
	}
	if (t->dirty)
		return tilde(t, v);
	return ptxi_semver_compare(v, &t->v) == 0 ? NULL : "%V is not equal to %C";
}

bool ptxi_constraint_check(const struct ptxi_constraint *c, const struct ptxi_semver *v,
			   bool with_pre)
{
	bool holds[MOST_GROUPS];

	for (unsigned g = 0; g < c->groups; g++)
		holds[g] = true;
	for (size_t i = 0; i < c->terms.n; i++) {
		const struct term *t = &c->terms.v[i];

		if (holds[t->group] && violation(t, v, with_pre || c->has_pre[t->group]))
			holds[t->group] = false;
	}
	for (unsigned g = 0; g < c->groups; g++)
		if (holds[g])
			return true;
	return false;
}

static void add_reason(const char *form, const struct term *t, const struct ptxi_semver *v,
		       struct ptx_buf *out)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (out->n)
		ptx_buf_addc(out, '\n');
	for (; *form; form++) {
		if (form[0] != '%') {
			ptx_buf_addc(out, *form);
			continue;
		}
		ptx_buf_clear(&text);
		if (*++form == 'V')
			ptxi_semver_print(v, &text);
		else
			ptx_buf_addstr(&text, t->text);
		ptxi_go_quote(ptx_buf_str(&text), false, out);
	}
}

bool ptxi_constraint_explain(const struct ptxi_constraint *c, const struct ptxi_semver *v,
			     bool with_pre, struct ptx_buf *reasons)
{
	size_t before = reasons->n;
	bool said = false; /* that pre-releases are not looked for: once */

	for (size_t i = 0; i < c->terms.n;) {
		unsigned group = c->terms.v[i].group;
		bool releases_only = v->pre.n && !with_pre && !c->has_pre[group];
		bool holds = true;

		for (; i < c->terms.n && c->terms.v[i].group == group; i++) {
			const struct term *t = &c->terms.v[i];
			const char *why = violation(t, v, with_pre || c->has_pre[group]);

			if (!why)
				continue;
			holds = false;
			if (!releases_only || !said)
				add_reason(why, t, v, reasons);
			said = said || releases_only;
		}
		if (holds) {
			ptx_buf_truncate(reasons, before);
			return true;
		}
	}
	return false;
}

void ptxi_constraint_print(const struct ptxi_constraint *c, struct ptx_buf *out)
{
	for (size_t i = 0; i < c->terms.n; i++) {
		const struct term *t = &c->terms.v[i];

		if (i)
			ptx_buf_adds(out, t->group != c->terms.v[i - 1].group ? " || " : " ");
		ptx_buf_addstr(out, t->op_text);
		ptx_buf_addstr(out, t->text);
	}
}
