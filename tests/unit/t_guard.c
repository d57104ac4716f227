/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_guard.c - efence, guard, random, sbrk, and what clobber finds: uses of
 * memory that are wrong end the program, and right ones go on as ever.
 * Run by make check, once.  Each act is a process of its own.
 */
#include "tests/unit/unit.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

static const size_t sizes[] = {1, 7, 8, 15, 16, 24, 100, 112, 1000, 1024, 3000,
    8191, 8192, 20000, 32768, 32769, 100000, 1u << 20};

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

/* The compiler shall not know what these are. */
static void *(*volatile malloc_hidden)(size_t) = malloc;
static void (*volatile free_hidden)(void *) = free;
static size_t (*volatile size_hidden)(void *) = malloc_usable_size;
static volatile char sink;

/* --- what goes on as ever ------------------------------------------------ */

enum { SLOTS = 128, THREADS = 4 };

static void *
churn(void *arg)
{
	void *p[SLOTS] = {NULL};
	size_t n[SLOTS] = {0};
	uint64_t x = unit_seed(*(unsigned *)arg);

	for (unsigned i = unit_scaled(3000); i > 0; i--) {
		unsigned k = (unsigned)unit_random(&x, SLOTS);

		if (p[k] != NULL && !unit_is_filled(p[k], n[k], k))
			unit_child_fail("an object has changed");
		if (i % 5 == 0) {
			size_t m = 1 + unit_random(&x, 3000);
			size_t less = m < n[k] ? m : n[k];

			p[k] = realloc(p[k], m);
			if (!unit_is_filled(p[k], less, k))
				unit_child_fail("realloc lost something");
			n[k] = m;
		} else {
			free_hidden(p[k]);
			n[k] = sizes[unit_random(&x, i % 50 == 0 ? 18 : 12)];
			p[k] =
			    i % 2 != 0 ? malloc_hidden(n[k]) : calloc(1, n[k]);
			if (i % 2 == 0)
				for (size_t j = 0; j < n[k]; j++)
					must(((char *)p[k])[j] == 0, "calloc");
		}
		must(size_hidden(p[k]) >= n[k], "malloc_usable_size");
		unit_fill(p[k], n[k], k);
	}
	for (unsigned k = 0; k < SLOTS; k++)
		free_hidden(p[k]);
	return NULL;
}

static void
sound(void)
{
	unsigned ids[THREADS] = {0, 1, 2, 3};
	uint64_t before, after;
	char why[256];

	must(sl_heap_check(why, sizeof(why), &before, NULL), why);
	unit_threads(THREADS, churn, ids, sizeof(ids[0]));
	must(sl_heap_check(why, sizeof(why), &after, NULL), why);
	/* The C library keeps stacks, and a table for each. */
	must(after <= before + 3 * THREADS, "objects are left");
}

static void
aligned(void)
{
	for (unsigned i = 0; i < UNIT_COUNT(sizes); i++) {
		char *p = malloc_hidden(sizes[i]);

		must((uintptr_t)p % (sizes[i] < 16 ? 8 : 16) == 0, "malloc");
		free_hidden(p);
		for (size_t a = 16; a <= 65536; a *= 2) {
			p = aligned_alloc(a, sizes[i]);
			must(p != NULL && (uintptr_t)p % a == 0, "aligned");
			memset(p, 1, sizes[i]);
			free_hidden(p);
		}
	}
	free_hidden(malloc_hidden(0));
}

/* --- what ends the program ----------------------------------------------- */

/* The size comes by the environment. */
static size_t
size_to_try(void)
{
	const char *text = getenv("T_SIZE");

	must(text != NULL, "no T_SIZE");
	return strtoul(text, NULL, 10);
}

/* At the first byte that the alignment does not excuse. */
static void
write_behind(void)
{
	size_t n = size_to_try(), align = n < 16 ? 8 : 16;
	volatile char *p = malloc_hidden(n);

	p[n - 1] = 1;
	p[(n + align - 1) / align * align] = 1;
}

static void
read_freed(void)
{
	size_t n = size_to_try();
	uintptr_t p = (uintptr_t)malloc_hidden(n);

	*(volatile char *)p = 1;
	free_hidden((void *)p);
	sink = *(volatile char *)(p + n / 2);
}

static void
write_freed(void)
{
	size_t n = size_to_try();
	uintptr_t p[40];

	for (unsigned i = 0; i < 40; i++)
		p[i] = (uintptr_t)malloc_hidden(n);
	for (unsigned i = 0; i < 40; i++)
		free_hidden((void *)p[i]);
	*(volatile char *)(p[20] + n - 1) = 'x';
	for (unsigned i = 0; i < 2000; i++)
		(void)malloc_hidden(n);
}

static void
free_twice(void)
{
	size_t n = size_to_try();
	uintptr_t p = (uintptr_t)malloc_hidden(n);

	free_hidden((void *)p);
	free_hidden((void *)p);
}

/* A span is at most 128 KiB: somewhere behind the object comes its guard. */
static void
run_out_of_span(void)
{
	volatile char *p = malloc_hidden(size_to_try());

	for (size_t i = 0; i < (256u << 10); i++)
		sink = p[i];
}

/* --- what never happens -------------------------------------------------- */

static int
by_address(const void *a, const void *b)
{
	const uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return x < y ? -1 : x > y;
}

static void
never_again(void)
{
	enum { N = 3000 };
	static uintptr_t p[N];

	for (unsigned i = 0; i < N; i++) {
		p[i] = (uintptr_t)malloc_hidden(sizes[i % 12]);
		free_hidden((void *)p[i]);
	}
	qsort(p, N, sizeof(p[0]), by_address);
	for (unsigned i = 1; i < N; i++)
		must(p[i] != p[i - 1], "an address came twice");
}

static void
frees_do_nothing(void)
{
	uintptr_t p, last = (uintptr_t)malloc_hidden(100);
	char local[16] = {0}, *volatile foreign = local;

	never_again();
	strcpy((char *)last, "still here");
	free_hidden((void *)last);
	free_hidden((void *)last);
	free_hidden(foreign);
	must(strcmp((char *)last, "still here") == 0, "it is not");
	must(size_hidden((void *)last) == 100, "its size");
	p = (uintptr_t)realloc((void *)last, 200);
	must(p != last && strcmp((char *)p, "still here") == 0, "realloc");
	must(realloc((void *)p, PTRDIFF_MAX) == NULL, "too much");
}

/* All slots of a fresh span come, each once, and not in a row. */
static void
slots_by_chance(void)
{
	enum { N = 1024, SIZE = 8 };
	static uintptr_t p[4 * N], sorted[4 * N];
	unsigned rising = 0, equal = 0;

	for (unsigned i = 0; i < 4 * N; i++)
		p[i] = sorted[i] = (uintptr_t)malloc_hidden(SIZE);
	qsort(sorted, 4 * N, sizeof(sorted[0]), by_address);
	for (unsigned i = 1; i < 4 * N; i++) {
		rising += p[i] == p[i - 1] + SIZE;
		equal += sorted[i] == sorted[i - 1];
	}
	must(equal == 0, "a slot came twice");
	must(rising < 4 * N / 10, "one slot after the other");
	fprintf(stderr, "%lu %lu\n", (unsigned long)(p[2 * N] % 8192),
	    (unsigned long)(p[3 * N] % 8192));
}

static const struct unit_act acts[] = {
    {"sound", sound},
    {"aligned", aligned},
    {"write_behind", write_behind},
    {"read_freed", read_freed},
    {"write_freed", write_freed},
    {"free_twice", free_twice},
    {"run_out_of_span", run_out_of_span},
    {"never_again", never_again},
    {"frees_do_nothing", frees_do_nothing},
    {"slots_by_chance", slots_by_chance},
};

static struct unit_end
run(const char *options, const char *act, size_t size)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", size);
	setenv("T_SIZE", text, 1);
	return unit_exec(options, act, 60);
}

static void
ends_well(const char *options, const char *act)
{
	struct unit_end end = run(options, act, 0);

	if (end.status != 0 || end.lines != 0)
		fail_msg("%s, %s: status %d, signal %d: %s", options, act,
		    end.status, end.signal, end.text);
}

static void
dies_by(int signal, const char *options, const char *act, size_t size)
{
	struct unit_end end = run(options, act, size);

	if (end.signal != signal)
		fail_msg("%s, %s of %zu: status %d, signal %d: %s", options,
		    act, size, end.status, end.signal, end.text);
}

/* Without the option the act goes unnoticed, or it would show nothing. */
static void
goes_unnoticed(const char *act, size_t size)
{
	struct unit_end end = run(NULL, act, size);

	assert_int_equal(end.status, 0);
}

static void
all_modes_work(void **state)
{
	static const char *const modes[] = {"efence=1", "guard=1", "random=1",
	    "guard=1,random=1,clobber=1", "guard=1,hold=0,relink=0",
	    "efence=1,clobber=1", "sbrk=1"};

	(void)state;
	for (unsigned i = 0; i < UNIT_COUNT(modes); i++) {
		ends_well(modes[i], "sound");
		ends_well(modes[i], "aligned");
	}
}

static void
efence_finds_overflow_and_use_after_free(void **state)
{
	(void)state;
	for (unsigned i = 0; i < UNIT_COUNT(sizes); i++) {
		dies_by(SIGSEGV, "efence=1", "write_behind", sizes[i]);
		dies_by(SIGSEGV, "efence=1", "read_freed", sizes[i]);
		dies_by(SIGABRT, "efence=1", "free_twice", sizes[i]);
	}
	goes_unnoticed("write_behind", 100);
	goes_unnoticed("read_freed", 100);
	ends_well("efence=1", "never_again");
}

static void
guard_ends_each_span(void **state)
{
	(void)state;
	for (unsigned i = 0; i < UNIT_COUNT(sizes); i++)
		if (sizes[i] <= 100000)
			dies_by(
			    SIGSEGV, "guard=1", "run_out_of_span", sizes[i]);
	goes_unnoticed("run_out_of_span", 100);
}

static void
clobber_finds_writes_after_free(void **state)
{
	struct unit_end end;

	(void)state;
	for (unsigned i = 0; i < UNIT_COUNT(sizes); i++) {
		if (sizes[i] > 32768)
			continue;
		end = run("clobber=1", "write_freed", sizes[i]);
		assert_int_equal(end.signal, SIGABRT);
		assert_non_null(
		    strstr(end.text, "spanlab: written after its free: 0x"));
		end = run("clobber=1,badfree=report", "write_freed", sizes[i]);
		assert_int_equal(end.status, 0);
		assert_int_equal(end.lines, 1);
	}
	goes_unnoticed("write_freed", 100);
}

static void
sbrk_only_takes(void **state)
{
	struct unit_end end;

	(void)state;
	ends_well("sbrk=1", "frees_do_nothing");
	end = run(NULL, "never_again", 0);
	assert_non_null(strstr(end.text, "an address came twice"));
}

static void
random_slots(void **state)
{
	struct unit_end one = run("random=1", "slots_by_chance", 0);
	struct unit_end two = run("random=1", "slots_by_chance", 0);

	(void)state;
	assert_int_equal(one.status, 0);
	assert_int_equal(two.status, 0);
	/* the places of two objects: one in 2^20 pairs of runs agrees */
	assert_string_not_equal(one.text, two.text);
	one = run(NULL, "slots_by_chance", 0);
	assert_non_null(strstr(one.text, "one slot after the other"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_modes_work),
	    cmocka_unit_test(efence_finds_overflow_and_use_after_free),
	    cmocka_unit_test(guard_ends_each_span),
	    cmocka_unit_test(clobber_finds_writes_after_free),
	    cmocka_unit_test(sbrk_only_takes),
	    cmocka_unit_test(random_slots),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
