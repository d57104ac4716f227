/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tagstack.c - variant tagstack: a stack of span numbers with a tag, one word
 * per class.  Called by core through the seam (core/mcentral.h).
 *
 * The control for ck: the same stack by a swap of 8 bytes, which every 64-bit
 * machine has, in place of 16.  A span is named by a number of 32 bits that it
 * gets when it is inserted for the first time and keeps.  A table says which
 * span has which number; it also holds the links, so a claim that comes too
 * late reads an old entry and no descriptor.
 *
 *             insert   claim    walk
 *   insert    -        -        X        -: any threads at once
 *   claim              -        X        X: not while others are inside
 *   number    lock     -        X        lock: serialized; once per span
 *
 * Progress: lock-free; a try that fails means that another thread's succeeded.
 * But a descriptor's first insertion takes a lock to get its number, and for
 * one in 1024 of these core's metadata lock.  Order: LIFO.
 * ABA: a claim swaps the head together with a tag that each claim advances.
 * A stale claim succeeds only if the number on top is the same after exactly a
 * multiple of 2^32 claims of the class between its look at the link and its
 * swap: more than two minutes at 30 million claims per second, in which the
 * thread does not run.  A pointer (47 bits, less 6 of alignment) would leave
 * 23 bits for the tag: a quarter of a second, which a thread that lost its CPU
 * among 128 does wait.  That is why spans are numbered.
 * Reclamation: none; entries of the table are never used for another span.
 * Bound: 16 bytes for each descriptor that was ever listed, and 2 MiB of
 * addresses for the directory of the table, of which a page is touched for
 * each half million descriptors.
 * Fork: a stack is whole at every instant; the lock of the table is taken.
 * Treiber, IBM RJ 5118, 1986; the tag as in IBM System/370, Principles of
 * Operation, GA22-7000, appendix on multiprogramming.
 */
#include "core/die.h"
#include "core/fixalloc.h"
#include "core/mcentral.h"

/* A test shows that it would notice if there were none. */
#ifndef SL_TAGSTACK_TAG_STEP
#define SL_TAGSTACK_TAG_STEP 1
#endif

enum {
	CHUNK_ENTRIES = 1024, /* 16 KiB */
	CHUNKS = 1 << 18,     /* 2^28 spans are at least 2 TiB of heap */
	/* Pauses after a failed try: doubled from the first to the last. */
	BACKOFF_FIRST = 16,
	BACKOFF_LAST = 1024,
};

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "lock-free; blocking when a span is inserted for the first "
		"time",
    .order = "LIFO",
    .reclamation = "none needed: links in a table that only grows",
    .aba = "tag of 32 bits beside the number of the span, one word",
    .paper = "Treiber, IBM RJ 5118, 1986",
    .claim_leaves_listed = false,
};

/* Tag << 32 | number of the span on top, 0: none. */
struct stack {
	alignas(SL_CACHELINE) _Atomic(uint64_t) head;
};

static struct stack stacks[SL_NUM_SPANCLASSES];

struct entry {
	struct sl_mspan *span;   /* constant once the number is used */
	_Atomic(uint32_t) below; /* number of the next span on the stack */
};

static _Atomic(struct entry *) chunks[CHUNKS];

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_SET_INNER);
static struct sl_fixalloc chunk_memory; /* under lock */
static uint32_t numbers;                /* under lock: given so far */

static struct entry *
entry_of(uint32_t number)
{
	/* relaxed: the number came by the head, which orders it: the chunk was
	 * there before a number in it was used */
	struct entry *chunk = sl_load_rlx(&chunks[number / CHUNK_ENTRIES]);

	return &chunk[number % CHUNK_ENTRIES];
}

/* The number of a span.  Whoever inserts or takes it owns this word, and core
 * never writes it. */
static uintptr_t *
number_of(struct sl_mspan *s)
{
	return &s->set.w[0];
}

void
sl_set_init(void)
{
	sl_fixalloc_init(&chunk_memory, CHUNK_ENTRIES * sizeof(struct entry),
	    SL_CACHELINE, false, NULL, NULL);
}

/* Give the span its number, for ever. */
static SL_NOINLINE void
number_slow(struct sl_mspan *s)
{
	uint32_t n;

	sl_set_lock(&lock);
	n = ++numbers; /* from 1 */
	if (n >= (uint32_t)CHUNKS * CHUNK_ENTRIES)
		sl_throw("tagstack: more than %u spans", n - 1);
	/* relaxed: written under the lock; others learn of it by the head */
	if (sl_load_rlx(&chunks[n / CHUNK_ENTRIES]) == NULL) {
		struct entry *chunk = sl_fixalloc_alloc(&chunk_memory);

		/* 16 bytes for a span of at least 8192: if they cannot be had,
		 * the program is at its end, and a lost span would hide it. */
		if (chunk == NULL)
			sl_throw("tagstack: no memory for the table");
		/* relaxed: as above */
		sl_store_rlx(&chunks[n / CHUNK_ENTRIES], chunk);
	}
	entry_of(n)->span = s;
	sl_mutex_unlock(&lock);
	*number_of(s) = n;
}

/* After a failed try: let others get on. */
static void
back_off(unsigned *pauses)
{
	sl_count(&sl_set_tally->cas_failures);
	for (unsigned i = 0; i < *pauses; i++)
		sl_cpu_relax();
	if (*pauses < BACKOFF_LAST)
		*pauses *= 2;
}

void
sl_set_insert(sl_spanclass spc, struct sl_mspan *s)
{
	struct stack *k = &stacks[spc];
	unsigned pauses = BACKOFF_FIRST;
	struct entry *e;
	uint64_t head;
	uint32_t n;

	if (*number_of(s) == 0)
		number_slow(s);
	n = (uint32_t)*number_of(s);
	e = entry_of(n);
	for (;;) {
		head = sl_load_rlx(&k->head); /* relaxed: the CAS decides */
		/* relaxed: ordered by the head; a late claim may look */
		sl_store_rlx(&e->below, (uint32_t)head);
		/* LP: insert.  If it fails another thread inserted or
		 * claimed.  pairs(tagstack.head): who finds the number finds
		 * its entry, the chunk of it, and what we did to the span. */
		if (sl_cas_rel(&k->head, &head, (head >> 32 << 32) | n))
			break;
		back_off(&pauses);
	}
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_spanclass spc)
{
	struct stack *k = &stacks[spc];
	unsigned pauses = BACKOFF_FIRST;
	struct entry *e;
	uint64_t head, next;

	for (;;) {
		/* pairs(tagstack.head): the entry, and the span as its
		 * inserter left it.  All changes of the head are swaps, so
		 * this holds for inserters of spans further down too. */
		head = sl_load_acq(&k->head);
		if ((uint32_t)head == 0)
			return NULL; /* LP: claim of nothing, at the load */
		e = entry_of((uint32_t)head);
		/* relaxed: if the span is not on top any more, the swap fails
		 * and this is forgotten */
		next = ((head >> 32) + SL_TAGSTACK_TAG_STEP) << 32 |
		       sl_load_rlx(&e->below);
		/* LP: claim.  If it fails another thread inserted or claimed.
		 * relaxed: what head says was acquired with it. */
		if (sl_cas_rlx(&k->head, &head, next))
			break;
		back_off(&pauses);
	}
	sl_mspan_take(e->span);
	return e->span;
}

void
sl_set_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&lock);
}

void
sl_set_fork_parent(void)
{
	sl_mutex_unlock_after_fork(&lock);
}

void
sl_set_walk(
    sl_spanclass spc, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	/* relaxed: no other thread is inside the allocator */
	uint32_t n = (uint32_t)sl_load_rlx(&stacks[spc].head);

	while (n != 0) {
		struct entry *e = entry_of(n);

		n = sl_load_rlx(&e->below); /* relaxed: as above */
		visit(e->span, arg);
	}
}
