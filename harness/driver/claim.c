/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim.c - judges a claim.
 *
 * Called by the rooms of papers; tests/unit/t_claim.c has known answers.
 */
#include "harness/driver/claim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 2000 };
static const double LEVEL = 0.95;

const char *
sl_claim_state_text(enum sl_claim_state state)
{
	static const char *const texts[SL_N_STATES] = {
	    "reproduced", "not reproduced", "inconclusive"};

	return texts[state];
}

char *
sl_claim_impossible(const struct sl_claim *c, const struct sl_here *here)
{
	for (size_t i = 0; i < c->nneeds; i++) {
		const struct sl_need *n = &c->needs[i];
		unsigned have =
		    !strcmp(n->what, "cpus") ? here->cpus : here->nodes;

		if (have < n->least)
			return sl_printf("needs %s, here: %u", n->text, have);
	}
	return NULL;
}

/* A count that is the same in each run. */
static bool
is_exact(const struct sl_point *at)
{
	return !strcmp(at->metric, "instructions");
}

/* Whether it changes with what else runs. */
static bool
is_time(const struct sl_point *at)
{
	size_t n = strlen(at->metric);

	return !strcmp(at->metric, "ops") || !strcmp(at->metric, "ns") ||
	       (n > 3 && !strcmp(at->metric + n - 3, "_ns"));
}

/* NULL: it was quiet enough for what the claim needs.  What a control claims
 * is false whatever else runs. */
static char *
disturbed(const struct sl_paper *p, const bool *used, const struct sl_here *h)
{
	bool has_time = false;

	for (size_t i = 0; i < p->points.n; i++)
		has_time |= used[i] && is_time(&p->points.v[i]);
	if (!has_time || p->control || h->others <= h->others_max)
		return NULL;
	return sl_printf("the machine was busy: others had %.0f %% of its CPU "
			 "time, and more than %.0f %% is too much",
	    h->others, h->others_max);
}

/* NULL: all that it needs was measured. */
static char *
incomplete(const struct sl_paper *p, const bool *used, size_t *rounds)
{
	*rounds = 0;
	for (size_t i = 0; i < p->points.n; i++) {
		const struct sl_point *at = &p->points.v[i];

		if (!used[i])
			continue;
		if (*rounds == 0 || at->n < *rounds)
			*rounds = at->n;
		if (at->n == 0)
			return sl_strdup(
			    at->missing ? at->missing : "not measured yet");
		if (at->n < SL_STAT_BOOTSTRAP_FROM && !is_exact(at))
			return sl_printf("only %zu good rounds, of %d that an "
					 "interval needs%s%s",
			    at->n, SL_STAT_BOOTSTRAP_FROM,
			    at->missing ? ": " : "",
			    at->missing ? at->missing : "");
	}
	return NULL;
}

static void
take_medians(struct sl_points *points, const bool *used)
{
	for (size_t i = 0; i < points->n; i++)
		if (used[i])
			points->v[i].now =
			    sl_stat_median(points->v[i].v, points->v[i].n);
}

static void
take_resampled(struct sl_points *points, const bool *used, struct sl_rng *rng,
    double *room)
{
	for (size_t i = 0; i < points->n; i++) {
		struct sl_point *at = &points->v[i];

		if (!used[i])
			continue;
		for (size_t k = 0; k < at->n; k++)
			room[k] = at->v[sl_rng_below(rng, at->n)];
		at->now = sl_stat_median(room, at->n);
	}
}

static size_t
most_rounds(const struct sl_points *points)
{
	size_t most = 1;

	for (size_t i = 0; i < points->n; i++)
		if (points->v[i].n > most)
			most = points->v[i].n;
	return most;
}

/* How far the value may be off; a NAN among the resampled ones is one of no
 * value, which the caller must know. */
static struct sl_interval
bootstrap(struct sl_paper *p, const struct sl_claim *c, const bool *used)
{
	double *values = sl_alloc_array(RESAMPLES, sizeof *values);
	double *room = sl_alloc_array(most_rounds(&p->points), sizeof *room);
	struct sl_rng rng = {1};
	struct sl_interval in;
	bool has_nan = false;

	for (int r = 0; r < RESAMPLES; r++) {
		take_resampled(&p->points, used, &rng, room);
		values[r] = sl_expr_value(c->value, &p->points);
		has_nan |= isnan(values[r]);
	}
	in.lo = sl_stat_quantile(values, RESAMPLES, (1 - LEVEL) / 2);
	in.hi = sl_stat_quantile(values, RESAMPLES, (1 + LEVEL) / 2);
	if (has_nan)
		in = (struct sl_interval){NAN, NAN};
	free(room);
	free(values);
	return in;
}

static void
decide(const struct sl_claim *c, struct sl_judgement *j)
{
	j->state = SL_INCONCLUSIVE;
	if (isnan(j->value) || isnan(j->in.lo) || isnan(j->in.hi))
		j->why = sl_strdup("what was measured has no such value");
	else if (j->in.lo >= c->lo && j->in.hi <= c->hi)
		j->state = SL_REPRODUCED;
	else if (j->in.hi < c->lo || j->in.lo > c->hi)
		j->state = SL_NOT_REPRODUCED;
	else
		j->why = sl_strdup("too much noise: part of the interval is "
				   "as expected, part is not");
}

void
sl_claim_judge(struct sl_paper *p, const struct sl_claim *c,
    const struct sl_here *here, struct sl_judgement *out)
{
	bool *used = sl_alloc_array(p->points.n + 1, sizeof *used);
	char *why = NULL;

	*out = (struct sl_judgement){
	    .state = SL_INCONCLUSIVE, .value = NAN, .in = {NAN, NAN}};
	sl_expr_uses(c->value, used);
	out->why = sl_claim_impossible(c, here);
	if (!out->why)
		out->why = incomplete(p, used, &out->rounds);
	if (!out->why) {
		take_medians(&p->points, used);
		out->value = sl_expr_value(c->value, &p->points);
		out->in = bootstrap(p, c, used);
		decide(c, out);
		why = disturbed(p, used, here);
	}
	if (why) {
		out->state = SL_INCONCLUSIVE;
		free(out->why);
		out->why = why;
	}
	free(used);
}
