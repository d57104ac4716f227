/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mheap.h - spans from pages, and the span of an address (Go: mheap).
 *
 * Used by mcentral, mcache, mlarge, mthread, mstats, mheapcheck and
 * malloc_info.  Calls take the heap lock themselves, and any threads may make
 * them at once.
 */
#ifndef SL_MHEAP_H
#define SL_MHEAP_H

#include "core/marena.h"
#include "core/mpagecache.h"

enum {
	SL_SPANCACHE_REFILL = 64, /* descriptors at once, at most */
	SL_SPANCACHE_MAX = 128,
};

/*
 * What a thread keeps of the page heap (Go: p.pcache and p.mspancache), so
 * that small spans come and go without the heap lock.  Owner only; the
 * counters may be read by any.
 *
 * Fork: the child flushes what threads keep that are lost in it, wherever they
 * were.  So each change is in the order in which half of it does no harm: a
 * descriptor is there before nspans says so, and nspans is less before the
 * descriptor is one of a span (tests/unit/t_lost.c).
 */
struct sl_mheap_user {
	struct sl_pagecache pages;
	unsigned flush; /* sl_mheap_flush_all() was called so often */
	/* Descriptors of no span. */
	_Atomic(unsigned) nspans;
	unsigned refill; /* how many came last time */
	struct sl_mspan *spans[SL_SPANCACHE_MAX];

	/* One writer each; see struct sl_stats. */
	_Atomic(uint64_t) spans_taken;
	_Atomic(uint64_t) spans_given;
	_Atomic(uint64_t) pages_taken;
	_Atomic(uint64_t) pages_given;
	_Atomic(uint64_t) pagecache_hits;
	_Atomic(uint64_t) pagecache_refills;
	_Atomic(uint64_t) pagecache_frees;
};

void sl_mheap_init(void);

/*
 * A span of npages pages, its address a multiple of align_pages pages (a
 * power of two), owned by `owner`, all slots free.  NULL: there is no such
 * run of free pages, and may_grow is false or the OS has no memory.
 */
struct sl_mspan *sl_mheap_alloc_span(struct sl_mheap_user *u, size_t npages,
    size_t align_pages, sl_spanclass spc, struct sl_mcache *owner,
    bool may_grow);

/* Take back a span whose slots are all free, owned by the caller and on no
 * list (sl_mspan_retire() is done here). */
void sl_mheap_free_span(struct sl_mheap_user *u, struct sl_mspan *s);

/*
 * A span of one large object, which the caller has, shall have so many pages,
 * where it is.  False: the pages behind it are in use or cannot be had.
 */
bool sl_mheap_resize_span(
    struct sl_mheap_user *u, struct sl_mspan *s, size_t npages);

/* The memory of one such span goes to another that is at least as large, and
 * the first is freed; or nothing has changed; or the other is lost, and stays
 * in use for good. */
enum sl_sys_move sl_mheap_move_span(
    struct sl_mheap_user *u, struct sl_mspan *from, struct sl_mspan *to);

/* Give back what the user keeps.  Owner only, or anybody if that is gone. */
void sl_mheap_flush(struct sl_mheap_user *u);

/* Would a span of so many pages exceed the memory limit? */
bool sl_mheap_is_over_limit(size_t npages);

/* Let every user do so when it next asks for a span. */
void sl_mheap_flush_all(void);

/* Pages in a user's hands.  While its owner is not inside. */
size_t sl_mheap_kept_pages(const struct sl_mheap_user *u);

/* Give memory of free pages back to the OS, all that there is.  Returns
 * bytes. */
size_t sl_mheap_scavenge(void);

/* A span in use is of a thread that was lost in a fork, perhaps while it was
 * making or freeing it: let all of its pages be its pages. */
void sl_mheap_mend_span(struct sl_mspan *s);

/* Visit every span in use, under the heap lock. */
void sl_mheap_walk(void (*visit)(struct sl_mspan *, void *), void *arg);

/* Now.  Pages are in spans, with a thread, or free; free ones that take no
 * memory are clean. */
struct sl_mheap_stats {
	uint64_t mapped_bytes; /* address space made usable */
	uint64_t free_bytes;
	uint64_t clean_bytes;     /* of these */
	uint64_t scavenged_bytes; /* since the process began */
	uint64_t locks;           /* how often the heap lock was taken */
	uint64_t lock_waits;      /* ... and had to be waited for */
	uint64_t scavenger_starts, scavenger_bytes; /* see mretain.h */
	uint64_t limit_bytes, limit_passed;
};
void sl_mheap_stats(struct sl_mheap_stats *out);

/* So many pages are in spans (with their guards) and in users' hands: are all
 * others free, and are the page heap's books right?  While no other thread is
 * inside. */
bool sl_mheap_check(uint64_t npages);

void sl_mheap_fork_prepare(void);
void sl_mheap_fork_done(void);
void sl_mheap_fork_child(void); /* after that, in the child */

#endif /* SL_MHEAP_H */
