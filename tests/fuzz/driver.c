/* SPDX-License-Identifier: Apache-2.0 */
/* driver.c - runs a fuzz target over files and folders of files, for builds without libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define LONGEST (16u << 20)

static unsigned runs;

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(LONGEST);
	size_t n = 0;

	if (!f || !data) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	n = fread(data, 1, LONGEST, f);
	fclose(f);
	/* An exact block, so that a sanitizer sees a read past its end. */
	data = realloc(data, n ? n : 1);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	runs++;
	return 0;
}

static void run(const char *path)
{
	struct stat st;
	DIR *dir = NULL;
	struct dirent *e = NULL;

	if (stat(path, &st) < 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	if (!S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		char inside[4096] = "";

		if (e->d_name[0] == '.')
			continue;
		snprintf(inside, sizeof(inside), "%s/%s", path, e->d_name);
		run(inside);
	}
	if (dir)
		closedir(dir);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	printf("%u inputs\n", runs);
	return runs ? EXIT_SUCCESS : EXIT_FAILURE;
}
