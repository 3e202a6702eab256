/* SPDX-License-Identifier: Apache-2.0 */
/* banned.h - libc names that this code does not use; the base room has a safe helper for each. */
#ifndef PTXI_BANNED_H
#define PTXI_BANNED_H

#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A fortified libc makes macros of some for clang, which does not poison macros. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef gets
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi atol atoll
#pragma GCC poison gmtime localtime ctime asctime setenv putenv system popen

#endif
