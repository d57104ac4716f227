/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_tiny.c - objects below 16 bytes that share a block (sl_mallocgc, noscan).
 * Run by make check, once for each variant.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

enum { N = 20000 };

static size_t
alignment(size_t size)
{
	return size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1;
}

static void
sizes_and_alignments(void **state)
{
	static unsigned char *p[N];
	static size_t size[N];
	uint64_t x = unit_seed(1);

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		size[i] = 1 + unit_random(&x, 15);
		p[i] = sl_mallocgc(size[i], true, false);
		assert_int_equal((uintptr_t)p[i] % alignment(size[i]), 0);
		assert_int_equal(malloc_usable_size(p[i]), size[i]);
		for (unsigned k = 0; k < size[i]; k++)
			assert_int_equal(p[i][k], 0);
		memset(p[i], (int)i, size[i]);
	}
	for (unsigned i = 0; i < N; i++) {
		for (unsigned k = 0; k < size[i]; k++)
			assert_int_equal(p[i][k], i % 256);
		sl_free(p[i]);
	}
}

/* Sixteen objects of one byte in a row lie in at most two blocks. */
static void
blocks_are_shared(void **state)
{
	char *p[16];
	unsigned changes = 0;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		p[i] = sl_mallocgc(1, true, false);
		changes += i > 0 && p[i] != p[i - 1] + 1;
	}
	assert_in_range(changes, 0, 1);
	for (unsigned i = 0; i < 16; i++)
		sl_free(p[i]);
}

/* Now no block is the current one.  Returns how many objects that took. */
static unsigned
fill_block(char **p)
{
	unsigned n = 0;

	do
		p[n] = sl_mallocgc(1, true, false);
	while ((uintptr_t)p[n++] % 16 != 15);
	return n;
}

/* Of the old block and the new one that is kept which has more room left. */
static void
roomier_block_is_kept(void **state)
{
	char *p[64], *old, *big, *next;
	unsigned n = fill_block(p);

	(void)state;
	p[n++] = old = sl_mallocgc(2, true, false);
	p[n++] = big = sl_mallocgc(15, true, false);
	p[n++] = next = sl_mallocgc(2, true, false);
	assert_ptr_not_equal((uintptr_t)old / 16, (uintptr_t)big / 16);
	assert_ptr_equal(next, old + 2);
	n += fill_block(p + n);
	p[n++] = old = sl_mallocgc(12, true, false);
	p[n++] = big = sl_mallocgc(8, true, false);
	p[n++] = next = sl_mallocgc(8, true, false);
	assert_ptr_not_equal((uintptr_t)old / 16, (uintptr_t)big / 16);
	assert_ptr_equal(next, big + 8);
	while (n > 0)
		sl_free(p[--n]);
}

static uint64_t
live_objects(void)
{
	uint64_t n;

	unit_heap_is_sound(&n, NULL);
	return n;
}

/* Blocks come back: in every order of frees, and by other threads. */
static void *
free_all(void *arg)
{
	void **p = arg;

	for (unsigned i = 0; i < N; i++)
		sl_free(p[i]);
	return NULL;
}

static void *
nothing(void *arg)
{
	return arg;
}

static void
blocks_come_back(void **state)
{
	static void *p[N];
	uint64_t before;
	struct sl_stats first = {.size = sizeof(first)}, last = first;
	uint64_t x = unit_seed(2);

	(void)state;
	/* What the C library keeps of a first thread is not ours to count. */
	unit_threads(1, nothing, NULL, 0);
	before = live_objects();
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < N; i++)
			p[i] =
			    sl_mallocgc(1 + unit_random(&x, 15), true, false);
		assert_int_equal(live_objects(), before + N);
		for (unsigned i = N - 1; i > 0; i--) {
			unsigned k = (unsigned)unit_random(&x, i + 1);
			void *t = p[i];

			p[i] = p[k];
			p[k] = t;
		}
		if (round % 2 == 0)
			free_all(p);
		else
			unit_threads(1, free_all, p, 0);
		assert_int_equal(live_objects(), before);
		assert_int_equal(sl_stats_read(round == 1 ? &first : &last), 0);
	}
	/* 20 rounds need no more memory than two did, a tenth aside. */
	assert_true(
	    last.heap_inuse_bytes <=
	    first.heap_inuse_bytes + first.heap_inuse_bytes / 10 + 65536);
}

static void
no_bytes(void **state)
{
	void *p = sl_mallocgc(0, true, false);

	(void)state;
	assert_non_null(p);
	assert_ptr_equal(sl_mallocgc(0, false, true), p);
	sl_free(p);
	sl_free(p);
	assert_int_equal(malloc_usable_size(p), 0);
}

static void
realloc_copies_the_object(void **state)
{
	char *p = sl_mallocgc(13, true, false), *q;

	(void)state;
	memcpy(p, "hello, world", 13);
	q = realloc(p, 100);
	assert_string_equal(q, "hello, world");
	free(q);
}

static void
free_twice(void *arg)
{
	char *a = sl_mallocgc(4, true, false);
	char *b = sl_mallocgc(4, true, false);

	(void)arg;
	(void)b; /* keeps the block in use */
	sl_free(a);
	sl_free(a);
}

static void
free_inside(void *arg)
{
	char *a = sl_mallocgc(12, true, false);

	(void)arg;
	sl_free(a + 4);
}

static void
bad_frees_end_the_program(void **state)
{
	struct unit_end e;

	(void)state;
	e = unit_child(free_twice, NULL, 10);
	assert_int_equal(e.signal, SIGABRT);
	assert_non_null(strstr(e.text, "double free"));
	e = unit_child(free_inside, NULL, 10);
	assert_int_equal(e.signal, SIGABRT);
	assert_non_null(strstr(e.text, "invalid free"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sizes_and_alignments),
	    cmocka_unit_test(blocks_are_shared),
	    cmocka_unit_test(roomier_block_is_kept),
	    cmocka_unit_test(blocks_come_back),
	    cmocka_unit_test(no_bytes),
	    cmocka_unit_test(realloc_copies_the_object),
	    cmocka_unit_test(bad_frees_end_the_program),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
