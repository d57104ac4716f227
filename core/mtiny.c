/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtiny.c - objects that share a 16-byte block; see mtiny.h.
 * Called by mallocgc, mfree, mthread and mheapcheck.
 *
 * Go reclaims a block as a whole, in the sweep.  With explicit free each
 * object must be known: beside every tiny span lies a table with one word per
 * block.  Bit i says that a live object starts at byte i, bit 16 + i that one
 * ends there.  The last bit also says that the block is some mcache's current
 * one: an object that ends at the last byte fills the block, which is current
 * no more, and so the bit passes to it.  The slot is free when the word is 0.
 *
 *   alloc | owner of the mcache    | fetch_or two bits  | holds the block
 *   free  | any                    | fetch_and          | last one frees slot
 *   drop  | owner of the mcache    | fetch_and HELD     | last one frees slot
 *
 * Wait-free.  No ABA: bits, not pointers.  The table lives as long as the
 * span, and the span as long as a bit is set.
 */
#include "core/mtiny.h"

#include <string.h>

#include "core/marena.h"

#define HELD (UINT32_C(1) << 31)

static size_t
align_for(size_t size)
{
	if (size % 8 == 0)
		return 8;
	if (size % 4 == 0)
		return 4;
	return size % 2 == 0 ? 2 : 1;
}

static _Atomic(uint32_t) *
word_of(struct sl_mspan *s, uintptr_t p)
{
	return &s->tiny[(p - s->base) / SL_TINY_SIZE];
}

static uint32_t
start_bit(size_t off)
{
	return UINT32_C(1) << off;
}

static uint32_t
end_bit(size_t off, size_t size)
{
	return UINT32_C(1) << (SL_TINY_SIZE + off + size - 1);
}

/* True: the last bits went. */
static bool
clear_bits(struct sl_mspan *s, uint32_t bits, uintptr_t p)
{
	/* pairs(tiny.object): what each freer wrote is done before the slot
	 * is used again. */
	uint32_t old = sl_fetch_and_ar(word_of(s, p), ~bits);

	if ((old & bits) == bits)
		return old == bits;
	/* relaxed: back to what it was; the program is at fault already */
	sl_fetch_or_rlx(word_of(s, p), old & bits);
	sl_mspan_bad_free(s, p, "double free or invalid free");
	return false;
}

void *
sl_tiny_alloc(struct sl_mcache *mc, size_t size)
{
	size_t off = mc->tiny_offset, align = align_for(size);
	uintptr_t block;
	void *slot;

	off = (off + align - 1) & ~(align - 1);
	if (mc->tiny != 0 && off + size <= SL_TINY_SIZE) {
		block = mc->tiny;
		mc->tiny_offset = (uint8_t)(off + size);
		sl_count(&sl_tally_hints(mc->central.tally, SL_SPANCLASS_TINY)
			      ->tiny_allocs);
		/* relaxed: the block is held, so nobody waits for this */
		sl_fetch_or_rlx(word_of(mc->tiny_span, block),
		    start_bit(off) | end_bit(off, size));
		if (off + size == SL_TINY_SIZE)
			mc->tiny = 0; /* HELD is the end of this object now */
		return (void *)(block + off);
	}
	slot = sl_mcache_alloc(mc, SL_SPANCLASS_TINY, false);
	if (slot == NULL)
		return NULL;
	memset(slot, 0, SL_TINY_SIZE);
	block = (uintptr_t)slot;
	if (mc->tiny != 0 && size >= mc->tiny_offset) {
		/* The old block has more room left: keep that one. */
		/* relaxed: the slot is ours alone until it is returned */
		sl_store_rlx(word_of(sl_span_of(block), block),
		    start_bit(0) | end_bit(0, size));
		return slot;
	}
	sl_tiny_drop(mc);
	mc->tiny = block;
	mc->tiny_span = sl_span_of(block);
	mc->tiny_offset = (uint8_t)size;
	/* relaxed: as above */
	sl_store_rlx(word_of(mc->tiny_span, block),
	    HELD | start_bit(0) | end_bit(0, size));
	return slot;
}

size_t
sl_tiny_size(struct sl_mspan *s, uintptr_t p)
{
	unsigned off = (p - s->base) % SL_TINY_SIZE;
	/* relaxed: the bits of a live object do not change */
	uint32_t w = sl_load_rlx(word_of(s, p));

	if ((w & start_bit(off)) == 0)
		return 0;
	return (size_t)__builtin_ctz(w >> (SL_TINY_SIZE + off)) + 1;
}

bool
sl_tiny_free(struct sl_mspan *s, uintptr_t p)
{
	size_t off = (p - s->base) % SL_TINY_SIZE, size = sl_tiny_size(s, p);

	if (size == 0) {
		sl_mspan_bad_free(s, p, "double free or invalid free");
		return false;
	}
	return clear_bits(s, start_bit(off) | end_bit(off, size), p);
}

void
sl_tiny_drop(struct sl_mcache *mc)
{
	struct sl_mspan *s = mc->tiny_span;
	uintptr_t block = mc->tiny;

	if (block == 0)
		return;
	mc->tiny = 0;
	if (clear_bits(s, HELD, block))
		sl_mcentral_free_slot(&mc->central, s,
		    (unsigned)((block - s->base) / SL_TINY_SIZE));
}

unsigned
sl_tiny_count(const struct sl_mspan *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->nelems; i++)
		/* relaxed: nobody else touches the span */
		n += (unsigned)__builtin_popcount(
		    sl_load_rlx(&s->tiny[i]) & (end_bit(0, 1) - 1));
	return n;
}
