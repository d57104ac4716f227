/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_sched.c - virtual time: the thread with the smallest clock runs; see
 * model.h.  Called by programs that run the model, and by guests.
 *
 * Who has which core is model_cores.c; threads that are started in a run are
 * model_spawn.c.
 */
#define _GNU_SOURCE 1
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/vmp/model_core.h"
#include "harness/vmp/vmp.h"

struct model model;
struct mt model_threads[MODEL_AT_ONCE_MAX];

static unsigned nmade;                         /* threads that have a fiber */
static struct mt *heap[MODEL_AT_ONCE_MAX + 1]; /* from 1 */
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

/* --- a run ---------------------------------------------------------------- */

/* In turn, when nothing is counted any more. */
static void
next_in_turn(void)
{
	for (unsigned i = 1; i <= model.threads; i++) {
		struct mt *t =
		    &model_threads[(model.self->id + i) % model.threads];

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
		if (model.spawned != 0)
			sched_fail("of %u threads that were started nobody "
				   "has seen the end",
			    model.spawned);
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
		if (&model_threads[i] == model.self)
			continue;
		model_threads[i].clock = now + model_random() % START_SPREAD;
		model_threads[i].started = model_threads[i].clock;
		sched_place(&model_threads[i]);
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
		model_threads[i].state = MT_READY;
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
	if (cores_is_wanted(t->core)) {
		cores_give_turn(t);
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
	for (; nmade < n && nmade < MODEL_AT_ONCE_MAX; nmade++)
		if (!fiber_make(&model_threads[nmade].fiber))
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
	t->is_bound = !model.is_crowded;
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
	model.is_crowded = model.threads > model.cores;
	model.spawned = 0;
	memset(&model.n, 0, sizeof(model.n));
	cores_forget();
	spawn_forget(nmade);
	nheap = nmet = nended = 0;
	random_state = c->seed;
	calls_forget();
	sites_forget();
	if (!c->goes_on) {
		lines_forget();
		last_clock = 0;
	}
	for (unsigned i = 0; i < c->threads; i++)
		start_thread(&model_threads[i], i);
}

static void
add_up(struct model_counts *out)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (unsigned i = 0; i < model.threads; i++) {
		if (model_threads[i].started < first)
			first = model_threads[i].started;
		if (model_threads[i].ended > last)
			last = model_threads[i].ended;
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
