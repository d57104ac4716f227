/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stats_paired.c - two series measured in the same rounds: Wilcoxon's signed
 * ranks.
 *
 * Called by verdict.c and stop.c; tests/unit/t_paired.c has known answers.
 *
 * What the machine does in a round meets both, so the ratio within a round
 * is what is compared.  The estimate is Hodges and Lehmann's: the median of
 * all Walsh averages (x_i + x_j) / 2, i <= j, of the logarithms.  How many of
 * these are above 0 is the test's statistic, whose distribution, if neither
 * is faster, is that of the sum of a random subset of 1..n: no assumption of
 * a normal distribution, and exact for any n.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/driver/stats.h"
#include "harness/driver/util.h"

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The chance of each value of the statistic; the caller frees. */
static double *
rank_chances(size_t n)
{
	size_t most = n * (n + 1) / 2;
	double *chance = sl_alloc_array(most + 1, sizeof *chance);

	for (size_t i = 0; i <= most; i++)
		chance[i] = i == 0;
	for (size_t rank = 1; rank <= n; rank++)
		for (size_t i = most + 1; i-- > 0;)
			chance[i] =
			    (chance[i] + (i >= rank ? chance[i - rank] : 0)) /
			    2;
	return chance;
}

/* The chance that the statistic is at most `w`. */
double
sl_stat_signed_rank(size_t n, size_t w)
{
	size_t most = n * (n + 1) / 2;
	double *chance = rank_chances(n), sum = 0;

	for (size_t i = 0; i <= w && i <= most; i++)
		sum += chance[i];
	free(chance);
	return sum < 1 ? sum : 1;
}

/* All (x_i + x_j) / 2, sorted; the number in *m. */
static double *
walsh_averages(const double *x, size_t n, size_t *m)
{
	double *v = sl_alloc_array(n * (n + 1) / 2, sizeof *v);

	*m = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			v[(*m)++] = (x[i] + x[j]) / 2;
	qsort(v, *m, sizeof *v, by_value);
	return v;
}

/* How many averages are cut off at each end: the least statistic that is not
 * rarer than (1 - level) / 2; at least one, so that the interval is a range. */
static size_t
cut(size_t n, double level)
{
	double *chance = rank_chances(n), sum = chance[0];
	size_t k = 0;

	while (sum < (1 - level) / 2)
		sum += chance[++k];
	free(chance);
	return k > 0 ? k : 1;
}

static double
both_sides(const double *walsh, size_t m, size_t n)
{
	size_t above = 0, same = 0, less;
	double p;

	for (size_t i = 0; i < m; i++) {
		above += walsh[i] > 0;
		same += walsh[i] >= 0 && walsh[i] <= 0;
	}
	/* what is the same counts half, against a difference */
	above += same / 2;
	less = above < m - above ? above + same % 2 : m - above;
	p = 2 * sl_stat_signed_rank(n, less);
	return p < 1 ? p : 1;
}

struct sl_paired
sl_stat_paired(const double *a, const double *b, size_t n)
{
	struct sl_paired r = {NAN, {NAN, NAN}, 1, n, {NAN, NAN}};
	double *logs, *walsh;
	size_t m, k;

	if (n == 0)
		return r;
	logs = sl_alloc_array(n, sizeof *logs);
	for (size_t i = 0; i < n; i++)
		logs[i] = log(a[i] / b[i]);
	walsh = walsh_averages(logs, n, &m);
	k = cut(n, 0.95);
	r.ratio = exp(sl_stat_median(walsh, m));
	r.in.lo = exp(walsh[k - 1]);
	r.in.hi = exp(walsh[m - k]);
	k = cut(n, 1 - 2 * SL_STAT_EARLY_LEVEL);
	r.early.lo = exp(walsh[k - 1]);
	r.early.hi = exp(walsh[m - k]);
	r.p = both_sides(walsh, m, n);
	free(walsh);
	free(logs);
	return r;
}

/* A difference at this level and of this size. */
static enum sl_verdict
differs(const struct sl_paired *r, double level, double min_effect)
{
	if (r->n < SL_STAT_PAIRED_FROM)
		return SL_TOO_FEW;
	if (r->p <= level && r->ratio > 1 + min_effect)
		return SL_FASTER;
	if (r->p <= level && r->ratio < 1 - min_effect)
		return SL_SLOWER;
	return SL_NO_DIFFERENCE;
}

enum sl_verdict
sl_stat_judge(const struct sl_paired *r, double min_effect)
{
	return differs(r, 0.05, min_effect);
}

static bool
within(const struct sl_paired *r, struct sl_interval in, double min_effect)
{
	return r->n >= SL_STAT_PAIRED_FROM && in.lo > 1 - min_effect &&
	       in.hi < 1 + min_effect;
}

bool
sl_stat_is_same(const struct sl_paired *r, double min_effect)
{
	return within(r, r->in, min_effect);
}

bool
sl_stat_is_same_early(const struct sl_paired *r, double min_effect)
{
	return within(r, r->early, min_effect);
}

enum sl_verdict
sl_stat_judge_early(const struct sl_paired *r, double min_effect)
{
	return differs(r, SL_STAT_EARLY_LEVEL, min_effect);
}

enum sl_stop
sl_stat_stop(const struct sl_paired *r, double min_effect, bool is_last)
{
	enum sl_verdict v = is_last ? sl_stat_judge(r, min_effect)
				    : sl_stat_judge_early(r, min_effect);

	bool same = is_last ? sl_stat_is_same(r, min_effect)
			    : sl_stat_is_same_early(r, min_effect);

	if (v == SL_FASTER || v == SL_SLOWER || same)
		return SL_STOP_CERTAIN;
	return is_last ? SL_STOP_GAVE_UP : SL_STOP_GO_ON;
}
