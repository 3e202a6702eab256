/* SPDX-License-Identifier: Apache-2.0 */
/* gofmt_time.c - times and durations as Go's String methods write them.
 *
 * A zone without a name is UTC where its offset is zero, and else is written as the offset once
 * more, as Go does.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gofmt.h"
#include "../base/time.h"

void ptxi_go_print_time(const struct ptxi_time *t, struct ptx_buf *out)
{
	struct ptxi_civil c = ptxi_time_civil(t->unix_seconds + t->offset_seconds);
	int minutes = abs(t->offset_seconds) / 60;
	char offset[16] = "";

	ptx_buf_printf(out, "%04lld-%02d-%02d %02d:%02d:%02d", (long long)c.year, c.month, c.day,
		       c.hour, c.minute, c.second);
	if (t->nanoseconds) {
		char digits[16] = "";
		size_t n = 9;

		snprintf(digits, sizeof(digits), "%09d", t->nanoseconds);
		while (n > 1 && digits[n - 1] == '0')
			n--;
		ptx_buf_addc(out, '.');
		ptx_buf_add(out, digits, n);
	}
	snprintf(offset, sizeof(offset), "%c%02d%02d", t->offset_seconds < 0 ? '-' : '+',
		 minutes / 60, minutes % 60);
	ptx_buf_printf(out, " %s %s", offset,
		       t->zone && t->zone[0]          ? t->zone
		       : t->offset_seconds || t->zone ? offset
						      : "UTC");
}

void ptxi_go_print_duration(int64_t ns, struct ptx_buf *out)
{
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t seconds = u / PTXI_NS_PER_S;
	uint64_t unit = u < 1000            ? 1
			: u < 1000000       ? 1000
			: u < PTXI_NS_PER_S ? 1000000
					    : PTXI_NS_PER_S;
	uint64_t fraction = u % unit;
	const char *name = unit == 1         ? "ns"
			   : unit == 1000    ? "\xc2\xb5s"
			   : unit == 1000000 ? "ms"
					     : "s";

	if (u == 0) {
		ptx_buf_adds(out, "0s");
		return;
	}
	if (ns < 0)
		ptx_buf_addc(out, '-');
	if (seconds >= 3600)
		ptx_buf_printf(out, "%lluh", (unsigned long long)(seconds / 3600));
	if (seconds >= 60)
		ptx_buf_printf(out, "%llum", (unsigned long long)(seconds / 60 % 60));
	ptx_buf_printf(out, "%llu", (unsigned long long)(seconds ? seconds % 60 : u / unit));
	if (fraction) {
		ptx_buf_addc(out, '.');
		for (uint64_t place = unit / 10; fraction; place /= 10) {
			ptx_buf_addc(out, (char)('0' + fraction / place));
			fraction %= place;
		}
	}
	ptx_buf_adds(out, name);
}
