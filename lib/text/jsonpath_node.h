/* SPDX-License-Identifier: Apache-2.0 */
/* jsonpath_node.h - what jsonpath_parse.c makes of a template for jsonpath.c. */
#ifndef PTXI_TEXT_JSONPATH_NODE_H
#define PTXI_TEXT_JSONPATH_NODE_H

#include "jsonpath.h"

enum ptxi_jsonpath_kind {
	PTXI_JSONPATH_TEXT,     /* constant, whatever came before */
	PTXI_JSONPATH_CONSTANT, /* constant, for each that came before */
	PTXI_JSONPATH_FIELD,    /* text */
	PTXI_JSONPATH_INDEX,    /* from, to, step */
	PTXI_JSONPATH_WILDCARD,
	PTXI_JSONPATH_RECURSIVE,
	PTXI_JSONPATH_FILTER, /* left op right; text is the operator */
	PTXI_JSONPATH_UNION,  /* left: lists */
	PTXI_JSONPATH_LIST,   /* left: one after the other */
	PTXI_JSONPATH_RANGE,
	PTXI_JSONPATH_END,
	PTXI_JSONPATH_WORD /* text, of no meaning */
};

enum ptxi_jsonpath_op {
	PTXI_JSONPATH_UNKNOWN,
	PTXI_JSONPATH_EXISTS,
	PTXI_JSONPATH_EQUAL,
	PTXI_JSONPATH_NOT_EQUAL,
	PTXI_JSONPATH_LESS,
	PTXI_JSONPATH_LESS_EQUAL,
	PTXI_JSONPATH_GREATER,
	PTXI_JSONPATH_GREATER_EQUAL
};

struct ptxi_jsonpath_bound {
	bool known;
	int64_t value;
};

struct ptxi_jsonpath_node {
	enum ptxi_jsonpath_kind kind;
	struct ptx_str text;
	struct ptx_value *constant;
	struct ptxi_jsonpath_bound from, to, step;
	bool one; /* [i]: to is from + 1 */
	enum ptxi_jsonpath_op op;
	struct ptxi_jsonpath_node *left, *right, *next;
};

struct ptxi_jsonpath {
	struct ptxi_jsonpath_node *parts;
};

#endif
