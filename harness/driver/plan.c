/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan.c - from what the user asked to the plan of a sweep.
 *
 * Called by sweep.c and vmp_resume.c.
 */
#define _GNU_SOURCE
#include "harness/driver/plan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/go.h"
#include "harness/driver/host.h"
#include "harness/driver/left_out.h"
#include "harness/driver/pick.h"
#include "harness/driver/placement.h"
#include "harness/driver/preset.h"
#include "harness/driver/spec.h"

static bool
is_ours(const struct sl_allocator *a)
{
	return a->kind == SL_KIND_VARIANT || a->kind == SL_KIND_SEAM;
}

/* The preset's own allocators: all that there are, or those of its variants
 * that are here, and all that are not ours.  Go comes later, see add_go(). */
static void
preset_allocators(const struct sl_preset *preset,
    const struct sl_allocators *all, struct sl_names *wanted)
{
	struct sl_names specs = {0};

	if (preset->variants)
		sl_names_split(&specs, preset->variants);
	for (size_t i = 0; i < specs.n; i++) {
		char *base = sl_spec_base(specs.v[i]);

		if (sl_allocators_get(all, base))
			sl_names_add(wanted, specs.v[i]);
		free(base);
	}
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].kind != SL_KIND_GO &&
		    (preset->variants ? !is_ours(&all->v[i])
				      : !all->v[i].is_extra))
			sl_names_add(wanted, all->v[i].name);
	sl_names_destroy(&specs);
}

static void
pick_allocators(struct sl_plan *p, const struct sl_options *o,
    const struct sl_preset *preset, const char *bench)
{
	struct sl_allocators all = {0};
	struct sl_names wanted = {0};
	struct sl_pick pick = {&all, &wanted, preset->options, bench};

	if (preset->is_seam)
		sl_allocators_find_seams(&all);
	else
		sl_allocators_find(&all);
	if (all.n == 0)
		sl_die(SL_EXIT_CANNOT, "no program bench-mcentral-VARIANT "
				       "(build them, or set "
				       "SPANLAB_BENCH_DIR)");
	for (size_t i = 0; i < o->allocators.n; i++)
		sl_names_add(&wanted, o->allocators.v[i]);
	if (wanted.n == 0) {
		preset_allocators(preset, &all, &wanted);
		if (!preset->is_seam && !p->slurm)
			sl_left_out_of(p, &all, &wanted, bench);
	}
	sl_pick_allocators(&pick, &p->allocators);
	sl_names_destroy(&wanted);
	sl_allocators_destroy(&all);
}

/* Go itself, with collections and without, beside what the preset has. */
static void
add_go(struct sl_plan *p, const struct sl_preset *preset, const char *bench)
{
	struct sl_allocators all = {0};
	struct sl_names wanted = {0};
	struct sl_pick pick = {&all, &wanted, preset->options, bench};

	sl_go_find(&all);
	if (all.n && sl_go_joins(&all.v[0], p, bench)) {
		sl_names_add(&wanted, sl_go_name);
		sl_names_add(&wanted, "go:gogc=off");
		sl_pick_allocators(&pick, &p->allocators);
	}
	sl_names_destroy(&wanted);
	sl_allocators_destroy(&all);
}

/* Cells run in any folder, so its name becomes absolute. */
static void
set_trace(struct sl_plan *p, const char *name)
{
	char digest[17] = "", *path = *name ? realpath(name, NULL) : NULL;

	if (*name && (!path || access(path, R_OK)))
		sl_die(SL_EXIT_USAGE, "--trace: cannot read %s: %s", name,
		    strerror(errno));
	if (path)
		sl_file_digest(path, digest);
	p->trace = path ? path : sl_strdup("");
	p->trace_digest = sl_strdup(digest);
}

static void
need_trace(const struct sl_plan *p)
{
	for (size_t i = 0; i < p->workloads.n; i++)
		if (!strcmp(p->workloads.v[i].suite, "trace") && !*p->trace)
			sl_die(SL_EXIT_USAGE,
			    "--workloads %s: say which: --trace FILE",
			    p->workloads.v[i].name);
}

void
sl_plan_make(struct sl_plan *p, const struct sl_options *o, const char *bench,
    unsigned cpus)
{
	const struct sl_preset *q =
	    sl_preset_get(o->preset ? o->preset : "quick");
	const char *environment = getenv("SPANLAB_OPTIONS");
	struct sl_workloads offered = {0};
	unsigned rounds = o->budget_s > 0 ? 0 : q->rounds;

	*p = (struct sl_plan){.preset = sl_strdup(q->name),
	    .environment = sl_strdup(environment ? environment : ""),
	    .seed = o->has_seed ? o->seed : 1,
	    .rounds = o->rounds ? o->rounds : rounds,
	    .rounds_least = o->rounds_least,
	    .retries = o->retries,
	    .window_s = q->window_s,
	    .scale = q->scale,
	    .cpus = cpus,
	    .observe = o->observe,
	    .pin = sl_strdup(o->pin ? o->pin : ""),
	    .numa = sl_strdup(o->numa ? o->numa : ""),
	    .timeout_s = o->timeout_s > 0 ? o->timeout_s : q->timeout_s,
	    .budget_s = o->budget_s > 0 ? o->budget_s : q->budget_s};
	if (o->engine && !strcmp(o->engine, "slurm"))
		p->slurm = sl_strdup(o->slurm_options ? o->slurm_options : "");
	/* the nodes of a cluster have orders of their own */
	p->pin_order = p->slurm ? sl_strdup("") : sl_placement_order(p->pin);
	set_trace(p, o->trace ? o->trace : "");
	if (o->threads.n == 0)
		sl_counts_parse(q->threads, &p->threads, NULL, 0);
	for (size_t i = 0; i < o->threads.n; i++)
		sl_counts_append(&p->threads, o->threads.v[i]);
	if (!q->is_seam)
		sl_workloads_find(bench, &offered);
	pick_allocators(p, o, q, bench);
	if (q->is_seam)
		bench = p->allocators.v[0].path;
	if (q->is_seam)
		sl_workloads_find(bench, &offered);
	sl_workloads_pick(
	    bench, &offered, q->suite, &o->workloads, &p->workloads);
	if (o->allocators.n == 0 && !q->is_seam)
		add_go(p, q, bench);
	sl_workloads_destroy(&offered);
	sl_go_check(p);
	need_trace(p);
}

void
sl_plan_choose_rounds(struct sl_plan *p, double round_s)
{
	const struct sl_preset *q = sl_preset_get(p->preset);
	double fit;

	if (p->rounds)
		return;
	p->rounds_chosen = true;
	fit = round_s > 0 ? floor(p->budget_s / round_s) : q->rounds_max;
	p->rounds = fit < 1               ? 1
		    : fit > q->rounds_max ? q->rounds_max
					  : (unsigned)fit;
}

bool
sl_plan_out_of_time(const struct sl_plan *p, double spent_s, double next_s)
{
	/* a tenth more than planned is no reason to stop */
	return p->rounds_chosen && spent_s + next_s > p->budget_s * 1.1;
}

_Noreturn void
sl_plan_contradiction(const char *option, const char *stored, const char *given)
{
	sl_die(SL_EXIT_USAGE,
	    "--resume: that sweep was made with --%s %s, not %s (leave the "
	    "option out)",
	    option, stored, given);
}

static void
check_names(const char *option, const struct sl_names *stored,
    const struct sl_names *given)
{
	bool same = stored->n == given->n;

	if (given->n == 0)
		return;
	for (size_t i = 0; same && i < given->n; i++) {
		/* NAME=/path counts by its name; the library is checked */
		struct sl_spec spec;
		char why[256];

		same = sl_spec_parse(given->v[i], &spec, why, sizeof why) &&
		       sl_names_has(stored, spec.series);
		sl_spec_destroy(&spec);
	}
	if (!same)
		sl_plan_contradiction(option, sl_names_join(stored, ","),
		    sl_names_join(given, ","));
}

void
sl_plan_check_lists(const struct sl_plan *p, const struct sl_names *allocators,
    const struct sl_names *workloads, const struct sl_counts *threads)
{
	struct sl_names stored = {0}, wanted = {0};

	for (size_t i = 0; i < p->allocators.n; i++)
		sl_names_add(&stored, p->allocators.v[i].name);
	check_names("allocators", &stored, allocators);
	sl_names_destroy(&stored);
	for (size_t i = 0; i < p->workloads.n; i++)
		sl_names_add(&stored, p->workloads.v[i].name);
	for (size_t i = 0; i < workloads->n; i++) {
		char *name = sl_workload_name(workloads->v[i]);

		sl_names_add(&wanted, name);
		free(name);
	}
	check_names("workloads", &stored, &wanted);
	if (threads->n && (threads->n != p->threads.n ||
			      memcmp(threads->v, p->threads.v,
				  threads->n * sizeof *threads->v)))
		sl_plan_contradiction("threads", sl_counts_text(&p->threads),
		    sl_counts_text(threads));
	sl_names_destroy(&stored);
	sl_names_destroy(&wanted);
}

void
sl_plan_check_number(const char *option, long long stored, long long given)
{
	if (stored != given)
		sl_plan_contradiction(option, sl_printf("%lld", stored),
		    sl_printf("%lld", given));
}

static void
check_word(const char *option, const char *stored, const char *given)
{
	if (!given || !strcmp(stored, given))
		return;
	if (*stored)
		sl_plan_contradiction(option, stored, given);
	sl_die(SL_EXIT_USAGE,
	    "--resume: that sweep was made without --%s (leave the option "
	    "out)",
	    option);
}

static void
check_options(const struct sl_plan *p, const struct sl_options *o)
{
	sl_plan_check_lists(p, &o->allocators, &o->workloads, &o->threads);
	if (o->preset && strcmp(o->preset, p->preset))
		sl_plan_contradiction("preset", p->preset, o->preset);
	if (o->has_seed)
		sl_plan_check_number("seed", p->seed, o->seed);
	if (o->rounds &&
	    (o->rounds != p->rounds || o->rounds_least != p->rounds_least))
		sl_plan_contradiction("rounds", sl_plan_rounds_option(p),
		    sl_plan_rounds_option(&(struct sl_plan){
			.rounds = o->rounds, .rounds_least = o->rounds_least}));
	if (o->engine && !strcmp(o->engine, "slurm") != (p->slurm != NULL))
		sl_plan_contradiction(
		    "engine", p->slurm ? "slurm" : "local", o->engine);
	if (o->slurm_options && !p->slurm)
		sl_die(SL_EXIT_USAGE,
		    "--slurm-options: that sweep is not one of Slurm's");
	check_word("pin", p->pin, o->pin);
	check_word("numa", p->numa, o->numa);
	if (o->trace)
		sl_die(SL_EXIT_USAGE,
		    "--resume does the trace that it began with: leave "
		    "--trace out");
}

static void
check_machine(const struct sl_manifest *m, const char *dir)
{
	json_t *here = sl_host_facts();
	const char *key = "hostname";
	char *was, *is;
	char *order;

	if (!strcmp(sl_json_text(m->host, key), sl_json_text(here, key)))
		key = sl_host_differs(m->host, here);
	if (key) {
		was = sl_host_fact_text(m->host, key);
		is = sl_host_fact_text(here, key);
		sl_die(SL_EXIT_USAGE,
		    "--resume: %s began on another machine (%s was '%s', is "
		    "'%s'): begin a new sweep",
		    dir, key, was, is);
	}
	json_decref(here);
	order = sl_placement_order(m->plan.pin);
	if (strcmp(order, m->plan.pin_order))
		sl_die(SL_EXIT_USAGE,
		    "--resume: with --pin %s %s took CPUs %s, here it would "
		    "take %s: begin a new sweep",
		    m->plan.pin, dir, m->plan.pin_order, order);
	free(order);
	if (*m->plan.numa)
		sl_placement_check_numa(m->plan.numa, true);
}

static void
check_trace(const struct sl_plan *p, const char *dir)
{
	char digest[17] = "";

	if (!*p->trace)
		return;
	sl_file_digest(p->trace, digest);
	if (strcmp(digest, p->trace_digest))
		sl_die(SL_EXIT_USAGE,
		    "--resume: %s is not the trace that %s began with: begin a "
		    "new sweep",
		    p->trace, dir);
}

void
sl_plan_check_files(const struct sl_plan *p, const char *dir)
{
	for (size_t i = 0; i < p->allocators.n; i++) {
		const struct sl_allocator *a = &p->allocators.v[i];
		char digest[17] = "";

		if (!a->path)
			continue;
		sl_file_digest(a->path, digest);
		if (strcmp(digest, a->digest))
			sl_die(SL_EXIT_USAGE,
			    "--resume: %s is not the %s that %s began "
			    "with: begin a new sweep",
			    a->path,
			    a->kind == SL_KIND_MODEL ? "program" : "library",
			    dir);
	}
	check_trace(p, dir);
}

void
sl_plan_check_resume(const struct sl_manifest *m, const struct sl_options *o,
    const char *dir, const char *bench_digest)
{
	if (m->model)
		sl_die(SL_EXIT_USAGE,
		    "--resume: %s is modelled: spanlab vmp sweep --resume",
		    dir);
	check_options(&m->plan, o);
	if (!m->plan.slurm)
		check_machine(m, dir);
	sl_plan_check_files(&m->plan, dir);
	if (strcmp(bench_digest, m->bench_digest))
		sl_die(SL_EXIT_USAGE,
		    "--resume: spanlab-bench is not the one that %s began "
		    "with: begin a new sweep",
		    dir);
}
