/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bits.h - words as sets of bits.
 *
 * Used by mspan, mpallocbits and mpagecache.
 */
#ifndef SL_BITS_H
#define SL_BITS_H

#include <stddef.h>
#include <stdint.h>

/* Bits set in w.  Without a popcount instruction the compiler's own would be
 * a call and a table. */
static inline unsigned
sl_popcount(uint64_t w)
{
	w -= w >> 1 & UINT64_C(0x5555555555555555);
	w = (w & UINT64_C(0x3333333333333333)) +
	    (w >> 2 & UINT64_C(0x3333333333333333));
	w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)(w * UINT64_C(0x0101010101010101) >> 56);
}

/* Bits i to i + n - 1; n = 1..64, i + n at most 64. */
static inline uint64_t
sl_bit_range(size_t i, size_t n)
{
	return ~UINT64_C(0) >> (64 - n) << i;
}

/* Bit i of the result: n bits from i on are set in x, n = 1..64 (Go:
 * findBitRange64). */
static inline uint64_t
sl_bit_runs(uint64_t x, size_t n)
{
	size_t k = 1; /* runs of k are known */

	while (2 * k <= n && x != 0) {
		x &= x >> k;
		k *= 2;
	}
	return k < n ? x & x >> (n - k) : x;
}

#endif /* SL_BITS_H */
