/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare.c - the command `spanlab compare`: two sweeps, point by point.
 *
 * Called by main.c.  The two ran at different times, so their rounds are no
 * pairs: a point differs if the intervals of the medians do not overlap and
 * the medians differ by more than the least effect.  Controls and other
 * people's allocators, which no change of ours can make faster, say how far
 * the machine itself has moved.
 */
#include "harness/driver/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/verdict.h"

/* What both have; indices into the plans of the two. */
struct point {
	size_t workload[2], allocator[2], threads[2];
};

struct comparison {
	const struct sl_results *run[2];
	double min_effect;
	size_t points, faster, slower, too_few;
	double chance; /* that many would differ by chance, at most */
	double log_sum;
	size_t moved; /* slower or faster where nothing of ours can be */
};

static bool
find_counts(const struct sl_counts *c, unsigned n, size_t *at)
{
	for (*at = 0; *at < c->n; ++*at)
		if (c->v[*at] == n)
			return true;
	return false;
}

static bool
find_workload(
    const struct sl_workloads *l, const struct sl_workload *w, size_t *at)
{
	for (*at = 0; *at < l->n; ++*at)
		if (!strcmp(l->v[*at].name, w->name))
			return !strcmp(l->v[*at].params, w->params);
	return false;
}

static bool
find_allocator(
    const struct sl_allocators *l, const struct sl_allocator *a, size_t *at)
{
	for (*at = 0; *at < l->n; ++*at)
		if (!strcmp(l->v[*at].name, a->name))
			return !strcmp(l->v[*at].options, a->options);
	return false;
}

static bool
is_fixed(const struct comparison *c, const struct point *p)
{
	const struct sl_plan *plan = &c->run[0]->manifest.plan;

	return plan->workloads.v[p->workload[0]].control ||
	       !sl_allocator_is_ours(&plan->allocators.v[p->allocator[0]]);
}

static void
count_point(struct comparison *c, const struct sl_spread s[2],
    enum sl_verdict v, bool fixed)
{
	c->points++;
	c->faster += v == SL_FASTER;
	c->slower += v == SL_SLOWER && !fixed;
	c->too_few += v == SL_TOO_FEW;
	c->moved += fixed && (v == SL_FASTER || v == SL_SLOWER);
	c->log_sum += log(s[1].median / s[0].median);
	if (v == SL_TOO_FEW)
		return;
	/* bootstrap intervals of 95 % are apart even more rarely */
	c->chance +=
	    s[0].n < SL_STAT_BOOTSTRAP_FROM || s[1].n < SL_STAT_BOOTSTRAP_FROM
		? sl_stat_ranges_apart_chance(s[0].n, s[1].n)
		: 0.05;
}

static void
compare_point(struct comparison *c, const struct point *p)
{
	static const char *const words[] = {[SL_TOO_FEW] = "too few rounds",
	    [SL_NO_DIFFERENCE] = "no difference shown",
	    [SL_FASTER] = "FASTER",
	    [SL_SLOWER] = "SLOWER"};
	const struct sl_plan *plan = &c->run[0]->manifest.plan;
	bool fixed = is_fixed(c, p);
	struct sl_spread s[2];
	enum sl_verdict v;

	for (int i = 0; i < 2; i++)
		s[i] = sl_results_throughput(
		    c->run[i], p->workload[i], p->allocator[i], p->threads[i]);
	if (s[0].n == 0 || s[1].n == 0)
		return;
	v = sl_stat_compare(&s[1], &s[0], c->min_effect);
	printf("%-18s %-18s %4u %9.3g %9.3g  %6.3f  %s%s\n",
	    plan->workloads.v[p->workload[0]].name,
	    plan->allocators.v[p->allocator[0]].name,
	    plan->threads.v[p->threads[0]], s[0].median, s[1].median,
	    s[1].median / s[0].median, words[v],
	    fixed && (v == SL_FASTER || v == SL_SLOWER) ? " (machine?)" : "");
	count_point(c, s, v, fixed);
}

static void
compare_all(struct comparison *c)
{
	const struct sl_plan *a = &c->run[0]->manifest.plan;
	const struct sl_plan *b = &c->run[1]->manifest.plan;
	struct point p;

	for (size_t w = 0; w < a->workloads.n; w++) {
		p.workload[0] = w;
		if (!find_workload(
			&b->workloads, &a->workloads.v[w], &p.workload[1]))
			continue;
		for (size_t k = 0; k < a->allocators.n; k++) {
			p.allocator[0] = k;
			if (!find_allocator(&b->allocators, &a->allocators.v[k],
				&p.allocator[1]))
				continue;
			for (size_t t = 0; t < a->threads.n; t++) {
				p.threads[0] = t;
				if (find_counts(&b->threads, a->threads.v[t],
					&p.threads[1]))
					compare_point(c, &p);
			}
		}
	}
}

static void
warn_of_other(const char *option, const char *a, const char *b)
{
	if (strcmp(a, b))
		printf("WARNING: not the same %s: %s and %s\n", option,
		    *a ? a : "none said", *b ? b : "none said");
}

static void
say_runs(const struct comparison *c)
{
	char *host[2], *seen[2];

	for (int i = 0; i < 2; i++) {
		const struct sl_manifest *m = &c->run[i]->manifest;

		host[i] = sl_host_summary(m->host);
		printf("%c  %s, revision %s, %s\n", "AB"[i], m -> name,
		    m -> revision, host[i]);
	}
	if (strcmp(host[0], host[1]))
		puts("WARNING: not the same machine; what differs may be that");
	if (c->run[0]->manifest.plan.seed != c->run[1]->manifest.plan.seed)
		puts("WARNING: not the same seed");
	if (fabs(c->run[0]->manifest.plan.window_s -
		 c->run[1]->manifest.plan.window_s) > 1e-9)
		puts("WARNING: not the same window");
	warn_of_other("--pin", c->run[0]->manifest.plan.pin,
	    c->run[1]->manifest.plan.pin);
	warn_of_other("--numa", c->run[0]->manifest.plan.numa,
	    c->run[1]->manifest.plan.numa);
	warn_of_other("--trace", c->run[0]->manifest.plan.trace_digest,
	    c->run[1]->manifest.plan.trace_digest);
	for (int i = 0; i < 2; i++)
		seen[i] = sl_verdict_observed(&c->run[i]->manifest.plan);
	if (strcmp(seen[0], seen[1]))
		puts("WARNING: one of the two observed what the other did not, "
		     "which slows cells");
	free(seen[0]);
	free(seen[1]);
	free(host[0]);
	free(host[1]);
	printf("%-18s %-18s %4s %9s %9s  %6s\n", "workload", "allocator", "T",
	    "A", "B", "B/A");
}

static void
say_sum(const struct comparison *c)
{
	printf("%zu points: B is faster in %zu, slower in %zu; geometric mean "
	       "of B/A %.3f; at most %.0f would differ by chance\n",
	    c->points, c->faster, c->slower,
	    exp(c->log_sum / (double)c->points), ceil(c->chance));
	if (c->moved)
		printf("WARNING: %zu points differ that cannot (controls, or "
		       "allocators that are not ours): the machine moved\n",
		    c->moved);
	if (c->too_few)
		printf("%zu points have fewer than three rounds on a side\n",
		    c->too_few);
}

/* --- the command ---------------------------------------------------------- */

/* What git bisect run understands, besides 0 and 1. */
enum { BISECT_SKIP = 125, BISECT_ABORT = 128 };

static const char usage[] =
    "compare: usage: spanlab compare [--least PERCENT] [--bisect] A B";

struct request {
	bool bisect;
	double min_effect;
	const char *dir[2];
};

static void
set_least(struct request *q, const char *text)
{
	char *end;

	q->min_effect = strtod(text, &end) / 100;
	if (*end || end == text || !(q->min_effect >= 0 && q->min_effect < 1))
		sl_die(q->bisect ? (int)BISECT_ABORT : (int)SL_EXIT_USAGE,
		    "compare: --least '%s' is no number of percent", text);
}

/* A mistake in the command is one at each commit, so --bisect is looked for
 * first: it ends the bisection, where 2 would be taken for a bad commit. */
static void
parse(struct request *q, int argc, char **argv)
{
	int n = 0, i;

	for (i = 1; i < argc; i++)
		q->bisect |= !strcmp(argv[i], "--bisect");
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--bisect"))
			continue;
		if (!strcmp(argv[i], "--least") && i + 1 < argc)
			set_least(q, argv[++i]);
		else if (argv[i][0] == '-' || n == 2)
			n = 3;
		else
			q->dir[n++] = argv[i];
	}
	if (n != 2)
		sl_die(q->bisect ? (int)BISECT_ABORT : (int)SL_EXIT_USAGE, "%s",
		    usage);
}

/* Without A there is nothing to compare any commit with; without B, this one
 * cannot be told. */
static void
read_run(const struct request *q, int i, struct sl_results *r)
{
	char *why;

	if (!sl_results_read(r, q->dir[i], &why))
		sl_die(!q->bisect ? (int)SL_EXIT_USAGE
		       : i == 0   ? (int)BISECT_ABORT
				  : (int)BISECT_SKIP,
		    "compare: %s", why);
}

static bool
same_machine(const struct comparison *c)
{
	char *a = sl_host_summary(c->run[0]->manifest.host);
	char *b = sl_host_summary(c->run[1]->manifest.host);
	bool same = !strcmp(a, b);

	free(a);
	free(b);
	return same;
}

/* The exit status. */
static int
verdict(const struct request *q, const struct comparison *c)
{
	const char *doubt = c->moved           ? "the machine moved"
			    : c->too_few       ? "there are too few rounds"
			    : !same_machine(c) ? "it is not the same machine"
					       : NULL;

	if (q->bisect && doubt) {
		printf("bisect: cannot tell: %s\n", doubt);
		return BISECT_SKIP;
	}
	if (q->bisect)
		printf("bisect: %s\n", c->slower ? "bad" : "good");
	return c->slower ? SL_EXIT_CELLS_FAILED : SL_EXIT_OK;
}

int
sl_compare(int argc, char **argv)
{
	struct request q = {.min_effect = SL_MIN_EFFECT};
	struct comparison c = {0};
	struct sl_results run[2];
	int status = 0;

	parse(&q, argc, argv);
	c.min_effect = q.min_effect;
	for (int i = 0; i < 2; i++) {
		read_run(&q, i, &run[i]);
		c.run[i] = &run[i];
	}
	say_runs(&c);
	compare_all(&c);
	if (c.points) {
		say_sum(&c);
		status = verdict(&q, &c);
	}
	for (int i = 0; i < 2; i++)
		sl_results_destroy(&run[i]);
	if (!c.points)
		sl_die(q.bisect ? (int)BISECT_SKIP : (int)SL_EXIT_USAGE,
		    "compare: the two have no point in common: same "
		    "workloads, options and thread counts are needed");
	return status;
}
