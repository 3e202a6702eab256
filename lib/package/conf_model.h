/* SPDX-License-Identifier: Apache-2.0 */
/* conf_model.h - the cluster conf's objects as tables: property, type, bounds. */
#ifndef PTXI_PACKAGE_CONF_MODEL_H
#define PTXI_PACKAGE_CONF_MODEL_H

#include "../base/ptxi.h"
#include "../value/value.h"

enum ptxi_model_kind {
	PTXI_MODEL_ANY,
	PTXI_MODEL_STRING,  /* least..most: characters */
	PTXI_MODEL_INTEGER, /* least..most: the amount */
	PTXI_MODEL_NUMBER,
	PTXI_MODEL_BOOLEAN,
	PTXI_MODEL_OBJECT,  /* of `object`; free when NULL */
	PTXI_MODEL_MAP,     /* any keys, values of `object` or strings when NULL; most: how many */
	PTXI_MODEL_STRINGS, /* a list of strings; most: how many */
	PTXI_MODEL_LIST,    /* of `object`; free when NULL; most: how many */
	PTXI_MODEL_CUSTOM   /* by its name in conf_check.c */
};

enum {
	PTXI_MODEL_REQUIRED = 1,
	PTXI_MODEL_UNIQUE = 2,   /* no member of the list twice */
	PTXI_MODEL_NONBLANK = 4, /* something else than white space */
	PTXI_MODEL_CORE = 8,     /* nothing works without: an error in every format */
	PTXI_MODEL_BOUNDED = 16  /* least and most count */
};

struct ptxi_model;

struct ptxi_model_rule {
	const char *name;
	enum ptxi_model_kind kind;
	unsigned flags;
	int64_t least, most;
	const char *const *words; /* NULL-terminated; the only ones allowed */
	const struct ptxi_model *object;
};

struct ptxi_model {
	const char *what; /* "a node" */
	const struct ptxi_model_rule *rules;
	size_t count;
};

extern const struct ptxi_model ptxi_model_cluster;
extern const struct ptxi_model ptxi_model_endpoint;
extern const struct ptxi_model ptxi_model_custom_service;
/* The model of a service by its name; NULL when it is none of the format's. */
const struct ptxi_model *ptxi_model_service(struct ptx_str name);
/* The name of the i-th service, or {NULL, 0}; for "did you mean". */
struct ptx_str ptxi_model_service_at(size_t i, const void *unused);

#endif
