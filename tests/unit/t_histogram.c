/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_histogram.c - the histogram of latencies, against sorted values.
 * Run by make check, once.  It takes the source in.
 */
#include "harness/histogram.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/rng.h"

static struct sl_histogram h, other;

/* The largest value that is counted in a bucket. */
static uint64_t
upper_end(unsigned bucket)
{
	return bucket + 1 < SL_HISTOGRAM_BUCKETS
		   ? sl_histogram_low(bucket + 1) - 1
		   : UINT64_MAX;
}

/* Each value is in a bucket whose ends it lies between, and they are no
 * further apart than 1/64 of it. */
static void
within_its_bucket(uint64_t v)
{
	unsigned b = sl_histogram_bucket(v);
	uint64_t low = b > 0 ? upper_end(b - 1) + 1 : 0;

	assert_true(b < SL_HISTOGRAM_BUCKETS);
	assert_true(low <= v && v <= upper_end(b));
	assert_true((upper_end(b) - low) * 64 <= v);
}

static void
buckets_are_narrow(void **state)
{
	(void)state;
	for (uint64_t v = 0; v < 5000; v++)
		within_its_bucket(v);
	for (int bit = 7; bit < SL_HISTOGRAM_MAX_BITS; bit++) {
		within_its_bucket((UINT64_C(1) << bit) - 1);
		within_its_bucket(UINT64_C(1) << bit);
		within_its_bucket((UINT64_C(1) << bit) + 1);
	}
	for (unsigned b = 1; b < SL_HISTOGRAM_BUCKETS; b++) {
		assert_true(upper_end(b) > upper_end(b - 1));
		assert_int_equal(sl_histogram_bucket(upper_end(b)), b);
	}
	assert_int_equal(
	    sl_histogram_bucket(UINT64_C(1) << SL_HISTOGRAM_MAX_BITS),
	    SL_HISTOGRAM_BUCKETS - 1);
	assert_int_equal(
	    sl_histogram_bucket(UINT64_MAX), SL_HISTOGRAM_BUCKETS - 1);
}

static void
small_values_exactly(void **state)
{
	(void)state;
	memset(&h, 0, sizeof(h));
	assert_int_equal(sl_histogram_quantile(&h, 0.5), 0);
	for (uint64_t v = 1; v <= 100; v++)
		sl_histogram_add(&h, v);
	assert_int_equal(sl_histogram_quantile(&h, 0), 1);
	assert_int_equal(sl_histogram_quantile(&h, 0.01), 1);
	assert_int_equal(sl_histogram_quantile(&h, 0.5), 50);
	assert_int_equal(sl_histogram_quantile(&h, 0.99), 99);
	assert_int_equal(sl_histogram_quantile(&h, 0.9999), 100);
	assert_int_equal(sl_histogram_quantile(&h, 1), 100);
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

/* Random values over many orders of size, in two histograms that become one. */
static void
as_sorted_values_say(void **state)
{
	enum { N = 20000 };
	static const double parts[] = {0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};
	static uint64_t v[N];
	struct sl_rng rng;

	(void)state;
	memset(&h, 0, sizeof(h));
	memset(&other, 0, sizeof(other));
	print_message("# seed 7\n");
	sl_rng_init(&rng, 7, 0, 0);
	for (int i = 0; i < N; i++) {
		v[i] = sl_rng_next(&rng) >> (25 + sl_rng_below(&rng, 38));
		sl_histogram_add(i % 3 ? &h : &other, v[i]);
	}
	sl_histogram_merge(&h, &other);
	qsort(v, N, sizeof(v[0]), by_value);
	assert_int_equal(h.n, N);
	assert_int_equal(h.max, v[N - 1]);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t rank = (size_t)ceil(parts[i] * N);
		uint64_t exact = v[rank - 1];
		uint64_t got = sl_histogram_quantile(&h, parts[i]);

		assert_true(got >= exact);
		assert_true(got - exact <= exact / 64);
	}
}

static void
beyond_all_bounds(void **state)
{
	(void)state;
	memset(&h, 0, sizeof(h));
	sl_histogram_add(&h, UINT64_MAX);
	assert_true(sl_histogram_quantile(&h, 0.5) == UINT64_MAX);
	sl_histogram_add(&h, 5);
	assert_int_equal(sl_histogram_quantile(&h, 0.5), 5);
	assert_true(h.max == UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buckets_are_narrow),
	    cmocka_unit_test(small_values_exactly),
	    cmocka_unit_test(as_sorted_values_say),
	    cmocka_unit_test(beyond_all_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
