/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mallocgc.h - allocation by size class, and the slow paths below the C face.
 *
 * Used by malloc and mfree.
 */
#ifndef SL_MALLOCGC_H
#define SL_MALLOCGC_H

#include "core/mthread.h"

/* A slot, when this thread's span has none at hand.  size and align are what
 * the program asked for, which hooks want to know.  NULL and ENOMEM. */
void *sl_alloc_slow(
    size_t size, size_t align, sl_spanclass spc, bool needzero) SL_NOINLINE;

/* Whole pages, aligned to `align` bytes (a power of two).  NULL, ENOMEM. */
void *sl_alloc_large(size_t size, size_t align, bool needzero) SL_NOINLINE;

/* realloc of a large object to a large size.  NULL, ENOMEM: p is as it was.
 * Not in epoch mode, nor with hooks on. */
void *sl_realloc_large(void *p, size_t size) SL_NOINLINE;

/* For realloc, with hooks on: p has a new size in place; or what follows, an
 * allocation and a free of p, is one realloc (NULL: or was). */
void sl_tell_hooks_resized(void *p, size_t size);
void sl_tell_hooks_moving(const void *p);

/* A slot of the span class, zeroed if needzero; size and align as above. */
static inline void *
sl_alloc_small(size_t size, size_t align, sl_spanclass spc, bool needzero)
{
	struct sl_mspan *s = sl_mc->alloc[spc];
	void *slot = sl_mspan_next_free_fast(s);

	if (sl_unlikely(slot == NULL))
		return sl_alloc_slow(size, align, spc, needzero);
	if (needzero)
		sl_mcache_zero(s, slot);
	return slot;
}

/* C's malloc of up to SL_SMALL_MAX bytes. */
static inline void *
sl_alloc_direct(size_t size, bool needzero)
{
	size_t i = (size + SL_SMALL_DIV - 1) / SL_SMALL_DIV;
	struct sl_mspan *s = sl_mc->direct[i];
	void *slot = sl_mspan_next_free_fast(s);

	if (sl_unlikely(slot == NULL))
		return sl_alloc_slow(size, 1,
		    (sl_spanclass)(sl_size_to_class8_c[i] * 2 + 1), needzero);
	if (needzero)
		sl_mcache_zero(s, slot);
	return slot;
}

/* Go's class of a size up to SL_MAX_SMALL. */
static inline unsigned
sl_class_of(size_t size)
{
	if (size <= SL_SMALL_MAX)
		return sl_size_to_class8[(size + SL_SMALL_DIV - 1) /
					 SL_SMALL_DIV];
	return sl_size_to_class128[(size - SL_SMALL_MAX + SL_LARGE_DIV - 1) /
				   SL_LARGE_DIV];
}

#endif /* SL_MALLOCGC_H */
