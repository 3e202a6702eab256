/* SPDX-License-Identifier: Apache-2.0 */
/* dependency.h - one update or build of a chart's dependencies, from wishes to files. */
#ifndef PTXI_REPO_DEPENDENCY_H
#define PTXI_REPO_DEPENDENCY_H

#include <pitrix/repo.h>
#include "../base/vec.h"
#include "../chart/chart.h"
#include "../chart/lock.h"
#include "fetch.h"

/* A repository that is asked, and for what. */
struct ptxi_source {
	const struct ptxi_repo *repo;
	const char **names; /* charts that are wanted of it, NULL-terminated; in the arena */
	size_t name_count;
	const char *path;         /* of the cached index */
	struct ptxi_index *index; /* owned; NULL: not read yet */
	struct ptx_error *failed; /* owned; of fetching it */
	struct ptx_buf said;      /* "where\tmessage\n", told when it is its turn */
	const struct ptxi_run *run;
};

enum ptxi_dependency_kind {
	PTXI_DEPENDENCY_LOCAL,  /* in charts/ already */
	PTXI_DEPENDENCY_FOLDER, /* a chart's folder elsewhere: file:// */
	PTXI_DEPENDENCY_REPO,
	PTXI_DEPENDENCY_REGISTRY /* oci:// */
};

struct ptxi_dependency {
	struct ptxi_chart_dependency *want; /* with the repository's URL in the place of an alias */
	enum ptxi_dependency_kind kind;
	struct ptxi_source *source; /* of REPO */
	const char *folder;         /* of FOLDER and LOCAL */
	const struct ptxi_index_entry *entry;
	const char *file; /* name in charts/, or NULL */
	const char *action;
	struct ptx_str content; /* what is put there; p NULL: nothing */
};

struct ptxi_run {
	struct ptx_ctx *ctx;
	struct ptx_dependency_opts opts;
	struct ptx_arena *arena;
	struct ptx_chart_load_opts load;
	const char *path; /* of the chart's folder, clean */
	struct ptxi_chart *chart;
	struct ptxi_repo_paths paths;
	struct ptxi_repos repos;
	struct ptxi_transports *transports;
	PTX_VEC(struct ptxi_source *) sources;
	struct ptxi_chart_dependency *wants; /* Chart.yaml's, or the lock's */
	struct ptxi_chart_dependency *chosen;
	struct ptxi_dependency *rows;
	size_t count;
	struct ptx_value *removed; /* names of files that went */
	struct ptx_error **err;
};

int ptxi_run_no_memory(struct ptxi_run *r);
/* The code of the error that was set. */
int ptxi_run_failed(const struct ptxi_run *r);
/* Tells the caller; other members of e may be filled. */
void ptxi_run_tell(const struct ptxi_run *r, struct ptx_dependency_event e);
/* A URL without its password, in the arena. */
const char *ptxi_run_shown(const struct ptxi_run *r, const char *url);
/* A text in Go's quotes, in the arena. */
const char *ptxi_run_quoted(const struct ptxi_run *r, const char *text);
/* dir/name, clean, in the arena. */
const char *ptxi_run_join(const struct ptxi_run *r, const char *dir, const char *name);
/* A chart's folder into the arena; NULL with *err set. */
struct ptxi_chart *ptxi_run_load(struct ptxi_run *r, const char *folder, struct ptx_error **err);

/* ---- dependency_resolve.c */

/* Finds out where each of wants comes from; aliases are replaced by URLs. */
int ptxi_run_locate(struct ptxi_run *r);
/* Fails where one is in a registry: UNSUPPORTED. */
int ptxi_run_refuse_registries(struct ptxi_run *r);
/* Fetches indexes: of what charts name, and of what is configured. */
int ptxi_run_refresh_unmanaged(struct ptxi_run *r);
int ptxi_run_refresh_managed(struct ptxi_run *r);
/* Chooses a version for each of wants, into chosen. */
int ptxi_run_choose(struct ptxi_run *r);
/* The index of a source, from what was fetched or the cache; NULL with *err set. */
const struct ptxi_index *ptxi_run_index(struct ptxi_run *r, struct ptxi_source *s);

/* ---- dependency_get.c */

/* Gets the archives of all rows by chosen versions, and puts them into charts/. */
int ptxi_run_get(struct ptxi_run *r);

#endif
