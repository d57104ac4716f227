/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcentral.h - the seam: what a variant provides, and what core makes of it.
 *
 * A variant is so many concurrent bags of spans, sl_num_bags(): one for each
 * span class, or four of them in epoch mode (sl_bag in mspan.h).  Core decides
 * what is put in and taken out (the state word of mspan.h); the variant
 * decides only how the bag is built.  A variant is one file in variants/ and
 * one line in variants/variants.m4.  It is linked by name: core's objects are
 * the same under every variant, and an operation costs one direct call.
 *
 * What core promises the variant:
 *  - insert() is called by the one thread that won the right to list the span
 *    (it set L in the span's word), so a span is never inserted twice;
 *  - the span's descriptor is type-stable: never unmapped, always a span, so
 *    a stale pointer to it may be read at any time;
 *  - span->set.w[] belongs to the variant while the span is listed, and a
 *    variant whose claims leave spans listed (claim_leaves_listed) owns it
 *    until it has cleared L; they are 0 in a new descriptor and core never
 *    writes them;
 *  - no call is made with a lock of core held, none before sl_set_init() and
 *    none by a thread outside enter/leave, except insert(): a thread may free
 *    after it has left;
 *  - claim() is not called again by a thread that is inside the variant
 *    (core's `nested` guard serves such calls from the page heap).
 * What the variant promises core:
 *  - it never calls malloc, and nothing it calls does so under a lock that
 *    insert(), claim() or remove() takes;
 *  - none of its calls is a cancellation point (sl_cancel_disable);
 *  - after a claim returns a span, the caller owns it: the variant has called
 *    sl_mspan_take() or won sl_mspan_try_claim();
 *  - what the inserter wrote before insert() is visible to the claimer.
 */
#ifndef SL_MCENTRAL_H
#define SL_MCENTRAL_H

#include "core/backoff.h"
#include "core/lock.h"
#include "core/mepoch.h"
#include "core/mspill.h"
#include "core/mtally.h"
#include "core/spanlab.h"

/* --- what a variant provides ------------------------------------------- */

/* Who this is; static data.  The name is SL_VARIANT_NAME, which the build
 * takes from the table. */
extern const struct sl_variant_info sl_set_info;

/* Bags in use: those below this number.  Constant when sl_set_init() runs. */
static inline unsigned
sl_num_bags(void)
{
	return sl_options.epoch != 0 ? SL_NUM_BAGS : SL_NUM_SPANCLASSES;
}

/* Once, before any other call, by one thread. */
void sl_set_init(void);

/* List a span.  Any threads at once.  Cannot fail: if memory for it cannot be
 * had, give it to sl_spill() of mspill.h, which needs none. */
void sl_set_insert(sl_bag bag, struct sl_mspan *s);

/* An owned span with at least s->relink_at free slots, or NULL (which may be
 * spurious while others are inside).  Any threads at once. */
struct sl_mspan *sl_set_claim(sl_bag bag);

/* Visit each listed span of the bag once, while no other thread is inside
 * the allocator. */
void sl_set_walk(
    sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg);

/* The rest a variant may leave out; see mcentral_defaults.c. */

/* No other thread is inside the allocator: see to it that the caller's claims
 * find all that is listed, where threads have lists of their own. */
void sl_set_settle(void);

/* See to it that a span which the caller owns is not in the bag where it was
 * listed last, and that nobody is still busy taking it out.  Called only if
 * claim_leaves_listed.  False: cannot now; the caller then releases it. */
bool sl_set_remove(sl_bag bag, struct sl_mspan *s);

/* Epoch mode: the bag is empty and no thread is inside the set with it, until
 * this call returns.  What a bag keeps beside its spans may be reset. */
void sl_set_drained(sl_bag bag);

/* Before a thread's first claim; when it ends. */
void sl_set_thread_enter(void);
void sl_set_thread_leave(void);

/* Around fork(): the set must be whole in the child.  What the child does is
 * what the parent does unless the variant says otherwise. */
void sl_set_fork_prepare(void);
void sl_set_fork_parent(void);
void sl_set_fork_child(void);

/* Around what a thread does that reads listed spans or what the set keeps of
 * them, without a claim: what it sees may be taken meanwhile, but not be used
 * for something else.  A thread that has entered; no call of the set inside. */
void sl_set_reader_begin(void);
void sl_set_reader_end(void);

/* How the set works on this machine, if it can work in more than one way: a
 * few words, "" otherwise.  After sl_set_init(). */
const char *sl_set_mode(void);

/* What was taken out of the set, a node for each span, and waits until nobody
 * can stand on it any more: now, and the most that there was. */
struct sl_set_backlog {
	uint64_t nodes, bytes, most;
};
struct sl_set_backlog sl_set_backlog(void);

/* What the set counts goes to sl_set_tally, a struct sl_set_counters of
 * mtally.h: core points it to the class that the call is about. */

/* A try of the set's lost to another thread's: count it and let others get
 * on. */
static inline void
sl_set_lost(struct sl_backoff *b)
{
	sl_count(&sl_set_tally->cas_failures);
	sl_backoff_pause(b);
}

/* Lock a mutex of the set, and count that, and whether it had to wait. */
static inline void
sl_set_lock(struct sl_mutex *l)
{
	if (!sl_mutex_trylock(l)) {
		sl_count(&sl_set_tally->lock_waits);
		sl_mutex_lock(l);
	}
	sl_count(&sl_set_tally->lock_acquisitions);
}

/* --- Go's policy, written once over any set ---------------------------- */

/* What mcentral keeps for each thread; embedded in its mcache. */
struct sl_mcentral_user {
	struct sl_mcache *mcache;   /* the owner of what is claimed */
	struct sl_mheap_user *heap; /* what it keeps of the page heap */
	struct sl_tally *tally;
	struct sl_epoch_user epoch;
	unsigned nested; /* inside the set: do not re-enter */
	unsigned inside; /* slow paths in progress, see mhook.h */
};

/* A span with free slots, owned by the user, or NULL: out of memory. */
struct sl_mspan *sl_mcentral_cache_span(
    struct sl_mcentral_user *u, sl_spanclass spc);

/* Give up an owned span: to the page heap if it is empty, else to the set if
 * it has enough free slots, else nowhere: it is full, and whoever frees
 * enough of it lists it. */
void sl_mcentral_uncache_span(struct sl_mcentral_user *u, struct sl_mspan *s);

/* Give an owned span, all slots free and on no list, to the page heap. */
void sl_mcentral_to_heap(struct sl_mcentral_user *u, struct sl_mspan *s);

/* A span has gone to the page heap by another way. */
void sl_mcentral_count_return(
    struct sl_mcentral_user *u, sl_spanclass spc, size_t npages);

/* Give up an owned span whose slots are used up. */
void sl_mcentral_detach_span(struct sl_mcentral_user *u, struct sl_mspan *s);

/* A slot of word i was freed in a span that nobody owned, as its word says;
 * nelems and npages are from before that. */
void sl_mcentral_freed(struct sl_mcentral_user *u, struct sl_mspan *s,
    uint64_t word, unsigned i, unsigned nelems, unsigned npages) SL_NOINLINE;

/* Free a slot of a span that the caller does not own.  False: it was free. */
static inline bool
sl_mcentral_free_slot(
    struct sl_mcentral_user *u, struct sl_mspan *s, unsigned slot)
{
	unsigned i = slot / 64, nelems = s->nelems, npages = s->npages;
	sl_spanclass spc = s->spanclass;
	uint64_t bit = UINT64_C(1) << slot % 64, free, w;

	/* relaxed: a free that came before this one in the program is seen.
	 * Later it would be wrong: the owner may harvest our own bit. */
	free = sl_load_rlx(&s->free_bits[i]);
	if (sl_unlikely((free & bit) != 0))
		return false;
	/* LP: free.  The bit, then the look at the word: whoever releases or
	 * unlists s does the opposite, so one of us sees the other.
	 * pairs(span.dekker) pairs(span.object) */
	if (sl_unlikely((sl_fetch_or_sc(&s->remote_bits[i], bit) & bit) != 0))
		return false;
	sl_count(&u->tally->remote_frees[spc]);
	/* pairs(span.dekker): see above. */
	w = sl_load_sc(&s->word);
	if ((w & SL_W_C) == 0)
		sl_mcentral_freed(u, s, w, i, nelems, npages);
	return true;
}

/* An owned span of fresh pages for small or large use; walks the sets for
 * empty spans before it lets the heap grow.  NULL: out of memory. */
struct sl_mspan *sl_mcentral_grow(struct sl_mcentral_user *u, sl_spanclass spc,
    size_t npages, size_t align_pages);

/* Walk the sets and give empty spans back to the page heap.  Returns the
 * number of pages given back. */
size_t sl_mcentral_reap(struct sl_mcentral_user *u);

/* --- epoch mode only --------------------------------------------------- */

/* Advance the generation, after what the last one left unswept was swept.
 * False: not in epoch mode, another thread is at it, or some thread would not
 * leave mcentral. */
bool sl_mcentral_turn(struct sl_mcentral_user *u);

/* Has the generation advanced since this was last asked?  Then the spans of
 * the mcache are to be given up. */
bool sl_mcentral_has_turned(struct sl_mcentral_user *u);

/* A large object's span, whose slot is taken, goes to its bag. */
void sl_mcentral_list_large(struct sl_mcentral_user *u, struct sl_mspan *s);

/* The owner of the span was lost in a fork, whatever it was doing to it. */
void sl_mcentral_adopt(struct sl_mspan *s);

#endif /* SL_MCENTRAL_H */
