/* SPDX-License-Identifier: Apache-2.0 */
/* regex.c - Go's regular expressions on the modules `regex` (RE2) and `pattern` (PCRE2).
 *
 * Everyday patterns (regex_everyday.h) are matched by PCRE2, within limits that keep it as good as
 * linear. From the first text that goes beyond them on it is RE2, which is loaded, and compiles the
 * pattern, only then.
 *
 * RE2 is what Go's package regexp was made after: the same syntax and semantics. Where this RE2
 * differs, the pattern is rewritten first: `(?<name>...)`, which only newer ones know, becomes
 * `(?P<name>...)`, and `\C` (one byte) is refused as Go does. RE2 has no character for an invalid
 * byte; in a text each becomes U+FFFD before it is matched.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "regex.h"
#include "../base/module.h"
#include "regex_module.h"
#include "pattern.h"
#include "regex_everyday.h"
#include "../base/unicode.h"
#include "../base/utf8.h"

#include <pthread.h>
#include <stdatomic.h>

#define LONGEST_PATTERN 65536u

/* What RE2 made of a pattern; of an everyday one when it is wanted, under the lock. */
struct by_re2 {
	const struct ptxi_regex_module *module;
	_Atomic(void *) compiled;
	char *pattern; /* of an everyday one */
	pthread_mutex_t lock;
};

struct ptxi_regex {
	const struct ptxi_pattern_table *pcre2;
	void *everyday; /* what PCRE2 made of it, or NULL */
	struct by_re2 *re2;
	size_t groups;
	char **names; /* of the groups, the match itself included; NULL: none */
	bool empty;   /* the pattern is */
	bool inside;  /* it may match between the bytes of a character */
};

static void keep_name(size_t group, const char *name, size_t n, void *user)
{
	struct ptxi_regex *re = user;

	if (group <= re->groups && !re->names[group])
		re->names[group] = ptxi_strndup(name, n);
}

/* Where the message shows the whole pattern, it is the one that was given. */
static void compile_failed(const char *error, int code, struct ptx_str pattern,
			   struct ptx_str rewritten, struct ptx_error **err)
{
	struct ptx_str message = ptxi_str(error);
	bool whole =
	    message.n > rewritten.n + 2 && message.p[message.n - 1] == '`' &&
	    memcmp(message.p + message.n - 1 - rewritten.n, rewritten.p, rewritten.n) == 0 &&
	    message.p[message.n - 2 - rewritten.n] == '`';

	if (whole)
		ptx_fail(err, code, "error parsing regexp: %.*s%.*s`",
			 (int)(message.n - 1 - rewritten.n), message.p, PTX_STR_ARG(pattern));
	else
		ptx_fail(err, code, "error parsing regexp: %s", error);
}

/* Compiles it again with letters that RE2 cannot merge, where it can. */
static void set_apart(const struct ptxi_regex_module *module, struct ptx_str pattern,
		      void **compiled)
{
	ptx_auto_buf rewritten = { 0 };
	char error[PTXI_REGEX_ERROR] = "";
	void *apart = NULL;
	int code = 0;

	ptx_buf_init(&rewritten, 0);
	if (ptxi_regex_rewrite(pattern, true, &rewritten, NULL) == 0)
		apart = module->compile(rewritten.p, rewritten.n, error, &code);
	if (!apart)
		return;
	module->free(*compiled);
	*compiled = apart;
}

static int no_memory(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int compile(struct by_re2 *m, struct ptx_str pattern, struct ptx_error **err)
{
	ptx_auto_buf rewritten = { 0 };
	char error[PTXI_REGEX_ERROR] = "";
	void *compiled = NULL;
	int code = PTX_E_SYNTAX;
	int rc = 0;

	m->module = ptxi_module_get("regex", err);
	if (!m->module)
		return PTX_E_UNSUPPORTED;
	ptx_buf_init(&rewritten, 0);
	rc = ptxi_regex_rewrite(pattern, false, &rewritten, err);
	if (rc < 0)
		return rc;
	compiled = m->module->compile(rewritten.p, rewritten.n, error, &code);
	if (!compiled) {
		compile_failed(error, code, pattern, ptx_buf_str(&rewritten), err);
		return code;
	}
	if (ptxi_regex_has_case_mix(pattern))
		set_apart(m->module, pattern, &compiled);
	atomic_store(&m->compiled, compiled);
	return 0;
}

/* By PCRE2, where the pattern is an everyday one and PCRE2 is installed and takes it. */
static int compile_everyday(struct ptxi_regex *re, struct ptx_str pattern, struct ptx_error **err)
{
	ptx_auto_buf words = { 0 };
	char why[160] = "";
	size_t offset = 0;

	ptx_buf_init(&words, 0);
	ptx_buf_adds(&words, "");
	if (!ptxi_regex_is_everyday(pattern, &words, &re->groups))
		return 0;
	if (!ptx_buf_ok(&words))
		return no_memory(err);
	re->pcre2 = ptxi_module_get("pattern", NULL);
	if (re->pcre2)
		re->everyday = re->pcre2->compile(words.p, words.n, &offset, why, sizeof(why));
	return 0;
}

/* All but the names of the groups. */
static int prepare(struct ptxi_regex *re, struct ptx_str pattern, struct ptx_error **err)
{
	int rc = 0;

	re->re2 = ptxi_alloc(sizeof(*re->re2));
	if (!re->re2)
		return no_memory(err);
	pthread_mutex_init(&re->re2->lock, NULL);
	rc = compile_everyday(re, pattern, err);
	if (rc == 0 && re->everyday) {
		re->re2->pattern = ptxi_strndup(pattern.p, pattern.n);
		return re->re2->pattern ? 0 : no_memory(err);
	}
	if (rc == 0)
		rc = compile(re->re2, pattern, err);
	re->groups = rc < 0 ? 0 : re->re2->module->groups(re->re2->compiled);
	return rc;
}

struct ptxi_regex *ptxi_regex_compile(struct ptx_str pattern, struct ptx_error **err)
{
	ptxi_auto(regex) re = NULL;

	if (pattern.n > LONGEST_PATTERN) {
		ptx_fail(err, PTX_E_LIMIT, "the regular expression is longer than %u bytes",
			 LONGEST_PATTERN);
		return NULL;
	}
	if (!ptxi_utf8_valid(pattern)) {
		ptx_fail(err, PTX_E_SYNTAX, "error parsing regexp: invalid UTF-8");
		return NULL;
	}
	re = ptxi_alloc(sizeof(*re));
	if (!re) {
		no_memory(err);
		return NULL;
	}
	if (prepare(re, pattern, err) < 0)
		return NULL;
	re->empty = pattern.n == 0;
	re->inside = ptxi_str_find(pattern, PTXI_STR("\\B")) != SIZE_MAX;
	re->names = ptxi_alloc_array(re->groups + 1, sizeof(*re->names));
	if (!re->names ||
	    (!re->everyday && !re->re2->module->names(re->re2->compiled, keep_name, re))) {
		no_memory(err);
		return NULL;
	}
	return ptx_steal(&re);
}

static void free_by_re2(struct by_re2 *m)
{
	if (!m)
		return;
	if (m->compiled)
		m->module->free(m->compiled);
	pthread_mutex_destroy(&m->lock);
	ptx_free(m->pattern);
	ptx_free(m);
}

void ptxi_regex_free(struct ptxi_regex *re)
{
	if (!re)
		return;
	for (size_t i = 0; re->names && i <= re->groups; i++)
		ptx_free(re->names[i]);
	ptx_free(re->names);
	if (re->everyday)
		re->pcre2->release(re->everyday);
	free_by_re2(re->re2);
	ptx_free(re);
}

size_t ptxi_regex_groups(const struct ptxi_regex *re)
{
	return re->groups;
}

struct ptx_str ptxi_regex_group_name(const struct ptxi_regex *re, size_t group)
{
	return group <= re->groups && re->names[group] ? ptxi_str(re->names[group]) : PTXI_STR("");
}

/* A text as the module can read it. */
struct subject {
	struct ptx_str text;  /* as given */
	struct ptx_str valid; /* with each invalid byte as U+FFFD */
	struct ptx_buf own;   /* holds valid where it differs */
	size_t *place;        /* of each byte of valid in the text; NULL where they are the same */
};

static void subject_done(struct subject *s)
{
	ptx_buf_done(&s->own);
	ptx_free(s->place);
}

static int make_valid(struct subject *s, struct ptx_error **err)
{
	struct ptx_str rest = s->text;

	s->place = ptxi_alloc_array(3 * rest.n + 1, sizeof(*s->place));
	while (s->place && rest.n) {
		size_t len = 0;
		char bytes[4] = "";
		size_t at = (size_t)(rest.p - s->text.p);
		size_t n = ptxi_utf8_encode(ptxi_utf8_decode(rest, &len), bytes);

		for (size_t i = 0; i < n; i++)
			s->place[s->own.n + i] = at;
		ptx_buf_add(&s->own, bytes, n);
		rest = ptxi_str_from(rest, len);
	}
	if (!s->place || !ptx_buf_ok(&s->own))
		return no_memory(err);
	s->place[s->own.n] = s->text.n;
	s->valid = ptx_buf_str(&s->own);
	return 0;
}

static int subject_init(struct subject *s, struct ptx_str text, struct ptx_error **err)
{
	*s = (struct subject){ .text = text, .valid = text };
	ptx_buf_init(&s->own, 0);
	if (!text.p)
		s->text = s->valid = PTXI_STR("");
	return ptxi_utf8_valid(text) ? 0 : make_valid(s, err);
}

/* An everyday pattern by RE2, once. */
static int compile_again(struct by_re2 *m, struct ptx_error **err)
{
	int rc = 0;

	pthread_mutex_lock(&m->lock);
	if (!atomic_load(&m->compiled))
		rc = compile(m, ptxi_str(m->pattern), err);
	pthread_mutex_unlock(&m->lock);
	return rc;
}

static int find(const struct ptxi_regex *re, const struct subject *s, size_t from, size_t *at,
		size_t groups, struct ptx_error **err)
{
	struct by_re2 *m = re->re2;
	int found = 0;

	if (!atomic_load(&m->compiled)) {
		found = re->pcre2->find(re->everyday, s->valid.p, s->valid.n, from, at, groups);
		if (found >= 0)
			return found;
		if (found == PTX_E_NOMEM)
			return no_memory(err);
		found = compile_again(m, err);
		if (found < 0)
			return found;
	}
	for (;;) {
		found = m->module->find(atomic_load(&m->compiled), s->valid.p, s->valid.n, from, at,
					groups);
		if (found <= 0 || !re->inside || at[0] >= s->valid.n ||
		    ((unsigned char)s->valid.p[at[0]] & 0xc0) != 0x80)
			break;
		from = at[0];
		while (from < s->valid.n && ((unsigned char)s->valid.p[from] & 0xc0) == 0x80)
			from++;
	}
	return found < 0 ? no_memory(err) : found;
}

int ptxi_regex_match(const struct ptxi_regex *re, struct ptx_str text, struct ptx_error **err)
{
	struct subject s;
	size_t at[2] = { 0 };
	int found = subject_init(&s, text, err);

	if (found == 0)
		found = find(re, &s, 0, at, re->inside ? 1 : 0, err);
	subject_done(&s);
	return found;
}

/* How many bytes the character at `at` takes; 0 at the end. */
static size_t width_at(const struct subject *s, size_t at)
{
	size_t len = 0;

	ptxi_utf8_decode(ptxi_str_from(s->valid, at), &len);
	return len;
}

/* The places of a match in the text as it was given. */
static const size_t *in_text(const struct subject *s, const size_t *at, size_t *mapped,
			     size_t count)
{
	if (!s->place)
		return at;
	for (size_t i = 0; i < count; i++)
		mapped[i] = at[i] == SIZE_MAX ? SIZE_MAX : s->place[at[i]];
	return mapped;
}

/* Room for two lists of places. */
static size_t *new_places(const struct ptxi_regex *re, struct ptx_error **err)
{
	size_t *at = ptxi_alloc_array(4 * (re->groups + 1), sizeof(*at));

	if (!at)
		no_memory(err);
	return at;
}

static int each(const struct ptxi_regex *re, const struct subject *s, size_t most,
		ptxi_regex_match_fn fn, void *user, struct ptx_error **err)
{
	size_t groups = re->groups + 1;
	size_t *at = new_places(re, err);
	size_t pos = 0;
	size_t before = SIZE_MAX; /* where the last match ended */
	int code = at ? 0 : PTX_E_NOMEM;

	for (size_t count = 0; code == 0 && count < most && pos <= s->valid.n;) {
		bool accepted = true;
		int found = find(re, s, pos, at, groups, err);

		if (found <= 0) {
			code = found;
			break;
		}
		if (at[1] == pos) {
			size_t width = width_at(s, pos);

			accepted = at[0] != before;
			pos = width ? pos + width : s->valid.n + 1;
		} else {
			pos = at[1];
		}
		before = at[1];
		if (!accepted)
			continue;
		count++;
		code = fn(in_text(s, at, at + 2 * groups, 2 * groups), groups, user);
	}
	ptx_free(at);
	return code;
}

int ptxi_regex_each(const struct ptxi_regex *re, struct ptx_str text, size_t most,
		    ptxi_regex_match_fn fn, void *user, struct ptx_error **err)
{
	struct subject s;
	int code = subject_init(&s, text, err);

	if (code == 0)
		code = each(re, &s, most, fn, user, err);
	subject_done(&s);
	return code;
}

static bool in_name(struct ptx_str s, size_t *len)
{
	uint32_t rune = ptxi_utf8_decode(s, len);

	return s.n && (rune == '_' || ptxi_unicode_is_letter(rune) || ptxi_unicode_is_digit(rune));
}

/* The group that `$name` or `${name}` at the start of *rest (behind the dollar) means; false when
 * it is neither. A name of digits alone is a number. *group is SIZE_MAX for one that there is not.
 */
static bool take_reference(const struct ptxi_regex *re, struct ptx_str *rest, size_t *group)
{
	struct ptx_str s = *rest;
	bool brace = s.n && s.p[0] == '{';
	struct ptx_str name;
	uint64_t number = 0;
	size_t len = 0;

	if (brace)
		s = ptxi_str_from(s, 1);
	name = ptxi_strn(s.p, 0);
	for (; in_name(s, &len); s = ptxi_str_from(s, len))
		name.n += len;
	if (name.n == 0 || (brace && (s.n == 0 || s.p[0] != '}')))
		return false;
	*rest = ptxi_str_from(s, brace ? 1 : 0);
	*group = SIZE_MAX;
	if (ptxi_parse_u64(name, &number, 999999999) && (name.p[0] != '0' || name.n == 1)) {
		*group = number <= re->groups ? (size_t)number : SIZE_MAX;
		return true;
	}
	for (size_t i = re->groups; i > 0; i--)
		if (ptxi_str_eq(name, ptxi_regex_group_name(re, i)))
			*group = i;
	return true;
}

static void expand(const struct ptxi_regex *re, struct ptx_str with, struct ptx_str text,
		   const size_t *at, struct ptx_buf *out)
{
	for (;;) {
		size_t dollar = ptxi_str_find_char(with, '$');
		size_t group = SIZE_MAX;

		ptx_buf_add(out, with.p, dollar == SIZE_MAX ? with.n : dollar);
		if (dollar == SIZE_MAX)
			return;
		with = ptxi_str_from(with, dollar + 1);
		if (with.n && with.p[0] == '$') {
			ptx_buf_addc(out, '$');
			with = ptxi_str_from(with, 1);
		} else if (!take_reference(re, &with, &group)) {
			ptx_buf_addc(out, '$');
		} else if (group != SIZE_MAX && at[2 * group] != SIZE_MAX) {
			ptx_buf_add(out, text.p + at[2 * group], at[2 * group + 1] - at[2 * group]);
		}
	}
}

static int replace(const struct ptxi_regex *re, const struct subject *s, struct ptx_str with,
		   bool literal, struct ptx_buf *out, struct ptx_error **err)
{
	size_t groups = literal ? 1 : re->groups + 1;
	size_t *at = new_places(re, err);
	size_t last = 0; /* where the last match ended */
	size_t shown = 0;
	int found = at ? 1 : PTX_E_NOMEM;

	for (size_t pos = 0; found > 0 && pos <= s->valid.n && ptx_buf_ok(out);) {
		const size_t *given = NULL;
		size_t width = width_at(s, pos);

		found = find(re, s, pos, at, groups, err);
		if (found <= 0)
			break;
		given = in_text(s, at, at + 2 * groups, 2 * groups);
		ptx_buf_add(out, s->text.p + shown, given[0] - shown);
		if (at[1] > last || at[0] == 0) {
			if (literal)
				ptx_buf_addstr(out, with);
			else
				expand(re, with, s->text, given, out);
		}
		last = at[1];
		shown = given[1];
		if (pos + width > at[1])
			pos += width;
		else
			pos = pos + 1 > at[1] ? pos + 1 : at[1];
	}
	ptx_buf_addstr(out, ptxi_str_from(s->text, shown));
	ptx_free(at);
	return found < 0 ? found : 0;
}

int ptxi_regex_replace(const struct ptxi_regex *re, struct ptx_str text, struct ptx_str with,
		       bool literal, struct ptx_buf *out, struct ptx_error **err)
{
	struct subject s;
	int code = subject_init(&s, text, err);

	if (code == 0)
		code = replace(re, &s, with, literal, out, err);
	subject_done(&s);
	return code;
}

struct splitting {
	struct ptx_str text;
	int64_t most; /* parts; negative: all */
	int64_t count;
	size_t begin, end;
	ptxi_regex_part_fn fn;
	void *user;
};

#define ENOUGH 1

static int split_at(const size_t *at, size_t groups PTXI_UNUSED, void *user)
{
	struct splitting *s = user;
	int code = 0;

	if (s->most > 0 && s->count == s->most - 1)
		return ENOUGH;
	s->end = at[0];
	if (at[1] != 0) {
		code = s->fn(ptxi_str_sub(s->text, s->begin, s->end - s->begin), s->user);
		s->count++;
	}
	s->begin = at[1];
	return code;
}

int ptxi_regex_split(const struct ptxi_regex *re, struct ptx_str text, int64_t n,
		     ptxi_regex_part_fn fn, void *user, struct ptx_error **err)
{
	struct splitting s = { .text = text, .most = n, .fn = fn, .user = user };
	int code = 0;

	if (n == 0)
		return 0;
	if (!re->empty && text.n == 0)
		return fn(text, user);
	code = ptxi_regex_each(re, text, n < 0 ? SIZE_MAX : (size_t)n, split_at, &s, err);
	if (code < 0)
		return code;
	return s.end != text.n ? fn(ptxi_str_from(text, s.begin), user) : 0;
}

void ptxi_regex_quote(struct ptx_str s, struct ptx_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] && strchr("\\.+*?()|[]{}^$", s.p[i]))
			ptx_buf_addc(out, '\\');
		ptx_buf_addc(out, s.p[i]);
	}
}
