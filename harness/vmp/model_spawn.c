/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_spawn.c - threads that begin and end in a run of the model; see
 * model.h.  Called by what stands in place of pthread_create() and
 * pthread_join().
 *
 * A slot is a fiber with its stack and its thread-local data, which are as new
 * for each thread; it is used again once the thread has been joined.  A thread
 * that starts one after the other has one slot for all, so that their stacks
 * are the same memory, as those are that a program or the C library keeps.
 */
#include "harness/vmp/model_core.h"
#include "harness/vmp/vmp.h"

void (*vmp_at_thread_end)(void);

static unsigned nslots; /* from model.threads on */

void
spawn_forget(unsigned slots)
{
	nslots = slots;
	for (unsigned i = 0; i < MODEL_AT_ONCE_MAX; i++)
		model_threads[i].spawn.is_used = false;
}

/* That of the last one that t started, if it can be. */
static struct mt *
find_slot(const struct mt *t)
{
	unsigned first = model.threads + t->id;

	for (unsigned i = 0; i < nslots; i++) {
		unsigned id = (first + i) % nslots;

		if (id >= model.threads && !model_threads[id].spawn.is_used)
			return &model_threads[id];
	}
	return NULL;
}

/* The next access of this thread comes when that of all others with a smaller
 * clock have come. */
static void
spend(struct mt *t, uint64_t cycles)
{
	t->clock += cycles;
	t->credit = 0;
	t->spin.others++;
	if (t->clock > model.limit)
		sched_turn();
}

static void
end(struct mt *t)
{
	struct mt *j;

	spend(t, model.profile.thread_end);
	j = t->spawn.joiner;
	t->state = MT_ENDED;
	if (j != NULL) {
		if (j->clock < t->clock)
			j->clock = t->clock;
		/* A core that idles is woken, its own is there. */
		if (!j->is_bound || j->core != t->core)
			j->clock += model.profile.wake_latency;
		sched_place(j);
	}
	sched_leave_core(t);
	sched_next();
}

static void
run_spawned(void *arg)
{
	struct mt *t = arg;

	(void)t->spawn.f(t->spawn.arg);
	if (vmp_at_thread_end != NULL)
		vmp_at_thread_end();
	end(t);
	__builtin_trap(); /* nobody goes back */
}

int
model_spawn(void *(*f)(void *), void *arg)
{
	struct mt *me = model.self, *t;
	struct fiber fiber;
	unsigned id;

	if (!model.is_on)
		sched_fail("a thread is started after the stop");
	spend(me, model.profile.syscall + model.profile.thread_start);
	t = find_slot(me);
	if (t == NULL)
		return -1;
	fiber = t->fiber;
	id = (unsigned)(t - model_threads);
	*t = (struct mt){.fiber = fiber,
	    .id = id,
	    .core = me->core,
	    .is_bound = me->is_bound,
	    .clock = me->clock,
	    .spawn = {.is_used = true, .f = f, .arg = arg}};
	if (!t->is_bound)
		t->clock += model.profile.wake_latency;
	model.spawned++;
	model.n.threads_started++;
	fiber_renew(&t->fiber);
	fiber_start(&t->fiber, run_spawned, t);
	sched_place(t);
	return (int)id;
}

void
model_join(int id)
{
	struct mt *me = model.self, *t = &model_threads[id];

	spend(me, model.profile.syscall);
	if (t->state != MT_ENDED) {
		me->clock += model.profile.futex_wait;
		me->state = MT_BLOCKED;
		me->word = NULL;
		t->spawn.joiner = me;
		sched_leave_core(me);
		sched_next();
	}
	t->spawn.is_used = false;
	model.spawned--;
}

/* A worker of the library's would run on behind the run's end. */
bool
vmp_spawn(void (*start)(void *), void *arg)
{
	(void)start;
	(void)arg;
	return false;
}
