/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpallocbits.c - runs of bits in the 512 of a chunk; see mpallocbits.h.
 * Called by mpagetree and mpagealloc, under the heap lock.
 */
#include "core/mpallocbits.h"

#include "core/bits.h"

enum { WORDS = SL_CHUNK_PAGES / 64 };

/* Set bits at the low and at the high end. */
static size_t
low_ones(uint64_t x)
{
	return ~x == 0 ? 64 : (size_t)__builtin_ctzll(~x);
}

static size_t
high_ones(uint64_t x)
{
	return ~x == 0 ? 64 : (size_t)__builtin_clzll(~x);
}

size_t
sl_pallocbits_find(const struct sl_pallocbits *b, size_t from, size_t n)
{
	uint64_t mask = ~UINT64_C(0) << from % 64, x;
	size_t run = 0; /* set bits before this word */

	for (size_t i = from / 64; i < WORDS; i++, mask = ~UINT64_C(0)) {
		x = b->w[i] & mask;
		if (x == 0) {
			run = 0;
			continue;
		}
		if (run + low_ones(x) >= n)
			return i * 64 - run;
		if (~x == 0) {
			run += 64;
			continue;
		}
		run = high_ones(x);
		if (n > 64)
			continue;
		x = sl_bit_runs(x, n);
		if (x != 0)
			return i * 64 + (size_t)__builtin_ctzll(x);
	}
	return SL_CHUNK_PAGES;
}

size_t
sl_pallocbits_tail(const struct sl_pallocbits *b)
{
	size_t n = 0;

	for (size_t i = WORDS; i-- > 0;) {
		n += high_ones(b->w[i]);
		if (~b->w[i] != 0)
			break;
	}
	return n;
}

sl_pallocsum
sl_pallocbits_summarize(const struct sl_pallocbits *b)
{
	size_t start = SL_CHUNK_PAGES, max = 0, run = 0;

	for (size_t i = 0; i < WORDS; i++) {
		uint64_t x = b->w[i];

		if (~x == 0) {
			run += 64;
			continue;
		}
		run += low_ones(x);
		if (start == SL_CHUNK_PAGES) /* the first bit that is clear */
			start = run;
		if (run > max)
			max = run;
		run = high_ones(x);
		if (x == 0)
			continue;
		if (run > max)
			max = run;
		/* A longer run inside the word? */
		if (max < 62) {
			x = sl_bit_runs(x, max + 1);
			for (; x != 0; x &= x >> 1)
				max++;
		}
	}
	return sl_pallocsum_pack(start, run > max ? run : max, run);
}

/* The bits of [*i, *i + *n) that lie in its first word, which is *word; the
 * range loses them. */
static inline uint64_t
next_mask(size_t *i, size_t *n, size_t *word)
{
	size_t at = *i % 64, here = *n < 64 - at ? *n : 64 - at;

	*word = *i / 64;
	*i += here;
	*n -= here;
	return sl_bit_range(at, here);
}

bool
sl_pallocbits_any(const struct sl_pallocbits *b, size_t i, size_t n)
{
	size_t word;

	while (n > 0) {
		uint64_t mask = next_mask(&i, &n, &word);

		if ((b->w[word] & mask) != 0)
			return true;
	}
	return false;
}

bool
sl_pallocbits_all(const struct sl_pallocbits *b, size_t i, size_t n)
{
	size_t word;

	while (n > 0) {
		uint64_t mask = next_mask(&i, &n, &word);

		if ((b->w[word] & mask) != mask)
			return false;
	}
	return true;
}

bool
sl_pallocdata_take(struct sl_pallocdata *d, size_t i, size_t n, size_t *ndirty)
{
	uint64_t was_used = 0;
	size_t word;

	*ndirty = 0;
	while (n > 0) {
		uint64_t mask = next_mask(&i, &n, &word);

		was_used |= ~d->free.w[word] & mask;
		*ndirty += sl_popcount(d->dirty.w[word] & mask);
		d->dirty.w[word] |= mask;
		d->free.w[word] &= ~mask;
	}
	return was_used == 0;
}

bool
sl_pallocdata_give(struct sl_pallocdata *d, size_t i, size_t n, bool clean)
{
	uint64_t was_free = 0;
	size_t word;

	while (n > 0) {
		uint64_t mask = next_mask(&i, &n, &word);

		was_free |= d->free.w[word] & mask;
		if (clean)
			d->dirty.w[word] &= ~mask;
		d->free.w[word] |= mask;
	}
	return was_free == 0;
}

void
sl_pallocdata_take_word(
    struct sl_pallocdata *d, size_t word, uint64_t *free, uint64_t *clean)
{
	*free = d->free.w[word];
	*clean = *free & ~d->dirty.w[word];
	d->dirty.w[word] |= *free;
	d->free.w[word] = 0;
}

bool
sl_pallocdata_give_word(
    struct sl_pallocdata *d, size_t word, uint64_t free, uint64_t clean)
{
	uint64_t was_free = d->free.w[word] & free;

	d->dirty.w[word] &= ~(free & clean);
	d->free.w[word] |= free;
	return was_free == 0;
}

/* Where a run of set bits of x & y ends that is the last before `end`, and
 * where it begins; end == 0: there is none. */
static size_t
last_run(const uint64_t *x, const uint64_t *y, size_t *end)
{
	size_t i = *end, start;

	while (i > 0) {
		uint64_t w = x[(i - 1) / 64] & y[(i - 1) / 64];

		w <<= 63 - (i - 1) % 64;
		if (w != 0) {
			i -= (size_t)__builtin_clzll(w);
			break;
		}
		i = (i - 1) & ~(size_t)63;
	}
	*end = start = i;
	while (start > 0) {
		uint64_t w = x[(start - 1) / 64] & y[(start - 1) / 64];
		size_t at = (start - 1) % 64, n = high_ones(w << (63 - at));

		start -= n;
		if (n <= at) /* it does not reach into the word below */
			break;
	}
	return start;
}

size_t
sl_pallocdata_garbage(const struct sl_pallocdata *d, size_t max, size_t *n)
{
	size_t end = SL_CHUNK_PAGES, start, from, huge;

	start = last_run(d->free.w, d->dirty.w, &end);
	from = end - start > max ? end - max : start;
	/* Do not split a huge page that could go as a whole. */
	huge = from & ~(size_t)(SL_HUGE_PAGES - 1);
	if (huge >= start && huge + SL_HUGE_PAGES <= end)
		from = huge;
	*n = end - from;
	return from;
}
