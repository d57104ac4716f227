/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mpagegrow.c - the page heap where address space is odd, scarce or vast.
 * The tests run in order, on one heap.  Run by make check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/marena.h"
#include "core/mpagealloc.h"
#include "core/mpagegrow.h"
#include "core/mpallocbits.h"

#define ARENA_BYTES ((uintptr_t)SL_ARENA_PAGES << SL_PAGE_SHIFT)
#define HINT(i) (((uintptr_t)0xc0 << 32) + ((uintptr_t)(i) << 40))

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

/* Put something where the heap would like to go, if nothing is there. */
static void
occupy(uintptr_t at)
{
	mmap((void *)at, SL_PAGE_SIZE, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static uintptr_t highest;

/* From low to high, and with a gap between two stretches. */
static void
keep_last(uintptr_t base, size_t npages, void *arg)
{
	(void)arg;
	assert_true(base > highest);
	highest = base + (npages << SL_PAGE_SHIFT);
}

static void
absurd_sizes(void **state)
{
	size_t mapped = mapped_bytes();
	bool needzero;

	(void)state;
	for (unsigned shift = 35; shift < 50; shift++) {
		size_t n = (size_t)1 << shift;

		assert_int_equal(sl_pages_alloc(n, 1, &needzero), 0);
		assert_false(sl_pages_grow(n, 1));
		assert_int_equal(sl_pages_alloc(1, n, &needzero), 0);
		assert_false(sl_pages_grow(1, n));
	}
	assert_int_equal(mapped_bytes(), mapped);
	check();
}

/* More than the 2^21 pages of a summary.  Not for the model. */
static void
runs_cross_root_entries(void **state)
{
	size_t root_pages = (size_t)1 << 21, npages = 2 * root_pages + 1000;
	uintptr_t p, q, r;
	bool needzero;

	(void)state;
	if (!sl_pages_grow(npages, 1)) {
		print_message("# no 32 GiB of address space: not tested\n");
		skip();
	}
	p = sl_pages_alloc(npages, 1, &needzero);
	assert_true(p != 0);
	check();
	sl_pages_free(p, npages, false);
	check();
	/* One that is a whole entry, and one that takes all that follow. */
	q = sl_pages_alloc(root_pages, root_pages, &needzero);
	assert_true(q >= p && q % (root_pages << SL_PAGE_SHIFT) == 0);
	check();
	r = sl_pages_alloc(root_pages, 1, &needzero);
	assert_true(r != 0 && r != q);
	check();
	sl_pages_free(q, root_pages, false);
	sl_pages_free(r, root_pages, false);
	assert_int_equal(sl_pages_alloc(npages, 1, &needzero), p);
	sl_pages_free(p, npages, false);
	check();
}

/* What the OS refuses changes nothing. */
static void
no_memory(void **state)
{
	struct rlimit old, none;
	size_t mapped = mapped_bytes(), npages;
	bool needzero;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	none = old;
	none.rlim_cur = 1 << 20;
	npages = (mapped >> SL_PAGE_SHIFT) + SL_ARENA_PAGES;
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_false(sl_pages_grow(npages, 1));
		assert_false(sl_pages_grow(1, 1 << 24));
	}
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	assert_int_equal(mapped_bytes(), mapped);
	assert_int_equal(sl_pages_alloc(npages, 1, &needzero), 0);
	check();
}

static size_t
address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &pages), 1);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Less than an arena is left, but some chunks are; here or elsewhere. */
static void
few_addresses(size_t align)
{
	enum { LEFT = 30 << 20 };
	size_t mapped, npages = SL_CHUNK_PAGES, n = 0;
	struct rlimit old, few;
	bool needzero;
	uintptr_t p;

	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	few = old;
	few.rlim_cur = address_space();
	assert_int_equal(setrlimit(RLIMIT_AS, &few), 0);
	/* Of what is reserved already nothing is left. */
	do
		while (sl_pages_alloc(1, 1, &needzero) != 0)
			continue;
	while (sl_pages_grow(npages, 1));
	mapped = mapped_bytes();
	few.rlim_cur += LEFT;
	assert_int_equal(setrlimit(RLIMIT_AS, &few), 0);
	while (sl_pages_grow(npages, align)) {
		p = sl_pages_alloc(npages, align, &needzero);
		assert_true(p != 0);
		*(size_t *)p = ++n;
	}
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	assert_true(n >= 3);
	assert_true(mapped_bytes() - mapped >= LEFT / 2);
	assert_true(mapped_bytes() - mapped <= LEFT);
	check();
	/* And on from there when there are more. */
	assert_true(sl_pages_grow(2 * SL_ARENA_PAGES, 1));
	p = sl_pages_alloc(2 * SL_ARENA_PAGES, 1, &needzero);
	assert_true(p != 0);
	*(size_t *)(p + 2 * ARENA_BYTES - sizeof(size_t)) = 1;
	sl_pages_free(p, 2 * SL_ARENA_PAGES, false);
	check();
}

static void
few_addresses_here(void **state)
{
	(void)state;
	few_addresses(1);
}

/* What is next to the heap is taken. */
static void
few_addresses_elsewhere(void **state)
{
	(void)state;
	highest = 0;
	sl_pages_walk(keep_last, NULL);
	occupy((highest + ARENA_BYTES - 1) & ~(ARENA_BYTES - 1));
	few_addresses(SL_CHUNK_PAGES);
}

/* All of Go's hints are taken, and the place next to the heap too. */
static void
no_hint_is_left(void **state)
{
	size_t npages = 2 * SL_ARENA_PAGES, arena;
	bool needzero;
	uintptr_t p;

	(void)state;
	for (unsigned i = 0; i < 128; i++)
		occupy(HINT(i));
	highest = 0;
	sl_pages_walk(keep_last, NULL);
	arena = (highest + ARENA_BYTES - 1) >> SL_ARENA_SHIFT;
	while (sl_arenas[arena] != NULL)
		arena++;
	occupy(arena << SL_ARENA_SHIFT);
	/* What is left of the last arenas may be enough once. */
	for (unsigned i = 0; i < 6; i++) {
		do
			p = sl_pages_alloc(npages, 1, &needzero);
		while (p != 0);
		assert_true(sl_pages_grow(npages, 1));
		p = sl_pages_alloc(npages, 1, &needzero);
		assert_true(p != 0);
	}
	assert_false(needzero);
	assert_true(p < HINT(0) || p > highest);
	*(size_t *)p = 1;
	sl_pages_free(p, npages, false);
	/* The OS likes to put one arena below the other. */
	highest = 0;
	sl_pages_walk(keep_last, NULL);
	check();
}

/* Room that was made for an aligned run is enough for it. */
static void
aligned_far_away(void **state)
{
	size_t align = 4 * SL_ARENA_PAGES;
	bool needzero;
	uintptr_t p;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		while (sl_pages_alloc(1, align, &needzero) != 0)
			continue;
		assert_true(sl_pages_grow(1, align));
		p = sl_pages_alloc(1, align, &needzero);
		assert_true(p != 0);
		assert_int_equal(p & (4 * ARENA_BYTES - 1), 0);
	}
	check();
}

static void
free_twice_dies(void **state)
{
	bool needzero;
	uintptr_t p = sl_pages_alloc(2, 1, &needzero);
	struct rlimit no_core = {0, 0};
	int status;
	pid_t child;

	(void)state;
	assert_true(p != 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		close(2);
		signal(SIGABRT, SIG_DFL);
		sl_pages_free(p + SL_PAGE_SIZE, 1, false);
		sl_pages_free(p, 2, false);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	sl_pages_free(p, 2, false);
	check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_memory),
	    cmocka_unit_test(absurd_sizes),
	    cmocka_unit_test(runs_cross_root_entries),
	    cmocka_unit_test(few_addresses_here),
	    cmocka_unit_test(no_hint_is_left),
	    cmocka_unit_test(few_addresses_elsewhere),
	    cmocka_unit_test(aligned_far_away),
	    cmocka_unit_test(free_twice_dies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
