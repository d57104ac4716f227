/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce_read.c - what the cells say about the points of claims.
 *
 * Called by reproduce.c.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/instructions.h"
#include "harness/driver/reproduce_plan.h"

static json_t *
load(const struct sl_reproduction *r, const struct sl_wanted *w,
    const char *suffix)
{
	char *folder = sl_reproduction_folder(r, w->program);
	char *path =
	    sl_cell_path(&r->plan[w->program], &w->cell, folder, suffix);
	char *text = sl_file_read(path, NULL);
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	free(path);
	free(folder);
	return root;
}

/* In base units; NAN if the file does not tell. */
static double
value(const json_t *run, const struct sl_point *at, unsigned threads)
{
	struct sl_measure m = sl_measure_of(at->metric);
	double ops = sl_json_number(run, "ops_per_s", NAN);
	double v;

	if (!strcmp(at->metric, "ops"))
		return ops;
	if (!strcmp(at->metric, "ns"))
		return 1 / ops;
	if (!strcmp(at->metric, "thread_ns"))
		return threads / ops;
	v = sl_json_number(run, at->metric, NAN) * m.scale;
	if (m.is_per_op)
		v /= sl_json_number(run, "mallocs", NAN);
	return v;
}

static void
say_missing(struct sl_point *at, char *why)
{
	free(at->missing);
	at->missing = why;
}

/* One round: its value, or why there is none. */
static void
read_round(const struct sl_reproduction *r, const struct sl_wanted *w,
    struct sl_point *at)
{
	const struct sl_plan *plan = &r->plan[w->program];
	json_t *root = load(r, w, ".json"), *failed = NULL;
	char *name = sl_cell_name(plan, &w->cell);
	double v = NAN;

	if (root) {
		v = value(sl_json_first_run(root), at,
		    plan->threads.v[w->cell.threads]);
		if (isfinite(v))
			at->v[at->n++] = v;
		else
			say_missing(at,
			    sl_printf("%s does not tell %s", name, at->metric));
	} else if ((failed = load(r, w, ".failed.json"))) {
		say_missing(at, sl_printf("%s: %s: %.150s", name,
				    sl_json_text(failed, "status"),
				    sl_json_text(failed, "detail")));
	}
	json_decref(root);
	json_decref(failed);
	free(name);
}

static void
read_count(const struct sl_reproduction *r, const struct sl_wanted *w,
    struct sl_point *at)
{
	char *folder = sl_reproduction_folder(r, w->program);
	json_t *o = sl_instructions_load(
	    &r->plan[w->program], w->cell.workload, w->cell.allocator, folder);
	double v = sl_json_number(o, "per_operation", NAN);

	if (isfinite(v))
		at->v[at->n++] = v;
	else if (o)
		say_missing(at, sl_printf("no count of instructions: %.150s",
				    sl_json_text(o, "failed")));
	else if (!sl_instructions_possible())
		say_missing(
		    at, sl_strdup("no valgrind here to count instructions"));
	json_decref(o);
	free(folder);
}

void
sl_reproduction_read(struct sl_reproduction *r)
{
	struct sl_wanted w;

	for (size_t i = 0; i < r->npapers; i++) {
		struct sl_paper *p = &r->papers[i];

		for (size_t k = 0; k < p->points.n; k++) {
			struct sl_point *at = &p->points.v[k];

			at->v = sl_alloc_array(r->rounds, sizeof *at->v);
			at->n = 0;
			at->now = NAN;
			if (!sl_reproduction_cell(r, p, at, &w))
				continue;
			if (w.counts)
				read_count(r, &w, at);
			for (unsigned n = 1; !w.counts && n <= r->rounds; n++) {
				w.cell.round = n;
				read_round(r, &w, at);
			}
		}
	}
}
