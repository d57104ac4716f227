/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_moment.c - what happened on the machine between two moments.
 *
 * Called by sweep.c, reproduce.c and vmp_speed.c.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"

static double
seconds_of(int who)
{
	struct rusage u;

	if (getrusage(who, &u) != 0)
		return 0;
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

void
sl_host_moment_take(struct sl_host_moment *m)
{
	enum { IDLE = 3, IOWAIT = 4, STEAL = 7, FIELDS = 8 };
	char *line = sl_file_first_line("/proc/stat");
	double tick = 1.0 / (double)sysconf(_SC_CLK_TCK), t[FIELDS];

	*m = (struct sl_host_moment){.total_s = -1};
	if (line &&
	    sscanf(line, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1],
		&t[2], &t[3], &t[4], &t[5], &t[6], &t[STEAL]) == FIELDS) {
		m->total_s = 0;
		for (int i = 0; i < FIELDS; i++)
			m->total_s += t[i] * tick;
		m->steal_s = t[STEAL] * tick;
		m->busy_s = m->total_s - (t[IDLE] + t[IOWAIT]) * tick;
	}
	free(line);
	m->own_s = seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN);
	if (getloadavg(&m->load1, 1) != 1)
		m->load1 = -1;
}

/* Of all CPU time, in percent; -1: not known. */
static double
percent(double part_s, const struct sl_host_moment *from,
    const struct sl_host_moment *to)
{
	double total_s = to->total_s - from->total_s;

	if (from->total_s < 0 || to->total_s < 0 || total_s <= 0)
		return -1;
	return part_s > 0 ? 100 * part_s / total_s : 0;
}

double
sl_host_steal_percent(
    const struct sl_host_moment *from, const struct sl_host_moment *to)
{
	return percent(to->steal_s - from->steal_s, from, to);
}

double
sl_host_others_percent(
    const struct sl_host_moment *from, const struct sl_host_moment *to)
{
	return percent(
	    to->busy_s - from->busy_s - (to->own_s - from->own_s), from, to);
}

/* What is not known is left out. */
static void
put(json_t *record, const char *key, double value)
{
	if (value >= 0)
		json_object_set_new(record, key, json_real(value));
}

void
sl_host_moment_begin(struct sl_host_moment *m, json_t *record)
{
	sl_host_moment_take(m);
	put(record, "load1_before", m->load1);
}

void
sl_host_moment_end(const struct sl_host_moment *m, json_t *record)
{
	struct sl_host_moment after;

	sl_host_moment_take(&after);
	put(record, "load1_after", after.load1);
	put(record, "steal_percent", sl_host_steal_percent(m, &after));
	put(record, "others_percent", sl_host_others_percent(m, &after));
}
