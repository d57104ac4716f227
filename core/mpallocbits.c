/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpallocbits.c - runs of bits in the 512 of a chunk; see mpallocbits.h.
 * Called by mpagetree and mpagealloc, under the heap lock.
 */
#include "core/mpallocbits.h"

enum { WORDS = SL_CHUNK_PAGES / 64 };

/* Bit i: n bits from i on are set in x, n = 1..64 (Go: findBitRange64). */
static uint64_t
shrink_runs(uint64_t x, size_t n)
{
	size_t k = 1; /* runs of k are known */

	while (2 * k <= n && x != 0) {
		x &= x >> k;
		k *= 2;
	}
	return k < n ? x & x >> (n - k) : x;
}

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
		x = shrink_runs(x, n);
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
			x = shrink_runs(x, max + 1);
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
	return ~UINT64_C(0) >> (64 - here) << at;
}

void
sl_pallocbits_clear(struct sl_pallocbits *b, size_t i, size_t n)
{
	size_t word;

	while (n > 0) {
		uint64_t mask = next_mask(&i, &n, &word);

		b->w[word] &= ~mask;
	}
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
sl_pallocdata_take(struct sl_pallocdata *d, size_t i, size_t n)
{
	uint64_t dirty = 0;
	size_t word;

	while (n > 0) {
		uint64_t mask = next_mask(&i, &n, &word);

		dirty |= d->dirty.w[word] & mask;
		d->dirty.w[word] |= mask;
		d->free.w[word] &= ~mask;
	}
	return dirty != 0;
}

bool
sl_pallocdata_give(struct sl_pallocdata *d, size_t i, size_t n)
{
	uint64_t was_free = 0;
	size_t word;

	while (n > 0) {
		uint64_t mask = next_mask(&i, &n, &word);

		was_free |= d->free.w[word] & mask;
		d->free.w[word] |= mask;
	}
	return was_free == 0;
}
