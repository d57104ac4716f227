/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_random.c - the distances between samples of the profile are exponential.
 * Run by make check, once.  The tests of the distribution are run on wrong
 * ones as well, and must refuse them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mrandom.h"

enum { N = 200000, MEAN = 512 << 10 };

static uint64_t seed = 1;
static double gaps[N];

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Kolmogorov and Smirnov's distance of the gaps from the exponential
 * distribution with that mean. */
static double
ks_distance(double mean)
{
	double worst = 0;

	qsort(gaps, N, sizeof(gaps[0]), by_value);
	for (unsigned i = 0; i < N; i++) {
		double f = 1 - exp(-gaps[i] / mean);

		worst = fmax(
		    worst, fmax(f - (double)i / N, (double)(i + 1) / N - f));
	}
	return worst;
}

/* What is exceeded once in 1000 times if the distribution is right. */
static const double ks_limit = 1.95;

static bool
is_exponential(double mean)
{
	return ks_distance(mean) * sqrt(N) < ks_limit;
}

static double
mean_of_gaps(void)
{
	double sum = 0;

	for (unsigned i = 0; i < N; i++)
		sum += gaps[i];
	return sum / N;
}

static void
gaps_are_exponential(void **state)
{
	uint64_t x = seed;
	double mean;

	(void)state;
	for (unsigned i = 0; i < N; i++)
		gaps[i] = (double)sl_random_exponential(&x, MEAN);
	mean = mean_of_gaps();
	printf("# mean %.0f of %d, distance %.4f / sqrt(%d)\n", mean, MEAN,
	    ks_distance(MEAN) * sqrt(N), N);
	/* 1 %: more than four standard deviations */
	assert_true(fabs(mean / MEAN - 1) < 0.01);
	assert_true(is_exponential(MEAN));
}

static void
others_are_refused(void **state)
{
	uint64_t x = seed;

	(void)state;
	for (unsigned i = 0; i < N; i++)
		gaps[i] = (double)sl_random_exponential(&x, MEAN / 100 * 99);
	assert_false(is_exponential(MEAN));
	for (unsigned i = 0; i < N; i++)
		gaps[i] = (double)sl_random_below(&x, 2 * MEAN);
	assert_false(is_exponential(MEAN));
	for (unsigned i = 0; i < N; i++)
		gaps[i] = MEAN;
	assert_false(is_exponential(MEAN));
	for (unsigned i = 0; i < N; i++)
		gaps[i] = ((double)sl_random_exponential(&x, MEAN) +
			      (double)sl_random_exponential(&x, MEAN)) /
			  2;
	assert_false(is_exponential(MEAN));
}

/* Small means are rounded up to bytes; a mean of more than the largest counts
 * as that, and nothing overflows. */
static void
extremes(void **state)
{
	uint64_t x = seed;
	double mean;

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		gaps[i] = (double)sl_random_exponential(&x, UINT32_MAX);
		assert_true(gaps[i] >= 1 && gaps[i] < 19.0 * SL_MAX_MEAN);
	}
	mean = mean_of_gaps();
	assert_true(fabs(mean / SL_MAX_MEAN - 1) < 0.01);
	for (unsigned i = 0; i < N; i++)
		gaps[i] = (double)sl_random_exponential(&x, 2);
	/* sum of exp(-k / 2) over k >= 0 */
	assert_true(fabs(mean_of_gaps() * (1 - exp(-0.5)) - 1) < 0.01);
}

static void
log2_is_near(void **state)
{
	const char *check = getenv("SL_CHECK");
	unsigned step = check && strcmp(check, "quick") == 0 ? 64 : 1;
	double sum = 0, worst = 0;

	(void)state;
	for (unsigned q = 1; q <= 1u << 26; q += step) {
		double e = sl_fastlog2(q) - log2(q);

		sum += e * e;
		worst = fmax(worst, fabs(e));
	}
	printf("# norm %.3f, worst error %.6f\n", sqrt(sum * step), worst);
	assert_true(sqrt(sum * step) <= 1.0);
	assert_true(worst < 0.0002);
	for (int e = 0; e < 1000; e++)
		assert_true(sl_fastlog2(ldexp(1, e)) == e);
}

/* Each value below n comes as often as it should: chi squared. */
static void
small_numbers_are_even(void **state)
{
	enum { KINDS = 17, DRAWS = 170000 };
	unsigned n[KINDS] = {0};
	uint64_t x = seed;
	double chi = 0, expected = (double)DRAWS / KINDS;

	(void)state;
	for (unsigned i = 0; i < DRAWS; i++)
		n[sl_random_below(&x, KINDS)]++;
	for (unsigned i = 0; i < KINDS; i++)
		chi += (n[i] - expected) * (n[i] - expected) / expected;
	printf("# chi squared %.1f\n", chi);
	assert_true(chi < 39.3); /* 16 degrees of freedom: once in 1000 */
}

static void
seeds_differ(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++)
		assert_int_not_equal(sl_random_seed(i), sl_random_seed(i + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gaps_are_exponential),
	    cmocka_unit_test(others_are_refused),
	    cmocka_unit_test(extremes),
	    cmocka_unit_test(log2_is_near),
	    cmocka_unit_test(small_numbers_are_even),
	    cmocka_unit_test(seeds_differ),
	};
	const char *text = getenv("SL_SEED");

	if (text)
		seed = strtoull(text, NULL, 0);
	printf("# seed %llu\n", (unsigned long long)seed);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
