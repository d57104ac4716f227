/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep_say.c - what `spanlab sweep` says before it begins and at its end.
 *
 * Called by sweep.c.
 */
#include "harness/driver/sweep_say.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/driver/host.h"
#include "harness/driver/left_out.h"

void
sl_sweep_say_plan(const struct sl_plan *p)
{
	struct sl_names names = {0};
	char *threads = sl_counts_text(&p->threads), *list;

	for (size_t i = 0; i < p->allocators.n; i++)
		sl_names_add(&names, p->allocators.v[i].name);
	list = sl_names_join(&names, " ");
	printf("allocators  %s\n", list);
	free(list);
	sl_names_destroy(&names);
	for (size_t i = 0; i < p->workloads.n; i++)
		sl_names_add(&names, p->workloads.v[i].name);
	list = sl_names_join(&names, " ");
	printf("workloads   %s\n", list);
	printf("threads     %s\n", threads);
	printf("seed        %lld\n", (long long)p->seed);
	if (*p->pin)
		printf("pinned      %s%s%s\n", p->pin,
		    *p->pin_order ? ": CPUs " : "", p->pin_order);
	if (*p->numa)
		printf("memory      %s\n", p->numa);
	if (*p->trace)
		printf("trace       %s\n", p->trace);
	free(list);
	free(threads);
	sl_names_destroy(&names);
	if ((list = sl_left_out_text(p)))
		printf("note        %s\n", list);
	free(list);
}

void
sl_sweep_say_cells(const struct sl_plan *p)
{
	size_t cells = sl_plan_cells_per_round(p);
	char *rounds = sl_plan_rounds_text(p);

	printf("cells       ");
	if (sl_plan_may_stop(p))
		printf("%zu to ", cells * p->rounds_least);
	printf("%zu = %s of %zu (preset %s, %g ms a window)\n",
	    cells * p->rounds, rounds, cells, p->preset, p->window_s * 1000);
	free(rounds);
}

void
sl_sweep_say_estimate(
    const struct sl_plan *p, double round_s, size_t counts, double count_s)
{
	double counting_s = (double)counts * count_s;
	char clock[32];

	if (counts)
		printf("            and %zu counts of instructions\n", counts);
	printf("estimate    ");
	if (sl_plan_may_stop(p))
		printf("%s to ",
		    sl_clock_text(
			round_s * p->rounds_least + counting_s, clock));
	printf("%s (min:s), measured with a few cells\n",
	    sl_clock_text(round_s * p->rounds + counting_s, clock));
	if (p->rounds_chosen && round_s > p->budget_s)
		printf("note        One round takes longer than the budget of "
		       "%s, and is done all the same: fewer workloads, "
		       "allocators or thread counts take less.\n",
		    sl_clock_text(p->budget_s, clock));
	fflush(stdout);
}

void
sl_sweep_say_doubts(const struct sl_manifest *m)
{
	const struct sl_plan *p = &m->plan;
	struct sl_names doubts = {0};

	if (p->slurm)
		return;
	sl_host_warnings(
	    m->host, m->sessions, p->threads.v[p->threads.n - 1], &doubts);
	for (size_t i = 0; i < doubts.n; i++)
		printf("note        %s\n", doubts.v[i]);
	fflush(stdout);
	sl_names_destroy(&doubts);
}

void
sl_sweep_say_others(const json_t *session)
{
	double others = sl_json_number(session, "others_percent", -1);

	if (others > SL_HOST_OTHERS_MAX)
		printf("note        The machine was busy meanwhile: others had "
		       "%.0f %% of its CPU time.\n",
		    others);
}
