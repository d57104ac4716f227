/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce_busy.c - how much of the CPU time others had meanwhile.
 *
 * Called by reproduce.c.
 */
#define _GNU_SOURCE
#include "harness/driver/reproduce_busy.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/driver/file.h"

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

void
sl_busy_take(struct sl_busy *b)
{
	enum { IDLE = 3, IOWAIT = 4, FIELDS = 8 };
	char *line = sl_file_first_line("/proc/stat"), *at = line;
	double tick = 1.0 / (double)sysconf(_SC_CLK_TCK), v;
	struct rusage own;

	*b = (struct sl_busy){0};
	if (at)
		at += 3; /* "cpu" */
	for (int i = 0; at && i < FIELDS; i++) {
		v = strtod(at, &at) * tick;
		b->total_s += v;
		if (i != IDLE && i != IOWAIT)
			b->busy_s += v;
	}
	free(line);
	if (getrusage(RUSAGE_CHILDREN, &own) == 0)
		b->own_s = seconds(&own.ru_utime) + seconds(&own.ru_stime);
}

double
sl_busy_others_percent(const struct sl_busy *from, const struct sl_busy *to)
{
	double total = to->total_s - from->total_s;
	double others = to->busy_s - from->busy_s - (to->own_s - from->own_s);

	return total > 0 && others > 0 ? 100 * others / total : 0;
}
