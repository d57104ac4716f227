/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcentral.c - Go's policy over any span set (Go: mcentral).
 * Called by mcache (cache, uncache, detach), mfree and mtiny (free_slot),
 * mallocgc (grow) and malloc_trim (reap).  See mcentral.h.
 */
#include "core/mcentral.h"

#include "core/lock.h"
#include "core/mcentral_epoch.h"
#include "core/mheap.h"
#include "core/usdt.h"

enum { REAP_PAGES = 128 }; /* 1 MiB of empty spans make a reap worth while */

/*
 * Pages in listed spans that their last freer found empty.  A hint: claims
 * take such spans without telling, and a reap starts it anew.
 */
static _Atomic(size_t) empty_pages;

bool
sl_mcentral_may_use_set(const struct sl_mcentral_user *u)
{
	return u->nested == 0 && !sl_lock_is_fork_owner();
}

/* What the set counts from now on is about this class. */
static void
set_counts_for(struct sl_mcentral_user *u, sl_spanclass spc)
{
	sl_set_tally = &sl_tally_hints(u->tally, spc)->set;
}

static void
count_taken(struct sl_mcentral_user *u, sl_spanclass spc, bool is_claim)
{
	struct sl_tally_events *e = sl_tally_enter(u->tally, spc);

	sl_count(&e->taken);
	sl_count_add(&e->claims, is_claim);
	sl_tally_leave(u->tally);
}

/* Claim from the set.  `nested` is up meanwhile: should the set's own library
 * call malloc, that call is served from the page heap. */
struct sl_mspan *
sl_mcentral_claim(struct sl_mcentral_user *u, sl_bag bag, bool is_claim)
{
	struct sl_mspan *s;

	set_counts_for(u, sl_bag_spanclass(bag));
	u->nested++;
	s = sl_set_claim(bag);
	u->nested--;
	if (s == NULL)
		s = sl_spill_claim(bag);
	SL_USDT2(claim, bag, s);
	if (s != NULL)
		count_taken(u, sl_bag_spanclass(bag), is_claim);
	return s;
}

/* An owned span whose free slots are in the owner's hands, or NULL. */
static struct sl_mspan *
claim_with_slots(struct sl_mcentral_user *u, sl_spanclass spc)
{
	struct sl_mspan *s;

	if (!sl_mcentral_may_use_set(u))
		return NULL;
	if (sl_options.epoch != 0)
		return sl_epoch_claim(u, spc);
	s = sl_mcentral_claim(u, spc, true);
	if (s != NULL) {
		sl_mspan_harvest(s);
		sl_mspan_set_owner(s, u->mcache);
	}
	return s;
}

struct sl_mspan *
sl_mcentral_cache_span(struct sl_mcentral_user *u, sl_spanclass spc)
{
	unsigned cls = sl_spanclass_sizeclass(spc);
	struct sl_mspan *s = claim_with_slots(u, spc);

	if (s != NULL)
		return s;
	sl_count(&sl_tally_hints(u->tally, spc)->claims_empty);
	return sl_mcentral_grow(u, spc, sl_class_to_pages[cls], 1);
}

static struct sl_mspan *
take_pages(struct sl_mcentral_user *u, sl_spanclass spc, size_t npages,
    size_t align_pages, bool may_grow)
{
	struct sl_mspan *s = sl_mheap_alloc_span(
	    u->heap, npages, align_pages, spc, u->mcache, may_grow);
	struct sl_tally_events *e;

	if (s == NULL)
		return NULL;
	e = sl_tally_enter(u->tally, spc);
	sl_count(&e->grows);
	sl_count_add(&e->pages_in, npages);
	sl_tally_leave(u->tally);
	if (sl_unlikely(sl_account_is_go()))
		sl_account_pages_in(&u->tally->account, npages, !s->needzero);
	return s;
}

static struct sl_mspan *
grow(struct sl_mcentral_user *u, sl_spanclass spc, size_t npages,
    size_t align_pages)
{
	struct sl_mspan *s = NULL;

	/* Pages that take no memory yet are as good as growth then. */
	if (!sl_mheap_is_over_limit(npages))
		s = take_pages(u, spc, npages, align_pages, false);
	if (s != NULL)
		return s;
	/* relaxed: a hint */
	if (sl_mcentral_may_use_set(u) &&
	    sl_load_rlx(&empty_pages) >= REAP_PAGES) {
		sl_mcentral_reap(u);
		sl_count(&sl_tally_hints(u->tally, spc)->reaps);
	}
	return take_pages(u, spc, npages, align_pages, true);
}

struct sl_mspan *
sl_mcentral_grow(struct sl_mcentral_user *u, sl_spanclass spc, size_t npages,
    size_t align_pages)
{
	struct sl_mspan *s = grow(u, spc, npages, align_pages);

	SL_USDT3(grow, spc, npages, s);
	if (sl_options.epoch == 0)
		return s;
	if (s == NULL && sl_epoch_reclaim(u) != 0)
		s = grow(u, spc, npages, align_pages);
	if (s != NULL)
		sl_epoch_grown(u, s);
	return s;
}

/* Counted first, since who claims s counts after us. */
void
sl_mcentral_insert(
    struct sl_mcentral_user *u, struct sl_mspan *s, sl_bag bag, bool is_relink)
{
	struct sl_tally_events *e = sl_tally_enter(u->tally, s->spanclass);

	sl_count(&e->listed);
	sl_count_add(&e->relinks, is_relink);
	sl_tally_leave(u->tally);
	set_counts_for(u, s->spanclass);
	SL_USDT3(insert, bag, s, is_relink);
	sl_set_insert(bag, s);
}

static void
insert(struct sl_mcentral_user *u, struct sl_mspan *s, bool is_relink)
{
	sl_mcentral_insert(u, s, sl_mspan_bag(s), is_relink);
}

void
sl_mcentral_count_return(
    struct sl_mcentral_user *u, sl_spanclass spc, size_t npages)
{
	struct sl_tally_events *e = sl_tally_enter(u->tally, spc);

	sl_count(&e->heap_returns);
	sl_count_add(&e->pages_out, npages);
	sl_tally_leave(u->tally);
	if (sl_unlikely(sl_account_is_go()))
		sl_account_pages_out(&u->tally->account, npages);
}

void
sl_mcentral_to_heap(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	sl_mcentral_count_return(u, s->spanclass, s->npages);
	SL_USDT3(heap_return, s->spanclass, s->npages, s);
	sl_mheap_free_span(u->heap, s);
}

bool
sl_mcentral_remove(struct sl_mcentral_user *u, struct sl_mspan *s, sl_bag bag)
{
	if (!sl_set_info.claim_leaves_listed)
		return true;
	set_counts_for(u, s->spanclass);
	return sl_set_remove(bag, s);
}

void
sl_mcentral_detach_span(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	sl_tally_count(u->tally, s->spanclass, detaches);
	if (sl_mspan_release(s))
		insert(u, s, true);
}

/* The caller owns s, all of its slots are free: give it to the page heap.
 * False: it is still listed, and the set cannot take it off now. */
static bool
give_back(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	/* Not even when L is seen clear: an unlister may have the span in its
	 * hands still. */
	if (!sl_mcentral_remove(u, s, sl_mspan_bag(s)))
		return false;
	sl_mcentral_to_heap(u, s);
	return true;
}

void
sl_mcentral_uncache_span(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	if (sl_options.epoch != 0) {
		sl_tally_count(u->tally, s->spanclass, releases);
		sl_epoch_uncache_span(u, s);
		return;
	}
	sl_mspan_harvest(s);
	if (sl_mspan_is_empty(s) && give_back(u, s))
		return;
	sl_tally_count(u->tally, s->spanclass, releases);
	if (sl_mspan_release(s))
		insert(u, s, false);
}

/* A slot of word i was freed in a span that nobody owns.  If it was the last
 * one in use, remember that a reap would find an empty span. */
static void
note_if_empty(
    const struct sl_mspan *s, unsigned i, unsigned nelems, unsigned npages)
{
	unsigned left = nelems - 64 * i;
	uint64_t free = sl_load_rlx(&s->free_bits[i]) |  /* relaxed: a hint */
			sl_load_rlx(&s->remote_bits[i]); /* relaxed: same */

	if (~free << (left < 64 ? 64 - left : 0) == 0 &&
	    sl_mspan_count_free(s) == nelems)
		/* relaxed: a hint */
		sl_fetch_add_rlx(&empty_pages, npages);
}

static SL_NOINLINE void
list(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	if (!sl_mspan_try_list(s))
		return;
	SL_USDT2(remote_list, s->spanclass, s);
	insert(u, s, true);
}

void
sl_mcentral_freed(struct sl_mcentral_user *u, struct sl_mspan *s, uint64_t word,
    unsigned i, unsigned nelems, unsigned npages)
{
	/* Then the owner is about to list it. */
	if (sl_options.epoch != 0)
		return;
	u->inside++; /* the way here may be a short one that did not say so */
	if ((word & SL_W_L) == 0)
		list(u, s);
	u->inside--;
	note_if_empty(s, i, nelems, npages);
}

/* Everything listed in a class, in the order of claims. */
static struct sl_mspan *
claim_all(struct sl_mcentral_user *u, sl_bag bag)
{
	struct sl_mspan *head = NULL, **tail = &head, *s;

	while ((s = sl_mcentral_claim(u, bag, false)) != NULL) {
		*tail = s;
		s->next = NULL;
		tail = &s->next;
	}
	return head;
}

/* A LIFO set gets its spans back in reverse, so that it is as it was. */
static struct sl_mspan *
reversed(struct sl_mspan *s)
{
	struct sl_mspan *head = NULL, *next;

	for (; s != NULL; s = next) {
		next = s->next;
		s->next = head;
		head = s;
	}
	return head;
}

static size_t
reap_bag(struct sl_mcentral_user *u, sl_bag bag)
{
	struct sl_mspan *s = claim_all(u, bag), *next;
	size_t pages = 0, n;

	if (sl_set_info.order[0] == 'L')
		s = reversed(s);
	for (; s != NULL; s = next) {
		next = s->next;
		n = s->npages;
		sl_mspan_harvest(s);
		if (sl_mspan_is_empty(s) && give_back(u, s))
			pages += n;
		else if (sl_mspan_release(s))
			insert(u, s, false);
	}
	return pages;
}

size_t
sl_mcentral_reap(struct sl_mcentral_user *u)
{
	size_t pages = 0;

	if (!sl_mcentral_may_use_set(u))
		return 0;
	if (sl_options.epoch != 0)
		return sl_epoch_reclaim(u);
	/* relaxed: a hint */
	sl_store_rlx(&empty_pages, 0);
	for (unsigned spc = 2; spc < SL_NUM_SPANCLASSES; spc++)
		pages += reap_bag(u, (sl_bag)spc);
	return pages;
}
