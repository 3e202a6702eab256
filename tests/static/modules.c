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
		rc = execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	return rc;
}
