/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mrandom.h - random numbers for the allocator (Go: fastrand, fastlog2).
 *
 * Used by mprof, mhook and mspan.  The state belongs to one thread.  Not for
 * secrets.
 */
#ifndef SL_MRANDOM_H
#define SL_MRANDOM_H

#include <stdint.h>

/* A state that differs from thread to thread and from process to process. */
uint64_t sl_random_seed(uint64_t thread);

/* 64 bits (wyrand; Wang Yi). */
static inline uint64_t
sl_random(uint64_t *state)
{
	unsigned __int128 m;

	*state += UINT64_C(0xa0761d6478bd642f);
	m = (unsigned __int128)*state * (*state ^ UINT64_C(0xe7037ed1a0b428db));
	return (uint64_t)(m >> 64) ^ (uint64_t)m;
}

/* Below n: 32 bits of the number as a fraction of 1, times n. */
static inline uint32_t
sl_random_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((sl_random(state) >> 32) * n >> 32);
}

/* log2(x) of a normal x > 0, by a table; off by less than 0.0002. */
double sl_fastlog2(double x);

/* From the exponential distribution with that mean; at least 1.  Means above
 * SL_MAX_MEAN count as that. */
#define SL_MAX_MEAN 0x7000000u
int64_t sl_random_exponential(uint64_t *state, uint32_t mean);

#endif /* SL_MRANDOM_H */
