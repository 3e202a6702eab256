/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_sprig.h - what the families of Sprig's functions share: results, text that is made in
 * place, lists of any type. */
#ifndef PTXI_TEMPLATE_FUNCS_SPRIG_H
#define PTXI_TEMPLATE_FUNCS_SPRIG_H

#include "exec.h"

#define PTXI_FN(name)                                                                              \
	static struct ptx_value *fn_##name(                                                        \
	    struct ptxi_exec *x PTXI_UNUSED, struct ptx_value **args PTXI_UNUSED,                  \
	    size_t n PTXI_UNUSED, struct ptx_error **err PTXI_UNUSED)

struct ptx_value *ptxi_result_int(struct ptxi_exec *x, int64_t i);   /* int */
struct ptx_value *ptxi_result_int64(struct ptxi_exec *x, int64_t i); /* int64 */
struct ptx_value *ptxi_result_float(struct ptxi_exec *x, double f);
/* The member i of a list, bytes or string, as an element of its type. */
struct ptx_value *ptxi_list_at(struct ptxi_exec *x, const struct ptx_value *list, size_t i);
/* How many members a slice of any type has. */
size_t ptxi_list_count(const struct ptx_value *list);
/* True for a slice of any type. */
bool ptxi_is_slice(const struct ptx_value *v);

/* Makes a *semver.Version the zero one, as Go's copy of it is (funcs_semver.c). */
void ptxi_semver_blank(struct ptxi_exec *x, struct ptx_value *version);

/* A string of exactly n bytes that the caller fills in: its text, or NULL without memory. */
char *ptxi_result_room(struct ptxi_exec *x, size_t n, struct ptx_value **v);

/* Fails as a function that Go made panic does, and returns NULL. */
struct ptx_value *ptxi_func_fail(struct ptx_error **err, const char *fmt, ...) PTXI_PRINTF(2, 3);

/* Bytes from the environment's random source. */
int ptxi_exec_random(struct ptxi_exec *x, void *bytes, size_t n, struct ptx_error **err);
/* A number from 0 to below `below`, which is not 0. */
int ptxi_exec_random_below(struct ptxi_exec *x, uint64_t below, uint64_t *out,
			   struct ptx_error **err);
/* Nanoseconds since 1970 by the environment's clock. */
int64_t ptxi_exec_now(const struct ptxi_exec *x);

/* The strings of a list of any type, without nils; a value that is no list alone. In the arena,
 * NULL without memory. */
struct ptx_str *ptxi_func_strings(struct ptxi_exec *x, const struct ptx_value *v, size_t *count);
/* The same as a list of strings. */
struct ptx_value *ptxi_func_string_list(struct ptxi_exec *x, const struct ptx_value *v);

#endif
