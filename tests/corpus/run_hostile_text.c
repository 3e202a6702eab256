/* SPDX-License-Identifier: Apache-2.0 */
/* run_hostile_text.c - the hostile JSON and YAML texts of a folder with manifest.jsonl, each in a process of its own
 * that may use 256 MiB and 5 seconds. Says "N passed, N failed" and names what failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "value/codec.h"

#define MEMORY (256u << 20)
#define SECONDS 5

enum { READ_IT = 10, REFUSED_IT = 11 };

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *bytes = NULL;
	long size = 0;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0)
		size = ftell(f);
	rewind(f);
	bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
	*n = bytes ? fread(bytes, 1, (size_t)size, f) : 0;
	fclose(f);
	return bytes;
}

static void limit(int what, rlim_t n)
{
	struct rlimit l = { n, n };

	if (setrlimit(what, &l) < 0)
		perror("setrlimit");
}

static int read_one(const char *path, const char *name)
{
	ptx_auto(arena) a = NULL;
	ptx_auto(error) err = NULL;
	struct ptx_value *v = NULL;
	size_t n = 0;
	char *text = NULL;

#ifndef PTXI_SANITIZED
	limit(RLIMIT_AS, MEMORY);
#endif
	limit(RLIMIT_CORE, 0);
	alarm(SECONDS);
	text = slurp(path, &n);
	a = ptx_arena_new(0);
	if (!text || !a)
		return EXIT_FAILURE;
	v = ptxi_codec_for_file(name)->parse(a, ptxi_strn(text, n), NULL, &err);
	if (!v && (!err || !ptx_error_message(err)[0]))
		return EXIT_FAILURE;
	if (!v && getenv("V"))
		fprintf(stderr, "%s: %s\n", name, ptx_error_message(err));
	free(text);
	return v ? READ_IT : REFUSED_IT;
}

static bool judge(const char *folder, const char *name, const char *must)
{
	ptx_auto_str path = ptxi_asprintf("%s/%s", folder, name);
	int status = 0;
	pid_t pid = 0;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int rc = read_one(path, name);

		fflush(NULL);
		_exit(rc);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return false;
	if (WIFSIGNALED(status)) {
		printf("failed %s: signal %d\n", name, WTERMSIG(status));
		return false;
	}
	if ((WEXITSTATUS(status) == REFUSED_IT && strcmp(must, "inside") != 0) ||
	    (WEXITSTATUS(status) == READ_IT && strcmp(must, "refuse") != 0))
		return true;
	printf("failed %s: must %s, exit status %d\n", name, must, WEXITSTATUS(status));
	return false;
}

int main(int argc, char **argv)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_str manifest = argc == 2 ? ptxi_asprintf("%s/manifest.jsonl", argv[1]) : NULL;
	char *text = NULL;
	size_t n = 0;
	unsigned passed = 0;
	unsigned failed = 0;
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str line = { NULL, 0 };

	text = manifest ? slurp(manifest, &n) : NULL;
	if (!text) {
		fprintf(stderr, "usage: run_hostile_text FOLDER (with manifest.jsonl)\n");
		return EXIT_FAILURE;
	}
	rest = ptxi_strn(text, n);
	while (ptxi_str_next(&rest, '\n', &line)) {
		struct ptx_value *row = line.n ? ptx_json_parse(a, line, NULL, NULL) : NULL;
		const char *name = ptx_value_as_string(ptx_value_get(row, "name"), "");

		if (strncmp(name, "yaml/", 5) != 0 && strncmp(name, "json/", 5) != 0)
			continue;
		if (judge(argv[1], name, ptx_value_as_string(ptx_value_get(row, "must"), "")))
			passed++;
		else
			failed++;
	}
	free(text);
	printf("hostile text: %u passed, %u failed\n", passed, failed);
	return failed || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
