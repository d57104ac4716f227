/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tagstack.h - spans by number, and a stack of them with a tag in one word.
 *
 * Included by the variants that have such a stack at their bottom: tagstack,
 * elimination.  A span is named by a number of 32 bits that it gets when it is
 * inserted for the first time and keeps.  A table says which span has which
 * number; it also holds the links, so a pop that comes too late reads an old
 * entry and no descriptor.
 *
 *             push   pop    number  walk
 *   push      -      -      -       X      -: any threads at once
 *   pop              -      -       X      X: not while others are inside
 *   number                  lock    X      lock: serialized; once per span
 *
 * Progress: push and pop are one try each; one that fails means that another
 * thread's succeeded.  A descriptor's first number takes a lock, and for one
 * in 1024 of these core's metadata lock.
 * ABA: a pop swaps the head together with a tag that each pop advances.
 * A stale pop succeeds only if the number on top is the same after exactly a
 * multiple of 2^32 pops of the stack between its look at the link and its
 * swap: more than two minutes at 30 million pops per second, in which the
 * thread does not run.  A pointer (47 bits, less 6 of alignment) would leave
 * 23 bits for the tag: a quarter of a second, which a thread that lost its CPU
 * among 128 does wait.  That is why spans are numbered.
 * Reclamation: none; entries of the table are never used for another span.
 * Without memory for a number the span is spilled (core/mspill.h).
 * Bound: 16 bytes for each descriptor that was ever listed, and 2 MiB of
 * addresses for the directory of the table, of which a page is touched for
 * each half million descriptors.
 * Fork: a stack is whole at every instant; the lock of the table is taken.
 * Treiber, IBM RJ 5118, 1986; the tag as in IBM System/370, Principles of
 * Operation, GA22-7000, appendix on multiprogramming.
 */
#ifndef VARIANTS_TAGSTACK_H
#define VARIANTS_TAGSTACK_H

#include "core/fixalloc.h"
#include "core/mcentral.h"

/* Tests show that they would notice if there were fewer or none. */
#ifndef SL_TAGSTACK_TAG_BITS
#define SL_TAGSTACK_TAG_BITS 32
#endif

enum {
	TAGSTACK_CHUNK = SL_SET_SMALL ? 2 : 1024, /* entries: 16 KiB */
	TAGSTACK_CHUNKS = 1 << 18, /* 2^28 spans are at least 2 TiB of heap */
};

/* Tag << 32 | number of the span on top, 0: none. */
struct tagstack {
	alignas(SL_CACHELINE) _Atomic(uint64_t) head;
};

struct tagstack_entry {
	struct sl_mspan *span;   /* constant once the number is used */
	_Atomic(uint32_t) below; /* number of the next span on the stack */
};

static struct {
	_Atomic(struct tagstack_entry *) chunk[TAGSTACK_CHUNKS];
	struct sl_mutex lock;
	struct sl_fixalloc memory; /* under lock */
	uint32_t given;            /* under lock: numbers so far */
} tagstack_table;

static void
tagstack_init(void)
{
	sl_mutex_init(&tagstack_table.lock, SL_RANK_SET_INNER);
	sl_fixalloc_init(&tagstack_table.memory,
	    TAGSTACK_CHUNK * sizeof(struct tagstack_entry), SL_CACHELINE, false,
	    NULL, NULL);
}

static struct tagstack_entry *
tagstack_entry(uint32_t number)
{
	/* relaxed: the number came by a head, which orders it: the chunk was
	 * there before a number in it was used */
	struct tagstack_entry *chunk =
	    sl_load_rlx(&tagstack_table.chunk[number / TAGSTACK_CHUNK]);

	return &chunk[number % TAGSTACK_CHUNK];
}

/* Is there an entry for the number, or can it be made? */
static bool
tagstack_has_entry_locked(uint32_t n)
{
	_Atomic(struct tagstack_entry *) *chunk;
	void *memory;

	if (n >= (uint32_t)TAGSTACK_CHUNKS * TAGSTACK_CHUNK)
		return false;
	chunk = &tagstack_table.chunk[n / TAGSTACK_CHUNK];
	/* relaxed: written under the lock; others learn of it by a head */
	if (sl_load_rlx(chunk) != NULL)
		return true;
	memory = sl_fixalloc_alloc(&tagstack_table.memory);
	sl_store_rlx(chunk, memory); /* relaxed: as above */
	return memory != NULL;
}

/* Give the span a number, for ever; 0: there is no memory for another. */
static SL_NOINLINE uint32_t
tagstack_number_slow(struct sl_mspan *s)
{
	uint32_t n; /* from 1 */

	sl_set_lock(&tagstack_table.lock);
	n = tagstack_table.given + 1;
	if (!tagstack_has_entry_locked(n)) {
		sl_mutex_unlock(&tagstack_table.lock);
		return 0;
	}
	tagstack_table.given = n;
	tagstack_entry(n)->span = s;
	sl_mutex_unlock(&tagstack_table.lock);
	return n;
}

/* The number of a span that the caller is about to insert, or 0: the caller
 * spills it. */
static inline uint32_t
tagstack_number(struct sl_mspan *s)
{
	/* Whoever inserts or takes a span owns this word of it, and core never
	 * writes it. */
	if (s->set.w[0] == 0)
		s->set.w[0] = tagstack_number_slow(s);
	return (uint32_t)s->set.w[0];
}

/* One try.  False: another thread pushed or popped meanwhile. */
static inline bool
tagstack_try_push(struct tagstack *k, uint32_t number)
{
	uint64_t head = sl_load_rlx(&k->head); /* relaxed: the CAS decides */

	/* relaxed: ordered by the head; a late pop may look */
	sl_store_rlx(&tagstack_entry(number)->below, (uint32_t)head);
	/* LP: insert.  pairs(tagstack.head): who finds the number finds its
	 * entry, the chunk of it, and what we did to the span. */
	return sl_cas_rel(&k->head, &head, (head >> 32 << 32) | number);
}

static inline uint64_t
tagstack_next_tag(uint64_t head)
{
	return ((head >> 32) + 1) & ((UINT64_C(1) << SL_TAGSTACK_TAG_BITS) - 1);
}

/* One try.  False: another thread pushed or popped meanwhile.  True: *s is the
 * span that was on top, or NULL. */
static inline bool
tagstack_try_pop(struct tagstack *k, struct sl_mspan **s)
{
	struct tagstack_entry *e;
	uint64_t head, next;

	*s = NULL;
	/* pairs(tagstack.head): the entry, and the span as its inserter left
	 * it.  All changes of the head are swaps, so this holds for inserters
	 * of spans further down too. */
	head = sl_load_acq(&k->head);
	if ((uint32_t)head == 0)
		return true; /* LP: claim of nothing, at the load */
	e = tagstack_entry((uint32_t)head);
	/* relaxed: if the span is not on top any more, the swap fails and this
	 * is forgotten */
	next = tagstack_next_tag(head) << 32 | sl_load_rlx(&e->below);
	/* LP: claim.  relaxed: what head says was acquired with it. */
	if (!sl_cas_rlx(&k->head, &head, next))
		return false;
	*s = e->span;
	return true;
}

static void
tagstack_walk(
    struct tagstack *k, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	/* relaxed: no other thread is inside the allocator */
	uint32_t n = (uint32_t)sl_load_rlx(&k->head);

	while (n != 0) {
		struct tagstack_entry *e = tagstack_entry(n);

		n = sl_load_rlx(&e->below); /* relaxed: as above */
		visit(e->span, arg);
	}
}

static void
tagstack_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&tagstack_table.lock);
}

static void
tagstack_fork_done(void)
{
	sl_mutex_unlock_after_fork(&tagstack_table.lock);
}

#endif /* VARIANTS_TAGSTACK_H */
