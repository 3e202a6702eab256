/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd.h - confd's functions, for the table in funcs_confd.c, and what they share. */
#ifndef PTXI_TEMPLATE_FUNCS_CONFD_H
#define PTXI_TEMPLATE_FUNCS_CONFD_H

#include "../base/sort.h"
#include "funcs.h"

#define PTXI_CONFD_FN(name)                                                                        \
	struct ptx_value *ptxi_confd_##name(struct ptxi_exec *x, struct ptx_value **args,          \
					    size_t n, struct ptx_error **err)

/* ---- funcs_confd_number.c */

PTXI_CONFD_FN(add);
PTXI_CONFD_FN(sub);
PTXI_CONFD_FN(mul);
PTXI_CONFD_FN(div);
PTXI_CONFD_FN(mod);
PTXI_CONFD_FN(max);
PTXI_CONFD_FN(min);
PTXI_CONFD_FN(eq);
PTXI_CONFD_FN(ne);
PTXI_CONFD_FN(lt);
PTXI_CONFD_FN(le);
PTXI_CONFD_FN(gt);
PTXI_CONFD_FN(ge);
PTXI_CONFD_FN(to_int);
PTXI_CONFD_FN(seq);

/* ---- funcs_confd_text.c */

PTXI_CONFD_FN(base);
PTXI_CONFD_FN(dir);
PTXI_CONFD_FN(to_upper);
PTXI_CONFD_FN(to_lower);
PTXI_CONFD_FN(contains);
PTXI_CONFD_FN(replace);
PTXI_CONFD_FN(trim_suffix);
PTXI_CONFD_FN(split);
PTXI_CONFD_FN(join);
PTXI_CONFD_FN(base64_encode);
PTXI_CONFD_FN(base64_decode);
PTXI_CONFD_FN(parse_bool);
PTXI_CONFD_FN(reverse);
PTXI_CONFD_FN(sort_by_length);
PTXI_CONFD_FN(map);
PTXI_CONFD_FN(filter);

/* ---- funcs_confd_doc.c */

PTXI_CONFD_FN(to_json);
PTXI_CONFD_FN(to_yaml);
PTXI_CONFD_FN(json);
PTXI_CONFD_FN(json_array);

/* ---- funcs_confd_world.c */

PTXI_CONFD_FN(getenv);
PTXI_CONFD_FN(file_exists);
PTXI_CONFD_FN(datetime);
PTXI_CONFD_FN(lookup_ip);
PTXI_CONFD_FN(lookup_ipv4);
PTXI_CONFD_FN(lookup_ipv6);
PTXI_CONFD_FN(lookup_srv);

/* ---- shared */

/* Tells the environment of something that is probably a mistake. */
void ptxi_confd_warn(struct ptxi_exec *x, const char *fmt, ...) PTXI_PRINTF(2, 3);
/* Sorts a list of strings or pairs in place; false with *err set. ptxi_confd_by_bytes compares
 * strings. */
bool ptxi_confd_sort(struct ptx_value *list, ptxi_compare_fn compare, struct ptx_error **err);
int ptxi_confd_by_bytes(const void *a, const void *b, void *user);

#endif
