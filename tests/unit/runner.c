/* SPDX-License-Identifier: Apache-2.0 */
/* runner.c - runs every suite of suites.h; `unit SUITE` runs one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

/* Each test is a fork of this process that looks for leaks at its end, through all that ASan keeps
 * of what Check freed: a small quarantine makes that ten times quicker. Without ASan nobody calls
 * this. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=8";
}

#define DECLARE(name) Suite *suite_##name(void);
TEST_SUITES(DECLARE)

#define ROW(name) { #name, suite_##name },
static const struct {
	const char *name;
	Suite *(*make)(void);
} suites[] = { TEST_SUITES(ROW) };

int main(int argc, char **argv)
{
	SRunner *runner = srunner_create(NULL);
	int failed = 0;

	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (argc < 2 || strcmp(argv[1], suites[i].name) == 0)
			srunner_add_suite(runner, suites[i].make());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
	if (srunner_ntests_run(runner) == 0)
		failed = 1;
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
