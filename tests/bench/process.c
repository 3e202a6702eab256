/* SPDX-License-Identifier: Apache-2.0 */
#define PTX_AREA PTX_AREA_BASE
#include "base/ptxi.h"
#include "process.h"

long process_kib(pid_t pid, const char *name)
{
	char path[64];
	char line[256];
	ptx_auto_file file = NULL;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		struct ptx_str s = ptxi_str(line);
		struct ptx_str word = { NULL, 0 };
		int64_t kib = 0;

		if (!ptxi_str_starts(s, name) || line[strlen(name)] != ':')
			continue;
		s = ptxi_str_trim(ptxi_str_from(s, strlen(name) + 1));
		ptxi_str_next(&s, ' ', &word);
		return ptxi_parse_i64(word, &kib, 0, INT64_MAX) ? (long)kib : -1;
	}
	return -1;
}

double process_cpu_s(pid_t pid)
{
	char path[64];
	char line[1024];
	ptx_auto_file file = NULL;
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str word = { NULL, 0 };
	double ticks = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file))
		return -1;
	/* After the name, which may hold anything: the fields from the third on; times are the 14th
	 * and 15th. */
	rest = ptxi_str(strrchr(line, ')') ? strrchr(line, ')') + 2 : "");
	for (int field = 3; ptxi_str_next(&rest, ' ', &word) && field <= 15; field++) {
		int64_t n = 0;

		if (field >= 14 && ptxi_parse_i64(word, &n, 0, INT64_MAX))
			ticks += (double)n;
	}
	return ticks / (double)sysconf(_SC_CLK_TCK);
}
