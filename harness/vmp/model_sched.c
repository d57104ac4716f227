/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_sched.c - virtual time: the thread with the smallest clock runs; see
 * model.h.  Called by programs that run the model, and by guests.
 *
 * A core has one thread at a time.  Where there are more threads, those that
 * have none wait in a queue, and a thread gives its core up when it sleeps or
 * when its quantum is over.
 */
#define _GNU_SOURCE 1
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/vmp/model_core.h"
#include "harness/vmp/vmp.h"

struct model model;

static struct mt threads[MODEL_THREADS_MAX];
static unsigned nmade; /* threads that have a fiber */
static struct mt *on_core[PROFILE_CORES_MAX];
static struct mt *wait_end;
static struct mt *heap[MODEL_THREADS_MAX + 1]; /* from 1 */
static unsigned nheap;
static struct fiber host;
static char *why_failed; /* NULL: nothing did */
static unsigned nmet, nended;
static uint64_t random_state;
static uint64_t last_clock; /* of the last run */

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014). */
uint64_t
model_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* --- heap --------------------------------------------------------------- */

static bool
is_before(const struct mt *a, const struct mt *b)
{
	return a->clock < b->clock || (a->clock == b->clock && a->id < b->id);
}

static void
heap_put(struct mt *t, unsigned i)
{
	heap[i] = t;
	t->heap_at = i;
}

static void
heap_up(struct mt *t, unsigned i)
{
	for (; i > 1 && is_before(t, heap[i / 2]); i /= 2)
		heap_put(heap[i / 2], i);
	heap_put(t, i);
}

static void
heap_down(struct mt *t, unsigned i)
{
	for (unsigned c; (c = 2 * i) <= nheap; i = c) {
		if (c < nheap && is_before(heap[c + 1], heap[c]))
			c++;
		if (!is_before(heap[c], t))
			break;
		heap_put(heap[c], i);
	}
	heap_put(t, i);
}

static void
set_limit(void)
{
	model.limit = nheap == 0 ? UINT64_MAX : heap[1]->clock;
}

static struct mt *
heap_pop(void)
{
	struct mt *t = heap[1], *last = heap[nheap--];

	t->heap_at = 0;
	if (nheap > 0)
		heap_down(last, 1);
	return t;
}

void
sched_ready(struct mt *t)
{
	heap_up(t, ++nheap);
	set_limit();
}

void
sched_clock(struct mt *t, uint64_t clock)
{
	bool is_earlier = clock < t->clock;

	t->clock = clock;
	if (is_earlier)
		heap_up(t, t->heap_at);
	else
		heap_down(t, t->heap_at);
	set_limit();
}

/* --- who runs ------------------------------------------------------------ */

static void
to_host(void)
{
	struct mt *t = model.self;

	model.is_on = false;
	model.self = NULL;
	fiber_switch(&t->fiber, &host);
}

void
sched_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (model.self == NULL) {
		vfprintf(stderr, fmt, ap);
		fputc('\n', stderr);
		exit(2);
	}
	vsnprintf(why_failed, MODEL_WHY_MAX, fmt, ap);
	va_end(ap);
	nended = model.threads + 1; /* nobody goes on */
	to_host();
	abort();
}

void
vmp_fail(const char *fmt, ...)
{
	char text[MODEL_WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sched_fail("%s", text);
}

static void
switch_to(struct mt *t)
{
	struct mt *from = model.self;

	if (t == from)
		return;
	model.n.fiber_switches++;
	model.self = t;
	fiber_switch(&from->fiber, &t->fiber);
}

void
sched_next(void)
{
	struct mt *t;

	for (;;) {
		if (nheap == 0 || heap[1]->clock >= MODEL_NEVER)
			sched_fail("deadlock: threads wait for ever");
		t = heap_pop();
		if (t->state == MT_SPINS)
			lines_stop_spin(t);
		if (t->state != MT_SLEEPS)
			break;
		sched_place(t);
	}
	t->state = MT_READY;
	set_limit();
	switch_to(t);
}

void
sched_turn(void)
{
	struct mt *t = model.self, *next;

	if (nheap == 0 || is_before(t, heap[1]))
		return;
	next = heap[1];
	if (next->state != MT_READY) {
		sched_ready(t);
		sched_next();
		return;
	}
	next->heap_at = 0;
	heap_down(t, 1);
	set_limit();
	switch_to(next);
}

/* --- cores --------------------------------------------------------------- */

static void
take_core(struct mt *t, unsigned core)
{
	t->core = core;
	on_core[core] = t;
	t->quantum_end = model.threads > model.cores
			     ? t->clock + model.profile.quantum
			     : MODEL_NEVER;
	t->state = MT_READY;
	sched_ready(t);
}

static void
wait_for_core(struct mt *t)
{
	t->state = MT_WAITS;
	t->next = NULL;
	if (model.wait == NULL)
		model.wait = t;
	else
		wait_end->next = t;
	wait_end = t;
}

void
sched_place(struct mt *t)
{
	unsigned core = t->core;

	if (on_core[core] != NULL)
		for (core = 0; core < model.cores; core++)
			if (on_core[core] == NULL)
				break;
	if (core == model.cores)
		wait_for_core(t);
	else
		take_core(t, core);
}

void
sched_leave_core(struct mt *t)
{
	struct mt *next = model.wait;
	uint64_t now = t->clock;

	on_core[t->core] = NULL;
	if (next == NULL)
		return;
	model.wait = next->next;
	if (next->clock < now)
		next->clock = now;
	next->clock += model.profile.context_switch;
	take_core(next, t->core);
}

void
sched_preempt(void)
{
	struct mt *t = model.self;

	if (t->clock < t->quantum_end)
		return;
	if (model.wait == NULL) {
		t->quantum_end = t->clock + model.profile.quantum;
		return;
	}
	model.n.preemptions++;
	sched_leave_core(t);
	wait_for_core(t);
	sched_next();
}

/* --- a run ---------------------------------------------------------------- */

/* In turn, when nothing is counted any more. */
static void
next_in_turn(void)
{
	for (unsigned i = 1; i <= model.threads; i++) {
		struct mt *t = &threads[(model.self->id + i) % model.threads];

		if (t->state != MT_ENDED) {
			switch_to(t);
			return;
		}
	}
	to_host();
}

static bool
all_meet(void)
{
	if (++nmet == model.threads) {
		nmet = 0;
		return true;
	}
	model.self->state = MT_MEETS;
	sched_leave_core(model.self);
	sched_next();
	return false;
}

/* They do not start in step. */
enum { START_SPREAD = 400 };

void
model_gate(void)
{
	uint64_t now = model.self->clock;

	if (!all_meet())
		return;
	memset(&model.n, 0, sizeof(model.n));
	lines_count_from_here();
	sites_forget();
	model.self->started = now;
	for (unsigned i = 0; i < model.threads; i++) {
		if (&threads[i] == model.self)
			continue;
		threads[i].clock = now + model_random() % START_SPREAD;
		threads[i].started = threads[i].clock;
		sched_place(&threads[i]);
	}
}

void
model_stop(void)
{
	model.self->ended = model.self->clock;
	if (!all_meet())
		return;
	model.is_on = false;
	for (unsigned i = 0; i < model.threads; i++)
		threads[i].state = MT_READY;
}

static void
run_thread(void *arg)
{
	struct mt *t = arg;

	model.config->body(t->id);
	if (model.is_on)
		model_stop();
	t->state = MT_ENDED;
	if (++nended == model.threads)
		to_host();
	else
		next_in_turn();
	abort(); /* nobody goes back */
}

void
model_yield(void)
{
	struct mt *t = model.self;

	if (t == NULL)
		return;
	if (!model.is_on) {
		next_in_turn();
		return;
	}
	t->clock += model.profile.syscall;
	t->credit = 0;
	t->spin.others++;
	if (model.wait != NULL) {
		sched_leave_core(t);
		wait_for_core(t);
		sched_next();
	} else if (t->clock > model.limit) {
		sched_turn();
	}
}

void
model_sleep(uint64_t cycles)
{
	struct mt *t = model.self;

	if (t == NULL || !model.is_on) {
		model_yield();
		return;
	}
	t->clock += model.profile.syscall;
	sched_leave_core(t);
	t->clock += cycles + model.profile.wake_latency;
	t->credit = 0;
	t->spin.others++;
	t->state = MT_SLEEPS;
	sched_ready(t);
	sched_next();
}

const char *
model_init(unsigned n)
{
	if (nmade == 0) {
		fiber_adopt(&host);
		if (!lines_init())
			return "no memory for the model's tables";
	}
	for (; nmade < n && nmade < MODEL_THREADS_MAX; nmade++)
		if (!fiber_make(&threads[nmade].fiber))
			return "no memory for stacks, or no threads";
	return NULL;
}

static void
start_thread(struct mt *t, unsigned id)
{
	struct fiber f = t->fiber;

	memset(t, 0, sizeof(*t));
	t->fiber = f;
	t->id = id;
	t->core = id % model.cores;
	t->clock = t->started = last_clock + model_random() % START_SPREAD;
	fiber_start(&t->fiber, run_thread, t);
	sched_place(t);
}

static void
start_all(const struct model_config *c)
{
	model.config = c;
	model.profile = *c->profile;
	model.threads = c->threads;
	model.cores = c->cores != 0 ? c->cores : c->threads;
	if (model.cores > model.profile.cores)
		model.cores = (unsigned)model.profile.cores;
	model.wait = NULL;
	memset(&model.n, 0, sizeof(model.n));
	memset(on_core, 0, sizeof(on_core));
	nheap = nmet = nended = 0;
	random_state = c->seed;
	calls_forget();
	sites_forget();
	if (!c->goes_on) {
		lines_forget();
		last_clock = 0;
	}
	for (unsigned i = 0; i < c->threads; i++)
		start_thread(&threads[i], i);
}

static void
add_up(struct model_counts *out)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (unsigned i = 0; i < model.threads; i++) {
		if (threads[i].started < first)
			first = threads[i].started;
		if (threads[i].ended > last)
			last = threads[i].ended;
	}
	*out = model.n;
	out->makespan = last - first;
	last_clock = last;
}

bool
model_run(const struct model_config *c, struct model_counts *out, char *why)
{
	struct mt *first;

	why[0] = '\0';
	why_failed = why;
	start_all(c);
	first = heap_pop();
	set_limit();
	model.self = first;
	model.is_on = true;
	fiber_switch(&host, &first->fiber);
	model.is_on = false;
	if (nended != model.threads)
		return false;
	add_up(out);
	return true;
}
