/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce_plan.c - from publications to the cells that their claims need.
 *
 * Called by reproduce.c.
 */
#include "harness/driver/reproduce_plan.h"

#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/spec.h"

static const struct sl_reproduce_preset presets[] = {
    {"quick", 15, 0.05, 20},
    {"full", 25, 0.3, 60},
};

const struct sl_reproduce_preset *
sl_reproduce_preset(const char *name)
{
	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

/* Its index in the plan; added if it is new, if this machine has it. */
static bool
place_allocator(struct sl_reproduction *r, unsigned program, const char *name,
    unsigned *index)
{
	struct sl_allocators *l = &r->plan[program].allocators;
	const struct sl_allocator *base;
	struct sl_spec spec;
	char why[256];

	for (*index = 0; *index < l->n; ++*index)
		if (!strcmp(l->v[*index].name, name))
			return true;
	if (!sl_spec_parse(name, &spec, why, sizeof why))
		return false;
	base = sl_allocators_get(&r->there[program], spec.base);
	if (base) {
		sl_allocators_add(l, name, base->kind, base->path);
		if (spec.options) {
			free(l->v[*index].options);
			l->v[*index].options = sl_strdup(spec.options);
		}
	}
	sl_spec_destroy(&spec);
	return base != NULL;
}

static bool
place_workload(struct sl_reproduction *r, unsigned program, const char *name,
    unsigned *index)
{
	struct sl_workloads *l = &r->plan[program].workloads;
	char *base = sl_spec_base(name);
	const struct sl_workload *w =
	    sl_workloads_get(&r->offered[program], base);

	free(base);
	for (*index = 0; *index < l->n; ++*index)
		if (!strcmp(l->v[*index].name, name))
			return true;
	if (w) {
		l->v = sl_realloc(l->v, (l->n + 1) * sizeof *l->v);
		l->v[l->n++] = (struct sl_workload){.name = sl_strdup(name),
		    .summary = sl_strdup(w->summary),
		    .source = sl_strdup(w->source),
		    .touch = sl_strdup(w->touch),
		    .suite = sl_strdup(w->suite),
		    .params = sl_strdup(w->params),
		    .operation = sl_strdup(w->operation),
		    .least_threads = w->least_threads};
	}
	return w != NULL;
}

static unsigned
place_threads(struct sl_reproduction *r, unsigned program, unsigned threads)
{
	struct sl_counts *c = &r->plan[program].threads;
	unsigned i = 0;

	while (i < c->n && c->v[i] != threads)
		i++;
	if (i == c->n)
		sl_counts_append(c, threads);
	return i;
}

static unsigned
program_of(const struct sl_paper *p, const struct sl_point *at)
{
	return p->series[at->series].is_seam ? SL_OF_MCENTRAL : SL_OF_BENCH;
}

static bool
same(const struct sl_wanted *a, const struct sl_wanted *b)
{
	return a->program == b->program && a->counts == b->counts &&
	       a->cell.workload == b->cell.workload &&
	       a->cell.allocator == b->cell.allocator &&
	       (a->counts || a->cell.threads == b->cell.threads);
}

static void
want(struct sl_reproduction *r, const struct sl_wanted *w)
{
	for (size_t i = 0; i < r->nwanted; i++)
		if (same(&r->wanted[i], w))
			return;
	r->wanted = sl_realloc(r->wanted, (r->nwanted + 1) * sizeof *r->wanted);
	r->wanted[r->nwanted++] = *w;
}

/* A point that a claim or a figure needs. */
static void
place(struct sl_reproduction *r, struct sl_paper *p, struct sl_point *at)
{
	struct sl_wanted w = {
	    .program = program_of(p, at), .cell = {.round = 1}};
	const char *allocator = sl_paper_allocator(p, at);
	char *workload = sl_paper_workload(p, at);

	w.counts = !strcmp(at->metric, "instructions");
	if (!place_workload(r, w.program, workload, &w.cell.workload))
		at->missing =
		    sl_printf("no workload %s in this bench", workload);
	else if (!place_allocator(r, w.program, allocator, &w.cell.allocator))
		at->missing = sl_printf("allocator %s is not here", allocator);
	w.cell.threads = place_threads(r, w.program, sl_paper_threads(p, at));
	free(workload);
	if (!at->missing)
		want(r, &w);
}

/* What can be judged here, and what is drawn. */
static void
place_all(struct sl_reproduction *r, struct sl_paper *p)
{
	bool *used = sl_alloc_array(p->points.n + 1, sizeof *used);

	for (size_t i = 0; i < p->nclaims; i++) {
		char *why = sl_claim_impossible(&p->claims[i], &r->here);

		if (!why)
			sl_expr_uses(p->claims[i].value, used);
		free(why);
	}
	for (size_t i = 0; i < p->nfigures; i++)
		for (size_t k = 0; k < p->figures[i].n; k++) {
			const struct sl_curve *c =
			    &p->figures[i].lines[k].curve;

			for (size_t n = 0; c->point && n < c->n; n++)
				used[c->point[n]] = true;
		}
	for (size_t i = 0; i < p->points.n; i++)
		if (used[i])
			place(r, p, &p->points.v[i]);
	free(used);
}

/* A bench that lists nothing, or that there is no program of, offers none. */
static void
find_here(struct sl_reproduction *r)
{
	sl_allocators_find(&r->there[SL_OF_BENCH]);
	sl_allocators_find_seams(&r->there[SL_OF_MCENTRAL]);
	sl_workloads_find(r->bench, &r->offered[SL_OF_BENCH]);
	if (r->there[SL_OF_MCENTRAL].n)
		sl_workloads_find(r->there[SL_OF_MCENTRAL].v[0].path,
		    &r->offered[SL_OF_MCENTRAL]);
}

void
sl_reproduction_plan(struct sl_reproduction *r)
{
	double nodes;

	r->host = sl_host_facts();
	nodes = sl_json_number(r->host, "numa_nodes", 1);
	r->here.cpus = sl_host_cpus(r->host);
	r->here.nodes = nodes < 1 ? 1 : (unsigned)nodes;
	find_here(r);
	for (unsigned i = 0; i < SL_N_PROGRAMS; i++)
		r->plan[i] = (struct sl_plan){
		    .preset = sl_printf("papers-%s", r->preset->name),
		    .environment = sl_strdup(""),
		    .seed = 1,
		    .rounds = r->rounds,
		    .window_s = r->preset->window_s,
		    .scale = 1,
		    .timeout_s = r->preset->timeout_s,
		    .cpus = r->here.cpus,
		    .window_grows = true};
	for (size_t i = 0; i < r->npapers; i++)
		place_all(r, &r->papers[i]);
}

static bool
index_of_name(const char *name, const char *have, size_t i, unsigned *index)
{
	if (strcmp(name, have) != 0)
		return false;
	*index = (unsigned)i;
	return true;
}

bool
sl_reproduction_cell(const struct sl_reproduction *r, const struct sl_paper *p,
    const struct sl_point *at, struct sl_wanted *w)
{
	const struct sl_plan *plan;
	char *workload = sl_paper_workload(p, at);
	bool has_workload = false, has_allocator = false, has_threads = false;

	*w = (struct sl_wanted){.program = program_of(p, at),
	    .cell = {.round = 1},
	    .counts = !strcmp(at->metric, "instructions")};
	plan = &r->plan[w->program];
	for (size_t i = 0; i < plan->workloads.n && !has_workload; i++)
		has_workload = index_of_name(
		    workload, plan->workloads.v[i].name, i, &w->cell.workload);
	for (size_t i = 0; i < plan->allocators.n && !has_allocator; i++)
		has_allocator = index_of_name(sl_paper_allocator(p, at),
		    plan->allocators.v[i].name, i, &w->cell.allocator);
	for (size_t i = 0; i < plan->threads.n && !has_threads; i++) {
		has_threads = plan->threads.v[i] == sl_paper_threads(p, at);
		w->cell.threads = (unsigned)i;
	}
	free(workload);
	return has_workload && has_allocator && has_threads;
}

char *
sl_reproduction_folder(const struct sl_reproduction *r, unsigned program)
{
	return sl_printf(
	    "%s/%s", r->dir, program == SL_OF_BENCH ? "bench" : "mcentral");
}

void
sl_reproduction_destroy(struct sl_reproduction *r)
{
	for (unsigned i = 0; i < SL_N_PROGRAMS; i++) {
		free(r->plan[i].preset);
		free(r->plan[i].environment);
		free(r->plan[i].threads.v);
		sl_allocators_destroy(&r->plan[i].allocators);
		sl_workloads_destroy(&r->plan[i].workloads);
		sl_allocators_destroy(&r->there[i]);
		sl_workloads_destroy(&r->offered[i]);
	}
	for (size_t i = 0; i < r->npapers; i++)
		sl_paper_destroy(&r->papers[i]);
	free(r->papers);
	free(r->wanted);
	free(r->bench);
	free(r->dir);
	json_decref(r->host);
	json_decref(r->store);
}
