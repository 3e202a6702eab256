/* SPDX-License-Identifier: Apache-2.0 */
/* create.c - the skeleton of a new package.
 *
 * Files are texts in this program with two words to replace. The skeleton of kind vm lints without
 * a warning and renders from its defaults, so that a first package works before anything in it was
 * changed.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "kind.h"
#include "package.h"
#include "vm.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../value/codec.h"

#include <dirent.h>
#include <sys/stat.h>

#define NAME_WORD        "@NAME@"
#define DESCRIPTION_WORD "@DESCRIPTION@" /* stands inside JSON strings and in text */

/* clang-format off */
const struct ptxi_skeleton_file ptxi_vm_skeleton[] = {
	{ "package.json", "{\n"
			  "  \"api_version\": \"v1\",\n"
			  "  \"name\": \"" NAME_WORD "\",\n"
			  "  \"version\": \"0.1.0\",\n"
			  "  \"app_version\": \"1.0\",\n"
			  "  \"description\": \"" DESCRIPTION_WORD "\",\n"
			  "  \"keywords\": [],\n"
			  "  \"maintainers\": []\n"
			  "}\n" },
	{ "config.json",
	  "{\n"
	  "  \"type\": \"array\",\n"
	  "  \"properties\": [{\n"
	  "    \"key\": \"cluster\",\n"
	  "    \"description\": \"Properties of the cluster\",\n"
	  "    \"type\": \"array\",\n"
	  "    \"properties\": [{\n"
	  "      \"key\": \"name\",\n"
	  "      \"label\": \"Name\",\n"
	  "      \"description\": \"Name of the cluster\",\n"
	  "      \"type\": \"string\",\n"
	  "      \"default\": \"" NAME_WORD "\",\n"
	  "      \"required\": false\n"
	  "    }, {\n"
	  "      \"key\": \"description\",\n"
	  "      \"label\": \"Description\",\n"
	  "      \"description\": \"What the cluster is for\",\n"
	  "      \"type\": \"string\",\n"
	  "      \"default\": \"\",\n"
	  "      \"required\": false\n"
	  "    }, {\n"
	  "      \"key\": \"subnet\",\n"
	  "      \"label\": \"Subnet\",\n"
	  "      \"description\": \"Subnet to join\",\n"
	  "      \"type\": \"string\",\n"
	  "      \"default\": \"\",\n"
	  "      \"required\": false\n"
	  "    }, {\n"
	  "      \"key\": \"server\",\n"
	  "      \"label\": \"Servers\",\n"
	  "      \"description\": \"Nodes of the role server\",\n"
	  "      \"type\": \"array\",\n"
	  "      \"properties\": [{\n"
	  "        \"key\": \"count\",\n"
	  "        \"label\": \"Count\",\n"
	  "        \"description\": \"How many servers\",\n"
	  "        \"type\": \"integer\",\n"
	  "        \"default\": 1,\n"
	  "        \"min\": 1,\n"
	  "        \"max\": 10,\n"
	  "        \"required\": true\n"
	  "      }, {\n"
	  "        \"key\": \"cpu\",\n"
	  "        \"label\": \"CPU\",\n"
	  "        \"description\": \"CPUs of each server\",\n"
	  "        \"type\": \"integer\",\n"
	  "        \"default\": 1,\n"
	  "        \"range\": [1, 2, 4, 8],\n"
	  "        \"required\": true\n"
	  "      }, {\n"
	  "        \"key\": \"memory\",\n"
	  "        \"label\": \"Memory\",\n"
	  "        \"description\": \"Memory of each server in MiB\",\n"
	  "        \"type\": \"integer\",\n"
	  "        \"default\": 1024,\n"
	  "        \"range\": [512, 1024, 2048, 4096, 8192],\n"
	  "        \"required\": true\n"
	  "      }, {\n"
	  "        \"key\": \"volume_size\",\n"
	  "        \"label\": \"Volume size\",\n"
	  "        \"description\": \"Volume of each server in GiB\",\n"
	  "        \"type\": \"integer\",\n"
	  "        \"default\": 10,\n"
	  "        \"min\": 10,\n"
	  "        \"max\": 1000,\n"
	  "        \"step\": 10,\n"
	  "        \"required\": true\n"
	  "      }]\n"
	  "    }]\n"
	  "  }, {\n"
	  "    \"key\": \"env\",\n"
	  "    \"description\": \"Parameters of the application\",\n"
	  "    \"type\": \"array\",\n"
	  "    \"properties\": [{\n"
	  "      \"key\": \"greeting\",\n"
	  "      \"label\": \"Greeting\",\n"
	  "      \"description\": \"What a server says when it starts\",\n"
	  "      \"type\": \"string\",\n"
	  "      \"default\": \"hello\",\n"
	  "      \"required\": true\n"
	  "    }]\n"
	  "  }]\n"
	  "}\n" },
	{ "cluster.json.tmpl", "{\n"
			       "  \"name\": {{cluster.name}},\n"
			       "  \"description\": {{cluster.description}},\n"
			       "  \"subnet\": {{cluster.subnet}},\n"
			       "  \"nodes\": [{\n"
			       "    \"role\": \"server\",\n"
			       "    \"container\": {\"type\": \"docker\", \"image\": \"" NAME_WORD "\"},\n"
			       "    \"count\": {{cluster.server.count}},\n"
			       "    \"cpu\": {{cluster.server.cpu}},\n"
			       "    \"memory\": {{cluster.server.memory}},\n"
			       "    \"volume\": {\"size\": {{cluster.server.volume_size}}, \"mount_point\": \"/data\"},\n"
			       "    \"services\": {\n"
			       "      \"start\": {\"cmd\": \"/opt/" NAME_WORD "/bin/start\"},\n"
			       "      \"stop\": {\"cmd\": \"/opt/" NAME_WORD "/bin/stop\"}\n"
			       "    }\n"
			       "  }],\n"
			       "  \"env\": {\n"
			       "    \"greeting\": {{env.greeting}}\n"
			       "  }\n"
			       "}\n" },
	{ "locale/zh-cn.json", "{\n"
			       "  \"Properties of the cluster\": \"\xe9\x9b\x86\xe7\xbe\xa4\xe5\xb1\x9e\xe6\x80\xa7\",\n"
			       "  \"Name\": \"\xe5\x90\x8d\xe7\xa7\xb0\",\n"
			       "  \"Name of the cluster\": \"\xe9\x9b\x86\xe7\xbe\xa4\xe5\x90\x8d\xe7\xa7\xb0\",\n"
			       "  \"Description\": \"\xe6\x8f\x8f\xe8\xbf\xb0\",\n"
			       "  \"What the cluster is for\": \"\xe9\x9b\x86\xe7\xbe\xa4\xe7\x94\xa8\xe9\x80\x94\",\n"
			       "  \"Subnet\": \"\xe5\xad\x90\xe7\xbd\x91\",\n"
			       "  \"Subnet to join\": \"\xe5\x8a\xa0\xe5\x85\xa5\xe7\x9a\x84\xe5\xad\x90\xe7\xbd\x91\",\n"
			       "  \"Servers\": \"\xe6\x9c\x8d\xe5\x8a\xa1\xe5\x99\xa8\",\n"
			       "  \"Nodes of the role server\": \"\xe6\x9c\x8d\xe5\x8a\xa1\xe5\x99\xa8\xe8\x8a\x82\xe7\x82\xb9\",\n"
			       "  \"Count\": \"\xe6\x95\xb0\xe9\x87\x8f\",\n"
			       "  \"How many servers\": \"\xe8\x8a\x82\xe7\x82\xb9\xe6\x95\xb0\xe9\x87\x8f\",\n"
			       "  \"CPU\": \"CPU\",\n"
			       "  \"CPUs of each server\": \"\xe6\xaf\x8f\xe4\xb8\xaa\xe8\x8a\x82\xe7\x82\xb9\xe7\x9a\x84 CPU \xe6\x95\xb0\",\n"
			       "  \"Memory\": \"\xe5\x86\x85\xe5\xad\x98\",\n"
			       "  \"Memory of each server in MiB\": \"\xe6\xaf\x8f\xe4\xb8\xaa\xe8\x8a\x82\xe7\x82\xb9\xe7\x9a\x84\xe5\x86\x85\xe5\xad\x98 (MiB)\",\n"
			       "  \"Volume size\": \"\xe7\xa1\xac\xe7\x9b\x98\xe5\xa4\xa7\xe5\xb0\x8f\",\n"
			       "  \"Volume of each server in GiB\": \"\xe6\xaf\x8f\xe4\xb8\xaa\xe8\x8a\x82\xe7\x82\xb9\xe7\x9a\x84\xe7\xa1\xac\xe7\x9b\x98 (GiB)\",\n"
			       "  \"Parameters of the application\": \"\xe5\xba\x94\xe7\x94\xa8\xe5\x8f\x82\xe6\x95\xb0\",\n"
			       "  \"Greeting\": \"\xe9\x97\xae\xe5\x80\x99\xe8\xaf\xad\",\n"
			       "  \"What a server says when it starts\": \"\xe6\x9c\x8d\xe5\x8a\xa1\xe5\x90\xaf\xe5\x8a\xa8\xe6\x97\xb6\xe7\x9a\x84\xe9\x97\xae\xe5\x80\x99\"\n"
			       "}\n" },
	{ "README.md", "# " NAME_WORD "\n\n" DESCRIPTION_WORD "\n\n"
		       "- `config.json`: the questions that a user answers\n"
		       "- `cluster.json.tmpl`: the cluster that is made of the answers\n"
		       "- `locale/`: the questions in other languages\n\n"
		       "    pitrix lint .\n"
		       "    pitrix render . --set cluster.server.count=3\n"
		       "    pitrix package .\n" },
	{ ".pitrixignore", "# What is not packed; a pattern a line.\n*.tgz\n*~\n*.swp\n.git/\n" },
	{ NULL, NULL },
};
/* clang-format on */

static void fill(const char *text, const char *name, const char *description, bool json,
		 struct ptx_buf *out)
{
	struct ptx_str rest = ptxi_str(text);

	for (;;) {
		size_t at = ptxi_str_find_char(rest, '@');

		ptx_buf_addstr(out, ptxi_str_sub(rest, 0, at));
		if (at == SIZE_MAX)
			return;
		rest = ptxi_str_from(rest, at);
		if (ptxi_str_starts(rest, NAME_WORD)) {
			ptx_buf_adds(out, name);
			rest = ptxi_str_from(rest, strlen(NAME_WORD));
		} else if (ptxi_str_starts(rest, DESCRIPTION_WORD)) {
			ptx_auto_buf quoted = { 0 };

			ptx_buf_init(&quoted, 0);
			ptxi_json_quote(ptxi_str(description), false, &quoted);
			if (json && quoted.n >= 2)
				ptx_buf_add(out, quoted.p + 1, quoted.n - 2);
			else
				ptx_buf_adds(out, description);
			rest = ptxi_str_from(rest, strlen(DESCRIPTION_WORD));
		} else {
			ptx_buf_addc(out, '@');
			rest = ptxi_str_from(rest, 1);
		}
	}
}

static int write_file(const char *folder, const struct ptxi_skeleton_file *f, const char *name,
		      const char *description, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(folder, f->name);
	ptx_auto_str dir = path ? ptxi_path_dir(path) : NULL;
	ptx_auto_buf b = { 0 };
	int rc = 0;

	ptx_buf_init(&b, 0);
	fill(f->text, name, description, strcmp(ptxi_path_ext(f->name), ".md") != 0, &b);
	if (!dir || !ptx_buf_ok(&b))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a package");
	rc = ptxi_fs_mkdirs(dir, 0777, err);
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): there is no dir without a path
	 */
	return rc < 0 ? rc : ptxi_fs_write(path, ptx_buf_str(&b), 0666, err);
}

static int check_free(const char *folder, struct ptx_error **err)
{
	DIR *d = opendir(folder);
	const struct dirent *e = NULL;
	bool used = false;

	if (!d && errno == ENOENT)
		return 0;
	if (!d)
		return ptx_fail_errno(err,
				      errno == ENOTDIR ? PTX_E_EXISTS : ptxi_code_from_errno(errno),
				      errno, "cannot begin a package in '%s'", folder);
	while (!used && (e = readdir(d)) != NULL)
		used = strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	if (!used)
		return 0;
	ptx_fail(err, PTX_E_EXISTS, "the folder '%s' is not empty", folder);
	return ptxi_error_hint(err, "name a folder that does not exist yet");
}

int ptx_package_create(struct ptx_ctx *ctx, const char *folder, const struct ptx_create_opts *opts,
		       struct ptx_error **err)
{
	struct ptx_create_opts o = { 0 };
	const struct ptxi_package_kind *kind = NULL;
	ptx_auto_str clean = ptxi_path_clean(folder);
	const char *name = clean ? ptxi_path_base(clean) : "";
	int rc = PTXI_OPTS_READ(&o, opts, err);

	(void)ctx;
	if (rc < 0)
		return rc;
	if (!clean)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a package");
	kind = ptxi_package_kind_find(o.kind ? o.kind : "vm");
	if (!kind || !kind->skeleton)
		return ptx_fail(err, PTX_E_UNSUPPORTED,
				"there is no package kind '%s' to begin with", o.kind);
	if (!ptxi_meta_name_ok(name))
		return ptx_fail(
		    err, PTX_E_INVALID,
		    "'%s' cannot be the name of a package: letters, digits, '.', '_' and '-' can",
		    name);
	rc = check_free(clean, err);
	for (size_t i = 0; rc >= 0 && kind->skeleton[i].name; i++)
		rc = write_file(clean, &kind->skeleton[i], name,
				o.description ? o.description : "An application on machines", err);
	return rc;
}
