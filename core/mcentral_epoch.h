/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcentral_epoch.h - mcentral's policy in epoch mode.
 *
 * Used by mcentral.c, which calls these when the option epoch is set, and the
 * other way round.
 */
#ifndef SL_MCENTRAL_EPOCH_H
#define SL_MCENTRAL_EPOCH_H

#include "core/mcentral.h"

enum {
	/* Full spans that a refill sweeps in vain before it takes fresh
	 * pages: with the last one 101 sweeps (Go: spanBudget). */
	SL_SWEEP_BUDGET = 100,
};

/* A span with free slots, owned; NULL: take fresh pages. */
struct sl_mspan *sl_epoch_claim(struct sl_mcentral_user *u, sl_spanclass spc);

/* A span of fresh pages, owned. */
void sl_epoch_grown(struct sl_mcentral_user *u, struct sl_mspan *s);

/* Give up an owned span, after a sweep if it needs one. */
void sl_epoch_uncache_span(struct sl_mcentral_user *u, struct sl_mspan *s);

/* A turn, then sweep everything.  Returns pages given back. */
size_t sl_epoch_reclaim(struct sl_mcentral_user *u);

/* --- of mcentral.c ------------------------------------------------------- */

bool sl_mcentral_may_use_set(const struct sl_mcentral_user *u);
/* is_claim: for an mcache.  The others: as the set's. */
struct sl_mspan *sl_mcentral_claim(
    struct sl_mcentral_user *u, sl_bag bag, bool is_claim);
void sl_mcentral_insert(
    struct sl_mcentral_user *u, struct sl_mspan *s, sl_bag bag, bool is_relink);
bool sl_mcentral_remove(
    struct sl_mcentral_user *u, struct sl_mspan *s, sl_bag bag);

#endif /* SL_MCENTRAL_EPOCH_H */
