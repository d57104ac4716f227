/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mheld.h - the spans of one class that an mcache keeps beside the one in use.
 *
 * Used by mcache and mlarge.  Owner only.  Two rings, each beginning with the
 * span that came first.  A full span is not for the fast path of a free: the
 * first of its owner's frees comes the slow way, and moves it to those that
 * can be used.
 */
#ifndef SL_MHELD_H
#define SL_MHELD_H

#include "core/mspan.h"

struct sl_held {
	struct sl_mspan *full, *usable;
	uint32_t npages; /* of both */
};

/* To the end of one of its rings. */
static inline void
sl_held_add(struct sl_held *h, struct sl_mspan **ring, struct sl_mspan *s)
{
	struct sl_mspan *first = *ring;

	h->npages += s->npages;
	if (first == NULL) {
		*ring = s->next = s->prev = s;
		return;
	}
	s->next = first;
	s->prev = first->prev;
	s->prev->next = s;
	first->prev = s;
}

static inline void
sl_held_remove(struct sl_held *h, struct sl_mspan **ring, struct sl_mspan *s)
{
	h->npages -= s->npages;
	if (s->next == s) {
		*ring = NULL;
		return;
	}
	s->prev->next = s->next;
	s->next->prev = s->prev;
	if (*ring == s)
		*ring = s->next;
}

#endif /* SL_MHELD_H */
