/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtype.c - where pointers lie in objects with a type (Go: heapBitsSetType, as
 * in 1.16 to 1.19).  Called by programs (sl_mallocgc_type, sl_heap_bits).
 *
 * Two bits for each word of 8 bytes, four words in a byte of the arena's
 * bitmap: in the low half whether the word is a pointer, in the high half
 * whether the object has pointers at this word or after it.  Neither: nothing
 * more to look at.  A bitmap, 2 MiB for an arena of 64, is made when the first
 * object with a type comes to lie there.
 *
 *   bitmap   | any          | made once, found by a pointer, never unmapped
 *   its bits | owner        | of the slots of its spans: plain stores, since
 *            |              | no two spans share a byte
 *
 * Go has a case for each size of mask and of object, since it writes whole
 * bytes wherever it can.  Here it is one loop over words.
 */
#include <errno.h>

#include "core/marena.h"
#include "core/mfree.h"
#include "core/persistent.h"

enum {
	WORDS_PER_BYTE = 4,
	WORD = 8, /* bytes */
	ARENA_WORDS = (1 << SL_ARENA_SHIFT) / WORD,
	BITMAP_BYTES = ARENA_WORDS / WORDS_PER_BYTE,
};

static _Atomic(uint8_t *) bitmaps[SL_NUM_ARENAS];

static uint8_t *
bitmap_of(uintptr_t p)
{
	/* pairs(mtype.bitmap): it is zeroed. */
	return sl_load_acq(&bitmaps[p >> SL_ARENA_SHIFT]);
}

/* Make the bitmap of the arena of p, if need be.  False: out of memory. */
static bool
need_bitmap(uintptr_t p)
{
	uint8_t *none = NULL, *made;

	if (bitmap_of(p) != NULL)
		return true;
	made = sl_persistent_alloc(BITMAP_BYTES, SL_CACHELINE);
	if (made == NULL)
		return false;
	/* If it fails another thread made one; what we have is addresses that
	 * nobody touches.  pairs(mtype.bitmap) */
	(void)sl_cas_rel(&bitmaps[p >> SL_ARENA_SHIFT], &none, made);
	return true;
}

static bool
need_bitmaps(uintptr_t p, size_t bytes)
{
	uintptr_t last = p + bytes - 1;

	for (; p >> SL_ARENA_SHIFT < last >> SL_ARENA_SHIFT;
	     p += (uintptr_t)1 << SL_ARENA_SHIFT)
		if (!need_bitmap(p))
			return false;
	return need_bitmap(last);
}

static void
set_word(uintptr_t p, unsigned bits)
{
	size_t word = p / WORD % ARENA_WORDS;
	uint8_t *byte = &bitmap_of(p)[word / WORDS_PER_BYTE];
	unsigned at = word % WORDS_PER_BYTE;
	unsigned both = SL_HEAPBIT_POINTER | SL_HEAPBIT_SCAN;

	*byte = (uint8_t)((*byte & ~(both << at)) | bits << at);
}

SL_PUBLIC unsigned
sl_heap_bits(const void *ptr)
{
	uintptr_t p = (uintptr_t)ptr;
	size_t word = p / WORD % ARENA_WORDS;
	unsigned both = SL_HEAPBIT_POINTER | SL_HEAPBIT_SCAN;
	const uint8_t *bitmap;

	if (p >> SL_ARENA_SHIFT >= SL_NUM_ARENAS)
		return 0;
	bitmap = bitmap_of(p);
	if (bitmap == NULL)
		return 0;
	return bitmap[word / WORDS_PER_BYTE] >> word % WORDS_PER_BYTE & both;
}

/* Bytes of the object that a collector would look at. */
static size_t
scan_size(size_t size, const struct sl_type *t)
{
	return size > t->size ? size - t->size + t->ptrdata : t->ptrdata;
}

static bool
is_pointer(const struct sl_type *t, size_t word)
{
	size_t i = word % (t->size / WORD);

	return i < t->ptrdata / WORD && (t->gcdata[i / 8] >> i % 8 & 1) != 0;
}

/* The bits of an object that begins at p, to the end of its slot. */
static void
set_type(uintptr_t p, size_t slot, size_t size, const struct sl_type *t)
{
	size_t words = scan_size(size, t) / WORD;

	for (size_t i = 0; i < slot / WORD; i++) {
		unsigned bits = 0;

		if (i < words)
			bits = SL_HEAPBIT_SCAN |
			       (is_pointer(t, i) ? SL_HEAPBIT_POINTER : 0u);
		set_word(p + i * WORD, bits);
	}
}

static bool
is_sound(size_t size, const struct sl_type *t)
{
	return t->gcdata != NULL && t->size % WORD == 0 &&
	       t->ptrdata % WORD == 0 && t->ptrdata <= t->size &&
	       size >= t->ptrdata;
}

SL_PUBLIC void *
sl_mallocgc_type(size_t size, const struct sl_type *t, bool needzero)
{
	struct sl_mcache *mc;
	size_t slot;
	void *p;

	if (t == NULL || t->ptrdata == 0 || size == 0)
		return sl_mallocgc(size, true, needzero);
	if (!is_sound(size, t)) {
		errno = EINVAL;
		return NULL;
	}
	p = sl_mallocgc(size, false, needzero);
	if (p == NULL)
		return NULL;
	slot = sl_usable_size(p, "sl_mallocgc_type");
	if (!need_bitmaps((uintptr_t)p, slot)) {
		sl_free(p);
		errno = ENOMEM;
		return NULL;
	}
	set_type((uintptr_t)p, slot, size, t);
	mc = sl_thread_mcache();
	if (mc != NULL)
		sl_count_add(&mc->scan_bytes, scan_size(size, t));
	return p;
}
