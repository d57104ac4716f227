/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtiny.h - objects that share a 16-byte block (Go: the tiny allocator).
 *
 * Used by mallocgc, mfree, mthread and mheapcheck.
 */
#ifndef SL_MTINY_H
#define SL_MTINY_H

#include "core/mcache.h"

/* size 1..15, aligned to 8, 4, 2 or 1 as it divides the size.  Zeroed, as in
 * Go, always.  NULL: out of memory.  Owner of mc only. */
void *sl_tiny_alloc(struct sl_mcache *mc, size_t size);

/* Free an object of a tiny span.  True: its block is empty and not current,
 * so the slot is free, and the caller must say so. */
bool sl_tiny_free(struct sl_mspan *s, uintptr_t p);

/* Bytes of the live object that starts at p in a tiny span; 0: none does. */
size_t sl_tiny_size(struct sl_mspan *s, uintptr_t p);

/* The mcache gives up its current block; the slot may become free. */
void sl_tiny_drop(struct sl_mcache *mc);

/* Live objects in the span, while nobody else touches it. */
unsigned sl_tiny_count(const struct sl_mspan *s);

#endif /* SL_MTINY_H */
