/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep.c - the command `spanlab sweep`.
 *
 * Called by main.c.  One child process per cell; a cell's result is on the
 * disk before the next one starts, so nothing that happens later loses it.
 */
#define _GNU_SOURCE
#include "harness/driver/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/cell_run.h"
#include "harness/driver/child.h"
#include "harness/driver/engine.h"
#include "harness/driver/estimate.h"
#include "harness/driver/file.h"
#include "harness/driver/folder.h"
#include "harness/driver/host.h"
#include "harness/driver/instructions.h"
#include "harness/driver/locate.h"
#include "harness/driver/plan.h"
#include "harness/driver/progress.h"
#include "harness/driver/report.h"
#include "harness/driver/stop.h"
#include "harness/driver/sweep_say.h"
#include "harness/driver/version.h"

/* One run of the driver over a sweep. */
struct session {
	struct sl_options options;
	struct sl_manifest manifest;
	struct sl_estimate estimate;
	struct sl_progress progress;
	struct sl_results results; /* kept up with a range of rounds only */
	struct sl_host_moment before;
	json_t *record; /* of this session, in the manifest */
	char *bench;
	char *dir;
	double begun_s, left_s;
	double count_s; /* of counting one cell's instructions; 0: none */
	size_t ran;
};

static size_t
counts_total(const struct session *s)
{
	const struct sl_plan *p = &s->manifest.plan;

	return s->count_s > 0 ? p->workloads.n * p->allocators.n : 0;
}

/* How long one count takes; 0 if none are wanted, or none are possible. */
static void
measure_count(struct session *s)
{
	const struct sl_plan *p = &s->manifest.plan;
	struct sl_cell_run run = {.plan = p, .bench = s->bench};

	if (!sl_instructions_wanted(p))
		return;
	if (!sl_instructions_possible()) {
		printf("note        No instructions are counted: there is no "
		       "valgrind (Debian package: valgrind).\n");
		return;
	}
	if (sl_instructions_run(&run, 0, 0) != SL_CELL_INTERRUPTED)
		s->count_s = run.wall_s;
}

static void
say_estimate(const struct session *s)
{
	sl_sweep_say_estimate(&s->manifest.plan,
	    sl_estimate_round_s(&s->estimate), counts_total(s), s->count_s);
}

static _Noreturn void
stop_before_start(const struct session *s)
{
	if (!s->options.resume)
		sl_complain("interrupted before the first cell: nothing was "
			    "created");
	exit(SL_EXIT_INTERRUPTED);
}

/* What the sweep will take.  Where Slurm's nodes run it nothing is measured
 * here, and there are as many rounds as the preset may have. */
static void
expect(struct session *s)
{
	struct sl_plan *p = &s->manifest.plan;
	char *command;

	if (p->slurm) {
		sl_slurm_check(p);
		sl_plan_choose_rounds(p, 0);
		p->rounds_chosen = false;
		command = sl_slurm_command(p);
		sl_sweep_say_cells(&s->manifest.plan);
		printf("tasks       %u: %s\n", sl_tasks_total(p), command);
		free(command);
		return;
	}
	if (!sl_estimate_measure(&s->estimate, p, s->bench))
		stop_before_start(s);
	measure_count(s);
	sl_plan_choose_rounds(p, sl_estimate_round_s(&s->estimate));
	sl_sweep_say_cells(&s->manifest.plan);
	say_estimate(s);
}

static void
begin_session(struct session *s)
{
	char now[32];

	sl_host_time_text(now);
	s->begun_s = sl_now_s();
	s->record = json_pack("{s:s}", "started", now);
	if (!s->manifest.plan.slurm) /* else the cells say it, of their nodes */
		sl_host_moment_begin(&s->before, s->record);
	json_array_append(s->manifest.sessions, s->record);
	if (!s->manifest.started)
		s->manifest.started = sl_strdup(now);
}

/* Writes sweep.json with what this session has come to. */
static void
end_session(struct session *s, bool finished)
{
	char now[32];
	int err;

	sl_host_time_text(now);
	json_object_set_new(s->record, "ended", json_string(now));
	json_object_set_new(
	    s->record, "cells", json_integer((json_int_t)s->ran));
	if (!s->manifest.plan.slurm)
		sl_host_moment_end(&s->before, s->record);
	if (finished && !s->manifest.finished)
		s->manifest.finished = sl_strdup(now);
	err = sl_manifest_write(&s->manifest, s->dir);
	if (err)
		sl_complain(
		    "cannot update %s/sweep.json: %s", s->dir, strerror(err));
}

static void
make_new(struct session *s, int argc, char **argv)
{
	struct sl_manifest *m = &s->manifest;
	const char *results = s->options.output ? s->options.output : "results";

	if (!s->options.dry_run)
		sl_folder_check(results);
	m->host = sl_host_facts();
	sl_plan_make(&m->plan, &s->options, s->bench, sl_host_cpus(m->host));
	sl_allocators_describe(&m->plan.allocators);
	m->version = sl_strdup(PACKAGE_VERSION);
	m->revision = sl_strdup(SL_GIT_REV);
	m->sessions = json_array();
	m->command = json_array();
	sl_file_digest(s->bench, m->bench_digest);
	json_array_append_new(m->command, json_string("spanlab"));
	for (int i = 0; i < argc; i++)
		json_array_append_new(m->command, json_string(argv[i]));
	sl_sweep_say_plan(&m->plan);
	expect(s);
	if (s->options.dry_run) {
		sl_sweep_say_doubts(&s->manifest);
		exit(SL_EXIT_OK);
	}
	begin_session(s);
	sl_sweep_say_doubts(&s->manifest);
	if (sl_child_stop_wanted())
		stop_before_start(s);
	s->dir = sl_folder_create(m, results);
	sl_folder_lock(s->dir);
	printf("results     %s\n", s->dir);
	fflush(stdout);
}

static void
take_up(struct session *s)
{
	struct sl_manifest *m = &s->manifest;
	char digest[17], *why;

	s->dir = realpath(s->options.resume, NULL);
	if (!s->dir)
		s->dir = sl_strdup(s->options.resume);
	if (!sl_manifest_read(m, s->dir, &why))
		sl_die(SL_EXIT_USAGE, "--resume: %s", why);
	m->plan.cpus = sl_host_cpus(m->host);
	sl_file_digest(s->bench, digest);
	sl_plan_check_resume(m, &s->options, s->dir, digest);
	if (s->options.timeout_s > 0)
		m->plan.timeout_s = s->options.timeout_s;
	if (s->options.has_retries)
		m->plan.retries = s->options.retries;
	if (m->plan.slurm && s->options.slurm_options) {
		free(m->plan.slurm);
		m->plan.slurm = sl_strdup(s->options.slurm_options);
	}
	sl_sweep_say_plan(&m->plan);
	expect(s);
	if (s->options.dry_run)
		exit(SL_EXIT_OK);
	sl_folder_lock(s->dir);
	if (!m->plan.slurm) /* a task may be writing */
		sl_folder_tidy(s->dir);
	begin_session(s);
}

static _Noreturn void
break_off(struct session *s, int status, const char *why)
{
	sl_progress_clear(&s->progress);
	end_session(s, false);
	sl_complain("%s; %zu of %zu cells are kept", why, s->progress.done,
	    s->progress.total);
	sl_complain("to go on: spanlab sweep --resume %s", s->dir);
	exit(status);
}

/* Counts the instructions of one workload on one allocator.  That it cannot
 * be done is no failure of the sweep: the table has a dash there, and says
 * why.  It is said here once for each allocator, as it begins. */
static void
count_cell(struct session *s, size_t workload, size_t allocator)
{
	const struct sl_plan *p = &s->manifest.plan;
	struct sl_cell_run run = {.plan = p, .bench = s->bench, .dir = s->dir};
	char why[256];
	enum sl_cell_end end;

	sl_progress_show(&s->progress, "instructions");
	if (sl_child_stop_wanted())
		break_off(s, SL_EXIT_INTERRUPTED, "interrupted");
	end = sl_instructions_run(&run, workload, allocator);
	if (end == SL_CELL_INTERRUPTED)
		break_off(s, SL_EXIT_INTERRUPTED, "interrupted");
	if (end == SL_CELL_NOT_STORED) {
		snprintf(why, sizeof why, "cannot store a count: %s",
		    strerror(run.err));
		break_off(s, SL_EXIT_CANNOT, why);
	}
	if (end == SL_CELL_FAILED && workload == 0) {
		sl_progress_clear(&s->progress);
		sl_complain("no instructions of %s: %s",
		    p->allocators.v[allocator].name, run.detail);
	}
}

static void
count_all(struct session *s)
{
	const struct sl_plan *p = &s->manifest.plan;

	for (size_t w = 0; s->count_s > 0 && w < p->workloads.n; w++) {
		for (size_t a = 0; a < p->allocators.n; a++) {
			if (sl_instructions_stored(p, w, a, s->dir))
				continue;
			count_cell(s, w, a);
			s->left_s -= s->count_s;
			s->progress.left_s = s->left_s;
			s->progress.done++;
		}
	}
}

static size_t
counts_stored(const struct session *s)
{
	const struct sl_plan *p = &s->manifest.plan;
	size_t n = 0;

	for (size_t w = 0; s->count_s > 0 && w < p->workloads.n; w++)
		for (size_t a = 0; a < p->allocators.n; a++)
			n += sl_instructions_stored(p, w, a, s->dir);
	return n;
}

/* Runs one cell that is still missing. */
static void
run_cell(struct session *s, const struct sl_cell *cell)
{
	const struct sl_plan *p = &s->manifest.plan;
	struct sl_cell_run run = {.plan = p, .bench = s->bench, .dir = s->dir};
	char *name = sl_cell_name(p, cell), why[256];
	enum sl_cell_end end;

	sl_progress_show(&s->progress, name);
	if (sl_child_stop_wanted())
		break_off(s, SL_EXIT_INTERRUPTED, "interrupted");
	end = sl_cell_run(&run, cell);
	if (end == SL_CELL_INTERRUPTED)
		break_off(s, SL_EXIT_INTERRUPTED, "interrupted");
	if (end == SL_CELL_NOT_STORED) {
		snprintf(why, sizeof why, "cannot store the result of %s: %s",
		    name, strerror(run.err));
		break_off(s, SL_EXIT_CANNOT, why);
	}
	if (run.again) {
		sl_progress_clear(&s->progress);
		sl_complain("%s: tried again %u time%s", name, run.again,
		    run.again > 1 ? "s" : "");
	}
	if (end == SL_CELL_FAILED) {
		s->progress.failed++;
		sl_progress_clear(&s->progress);
		if (run.wall_s > 0) /* it was tried */
			sl_complain("%s: %s: %s", name, run.status, run.detail);
	}
	if (sl_plan_may_stop(p))
		sl_results_read_cell(&s->results, cell, s->dir);
	s->ran++;
	sl_estimate_learn(&s->estimate, cell, run.wall_s);
	free(name);
}

static bool
is_due(const struct session *s, const struct sl_cell *c)
{
	return !sl_plan_may_stop(&s->manifest.plan) ||
	       sl_group_is_due(&s->results, c->workload, c->threads, c->round);
}

static void
run_round(struct session *s, unsigned round)
{
	const struct sl_plan *p = &s->manifest.plan;
	struct sl_cell *cells = sl_plan_round(p, round);

	for (size_t i = 0; i < sl_plan_cells_per_round(p); i++) {
		if (sl_cell_stored(p, &cells[i], s->dir))
			continue;
		if (!is_due(s, &cells[i])) {
			s->progress.total--;
		} else {
			run_cell(s, &cells[i]);
			s->progress.done++;
		}
		s->left_s -= sl_estimate_cell_s(&s->estimate, &cells[i]);
		s->progress.left_s =
		    sl_estimate_corrected(&s->estimate, s->left_s);
	}
	free(cells);
}

/* Counts what is there already, and the time of what is not. */
static void
take_stock(struct session *s)
{
	const struct sl_plan *p = &s->manifest.plan;
	size_t per_round = sl_plan_cells_per_round(p), there = 0;

	for (unsigned round = 1; round <= p->rounds; round++) {
		struct sl_cell *cells = sl_plan_round(p, round);

		for (size_t i = 0; i < per_round; i++) {
			if (sl_cell_stored(p, &cells[i], s->dir))
				there++;
			else
				s->left_s +=
				    sl_estimate_cell_s(&s->estimate, &cells[i]);
		}
		free(cells);
	}
	sl_progress_begin(
	    &s->progress, per_round * p->rounds + counts_total(s));
	s->left_s += (double)(counts_total(s) - counts_stored(s)) * s->count_s;
	s->progress.done = there + counts_stored(s);
	s->progress.left_s = s->left_s;
	if (there)
		printf("kept        %zu cells of before\n", there);
	fflush(stdout);
}

static void
run_all(struct session *s)
{
	struct sl_plan *p = &s->manifest.plan;
	char *why;

	if (sl_plan_may_stop(p) && !sl_results_read(&s->results, s->dir, &why))
		sl_die(SL_EXIT_CANNOT, "%s", why);
	take_stock(s);
	for (unsigned round = 1; round <= p->rounds; round++) {
		double next = sl_estimate_corrected(
		    &s->estimate, sl_estimate_round_s(&s->estimate));

		if (round > 1 && s->options.resume == NULL &&
		    sl_plan_out_of_time(p, sl_now_s() - s->begun_s, next)) {
			sl_progress_clear(&s->progress);
			sl_complain(
			    "this takes longer than estimated: %u round%s "
			    "instead of %u",
			    round - 1, round > 2 ? "s" : "", p->rounds);
			p->rounds = round - 1;
			s->progress.total =
			    p->rounds * sl_plan_cells_per_round(p) +
			    counts_total(s);
			break;
		}
		run_round(s, round);
	}
	count_all(s);
	s->progress.left_s = 0;
	sl_progress_show(&s->progress, "");
	sl_progress_clear(&s->progress);
}

/* The same cells as Slurm's tasks. */
static void
run_tasks(struct session *s)
{
	struct sl_slurm slurm = {.manifest = &s->manifest,
	    .record = s->record,
	    .progress = &s->progress};
	int status;

	/* the nodes are told the folder by its whole name */
	slurm.dir = s->dir = realpath(s->dir, NULL);
	if (!s->dir)
		sl_die(SL_EXIT_CANNOT, "the folder is gone");
	status = sl_slurm_run(&slurm);
	s->ran = slurm.ran;
	if (status == SL_EXIT_USAGE && !s->options.resume) {
		sl_folder_unmake(s->dir);
		sl_die(status, "%s", slurm.why);
	}
	if (status != SL_EXIT_OK)
		break_off(s, status, slurm.why);
}

int
sl_sweep(int argc, char **argv)
{
	struct session s = {0};
	struct sl_report_summary sum;
	char clock[32];

	sl_options_parse(&s.options, argc, argv);
	s.bench = sl_locate_bench();
	sl_child_signals();
	if (s.options.task)
		return sl_task_run(s.options.resume, s.bench, s.options.task);
	if (s.options.resume)
		take_up(&s);
	else
		make_new(&s, argc, argv);
	if (s.manifest.plan.slurm)
		run_tasks(&s);
	else
		run_all(&s);
	end_session(&s, true);
	printf("measured    %zu cells in %s\n", s.ran,
	    sl_clock_text(sl_now_s() - s.begun_s, clock));
	sl_sweep_say_others(s.record);
	if (!sl_report_make(s.dir, &sum))
		return SL_EXIT_CANNOT;
	sl_report_say(s.dir, &sum);
	return sum.failed ? SL_EXIT_CELLS_FAILED : SL_EXIT_OK;
}
