/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagegrow.c - address space for the heap, and its maps; see mpagegrow.h.
 * Called by mheap.
 *
 * A page is named by its number, address >> SL_PAGE_SHIFT.
 */
#include "core/mpagegrow.h"

#include "core/die.h"
#include "core/marena.h"
#include "core/mpagealloc.h"
#include "core/mpagetree.h"
#include "core/options.h"
#include "core/persistent.h"
#include "core/sys.h"
#include "core/usdt.h"

enum {
	NUM_HINTS = 128,
	/* 1 GiB: from here on the system is asked whether it would have so
	 * much, before 1 MiB of tables is made for each. */
	ASK_PAGES = 1 << (30 - SL_PAGE_SHIFT),
};

/* Go's hints, 1 TiB apart; 0x00c0_0000_0000 is easy to see in a dump. */
#define HINT(i)                                                                \
	((size_t)0xc0 << (32 - SL_PAGE_SHIFT) | (size_t)(i)                    \
						    << (40 - SL_PAGE_SHIFT))
#define ADDRESS_PAGES ((size_t)1 << (SL_ADDRESS_BITS - SL_PAGE_SHIFT))

_Atomic(struct sl_arena *) sl_arenas[SL_NUM_ARENAS];

struct sl_pagemap sl_pagemap;
static size_t pagemap_room; /* entries reserved; 0: not asked for yet */
static size_t pagemap_end;  /* entries that are memory */

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

static size_t
round_up(size_t n, size_t align)
{
	return (n + align - 1) & ~(align - 1);
}

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
 * heap of 64 GiB, reserved at once and used piece by piece.  Where addresses
 * are limited the heap cannot be larger than the limit, so neither is its map.
 */
static void
make_pagemap(void)
{
	size_t most = sl_sys_address_space() >> SL_PAGE_SHIFT;
	size_t n = (size_t)1 << (36 - SL_PAGE_SHIFT);

	most &= ~(size_t)(SL_ARENA_PAGES - 1);
	pagemap_room = most < n ? most : n;
	sl_pagemap.spans = sl_sys_reserve(
	    0, pagemap_room * sizeof(sl_pagemap.spans[0]), SL_OS_PAGE);
	if (sl_pagemap.spans == NULL)
		pagemap_room = 1; /* do not ask again: arenas have all */
}

/* Let there be entries below n. */
static bool
use_pagemap(size_t n)
{
	char *from = (char *)&sl_pagemap.spans[pagemap_end];
	size_t end = round_up(n, SL_ARENA_PAGES);
	size_t bytes = (end - pagemap_end) * sizeof(sl_pagemap.spans[0]);

	if (n <= pagemap_end)
		return true;
	if (!sl_sys_map(from, bytes))
		return false;
	sl_sys_used(from, bytes, bytes);
	pagemap_end = end;
	return true;
}

/* These pages are usable: the page map has them if it can.  What it does not
 * get now it never gets: its entries might be in use in the arenas' maps. */
static void
extend_pagemap(size_t page, size_t npages)
{
	/* relaxed: written under the lock that we hold */
	size_t n = sl_load_rlx(&sl_pagemap.npages);

	if (pagemap_room == 0)
		make_pagemap();
	if (page != SL_PAGEMAP_FIRST + n || npages > pagemap_room - n ||
	    !use_pagemap(n + npages))
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
	sl_pages_add(room_start, npages);
	r->end += npages;
	room_start += npages;
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

/* The metadata of the arenas of these pages. */
static bool
add_arenas(size_t page, size_t npages)
{
	size_t end = page + npages;

	page &= ~(size_t)(SL_ARENA_PAGES - 1);
	for (; page < end; page += SL_ARENA_PAGES) {
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

/* About huge pages.  The system may have none: that is said once. */
static void
advise(void *p, size_t bytes)
{
	static bool was_told;

	if (sl_options.thp == SL_THP_DEFAULT ||
	    sl_sys_huge(p, bytes, sl_options.thp == SL_THP_ALWAYS) || was_told)
		return;
	was_told = true;
	sl_warn("thp: the system takes no advice about huge pages");
}

/*
 * Reserve pages at `hint`, or anywhere, aligned, if that is 0.  Returns
 * the first page, or 0: there is something else at the hint, or else *refused,
 * the OS has no room.
 */
static size_t
reserve(size_t hint, size_t npages, size_t align_pages, bool *refused)
{
	size_t bytes = npages << SL_PAGE_SHIFT, page;
	void *p;

	*refused = npages >= ASK_PAGES && !sl_sys_would_map(bytes);
	if (*refused)
		return 0;
	/* Alignment is no matter if only the hint will do. */
	p = sl_sys_reserve(hint << SL_PAGE_SHIFT, bytes,
	    hint != 0 ? 1 : align_pages << SL_PAGE_SHIFT);
	*refused = p == NULL;
	if (p == NULL)
		return 0;
	page = (uintptr_t)p >> SL_PAGE_SHIFT;
	if (hint != 0 && page != hint) {
		sl_sys_free(p, bytes, SL_SYS_RESERVED);
		return 0;
	}
	if (page + npages > ADDRESS_PAGES || !add_arenas(page, npages)) {
		sl_sys_free(p, bytes, SL_SYS_RESERVED);
		*refused = true;
		return 0;
	}
	advise(p, bytes);
	return page;
}

/* At the next hint that is free, or anywhere; whole units, at a multiple. */
static size_t
reserve_away(size_t npages, size_t unit)
{
	bool refused = false;
	size_t page = 0;

	while (page == 0 && !refused && hints_tried < NUM_HINTS) {
		page = reserve(HINT(hints_tried), npages, unit, &refused);
		if (!refused)
			hints_tried++;
	}
	if (page == 0 && !refused)
		page = reserve(0, npages, unit, &refused);
	return page;
}

/* Move elsewhere, not next to the last arenas: to whole ones or, where
 * addresses are scarce, to what is needed of them. */
static bool
move_room(size_t need, size_t align_pages)
{
	size_t npages, page;

	npages =
	    round_up(align_pages <= SL_ARENA_PAGES ? need : need + align_pages,
		SL_ARENA_PAGES);
	page = reserve_away(npages, SL_ARENA_PAGES);
	if (page == 0) {
		npages = round_up(
		    align_pages <= SL_CHUNK_PAGES ? need : need + align_pages,
		    SL_CHUNK_PAGES);
		page = reserve_away(npages, SL_CHUNK_PAGES);
	}
	if (page == 0)
		return false;
	/* Of the old room nothing is lost. */
	if (room_start < room_end && !use_room(room_end - room_start)) {
		sl_sys_free((void *)(page << SL_PAGE_SHIFT),
		    npages << SL_PAGE_SHIFT, SL_SYS_RESERVED);
		return false;
	}
	newest = NULL;
	room_start = page;
	room_end = page + npages;
	return true;
}

/* Add to the room, which needs so many pages more, next to it: up to the end
 * of an arena, or else what is needed. */
static bool
widen_room(size_t npages)
{
	size_t whole = round_up(room_end + npages, SL_ARENA_PAGES) - room_end;
	bool refused;

	npages = round_up(npages, SL_CHUNK_PAGES);
	if (reserve(room_end, whole, 1, &refused) != 0)
		npages = whole;
	else if (whole == npages || reserve(room_end, npages, 1, &refused) == 0)
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
		if (!move_room(npages, align_pages))
			return false;
		need = missing_pages(npages, align_pages);
	}
	need = round_up(need, SL_CHUNK_PAGES);
	SL_USDT2(heap_grow, room_start << SL_PAGE_SHIFT, need);
	return use_room(need);
}

bool
sl_pages_extend(uintptr_t from, size_t npages, bool *needzero)
{
	size_t page = from >> SL_PAGE_SHIFT, end = page + npages, need;

	if (sl_pages_alloc_at(from, npages, needzero))
		return true;
	if (page > room_start || end <= room_start ||
	    !sl_pages_are_free(from, room_start - page))
		return false;
	need = end - room_start;
	if (need > room_end - room_start &&
	    !widen_room(need - (room_end - room_start)))
		return false;
	return use_room(round_up(need, SL_CHUNK_PAGES)) &&
	       sl_pages_alloc_at(from, npages, needzero);
}

/* --- the rest ------------------------------------------------------------ */

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
