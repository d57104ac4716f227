/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * instructions.c - a workload's instructions per operation.
 *
 * Called by sweep.c and costs.c.  The program is the one that is timed, with
 * the same allocator preloaded; callgrind looks at what happens inside
 * sl_trial_timed(), so a workload's setup is the warm-up.  Its own
 * instructions do not count, only those of the calls that it makes.
 */
#define _GNU_SOURCE
#include "harness/driver/instructions.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/driver/callgrind.h"
#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/preset.h"

/* Operations that are enough for a mean, where memory is neither cleared nor
 * copied at length, and where it is. */
enum { OPERATIONS = 4096, OPERATIONS_LONG = 256, LONG_BYTES = 16384 };

/* Of what a workload that has no such number does by itself. */
static const double SCALE = 1.0 / 16;

bool
sl_instructions_wanted(const struct sl_plan *p)
{
	const struct sl_preset *preset = sl_preset_get(p->preset);

	return preset && preset->has_counts;
}

bool
sl_instructions_possible(void)
{
	static const char *const argv[] = {"valgrind", "--version", NULL};
	char *line = sl_child_first_line(argv);
	bool possible = line != NULL;

	free(line);
	return possible;
}

static char *
path_of(
    const struct sl_plan *p, size_t workload, size_t allocator, const char *dir)
{
	return sl_printf("%s/instructions/%s.%s.json", dir,
	    p->workloads.v[workload].name, p->allocators.v[allocator].name);
}

bool
sl_instructions_stored(
    const struct sl_plan *p, size_t workload, size_t allocator, const char *dir)
{
	char *path = path_of(p, workload, allocator, dir);
	bool there = sl_file_exists(path);

	free(path);
	return there;
}

json_t *
sl_instructions_load(
    const struct sl_plan *p, size_t workload, size_t allocator, const char *dir)
{
	char *path = path_of(p, workload, allocator, dir);
	char *text = sl_file_read(path, NULL);
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	free(path);
	return root;
}

static long
operations(const struct sl_workload *w)
{
	static const char *const sizes[] = {"size", "max", "to"};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (sl_workload_param(w, sizes[i], 0) > LONG_BYTES)
			return OPERATIONS_LONG;
	return OPERATIONS;
}

static void
run_callgrind(struct sl_cell_run *run, size_t workload, size_t allocator,
    int fd, struct sl_child *c)
{
	const struct sl_plan *p = run->plan;
	const struct sl_workload *w = &p->workloads.v[workload];
	const struct sl_allocator *a = &p->allocators.v[allocator];
	char *v[] = {
	    sl_printf("--callgrind-out-file=/proc/self/fd/%d", fd),
	    sl_printf("--workload=%s", w->name),
	    sl_printf("--threads=%u", w->least_threads),
	    sl_printf("--param=ops=%.0f", (double)operations(w) / SCALE),
	    sl_printf("--scale=%.17g", SCALE),
	};
	const char *const argv[] = {"valgrind", "-q", "--tool=callgrind",
	    "--compress-strings=no", "--compress-pos=no",
	    "--collect-atstart=no", "--toggle-collect=sl_trial_timed", v[0],
	    run->bench, v[1], v[2], v[3], v[4], "--pin=none", NULL};

	*c = (struct sl_child){.argv = argv,
	    .preload = a->path,
	    .options = a->options,
	    .timeout_s = p->timeout_s,
	    .keep_fd = fd};
	sl_child_run(c);
	for (size_t i = 0; i < sizeof v / sizeof *v; i++)
		free(v[i]);
}

/* What was counted, or why nothing was. */
static json_t *
understand(const struct sl_cell_run *run, struct sl_child *c, const char *text)
{
	json_t *o = json_object(), *calls = json_object(),
	       *instructions = json_object();
	char *self = realpath(run->bench, NULL), words[128];
	struct sl_called called;
	double per;

	sl_callgrind_read(text ? text : "", self ? self : "", &called);
	per = sl_callgrind_per_operation(&called);
	for (int i = 0; i < SL_N_CALLS; i++) {
		json_object_set_new(calls, sl_call_names[i],
		    json_integer((json_int_t)called.calls[i]));
		json_object_set_new(instructions, sl_call_names[i],
		    json_integer((json_int_t)called.instructions[i]));
	}
	json_object_set_new(o, "calls", calls);
	json_object_set_new(o, "instructions", instructions);
	if (c->end != SL_CHILD_EXITED || c->code != 0) {
		json_object_set_new(
		    o, "failed", json_string(sl_child_end_text(c, words)));
		json_object_set_new(o, "stderr", json_string(c->errors));
	} else if (isnan(per)) {
		json_object_set_new(
		    o, "failed", json_string("no call was seen"));
	} else {
		json_object_set_new(o, "per_operation", json_real(per));
	}
	free(self);
	return o;
}

static void
store(struct sl_cell_run *run, size_t workload, size_t allocator, json_t *o)
{
	const struct sl_plan *p = run->plan;
	char *path = path_of(p, workload, allocator, run->dir);
	char *folder = sl_printf("%s/instructions", run->dir), *text;

	json_object_set_new(
	    o, "workload", json_string(p->workloads.v[workload].name));
	json_object_set_new(
	    o, "allocator", json_string(p->allocators.v[allocator].name));
	json_object_set_new(
	    o, "options", json_string(p->allocators.v[allocator].options));
	json_object_set_new(
	    o, "threads", json_integer(p->workloads.v[workload].least_threads));
	text = json_dumps(o, JSON_INDENT(1));
	run->err = sl_dir_make(folder);
	if (!run->err)
		run->err =
		    text ? sl_file_write(path, text, strlen(text)) : EILSEQ;
	free(text);
	free(folder);
	free(path);
}

enum sl_cell_end
sl_instructions_run(struct sl_cell_run *run, size_t workload, size_t allocator)
{
	int fd = memfd_create("spanlab-callgrind", MFD_CLOEXEC);
	struct sl_child c;
	const char *failed;
	char *text;
	json_t *o;

	run->err = fd < 0 ? errno : 0;
	if (fd < 0)
		return SL_CELL_NOT_STORED;
	if (run->plan->allocators.v[allocator].kind == SL_KIND_GO) {
		close(fd);
		run->wall_s = 0;
		snprintf(run->detail, sizeof run->detail,
		    "Go has no malloc to count in");
		return SL_CELL_FAILED;
	}
	run_callgrind(run, workload, allocator, fd, &c);
	run->wall_s = c.wall_s;
	if (c.end == SL_CHILD_INTERRUPTED) {
		close(fd);
		return SL_CELL_INTERRUPTED;
	}
	text = sl_fd_read(fd, NULL);
	o = understand(run, &c, text);
	if (run->dir)
		store(run, workload, allocator, o);
	failed = sl_json_text(o, "failed");
	snprintf(
	    run->status, sizeof run->status, "%s", *failed ? "no count" : "");
	snprintf(run->detail, sizeof run->detail, "%.199s", failed);
	json_decref(o);
	free(text);
	close(fd);
	if (run->err)
		return SL_CELL_NOT_STORED;
	return run->status[0] ? SL_CELL_FAILED : SL_CELL_DONE;
}
