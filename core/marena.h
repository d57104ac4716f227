/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * marena.h - which span an address lies in (Go: heapArena, spanOf).
 *
 * Used by mpagealloc, which makes the maps, mheap, which fills them, and by
 * mfree, mtiny, malloc and mheapcheck, which read them.
 */
#ifndef SL_MARENA_H
#define SL_MARENA_H

#include "core/mspan.h"

enum {
	SL_ARENA_SHIFT = 26, /* 64 MiB */
	SL_ARENA_PAGES = 1 << (SL_ARENA_SHIFT - SL_PAGE_SHIFT),
	SL_ADDRESS_BITS = 47, /* of a Linux process */
	SL_NUM_ARENAS = 1 << (SL_ADDRESS_BITS - SL_ARENA_SHIFT),
};

/* Which span each page of an arena belongs to; NULL: none (Go: heapArena). */
struct sl_arena {
	_Atomic(struct sl_mspan *) spans[SL_ARENA_PAGES];
};

extern _Atomic(struct sl_arena *) sl_arenas[SL_NUM_ARENAS];

/*
 * The span of an address, or NULL (Go: spanOf).  Any address may be asked.
 * For a live object the answer cannot change while the object lives.
 */
static inline struct sl_mspan *
sl_span_of(uintptr_t p)
{
	struct sl_arena *a;
	uintptr_t i = p >> SL_ARENA_SHIFT;

	if (sl_unlikely(i >= SL_NUM_ARENAS))
		return NULL;
	/* pairs(arena.publish): the map behind the pointer is zeroed. */
	a = sl_load_acq(&sl_arenas[i]);
	if (sl_unlikely(a == NULL))
		return NULL;
	/* pairs(heap.publish): the fields of the span are set. */
	return sl_load_acq(
	    &a->spans[(p >> SL_PAGE_SHIFT) & (SL_ARENA_PAGES - 1)]);
}

#endif /* SL_MARENA_H */
