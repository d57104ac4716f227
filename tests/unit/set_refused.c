/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_refused.c - a span set whose requests for memory are refused: what it
 * has no memory for it spills, and claims find it.
 * Called by t_set_refused.c and t_set_faults.c, through set_checks.h.
 */
#include <stdio.h>

#include "core/mcentral_epoch.h"
#include "core/sys.h"
#include "tests/step/control.h"
#include "tests/unit/set_world.h"

enum { SPANS = 40, ALL = 1 << 30, THREADS = 4 };

enum when { NEVER, ALWAYS, AT_RANDOM };

static uint64_t dice;
static size_t spilled;

static void
refuse(enum when when)
{
	bool yes =
	    when == ALWAYS || (when == AT_RANDOM && unit_random(&dice, 2) == 0);

	sl_sys_refuse(yes ? 1 : 0, ALL);
}

static void
count_spilled(struct sl_mspan *s, void *arg)
{
	(void)s;
	++*(size_t *)arg;
}

/* Claim all that there is; every span must be found. */
static void
claim_all(sl_spanclass spc, size_t want)
{
	struct sl_mcentral_user *u = sl_mock_user();
	struct sl_mspan *all[SPANS];
	size_t n = 0;

	sl_set_settle();
	while (n < want) {
		struct sl_mspan *s = sl_mcentral_claim(u, spc, false);

		if (s == NULL || !set_is_claimed_well(s, spc))
			break;
		sl_mspan_harvest(s);
		all[n++] = s;
	}
	if (n != want || sl_mcentral_claim(u, spc, false) != NULL)
		set_fault("%zu spans are claimed, but %zu were inserted, for "
			  "some of which there was no memory",
		    n, want);
	while (n > 0)
		sl_mcentral_uncache_span(u, all[--n]);
}

static void
fill_and_drain(sl_spanclass spc, enum when inserting, enum when claiming)
{
	struct sl_mspan *s[SPANS];
	size_t n = 1 + unit_random(&dice, SPANS), in_spill = 0, all;

	for (size_t i = 0; i < n; i++)
		s[i] = set_new_span(spc);
	for (size_t i = 0; i < n; i++) {
		refuse(inserting);
		sl_mcentral_detach_span(sl_mock_user(), s[i]);
	}
	sl_spill_walk(spc, count_spilled, &in_spill);
	all = set_walk(spc, NULL);
	if (all != n)
		set_fault("%zu spans are listed or spilled, of %zu", all, n);
	spilled += in_spill;
	refuse(claiming);
	claim_all(spc, n);
	refuse(NEVER);
}

const char *
set_check_refused(uint64_t seed, unsigned rounds)
{
	static const enum when whens[] = {ALWAYS, AT_RANDOM, NEVER};

	dice = seed;
	for (unsigned i = 0; i < rounds && !set_has_fault(); i++)
		fill_and_drain(
		    set_class_of(16u << unit_random(&dice, 8), i % 2 == 0),
		    whens[i % 3], i / 3 % 2 == 0 ? ALWAYS : NEVER);
	printf("# %zu spans spilled\n", spilled);
	return set_first_fault();
}

const char *
set_check_refused_threads(unsigned spans)
{
	const char *fault = NULL;

	step_delay_at_random(true);
	for (unsigned first = 1; first <= 31 && fault == NULL; first += 10) {
		sl_sys_refuse(first, ALL);
		fault = set_check_policy(THREADS, spans);
		sl_sys_refuse(0, 1);
	}
	step_delay_at_random(false);
	return fault;
}
