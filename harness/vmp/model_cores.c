/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_cores.c - who has which core; see model_core.h.
 * Called by the model's other files.
 *
 * A core has one thread at a time.  Where there are more threads, those that
 * have none wait in a queue, and a thread gives its core up when it sleeps or
 * when its quantum is over.  Where each thread has a core it is bound to it, as
 * the harness binds threads then, and so is what it starts: such a thread waits
 * for that core.
 */
#define _GNU_SOURCE 1
#include <string.h>

#include "harness/vmp/model_core.h"

static struct mt *on_core[PROFILE_CORES_MAX];
static struct mt *waits, *waits_end; /* for a core */

void
cores_forget(void)
{
	memset(on_core, 0, sizeof(on_core));
	waits = waits_end = NULL;
}

/* The first in the queue that may have this core, and its predecessor. */
static struct mt *
find_waiter(unsigned core, struct mt **before)
{
	struct mt *prev = NULL;

	for (struct mt *t = waits; t != NULL; prev = t, t = t->next)
		if (!t->is_bound || t->core == core) {
			*before = prev;
			return t;
		}
	return NULL;
}

bool
cores_is_wanted(unsigned core)
{
	struct mt *before;

	return waits != NULL && find_waiter(core, &before) != NULL;
}

static void
take_core(struct mt *t, unsigned core)
{
	t->core = core;
	on_core[core] = t;
	t->quantum_end = model.is_crowded || cores_is_wanted(core)
			     ? t->clock + model.profile.quantum
			     : MODEL_NEVER;
	t->state = MT_READY;
	sched_ready(t);
}

/* Who had the core for as long as it liked has it for a quantum. */
static void
share_core(unsigned core)
{
	struct mt *t = on_core[core];
	bool spins;

	if (t == NULL || t->quantum_end != MODEL_NEVER)
		return;
	spins = t->state == MT_SPINS;
	t->quantum_end =
	    (spins ? t->spin.from : t->clock) + model.profile.quantum;
	if (spins)
		sched_clock(t, t->quantum_end);
}

static void
wait_for_core(struct mt *t)
{
	t->state = MT_WAITS;
	t->next = NULL;
	if (waits == NULL)
		waits = t;
	else
		waits_end->next = t;
	waits_end = t;
	if (t->is_bound)
		share_core(t->core);
	for (unsigned i = 0;
	     !t->is_bound && !model.is_crowded && i < model.cores; i++)
		share_core(i);
	model.is_crowded |= !t->is_bound;
}

void
sched_place(struct mt *t)
{
	unsigned core = t->core;

	if (on_core[core] != NULL && !t->is_bound)
		for (core = 0; core < model.cores; core++)
			if (on_core[core] == NULL)
				break;
	if (core == model.cores || on_core[core] != NULL)
		wait_for_core(t);
	else
		take_core(t, core);
}

void
sched_leave_core(struct mt *t)
{
	struct mt *before, *next = find_waiter(t->core, &before);
	uint64_t now = t->clock;

	on_core[t->core] = NULL;
	if (next == NULL)
		return;
	if (before == NULL)
		waits = next->next;
	else
		before->next = next->next;
	if (waits_end == next)
		waits_end = before;
	if (next->clock < now)
		next->clock = now;
	next->clock += model.profile.context_switch;
	take_core(next, t->core);
}

void
cores_give_turn(struct mt *t)
{
	sched_leave_core(t);
	wait_for_core(t);
}

void
sched_preempt(void)
{
	struct mt *t = model.self;

	if (t->clock < t->quantum_end)
		return;
	if (!cores_is_wanted(t->core)) {
		t->quantum_end = t->clock + model.profile.quantum;
		return;
	}
	model.n.preemptions++;
	cores_give_turn(t);
	sched_next();
}

/* Who waits for a line or looks at one does so meanwhile. */
unsigned
cores_interrupt(const struct mt *t, uint64_t cycles)
{
	unsigned n = 0;

	for (unsigned i = 0; i < model.cores; i++) {
		struct mt *o = on_core[i];

		if (o == NULL || o == t)
			continue;
		n++;
		if (o->state == MT_READY && cycles != 0)
			sched_clock(o, o->clock + cycles);
	}
	return n;
}
