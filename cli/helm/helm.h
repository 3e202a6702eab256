/* SPDX-License-Identifier: Apache-2.0 */
/* helm.h - Helm's own command line: its commands, flags, words and exits. */
#ifndef CLI_HELM_H
#define CLI_HELM_H

#include "../charts.h"
#include "../source.h"

enum helm_flag_type {
	HELM_END,
	HELM_BOOL,
	HELM_STR,
	HELM_SECRET, /* the same; it goes from the command line, where other users see it */
	HELM_INT,    /* these four are strings that were checked */
	HELM_UINT,
	HELM_FLOAT,
	HELM_DURATION,
	HELM_ARRAY, /* may be repeated */
	HELM_SLICE, /* the same, and commas separate */
	HELM_PAIRS  /* key=value; checked, and forgotten */
};

struct helm_args {
	struct opt_list args; /* what is no flag */
	/* global */
	const char *name_space;
	bool debug, help;
	/* of charts and values */
	struct chart_template_args template;
	struct source_args source;
	const char *password;
	const char *version, *app_version, *destination, *starter, *jsonpath, *output, *key,
	    *keyring;
	bool generate_name, validate, dependency_update, skip_crds, dry_run_unset, verify;
	const char *dry_run, *post_renderer;
	/* lint */
	bool strict, quiet, with_subcharts;
	/* package */
	bool sign;
	/* version */
	bool short_version;
	const char *format;
	/* dependency */
	const char *max_col_width;
	bool skip_refresh;
	/* accepted, and of no consequence here */
	const char *ignored;
	bool ignored_bool;
	struct opt_list ignored_list;
	struct opt_list post_renderer_args;
};

struct helm_flag {
	enum helm_flag_type type;
	char letter;
	const char *name;
	size_t offset;
	const char *bare; /* the value of a flag that stands without one, or NULL */
};

struct helm {
	struct cli *cli;
	struct helm_args args;
	const struct helm_command *command;
	struct ptx_arena *arena;
	struct ptx_value *said; /* what need not be said again */
	struct ptx_buf invalid; /* what templates wrote that is no YAML, with --debug */
};

struct helm_command {
	const char *path;  /* "dependency list" */
	const char *alias; /* of the last word, or NULL */
	const char *usage; /* "helm dependency list CHART [flags]" */
	int min, max;      /* arguments; max < 0: any number */
	const struct helm_flag *flags;
	/* 0, an exit status (all is said), or a code with *err set. */
	int (*run)(struct helm *h, struct ptx_error **err);
};

extern const struct helm_command helm_commands[];
extern const struct helm_flag helm_no_flags[];

/* Parses the words behind the command. */
/* A flag gets the value that its text stands for; shown is how messages name it. */
int helm_set(struct helm *h, const struct helm_flag *f, const char *shown, const char *value,
	     struct ptx_error **err);
int helm_parse(struct helm *h, int argc, char *const *argv, struct ptx_error **err);

/* The chart that an argument names, as `helm` looks for it: a path, else of a repository; NULL with
 * *err set. */
struct ptx_chart *helm_chart(struct helm *h, const char *name, struct ptx_error **err);
void helm_say(const char *where, const char *message, void *user);
/* The namespace that flags and the environment name. */
const char *helm_namespace(const struct helm *h);
/* Finds the program of --post-renderer, if there is one. */
int helm_post_renderer(struct helm *h, struct ptx_error **err);

/* One of Helm's folders, by its variables and its place in the home; in the arena. */
const char *helm_home(struct helm *h, const char *variable, const char *xdg, const char *below);
/* What a command is called with; of one that has others below it, all of them. */
int helm_usage(struct helm *h, struct ptx_error **err);

int helm_template(struct helm *h, struct ptx_error **err);
int helm_lint(struct helm *h, struct ptx_error **err);
int helm_package(struct helm *h, struct ptx_error **err);
int helm_show_all(struct helm *h, struct ptx_error **err);
int helm_show_chart(struct helm *h, struct ptx_error **err);
int helm_show_values(struct helm *h, struct ptx_error **err);
int helm_show_readme(struct helm *h, struct ptx_error **err);
int helm_show_crds(struct helm *h, struct ptx_error **err);
int helm_dependency_list(struct helm *h, struct ptx_error **err);
int helm_dependency_update(struct helm *h, struct ptx_error **err);
int helm_dependency_build(struct helm *h, struct ptx_error **err);
/* What --dependency-update does before a chart is used. */
int helm_update(struct helm *h, const char *chart, bool silent, struct ptx_error **err);
int helm_create(struct helm *h, struct ptx_error **err);
int helm_version(struct helm *h, struct ptx_error **err);
int helm_env(struct helm *h, struct ptx_error **err);

#endif
