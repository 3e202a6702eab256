/* SPDX-License-Identifier: Apache-2.0 */
/* opt.h - tables of options and arguments, and the one parser of command lines.
 *
 * A command describes its options in a static table; each row says at which offset of the command's
 * own struct its value goes. The same tables feed --help, the manual pages and the completions.
 * Strings that land in the struct are borrowed from argv, the environment or the configuration;
 * lists are owned, opt_done() frees them.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stddef.h>

#include <pitrix/error.h>

enum opt_type {
	OPT_TYPE_END,
	OPT_TYPE_BOOL,    /* bool; --name or --name=false */
	OPT_TYPE_STR,     /* const char *; the last one wins */
	OPT_TYPE_LIST,    /* struct opt_list; may be repeated */
	OPT_TYPE_INT,     /* int64_t within min..max */
	OPT_TYPE_ENUM,    /* int; one of choices */
	OPT_TYPE_DURATION /* int64_t, milliseconds: 500ms, 30s, 5m, 1h30m */
};

/* What a value names, for completions. */
enum opt_complete {
	COMPLETE_NONE,
	COMPLETE_TEXT, /* free text: there is nothing to offer */
	COMPLETE_FILE,
	COMPLETE_DIR,
	COMPLETE_PACKAGE,
	COMPLETE_COMMAND,
	COMPLETE_CHOICE, /* one of choices */
	COMPLETE_CLUSTER,
	COMPLETE_RUNTIME,
	COMPLETE_JOB
};

struct opt_choice {
	const char *name; /* NULL ends a list */
	int value;
	const char *help;
};

/* Values of an option or argument that may be repeated. */
struct opt_list {
	const char **items; /* owned array of borrowed strings */
	size_t n;
};
int opt_list_add(struct opt_list *list, const char *item, struct ptx_error **err);

struct opt {
	enum opt_type type;
	char letter;      /* 0: none */
	const char *name; /* without the dashes */
	size_t offset;
	const char *value; /* what the help calls its value */
	const char *help;
	const struct opt_choice *choices;
	enum opt_complete complete;
	const char *env; /* environment variable that gives a default */
	int64_t min;
	int64_t max;
	bool hidden;
};

struct opt_arg {
	const char *name; /* NULL ends a table */
	const char *help;
	size_t offset;
	bool optional;
	bool repeat; /* struct opt_list instead of const char *; the last argument only */
	enum opt_complete complete;
	const struct opt_choice *choices;
};

/* offsetof() that fails to compile when the member has another type. */
#define OPT_OFFSET(s, member, type)                                                                \
	(offsetof(s, member) +                                                                     \
	 0 * sizeof(                                                                               \
		 char[__builtin_types_compatible_p(__typeof__(((s *)0)->member), type) ? 1 : -1]))

/* clang-format off */
#define OPT_BOOL(l, n, s, m, h, ...) \
	{ .type = OPT_TYPE_BOOL, .letter = (l), .name = (n), .offset = OPT_OFFSET(s, m, bool), .help = (h), ##__VA_ARGS__ }
#define OPT_STR(l, n, s, m, v, h, ...) \
	{ .type = OPT_TYPE_STR, .letter = (l), .name = (n), .offset = OPT_OFFSET(s, m, const char *), .value = (v), \
	  .help = (h), ##__VA_ARGS__ }
#define OPT_LIST(l, n, s, m, v, h, ...) \
	{ .type = OPT_TYPE_LIST, .letter = (l), .name = (n), .offset = OPT_OFFSET(s, m, struct opt_list), .value = (v), \
	  .help = (h), ##__VA_ARGS__ }
#define OPT_INT(l, n, s, m, v, lo, hi, h, ...) \
	{ .type = OPT_TYPE_INT, .letter = (l), .name = (n), .offset = OPT_OFFSET(s, m, int64_t), .value = (v), \
	  .min = (lo), .max = (hi), .complete = COMPLETE_TEXT, .help = (h), ##__VA_ARGS__ }
#define OPT_ENUM(l, n, s, m, v, c, h, ...) \
	{ .type = OPT_TYPE_ENUM, .letter = (l), .name = (n), .offset = OPT_OFFSET(s, m, int), .value = (v), \
	  .choices = (c), .complete = COMPLETE_CHOICE, .help = (h), ##__VA_ARGS__ }
#define OPT_DURATION(l, n, s, m, h, ...) \
	{ .type = OPT_TYPE_DURATION, .letter = (l), .name = (n), .offset = OPT_OFFSET(s, m, int64_t), .value = "TIME", \
	  .complete = COMPLETE_TEXT, .help = (h), ##__VA_ARGS__ }
#define OPT_END { .type = OPT_TYPE_END }

#define ARG(n, s, m, h, ...) \
	{ .name = (n), .offset = OPT_OFFSET(s, m, const char *), .help = (h), ##__VA_ARGS__ }
#define ARG_LIST(n, s, m, h, ...) \
	{ .name = (n), .offset = OPT_OFFSET(s, m, struct opt_list), .repeat = true, .help = (h), ##__VA_ARGS__ }
#define ARG_END { .name = NULL }
/* clang-format on */

/* A table and the struct that it fills. */
struct opt_target {
	const struct opt *opts; /* NULL: none */
	void *base;
};

/* The text that a configuration gives for an option, borrowed, or NULL. Returns 0, or a code with
 * *err set. */
typedef int (*opt_fallback_fn)(const struct opt *o, const char **text, void *user,
			       struct ptx_error **err);

struct opt_parser {
	struct opt_target
	    targets[2]; /* the command's, then the global ones; no letter or name in both */
	const struct opt_arg *args; /* NULL: takes none */
	void *args_base;
	opt_fallback_fn fallback; /* may be NULL */
	void *fallback_user;
	const bool
	    *stop; /* may be NULL; options that set it (--help) make everything else unimportant */
	uint64_t given[2]; /* a bit for each row of targets that the command line gave */
};

/* Parses words into the structs. An option wins over its environment variable, that over the
 * configuration. Options may stand among arguments; `--` ends them.
 *
 * Returns: 0.  Fails: USAGE; CONFIG where the environment or the configuration has a bad value.
 */
int opt_parse(struct opt_parser *p, int argc, char *const *argv, struct ptx_error **err);

/* Parses options up to the first word that is none, and says how many words that took in *used. */
int opt_parse_leading(struct opt_parser *p, int argc, char *const *argv, int *used,
		      struct ptx_error **err);

/* Frees the lists in the structs. */
void opt_done(const struct opt_parser *p);

/* The row of a long name or letter, or NULL. */
const struct opt *opt_by_name(const struct opt *opts, const char *name, size_t n);
const struct opt *opt_by_letter(const struct opt *opts, char letter);

/* "500ms", "30s", "5m", "1h30m", "2d" to milliseconds; false when it is none of these. */
bool opt_duration(const char *text, int64_t *ms);

/* Did you mean: offer candidates one by one, then read best (NULL: nothing near enough). */
struct opt_nearest {
	const char *want;
	size_t want_n;
	const char *best;
	size_t distance;
};

void opt_nearest_init(struct opt_nearest *n, const char *want, size_t want_n);
void opt_nearest_offer(struct opt_nearest *n, const char *candidate);

#endif
