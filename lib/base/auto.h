/* SPDX-License-Identifier: Apache-2.0 */
/* auto.h - variables that clean up after themselves when they go out of scope. */
#ifndef PTXI_AUTO_H
#define PTXI_AUTO_H

#include <stdio.h>
#include <unistd.h>

#include <pitrix/buf.h>
#include "attr.h"

/* Next to the prototype of ptx_NAME_free(): makes `ptx_auto(NAME) v = ...;` work. */
#define PTX_DEFINE_AUTO(name)                                                                      \
	static inline void ptxi_auto_##name(struct ptx_##name **p)                                 \
	{                                                                                          \
		ptx_##name##_free(*p);                                                             \
	}                                                                                          \
	struct ptxi_auto_##name##_needs_semicolon

#define ptx_auto(name) PTXI_CLEANUP(ptxi_auto_##name) struct ptx_##name *

/* The same for an internal type: struct ptxi_NAME with ptxi_NAME_free(). */
#define PTXI_DEFINE_AUTO(name)                                                                     \
	static inline void ptxi_autoi_##name(struct ptxi_##name **p)                               \
	{                                                                                          \
		ptxi_##name##_free(*p);                                                            \
	}                                                                                          \
	struct ptxi_autoi_##name##_needs_semicolon

#define ptxi_auto(name) PTXI_CLEANUP(ptxi_autoi_##name) struct ptxi_##name *

static inline void ptxi_auto_strp(char **p)
{
	ptx_free(*p);
}

static inline void ptxi_auto_fdp(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void ptxi_auto_filep(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define ptx_auto_str  PTXI_CLEANUP(ptxi_auto_strp) char *
#define ptx_auto_fd   PTXI_CLEANUP(ptxi_auto_fdp) int
#define ptx_auto_buf  PTXI_CLEANUP(ptx_buf_done) struct ptx_buf
#define ptx_auto_file PTXI_CLEANUP(ptxi_auto_filep) FILE *

/* Takes the value out of a pointer variable and leaves NULL behind. */
#define ptx_steal(pp)                                                                              \
	__extension__({                                                                            \
		__typeof__(*(pp)) v_ = *(pp);                                                      \
		*(pp) = NULL;                                                                      \
		v_;                                                                                \
	})

#endif
