/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagealloc.c - first fit over bitmaps of pages; see mpagealloc.h.
 * Called by mheap, under its lock.
 */
#include "core/mpagealloc.h"

#include "core/die.h"
#include "core/marena.h"
#include "core/persistent.h"
#include "core/sys.h"

enum { GROW_PAGES = 512 }; /* 4 MiB: Go's chunk */

_Atomic(struct sl_arena *) sl_arenas[SL_NUM_ARENAS];

/* Whole arenas at consecutive addresses. */
struct region {
	struct region *next; /* higher addresses */
	uintptr_t base;
	size_t npages;   /* reserved */
	size_t usable;   /* of these, accessible; the rest is PROT_NONE */
	size_t lowest;   /* no page below is free (Go: searchAddr) */
	size_t too_long; /* no run of so many pages is free */
	uint64_t *inuse; /* 1: in a span */
	uint64_t *dirty; /* 1: may not be zero */
};

static struct region *regions; /* by address */
static size_t mapped_pages;
/* Go's hints: 0x00c0_0000_0000 is easy to see in a dump. */
static uintptr_t next_hint = (uintptr_t)0xc0 << 32;

static bool
get_bit(const uint64_t *map, size_t i)
{
	return map[i / 64] >> (i % 64) & 1;
}

/* The first page at or after i whose bit is `bit`, at most end. */
static size_t
find_bit(const uint64_t *map, size_t i, size_t end, bool bit)
{
	while (i < end) {
		uint64_t w = (bit ? map[i / 64] : ~map[i / 64]) >> (i % 64);

		if (w != 0) {
			i += (size_t)__builtin_ctzll(w);
			return i < end ? i : end;
		}
		i = (i | 63) + 1;
	}
	return end;
}

static void
set_bits(uint64_t *map, size_t i, size_t n, bool bit)
{
	while (n > 0) {
		size_t here = 64 - i % 64 < n ? 64 - i % 64 : n;
		uint64_t mask = here == 64
				    ? ~UINT64_C(0)
				    : ((UINT64_C(1) << here) - 1) << (i % 64);

		if (bit)
			map[i / 64] |= mask;
		else
			map[i / 64] &= ~mask;
		i += here;
		n -= here;
	}
}

static size_t
align_up(const struct region *r, size_t i, size_t align_pages)
{
	uintptr_t page = (r->base >> SL_PAGE_SHIFT) + i;

	page = (page + align_pages - 1) & ~(uintptr_t)(align_pages - 1);
	return page - (r->base >> SL_PAGE_SHIFT);
}

/* The index of a free run, or r->usable. */
static size_t
find_run(struct region *r, size_t npages, size_t align_pages)
{
	size_t i = r->lowest, start, end;

	if (npages >= r->too_long)
		return r->usable;
	i = find_bit(r->inuse, i, r->usable, false);
	r->lowest = i;
	while (i < r->usable) {
		end = find_bit(r->inuse, i, r->usable, true);
		start = align_up(r, i, align_pages);
		if (start < end && end - start >= npages)
			return start;
		i = find_bit(r->inuse, end, r->usable, false);
	}
	if (align_pages == 1)
		r->too_long = npages;
	return r->usable;
}

uintptr_t
sl_pages_alloc(size_t npages, size_t align_pages, bool *needzero)
{
	for (struct region *r = regions; r != NULL; r = r->next) {
		size_t i = find_run(r, npages, align_pages);

		if (i == r->usable)
			continue;
		*needzero =
		    find_bit(r->dirty, i, i + npages, true) != i + npages;
		set_bits(r->inuse, i, npages, true);
		set_bits(r->dirty, i, npages, true);
		if (i == r->lowest)
			r->lowest += npages;
		return r->base + (i << SL_PAGE_SHIFT);
	}
	return 0;
}

static struct region *
region_of(uintptr_t p)
{
	for (struct region *r = regions; r != NULL; r = r->next)
		if (p - r->base < r->npages << SL_PAGE_SHIFT)
			return r;
	sl_throw("page heap: %p is not in it", (void *)p);
}

void
sl_pages_free(uintptr_t base, size_t npages)
{
	struct region *r = region_of(base);
	size_t i = (base - r->base) >> SL_PAGE_SHIFT;

	if (find_bit(r->inuse, i, i + npages, false) != i + npages)
		sl_throw("page heap: %p freed twice", (void *)base);
	set_bits(r->inuse, i, npages, false);
	if (i < r->lowest)
		r->lowest = i;
	r->too_long = SIZE_MAX;
}

/* Make more of a region accessible, enough for the run.  False: no room in
 * it, or the OS refused. */
static bool
extend(struct region *r, size_t npages, size_t align_pages)
{
	size_t start = r->usable, need;

	while (start > 0 && !get_bit(r->inuse, start - 1))
		start--;
	start = align_up(r, start, align_pages);
	if (start >= r->npages || npages > r->npages - start)
		return false;
	need = start + npages - r->usable;
	need = (need + GROW_PAGES - 1) / GROW_PAGES * GROW_PAGES;
	if (need > r->npages - r->usable)
		need = r->npages - r->usable;
	if (!sl_sys_map((void *)(r->base + (r->usable << SL_PAGE_SHIFT)),
		need << SL_PAGE_SHIFT))
		return false;
	r->usable += need;
	r->too_long = SIZE_MAX;
	mapped_pages += need;
	return true;
}

static bool
make_arena_maps(uintptr_t base, size_t narenas)
{
	for (size_t i = 0; i < narenas; i++) {
		struct sl_arena *a =
		    sl_persistent_alloc(sizeof(struct sl_arena), 0);

		if (a == NULL)
			return false;
		/* pairs(arena.publish): readers find it zeroed. */
		sl_store_rel(&sl_arenas[(base >> SL_ARENA_SHIFT) + i], a);
	}
	return true;
}

static void
insert_region(struct region *r)
{
	struct region **at = &regions;

	while (*at != NULL && (*at)->base < r->base)
		at = &(*at)->next;
	r->next = *at;
	*at = r;
}

/* Reserve whole arenas for at least npages pages. */
static struct region *
new_region(size_t npages)
{
	size_t narenas = (npages + SL_ARENA_PAGES - 1) / SL_ARENA_PAGES;
	size_t bytes = narenas << SL_ARENA_SHIFT;
	size_t words = narenas * (SL_ARENA_PAGES / 64);
	struct region *r;
	void *p;

	p = sl_sys_reserve(next_hint, bytes, (size_t)1 << SL_ARENA_SHIFT);
	if (p == NULL)
		return NULL;
	r = sl_persistent_alloc(sizeof(*r) + 2 * words * sizeof(uint64_t), 0);
	if (r == NULL || !make_arena_maps((uintptr_t)p, narenas)) {
		sl_sys_free(p, bytes); /* arena maps stay, zero, for later */
		return NULL;
	}
	next_hint = (uintptr_t)p + bytes;
	r->base = (uintptr_t)p;
	r->npages = narenas * SL_ARENA_PAGES;
	r->too_long = SIZE_MAX;
	r->inuse = (uint64_t *)(r + 1);
	r->dirty = r->inuse + words;
	insert_region(r);
	return r;
}

bool
sl_pages_grow(size_t npages, size_t align_pages)
{
	struct region *r;

	for (r = regions; r != NULL; r = r->next)
		if (r->usable < r->npages && extend(r, npages, align_pages))
			return true;
	if (npages + align_pages < npages)
		return false;
	r = new_region(align_pages > SL_ARENA_PAGES ? npages + align_pages
						    : npages + align_pages - 1);
	return r != NULL && extend(r, npages, align_pages);
}

static size_t
scavenge_region(struct region *r, size_t from, size_t to)
{
	size_t i = from, done = 0, end;

	while ((i = find_bit(r->inuse, i, to, false)) < to) {
		end = find_bit(r->inuse, i, to, true);
		i = find_bit(r->dirty, i, end, true);
		if (i == end)
			continue;
		end = find_bit(r->dirty, i, end, false);
		if (sl_sys_unused((void *)(r->base + (i << SL_PAGE_SHIFT)),
			(end - i) << SL_PAGE_SHIFT)) {
			set_bits(r->dirty, i, end - i, false);
			done += end - i;
		}
		i = end;
	}
	return done << SL_PAGE_SHIFT;
}

size_t
sl_pages_scavenge(uintptr_t base, size_t npages)
{
	size_t done = 0, i;
	struct region *r;

	if (npages != 0) {
		r = region_of(base);
		i = (base - r->base) >> SL_PAGE_SHIFT;
		return scavenge_region(r, i, i + npages);
	}
	for (r = regions; r != NULL; r = r->next)
		done += scavenge_region(r, 0, r->usable);
	return done;
}

void
sl_pages_walk(
    void (*visit)(uintptr_t base, size_t npages, void *arg), void *arg)
{
	for (struct region *r = regions; r != NULL; r = r->next)
		visit(r->base, r->usable, arg);
}

size_t
sl_pages_mapped_bytes(void)
{
	return mapped_pages << SL_PAGE_SHIFT;
}
