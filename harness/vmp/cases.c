/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cases.c - a program that explores scenarios; see cases.h.
 * Called by the main functions of tests/vmp.
 */
#define _GNU_SOURCE 1
#include "harness/vmp/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "harness/vmp/fiber.h"

static const char *program;
static struct explore_verdict verdict;

void
vmp_case_plant(struct vmp_case *c, unsigned long within)
{
	c->bounds.random = c->bounds.pct = 0;
	c->bounds.deviations = 2;
	c->bounds.dfs = within;
	c->within = within;
}

enum vmp_effort
vmp_cases_effort(void)
{
	static const char *const names[VMP_EFFORTS] = {[VMP_QUICK] = "quick",
	    [VMP_NORMAL] = "normal",
	    [VMP_LONG] = "long"};
	const char *name = getenv("SL_CHECK");

	for (unsigned i = 0; i < VMP_EFFORTS; i++)
		if (name != NULL && strcmp(name, names[i]) == 0)
			return (enum vmp_effort)i;
	return VMP_NORMAL;
}

/* Sets go by addresses of spans and threads: let them be the same in each
 * process. */
static void
fix_addresses(char **argv)
{
	int was = personality(0xffffffff);

	if (was != -1 && (was & ADDR_NO_RANDOMIZE) == 0 &&
	    getenv("VMP_ADDRESSES") == NULL &&
	    personality((unsigned long)was | ADDR_NO_RANDOMIZE) != -1) {
		setenv("VMP_ADDRESSES", "fixed", 1);
		execv("/proc/self/exe", argv);
	}
	was = personality(0xffffffff);
	if (was == -1 || (was & ADDR_NO_RANDOMIZE) == 0)
		printf("# addresses are random here: a seed may not repeat a "
		       "run of another process, a schedule does\n");
}

static const char *
order_of(const struct vmp_case *c)
{
	return c->bounds.tso ? "tso" : "sc";
}

static void
say_runs(const struct vmp_case *c)
{
	printf("# %lu runs, %lu steps", verdict.runs, verdict.steps);
	if (verdict.explored >= 0)
		printf("; all schedules with up to %d deviations explored",
		    verdict.explored);
	if (c->bounds.dfs != 0 && !verdict.failed &&
	    verdict.explored < (int)c->bounds.deviations)
		printf("; the search for more was cut");
	printf("\n");
}

static bool
passes_clean(const struct vmp_case *c)
{
	explore(c->scenario, &c->bounds, &verdict);
	say_runs(c);
	if (verdict.failed)
		explore_report(c->scenario, &c->bounds, &verdict, program);
	else if (c->must_be_exhausted &&
		 verdict.explored < (int)c->bounds.deviations)
		printf("# not all schedules were explored\n");
	else if (c->bounds.dfs != 0 && verdict.explored < 0)
		printf("# the search does not get on: do runs begin alike?\n");
	else
		return true;
	return false;
}

static bool
finds(const struct vmp_case *c, struct explore_bounds b, const char *how)
{
	explore(c->scenario, &b, &verdict);
	if (!verdict.failed)
		printf("# %s: NOT FOUND in %lu runs\n", how, verdict.runs);
	else
		printf("# %s: run %lu%s: %s\n", how, verdict.runs,
		    verdict.runs > c->within ? ", TOO LATE" : "",
		    verdict.result.text);
	return verdict.failed && verdict.runs <= c->within;
}

/* Each way by itself. */
static bool
passes_planted(const struct vmp_case *c)
{
	const struct explore_bounds *b = &c->bounds;
	struct explore_bounds one = *b;
	bool done = true;

	one.pct = 0;
	one.dfs = 0;
	if (b->random != 0)
		done &= finds(c, one, "random");
	one.random = 0;
	one.pct = b->pct;
	if (b->pct != 0)
		done &= finds(c, one, "pct");
	one.pct = 0;
	one.dfs = b->dfs;
	if (b->dfs != 0)
		done &= finds(c, one, "search");
	if (verdict.failed) {
		printf("# the shortest schedule found: '");
		explore_print_schedule(&verdict.result.schedule, b->tso);
		printf("'\n");
	}
	return done;
}

static bool
run_case(const struct vmp_case *c, size_t number)
{
	bool done = c->within != 0 ? passes_planted(c) : passes_clean(c);

	printf("%sok %zu - %s, %s%s\n", done ? "" : "not ", number,
	    c->scenario->name, order_of(c),
	    c->within != 0 ? ": the planted fault is found" : "");
	fflush(stdout);
	return done;
}

static int
run_all(const struct vmp_case *cases, size_t n)
{
	bool done = true;

	printf("1..%zu\n", n);
	for (size_t i = 0; i < n; i++)
		done &= run_case(&cases[i], i + 1);
	return done ? 0 : 1;
}

static const struct vmp_case *
find_case(const struct vmp_case *cases, size_t n, const char *name, bool tso)
{
	const struct vmp_case *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (strcmp(cases[i].scenario->name, name) == 0 &&
		    (found == NULL || cases[i].bounds.tso == tso))
			found = &cases[i];
	if (found == NULL)
		fprintf(stderr, "%s: there is no scenario %s; try `list'\n",
		    program, name);
	return found;
}

static int
replay(const struct vmp_case *cases, size_t n, const char *name,
    const char *schedule)
{
	static struct vmp_schedule events;
	static struct vmp_result result;
	const struct vmp_case *c = find_case(cases, n, name, false);
	struct vmp_run how = {0};

	if (c == NULL)
		return 2;
	how.depth = c->bounds.depth;
	how.steps_max = c->bounds.steps_max;
	if (!explore_parse(schedule, &how, &events)) {
		fprintf(stderr, "%s: '%s' is no schedule and no seed\n",
		    program, schedule);
		return 2;
	}
	explore_replay(c->scenario, &how, &result);
	printf("%s: %s after %llu steps\n", name,
	    result.failed ? result.text : "ended well",
	    (unsigned long long)result.steps);
	return result.failed ? 1 : 0;
}

int
vmp_cases_main(int argc, char **argv, const struct vmp_case *cases, size_t n)
{
	const struct vmp_case *c;

	program = argv[0];
	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; i < n; i++)
			printf("%s %s\n", cases[i].scenario->name,
			    order_of(&cases[i]));
		return 0;
	}
	fix_addresses(argv);
	if (!fiber_is_fast())
		printf("# no FSGSBASE: threads are switched by arch_prctl\n");
	if (argc == 1)
		return run_all(cases, n);
	if (argc == 4 && strcmp(argv[1], "replay") == 0)
		return replay(cases, n, argv[2], argv[3]);
	if (argc > 3) {
		fprintf(stderr,
		    "usage: %s [list | SCENARIO [tso] | replay SCENARIO "
		    "SCHEDULE]\n",
		    program);
		return 2;
	}
	c = find_case(
	    cases, n, argv[1], argc == 3 && strcmp(argv[2], "tso") == 0);
	return c == NULL ? 2 : run_case(c, 1) ? 0 : 1;
}
