/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_sweep.c - the command `spanlab vmp sweep`: a sweep whose cells are runs
 * of the model.
 *
 * Called by vmp.c.  Its folder is that of a sweep, so that it is read, reported
 * and exported as one; sweep.json says "model", and the machine in it is the
 * modelled one.  Rounds are seeds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/cell_run.h"
#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/folder.h"
#include "harness/driver/host.h"
#include "harness/driver/pick.h"
#include "harness/driver/progress.h"
#include "harness/driver/report.h"
#include "harness/driver/version.h"
#include "harness/driver/vmp.h"
#include "harness/vmp/model.h"
#include "harness/vmp/model_band.h"
#include "harness/vmp/profile.h"

enum { OPS_MAX = 1000000 };

struct vmp_sweep {
	struct sl_names allocators, workloads;
	struct sl_counts threads;
	const char *profile_name, *output;
	long cores, seeds, ops, seed, timeout_s;
	/* found */
	char *profile_file, *profile_text;
	struct profile profile;
	struct sl_manifest manifest;
	char *dir;
	size_t ran;
};

/* --- what was asked for --------------------------------------------------- */

static long
number(const char *option, const char *text, long least, long most)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (end == text || *end || errno || v < least || v > most)
		sl_die(SL_EXIT_USAGE,
		    "--%s: '%s' is not a whole number from %ld to %ld", option,
		    text, least, most);
	return v;
}

static void
set_threads(struct vmp_sweep *s, const char *text)
{
	char why[160];

	if (!sl_counts_parse(text, &s->threads, why, sizeof why))
		sl_die(SL_EXIT_USAGE, "--threads: %s", why);
	if (s->threads.v[s->threads.n - 1] > MODEL_THREADS_MAX)
		sl_die(SL_EXIT_USAGE, "--threads: the model has at most %d",
		    MODEL_THREADS_MAX);
}

static const struct option options[] = {
    {"allocators", required_argument, NULL, 'a'},
    {"workloads", required_argument, NULL, 'w'},
    {"threads", required_argument, NULL, 't'},
    {"profile", required_argument, NULL, 'p'},
    {"cores", required_argument, NULL, 'c'},
    {"seeds", required_argument, NULL, 'n'},
    {"ops", required_argument, NULL, 'o'},
    {"seed", required_argument, NULL, 's'},
    {"timeout", required_argument, NULL, 'T'},
    {"output", required_argument, NULL, 'O'},
    {NULL, 0, NULL, 0},
};

static void
set(struct vmp_sweep *s, int opt, char **argv)
{
	switch (opt) {
	case 'a':
		sl_names_split(&s->allocators, optarg);
		return;
	case 'w':
		sl_names_split(&s->workloads, optarg);
		return;
	case 't':
		set_threads(s, optarg);
		return;
	case 'p':
		s->profile_name = optarg;
		return;
	case 'c':
		s->cores = number("cores", optarg, 1, PROFILE_CORES_MAX);
		return;
	case 'n':
		s->seeds = number("seeds", optarg, 1, SL_ROUNDS_MAX);
		return;
	case 'o':
		s->ops = number("ops", optarg, 1, OPS_MAX);
		return;
	case 's':
		s->seed = number("seed", optarg, 0, 1000000000);
		return;
	case 'T':
		s->timeout_s = number("timeout", optarg, 1, 86400);
		return;
	case 'O':
		if (!*optarg)
			sl_die(SL_EXIT_USAGE, "--output: empty");
		s->output = optarg;
		return;
	case ':':
		sl_die(SL_EXIT_USAGE, "vmp sweep: %s needs a value",
		    argv[optind - 1]);
	default:
		sl_die(SL_EXIT_USAGE,
		    "vmp sweep: unknown option '%s' (see spanlab vmp --help)",
		    argv[optind - 1]);
	}
}

static void
parse(struct vmp_sweep *s, int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1)
		set(s, opt, argv);
	if (optind < argc)
		sl_die(SL_EXIT_USAGE, "vmp sweep: '%s' is not an option",
		    argv[optind]);
	if (s->threads.n == 0)
		set_threads(s, "1..128");
	if (s->workloads.n == 0)
		sl_names_add(&s->workloads, "pinned-churn");
}

/* --- the machine ---------------------------------------------------------- */

static void
read_profile(struct vmp_sweep *s)
{
	char why[PROFILE_WHY_MAX];

	s->profile_file = sl_vmp_profile_path(s->profile_name);
	if (!profile_read(&s->profile, s->profile_file, why))
		sl_die(SL_EXIT_USAGE, "--profile: %s", why);
	s->profile_text = sl_file_read(s->profile_file, NULL);
	if (!s->profile_text)
		sl_die(
		    SL_EXIT_CANNOT, "%s: %s", s->profile_file, strerror(errno));
	if (s->cores > (long)s->profile.cores)
		sl_die(SL_EXIT_USAGE, "--cores: %s has %ld", s->profile.name,
		    (long)s->profile.cores);
	if (s->cores == 0)
		s->cores = (long)s->profile.cores;
}

/* As sl_host_facts() tells of a real one. */
static json_t *
machine_facts(const struct vmp_sweep *s)
{
	char *model =
	    sl_printf("MODELLED by profile %s, not measured", s->profile.name);
	char *name = sl_printf("vmp-%s", s->profile.name);
	json_t *o = json_pack("{s:s, s:s, s:I, s:I, s:s, s:s}", "hostname",
	    name, "cpu_model", model, "cpus_allowed", (json_int_t)s->cores,
	    "cpus_online", (json_int_t)s->profile.cores, "kernel",
	    "virtual time", "os", "no operating system");

	free(model);
	free(name);
	return o;
}

static json_t *
model_facts(const struct vmp_sweep *s)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "kind",
	    "modelled", "profile", s->profile.name, "profile_text",
	    s->profile_text, "cores", (json_int_t)s->cores, "ops",
	    (json_int_t)s->ops, "seeds", (json_int_t)s->seeds, "seed",
	    (json_int_t)s->seed, "band", MODEL_BAND_TEXT);
}

/* --- the plan ------------------------------------------------------------- */

/* A name that several workloads begin with is all of them: pinned-churn. */
static void
expand(const struct sl_workloads *offered, const struct sl_names *wanted,
    struct sl_names *out)
{
	for (size_t i = 0; i < wanted->n; i++) {
		size_t len = strlen(wanted->v[i]), found = 0;

		for (size_t k = 0; k < offered->n; k++) {
			const char *name = offered->v[k].name;

			if (sl_workloads_get(offered, wanted->v[i]) ||
			    strncmp(name, wanted->v[i], len) ||
			    name[len] != '-')
				continue;
			sl_names_add(out, name);
			found++;
		}
		if (!found)
			sl_names_add(out, wanted->v[i]);
	}
}

static void
pick_all(struct vmp_sweep *s)
{
	struct sl_plan *p = &s->manifest.plan;
	struct sl_allocators all = {0};
	struct sl_workloads offered = {0};
	struct sl_names names = {0};
	struct sl_pick pick = {&all, &s->allocators, "hold=0", NULL};

	sl_allocators_find_models(&all);
	if (all.n == 0)
		sl_die(SL_EXIT_CANNOT,
		    "no program vmp-VARIANT: they are built where configure "
		    "--enable-vmp can (its last words say why not); else set "
		    "SPANLAB_BENCH_DIR");
	if (s->allocators.n == 0)
		for (size_t i = 0; i < all.n; i++)
			sl_names_add(&s->allocators, all.v[i].name);
	sl_pick_allocators(&pick, &p->allocators);
	for (size_t i = 0; i < p->allocators.n; i++)
		if (p->allocators.v[i].kind != SL_KIND_MODEL)
			sl_die(SL_EXIT_USAGE,
			    "--allocators: %s is no variant: the model runs "
			    "compiled sources",
			    p->allocators.v[i].name);
	sl_workloads_find(p->allocators.v[0].path, &offered);
	expand(&offered, &s->workloads, &names);
	sl_workloads_pick(
	    p->allocators.v[0].path, &offered, "list", &names, &p->workloads);
	sl_allocators_describe(&p->allocators);
	sl_names_destroy(&names);
	sl_workloads_destroy(&offered);
	sl_allocators_destroy(&all);
}

static void
make_manifest(struct vmp_sweep *s, int argc, char **argv)
{
	const char *environment = getenv("SPANLAB_OPTIONS");
	struct sl_manifest *m = &s->manifest;
	char now[32];

	m->plan = (struct sl_plan){.preset = sl_strdup("modelled"),
	    .environment = sl_strdup(environment ? environment : ""),
	    .seed = s->seed,
	    .rounds = (unsigned)s->seeds,
	    .window_s = 1,
	    .scale = 1,
	    .timeout_s = (double)s->timeout_s,
	    .cpus = (unsigned)s->cores,
	    .threads = s->threads};
	pick_all(s);
	sl_host_time_text(now);
	m->started = sl_strdup(now);
	m->version = sl_strdup(PACKAGE_VERSION);
	m->revision = sl_strdup(SL_GIT_REV);
	m->host = machine_facts(s);
	m->model = model_facts(s);
	m->sessions = json_array();
	m->command = json_array();
	sl_file_digest(m->plan.allocators.v[0].path, m->bench_digest);
	json_array_append_new(m->command, json_string("spanlab"));
	json_array_append_new(m->command, json_string("vmp"));
	for (int i = 0; i < argc; i++)
		json_array_append_new(m->command, json_string(argv[i]));
}

/* --- the cells ------------------------------------------------------------ */

static _Noreturn void
interrupted(const struct vmp_sweep *s)
{
	sl_complain("interrupted; %zu points are kept in %s", s->ran, s->dir);
	exit(SL_EXIT_INTERRUPTED);
}

static void
run_cell(struct vmp_sweep *s, const struct sl_cell *cell,
    struct sl_progress *progress)
{
	char *profile = sl_printf("--profile=%s", s->profile_file);
	char *cores = sl_printf("--cores=%ld", s->cores);
	char *ops = sl_printf("--param=ops=%ld", s->ops);
	/* Seeds move a point by little: one band is that of all. */
	const char *const more[] = {
	    profile, cores, ops, cell->round > 1 ? "--no-band" : NULL, NULL};
	struct sl_cell_run run = {
	    .plan = &s->manifest.plan, .dir = s->dir, .more = more};
	char *name = sl_cell_name(&s->manifest.plan, cell);
	enum sl_cell_end end;

	sl_progress_show(progress, name);
	end = sl_child_stop_wanted() ? SL_CELL_INTERRUPTED
				     : sl_cell_run(&run, cell);
	if (end == SL_CELL_INTERRUPTED)
		interrupted(s);
	if (end == SL_CELL_NOT_STORED)
		sl_die(SL_EXIT_CANNOT, "cannot store the result of %s: %s",
		    name, strerror(run.err));
	if (end == SL_CELL_FAILED) {
		progress->failed++;
		sl_progress_clear(progress);
		sl_complain("%s: %s: %s", name, run.status, run.detail);
	}
	progress->done++;
	s->ran++;
	free(name);
	free(profile);
	free(cores);
	free(ops);
}

static void
run_all(struct vmp_sweep *s)
{
	const struct sl_plan *p = &s->manifest.plan;
	size_t total = sl_plan_cells_per_round(p) * p->rounds;
	struct sl_progress progress = {0};
	struct sl_cell cell = {0};
	double begun = sl_now_s();

	sl_progress_begin(&progress, total);
	while (sl_cell_next(p, &cell)) {
		run_cell(s, &cell, &progress);
		progress.left_s = (sl_now_s() - begun) / (double)s->ran *
				  (double)(total - s->ran);
	}
	sl_progress_show(&progress, "");
	sl_progress_clear(&progress);
}

int
sl_vmp_sweep(int argc, char **argv)
{
	struct vmp_sweep s = {.profile_name = "2x64",
	    .output = "results/vmp",
	    .seeds = 3,
	    .ops = 500,
	    .seed = 1,
	    .timeout_s = 600};
	struct sl_report_summary sum;
	double begun = sl_now_s();
	char clock[32], now[32];
	int err;

	parse(&s, argc, argv);
	sl_child_signals();
	read_profile(&s);
	sl_folder_check(s.output);
	make_manifest(&s, argc, argv);
	s.dir = sl_folder_create(&s.manifest, s.output);
	sl_folder_lock(s.dir);
	printf("modelled    %ld of %ld cores of %s, %ld seed%s, %ld mallocs a "
	       "thread\nresults     %s\n",
	    s.cores, (long)s.profile.cores, s.profile.name, s.seeds,
	    s.seeds > 1 ? "s" : "", s.ops, s.dir);
	fflush(stdout);
	run_all(&s);
	sl_host_time_text(now);
	s.manifest.finished = sl_strdup(now);
	err = sl_manifest_write(&s.manifest, s.dir);
	if (err)
		sl_die(SL_EXIT_CANNOT, "cannot update %s/sweep.json: %s", s.dir,
		    strerror(err));
	printf("ran         %zu cells in %s\n", s.ran,
	    sl_clock_text(sl_now_s() - begun, clock));
	if (!sl_report_make(s.dir, &sum))
		return SL_EXIT_CANNOT;
	sl_report_say(s.dir, &sum);
	return sum.failed ? SL_EXIT_CELLS_FAILED : SL_EXIT_OK;
}
