/* SPDX-License-Identifier: Apache-2.0 */
/* version.h - which library this is. */
#ifndef PITRIX_VERSION_H
#define PITRIX_VERSION_H

#include <pitrix/types.h>

PTX_BEGIN

/* Of the headers that a program was compiled with. */
#define PTX_VERSION_MAJOR 0
#define PTX_VERSION_MINOR 1
#define PTX_VERSION_PATCH 0
#define PTX_VERSION       "0.1.0"

/* Of the library that runs: "0.1.0". Static. */
PTX_API const char *ptx_version(void);
/* The i-th optional feature of this build ("http", "store-sqlite"), or NULL past the last. Static.
 */
PTX_API const char *ptx_version_feature(size_t i);

PTX_END

#endif
