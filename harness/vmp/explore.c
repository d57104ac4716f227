/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explore.c - many runs of a scenario; see explore.h.
 * Called by main.c and by tests.
 */
#include "harness/vmp/explore.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/vmp/sched.h"
#include "harness/vmp/undo.h"

enum { SHORTEN_ROUNDS = 20, LENGTH_RUNS = 8 };

/* A run; true: it failed, and does so again by its schedule.  What is not
 * repeated was run before it was known which memory is shared. */
static bool
fails(const struct vmp_scenario *sc, const struct vmp_run *how,
    struct explore_verdict *v)
{
	static struct vmp_schedule schedule;
	struct vmp_run again = *how;

	vmp_run(sc, how, &v->result);
	v->runs++;
	v->steps += v->result.steps;
	if (!v->result.failed)
		return false;
	schedule = v->result.schedule;
	again.mode = VMP_REPLAY;
	again.replay = &schedule;
	vmp_run(sc, &again, &v->result);
	if (!v->result.failed)
		return false;
	v->failed = true;
	v->mode = how->mode;
	v->seed = how->seed;
	return true;
}

/* Leave out what the schedule can do without. */
static void
shorten(const struct vmp_scenario *sc, const struct vmp_run *how,
    struct vmp_result *result)
{
	static struct vmp_schedule tried;
	static struct vmp_result r;
	struct vmp_run again = *how;
	bool changed = true;

	again.mode = VMP_REPLAY;
	again.replay = &tried;
	for (unsigned k = 0; changed && k < SHORTEN_ROUNDS; k++) {
		changed = false;
		for (unsigned i = result->schedule.n; i-- > 0;) {
			if (i >= result->schedule.n)
				continue;
			tried = result->schedule;
			tried.n--;
			memmove(&tried.event[i], &tried.event[i + 1],
			    (tried.n - i) * sizeof(tried.event[0]));
			vmp_run(sc, &again, &r);
			if (!r.failed || r.schedule.n >= result->schedule.n)
				continue;
			*result = r;
			changed = true;
		}
	}
}

static bool
seeds(const struct vmp_scenario *sc, struct vmp_run *how, unsigned n,
    struct explore_verdict *v)
{
	for (uint64_t seed = 1; seed <= n; seed++) {
		how->seed = seed;
		if (fails(sc, how, v))
			return true;
	}
	return false;
}

/* Decisions of a run, which PCT must know. */
static uint64_t
usual_length(const struct vmp_scenario *sc, const struct vmp_run *how,
    struct vmp_result *result)
{
	struct vmp_run any = *how;
	uint64_t sum = 0;

	any.mode = VMP_RANDOM;
	for (any.seed = 1; any.seed <= LENGTH_RUNS; any.seed++) {
		vmp_run(sc, &any, result);
		sum += result->decisions;
	}
	return sum / LENGTH_RUNS + 1;
}

/* All schedules with as many deviations as `how` says.  True: one fails. */
static bool
search_within(const struct vmp_scenario *sc, const struct vmp_run *how,
    unsigned long *left, struct explore_verdict *v)
{
	vmp_dfs_start();
	for (; *left > 0; --*left) {
		if (fails(sc, how, v))
			return true;
		if (!vmp_dfs_next()) {
			v->explored = (int)how->deviations;
			return false;
		}
	}
	return false;
}

static bool
search(const struct vmp_scenario *sc, struct vmp_run *how, unsigned long most,
    struct explore_verdict *v)
{
	unsigned deviations = how->deviations;

	how->mode = VMP_DFS;
	for (unsigned d = 0; d <= deviations && most > 0; d++) {
		how->deviations = d;
		if (search_within(sc, how, &most, v))
			return true;
	}
	return false;
}

void
explore(const struct vmp_scenario *sc, const struct explore_bounds *b,
    struct explore_verdict *v)
{
	struct vmp_run how = {.mode = VMP_RANDOM,
	    .depth = b->depth,
	    .deviations = b->deviations,
	    .tso = b->tso,
	    .steps_max = b->steps_max};
	bool found;

	memset(v, 0, offsetof(struct explore_verdict, result));
	v->explored = -1;
	sharing_forget();
	found = seeds(sc, &how, b->random, v);
	if (!found && b->pct != 0) {
		how.length = usual_length(sc, &how, &v->result);
		how.mode = VMP_PCT;
		found = seeds(sc, &how, b->pct, v);
	}
	if (!found)
		found = search(sc, &how, b->dfs, v);
	if (found)
		shorten(sc, &how, &v->result);
}

void
explore_replay(const struct vmp_scenario *sc, const struct vmp_run *how,
    struct vmp_result *result)
{
	struct vmp_run with_trace = *how;

	/* Once to learn which memory is shared. */
	vmp_run(sc, how, result);
	with_trace.trace = true;
	vmp_run(sc, &with_trace, result);
	vmp_trace_print();
}

static bool
parse_schedule(const char *text, struct vmp_schedule *s)
{
	char *end;

	s->n = 0;
	if (strcmp(text, "-") == 0)
		return true;
	for (; s->n < VMP_EVENTS_MAX; text = end + 1) {
		struct vmp_event *e = &s->event[s->n];
		unsigned long n = strtoul(text, &end, 10);

		if (end == text || *end == '\0' || strchr(">~!^", *end) == NULL)
			return false;
		e->decision = (uint32_t)n;
		e->kind = (uint8_t)*end;
		text = end + 1;
		n = strtoul(text, &end, 10);
		if (end == text || n >= VMP_THREADS_MAX)
			return false;
		e->thread = (uint8_t)n;
		s->n++;
		if (*end == '\0')
			return true;
		if (*end != '.')
			return false;
	}
	return false;
}

bool
explore_parse(
    const char *text, struct vmp_run *how, struct vmp_schedule *events)
{
	char *end = NULL;

	how->tso = strncmp(text, "tso:", 4) == 0;
	text += how->tso ? 4 : 0;
	if (strncmp(text, "random=", 7) == 0) {
		how->mode = VMP_RANDOM;
		how->seed = strtoull(text + 7, &end, 10);
		return end != text + 7 && *end == '\0';
	}
	if (strncmp(text, "pct=", 4) == 0) {
		how->mode = VMP_PCT;
		how->seed = strtoull(text + 4, &end, 10);
		if (end == text + 4 || *end != ',')
			return false;
		text = end + 1;
		how->length = strtoull(text, &end, 10);
		return end != text && *end == '\0';
	}
	how->mode = VMP_REPLAY;
	how->replay = events;
	return parse_schedule(text, events);
}

void
explore_print_schedule(const struct vmp_schedule *s, bool tso)
{
	printf("%s%s", tso ? "tso:" : "", s->n == 0 ? "-" : "");
	for (unsigned i = 0; i < s->n; i++)
		printf("%s%" PRIu32 "%c%u", i == 0 ? "" : ".",
		    s->event[i].decision, s->event[i].kind, s->event[i].thread);
}

void
explore_report(const struct vmp_scenario *sc, const struct explore_bounds *b,
    struct explore_verdict *v, const char *program)
{
	static struct vmp_schedule s;
	struct vmp_run how = {.mode = VMP_REPLAY,
	    .tso = b->tso,
	    .steps_max = b->steps_max,
	    .replay = &s};
	static const char *const found[] = {
	    "at random, seed", "by priorities (PCT), seed", "by search, run"};

	printf("# %s: %s\n# found %s %" PRIu64 ", after %lu runs; replay:\n"
	       "#   %s replay %s '",
	    sc->name, v->result.text, found[v->mode],
	    v->mode == VMP_DFS ? (uint64_t)v->runs : v->seed, v->runs, program,
	    sc->name);
	s = v->result.schedule;
	explore_print_schedule(&s, b->tso);
	printf("'\n");
	explore_replay(sc, &how, &v->result);
}
