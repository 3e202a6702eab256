/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - the file `fault` beside the configuration says how: `crash`: a deadly signal; `die`:
 * gone without a word; `hang`: nothing any more; `deaf`: it reaches nobody, by the configuration
 * `deaf.json` there. Only on trial: asked whether it can take over it answers as it should. */
#define PTX_AREA PTX_AREA_AGENT
#include "base/ptxi.h"

#include <signal.h>

#include "agent/takeover.h"
#include "base/fs.h"
#include "base/path.h"
#include "fault.h"

static char deaf[200];

void agent_fault(const char **config)
{
	ptx_auto_str folder = ptxi_path_dir(*config);
	ptx_auto_str path = ptxi_path_join(folder, "fault");
	ptx_auto_buf fault = { 0 };

	ptx_buf_init(&fault, 0);
	if (!ptxi_takeover_on_trial() || ptxi_fs_read(path, 64, &fault, NULL) < 0)
		return;
	if (strcmp(fault.p, "crash") == 0)
		raise(SIGSEGV);
	if (strcmp(fault.p, "die") == 0)
		_exit(3);
	if (strcmp(fault.p, "deaf") == 0) {
		snprintf(deaf, sizeof(deaf), "%s/deaf.json", folder);
		*config = deaf;
	}
	while (strcmp(fault.p, "hang") == 0)
		usleep(100000);
}
