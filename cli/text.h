/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - words for people in buffers: wrapping and the pieces of help that pages share. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include "cli.h"

/* Appends paragraphs (separated by empty lines), each line indented and at most width columns. A
 * line of the text that begins with a blank is kept as it is. */
void text_wrap(struct ptx_buf *out, const char *text, unsigned indent, unsigned width);

/* "[OPTIONS] [NAME] PACKAGE" */
void text_synopsis(struct ptx_buf *out, const struct cmd *c);
/* "-o, --output FORMAT" */
void text_option(struct ptx_buf *out, const struct opt *o);
/* The help of an option with its choices and environment: "how to print (table, json) [$X]". */
void text_option_help(struct ptx_buf *out, const struct opt *o);

#endif
