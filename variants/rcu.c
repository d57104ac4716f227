/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcu.c - variant rcu: an RCU-protected list of spans per class, on liburcu.
 * Called by core through the seam (core/mcentral.h).
 *
 * The list is made of nodes apart from the spans.  A claim walks it under
 * rcu_read_lock and takes a span where it stands, by one CAS on the span's
 * word; the node stays, and so does L ("sticky"): when the span is given up
 * again there is nothing to insert.  Nodes of spans that have nothing to
 * offer are dead weight; a claim that walked past enough of them unlinks them
 * in bulk, if it gets the class's mutex at once.  An unlinked node waits in
 * limbo for a grace period, since a reader may stand on it; the span it
 * pointed to need not wait, for a claim depends on the span's word alone.
 *
 *             insert   claim    unlink   remove   walk
 *   insert    lock     -        lock     lock     X
 *   claim              -        -        -        X     -: any threads at once
 *   unlink                      lock     lock     X     lock: serialized
 *   remove                               lock     X     X: quiescent only
 *
 * Progress: claim is lock-free (one try of the mutex, never a wait for it);
 * insert blocks on the class's mutex; a thread that finds limbo half full
 * waits for one grace period for all its nodes.  Order: LIFO of insertion.
 * ABA: a node is reused only after a grace period; the span's word has a
 * generation.  Reclamation: synchronize_rcu in batches, outside all locks.
 * Bound: unlinking stops while a class has LIMBO_MAX nodes in limbo, so nodes
 * <= spans + LIMBO_MAX per class however long a reader stalls.
 *
 * The flavour is liburcu-bp, called through its functions: threads register
 * by themselves, which a preloaded malloc needs.  Never used: call_rcu and
 * what builds on it, which allocate.  A program that itself uses liburcu-bp
 * shares its registry: this set does not wait for a grace period inside such
 * a program's read section, but a program that allocates while it holds a
 * lock for which one of its own readers waits can deadlock.
 * McKenney and Slingwine, PDCS 1998; Desnoyers et al., IEEE TPDS 2012.
 */
#include <urcu/urcu-bp.h>

#include "core/die.h"
#include "core/fixalloc.h"
#include "core/mcentral.h"

enum {
	/* Nodes walked past that make unlinking worth while. */
	DEAD_ENOUGH = SL_SET_SMALL ? 1 : 8,
	/* 32 KiB of nodes per class at most wait for a grace period, which
	 * takes milliseconds when threads outnumber CPUs. */
	LIMBO_MAX = SL_SET_SMALL ? 4 : 1024,
	LIMBO_BATCH = LIMBO_MAX / 2, /* one grace period for at least so many */
};

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "claim lock-free, insert blocking",
    .order = "LIFO",
    .reclamation = "nodes after a grace period, in batches of 512 to 1024",
    .aba = "nodes reused after a grace period; generation in the span",
    .paper = "McKenney and Slingwine, PDCS 1998; Desnoyers et al., TPDS "
	     "2012",
    .claim_leaves_listed = true,
    .insert = SL_BLOCKING,
    .claim = SL_MOSTLY_LOCK_FREE,
    .miss = SL_MISS_BUSY,
    .counts = SL_COUNTS_LOCKS | SL_COUNTS_SCANNED | SL_COUNTS_GRACE_PERIODS,
};

struct node {
	_Atomic(struct node *) next; /* readers follow it */
	struct node *prev;           /* under the class's lock */
	struct sl_mspan *span;       /* constant while linked or in limbo */
};

struct list {
	alignas(SL_CACHELINE) _Atomic(struct node *) head;
	alignas(SL_CACHELINE) struct sl_mutex lock;
	struct node *limbo; /* under lock: unlinked, by `prev` */
	unsigned nlimbo;    /* under lock: these and the batch that waits */
	bool waiting;       /* under lock: a thread waits for a batch */
};

static struct list lists[SL_NUM_BAGS];

static struct sl_mutex pool_lock = SL_MUTEX_INIT(SL_RANK_SET_INNER);
static struct sl_fixalloc pool;   /* under pool_lock */
static _Atomic(uint64_t) backlog; /* nodes in limbo, all classes */

/* Where a span says which node is its own; NULL while L is set: whoever set L
 * has not inserted it yet.  Under the class's lock. */
static struct node **
node_of(struct sl_mspan *s)
{
	return (struct node **)&s->set.w[0];
}

void
sl_set_init(void)
{
	sl_fixalloc_init(&pool, sizeof(struct node), 32, false, NULL, NULL);
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&lists[i].lock, SL_RANK_SET);
}

static struct node *
new_node(void)
{
	struct node *n;

	sl_mutex_lock(&pool_lock);
	n = sl_fixalloc_alloc(&pool);
	sl_mutex_unlock(&pool_lock);
	/* 32 bytes for a span of at least 8192: if they cannot be had, the
	 * program is at its end, and a lost span would hide it. */
	if (n == NULL)
		sl_throw("rcu: no memory for a list node");
	return n;
}

static void
free_nodes(struct node *n)
{
	struct node *next;

	sl_mutex_lock(&pool_lock);
	for (; n != NULL; n = next) {
		next = n->prev;
		sl_fixalloc_free(&pool, n);
	}
	sl_mutex_unlock(&pool_lock);
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];
	struct node *n = new_node(), *head;

	n->span = s;
	n->prev = NULL;
	sl_set_lock(&l->lock);
	head = sl_load_rlx(&l->head); /* relaxed: under the lock */
	sl_store_rlx(&n->next, head); /* relaxed: private until linked */
	if (head != NULL)
		head->prev = n;
	*node_of(s) = n;
	/* LP: insert.  pairs(rcu.node): a reader finds next and span set. */
	sl_store_rel(&l->head, n);
	sl_mutex_unlock(&l->lock);
	sl_count(&sl_set_tally->inserts);
}

/* Take a node whose span is no longer listed out of the list. */
static void
unlink_locked(struct list *l, struct node *n)
{
	struct node *next = sl_load_rlx(&n->next); /* relaxed: under lock */

	if (n->prev != NULL)
		/* pairs(rcu.node): next was published before n was. */
		sl_store_rel(&n->prev->next, next);
	else
		/* pairs(rcu.node): as above. */
		sl_store_rel(&l->head, next);
	if (next != NULL)
		next->prev = n->prev;
	*node_of(n->span) = NULL;
	n->prev = l->limbo; /* readers never follow prev */
	l->limbo = n;
	l->nlimbo++;
	/* relaxed: a statistic */
	sl_fetch_add_rlx(&backlog, 1);
}

/* Unlink nodes whose spans have nothing to offer among the first `most`, those
 * that the caller has walked past, if nobody else is at it. */
static void
unlink_dead(sl_bag bag, struct list *l, unsigned most)
{
	struct node *n, *next;

	if (!sl_mutex_trylock(&l->lock))
		return;
	sl_count(&sl_set_tally->lock_acquisitions);
	/* relaxed: under the lock */
	for (n = sl_load_rlx(&l->head); n != NULL && most > 0; n = next) {
		next = sl_load_rlx(&n->next); /* relaxed: under the lock */
		if (l->nlimbo >= LIMBO_MAX)
			break;
		if (sl_mspan_try_unlist(n->span, bag))
			unlink_locked(l, n);
		most--;
	}
	sl_mutex_unlock(&l->lock);
}

/* One grace period for all nodes in limbo, if there are enough and nobody
 * else is waiting for one.  No lock is held meanwhile. */
static void
reclaim(struct list *l)
{
	struct node *batch;
	unsigned n = 0;
	int cancel;

	if (urcu_bp_read_ongoing() || !sl_mutex_trylock(&l->lock))
		return;
	if (l->waiting || l->nlimbo < LIMBO_BATCH) {
		sl_mutex_unlock(&l->lock);
		return;
	}
	l->waiting = true;
	batch = l->limbo;
	l->limbo = NULL;
	sl_mutex_unlock(&l->lock);
	cancel = sl_cancel_disable(); /* liburcu waits by poll() */
	urcu_bp_synchronize_rcu();
	sl_cancel_restore(cancel);
	sl_count(&sl_set_tally->grace_periods);
	for (struct node *i = batch; i != NULL; i = i->prev)
		n++;
	free_nodes(batch);
	sl_set_lock(&l->lock);
	l->waiting = false;
	l->nlimbo -= n;
	sl_mutex_unlock(&l->lock);
	/* relaxed: a statistic */
	sl_fetch_sub_rlx(&backlog, n);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct list *l = &lists[bag];
	struct sl_mspan *s = NULL;
	unsigned dead = 0;
	struct node *n;

	/* relaxed: a peek; to see a span too late is to see an empty list */
	if (sl_load_rlx(&l->head) == NULL)
		return NULL;
	urcu_bp_read_lock();
	/* pairs(rcu.node): the node's next and span are set. */
	n = sl_load_acq(&l->head);
	while (n != NULL && !sl_mspan_try_claim(n->span, bag)) {
		dead++;
		n = sl_load_acq(&n->next); /* pairs(rcu.node) */
	}
	if (n != NULL)
		s = n->span; /* LP: claim, in sl_mspan_try_claim */
	urcu_bp_read_unlock();
	if (dead != 0)
		sl_count_add(&sl_set_tally->scanned, dead);
	if (dead >= DEAD_ENOUGH) {
		unlink_dead(bag, l, dead);
		reclaim(l);
	}
	return s;
}

bool
sl_set_remove(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];
	struct node *n;
	bool done = true, is_due;

	sl_set_lock(&l->lock);
	n = *node_of(s);
	if (!sl_mspan_is_listed(s)) {
		/* A bulk unlink has taken it off: we hold its lock. */
	} else if (n == NULL || l->nlimbo >= LIMBO_MAX) {
		done = false; /* its inserter is on the way, or limbo is full */
	} else {
		sl_mspan_unlist_owned(s);
		unlink_locked(l, n);
	}
	is_due = l->nlimbo >= LIMBO_BATCH;
	sl_mutex_unlock(&l->lock);
	if (is_due)
		reclaim(l);
	return done;
}

void
sl_set_thread_enter(void)
{
	/* Now, not at the first claim: registration may call malloc.  At the
	 * thread's end liburcu-bp's own key destructor unregisters it; the
	 * thread claims no more, so it will not register again. */
	urcu_bp_register_thread();
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&lists[i].lock);
	sl_mutex_lock_for_fork(&pool_lock);
	urcu_bp_before_fork();
}

static void
unlock_all(void)
{
	sl_mutex_unlock_after_fork(&pool_lock);
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&lists[i].lock);
}

void
sl_set_fork_parent(void)
{
	urcu_bp_after_fork_parent();
	unlock_all();
}

void
sl_set_fork_child(void)
{
	urcu_bp_after_fork_child();
	for (unsigned i = 0; i < sl_num_bags(); i++) {
		unsigned n = 0;

		/* A batch that another thread was waiting with is lost. */
		for (struct node *j = lists[i].limbo; j != NULL; j = j->prev)
			n++;
		/* relaxed: a statistic */
		sl_fetch_sub_rlx(&backlog, lists[i].nlimbo - n);
		lists[i].nlimbo = n;
		lists[i].waiting = false;
	}
	unlock_all();
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct node *n, *next;

	/* relaxed: no other thread is inside the allocator */
	for (n = sl_load_rlx(&lists[bag].head); n != NULL; n = next) {
		next = sl_load_rlx(&n->next); /* relaxed: as above */
		visit(n->span, arg);
	}
}

uint64_t
sl_set_backlog(void)
{
	return sl_load_rlx(&backlog); /* relaxed: a statistic */
}
