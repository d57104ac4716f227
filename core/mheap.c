/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mheap.c - spans from pages; see mheap.h.
 * Called by mcentral, mfree, mallocgc, mstats and mheapcheck.
 */
#include "core/mheap.h"

#include "core/die.h"
#include "core/fixalloc.h"
#include "core/lock.h"
#include "core/mpagealloc.h"
#include "core/options.h"
#include "core/persistent.h"

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_HEAP);
static struct sl_fixalloc descriptors;  /* under lock */
static struct sl_fixalloc tiny_tables;  /* under lock */
static size_t pages_inuse, spans_inuse; /* under lock */

void
sl_mheap_init(void)
{
	sl_fixalloc_init(&descriptors, sizeof(struct sl_mspan),
	    alignof(struct sl_mspan), false, NULL, NULL);
	sl_fixalloc_init(
	    &tiny_tables, SL_TINY_TABLE_BYTES, SL_CACHELINE, true, NULL, NULL);
}

/*
 * Where the maps say whose page this is, and in *n how many of the pages up to
 * `end` have their entries side by side.
 */
static _Atomic(struct sl_mspan *) *
entries_of(uintptr_t page, uintptr_t end, size_t *n)
{
	uintptr_t i = page - SL_PAGEMAP_FIRST, left;
	struct sl_arena *a;

	/* relaxed: the page is ours, so its entry exists in this map or, if
	 * not, in that of its arena */
	left = sl_load_rlx(&sl_pagemap.npages);
	if (i < left) {
		left -= i;
		*n = end - page < left ? end - page : left;
		return &sl_pagemap.spans[i];
	}
	/* relaxed: as above */
	a = sl_load_rlx(&sl_arenas[page / SL_ARENA_PAGES]);
	left = SL_ARENA_PAGES - page % SL_ARENA_PAGES;
	*n = end - page < left ? end - page : left;
	return &a->spans[page % SL_ARENA_PAGES];
}

/* Say whose pages these are.  A reader is a free of a live object, which the
 * program ordered after its allocation, or a mistake. */
static void
set_spans(uintptr_t base, size_t npages, struct sl_mspan *s)
{
	uintptr_t page = base >> SL_PAGE_SHIFT, end = page + npages;

	while (page < end) {
		_Atomic(struct sl_mspan *) *e;
		size_t n;

		e = entries_of(page, end, &n);
		for (page += n; n > 0; n--, e++)
			/* pairs(heap.publish): whoever finds s finds its
			 * fields. */
			sl_store_rel(e, s);
	}
}

static uintptr_t
alloc_pages_locked(
    size_t npages, size_t align_pages, bool may_grow, bool *needzero)
{
	uintptr_t base = sl_pages_alloc(npages, align_pages, needzero);

	if (base == 0 && may_grow && sl_pages_grow(npages, align_pages))
		base = sl_pages_alloc(npages, align_pages, needzero);
	return base;
}

static struct sl_mspan *
alloc_descriptor_locked(sl_spanclass spc, _Atomic(uint32_t) **tiny)
{
	struct sl_mspan *s = sl_fixalloc_alloc(&descriptors);

	*tiny = NULL;
	if (s == NULL || spc != SL_SPANCLASS_TINY)
		return s;
	*tiny = sl_fixalloc_alloc(&tiny_tables);
	if (*tiny != NULL)
		return s;
	sl_fixalloc_free(&descriptors, s);
	return NULL;
}

struct sl_mspan *
sl_mheap_alloc_span(size_t npages, size_t align_pages, sl_spanclass spc,
    struct sl_mcache *owner, bool may_grow)
{
	struct sl_mspan *s;
	_Atomic(uint32_t) *tiny;
	uintptr_t base;
	bool needzero;

	sl_mutex_lock(&lock);
	s = alloc_descriptor_locked(spc, &tiny);
	if (s == NULL) {
		sl_mutex_unlock(&lock);
		return NULL;
	}
	base = alloc_pages_locked(npages, align_pages, may_grow, &needzero);
	if (base == 0) {
		if (tiny != NULL)
			sl_fixalloc_free(&tiny_tables, tiny);
		sl_fixalloc_free(&descriptors, s);
		sl_mutex_unlock(&lock);
		return NULL;
	}
	pages_inuse += npages;
	spans_inuse++;
	sl_mutex_unlock(&lock);
	sl_mspan_init(s, base, npages, spc, needzero, owner);
	s->tiny = tiny;
	set_spans(base, npages, s);
	return s;
}

void
sl_mheap_free_span(struct sl_mspan *s)
{
	uintptr_t base = s->base;
	size_t npages = s->npages;
	_Atomic(uint32_t) *tiny = s->tiny;

	/* First, so that a mistaken free finds nothing rather than a span
	 * that has become another. */
	set_spans(base, npages, &sl_mspan_none);
	sl_mspan_retire(s);
	sl_mutex_lock(&lock);
	sl_pages_free(base, npages);
	if (npages > sl_options.keep_pages)
		sl_pages_scavenge(base, npages);
	pages_inuse -= npages;
	spans_inuse--;
	if (tiny != NULL)
		sl_fixalloc_free(&tiny_tables, tiny);
	sl_fixalloc_free(&descriptors, s);
	sl_mutex_unlock(&lock);
}

size_t
sl_mheap_scavenge(void)
{
	size_t bytes;

	sl_mutex_lock(&lock);
	bytes = sl_pages_scavenge(0, 0);
	sl_mutex_unlock(&lock);
	return bytes;
}

struct walk {
	void (*visit)(struct sl_mspan *, void *);
	void *arg;
};

static void
walk_pages(uintptr_t base, size_t npages, void *arg)
{
	struct walk *w = arg;
	uintptr_t end = base + (npages << SL_PAGE_SHIFT);

	while (base < end) {
		struct sl_mspan *s = sl_span_of(base);

		if (s == NULL) {
			base += SL_PAGE_SIZE;
			continue;
		}
		base = s->base + ((uintptr_t)s->npages << SL_PAGE_SHIFT);
		w->visit(s, w->arg);
	}
}

void
sl_mheap_walk(void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct walk w = {visit, arg};

	sl_mutex_lock(&lock);
	sl_pages_walk(walk_pages, &w);
	sl_mutex_unlock(&lock);
}

void
sl_mheap_stats(struct sl_mheap_stats *out)
{
	sl_mutex_lock(&lock);
	out->mapped_bytes = sl_pages_mapped_bytes();
	out->inuse_bytes = (uint64_t)pages_inuse << SL_PAGE_SHIFT;
	out->spans_inuse = spans_inuse;
	sl_mutex_unlock(&lock);
}

void
sl_mheap_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&lock);
	sl_persistent_fork_prepare();
}

void
sl_mheap_fork_done(void)
{
	sl_persistent_fork_done();
	sl_mutex_unlock_after_fork(&lock);
}
