/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_band.h - how far a curve moves with what is not known of a machine.
 *
 * Used by model_program.c.  Published latencies do not tell how long the old
 * owner of a line goes on hitting, in what order a line is served, or how much
 * latencies vary; loops that try again depend on just that (spanlab-vmp(1)).
 * So each point is run again with other values of these, by children of the
 * process, and the least and the most that came out are the point's band.
 */
#ifndef SL_VMP_MODEL_BAND_H
#define SL_VMP_MODEL_BAND_H

#include <stdbool.h>

#include "harness/vmp/profile.h"

/* What is varied: all combinations, see model_band.c. */
#define MODEL_BAND_TEXT                                                        \
	"snoop_pct 0, 25, 75 x jitter_pct 0, 30 x near_socket_pct and "        \
	"near_cluster_pct 0, 90"

struct model_band {
	double low, high; /* operations a second, with the point itself */
	unsigned runs;    /* besides it */
};

/* Makes the children, before anything else is made.  In these it returns too,
 * with another profile, and without flags that write files. */
void model_band_start(struct profile *p, int *argc, char **argv);

/* Is this one of the children?  It tells what came out of each trial. */
bool model_band_is_part(void);
void model_band_tell(double ops_per_s);

/* The band of the next trial, of which this is the point. */
struct model_band model_band_wait(double ops_per_s);

#endif /* SL_VMP_MODEL_BAND_H */
