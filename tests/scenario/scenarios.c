/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenarios.c - small concurrent scenarios over the seam; see scenario.h.
 * Called by the runners.  To add one: bodies, and a row of the table.
 *
 * Spans have two slots, and one free slot makes a span worth listing: so few
 * that each scenario is a few dozen steps.
 */
#include "core/mheap.h"
#include "tests/scenario/scene.h"

/* --- bodies -------------------------------------------------------------- */

static void
claims(struct scenario_thread *t)
{
	scene_claim(t);
}

static void
claims_twice(struct scenario_thread *t)
{
	scene_claim(t);
	scene_claim(t);
}

static void
claims_and_gives(struct scenario_thread *t)
{
	scene_claim(t);
	scene_give_last(t);
}

static void
claims_and_gives_twice(struct scenario_thread *t)
{
	for (unsigned i = 0; i < 2; i++) {
		scene_claim_what_is_there(t);
		scene_give_last(t);
	}
}

static void
claims_what_is_there(struct scenario_thread *t)
{
	scene_claim_what_is_there(t);
}

/* What a pop in flight must notice: the first span is on top again. */
static void
claims_two_and_gives_first(struct scenario_thread *t)
{
	scene_claim_what_is_there(t);
	scene_claim_what_is_there(t);
	scene_give_first(t);
}

static void
gives(struct scenario_thread *t)
{
	scene_give_last(t);
}

static void
gives_and_claims(struct scenario_thread *t)
{
	scene_give_last(t);
	scene_claim_what_is_there(t);
}

static void
detaches(struct scenario_thread *t)
{
	sl_mcentral_detach_span(t->user, scene_let_go_last(t));
}

static void
uncaches(struct scenario_thread *t)
{
	sl_mcentral_uncache_span(t->user, scene_let_go_last(t));
}

static void
frees_slot_0(struct scenario_thread *t)
{
	scene_free_slot(t, 0);
}

static void
frees_slot_1(struct scenario_thread *t)
{
	scene_free_slot(t, 1);
}

static void
frees_both(struct scenario_thread *t)
{
	scene_free_slot(t, 0);
	scene_free_slot(t, 1);
}

/* As an mcache: takes all slots and gives the span up. */
static void
claims_and_fills(struct scenario_thread *t)
{
	struct sl_mspan *s;

	if (!scene_claim(t))
		return;
	s = t->held[0];
	sl_mspan_harvest(s);
	while (scene_use_slot(s))
		;
	detaches(t);
}

static void
claims_and_uncaches(struct scenario_thread *t)
{
	if (!scene_claim(t))
		return;
	sl_mspan_harvest(t->held[0]);
	uncaches(t);
}

/* The descriptor that another thread gives to the page heap meanwhile may come
 * back as one of another class. */
static void
lists_new_of_neighbour(struct scenario_thread *t)
{
	scene_keep(t, set_new_span(scene.neighbour));
	scene_insert(scene.neighbour, scene_let_go_last(t));
	scene_claim_from(t, scene.neighbour);
	if (t->nheld > 0)
		scene_insert(scene.neighbour, scene_let_go_last(t));
}

/* As sl_mcentral_reap(), of one class. */
static void
reaps_class(struct scenario_thread *t)
{
	while (t->nheld < SCENARIO_HELD_MAX && scene_claim(t))
		;
	while (t->nheld > 0)
		uncaches(t);
}

static void
reaps_all(struct scenario_thread *t)
{
	sl_mcentral_reap(t->user);
}

/* A thread ends, and another begins in its place.  A thread may still free
 * after it has left, and so insert. */
static void
ends(struct scenario_thread *t)
{
	scene_claim(t);
	scene_give_last(t);
	sl_set_thread_leave();
	scene_free_slot(t, 0);
	sl_set_thread_enter();
	scene_claim(t);
}

/* As in the parent; another's handler frees, and so inserts. */
static void
forks(struct scenario_thread *t)
{
	sl_set_fork_prepare();
	sl_mheap_fork_prepare();
	sl_lock_set_fork_owner(true);
	scene_give_last(t);
	sl_lock_set_fork_owner(false);
	sl_mheap_fork_done();
	sl_set_fork_parent();
}

static void
turns(struct scenario_thread *t)
{
	sl_mcentral_turn(t->user);
}

static void
uses_a_slot(struct scenario_thread *t)
{
	struct sl_mspan *s = sl_mcentral_cache_span(t->user, scene.class);
	int slot;

	if (s == NULL) {
		set_fault("there are no %d spans", SL_MOCK_SPANS);
		return;
	}
	scene_keep(t, s);
	slot = set_take_slot(s);
	if (slot < 0)
		set_fault("a span for use has no free slot");
	uncaches(t);
	if (slot >= 0 && !sl_mcentral_free_slot(t->user, s, (unsigned)slot))
		set_fault("a slot that was in use was free");
}

/* --- checks of one scenario ---------------------------------------------- */

static void
check_two_found(struct sl_mcentral_user *u)
{
	unsigned found = 0;

	(void)u;
	for (unsigned i = 0; i < SCENARIO_THREADS_MAX; i++)
		found += scene.threads[i].nheld;
	if (found < 2 && scene_never_misses())
		set_fault("of three claims of two spans %u found one", found);
}

/* If the span has a free slot it is in the set, though no other is freed.  Then
 * the slots that claims_and_fills() took are. */
static void
check_free_the_rest(struct sl_mcentral_user *u)
{
	const struct sl_mspan *s = scene.slots[0].span;

	if (sl_mspan_is_claimable(s) && !sl_mspan_is_listed(s))
		set_fault("span %zu has a free slot and is not in the set",
		    sl_mock_index(s));
	for (unsigned i = 1; i < scene.nslots; i++)
		if (!sl_mcentral_free_slot(
			u, scene.slots[i].span, scene.slots[i].number))
			set_fault("a slot in use of span %zu was free",
			    sl_mock_index(scene.slots[i].span));
}

/* --- the table ----------------------------------------------------------- */

const struct scenario scenarios[] = {
    {
	.name = "claim",
	.about = "three claims of two spans",
	.nthreads = 3,
	.listed = 2,
	.body = {claims, claims, claims},
	.check = check_two_found,
    },
    {
	.name = "claim-insert",
	.about = "claimed spans are given back at once",
	.nthreads = 2,
	.listed = 2,
	.body = {claims_and_gives_twice, claims_and_gives_twice},
    },
    {
	.name = "recycle",
	.about = "the span that a claim looks at goes and comes back (ABA)",
	.nthreads = 2,
	.listed = 3,
	.body = {claims_what_is_there, claims_two_and_gives_first},
    },
    {
	.name = "insert",
	.about = "three insertions into an empty set",
	.nthreads = 3,
	.holders = 3,
	.body = {gives, gives, gives},
    },
    {
	.name = "insert-claim",
	.about = "each inserts one and claims one",
	.nthreads = 3,
	.holders = 3,
	.body = {gives_and_claims, gives_and_claims, gives_and_claims},
    },
    {
	.name = "exchange",
	.about = "claims meet insertions at an empty set",
	.nthreads = 3,
	.holders = 3,
	.body = {gives, claims_twice, gives},
    },
    {
	.name = "free-detach",
	.about = "a full span is given up while others free in it",
	.nthreads = 3,
	.holders = 1,
	.held_used = SCENE_SLOTS,
	.body = {detaches, frees_slot_0, frees_slot_1},
    },
    {
	.name = "free-free",
	.about = "two free in a full span that nobody owns",
	.nthreads = 3,
	.full = 1,
	.body = {frees_slot_0, frees_slot_1, claims_and_gives},
    },
    {
	.name = "free-claim",
	.about = "a span is freed in, claimed, filled and given up",
	.nthreads = 3,
	.listed = 1,
	.listed_used = 1,
	.body = {claims_and_fills, frees_slot_0, claims_and_gives},
	.check = check_free_the_rest,
    },
    {
	.name = "release-last-free",
	.about = "a span is given up while all of it is freed",
	.nthreads = 3,
	.holders = 1,
	.held_used = SCENE_SLOTS,
	.body = {uncaches, frees_both, claims_and_gives},
    },
    {
	.name = "remove",
	.about = "an empty span goes to the page heap and serves again",
	.nthreads = 3,
	.listed = 1,
	.body = {claims_and_uncaches, claims_and_gives, lists_new_of_neighbour},
    },
    {
	.name = "reap",
	.about = "a class is reaped while others free and claim in it",
	.nthreads = 3,
	.listed = 2,
	.listed_used = 1,
	.body = {reaps_class, frees_both, claims_and_gives},
    },
    {
	.name = "reap-all",
	.about = "the same by sl_mcentral_reap()",
	.nthreads = 3,
	.is_long = true,
	.listed = 2,
	.listed_used = 1,
	.body = {reaps_all, frees_both, claims_and_gives},
    },
    {
	.name = "thread-exit",
	.about = "a thread leaves, frees, and another takes its place",
	.nthreads = 3,
	.full = 1,
	.listed = 1,
	.body = {ends, frees_slot_1, claims_and_gives},
    },
    {
	.name = "fork",
	.about = "a fork, in the parent, amid claims and insertions",
	.nthreads = 3,
	.forks = true,
	.holders = 3,
	.body = {forks, gives_and_claims, gives},
    },
    {
	.name = "turn",
	.about = "the generation advances while spans are used",
	.nthreads = 3,
	.epoch = true,
	.is_long = true,
	.listed = 1,
	.listed_used = 1,
	.body = {turns, uses_a_slot, frees_slot_0},
    },
    {
	.name = "turn-turn",
	.about = "two threads would advance the generation",
	.nthreads = 3,
	.epoch = true,
	.is_long = true,
	.listed = 1,
	.listed_used = 1,
	.body = {turns, turns, frees_slot_0},
    },
};

const size_t scenarios_count = UNIT_COUNT(scenarios);
