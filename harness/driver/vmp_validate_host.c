/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_validate_host.c - this machine, measured and modelled: loops and the
 * allocator with each set, on one CPU and on two.
 *
 * Called by vmp_validate.c.  The profile is made just before.  What of it is
 * fitted is marked; all other rows are predictions.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/allocators.h"
#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/locate.h"
#include "harness/driver/stats.h"
#include "harness/driver/vmp_calibrate.h"
#include "harness/driver/vmp_run.h"
#include "harness/driver/vmp_validate.h"

#define GATE 25.0 /* percent, as of the published curves */

enum {
	ROUNDS_MAX = 9,
	VARIANTS_MAX = 64,
	NWORKLOADS = 2,
	NTHREADS = 2,
};

static const char *const workloads[NWORKLOADS] = {
    "pinned-churn-512", "pinned-churn-2048"};

struct host {
	struct sl_vmp_validation *v;
	struct sl_places places;
	struct profile profile;
	char *file;
	unsigned nthreads; /* 1 or 2 */
	/* fitted to the first variant: what its code's accesses cost */
	char instr[32], l1[32];
};

/* --- loops --------------------------------------------------------------- */

static double
measured_probe(
    const struct host *h, const char *name, unsigned threads, double think)
{
	static struct host_samples s;
	struct host_probe p = {.name = name,
	    .threads = threads,
	    .cpus = {h->places.first, sl_places_second(&h->places)},
	    .ops = 2000,
	    .think = (uint64_t)think,
	    .batches = h->v->is_quick ? 15 : 101};

	return host_probe_run(&p, &s) ? sl_stat_median(s.ns, s.n) : NAN;
}

static void
probe_row(const struct host *h, const char *name, unsigned threads,
    double think, bool is_fitted)
{
	struct sl_vmp_probe p = {.profile = h->file,
	    .name = name,
	    .threads = threads,
	    .ops = 2000,
	    .think = think};

	sl_vmp_row_add(h->v,
	    &(struct sl_vmp_row){.part = SL_VMP_PROBES,
		.what = sl_printf("%s, %u thread%s, %.0f cycles of other work",
		    name, threads, threads > 1 ? "s" : "", think),
		.want = measured_probe(h, name, threads, think),
		.got = sl_vmp_probe_cycles(&p) / h->profile.ghz,
		.unit = "ns",
		.gate = GATE,
		.is_fitted = is_fitted,
		.is_held_out = !is_fitted});
}

static void
probes(const struct host *h)
{
	static const char *const names[] = {
	    "fetch-add", "treiber", "ticket", "mutex"};
	static const double thinks[] = {0, 500, 2000};

	probe_row(h, "own", 1, 0, false);
	if (h->nthreads > 1) {
		probe_row(h, "cas-ping-pong", 2, 0, true);
		probe_row(h, "ping-pong", 2, 0, false);
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (unsigned n = 1; n <= h->nthreads; n++)
			for (size_t k = 0; k < sizeof thinks / sizeof *thinks;
			     k++)
				probe_row(h, names[i], n, thinks[k],
				    i == 0 && k == 0);
}

/* --- variants ------------------------------------------------------------ */

struct variant {
	const char *name, *program, *library;
	double ns[NWORKLOADS][NTHREADS][ROUNDS_MAX];
	unsigned n[NWORKLOADS][NTHREADS];
};

/* Nanoseconds for each malloc, of all threads; NAN. */
static double
run_ns(struct sl_vmp_load *l)
{
	json_t *run = sl_vmp_load_run(l);
	double ns = 1e9 / sl_json_number(run, "ops_per_s", NAN);

	json_decref(run);
	return ns;
}

static double
modelled(const struct host *h, const struct variant *a, unsigned workload,
    unsigned threads, const char *instr, const char *l1)
{
	struct sl_vmp_load l = {.program = a->program,
	    .profile = h->file,
	    .set = {instr, l1},
	    .workload = workloads[workload],
	    .threads = threads,
	    .ops = h->v->is_quick ? 500 : 2000,
	    .seed = 1};

	return run_ns(&l);
}

/* Rounds are outermost, so that what drifts meets all variants. */
static void
measure(const struct host *h, struct variant *all, size_t n)
{
	unsigned rounds = h->v->is_quick ? 1 : ROUNDS_MAX;
	char *bench = sl_locate_bench();

	for (unsigned r = 0; r < rounds; r++)
		for (size_t i = 0; i < n; i++)
			for (unsigned k = 0; k < NWORKLOADS * h->nthreads;
			     k++) {
				unsigned w = k / h->nthreads;
				unsigned t = k % h->nthreads;
				struct sl_vmp_load l = {.program = bench,
				    .library = all[i].library,
				    .workload = workloads[w],
				    .threads = t + 1,
				    .ops = h->v->is_quick ? 20000 : 200000,
				    .seed = r + 1};
				double ns = run_ns(&l);

				if (isfinite(ns))
					all[i].ns[w][t][all[i].n[w][t]++] = ns;
			}
	free(bench);
}

static double
median_of(const struct variant *a, unsigned w, unsigned t)
{
	return sl_stat_median(a->ns[w][t], a->n[w][t]);
}

/* A loop of loads waits for each, code seldom does: which of both the profile
 * charges is fitted to one row. */
static void
fit_loads(struct host *h, const struct variant *a)
{
	uint64_t most = h->profile.l1;
	double want = median_of(a, 0, 0), best = INFINITY;

	for (uint64_t instr = 0; instr <= 1; instr++)
		for (uint64_t l1 = 0; l1 <= most; l1++) {
			char is[32], ls[32];
			double off;

			snprintf(is, sizeof is, "instr=%d cycles", (int)instr);
			snprintf(ls, sizeof ls, "l1=%d cycles", (int)l1);
			off = fabs(modelled(h, a, 0, 1, is, ls) / want - 1);
			if (!(off < best))
				continue;
			best = off;
			memcpy(h->instr, is, sizeof is);
			memcpy(h->l1, ls, sizeof ls);
		}
	sl_vmp_note(h->v, SL_VMP_VARIANTS,
	    "The profile's loads (instr %d and l1 %d cycles) are those of a "
	    "chain, each of which waits for the last; code seldom does. Here "
	    "%s, %s, fitted to the first row. All others are held out.",
	    (int)h->profile.instr, (int)h->profile.l1, h->instr, h->l1);
}

static void
variant_rows(struct host *h, const struct variant *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned w = 0; w < NWORKLOADS; w++)
			for (unsigned t = 0; t < h->nthreads; t++) {
				bool is_fitted = i == 0 && w == 0 && t == 0;

				sl_vmp_row_add(h->v,
				    &(struct sl_vmp_row){
					.part = SL_VMP_VARIANTS,
					.what = sl_printf("%s, %s, %u thread%s",
					    all[i].name, workloads[w], t + 1,
					    t > 0 ? "s" : ""),
					.want = median_of(&all[i], w, t),
					.got = modelled(h, &all[i], w, t + 1,
					    h->instr, h->l1),
					.unit = "ns",
					.gate = GATE,
					.is_fitted = is_fitted,
					.is_held_out = !is_fitted});
			}
}

static void
variants(struct host *h)
{
	static struct variant all[VARIANTS_MAX];
	struct sl_allocators models = {0}, libraries = {0};
	size_t n = 0;

	sl_allocators_find_models(&models);
	sl_allocators_find(&libraries);
	for (size_t i = 0; i < models.n && n < VARIANTS_MAX; i++) {
		const struct sl_allocator *l =
		    sl_allocators_get(&libraries, models.v[i].name);

		if (l && l->kind == SL_KIND_VARIANT)
			all[n++] = (struct variant){.name = models.v[i].name,
			    .program = models.v[i].path,
			    .library = l->path};
	}
	if (n > 0) {
		measure(h, all, n);
		fit_loads(h, &all[0]);
		variant_rows(h, all, n);
	}
	sl_allocators_destroy(&models);
	sl_allocators_destroy(&libraries);
}

/* Virtual CPUs move meanwhile. */
static void
tell_drift(const struct host *h)
{
	static struct host_lines lines;
	const int cpus[2] = {h->places.first, sl_places_second(&h->places)};

	if (h->nthreads > 1 && host_lines_run(cpus, 101, &lines))
		sl_vmp_note(h->v, SL_VMP_PROBES,
		    "A load of a line that the other CPU changed: %.1f ns in "
		    "the profile, %.1f ns at the end (median; 10 to 90 %% of "
		    "batches: %.1f to %.1f). Where these differ, the CPUs "
		    "moved, or other work disturbed.",
		    (double)h->profile.read_cluster / h->profile.ghz,
		    sl_stat_median(lines.read.ns, lines.read.n),
		    sl_stat_quantile(lines.read.ns, lines.read.n, 0.1),
		    sl_stat_quantile(lines.read.ns, lines.read.n, 0.9));
}

void
sl_vmp_validate_host(struct sl_vmp_validation *v)
{
	struct host h = {.v = v};
	json_t *facts = sl_host_facts();
	char *text = sl_calibrate(v->is_quick, &h.profile);

	v->host_summary = sl_host_summary(facts);
	h.file = sl_printf("%s/host.profile", v->output);
	sl_file_write_or_die(h.file, text);
	sl_places_find(&h.places);
	h.nthreads = sl_places_second(&h.places) < 0 ? 1 : 2;
	if (h.nthreads < 2)
		sl_vmp_note(v, SL_VMP_PROBES,
		    "This process may use one CPU: nothing is compared with "
		    "two.");
	probes(&h);
	variants(&h);
	tell_drift(&h);
	free(text);
	free(h.file);
	json_decref(facts);
}
