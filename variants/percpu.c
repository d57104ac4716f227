/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * percpu.c - variant percpu: a short stack of spans for each CPU and class, and
 * one list per class behind them.
 * Called by core through the seam (core/mcentral.h).
 *
 * A span goes to the stack of the CPU that its inserter runs on, and comes
 * from there: without a lock or a locked instruction, and mostly from a near
 * cache, by restartable sequences (core/rseq.h).  A stack of 15 that is full
 * gives half to the class's list, under its lock; one that is empty takes some
 * from there; when that is empty too, half of the longest stack of another
 * CPU is stolen, for which the kernel interrupts whoever is at it.
 *
 * Where there are no restartable sequences (core/rseq.h says when), or for a
 * thread that has none, or on a CPU beyond CPUS_MAX, everything goes by the
 * list: then this is mutex.  sl_variant_mode() says which it is.
 *
 *             insert   claim    steal    walk
 *   insert    cpu      cpu      -        X     cpu: by one thread at a time,
 *   claim              cpu      -        X     since both run there
 *   steal                       lock     X     lock: serialized, per class
 *                                              -: who meets a thief goes by the
 *                                              list   X: quiescent only
 *
 * Progress: a CPU's own stack is obstruction-free, an interrupted sequence
 * begins anew; after TRIES, and when the stack is full or empty, blocking.
 * Order: none.
 * ABA: none, the number of a stack changes only in sequences that nobody else
 * is inside, or while the stack is barred.
 * Reclamation: links of the list lie in the spans' descriptors; stacks of CPUs
 * are never unmapped.
 * Bound: 128 bytes per class for each CPU that the process ran on, and at most
 * 15 spans per class that lie at a CPU where nobody claims.
 * Fork: locks are taken, so no stack is barred; a sequence that a lost thread
 * was in did not happen.
 * Bonwick and Adams, USENIX 2001 (magazines per CPU); Desnoyers, LWN 650333,
 * 2015, and TCMalloc (restartable sequences).
 */
#include "core/die.h"
#include "core/mcentral.h"
#include "core/persistent.h"
#include "core/rseq.h"
#include "variants/spanlist.h"

enum {
	CPUS_MAX = 1024,
	BATCH = (SL_RSEQ_SLOTS + 1) / 2, /* between a stack and the list: 8 */
	TRIES = 4,                       /* of an interrupted sequence */
};

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "no lock on a CPU's own stack; blocking when it is full or "
		"empty",
    .order = "none",
    .reclamation = "none needed: arrays per CPU, links in type-stable "
		   "descriptors",
    .aba = "none: a stack is changed by one thread at a time",
    .paper = "Bonwick and Adams, USENIX 2001; Desnoyers, LWN 650333, 2015",
    .claim_leaves_listed = false,
    .insert = SL_MOSTLY_LOCK_FREE,
    .claim = SL_MOSTLY_LOCK_FREE,
    .miss = SL_MISS_BUSY,
    .counts = SL_COUNTS_LOCKS,
};

struct cpu {
	struct sl_rseq_stack stack[SL_NUM_BAGS];
};

struct shared {
	alignas(SL_CACHELINE) struct sl_mutex lock;
	struct spanlist spans; /* under lock; peeked at without */
};

static struct shared shared[SL_NUM_BAGS];

static const char *why_not; /* there are no stacks; constant after init */
static _Atomic(struct cpu *) cpus[CPUS_MAX];
static _Atomic(int) ncpus; /* all numbers seen are below it */
static struct sl_mutex cpus_lock = SL_MUTEX_INIT(SL_RANK_SET_INNER);

/* --- stacks of CPUs ---------------------------------------------------- */

static SL_NOINLINE struct cpu *
new_cpu(int n)
{
	struct cpu *c;

	sl_mutex_lock(&cpus_lock);
	c = sl_load_rlx(&cpus[n]); /* relaxed: under the lock */
	if (c == NULL)
		/* NULL, without memory: by the list */
		c = sl_persistent_alloc(sizeof(*c), SL_CACHELINE);
	/* pairs(percpu.cpu): it is zeroed. */
	sl_store_rel(&cpus[n], c);
	if (sl_load_rlx(&ncpus) <= n)        /* relaxed: under the lock */
		sl_store_rlx(&ncpus, n + 1); /* relaxed: thieves ask cpus[] */
	sl_mutex_unlock(&cpus_lock);
	return c;
}

/* The stack of the CPU that we run on, or NULL. */
static struct sl_rseq_stack *
stack_here(sl_bag bag, int *n)
{
	struct cpu *c;

	*n = why_not == NULL ? sl_rseq_cpu() : -1;
	if (*n < 0 || *n >= CPUS_MAX)
		return NULL;
	c = sl_load_acq(&cpus[*n]); /* pairs(percpu.cpu) */
	if (c == NULL)
		c = new_cpu(*n);
	return c == NULL ? NULL : &c->stack[bag];
}

/* False: there is no room, or no stack. */
static bool
push_here(sl_bag bag, struct sl_mspan *s)
{
	for (unsigned i = 0; i < TRIES; i++) {
		enum sl_rseq_result r = SL_RSEQ_CANNOT;
		struct sl_rseq_stack *k;
		int n;

		k = stack_here(bag, &n);
		if (k != NULL)
			r = sl_rseq_push(k, n, s);
		if (r != SL_RSEQ_AGAIN)
			return r == SL_RSEQ_DONE;
	}
	return false;
}

static struct sl_mspan *
pop_here(sl_bag bag)
{
	for (unsigned i = 0; i < TRIES; i++) {
		enum sl_rseq_result r = SL_RSEQ_CANNOT;
		struct sl_rseq_stack *k;
		void *s;
		int n;

		k = stack_here(bag, &n);
		if (k != NULL)
			r = sl_rseq_pop(k, n, &s);
		if (r != SL_RSEQ_AGAIN)
			return r == SL_RSEQ_DONE ? s : NULL;
	}
	return NULL;
}

/* --- the list, under its lock ------------------------------------------ */

/* Take one span from the list, and BATCH - 1 to this CPU. */
static struct sl_mspan *
refill_locked(struct shared *k, sl_bag bag)
{
	struct sl_mspan *first = spanlist_pop(&k->spans), *s;

	for (unsigned i = 1; i < BATCH && (s = spanlist_pop(&k->spans)) != NULL;
	     i++) {
		if (!push_here(bag, s)) {
			spanlist_push(&k->spans, s);
			break;
		}
	}
	return first;
}

/* --- thieves ----------------------------------------------------------- */

static unsigned
length(struct sl_rseq_stack *k)
{
	return sl_load_rlx(&k->n); /* relaxed: a peek */
}

/* The longest stack of the class, or NULL: all are empty. */
static struct sl_rseq_stack *
longest(sl_bag bag, int *n)
{
	struct sl_rseq_stack *found = NULL;
	int all = sl_load_rlx(&ncpus); /* relaxed: a peek */

	for (int i = 0; i < all; i++) {
		struct cpu *c = sl_load_acq(&cpus[i]); /* pairs(percpu.cpu) */
		struct sl_rseq_stack *k;

		if (c == NULL)
			continue;
		k = &c->stack[bag];
		if (length(k) > (found == NULL ? 0 : length(found))) {
			found = k;
			*n = i;
		}
	}
	return found;
}

/* Move half of another CPU's stack to the list. */
static void
steal_locked(struct shared *shared_list, struct sl_rseq_stack *k, int cpu)
{
	unsigned n, left;

	if (!sl_rseq_stop(k, cpu))
		return;
	/* relaxed: barred, and the kernel's barrier is behind us */
	n = sl_load_rlx(&k->n);
	for (left = n / 2; n > left; n--)
		/* relaxed: as above */
		spanlist_push(
		    &shared_list->spans, sl_load_rlx(&k->slot[n - 1]));
	sl_store_rlx(&k->n, left); /* relaxed: go publishes it */
	sl_rseq_go(k);
}

/* --- the seam ---------------------------------------------------------- */

void
sl_set_init(void)
{
	why_not = sl_rseq_init();
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&shared[i].lock, SL_RANK_SET);
}

const char *
sl_set_mode(void)
{
	static char text[128];

	if (why_not == NULL)
		return "restartable sequences";
	sl_format(text, sizeof(text), "one lock per class: %s", why_not);
	return text;
}

static SL_NOINLINE void
insert_slow(sl_bag bag, struct sl_mspan *s)
{
	struct shared *k = &shared[bag];

	sl_set_lock(&k->lock);
	spanlist_push(&k->spans, s); /* LP: insert, at the unlock */
	/* Make room for the next ones. */
	for (unsigned i = 1; i < BATCH && (s = pop_here(bag)) != NULL; i++)
		spanlist_push(&k->spans, s);
	sl_mutex_unlock(&k->lock);
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	if (!push_here(bag, s)) /* LP: insert, in sl_rseq_push() */
		insert_slow(bag, s);
	sl_count(&sl_set_tally->inserts);
}

static SL_NOINLINE struct sl_mspan *
claim_slow(sl_bag bag)
{
	struct shared *k = &shared[bag];
	struct sl_rseq_stack *victim = NULL;
	struct sl_mspan *s;
	int cpu = 0;

	if (spanlist_is_empty(&k->spans)) {
		victim = longest(bag, &cpu);
		if (victim == NULL)
			return NULL;
	}
	sl_set_lock(&k->lock);
	s = refill_locked(k, bag);
	if (s == NULL && victim != NULL) {
		steal_locked(k, victim, cpu);
		s = refill_locked(k, bag);
	}
	sl_mutex_unlock(&k->lock);
	return s;
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct sl_mspan *s = pop_here(bag); /* LP: claim */

	if (s == NULL)
		s = claim_slow(bag);
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&shared[i].lock);
	sl_mutex_lock_for_fork(&cpus_lock);
}

void
sl_set_fork_parent(void)
{
	sl_mutex_unlock_after_fork(&cpus_lock);
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&shared[i].lock);
}

void
sl_set_fork_child(void)
{
	/* If the child has none, what lies there is lost to claims, and the
	 * list goes on; no kernel is known to take them away in a fork. */
	if (why_not == NULL)
		(void)sl_rseq_init();
	sl_set_fork_parent();
}

static void
walk_stack(struct sl_rseq_stack *k, void (*visit)(struct sl_mspan *, void *),
    void *arg)
{
	for (unsigned i = 0; i < length(k); i++)
		visit(sl_load_rlx(&k->slot[i]), arg); /* relaxed: quiescent */
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	int n = sl_load_rlx(&ncpus); /* relaxed: no other thread is inside */

	for (int i = 0; i < n; i++) {
		/* relaxed: as above */
		struct cpu *c = sl_load_rlx(&cpus[i]);

		if (c != NULL)
			walk_stack(&c->stack[bag], visit, arg);
	}
	spanlist_walk(&shared[bag].spans, visit, arg);
}
