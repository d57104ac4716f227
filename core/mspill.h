/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mspill.h - spans for which a set had no memory.
 *
 * Used by the variants that need memory to list a span (rcu, tagstack,
 * elimination, spanset), by mcentral, which looks here when a claim finds
 * nothing, by mheapcheck and, around fork, by mthread.
 *
 * An insertion cannot fail: who frees has nobody to tell, and a span that is
 * in no list is lost.  So a set that cannot have the memory gives the span to
 * this list, which needs none: it is linked through the descriptors, a list
 * for each bag, all under one lock.  It is empty but for programs that are out
 * of memory, and what is in it is used up first when there is nothing else.
 *
 *             spill    claim    walk
 *   spill     lock     lock     X        lock: serialized
 *   claim              lock     X        X: not while others are inside
 *
 * Progress: blocking; a claim that sees an empty list takes no lock.
 * ABA: none, lists change under the lock.  Reclamation: none, the links lie in
 * the descriptors.
 */
#ifndef SL_MSPILL_H
#define SL_MSPILL_H

#include "core/mspan.h"

/* In sl_set_insert(), in place of listing the span.  Any threads at once. */
void sl_spill(sl_bag bag, struct sl_mspan *s);

/* An owned span of the bag, or NULL.  Any threads at once. */
struct sl_mspan *sl_spill_claim(sl_bag bag);

/* Visit each span of the bag, while no other thread is inside the allocator. */
void sl_spill_walk(
    sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg);

void sl_spill_fork_prepare(void);
void sl_spill_fork_done(void);

#endif /* SL_MSPILL_H */
