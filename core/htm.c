/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * htm.c - whether transactions of the hardware can be used; see htm.h.
 * Called by variants.
 */
#include "core/htm.h"

#include <stddef.h>

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#include <cpuid.h>

enum { TRIALS = 1000 };

/* A word that nobody else looks at. */
static _Atomic(uint32_t) trial_word;

SL_HTM_TARGET static unsigned
count_commits(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < TRIALS; i++) {
		if (sl_htm_begin() != SL_HTM_STARTED)
			continue;
		sl_store_rlx(&trial_word, i); /* relaxed: nobody reads it */
		sl_htm_end();
		n++;
	}
	return n;
}

const char *
sl_htm_init(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & 1u << 11) == 0)
		return "the CPU has no transactions (RTM)";
	/* Microcode may have switched them off and left the flag. */
	if ((d & 1u << 11) != 0)
		return "the CPU's transactions always abort";
	if (count_commits() < TRIALS / 2)
		return "more than half of the transactions tried did not end";
	return NULL;
}
#else
const char *
sl_htm_init(void)
{
	return "built without transactions of the hardware";
}
#endif
