/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagetree.h - which pages are free, summarized five times (Go: pageAlloc's
 * summary and chunks).
 *
 * Used by mpagealloc alone, under the heap lock.
 *
 *   level      0       1       2       3       4       bits of a chunk
 *   covers     16 GiB  2 GiB   256 MiB 32 MiB  4 MiB   a page each
 *   entries    2^13    8 each  8 each  8 each  8 each  512 each
 *
 * A page is named by its number, address >> SL_PAGE_SHIFT, and whoever looks
 * for free ones sees one row of pages from address 0 to 2^47.  Where there is
 * no heap, no page is free.
 *
 * The caller changes the bits of a chunk and says so afterwards.  The
 * summaries above one chunk may be out of date: they are put right when
 * another chunk changes, or when a search would read them.
 */
#ifndef SL_MPAGETREE_H
#define SL_MPAGETREE_H

#include "core/marena.h"
#include "core/mpallocbits.h"

#define SL_NO_PAGE SIZE_MAX

/* The first of npages free pages in a row, at or after `from`, or SL_NO_PAGE
 * (Go: pageAlloc.find). */
size_t sl_pagetree_find(size_t from, size_t npages);

/* The chunk that a page lies in; NULL: no arena there. */
struct sl_pallocdata *sl_pagetree_chunk(size_t page);

/* Let there be chunks, all bits 0, for the arena that begins at `page`.
 * False: no memory for them.  Done again it does nothing. */
bool sl_pagetree_add_arena(size_t page);

/* The caller changed free bits of these pages. */
void sl_pagetree_changed(size_t page, size_t npages);

/*
 * Chunks that may hold garbage, that is pages that are free and not clean, are
 * marked (Go: scavengeIndex).  The first page of the highest one, or
 * SL_NO_PAGE.
 */
void sl_pagetree_mark(size_t page, size_t npages);
void sl_pagetree_unmark(size_t page);
size_t sl_pagetree_highest_marked(void);

/* Does each summary say what is below it, and is garbage only where it is
 * marked?  Counts free pages and garbage.  Slow; for tests. */
bool sl_pagetree_check(size_t *free, size_t *garbage);

#endif /* SL_MPAGETREE_H */
