/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - where a chart comes from: a path, or a repository and with what. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <pitrix/chart.h>
#include <pitrix/repo.h>

#include "cli.h"

struct source_args {
	const char *repo;
	const char *version;
	const char *username, *password_file;
	const char *ca_file, *cert_file, *key_file;
	const char *repositories, *index_cache;
	bool devel;
	bool insecure;
	bool pass_credentials;
};

/* clang-format off */
#define OPT_SOURCE(s, m) \
	OPT_STR(0, "repo", s, m.repo, "URL", "chart: the repository that has it", .complete = COMPLETE_TEXT), \
	OPT_STR(0, "version", s, m.version, "RANGE", "chart of a repository: its version, or a range; else the newest", \
		.complete = COMPLETE_TEXT), \
	OPT_BOOL(0, "devel", s, m.devel, "chart of a repository: pre-releases too, without --version"), \
	OPT_STR(0, "username", s, m.username, "NAME", "repository: the name to log in with", .complete = COMPLETE_TEXT), \
	OPT_STR(0, "password-file", s, m.password_file, "FILE", \
		"repository: the password of --username, - for stdin; or $PITRIX_REPO_PASSWORD", .complete = COMPLETE_FILE), \
	OPT_BOOL(0, "pass-credentials", s, m.pass_credentials, "repository: tell name and password to other hosts that it leads to, too"), \
	OPT_STR(0, "ca-file", s, m.ca_file, "FILE", "repository: authorities of its certificate, in place of the system's", \
		.complete = COMPLETE_FILE), \
	OPT_STR(0, "cert-file", s, m.cert_file, "FILE", "repository: our certificate", .complete = COMPLETE_FILE), \
	OPT_STR(0, "key-file", s, m.key_file, "FILE", "repository: the key of our certificate", .complete = COMPLETE_FILE), \
	OPT_BOOL(0, "insecure-skip-tls-verify", s, m.insecure, "repository: believe whoever answers"), \
	OPT_REPOSITORIES(s, m.repositories, m.index_cache)
#define OPT_REPOSITORIES(s, config, cache) \
	OPT_STR(0, "repository-config", s, config, "FILE", "Helm's repositories.yaml [in Helm's folder]", \
		.complete = COMPLETE_FILE, .env = "HELM_REPOSITORY_CONFIG"), \
	OPT_STR(0, "repository-cache", s, cache, "DIR", "folder of cached indexes [in Helm's folder]", \
		.complete = COMPLETE_DIR, .env = "HELM_REPOSITORY_CACHE")
/* clang-format on */

/* What the options say to the library; the password is not among them. */
struct ptx_repo_fetch_opts source_opts(const struct source_args *args);
/* The chart of a name: that of a folder or archive where there is one, else of a repository.
 *
 * Returns: 1 with *c set, 0 where it is no chart, or a code with *err set.
 */
int source_open(struct cli *cli, const char *name, const struct source_args *args,
		struct ptx_chart **c, struct ptx_error **err);

#endif
