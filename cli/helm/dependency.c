/* SPDX-License-Identifier: Apache-2.0 */
/* dependency.c - `helm dependency update` and `build`: Helm's lines from the library's events. */
#include <string.h>

#include <pitrix/repo.h>

#include "helm.h"

static void unreachable(const struct ptx_dependency_event *e)
{
	const char *why = e->error ? ptx_error_message(e->error) : "";

	if (e->unmanaged)
		printf("...Unable to get an update from the \"%s\" chart repository:\n\t%s\n",
		       e->repository, why);
	else
		printf("...Unable to get an update from the \"%s\" chart repository (%s):\n\t%s\n",
		       e->name, e->repository, why);
}

static void on_refresh(const struct ptx_dependency_event *e)
{
	/* Helm fetches the index of a repository that it does not know once for each chart that is
	 * wanted of it. */
	for (size_t i = 0; i < (e->unmanaged ? e->count : 1); i++) {
		if (e->kind == PTX_DEPENDENCY_UNREACHABLE)
			unreachable(e);
		else
			printf("...Successfully got an update from the \"%s\" chart repository\n",
			       e->unmanaged ? e->repository : e->name);
	}
}

static void on_event(const struct ptx_dependency_event *e, void *user)
{
	const struct helm *h = user;
	const char *why = e->error ? ptx_error_message(e->error) : "";

	switch (e->kind) {
	case PTX_DEPENDENCY_LOOKING:
		puts(e->unmanaged
			 ? "Getting updates for unmanaged Helm repositories..."
			 : "Hang tight while we grab the latest from your chart repositories...");
		break;
	case PTX_DEPENDENCY_REFRESHED:
	case PTX_DEPENDENCY_UNREACHABLE:
		on_refresh(e);
		break;
	case PTX_DEPENDENCY_LOOKED:
		if (!e->unmanaged)
			puts("Update Complete. \xe2\x8e\x88Happy Helming!\xe2\x8e\x88");
		break;
	case PTX_DEPENDENCY_SAVING:
		printf("Saving %zu charts\n", e->count);
		break;
	case PTX_DEPENDENCY_LOCAL:
		printf("Dependency %s did not declare a repository. Assuming it exists in the "
		       "charts directory\n",
		       e->name);
		break;
	case PTX_DEPENDENCY_ARCHIVING:
		if (h->args.debug)
			printf("Archiving %s from repo %s\n", e->name, e->repository);
		break;
	case PTX_DEPENDENCY_DOWNLOADING:
		printf("Downloading %s from repo %s\n", e->name, e->repository);
		break;
	case PTX_DEPENDENCY_REPEATED:
		printf("Already downloaded %s from repo %s\n", e->name, e->repository);
		break;
	case PTX_DEPENDENCY_MISMATCH:
		fprintf(stderr,
			"WARNING: the digest of %s is not the one that the index of %s has\n",
			e->path, e->repository);
		break;
	case PTX_DEPENDENCY_UNUSABLE:
		printf("Could not verify %s for moving: %s (Skipping)", e->path, why);
		break;
	case PTX_DEPENDENCY_FAILED:
		printf("Save error occurred:  %s\n", why);
		break;
	case PTX_DEPENDENCY_CLEANING:
		puts("Deleting outdated charts");
		break;
	case PTX_DEPENDENCY_KEPT:
		printf("Could not verify %s for deletion: %s (Skipping)\n", e->path, why);
		break;
	case PTX_DEPENDENCY_CACHED:
	case PTX_DEPENDENCY_SAME:
	case PTX_DEPENDENCY_REMOVED:
		break;
	}
}

typedef struct ptx_value *(*dependency_fn)(struct ptx_ctx *ctx, struct ptx_arena *a,
					   const char *chart,
					   const struct ptx_dependency_opts *opts,
					   struct ptx_error **err);

static int run(struct helm *h, dependency_fn fn, const char *chart, bool silent,
	       struct ptx_error **err)
{
	struct ptx_dependency_opts opts = PTX_DEPENDENCY_OPTS_INIT;
	struct ptx_ctx *ctx = cli_ctx(h->cli, err);

	if (!ctx)
		return ptx_error_code(*err);
	if (h->args.verify) {
		ptx_error_set(err, PTX_E_UNSUPPORTED,
			      "--verify is not supported yet: charts are not verified against a "
			      "signature");
		return PTX_E_UNSUPPORTED;
	}
	opts.repositories = h->args.source.repositories;
	opts.index_cache = h->args.source.index_cache;
	opts.skip_refresh = h->args.skip_refresh;
	opts.as_helm = true;
	opts.event = silent ? NULL : on_event;
	opts.say = helm_say;
	opts.user = h;
	return fn(ctx, h->arena, chart, &opts, err) ? 0 : ptx_error_code(*err);
}

static const char *chart_of(const struct helm *h)
{
	return h->args.args.n ? h->args.args.items[0] : ".";
}

int helm_dependency_update(struct helm *h, struct ptx_error **err)
{
	return run(h, ptx_dependency_update, chart_of(h), false, err);
}

int helm_dependency_build(struct helm *h, struct ptx_error **err)
{
	return run(h, ptx_dependency_build, chart_of(h), false, err);
}

int helm_update(struct helm *h, const char *chart, bool silent, struct ptx_error **err)
{
	return run(h, ptx_dependency_update, chart, silent, err);
}
