/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine_slurm.c - submits a sweep as a Slurm job array, and waits for it.
 *
 * Called by sweep.c.  Slurm is asked by its programs sbatch, squeue and
 * scancel.  What is done is known by the cells' files; the queue only says
 * whether anybody is still at work on the others.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/engine_slurm.h"
#include "harness/driver/file.h"
#include "harness/driver/folder.h"

enum {
	SILENCE_S = 600, /* without an answer: it is given up */
	GONE_S = 120,    /* for cancelled tasks to end */
	LATE_S = 6,      /* for files of other machines to be seen here */
	LOST_LISTED = 20,
};

/* A line of squeue. */
struct row {
	char *job, *state, *node, *reason;
	unsigned task;
};

/* What is known of a task, from the last line about it. */
struct seen {
	char *state, *node;
	bool is_active;
};

struct wait {
	struct sl_slurm *s;
	const struct sl_plan *plan;
	struct sl_stock stock;
	char *job; /* the array's number; NULL: none */
	struct seen *tasks;
	char *said; /* the last line about the queue */
	size_t active, running;
	size_t before; /* cells that were there */
	double begun_s, answered_s;
	bool taken_up; /* the job is an earlier session's */
};

/* --- The queue ----------------------------------------------------------- */

/* Takes a line apart; false: it is not of this sweep. */
static bool
row_parse(const struct sl_slurm *s, char *line, struct row *r)
{
	char *part[6], *dir;
	bool ours;

	for (int i = 0; i < 6; i++) {
		part[i] = i < 5 ? strsep(&line, "|") : line;
		if (!part[i])
			return false;
	}
	dir = realpath(part[5], NULL);
	ours = dir && !strcmp(dir, s->dir);
	free(dir);
	*r = (struct row){.job = part[0],
	    .task = (unsigned)strtoul(part[1], NULL, 10),
	    .state = part[2],
	    .node = part[3],
	    .reason = part[4]};
	return ours;
}

static bool
is_over(const char *state)
{
	static const char *const ends[] = {"BOOT_FAIL", "CANCELLED",
	    "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY",
	    "PREEMPTED", "REVOKED", "TIMEOUT"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (!strcmp(state, ends[i]))
			return true;
	return false;
}

static char *
queue_text(const struct sl_slurm *s, char *why, size_t len)
{
	char *name = sl_slurm_job_name(s->manifest);
	char *arg = sl_printf("--name=%s", name);
	const char *const argv[] = {"squeue", "--noheader", "--array",
	    "--states=all", arg, "--format=%F|%K|%T|%N|%r|%Z", NULL};
	char *text = sl_slurm_ask(argv, NULL, why, len);

	free(arg);
	free(name);
	return text;
}

static void
note_row(struct wait *w, const struct row *r, const char **reason)
{
	struct seen *t = &w->tasks[r->task];

	free(t->state);
	free(t->node);
	t->state = sl_strdup(r->state);
	t->node = sl_strdup(r->node);
	t->is_active = !is_over(r->state);
	w->active += t->is_active;
	w->running += !strcmp(r->state, "RUNNING");
	if (!strcmp(r->state, "PENDING") && strcmp(r->reason, "None"))
		*reason = r->reason;
}

/* Why nothing runs, if that is new; not each task. */
static void
say_queue(struct wait *w, const char *reason)
{
	if (!w->active || w->running || !reason ||
	    (w->said && !strcmp(w->said, reason)))
		return;
	sl_progress_clear(w->s->progress);
	printf("slurm       job %s: %zu tasks wait (%s)\n", w->job, w->active,
	    reason);
	fflush(stdout);
	free(w->said);
	w->said = sl_strdup(reason);
}

/* One look at the queue.  False: no answer. */
static bool
look(struct wait *w, char *why, size_t len)
{
	char *text = queue_text(w->s, why, len), *rest = text, *line;
	const char *reason = NULL;

	if (!text)
		return false;
	w->answered_s = sl_now_s();
	w->active = w->running = 0;
	for (unsigned i = 1; i <= sl_tasks_total(w->plan); i++)
		w->tasks[i].is_active = false;
	while ((line = strsep(&rest, "\n"))) {
		struct row r;

		if (row_parse(w->s, line, &r) && !strcmp(r.job, w->job) &&
		    r.task >= 1 && r.task <= sl_tasks_total(w->plan))
			note_row(w, &r, &reason);
	}
	say_queue(w, reason);
	free(text);
	return true;
}

/* The job of an earlier session that is still at work. */
static void
find_job(struct wait *w)
{
	char why[256], *text = queue_text(w->s, why, sizeof why);
	char *rest = text, *line;

	while (text && !w->job && (line = strsep(&rest, "\n"))) {
		struct row r;

		if (row_parse(w->s, line, &r) && !is_over(r.state))
			w->job = sl_strdup(r.job);
	}
	w->taken_up = w->job != NULL;
	if (w->job)
		printf(
		    "slurm       job %s is still at work: taken up\n", w->job);
	free(text);
}

/* --- Submit, wait, cancel ------------------------------------------------ */

static int
store_manifest(struct wait *w)
{
	int err = sl_manifest_write(w->s->manifest, w->s->dir);

	if (!err)
		return SL_EXIT_OK;
	snprintf(w->s->why, sizeof w->s->why, "cannot write sweep.json: %s",
	    strerror(err));
	return SL_EXIT_CANNOT;
}

static void
show(struct wait *w)
{
	struct sl_progress *p = w->s->progress;
	double spent = sl_now_s() - w->begun_s;
	size_t done = w->stock.there - w->before;

	w->s->ran = done;
	p->done = w->stock.there;
	p->left_s = done ? spent * (double)(w->stock.total - w->stock.there) /
			       (double)done
			 : 0;
	sl_progress_show(p, "");
}

/* Ctrl-C: the tasks end too, and what they have finished is kept. */
static int
cancel(struct wait *w)
{
	const char *const argv[] = {"scancel", w->job, NULL};
	double until = sl_now_s() + GONE_S;
	char why[256];

	sl_child_stop_forget();
	sl_progress_clear(w->s->progress);
	sl_complain("cancelling job %s", w->job);
	if (!sl_slurm_ask(argv, NULL, why, sizeof why))
		sl_complain("scancel: %s", why);
	while (look(w, why, sizeof why) && w->active && sl_now_s() < until &&
	       !sl_child_stop_wanted())
		sl_child_pause(0.5);
	if (w->active)
		sl_complain("job %s is not gone yet", w->job);
	sl_stock_look(&w->stock);
	show(w);
	snprintf(w->s->why, sizeof w->s->why, "interrupted");
	return SL_EXIT_INTERRUPTED;
}

/* The task's own last words. */
static char *
last_words(const struct wait *w, unsigned task)
{
	char *path = sl_printf("%s/slurm/%s-%u.log", w->s->dir, w->job, task);
	char *text = sl_file_read(path, NULL), *nl, *line;

	while (text && (nl = strrchr(text, '\n')) && !nl[1])
		*nl = '\0';
	nl = text ? strrchr(text, '\n') : NULL;
	line = text && *text
		   ? sl_printf(": %s: %.200s", path, nl ? nl + 1 : text)
		   : sl_printf(": no %s", path);
	free(text);
	free(path);
	return line;
}

/* How it ended: a task that was cancelled before it began leaves no line. */
static char *
end_text(const struct seen *t)
{
	if (!t->state || !is_over(t->state))
		return sl_printf("gone from the queue (%s)",
		    t->state ? t->state : "never seen there");
	if (*t->node)
		return sl_printf("%s on %s", t->state, t->node);
	return sl_strdup(t->state);
}

/* Says which tasks ended without all their cells; how many. */
static unsigned
say_lost(const struct wait *w)
{
	unsigned lost = 0;

	for (unsigned i = 1; i <= sl_tasks_total(w->plan); i++) {
		char *what, *end, *words;

		if (!w->stock.missing[i] || sl_task_counts(w->plan, i) ||
		    ++lost > LOST_LISTED)
			continue;
		what = sl_task_text(w->plan, i);
		end = end_text(&w->tasks[i]);
		words = last_words(w, i);
		sl_complain("task %u (%s) was lost: %s, %u cells missing%s", i,
		    what, end, w->stock.missing[i], words);
		free(words);
		free(end);
		free(what);
	}
	if (lost > LOST_LISTED)
		sl_complain("... and %u more", lost - LOST_LISTED);
	return lost;
}

static int
outcome(struct wait *w)
{
	unsigned lost, last = sl_tasks_total(w->plan);

	sl_progress_clear(w->s->progress);
	/* from the beginning: a task may have taken a cell away */
	sl_stock_destroy(&w->stock);
	sl_stock_begin(&w->stock, w->plan, w->s->dir);
	if (w->taken_up) /* others than its tasks may be missing */
		return SL_EXIT_OK;
	lost = say_lost(w);
	if (sl_task_counts(w->plan, last) && w->stock.missing[last]) {
		char *words = last_words(w, last);

		sl_complain("%u counts of instructions are missing%s",
		    w->stock.missing[last], words);
		free(words);
	}
	if (!lost)
		return SL_EXIT_OK;
	snprintf(w->s->why, sizeof w->s->why, "%u task%s of job %s %s lost",
	    lost, lost > 1 ? "s" : "", w->job, lost > 1 ? "were" : "was");
	return SL_EXIT_CANNOT;
}

/* No answer: patience, to a point. */
static int
be_patient(struct wait *w, const char *why)
{
	double silence = sl_now_s() - w->answered_s;

	if (!w->said || strcmp(w->said, why)) {
		sl_progress_clear(w->s->progress);
		sl_complain("squeue: %s: asking again", why);
		free(w->said);
		w->said = sl_strdup(why);
	}
	if (silence < SILENCE_S)
		return SL_EXIT_OK;
	snprintf(w->s->why, sizeof w->s->why,
	    "no answer from squeue for %.0f s; job %s goes on", silence,
	    w->job);
	return SL_EXIT_CANNOT;
}

static int
attend(struct wait *w)
{
	double over_s = 0, pause_s = 0.5;
	char why[256];
	int status;

	for (;;) {
		bool answered = look(w, why, sizeof why);

		/* the queue first: what ended by then has stored its cells */
		sl_stock_look(&w->stock);
		show(w);
		if (sl_child_stop_wanted())
			return cancel(w);
		if (!answered && (status = be_patient(w, why)) != SL_EXIT_OK)
			return status;
		if (answered && w->active)
			over_s = 0;
		else if (answered && over_s == 0)
			over_s = sl_now_s();
		if (over_s > 0 && (w->stock.there == w->stock.total ||
				      sl_now_s() > over_s + LATE_S))
			return outcome(w);
		sl_child_pause(pause_s);
		pause_s = pause_s < 5 ? pause_s * 1.2 : 5;
	}
}

static void
wait_destroy(struct wait *w)
{
	for (unsigned i = 0; i <= sl_tasks_total(w->plan); i++) {
		free(w->tasks[i].state);
		free(w->tasks[i].node);
	}
	free(w->tasks);
	free(w->said);
	free(w->job);
	sl_stock_destroy(&w->stock);
}

static bool
is_complete(const struct wait *w)
{
	for (unsigned i = 1; i <= sl_tasks_total(w->plan); i++)
		if (w->stock.missing[i])
			return false;
	return true;
}

/* The job is in the manifest before anybody waits for it. */
static int
note_job(struct wait *w)
{
	json_object_set_new(w->s->record, "job", json_string(w->job));
	return store_manifest(w);
}

static int
submit_and_attend(struct wait *w)
{
	int status;

	free(w->job);
	w->taken_up = false;
	w->job =
	    sl_sbatch(w->s->manifest, &w->stock, w->s->why, sizeof w->s->why);
	if (!w->job && sl_child_stop_wanted()) {
		/* sbatch was stopped; who knows how far it had come */
		sl_child_stop_forget();
		find_job(w);
		if (w->job)
			return cancel(w);
		return SL_EXIT_INTERRUPTED;
	}
	if (!w->job)
		return SL_EXIT_USAGE;
	status = note_job(w);
	return status == SL_EXIT_OK ? attend(w) : status;
}

int
sl_slurm_run(struct sl_slurm *s)
{
	const struct sl_plan *p = &s->manifest->plan;
	struct wait w = {.s = s, .plan = p, .begun_s = sl_now_s()};
	int status;

	w.answered_s = w.begun_s;
	w.tasks = sl_alloc_array(sl_tasks_total(p) + 1, sizeof *w.tasks);
	sl_stock_begin(&w.stock, p, s->dir);
	w.before = w.stock.there;
	sl_progress_begin(s->progress, w.stock.total);
	s->progress->done = w.stock.there;
	if (w.before)
		printf("kept        %zu cells of before\n", w.before);
	find_job(&w);
	if (!w.job)
		sl_folder_tidy(s->dir);
	status = store_manifest(&w);
	if (status == SL_EXIT_OK && w.job)
		status = note_job(&w);
	if (status == SL_EXIT_OK && w.job)
		status = attend(&w);
	if (status == SL_EXIT_OK && !is_complete(&w))
		status = submit_and_attend(&w);
	wait_destroy(&w);
	return status;
}
