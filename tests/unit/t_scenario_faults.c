/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_scenario_faults.c - the scenarios can fail: for each there is a set, or a
 * core, that is wrong on purpose and must be caught by it.
 * Run by make check, once.  The set under test is in this file, and so is the
 * state word of spans, with mistakes to choose from.
 */
#include "tests/step/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mcentral.h"
#include "tests/scenario/scenario.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

enum fault {
	NONE,
	/* of the set */
	CLAIM_UNLOCKED,
	INSERT_UNLOCKED,
	GIVES_UP,       /* a claim finds nothing when the lock is held */
	FORGETS_LATE,   /* what a thread inserts after it has left */
	FORKS_UNLOCKED, /* does not take the locks */
	CLEARS_WRONG,   /* the other bags of a class, when one is drained */
	/* of core */
	COUNTS_EARLY, /* a release counts the free slots, then clears C */
	LISTS_TWICE,  /* who frees does not compare when it sets L */
};

static enum fault fault;

/* --- core, where it may be wrong ----------------------------------------- */

#define sl_mspan_release right_release
#define sl_mspan_try_list right_try_list
static bool right_release(struct sl_mspan *s);
static bool right_try_list(struct sl_mspan *s);
#include "core/mspan.c"
#undef sl_mspan_release
#undef sl_mspan_try_list

bool
sl_mspan_release(struct sl_mspan *s)
{
	bool is_useful;
	uint64_t w;

	if (fault != COUNTS_EARLY)
		return right_release(s);
	is_useful = sl_mspan_is_claimable(s);
	w = sl_load_rlx(&s->word);
	sl_store_sc(
	    &s->word, w - SL_W_C + SL_W_G_ONE + (is_useful ? SL_W_L : 0));
	return is_useful;
}

bool
sl_mspan_try_list(struct sl_mspan *s)
{
	uint64_t w;

	if (fault != LISTS_TWICE)
		return right_try_list(s);
	w = sl_load_sc(&s->word);
	if ((w & (SL_W_C | SL_W_L)) != 0 || !sl_mspan_is_claimable(s))
		return false;
	sl_store_sc(&s->word, w + SL_W_G_ONE + SL_W_L);
	return true;
}

/* --- the set ------------------------------------------------------------- */

const struct sl_variant_info sl_set_info = {
    .name = "wrong",
    .progress = "blocking",
    .order = "LIFO",
    .reclamation = "none needed",
    .aba = "none: lists change under a lock",
    .paper = "none",
    .insert = SL_BLOCKING,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
};

static struct list {
	struct sl_mutex lock;
	_Atomic(struct sl_mspan *) head;
} lists[SL_NUM_BAGS];

static _Thread_local bool is_inside;

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&lists[i].lock, SL_RANK_SET);
}

void
sl_set_thread_enter(void)
{
	is_inside = true;
}

void
sl_set_thread_leave(void)
{
	is_inside = false;
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];

	if (fault == FORGETS_LATE && !is_inside)
		return;
	if (fault != INSERT_UNLOCKED)
		sl_set_lock(&l->lock);
	s->set.w[0] = (uintptr_t)sl_load_rlx(&l->head);
	sl_store_rlx(&l->head, s);
	if (fault != INSERT_UNLOCKED)
		sl_mutex_unlock(&l->lock);
	sl_count(&sl_set_tally->inserts);
}

static struct sl_mspan *
pop(struct list *l)
{
	struct sl_mspan *s = sl_load_rlx(&l->head);

	if (s != NULL)
		sl_store_rlx(&l->head, (struct sl_mspan *)s->set.w[0]);
	return s;
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct list *l = &lists[bag];
	struct sl_mspan *s;

	if (fault == CLAIM_UNLOCKED) {
		s = pop(l);
	} else {
		if (fault != GIVES_UP)
			sl_set_lock(&l->lock);
		else if (!sl_mutex_trylock(&l->lock))
			return NULL;
		s = pop(l);
		sl_mutex_unlock(&l->lock);
	}
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct sl_mspan *s = sl_load_rlx(&lists[bag].head), *next;

	for (; s != NULL; s = next) {
		next = (struct sl_mspan *)s->set.w[0];
		visit(s, arg);
	}
}

void
sl_set_drained(sl_bag bag)
{
	unsigned other = (bag + SL_NUM_SPANCLASSES) % SL_NUM_BAGS;

	if (fault == CLEARS_WRONG)
		sl_store_rlx(&lists[other].head, NULL);
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags() && fault != FORKS_UNLOCKED; i++)
		sl_mutex_lock_for_fork(&lists[i].lock);
}

void
sl_set_fork_parent(void)
{
	for (unsigned i = 0; i < sl_num_bags() && fault != FORKS_UNLOCKED; i++)
		sl_mutex_unlock_after_fork(&lists[i].lock);
}

/* --- the tests ----------------------------------------------------------- */

static const struct plan {
	const char *scenario;
	enum fault fault;
} plans[] = {
    {"claim", CLAIM_UNLOCKED},
    {"claim-insert", GIVES_UP},
    {"recycle", CLAIM_UNLOCKED},
    {"insert", INSERT_UNLOCKED},
    {"insert-claim", CLAIM_UNLOCKED},
    {"exchange", INSERT_UNLOCKED},
    {"free-detach", COUNTS_EARLY},
    {"free-free", LISTS_TWICE},
    {"free-claim", COUNTS_EARLY},
    {"release-last-free", COUNTS_EARLY},
    {"remove", CLAIM_UNLOCKED},
    {"reap", CLAIM_UNLOCKED},
    {"reap-all", CLAIM_UNLOCKED},
    {"thread-exit", FORGETS_LATE},
    {"fork", FORKS_UNLOCKED},
    {"turn", CLEARS_WRONG},
    {"turn-turn", CLEARS_WRONG},
};

static void
run(void *arg)
{
	const struct plan *p = arg;
	const char *found;

	for (size_t i = 0; i < scenarios_count && p->scenario != NULL; i++)
		if (strcmp(scenarios[i].name, p->scenario) == 0 &&
		    scenarios[i].epoch)
			setenv("SPANLAB_OPTIONS", "epoch=1000000", 1);
	fault = p->fault;
	set_checks_init();
	found = set_check_scenarios(50, p->scenario);
	if (found != NULL)
		unit_child_fail(found);
}

static void
test_nothing_is_found_where_nothing_is(void **state)
{
	struct plan none = {NULL, NONE};
	struct unit_end end = unit_child(run, &none, 100);

	(void)state;
	assert_string_equal(end.text, "");
	assert_int_equal(end.status, 0);
}

/* A fault may also make a ring of a list.  Most are found when one thread is
 * stopped; where it takes two there are several tries. */
static void
expect_caught(const struct plan *p)
{
	struct unit_end end;
	unsigned n = 0;

	do
		end = unit_child(run, (void *)(uintptr_t)p, 20);
	while (!unit_is_caught(&end) && !end.timed_out && ++n < 20);
	printf("# %s\n", end.timed_out ? "an operation did not end" : end.text);
	if (!unit_is_caught(&end) && !end.timed_out)
		fail_msg(
		    "%s does not find fault %d", p->scenario, (int)p->fault);
}

static void
test_each_scenario_finds_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < scenarios_count; i++) {
		size_t k = 0;

		while (k < UNIT_COUNT(plans) &&
		       strcmp(plans[k].scenario, scenarios[i].name) != 0)
			k++;
		if (k == UNIT_COUNT(plans))
			fail_msg("no fault for %s to find", scenarios[i].name);
		expect_caught(&plans[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_is_found_where_nothing_is),
	    cmocka_unit_test(test_each_scenario_finds_one),
	};

	unit_start_alone();
	return cmocka_run_group_tests_name("scenarios", tests, NULL, NULL);
}
