/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_large.c - large objects: cleared in pieces, and changed without a copy.
 * Its mmap() and mremap() stand before the C library's.
 * Run by make check for each variant; prints its seed, takes another from
 * SL_SEED.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "core/spanlab.h"

enum { PAGE = 8192, PIECE = 256 << 10, MIB = 1 << 20, STEPS = 3000 };

static struct sl_stats
stats(void)
{
	struct sl_stats st = {.size = sizeof(st)};

	assert_int_equal(sl_stats_read(&st), 0);
	return st;
}

static bool
is_zero(const char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static void
test_clears_in_pieces(void **state)
{
	size_t sizes[] = {40 << 10, PIECE, PIECE + 1, 17 * MIB + 5};

	(void)state;
	for (unsigned i = 0; i < UNIT_COUNT(sizes); i++) {
		size_t n = sizes[i], rounded = (n + PAGE - 1) / PAGE * PAGE;
		uint64_t before;
		char *p = malloc(n);

		assert_non_null(p);
		memset(p, 7, n);
		free(p);
		malloc_trim(0); /* all is clean */
		before = stats().zero_pieces;
		p = calloc(1, n);
		assert_non_null(p);
		assert_true(is_zero(p, n));
		assert_int_equal(stats().zero_pieces, before);
		memset(p, 7, n);
		free(p);
		/* The same pages, unless they went back to the OS. */
		p = calloc(n, 1);
		assert_non_null(p);
		assert_true(is_zero(p, n));
		if (n < 8 * MIB)
			assert_int_equal(stats().zero_pieces - before,
			    (rounded + PIECE - 1) / PIECE);
		free(p);
	}
	unit_heap_is_sound(NULL, NULL);
}

/* Any way it goes, the contents come along. */
static void
test_realloc_keeps_contents(void **state)
{
	enum { N = 8 };
	static unsigned char *p[N];
	static size_t size[N];
	uint64_t x = unit_seed(1);
	struct sl_stats before = stats(), after;

	(void)state;
	for (unsigned step = unit_scaled(STEPS); step > 0; step--) {
		unsigned i = (unsigned)unit_random(&x, N);
		size_t most = unit_random(&x, 8) == 0 ? 3 * MIB : 300 << 10;
		size_t n = 1 + unit_random(&x, most), common;
		unsigned char *q;

		common = n < size[i] ? n : size[i];
		q = realloc(p[i], n);
		assert_non_null(q);
		assert_true(malloc_usable_size(q) >= n);
		if (size[i] != 0) {
			assert_int_equal(q[0], i + 1);
			assert_int_equal(q[common / 2], i + 1);
			assert_int_equal(q[common - 1], i + 1);
		}
		memset(q, (int)i + 1, n);
		p[i] = q;
		size[i] = n;
		if (step % 500 == 0)
			unit_heap_is_sound(NULL, NULL);
	}
	after = stats();
	print_message("# %lu in place, %lu moved\n",
	    (unsigned long)(after.large_resizes - before.large_resizes),
	    (unsigned long)(after.large_moves - before.large_moves));
	assert_true(after.large_resizes > before.large_resizes);
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
	unit_heap_is_sound(NULL, NULL);
}

/* What a smaller size frees can be used. */
static void
test_shrink_gives_back(void **state)
{
	uint64_t before = stats().heap_inuse_bytes;
	char *p = malloc(16 * MIB);
	uintptr_t was = (uintptr_t)p;

	(void)state;
	assert_non_null(p);
	p = realloc(p, 2 * MIB);
	assert_int_equal((uintptr_t)p, was);
	assert_int_equal(malloc_usable_size(p), 2 * MIB);
	assert_true(stats().heap_inuse_bytes <= before + 3 * MIB);
	free(p);
	unit_heap_is_sound(NULL, NULL);
}

/* --- Linux without memory for a move ------------------------------------- */

/* volatile: the C library's headers say that realloc() never calls back. */
static volatile bool is_short;
static volatile unsigned losses;

#if !UNIT_SANITIZED
/* Linux takes the new range away before it finds that it cannot go on. */
void *
mremap(void *from, size_t old, size_t new, int flags, ...)
{
	va_list ap;
	void *to;

	va_start(ap, flags);
	to = va_arg(ap, void *);
	va_end(ap);
	if (!is_short)
		return (void *)syscall(SYS_mremap, from, old, new, flags, to);
	assert_int_equal(munmap(to, old), 0);
	losses++;
	errno = ENOMEM;
	return MAP_FAILED;
}

void *
mmap(void *p, size_t n, int prot, int flags, int fd, off_t offset)
{
	if (is_short) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, p, n, prot, flags, fd, offset);
}
#endif

/* What should have been moved stays, and the heap goes on without the range
 * that it lost. */
static void
test_lost_move_loses_nothing(void **state)
{
	enum { OLD = 8 * MIB, NEW = 12 * MIB, WALLS = 16 };
	char *wall[WALLS] = {malloc(OLD)}, *p, *q;
	unsigned n = 1;

	(void)state;
	UNIT_SKIP_IF_SANITIZED("mmap() is its own");
	do { /* until one is right behind another */
		assert_true(n < WALLS);
		assert_non_null(wall[n - 1]);
		wall[n] = malloc(OLD);
		p = wall[n - 1];
	} while ((uintptr_t)wall[n++] != (uintptr_t)p + OLD);
	wall[n - 2] = NULL;
	memset(p, 7, OLD);
	q = malloc(NEW); /* so that there is room without mmap() */
	assert_non_null(q);
	free(q);
	is_short = true;
	errno = 0;
	q = realloc(p, NEW);
	is_short = false;
	print_message("# %u lost\n", losses);
	assert_true(losses > 0);
	assert_null(q);
	assert_int_equal(errno, ENOMEM);
	assert_true(p[0] == 7 && memcmp(p, p + 1, OLD - 1) == 0);
	unit_heap_is_sound(NULL, NULL);
	for (unsigned i = 0; i < 4; i++) {
		q = calloc(1, NEW);
		assert_non_null(q);
		assert_true(is_zero(q, NEW));
		memset(q, 8, NEW);
		free(q);
		malloc_trim(0);
	}
	q = realloc(p, NEW);
	assert_non_null(q);
	assert_true(q[0] == 7 && memcmp(q, q + 1, OLD - 1) == 0);
	free(q);
	while (n > 0)
		free(wall[--n]);
	unit_heap_is_sound(NULL, NULL);
}

/* Bytes of memory and swap. */
static size_t
machine_bytes(void)
{
	struct sysinfo i;

	assert_int_equal(sysinfo(&i), 0);
	return (i.totalram + i.totalswap) * i.mem_unit;
}

/* The system refuses what it will never have, unless it was told not to. */
static void
test_too_much_costs_no_tables(void **state)
{
	size_t bytes = 4 * machine_bytes();
	uint64_t before, after;
	char policy = '?';
	void *p;
	FILE *f;

	(void)state;
	UNIT_SKIP_IF_SANITIZED("its tables count as memory");
	f = fopen("/proc/sys/vm/overcommit_memory", "r");
	if (f != NULL) {
		policy = (char)fgetc(f);
		fclose(f);
	}
	if (policy != '0' && policy != '2') {
		print_message("# SKIP vm.overcommit_memory is %c here: nothing "
			      "is refused\n",
		    policy);
		skip();
	}
	before = stats().meta_bytes;
	errno = 0;
	p = malloc(bytes);
	assert_null(p);
	assert_int_equal(errno, ENOMEM);
	after = stats().meta_bytes;
	print_message("# %zu bytes refused, %llu bytes of tables more\n", bytes,
	    (unsigned long long)(after - before));
	assert_true(after - before < bytes >> 12);
	p = malloc(MIB);
	assert_non_null(p);
	free(p);
	unit_heap_is_sound(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clears_in_pieces),
	    cmocka_unit_test(test_realloc_keeps_contents),
	    cmocka_unit_test(test_shrink_gives_back),
	    cmocka_unit_test(test_lost_move_loses_nothing),
	    cmocka_unit_test(test_too_much_costs_no_tables),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
