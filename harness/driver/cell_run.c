/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cell_run.c - runs one cell, judges it and stores the result.
 *
 * Called by sweep.c.  The bench writes its JSON to an anonymous file in
 * memory; only a result that was understood reaches the disk, whole.
 */
#define _GNU_SOURCE
#include "harness/driver/cell_run.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/judge.h"
#include "harness/driver/preset.h"
#include "harness/driver/tries.h"

/* Exit statuses of spanlab-bench. */
enum { BENCH_CHECK_FAILED = 3, BENCH_WRONG_ALLOCATOR = 4 };

/* Arguments of the model, of what is observed, of placement and of a trace. */
enum { MORE_MAX = 8, OBSERVE_MAX = 4, PLACE_MAX = 3 };

static bool
is_there(const struct sl_plan *p, const struct sl_cell *c, const char *dir,
    const char *suffix)
{
	char *path = sl_cell_path(p, c, dir, suffix);
	bool there = sl_file_exists(path);

	free(path);
	return there;
}

bool
sl_cell_stored(
    const struct sl_plan *p, const struct sl_cell *c, const char *dir)
{
	json_t *failure;
	bool left;

	if (is_there(p, c, dir, ".json"))
		return true;
	if (!is_there(p, c, dir, ".failed.json"))
		return false;
	if (p->retries == 0)
		return true;
	failure = sl_tries_failure(p, c, dir);
	left = sl_tries_left(p, failure);
	json_decref(failure);
	return !left;
}

static void
fail(struct sl_cell_run *run, const char *status, const char *detail)
{
	snprintf(run->status, sizeof run->status, "%s", status);
	/* a long one is cut */
	strncpy(run->detail, detail, sizeof run->detail - 1);
	run->detail[sizeof run->detail - 1] = '\0';
}

/* The last line of the child's stderr, or what its end was. */
static void
fail_by_end(struct sl_cell_run *run, const struct sl_child *c)
{
	const char *status = "error", *line = c->errors;
	char words[128], copy[sizeof c->errors], *nl;

	if (c->end == SL_CHILD_KILLED)
		status = "crashed";
	else if (c->end == SL_CHILD_TIMEOUT)
		status = "timeout";
	else if (c->end == SL_CHILD_EXITED && c->code == BENCH_CHECK_FAILED)
		status = "check-failed";
	else if (c->end == SL_CHILD_EXITED && c->code == BENCH_WRONG_ALLOCATOR)
		status = "wrong-allocator";
	sl_child_end_text(c, words);
	fail(run, status, words);
	if (c->end != SL_CHILD_EXITED || !*line)
		return;
	strcpy(copy, line);
	copy[strcspn(copy, "\r")] = '\0';
	while ((nl = strrchr(copy, '\n')) && !nl[1])
		*nl = '\0';
	nl = strrchr(copy, '\n');
	fail(run, status, nl ? nl + 1 : copy);
}

static bool
stands(struct sl_cell_run *run, const struct sl_cell *cell, const json_t *root)
{
	struct sl_fault fault;

	if (sl_judge(run->plan, cell, root, run->observed, false, &fault))
		return true;
	fail(run, fault.status, fault.detail);
	return false;
}

static json_t *
facts(const struct sl_cell_run *run, const struct sl_cell *cell,
    const char *started)
{
	const struct sl_plan *p = run->plan;

	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:s, s:f}",
	    "kind",
	    p->allocators.v[cell->allocator].kind == SL_KIND_MODEL ? "modelled"
								   : "measured",
	    "workload", p->workloads.v[cell->workload].name, "allocator",
	    p->allocators.v[cell->allocator].name, "options",
	    p->allocators.v[cell->allocator].options, "threads",
	    (int)p->threads.v[cell->threads], "round", (int)cell->round, "seed",
	    (json_int_t)sl_cell_seed(p, cell), "started", started, "wall_s",
	    run->wall_s);

	if (run->where)
		json_object_update(o, run->where);
	if (run->tries)
		json_object_set(o, "failed_tries", run->tries);
	return o;
}

static void
store(struct sl_cell_run *run, const struct sl_cell *cell, json_t *root,
    const char *suffix)
{
	char *path = sl_cell_path(run->plan, cell, run->dir, suffix);
	char *text = json_dumps(root, JSON_INDENT(1));

	run->err = text ? sl_file_write(path, text, strlen(text)) : ENOMEM;
	free(text);
	free(path);
}

/* The tail of stderr as JSON can hold it. */
static json_t *
errors_json(char *errors)
{
	json_t *s = json_string(errors);

	if (s)
		return s;
	for (char *p = errors; *p; p++)
		if ((unsigned char)*p >= 128)
			*p = '?';
	return json_string(errors);
}

static void
store_failure(struct sl_cell_run *run, const struct sl_cell *cell,
    struct sl_child *c, const char *started)
{
	json_t *root = facts(run, cell, started);

	json_object_set_new(root, "status", json_string(run->status));
	json_object_set_new(root, "detail", errors_json(run->detail));
	json_object_set_new(root, "stderr", errors_json(c->errors));
	store(run, cell, root, ".failed.json");
	json_decref(root);
}

/* With many threads to a CPU it takes long until each had a turn; where that
 * is asked, the window grows with them. */
static double
window(const struct sl_plan *p, const struct sl_cell *cell)
{
	const struct sl_preset *preset = sl_preset_get(p->preset);
	double crowd = p->threads.v[cell->threads] / 8.0 / p->cpus;

	bool grows = p->window_grows || (preset && preset->window_grows);

	if (grows && p->cpus && crowd > 1)
		return p->window_s * crowd;
	return p->window_s;
}

/* More arguments of the bench, and a file in memory for what it observes. */
struct observe_args {
	char *v[OBSERVE_MAX + 1];
	int fd; /* -1: nothing is observed */
};

static void
observe_args_make(struct observe_args *a, const struct sl_observe *o)
{
	size_t n = 0;

	*a = (struct observe_args){.fd = -1};
	if (o->latency)
		a->v[n++] = sl_printf("--latency=%u", o->latency);
	if (o->memory_ms > 0)
		a->v[n++] = sl_printf("--memory=%g", o->memory_ms);
	if (o->counters)
		a->v[n++] = sl_strdup("--counters");
	if (n == 0)
		return;
	a->fd = memfd_create("spanlab-observed", MFD_CLOEXEC);
	a->v[n] = sl_printf("--observed=/proc/self/fd/%d", a->fd);
}

/* Read what was observed, if anything was to be. */
static void
observe_args_end(struct observe_args *a, struct sl_cell_run *run)
{
	char *text = a->fd >= 0 ? sl_fd_read(a->fd, NULL) : NULL;

	run->observed = text ? json_loads(text, 0, NULL) : NULL;
	free(text);
	if (a->fd >= 0)
		close(a->fd);
	for (size_t i = 0; i < sizeof a->v / sizeof *a->v; i++)
		free(a->v[i]);
}

/* Runs the bench; its JSON goes to fd. */
static void
run_bench(struct sl_cell_run *run, const struct sl_cell *cell, int fd,
    struct sl_child *c)
{
	struct observe_args more;
	const struct sl_plan *p = run->plan;
	const struct sl_allocator *a = &p->allocators.v[cell->allocator];
	char *v[] = {
	    sl_printf("--workload=%s", p->workloads.v[cell->workload].name),
	    sl_printf("--threads=%u", p->threads.v[cell->threads]),
	    sl_printf("--seed=%u", sl_cell_seed(p, cell)),
	    sl_printf("--seconds=%g", window(p, cell)),
	    sl_printf("--scale=%g", p->scale),
	    sl_printf("--benchmark_out=/proc/self/fd/%d", fd),
	    sl_printf("--expect=%s", a->base),
	    NULL, /* --pin */
	    NULL, /* --numa */
	    NULL, /* --trace */
	    sl_printf("--params=%s", p->workloads.v[cell->workload].params),
	};
	/* What answers under a user's own name is judged by its path. */
	const char *expect = a->kind == SL_KIND_PATH ? NULL : v[6];
	bool is_program = sl_allocator_is_program(a);
	const char *argv[10 + MORE_MAX + PLACE_MAX + OBSERVE_MAX + 1] = {
	    is_program ? a->path : run->bench};
	const char *const all[] = {v[0], v[1], v[2], v[3], v[4],
	    "--benchmark_out_format=json", v[5], expect,
	    a->kind == SL_KIND_GO ? v[10] : NULL};
	size_t n = 1;

	for (size_t i = 0; run->more && run->more[i] && i < MORE_MAX; i++)
		argv[n++] = run->more[i];
	for (size_t i = 0; i < sizeof all / sizeof *all && all[i]; i++)
		argv[n++] = all[i];
	/* of Go's program it can only be none, which it does not know */
	if (p->pin && *p->pin && a->kind != SL_KIND_GO)
		argv[n++] = v[7] = sl_printf("--pin=%s", p->pin);
	if (p->numa && *p->numa)
		argv[n++] = v[8] = sl_printf("--numa=%s", p->numa);
	if (p->trace && *p->trace)
		argv[n++] = v[9] = sl_printf("--trace=%s", p->trace);
	observe_args_make(&more, &p->observe);
	for (size_t i = 0; more.v[i]; i++)
		argv[n++] = more.v[i];

	*c = (struct sl_child){.argv = argv,
	    .preload = is_program ? NULL : a->path,
	    .options = a->options,
	    .timeout_s = p->timeout_s,
	    .keep_fd = fd,
	    .keep_fd_too = more.fd < 0 ? 0 : more.fd};
	sl_child_run(c);
	observe_args_end(&more, run);
	for (size_t i = 0; i < sizeof v / sizeof *v; i++)
		free(v[i]);
}

static enum sl_cell_end
keep(struct sl_cell_run *run, const struct sl_cell *cell, json_t *root,
    struct sl_child *c, const char *started)
{
	bool good = root && stands(run, cell, root);

	if (run->dir && good) {
		json_object_set_new(root, "spanlab", facts(run, cell, started));
		if (run->observed)
			json_object_set(root, "observed", run->observed);
		store(run, cell, root, ".json");
		if (run->tries && !run->err)
			sl_tries_forget(run->plan, cell, run->dir);
	} else if (run->dir) {
		store_failure(run, cell, c, started);
	}
	if (run->err)
		return SL_CELL_NOT_STORED;
	return good ? SL_CELL_DONE : SL_CELL_FAILED;
}

/* Whether a cell timed out in an earlier round, of a sweep that then has
 * enough of it. */
static bool
is_given_up(const struct sl_cell_run *run, const struct sl_cell *cell)
{
	const struct sl_preset *preset = sl_preset_get(run->plan->preset);
	struct sl_cell earlier = *cell;
	bool timed_out = false;

	if (!preset || !preset->gives_up || !run->dir)
		return false;
	while (--earlier.round > 0 && !timed_out) {
		json_t *root = sl_tries_failure(run->plan, &earlier, run->dir);

		timed_out = !strcmp(sl_json_text(root, "status"), "timeout");
		json_decref(root);
	}
	return timed_out;
}

/* By us; or, on a node, by the one that stops a whole task: the bench may get
 * its signal before we get ours. */
static bool
was_stopped(const struct sl_cell_run *run, const struct sl_child *c)
{
	if (c->end == SL_CHILD_INTERRUPTED)
		return true;
	if (!run->where || (c->end == SL_CHILD_EXITED && c->code == 0))
		return false;
	sl_child_pause(1);
	return sl_child_stop_wanted();
}

static enum sl_cell_end
try_once(struct sl_cell_run *run, const struct sl_cell *cell)
{
	int fd = memfd_create("spanlab-cell", MFD_CLOEXEC);
	struct sl_child c;
	enum sl_cell_end end;
	json_t *root = NULL;
	char started[32], *text;

	run->err = 0;
	run->observed = NULL;
	if (fd < 0) {
		run->err = errno;
		return SL_CELL_NOT_STORED;
	}
	sl_host_time_text(started);
	run->wall_s = 0;
	if (is_given_up(run, cell)) {
		close(fd);
		c.errors[0] = '\0';
		fail(run, "timeout",
		    "not tried again: it timed out in an earlier round");
		return keep(run, cell, NULL, &c, started);
	}
	run_bench(run, cell, fd, &c);
	run->wall_s = c.wall_s;
	if (was_stopped(run, &c)) {
		json_decref(run->observed);
		close(fd);
		return SL_CELL_INTERRUPTED;
	}
	if (c.end == SL_CHILD_EXITED && c.code == 0) {
		text = sl_fd_read(fd, NULL);
		root = text ? json_loads(text, 0, NULL) : NULL;
		if (!root)
			fail(run, "error", "the bench's JSON cannot be read");
		free(text);
	} else {
		fail_by_end(run, &c);
	}
	end = keep(run, cell, root, &c, started);
	json_decref(root);
	json_decref(run->observed);
	close(fd);
	return end;
}

/* The next try, if there was a failed one and one is left. */
static bool
is_due_again(struct sl_cell_run *run, const struct sl_cell *cell)
{
	json_t *failure = NULL;
	bool left;

	json_decref(run->tries);
	run->tries = NULL;
	if (run->dir)
		failure = sl_tries_failure(run->plan, cell, run->dir);
	left = failure && sl_tries_left(run->plan, failure);
	if (left)
		run->tries = sl_tries_of(failure);
	json_decref(failure);
	return left;
}

enum sl_cell_end
sl_cell_run(struct sl_cell_run *run, const struct sl_cell *cell)
{
	enum sl_cell_end end;

	run->again = 0;
	run->tries = NULL;
	run->again += is_due_again(run, cell); /* since an earlier session */
	end = try_once(run, cell);
	while (end == SL_CELL_FAILED && run->wall_s > 0 &&
	       is_due_again(run, cell)) {
		run->again++;
		end = sl_child_stop_wanted() ? SL_CELL_INTERRUPTED
					     : try_once(run, cell);
	}
	json_decref(run->tries);
	run->tries = NULL;
	return end;
}
