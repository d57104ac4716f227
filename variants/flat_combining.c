/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flat_combining.c - variant flat-combining: one lock and one list per class,
 * and whoever has the lock serves the threads that wait for it.
 * Called by core through the seam (core/mcentral.h).
 *
 * A thread that finds the lock held writes what it wants into a record of its
 * own, one for each thread and class, and waits for the answer there.  The
 * holder walks the records that are on the class's publication list and
 * carries out what it finds, while list and lock stay in its cache.  A thread
 * that has waited as long as the backoff goes on sleeps on the lock, and
 * then serves itself and the others.  A thread that finds the lock free writes
 * no record.
 *
 *             insert   claim    serve    walk
 *   insert    -        -        -        X     -: any threads at once
 *   claim              -        -        X     lock: serialized, per class
 *   serve                       lock     X     X: quiescent only
 *
 * A record that wanted nothing for OLD walks is taken off the publication list
 * by the holder; its thread puts it on again when it needs it.
 *
 * Progress: blocking; a claim of an empty class takes no lock.  Order: LIFO.
 * ABA: none, the list of spans changes under the lock; records are put on the
 * publication list by a swap of its head, and taken off under the lock, but
 * never the first.
 * Reclamation: links lie in the spans' descriptors; records are never unmapped
 * and those of a thread that ended serve another.
 * Bound: SL_CACHELINE bytes per class and thread, of the most threads at once.
 * Fork: the locks are taken; in the child what lost threads had asked for is
 * carried out, if it is an insertion, and what they had been given goes back.
 * Hendler, Incze, Shavit and Tzafrir, SPAA 2010.
 */
#include "core/mcentral.h"
#include "core/persistent.h"
#include "variants/spanlist.h"

enum {
	OLD = 64,      /* walks without a wish */
	WALKS_MAX = 3, /* of one holder, as long as each finds a wish */
};

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "combining: blocking, but the holder serves those who wait",
    .order = "LIFO",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "none: lists change under a lock",
    .paper = "Hendler, Incze, Shavit and Tzafrir, SPAA 2010",
    .claim_leaves_listed = false,
    .insert = SL_BLOCKING,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_LOCKS | SL_COUNTS_HELPED,
};

enum wish { NOTHING, INSERT, CLAIM, DONE };

struct record {
	/* The thread writes INSERT, CLAIM and NOTHING, the holder DONE. */
	alignas(SL_CACHELINE) _Atomic(uint32_t) wish;
	_Atomic(bool) is_listed;
	uint32_t last_walk;    /* lock: that found a wish */
	struct sl_mspan *span; /* to insert; claimed; NULL */
	struct record *next;   /* of the publication list */
};

struct class
{
	alignas(SL_CACHELINE) struct sl_mutex lock;
	struct spanlist spans; /* under lock; peeked at without */
	uint32_t walks;        /* under lock */
	/* Any thread. */
	alignas(SL_CACHELINE) _Atomic(struct record *) records;
	_Atomic(uint32_t) nwaiting; /* a hint */
};

static struct class classes[SL_NUM_BAGS];

/* What one thread has. */
struct own {
	struct record record[SL_NUM_BAGS];
	struct own *next; /* under owns_lock: of all that were ever made */
	bool is_free;     /* under owns_lock */
};

static struct sl_mutex owns_lock = SL_MUTEX_INIT(SL_RANK_SET_INNER);
static struct own *owns;              /* under owns_lock */
static _Thread_local struct own *own; /* NULL: outside enter and leave */

/* --- the holder of the lock --------------------------------------------- */

/* Carry out what a record asks for.  False: nothing. */
static bool
serve_locked(struct class *k, struct record *r)
{
	/* pairs(flat.wish): the span, as its inserter left it. */
	uint32_t wish = sl_load_acq(&r->wish);

	if (wish == INSERT) {
		spanlist_push(&k->spans, r->span); /* LP: insert */
		r->span = NULL;
	} else if (wish == CLAIM) {
		r->span = spanlist_pop(&k->spans); /* LP: claim */
	} else {
		return false;
	}
	r->last_walk = k->walks;
	/* pairs(flat.done): the span, as its last owner left it. */
	sl_store_rel(&r->wish, DONE);
	return true;
}

/* Walk the publication list once.  Returns how many wishes it found. */
static unsigned
walk_locked(struct class *k)
{
	struct record *r, *before = NULL, *next;
	unsigned n = 0;

	k->walks++;
	/* pairs(flat.listed): a record's next. */
	for (r = sl_load_acq(&k->records); r != NULL; r = next) {
		next = r->next;
		if (serve_locked(k, r)) {
			n++;
		} else if (before != NULL && k->walks - r->last_walk > OLD) {
			before->next = next;
			/* pairs(flat.unlisted): we are through with next. */
			sl_store_rel(&r->is_listed, false);
			continue;
		}
		before = r;
	}
	return n;
}

static void
serve_others_locked(struct class *k)
{
	for (unsigned i = 0; i < WALKS_MAX; i++)
		/* relaxed: a hint; who is not seen will take the lock */
		if (sl_load_rlx(&k->nwaiting) == 0 || walk_locked(k) == 0)
			break;
}

/* --- waiting for the holder -------------------------------------------- */

static void
publish(struct class *k, struct record *r)
{
	/* relaxed: our own, or pairs below */
	struct record *head = sl_load_rlx(&k->records);

	/* pairs(flat.unlisted): the holder is through with next. */
	if (sl_load_acq(&r->is_listed))
		return;
	sl_store_rlx(&r->is_listed, true); /* relaxed: the swap publishes */
	do {
		r->next = head;
		/* If it fails another record was put on.
		 * pairs(flat.listed): next is set. */
	} while (!sl_cas_rel(&k->records, &head, r));
}

static bool
is_done(struct record *r)
{
	/* pairs(flat.done): what the holder did. */
	return sl_load_acq(&r->wish) == DONE;
}

static bool
try_lock(struct class *k)
{
	if (!sl_mutex_trylock(&k->lock))
		return false;
	sl_count(&sl_set_tally->lock_acquisitions);
	return true;
}

/* Until the wish is carried out, by the holder or by ourselves. */
static void
wait_until_done(struct class *k, struct record *r)
{
	struct sl_backoff backoff = sl_backoff_start();
	unsigned waited = 0;

	for (;;) {
		publish(k, r); /* it may have been taken off as old */
		waited += sl_backoff_pause(&backoff) + 1;
		if (is_done(r)) {
			sl_count(&sl_set_tally->helped);
			return;
		}
		if (try_lock(k))
			break;
		if (waited > sl_options.backoff_max) {
			sl_set_lock(&k->lock);
			break;
		}
	}
	if (!serve_locked(k, r))
		sl_count(&sl_set_tally->helped); /* while we came */
	serve_others_locked(k);
	sl_mutex_unlock(&k->lock);
}

/* Have the holder insert s, or claim a span, which is returned. */
static SL_NOINLINE struct sl_mspan *
ask(struct class *k, struct record *r, enum wish wish, struct sl_mspan *s)
{
	r->span = s;
	/* relaxed: a hint */
	sl_fetch_add_rlx(&k->nwaiting, 1);
	/* pairs(flat.wish): the span is written. */
	sl_store_rel(&r->wish, wish);
	wait_until_done(k, r);
	sl_fetch_sub_rlx(&k->nwaiting, 1); /* relaxed: a hint */
	s = r->span;
	/* relaxed: nobody but us looks for what follows */
	sl_store_rlx(&r->wish, NOTHING);
	return s;
}

/* --- the seam ---------------------------------------------------------- */

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&classes[i].lock, SL_RANK_SET);
}

void
sl_set_thread_enter(void)
{
	struct own *o;

	sl_mutex_lock(&owns_lock);
	for (o = owns; o != NULL && !o->is_free; o = o->next)
		;
	if (o == NULL) {
		o = sl_persistent_alloc(sizeof(*o), SL_CACHELINE);
		if (o != NULL) {
			o->next = owns;
			owns = o;
		}
	}
	if (o != NULL)
		o->is_free = false;
	sl_mutex_unlock(&owns_lock);
	own = o; /* NULL, without memory: waits as other threads do */
}

void
sl_set_thread_leave(void)
{
	if (own == NULL)
		return;
	sl_mutex_lock(&owns_lock);
	own->is_free = true;
	sl_mutex_unlock(&owns_lock);
	own = NULL;
}

/* Get the lock, or have the wish carried out without it: then false. */
static bool
lock_or_ask(struct class *k, sl_bag bag, enum wish wish, struct sl_mspan **s)
{
	if (try_lock(k))
		return true;
	if (own == NULL) {
		sl_set_lock(&k->lock);
		return true;
	}
	*s = ask(k, &own->record[bag], wish, *s);
	return false;
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct class *k = &classes[bag];

	if (lock_or_ask(k, bag, INSERT, &s)) {
		spanlist_push(&k->spans, s); /* LP: insert */
		serve_others_locked(k);
		sl_mutex_unlock(&k->lock);
	}
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct class *k = &classes[bag];
	struct sl_mspan *s = NULL;

	if (spanlist_is_empty(&k->spans))
		return NULL;
	if (lock_or_ask(k, bag, CLAIM, &s)) {
		s = spanlist_pop(&k->spans); /* LP: claim */
		serve_others_locked(k);
		sl_mutex_unlock(&k->lock);
	}
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&classes[i].lock);
	sl_mutex_lock_for_fork(&owns_lock);
}

void
sl_set_fork_parent(void)
{
	sl_mutex_unlock_after_fork(&owns_lock);
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&classes[i].lock);
}

/* What a lost thread wanted, or was given and did not take. */
static void
settle_lost(struct class *k, struct record *r)
{
	/* pairs(flat.wish): the span. */
	uint32_t wish = sl_load_acq(&r->wish);

	/* It may have taken the span without having said so.  relaxed: there
	 * is no other thread */
	if (wish == INSERT || (wish == DONE && r->span != NULL &&
				  (sl_load_rlx(&r->span->word) & SL_W_C) == 0))
		spanlist_push(&k->spans, r->span);
	sl_store_rlx(&r->wish, NOTHING); /* relaxed: one thread */
}

void
sl_set_fork_child(void)
{
	for (struct own *o = owns; o != NULL; o = o->next) {
		if (o == own)
			continue;
		for (unsigned i = 0; i < sl_num_bags(); i++)
			settle_lost(&classes[i], &o->record[i]);
		o->is_free = true;
	}
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_store_rlx(&classes[i].nwaiting, 0); /* relaxed: a hint */
	sl_set_fork_parent();
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	spanlist_walk(&classes[bag].spans, visit, arg);
}
