/* SPDX-License-Identifier: Apache-2.0 */
/* prompt.c - questions to a person. Without a terminal nothing is ever asked, and nothing assumed.
 */
#include <string.h>
#include <strings.h>

#include "prompt.h"

int prompt_confirm(struct cli *cli, bool yes, const char *question, struct ptx_error **err)
{
	char answer[16] = "";

	if (yes)
		return 0;
	if (!cli->can_ask)
		return cli_usage(err, "%s There is no terminal to ask on: give --yes to agree",
				 question);
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		answer[0] = 0;
	answer[strcspn(answer, "\n")] = 0;
	if (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0)
		return 0;
	ptx_error_set(err, PTX_E_CANCELED, "not agreed to, so nothing was done");
	return PTX_E_CANCELED;
}
