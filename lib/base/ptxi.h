/* SPDX-License-Identifier: Apache-2.0 */
/* ptxi.h - what every source file of the library includes first. */
#ifndef PTXI_H
#define PTXI_H

#include "config.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pitrix/buf.h>
#include <pitrix/error.h>
#include <pitrix/types.h>

#include "attr.h"
#include "auto.h"
#include "alloc.h"
#include "error.h"
#include "str.h"
#include "banned.h"

#endif
