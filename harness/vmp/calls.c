/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calls.c - what guests may ask of the virtual multiprocessor; see vmp.h.
 * Called by guests and guest_lock.c.
 */
#include "harness/vmp/sched.h"
#include "harness/vmp/undo.h"

unsigned
vmp_self(void)
{
	return vmp_now.self == NULL ? VMP_THREADS_MAX : vmp_now.self->id;
}

const void *
vmp_arg(void)
{
	return vmp_now.scenario->arg;
}

void
vmp_pause(void)
{
	if (vmp_now.phase != PHASE_RUN || vmp_now.is_indivisible)
		return;
	vmp_step(0, 0, VMP_PAUSE, __builtin_return_address(0));
	vmp_now.self->state = VTHREAD_PAUSED;
	policy_paused(vmp_now.self);
	vmp_give_way();
}

void
vmp_yield(void)
{
	vmp_pause();
}

static void
block(uintptr_t what)
{
	if (vmp_now.phase != PHASE_RUN)
		vmp_fail("waits for ever: nobody else is left");
	vmp_now.self->waits_for = what;
	vmp_now.self->state = VTHREAD_BLOCKED;
	vmp_give_way();
}

static void
unblock(uintptr_t what)
{
	for (unsigned i = 0; i < vmp_now.n; i++)
		if (vmp_threads[i].state == VTHREAD_BLOCKED &&
		    vmp_threads[i].waits_for == what)
			vmp_threads[i].state = VTHREAD_READY;
}

bool
vmp_trylock(int *word, const void *pc)
{
	bool done;

	vmp_step((uintptr_t)word, sizeof(*word), VMP_TAKE, pc);
	done = *word == 0;
	if (vmp_now.phase == PHASE_RUN && vmp_now.how->trace)
		vmp_values((uint64_t)*word, vmp_self() + 1, done);
	if (done)
		*word = (int)vmp_self() + 1;
	return done;
}

void
vmp_lock(int *word, const void *pc)
{
	while (!vmp_trylock(word, pc))
		if (*word != 0)
			block((uintptr_t)word);
}

void
vmp_unlock(int *word, const void *pc)
{
	vmp_step((uintptr_t)word, sizeof(*word), VMP_LEAVE, pc);
	*word = 0;
	unblock((uintptr_t)word);
}

void
vmp_futex_wait(_Atomic(int) *word, int seen)
{
	vmp_step((uintptr_t)word, sizeof(*word), VMP_WAIT,
	    __builtin_return_address(0));
	if (*(volatile int *)(void *)word == seen)
		block((uintptr_t)word);
}

void
vmp_futex_wake(_Atomic(int) *word)
{
	vmp_step((uintptr_t)word, sizeof(*word), VMP_WAKE,
	    __builtin_return_address(0));
	unblock((uintptr_t)word);
}

void
vmp_sleep(uint64_t ns)
{
	if (vmp_now.phase != PHASE_RUN) {
		vmp_now.clock += ns;
		return;
	}
	vmp_step(0, 0, VMP_PAUSE, __builtin_return_address(0));
	vmp_drain(vmp_now.self);
	vmp_now.self->wakes_at = vmp_now.clock + ns;
	vmp_now.self->state = VTHREAD_SLEEPS;
	vmp_give_way();
}

uint64_t
vmp_clock(void)
{
	return vmp_now.clock;
}

void
vmp_barrier(void)
{
	vmp_step(0, 0, VMP_FENCE, __builtin_return_address(0));
	if (vmp_now.phase == PHASE_RUN)
		vmp_drain_all();
}

bool
vmp_is_interrupted(void)
{
	struct vmp_option o[2];

	if (vmp_now.phase != PHASE_RUN || vmp_now.is_indivisible)
		return false;
	o[0] = (struct vmp_option){VMP_SWITCH, vmp_now.self->id};
	o[1] = (struct vmp_option){VMP_INTERRUPT, vmp_now.self->id};
	return vmp_choose(o, 2, false, true)->kind == VMP_INTERRUPT;
}

enum { VIRTUAL_CPUS = 2 };

unsigned
vmp_cpu(void)
{
	const struct vthread *t = vmp_now.self;

	return t == NULL ? 0 : (t->id + t->is_away) % VIRTUAL_CPUS;
}

void
vmp_restartable(uintptr_t p, size_t n, const void *pc)
{
	vmp_step(p, n, VMP_RMW, pc);
	if (vmp_is_interrupted())
		vmp_now.self->is_away ^= true;
}

void
vmp_stop_others(void)
{
	/* What was in their buffers the kernel has copied. */
	vmp_drain_all();
	for (unsigned i = 0; i < vmp_now.n; i++)
		if (&vmp_threads[i] != vmp_now.self)
			vmp_threads[i].state = VTHREAD_ENDED;
}

void
vmp_indivisible(bool on)
{
	vmp_now.is_indivisible = on;
}

void
vmp_forbid(const void *p, size_t n)
{
	sharing_forbid((uintptr_t)p, n, true);
}

void
vmp_allow(const void *p, size_t n)
{
	sharing_forbid((uintptr_t)p, n, false);
}

void
vmp_will_write(const void *p, size_t n)
{
	if (vmp_now.phase != PHASE_OFF)
		undo_note((uintptr_t)p, n);
}
