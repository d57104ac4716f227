/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mrandom.c - the exponential distribution without libm; see mrandom.h.
 * Called by mprof, mhook and mspan.
 */
#include "core/mrandom.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	TABLE_BITS = 5,
	BETWEEN_BITS = 20, /* of the mantissa, between two entries */
	UNIFORM_BITS = 26,
};

/* log2(1 + i / 32) */
static const double table[(1 << TABLE_BITS) + 1] = {
    0.0,
    0.044394119358453436,
    0.0874628412503394,
    0.12928301694496647,
    0.16992500144231237,
    0.20945336562894978,
    0.2479275134435855,
    0.28540221886224837,
    0.32192809488736235,
    0.3575520046180837,
    0.3923174227787603,
    0.42626475470209796,
    0.45943161863729726,
    0.4918530963296747,
    0.5235619560570128,
    0.5545888516776374,
    0.5849625007211562,
    0.6147098441152082,
    0.6438561897747247,
    0.6724253419714956,
    0.7004397181410922,
    0.7279204545631992,
    0.7548875021634686,
    0.7813597135246596,
    0.8073549220576041,
    0.8328900141647416,
    0.8579809951275721,
    0.8826430493618412,
    0.9068905956085185,
    0.9307373375628862,
    0.9541963103868752,
    0.9772799234999164,
    1.0,
};

#define LN2 0.6931471805599453

uint64_t
sl_random_seed(uint64_t thread)
{
	struct timespec now = {0, 0};
	uint64_t state;

	clock_gettime(CLOCK_MONOTONIC, &now);
	state = (uint64_t)getpid() << 32 ^ (uint64_t)now.tv_nsec ^
		thread * UINT64_C(0x9e3779b97f4a7c15);
	return sl_random(&state);
}

double
sl_fastlog2(double x)
{
	uint64_t bits, entry, between;
	int exponent;

	memcpy(&bits, &x, sizeof(bits));
	exponent = (int)(bits >> 52 & 0x7ff) - 1023;
	bits &= (UINT64_C(1) << 52) - 1;
	entry = bits >> (52 - TABLE_BITS);
	between = bits >> (52 - TABLE_BITS - BETWEEN_BITS) &
		  ((1u << BETWEEN_BITS) - 1);
	return exponent + table[entry] +
	       (table[entry + 1] - table[entry]) * (double)between /
		   (1 << BETWEEN_BITS);
}

int64_t
sl_random_exponential(uint64_t *state, uint32_t mean)
{
	/* Uniform in 1 .. 2^26; -ln(q / 2^26) is exponential with mean 1. */
	double q = (double)(1 + (sl_random(state) >> (64 - UNIFORM_BITS)));
	double log2 = sl_fastlog2(q) - UNIFORM_BITS;

	if (mean > SL_MAX_MEAN)
		mean = SL_MAX_MEAN;
	if (log2 > 0)
		log2 = 0;
	return 1 + (int64_t)(-LN2 * log2 * mean);
}
