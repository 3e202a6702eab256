/* SPDX-License-Identifier: Apache-2.0 */
/* conf_scan.h - a conf template cut into text and tags, and places carried from what is made of it
 * back to it. */
#ifndef PTXI_PACKAGE_CONF_SCAN_H
#define PTXI_PACKAGE_CONF_SCAN_H

#include "../base/arena.h"
#include "../base/ptxi.h"
#include "../base/vec.h"

enum ptxi_piece_kind {
	PTXI_PIECE_TEXT,
	PTXI_PIECE_PATH,   /* {{cluster.x}}, {{.cluster.x}} */
	PTXI_PIECE_EXPR,   /* what else is written out: {{index .a "b"}}, {{$x}} */
	PTXI_PIECE_ACTION, /* {{if ...}}, {{end}}, {{$x := ...}} */
	PTXI_PIECE_COMMENT
};

/* Where a tag stands in the JSON around it. */
enum ptxi_piece_place {
	PTXI_PLACE_BARE,  /* outside strings: it becomes JSON */
	PTXI_PLACE_ALONE, /* all that is between two quotes: it becomes JSON in place of the string
			   */
	PTXI_PLACE_INSIDE /* in a longer string: its text, escaped */
};

struct ptxi_piece {
	enum ptxi_piece_kind kind;
	enum ptxi_piece_place place;
	size_t from, to;     /* in the template; with the quotes when ALONE */
	size_t tag;          /* where the braces begin */
	struct ptx_str expr; /* between the braces, trimmed, without trim markers */
	bool trim_left, trim_right;
};

struct ptxi_pieces {
	struct ptx_str text;
	const char *file;
	PTX_VEC(struct ptxi_piece) list;
	bool needs_engine; /* something else than plain paths and text */
};

/* Fails: SYNTAX (a tag without an end, an empty one), LIMIT, NOMEM. Release with
 * ptxi_pieces_done(). */
int ptxi_conf_scan(struct ptx_str text, const char *file, struct ptxi_pieces *out,
		   struct ptx_error **err);
void ptxi_pieces_done(struct ptxi_pieces *p);
/* The place of an offset in the template. */
struct ptx_where ptxi_pieces_where(const struct ptxi_pieces *p, size_t offset);
/* The path that an expression of kind PATH means, without `$` and the first dot. */
struct ptx_str ptxi_piece_path(struct ptx_str expr);
/* The length of the path at the start of s (letters, digits, _, dashes and dots inside); 0 when
 * none is there. */
size_t ptxi_conf_path_length(struct ptx_str s);

/* From offsets in a text that was made of a template to offsets in the template. */
struct ptxi_posmap {
	PTX_VEC(struct ptxi_posmark {
		size_t at;    /* in the made text */
		size_t from;  /* in the template */
		bool literal; /* both go on side by side */
	})
	marks;
	bool failed;
};

void ptxi_posmap_add(struct ptxi_posmap *m, size_t at, size_t from, bool literal);
void ptxi_posmap_done(struct ptxi_posmap *m);
/* The place in the template of a line and column (in characters, from 1) of the made text. */
struct ptx_where ptxi_posmap_where(const struct ptxi_posmap *m, struct ptx_str made,
				   const struct ptxi_pieces *p, unsigned line, unsigned column);

#endif
