/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario_cases.c - the scenarios of tests/scenario on virtual threads; see
 * scenario_cases.h.  A guest.
 */
#include "tests/vmp/scenario_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mcentral.h"
#include "harness/vmp/cases.h"
#include "tests/scenario/scenario.h"
#include "tests/unit/set_world.h"

enum { CASES_MAX = 64, STEPS_MAX = 40000, SPANS_NAMED = 16 };

/* How much is run of each scenario, and how much of one that is long. */
static const struct level {
	unsigned random, pct, deviations;
	unsigned long dfs;
	unsigned long_random;
} levels[VMP_EFFORTS] = {
    [VMP_QUICK] = {25, 25, 1, 200, 2},
    [VMP_NORMAL] = {100, 100, 2, 1000, 10},
    [VMP_LONG] = {2000, 2000, 3, 60000, 200},
};

/* In place of set_fault.c: the run ends with the first fault. */
void
set_fault(const char *fmt, ...)
{
	char text[VMP_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	vmp_fail("%s", text);
}

bool
set_has_fault(void)
{
	return false;
}

/* --- a scenario --------------------------------------------------------- */

static void
prepare(void)
{
	scenario_setup(vmp_arg(), sl_mock_user());
}

static void
enter(unsigned thread)
{
	(void)thread;
	sl_mock_user();
}

static void
body(unsigned thread)
{
	scenario_run(vmp_arg(), thread, sl_mock_user());
}

static void
check(void)
{
	scenario_end(vmp_arg(), sl_mock_user());
}

/* --- all of them -------------------------------------------------------- */

static struct vmp_case cases[CASES_MAX];
static struct vmp_scenario guests[CASES_MAX];
static size_t ncases, nguests;

static void
add(const struct vmp_scenario *v, bool is_long)
{
	const struct level *l = &levels[vmp_cases_effort()];
	struct vmp_case *c;

	for (unsigned tso = 0; tso < 2; tso++) {
		if (ncases == CASES_MAX)
			abort();
		c = &cases[ncases++];
		c->scenario = v;
		c->bounds.tso = tso;
		c->bounds.random = is_long ? l->long_random : l->random;
		c->bounds.pct = is_long ? l->long_random : l->pct;
		c->bounds.depth = 3;
		c->bounds.deviations = l->deviations;
		c->bounds.dfs = is_long ? 0 : l->dfs;
		c->bounds.steps_max = STEPS_MAX;
	}
}

static void
add_scenario(const struct scenario *sc)
{
	struct vmp_scenario *v = &guests[nguests++];

	v->name = sc->name;
	v->threads = sc->nthreads;
	v->prepare = prepare;
	v->enter = enter;
	v->body = body;
	v->check = check;
	v->arg = sc;
	add(v, sc->is_long);
}

/* What traces call the first spans. */
static void
name_spans(void)
{
	static char names[SPANS_NAMED][16];

	for (unsigned i = 0; i < SPANS_NAMED; i++) {
		snprintf(names[i], sizeof(names[i]), "span %u", i);
		vmp_name(sl_mock_span(i), sizeof(struct sl_mspan), names[i]);
	}
}

/* Spans and threads have one state in all runs. */
static bool
start(void)
{
	const char *why = vmp_init();

	if (why != NULL) {
		printf("Bail out! %s\n", why);
		return false;
	}
	set_checks_init();
	/* A pause is for a wait that needs another thread, not for a while. */
	sl_options.backoff = sl_set_info.spins;
	sl_options.backoff_max = sl_options.backoff;
	name_spans();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return true;
}

int
scenario_cases_main(int argc, char **argv)
{
	if (!start())
		return 1;
	for (size_t i = 0; i < scenarios_count; i++)
		if (scenario_fits(&scenarios[i]))
			add_scenario(&scenarios[i]);
	if (!sl_set_info.never_forks && sl_options.epoch == 0)
		add(&fork_child, false);
	return vmp_cases_main(argc, argv, cases, ncases);
}

int
scenario_cases_planted_main(
    int argc, char **argv, const char *name, unsigned long within)
{
	if (!start())
		return 1;
	for (size_t i = 0; i < scenarios_count; i++) {
		if (strcmp(scenarios[i].name, name) != 0)
			continue;
		add_scenario(&scenarios[i]);
		ncases = 1; /* that without store buffers */
		vmp_case_plant(&cases[0], within);
	}
	return vmp_cases_main(argc, argv, cases, ncases);
}
