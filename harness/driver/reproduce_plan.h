/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce_plan.h - from publications to the cells that their claims need.
 *
 * Used by reproduce.c.  A cell that several claims or publications need is
 * run once.  There are two plans, of the two bench programs; a plan here is
 * only the table of what a cell's numbers mean: most of its cells never run.
 */
#ifndef SL_DRIVER_REPRODUCE_PLAN_H
#define SL_DRIVER_REPRODUCE_PLAN_H

#include "harness/driver/cells.h"
#include "harness/driver/claim.h"

struct sl_reproduce_preset {
	const char *name;
	unsigned rounds;
	double window_s;
	double timeout_s;
};
/* NULL: there is none of that name. */
const struct sl_reproduce_preset *sl_reproduce_preset(const char *name);

enum { SL_OF_BENCH, SL_OF_MCENTRAL, SL_N_PROGRAMS };

/* Its cells, by indices into the plan of its program. */
struct sl_wanted {
	unsigned program;
	struct sl_cell cell; /* of round 1 */
	bool counts;         /* instructions, not time */
	bool has_failed;     /* in an earlier round: not tried again */
};

struct sl_reproduction {
	const struct sl_reproduce_preset *preset;
	unsigned rounds;
	struct sl_here here;
	json_t *host;
	char *bench;
	struct sl_paper *papers;
	size_t npapers;
	struct sl_plan plan[SL_N_PROGRAMS];
	struct sl_allocators there[SL_N_PROGRAMS]; /* on this machine */
	struct sl_workloads offered[SL_N_PROGRAMS];
	struct sl_wanted *wanted;
	size_t nwanted;
	char *dir;     /* where cells are */
	json_t *store; /* store.json: what the cells were run with */
};

/* Fills everything but dir from papers, preset, rounds and bench; sets
 * `missing` of points whose allocator or workload is not here. */
void sl_reproduction_plan(struct sl_reproduction *r);
void sl_reproduction_destroy(struct sl_reproduction *r);

/* The cell of a point; false if nothing here can run it. */
bool sl_reproduction_cell(const struct sl_reproduction *r,
    const struct sl_paper *p, const struct sl_point *at, struct sl_wanted *w);

/* The folder of a program's cells; the caller frees. */
char *sl_reproduction_folder(const struct sl_reproduction *r, unsigned program);

/* --- reproduce_store.c: where they are kept ------------------------------ */

/* RESULTS/HOST-REVISION-PRESET, or with a number behind it if programs,
 * libraries or machine there were others.  Made, locked and tidied. */
void sl_reproduction_open(struct sl_reproduction *r, const char *results);
/* Adds a session to store.json, and takes the session. */
void sl_reproduction_note(struct sl_reproduction *r, json_t *session);
/* The most that others had of the CPU time in a session, in percent. */
double sl_reproduction_others(const struct sl_reproduction *r);

/* --- reproduce_read.c: what they say ------------------------------------- */

/* The values of all points from the cells that there are. */
void sl_reproduction_read(struct sl_reproduction *r);

#endif /* SL_DRIVER_REPRODUCE_PLAN_H */
