/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.c - how the cells of a sweep are dealt out to tasks, and which of
 * them are done.
 *
 * Called by engine_task.c and engine_slurm.c.  All of it follows from the
 * plan, so the node that runs a task needs no more than its number.
 */
#include "harness/driver/engine.h"

#include <stdlib.h>

#include "harness/driver/instructions.h"

/* Slurm's MaxArraySize is 1001 unless a cluster says otherwise: indices to
 * 1000, of which one counts instructions. */
enum { TASKS_MAX = 999 };

unsigned
sl_tasks_per_round(const struct sl_plan *p)
{
	size_t n = TASKS_MAX / p->rounds;

	if (n < 1)
		n = 1;
	return (unsigned)(n < p->workloads.n ? n : p->workloads.n);
}

unsigned
sl_tasks_total(const struct sl_plan *p)
{
	return p->rounds * sl_tasks_per_round(p) +
	       (sl_instructions_wanted(p) ? 1 : 0);
}

/* In the round, from 0. */
static unsigned
part_of(const struct sl_plan *p, size_t workload)
{
	return (unsigned)(workload * sl_tasks_per_round(p) / p->workloads.n);
}

unsigned
sl_task_of(const struct sl_plan *p, const struct sl_cell *c)
{
	return (c->round - 1) * sl_tasks_per_round(p) +
	       part_of(p, c->workload) + 1;
}

bool
sl_task_counts(const struct sl_plan *p, unsigned task)
{
	return task > p->rounds * sl_tasks_per_round(p);
}

char *
sl_task_text(const struct sl_plan *p, unsigned task)
{
	unsigned n = sl_tasks_per_round(p);
	struct sl_names names = {0};
	char *list, *text;

	if (sl_task_counts(p, task))
		return sl_strdup("instructions");
	for (size_t w = 0; w < p->workloads.n; w++)
		if (part_of(p, w) == (task - 1) % n)
			sl_names_add(&names, p->workloads.v[w].name);
	list = sl_names_join(&names, ", ");
	text = sl_printf("round %u: %s", (task - 1) / n + 1, list);
	free(list);
	sl_names_destroy(&names);
	return text;
}

static unsigned
counts_missing(const struct sl_stock *s)
{
	const struct sl_plan *p = s->plan;
	unsigned n = 0;

	for (size_t w = 0; w < p->workloads.n; w++)
		for (size_t a = 0; a < p->allocators.n; a++)
			n += !sl_instructions_stored(p, w, a, s->dir);
	return n;
}

void
sl_stock_begin(struct sl_stock *s, const struct sl_plan *p, const char *dir)
{
	*s = (struct sl_stock){.plan = p, .dir = dir};
	s->total = sl_plan_cells_per_round(p) * p->rounds;
	s->stored = sl_alloc_array(s->total, sizeof *s->stored);
	s->missing = sl_alloc_array(sl_tasks_total(p) + 1, sizeof *s->missing);
	sl_stock_look(s);
}

void
sl_stock_look(struct sl_stock *s)
{
	const struct sl_plan *p = s->plan;
	size_t per_round = sl_plan_cells_per_round(p), at = 0;
	unsigned last = sl_tasks_total(p);

	for (unsigned t = 1; t <= last; t++)
		s->missing[t] = 0;
	for (unsigned round = 1; round <= p->rounds; round++) {
		struct sl_cell *cells = sl_plan_round(p, round);

		for (size_t i = 0; i < per_round; i++, at++) {
			if (!s->stored[at] &&
			    sl_cell_stored(p, &cells[i], s->dir)) {
				s->stored[at] = true;
				s->there++;
			}
			s->missing[sl_task_of(p, &cells[i])] += !s->stored[at];
		}
		free(cells);
	}
	if (sl_task_counts(p, last))
		s->missing[last] = counts_missing(s);
}

void
sl_stock_destroy(struct sl_stock *s)
{
	free(s->stored);
	free(s->missing);
	*s = (struct sl_stock){0};
}
