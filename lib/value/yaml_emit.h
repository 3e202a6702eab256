/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_emit.h - scalars and indentation of YAML (yaml_emit.c), for the writer of values
 * (yaml_write.c). */
#ifndef PTXI_VALUE_YAML_EMIT_H
#define PTXI_VALUE_YAML_EMIT_H

#include "yaml.h"

#define PTXI_YAML_INDENT 2

struct ptxi_yaml_writer {
	struct ptx_buf *out;
	struct ptx_arena *scratch;
	int indent; /* -1 before the first level */
	int column;
	bool whitespace;
	bool indention;
	unsigned depth;
	bool through_json; /* see ptxi_yaml_format_as_go() */
	bool pretty;       /* see ptxi_yaml_format_pretty() */
};

/* Where a node stands. */
enum ptxi_yaml_place { PTXI_YAML_AT_ROOT, PTXI_YAML_IN_LIST, PTXI_YAML_IN_MAP, PTXI_YAML_AS_KEY };

enum ptxi_yaml_style {
	PTXI_YAML_PLAIN,
	PTXI_YAML_SINGLE_QUOTED,
	PTXI_YAML_DOUBLE_QUOTED,
	PTXI_YAML_LITERAL
};

/* A new line where one is needed, and blanks up to the present level. */
void ptxi_yaml_write_indent(struct ptxi_yaml_writer *w);
void ptxi_yaml_write_indicator(struct ptxi_yaml_writer *w, const char *text, bool needs_space,
			       bool is_space, bool is_indention);
/* A scalar in a style; fold: it may be broken at blanks past the width. */
void ptxi_yaml_write_text(struct ptxi_yaml_writer *w, struct ptx_str s, enum ptxi_yaml_style style,
			  bool fold);
/* A string in the style that it needs. */
void ptxi_yaml_write_string(struct ptxi_yaml_writer *w, struct ptx_str s,
			    enum ptxi_yaml_place place);
/* True when a key can stand before its colon on one line. */
bool ptxi_yaml_is_simple_key(struct ptx_str key);

#endif
