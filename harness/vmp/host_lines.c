/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_lines.c - what it costs here to get a line from another CPU; see host.h.
 * Called by spanlab vmp calibrate.
 *
 * Two threads take turns.  One brings 128 lines into a state, the other walks
 * through them: each access gives the number of the next line, so that none
 * overlaps another, and the order is random, so that none is foreseen.
 */
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "core/atomic.h"
#include "harness/vmp/host.h"

enum { LINES = 128, APART = 256 };

/* Locked additions change the upper half of `next` alone. */
static struct {
	alignas(APART) _Atomic(uint64_t) next;
} line[LINES];
static struct {
	alignas(APART) _Atomic(uint64_t) turn;
	unsigned batches;
	struct host_lines *out;
} shared;

#define UPPER (UINT64_C(1) << 32)
#define LOWER (UPPER - 1)

/* One circle through all, by Sattolo's shuffle. */
static void
shuffle(void)
{
	uint64_t random = 88172645463325252u, at[LINES];

	for (unsigned i = 0; i < LINES; i++)
		at[i] = i;
	for (unsigned i = LINES - 1; i > 0; i--) {
		uint64_t k, was = at[i];

		random = random * 6364136223846793005u + 1442695040888963407u;
		k = (random >> 33) % i;
		at[i] = at[k];
		at[k] = was;
	}
	for (unsigned i = 0; i < LINES; i++)
		line[i].next = at[i];
}

static void
load_all(void)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < LINES; i++)
		/* relaxed: turns order them */
		at = sl_load_rlx(&line[at].next) & LOWER;
	__asm__ volatile("" : "+r"(at));
}

static void
change_all(void)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < LINES; i++)
		/* relaxed: turns order them */
		at = sl_fetch_add_rlx(&line[at].next, UPPER) & LOWER;
	__asm__ volatile("" : "+r"(at));
}

/* Out of all caches, and back into this CPU's, unchanged. */
static void
renew_all(void)
{
#if defined(__x86_64__)
	for (unsigned i = 0; i < LINES; i++)
		__builtin_ia32_clflush((const void *)&line[i]);
	__builtin_ia32_mfence();
#endif
	load_all();
}

static const struct {
	unsigned who;
	void (*run)(void);
	size_t samples; /* of host_lines, + 1; 0: not kept */
} steps[] = {
#define KEPT(name) offsetof(struct host_lines, name) + 1
    {0, change_all, 0},
    {1, load_all, KEPT(read)},
    {0, change_all, KEPT(upgrade)},
    {1, change_all, KEPT(own)},
#if defined(__x86_64__)
    {1, renew_all, 0},
    {0, load_all, KEPT(clean)},
#endif
#undef KEPT
};
enum { NSTEPS = sizeof(steps) / sizeof(steps[0]) };

static void
keep(size_t samples, double ns)
{
	struct host_samples *s = (void *)((char *)shared.out + samples - 1);

	s->ns[s->n++] = ns / LINES;
}

static void
body(unsigned me)
{
	double begun;

	for (uint64_t i = 0; i < (uint64_t)(shared.batches + 1) * NSTEPS; i++) {
		unsigned k = i % NSTEPS;

		if (steps[k].who != me)
			continue;
		/* pairs(host.turn): the other's last step. */
		while (sl_load_acq(&shared.turn) != i)
			sl_cpu_relax();
		begun = host_now_ns();
		steps[k].run();
		if (steps[k].samples != 0 && i >= NSTEPS)
			keep(steps[k].samples, host_now_ns() - begun);
		/* pairs(host.turn): the other's next step. */
		sl_store_rel(&shared.turn, i + 1);
	}
}

bool
host_lines_run(const int cpus[2], unsigned batches, struct host_lines *out)
{
	static void (*const bodies[2])(unsigned) = {body, body};

	memset(out, 0, sizeof(*out));
	shared.turn = 0;
	shared.batches = batches;
	shared.out = out;
	shuffle();
	return host_run_on(cpus, bodies);
}
