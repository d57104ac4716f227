/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * none.c - bounds none and faa: lists that no two threads share.
 * Called by core through the seam (core/mcentral.h).
 *
 * No set to use but limits to compare sets with.  In `none` each thread
 * inserts into a list of its own and claims from it, so an operation costs
 * what it costs without any sharing: no set can do better.  `faa` does the
 * same and one fetch_add on a word of the class that all threads share: what
 * no set can do better than whose every operation changes one shared word.
 *
 * Spans must not be lost, so something is shared where threads do not take
 * what they put: of a list longer than SURPLUS half goes to a list under the
 * class's lock, and so does all when a thread ends; who finds its own list
 * empty takes SURPLUS / 2 spans from there.  Otherwise a thread finds nothing
 * although another's list has spans.
 *
 *             insert   claim    walk
 *   insert    -        -        X        -: any threads at once, but the
 *   claim              -        X        shared list by one at a time
 *                                        X: not while others are inside
 *
 * Progress: wait-free, but for the shared list, which blocks.  Order: none
 * (LIFO by thread).
 * ABA: none, a list is changed by its thread or under the lock.  Reclamation:
 * none needed, the links lie in the spans' descriptors; the lists of a thread
 * that ended serve another.
 * Bound: 16 bytes per thread and class, and SURPLUS spans per thread and class
 * that no other thread can claim.
 * Fork: the locks are taken; in the child the lists of the lost threads, which
 * are whole at every instant, are moved to the shared ones.
 * Paper: none; as reference lines, LaMarca, PODC 1994 (fetch-and-add), and
 * Boyd-Wickizer et al., OSDI 2010 (per-core lists).
 */
#include "core/fixalloc.h"
#include "core/mcentral.h"

#ifndef SL_NONE_FAA
#define SL_NONE_FAA 0
#endif

enum { SURPLUS = SL_SET_SMALL ? 2 : 64 };

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "wait-free; blocking where spans go from thread to thread",
    .order = "none",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "none: a list has one writer",
    .paper = SL_NONE_FAA ? "one fetch_add per operation: a reference line"
			 : "nothing shared: a reference line",
    .claim_leaves_listed = false,
    .is_bound = SL_VARIANT_BOUND,
    .insert = SL_MOSTLY_LOCK_FREE,
    .claim = SL_MOSTLY_LOCK_FREE,
    .miss = SL_MISS_ANY,
    .counts = SL_COUNTS_LOCKS,
};

struct list {
	_Atomic(struct sl_mspan *) head;
	size_t n;
};

/* What one thread has. */
struct own {
	struct list list[SL_NUM_BAGS];
	struct own *next; /* under owns_lock: of all that were ever made */
	bool is_free;     /* under owns_lock: its lists are empty */
};

struct shared {
	alignas(SL_CACHELINE) struct sl_mutex lock;
	struct list list;                              /* under lock */
	alignas(SL_CACHELINE) _Atomic(uint64_t) count; /* faa only */
};

static struct shared shared[SL_NUM_BAGS];

static struct sl_mutex owns_lock = SL_MUTEX_INIT(SL_RANK_SET_INNER);
static struct sl_fixalloc owns_memory; /* under owns_lock */
static struct own *owns;               /* under owns_lock */

static _Thread_local struct own *own; /* NULL: outside enter and leave */

/* --- lists ------------------------------------------------------------- */

static void
push(struct list *l, struct sl_mspan *s)
{
	/* relaxed: one writer */
	s->set.w[0] = (uintptr_t)sl_load_rlx(&l->head);
	/* pairs(none.lost): a child after fork finds the link of what the head
	 * points to. */
	sl_store_rel(&l->head, s);
	l->n++;
}

static struct sl_mspan *
pop(struct list *l)
{
	struct sl_mspan *s = sl_load_rlx(&l->head); /* relaxed: one writer */

	if (s == NULL)
		return NULL;
	/* pairs(none.lost): as above. */
	sl_store_rel(&l->head, (struct sl_mspan *)s->set.w[0]);
	l->n--;
	return s;
}

static void
move(struct list *from, struct list *to, size_t n)
{
	struct sl_mspan *s;

	for (; n > 0 && (s = pop(from)) != NULL; n--)
		push(to, s);
}

static void
visit_list(struct list *l, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct sl_mspan *s, *next;

	/* relaxed: no other thread is inside the allocator */
	for (s = sl_load_rlx(&l->head); s != NULL; s = next) {
		next = (struct sl_mspan *)s->set.w[0];
		visit(s, arg);
	}
}

/* --- threads ----------------------------------------------------------- */

void
sl_set_init(void)
{
	sl_fixalloc_init(
	    &owns_memory, sizeof(struct own), SL_CACHELINE, true, NULL, NULL);
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&shared[i].lock, SL_RANK_SET);
}

void
sl_set_thread_enter(void)
{
	struct own *o;

	sl_mutex_lock(&owns_lock);
	for (o = owns; o != NULL && !o->is_free; o = o->next)
		;
	if (o == NULL) {
		o = sl_fixalloc_alloc(&owns_memory);
		if (o != NULL) {
			o->next = owns;
			owns = o;
		}
	}
	if (o != NULL)
		o->is_free = false;
	sl_mutex_unlock(&owns_lock);
	own = o; /* NULL, without memory: uses what is shared */
}

/* Move all that a thread has to the shared lists. */
static void
give_all(struct own *o)
{
	for (unsigned i = 0; i < sl_num_bags(); i++) {
		/* pairs(none.lost): if the thread was lost in a fork, the
		 * links of the spans that it had put there. */
		if (sl_load_acq(&o->list[i].head) == NULL)
			continue;
		sl_set_lock(&shared[i].lock);
		move(&o->list[i], &shared[i].list, SIZE_MAX);
		sl_mutex_unlock(&shared[i].lock);
		o->list[i].n = 0; /* a lost thread may have left it wrong */
	}
}

void
sl_set_thread_leave(void)
{
	if (own == NULL)
		return;
	give_all(own);
	sl_mutex_lock(&owns_lock);
	own->is_free = true;
	sl_mutex_unlock(&owns_lock);
	own = NULL;
}

void
sl_set_settle(void)
{
	for (struct own *o = owns; o != NULL; o = o->next)
		give_all(o);
}

/* --- the seam ---------------------------------------------------------- */

static void
count_shared(sl_bag bag)
{
	if (SL_NONE_FAA)
		/* relaxed: it orders nothing; its cost is what matters */
		sl_fetch_add_rlx(&shared[bag].count, 1);
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct shared *k = &shared[bag];
	struct own *o = own;

	if (o == NULL) {
		sl_set_lock(&k->lock);
		push(&k->list, s);
		sl_mutex_unlock(&k->lock);
	} else {
		push(&o->list[bag], s); /* LP: insert */
		if (o->list[bag].n > SURPLUS) {
			sl_set_lock(&k->lock);
			move(&o->list[bag], &k->list, SURPLUS / 2);
			sl_mutex_unlock(&k->lock);
		}
	}
	count_shared(bag);
	sl_count(&sl_set_tally->inserts);
}

/* Take some from the shared list; returns one of them, or NULL. */
static SL_NOINLINE struct sl_mspan *
claim_slow(sl_bag bag)
{
	struct shared *k = &shared[bag];
	struct sl_mspan *s;

	/* relaxed: a peek; to see a span too late is to see an empty list */
	if (sl_load_rlx(&k->list.head) == NULL)
		return NULL;
	sl_set_lock(&k->lock);
	s = pop(&k->list);
	if (own != NULL)
		move(&k->list, &own->list[bag], SURPLUS / 2 - 1);
	sl_mutex_unlock(&k->lock);
	return s;
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct sl_mspan *s = own == NULL ? NULL : pop(&own->list[bag]);

	if (s == NULL)
		s = claim_slow(bag);
	if (s == NULL)
		return NULL;
	count_shared(bag);
	sl_mspan_take(s); /* LP: claim, in pop() */
	return s;
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&shared[i].lock);
	sl_mutex_lock_for_fork(&owns_lock);
}

void
sl_set_fork_parent(void)
{
	sl_mutex_unlock_after_fork(&owns_lock);
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&shared[i].lock);
}

void
sl_set_fork_child(void)
{
	struct own *o;

	sl_set_fork_parent();
	for (o = owns; o != NULL; o = o->next) {
		if (o == own || o->is_free)
			continue;
		give_all(o); /* a span in its thread's hand is lost with it */
		o->is_free = true;
	}
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct own *o;

	for (o = owns; o != NULL; o = o->next)
		visit_list(&o->list[bag], visit, arg);
	visit_list(&shared[bag].list, visit, arg);
}
