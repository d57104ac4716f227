/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_speed.c - the command `spanlab vmp speed`: how long the model takes on
 * this machine.
 *
 * Called by vmp.c.  CPU time, not time of day: other work does not count, but
 * disturbs caches.  Its file is speed.md.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/driver/allocators.h"
#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/stats.h"
#include "harness/driver/version.h"
#include "harness/driver/vmp.h"
#include "harness/driver/vmp_run.h"

enum { ROUNDS = 9, MOST_THREADS = 128 };

struct speed {
	const char *output;
	bool is_quick;
	char *profile;
	struct sl_text t;
	unsigned rows, missed;
};

static void
row(struct speed *s, const char *what, const char *unit, double value,
    const char *spread, double gate)
{
	bool is_within = value <= gate;

	s->rows++;
	s->missed += !is_within;
	sl_text_addf(&s->t, "| %s | %.3g %s | %s | %g %s | %s |\n", what, value,
	    unit, spread, gate, unit, is_within ? "within" : "MISSED");
}

/* --- accesses ------------------------------------------------------------ */

static void
accesses(struct speed *s, const char *probe, const char *count,
    const char *what, double gate)
{
	double ns[ROUNDS];
	unsigned rounds = s->is_quick ? 1 : ROUNDS, n = 0;
	char spread[64];

	for (unsigned r = 0; r < rounds; r++) {
		struct sl_vmp_probe p = {.profile = s->profile,
		    .name = probe,
		    .threads = 64,
		    .ops = s->is_quick ? 500 : 10000};
		json_t *out = sl_vmp_probe_run(&p);
		double t = 1e9 * sl_json_number(out, "host_s", NAN) /
			   sl_json_number(out, count, NAN);

		json_decref(out);
		if (isfinite(t))
			ns[n++] = t;
	}
	snprintf(spread, sizeof spread, "%.3g to %.3g of %u runs",
	    sl_stat_min(ns, n), sl_stat_max(ns, n), n);
	row(s, what, "ns", sl_stat_median(ns, n), spread, gate);
}

/* --- curves -------------------------------------------------------------- */

static double
children_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
	       1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* Both hand their lock to the next in line: each hand-over costs the model a
 * step of each who waits. */
static bool
is_fifo_spin(const char *variant)
{
	return !strcmp(variant, "ck-ticket") || !strcmp(variant, "ck-mcs");
}

static void
curve(struct speed *s, const struct sl_allocator *a)
{
	unsigned most = s->is_quick ? 2 : MOST_THREADS, ended = 0, points = 0;
	double begun = children_s();
	char what[128], spread[64];

	for (unsigned n = 1; n <= most; n *= 2) {
		struct sl_vmp_load l = {.program = a->path,
		    .profile = s->profile,
		    .workload = "pinned-churn-2048",
		    .threads = n,
		    .ops = s->is_quick ? 50 : 500,
		    .seed = 1};
		json_t *run = sl_vmp_load_run(&l);

		points++;
		ended += run != NULL;
		json_decref(run);
	}
	snprintf(what, sizeof what, "curve of %s%s", a->name,
	    is_fifo_spin(a->name) ? ", a spin lock in order" : "");
	snprintf(spread, sizeof spread, "%u of %u points", ended, points);
	row(s, what, "s", ended == points ? children_s() - begun : INFINITY,
	    spread, is_fifo_spin(a->name) ? 120 : 20);
}

static void
curves(struct speed *s)
{
	struct sl_allocators all = {0};

	sl_allocators_find_models(&all);
	for (size_t i = 0; i < all.n; i++)
		curve(s, &all.v[i]);
	sl_allocators_destroy(&all);
}

/* --- the command --------------------------------------------------------- */

static void
head(struct speed *s)
{
	json_t *facts = sl_host_facts();
	char *host = sl_host_summary(facts), now[32];
	struct sl_host_moment m;

	sl_host_time_text(now);
	sl_host_moment_take(&m);
	sl_text_addf(&s->t,
	    "# How long the model takes\n\n%s.\nSpanlab %s, revision %s, %s; "
	    "load %.1f when it began.\n\nCPU time of one process at a time. An "
	    "access: probes on 64 virtual threads, medians. A\ncurve: "
	    "pinned-churn-2048 with 1, 2, 4 to %d threads of %d mallocs, "
	    "hold=0, one seed,\nwithout its band, which takes twelve times as "
	    "long again.\n\n| what | takes | spread | gate | |\n"
	    "|---|---|---|---|---|\n",
	    host, PACKAGE_VERSION, SL_GIT_REV, now, m.load1,
	    s->is_quick ? 2 : MOST_THREADS, s->is_quick ? 50 : 500);
	free(host);
	json_decref(facts);
}

static void
parse(struct speed *s, int argc, char **argv)
{
	static const struct option options[] = {
	    {"output", required_argument, NULL, 'O'},
	    {"quick", no_argument, NULL, 'q'},
	    {NULL, 0, NULL, 0},
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == 'O' && *optarg)
			s->output = optarg;
		else if (opt == 'q')
			s->is_quick = true;
		else
			sl_vmp_wrong_option("speed", opt, argv);
	}
	if (optind < argc)
		sl_vmp_no_option("speed", argv[optind]);
}

int
sl_vmp_speed(int argc, char **argv)
{
	struct speed s = {.output = "results/vmp-speed"};
	char *path;
	int err;

	parse(&s, argc, argv);
	sl_child_signals();
	s.profile = sl_vmp_profile_path("2x64");
	err = sl_dir_make(s.output);
	if (err)
		sl_die(SL_EXIT_CANNOT, "cannot make %s: %s", s.output,
		    strerror(err));
	head(&s);
	accesses(&s, "own", "accesses", "an access to a private line", 20);
	accesses(&s, "fetch-add", "shared",
	    "an access to a shared line, all at one word", 150);
	accesses(&s, "treiber", "shared", "an access to a shared line, a stack",
	    150);
	curves(&s);
	path = sl_printf("%s/speed.md", s.output);
	sl_file_write_or_die(path, s.t.s);
	printf("measured    %u, %u of them miss their gates\nresults     %s\n",
	    s.rows, s.missed, path);
	free(path);
	free(s.profile);
	sl_text_destroy(&s.t);
	return SL_EXIT_OK;
}
