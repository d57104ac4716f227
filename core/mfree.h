/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfree.h - explicit free, which Go does not have.
 *
 * Used by malloc and mallocgc.  Any thread may free any object.
 */
#ifndef SL_MFREE_H
#define SL_MFREE_H

#include "core/marena.h"
#include "core/mthread.h"

/* What an allocation of no bytes returns; a free of it does nothing (Go:
 * zerobase). */
extern char sl_zerobase[16];

/* All that is not a first free of a small object by its span's owner. */
void sl_mfree_slow(uintptr_t p) SL_NOINLINE;

/* The owner's free.  False: the slot was free. */
static inline bool
sl_mfree_own(struct sl_mspan *s, unsigned slot)
{
	_Atomic(uint64_t) *word = &s->free_bits[slot / 64];
	uint64_t bit = UINT64_C(1) << slot % 64;
	uint64_t free = sl_load_rlx(word); /* relaxed: owner */
	/* relaxed: a free that came before this one in the program is seen */
	uint64_t remote = sl_load_rlx(&s->remote_bits[slot / 64]);

	if (sl_unlikely(((free | remote) & bit) != 0))
		return false;
	sl_store_rlx(word, free | bit); /* relaxed: owner */
	s->needzero = 1;
	return true;
}

/* NULL is fine.  With a pointer that is not a live object's start is done what
 * badfree= says.  Keeps errno. */
static inline void
sl_mfree(void *ptr)
{
	uintptr_t p = (uintptr_t)ptr;
	struct sl_mspan *s = sl_span_fast(p);
	uint64_t q;

	/* relaxed: only this thread can have stored itself there */
	if (sl_likely(s != NULL && sl_load_rlx(&s->owner) == sl_mc)) {
		q = sl_mspan_divide(s, p);
		if (sl_likely(sl_mspan_is_start(s, p, q) &&
			      sl_mfree_own(s, (unsigned)(q >> 32))))
			return;
	}
	sl_mfree_slow(p);
}

/* Bytes the program may use at p, a live object.  0: NULL, sl_zerobase, or a
 * mistake, about which was done what badfree= says; `what` it was that the
 * program tried is for the message. */
size_t sl_usable_size(const void *p, const char *what);

/* Bytes of the live object that starts at p in the span; 0: none does. */
size_t sl_object_size(struct sl_mspan *s, uintptr_t p);

#endif /* SL_MFREE_H */
