/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_threads.c - spans and slots are conserved under many threads.
 * Called by t_set.c and t_set_faults.c, through set_checks.h.
 */
#define _GNU_SOURCE 1
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/step/control.h"
#include "tests/unit/set_sums.h"
#include "tests/unit/set_world.h"

enum {
	THREADS_MAX = 128,
	SPANS = 3, /* so few that a span is back while others look at it */
	MAIL = 256,
};

static struct worker {
	unsigned id; /* from 1 */
	uint64_t dice;
	unsigned rounds;
	uint64_t claims, inserts;
	struct {
		uint64_t spans, slots; /* asked for, and taken */
	} use[2];                      /* of few_slots, of many_slots */
} workers[THREADS_MAX];

/* 48-byte slots (with pointers) and 1024-byte slots (without). */
static sl_spanclass few_slots, many_slots;

static void
start(unsigned threads, unsigned rounds, void *(*run)(void *))
{
	few_slots = set_class_of(1024, true);
	many_slots = set_class_of(48, false);
	memset(workers, 0, sizeof(workers));
	for (unsigned i = 0; i < threads; i++) {
		workers[i].id = i + 1;
		workers[i].dice = unit_seed(1000 * threads + i);
		workers[i].rounds = rounds / threads + 1;
	}
	unit_threads(threads, run, workers, sizeof(workers[0]));
}

static void
hold(struct worker *w, struct sl_mspan *s)
{
	set_hold(s, w->id);
	w->claims++;
}

/* --- recycling: the set alone ------------------------------------------ */

static void *
recycle(void *arg)
{
	struct worker *w = arg;
	struct sl_mspan *s;

	sl_mock_user();
	for (unsigned i = 0; i < w->rounds && !set_has_fault(); i++) {
		sl_spanclass spc =
		    unit_random(&w->dice, 4) == 0 ? many_slots : few_slots;

		s = sl_set_claim(spc);
		if (s == NULL || !set_is_claimed_well(s, spc))
			continue;
		hold(w, s);
		if (unit_random(&w->dice, 64) == 0)
			sched_yield();
		set_let_go(s, w->id);
		if (sl_mspan_release(s)) {
			w->inserts++;
			sl_set_insert(spc, s);
		}
	}
	return NULL;
}

static void
fill(sl_spanclass spc, uint64_t *inserts)
{
	while (sl_mock_outstanding(spc) < SPANS) {
		struct sl_mspan *s = set_new_span(spc);

		if (sl_mspan_release(s)) {
			sl_set_insert(spc, s);
			++*inserts;
		}
	}
}

static void
check_sums_of_set(
    const struct sl_stats *before, uint64_t claims, uint64_t inserts)
{
	struct sl_stats s = set_counters();
	uint64_t locks =
	    s.set_lock_acquisitions - before->set_lock_acquisitions;

	if (set_holds() != claims)
		set_fault("%llu claims made, but the spans know of %llu",
		    (unsigned long long)claims,
		    (unsigned long long)set_holds());
	if (s.set_inserts - before->set_inserts != inserts)
		set_fault("%llu insertions counted, %llu made",
		    (unsigned long long)(s.set_inserts - before->set_inserts),
		    (unsigned long long)inserts);
	if (set_progress_is("blocking") && locks < claims + inserts)
		set_fault("blocking, but %llu locks counted for %llu "
			  "insertions and %llu claims",
		    (unsigned long long)locks, (unsigned long long)inserts,
		    (unsigned long long)claims);
	if (s.set_lock_waits - before->set_lock_waits > locks)
		set_fault("more waits for locks than locks");
}

static uint64_t
listed_now(void)
{
	return set_walk(few_slots, NULL) + set_walk(many_slots, NULL);
}

const char *
set_check_recycling(unsigned threads, unsigned claims)
{
	struct sl_stats before = set_counters();
	uint64_t nclaims = 0, ninserts = 0, listed;

	set_holds_reset();
	few_slots = set_class_of(1024, true);
	many_slots = set_class_of(48, false);
	listed = listed_now();
	fill(few_slots, &ninserts);
	fill(many_slots, &ninserts);
	start(threads, claims, recycle);
	for (unsigned i = 0; i < threads; i++) {
		nclaims += workers[i].claims;
		ninserts += workers[i].inserts;
	}
	if (!set_has_fault()) {
		uint64_t rest = listed_now();

		check_sums_of_set(&before, nclaims, ninserts);
		if (!sl_set_info.claim_leaves_listed &&
		    listed + ninserts != nclaims + rest)
			set_fault("%llu insertions, but %llu claims and %llu "
				  "spans that are left",
			    (unsigned long long)(listed + ninserts),
			    (unsigned long long)nclaims,
			    (unsigned long long)rest);
		set_collect(few_slots);
		set_collect(many_slots);
	}
	return set_first_fault();
}

/* --- policy: full and partial spans ------------------------------------ */

/* Slots on their way from one thread to another: span * 1024 + slot + 1. */
static _Atomic(size_t) mail[MAIL];

/* Slots in use. */
static _Atomic(uint64_t) in_use[SL_MOCK_SPANS][SL_MAX_WORDS];

static struct sl_mspan *first_span; /* the one of index 0 */

static void
free_letter(struct sl_mcentral_user *u, size_t letter)
{
	size_t span = (letter - 1) / SL_MAX_SLOTS;
	unsigned slot = (unsigned)((letter - 1) % SL_MAX_SLOTS);
	uint64_t bit = UINT64_C(1) << slot % 64;

	if ((atomic_fetch_and_explicit(
		 &in_use[span][slot / 64], ~bit, memory_order_relaxed) &
		bit) == 0)
		set_fault("slot %u of span %zu was in two hands", slot, span);
	if (!sl_mcentral_free_slot(u, first_span + span, slot))
		set_fault("slot %u of span %zu was free already", slot, span);
}

/* Take up to n slots of s, which is held, and note them as letters. */
static unsigned
take_letters(struct sl_mspan *s, size_t *letters, unsigned n)
{
	size_t span = sl_mock_index(s);

	for (unsigned i = 0; i < n; i++) {
		int slot = set_take_slot(s);
		uint64_t bit;

		if (slot < 0)
			return i;
		bit = UINT64_C(1) << slot % 64;
		if ((atomic_fetch_or_explicit(
			 &in_use[span][slot / 64], bit, memory_order_relaxed) &
			bit) != 0)
			set_fault("slot %d of span %zu was handed out twice",
			    slot, span);
		letters[i] = span * SL_MAX_SLOTS + (size_t)slot + 1;
	}
	return n;
}

static void
use_one_span(struct worker *w, struct sl_mcentral_user *u)
{
	size_t letters[SL_MAX_SLOTS];
	bool all = unit_random(&w->dice, 2) == 0;
	bool many = unit_random(&w->dice, 8) == 0;
	struct sl_mspan *s =
	    sl_mcentral_cache_span(u, many ? many_slots : few_slots);
	unsigned n;

	w->use[many].spans++;
	if (s == NULL) {
		set_fault("there are no %d spans", SL_MOCK_SPANS);
		return;
	}
	hold(w, s);
	n = take_letters(s, letters,
	    all ? SL_MAX_SLOTS : (unsigned)unit_random(&w->dice, 3));
	w->use[many].slots += n;
	set_let_go(s, w->id);
	if (all && sl_options.epoch == 0)
		sl_mcentral_detach_span(u, s);
	else
		sl_mcentral_uncache_span(u, s);
	for (unsigned i = 0; i < n; i++) {
		size_t old = atomic_exchange(
		    &mail[unit_random(&w->dice, MAIL)], letters[i]);

		if (old != 0)
			free_letter(u, old);
	}
}

static void *
use_spans(void *arg)
{
	struct worker *w = arg;
	struct sl_mcentral_user *u = sl_mock_user();

	for (unsigned i = 0; i < w->rounds && !set_has_fault(); i++) {
		use_one_span(w, u);
		if (sl_options.epoch != 0 && unit_random(&w->dice, 64) == 0)
			sl_mcentral_turn(u);
	}
	return NULL;
}

/* All slots were freed by now. */
static void
check_sums_of_use(const struct set_sums *sums)
{
	for (unsigned i = 0; i < 2 && !set_has_fault(); i++) {
		uint64_t spans = 0, slots = 0;

		for (unsigned k = 0; k < THREADS_MAX; k++) {
			spans += workers[k].use[i].spans;
			slots += workers[k].use[i].slots;
		}
		set_sums_end(&sums[i], spans, slots);
	}
}

const char *
set_check_policy(unsigned threads, unsigned spans)
{
	struct sl_mcentral_user *u = sl_mock_user();
	struct sl_mspan *s = set_new_span(set_class_of(1024, true));
	struct set_sums sums[2];

	first_span = s - sl_mock_index(s);
	sl_mheap_free_span(NULL, s);
	set_holds_reset();
	set_sums_begin(&sums[0], set_class_of(1024, true));
	set_sums_begin(&sums[1], set_class_of(48, false));
	start(threads, spans, use_spans);
	for (unsigned i = 0; i < MAIL; i++) {
		size_t letter = atomic_exchange(&mail[i], 0);

		if (letter != 0)
			free_letter(u, letter);
	}
	check_sums_of_use(sums);
	if (!set_has_fault()) {
		set_collect(few_slots);
		set_collect(many_slots);
	}
	return set_first_fault();
}

/* --- with delays ------------------------------------------------------- */

const char *
set_check_delayed(void)
{
	static const unsigned threads[] = {2, 8, 48};
	unsigned policy = sl_options.epoch == 0 ? 20000 : 8000;
	bool spins = sl_set_info.spins;
	const char *fault = NULL;

	step_delay_at_random(true);
	for (size_t i = 0;
	     i < UNIT_COUNT(threads) && fault == NULL && sl_options.epoch == 0;
	     i++)
		fault = set_check_recycling(
		    threads[i], unit_meetings(100000, threads[i], spins));
	for (size_t i = 0; i < UNIT_COUNT(threads) && fault == NULL; i++)
		fault = set_check_policy(
		    threads[i], unit_meetings(policy, threads[i], spins));
	step_delay_at_random(false);
	return fault;
}
