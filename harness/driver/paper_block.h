/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_block.h - the lines of a publication's files, before their meaning.
 *
 * Used by paper.c and its rooms.  A line that begins at the margin opens a
 * block, `KEYWORD REST`; an indented one is a field of it, `KEY VALUE`; one
 * that begins with + goes on with the value before; # at the beginning of a
 * line is a comment.
 */
#ifndef SL_DRIVER_PAPER_BLOCK_H
#define SL_DRIVER_PAPER_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/driver/util.h"

struct sl_field {
	char *key;
	char *value;
	unsigned line;
};

struct sl_block {
	char *keyword;
	char *rest;
	unsigned line;
	struct sl_field *fields;
	size_t n;
};

struct sl_blocks {
	struct sl_block *v;
	size_t n;
	char *file; /* for messages */
};

/* One line "FILE:LINE: REASON" in a buffer of the caller's. */
struct sl_refusal {
	char text[512];
};
/* Fills it; returns false, so that a reader can return what this returns. */
bool sl_refuse(struct sl_refusal *why, const struct sl_blocks *b, unsigned line,
    const char *fmt, ...) SL_PRINTF(4, 5);

/* `text` is changed.  False if a line is none of these. */
bool sl_blocks_read(
    struct sl_blocks *b, const char *file, char *text, struct sl_refusal *why);
void sl_blocks_destroy(struct sl_blocks *b);

/* The field of that key; NULL if there is none. */
const struct sl_field *sl_block_field(
    const struct sl_block *block, const char *key);
/* Each key is one of `known` (blanks between), and none comes twice unless
 * `many` has it; those of `must` are there. */
bool sl_block_check(const struct sl_blocks *b, const struct sl_block *block,
    const char *known, const char *must, const char *many,
    struct sl_refusal *why);

/* The blank-separated words of a text. */
void sl_words(struct sl_names *words, const char *text);

#endif /* SL_DRIVER_PAPER_BLOCK_H */
