/* SPDX-License-Identifier: Apache-2.0 */
/* flag_value.c - what the text of a flag stands for, by its type, and Go's words for what is none
 * (spf13/pflag). */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "helm.h"

/* ---- what a text must be */

/* Why it is not: the function that reads it in Go, and what that says. */
struct problem {
	const char *function; /* NULL: words say it all */
	const char *words;    /* NULL: there is no problem */
	const char *unit;     /* that is none, with its length; or NULL */
	int unit_length;
};

static struct problem truth(const char *text, bool *out)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE", "True" };
	static const char *const no[] = { "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < CLI_COUNT(yes); i++)
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			*out = strcmp(text, yes[i]) == 0;
			return (struct problem){ NULL };
		}
	return (struct problem){ .function = "ParseBool", .words = "invalid syntax" };
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct problem number(const char *text, enum helm_flag_type type)
{
	struct problem p = { .function = type == HELM_INT    ? "ParseInt"
					 : type == HELM_UINT ? "ParseUint"
							     : "ParseFloat" };
	bool sign = *text == '-' || *text == '+';
	char *end = NULL;

	errno = 0;
	if (type == HELM_FLOAT)
		strtof(text, &end);
	else if (type == HELM_INT)
		strtoll(text, &end, 0);
	else
		strtoull(text, &end, 0);
	if (!is_digit(text[sign]) && !(type == HELM_FLOAT && text[sign] == '.'))
		end = NULL;
	if (!end || *end || (type == HELM_UINT && sign))
		p.words = "invalid syntax";
	else if (errno == ERANGE)
		p.words = "value out of range";
	return p;
}

/* A sign, then numbers with a unit each: "1h15m30.5s"; or 0. */
static struct problem duration(const char *text)
{
	static const char *const units[] = { "ns", "us", "\xc2\xb5s", "\xce\xbcs",
					     "ms", "s",  "m",         "h" };
	const char *p = text + (*text == '-' || *text == '+');

	if (strcmp(p, "0") == 0)
		return (struct problem){ NULL };
	do {
		size_t digits = strspn(p, "0123456789");
		size_t after = 0;
		size_t unit = 0;
		bool known = false;

		p += digits;
		if (*p == '.') {
			after = strspn(p + 1, "0123456789");
			p += 1 + after;
		}
		if (!digits && !after)
			return (struct problem){ .words = "time: invalid duration " };
		unit = strcspn(p, ".0123456789");
		for (size_t i = 0; i < CLI_COUNT(units); i++)
			known =
			    known || (unit == strlen(units[i]) && strncmp(p, units[i], unit) == 0);
		if (!known)
			return (struct problem){ .words = unit ? "time: unknown unit "
							       : "time: missing unit in duration ",
						 .unit = unit ? p : NULL,
						 .unit_length = (int)unit };
		p += unit;
	} while (*p);
	return (struct problem){ NULL };
}

static void quote(const char *text, int n, struct ptx_buf *out)
{
	ptx_buf_addc(out, '"');
	for (int i = 0; i < n && text[i]; i++) {
		if (text[i] == '"' || text[i] == '\\')
			ptx_buf_addc(out, '\\');
		ptx_buf_addc(out, text[i]);
	}
	ptx_buf_addc(out, '"');
}

/* invalid argument "VALUE" for "--FLAG" flag: REASON */
static int invalid(const char *shown, const char *value, const char *reason, struct ptx_error **err)
{
	struct ptx_buf text;

	ptx_buf_init(&text, 0);
	quote(value, INT_MAX, &text);
	ptx_error_set(err, PTX_E_USAGE, "invalid argument %s for \"%s\" flag: %s", text.p, shown,
		      reason);
	ptx_buf_done(&text);
	return PTX_E_USAGE;
}

static int refuse(const char *shown, const char *value, struct problem p, struct ptx_error **err)
{
	struct ptx_buf reason;

	ptx_buf_init(&reason, 0);
	if (p.function)
		ptx_buf_printf(&reason, "strconv.%s: parsing ", p.function);
	else
		ptx_buf_adds(&reason, p.words);
	if (p.unit) {
		quote(p.unit, p.unit_length, &reason);
		ptx_buf_adds(&reason, " in duration ");
	}
	quote(value, INT_MAX, &reason);
	if (p.function)
		ptx_buf_printf(&reason, ": %s", p.words);
	invalid(shown, value, reason.p, err);
	ptx_buf_done(&reason);
	return PTX_E_USAGE;
}

/* ---- lists */

static int bad_list(const char *shown, const char *value, const char *at, const char *what,
		    struct ptx_error **err)
{
	char reason[128] = "";

	snprintf(reason, sizeof(reason), "parse error on line 1, column %d: %s",
		 (int)(at - value) + 1, what);
	return invalid(shown, value, reason, err);
}

/* A field in quotes, up to the comma or the end; a quote in it is doubled. *at is behind it, or
 * where it is wrong. */
static int quoted_field(const char **at, struct ptx_buf *out)
{
	const char *p = *at + 1;

	for (; *p; p++) {
		if (*p == '"' && p[1] != '"')
			break;
		p += *p == '"';
		ptx_buf_addc(out, *p);
	}
	*at = p;
	if (*p != '"' || (p[1] && p[1] != ','))
		return PTX_E_USAGE;
	++*at;
	return 0;
}

/* A line of CSV, as Go's encoding/csv reads it. */
static int list(struct helm *h, struct opt_list *to, const char *shown, const char *value,
		struct ptx_error **err)
{
	const char *p = value;
	int rc = 0;

	if (!*value)
		return 0;
	do {
		struct ptx_buf field;
		struct ptx_value *part = NULL;

		ptx_buf_init(&field, 0);
		if (*p == '"') {
			if (quoted_field(&p, &field) < 0)
				rc = bad_list(shown, value, p,
					      "extraneous or missing \" in quoted-field", err);
		} else {
			size_t n = strcspn(p, ",");
			const char *bare = memchr(p, '"', n);

			if (bare)
				rc = bad_list(shown, value, bare, "bare \" in non-quoted-field",
					      err);
			ptx_buf_add(&field, p, n);
			p += n;
		}
		part = rc == 0 ? ptx_value_strn(h->arena, ptx_buf_str(&field)) : NULL;
		if (rc == 0)
			rc = opt_list_add(to, ptx_value_as_string(part, ""), err);
		ptx_buf_done(&field);
	} while (rc == 0 && *p++ == ',');
	return rc;
}

/* key=value, or several of them with commas between. */
static int pairs(const char *shown, const char *value, struct ptx_error **err)
{
	struct ptx_buf reason;

	if (strchr(value, '='))
		return 0;
	ptx_buf_init(&reason, 0);
	ptx_buf_printf(&reason, "%s must be formatted as key=value", value);
	invalid(shown, value, reason.p, err);
	ptx_buf_done(&reason);
	return PTX_E_USAGE;
}

int helm_set(struct helm *h, const struct helm_flag *f, const char *shown, const char *value,
	     struct ptx_error **err)
{
	char *to = (char *)&h->args + f->offset;
	struct problem p = { NULL };

	switch (f->type) {
	case HELM_BOOL:
		p = truth(value, (bool *)to);
		break;
	case HELM_INT:
	case HELM_UINT:
	case HELM_FLOAT:
		p = number(value, f->type);
		*(const char **)to = value;
		break;
	case HELM_DURATION:
		p = duration(value);
		*(const char **)to = value;
		break;
	case HELM_STR:
		*(const char **)to = value;
		break;
	case HELM_SECRET:
		*(const char **)to = ptx_value_as_string(ptx_value_string(h->arena, value), "");
		/* The words are argv's own, and argv is what a list of processes shows. */
		memset((char *)(uintptr_t)value, '*', strlen(value));
		break;
	case HELM_ARRAY:
		return opt_list_add((struct opt_list *)to, value, err);
	case HELM_SLICE:
		return list(h, (struct opt_list *)to, shown, value, err);
	case HELM_PAIRS:
		return pairs(shown, value, err);
	case HELM_END:
		break;
	}
	return p.words ? refuse(shown, value, p, err) : 0;
}
