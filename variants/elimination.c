/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * elimination.c - variant elimination: a stack, and places beside it where an
 * insertion and a claim that both lost a try find each other.
 * Called by core through the seam (core/mcentral.h).
 *
 * The stack is that of tagstack (variants/tagstack.h).  There a thread whose
 * try failed waits a while and tries again.  Here it makes use of the wait: an
 * inserter lays its span in one of the class's places, and a claimer looks
 * into one.  If they meet, both are through without having changed the head.
 * What an inserter finds untaken when its wait is over it takes back.
 *
 *             insert   claim    walk
 *   insert    -        -        X        -: any threads at once
 *   claim              -        X        X: not while others are inside
 *
 * How many places are in use adapts: each thread begins with one, doubles them
 * when it finds its place taken by another inserter and halves them when
 * nobody came.
 *
 * Progress: lock-free as tagstack; a wait for a partner is bounded by the
 * backoff.  Order: LIFO, an insertion and a claim that meet being next to each
 * other in it.
 * ABA: of the stack, see there; of a place, a tag of 32 bits that each offer
 * advances, so that what a late thread takes or takes back is the offer that
 * it saw.
 * Reclamation: none, as in tagstack.  Bound: tagstack's, and 512 bytes per
 * class.
 * Fork: as tagstack; in the child offers of threads that are no more go to the
 * stack.
 * Hendler, Shavit and Yerushalmi, SPAA 2004.
 */
#include "variants/tagstack.h"

enum {
	PLACES = 8,    /* per class; a power of two */
	LOOK_EACH = 8, /* pauses of an inserter between looks at its offer */
};

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "lock-free; blocking when a span is inserted for the first "
		"time",
    .order = "LIFO",
    .reclamation = "none needed: links in a table that only grows",
    .aba = "tags of 32 bits beside the numbers of spans, one word",
    .paper = "Hendler, Shavit and Yerushalmi, SPAA 2004",
    .claim_leaves_listed = false,
    .insert = SL_MOSTLY_LOCK_FREE,
    .claim = SL_LOCK_FREE,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_CAS_FAILURES | SL_COUNTS_LOCKS | SL_COUNTS_HELPED,
};

/* Tag << 32 | number of the span on offer, 0: none. */
struct place {
	alignas(SL_CACHELINE) _Atomic(uint64_t) offer;
};

static struct class
{
	struct tagstack stack;
	struct place place[PLACES];
} classes[SL_NUM_BAGS];

/* Of a thread: places in use, and the state of its random numbers. */
static _Thread_local unsigned range = 1;
static _Thread_local uint32_t dice;
static _Atomic(uint32_t) threads_seen;

/* The offer without its span. */
static uint64_t
emptied(uint64_t offer)
{
	return offer >> 32 << 32;
}

static struct place *
any_place(struct class *k)
{
	/* xorshift (Marsaglia); by numbers, not by addresses, so that a run of
	 * the model can be repeated.  relaxed: a number nobody else has. */
	if (dice == 0)
		dice = sl_fetch_add_rlx(&threads_seen, 1) * 0x9e3779b9u | 1;
	dice ^= dice << 13;
	dice ^= dice >> 17;
	dice ^= dice << 5;
	return &k->place[dice & (range - 1)];
}

static void
wait_alone(struct sl_backoff *b)
{
	sl_backoff_pause(b);
	if (range > 1)
		range /= 2;
}

/* Lay a span out while the backoff lasts.  True: a claimer has taken it. */
static SL_NOINLINE bool
offer(struct class *k, uint32_t number, struct sl_backoff *b)
{
	struct place *p = any_place(k);
	uint64_t old = sl_load_rlx(&p->offer), mine; /* relaxed: CAS */

	mine = emptied(old) + (UINT64_C(1) << 32) + number;
	/* pairs(elimination.offer): who finds the number finds its entry, and
	 * what we did to the span. */
	if ((uint32_t)old != 0 || !sl_cas_rel(&p->offer, &old, mine)) {
		sl_backoff_pause(b);
		if (range < PLACES)
			range *= 2;
		return false;
	}
	for (unsigned n = sl_backoff_next(b), i = 1; i <= n; i++) {
		sl_cpu_relax();
		/* relaxed: a look; we read nothing of the taker's */
		if (i % LOOK_EACH == 0 && sl_load_rlx(&p->offer) != mine)
			return true;
	}
	old = mine;
	/* If it fails a claimer was here.  relaxed: our own offer */
	if (!sl_cas_rlx(&p->offer, &old, emptied(mine)))
		return true;
	if (range > 1)
		range /= 2;
	return false;
}

/* Take a span that an inserter lays out, or wait a while; NULL: none. */
static SL_NOINLINE struct sl_mspan *
accept(struct class *k, struct sl_backoff *b)
{
	struct place *p = any_place(k);
	/* relaxed: the CAS acquires */
	uint64_t found = sl_load_rlx(&p->offer);

	/* LP: insert, and claim right after it.  If it fails the offer was
	 * taken, or taken back.  pairs(elimination.offer) */
	if ((uint32_t)found != 0 &&
	    sl_cas_acq(&p->offer, &found, emptied(found)))
		return tagstack_entry((uint32_t)found)->span;
	wait_alone(b);
	return NULL;
}

void
sl_set_init(void)
{
	tagstack_init();
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct sl_backoff backoff = sl_backoff_start();
	struct class *k = &classes[bag];
	uint32_t n = tagstack_number(s);

	if (n == 0)
		sl_spill(bag, s);
	while (n != 0 && !tagstack_try_push(&k->stack, n)) {
		sl_count(&sl_set_tally->cas_failures);
		if (offer(k, n, &backoff)) {
			sl_count(&sl_set_tally->helped);
			break;
		}
	}
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct sl_backoff backoff = sl_backoff_start();
	struct class *k = &classes[bag];
	struct sl_mspan *s;

	while (!tagstack_try_pop(&k->stack, &s)) {
		sl_count(&sl_set_tally->cas_failures);
		s = accept(k, &backoff);
		if (s != NULL)
			break;
	}
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_set_fork_prepare(void)
{
	tagstack_fork_prepare();
}

void
sl_set_fork_parent(void)
{
	tagstack_fork_done();
}

static void
take_offer_of_lost(struct class *k, struct place *p)
{
	/* pairs(elimination.offer): as a claimer. */
	uint64_t found = sl_load_acq(&p->offer);

	if ((uint32_t)found == 0)
		return;
	/* relaxed: there is no other thread */
	sl_store_rlx(&p->offer, emptied(found));
	while (!tagstack_try_push(&k->stack, (uint32_t)found))
		;
}

void
sl_set_fork_child(void)
{
	tagstack_fork_done();
	for (unsigned i = 0; i < sl_num_bags(); i++)
		for (unsigned j = 0; j < PLACES; j++)
			take_offer_of_lost(&classes[i], &classes[i].place[j]);
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	tagstack_walk(&classes[bag].stack, visit, arg);
}
