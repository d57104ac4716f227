/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * curves.c - what was observed of a workload as curves at one thread count.
 *
 * Called by page_seen.c and curve_svg.c.
 */
#include "harness/driver/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIB 1048576.0
enum { TIMES = 49 }; /* points of a curve over time */

static const struct sl_seen *
seen_at(
    const struct sl_results *r, size_t w, size_t a, size_t t, unsigned round)
{
	const struct sl_result *res = sl_results_at(r, w, a, t, round);

	return res->state == SL_RESULT_OK ? res->seen : NULL;
}

/* What one cell says at one x. */
static double
value_of(const struct sl_curves *c, const struct sl_seen *s, size_t i)
{
	double rss, live;

	if (c->kind == SL_CURVES_PERCENTILES)
		return s->ns[c->id][i];
	rss = sl_seen_when(s, s->rss, c->xs[i]) / MIB;
	live = sl_seen_when(s, s->live, c->xs[i]) / MIB;
	return c->id == SL_CURVES_RESIDENT ? rss
	       : c->id == SL_CURVES_LIVE   ? live
	       : live > 0                  ? rss / live
					   : (double)NAN;
}

/* The median of the rounds that have it, if half of them do. */
static double
median_at(const struct sl_results *r, const struct sl_curves *c, size_t w,
    size_t a, size_t t, size_t i)
{
	unsigned rounds = r->manifest.plan.rounds;
	double *v = sl_alloc_array(rounds, sizeof *v), x;
	size_t n = 0, all = 0;

	for (unsigned round = 1; round <= rounds; round++) {
		const struct sl_seen *s = seen_at(r, w, a, t, round);

		if (!s)
			continue;
		all++;
		x = value_of(c, s, i);
		if (isfinite(x))
			v[n++] = x;
	}
	x = 2 * n >= all ? sl_stat_median(v, n) : (double)NAN;
	free(v);
	return x;
}

/* When the last sample of any cell was taken; 0: there is none. */
static double
longest(const struct sl_results *r, size_t w)
{
	const struct sl_plan *p = &r->manifest.plan;
	double most = 0;

	for (size_t i = 0; i < p->allocators.n * p->threads.n; i++)
		for (unsigned round = 1; round <= p->rounds; round++) {
			const struct sl_seen *s = seen_at(
			    r, w, i / p->threads.n, i % p->threads.n, round);

			if (s && s->samples)
				most = fmax(most, s->at_ms[s->samples - 1]);
		}
	return most;
}

static void
name(struct sl_curves *c)
{
	static const char *const memory[][2] = {{"resident", "Resident memory"},
	    {"live", "Live bytes"}, {"blow-up", "Blow-up"}};
	const struct sl_seen_name *path = &sl_seen_names[c->id];
	size_t i = (size_t)c->id - SL_CURVES_RESIDENT;

	c->is_log = c->id != SL_CURVES_RESIDENT && c->id != SL_CURVES_LIVE;
	if (c->kind == SL_CURVES_PERCENTILES) {
		c->key = sl_printf("%s-%s", path->call, path->path);
		c->title = path->words;
		c->unit = "ns";
		return;
	}
	c->key = sl_printf("%s-over-time", memory[i][0]);
	c->title = memory[i][1];
	c->unit = c->id == SL_CURVES_BLOW_UP ? "resident to live" : "MiB";
}

static bool
fill(const struct sl_results *r, size_t workload, struct sl_curves *c)
{
	const struct sl_plan *p = &r->manifest.plan;
	bool any = false;

	c->y =
	    sl_alloc_array(p->allocators.n * p->threads.n * c->n, sizeof *c->y);
	for (size_t a = 0; a < p->allocators.n; a++)
		for (size_t t = 0; t < p->threads.n; t++)
			for (size_t i = 0; i < c->n; i++) {
				double v = median_at(r, c, workload, a, t, i);

				c->y[(a * p->threads.n + t) * c->n + i] = v;
				any |= isfinite(v);
			}
	return any;
}

bool
sl_curves_make(const struct sl_results *r, size_t workload,
    enum sl_curves_id id, struct sl_curves *c)
{
	bool of_path = (int)id < SL_SEEN_PATHS;
	double end = of_path ? 0 : longest(r, workload);

	if (!of_path && !(end > 0))
		return false;
	*c = (struct sl_curves){.id = id,
	    .kind = of_path ? SL_CURVES_PERCENTILES : SL_CURVES_TIME,
	    .n = of_path ? SL_SEEN_QUANTILES : TIMES};
	c->xs = sl_alloc_array(c->n, sizeof *c->xs);
	for (size_t i = 0; i < c->n; i++)
		c->xs[i] = of_path ? sl_seen_quantiles[i]
				   : end * (double)i / (TIMES - 1);
	name(c);
	if (fill(r, workload, c))
		return true;
	sl_curves_destroy(c);
	return false;
}

void
sl_curves_destroy(struct sl_curves *c)
{
	free(c->key);
	free(c->xs);
	free(c->y);
}

const double *
sl_curves_at(const struct sl_results *r, const struct sl_curves *c,
    size_t allocator, size_t threads)
{
	return &c->y[(allocator * r->manifest.plan.threads.n + threads) * c->n];
}

bool
sl_curves_is_marked(const struct sl_curves *c, size_t allocator, size_t i)
{
	double nines = -log10(1 - c->xs[i]);

	if (c->kind == SL_CURVES_TIME)
		return (i + 5 * allocator) % 12 == 6;
	return i == 0 || fabs(nines - round(nines)) < 1e-6;
}
