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
 * The same in one piece for the pages where the heap begins, as long as it is
 * contiguous from there: one load where an arena takes two, for nearly every
 * heap.  Entries below npages are never NULL; that of a page without a span is
 * sl_mspan_none.
 */
struct sl_pagemap {
	_Atomic(struct sl_mspan *) *spans; /* constant once npages is not 0 */
	_Atomic(size_t) npages;            /* grows */
};

extern struct sl_pagemap sl_pagemap;

/* Go's first hint. */
#define SL_PAGEMAP_FIRST ((uintptr_t)0xc0 << (32 - SL_PAGE_SHIFT))

/* The span of an address, sl_mspan_none, or NULL: ask sl_span_of(). */
static inline struct sl_mspan *
sl_span_fast(uintptr_t p)
{
	uintptr_t i = (p >> SL_PAGE_SHIFT) - SL_PAGEMAP_FIRST;
	struct sl_mspan *s;

	/* pairs(pagemap.publish): the entries below are there. */
	if (sl_unlikely(i >= sl_load_acq(&sl_pagemap.npages)))
		return NULL;
	/* pairs(heap.publish): the fields of the span are set. */
	s = sl_load_acq(&sl_pagemap.spans[i]);
	if (s == NULL)
		__builtin_unreachable(); /* spares the caller a test */
	return s;
}

/* The same, of the maps of arenas. */
static inline struct sl_mspan *
sl_span_in_arena(uintptr_t p)
{
	uintptr_t i = p >> SL_ARENA_SHIFT;
	struct sl_arena *a;

	if (i >= SL_NUM_ARENAS)
		return NULL;
	/* pairs(arena.publish): the map behind the pointer is zeroed. */
	a = sl_load_acq(&sl_arenas[i]);
	if (a == NULL)
		return NULL;
	/* pairs(heap.publish): the fields of the span are set. */
	return sl_load_acq(
	    &a->spans[p >> SL_PAGE_SHIFT & (SL_ARENA_PAGES - 1)]);
}

/*
 * The span of an address, or NULL (Go: spanOf).  Any address may be asked.
 * For a live object the answer cannot change while the object lives.
 */
static inline struct sl_mspan *
sl_span_of(uintptr_t p)
{
	struct sl_mspan *s = sl_span_fast(p);

	if (s == NULL)
		s = sl_span_in_arena(p);
	return s == &sl_mspan_none ? NULL : s;
}

#endif /* SL_MARENA_H */
