/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_validate_model.c - what can be said of the model on any machine: that it
 * repeats itself, that it does as its formulas say, how near it is to another
 * model, and to published curves.
 *
 * Called by vmp_validate.c.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/allocators.h"
#include "harness/driver/claim_curve.h"
#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/vmp.h"
#include "harness/driver/vmp_run.h"
#include "harness/driver/vmp_validate.h"
#include "harness/vmp/published.h"
#include "harness/vmp/profile.h"

static struct profile
read_profile(const char *file)
{
	char why[PROFILE_WHY_MAX];
	struct profile p;

	if (!profile_read(&p, file, why))
		sl_die(SL_EXIT_USAGE, "--profile: %s", why);
	return p;
}

/* --- one seed is one run ------------------------------------------------- */

#define NO_RUN "none"

static void
same(struct sl_vmp_validation *v, char *what, const char *a, const char *b)
{
	const char *got = !strcmp(a, NO_RUN) || !strcmp(b, NO_RUN) ? "no run"
			  : strcmp(a, b)                           ? "another"
								   : "the same";

	sl_vmp_row_add(v, &(struct sl_vmp_row){.part = SL_VMP_REPEATS,
			      .what = what,
			      .want_text = sl_strdup("the same"),
			      .got_text = sl_strdup(got),
			      .unit = "digest"});
}

static void
probe_digest(struct sl_vmp_probe *p, bool fixed, char hex[17])
{
	json_t *out;

	p->fixed_addresses = fixed;
	out = sl_vmp_probe_run(p);
	snprintf(hex, 17, "%.16s", out ? sl_json_text(out, "digest") : NO_RUN);
	json_decref(out);
}

static void
load_digest(struct sl_vmp_load *l, bool fixed, char hex[17])
{
	json_t *run;

	l->fixed_addresses = fixed;
	run = sl_vmp_load_run(l);
	snprintf(hex, 17, NO_RUN);
	if (run)
		sl_vmp_load_digest(run, hex);
	json_decref(run);
}

static void
repeat_probes(struct sl_vmp_validation *v, bool can_fix)
{
	static const struct {
		const char *name;
		unsigned threads, cores;
	} probes[] = {{"treiber", 24, 0}, {"ticket", 24, 0}, {"mutex", 32, 4}};

	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
		struct sl_vmp_probe p = {.profile = v->profiles.v[0],
		    .name = probes[i].name,
		    .threads = probes[i].threads,
		    .cores = probes[i].cores,
		    .ops = 200,
		    .think = 300};
		char first[17], second[17];

		probe_digest(&p, false, first);
		probe_digest(&p, false, second);
		same(v,
		    sl_printf("probe %s, %u threads, again", p.name, p.threads),
		    first, second);
		if (!can_fix)
			continue;
		probe_digest(&p, true, second);
		same(v,
		    sl_printf("probe %s, %u threads, without random "
			      "addresses",
			p.name, p.threads),
		    first, second);
	}
}

static void
repeat_variants(struct sl_vmp_validation *v, bool can_fix)
{
	struct sl_allocators all = {0};

	sl_allocators_find_models(&all);
	for (size_t i = 0; i < all.n; i++) {
		struct sl_vmp_load l = {.program = all.v[i].path,
		    .profile = v->profiles.v[0],
		    .workload = "pinned-churn-512",
		    .threads = 9,
		    .ops = v->is_quick ? 100 : 500,
		    .seed = 5};
		char first[17], second[17];

		load_digest(&l, false, first);
		load_digest(&l, false, second);
		same(v,
		    sl_printf(
			"%s, %u threads, again", all.v[i].name, l.threads),
		    first, second);
		if (!can_fix)
			continue;
		load_digest(&l, true, second);
		same(v,
		    sl_printf("%s, %u threads, without random addresses",
			all.v[i].name, l.threads),
		    first, second);
	}
	sl_allocators_destroy(&all);
}

static void
repeats(struct sl_vmp_validation *v)
{
	bool can_fix = sl_vmp_can_fix_addresses();

	if (!can_fix)
		sl_vmp_note(v, SL_VMP_REPEATS,
		    "Not compared with runs without random addresses: setarch "
		    "-R cannot here.");
	repeat_probes(v, can_fix);
	repeat_variants(v, can_fix);
}

/* --- formulas ------------------------------------------------------------ */

static uint64_t
by_distance(
    const struct profile *p, uint64_t cluster, uint64_t socket, uint64_t remote)
{
	if (p->cores_per_cluster > 1)
		return cluster;
	return p->cores_per_socket > 1 ? socket : remote;
}

static void
formula(struct sl_vmp_validation *v, const struct profile *p,
    const struct sl_vmp_probe *probe, double want, const char *says)
{
	sl_vmp_row_add(v, &(struct sl_vmp_row){.part = SL_VMP_FORMULAS,
			      .what = sl_printf("%s: %s, %u thread%s: %s",
				  p->name, probe->name, probe->threads,
				  probe->threads > 1 ? "s" : "", says),
			      .want = want,
			      .got = sl_vmp_probe_cycles(probe),
			      .unit = "cycles",
			      .gate = 1});
}

static void
hand_overs(struct sl_vmp_validation *v, const struct profile *p,
    struct sl_vmp_probe probe)
{
	uint64_t hit = p->l1 + p->instr;
	uint64_t read =
	    by_distance(p, p->read_cluster, p->read_socket, p->read_remote);
	uint64_t own =
	    by_distance(p, p->own_cluster, p->own_socket, p->own_remote);
	uint64_t upgrade =
	    p->cores_per_socket > 1 ? p->upgrade_socket : p->upgrade_remote;

	if (p->cores < 2)
		return;
	probe.threads = 2;
	probe.name = "cas-ping-pong";
	formula(
	    v, p, &probe, (double)(own + p->hold + p->rmw), "own + hold + rmw");
	probe.name = "ping-pong";
	formula(v, p, &probe,
	    (double)(upgrade + p->hold + read +
		     (p->occupancy > hit ? p->occupancy : hit)),
	    "upgrade + hold + read + the longer of occupancy and a hit");
}

static void
plateau(struct sl_vmp_validation *v, const struct profile *p,
    struct sl_vmp_probe probe)
{
	double want = (double)(p->own_cluster + p->rmw + p->hold);

	probe.name = "fetch-add";
	probe.threads = 1;
	formula(v, p, &probe, (double)(p->rmw + p->instr), "rmw + instr");
	probe.threads = (unsigned)p->cores_per_cluster;
	if (probe.threads > 16)
		probe.threads = 16;
	/* Fewer do not keep the line busy. */
	if (probe.threads < 4)
		return;
	probe.think = want * probe.threads / 4;
	formula(v, p, &probe, want, "own + rmw + hold, the plateau");
}

static void
formulas(struct sl_vmp_validation *v)
{
	for (size_t i = 0; i < v->profiles.n; i++) {
		struct profile p = read_profile(v->profiles.v[i]);
		struct sl_vmp_probe probe = {.profile = v->profiles.v[i],
		    .ops = v->is_quick ? 2000 : 4000,
		    .set = {"jitter_pct=0"}};

		hand_overs(v, &p, probe);
		plateau(v, &p, probe);
	}
}

/* --- a ticket lock ------------------------------------------------------- */

static double
ticket(const struct sl_vmp_validation *v, const char *file, unsigned n,
    double think)
{
	struct sl_vmp_probe probe = {.profile = file,
	    .name = "ticket",
	    .threads = n,
	    .ops = (v->is_quick ? 4000 : 12800) / n,
	    .think = think};

	return sl_vmp_probe_cycles(&probe);
}

/* Two points with all threads at the lock give the section and the transfer:
 * t = s + c / 2 (n - think / t).  The chain tells the rest. */
static void
ticket_locks(struct sl_vmp_validation *v, const char *file)
{
	static const unsigned threads[] = {2, 4, 8, 16, 32, 64};
	static const double thinks[] = {500, 2000, 8000, 32000};
	struct profile p = read_profile(file);
	unsigned most =
	    p.cores_per_socket > 64 ? 64 : (unsigned)p.cores_per_socket;
	unsigned few = most / 8;
	double few_t, most_t, c, s;

	if (few < 2) {
		sl_vmp_note(v, SL_VMP_TICKET,
		    "%s has too few cores in a socket to fit the chain to.",
		    p.name);
		return;
	}
	few_t = ticket(v, file, few, thinks[0]);
	most_t = ticket(v, file, most, thinks[0]);
	c = 2 * (most_t - few_t) /
	    ((most - thinks[0] / most_t) - (few - thinks[0] / few_t));
	s = few_t - c / 2 * (few - thinks[0] / few_t);
	sl_vmp_note(v, SL_VMP_TICKET,
	    "%s, within a socket: the chain's section is %.0f cycles and its "
	    "transfer %.1f, from the two rows that are fitted.",
	    p.name, s, c);
	for (size_t k = 0; k < sizeof thinks / sizeof *thinks; k++)
		for (size_t i = 0;
		     i < sizeof threads / sizeof *threads && threads[i] <= most;
		     i++) {
			unsigned n = threads[i];
			bool is_fitted = k == 0 && (n == few || n == most);
			double a = thinks[k];

			sl_vmp_row_add(v,
			    &(struct sl_vmp_row){.part = SL_VMP_TICKET,
				.what = sl_printf("%s: %u threads, %.0f cycles "
						  "of other work",
				    p.name, n, a),
				.want = (a + s) / sl_ticket_speedup(n, a, s, c),
				.got = ticket(v, file, n, a),
				.unit = "cycles",
				.gate = 15,
				.is_fitted = is_fitted,
				.is_held_out = !is_fitted});
		}
}

/* --- published curves ---------------------------------------------------- */

static double
increment_ns(const struct sl_vmp_validation *v, const char *file,
    const struct published_point *at, const char *set)
{
	unsigned ops = published_ops(at->threads);
	struct sl_vmp_probe probe = {.profile = file,
	    .name = "fetch-add",
	    .threads = at->threads,
	    .ops = v->is_quick && ops > 1000 ? 1000 : ops,
	    .set = {set}};
	struct profile p = read_profile(file);

	return sl_vmp_probe_cycles(&probe) / p.ghz;
}

static void
published_row(struct sl_vmp_validation *v, const struct profile *p,
    const struct published_point *at, double got, const char *where)
{
	sl_vmp_row_add(
	    v, &(struct sl_vmp_row){.part = SL_VMP_PUBLISHED,
		   .what = sl_printf("%s: %u thread%s%s", p->name, at->threads,
		       at->threads > 1 ? "s" : "", where),
		   .want = at->ns / at->threads,
		   .got = got,
		   .unit = "ns",
		   .gate = *where ? -1 : PUBLISHED_GATE,
		   .is_fitted = !*where && !at->is_held_out,
		   .is_held_out = !*where && at->is_held_out});
}

static void
published(struct sl_vmp_validation *v, const char *file)
{
	struct profile p = read_profile(file);
	const struct published_curve *curve = published_find(p.name);

	if (!curve) {
		sl_vmp_note(v, SL_VMP_PUBLISHED,
		    "%s: no published curve; how far it is off is not known.",
		    p.name);
		return;
	}
	sl_vmp_note(v, SL_VMP_PUBLISHED,
	    "%s: %s. Its threads were not bound to CPUs, so which they had is "
	    "not known; the model's fill one socket after the other.",
	    p.name, curve->source);
	for (const struct published_point *at = curve->points; at->threads;
	     at++) {
		published_row(v, &p, at, increment_ns(v, file, at, NULL), "");
		if (at->threads == 2)
			published_row(v, &p, at,
			    increment_ns(v, file, at, "cores_per_socket=1"),
			    ", were they in two sockets");
	}
}

void
sl_vmp_validate_model(struct sl_vmp_validation *v)
{
	char *usual;

	repeats(v);
	formulas(v);
	usual = sl_vmp_profile_path(v->profile ? v->profile : "2x64");
	ticket_locks(v, usual);
	free(usual);
	for (size_t i = 0; i < v->profiles.n; i++)
		published(v, v->profiles.v[i]);
}
