/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy.c - who runs next: at random, by priorities, in turn through all
 * schedules, or as a schedule says; see vmp.h.  Called by sched.c.
 *
 * PCT: Burckhardt et al., ASPLOS 2010.  Bounded search: Musuvathi and Qadeer,
 * PLDI 2007; a delayed store counts as a preemption does.
 */
#include <stdio.h>
#include <stdlib.h>

#include "harness/vmp/sched.h"

enum { CHOICES_MAX = 1 << 16, CHANGES_MAX = 16 };

static const struct vmp_run *how;
static struct vthread *threads;

static uint64_t random_state;

static struct {
	unsigned one_in; /* how often a thread is preempted */
} rnd;

static struct {
	int64_t lowest;
	unsigned nchanges;
	uint64_t change[CHANGES_MAX]; /* decisions */
} pct;

/* The schedule of the last run, as a path through the tree of choices. */
static struct {
	struct {
		uint8_t taken, n;
	} choice[CHOICES_MAX];
	unsigned n, at;
	unsigned deviations; /* of this run */
	unsigned nshared;
	bool is_new; /* more memory is shared than was known */
} dfs;

static unsigned replay_at;

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t
next_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static unsigned
below(unsigned n)
{
	return (unsigned)(next_random() % n);
}

void
policy_start(const struct vmp_run *run, struct vthread *t, unsigned n)
{
	how = run;
	threads = t;
	random_state = run->seed;
	rnd.one_in = 1u << 2 * below(3); /* 1, 4 or 16 */
	pct.lowest = 0;
	for (unsigned i = 0; i < n; i++)
		t[i].priority = 1 + (int64_t)(next_random() >> 1);
	pct.nchanges = 0;
	while (run->mode == VMP_PCT && pct.nchanges + 1 < run->depth &&
	       pct.nchanges < CHANGES_MAX)
		pct.change[pct.nchanges++] =
		    next_random() % (run->length == 0 ? 1 : run->length);
	dfs.at = 0;
	dfs.deviations = 0;
	replay_at = 0;
}

static unsigned
choose_random(const struct vmp_option *o, unsigned n, bool is_free)
{
	if (!is_free && o[n - 1].kind != VMP_DELAY && below(rnd.one_in) != 0)
		return 0;
	return below(n);
}

static unsigned
choose_pct(
    const struct vmp_option *o, unsigned n, uint32_t decision, bool is_free)
{
	unsigned best = 0;

	if (o[n - 1].kind == VMP_DELAY)
		return below(2);
	if (o[n - 1].kind == VMP_INTERRUPT)
		return below(8) == 0;
	if (o[n - 1].kind == VMP_DRAIN && below(8) == 0)
		return n - 1;
	for (unsigned i = 0; i < pct.nchanges && !is_free; i++)
		if (pct.change[i] == decision)
			threads[o[0].thread].priority = --pct.lowest;
	for (unsigned i = 1; i < n; i++)
		if (o[i].kind == VMP_SWITCH &&
		    threads[o[i].thread].priority >
			threads[o[best].thread].priority)
			best = i;
	return best;
}

static unsigned
choose_dfs(unsigned n, bool is_free, bool is_shared)
{
	unsigned c;

	if (!is_free && (!is_shared || dfs.deviations >= how->deviations))
		return 0;
	if (dfs.at == dfs.n) {
		if (dfs.n == CHOICES_MAX)
			vmp_fail("more than %d choices in a run", CHOICES_MAX);
		dfs.choice[dfs.n].taken = 0;
		dfs.choice[dfs.n++].n = (uint8_t)n;
	}
	c = dfs.choice[dfs.at++].taken;
	dfs.deviations += !is_free && c != 0;
	return c;
}

static unsigned
choose_replay(const struct vmp_option *o, unsigned n, uint32_t decision)
{
	const struct vmp_schedule *s = how->replay;
	const struct vmp_event *e;

	while (replay_at < s->n && s->event[replay_at].decision < decision)
		replay_at++;
	if (replay_at == s->n || s->event[replay_at].decision != decision)
		return 0;
	e = &s->event[replay_at];
	for (unsigned i = 0; i < n; i++)
		if (o[i].kind == e->kind && o[i].thread == e->thread)
			return i;
	return 0;
}

unsigned
policy_choose(const struct vmp_option *o, unsigned n, uint32_t decision,
    bool is_free, bool is_shared)
{
	switch (how->mode) {
	case VMP_RANDOM:
		return choose_random(o, n, is_free);
	case VMP_PCT:
		return choose_pct(o, n, decision, is_free);
	case VMP_DFS:
		return choose_dfs(n, is_free, is_shared);
	case VMP_REPLAY:
		break;
	}
	return choose_replay(o, n, decision);
}

void
policy_born(struct vthread *t)
{
	t->priority = 1 + (int64_t)(next_random() >> 1);
}

void
policy_paused(struct vthread *t)
{
	t->priority = --pct.lowest;
}

void
policy_end(unsigned nshared)
{
	if (nshared != dfs.nshared)
		dfs.is_new = true;
	dfs.nshared = nshared;
}

void
vmp_dfs_start(void)
{
	dfs.n = 0;
	dfs.is_new = false;
}

bool
vmp_dfs_next(void)
{
	if (dfs.is_new) {
		vmp_dfs_start();
		return true;
	}
	while (dfs.n > 0 &&
	       dfs.choice[dfs.n - 1].taken + 1 >= dfs.choice[dfs.n - 1].n)
		dfs.n--;
	if (dfs.n == 0)
		return false;
	dfs.choice[dfs.n - 1].taken++;
	return true;
}
