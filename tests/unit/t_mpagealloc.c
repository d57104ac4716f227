/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mpagealloc.c - the page heap against a naive model of the same policy.
 * The tests run in order, on one heap.
 * Run by make check; prints its seed, takes another from SL_SEED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include <cmocka.h>

#include "core/marena.h"
#include "core/mpagealloc.h"
#include "core/mpagegrow.h"

enum {
	MAX_ARENAS = 32,
	CHUNK_PAGES = 512,
	RUNS = 250,
	STEPS = 20000,
	CHECK_STEPS = 50, /* sl_pages_check() is slow */
};

#define ARENA_BYTES ((uintptr_t)SL_ARENA_PAGES << SL_PAGE_SHIFT)
#define CHUNK_BYTES ((size_t)CHUNK_PAGES << SL_PAGE_SHIFT)
#define HINT(i) (((uintptr_t)0xc0 << 32) + ((uintptr_t)(i) << 40))

static uint64_t seed = 1;

static size_t
draw(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)((seed >> 33) % n);
}

/* --- the model ----------------------------------------------------------- */

enum state { ABSENT, FREE, USED };

static struct arena {
	uintptr_t base;
	unsigned char page[SL_ARENA_PAGES];
} arenas[MAX_ARENAS]; /* by address */
static unsigned num_arenas;

static unsigned char *
state_of(uintptr_t p)
{
	unsigned i = num_arenas;

	while (i > 0 && arenas[i - 1].base > p)
		i--;
	if (i > 0 && p - arenas[i - 1].base < ARENA_BYTES)
		return &arenas[i - 1]
			    .page[(p - arenas[i - 1].base) >> SL_PAGE_SHIFT];
	assert_true(num_arenas < MAX_ARENAS);
	memmove(&arenas[i + 1], &arenas[i],
	    (num_arenas - i) * sizeof(struct arena));
	num_arenas++;
	memset(&arenas[i], 0, sizeof(struct arena));
	arenas[i].base = p & ~(ARENA_BYTES - 1);
	return state_of(p);
}

static uintptr_t last_end;
static unsigned stretches;

static void
add_usable(uintptr_t base, size_t npages, void *arg)
{
	(void)arg;
	assert_true(base > last_end);
	stretches++;
	last_end = base + (npages << SL_PAGE_SHIFT);
	for (uintptr_t p = base; p < last_end; p += SL_PAGE_SIZE)
		if (*state_of(p) == ABSENT)
			*state_of(p) = FREE;
}

/* Learn what became usable. */
static void
look(void)
{
	last_end = 0;
	stretches = 0;
	sl_pages_walk(add_usable, NULL);
}

static void
mark(uintptr_t base, size_t npages, enum state from, enum state to)
{
	for (size_t i = 0; i < npages; i++) {
		unsigned char *at = state_of(base + (i << SL_PAGE_SHIFT));

		assert_int_equal(*at, from);
		*at = (unsigned char)to;
	}
}

/* First fit by address, page by page. */
static uintptr_t
model_find(size_t npages, size_t align_pages)
{
	uintptr_t align = align_pages << SL_PAGE_SHIFT, start = 0, end = 0;

	for (unsigned k = 0; k < num_arenas; k++) {
		if (arenas[k].base != end)
			start = 0;
		end = arenas[k].base;
		for (unsigned i = 0; i < SL_ARENA_PAGES; i++) {
			if (arenas[k].page[i] != FREE)
				start = 0;
			else if (start == 0)
				start = (end + align - 1) & ~(align - 1);
			end += SL_PAGE_SIZE;
			if (start != 0 && end > start &&
			    end - start >= npages << SL_PAGE_SHIFT)
				return start;
		}
	}
	return 0;
}

static uintptr_t
alloc_checked(size_t npages, size_t align_pages)
{
	uintptr_t want = model_find(npages, align_pages), base;
	bool needzero;

	base = sl_pages_alloc(npages, align_pages, &needzero);
	if (want == 0) {
		assert_int_equal(base, 0);
		assert_true(sl_pages_grow(npages, align_pages));
		look();
		want = model_find(npages, align_pages);
		assert_int_not_equal(want, 0);
		base = sl_pages_alloc(npages, align_pages, &needzero);
	}
	assert_int_equal(base, want);
	mark(base, npages, FREE, USED);
	*(size_t *)base = npages; /* the memory is there */
	*(size_t *)(base + ((npages - 1) << SL_PAGE_SHIFT)) = npages;
	return base;
}

static void
free_checked(uintptr_t base, size_t npages)
{
	sl_pages_free(base, npages, false);
	mark(base, npages, USED, FREE);
}

static void
check(void)
{
	assert_true(sl_pages_check());
}

static size_t
mapped_bytes(void)
{
	struct sl_pages_counts n;

	sl_pages_counts(&n);
	return n.mapped << SL_PAGE_SHIFT;
}

/* --- helpers ------------------------------------------------------------- */

/* Put something where the heap would like to go, if nothing is there. */
static void
occupy(uintptr_t at)
{
	mmap((void *)at, SL_PAGE_SIZE, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

/* --- tests --------------------------------------------------------------- */

static uintptr_t origin; /* where the heap begins */

static void
first_hint_is_taken(void **state)
{
	(void)state;
	occupy(HINT(0));
	assert_int_equal(mapped_bytes(), 0);
	origin = alloc_checked(1, 1);
	assert_true(origin > HINT(0)); /* HINT(1), unless that is taken too */
	assert_int_equal((origin - HINT(0)) % (HINT(1) - HINT(0)), 0);
	assert_int_equal(mapped_bytes(), CHUNK_BYTES);
	free_checked(origin, 1);
	check();
}

static void
heap_grows_by_chunks(void **state)
{
	uintptr_t p[2 * CHUNK_PAGES + 1], big, all;
	size_t n = sizeof(p) / sizeof(p[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		p[i] = alloc_checked(1, 1);
		assert_int_equal(p[i], origin + (i << SL_PAGE_SHIFT));
		assert_int_equal(
		    mapped_bytes(), (i / CHUNK_PAGES + 1) * CHUNK_BYTES);
	}
	/* The pages that are free at the heap's end are part of the run. */
	big = alloc_checked(2 * CHUNK_PAGES - 1, 1);
	assert_int_equal(big, p[n - 1] + SL_PAGE_SIZE);
	assert_int_equal(mapped_bytes(), 4 * CHUNK_BYTES);
	free_checked(big, 2 * CHUNK_PAGES - 1);
	for (size_t i = 0; i < n; i++)
		free_checked(p[i], 1);
	/* So are whole chunks. */
	all = alloc_checked(5 * CHUNK_PAGES, 1);
	assert_int_equal(all, origin);
	assert_int_equal(mapped_bytes(), 5 * CHUNK_BYTES);
	free_checked(all, 5 * CHUNK_PAGES);
	check();
}

static struct run {
	uintptr_t base;
	size_t npages;
} runs[RUNS];
static unsigned across_chunks, across_arenas, with_alignment;

static void
step(struct run *r)
{
	size_t npages = 1 + draw(12), align = 1, last;

	if (r->base != 0) {
		free_checked(r->base, r->npages);
		r->base = 0;
		return;
	}
	if (draw(8) == 0)
		npages = 1 + draw(700);
	if (draw(64) == 0)
		npages = 1 + draw(SL_ARENA_PAGES + 1000);
	if (draw(6) == 0)
		align = (size_t)1 << draw(draw(8) == 0 ? 14 : 8);
	r->base = alloc_checked(npages, align);
	r->npages = npages;
	assert_int_equal(r->base & ((align << SL_PAGE_SHIFT) - 1), 0);
	last = r->base + ((npages - 1) << SL_PAGE_SHIFT);
	across_chunks += r->base / CHUNK_BYTES != last / CHUNK_BYTES;
	across_arenas += r->base / ARENA_BYTES != last / ARENA_BYTES;
	with_alignment += align > 1;
}

/* With a gap between the second arena and the third. */
static void
same_as_first_fit(void **state)
{
	uintptr_t gap = origin + 2 * ARENA_BYTES;

	(void)state;
	assert_null(sl_arenas[(gap >> SL_ARENA_SHIFT) - 1]);
	occupy(gap);
	for (unsigned i = 0; i < STEPS; i++) {
		step(&runs[draw(RUNS)]);
		if (i % CHECK_STEPS == 0)
			check();
	}
	assert_null(sl_arenas[gap >> SL_ARENA_SHIFT]);
	assert_int_not_equal(stretches, 1);
	/* The room before the gap was not lost. */
	assert_int_not_equal(*state_of(gap - SL_PAGE_SIZE), ABSENT);
	printf("# %u arenas; %u runs crossed chunks, %u crossed arenas, %u "
	       "were aligned\n",
	    num_arenas, across_chunks, across_arenas, with_alignment);
	for (unsigned i = 0; i < RUNS; i++)
		if (runs[i].base != 0)
			step(&runs[i]);
	check();
}

/* Behind a run, into the heap's end, and beyond it. */
static void
runs_grow_in_place(void **state)
{
	struct sl_pages_counts n;
	bool needzero;
	uintptr_t p, q, end;

	(void)state;
	p = alloc_checked(4, 1);
	q = alloc_checked(1, 1);
	end = p + (4 << SL_PAGE_SHIFT);
	if (q == end)
		assert_false(sl_pages_extend(end, 1, &needzero));
	free_checked(q, 1);
	assert_true(sl_pages_extend(end, 3, &needzero));
	mark(end, 3, FREE, USED);
	free_checked(p, 7);
	/* All that there is, and then some. */
	do
		p = sl_pages_alloc(1 << 16, 1, &needzero);
	while (p != 0);
	assert_true(sl_pages_grow(1 << 16, 1));
	p = sl_pages_alloc(1 << 16, 1, &needzero);
	assert_true(p != 0);
	end = p + ((uintptr_t)1 << (16 + SL_PAGE_SHIFT));
	sl_pages_counts(&n);
	assert_true(sl_pages_extend(end, 10 * CHUNK_PAGES, &needzero));
	assert_false(needzero);
	assert_true(sl_pages_extend(
	    end + 10 * CHUNK_BYTES, 3 * SL_ARENA_PAGES, &needzero));
	memset((void *)(end + 10 * CHUNK_BYTES + 2 * ARENA_BYTES), 1, 8);
	assert_true(mapped_bytes() > n.mapped << SL_PAGE_SHIFT);
	assert_false(sl_pages_extend(end, 1, &needzero));
	check();
}

static void
taken_twice_is_found(void **state)
{
	bool needzero;
	uintptr_t p = sl_pages_alloc(2, 1, &needzero);

	(void)state;
	assert_true(p != 0);
	assert_false(sl_pages_alloc_at(p, 2, &needzero));
	assert_false(sl_pages_alloc_at(p + SL_PAGE_SIZE, 1, &needzero));
	assert_false(sl_pages_alloc_at(HINT(100), 1, &needzero));
	sl_pages_free(p, 2, false);
	assert_true(sl_pages_alloc_at(p, 2, &needzero));
	sl_pages_free(p, 2, false);
	check();
}

static void
runs_cross_arenas(void **state)
{
	size_t npages = 3 * SL_ARENA_PAGES + 100;
	uintptr_t p = alloc_checked(npages, 1);

	(void)state;
	assert_true((p & (ARENA_BYTES - 1)) + (npages << SL_PAGE_SHIFT) >
		    3 * ARENA_BYTES);
	free_checked(p, npages);
	check();
}

static void
alignment_beyond_arenas(void **state)
{
	size_t align = 4 * SL_ARENA_PAGES, npages = 10;
	uintptr_t p[4];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		p[i] = alloc_checked(npages, align);
		assert_int_equal(p[i] & ((align << SL_PAGE_SHIFT) - 1), 0);
	}
	for (unsigned i = 0; i < 4; i++)
		free_checked(p[i], npages);
	check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_hint_is_taken),
	    cmocka_unit_test(heap_grows_by_chunks),
	    cmocka_unit_test(same_as_first_fit),
	    cmocka_unit_test(runs_cross_arenas),
	    cmocka_unit_test(alignment_beyond_arenas),
	    cmocka_unit_test(taken_twice_is_found),
	    cmocka_unit_test(runs_grow_in_place),
	};

	if (getenv("SL_SEED") != NULL)
		seed = strtoull(getenv("SL_SEED"), NULL, 10);
	printf("# seed %llu\n", (unsigned long long)seed);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
