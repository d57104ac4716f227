/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spanlist.h - a list of spans, linked through their descriptors.
 *
 * Used by the variants whose bags are such lists: mutex, ckspin, htm,
 * flat_combining and percpu.  They see to it that one thread at a time changes
 * a list, by a lock or a transaction; anybody may peek whether it is empty.
 * Descriptors are type-stable, so the links need no memory of their own.
 */
#ifndef VARIANTS_SPANLIST_H
#define VARIANTS_SPANLIST_H

#include "core/mcentral.h"

struct spanlist {
	_Atomic(struct sl_mspan *) head;
};

/* To see a span too late is to see an empty list. */
static inline bool
spanlist_is_empty(struct spanlist *l)
{
	return sl_load_rlx(&l->head) == NULL; /* relaxed: a peek */
}

static inline struct sl_mspan *
spanlist_next(const struct sl_mspan *s)
{
	return (struct sl_mspan *)s->set.w[0];
}

static inline void
spanlist_set_next(struct sl_mspan *s, struct sl_mspan *next)
{
	s->set.w[0] = (uintptr_t)next;
}

static inline void
spanlist_push(struct spanlist *l, struct sl_mspan *s)
{
	/* relaxed: one thread at a time */
	spanlist_set_next(s, sl_load_rlx(&l->head));
	sl_store_rlx(&l->head, s); /* relaxed: as above */
}

/* The span that was pushed last, or NULL. */
static inline struct sl_mspan *
spanlist_pop(struct spanlist *l)
{
	struct sl_mspan *s = sl_load_rlx(&l->head); /* relaxed: as above */

	if (s != NULL)
		/* relaxed: as above */
		sl_store_rlx(&l->head, spanlist_next(s));
	return s;
}

/* No other thread is inside the allocator; visit may take the span off. */
static inline void
spanlist_walk(
    struct spanlist *l, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct sl_mspan *s, *next;

	/* relaxed: as above */
	for (s = sl_load_rlx(&l->head); s != NULL; s = next) {
		next = spanlist_next(s);
		visit(s, arg);
	}
}

#endif /* VARIANTS_SPANLIST_H */
