/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rng.h - seeded random numbers for the workloads.
 *
 * Used by harness/ only.  One generator per thread, owner thread only.  The
 * generator is xoroshiro128+ (Blackman and Vigna 2018), seeded by splitmix64
 * (Steele, Lea and Flood 2014): same seed, same sequence, on every machine.
 */
#ifndef SL_RNG_H
#define SL_RNG_H

#include <stdint.h>

struct sl_rng {
	uint64_t s[2];
};

/* One step of splitmix64: also a good mixer of small numbers. */
static inline uint64_t
sl_rng_mix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* The stream of worker `who` in repetition `round` of a run seeded `seed`. */
static inline void
sl_rng_init(struct sl_rng *r, uint64_t seed, uint64_t round, uint64_t who)
{
	uint64_t x = seed;

	x = sl_rng_mix(&x) ^ round;
	x = sl_rng_mix(&x) ^ who;
	r->s[0] = sl_rng_mix(&x);
	r->s[1] = sl_rng_mix(&x) | 1; /* the all-zero state is a trap */
}

static inline uint64_t
sl_rng_next(struct sl_rng *r)
{
	uint64_t a = r->s[0];
	uint64_t b = r->s[1];
	uint64_t sum = a + b;

	b ^= a;
	r->s[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
	r->s[1] = (b << 37) | (b >> 27);
	return sum;
}

/* Uniform in [0, n), n > 0; the bias is below n / 2^32. */
static inline uint32_t
sl_rng_below(struct sl_rng *r, uint32_t n)
{
	return (uint32_t)(((sl_rng_next(r) >> 32) * n) >> 32);
}

#endif /* SL_RNG_H */
