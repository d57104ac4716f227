/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_stats.c - the report's statistics on data with known answers.
 * Run by make check, once.  It takes the sources in, for they belong to no
 * library.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "harness/driver/stats.c"
#include "harness/driver/util.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
near(double got, double wanted)
{
	double difference = got - wanted;

	if (difference < 0)
		difference = -difference;
	if (!(difference <= 1e-9)) {
		print_message("got %.12g, wanted %.12g\n", got, wanted);
		fail();
	}
}

static void
median_of_few(void **state)
{
	const double odd[] = {5, 1, 4}, even[] = {4, 1, 3, 10}, one[] = {7};

	(void)state;
	near(sl_stat_median(odd, 3), 4);
	near(sl_stat_median(even, 4), 3.5);
	near(sl_stat_median(one, 1), 7);
	assert_true(isnan(sl_stat_median(one, 0)));
	/* what was given is as it was */
	near(odd[0], 5);
	near(even[3], 10);
}

/* R: quantile(c(2, 4, 4, 5, 7, 9, 10, 12, 13, 20), c(...)), its default */
static void
quantiles_as_in_r(void **state)
{
	const double v[] = {20, 2, 4, 12, 4, 5, 7, 9, 10, 13};

	(void)state;
	near(sl_stat_quantile(v, 10, 0), 2);
	near(sl_stat_quantile(v, 10, 0.25), 4.25);
	near(sl_stat_quantile(v, 10, 0.5), 8);
	near(sl_stat_quantile(v, 10, 0.9), 13.7);
	near(sl_stat_quantile(v, 10, 1), 20);
	near(sl_stat_min(v, 10), 2);
	near(sl_stat_max(v, 10), 20);
}

static void
bootstrap_is_seeded_and_within(void **state)
{
	const double v[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
	const double same[] = {3, 3, 3, 3, 3};
	struct sl_interval a = sl_stat_bootstrap_median(v, 9, 0.95, 2000, 1);
	struct sl_interval b = sl_stat_bootstrap_median(v, 9, 0.95, 2000, 1);
	struct sl_interval c = sl_stat_bootstrap_median(same, 5, 0.95, 500, 1);

	(void)state;
	near(a.lo, b.lo);
	near(a.hi, b.hi);
	/* The exact bootstrap distribution of this median has its 2.5 %
	 * point at 2 or 3 and its 97.5 % point at 7 or 8. */
	assert_true(a.lo >= 2 && a.lo <= 3);
	assert_true(a.hi >= 7 && a.hi <= 8);
	near(c.lo, 3);
	near(c.hi, 3);
	assert_true(isnan(sl_stat_bootstrap_median(v, 0, 0.95, 10, 1).lo));
}

/* Of many samples, the interval must hold the true median about as often as
 * it says: for the percentile bootstrap of a median somewhat less. */
static void
bootstrap_covers(void **state)
{
	struct sl_rng rng = {42};
	unsigned covered = 0, trials = 400;
	double v[15];

	(void)state;
	for (unsigned k = 0; k < trials; k++) {
		struct sl_interval in;

		for (size_t i = 0; i < 15; i++)
			v[i] = (double)sl_rng_below(&rng, 1000001) / 1e6;
		in = sl_stat_bootstrap_median(v, 15, 0.95, 500, k);
		covered += in.lo <= 0.5 && in.hi >= 0.5;
	}
	print_message("# covered %u of %u\n", covered, trials);
	assert_true(covered >= trials * 88 / 100);
	assert_true(covered <= trials * 99 / 100);
}

static void
spread_by_size_of_sample(void **state)
{
	const double v[] = {10, 30, 20, 15, 25, 22, 18};
	struct sl_spread few = sl_stat_spread(v, 3);
	struct sl_spread many = sl_stat_spread(v, 7);

	(void)state;
	near(few.median, 20);
	near(few.in.lo, 10);
	near(few.in.hi, 30);
	near(many.median, 20);
	assert_true(many.in.lo > 10 && many.in.lo <= 20);
	assert_true(many.in.hi < 30 + 1e-9 && many.in.hi >= 20);
	assert_int_equal(many.n, 7);
	assert_true(isnan(sl_stat_spread(v, 0).median));
}

/* 2 n! m! / (n + m)!, by hand: 2/2, 2/6, 2/20, 2*6*2/120 */
static void
chance_of_ranges_apart(void **state)
{
	(void)state;
	near(sl_stat_ranges_apart_chance(1, 1), 1);
	near(sl_stat_ranges_apart_chance(2, 2), 1.0 / 3);
	near(sl_stat_ranges_apart_chance(3, 3), 0.1);
	near(sl_stat_ranges_apart_chance(3, 2), 0.2);
	near(sl_stat_ranges_apart_chance(5, 5), 2.0 / 252);
}

/* ... and by experiment: samples of three from one distribution. */
static void
false_alarms_as_stated(void **state)
{
	struct sl_rng rng = {7};
	unsigned apart = 0, trials = 4000;

	(void)state;
	for (unsigned k = 0; k < trials; k++) {
		struct sl_spread s[2];
		enum sl_verdict verdict;

		for (int side = 0; side < 2; side++) {
			double v[3];

			for (int i = 0; i < 3; i++)
				v[i] = 1 + (double)sl_rng_below(&rng, 1 << 20);
			s[side] = sl_stat_spread(v, 3);
		}
		verdict = sl_stat_compare(&s[0], &s[1], 0);
		apart += verdict == SL_FASTER || verdict == SL_SLOWER;
	}
	print_message("# apart %u of %u, stated 0.1\n", apart, trials);
	assert_in_range(apart, trials * 8 / 100, trials * 12 / 100);
}

static void
verdicts(void **state)
{
	const double fast[] = {110, 111, 112}, slow[] = {100, 101, 102};
	const double wide[] = {90, 101, 130}, close[] = {102.5, 102.6, 102.7};
	struct sl_spread f = sl_stat_spread(fast, 3);
	struct sl_spread s = sl_stat_spread(slow, 3);
	struct sl_spread w = sl_stat_spread(wide, 3);
	struct sl_spread c = sl_stat_spread(close, 3);
	struct sl_spread two = sl_stat_spread(fast, 2);

	(void)state;
	assert_int_equal(sl_stat_compare(&f, &s, 0.03), SL_FASTER);
	assert_int_equal(sl_stat_compare(&s, &f, 0.03), SL_SLOWER);
	assert_int_equal(sl_stat_compare(&s, &s, 0.03), SL_NO_DIFFERENCE);
	/* overlapping */
	assert_int_equal(sl_stat_compare(&w, &s, 0.03), SL_NO_DIFFERENCE);
	/* apart, but by too little to matter */
	assert_int_equal(sl_stat_compare(&c, &s, 0.03), SL_NO_DIFFERENCE);
	assert_int_equal(sl_stat_compare(&c, &s, 0.01), SL_FASTER);
	assert_int_equal(sl_stat_compare(&two, &s, 0.03), SL_TOO_FEW);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(median_of_few),
	    cmocka_unit_test(quantiles_as_in_r),
	    cmocka_unit_test(bootstrap_is_seeded_and_within),
	    cmocka_unit_test(bootstrap_covers),
	    cmocka_unit_test(spread_by_size_of_sample),
	    cmocka_unit_test(chance_of_ranges_apart),
	    cmocka_unit_test(false_alarms_as_stated),
	    cmocka_unit_test(verdicts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
