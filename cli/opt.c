/* SPDX-License-Identifier: Apache-2.0 */
/* opt.c - the one parser of command lines.
 *
 * Words are read from left to right. `--name=value`, `--name value`, `-nvalue`, `-n value` and
 * bundled letters
 * (`-vq`) are what POSIX and GNU users expect; `--` ends the options. Words that are no options are
 * gathered and shared out at the end: required arguments first, what is left over goes to the
 * optional ones from the left, so that `deploy [NAME] PACKAGE` works with one word and with two.
 *
 * Invariant: a table has at most 64 rows (the self test checks), so "was it given" is one bit each.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opt.h"

#define MOST_NAME 40u /* longer words are not compared */

struct state {
	struct opt_parser *p;
	struct opt_list words; /* arguments */
	const char *from;      /* "the environment variable 'X'"; NULL: the command line */
};

static void *member(const struct opt_target *t, size_t offset)
{
	return (char *)t->base + offset;
}

int opt_list_add(struct opt_list *list, const char *item, struct ptx_error **err)
{
	const char **items = realloc(list->items, (list->n + 1) * sizeof(*items));

	if (!items) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return PTX_E_NOMEM;
	}
	list->items = items;
	list->items[list->n++] = item;
	return 0;
}

/* -- did you mean -- */

void opt_nearest_init(struct opt_nearest *n, const char *want, size_t want_n)
{
	*n = (struct opt_nearest){ .want = want, .want_n = want_n, .distance = SIZE_MAX };
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
static size_t distance(const char *a, size_t an, const char *b, size_t bn)
{
	size_t rows[3][MOST_NAME + 1] = { { 0 } };
	size_t *before = rows[0];
	size_t *above = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= bn; j++)
		above[j] = j;
	for (size_t i = 1; i <= an; i++) {
		size_t *t = before;

		row[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = above;
		above = row;
		row = t;
	}
	return above[bn];
}

void opt_nearest_offer(struct opt_nearest *n, const char *candidate)
{
	size_t len = strlen(candidate);
	size_t longer = len > n->want_n ? len : n->want_n;
	size_t d = 0;

	if (longer > MOST_NAME || n->want_n == 0)
		return;
	if (len > n->want_n && n->want_n >= 3 && memcmp(candidate, n->want, n->want_n) == 0)
		d = 1; /* a beginning of it */
	else
		d = distance(n->want, n->want_n, candidate, len);
	if (d < n->distance && d <= (longer / 3 ? longer / 3 : 1)) {
		n->distance = d;
		n->best = candidate;
	}
}

/* -- looking up -- */

const struct opt *opt_by_name(const struct opt *opts, const char *name, size_t n)
{
	for (const struct opt *o = opts; o && o->type != OPT_TYPE_END; o++)
		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
			return o;
	return NULL;
}

const struct opt *opt_by_letter(const struct opt *opts, char letter)
{
	for (const struct opt *o = opts; o && o->type != OPT_TYPE_END; o++)
		if (o->letter && o->letter == letter)
			return o;
	return NULL;
}

static int unknown_option(const struct state *s, const char *name, size_t n, struct ptx_error **err)
{
	struct opt_nearest near;

	opt_nearest_init(&near, name, n);
	for (size_t t = 0; t < 2; t++)
		for (const struct opt *o = s->p->targets[t].opts; o && o->type != OPT_TYPE_END; o++)
			if (!o->hidden)
				opt_nearest_offer(&near, o->name);
	if (near.best)
		ptx_error_set(err, PTX_E_USAGE, "unknown option '--%.*s' (did you mean '--%s'?)",
			      (int)n, name, near.best);
	else
		ptx_error_set(err, PTX_E_USAGE, "unknown option '--%.*s'", (int)n, name);
	return PTX_E_USAGE;
}

/* -- values -- */

static int bad_value(const struct state *s, const struct opt *o, const char *text, const char *why,
		     struct ptx_error **err)
{
	int code = s->from ? PTX_E_CONFIG : PTX_E_USAGE;

	if (s->from)
		ptx_error_set(err, code, "%s: '%s' is no value for '--%s': %s", s->from, text,
			      o->name, why);
	else
		ptx_error_set(err, code, "'%s' is no value for '--%s': %s", text, o->name, why);
	return code;
}

static int read_bool(const struct state *s, const struct opt *o, const char *text, bool *out,
		     struct ptx_error **err)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0", "" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcmp(text, yes[i]) == 0) {
			*out = true;
			return 0;
		}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcmp(text, no[i]) == 0) {
			*out = false;
			return 0;
		}
	return bad_value(s, o, text, "true or false is expected", err);
}

static int read_int(const struct state *s, const struct opt *o, const char *text, int64_t *out,
		    struct ptx_error **err)
{
	char *end = NULL;
	char why[96] = "";
	long long v = 0;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || end == text || *end || v < o->min || v > o->max) {
		snprintf(why, sizeof(why), "a whole number from %lld to %lld is expected",
			 (long long)o->min, (long long)o->max);
		return bad_value(s, o, text, why, err);
	}
	*out = v;
	return 0;
}

static int read_enum(const struct state *s, const struct opt *o, const char *text, int *out,
		     struct ptx_error **err)
{
	struct ptx_buf why;
	int code = 0;

	for (const struct opt_choice *c = o->choices; c->name; c++)
		if (strcmp(c->name, text) == 0) {
			*out = c->value;
			return 0;
		}
	ptx_buf_init(&why, 4096);
	for (const struct opt_choice *c = o->choices; c->name; c++)
		ptx_buf_printf(&why, "%s%s",
			       c == o->choices ? ""
			       : c[1].name     ? ", "
					       : " or ",
			       c->name);
	ptx_buf_adds(&why, " is expected");
	code =
	    bad_value(s, o, text, ptx_buf_ok(&why) ? why.p : "it is not one of the choices", err);
	ptx_buf_done(&why);
	return code;
}

static int64_t unit_ms(const char *unit, size_t n)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 }
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == n && memcmp(units[i].name, unit, n) == 0)
			return units[i].ms;
	return 0;
}

bool opt_duration(const char *text, int64_t *ms)
{
	int64_t total = 0;

	if (strcmp(text, "0") == 0) {
		*ms = 0;
		return true;
	}
	if (!*text)
		return false;
	while (*text) {
		size_t digits = strspn(text, "0123456789");
		size_t letters = strspn(text + digits, "dhms");
		int64_t unit = unit_ms(text + digits, letters);
		int64_t v = 0;

		if (digits == 0 || digits > 12 || unit == 0)
			return false;
		for (size_t i = 0; i < digits; i++)
			v = v * 10 + (text[i] - '0');
		if (v > INT64_MAX / 1024 / unit || total > INT64_MAX / 2)
			return false;
		total += v * unit;
		text += digits + letters;
	}
	*ms = total;
	return true;
}

static int store(const struct state *s, const struct opt_target *t, const struct opt *o,
		 const char *text, struct ptx_error **err)
{
	void *m = member(t, o->offset);

	switch (o->type) {
	case OPT_TYPE_BOOL:
		return read_bool(s, o, text, m, err);
	case OPT_TYPE_STR:
		*(const char **)m = text;
		return 0;
	case OPT_TYPE_LIST:
		return opt_list_add(m, text, err);
	case OPT_TYPE_INT:
		return read_int(s, o, text, m, err);
	case OPT_TYPE_ENUM:
		return read_enum(s, o, text, m, err);
	case OPT_TYPE_DURATION:
		if (opt_duration(text, m))
			return 0;
		return bad_value(s, o, text, "a time such as 500ms, 30s, 5m or 1h30m is expected",
				 err);
	case OPT_TYPE_END:
		break;
	}
	return 0;
}

/* -- words -- */

static int take(struct state *s, size_t target, const struct opt *o, const char *text,
		struct ptx_error **err)
{
	s->p->given[target] |= 1ull << (size_t)(o - s->p->targets[target].opts);
	return store(s, &s->p->targets[target], o, text, err);
}

/* A long option at argv[*i]; moves *i past its value. */
static int long_option(struct state *s, int argc, char *const *argv, int *i, struct ptx_error **err)
{
	const char *name = argv[*i] + 2;
	const char *equals = strchr(name, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct opt *o = NULL;
	size_t t = 0;

	for (t = 0; t < 2; t++) {
		o = opt_by_name(s->p->targets[t].opts, name, n);
		if (o)
			break;
	}
	if (!o)
		return unknown_option(s, name, n, err);
	if (equals)
		return take(s, t, o, equals + 1, err);
	if (o->type == OPT_TYPE_BOOL)
		return take(s, t, o, "true", err);
	if (*i + 1 >= argc) {
		ptx_error_set(err, PTX_E_USAGE, "option '--%s' needs a value (%s)", o->name,
			      o->value);
		return PTX_E_USAGE;
	}
	return take(s, t, o, argv[++*i], err);
}

/* Letters at argv[*i]: "-v", "-vq", "-oFORMAT", "-o FORMAT". */
static int short_options(struct state *s, int argc, char *const *argv, int *i,
			 struct ptx_error **err)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		const struct opt *o = NULL;
		const char *value = "true";
		size_t t = 0;
		int rc = 0;

		for (t = 0; t < 2; t++) {
			o = opt_by_letter(s->p->targets[t].opts, *p);
			if (o)
				break;
		}
		if (!o) {
			ptx_error_set(err, PTX_E_USAGE, "unknown option '-%c'", *p);
			return PTX_E_USAGE;
		}
		if (o->type != OPT_TYPE_BOOL) {
			if (p[1])
				value = p + 1;
			else if (*i + 1 < argc)
				value = argv[++*i];
			else {
				ptx_error_set(err, PTX_E_USAGE, "option '-%c' needs a value (%s)",
					      *p, o->value);
				return PTX_E_USAGE;
			}
		}
		rc = take(s, t, o, value, err);
		if (rc < 0 || o->type != OPT_TYPE_BOOL)
			return rc;
	}
	return 0;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

static int options_and_words(struct state *s, int argc, char *const *argv, int *used,
			     struct ptx_error **err)
{
	bool ended = false;
	int rc = 0;
	int i = 0;

	for (i = 0; i < argc && rc == 0; i++) {
		if (ended || !is_option(argv[i])) {
			if (used)
				break;
			rc = opt_list_add(&s->words, argv[i], err);
		} else if (strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (argv[i][1] == '-') {
			rc = long_option(s, argc, argv, &i, err);
		} else {
			rc = short_options(s, argc, argv, &i, err);
		}
	}
	if (used)
		*used = i;
	return rc;
}

static int defaults(struct state *s, size_t target, struct ptx_error **err)
{
	const struct opt_target *t = &s->p->targets[target];
	char from[96] = "";
	int rc = 0;

	for (const struct opt *o = t->opts; o && o->type != OPT_TYPE_END && rc == 0; o++) {
		const char *text = NULL;

		if (s->p->given[target] >> (size_t)(o - t->opts) & 1)
			continue;
		text = o->env ? getenv(o->env) : NULL;
		if (text && *text) {
			snprintf(from, sizeof(from), "environment variable '%s'", o->env);
		} else {
			text = NULL;
			snprintf(from, sizeof(from), "configuration");
			if (s->p->fallback)
				rc = s->p->fallback(o, &text, s->p->fallback_user, err);
		}
		s->from = from;
		if (text && rc == 0)
			rc = store(s, t, o, text, err);
	}
	s->from = NULL;
	return rc;
}

static int missing(const struct opt_arg *a, struct ptx_error **err)
{
	ptx_error_set(err, PTX_E_USAGE, "%s is missing: %s", a->name, a->help);
	return PTX_E_USAGE;
}

/* Shares the words out among the arguments of the table. */
static int arguments(struct state *s, struct ptx_error **err)
{
	size_t required = 0;
	size_t next = 0;
	size_t spare = 0;
	int rc = 0;

	for (const struct opt_arg *a = s->p->args; a && a->name; a++)
		required += !a->optional;
	spare = s->words.n > required ? s->words.n - required : 0;
	for (const struct opt_arg *a = s->p->args; a && a->name && rc == 0; a++) {
		void *m = (char *)s->p->args_base + a->offset;
		size_t count = a->optional ? 0 : 1;

		if (a->repeat) {
			count += spare;
			spare = 0;
		} else if (a->optional && spare) {
			count = 1;
			spare--;
		}
		if (count > s->words.n - next)
			return missing(a, err);
		for (size_t i = 0; i < count && rc == 0; i++, next++) {
			if (a->repeat)
				rc = opt_list_add(m, s->words.items[next], err);
			else
				*(const char **)m = s->words.items[next];
		}
	}
	if (rc == 0 && next < s->words.n) {
		ptx_error_set(err, PTX_E_USAGE, "unexpected argument '%s'", s->words.items[next]);
		return PTX_E_USAGE;
	}
	return rc;
}

int opt_parse(struct opt_parser *p, int argc, char *const *argv, struct ptx_error **err)
{
	struct state s = { .p = p };
	int rc = options_and_words(&s, argc, argv, NULL, err);

	bool stop = p->stop && *p->stop;

	for (size_t t = 0; t < 2 && rc == 0 && !stop; t++)
		rc = defaults(&s, t, err);
	if (rc == 0 && !stop)
		rc = arguments(&s, err);
	free(s.words.items);
	return rc;
}

int opt_parse_leading(struct opt_parser *p, int argc, char *const *argv, int *used,
		      struct ptx_error **err)
{
	struct state s = { .p = p };
	int rc = options_and_words(&s, argc, argv, used, err);

	free(s.words.items);
	return rc;
}

void opt_done(const struct opt_parser *p)
{
	for (size_t t = 0; t < 2; t++)
		for (const struct opt *o = p->targets[t].opts; o && o->type != OPT_TYPE_END; o++)
			if (o->type == OPT_TYPE_LIST) {
				struct opt_list *list = member(&p->targets[t], o->offset);

				free(list->items);
				*list = (struct opt_list){ 0 };
			}
	for (const struct opt_arg *a = p->args; a && a->name; a++)
		if (a->repeat) {
			struct opt_list *list =
			    (struct opt_list *)((char *)p->args_base + a->offset);

			free(list->items);
			*list = (struct opt_list){ 0 };
		}
}
