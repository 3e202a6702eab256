/* SPDX-License-Identifier: Apache-2.0 */
/* suites.h - every unit suite, one line each. The runner and the prototypes come from this list. */
#ifndef TEST_SUITES
#define TEST_SUITES(SUITE) \
	SUITE(value_value)
#endif
