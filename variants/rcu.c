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
 * limbo, one for all classes, for a grace period, since a reader may stand on
 * it; the span it pointed to need not wait, for a claim depends on the span's
 * word alone.
 *
 *             insert   claim    unlink   remove   walk
 *   insert    lock     -        lock     lock     X
 *   claim              -        -        -        X     -: any threads at once
 *   unlink                      lock     lock     X     lock: serialized
 *   remove                               lock     X     X: quiescent only
 *
 * Progress: claim is lock-free (one try of the mutex, never a wait for it);
 * insert blocks on the class's mutex; a thread that finds BATCH nodes in limbo,
 * and nobody who waits with some, waits for one grace period for all.
 * Order: LIFO of insertion.
 * ABA: a node is reused only after a grace period; the span's word has a
 * generation.  Reclamation: synchronize_rcu in batches, outside all locks.
 * Without memory for a node the span is spilled (core/mspill.h).
 * Bound: unlinking stops while as many nodes are in limbo as the option limbo
 * says (65536, which is 2 MiB), and so nodes <= spans + limbo + STOCK per class
 * that is in use, however long a reader stalls.  What stays linked is walked
 * past.
 *
 * The flavour is liburcu-bp, called through its functions: threads register
 * by themselves, which a preloaded malloc needs.  With SL_RCU_MEMB it is
 * liburcu-memb, whose read sections are cheaper, and whose threads must
 * register and leave in time; so only programs that have their threads in hand
 * are linked with it, never a preload library, and they do not fork.  Never
 * used: call_rcu and what builds on it, which allocate.  A program that itself
 * uses the same flavour shares its registry: this set does not wait for a
 * grace period inside such a program's read section, but a program that
 * allocates while it holds a lock for which one of its own readers waits can
 * deadlock.  liburcu-bp aborts if it has no memory to register a thread; so a
 * thread that begins when there is none takes nothing from the set.
 * McKenney and Slingwine, PDCS 1998; Desnoyers et al., IEEE TPDS 2012.
 */
#ifndef SL_RCU_MEMB
#define SL_RCU_MEMB 0
#endif

#if SL_RCU_MEMB
#include <urcu/urcu-memb.h>
#define RCU(call) urcu_memb_##call
#else
#include <urcu/urcu-bp.h>
#define RCU(call) urcu_bp_##call
#endif

#include <sys/mman.h>

#include "core/fixalloc.h"
#include "core/mcentral.h"

enum {
	/* More than liburcu-bp maps at once for 4096 threads. */
	REGISTRY_BYTES = 1 << 20,
	/* Nodes walked past that make unlinking worth while. */
	DEAD_ENOUGH = SL_SET_SMALL ? 1 : 8,
	/* One grace period for at least so many, or half of what may wait. */
	BATCH = SL_SET_SMALL ? 2 : 1024,
	STOCK = 16, /* nodes that a class takes from the pool at once */
};

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "claim lock-free, insert blocking",
    .order = "LIFO",
    .reclamation = "nodes after a grace period, in batches of 1024 or more",
    .aba = "nodes reused after a grace period; generation in the span",
    .paper = "McKenney and Slingwine, PDCS 1998; Desnoyers et al., TPDS "
	     "2012",
    .claim_leaves_listed = true,
    .insert = SL_BLOCKING,
    .claim = SL_MOSTLY_LOCK_FREE,
    .miss = SL_MISS_BUSY,
    .never_forks = SL_RCU_MEMB,
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
	struct node *stock; /* under lock: free nodes, by `prev` */
};

static struct list lists[SL_NUM_BAGS];

/* The thread is registered, and may enter read sections. */
static _Thread_local bool can_read;

/* Nodes of no class. */
static struct {
	struct sl_mutex lock;
	struct sl_fixalloc pool; /* under lock */
	struct node *limbo;      /* under lock: unlinked, by `prev` */
	unsigned nlimbo;         /* under lock */
	bool is_waiting;         /* under lock: a thread, with a batch */
	/* Nodes in limbo, in the batch that waits, and on their way to limbo;
	 * and the most that there were. */
	_Atomic(uint64_t) backlog, most;
} nodes;

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
	sl_mutex_init(&nodes.lock, SL_RANK_SET_INNER);
	sl_fixalloc_init(
	    &nodes.pool, sizeof(struct node), 32, false, NULL, NULL);
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&lists[i].lock, SL_RANK_SET);
}

/* NULL: there is no memory. */
static struct node *
new_node_locked(struct list *l)
{
	struct node *n = l->stock;

	if (n != NULL) {
		l->stock = n->prev;
		return n;
	}
	sl_mutex_lock(&nodes.lock);
	for (unsigned i = 0; i < STOCK; i++) {
		n = sl_fixalloc_alloc(&nodes.pool);
		if (n == NULL)
			break;
		n->prev = l->stock;
		l->stock = n;
	}
	sl_mutex_unlock(&nodes.lock);
	n = l->stock;
	if (n != NULL)
		l->stock = n->prev;
	return n;
}

static void
link_locked(struct list *l, struct node *n, struct sl_mspan *s)
{
	struct node *head;

	n->span = s;
	n->prev = NULL;
	head = sl_load_rlx(&l->head); /* relaxed: under the lock */
	sl_store_rlx(&n->next, head); /* relaxed: private until linked */
	if (head != NULL)
		head->prev = n;
	*node_of(s) = n;
	/* LP: insert.  pairs(rcu.node): a reader finds next and span set. */
	sl_store_rel(&l->head, n);
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];
	struct node *n;

	sl_set_lock(&l->lock);
	n = new_node_locked(l);
	if (n != NULL)
		link_locked(l, n, s);
	sl_mutex_unlock(&l->lock);
	if (n == NULL)
		sl_spill(bag, s);
	sl_count(&sl_set_tally->inserts);
}

/* --- limbo ------------------------------------------------------------- */

/* How many nodes may wait, and for how many a grace period is worth while. */
static unsigned
limbo_max(void)
{
	return SL_SET_SMALL ? 4 : sl_options.limbo;
}

static unsigned
batch_min(void)
{
	return limbo_max() / 2 < BATCH ? limbo_max() / 2 : BATCH;
}

/* Up to n more nodes may be unlinked.  Returns how many. */
static unsigned
reserve(unsigned n)
{
	/* relaxed: a number */
	uint64_t before = sl_fetch_add_rlx(&nodes.backlog, n);
	unsigned room =
	    before >= limbo_max() ? 0 : (unsigned)(limbo_max() - before);

	if (room < n) {
		sl_fetch_sub_rlx(&nodes.backlog, n - room); /* relaxed: same */
		n = room;
	}
	before += n;
	if (before > sl_load_rlx(&nodes.most))     /* relaxed: a statistic */
		sl_store_rlx(&nodes.most, before); /* relaxed: as above */
	return n;
}

/* Take a node whose span is no longer listed out of the list, and put it on
 * top of `unlinked`.  There is a reservation for it. */
static void
unlink_locked(struct list *l, struct node *n, struct node **unlinked)
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
	n->prev = *unlinked; /* readers never follow prev */
	*unlinked = n;
}

/* Put n unlinked nodes into limbo. */
static void
to_limbo(struct node *unlinked, unsigned n)
{
	struct node *last = unlinked;

	if (n == 0)
		return;
	while (last->prev != NULL)
		last = last->prev;
	sl_mutex_lock(&nodes.lock);
	last->prev = nodes.limbo;
	nodes.limbo = unlinked;
	nodes.nlimbo += n;
	sl_mutex_unlock(&nodes.lock);
}

/* Unlink nodes whose spans have nothing to offer among the first `most`, those
 * that the caller has walked past, if nobody else is at it. */
static void
unlink_dead(sl_bag bag, struct list *l, unsigned most)
{
	struct node *n, *next, *unlinked = NULL;
	unsigned room, done = 0;

	if (!sl_mutex_trylock(&l->lock))
		return;
	sl_count(&sl_set_tally->lock_acquisitions);
	room = reserve(most);
	/* relaxed: under the lock */
	for (n = sl_load_rlx(&l->head); n != NULL && most > 0; n = next) {
		next = sl_load_rlx(&n->next); /* relaxed: under the lock */
		if (done == room)
			break;
		if (sl_mspan_try_unlist(n->span, bag)) {
			unlink_locked(l, n, &unlinked);
			done++;
		}
		most--;
	}
	to_limbo(unlinked, done);
	sl_mutex_unlock(&l->lock);
	if (done < room)
		/* relaxed: a number */
		sl_fetch_sub_rlx(&nodes.backlog, room - done);
}

/* A batch whose grace period is over. */
static void
free_batch(struct node *n, unsigned count)
{
	struct node *next;

	sl_mutex_lock(&nodes.lock);
	for (; n != NULL; n = next) {
		next = n->prev;
		sl_fixalloc_free(&nodes.pool, n);
	}
	nodes.is_waiting = false;
	sl_mutex_unlock(&nodes.lock);
	/* relaxed: a number */
	sl_fetch_sub_rlx(&nodes.backlog, count);
}

/* One grace period for all nodes in limbo, if there are enough and nobody
 * else is waiting for one.  No lock is held meanwhile. */
static void
reclaim(void)
{
	struct node *batch;
	unsigned n;
	struct sl_cancel cancel;

	/* relaxed: a look */
	if (sl_load_rlx(&nodes.backlog) < batch_min() || !can_read ||
	    RCU(read_ongoing)() || !sl_mutex_trylock(&nodes.lock))
		return;
	if (nodes.is_waiting || nodes.nlimbo < batch_min()) {
		sl_mutex_unlock(&nodes.lock);
		return;
	}
	nodes.is_waiting = true;
	batch = nodes.limbo;
	n = nodes.nlimbo;
	nodes.limbo = NULL;
	nodes.nlimbo = 0;
	sl_mutex_unlock(&nodes.lock);
	/* Who is cancelled in there leaves the library's registry locked. */
	sl_cancel_disable(&cancel);
	RCU(synchronize_rcu)();
	sl_cancel_restore(&cancel);
	sl_count(&sl_set_tally->grace_periods);
	free_batch(batch, n);
}

/* --- the seam ---------------------------------------------------------- */

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct list *l = &lists[bag];
	struct sl_mspan *s = NULL;
	unsigned dead = 0;
	struct node *n;

	/* relaxed: a peek; to see a span too late is to see an empty list */
	if (sl_load_rlx(&l->head) == NULL || sl_unlikely(!can_read))
		return NULL;
	RCU(read_lock)();
	/* pairs(rcu.node): the node's next and span are set. */
	n = sl_load_acq(&l->head);
	while (n != NULL && !sl_mspan_try_claim(n->span, bag)) {
		dead++;
		n = sl_load_acq(&n->next); /* pairs(rcu.node) */
	}
	if (n != NULL)
		s = n->span; /* LP: claim, in sl_mspan_try_claim */
	RCU(read_unlock)();
	if (dead != 0)
		sl_count_add(&sl_set_tally->scanned, dead);
	if (dead >= DEAD_ENOUGH) {
		unlink_dead(bag, l, dead);
		reclaim();
	}
	return s;
}

bool
sl_set_remove(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];
	struct node *n, *unlinked = NULL;
	bool done = true;

	sl_set_lock(&l->lock);
	n = *node_of(s);
	if (!sl_mspan_is_listed(s)) {
		/* A bulk unlink has taken it off: we hold its lock. */
	} else if (n == NULL || reserve(1) == 0) {
		done = false; /* its inserter is on the way, or limbo is full */
	} else {
		sl_mspan_unlist_owned(s);
		unlink_locked(l, n, &unlinked);
		to_limbo(unlinked, 1);
	}
	sl_mutex_unlock(&l->lock);
	reclaim();
	return done;
}

/* Would liburcu-bp get what it may ask the system for?  Others may take it
 * before it does; then it aborts. */
static bool
registry_can_grow(void)
{
	void *p = mmap(NULL, REGISTRY_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && munmap(p, REGISTRY_BYTES) == 0;
}

void
sl_set_thread_enter(void)
{
	can_read = SL_RCU_MEMB || registry_can_grow();
	/* Now, not at the first claim: registration may call malloc. */
	if (can_read)
		RCU(register_thread)();
}

void
sl_set_thread_leave(void)
{
	/* liburcu-bp's own key destructor does it at the thread's end; the
	 * thread claims no more, so it will not register again. */
	if (SL_RCU_MEMB)
		RCU(unregister_thread)();
}

void
sl_set_reader_begin(void)
{
	RCU(read_lock)();
}

void
sl_set_reader_end(void)
{
	RCU(read_unlock)();
}

#if SL_RCU_MEMB
static void
flavour_before_fork(void)
{
}

static void
flavour_after_fork(bool is_child)
{
	(void)is_child;
}
#else
static void
flavour_before_fork(void)
{
	urcu_bp_before_fork();
}

static void
flavour_after_fork(bool is_child)
{
	if (is_child)
		urcu_bp_after_fork_child();
	else
		urcu_bp_after_fork_parent();
}
#endif

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&lists[i].lock);
	sl_mutex_lock_for_fork(&nodes.lock);
	flavour_before_fork();
}

static void
unlock_all(void)
{
	sl_mutex_unlock_after_fork(&nodes.lock);
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&lists[i].lock);
}

void
sl_set_fork_parent(void)
{
	flavour_after_fork(false);
	unlock_all();
}

void
sl_set_fork_child(void)
{
	flavour_after_fork(true);
	/* A batch that another thread was waiting with is lost.
	 * relaxed: there is no other thread */
	sl_store_rlx(&nodes.backlog, nodes.nlimbo);
	nodes.is_waiting = false;
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

struct sl_set_backlog
sl_set_backlog(void)
{
	struct sl_set_backlog b;

	b.nodes = sl_load_rlx(&nodes.backlog); /* relaxed: a statistic */
	b.most = sl_load_rlx(&nodes.most);     /* relaxed: as above */
	b.bytes = b.nodes * sizeof(struct node);
	return b;
}
