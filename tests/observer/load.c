/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.c - what build-aux/observer.sh counts the instructions of: observed_pair
 * (a malloc and its free, in turn) and observed_mixed (a table of objects of
 * all sizes that are replaced at random; calloc, realloc and large ones too).
 *
 * usage: observer-load PAIRS MIXED
 *
 * Run under callgrind, which collects inside the two functions only; what comes
 * before them is the same again, to warm up.  One thread, one seed: a run is
 * like the other.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBSERVED __attribute__((noinline, noclone))
#define SAME static inline __attribute__((always_inline))

enum { SLOTS = 1024, LARGE = 70000 };

static void *slot[SLOTS];
static uint64_t x = 88172645463325252u;

void observed_pair(unsigned n);
void observed_mixed(unsigned n);

/* Marsaglia's xorshift. */
SAME uint64_t
next(void)
{
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

SAME void
pairs(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		free(malloc(16));
}

/* 8 to 8191 bytes, each power of two as often as the next. */
SAME size_t
any_size(uint64_t r)
{
	size_t least = (size_t)8 << r % 10;

	return least + (r >> 8) % least;
}

SAME void
mixed(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t r = next();
		void **at = &slot[r % SLOTS];
		size_t size = any_size(r >> 16);

		if (i % 32 == 31) {
			*at = realloc(*at, size);
			continue;
		}
		free(*at);
		if (i % 512 == 5)
			*at = malloc(LARGE);
		else if (i % 64 == 7)
			*at = calloc(1, size);
		else
			*at = malloc(size);
	}
}

OBSERVED void
observed_pair(unsigned n)
{
	pairs(n);
}

OBSERVED void
observed_mixed(unsigned n)
{
	mixed(n);
}

/* The table is full then, and each class has its spans. */
static OBSERVED void
warm_up(unsigned n)
{
	pairs(n);
	mixed(n);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: observer-load PAIRS MIXED\n");
		return 2;
	}
	warm_up(16 * SLOTS);
	observed_pair((unsigned)atoi(argv[1]));
	observed_mixed((unsigned)atoi(argv[2]));
	return 0;
}
