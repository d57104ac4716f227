/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_access.c - an access of a guest: of a line that is its core's own, or
 * of one that others know; see model_core.h.  Called by tsan.c.
 */
#define _GNU_SOURCE 1
#include <string.h>
#include <sys/mman.h>

#include "harness/vmp/model_core.h"

enum {
	/* The table of lines: a piece for each 256 MiB of addresses. */
	PIECE_SHIFT = 28,
	PIECES = 1 << (47 - PIECE_SHIFT),
	PIECE_LINES = 1 << (PIECE_SHIFT - MODEL_LINE_SHIFT),
	/* In it: 0 untouched, 1 + core one core's own, or FIRST_LINE + i. */
	FIRST_LINE = 1 << 12,
	LINES_MAX = 1 << 22,
};

static uint32_t *pieces[PIECES];
static struct line *lines;
static uint32_t nlines;
static struct line *last; /* of the last step; NULL: its core's own */

static void *
map(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

bool
lines_init(void)
{
	lines = map(LINES_MAX * sizeof(*lines));
	return lines != NULL;
}

void
lines_forget(void)
{
	for (size_t i = 0; i < PIECES; i++)
		if (pieces[i] != NULL)
			madvise(pieces[i], PIECE_LINES * sizeof(*pieces[i]),
			    MADV_DONTNEED);
	nlines = 0;
}

struct line *
lines_of(size_t *n)
{
	*n = nlines;
	return lines;
}

void
lines_count_from_here(void)
{
	for (uint32_t i = 0; i < nlines; i++)
		memset(&lines[i].n, 0, sizeof(lines[i].n));
}

static uint32_t *
entry_of(uintptr_t p)
{
	size_t i = p >> PIECE_SHIFT;

	if (i >= PIECES)
		sched_fail("a guest touches the address %#lx", p);
	if (__builtin_expect(pieces[i] == NULL, 0)) {
		pieces[i] = map(PIECE_LINES * sizeof(*pieces[i]));
		if (pieces[i] == NULL)
			sched_fail("no memory for the model's table of lines");
	}
	return &pieces[i][(p >> MODEL_LINE_SHIFT) % PIECE_LINES];
}

static struct line *
share(uint32_t *entry, uintptr_t p)
{
	uint32_t first = *entry;
	struct line *l = &lines[nlines];

	if (nlines == LINES_MAX)
		sched_fail("more than %d lines are shared", LINES_MAX);
	memset(l, 0, sizeof(*l));
	l->p = p >> MODEL_LINE_SHIFT << MODEL_LINE_SHIFT;
	l->owner = (int16_t)(first - 1);
	l->taker = -1;
	l->sharers[(first - 1) / 64] = UINT64_C(1) << (first - 1) % 64;
	*entry = FIRST_LINE + nlines++;
	return l;
}

/* --- accesses ------------------------------------------------------------ */

static inline void
hit(struct mt *t, enum access kind)
{
	const struct profile *p = &model.profile;

	switch (kind) {
	case ACCESS_READ:
		t->clock += p->l1;
		return;
	case ACCESS_WRITE:
		t->clock += p->store;
		return;
	case ACCESS_RMW:
		t->clock += p->rmw;
		break;
	case ACCESS_RMW16:
		t->clock += p->rmw16;
		break;
	}
	t->credit = 0;
}

/* What nobody else sees may be early, but not for ever: what the thread waits
 * for may be another's. */
static inline void
run_ahead(struct mt *t)
{
	if (t->clock > model.limit && t->clock - model.limit > MODEL_LOOKAHEAD)
		sched_turn();
}

static void
access_shared(struct line *l, enum access kind, const void *pc)
{
	struct mt *t = model.self;

	model.n.shared++;
	l->n.accesses++;
	last = l;
	if (kind == ACCESS_READ && !l->is_written && lines_has(l, t->core)) {
		t->clock += model.profile.l1;
		run_ahead(t);
		return;
	}
	if (t->clock > model.limit)
		sched_turn();
	sched_preempt();
	model.n.digest = (model.n.digest ^ (t->clock * 512 + t->id)) *
			 UINT64_C(0x100000001b3);
	if (kind != ACCESS_READ)
		l->is_written = true;
	if (!lines_can_hit(l, t, kind)) {
		lines_miss(l, kind, pc);
		if (kind == ACCESS_READ)
			t->spin.misses++;
		else
			t->spin.others++;
	} else if (kind == ACCESS_READ) {
		t->spin.reads++;
		t->spin.line = l;
	} else {
		t->spin.others++;
	}
	hit(t, kind);
}

static inline void
access_line(uintptr_t p, enum access kind, const void *pc)
{
	struct mt *t = model.self;
	uint32_t *entry = entry_of(p);

	model.n.accesses++;
	model.n.rmws += kind >= ACCESS_RMW;
	t->clock += model.profile.instr;
	if (*entry >= FIRST_LINE) {
		access_shared(&lines[*entry - FIRST_LINE], kind, pc);
		return;
	}
	if (*entry != 0 && *entry != t->core + 1) {
		access_shared(share(entry, p), kind, pc);
		return;
	}
	if (*entry == 0) {
		*entry = t->core + 1;
		t->clock += model.profile.cold;
	}
	last = NULL;
	t->spin.others += kind != ACCESS_READ;
	hit(t, kind);
	run_ahead(t);
}

static const uint8_t access_of[VMP_KINDS] = {
    [VMP_READ] = ACCESS_READ,
    [VMP_WRITE] = ACCESS_WRITE,
    [VMP_LOAD] = ACCESS_READ,
    [VMP_STORE] = ACCESS_WRITE,
    [VMP_STORE_SC] = ACCESS_RMW,
    [VMP_RMW] = ACCESS_RMW,
};

bool
vmp_step(uintptr_t p, size_t n, enum vmp_kind kind, const void *pc)
{
	const uintptr_t line = UINT64_C(1) << MODEL_LINE_SHIFT;
	enum access a = access_of[kind];

	if (!model.is_on)
		return false;
	if (n == 0) {
		model.self->clock += model.profile.fence;
		model.self->credit = 0;
		return true;
	}
	if (kind == VMP_RMW && n == 16)
		a = ACCESS_RMW16;
	access_line(p, a, pc);
	for (uintptr_t q = (p | (line - 1)) + 1; q < p + n; q += line)
		access_line(q, a, pc);
	if (__builtin_expect(model.config->accesses_max != 0 &&
				 model.n.accesses > model.config->accesses_max,
		0))
		sched_fail("no end after %llu accesses",
		    (unsigned long long)model.config->accesses_max);
	return true;
}

void
vmp_values(uint64_t found, uint64_t left, bool done)
{
	(void)found;
	(void)left;
	if (done || !model.is_on)
		return;
	model.n.cas_failures++;
	if (last != NULL)
		last->n.cas_failures++;
}

/* Stores wait nowhere: what a store buffer hides is store_overlap. */
bool
vmp_buffer_store(uintptr_t p, unsigned n, uint64_t value)
{
	(void)p;
	(void)n;
	(void)value;
	return false;
}

bool
vmp_buffer_load(uintptr_t p, unsigned n, uint64_t *value)
{
	(void)p;
	(void)n;
	(void)value;
	return false;
}
