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
#include "core/options.h"

struct sl_ring {
	struct sl_mspan *first;
	size_t npages;
};

struct sl_held {
	struct sl_ring full, usable;
};

/* Pages that are kept although they are seen to be idle: an eighth of what
 * hold=N says of spans with objects in them. */
static inline size_t
sl_held_most_usable(void)
{
	return sl_options.hold / 8;
}

/* At the end. */
static inline void
sl_ring_add(struct sl_ring *ring, struct sl_mspan *s)
{
	struct sl_mspan *first = ring->first;

	ring->npages += s->npages;
	if (first == NULL) {
		ring->first = s->next = s->prev = s;
		return;
	}
	s->next = first;
	s->prev = first->prev;
	s->prev->next = s;
	first->prev = s;
}

static inline void
sl_ring_remove(struct sl_ring *ring, struct sl_mspan *s)
{
	ring->npages -= s->npages;
	if (s->next == s) {
		ring->first = NULL;
		return;
	}
	s->prev->next = s->next;
	s->next->prev = s->prev;
	if (ring->first == s)
		ring->first = s->next;
}

#endif /* SL_MHELD_H */
