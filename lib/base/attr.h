/* SPDX-License-Identifier: Apache-2.0 */
/* attr.h - compiler attributes used inside the library. */
#ifndef PTXI_ATTR_H
#define PTXI_ATTR_H

#define PTXI_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define PTXI_UNUSED             __attribute__((unused))
#define PTXI_CLEANUP(fn)        __attribute__((cleanup(fn)))
#define PTXI_CHECK              __attribute__((warn_unused_result))
#define PTXI_NORETURN           __attribute__((noreturn))
#define PTXI_COUNT(array)       (sizeof(array) / sizeof((array)[0]))

#endif
