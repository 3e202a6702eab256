/* SPDX-License-Identifier: Apache-2.0 */
/* charts.c - `helm show`, `package`, `create` and `dependency list`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "helm.h"

static int show(struct helm *h, enum ptx_chart_part part, struct ptx_error **err)
{
	struct ptx_chart *c = helm_chart(h, h->args.args.items[0], err);
	struct ptx_buf out;
	int rc = c ? 0 : ptx_error_code(*err);

	ptx_buf_init(&out, 0);
	if (rc == 0 && h->args.jsonpath && h->args.jsonpath[0])
		rc = ptx_chart_show_jsonpath(c, h->args.jsonpath, &out, err);
	else if (rc == 0)
		rc = ptx_chart_show(c, part, &out, err);
	if (rc == 0)
		rc = cli_write(&out, err);
	ptx_buf_done(&out);
	ptx_chart_free(c);
	return rc;
}

int helm_show_all(struct helm *h, struct ptx_error **err)
{
	return show(h, PTX_CHART_SHOW_ALL, err);
}

int helm_show_chart(struct helm *h, struct ptx_error **err)
{
	return show(h, PTX_CHART_SHOW_DEFINITION, err);
}

int helm_show_readme(struct helm *h, struct ptx_error **err)
{
	return show(h, PTX_CHART_SHOW_README, err);
}

int helm_show_crds(struct helm *h, struct ptx_error **err)
{
	return show(h, PTX_CHART_SHOW_CRDS, err);
}

int helm_show_values(struct helm *h, struct ptx_error **err)
{
	return show(h, PTX_CHART_SHOW_VALUES, err);
}

static int package_one(struct helm *h, const char *path, struct ptx_error **err)
{
	struct ptx_chart_load_opts load = PTX_CHART_LOAD_OPTS_INIT;
	struct ptx_chart_save_opts opts = PTX_CHART_SAVE_OPTS_INIT;
	struct ptx_chart *c = NULL;
	struct stat st;
	char here[4096] = "";
	char *saved = NULL;

	if (stat(path, &st) < 0) {
		ptx_error_set(err, PTX_E_NOT_FOUND, "stat %s: %s", path,
			      errno == ENOENT ? "no such file or directory" : strerror(errno));
		return PTX_E_NOT_FOUND;
	}
	if (!S_ISDIR(st.st_mode)) {
		/* Helm looks for a folder of that name and finds none of its files. */
		ptx_error_set(err, PTX_E_NOT_FOUND, "Chart.yaml file is missing");
		return PTX_E_NOT_FOUND;
	}
	if (h->args.dependency_update && helm_update(h, path, true, err) < 0)
		return ptx_error_code(*err);
	load.say = helm_say;
	load.user = h;
	load.follow_links = true;
	c = ptx_chart_load(path, &load, err);
	opts.target = h->args.destination;
	if (!opts.target || strcmp(opts.target, ".") == 0)
		opts.target = getcwd(here, sizeof(here));
	opts.version = h->args.version;
	opts.app_version = h->args.app_version;
	opts.mtime_unix = (int64_t)time(NULL);
	saved = c ? ptx_chart_save(c, &opts, err) : NULL;
	ptx_chart_free(c);
	if (!saved)
		return ptx_error_code(*err);
	printf("Successfully packaged chart and saved it to: %s\n", saved);
	ptx_free(saved);
	return 0;
}

int helm_package(struct helm *h, struct ptx_error **err)
{
	int rc = 0;

	if (!h->args.args.n)
		ptx_error_set(err, PTX_E_USAGE,
			      "need at least one argument, the path to the chart");
	else if (h->args.sign && (!h->args.key || !h->args.key[0]))
		ptx_error_set(err, PTX_E_USAGE, "--key is required for signing a package");
	else if (h->args.sign)
		ptx_error_set(err, PTX_E_UNSUPPORTED, "--sign is not supported yet");
	if (*err)
		return ptx_error_code(*err);
	for (size_t i = 0; rc == 0 && i < h->args.args.n; i++)
		rc = package_one(h, h->args.args.items[i], err);
	return rc;
}

static void exists(const char *path, void *user)
{
	(void)user;
	printf("WARNING: File \"%s\" already exists. Overwriting.\n", path);
}

int helm_create(struct helm *h, struct ptx_error **err)
{
	printf("Creating %s\n", h->args.args.items[0]);
	if (h->args.starter && h->args.starter[0]) {
		ptx_error_set(err, PTX_E_UNSUPPORTED, "--starter is not supported yet");
		return PTX_E_UNSUPPORTED;
	}
	return ptx_chart_create(h->args.args.items[0], exists, NULL, err);
}

/* ---- dependency list */

static size_t width_of(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void cell(struct ptx_buf *out, const char *text, size_t width)
{
	size_t n = width_of(text);

	if (n > width && width > 3) {
		ptx_buf_add(out, text, width - 3);
		ptx_buf_adds(out, "...");
	} else {
		ptx_buf_adds(out, text);
		ptx_buf_fill(out, ' ', width > n ? width - n : 0);
	}
}

static void table(const struct ptx_value *list, size_t most, struct ptx_buf *out)
{
	static const char *const titles[] = { "NAME", "VERSION", "REPOSITORY", "STATUS" };
	static const char *const keys[] = { "name", "version", "repository", "status" };
	size_t widths[CLI_COUNT(keys)];

	for (size_t k = 0; k < CLI_COUNT(keys); k++) {
		widths[k] = strlen(titles[k]);
		for (size_t i = 0; i < ptx_value_count(list); i++) {
			size_t n = width_of(
			    ptx_value_as_string(ptx_value_get(ptx_value_at(list, i), keys[k]), ""));

			widths[k] = n > widths[k] ? n : widths[k];
		}
		if (most && widths[k] > most)
			widths[k] = most;
	}
	for (size_t i = 0; i <= ptx_value_count(list); i++) {
		for (size_t k = 0; k < CLI_COUNT(keys); k++) {
			cell(out,
			     i ? ptx_value_as_string(
				     ptx_value_get(ptx_value_at(list, i - 1), keys[k]), "")
			       : titles[k],
			     widths[k]);
			ptx_buf_addc(out, k + 1 < CLI_COUNT(keys) ? '\t' : '\n');
		}
	}
	ptx_buf_addc(out, '\n');
}

static void unlisted(const char *path, bool is_chart, void *user)
{
	ptx_buf_printf(user,
		       is_chart ? "WARNING: \"%s\" is not in Chart.yaml.\n"
				: "WARNING: \"%s\" is not a chart.\n",
		       path);
}

int helm_dependency_list(struct helm *h, struct ptx_error **err)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
	const char *path = h->args.args.n ? h->args.args.items[0] : ".";
	struct ptx_value *list = NULL;
	struct ptx_chart *c = NULL;
	struct ptx_buf out;
	struct stat st;
	int rc = 0;

	if (stat(path, &st) < 0) {
		ptx_error_set(err, PTX_E_NOT_FOUND, "stat %s: no such file or directory", path);
		return PTX_E_NOT_FOUND;
	}
	opts.say = helm_say;
	opts.user = h;
	opts.follow_links = true;
	c = ptx_chart_load(path, &opts, err);
	if (!c)
		return ptx_error_code(*err);
	ptx_buf_init(&out, 0);
	if (!ptx_chart_has_dependencies(c)) {
		ptx_buf_printf(&out, "WARNING: no dependencies at %s/charts\n", path);
	} else {
		list = ptx_chart_dependencies(c, h->arena, err);
		if (list)
			table(list,
			      h->args.max_col_width
				  ? (size_t)strtoul(h->args.max_col_width, NULL, 10)
				  : 80,
			      &out);
		ptx_chart_unlisted(c, unlisted, &out);
	}
	rc = *err ? ptx_error_code(*err) : 0;
	if (rc == 0)
		rc = cli_write(&out, err);
	ptx_buf_done(&out);
	ptx_chart_free(c);
	return rc;
}
