/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpallocbits.h - one bit for each page of a chunk, 4 MiB (Go: pallocBits).
 *
 * Used by mpagetree and mpagealloc, and tested against bools one by one.
 * Positions and counts are of pages, and ranges lie within the chunk.
 */
#ifndef SL_MPALLOCBITS_H
#define SL_MPALLOCBITS_H

#include <stdbool.h>

#include "core/mpallocsum.h"

enum {
	SL_LOG_CHUNK_PAGES = 9, /* 512 pages of 8 KiB: 4 MiB */
	SL_CHUNK_PAGES = 1 << SL_LOG_CHUNK_PAGES,
	SL_HUGE_PAGES = 256, /* of the OS: 2 MiB */
};

struct sl_pallocbits {
	uint64_t w[SL_CHUNK_PAGES / 64];
};

/*
 * What is known of a chunk (Go: pallocData).  Go has 1 for a page in use; the
 * other way round zeroed metadata says that nothing is there to be had.
 */
struct sl_pallocdata {
	struct sl_pallocbits free;
	struct sl_pallocbits dirty; /* 0: free, reads as zero, no memory */
};

/* The first of n bits in a row that are set, at or after `from`, or
 * SL_CHUNK_PAGES: there are none (Go: find1, findSmallN, findLargeN). */
size_t sl_pallocbits_find(const struct sl_pallocbits *b, size_t from, size_t n);

/* How many bits are set at the chunk's end. */
size_t sl_pallocbits_tail(const struct sl_pallocbits *b);

/* The runs of set bits. */
sl_pallocsum sl_pallocbits_summarize(const struct sl_pallocbits *b);

bool sl_pallocbits_any(const struct sl_pallocbits *b, size_t i, size_t n);
bool sl_pallocbits_all(const struct sl_pallocbits *b, size_t i, size_t n);

/*
 * Free pages come into use, and count as dirty from then on.  *ndirty of them
 * were dirty.  False: some were in use.
 */
bool sl_pallocdata_take(
    struct sl_pallocdata *d, size_t i, size_t n, size_t *ndirty);

/* Pages in use become free; clean: they read as zero.  False: some were free
 * already. */
bool sl_pallocdata_give(
    struct sl_pallocdata *d, size_t i, size_t n, bool clean);

/* The same of all free pages among the 64 of a word, and of some of them, with
 * a bit for each. */
void sl_pallocdata_take_word(
    struct sl_pallocdata *d, size_t word, uint64_t *free, uint64_t *clean);
bool sl_pallocdata_give_word(
    struct sl_pallocdata *d, size_t word, uint64_t free, uint64_t clean);

/*
 * The last *n pages, at most max, of the last run of pages that are free and
 * dirty.  0: there are none.  More than max if a huge page would be split that
 * lies in the run (Go: findScavengeCandidate).
 */
size_t sl_pallocdata_garbage(
    const struct sl_pallocdata *d, size_t max, size_t *n);

#endif /* SL_MPALLOCBITS_H */
