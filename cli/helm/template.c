/* SPDX-License-Identifier: Apache-2.0 */
/* template.c - `helm template`, `helm version`, `helm env`. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "../dependency.h"
#include "helm.h"

static void deprecated(void *user)
{
	(void)user;
	fputs("WARNING: This chart is deprecated\n", stderr);
}

/* The name and the chart out of one or two arguments. */
static int name_and_chart(struct helm *h, struct ptx_error **err)
{
	struct helm_args *a = &h->args;

	if (a->args.n > 2) {
		struct ptx_buf rest;

		ptx_buf_init(&rest, 0);
		for (size_t i = 2; i < a->args.n; i++)
			ptx_buf_printf(&rest, "%s%s", i > 2 ? ", " : "", a->args.items[i]);
		ptx_error_set(err, PTX_E_USAGE,
			      "expected at most two arguments, unexpected arguments: %s", rest.p);
		ptx_buf_done(&rest);
		return PTX_E_USAGE;
	}
	a->template.chart = a->args.items[a->args.n - 1];
	a->template.release = "release-name";
	if (a->args.n == 2) {
		a->template.release = a->args.items[0];
		if (a->generate_name ||
		    (a->template.name_template && a->template.name_template[0])) {
			ptx_error_set(err, PTX_E_USAGE, "cannot set --%s and also specify a name",
				      a->generate_name ? "generate-name" : "name-template");
			return PTX_E_USAGE;
		}
	} else if (a->template.name_template && a->template.name_template[0]) {
		char *name = charts_name(a->template.name_template, err);

		if (!name)
			return ptx_error_code(*err);
		a->template.release = ptx_value_as_string(ptx_value_string(h->arena, name), "");
		ptx_free(name);
	}
	return 0;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

/* What cannot be done is refused before anything is read. */
static int check_flags(const struct helm_args *a, struct ptx_error **err)
{
	static const char *const dry_runs[] = { "",       "false",  "true", "none",
						"client", "server", NULL };
	const char *what = NULL;

	if (a->dry_run && !is_one_of(a->dry_run, dry_runs)) {
		ptx_error_set(err, PTX_E_USAGE,
			      "Invalid dry-run flag. Flag must one of the following: false, true, "
			      "none, client, server");
		return PTX_E_USAGE;
	}
	if (a->validate)
		what = "--validate is not supported yet: it needs a Kubernetes cluster";
	else if (a->dry_run && strcmp(a->dry_run, "server") == 0)
		what = "--dry-run=server is not supported yet: it needs a Kubernetes cluster";
	if (!what)
		return 0;
	ptx_error_set(err, PTX_E_UNSUPPORTED, "%s", what);
	return PTX_E_UNSUPPORTED;
}

/* Where dependencies are missing, and --dependency-update is given, they are fetched and the chart
 * is read again. */
static int update_if_missing(struct helm *h, struct ptx_chart **c, struct ptx_error **err)
{
	const char *path = h->args.template.chart;
	char *whole = NULL; /* it is in messages */
	int rc = 0;

	if (!h->args.dependency_update || !dependency_missing(*c))
		return 0;
	whole = realpath(path, NULL);
	if (!whole) {
		ptx_error_set(err, PTX_E_INVALID, "only unpacked charts can be updated");
		return PTX_E_INVALID;
	}
	rc = helm_update(h, whole, false, err);
	free(whole);
	if (rc < 0)
		return rc;
	ptx_chart_free(*c);
	*c = helm_chart(h, path, err);
	return *c ? 0 : ptx_error_code(*err);
}

/* In the order of paths, where Helm has none. */
static void keep_invalid(const char *path, struct ptx_str text, void *user)
{
	struct helm *h = user;

	ptx_buf_printf(&h->invalid, "---\n# Source: %s\n%.*s\n", path, PTX_STR_ARG(text));
}

int helm_template(struct helm *h, struct ptx_error **err)
{
	struct chart_voice voice = {
		.say = helm_say,
		.deprecated = deprecated,
		.user = h,
		.invalid = h->args.debug ? keep_invalid : NULL,
		.cli = h->cli,
		.as_helm = true,
	};
	struct ptx_chart *c = NULL;
	int rc = helm_post_renderer(h, err);

	if (rc == 0)
		rc = check_flags(&h->args, err);
	if (h->args.template.kube_version && !h->args.template.kube_version[0])
		h->args.template.kube_version = NULL;
	if (rc == 0 && h->args.template.kube_version)
		rc = ptx_chart_kube_version_check(h->args.template.kube_version, err);
	if (rc == 0)
		rc = name_and_chart(h, err);
	h->args.template.name_space = helm_namespace(h);
	if (rc == 0) {
		c = helm_chart(h, h->args.template.chart, err);
		rc = c ? update_if_missing(h, &c, err) : ptx_error_code(*err);
	}
	if (rc == 0)
		rc = charts_installable(c, &voice, err);
	if (rc == 0)
		rc = charts_check_release(h->args.template.release, err);
	if (rc == 0)
		rc = charts_template(c, &h->args.template, &voice, err);
	ptx_chart_free(c);
	return rc;
}

int helm_version(struct helm *h, struct ptx_error **err)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_template *t = NULL;
	struct ptx_value *v = NULL;
	struct ptx_buf out;
	int rc = 0;

	if (!h->args.format || !h->args.format[0]) {
		if (h->args.short_version)
			printf("%s\n", "v3.22.0");
		else
			printf("version.BuildInfo{Version:\"v3.22.0\", GitCommit:\"\", "
			       "GitTreeState:\"clean\", "
			       "GoVersion:\"go1.26.8\"}\n");
		return 0;
	}
	v = ptx_value_map(h->arena);
	ptx_value_set_string(v, "Version", "v3.22.0");
	ptx_value_set_string(v, "GitCommit", "");
	ptx_value_set_string(v, "GitTreeState", "clean");
	ptx_value_set_string(v, "GoVersion", "go1.26.8");
	t = ptx_template_new(&opts, err);
	ptx_buf_init(&out, 0);
	if (!t ||
	    ptx_template_parse(t, "_", (struct ptx_str){ h->args.format, strlen(h->args.format) },
			       err) < 0 ||
	    ptx_template_execute(t, "_", v, NULL, &out, err) < 0)
		rc = ptx_error_code(*err);
	else
		rc = cli_write(&out, err);
	ptx_buf_done(&out);
	ptx_template_free(t);
	return rc;
}

const char *helm_home(struct helm *h, const char *variable, const char *xdg, const char *below)
{
	const char *set = getenv(variable);
	const char *base = getenv(xdg);
	struct ptx_buf path;
	const char *text = NULL;

	if (set && set[0])
		return set;
	ptx_buf_init(&path, 0);
	if (base && base[0])
		ptx_buf_printf(&path, "%s/helm", base);
	else
		ptx_buf_printf(&path, "%s/%s/helm", getenv("HOME") ? getenv("HOME") : "", below);
	text = ptx_value_as_string(ptx_value_string(h->arena, path.p), "");
	ptx_buf_done(&path);
	return text;
}

int helm_env(struct helm *h, struct ptx_error **err)
{
	const char *cache = helm_home(h, "HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache");
	const char *config = helm_home(h, "HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config");
	const char *data = helm_home(h, "HELM_DATA_HOME", "XDG_DATA_HOME", ".local/share");
	const struct {
		const char *name;
		const char *base;
		const char *value;
	} all[] = {
		{ "HELM_BIN", NULL, "helm" },
		{ "HELM_BURST_LIMIT", NULL, "100" },
		{ "HELM_CACHE_HOME", cache, "" },
		{ "HELM_CONFIG_HOME", config, "" },
		{ "HELM_DATA_HOME", data, "" },
		{ "HELM_DEBUG", NULL, h->args.debug ? "true" : "false" },
		{ "HELM_KUBEAPISERVER", NULL, "" },
		{ "HELM_KUBEASGROUPS", NULL, "" },
		{ "HELM_KUBEASUSER", NULL, "" },
		{ "HELM_KUBECAFILE", NULL, "" },
		{ "HELM_KUBECONTEXT", NULL, "" },
		{ "HELM_KUBEINSECURE_SKIP_TLS_VERIFY", NULL, "false" },
		{ "HELM_KUBETLS_SERVER_NAME", NULL, "" },
		{ "HELM_KUBETOKEN", NULL, "" },
		{ "HELM_MAX_HISTORY", NULL, "10" },
		{ "HELM_NAMESPACE", NULL, helm_namespace(h) },
		{ "HELM_PLUGINS", data, "/plugins" },
		{ "HELM_QPS", NULL, "0.00" },
		{ "HELM_REGISTRY_CONFIG", config, "/registry/config.json" },
		{ "HELM_REPOSITORY_CACHE", cache, "/repository" },
		{ "HELM_REPOSITORY_CONFIG", config, "/repositories.yaml" },
	};

	for (size_t i = 0; i < CLI_COUNT(all); i++) {
		const char *set = getenv(all[i].name);
		bool given = set && set[0] && strcmp(all[i].name, "HELM_BIN") != 0 &&
			     strcmp(all[i].name, "HELM_NAMESPACE") != 0;

		if (h->args.args.n && strcmp(h->args.args.items[0], all[i].name) != 0)
			continue;
		if (h->args.args.n)
			printf("%s%s\n",
			       given         ? set
			       : all[i].base ? all[i].base
					     : "",
			       given ? "" : all[i].value);
		else
			printf("%s=\"%s%s\"\n", all[i].name,
			       given         ? set
			       : all[i].base ? all[i].base
					     : "",
			       given ? "" : all[i].value);
	}
	if (h->args.args.n == 1) {
		bool known = false;

		for (size_t i = 0; i < CLI_COUNT(all); i++)
			known = known || strcmp(h->args.args.items[0], all[i].name) == 0;
		if (!known)
			printf("\n");
	}
	(void)err;
	return 0;
}
