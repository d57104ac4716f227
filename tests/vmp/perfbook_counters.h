/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * perfbook_counters.h - published times of an increment of one shared variable.
 *
 * Used by t_vmp_published.c.  Nanoseconds for each thread, so that with n
 * threads the variable changes each value / n.  Source: P. McKenney, Is
 * Parallel Programming Hard, CodeSamples/count/data,
 * count_atomic:u.hps.2019.10.23a.dat (8 sockets of Xeon Platinum 8176) and
 * count_atomic:u.amd-milan.2024.09.22a.dat (a virtual machine on EPYC Milan).
 */
#ifndef PERFBOOK_COUNTERS_H
#define PERFBOOK_COUNTERS_H

struct perfbook_point {
	unsigned threads; /* 0 ends a table */
	double ns;
};

static const struct perfbook_point perfbook_xeon_8176[] = {
    {1, 4.82795},
    {2, 63.884},
    {4, 113.223},
    {8, 203.204},
    {16, 371.588},
    {32, 704.55},
    {64, 1585.65},
    {128, 3766.28},
    {0, 0},
};

static const struct perfbook_point perfbook_milan[] = {
    {1, 2.52897},
    {2, 11.2112},
    {4, 24.8847},
    {8, 51.6862},
    {16, 115.529},
    {32, 268.062},
    {64, 584.274},
    {128, 1604.99},
    {0, 0},
};

#endif /* PERFBOOK_COUNTERS_H */
