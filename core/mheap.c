/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mheap.c - spans from pages; see mheap.h.
 * Called by mcentral, mcache, mlarge, mthread, mstats, mheapcheck and malloc.
 */
#include "core/mheap.h"

#include "core/annotate.h"
#include "core/bits.h"
#include "core/fixalloc.h"
#include "core/mguard.h"
#include "core/mpagealloc.h"
#include "core/mpagegrow.h"
#include "core/mretain.h"
#include "core/mscavenge.h"
#include "core/options.h"
#include "core/persistent.h"
#include "core/sys.h"

enum { MOST_MOVES = 10000 };

static struct sl_fixalloc descriptors; /* under the heap lock */
static struct sl_fixalloc tiny_tables; /* under the heap lock */
static _Atomic(unsigned) flushes;      /* calls of sl_mheap_flush_all() */

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

/* --- what a user keeps --------------------------------------------------- */

static unsigned
kept_spans(const struct sl_mheap_user *u)
{
	return sl_load_rlx(&u->nspans); /* relaxed: owner */
}

/* There is room for it. */
static void
keep_span(struct sl_mheap_user *u, struct sl_mspan *s)
{
	unsigned n = kept_spans(u);

	u->spans[n] = s;
	/* pairs(heap.lost): the descriptor is there. */
	sl_store_rel(&u->nspans, n + 1);
}

static struct sl_mspan *
take_span(struct sl_mheap_user *u)
{
	unsigned n = kept_spans(u) - 1;

	/* relaxed: before the word and the page map say that it is a span,
	 * which they do by releasing stores */
	sl_store_rlx(&u->nspans, n);
	return u->spans[n];
}

/* Twice as many descriptors as the last time: a thread that needs few spans
 * shall not keep many. */
static bool
refill_spans_locked(struct sl_mheap_user *u)
{
	unsigned n = u->refill == 0 ? 1 : 2 * u->refill;

	u->refill = n < SL_SPANCACHE_REFILL ? n : SL_SPANCACHE_REFILL;
	for (n = 0; n < u->refill && kept_spans(u) < SL_SPANCACHE_MAX; n++) {
		struct sl_mspan *s = sl_fixalloc_alloc(&descriptors);

		if (s == NULL)
			break;
		keep_span(u, s);
	}
	return kept_spans(u) > 0;
}

static void
flush_locked(struct sl_mheap_user *u)
{
	/* pairs(heap.lost): of a thread that is lost, in a child. */
	unsigned n = sl_load_acq(&u->nspans);

	sl_pagecache_flush(&u->pages);
	while (n > 0)
		sl_fixalloc_free(&descriptors, u->spans[--n]);
	sl_store_rlx(&u->nspans, 0); /* relaxed: owner, or that is lost */
	u->refill = 0;
}

void
sl_mheap_flush(struct sl_mheap_user *u)
{
	(void)sl_pages_lock();
	flush_locked(u);
	sl_retain_look();
	sl_pages_unlock();
}

void
sl_mheap_flush_all(void)
{
	/* relaxed: a wish; nothing is read that was written before */
	sl_fetch_add_rlx(&flushes, 1);
}

static void
flush_if_asked(struct sl_mheap_user *u)
{
	unsigned n = sl_load_rlx(&flushes); /* relaxed: as above */

	if (sl_likely(u->flush == n))
		return;
	u->flush = n;
	sl_mheap_flush(u);
}

size_t
sl_mheap_kept_pages(const struct sl_mheap_user *u)
{
	return sl_popcount(u->pages.free);
}

/* --- spans --------------------------------------------------------------- */

/* A span that is wanted, and what there is of it so far. */
struct wanted {
	size_t npages, align_pages;
	bool may_grow, is_tiny;

	uintptr_t base; /* 0: still wanted */
	bool needzero;
	_Atomic(uint32_t) *tiny; /* NULL: still wanted, if at all */
};

/* A page cache is for small spans only. */
static bool
is_cacheable(const struct wanted *w)
{
	return w->npages < SL_PAGECACHE_LIMIT && w->align_pages == 1;
}

static void
take_cached(struct sl_mheap_user *u, struct wanted *w)
{
	if (w->base != 0 || !is_cacheable(w))
		return;
	w->base = sl_pagecache_alloc(&u->pages, w->npages, &w->needzero);
	if (w->base != 0)
		sl_count(&u->pagecache_hits);
}

static void
alloc_pages_locked(struct sl_mheap_user *u, struct wanted *w)
{
	if (is_cacheable(w) && sl_pagecache_refill(&u->pages, w->npages)) {
		sl_count(&u->pagecache_refills);
		w->base =
		    sl_pagecache_alloc(&u->pages, w->npages, &w->needzero);
		return;
	}
	w->base = sl_pages_alloc(w->npages, w->align_pages, &w->needzero);
}

/* Whatever is still wanted.  False: it cannot be had. */
static bool
complete_locked(struct sl_mheap_user *u, struct wanted *w)
{
	if (kept_spans(u) == 0 && !refill_spans_locked(u))
		return false;
	if (w->is_tiny && w->tiny == NULL)
		w->tiny = sl_fixalloc_alloc(&tiny_tables);
	if (w->is_tiny && w->tiny == NULL)
		return false;
	if (w->base == 0)
		alloc_pages_locked(u, w);
	if (w->base == 0 && w->may_grow &&
	    sl_pages_grow(w->npages, w->align_pages))
		alloc_pages_locked(u, w);
	return w->base != 0;
}

/* What was got of a span that cannot be had. */
static void
undo_locked(const struct wanted *w)
{
	if (w->base != 0)
		sl_pages_free(w->base, w->npages, false);
	if (w->tiny != NULL)
		sl_fixalloc_free(&tiny_tables, w->tiny);
}

static bool
complete(struct sl_mheap_user *u, struct wanted *w)
{
	bool done;

	(void)sl_pages_lock();
	done = complete_locked(u, w);
	if (!done)
		undo_locked(w);
	sl_retain_look();
	sl_pages_unlock();
	return done;
}

/* What other threads keep for themselves they shall give up. */
static void
keep_limit(void)
{
	if (sl_unlikely(!sl_retain_keep()))
		sl_mheap_flush_all();
}

struct sl_mspan *
sl_mheap_alloc_span(struct sl_mheap_user *u, size_t npages, size_t align_pages,
    sl_spanclass spc, struct sl_mcache *owner, bool may_grow)
{
	struct wanted w = {.npages = npages + sl_guard_pages(),
	    .align_pages = align_pages,
	    .may_grow = may_grow,
	    .is_tiny = spc == SL_SPANCLASS_TINY};
	struct sl_mspan *s;

	flush_if_asked(u);
	take_cached(u, &w);
	if ((w.base == 0 || w.is_tiny || kept_spans(u) == 0) &&
	    !complete(u, &w))
		return NULL;
	keep_limit();
	sl_count_add(&u->pages_taken, w.npages);
	sl_count(&u->spans_taken);
	s = take_span(u);
	s->has_guard = sl_guard_set(w.base, npages);
	sl_mspan_init(s, w.base, npages, spc, w.needzero, owner);
	s->tiny = w.tiny;
	set_spans(w.base, npages, s);
	if (sl_hooks(SL_HOOK_ANNOTATE) != 0)
		sl_annotate_heap((void *)s->base, npages << SL_PAGE_SHIFT);
	return s;
}

/* The span is no more; its pages are in use by nobody. */
static void
give_span(struct sl_mheap_user *u, struct sl_mspan *s, bool clean)
{
	uintptr_t base = s->base;
	size_t npages = s->npages, again;
	_Atomic(uint32_t) *tiny = s->tiny;
	bool pages_left = true, span_left = kept_spans(u) == SL_SPANCACHE_MAX;

	/* First, so that a mistaken free finds nothing rather than a span
	 * that has become another. */
	set_spans(base, npages, &sl_mspan_none);
	sl_mspan_retire(s);
	again = npages + sl_guard_remove(s, clean);
	/* Before anybody can use them again: who reads the counters meets no
	 * page taken twice. */
	sl_count_add(&u->pages_given, again);
	sl_count(&u->spans_given);
	if (!span_left)
		keep_span(u, s);
	if (!clean && sl_pagecache_free(&u->pages, base, again)) {
		sl_count(&u->pagecache_frees);
		pages_left = false;
	}
	if (!pages_left && !span_left && tiny == NULL)
		return;
	(void)sl_pages_lock();
	if (pages_left)
		sl_pages_free(base, again, clean);
	sl_retain_look();
	if (span_left)
		sl_fixalloc_free(&descriptors, s);
	if (tiny != NULL)
		sl_fixalloc_free(&tiny_tables, tiny);
	sl_pages_unlock();
}

void
sl_mheap_free_span(struct sl_mheap_user *u, struct sl_mspan *s)
{
	size_t npages = s->npages;
	bool clean = npages > sl_options.keep_pages &&
		     sl_sys_unused((void *)s->base, npages << SL_PAGE_SHIFT);

	give_span(u, s, clean);
}

/* --- large spans that change --------------------------------------------- */

static void
set_npages(struct sl_mspan *s, size_t npages)
{
	s->npages = (uint32_t)npages;
	s->limit = s->base + (npages << SL_PAGE_SHIFT);
}

static void
shrink(struct sl_mheap_user *u, struct sl_mspan *s, size_t npages)
{
	uintptr_t end = s->base + (npages << SL_PAGE_SHIFT);
	size_t n = s->npages - npages;
	bool clean;

	set_spans(end, n, &sl_mspan_none);
	set_npages(s, npages);
	sl_count_add(&u->pages_given, n);
	clean = n > sl_options.keep_pages &&
		sl_sys_unused((void *)end, n << SL_PAGE_SHIFT);
	if (!clean && sl_pagecache_free(&u->pages, end, n))
		return;
	(void)sl_pages_lock();
	sl_pages_free(end, n, clean);
	sl_retain_look();
	sl_pages_unlock();
}

static bool
grow(struct sl_mheap_user *u, struct sl_mspan *s, size_t npages)
{
	uintptr_t end = s->limit;
	size_t n = npages - s->npages;
	bool needzero, done;

	(void)sl_pages_lock();
	/* The pages behind the span may be our own. */
	if (end - u->pages.base < SL_PAGECACHE_PAGES << SL_PAGE_SHIFT)
		sl_pagecache_flush(&u->pages);
	done = sl_pages_extend(end, n, &needzero);
	sl_pages_unlock();
	if (!done)
		return false;
	keep_limit();
	sl_count_add(&u->pages_taken, n);
	set_npages(s, npages);
	set_spans(end, n, s);
	return true;
}

bool
sl_mheap_resize_span(struct sl_mheap_user *u, struct sl_mspan *s, size_t npages)
{
	/* Large spans are listed then, and somebody may be sweeping this; or
	 * there is a guard behind it. */
	if (sl_options.epoch != 0 || sl_guard_pages() != 0)
		return npages == s->npages;
	if (npages > s->npages)
		return grow(u, s, npages);
	if (npages < s->npages)
		shrink(u, s, npages);
	return true;
}

enum sl_sys_move
sl_mheap_move_span(
    struct sl_mheap_user *u, struct sl_mspan *from, struct sl_mspan *to)
{
	/* Each move leaves the kernel with more mappings to keep, which are
	 * limited in number; the program shall have some. */
	static _Atomic(unsigned) moves;
	enum sl_sys_move done;

	/* Epoch mode: as above.  relaxed: a limit, which need not be exact */
	if (sl_options.epoch != 0 || sl_fetch_add_rlx(&moves, 1) >= MOST_MOVES)
		return SL_SYS_STAYED;
	done = sl_sys_move((void *)from->base, (void *)to->base,
	    (size_t)from->npages << SL_PAGE_SHIFT);
	if (done == SL_SYS_MOVED)
		give_span(u, from, true);
	return done;
}

/* --- the rest ------------------------------------------------------------ */

bool
sl_mheap_is_over_limit(size_t npages)
{
	return sl_retain_is_over(npages);
}

size_t
sl_mheap_scavenge(void)
{
	return sl_scavenge(SIZE_MAX);
}

void
sl_mheap_mend_span(struct sl_mspan *s)
{
	set_spans(s->base, s->npages, s);
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
		w->visit(s, w->arg);
		/* No further than it goes, should it change meanwhile. */
		do
			base += SL_PAGE_SIZE;
		while (base < end && sl_span_of(base) == s);
	}
}

void
sl_mheap_walk(void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct walk w = {visit, arg};

	(void)sl_pages_lock();
	sl_pages_walk(walk_pages, &w);
	sl_pages_unlock();
}

void
sl_mheap_stats(struct sl_mheap_stats *out)
{
	struct sl_retain_counts retain = sl_retain_counts();
	struct sl_pages_counts n;

	(void)sl_pages_lock();
	sl_pages_counts(&n);
	sl_pages_unlock();
	out->mapped_bytes = (uint64_t)n.mapped << SL_PAGE_SHIFT;
	out->free_bytes = (uint64_t)n.free << SL_PAGE_SHIFT;
	out->clean_bytes = (uint64_t)(n.free - n.garbage) << SL_PAGE_SHIFT;
	out->scavenged_bytes = sl_scavenged_bytes();
	out->locks = n.locks;
	out->lock_waits = n.waits;
	out->scavenger_starts = retain.starts;
	out->scavenger_bytes = retain.bytes;
	out->limit_bytes = retain.limit_bytes;
	out->limit_passed = retain.limit_passed;
}

bool
sl_mheap_check(uint64_t npages)
{
	struct sl_pages_counts n;
	bool ok;

	sl_scavenge_stop(); /* it may be inside all the same */
	(void)sl_pages_lock();
	sl_pages_counts(&n);
	ok = npages + sl_guard_lost() + n.free == n.mapped && sl_pages_check();
	sl_pages_unlock();
	sl_scavenge_go();
	return ok;
}

void
sl_mheap_fork_prepare(void)
{
	sl_scavenge_fork_prepare();
	sl_pages_fork_prepare();
	sl_persistent_fork_prepare();
}

void
sl_mheap_fork_done(void)
{
	sl_persistent_fork_done();
	sl_pages_fork_done();
	sl_scavenge_fork_done();
}

void
sl_mheap_fork_child(void)
{
	sl_retain_fork_child();
}
