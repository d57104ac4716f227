/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagealloc.c - first fit over the pages of the heap; see mpagealloc.h.
 * Called by mpagegrow, mpagecache, mscavenge and mheap.
 *
 * A page is named by its number, address >> SL_PAGE_SHIFT.
 */
#include "core/mpagealloc.h"

#include "core/bits.h"
#include "core/die.h"
#include "core/lock.h"
#include "core/mpagetree.h"
#include "core/sys.h"

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_HEAP);

/* All that follows is under the heap lock, as is mpagetree's. */
static struct sl_pages_counts counts;
/* No page below is free (Go: searchAddr). */
static size_t search_from = SL_NO_PAGE;

/* --- the lock ------------------------------------------------------------ */

bool
sl_pages_lock(void)
{
	bool waits = !sl_mutex_trylock(&lock);

	if (waits)
		sl_mutex_lock(&lock);
	counts.locks++;
	counts.waits += waits;
	return waits;
}

void
sl_pages_unlock(void)
{
	sl_mutex_unlock(&lock);
}

void
sl_pages_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&lock);
}

void
sl_pages_fork_done(void)
{
	sl_mutex_unlock_after_fork(&lock);
}

/* --- runs ---------------------------------------------------------------- */

/* The part of a range of pages that lies in its first chunk. */
struct piece {
	struct sl_pallocdata *chunk;
	size_t i, n; /* pages, from the chunk's first */
};

/* Takes it off the range.  False: nothing is left. */
static inline bool
next_piece(size_t *page, size_t *npages, struct piece *out)
{
	size_t left;

	if (*npages == 0)
		return false;
	out->chunk = sl_pagetree_chunk(*page);
	if (out->chunk == NULL)
		sl_throw("page heap: %p is not in it",
		    (void *)(*page << SL_PAGE_SHIFT));
	out->i = *page & (SL_CHUNK_PAGES - 1);
	left = SL_CHUNK_PAGES - out->i;
	out->n = *npages < left ? *npages : left;
	*page += out->n;
	*npages -= out->n;
	return true;
}

/*
 * The run of the lowest address.  Go knows no alignment.  Here, if the first
 * run begins at p and p is not aligned, then none begins between p and the
 * next multiple that is both; so the search begins again from there.
 */
static size_t
first_fit(size_t npages, size_t align_pages)
{
	size_t p = sl_pagetree_find(search_from, 1);

	search_from = p;
	if (npages > 1)
		p = sl_pagetree_find(p, npages);
	while (p != SL_NO_PAGE && (p & (align_pages - 1)) != 0)
		p = sl_pagetree_find(
		    (p + align_pages) & ~(align_pages - 1), npages);
	return p;
}

static void
note_most(void)
{
	size_t inuse = counts.mapped - counts.free;

	if (inuse > counts.most)
		counts.most = inuse;
}

/* The pages are in use from now on.  True: not all were clean. */
static bool
take(size_t page, size_t npages)
{
	size_t at = page, left = npages, dirty = 0, n;
	struct piece p;

	while (next_piece(&at, &left, &p)) {
		if (!sl_pallocdata_take(p.chunk, p.i, p.n, &n))
			sl_throw("page heap: %p allocated twice",
			    (void *)(page << SL_PAGE_SHIFT));
		dirty += n;
	}
	counts.free -= npages;
	counts.garbage -= dirty;
	note_most();
	if (dirty < npages)
		sl_sys_used((void *)(page << SL_PAGE_SHIFT),
		    npages << SL_PAGE_SHIFT, (npages - dirty) << SL_PAGE_SHIFT);
	sl_pagetree_changed(page, npages);
	return dirty != 0;
}

/* The pages are free from now on. */
static void
give(size_t page, size_t npages, bool clean)
{
	size_t at = page, left = npages;
	struct piece p;

	while (next_piece(&at, &left, &p))
		if (!sl_pallocdata_give(p.chunk, p.i, p.n, clean))
			sl_throw("page heap: %p freed twice",
			    (void *)(page << SL_PAGE_SHIFT));
	counts.free += npages;
	if (!clean) {
		counts.garbage += npages;
		sl_pagetree_mark(page, npages);
	}
	sl_pagetree_changed(page, npages);
	if (page < search_from)
		search_from = page;
}

uintptr_t
sl_pages_alloc(size_t npages, size_t align_pages, bool *needzero)
{
	size_t page = first_fit(npages, align_pages);

	if (page == SL_NO_PAGE)
		return 0;
	if (page == search_from)
		search_from += npages;
	*needzero = take(page, npages);
	return page << SL_PAGE_SHIFT;
}

bool
sl_pages_are_free(uintptr_t base, size_t npages)
{
	size_t page = base >> SL_PAGE_SHIFT;
	struct piece p;

	while (npages > 0) {
		if (sl_pagetree_chunk(page) == NULL)
			return false;
		(void)next_piece(&page, &npages, &p);
		if (!sl_pallocbits_all(&p.chunk->free, p.i, p.n))
			return false;
	}
	return true;
}

bool
sl_pages_alloc_at(uintptr_t base, size_t npages, bool *needzero)
{
	if (!sl_pages_are_free(base, npages))
		return false;
	*needzero = take(base >> SL_PAGE_SHIFT, npages);
	return true;
}

void
sl_pages_free(uintptr_t base, size_t npages, bool clean)
{
	give(base >> SL_PAGE_SHIFT, npages, clean);
}

void
sl_pages_add(size_t page, size_t npages)
{
	counts.mapped += npages;
	give(page, npages, true);
}

/* --- blocks -------------------------------------------------------------- */

enum { BLOCK = 64 };

static bool
crosses_blocks(size_t page, size_t npages)
{
	return page % BLOCK + npages > BLOCK;
}

uintptr_t
sl_pages_take_block(size_t npages, uint64_t *free, uint64_t *clean)
{
	size_t page = first_fit(npages, 1), n;

	/* If the first run lies in two blocks, the next may not.  One more
	 * try: in a heap where no run does the caller has a run all the same.
	 */
	if (page != SL_NO_PAGE && crosses_blocks(page, npages))
		page = sl_pagetree_find((page | (BLOCK - 1)) + 1, npages);
	if (page == SL_NO_PAGE || crosses_blocks(page, npages))
		return 0;
	page &= ~(size_t)(BLOCK - 1);
	sl_pallocdata_take_word(
	    sl_pagetree_chunk(page), page % SL_CHUNK_PAGES / 64, free, clean);
	n = sl_popcount(*free);
	counts.free -= n;
	counts.garbage -= n - sl_popcount(*clean);
	note_most();
	sl_pagetree_changed(page, BLOCK);
	return page << SL_PAGE_SHIFT;
}

void
sl_pages_give_block(uintptr_t base, uint64_t free, uint64_t clean)
{
	size_t page = base >> SL_PAGE_SHIFT;
	uint64_t garbage = free & ~clean;

	if (free == 0)
		return;
	if (!sl_pallocdata_give_word(sl_pagetree_chunk(page),
		page % SL_CHUNK_PAGES / 64, free, clean))
		sl_throw("page heap: a page of the block %p freed twice",
		    (void *)base);
	counts.free += sl_popcount(free);
	counts.garbage += sl_popcount(garbage);
	if (garbage != 0)
		sl_pagetree_mark(page, BLOCK);
	sl_pagetree_changed(page, BLOCK);
	page += (size_t)__builtin_ctzll(free);
	if (page < search_from)
		search_from = page;
}

/* --- garbage ------------------------------------------------------------- */

uintptr_t
sl_pages_take_garbage(size_t max_pages, size_t *npages)
{
	size_t page;

	while ((page = sl_pagetree_highest_marked()) != SL_NO_PAGE) {
		size_t i = sl_pallocdata_garbage(
		    sl_pagetree_chunk(page), max_pages, npages);

		if (*npages != 0) {
			(void)take(page + i, *npages);
			return (page + i) << SL_PAGE_SHIFT;
		}
		sl_pagetree_unmark(page);
	}
	return 0;
}

void
sl_pages_counts(struct sl_pages_counts *out)
{
	*out = counts;
}

size_t
sl_pages_restart_most(void)
{
	size_t most = counts.most;

	counts.most = counts.mapped - counts.free;
	return most;
}

bool
sl_pages_check(void)
{
	size_t free, garbage, first;

	if (!sl_pagetree_check(&free, &garbage))
		return false;
	first = sl_pagetree_find(0, 1);
	return (first == SL_NO_PAGE || first >= search_from) &&
	       free == counts.free && garbage == counts.garbage;
}
