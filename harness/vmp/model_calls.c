/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_calls.c - what guests may ask of the model; see model.h and vmp.h.
 * Called by guests, and by what stands in place of the C library for them.
 */
#include <string.h>

#include "harness/vmp/model_core.h"
#include "harness/vmp/vmp.h"

enum {
	/* Turns of a loop are skipped after so many: one that counts them and
	 * gives up earlier is run as it is. */
	SPIN_TURNS_FIRST = 128,
	SPIN_PERIOD_MAX = 10000,
};

unsigned
vmp_self(void)
{
	return model.self == NULL ? MODEL_AT_ONCE_MAX : model.self->id;
}

uint64_t
model_now(void)
{
	return model.self == NULL ? 0 : model.self->clock;
}

unsigned
model_core(void)
{
	return model.self == NULL ? 0 : model.self->core;
}

void
model_think(uint64_t cycles)
{
	struct mt *t = model.self;
	uint64_t hidden;

	if (!model.is_on)
		return;
	hidden = cycles < t->credit ? cycles : t->credit;
	t->clock += cycles - hidden;
	t->credit -= hidden;
	t->spin.others++;
}

/* --- pauses --------------------------------------------------------------- */

static void
begin_turn(struct mt *t)
{
	t->spin.since = t->clock;
	t->spin.reads = t->spin.misses = t->spin.others = 0;
	t->spin.line = NULL;
}

/* What others do meanwhile is seen at the next access to a shared line. */
static void
pause_here(struct mt *t)
{
	t->clock += model.profile.pause;
	t->credit = 0;
}

void
model_pause_counted(void)
{
	if (!model.is_on) {
		model_yield();
		return;
	}
	pause_here(model.self);
	model.self->spin.turns = 0;
	begin_turn(model.self);
}

/* Has the thread's loop done nothing but look, and for long? */
static bool
may_skip(struct mt *t)
{
	t->spin.period = t->clock - t->spin.since;
	t->spin.turns = t->spin.others == 0 ? t->spin.turns + 1 : 0;
	return t->spin.turns > SPIN_TURNS_FIRST && t->spin.reads == 1 &&
	       t->spin.period < SPIN_PERIOD_MAX && !model.config->no_elision;
}

void
vmp_pause(void)
{
	struct mt *t = model.self;

	if (!model.is_on) {
		model_yield();
		return;
	}
	pause_here(t);
	if (may_skip(t)) {
		if (t->clock > model.limit)
			sched_turn();
		sched_preempt();
		if (lines_can_spin(t) && lines_spin(t)) {
			sched_ready(t);
			sched_next();
			sched_preempt();
		}
	}
	begin_turn(t);
}

void
vmp_yield(void)
{
	model_yield();
}

/* --- CPUs ----------------------------------------------------------------- */

unsigned
vmp_cpu(void)
{
	return model_core();
}

/* A thread loses its core only at accesses. */
void
vmp_restartable(uintptr_t p, size_t n, const void *pc)
{
	vmp_step(p, n, VMP_WRITE, pc);
}

/* membarrier: the kernel interrupts all cores that run threads of the process,
 * and waits for them. */
void
vmp_barrier(void)
{
	const struct profile *p = &model.profile;
	struct mt *t = model.self;
	unsigned n;

	if (!model.is_on)
		return;
	t->clock += p->syscall + p->fence;
	t->credit = 0;
	t->spin.others++;
	if (t->clock > model.limit)
		sched_turn();
	n = cores_interrupt(t, p->interrupt);
	model.n.interrupts += n;
	if (n != 0)
		t->clock += p->ipi + (n - 1) * p->ipi_more;
}

/* --- memory --------------------------------------------------------------- */

int
vmp_memcmp(const void *a, const void *b, size_t n)
{
	const void *pc = __builtin_return_address(0);

	if (n != 0) {
		vmp_step((uintptr_t)a, n, VMP_READ, pc);
		vmp_step((uintptr_t)b, n, VMP_READ, pc);
	}
	return memcmp(a, b, n);
}

/* --- futex ---------------------------------------------------------------- */

static struct mt *sleepers, *sleepers_end;

void
model_futex_wait(int *word, int seen)
{
	struct mt *t = model.self;

	if (!model.is_on) {
		model_yield();
		return;
	}
	t->clock += model.profile.syscall;
	t->credit = 0;
	vmp_step((uintptr_t)word, sizeof(*word), VMP_LOAD,
	    __builtin_return_address(0));
	if (*(volatile int *)word != seen)
		return;
	t->clock += model.profile.futex_wait;
	model.n.futex_waits++;
	t->spin.others++;
	t->state = MT_BLOCKED;
	t->word = word;
	t->next = NULL;
	if (sleepers == NULL)
		sleepers = t;
	else
		sleepers_end->next = t;
	sleepers_end = t;
	sched_leave_core(t);
	sched_next();
}

/* The first that sleeps at word, taken off the list; NULL: nobody. */
static struct mt *
take_sleeper(int *word)
{
	struct mt *prev = NULL;

	for (struct mt *t = sleepers; t != NULL; prev = t, t = t->next) {
		if (t->word != word)
			continue;
		if (prev == NULL)
			sleepers = t->next;
		else
			prev->next = t->next;
		if (sleepers_end == t)
			sleepers_end = prev;
		return t;
	}
	return NULL;
}

void
model_futex_wake(int *word, int n)
{
	struct mt *me = model.self, *t;
	uint64_t at;

	if (!model.is_on)
		return;
	me->clock += model.profile.syscall;
	me->credit = 0;
	me->spin.others++;
	if (me->clock > model.limit)
		sched_turn();
	while (n-- > 0 && (t = take_sleeper(word)) != NULL) {
		model.n.futex_wakes++;
		me->clock += model.profile.futex_wake;
		at = me->clock + model.profile.wake_latency;
		if (at > t->clock)
			t->clock = at;
		sched_place(t);
	}
}

void
model_waited(uint64_t cycles)
{
	if (!model.is_on)
		return;
	model.n.lock_waits++;
	model.n.lock_wait_cycles += cycles;
}

void
calls_forget(void)
{
	sleepers = sleepers_end = NULL;
}
