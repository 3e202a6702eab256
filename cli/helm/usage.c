/* SPDX-License-Identifier: Apache-2.0 */
/* usage.c - what Helm prints of a command that only has others below it, as cobra and pflag lay it
 * out: names in a column as wide as the widest, defaults that are not empty behind the words. */
#include <stdlib.h>
#include <string.h>

#include "helm.h"

struct verb {
	const char *name;
	const char *about;
};

static const struct noun {
	const char *name;
	const char *aliases; /* as cobra lists them */
	const char *about;
	struct verb verbs[6];
} nouns[] = {
	{ "show",
	  "show, inspect",
	  "\nThis command consists of multiple subcommands to display information about a chart",
	  { { "all", "show all information of the chart" },
	    { "chart", "show the chart's definition" },
	    { "crds", "show the chart's CRDs" },
	    { "readme", "show the chart's README" },
	    { "values", "show the chart's values" } } },
	{ "dependency",
	  "dependency, dep, dependencies",
	  "\nManage the dependencies of a chart.",
	  { { "build", "rebuild the charts/ directory based on the Chart.lock file" },
	    { "list", "list the dependencies for the given chart" },
	    { "update", "update charts/ based on the contents of Chart.yaml" } } },
};

/* One line of a table of flags. */
struct line {
	const char *name; /* "-n, --namespace string" */
	const char *about;
	const char *value; /* the default as it is printed, "" for none */
};

static void add_lines(const struct line *lines, size_t n, struct ptx_buf *out)
{
	size_t width = 0;

	for (size_t i = 0; i < n; i++)
		width = strlen(lines[i].name) > width ? strlen(lines[i].name) : width;
	for (size_t i = 0; i < n; i++) {
		ptx_buf_printf(out, "  %-*s   %s", (int)width, lines[i].name, lines[i].about);
		if (lines[i].value[0])
			ptx_buf_printf(out, " (default %s)", lines[i].value);
		ptx_buf_addc(out, '\n');
	}
}

enum style {
	STYLE_TEXT, /* in quotes */
	STYLE_PLAIN,
	STYLE_LIST,   /* in brackets */
	STYLE_SWITCH, /* told where it is on */
	STYLE_SECRET  /* not told */
};

/* A default: what the environment says, else the program's; in the arena. */
static const char *value_of(struct helm *h, enum style style, const char *env, const char *built_in)
{
	const char *given = env ? getenv(env) : NULL;
	const char *text = given && given[0] ? given : built_in;
	const char *copy = NULL;
	struct ptx_buf b;

	if (!text[0] || style == STYLE_SECRET)
		return "";
	if (style == STYLE_SWITCH)
		return strcmp(text, "1") == 0 || strcmp(text, "true") == 0 ? "true" : "";
	ptx_buf_init(&b, 0);
	ptx_buf_printf(&b,
		       style == STYLE_TEXT   ? "\"%s\""
		       : style == STYLE_LIST ? "[%s]"
					     : "%s",
		       text);
	copy = ptx_value_as_string(ptx_value_string(h->arena, b.p), "");
	ptx_buf_done(&b);
	return copy;
}

/* A path below one of Helm's folders, in the arena. */
static const char *below(struct helm *h, const char *folder, const char *name)
{
	const char *path = NULL;
	struct ptx_buf b;

	ptx_buf_init(&b, 0);
	ptx_buf_printf(&b, "%s/%s", folder, name);
	path = ptx_value_as_string(ptx_value_string(h->arena, b.p), "");
	ptx_buf_done(&b);
	return path;
}

static void add_global_flags(struct helm *h, struct ptx_buf *out)
{
	const char *config = helm_home(h, "HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config");
	const char *cache = helm_home(h, "HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache");
	const struct {
		const char *name, *about;
		enum style style;
		const char *env, *value;
	} all[] = {
		{ "    --burst-limit int", "client-side default throttling limit", STYLE_PLAIN,
		  "HELM_BURST_LIMIT", "100" },
		{ "    --debug", "enable verbose output", STYLE_SWITCH, "HELM_DEBUG", "" },
		{ "    --kube-apiserver string",
		  "the address and the port for the Kubernetes API server", STYLE_TEXT,
		  "HELM_KUBEAPISERVER", "" },
		{ "    --kube-as-group stringArray",
		  "group to impersonate for the operation, this flag can be repeated to specify "
		  "multiple groups.",
		  STYLE_LIST, "HELM_KUBEASGROUPS", "" },
		{ "    --kube-as-user string", "username to impersonate for the operation",
		  STYLE_TEXT, "HELM_KUBEASUSER", "" },
		{ "    --kube-ca-file string",
		  "the certificate authority file for the Kubernetes API server connection",
		  STYLE_TEXT, "HELM_KUBECAFILE", "" },
		{ "    --kube-context string", "name of the kubeconfig context to use", STYLE_TEXT,
		  "HELM_KUBECONTEXT", "" },
		{ "    --kube-insecure-skip-tls-verify",
		  "if true, the Kubernetes API server's certificate will not be checked for "
		  "validity. This will make your HTTPS "
		  "connections insecure",
		  STYLE_SWITCH, "HELM_KUBEINSECURE_SKIP_TLS_VERIFY", "" },
		{ "    --kube-tls-server-name string",
		  "server name to use for Kubernetes API server certificate validation. If it is "
		  "not provided, the hostname used "
		  "to contact the server is used",
		  STYLE_TEXT, "HELM_KUBETLS_SERVER_NAME", "" },
		{ "    --kube-token string", "bearer token used for authentication", STYLE_SECRET,
		  NULL, "" },
		{ "    --kubeconfig string", "path to the kubeconfig file", STYLE_TEXT, NULL, "" },
		{ "-n, --namespace string", "namespace scope for this request", STYLE_TEXT,
		  "HELM_NAMESPACE", "" },
		{ "    --qps float32",
		  "queries per second used when communicating with the Kubernetes API, not "
		  "including bursting",
		  STYLE_PLAIN, "HELM_QPS", "" },
		{ "    --registry-config string", "path to the registry config file", STYLE_TEXT,
		  "HELM_REGISTRY_CONFIG", below(h, config, "registry/config.json") },
		{ "    --repository-cache string",
		  "path to the directory containing cached repository indexes", STYLE_TEXT,
		  "HELM_REPOSITORY_CACHE", below(h, cache, "repository") },
		{ "    --repository-config string",
		  "path to the file containing repository names and URLs", STYLE_TEXT,
		  "HELM_REPOSITORY_CONFIG", below(h, config, "repositories.yaml") },
	};
	struct line lines[CLI_COUNT(all)];

	for (size_t i = 0; i < CLI_COUNT(all); i++)
		lines[i] = (struct line){ all[i].name, all[i].about,
					  value_of(h, all[i].style, all[i].env, all[i].value) };
	add_lines(lines, CLI_COUNT(lines), out);
}

static void add_noun(struct helm *h, const struct noun *n, struct ptx_buf *out)
{
	ptx_buf_printf(
	    out, "%s\n\nUsage:\n  helm %s [command]\n\nAliases:\n  %s\n\nAvailable Commands:\n",
	    n->about, n->name, n->aliases);
	for (const struct verb *v = n->verbs; v->name; v++)
		ptx_buf_printf(out, "  %-11s %s\n", v->name, v->about);
	ptx_buf_printf(out, "\nFlags:\n  -h, --help   help for %s\n\nGlobal Flags:\n", n->name);
	add_global_flags(h, out);
	ptx_buf_printf(out,
		       "\nUse \"helm %s [command] --help\" for more information about a command.\n",
		       n->name);
}

int helm_usage(struct helm *h, struct ptx_error **err)
{
	struct ptx_buf out;
	int rc = 0;

	ptx_buf_init(&out, 0);
	for (size_t i = 0; i < CLI_COUNT(nouns); i++)
		if (strcmp(nouns[i].name, h->command->path) == 0)
			add_noun(h, &nouns[i], &out);
	if (!out.n)
		ptx_buf_printf(&out, "Usage:\n  %s\n", h->command->usage);
	rc = cli_write(&out, err);
	ptx_buf_done(&out);
	return rc;
}
