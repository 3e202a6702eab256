/* SPDX-License-Identifier: Apache-2.0 */
/* gotime_layout.h - the elements of a layout, for writing (gotime.c) and reading (gotime_parse.c).
 */
#ifndef PTXI_TEXT_GOTIME_LAYOUT_H
#define PTXI_TEXT_GOTIME_LAYOUT_H

#include "gotime.h"

enum ptxi_layout_kind {
	PTXI_LAYOUT_END, /* none: the rest is text */
	PTXI_LAYOUT_LONG_MONTH,
	PTXI_LAYOUT_MONTH,
	PTXI_LAYOUT_NUM_MONTH,
	PTXI_LAYOUT_ZERO_MONTH,
	PTXI_LAYOUT_LONG_WEEKDAY,
	PTXI_LAYOUT_WEEKDAY,
	PTXI_LAYOUT_DAY,
	PTXI_LAYOUT_UNDER_DAY,
	PTXI_LAYOUT_ZERO_DAY,
	PTXI_LAYOUT_UNDER_YEARDAY,
	PTXI_LAYOUT_ZERO_YEARDAY,
	PTXI_LAYOUT_HOUR,
	PTXI_LAYOUT_HOUR12,
	PTXI_LAYOUT_ZERO_HOUR12,
	PTXI_LAYOUT_MINUTE,
	PTXI_LAYOUT_ZERO_MINUTE,
	PTXI_LAYOUT_SECOND,
	PTXI_LAYOUT_ZERO_SECOND,
	PTXI_LAYOUT_LONG_YEAR,
	PTXI_LAYOUT_YEAR,
	PTXI_LAYOUT_PM,
	PTXI_LAYOUT_LOWER_PM,
	PTXI_LAYOUT_ZONE_NAME,
	PTXI_LAYOUT_OFFSET,
	PTXI_LAYOUT_FRACTION0, /* .000 */
	PTXI_LAYOUT_FRACTION9  /* .999: as many digits as there are */
};

struct ptxi_layout_element {
	enum ptxi_layout_kind kind;
	size_t begin, end; /* in the layout; the text before it is plain */
	/* of an offset */
	bool z;         /* Z stands for UTC */
	bool colon;     /* 07:00 */
	unsigned parts; /* 1: 07, 2: 0700, 3: 070000 */
	/* of a fraction */
	unsigned digits;
	char point;
};

/* The first element of a layout. */
struct ptxi_layout_element ptxi_layout_next(struct ptx_str layout);

#endif
