/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * published.c - published times of an increment of one shared variable; see
 * published.h.  Called by spanlab vmp validate and by tests.
 *
 * Source: P. McKenney, Is Parallel Programming Hard (perfbook),
 * CodeSamples/count/data, count_atomic:u.hps.2019.10.23a.dat (8 sockets of Xeon
 * Platinum 8176) and count_atomic:u.amd-milan.2024.09.22a.dat (a virtual
 * machine of 166 CPUs on EPYC Milan).  Its threads are not bound to CPUs
 * (counttorture.h binds readers alone), so which cores n threads had is not
 * known.
 */
#include "harness/vmp/published.h"

#include <stddef.h>
#include <string.h>

static const struct published_point xeon_8176[] = {
    {1, 4.82795, false},
    {2, 63.884, false},
    {4, 113.223, false},
    {8, 203.204, false},
    {16, 371.588, false},
    {28, 623.768, true},
    {32, 704.55, false},
    {48, 1081.63, true},
    {64, 1585.65, false},
    {96, 2664.6, true},
    {112, 3205.98, true},
    {128, 3766.28, false},
    {0, 0, false},
};

static const struct published_point milan[] = {
    {1, 2.52897, false},
    {2, 11.2112, false},
    {4, 24.8847, false},
    {8, 51.6862, false},
    {16, 115.529, false},
    {24, 188.892, true},
    {32, 268.062, false},
    {48, 429.204, true},
    {64, 584.274, false},
    {96, 991.638, true},
    {112, 1263.23, true},
    {128, 1604.99, false},
    {0, 0, false},
};

#define DATA "perfbook, CodeSamples/count/data, count_atomic:u."

const struct published_curve published_curves[] = {
    {"xeon-8176", DATA "hps.2019.10.23a", xeon_8176},
    {"milan", DATA "amd-milan.2024.09.22a", milan},
    {NULL, NULL, NULL},
};

const struct published_curve *
published_find(const char *profile)
{
	for (size_t i = 0; published_curves[i].profile != NULL; i++)
		if (strcmp(published_curves[i].profile, profile) == 0)
			return &published_curves[i];
	return NULL;
}

unsigned
published_ops(unsigned threads)
{
	enum { ALL = 40000, LEAST = 600 };

	return ALL / threads > LEAST ? ALL / threads : LEAST;
}

double
published_error(const struct published_point *p, double ns)
{
	return 100 * (ns / (p->ns / p->threads) - 1);
}
