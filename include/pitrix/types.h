/* SPDX-License-Identifier: Apache-2.0 */
/* types.h - attributes of public functions and the codes that every call can return. */
#ifndef PITRIX_TYPES_H
#define PITRIX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PTX_BEGIN extern "C" {
#define PTX_END   }
#else
#define PTX_BEGIN
#define PTX_END
#endif

#if defined(__GNUC__) || defined(__clang__)
#define PTX_API                __attribute__((visibility("default")))
#define PTX_FORMAT(fmt, first) __attribute__((format(printf, fmt, first)))
#define PTX_DEPRECATED(why)    __attribute__((deprecated(why)))
#else
#define PTX_API
#define PTX_FORMAT(fmt, first)
#define PTX_DEPRECATED(why)
#endif

/* What a call can come to. Functions return 0 or one of the negative codes; a code says what the
 * caller can do about it, never which part failed. The name on the wire and the program's exit
 * status of each are in ptx_code_name() and ptx_code_exit_status(). */
enum ptx_code {
	PTX_OK = 0,
	PTX_E_FAILED = -1,        /* the operation itself failed */
	PTX_E_USAGE = -2,         /* the call makes no sense as it is */
	PTX_E_UNSUPPORTED = -3,   /* a driver, format or build does not do this */
	PTX_E_INVALID = -4,       /* input is well formed but not acceptable */
	PTX_E_SYNTAX = -5,        /* input is not well formed */
	PTX_E_LIMIT = -6,         /* input is larger or deeper than allowed */
	PTX_E_CORRUPT = -7,       /* stored or fetched bytes are not what they should be */
	PTX_E_NOT_FOUND = -8,     /* what was named does not exist */
	PTX_E_UNAVAILABLE = -9,   /* a remote does not answer; trying again may help */
	PTX_E_INTERNAL = -10,     /* a bug of ours */
	PTX_E_NOMEM = -11,        /* no memory */
	PTX_E_IO = -12,           /* a file or disk */
	PTX_E_BUSY = -13,         /* held by somebody else; trying again may help */
	PTX_E_UNTRUSTED = -14,    /* a signature, certificate or protocol answer does not hold */
	PTX_E_DENIED = -15,       /* not allowed */
	PTX_E_AUTH = -16,         /* who we are was not accepted */
	PTX_E_CONFIG = -17,       /* the configuration is wrong */
	PTX_E_EXISTS = -18,       /* it is there already */
	PTX_E_CONFLICT = -19,     /* somebody else changed it meanwhile */
	PTX_E_PRECONDITION = -20, /* not possible in the present state */
	PTX_E_PARTIAL = -21,      /* partly done; can be resumed */
	PTX_E_TIMEOUT = -22,      /* it took longer than allowed */
	PTX_E_CANCELED = -23      /* somebody asked to stop; can be resumed */
};

#endif
