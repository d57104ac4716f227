/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * maccount.c - the words that all threads share in Go; see maccount.h.
 * Called by mcentral, mcache, mlarge, mhook and mthread.
 */
#include "core/maccount.h"

#include "core/lock.h"

enum {
	RECORDS = 3,
	/* A size class each; the first is not used; the last is tiny. */
	CLASSES = SL_NUM_SIZECLASSES + 1,
	SECTION_PAUSES = 64,
};

/* Signed where Go's are: a part of a sum may be negative. */
static struct record {
	alignas(SL_CACHELINE) _Atomic(int64_t) committed;
	_Atomic(int64_t) released;
	_Atomic(int64_t) in_heap;
	_Atomic(uint64_t) large_bytes, large_allocs;
	_Atomic(uint64_t) small_allocs[CLASSES];
	_Atomic(uint64_t) large_freed_bytes, large_frees;
	_Atomic(uint64_t) small_frees[CLASSES];
} records[RECORDS];

static alignas(SL_CACHELINE) _Atomic(unsigned) turn; /* which is written */

/* Any thread.  In Go, too, those of one owner lie side by side. */
static struct {
	/* memstats */
	alignas(SL_CACHELINE) _Atomic(int64_t) heap_inuse;
	_Atomic(int64_t) heap_free;
	/* gcController */
	alignas(SL_CACHELINE) _Atomic(int64_t) heap_live;
	_Atomic(uint64_t) total_alloc;
	_Atomic(uint64_t) total_free;
	/* mheap_ */
	alignas(SL_CACHELINE) _Atomic(int64_t) pages_inuse;
} words;

/* relaxed: sums; Go's are stronger, which on x86-64 is the same instruction */
#define ADD(word, n) sl_fetch_add_rlx(word, n)

/* --- sections ------------------------------------------------------------ */

static struct record *
enter(struct sl_account *a)
{
	/* pairs(account.dekker): then the turn. */
	sl_fetch_add_sc(&a->seq, 1);
	/* pairs(account.dekker) pairs(account.empty) */
	return &records[sl_load_sc(&turn)];
}

static void
leave(struct sl_account *a)
{
	/* pairs(account.done): a reader finds what was added. */
	sl_fetch_add_sc(&a->seq, 1);
}

static unsigned
class_of(sl_spanclass spc)
{
	return spc == SL_SPANCLASS_TINY ? SL_NUM_SIZECLASSES : spc / 2u;
}

static void
flush_allocs(struct sl_account *a, sl_spanclass spc, uint64_t ahead)
{
	struct sl_account_class *c = &a->classes[spc];
	struct record *r = enter(a);

	ADD(&r->small_allocs[class_of(spc)], c->allocs);
	leave(a);
	ADD(&words.total_alloc, c->bytes_in);
	ADD(&words.heap_live, (int64_t)(c->bytes_in + ahead - c->ahead));
	c->allocs = 0;
	c->bytes_in = 0;
	c->ahead = ahead;
}

static void
flush_frees(struct sl_account *a, sl_spanclass spc)
{
	struct sl_account_class *c = &a->classes[spc];
	struct record *r = enter(a);

	ADD(&r->small_frees[class_of(spc)], c->frees);
	leave(a);
	ADD(&words.total_free, c->bytes_out);
	ADD(&words.heap_live, -(int64_t)c->bytes_out);
	c->frees = 0;
	c->bytes_out = 0;
}

/* --- objects ------------------------------------------------------------- */

void
sl_account_alloc(struct sl_account *a, sl_spanclass spc, size_t bytes)
{
	a->classes[spc].allocs++;
	a->classes[spc].bytes_in += bytes;
}

void
sl_account_free(
    struct sl_account *a, sl_spanclass spc, size_t bytes, unsigned nelems)
{
	a->classes[spc].frees++;
	a->classes[spc].bytes_out += bytes;
	if (a->classes[spc].frees >= nelems)
		flush_frees(a, spc);
}

void
sl_account_refill(
    struct sl_account *a, sl_spanclass spc, const struct sl_mspan *s)
{
	uint64_t ahead = 0;

	if (s != NULL)
		ahead = (uint64_t)sl_mspan_count_free(s) * s->elemsize;
	flush_allocs(a, spc, ahead);
}

void
sl_account_flush(struct sl_account *a)
{
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++) {
		struct sl_account_class *c = &a->classes[i];

		if (c->allocs != 0 || c->ahead != 0)
			flush_allocs(a, (sl_spanclass)i, 0);
		if (c->frees != 0)
			flush_frees(a, (sl_spanclass)i);
	}
}

void
sl_account_large_alloc(struct sl_account *a, unsigned count, uint64_t bytes)
{
	struct record *r = enter(a);

	ADD(&r->large_bytes, bytes);
	ADD(&r->large_allocs, count);
	leave(a);
	ADD(&words.total_alloc, bytes);
	ADD(&words.heap_live, (int64_t)bytes);
}

void
sl_account_large_free(struct sl_account *a, unsigned count, uint64_t bytes)
{
	struct record *r = enter(a);

	ADD(&r->large_freed_bytes, bytes);
	ADD(&r->large_frees, count);
	leave(a);
	ADD(&words.total_free, bytes);
	ADD(&words.heap_live, -(int64_t)bytes);
}

/* --- pages --------------------------------------------------------------- */

static void
change_pages(struct sl_account *a, int64_t npages, int64_t committed)
{
	int64_t bytes = npages * SL_PAGE_SIZE;
	struct record *r;

	ADD(&words.heap_free, -bytes);
	ADD(&words.heap_inuse, bytes);
	r = enter(a);
	ADD(&r->committed, committed);
	ADD(&r->released, -committed);
	ADD(&r->in_heap, bytes);
	leave(a);
	ADD(&words.pages_inuse, npages);
}

void
sl_account_pages_in(struct sl_account *a, size_t npages, bool is_clean)
{
	change_pages(
	    a, (int64_t)npages, is_clean ? (int64_t)npages * SL_PAGE_SIZE : 0);
}

void
sl_account_pages_out(struct sl_account *a, size_t npages)
{
	change_pages(a, -(int64_t)npages, 0);
}

/* --- the reader ---------------------------------------------------------- */

void
sl_account_change(void)
{
	/* relaxed: one reader at a time */
	unsigned now = sl_load_rlx(&turn);

	/* pairs(account.dekker) pairs(account.empty): then each seq. */
	sl_store_sc(&turn, (now + 1) % RECORDS);
}

void
sl_account_wait(const struct sl_account *a)
{
	/* pairs(account.dekker) pairs(account.done) */
	uint64_t seen = sl_load_sc(&a->seq);

	if ((seen & 1) == 0)
		return;
	/* pairs(account.done) */
	for (unsigned n = 0; sl_load_acq(&a->seq) == seen; n++) {
		if (n < SECTION_PAUSES)
			sl_cpu_relax();
		else
			sl_yield();
	}
}

/* relaxed: nobody writes either record, see sl_account_wait() */
#define MERGE(field)                                                           \
	do {                                                                   \
		sl_fetch_add_rlx(&to->field, sl_load_rlx(&from->field));       \
		sl_store_rlx(&from->field, 0);                                 \
	} while (0)

static void
merge(struct record *to, struct record *from)
{
	MERGE(committed);
	MERGE(released);
	MERGE(in_heap);
	MERGE(large_bytes);
	MERGE(large_allocs);
	MERGE(large_freed_bytes);
	MERGE(large_frees);
	for (unsigned i = 0; i < CLASSES; i++) {
		MERGE(small_allocs[i]);
		MERGE(small_frees[i]);
	}
}

/* relaxed: nobody writes the record, and the words are of no one instant */
#define LOOK(word) sl_load_rlx(&(word))

void
sl_account_read(struct sl_stats *st)
{
	/* relaxed: one reader at a time */
	unsigned now = sl_load_rlx(&turn);
	struct record *r = &records[(now + RECORDS - 1) % RECORDS];

	merge(r, &records[(now + RECORDS - 2) % RECORDS]);
	for (unsigned i = 0; i < CLASSES; i++) {
		st->go_allocs += LOOK(r->small_allocs[i]);
		st->go_frees += LOOK(r->small_frees[i]);
	}
	st->go_allocs += LOOK(r->large_allocs);
	st->go_frees += LOOK(r->large_frees);
	st->go_in_heap = (uint64_t)LOOK(r->in_heap);
	st->go_heap_inuse = (uint64_t)LOOK(words.heap_inuse);
	/* what the heap has mapped is to be added */
	st->go_heap_idle = (uint64_t)LOOK(words.heap_free);
	st->go_heap_live = (uint64_t)LOOK(words.heap_live);
	st->go_total_alloc = LOOK(words.total_alloc);
	st->go_total_free = LOOK(words.total_free);
	st->go_pages_inuse = (uint64_t)LOOK(words.pages_inuse);
}

void
sl_account_mend(struct sl_account *a)
{
	/* relaxed: the owner is no more */
	uint64_t seq = sl_load_rlx(&a->seq);

	sl_store_rlx(&a->seq, seq + (seq & 1)); /* relaxed: as above */
}
