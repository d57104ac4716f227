/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_sweep.c - the command `spanlab vmp sweep`: a sweep whose cells are runs
 * of the model.
 *
 * Called by vmp.c.  Its folder is that of a sweep, so that it is read, reported
 * and exported as one; sweep.json says "model", and the machine in it is the
 * modelled one.  Rounds are seeds.  A point is on the disk before the next one
 * begins; vmp_resume.c goes on.
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
#include "harness/driver/vmp_sweep.h"
#include "harness/vmp/model.h"
#include "harness/vmp/model_band.h"

enum { OPS_MAX = 1000000 };

/* --- what was asked for -------------------------------------------------- */

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
    {"resume", required_argument, NULL, 'r'},
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
	case 'r':
		s->resume = optarg;
		return;
	default:
		sl_vmp_wrong_option("sweep", opt, argv);
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
		sl_vmp_no_option("sweep", argv[optind]);
	if (s->resume && s->output)
		sl_die(SL_EXIT_USAGE,
		    "--resume goes on in its own folder: leave --output out");
}

static void
set_if_unasked(long *v, long value)
{
	if (*v == VMP_UNASKED)
		*v = value;
}

static void
set_defaults(struct vmp_sweep *s)
{
	if (s->threads.n == 0)
		set_threads(s, "1..128");
	if (s->workloads.n == 0)
		sl_names_add(&s->workloads, "pinned-churn");
	if (!s->profile_name)
		s->profile_name = "2x64";
	if (!s->output)
		s->output = "results/vmp";
	set_if_unasked(&s->seeds, 3);
	set_if_unasked(&s->ops, 500);
	set_if_unasked(&s->seed, 1);
	set_if_unasked(&s->timeout_s, 600);
}

/* --- the machine --------------------------------------------------------- */

void
sl_vmp_read_profile(struct vmp_sweep *s)
{
	char why[PROFILE_WHY_MAX];

	s->profile_file = sl_vmp_profile_path(s->profile_name);
	if (!profile_read(&s->profile, s->profile_file, why))
		sl_die(SL_EXIT_USAGE, "--profile: %s", why);
	s->profile_text = sl_file_read(s->profile_file, NULL);
	if (!s->profile_text)
		sl_die(
		    SL_EXIT_CANNOT, "%s: %s", s->profile_file, strerror(errno));
}

static void
choose_cores(struct vmp_sweep *s)
{
	if (s->cores > (long)s->profile.cores)
		sl_die(SL_EXIT_USAGE, "--cores: %s has %ld", s->profile.name,
		    (long)s->profile.cores);
	set_if_unasked(&s->cores, (long)s->profile.cores);
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

/* --- the plan ------------------------------------------------------------ */

void
sl_vmp_expand(const struct sl_workloads *offered, const struct sl_names *wanted,
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
	sl_vmp_expand(&offered, &s->workloads, &names);
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

/* --- the cells ----------------------------------------------------------- */

static _Noreturn void
interrupted(const struct vmp_sweep *s)
{
	sl_complain("interrupted; %zu points are kept", s->kept + s->ran);
	sl_complain("to go on: spanlab vmp sweep --resume %s", s->dir);
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
	s->ran++;
	free(name);
	free(profile);
	free(cores);
	free(ops);
}

static size_t
count_kept(const struct vmp_sweep *s)
{
	const struct sl_plan *p = &s->manifest.plan;
	struct sl_cell cell = {0};
	size_t n = 0;

	while (sl_cell_next(p, &cell))
		n += sl_cell_stored(p, &cell, s->dir);
	return n;
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
	progress.done = s->kept = count_kept(s);
	while (sl_cell_next(p, &cell)) {
		if (sl_cell_stored(p, &cell, s->dir))
			continue;
		run_cell(s, &cell, &progress);
		progress.done = s->kept + s->ran;
		progress.left_s = (sl_now_s() - begun) / (double)s->ran *
				  (double)(total - progress.done);
	}
	sl_progress_show(&progress, "");
	sl_progress_clear(&progress);
}

static void
make_new(struct vmp_sweep *s, int argc, char **argv)
{
	set_defaults(s);
	sl_vmp_read_profile(s);
	choose_cores(s);
	sl_folder_check(s->output);
	make_manifest(s, argc, argv);
	s->dir = sl_folder_create(&s->manifest, s->output);
	sl_folder_lock(s->dir);
	free(s->profile_file);
	sl_vmp_keep_profile(s);
}

static void
say_plan(const struct vmp_sweep *s)
{
	printf("modelled    %ld of %ld cores of %s, %ld seed%s, %ld mallocs a "
	       "thread\nresults     %s\n",
	    s->cores, (long)s->profile.cores, s->profile.name, s->seeds,
	    s->seeds > 1 ? "s" : "", s->ops, s->dir);
	fflush(stdout);
}

static void
finish(struct vmp_sweep *s)
{
	char now[32];
	int err;

	if (s->manifest.finished)
		return;
	sl_host_time_text(now);
	s->manifest.finished = sl_strdup(now);
	err = sl_manifest_write(&s->manifest, s->dir);
	if (err)
		sl_die(SL_EXIT_CANNOT, "cannot update %s/sweep.json: %s",
		    s->dir, strerror(err));
}

int
sl_vmp_sweep(int argc, char **argv)
{
	struct vmp_sweep s = {.cores = VMP_UNASKED,
	    .seeds = VMP_UNASKED,
	    .ops = VMP_UNASKED,
	    .seed = VMP_UNASKED,
	    .timeout_s = VMP_UNASKED};
	struct sl_report_summary sum;
	double begun = sl_now_s();
	char clock[32];

	parse(&s, argc, argv);
	sl_child_signals();
	if (s.resume)
		sl_vmp_take_up(&s);
	else
		make_new(&s, argc, argv);
	say_plan(&s);
	run_all(&s);
	finish(&s);
	if (s.kept)
		printf("kept        %zu cells of before\n", s.kept);
	printf("ran         %zu cells in %s\n", s.ran,
	    sl_clock_text(sl_now_s() - begun, clock));
	if (!sl_report_make(s.dir, &sum))
		return SL_EXIT_CANNOT;
	sl_report_say(s.dir, &sum);
	return sum.failed ? SL_EXIT_CELLS_FAILED : SL_EXIT_OK;
}
