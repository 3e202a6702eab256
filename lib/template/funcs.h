/* SPDX-License-Identifier: Apache-2.0 */
/* funcs.h - the functions that templates call, in families.
 *
 * A function is a row {name, parameters, fn}. Parameters are letters, one for each:
 *
 *     v interface {}    r reflect.Value (sees whether a value is missing)
 *     s string   b bool   i int   I int64   U uint32   f float64   T time.Time
 *     C sprig.certificate
 *     V *semver.Version   D time.Duration
 *     m map[string]interface {}   l []interface {}   S []string   K []libconfd.KVPair
 *
 * and `*` behind the last one says that it may come any number of times, also none. The caller has
 * checked the number and types of arguments as Go does before fn runs; an argument is never NULL,
 * but of type r. fn returns the result, in the arena of the execution, or NULL with *err set.
 * `ptxi_nil` is Go's nil.
 */
#ifndef PTXI_TEMPLATE_FUNCS_H
#define PTXI_TEMPLATE_FUNCS_H

#include "../text/gotype.h"

struct ptxi_exec;

typedef struct ptx_value *(*ptxi_func_fn)(struct ptxi_exec *x, struct ptx_value **args, size_t n,
					  struct ptx_error **err);

/* What the executor does itself. */
enum ptxi_func_special {
	PTXI_FUNC_PLAIN,
	PTXI_FUNC_AND,
	PTXI_FUNC_OR,
	PTXI_FUNC_CALL,
	PTXI_FUNC_USER
};

struct ptxi_func {
	const char *name;
	const char *params;
	ptxi_func_fn fn;
	enum ptxi_func_special special;
	const struct ptx_template_func *user; /* of USER */
};

/* Rows sorted by name. */
struct ptxi_func_family {
	const char *name;
	const struct ptxi_func *rows;
	size_t count;
};

extern const struct ptxi_func_family ptxi_funcs_builtin;
extern const struct ptxi_func_family ptxi_funcs_confd;
/* Sprig's */
extern const struct ptxi_func_family ptxi_funcs_string;
extern const struct ptxi_func_family ptxi_funcs_list;
extern const struct ptxi_func_family ptxi_funcs_dict;
extern const struct ptxi_func_family ptxi_funcs_math;
extern const struct ptxi_func_family ptxi_funcs_date;
extern const struct ptxi_func_family ptxi_funcs_type;
extern const struct ptxi_func_family ptxi_funcs_encode;
extern const struct ptxi_func_family ptxi_funcs_crypto;
extern const struct ptxi_func_family ptxi_funcs_path;
extern const struct ptxi_func_family ptxi_funcs_regex;
extern const struct ptxi_func_family ptxi_funcs_semver;
extern const struct ptxi_func_family ptxi_funcs_net;
/* Helm's own */
extern const struct ptxi_func_family ptxi_funcs_helm;

/* How many families there are at most. */
#define PTXI_FUNC_FAMILIES 20

/* The families of PTX_FUNCS_*, those that come later in Go's lookup last: an earlier one wins.
 * Returns how many. */
size_t ptxi_func_families(unsigned which, const struct ptxi_func_family *out[PTXI_FUNC_FAMILIES]);
/* A row by name, or NULL. */
const struct ptxi_func *ptxi_func_find(const struct ptxi_func_family *family, struct ptx_str name);
/* True for a Go identifier. */
bool ptxi_func_name_ok(struct ptx_str name);
/* How many arguments a list of parameters takes; *most is SIZE_MAX when there is no limit. */
void ptxi_func_count(const char *params, size_t *least, size_t *most);
/* The letter of the i-th argument. */
char ptxi_func_param(const char *params, size_t i);
/* "string" of s: the name of a parameter's type. */
const char *ptxi_func_type_name(char param);

/* Go's nil, for results and arguments; never changed. */
extern struct ptx_value *const ptxi_nil;

/* For functions: the arena of the execution, and results. */
struct ptx_arena *ptxi_exec_arena(struct ptxi_exec *x);
struct ptx_value *ptxi_result_bool(struct ptxi_exec *x, bool b);
struct ptx_value *ptxi_result_str(struct ptxi_exec *x, struct ptx_str s);
/* What a buffer holds as a string; the buffer is left empty. NULL with *err set when the buffer had
 * failed. */
struct ptx_value *ptxi_result_buf(struct ptxi_exec *x, struct ptx_buf *b, struct ptx_error **err);
/* An empty buffer that may hold as much as the execution's memory allows. */
void ptxi_exec_buf(struct ptxi_exec *x, struct ptx_buf *b);
/* Counts work of a function towards the limit of steps. */
int ptxi_exec_step(struct ptxi_exec *x, size_t steps, struct ptx_error **err);

/* eq, ne, lt ... of Go: 1 true, 0 false, or a code with *err set. */
int ptxi_go_eq(const struct ptx_value *a, const struct ptx_value *b, struct ptx_error **err);
int ptxi_go_lt(const struct ptx_value *a, const struct ptx_value *b, struct ptx_error **err);
/* index: the member of a list, string or map. */
struct ptx_value *ptxi_go_index(struct ptxi_exec *x, struct ptx_value *item,
				const struct ptx_value *index, struct ptx_error **err);

#endif
