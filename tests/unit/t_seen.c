/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_seen.c - what a cell observed, read back: percentiles are those of the
 * bench's own histogram, memory between samples is on a line, and a file that
 * is not as it should be gives less, not nonsense.
 * Run by make check, once.  It takes the histogram in, which is the bench's.
 */
#include "harness/histogram.c"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/driver/seen.h"
#include "harness/driver/util.h"

static struct sl_seen *
read_text(const char *text)
{
	json_t *o = json_loads(text, 0, NULL);
	struct sl_seen *s;

	assert_non_null(o);
	s = sl_seen_read(o);
	json_decref(o);
	return s;
}

static char *
observed_of(const struct sl_histogram *h)
{
	struct sl_text t = {0};
	bool any = false;

	sl_text_addf(&t,
	    "{\"observer\": {\"timed_ns\": 20}, \"trials\": [{\"latency\": "
	    "{\"cuts\": %d, \"free\": {\"remote\": {\"count\": %" PRIu64
	    ", \"max\": %" PRIu64 ", \"buckets\": [",
	    SL_HISTOGRAM_CUTS, h->n, h->max);
	for (unsigned i = 0; i < SL_HISTOGRAM_BUCKETS; i++) {
		if (h->count[i] == 0)
			continue;
		sl_text_addf(&t, "%s[%" PRIu64 ",%" PRIu64 "]", any ? "," : "",
		    sl_histogram_low(i), h->count[i]);
		any = true;
	}
	sl_text_add(&t, "]}}}}]}");
	return t.s;
}

/* `n` times of any length up to 2^bits. */
static void
same_as_histogram(size_t n, unsigned bits)
{
	static struct sl_histogram h;
	struct sl_rng rng = {n};
	struct sl_seen *s;
	char *text;

	h = (struct sl_histogram){0};
	for (size_t i = 0; i < n; i++)
		sl_histogram_add(&h,
		    sl_rng_below(&rng, 1ull << (1 + sl_rng_below(&rng, bits))));
	text = observed_of(&h);
	s = read_text(text);
	assert_true(s->timed_ns == 20);
	assert_true(s->count[SL_SEEN_REMOTE] == (double)n);
	assert_true(s->max[SL_SEEN_REMOTE] == (double)h.max);
	for (int i = 0; i < SL_SEEN_QUANTILES; i++) {
		double q = sl_seen_quantiles[i], is = s->ns[SL_SEEN_REMOTE][i];

		if ((double)n * (1 - q) < SL_SEEN_BEYOND - 1e-6)
			assert_true(isnan(is));
		else
			assert_true(is == (double)sl_histogram_quantile(&h, q));
	}
	assert_true(s->count[SL_SEEN_OWN] == 0);
	assert_true(isnan(sl_seen_at(s, SL_SEEN_OWN, 0.5)));
	assert_true(isnan(sl_seen_at(s, SL_SEEN_REMOTE, 0.51)));
	sl_seen_destroy(s);
	free(text);
}

static void
percentiles(void **state)
{
	static const size_t counts[] = {1, 19, 20, 999, 1000, 10000, 1000000};

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		for (unsigned bits = 3; bits < 40; bits += 9)
			same_as_histogram(counts[i], bits);
}

static void
memory(void **state)
{
	struct sl_seen *s =
	    read_text("{\"trials\": [{\"memory\": {\"columns\": "
		      "[\"live_bytes\", \"at_ms\","
		      " \"rss_kib\"], \"samples\": [[100, 10, 1], [300, 20, 3],"
		      " [5, 20, 5], [7, 15, 7], [null, 40, 5]]}}]}");

	(void)state;
	assert_int_equal(s->samples, 3); /* time does not go back */
	assert_true(isnan(sl_seen_when(s, s->rss, 9.9)));
	assert_true(sl_seen_when(s, s->rss, 10) == 1024);
	assert_true(fabs(sl_seen_when(s, s->rss, 12.5) - 1536) < 1e-6);
	assert_true(fabs(sl_seen_when(s, s->live, 17.5) - 250) < 1e-6);
	assert_true(sl_seen_when(s, s->live, 20) == 300);
	assert_true(isnan(sl_seen_when(s, s->live, 30)));
	assert_true(sl_seen_when(s, s->rss, 40) == 5 * 1024);
	assert_true(isnan(sl_seen_when(s, s->rss, 40.1)));
	sl_seen_destroy(s);
}

/* What other programs may have written. */
static void
strange(void **state)
{
	static const char *const nothing[] = {"{}", "[]", "{\"trials\": 7}",
	    "{\"trials\": []}", "{\"trials\": [null, {\"memory\": {}}]}"};
	static const char *const little[] = {"{\"trials\": [{\"memory\": 5}]}",
	    "{\"trials\": [{\"memory\": {\"columns\": 1, \"samples\": [1, "
	    "[]]}}]}",
	    "{\"trials\": [{\"latency\": {\"malloc\": {\"all\": {\"count\": "
	    "1e9, \"max\": \"x\", \"buckets\": [7, [], [1, \"y\"], {}]}}}}]}",
	    "{\"trials\": [{\"latency\": {\"cuts\": 6, \"malloc\": {\"all\": "
	    "{\"count\": -5, \"max\": 1, \"buckets\": [[1, 5]]}}}}]}"};
	struct sl_seen *s;

	(void)state;
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		assert_null(read_text(nothing[i]));
	for (size_t i = 0; i < sizeof little / sizeof *little; i++) {
		s = read_text(little[i]);
		assert_non_null(s);
		assert_int_equal(s->samples, 0);
		assert_true(isnan(sl_seen_when(s, s->rss, 0)));
		for (int p = 0; p < SL_SEEN_PATHS; p++)
			assert_true(
			    isnan(sl_seen_at(s, (enum sl_seen_path)p, 0.5)));
		sl_seen_destroy(s);
	}
	assert_true(isnan(sl_seen_at(NULL, SL_SEEN_MALLOC, 0.5)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(percentiles),
	    cmocka_unit_test(memory),
	    cmocka_unit_test(strange),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
