/* SPDX-License-Identifier: Apache-2.0 */
/* modules.c - a program linked with libpitrix.a: its modules are in it, and work without a file of
 * theirs. */
#include <pitrix/pitrix.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what, struct ptx_error *err)
{
	printf("not ok: %s: %s\n", what, err ? ptx_error_message(err) : "wrong answer");
	ptx_error_free(err);
	return EXIT_FAILURE;
}

/* The modules `certs`, `regex` and `pattern`, and OpenSSL, through a template. */
static int render(void)
{
	static const char text[] =
	    "{{ (genCA \"x\" 1).Cert | trunc 27 }} {{ regexFind \"(?i)B+\" \"abbc\" }} "
	    "{{ genPrivateKey \"ed25519\" | trunc 27 }}";
	static const char want[] = "-----BEGIN CERTIFICATE----- bb -----BEGIN PRIVATE KEY-----";
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_error *err = NULL;
	struct ptx_template *t = NULL;
	struct ptx_buf out;
	int rc = EXIT_SUCCESS;

	opts.families = PTX_FUNCS_SPRIG;
	t = ptx_template_new(&opts, &err);
	ptx_buf_init(&out, 0);
	if (!t || ptx_template_parse(t, "t", (struct ptx_str){ text, strlen(text) }, &err) < 0 ||
	    ptx_template_execute(t, "t", NULL, NULL, &out, &err) < 0)
		rc = fail("a template, with its modules", err);
	else if (strcmp(out.p, want) != 0)
		rc = fail(out.p, NULL);
	ptx_buf_done(&out);
	ptx_template_free(t);
	return rc;
}

int main(void)
{
	char folder[] = "/tmp/pitrix-static-XXXXXX";
	char path[64] = "";
	char command[96] = "";
	struct ptx_ctx *ctx = ptx_ctx_new();
	struct ptx_error *err = NULL;
	struct ptx_package *p = NULL;
	char *archive = NULL;
	int rc = EXIT_SUCCESS;

	if (!ctx || !mkdtemp(folder))
		return fail("a folder to work in", NULL);
	snprintf(path, sizeof(path), "%s/first", folder);
	if (ptx_package_create(ctx, path, NULL, &err) < 0)
		rc = fail("create", err);
	else if (!(archive = ptx_package_build(ctx, path, folder, NULL, &err)))
		rc = fail("build, with the module archive", err);
	else if (!(p = ptx_package_load(ctx, archive, NULL, &err)))
		rc = fail("load, with the module archive", err);
	else if (strcmp(ptx_package_name(p), "first") != 0)
		rc = fail("the package's name", NULL);
	ptx_package_free(p);
	ptx_free(archive);
	ptx_ctx_free(ctx);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (rc == EXIT_SUCCESS)
		rc = render();
	if (rc == EXIT_SUCCESS)
		rc = execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	return rc;
}
