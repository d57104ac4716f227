/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * winner.h - who is the fastest at one workload and thread count, by how much,
 * and whether that is certain.
 *
 * Used by the page and the exports.
 */
#ifndef SL_DRIVER_WINNER_H
#define SL_DRIVER_WINNER_H

#include "harness/driver/verdict.h"

enum sl_field { SL_FIELD_ALL, SL_FIELD_VARIANTS };

enum sl_win {
	SL_WIN_NOBODY,  /* no results */
	SL_WIN_ALONE,   /* there is no other */
	SL_WIN_TOO_FEW, /* rounds, to tell the first from the next */
	SL_WIN_LEVEL,   /* others are not shown to be slower */
	SL_WIN_CERTAIN, /* all others are */
};

struct sl_winner {
	enum sl_win win;
	size_t allocator; /* of the highest median */
	size_t next;      /* of the next one */
	double ratio;     /* to that, as sl_verdict_compare() has it */
	size_t *level;    /* not shown to be slower, the fastest first */
	size_t n_level;
};

/* Bounds, which are no sets to use, do not take part. */
struct sl_winner sl_winner_find(const struct sl_results *r, size_t workload,
    size_t threads, enum sl_field field);
void sl_winner_destroy(struct sl_winner *w);

/* "x1.30 ahead of ck", "level with ck and 2 more", ...; the caller frees. */
char *sl_winner_text(
    const struct sl_results *r, const struct sl_winner *w, const char *times);

/* Whether the sweep has variants and others, so that the variants have a
 * winner of their own. */
bool sl_winner_has_fields(const struct sl_results *r);

#endif /* SL_DRIVER_WINNER_H */
