/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagetree.c - five levels of summaries over bitmaps; see mpagetree.h.
 * Called by mpagealloc, under the heap lock.
 *
 * Go reserves the five arrays for the whole address space, 585 MiB that are
 * mostly never touched.  That is more than some processes may have
 * (RLIMIT_AS).  Here the root alone is an array; what is below an entry of it
 * is allocated when the heap first comes there, 40 KiB for 16 GiB.  Eight
 * siblings always lie side by side, which is all that a search needs.
 */
#include "core/mpagetree.h"

#include <assert.h>

#include "core/bits.h"
#include "core/die.h"
#include "core/persistent.h"

enum {
	LEAF = 4, /* level of chunks */
	LOG_CHILDREN = 3,
	CHILDREN = 1 << LOG_CHILDREN,
	LOG_ROOT_PAGES = SL_PALLOCSUM_LOG_MAX,
	NUM_ROOTS = 1 << (SL_ADDRESS_BITS - SL_PAGE_SHIFT - LOG_ROOT_PAGES),
	SUMS = 8 + 64 + 512 + 4096, /* below a root entry */
	LOG_ARENA_PAGES = SL_ARENA_SHIFT - SL_PAGE_SHIFT,
	ARENAS = 1 << (LOG_ROOT_PAGES - LOG_ARENA_PAGES), /* of these */
	ROOT_CHUNKS = 1 << LEAF * LOG_CHILDREN,
	ARENA_CHUNKS = SL_ARENA_PAGES / SL_CHUNK_PAGES,
};

static_assert(LOG_ROOT_PAGES - LEAF * LOG_CHILDREN == SL_LOG_CHUNK_PAGES,
    "the leaves are chunks");

/* What is below a root entry. */
struct subtree {
	sl_pallocsum sums[SUMS]; /* level by level */
	struct sl_pallocdata *chunks[ARENAS];
	uint64_t marks[ROOT_CHUNKS / 64]; /* a bit for each chunk */
};

static sl_pallocsum root[NUM_ROOTS];
static struct subtree *subtrees[NUM_ROOTS];
static size_t roots_end; /* all entries from here on are 0 */
/* The chunk, counted from address 0, whose summaries may be out of date. */
static size_t stale = SL_NO_PAGE;
static size_t marks_end; /* no chunk from here on is marked */

static unsigned
log_pages(unsigned level)
{
	return LOG_ROOT_PAGES - level * LOG_CHILDREN;
}

/* Entry i of a level.  Below the root there must be a subtree. */
static sl_pallocsum *
sum_at(unsigned level, size_t i)
{
	static const size_t first[] = {0, 0, 8, 8 + 64, 8 + 64 + 512};
	size_t log_below = (size_t)level * LOG_CHILDREN;

	if (level == 0)
		return &root[i];
	return &subtrees[i >> log_below]
		    ->sums[first[level] + (i & (((size_t)1 << log_below) - 1))];
}

struct sl_pallocdata *
sl_pagetree_chunk(size_t page)
{
	struct subtree *t = subtrees[page >> LOG_ROOT_PAGES];
	struct sl_pallocdata *arena;

	if (t == NULL)
		return NULL;
	arena = t->chunks[(page >> LOG_ARENA_PAGES) & (ARENAS - 1)];
	if (arena == NULL)
		return NULL;
	return &arena[(page >> SL_LOG_CHUNK_PAGES) & (ARENA_CHUNKS - 1)];
}

bool
sl_pagetree_add_arena(size_t page)
{
	size_t i = page >> LOG_ROOT_PAGES;
	struct sl_pallocdata **arena;

	if (subtrees[i] == NULL)
		subtrees[i] = sl_persistent_alloc(sizeof(struct subtree), 0);
	if (subtrees[i] == NULL)
		return false;
	arena = &subtrees[i]->chunks[(page >> LOG_ARENA_PAGES) & (ARENAS - 1)];
	if (*arena == NULL)
		*arena = sl_persistent_alloc(
		    ARENA_CHUNKS * sizeof(struct sl_pallocdata), SL_CACHELINE);
	if (i >= roots_end)
		roots_end = i + 1;
	return *arena != NULL;
}

static bool
set_sum(unsigned level, size_t i, sl_pallocsum sum)
{
	sl_pallocsum *at = sum_at(level, i);
	bool is_new = *at != sum;

	*at = sum;
	return is_new;
}

/* Compute the summaries of chunks first to last and of all above them, as far
 * as they change (Go: pageAlloc.update). */
static void
update(size_t first, size_t last)
{
	bool goes_on = false;

	for (size_t i = first; i <= last; i++) {
		struct sl_pallocdata *d =
		    sl_pagetree_chunk(i << SL_LOG_CHUNK_PAGES);

		goes_on |= set_sum(LEAF, i, sl_pallocbits_summarize(&d->free));
	}
	for (unsigned level = LEAF; level-- > 0 && goes_on;) {
		first /= CHILDREN;
		last /= CHILDREN;
		goes_on = false;
		for (size_t i = first; i <= last; i++)
			goes_on |= set_sum(level, i,
			    sl_pallocsum_merge(sum_at(level + 1, i * CHILDREN),
				CHILDREN, log_pages(level + 1)));
	}
}

static void
update_stale(void)
{
	if (stale != SL_NO_PAGE)
		update(stale, stale);
	stale = SL_NO_PAGE;
}

void
sl_pagetree_changed(size_t page, size_t npages)
{
	size_t first = page >> SL_LOG_CHUNK_PAGES;
	size_t last = (page + npages - 1) >> SL_LOG_CHUNK_PAGES;

	if (first == stale && last == stale)
		return;
	update_stale();
	if (first == last)
		stale = first;
	else
		update(first, last);
}

enum found {
	NOTHING,
	HERE,   /* the run ends in entry *i and begins *run pages before it */
	INSIDE, /* the run lies in entry *i */
};

/* Look at the entries [*i, end) of a level, which are siblings; *run pages
 * before *i are free. */
static enum found
scan(unsigned level, size_t *i, size_t end, size_t npages, size_t *run)
{
	const sl_pallocsum *sum;

	if (*i >= end)
		return NOTHING;
	for (sum = sum_at(level, *i); *i < end; sum++, ++*i) {
		size_t size = (size_t)1 << log_pages(level), tail;

		if (*run + sl_pallocsum_start(*sum) >= npages)
			return HERE;
		if (sl_pallocsum_max(*sum) >= npages)
			return INSIDE;
		tail = sl_pallocsum_end(*sum);
		*run = tail == size ? *run + size : tail;
	}
	return NOTHING;
}

/* The first run in entry i of a level, which has one. */
static size_t
go_down(unsigned level, size_t i, size_t npages)
{
	enum found what = INSIDE;
	size_t at = SL_CHUNK_PAGES;

	while (what == INSIDE && level < LEAF) {
		size_t run = 0;

		level++;
		i *= CHILDREN;
		what = scan(level, &i, i + CHILDREN, npages, &run);
		if (what == HERE)
			return (i << log_pages(level)) - run;
	}
	i <<= SL_LOG_CHUNK_PAGES;
	if (what == INSIDE)
		at = sl_pallocbits_find(&sl_pagetree_chunk(i)->free, 0, npages);
	if (at < SL_CHUNK_PAGES)
		return i + at;
	sl_throw(
	    "page heap: no run of %zu pages where one is said to be", npages);
}

/*
 * Look from entry i of a level to the right: at its siblings, then at those of
 * their parent, up to the root's.  `run` pages before entry i are free.
 */
static size_t
go_up(unsigned level, size_t i, size_t run, size_t npages)
{
	for (;;) {
		size_t end = level == 0
				 ? roots_end
				 : (i + CHILDREN - 1) & ~(size_t)(CHILDREN - 1);
		enum found what = scan(level, &i, end, npages, &run);

		if (what == HERE)
			return (i << log_pages(level)) - run;
		if (what == INSIDE)
			return go_down(level, i, npages);
		if (level == 0)
			return SL_NO_PAGE;
		level--;
		i /= CHILDREN;
	}
}

size_t
sl_pagetree_find(size_t from, size_t npages)
{
	size_t chunk = from >> SL_LOG_CHUNK_PAGES;
	size_t at = from & (SL_CHUNK_PAGES - 1), i, run = 0;
	struct sl_pallocdata *d;

	if (from >> LOG_ROOT_PAGES >= roots_end)
		return SL_NO_PAGE;
	d = sl_pagetree_chunk(from);
	if (d != NULL) {
		i = sl_pallocbits_find(&d->free, at, npages);
		if (i < SL_CHUNK_PAGES)
			return from - at + i;
		run = sl_pallocbits_tail(&d->free);
		if (run > SL_CHUNK_PAGES - at)
			run = SL_CHUNK_PAGES - at;
	}
	/* What follows does not read the summaries above `chunk`. */
	if (stale != chunk)
		update_stale();
	if (subtrees[from >> LOG_ROOT_PAGES] == NULL)
		return go_up(0, from >> LOG_ROOT_PAGES, 0, npages);
	return go_up(LEAF, chunk + 1, run, npages);
}

static uint64_t
mark_of(size_t chunk)
{
	return UINT64_C(1) << chunk % 64;
}

/* The word that the mark of a chunk is in. */
static uint64_t *
marks_at(size_t chunk)
{
	struct subtree *t = subtrees[chunk / ROOT_CHUNKS];

	return &t->marks[chunk % ROOT_CHUNKS / 64];
}

void
sl_pagetree_mark(size_t page, size_t npages)
{
	size_t first = page >> SL_LOG_CHUNK_PAGES;
	size_t last = (page + npages - 1) >> SL_LOG_CHUNK_PAGES;

	for (size_t i = first; i <= last; i++)
		*marks_at(i) |= mark_of(i);
	if (last >= marks_end)
		marks_end = last + 1;
}

void
sl_pagetree_unmark(size_t page)
{
	size_t chunk = page >> SL_LOG_CHUNK_PAGES;

	*marks_at(chunk) &= ~mark_of(chunk);
}

size_t
sl_pagetree_highest_marked(void)
{
	uint64_t mark, w;

	while (marks_end > 0) {
		size_t last = marks_end - 1;

		if (subtrees[last / ROOT_CHUNKS] == NULL) {
			marks_end = last / ROOT_CHUNKS * ROOT_CHUNKS;
			continue;
		}
		mark = mark_of(last);
		w = *marks_at(last) & (mark | (mark - 1));
		if (w != 0) {
			last += 63 - (size_t)__builtin_clzll(w) - last % 64;
			marks_end = last + 1;
			return last << SL_LOG_CHUNK_PAGES;
		}
		marks_end = last / 64 * 64;
	}
	return SL_NO_PAGE;
}

static bool
check_level(unsigned level, size_t root_index)
{
	size_t n = (size_t)1 << level * LOG_CHILDREN;

	for (size_t i = root_index * n; i < (root_index + 1) * n; i++) {
		struct sl_pallocdata *d;
		sl_pallocsum sum = 0;

		if (level < LEAF) {
			sum =
			    sl_pallocsum_merge(sum_at(level + 1, i * CHILDREN),
				CHILDREN, log_pages(level + 1));
		} else {
			d = sl_pagetree_chunk(i << SL_LOG_CHUNK_PAGES);
			if (d != NULL)
				sum = sl_pallocbits_summarize(&d->free);
		}
		if (*sum_at(level, i) != sum)
			return false;
	}
	return true;
}

static bool
check_chunks(size_t root_index, size_t *free, size_t *garbage)
{
	for (size_t i = 0; i < ROOT_CHUNKS; i++) {
		size_t chunk = root_index * ROOT_CHUNKS + i, before = *garbage;
		struct sl_pallocdata *d =
		    sl_pagetree_chunk(chunk << SL_LOG_CHUNK_PAGES);

		for (size_t k = 0; d != NULL && k < SL_CHUNK_PAGES / 64; k++) {
			*free += sl_popcount(d->free.w[k]);
			*garbage += sl_popcount(d->free.w[k] & d->dirty.w[k]);
		}
		if (*garbage != before &&
		    (chunk >= marks_end ||
			(*marks_at(chunk) & mark_of(chunk)) == 0))
			return false;
	}
	return true;
}

bool
sl_pagetree_check(size_t *free, size_t *garbage)
{
	*free = *garbage = 0;
	update_stale();
	for (size_t i = 0; i < NUM_ROOTS; i++) {
		if (subtrees[i] == NULL) {
			if (root[i] != 0)
				return false;
			continue;
		}
		for (unsigned level = 0; level <= LEAF; level++)
			if (!check_level(level, i))
				return false;
		if (!check_chunks(i, free, garbage))
			return false;
	}
	return true;
}
