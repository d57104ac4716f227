/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slot.h - a place for one object of a workload, and objects that know their
 * own size.
 *
 * Used by the workloads.  A slot keeps what was asked for, so that marks can
 * be checked when the object is freed; its owner only.  A sized object keeps
 * it in its first word, for those that pass through a word of memory from
 * thread to thread; whoever holds the object may call.
 */
#ifndef SL_SLOT_H
#define SL_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stamp.h"
#include "harness/trial.h"

struct sl_slot {
	void *ptr; /* NULL: empty */
	size_t size;
};

/* Into an empty slot. */
static inline void
sl_slot_fill(struct sl_worker *w, struct sl_slot *s, size_t size)
{
	s->size = size;
	s->ptr = sl_worker_malloc(w, size);
	sl_stamp_write(s->ptr, size);
}

/* Nothing, if it is empty. */
static inline void
sl_slot_clear(struct sl_worker *w, struct sl_slot *s)
{
	if (s->ptr == NULL)
		return;
	sl_stamp_check(s->ptr, s->size);
	sl_worker_free(w, s->ptr);
	s->ptr = NULL;
}

enum { SL_SIZED_LEAST = 8 };

/* size >= SL_SIZED_LEAST.  The last byte is written too. */
static inline void *
sl_sized_new(struct sl_worker *w, size_t size)
{
	char *p = sl_worker_malloc(w, size);
	uint64_t mark = sl_stamp_of(p, 0) ^ size;

	p[size - 1] = (char)size;
	memcpy(p, &mark, sizeof(mark));
	return p;
}

/* Nothing, if p is NULL. */
static inline void
sl_sized_free(struct sl_worker *w, void *p)
{
	uint64_t mark;
	size_t size;

	if (p == NULL)
		return;
	memcpy(&mark, p, sizeof(mark));
	size = (size_t)(mark ^ sl_stamp_of(p, 0));
	if (size < SL_SIZED_LEAST || size >> 32 != 0)
		sl_stamp_broken(p, 0, "first");
	if (size > SL_SIZED_LEAST && ((const char *)p)[size - 1] != (char)size)
		sl_stamp_broken(p, size, "last");
	sl_worker_free(w, p);
}

/* Uniform in min..max. */
static inline size_t
sl_size_between(struct sl_rng *rng, int64_t min, int64_t max)
{
	return (size_t)min + sl_rng_below(rng, (uint32_t)(max - min) + 1);
}

#endif /* SL_SLOT_H */
