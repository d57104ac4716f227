/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_history.c - records what threads do with a set, and has it judged.
 * Called by t_history.c and t_set_faults.c, through set_checks.h.
 *
 * A stamp comes from one counter, taken before and after each operation, so
 * what happens between is where the stamps say.  An insertion has a number of
 * its own, which the inserter writes beside the span and the claimer reads.
 */
#include "tests/step/control.h"
#include "tests/unit/bag_history.h"
#include "tests/unit/set_world.h"

enum {
	THREADS_MAX = 8,
	SPANS = 2,          /* so few that claims often find none */
	EVENTS_MAX = 20000, /* of a thread */
	HELD_MAX = 2,
};

static sl_spanclass spc;
static _Atomic(uint64_t) now;
static atomic_bool is_over; /* a span is not its holder's: no more of it */

/* Of a span: its last insertion, written by who holds it, and whether one
 * does. */
static uint32_t value[SL_MOCK_SPANS];
static atomic_bool is_held[SL_MOCK_SPANS];

static struct recorder {
	uint32_t id;
	unsigned rounds;
	uint64_t dice;
	uint32_t last; /* value given */
	size_t n;
	struct bag_event e[EVENTS_MAX];
} recorders[THREADS_MAX + 1];

static struct bag_event all[(THREADS_MAX + 1) * EVENTS_MAX];

static uint64_t
tick(void)
{
	return atomic_fetch_add(&now, 1);
}

static bool
is_full(const struct recorder *r)
{
	return r->n >= EVENTS_MAX;
}

static struct sl_mspan *
claim(struct recorder *r)
{
	struct bag_event *e = &r->e[r->n++];
	struct sl_mspan *s;

	e->is_claim = true;
	e->begin = tick();
	s = sl_set_claim(spc);
	e->end = tick();
	e->value = 0;
	if (s == NULL)
		return NULL;
	if (sl_mock_index(s) >= SL_MOCK_SPANS) {
		set_fault("a claim returned %p, which is no span", (void *)s);
		return NULL;
	}
	e->value = value[sl_mock_index(s)];
	if (atomic_exchange(&is_held[sl_mock_index(s)], true) || e->value == 0)
		atomic_store(&is_over, true);
	if (e->value == 0) /* never inserted: a value that nothing has */
		e->value = UINT32_MAX - (uint32_t)sl_mock_index(s);
	return s;
}

static void
insert(struct recorder *r, struct sl_mspan *s)
{
	struct bag_event *e = &r->e[r->n++];

	e->value = value[sl_mock_index(s)] = r->id << 24 | ++r->last;
	e->is_claim = false;
	atomic_store(&is_held[sl_mock_index(s)], false);
	e->begin = tick();
	if (sl_mspan_release(s))
		sl_set_insert(spc, s);
	e->end = tick();
}

static void *
record(void *arg)
{
	struct recorder *r = arg;
	struct sl_mspan *held[HELD_MAX];
	unsigned n = 0;

	sl_mock_user();
	for (unsigned i = 0; i < r->rounds && !atomic_load(&is_over) &&
			     !set_has_fault() && r->n + HELD_MAX < EVENTS_MAX;
	     i++) {
		if (n < HELD_MAX && unit_random(&r->dice, 2) == 0) {
			held[n] = claim(r);
			n += held[n] != NULL;
		} else if (n > 0) {
			insert(r, held[--n]);
		}
	}
	while (n > 0 && !atomic_load(&is_over) && !is_full(r))
		insert(r, held[--n]);
	return NULL;
}

/* When nobody else is inside, all that is there is claimed, and then nothing:
 * what was lost makes that wrong. */
static void
record_rest(struct recorder *r)
{
	struct sl_mspan *s, *rest[SPANS + 1];
	unsigned n = 0;

	sl_set_settle();
	while (n <= SPANS && (s = claim(r)) != NULL)
		rest[n++] = s;
	for (unsigned i = 0; i < n && !atomic_load(&is_over); i++)
		insert(r, rest[i]);
}

static const char *
judge(unsigned threads)
{
	/* Nobody keeps spans for himself any more at the end: all must come
	 * out, which the caller counts. */
	const char *fault = set_first_fault();
	size_t n = 0;

	for (unsigned i = 0; i <= threads; i++)
		for (size_t k = 0; k < recorders[i].n; k++)
			all[n++] = recorders[i].e[k];
	return fault != NULL ? fault : bag_check(all, n, sl_set_info.miss);
}

static void
begin(unsigned threads, unsigned rounds)
{
	spc = set_class_of(1024, true);
	for (unsigned i = 0; i <= threads; i++) {
		struct recorder *r = &recorders[i];

		r->id = i + 1;
		r->rounds = rounds / threads + 1;
		r->dice = unit_seed(77 * threads + i);
		r->n = 0;
		r->last = 0;
	}
	atomic_store(&is_over, false);
}

const char *
set_check_history(unsigned threads, unsigned rounds)
{
	struct recorder *mine = &recorders[threads];
	const char *fault;

	begin(threads, rounds);
	sl_mock_user();
	for (unsigned i = 0; i < SPANS; i++) {
		struct sl_mspan *s = set_new_span(spc);

		atomic_store(&is_held[sl_mock_index(s)], true);
		insert(mine, s);
	}
	unit_threads(threads, record, recorders, sizeof(recorders[0]));
	if (!atomic_load(&is_over))
		record_rest(mine);
	fault = judge(threads);
	if (fault == NULL) {
		set_collect(spc);
		fault = set_first_fault();
	}
	return fault;
}
