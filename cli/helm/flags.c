/* SPDX-License-Identifier: Apache-2.0 */
/* flags.c - flags as Helm takes them (spf13/pflag): anywhere among the arguments, `--name value`,
 * `--name=value`, `-n value`,
 * `-nvalue`, `-abc` for several switches; `--` ends them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helm.h"

#define F(t, l, n, m)                                                                              \
	{                                                                                          \
		HELM_##t, l, n, offsetof(struct helm_args, m), NULL                                \
	}
#define F_BARE(t, l, n, m, b)                                                                      \
	{                                                                                          \
		HELM_##t, l, n, offsetof(struct helm_args, m), b                                   \
	}

static const struct helm_flag global_flags[] = {
	F(STR, 'n', "namespace", name_space),
	F(BOOL, 0, "debug", debug),
	F(BOOL, 'h', "help", help),
	F(STR, 0, "kubeconfig", ignored),
	F(STR, 0, "kube-context", ignored),
	F(STR, 0, "kube-token", ignored),
	F(STR, 0, "kube-as-user", ignored),
	F(ARRAY, 0, "kube-as-group", ignored_list),
	F(STR, 0, "kube-apiserver", ignored),
	F(STR, 0, "kube-ca-file", ignored),
	F(STR, 0, "kube-tls-server-name", ignored),
	F(BOOL, 0, "kube-insecure-skip-tls-verify", ignored_bool),
	F(STR, 0, "registry-config", ignored),
	F(STR, 0, "repository-cache", source.index_cache),
	F(STR, 0, "repository-config", source.repositories),
	F(INT, 0, "burst-limit", ignored),
	F(FLOAT, 0, "qps", ignored),
	F(INT, 'v', "v", ignored), /* of its log */
	{ HELM_END, 0, NULL, 0, NULL },
};

static const struct helm_flag *by_name(const struct helm_flag *flags, const char *name, size_t n)
{
	for (const struct helm_flag *f = flags; f && f->type != HELM_END; f++)
		if (strlen(f->name) == n && memcmp(f->name, name, n) == 0)
			return f;
	return NULL;
}

static const struct helm_flag *by_letter(const struct helm_flag *flags, char letter)
{
	for (const struct helm_flag *f = flags; f && f->type != HELM_END; f++)
		if (f->letter == letter)
			return f;
	return NULL;
}

static int long_flag(struct helm *h, int argc, char *const *argv, int *i, struct ptx_error **err)
{
	const char *name = argv[*i] + 2;
	size_t n = strcspn(name, "=");
	const struct helm_flag *f = by_name(h->command->flags, name, n);
	char shown[128] = "";

	f = f ? f : by_name(global_flags, name, n);
	if (*name == '-' || *name == '=') {
		ptx_error_set(err, PTX_E_USAGE, "bad flag syntax: %s", argv[*i]);
		return PTX_E_USAGE;
	}
	if (!f) {
		ptx_error_set(err, PTX_E_USAGE, "unknown flag: --%.*s", (int)n, name);
		return PTX_E_USAGE;
	}
	if (f->letter)
		snprintf(shown, sizeof(shown), "-%c, --%s", f->letter, f->name);
	else
		snprintf(shown, sizeof(shown), "--%s", f->name);
	if (name[n] == '=')
		return helm_set(h, f, shown, name + n + 1, err);
	if (f->type == HELM_BOOL || f->bare)
		return helm_set(h, f, shown, f->type == HELM_BOOL ? "true" : f->bare, err);
	if (*i + 1 >= argc) {
		ptx_error_set(err, PTX_E_USAGE, "flag needs an argument: --%.*s", (int)n, name);
		return PTX_E_USAGE;
	}
	return helm_set(h, f, shown, argv[++*i], err);
}

static int short_flags(struct helm *h, int argc, char *const *argv, int *i, struct ptx_error **err)
{
	const char *word = argv[*i];

	for (const char *p = word + 1; *p; p++) {
		const struct helm_flag *f = by_letter(h->command->flags, *p);
		char shown[128] = "";

		f = f ? f : by_letter(global_flags, *p);
		if (!f) {
			ptx_error_set(err, PTX_E_USAGE, "unknown shorthand flag: '%c' in %s", *p,
				      word);
			return PTX_E_USAGE;
		}
		snprintf(shown, sizeof(shown), "-%c, --%s", f->letter, f->name);
		if (f->type == HELM_BOOL && p[1] != '=') {
			int rc = helm_set(h, f, shown, "true", err);

			if (rc < 0)
				return rc;
			continue;
		}
		if (p[1])
			return helm_set(h, f, shown, p + 1 + (p[1] == '='), err);
		if (*i + 1 >= argc) {
			ptx_error_set(err, PTX_E_USAGE, "flag needs an argument: '%c' in %s", *p,
				      word);
			return PTX_E_USAGE;
		}
		return helm_set(h, f, shown, argv[++*i], err);
	}
	return 0;
}

int helm_parse(struct helm *h, int argc, char *const *argv, struct ptx_error **err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			while (rc == 0 && ++i < argc)
				rc = opt_list_add(&h->args.args, argv[i], err);
			break;
		}
		if (strncmp(argv[i], "--", 2) == 0)
			rc = long_flag(h, argc, argv, &i, err);
		else if (argv[i][0] == '-' && argv[i][1])
			rc = short_flags(h, argc, argv, &i, err);
		else
			rc = opt_list_add(&h->args.args, argv[i], err);
	}
	return rc;
}

#define VALUES_FLAGS                                                                               \
	F(SLICE, 'f', "values", template.values.files), F(ARRAY, 0, "set", template.values.sets),  \
	    F(ARRAY, 0, "set-string", template.values.set_strings),                                \
	    F(ARRAY, 0, "set-file", template.values.set_files),                                    \
	    F(ARRAY, 0, "set-json", template.values.set_jsons),                                    \
	    F(ARRAY, 0, "set-literal", template.values.set_literals)

#define SOURCE_FLAGS                                                                               \
	F(STR, 0, "repo", source.repo), F(STR, 0, "version", source.version),                      \
	    F(BOOL, 0, "verify", verify), F(STR, 0, "keyring", keyring),                           \
	    F(STR, 0, "username", source.username), F(SECRET, 0, "password", password),            \
	    F(STR, 0, "cert-file", source.cert_file), F(STR, 0, "key-file", source.key_file),      \
	    F(STR, 0, "ca-file", source.ca_file),                                                  \
	    F(BOOL, 0, "insecure-skip-tls-verify", source.insecure),                               \
	    F(BOOL, 0, "plain-http", ignored_bool), /* of registries alone, which are refused */   \
	    F(BOOL, 0, "pass-credentials", source.pass_credentials),                               \
	    F(BOOL, 0, "devel", source.devel)

#define END                                                                                        \
	{                                                                                          \
		HELM_END, 0, NULL, 0, NULL                                                         \
	}

static const struct helm_flag template_flags[] = {
	VALUES_FLAGS,
	SOURCE_FLAGS,
	F(ARRAY, 's', "show-only", template.show_only),
	F(STR, 0, "output-dir", template.output_dir),
	F(BOOL, 0, "validate", validate),
	F(BOOL, 0, "include-crds", template.include_crds),
	F(BOOL, 0, "skip-tests", template.skip_tests),
	F(BOOL, 0, "is-upgrade", template.is_upgrade),
	F(STR, 0, "kube-version", template.kube_version),
	F(SLICE, 'a', "api-versions", template.api_versions),
	F(BOOL, 0, "release-name", template.use_release_name),
	F(STR, 0, "post-renderer", post_renderer),
	F(ARRAY, 0, "post-renderer-args", post_renderer_args),
	F(BOOL, 0, "create-namespace", ignored_bool),
	F_BARE(STR, 0, "dry-run", dry_run, "client"),
	F(BOOL, 0, "force", ignored_bool),
	F(BOOL, 0, "no-hooks", template.no_hooks),
	F(BOOL, 0, "replace", ignored_bool),
	F(DURATION, 0, "timeout", ignored),
	F(BOOL, 0, "wait", ignored_bool),
	F(BOOL, 0, "wait-for-jobs", ignored_bool),
	F(BOOL, 'g', "generate-name", generate_name),
	F(STR, 0, "name-template", template.name_template),
	F(STR, 0, "description", ignored),
	F(BOOL, 0, "dependency-update", dependency_update),
	F(BOOL, 0, "disable-openapi-validation", ignored_bool),
	F(BOOL, 0, "atomic", ignored_bool),
	F(BOOL, 0, "skip-crds", skip_crds),
	F(BOOL, 0, "render-subchart-notes", template.sub_notes),
	F(BOOL, 0, "skip-schema-validation", template.skip_schemas),
	F(PAIRS, 'l', "labels", ignored_list),
	F(BOOL, 0, "enable-dns", ignored_bool),
	F(BOOL, 0, "hide-notes", ignored_bool),
	F(BOOL, 0, "take-ownership", ignored_bool),
	END,
};

static const struct helm_flag lint_flags[] = {
	VALUES_FLAGS,
	F(BOOL, 0, "strict", strict),
	F(BOOL, 0, "with-subcharts", with_subcharts),
	F(BOOL, 0, "quiet", quiet),
	F(BOOL, 0, "skip-schema-validation", template.skip_schemas),
	F(STR, 0, "kube-version", template.kube_version),
	END,
};

static const struct helm_flag package_flags[] = {
	F(BOOL, 0, "sign", sign),
	F(STR, 0, "key", key),
	F(STR, 0, "keyring", keyring),
	F(STR, 0, "passphrase-file", ignored),
	F(STR, 0, "version", version),
	F(STR, 0, "app-version", app_version),
	F(STR, 'd', "destination", destination),
	F(BOOL, 'u', "dependency-update", dependency_update),
	F(STR, 0, "username", ignored),
	F(SECRET, 0, "password", ignored),
	F(STR, 0, "cert-file", ignored),
	F(STR, 0, "key-file", ignored),
	F(BOOL, 0, "insecure-skip-tls-verify", ignored_bool),
	F(BOOL, 0, "plain-http", ignored_bool),
	F(STR, 0, "ca-file", ignored),
	END,
};

static const struct helm_flag show_flags[] = { SOURCE_FLAGS, END };
static const struct helm_flag show_values_flags[] = { SOURCE_FLAGS, F(STR, 0, "jsonpath", jsonpath),
						      END };
static const struct helm_flag dependency_list_flags[] = {
	F(UINT, 0, "max-col-width", max_col_width), END
};
static const struct helm_flag dependency_flags[] = {
	F(BOOL, 0, "verify", verify),
	F(STR, 0, "keyring", keyring),
	F(BOOL, 0, "skip-refresh", skip_refresh),
	/* Of registries alone. */
	F(STR, 0, "username", ignored),
	F(SECRET, 0, "password", ignored),
	F(STR, 0, "cert-file", ignored),
	F(STR, 0, "key-file", ignored),
	F(BOOL, 0, "insecure-skip-tls-verify", ignored_bool),
	F(BOOL, 0, "plain-http", ignored_bool),
	F(STR, 0, "ca-file", ignored),
	END,
};
static const struct helm_flag create_flags[] = { F(STR, 'p', "starter", starter), END };
static const struct helm_flag version_flags[] = {
	F(BOOL, 0, "short", short_version),
	F(STR, 0, "template", format),
	F(BOOL, 'c', "client", ignored_bool),
	END,
};
const struct helm_flag helm_no_flags[] = { END };

const struct helm_command helm_commands[] = {
	{ "template", NULL, "helm template [NAME] [CHART] [flags]", 1, -1, template_flags,
	  helm_template },
	{ "lint", NULL, "helm lint PATH [flags]", 0, -1, lint_flags, helm_lint },
	{ "package", NULL, "helm package [CHART_PATH] [...] [flags]", 0, -1, package_flags,
	  helm_package },
	{ "show all", NULL, "helm show all [CHART] [flags]", 1, 1, show_flags, helm_show_all },
	{ "show chart", NULL, "helm show chart [CHART] [flags]", 1, 1, show_flags,
	  helm_show_chart },
	{ "show values", NULL, "helm show values [CHART] [flags]", 1, 1, show_values_flags,
	  helm_show_values },
	{ "show readme", NULL, "helm show readme [CHART] [flags]", 1, 1, show_flags,
	  helm_show_readme },
	{ "show crds", NULL, "helm show crds [CHART] [flags]", 1, 1, show_flags, helm_show_crds },
	{ "dependency list", "ls", "helm dependency list CHART [flags]", 0, 1,
	  dependency_list_flags, helm_dependency_list },
	{ "dependency update", "up", "helm dependency update CHART [flags]", 0, 1, dependency_flags,
	  helm_dependency_update },
	{ "dependency build", NULL, "helm dependency build CHART [flags]", 0, 1, dependency_flags,
	  helm_dependency_build },
	{ "create", NULL, "helm create NAME [flags]", 1, 1, create_flags, helm_create },
	{ "version", NULL, "helm version [flags]", 0, 0, version_flags, helm_version },
	{ "env", NULL, "helm env [flags]", 0, 1, helm_no_flags, helm_env },
	{ NULL, NULL, NULL, 0, 0, NULL, NULL },
};
