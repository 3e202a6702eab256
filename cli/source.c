/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - a chart by its name: of a path, as Helm has it, before any repository. */
#include <string.h>
#include <sys/stat.h>

#include "charts.h"
#include "files.h"
#include "source.h"

struct ptx_repo_fetch_opts source_opts(const struct source_args *args)
{
	struct ptx_repo_fetch_opts opts = PTX_REPO_FETCH_OPTS_INIT;

	opts.repository = args->repo;
	opts.version = args->version;
	opts.devel = args->devel;
	opts.username = args->username;
	opts.pass_credentials = args->pass_credentials;
	opts.ca_file = args->ca_file;
	opts.cert_file = args->cert_file;
	opts.key_file = args->key_file;
	opts.insecure = args->insecure;
	opts.repositories = args->repositories;
	opts.index_cache = args->index_cache;
	return opts;
}

static int fetch(struct cli *cli, const char *name, const struct source_args *args,
		 const char *password, struct ptx_chart **c, struct ptx_error **err)
{
	struct ptx_repo_fetch_opts opts = source_opts(args);
	struct ptx_chart_load_opts load = PTX_CHART_LOAD_OPTS_INIT;
	struct ptx_ctx *ctx = cli_ctx(cli, err);

	opts.password = password;
	opts.say = load.say = charts_say;
	opts.user = load.user = cli;
	if (args->insecure)
		cli_warn(cli, "the certificate of the repository is not checked");
	*c = ctx ? ptx_repo_chart(ctx, name, &opts, &load, err) : NULL;
	return *c ? 1 : ptx_error_code(*err);
}

static int fetch_with_password(struct cli *cli, const char *name, const struct source_args *args,
			       struct ptx_chart **c, struct ptx_error **err)
{
	struct ptx_buf password;
	int rc = 0;

	ptx_buf_init(&password, FILES_MOST_SECRET);
	if (args->username)
		rc = files_read_secret(args->password_file, "PITRIX_REPO_PASSWORD", "password",
				       &password, err);
	if (rc == 0 && !args->username != !password.n)
		rc = cli_usage(err, "--username and a password (--password-file or "
				    "$PITRIX_REPO_PASSWORD) go together");
	if (rc == 0)
		rc = fetch(cli, name, args, password.n ? password.p : NULL, c, err);
	files_forget(&password);
	return rc;
}

/* REPOSITORY/NAME or a URL; a path that begins like one is none. */
static bool is_remote(const char *name)
{
	return name[0] != '.' && name[0] != '/' && name[0] != '~' && strchr(name, '/');
}

int source_open(struct cli *cli, const char *name, const struct source_args *args,
		struct ptx_chart **c, struct ptx_error **err)
{
	struct stat st;
	bool is_here = stat(name, &st) == 0;

	*c = NULL;
	if (!args->username && args->password_file)
		return cli_usage(err, "--password-file is of no use without --username");
	if (is_here && args->repo)
		cli_warn(cli, "'%s' is here, so %s is not asked for it", name, args->repo);
	if (is_here || !(args->repo || is_remote(name)))
		return charts_open(cli, name, c, err);
	return fetch_with_password(cli, name, args, c, err);
}
