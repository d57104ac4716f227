/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mpagealloc.c - the page heap against a naive model of the same policy.
 * Run by make check; prints its seed, takes another from SL_SEED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/marena.h"
#include "core/mpagealloc.h"

enum { MODEL_PAGES = 3 * SL_ARENA_PAGES, RUNS = 400, STEPS = 20000 };

/* One byte a page, from the first address on: free, used, or not there. */
static unsigned char model[MODEL_PAGES];
static uintptr_t origin;

static struct run {
	uintptr_t base;
	size_t npages;
} runs[RUNS];

static uint64_t seed = 1;

static uint64_t
draw(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (seed >> 33) % n;
}

static void
add_usable(uintptr_t base, size_t npages, void *arg)
{
	(void)arg;
	if (origin == 0)
		origin = base;
	for (size_t i = 0; i < npages; i++) {
		size_t at = ((base - origin) >> SL_PAGE_SHIFT) + i;

		assert_true(at < MODEL_PAGES);
		if (model[at] == 0)
			model[at] = 1;
	}
}

/* First fit by address: the first page of the first run of free pages that
 * lies in one region; the regions of this test are single arenas. */
static size_t
model_find(size_t npages, size_t align_pages)
{
	for (size_t i = 0; i + npages <= MODEL_PAGES; i++) {
		uintptr_t page = (origin >> SL_PAGE_SHIFT) + i;
		size_t n = 0;

		if (page % align_pages != 0 ||
		    i / SL_ARENA_PAGES != (i + npages - 1) / SL_ARENA_PAGES)
			continue;
		while (n < npages && model[i + n] == 1)
			n++;
		if (n == npages)
			return i;
	}
	return SIZE_MAX;
}

static void
step(struct run *r)
{
	size_t npages = draw(8) == 0 ? 1 + draw(700) : 1 + draw(12);
	size_t align = draw(6) == 0 ? (size_t)1 << draw(8) : 1;
	size_t want, at = (r->base - origin) >> SL_PAGE_SHIFT;
	uintptr_t base;
	bool needzero;

	if (r->base != 0) {
		sl_pages_free(r->base, r->npages);
		memset(&model[at], 1, r->npages);
		r->base = 0;
		return;
	}
	want = model_find(npages, align);
	base = sl_pages_alloc(npages, align, &needzero);
	if (want == SIZE_MAX) {
		assert_int_equal(base, 0);
		assert_true(sl_pages_grow(npages, align));
		sl_pages_walk(add_usable, NULL);
		want = model_find(npages, align);
		assert_int_not_equal(want, SIZE_MAX);
		base = sl_pages_alloc(npages, align, &needzero);
	}
	assert_int_equal(base, origin + (want << SL_PAGE_SHIFT));
	memset(&model[want], 2, npages);
	*(size_t *)base = npages; /* the memory is there */
	r->base = base;
	r->npages = npages;
}

static void
same_as_first_fit(void **state)
{
	(void)state;
	assert_true(sl_pages_grow(1, 1));
	sl_pages_walk(add_usable, NULL);
	for (unsigned i = 0; i < STEPS; i++)
		step(&runs[draw(RUNS)]);
	for (unsigned i = 0; i < RUNS; i++)
		if (runs[i].base != 0)
			step(&runs[i]);
}

static void
zero_is_known(void **state)
{
	size_t npages = 600;
	bool needzero;
	uintptr_t p;

	(void)state;
	p = sl_pages_alloc(npages, 1, &needzero);
	assert_true(p != 0 && needzero); /* the test above has used it */
	memset((void *)p, 7, npages << SL_PAGE_SHIFT);
	sl_pages_free(p, npages);
	assert_int_equal(sl_pages_scavenge(p, npages), npages << SL_PAGE_SHIFT);
	assert_int_equal(sl_pages_scavenge(p, npages), 0);
	assert_int_equal(sl_pages_alloc(npages, 1, &needzero), p);
	assert_false(needzero);
	for (size_t i = 0; i < npages << SL_PAGE_SHIFT; i++)
		assert_int_equal(((char *)p)[i], 0);
	sl_pages_free(p, npages);
}

static void
more_than_an_arena(void **state)
{
	size_t npages = SL_ARENA_PAGES + 100;
	bool needzero = true;
	uintptr_t p;

	(void)state;
	assert_int_equal(sl_pages_alloc(npages, 1, &needzero), 0);
	assert_true(sl_pages_grow(npages, 1));
	p = sl_pages_alloc(npages, 1, &needzero);
	assert_true(p != 0);
	assert_false(needzero);
	((char *)p)[0] = 1;
	((char *)p)[(npages << SL_PAGE_SHIFT) - 1] = 1;
	sl_pages_free(p, npages);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_as_first_fit),
	    cmocka_unit_test(zero_is_known),
	    cmocka_unit_test(more_than_an_arena),
	};

	if (getenv("SL_SEED") != NULL)
		seed = strtoull(getenv("SL_SEED"), NULL, 10);
	printf("# seed %llu\n", (unsigned long long)seed);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
