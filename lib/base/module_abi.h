/* SPDX-License-Identifier: Apache-2.0 */
/* module_abi.h - the number of the tables between the library and its modules, for C and C++. It
 * goes up whenever a table changes, those of openssl_rows.h included. */
#ifndef PTXI_MODULE_ABI
#define PTXI_MODULE_ABI 4u
#endif
