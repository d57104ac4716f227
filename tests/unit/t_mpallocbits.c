/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mpallocbits.c - bits of a chunk and summaries against arrays of bools.
 * Run by make check; prints its seed, takes another from SL_SEED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mpallocbits.h"

enum { ROUNDS = 3000, ROUNDS_LARGE = 6, LARGE = SL_PALLOCSUM_MAX };

static uint64_t seed = 1;

static size_t
draw(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)((seed >> 33) % n);
}

/* --- the naive side ------------------------------------------------------ */

/* Runs of random length, short ones, long ones, or all the same. */
static void
naive_random(bool *a, size_t n)
{
	size_t longest = (size_t)1 << draw(24), i = 0;
	bool is_set = draw(2) != 0;

	if (longest > n)
		longest = 2 * n;
	while (i < n) {
		size_t run = 1 + draw(longest);

		for (; run > 0 && i < n; run--)
			a[i++] = is_set;
		is_set = !is_set;
	}
}

static size_t
naive_find(const bool *a, size_t from, size_t n)
{
	size_t run = 0;

	for (size_t i = from; i < SL_CHUNK_PAGES; i++) {
		run = a[i] ? run + 1 : 0;
		if (run == n)
			return i + 1 - n;
	}
	return SL_CHUNK_PAGES;
}

struct naive_sum {
	size_t start, max, end;
};

static struct naive_sum
naive_summarize(const bool *a, size_t n)
{
	struct naive_sum s = {0, 0, 0};

	while (s.start < n && a[s.start])
		s.start++;
	for (size_t i = 0; i < n; i++) {
		s.end = a[i] ? s.end + 1 : 0;
		if (s.end > s.max)
			s.max = s.end;
	}
	return s;
}

static bool
naive_any(const bool *a, size_t i, size_t n)
{
	return memchr(&a[i], true, n) != NULL;
}

static size_t
naive_count(const bool *a, size_t i, size_t n)
{
	size_t sum = 0;

	while (n-- > 0)
		sum += a[i++];
	return sum;
}

/* --- both sides ---------------------------------------------------------- */

static void
pack_bits(const bool *a, struct sl_pallocbits *b)
{
	memset(b, 0, sizeof(*b));
	for (size_t i = 0; i < SL_CHUNK_PAGES; i++)
		if (a[i])
			b->w[i / 64] |= UINT64_C(1) << i % 64;
}

static void
same_bits(const bool *a, const struct sl_pallocbits *b)
{
	struct sl_pallocbits want;

	pack_bits(a, &want);
	assert_memory_equal(b, &want, sizeof(want));
}

static void
same_sum(struct naive_sum want, sl_pallocsum s)
{
	assert_int_equal(sl_pallocsum_start(s), want.start);
	assert_int_equal(sl_pallocsum_max(s), want.max);
	assert_int_equal(sl_pallocsum_end(s), want.end);
}

static void
draw_range(size_t *i, size_t *n)
{
	*i = draw(SL_CHUNK_PAGES);
	*n = 1 + draw(SL_CHUNK_PAGES - *i);
}

static void
runs_are_found(void **state)
{
	static bool a[SL_CHUNK_PAGES];
	struct sl_pallocbits b;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		naive_random(a, SL_CHUNK_PAGES);
		pack_bits(a, &b);
		for (unsigned k = 0; k < 16; k++) {
			size_t n = 1 + draw((size_t)1 << draw(10));
			size_t from = draw(SL_CHUNK_PAGES);

			assert_int_equal(sl_pallocbits_find(&b, from, n),
			    naive_find(a, from, n));
		}
	}
}

static void
every_length_is_found(void **state)
{
	static bool a[SL_CHUNK_PAGES];
	struct sl_pallocbits b;

	(void)state;
	for (size_t n = 1; n <= SL_CHUNK_PAGES; n++) {
		size_t at = draw(SL_CHUNK_PAGES - n + 1);

		memset(a, 0, sizeof(a));
		memset(&a[at], true, n);
		pack_bits(a, &b);
		assert_int_equal(sl_pallocbits_find(&b, 0, n), at);
		assert_int_equal(sl_pallocbits_find(&b, at, n), at);
		assert_int_equal(
		    sl_pallocbits_find(&b, 0, n + 1), SL_CHUNK_PAGES);
	}
}

static void
ranges_change(void **state)
{
	static bool is_free[SL_CHUNK_PAGES], dirty[SL_CHUNK_PAGES];
	struct sl_pallocdata d;
	size_t i, n, ndirty;
	bool clean, all_free;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		naive_random(is_free, SL_CHUNK_PAGES);
		naive_random(dirty, SL_CHUNK_PAGES);
		pack_bits(is_free, &d.free);
		pack_bits(dirty, &d.dirty);
		draw_range(&i, &n);
		assert_int_equal(
		    sl_pallocbits_any(&d.free, i, n), naive_any(is_free, i, n));
		clean = draw(2) != 0;
		assert_int_equal(sl_pallocdata_give(&d, i, n, clean),
		    !naive_any(is_free, i, n));
		memset(&is_free[i], true, n);
		if (clean)
			memset(&dirty[i], false, n);
		draw_range(&i, &n);
		all_free = naive_count(is_free, i, n) == n;
		assert_int_equal(sl_pallocbits_all(&d.free, i, n), all_free);
		assert_int_equal(
		    sl_pallocdata_take(&d, i, n, &ndirty), all_free);
		assert_int_equal(ndirty, naive_count(dirty, i, n));
		memset(&is_free[i], false, n);
		memset(&dirty[i], true, n);
		same_bits(is_free, &d.free);
		same_bits(dirty, &d.dirty);
	}
}

/* All free pages of a word are taken, some are used, the rest comes back. */
static void
words_come_and_go(void **state)
{
	static bool is_free[SL_CHUNK_PAGES], dirty[SL_CHUNK_PAGES];
	struct sl_pallocdata d;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t word = draw(SL_CHUNK_PAGES / 64);
		uint64_t free, clean, back;

		naive_random(is_free, SL_CHUNK_PAGES);
		naive_random(dirty, SL_CHUNK_PAGES);
		pack_bits(is_free, &d.free);
		pack_bits(dirty, &d.dirty);
		sl_pallocdata_take_word(&d, word, &free, &clean);
		back = free & ((uint64_t)draw(1u << 31) * 0x100000001);
		for (size_t k = 0; k < 64; k++) {
			size_t i = word * 64 + k;

			assert_int_equal(free >> k & 1, is_free[i]);
			assert_int_equal(
			    clean >> k & 1, is_free[i] && !dirty[i]);
			if (!is_free[i])
				continue;
			dirty[i] |= (back & clean & UINT64_C(1) << k) == 0;
			is_free[i] = back >> k & 1;
		}
		assert_true(sl_pallocdata_give_word(&d, word, back, clean));
		same_bits(is_free, &d.free);
		same_bits(dirty, &d.dirty);
		assert_int_equal(
		    sl_pallocdata_give_word(&d, word, back, 0), back == 0);
	}
}

/* What sl_pallocdata_garbage() should say. */
static size_t
naive_garbage(const bool *a, size_t max, size_t *n)
{
	size_t end = SL_CHUNK_PAGES, start, from, huge;

	while (end > 0 && !a[end - 1])
		end--;
	start = end;
	while (start > 0 && a[start - 1])
		start--;
	from = end - start > max ? end - max : start;
	huge = from / SL_HUGE_PAGES * SL_HUGE_PAGES;
	if (huge >= start && huge + SL_HUGE_PAGES <= end)
		from = huge;
	*n = end - from;
	return from;
}

static void
last_garbage_is_found(void **state)
{
	static bool is_free[SL_CHUNK_PAGES], dirty[SL_CHUNK_PAGES];
	static bool both[SL_CHUNK_PAGES];
	unsigned huge = 0;

	(void)state;
	for (unsigned round = 0; round < 4 * ROUNDS; round++) {
		struct sl_pallocdata d;
		size_t max = 1 + draw((size_t)1 << draw(10)), n, want_n, want;

		naive_random(is_free, SL_CHUNK_PAGES);
		naive_random(dirty, SL_CHUNK_PAGES);
		pack_bits(is_free, &d.free);
		pack_bits(dirty, &d.dirty);
		for (size_t i = 0; i < SL_CHUNK_PAGES; i++)
			both[i] = is_free[i] && dirty[i];
		want = naive_garbage(both, max, &want_n);
		assert_int_equal(sl_pallocdata_garbage(&d, max, &n), want);
		assert_int_equal(n, want_n);
		huge += n > max;
	}
	assert_int_not_equal(huge, 0);
}

static void
chunks_are_summarized(void **state)
{
	static bool a[8 * SL_CHUNK_PAGES];
	sl_pallocsum sums[8];

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		naive_random(a, 8 * SL_CHUNK_PAGES);
		for (unsigned i = 0; i < 8; i++) {
			const bool *part = &a[i * SL_CHUNK_PAGES];
			struct sl_pallocbits b;
			struct naive_sum s;

			pack_bits(part, &b);
			s = naive_summarize(part, SL_CHUNK_PAGES);
			sums[i] = sl_pallocbits_summarize(&b);
			same_sum(s, sums[i]);
			assert_int_equal(sl_pallocbits_tail(&b), s.end);
		}
		same_sum(naive_summarize(a, 8 * SL_CHUNK_PAGES),
		    sl_pallocsum_merge(sums, 8, SL_LOG_CHUNK_PAGES));
	}
}

/* A run that touches no end of a word, just longer than the longest yet. */
static void
inner_runs_are_summarized(void **state)
{
	static bool a[SL_CHUNK_PAGES];
	struct sl_pallocbits b;

	(void)state;
	for (size_t n = 1; n <= 62; n++) {
		memset(a, 0, sizeof(a));
		memset(&a[1], true, n - 1);
		memset(&a[64 + 63 - n], true, n);
		pack_bits(a, &b);
		same_sum(
		    (struct naive_sum){0, n, 0}, sl_pallocbits_summarize(&b));
	}
}

/* Eight pieces of 2^18 pages make one of 2^21. */
static void
check_large(const bool *a)
{
	sl_pallocsum sums[8], whole;

	for (unsigned i = 0; i < 8; i++) {
		struct naive_sum s =
		    naive_summarize(&a[i * (LARGE / 8)], LARGE / 8);

		sums[i] = sl_pallocsum_pack(s.start, s.max, s.end);
		same_sum(s, sums[i]);
	}
	whole = sl_pallocsum_merge(sums, 8, SL_PALLOCSUM_LOG_MAX - 3);
	same_sum(naive_summarize(a, LARGE), whole);
}

static void
large_pieces_are_merged(void **state)
{
	bool *a = malloc(LARGE);

	(void)state;
	assert_non_null(a);
	for (unsigned round = 0; round < ROUNDS_LARGE; round++) {
		naive_random(a, LARGE);
		check_large(a);
	}
	memset(a, true, LARGE);
	check_large(a);
	/* One page less than all, in either corner. */
	a[0] = false;
	check_large(a);
	a[0] = true;
	a[LARGE - 1] = false;
	check_large(a);
	free(a);
}

static void
all_free_has_a_bit_of_its_own(void **state)
{
	const size_t all = SL_PALLOCSUM_MAX;
	sl_pallocsum sums[8];

	(void)state;
	assert_int_equal(sl_pallocsum_pack(0, 0, 0), 0);
	assert_true(sl_pallocsum_pack(all, all, all) == UINT64_C(1) << 63);
	same_sum((struct naive_sum){all, all, all}, SL_PALLOCSUM_ALL);
	same_sum((struct naive_sum){0, all - 1, all - 1},
	    sl_pallocsum_pack(0, all - 1, all - 1));
	same_sum((struct naive_sum){all - 1, all - 1, 0},
	    sl_pallocsum_pack(all - 1, all - 1, 0));
	for (unsigned i = 0; i < 8; i++)
		sums[i] = sl_pallocsum_pack(all / 8, all / 8, all / 8);
	assert_true(sl_pallocsum_merge(sums, 8, SL_PALLOCSUM_LOG_MAX - 3) ==
		    SL_PALLOCSUM_ALL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(runs_are_found),
	    cmocka_unit_test(every_length_is_found),
	    cmocka_unit_test(ranges_change),
	    cmocka_unit_test(words_come_and_go),
	    cmocka_unit_test(last_garbage_is_found),
	    cmocka_unit_test(chunks_are_summarized),
	    cmocka_unit_test(inner_runs_are_summarized),
	    cmocka_unit_test(large_pieces_are_merged),
	    cmocka_unit_test(all_free_has_a_bit_of_its_own),
	};

	if (getenv("SL_SEED") != NULL)
		seed = strtoull(getenv("SL_SEED"), NULL, 10);
	printf("# seed %llu\n", (unsigned long long)seed);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
