/* SPDX-License-Identifier: Apache-2.0 */
/* answers.h - the options by which answers are given, the same for every command that takes them.
 */
#ifndef CLI_ANSWERS_H
#define CLI_ANSWERS_H

#include "cli.h"

struct answers_args {
	struct opt_list files;
	struct opt_list sets;
	struct opt_list set_strings;
};

/* clang-format off */
#define OPT_ANSWERS(s, m) \
	OPT_LIST('f', "values", s, m.files, "FILE", "answers in JSON or YAML, - for stdin; later ones win", \
		 .complete = COMPLETE_FILE), \
	OPT_LIST(0, "set", s, m.sets, "KEY=VALUE", "one answer, of the type that it looks like", .complete = COMPLETE_TEXT), \
	OPT_LIST(0, "set-string", s, m.set_strings, "KEY=VALUE", "one answer as text", .complete = COMPLETE_TEXT)
/* clang-format on */

/* Reads them into a map in the arena; NULL with *err set. */
struct ptx_value *answers_read(const struct answers_args *args, struct ptx_arena *a,
			       struct ptx_error **err);

#endif
