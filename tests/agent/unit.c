/* SPDX-License-Identifier: Apache-2.0 */
/* unit.c - runs the suites of the rooms that only the agent has. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

Suite *suite_agent_rights(void);
Suite *suite_agent_upgrade(void);
Suite *suite_evnet_http1(void);

int main(void)
{
	SRunner *runner = srunner_create(suite_agent_rights());
	int failed = 0;

	srunner_add_suite(runner, suite_agent_upgrade());
	srunner_add_suite(runner, suite_evnet_http1());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
