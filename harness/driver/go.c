/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * go.c - Go's own allocator as a series: the program spanlab-bench-go.
 *
 * Called by allocators.c, pick.c, plan.c and the report.  The program
 * (harness/go) has some of the workloads, by their names and with the
 * parameters that spanlab-bench says; which is asked of the program.
 */
#define _GNU_SOURCE
#include "harness/driver/go.h"

#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/locate.h"

const char sl_go_name[] = "go";
const char sl_go_absent[] =
    "go (built without a Go toolchain; package golang-go, then configure and "
    "make again)";

void
sl_go_find(struct sl_allocators *all)
{
	struct sl_names dirs = {0};
	char *path;

	sl_locate_bench_dirs(&dirs);
	path = sl_locate_in(&dirs, "spanlab-bench-go");
	if (path && !sl_allocators_get(all, sl_go_name))
		sl_allocators_add(all, sl_go_name, SL_KIND_GO, path);
	free(path);
	sl_names_destroy(&dirs);
}

static const struct sl_allocator *
go_of(const struct sl_plan *p)
{
	for (size_t i = 0; i < p->allocators.n; i++)
		if (p->allocators.v[i].kind == SL_KIND_GO)
			return &p->allocators.v[i];
	return NULL;
}

/* The plan's workloads that the program has, one name a line; the caller
 * frees. */
static char *
ask_which(const struct sl_allocator *go, const struct sl_plan *p)
{
	struct sl_names wanted = {0};
	char *list, *option, words[128];
	struct sl_child c = {
	    .keep_fd = -1, .wants_output = true, .timeout_s = 20};

	for (size_t i = 0; i < p->workloads.n; i++)
		sl_names_add(&wanted, p->workloads.v[i].name);
	list = sl_names_join(&wanted, ",");
	option = sl_printf("--has=%s", list);
	c.argv = (const char *const[]){go->path, option, NULL};
	sl_child_run(&c);
	if (c.end == SL_CHILD_INTERRUPTED)
		exit(SL_EXIT_INTERRUPTED);
	if (c.end != SL_CHILD_EXITED || c.code != 0)
		sl_die(SL_EXIT_CANNOT, "%s %s: %s", go->path, option,
		    c.errors[0] ? c.errors : sl_child_end_text(&c, words));
	free(option);
	free(list);
	sl_names_destroy(&wanted);
	return c.output ? c.output : sl_strdup("");
}

/* "sh6, sh8": the plan's workloads that it lacks; the caller frees.  NULL:
 * none. */
static char *
lacking(const struct sl_allocator *go, const struct sl_plan *p)
{
	struct sl_names has = {0}, lacks = {0};
	char *text = ask_which(go, p), *rest = text, *line, *list = NULL;

	while ((line = strsep(&rest, "\n")))
		sl_names_add(&has, line);
	for (size_t i = 0; i < p->workloads.n; i++)
		if (!sl_names_has(&has, p->workloads.v[i].name))
			sl_names_add(&lacks, p->workloads.v[i].name);
	if (lacks.n)
		list = sl_names_join(&lacks, ", ");
	sl_names_destroy(&has);
	sl_names_destroy(&lacks);
	free(text);
	return list;
}

/* Why it cannot take part; the caller frees.  NULL: it can. */
static char *
misfit(const struct sl_allocator *go, const struct sl_plan *p)
{
	char *lacks, *why = NULL;

	if (p->observe.latency || p->observe.memory_ms > 0 ||
	    p->observe.counters)
		return sl_strdup("it is not observed: leave --latency, "
				 "--memory and --counters out");
	if ((*p->pin && strcmp(p->pin, "none")) || *p->numa)
		return sl_strdup("it binds no threads: leave --pin and --numa "
				 "out");
	lacks = lacking(go, p);
	if (lacks)
		why = sl_printf("the Go program does not have %s (it has all "
				"of the suite list)",
		    lacks);
	free(lacks);
	return why;
}

void
sl_go_check(const struct sl_plan *p)
{
	const struct sl_allocator *go = go_of(p);
	char *why = go ? misfit(go, p) : NULL;

	if (why)
		sl_die(SL_EXIT_USAGE, "--allocators %s: %s", go->name, why);
}

bool
sl_go_joins(
    const struct sl_allocator *go, const struct sl_plan *p, const char *bench)
{
	char *its = sl_path_dir(go->path), *of_bench = sl_path_dir(bench);
	char *why = strcmp(its, of_bench) ? sl_strdup("of another build")
					  : misfit(go, p);
	bool joins = !why;

	free(its);
	free(of_bench);
	free(why);
	return joins;
}

const char *
sl_go_note(const struct sl_plan *p)
{
	if (!go_of(p))
		return NULL;
	return "go is Go itself, a reference and no malloc: its objects die by "
	       "garbage collection. Where C frees, the Go program makes an "
	       "object unreachable; what the trial has left uncollected at its "
	       "end costs it nothing, and each object is zeroed. It has as "
	       "many processors (GOMAXPROCS) as threads, of which collections "
	       "take their part, and binds none. With gogc=off there is a "
	       "collection only when half of the machine's free memory is "
	       "used.";
}
