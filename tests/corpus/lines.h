/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h - what the runners over corpora of JSON lines share: finding, reading, counting, closing.
 */
#ifndef TEST_CORPUS_LINES_H
#define TEST_CORPUS_LINES_H

#include "value/value.h"

#define CORPUS_SKIPPED 77

/* The folder of corpora: $PITRIX_CORPUS, else ../shared/corpus beside the source folder. */
const char *corpus_folder(void);
/* A file of a corpus as bytes, owned; NULL when it is not there. */
char *corpus_file(const char *path, size_t *n);
/* True with V=1 in the environment (or more). */
bool corpus_verbose(int level);

struct corpus {
	const char *name;
	unsigned passed, failed, skipped;
};

/* Calls row() for each line of FOLDER/NAME/file, decoded (numbers as floats); each with an arena of
 * its own. False when the file is not there. */
typedef void (*corpus_row_fn)(struct corpus *c, struct ptx_arena *a, const struct ptx_value *row,
			      void *user);
bool corpus_each(struct corpus *c, const char *file, corpus_row_fn row, void *user);

/* Says what became of a row; a difference (may be NULL) is shown with V=1. */
void corpus_pass(struct corpus *c);
void corpus_fail(struct corpus *c, const char *id, const char *reason, struct ptx_str want,
		 struct ptx_str got);
/* The closing line and the exit status. */
int corpus_close(const struct corpus *c);

#endif
