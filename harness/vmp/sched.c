/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched.c - runs a scenario on virtual threads; see vmp.h and sched.h.
 * Called by explore.c, tsan.c and guests.
 */
#define _GNU_SOURCE 1
#include "harness/vmp/sched.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/vmp/undo.h"

struct vmp_now vmp_now;
struct vthread vmp_threads[VMP_THREADS_MAX];
void (*vmp_at_thread_end)(void);

static struct fiber host;
static jmp_buf host_out; /* of a check that fails outside of fibers */

/* --- the end of a run ---------------------------------------------------- */

static _Noreturn void
leave_run(void)
{
	struct vthread *t = vmp_now.self;

	vmp_now.self = NULL;
	vmp_now.phase = PHASE_OFF;
	if (t == NULL)
		longjmp(host_out, 1);
	fiber_switch(&t->fiber, &host);
	abort(); /* nobody goes back */
}

static _Noreturn void
stop(const char *fmt, va_list ap)
{
	vmp_now.phase = PHASE_OFF;
	vmp_now.result->failed = true;
	vsnprintf(vmp_now.result->text, sizeof(vmp_now.result->text), fmt, ap);
	leave_run();
}

void
vmp_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	stop(fmt, ap);
}

/* A guest touched memory that is not there. */
static void
crashed(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (vmp_now.phase == PHASE_OFF) {
		signal(sig, SIG_DFL);
		return;
	}
	vmp_fail("%s at address %p", strsignal(sig), info->si_addr);
}

const char *
vmp_init(void)
{
	static char alt[64 << 10];
	struct sigaction a = {.sa_sigaction = crashed,
	    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof(alt)};

	fiber_adopt(&host);
	for (unsigned i = 0; i < VMP_THREADS_MAX; i++) {
		vmp_threads[i].id = i;
		if (!fiber_make(&vmp_threads[i].fiber))
			return "no memory for stacks, or no threads";
	}
	sigaltstack(&ss, NULL);
	sigaction(SIGSEGV, &a, NULL);
	sigaction(SIGBUS, &a, NULL);
	sigaction(SIGFPE, &a, NULL);
	return NULL;
}

/* --- choices ------------------------------------------------------------- */

static void
switch_to(struct vthread *t)
{
	struct vthread *from = vmp_now.self;

	if (t == from)
		return;
	vmp_now.self = t;
	fiber_switch(from == NULL ? &host : &from->fiber, &t->fiber);
}

static void
wake_paused(void)
{
	for (unsigned i = 0; i < vmp_now.n; i++)
		if (vmp_threads[i].state == VTHREAD_PAUSED)
			vmp_threads[i].state = VTHREAD_READY;
}

/* The oldest store of a buffer reaches memory. */
static void
drain_one(struct vthread *t)
{
	struct vmp_buffered b = t->buffer[0];

	t->nbuffer--;
	memmove(&t->buffer[0], &t->buffer[1], t->nbuffer * sizeof(b));
	undo_note(b.p, b.n);
	memcpy((void *)b.p, &b.value, b.n);
	if (vmp_now.how->trace)
		trace_buffered(true, t->id, b.p, b.n, b.value);
	wake_paused();
}

void
vmp_drain(struct vthread *t)
{
	while (t->nbuffer != 0)
		drain_one(t);
}

void
vmp_drain_all(void)
{
	for (unsigned i = 0; i < vmp_now.n; i++)
		vmp_drain(&vmp_threads[i]);
}

/* Nobody can run: time goes on until the first of those that sleep awakes.
 * False: nobody sleeps. */
static bool
wake_sleepers(void)
{
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < vmp_now.n; i++)
		if (vmp_threads[i].state == VTHREAD_SLEEPS &&
		    vmp_threads[i].wakes_at < first)
			first = vmp_threads[i].wakes_at;
	if (first == UINT64_MAX)
		return false;
	vmp_now.clock = first;
	for (unsigned i = 0; i < vmp_now.n; i++)
		if (vmp_threads[i].state == VTHREAD_SLEEPS &&
		    vmp_threads[i].wakes_at == first)
			vmp_threads[i].state = VTHREAD_READY;
	return true;
}

const struct vmp_option *
vmp_choose(const struct vmp_option *o, unsigned n, bool is_free, bool is_shared)
{
	struct vmp_result *r = vmp_now.result;
	struct vmp_schedule *s = &r->schedule;
	uint32_t d = (uint32_t)r->decisions++;
	unsigned c = n > 1 ? policy_choose(o, n, d, is_free, is_shared) : 0;

	if (c != 0 && s->n < VMP_EVENTS_MAX)
		s->event[s->n++] = (struct vmp_event){
		    d, (uint8_t)o[c].kind, (uint8_t)o[c].thread};
	return &o[c];
}

/* Who could run, the caller first if it may go on. */
static unsigned
list_switches(struct vmp_option *o, bool may_stay)
{
	unsigned first = vmp_now.self == NULL ? 0 : vmp_now.self->id, n = 0;

	for (unsigned i = may_stay || vmp_now.self == NULL ? 0 : 1;
	     i < vmp_now.n; i++) {
		unsigned id = (first + i) % vmp_now.n;

		if (vmp_threads[id].state == VTHREAD_READY)
			o[n++] = (struct vmp_option){VMP_SWITCH, id};
	}
	return n;
}

static unsigned
list_drains(struct vmp_option *o)
{
	unsigned n = 0;

	for (unsigned i = 0; i < vmp_now.n; i++)
		if (vmp_threads[i].nbuffer != 0)
			o[n++] = (struct vmp_option){VMP_DRAIN, i};
	return n;
}

/* Before a step of the thread that runs. */
static void
decide(bool is_shared)
{
	struct vmp_option o[2 * VMP_THREADS_MAX];
	const struct vmp_option *c;
	unsigned n;

	/* A search takes none of the options there. */
	if (!is_shared && vmp_now.how->mode == VMP_DFS) {
		vmp_now.result->decisions++;
		return;
	}
	for (;;) {
		n = list_switches(o, true);
		n += list_drains(o + n);
		c = vmp_choose(o, n, false, is_shared);
		if (c->kind == VMP_SWITCH)
			break;
		drain_one(&vmp_threads[c->thread]);
	}
	switch_to(&vmp_threads[c->thread]);
}

static const char *
what_blocks(void)
{
	static char text[128];
	size_t len = 0;

	for (unsigned i = 0; i < vmp_now.n; i++)
		if (vmp_threads[i].state == VTHREAD_BLOCKED && len < 100)
			len += (size_t)snprintf(
			    text + len, sizeof(text) - len, " %u", i);
	return text;
}

/* The thread that runs cannot go on. */
void
vmp_give_way(void)
{
	struct vmp_option o[VMP_THREADS_MAX];
	unsigned left = 0, n;

	n = list_switches(o, false);
	if (n == 0) {
		if (!wake_sleepers())
			wake_paused();
		n = list_switches(o, vmp_now.self != NULL &&
					 vmp_now.self->state == VTHREAD_READY);
	}
	if (n == 0) {
		for (unsigned i = 0; i < vmp_now.n; i++)
			left += vmp_threads[i].state != VTHREAD_ENDED;
		if (left != 0)
			vmp_fail("deadlock: these wait for ever: thread%s",
			    what_blocks());
		leave_run();
	}
	switch_to(&vmp_threads[vmp_choose(o, n, true, true)->thread]);
}

/* --- steps --------------------------------------------------------------- */

static bool
is_own_stack(uintptr_t p)
{
	return p - (uintptr_t)vmp_now.self->fiber.stack < FIBER_STACK_BYTES;
}

static void
take_step(uintptr_t p, size_t n, enum vmp_kind kind)
{
	struct vmp_result *r = vmp_now.result;
	bool has_place = n != 0;

	if (++r->steps > vmp_now.how->steps_max)
		vmp_fail("no end after %llu steps",
		    (unsigned long long)vmp_now.how->steps_max);
	decide(!has_place || sharing_is_shared(p, n));
	if (has_place)
		sharing_note(p, n, vmp_now.self->id, vmp_kind_writes(kind));
}

/* The guest itself makes plain accesses, which so cannot wait in a buffer, nor
 * be served from it.  What it writes for itself alone need not be in order. */
static void
drain_before(uintptr_t p, size_t n, enum vmp_kind kind)
{
	struct vthread *t = vmp_now.self;

	if (t->nbuffer == 0 || kind == VMP_STORE)
		return;
	if (kind == VMP_WRITE && sharing_is_shared(p, n))
		vmp_drain(t);
	if (vmp_kind_drains(kind))
		vmp_drain(t);
	for (unsigned i = 0; kind == VMP_READ && i < t->nbuffer; i++)
		if (t->buffer[i].p < p + n &&
		    p < t->buffer[i].p + t->buffer[i].n)
			vmp_drain(t);
}

bool
vmp_step(uintptr_t p, size_t n, enum vmp_kind kind, const void *pc)
{
	bool writes = n != 0 && vmp_kind_writes(kind);

	if (vmp_now.phase == PHASE_OFF)
		return false;
	if (vmp_now.phase == PHASE_ALONE) {
		if (writes)
			undo_note(p, n);
		return false;
	}
	if (kind <= VMP_WRITE && is_own_stack(p))
		return true;
	if (!vmp_now.is_indivisible)
		take_step(p, n, kind);
	else if (n != 0)
		sharing_note(p, n, vmp_now.self->id, writes);
	drain_before(p, n, kind);
	if (n != 0 && sharing_is_forbidden(p, n) && !vmp_now.is_indivisible) {
		if (vmp_now.how->trace)
			trace_step(vmp_now.self->id, p, n, kind, pc);
		vmp_fail("thread %u touches memory that was freed",
		    vmp_now.self->id);
	}
	if (writes) {
		undo_note(p, n);
		wake_paused();
	}
	if (vmp_now.how->trace)
		trace_step(vmp_now.self->id, p, n, kind, pc);
	return true;
}

bool
vmp_buffer_store(uintptr_t p, unsigned n, uint64_t value)
{
	const struct vmp_option *c;
	struct vmp_option o[2];
	struct vthread *t;

	if (vmp_now.phase != PHASE_RUN || !vmp_now.how->tso ||
	    n > sizeof(value) || vmp_now.is_indivisible)
		return false;
	t = vmp_now.self;
	/* In order: behind one that waits, all wait. */
	if (t->nbuffer == 0) {
		o[0] = (struct vmp_option){VMP_SWITCH, t->id};
		o[1] = (struct vmp_option){VMP_DELAY, t->id};
		c = vmp_choose(o, 2, false, sharing_is_shared(p, n));
		if (c->kind == VMP_SWITCH)
			return false;
	}
	if (t->nbuffer == VMP_BUFFER_MAX)
		drain_one(t);
	t->buffer[t->nbuffer++] = (struct vmp_buffered){p, n, value};
	if (vmp_now.how->trace)
		trace_buffered(false, t->id, p, n, value);
	return true;
}

bool
vmp_buffer_load(uintptr_t p, unsigned n, uint64_t *value)
{
	struct vthread *t = vmp_now.self;

	if (vmp_now.phase != PHASE_RUN || t->nbuffer == 0)
		return false;
	for (unsigned i = t->nbuffer; i-- > 0;) {
		struct vmp_buffered *b = &t->buffer[i];

		if (b->p == p && b->n == n) {
			*value = b->value;
			return true;
		}
		if (b->p < p + n && p < b->p + b->n) {
			vmp_drain(t);
			return false;
		}
	}
	return false;
}

/* --- a run --------------------------------------------------------------- */

static _Noreturn void
end_thread(struct vthread *t)
{
	if (vmp_at_thread_end != NULL)
		vmp_at_thread_end();
	/* Others may run before the last stores are seen. */
	if (t->nbuffer != 0)
		vmp_step(0, 0, VMP_END, NULL);
	t->state = VTHREAD_ENDED;
	vmp_give_way();
	abort(); /* nobody goes back */
}

static void
run_thread(void *arg)
{
	struct vthread *t = arg;

	if (vmp_now.scenario->enter != NULL)
		vmp_now.scenario->enter(t->id);
	vmp_now.self = NULL;
	fiber_switch(&t->fiber, &host);
	vmp_now.scenario->body(t->id);
	end_thread(t);
}

static void
run_born(void *arg)
{
	struct vthread *t = arg;

	t->start(t->arg);
	end_thread(t);
}

bool
vmp_spawn(void (*start)(void *), void *arg)
{
	struct vthread *t;

	if (vmp_now.phase != PHASE_RUN)
		return false;
	vmp_step(0, 0, VMP_FENCE, __builtin_return_address(0));
	if (vmp_now.n == VMP_THREADS_MAX)
		return false;
	t = &vmp_threads[vmp_now.n++];
	t->start = start;
	t->arg = arg;
	t->state = VTHREAD_READY;
	t->is_away = false;
	t->nbuffer = 0;
	policy_born(t);
	fiber_start(&t->fiber, run_born, t);
	return true;
}

static void
run_threads(void)
{
	for (unsigned i = 0; i < vmp_now.n; i++) {
		struct vthread *t = &vmp_threads[i];

		t->state = VTHREAD_READY;
		t->is_away = false;
		t->nbuffer = 0;
		fiber_start(&t->fiber, run_thread, t);
		switch_to(t);
		if (vmp_now.phase == PHASE_OFF)
			return;
	}
	policy_start(vmp_now.how, vmp_threads, vmp_now.n);
	vmp_now.phase = PHASE_RUN;
	vmp_give_way();
}

void
vmp_run(const struct vmp_scenario *sc, const struct vmp_run *how,
    struct vmp_result *result)
{
	memset(result, 0, offsetof(struct vmp_result, schedule));
	result->schedule.n = 0;
	vmp_now.scenario = sc;
	vmp_now.how = how;
	vmp_now.result = result;
	vmp_now.n = sc->threads;
	vmp_now.self = NULL;
	vmp_now.is_indivisible = false;
	vmp_now.clock = 0;
	vmp_now.phase = PHASE_ALONE;
	trace_start();
	sharing_start_run();
	if (setjmp(host_out) == 0) {
		if (sc->prepare != NULL)
			sc->prepare();
		run_threads();
		if (!result->failed && sc->check != NULL) {
			vmp_now.phase = PHASE_ALONE;
			sc->check();
		}
	}
	vmp_now.phase = PHASE_OFF;
	undo_all();
	policy_end(sharing_count());
}
