/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stop.h - sweeps with a range of rounds: which groups have had enough.
 *
 * Used by sweep and the report.  A group is one workload at one number of
 * threads with all its allocators.  How it stands follows from its cells
 * alone, so a sweep that is taken up again, and a report made later, come to
 * the same.
 */
#ifndef SL_DRIVER_STOP_H
#define SL_DRIVER_STOP_H

#include "harness/driver/results.h"

enum sl_group_state {
	SL_GROUP_UNFINISHED, /* more rounds are due, or cells are missing */
	SL_GROUP_DECIDED,    /* each pair is different, or the same */
	SL_GROUP_SAME,       /* all pairs are the same */
	SL_GROUP_GAVE_UP,    /* after the last round a pair is neither */
	SL_GROUP_ALONE,      /* there is no pair */
};

struct sl_group {
	enum sl_group_state state;
	unsigned rounds;  /* that it has cells of */
	size_t missing;   /* cells that are due and have no result */
	size_t undecided; /* pairs that are neither */
};

/*
 * A pair is an allocator and the baseline of the report.  The same are two
 * whose ratio's whole interval is within the least effect of 1.  An allocator
 * without a single good cell has no pair: more rounds would decide nothing.
 */
struct sl_group sl_group_look(
    const struct sl_results *r, size_t workload, size_t threads);

/* Whether the group's cells of that round are to run, if all rounds before it
 * that are due have. */
bool sl_group_is_due(const struct sl_results *r, size_t workload,
    size_t threads, unsigned round);

/* Of all groups. */
size_t sl_groups_missing(const struct sl_results *r);

/* "12, decided"; the caller frees. */
char *sl_group_text(const struct sl_group *g);

/* How many rounds a group has and why, in words; the caller frees.  NULL: all
 * have as many. */
char *sl_groups_method(const struct sl_plan *p);

/* One line for each workload, of a sweep with a range of rounds. */
void sl_groups_say(const struct sl_results *r, struct sl_names *lines);

#endif /* SL_DRIVER_STOP_H */
