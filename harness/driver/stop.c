/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stop.c - sweeps with a range of rounds: which groups have had enough.
 *
 * Called by sweep.c and the report.
 */
#include "harness/driver/stop.h"

#include <stdlib.h>

#include "harness/driver/verdict.h"

static size_t
missing_until(
    const struct sl_results *r, size_t workload, size_t threads, unsigned round)
{
	size_t n = 0;

	for (size_t a = 0; a < r->manifest.plan.allocators.n; a++)
		for (unsigned i = 1; i <= round; i++)
			n += sl_results_at(r, workload, a, threads, i)->state ==
			     SL_RESULT_MISSING;
	return n;
}

static bool
has_any(const struct sl_results *r, size_t workload, size_t a, size_t threads)
{
	for (unsigned i = 1; i <= r->manifest.plan.rounds; i++)
		if (sl_results_at(r, workload, a, threads, i)->state ==
		    SL_RESULT_OK)
			return true;
	return false;
}

/* What the pairs say. */
static void
look_at_pairs(const struct sl_results *r, size_t workload, size_t threads,
    struct sl_group *g)
{
	const struct sl_plan *p = &r->manifest.plan;
	size_t base = sl_verdict_baseline(p), pairs = 0, same = 0;
	bool is_last = g->rounds >= p->rounds;

	for (size_t a = 0; a < p->allocators.n; a++) {
		struct sl_paired pair;

		if (a == base || !has_any(r, workload, a, threads) ||
		    !has_any(r, workload, base, threads))
			continue;
		pair = sl_verdict_paired(r, workload, a, base, threads);
		pairs++;
		same += sl_stat_is_same(&pair, SL_MIN_EFFECT);
		g->undecided += sl_stat_stop(&pair, SL_MIN_EFFECT, is_last) !=
				SL_STOP_CERTAIN;
	}
	if (pairs == 0)
		g->state = SL_GROUP_ALONE;
	else if (g->undecided)
		g->state = is_last ? SL_GROUP_GAVE_UP : SL_GROUP_UNFINISHED;
	else
		g->state = same == pairs ? SL_GROUP_SAME : SL_GROUP_DECIDED;
}

struct sl_group
sl_group_look(const struct sl_results *r, size_t workload, size_t threads)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_group g = {.rounds = sl_results_rounds(r, workload, threads)};

	if (g.rounds < p->rounds_least)
		g.rounds = p->rounds_least;
	g.missing = missing_until(r, workload, threads, g.rounds);
	if (g.missing)
		return g;
	look_at_pairs(r, workload, threads, &g);
	if (g.state == SL_GROUP_UNFINISHED)
		g.missing = p->allocators.n;
	return g;
}

bool
sl_group_is_due(
    const struct sl_results *r, size_t workload, size_t threads, unsigned round)
{
	const struct sl_plan *p = &r->manifest.plan;

	if (!sl_plan_may_stop(p) || round <= p->rounds_least ||
	    round <= sl_results_rounds(r, workload, threads))
		return true;
	return sl_group_look(r, workload, threads).state == SL_GROUP_UNFINISHED;
}

size_t
sl_groups_missing(const struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;
	size_t n = 0;

	for (size_t w = 0; w < p->workloads.n; w++)
		for (size_t t = 0; t < p->threads.n; t++)
			n += sl_group_look(r, w, t).missing;
	return n;
}

char *
sl_group_text(const struct sl_group *g)
{
	static const char *const words[] = {
	    [SL_GROUP_UNFINISHED] = "unfinished",
	    [SL_GROUP_DECIDED] = "decided",
	    [SL_GROUP_SAME] = "no difference",
	    [SL_GROUP_GAVE_UP] = "gave up",
	    [SL_GROUP_ALONE] = "nothing to compare"};

	return sl_printf("%u, %s", g->rounds, words[g->state]);
}

char *
sl_groups_method(const struct sl_plan *p)
{
	if (!sl_plan_may_stop(p))
		return NULL;
	return sl_printf(
	    "Each workload and number of threads has %u rounds, and more, up "
	    "to %u, until each allocator is decided against %s: it differs, "
	    "with p of at most %g, or it does not, the %.1f %% interval of "
	    "its ratio being within %.0f %% of 1. After %u rounds p of 0.05 "
	    "and the 95 %% interval are enough; what is neither is given up.",
	    p->rounds_least, p->rounds,
	    p->allocators.v[sl_verdict_baseline(p)].name, SL_STAT_EARLY_LEVEL,
	    100 - 200 * SL_STAT_EARLY_LEVEL, 100 * SL_MIN_EFFECT, p->rounds);
}

void
sl_groups_say(const struct sl_results *r, struct sl_names *lines)
{
	const struct sl_plan *p = &r->manifest.plan;

	if (!sl_plan_may_stop(p))
		return;
	for (size_t w = 0; w < p->workloads.n; w++) {
		struct sl_text line = {0};

		sl_text_addf(&line, "%s:", p->workloads.v[w].name);
		for (size_t t = 0; t < p->threads.n; t++) {
			struct sl_group g = sl_group_look(r, w, t);
			char *text = sl_group_text(&g);

			sl_text_addf(&line, "%s T%u %s", t ? ";" : "",
			    p->threads.v[t], text);
			free(text);
		}
		sl_names_add(lines, line.s);
		sl_text_destroy(&line);
	}
}
