/* SPDX-License-Identifier: Apache-2.0 */
/* print.h - results on stdout: a value as a table, JSON, YAML or names. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "cli.h"

enum print_format { PRINT_TABLE, PRINT_JSON, PRINT_YAML, PRINT_NAME };

/* table, json, yaml, name; and the first three for what has no names. */
extern const struct opt_choice print_formats[];
extern const struct opt_choice print_formats_unnamed[];

/* The option -o that every command with a result has: an int member of the struct. */
#define OPT_OUTPUT(s, m)                                                                           \
	OPT_ENUM('o', "output", s, m, "FORMAT", print_formats, "how to print the result")
#define OPT_OUTPUT_UNNAMED(s, m)                                                                   \
	OPT_ENUM('o', "output", s, m, "FORMAT", print_formats_unnamed, "how to print the result")

enum print_cell {
	CELL_TEXT,
	CELL_NUMBER, /* at the right */
	CELL_STATE,  /* coloured by what it says */
	CELL_TIME,   /* RFC 3339 or nanoseconds since 1970, as local time */
	CELL_AGE,    /* the same, as how long ago */
	CELL_COUNT   /* how many members a list has, at the right */
};

struct print_column {
	const char *title; /* NULL ends a list */
	const char *path;  /* "node.name": member of a member */
	enum print_cell cell;
};

struct print_spec {
	const struct print_column *columns;
	const char *name;  /* path of what `-o name` prints, of each item */
	const char *empty; /* said to a person when a list is empty; may be NULL */
};

/* Prints a list as rows, a map as one line for each column. Returns 0.  Fails: IO, NOMEM, LIMIT. */
int print_value(struct cli *cli, int format, const struct ptx_value *v,
		const struct print_spec *spec, struct ptx_error **err);

/* The member at a path of names and dots; NULL when there is none. */
const struct ptx_value *print_find(const struct ptx_value *v, const char *path);

/* A span as people say it: "850ms", "12s", "3m20s", "5h2m", "4d". */
void print_span(struct ptx_buf *out, int64_t ms);

/* Text that came from elsewhere, without what could drive a terminal. */
void print_clean(struct ptx_buf *out, const char *text, size_t n);

#endif
