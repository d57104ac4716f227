/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagealloc.c - first fit, and growth; see mpagealloc.h.
 * Called by mheap, under its lock.
 *
 * A page is named by its number, address >> SL_PAGE_SHIFT.
 */
#include "core/mpagealloc.h"

#include "core/die.h"
#include "core/marena.h"
#include "core/mpagetree.h"
#include "core/persistent.h"
#include "core/sys.h"

enum { NUM_HINTS = 128 };

/* Go's hints, 1 TiB apart; 0x00c0_0000_0000 is easy to see in a dump. */
#define HINT(i)                                                                \
	((size_t)0xc0 << (32 - SL_PAGE_SHIFT) | (size_t)(i)                    \
						    << (40 - SL_PAGE_SHIFT))
#define ADDRESS_PAGES ((size_t)1 << (SL_ADDRESS_BITS - SL_PAGE_SHIFT))

_Atomic(struct sl_arena *) sl_arenas[SL_NUM_ARENAS];

struct sl_pagemap sl_pagemap;
static size_t pagemap_room; /* entries there are; 0: not asked for yet */

/* Pages reserved, in the arenas taken last, and not usable yet: the heap
 * grows into them, from the lowest on (Go: curArena). */
static size_t room_start = HINT(0), room_end = HINT(0);
static unsigned hints_tried = 1; /* 0: by the room's beginning there */

/* Pages made usable (Go: inUse). */
struct range {
	struct range *next; /* higher addresses */
	size_t start, end;
};
static struct range *ranges;
static struct range *newest; /* ends at room_start, or is NULL */
static size_t mapped_pages;

/* No page below is free (Go: searchAddr). */
static size_t search_from = SL_NO_PAGE;

static size_t
round_up(size_t n, size_t align)
{
	return (n + align - 1) & ~(align - 1);
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
		p = sl_pagetree_find(round_up(p, align_pages), npages);
	return p;
}

/* The pages are in use from now on.  True: some were used before. */
static bool
take(size_t page, size_t npages)
{
	size_t at = page, left = npages;
	bool was_dirty = false;
	struct piece p;

	while (next_piece(&at, &left, &p))
		was_dirty |= sl_pallocdata_take(p.chunk, p.i, p.n);
	sl_pagetree_changed(page, npages);
	return was_dirty;
}

/* The pages are free from now on. */
static void
give(size_t page, size_t npages)
{
	size_t at = page, left = npages;
	struct piece p;

	while (next_piece(&at, &left, &p))
		if (!sl_pallocdata_give(p.chunk, p.i, p.n))
			sl_throw("page heap: %p freed twice",
			    (void *)(page << SL_PAGE_SHIFT));
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

void
sl_pages_free(uintptr_t base, size_t npages)
{
	give(base >> SL_PAGE_SHIFT, npages);
}

/* --- growth -------------------------------------------------------------- */

/* The range that ends at room_start. */
static struct range *
current_range(void)
{
	struct range **at = &ranges, *r;

	if (newest != NULL)
		return newest;
	r = sl_persistent_alloc(sizeof(*r), 0);
	if (r == NULL)
		return NULL;
	r->start = r->end = room_start;
	while (*at != NULL && (*at)->start < r->start)
		at = &(*at)->next;
	r->next = *at;
	*at = r;
	return newest = r;
}

/*
 * The page map: 8 bytes of addresses for a page of 8 KiB, up to 64 MiB for a
 * heap of 64 GiB, of which only what is used is touched.  Where addresses are
 * limited the heap cannot be larger than the limit, so neither is its map.
 */
static void
make_pagemap(void)
{
	size_t most = sl_sys_address_space() >> SL_PAGE_SHIFT;
	size_t n = (size_t)1 << (36 - SL_PAGE_SHIFT);

	pagemap_room = most < n ? most & ~(SL_PAGE_SIZE - 1) : n;
	sl_pagemap.spans =
	    sl_sys_alloc(pagemap_room * sizeof(sl_pagemap.spans[0]));
	if (sl_pagemap.spans == NULL)
		pagemap_room = 1; /* do not ask again: arenas have all */
}

/* These pages are usable: the page map has them if it can. */
static void
extend_pagemap(size_t page, size_t npages)
{
	/* relaxed: written under the lock that we hold */
	size_t n = sl_load_rlx(&sl_pagemap.npages);

	if (pagemap_room == 0)
		make_pagemap();
	if (page != SL_PAGEMAP_FIRST + n || npages > pagemap_room - n)
		return;
	for (size_t i = n; i < n + npages; i++)
		/* relaxed: published by npages */
		sl_store_rlx(&sl_pagemap.spans[i], &sl_mspan_none);
	/* pairs(pagemap.publish) */
	sl_store_rel(&sl_pagemap.npages, n + npages);
}

/* Make the next pages of the room usable. */
static bool
use_room(size_t npages)
{
	struct range *r = current_range();

	if (r == NULL || !sl_sys_map((void *)(room_start << SL_PAGE_SHIFT),
			     npages << SL_PAGE_SHIFT))
		return false;
	extend_pagemap(room_start, npages);
	give(room_start, npages);
	r->end += npages;
	room_start += npages;
	mapped_pages += npages;
	return true;
}

/* How many pages, at least one, must become usable for a run to begin among
 * the free ones before room_start, or there. */
static size_t
missing_pages(size_t npages, size_t align_pages)
{
	size_t start = room_start, end, tail;
	struct sl_pallocdata *chunk;

	do {
		chunk = sl_pagetree_chunk(start - 1);
		tail = chunk == NULL ? 0 : sl_pallocbits_tail(&chunk->free);
		start -= tail;
	} while (tail == SL_CHUNK_PAGES && room_start - start < npages);
	end = round_up(start, align_pages) + npages;
	return end > room_start ? end - room_start : 1;
}

/* The metadata of these arenas. */
static bool
add_arenas(size_t page, size_t npages)
{
	for (; npages > 0; page += SL_ARENA_PAGES, npages -= SL_ARENA_PAGES) {
		_Atomic(struct sl_arena *) *at =
		    &sl_arenas[page >> (SL_ARENA_SHIFT - SL_PAGE_SHIFT)];
		struct sl_arena *a;

		if (!sl_pagetree_add_arena(page))
			return false;
		/* relaxed: written under the lock that we hold; it is there
		 * if the rest of an earlier try failed */
		if (sl_load_rlx(at) != NULL)
			continue;
		a = sl_persistent_alloc(sizeof(struct sl_arena), 0);
		if (a == NULL)
			return false;
		/* pairs(arena.publish): readers find it zeroed. */
		sl_store_rel(at, a);
	}
	return true;
}

/*
 * Reserve pages of whole arenas at `hint`, or anywhere if that is 0.  Returns
 * the first page, or 0: there is something else at the hint, or else *refused,
 * the OS has no room.
 */
static size_t
reserve(size_t hint, size_t npages, bool *refused)
{
	size_t bytes = npages << SL_PAGE_SHIFT, page;
	void *p;

	/* Alignment is no matter if only the hint will do. */
	p = sl_sys_reserve(hint << SL_PAGE_SHIFT, bytes,
	    hint != 0 ? 1 : (size_t)1 << SL_ARENA_SHIFT);
	*refused = p == NULL;
	if (p == NULL)
		return 0;
	page = (uintptr_t)p >> SL_PAGE_SHIFT;
	if (hint != 0 && page != hint) {
		sl_sys_free(p, bytes);
		return 0;
	}
	if (page + npages > ADDRESS_PAGES || !add_arenas(page, npages)) {
		sl_sys_free(p, bytes);
		*refused = true;
		return 0;
	}
	return page;
}

/* Move to new arenas, not next to the last ones. */
static bool
move_room(size_t npages)
{
	bool refused = false;
	size_t page = 0;

	npages = round_up(npages, SL_ARENA_PAGES);
	while (page == 0 && !refused && hints_tried < NUM_HINTS) {
		page = reserve(HINT(hints_tried), npages, &refused);
		if (!refused)
			hints_tried++;
	}
	if (page == 0 && !refused)
		page = reserve(0, npages, &refused);
	if (page == 0)
		return false;
	/* Of the old room nothing is lost. */
	if (room_start < room_end && !use_room(room_end - room_start)) {
		sl_sys_free(
		    (void *)(page << SL_PAGE_SHIFT), npages << SL_PAGE_SHIFT);
		return false;
	}
	newest = NULL;
	room_start = page;
	room_end = page + npages;
	return true;
}

/* Add to the room, which needs so many pages more, next to it. */
static bool
widen_room(size_t npages)
{
	bool refused;

	npages = round_up(npages, SL_ARENA_PAGES);
	if (reserve(room_end, npages, &refused) == 0)
		return false;
	room_end += npages;
	return true;
}

bool
sl_pages_grow(size_t npages, size_t align_pages)
{
	size_t room = room_end - room_start, need;

	sl_assert(sl_pages_check());
	if (npages > ADDRESS_PAGES || align_pages > ADDRESS_PAGES)
		return false;
	need = missing_pages(npages, align_pages);
	if (need > room && !widen_room(need - room)) {
		/* Arenas are aligned. */
		if (!move_room(align_pages <= SL_ARENA_PAGES
				   ? npages
				   : npages + align_pages))
			return false;
		need = missing_pages(npages, align_pages);
	}
	return use_room(round_up(need, SL_CHUNK_PAGES));
}

/* --- the rest ------------------------------------------------------------ */

/* The first page of [page, end) that holds garbage and is free, or, if not
 * `want`, the first that is not such a page. */
static size_t
find_garbage(size_t page, size_t end, bool want)
{
	while (page < end) {
		struct sl_pallocdata *d = sl_pagetree_chunk(page);
		size_t i = page % SL_CHUNK_PAGES / 64;
		uint64_t x = d->free.w[i] & d->dirty.w[i];

		x = (want ? x : ~x) >> page % 64;
		if (x != 0) {
			page += (size_t)__builtin_ctzll(x);
			return page < end ? page : end;
		}
		page = (page | 63) + 1;
	}
	return end;
}

static size_t
scavenge_range(size_t page, size_t end)
{
	size_t done = 0, from, n;
	struct piece p;

	while ((from = find_garbage(page, end, true)) < end) {
		page = find_garbage(from, end, false);
		n = page - from;
		if (!sl_sys_unused(
			(void *)(from << SL_PAGE_SHIFT), n << SL_PAGE_SHIFT))
			continue;
		done += n;
		while (next_piece(&from, &n, &p))
			sl_pallocbits_clear(&p.chunk->dirty, p.i, p.n);
	}
	return done;
}

size_t
sl_pages_scavenge(uintptr_t base, size_t npages)
{
	size_t page = base >> SL_PAGE_SHIFT, done = 0;

	if (npages != 0)
		done = scavenge_range(page, page + npages);
	else
		for (struct range *r = ranges; r != NULL; r = r->next)
			done += scavenge_range(r->start, r->end);
	return done << SL_PAGE_SHIFT;
}

void
sl_pages_walk(
    void (*visit)(uintptr_t base, size_t npages, void *arg), void *arg)
{
	for (struct range *r = ranges; r != NULL; r = r->next) {
		size_t start = r->start;

		/* Neighbours are one stretch, a span may lie in both. */
		while (r->next != NULL && r->next->start == r->end)
			r = r->next;
		if (r->end > start)
			visit(start << SL_PAGE_SHIFT, r->end - start, arg);
	}
}

size_t
sl_pages_mapped_bytes(void)
{
	return mapped_pages << SL_PAGE_SHIFT;
}

bool
sl_pages_check(void)
{
	for (struct range *r = ranges; r != NULL; r = r->next) {
		size_t end = r->end < search_from ? r->end : search_from;
		size_t page = r->start, n = end > page ? end - page : 0;
		struct piece p;

		while (next_piece(&page, &n, &p))
			if (sl_pallocbits_any(&p.chunk->free, p.i, p.n))
				return false;
	}
	return sl_pagetree_check();
}
