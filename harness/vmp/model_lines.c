/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_lines.c - the lines: who has one, who waits for it, how long it takes
 * to get it; see model_core.h.  Called by model_access.c.
 *
 * A directory.  A line is somebody's alone (modified), or has sharers.  A load
 * of a line that is clean only takes its turn at the line's home; a load of one
 * that was changed, and each store to one that is not one's own, is served
 * alone, and what comes meanwhile waits, first come first served unless the
 * profile prefers who is near.  An access happens when it has been served.
 */
#include <string.h>

#include "harness/vmp/model_core.h"

/* --- who has it ---------------------------------------------------------- */

bool
lines_has(const struct line *l, unsigned core)
{
	return (l->sharers[core / 64] >> core % 64 & 1) != 0;
}

static void
add_sharer(struct line *l, unsigned core)
{
	l->sharers[core / 64] |= UINT64_C(1) << core % 64;
}

static unsigned
count_sharers(const struct line *l)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PROFILE_CORES_MAX / 64; i++)
		n += (unsigned)__builtin_popcountll(l->sharers[i]);
	return n;
}

static unsigned
socket_of(unsigned core)
{
	return core / (unsigned)model.profile.cores_per_socket;
}

static unsigned
cluster_of(unsigned core)
{
	return core / (unsigned)model.profile.cores_per_cluster;
}

/* Is there a sharer in core's socket (in others, if `others`)? */
static bool
is_shared_in(const struct line *l, unsigned core, bool others)
{
	for (unsigned i = 0; i < PROFILE_CORES_MAX / 64; i++)
		for (uint64_t m = l->sharers[i]; m != 0; m &= m - 1) {
			unsigned c = i * 64 + (unsigned)__builtin_ctzll(m);

			if ((socket_of(c) != socket_of(core)) == others)
				return true;
		}
	return false;
}

/* --- how long it takes --------------------------------------------------- */

static uint64_t
jitter(uint64_t cycles)
{
	uint64_t w = cycles * model.profile.jitter_pct / 100;

	return w == 0 ? cycles : cycles - w + model_random() % (2 * w + 1);
}

static void
count_transfer(struct line *l, bool is_remote)
{
	l->n.transfers++;
	model.n.transfers++;
	l->n.remote += is_remote;
	model.n.remote += is_remote;
}

/* From the core that changed it. */
static uint64_t
from_owner(struct line *l, unsigned core, bool is_store)
{
	const struct profile *p = &model.profile;
	unsigned owner = (unsigned)l->owner;
	bool is_remote = socket_of(owner) != socket_of(core);

	count_transfer(l, is_remote);
	if (is_store) {
		l->n.invalidations++;
		model.n.invalidations++;
	}
	if (is_remote)
		return is_store ? p->own_remote : p->read_remote;
	if (cluster_of(owner) == cluster_of(core))
		return is_store ? p->own_cluster : p->read_cluster;
	return is_store ? p->own_socket : p->read_socket;
}

/* All others lose their copies. */
static uint64_t
upgrade(struct line *l, unsigned core)
{
	const struct profile *p = &model.profile;
	unsigned others = count_sharers(l) - lines_has(l, core);
	bool is_remote = is_shared_in(l, core, true);

	count_transfer(l, is_remote);
	l->n.invalidations += others;
	model.n.invalidations += others;
	return (is_remote ? p->upgrade_remote : p->upgrade_socket) +
	       (others > 1 ? (others - 1) * p->per_sharer : 0);
}

static uint64_t
latency(struct line *l, unsigned core, bool is_store)
{
	const struct profile *p = &model.profile;

	if (l->owner >= 0)
		return jitter(from_owner(l, core, is_store));
	if (is_store)
		return jitter(upgrade(l, core));
	return jitter(
	    is_shared_in(l, core, false) ? p->clean_socket : p->clean_remote);
}

/* --- requests ------------------------------------------------------------ */

static void
wake_spinners(struct line *l)
{
	struct mt *next;

	for (struct mt *t = l->spinners; t != NULL; t = next) {
		uint64_t turns = 0, clock = t->spin.from;

		next = t->spin.next;
		if (l->lost_at > clock)
			turns = (l->lost_at - clock + t->spin.period - 1) /
				t->spin.period;
		clock += turns * t->spin.period;
		if (clock > t->clock) /* its quantum ends before */
			clock = t->clock;
		model.n.elided += turns;
		t->state = MT_READY;
		sched_clock(t, clock);
	}
	l->spinners = NULL;
}

/* t's request is served from `at` on; its clock is then. */
static void
serve(struct line *l, struct mt *t, uint64_t at)
{
	bool is_store = t->wants != ACCESS_READ;
	bool is_clean = l->owner < 0;
	uint64_t cycles = latency(l, t->core, is_store);

	l->n.wait_cycles += at - t->clock;
	model.n.queue_cycles += at - t->clock;
	t->clock = at + cycles;
	if (!is_store && is_clean) {
		l->free_at = at + model.profile.occupancy;
		return;
	}
	l->taker = (int16_t)t->core;
	l->takes_all = is_store;
	l->lost_at = at + cycles * model.profile.snoop_pct / 100;
	if (is_store && l->spinners != NULL)
		wake_spinners(l);
}

/* Who in the queue is as near to the owner as `unit` says; its predecessor in
 * *before.  NULL: nobody. */
static struct mt *
find_near(struct line *l, unsigned (*unit)(unsigned core), struct mt **before)
{
	struct mt *prev = NULL;

	for (struct mt *t = l->queue; t != NULL; prev = t, t = t->next)
		if (unit(t->core) == unit((unsigned)l->owner)) {
			*before = prev;
			return t;
		}
	return NULL;
}

static bool
prefers(uint64_t percent)
{
	return percent != 0 && model_random() % 100 < percent;
}

static struct mt *
dequeue(struct line *l)
{
	struct mt *t = NULL, *before = NULL;

	if (l->owner >= 0 && prefers(model.profile.near_cluster_pct))
		t = find_near(l, cluster_of, &before);
	if (t == NULL && l->owner >= 0 &&
	    prefers(model.profile.near_socket_pct))
		t = find_near(l, socket_of, &before);
	if (t == NULL) {
		t = l->queue;
		before = NULL;
	}
	if (before == NULL)
		l->queue = t->next;
	else
		before->next = t->next;
	if (l->queue_end == t)
		l->queue_end = before;
	return t;
}

static void
serve_queue(struct line *l)
{
	while (l->queue != NULL && l->taker < 0) {
		struct mt *t = dequeue(l);

		serve(l, t, l->free_at > t->clock ? l->free_at : t->clock);
		t->state = MT_READY;
		sched_ready(t);
	}
}

/* The request has been served.  False: the line was taken meanwhile. */
static bool
arrive(struct line *l, struct mt *t)
{
	const struct profile *p = &model.profile;
	bool is_store = t->wants != ACCESS_READ;

	if (l->taker != (int16_t)t->core) { /* a load of a clean line */
		if (l->owner >= 0 && l->owner != (int16_t)t->core)
			return false;
		add_sharer(l, t->core);
		return true;
	}
	if (is_store)
		memset(l->sharers, 0, sizeof(l->sharers));
	add_sharer(l, t->core);
	l->owner = is_store ? (int16_t)t->core : -1;
	l->taker = -1;
	l->free_at = t->clock + p->occupancy;
	if (is_store)
		l->free_at = t->clock + p->hold +
			     (t->wants == ACCESS_WRITE ? 0 : p->rmw);
	serve_queue(l);
	return true;
}

static void
enqueue(struct line *l, struct mt *t)
{
	t->state = MT_QUEUED;
	t->next = NULL;
	if (l->queue == NULL)
		l->queue = t;
	else
		l->queue_end->next = t;
	l->queue_end = t;
	sched_next();
}

void
lines_miss(struct line *l, enum access kind, const void *pc)
{
	struct mt *t = model.self;
	uint64_t since = t->clock, cycles;

	model.n.misses++;
	do {
		t->wants = kind;
		if (l->taker >= 0 || l->queue != NULL) {
			enqueue(l, t);
			continue;
		}
		serve(l, t, l->free_at > t->clock ? l->free_at : t->clock);
		if (t->clock > model.limit)
			sched_turn();
	} while (!arrive(l, t));
	cycles = t->clock - since;
	model.n.miss_cycles += cycles;
	sites_add(pc, cycles);
	if (kind == ACCESS_WRITE)
		t->credit = cycles * model.profile.store_overlap / 100;
}

bool
lines_can_hit(const struct line *l, const struct mt *t, enum access kind)
{
	if (kind == ACCESS_READ ? !lines_has(l, t->core)
				: l->owner != (int16_t)t->core)
		return false;
	return l->taker < 0 || l->taker == (int16_t)t->core ||
	       t->clock < l->lost_at || (kind == ACCESS_READ && !l->takes_all);
}

/* --- spinning ------------------------------------------------------------ */

bool
lines_can_spin(const struct mt *t)
{
	return t->spin.reads == 1 && t->spin.misses == 0 &&
	       t->spin.others == 0 && lines_has(t->spin.line, t->core);
}

bool
lines_spin(struct mt *t)
{
	struct line *l = t->spin.line;
	uint64_t turns;

	if (l->taker >= 0 && l->takes_all) {
		if (l->lost_at <= t->clock)
			return false;
		turns = (l->lost_at - t->clock + t->spin.period - 1) /
			t->spin.period;
		t->clock += turns * t->spin.period;
		model.n.elided += turns;
		return false;
	}
	t->spin.from = t->clock;
	t->spin.next = l->spinners;
	l->spinners = t;
	t->state = MT_SPINS;
	t->clock = t->quantum_end;
	return true;
}

void
lines_stop_spin(struct mt *t)
{
	struct mt **p = &t->spin.line->spinners;

	while (*p != t)
		p = &(*p)->spin.next;
	*p = t->spin.next;
}
