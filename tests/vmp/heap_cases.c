/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heap_cases.c - scenarios with mcaches and the page heap on virtual threads;
 * see heap_cases.h.  A guest.
 */
#include "tests/vmp/heap_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mcache.h"
#include "core/mheap.h"
#include "core/mthread.h"
#include "core/options.h"
#include "core/spanlab.h"
#include "core/sys.h"
#include "harness/vmp/cases.h"
#include "tests/vmp/heap_scenarios.h"

enum { CASES_MAX = 64, STEPS_MAX = 200000, DEEP_RUNS_MAX = 40000 };

/* --- a run --------------------------------------------------------------- */

static void
prepare(void)
{
	const struct heap_case *hc = vmp_arg();

	sl_options.hold = hc->hold;
	sl_options.scavenge = hc->scavenge;
	sl_sys_refuse(sl_options.refuse, sl_options.refuse_count);
	if (hc->deep != 0)
		vmp_at_thread_end = NULL;
}

static void
enter(unsigned thread)
{
	const struct heap_case *hc = vmp_arg();

	if (hc->enter[thread] != NULL)
		hc->enter[thread]();
}

static void
body(unsigned thread)
{
	const struct heap_case *hc = vmp_arg();

	hc->body[thread]();
}

static void
count_span(struct sl_mspan *s, void *n)
{
	(void)s;
	++*(unsigned *)n;
}

/* But those that threads hold. */
static void
count_free_span(struct sl_mspan *s, void *n)
{
	/* relaxed: no other thread is there */
	if ((sl_load_rlx(&s->word) & SL_W_C) == 0 &&
	    sl_load_rlx(&s->holder) == NULL)
		++*(unsigned *)n;
}

/* Nothing is in use: all pages are free. */
static void
check_all_is_back(void (*count)(struct sl_mspan *s, void *n))
{
	struct sl_inside in;
	unsigned n = 0;

	/* In epoch mode what was freed is swept in the next turn but one. */
	for (unsigned i = 0; i < 3; i++)
		(void)sl_epoch_advance();
	sl_thread_enter(&in);
	sl_mcache_release_all(in.mc);
	(void)sl_mcentral_reap(&in.mc->central);
	sl_thread_leave(&in);
	sl_mheap_walk(count, &n);
	if (n != 0 && sl_set_info.miss == SL_MISS_NEVER)
		vmp_fail("%u spans without an object are not back", n);
}

static void
check(void)
{
	const struct heap_case *hc = vmp_arg();
	uint64_t live = 0, bytes;
	char why[160] = "";
	bool held;

	sl_sys_refuse(0, 0);
	if (hc->is_child)
		return; /* there is no main thread */
	heap_give_rest();
	if (!sl_heap_check(why, sizeof(why), &live, &bytes))
		vmp_fail("the heap is wrong: %s", why);
	if (live != 0)
		vmp_fail("%u objects live that nobody has", (unsigned)live);
	/* Threads without memory for an mcache have one together. */
	held = hc->deep != 0 || sl_sys_refusals() != 0;
	check_all_is_back(held ? count_free_span : count_span);
}

/* --- all of them --------------------------------------------------------- */

static struct vmp_scenario scenarios[CASES_MAX / 2];
static struct vmp_case cases[CASES_MAX];

/* Runs of each scenario; of a long one; and of the search, where there is one:
 * it goes through all schedules with one deviation, some 800 to 1700; and how
 * much deeper than their row says the search of those goes whose threads stay,
 * with as many runs as that takes. */
static const struct level {
	unsigned seeds, long_seeds, deviations;
	unsigned long dfs;
	unsigned deeper;
	bool is_quick, searches_tso;
} levels[VMP_EFFORTS] = {
    [VMP_QUICK] = {5, 2, 1, 100, 0, true, false},
    [VMP_NORMAL] = {20, 4, 1, 2000, 0, false, false},
    [VMP_LONG] = {2000, 300, 2, 60000, 1, false, true},
};

/* With options only rows whose threads stay are searched: a thread's end is the
 * same with most of them, and takes longest. */
static bool
has_options(void)
{
	return sl_options.epoch != 0 || sl_options.refuse != 0 ||
	       sl_options.hooks != 0;
}

/* A refusal is a deviation, too, and a thread's birth asks for much; and each
 * word that is filled is a place for one. */
static unsigned
deep_deviations(const struct heap_case *hc, const struct level *l)
{
	if (l->is_quick || sl_options.clobber != 0 ||
	    (sl_options.refuse != 0 && hc->deep < 3))
		return 1;
	return hc->deep + l->deeper;
}

static struct vmp_case *
add(struct vmp_case *c, const struct heap_case *hc, bool tso)
{
	const struct level *l = &levels[vmp_cases_effort()];
	struct vmp_scenario *v = &scenarios[hc - heap_cases];

	*v = (struct vmp_scenario){
	    hc->name, hc->nthreads, prepare, enter, body, check, hc};
	*c = (struct vmp_case){.scenario = v,
	    .bounds = {.tso = tso,
		.random = hc->is_long ? l->long_seeds : l->seeds,
		.pct = hc->is_long ? l->long_seeds : l->seeds,
		.depth = 3,
		.deviations = l->deviations,
		.steps_max = STEPS_MAX}};
	if (hc->is_searched && !has_options() && (l->searches_tso || !tso))
		c->bounds.dfs = l->dfs;
	if (hc->deep != 0 && (l->searches_tso || !tso)) {
		c->bounds.deviations = deep_deviations(hc, l);
		c->bounds.dfs = DEEP_RUNS_MAX;
	}
	return c + 1;
}

/* Threads have one state in all runs, and the heap has grown. */
static bool
start(void)
{
	const char *why = vmp_init();

	if (why != NULL) {
		printf("Bail out! %s\n", why);
		return false;
	}
	sl_options.hold = 0;
	/* A pause is for a wait that needs another thread, not for a while. */
	sl_options.backoff = sl_set_info.spins;
	sl_options.backoff_max = sl_options.backoff;
	sl_free(sl_mallocgc(HEAP_LARGE, true, false));
	check_all_is_back(count_span);
	printf("# all of core over the set of the variant %s %s\n",
	    sl_set_info.name, sl_set_mode());
	return true;
}

int
heap_cases_main(int argc, char **argv)
{
	struct vmp_case *c = cases;

	if (!start())
		return 1;
	for (size_t i = 0; i < heap_cases_count; i++) {
		if (heap_cases[i].forks && sl_set_info.never_forks)
			continue;
		if (heap_cases[i].is_epoch && sl_options.epoch == 0)
			continue;
		/* To fill objects takes steps. */
		if (sl_options.clobber != 0 &&
		    (heap_cases[i].is_large || heap_cases[i].deep == 0))
			continue;
		if (c + 2 > cases + CASES_MAX)
			abort();
		c = add(c, &heap_cases[i], false);
		c = add(c, &heap_cases[i], true);
	}
	return vmp_cases_main(argc, argv, cases, (size_t)(c - cases));
}

int
heap_cases_planted_main(
    int argc, char **argv, const char *name, unsigned long within)
{
	if (!start())
		return 1;
	for (size_t i = 0; i < heap_cases_count; i++) {
		if (strcmp(heap_cases[i].name, name) != 0)
			continue;
		(void)add(cases, &heap_cases[i], false);
		vmp_case_plant(&cases[0], within);
	}
	return vmp_cases_main(argc, argv, cases, 1);
}
