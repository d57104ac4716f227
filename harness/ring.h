/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring.h - a bounded queue of batches of objects, between threads.
 *
 * Used by the workloads that hand objects from one thread to another, so
 * that the hand-over is not what they measure: one cell carries a whole
 * batch, filled and emptied in place.
 *
 *   operation        | acquire_fill/publish | acquire_drain/release
 *   -----------------+----------------------+----------------------
 *   fill / publish   | any threads at once  | any threads at once
 *   drain / release  | any threads at once  | any threads at once
 *
 * Progress: no call waits; "not now" is an answer.  A thread that stops
 * between taking a cell and giving it back holds up those that come to this
 * cell one lap later.  ABA: positions are 64 bits wide and only grow.
 * Memory: the caller's, of sl_ring_bytes(); nothing is freed while in use.
 * A ring has two cells at least: with one, "ready" and "free again" would be
 * the same turn.
 *
 * Source: the bounded MPMC queue of D. Vyukov, 1024cores.net, 2010.
 */
#ifndef SL_RING_H
#define SL_RING_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "core/atomic.h"
#include "harness/slot.h"

enum { SL_RING_LINE = 64 };

/* `turn` == position: free to fill; position + 1: ready to drain. */
struct sl_ring_cell {
	alignas(SL_RING_LINE) _Atomic(uint64_t) turn; /* any thread */
	uint64_t pos;          /* whoever holds the cell */
	size_t count;          /* whoever holds the cell */
	struct sl_slot item[]; /* whoever holds the cell */
};

struct sl_ring {
	alignas(SL_RING_LINE) _Atomic(uint64_t) tail; /* next to fill */
	alignas(SL_RING_LINE) _Atomic(uint64_t) head; /* next to drain */
	alignas(SL_RING_LINE) size_t ncells;          /* constant */
	size_t cell_bytes;                            /* constant */
	char *cells;                                  /* constant */
};

static inline size_t
sl_ring_cell_bytes(size_t batch)
{
	size_t n = sizeof(struct sl_ring_cell) + batch * sizeof(struct sl_slot);

	return (n + SL_RING_LINE - 1) / SL_RING_LINE * SL_RING_LINE;
}

static inline size_t
sl_ring_bytes(size_t ncells, size_t batch)
{
	return sizeof(struct sl_ring) + ncells * sl_ring_cell_bytes(batch);
}

static inline struct sl_ring_cell *
sl_ring_cell_at(struct sl_ring *r, uint64_t pos)
{
	return (struct sl_ring_cell *)(void *)(r->cells +
					       (size_t)(pos % r->ncells) *
						   r->cell_bytes);
}

/* In zeroed memory of sl_ring_bytes(), before other threads know of it. */
static inline struct sl_ring *
sl_ring_init(void *memory, size_t ncells, size_t batch)
{
	struct sl_ring *r = memory;

	r->ncells = ncells;
	r->cell_bytes = sl_ring_cell_bytes(batch);
	r->cells = (char *)memory + sizeof(*r);
	/* relaxed: private until the workers are started. */
	for (size_t i = 0; i < ncells; i++)
		sl_store_rlx(&sl_ring_cell_at(r, i)->turn, i);
	return r;
}

/* The cell at *next, if its turn says it is ours (`ready` past its position);
 * NULL: the ring is full (filling) or empty (draining). */
static inline struct sl_ring_cell *
sl_ring_take(struct sl_ring *r, _Atomic(uint64_t) *next, uint64_t ready)
{
	/* relaxed: only a guess; the turn decides. */
	uint64_t pos = sl_load_rlx(next);
	struct sl_ring_cell *c;
	uint64_t turn;

	for (;;) {
		c = sl_ring_cell_at(r, pos);
		/* pairs(ring.turn): see what its last holder wrote in it. */
		turn = sl_load_acq(&c->turn);
		if ((int64_t)(turn - (pos + ready)) < 0)
			return NULL;
		if (turn != pos + ready) {
			/* relaxed: as above; another thread took this one. */
			pos = sl_load_rlx(next);
			continue;
		}
		/* relaxed: the cell is ordered by its turn.  A failure means
		 * that another thread took it; pos is then the new guess. */
		if (sl_cas_rlx(next, &pos, pos + 1))
			break;
	}
	c->pos = pos;
	return c;
}

static inline struct sl_ring_cell *
sl_ring_fill(struct sl_ring *r)
{
	return sl_ring_take(r, &r->tail, 0);
}

static inline void
sl_ring_publish(struct sl_ring_cell *c)
{
	/* pairs(ring.turn): whoever drains it sees the items. */
	sl_store_rel(&c->turn, c->pos + 1);
}

static inline struct sl_ring_cell *
sl_ring_drain(struct sl_ring *r)
{
	return sl_ring_take(r, &r->head, 1);
}

static inline void
sl_ring_release(struct sl_ring *r, struct sl_ring_cell *c)
{
	/* pairs(ring.turn): whoever fills it may overwrite the items. */
	sl_store_rel(&c->turn, c->pos + r->ncells);
}

#endif /* SL_RING_H */
