/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_badfree.c - badfree=abort, report and ignore: what is said about a wrong
 * free, word for word, and that the heap is unharmed if the program goes on.
 * Run by make check, once.  Each act is a process of its own.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/spanlab.h"

void free_sized(void *p, size_t size);

static const size_t sizes[] = {
    1, 8, 16, 24, 100, 1000, 8192, 32768, 32769, 100000, 5u << 20};

static char in_data[64];

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

/* The compiler shall not know what these are. */
static void (*volatile free_hidden)(void *) = free;
static void *(*volatile malloc_hidden)(size_t) = malloc;
static void *(*volatile realloc_hidden)(void *, size_t) = realloc;
static size_t (*volatile size_hidden)(void *) = malloc_usable_size;

static void
free_at(uintptr_t p)
{
	free_hidden((void *)p);
}

static uintptr_t
make(size_t n)
{
	return (uintptr_t)malloc_hidden(n);
}

/* --- every kind of mistake, one after the other -------------------------- */

enum { MISTAKES_PER_SIZE = 6, MISTAKES_ELSEWHERE = 5, MISTAKES_TINY = 3 };

static void
with_size(size_t n)
{
	uintptr_t p = make(n), q = make(n);
	uintptr_t odd = q + 3, inside = q + (n > 8 ? n / 8 * 4 : 5);

	memset((void *)q, 0x42, n);
	free_at(p);
	free_at(p);
	free_at(odd);
	free_at(inside);
	errno = 0;
	must(realloc_hidden((void *)odd, 100) == NULL,
	    "realloc of a wrong pointer");
	must(errno == EINVAL, "errno of realloc");
	must(size_hidden((void *)odd) == 0, "size of a wrong pointer");
	free_sized((void *)q, size_hidden((void *)q) + 1);
	/* The last one was only wrong about the size: q is free. */
}

static void
elsewhere(void)
{
	char local[64] = {0};
	uintptr_t mapped = (uintptr_t)mmap(
	    NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	free_at((uintptr_t)local + 16);
	free_at((uintptr_t)in_data);
	free_at(mapped);
	free_at(16);
	free_at(UINTPTR_MAX - 15);
}

static void
tiny(void)
{
	uintptr_t p = (uintptr_t)sl_mallocgc(5, true, false);
	uintptr_t q = (uintptr_t)sl_mallocgc(3, true, false);

	free_at(p + 1);
	free_at(p);
	free_at(p);
	free_at(q);
	free_at(q);
}

static void
mistakes(void)
{
	uint64_t before, after;
	char why[256];

	must(sl_heap_check(why, sizeof(why), &before, NULL), why);
	for (unsigned i = 0; i < UNIT_COUNT(sizes); i++)
		with_size(sizes[i]);
	elsewhere();
	tiny();
	must(sl_heap_check(why, sizeof(why), &after, NULL), why);
	must(before == after, "not as many live objects as before");
}

/* --- two threads free one object, at once -------------------------------- */

enum { PAIRS = 2000 };
static _Atomic(uintptr_t) both[PAIRS];
static pthread_barrier_t gate;

static void *
free_all(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < PAIRS; i++) {
		if (i % 50 == 0)
			pthread_barrier_wait(&gate);
		free_at(both[i]);
	}
	return NULL;
}

/* Nothing is allocated meanwhile: a slot that is free stays so. */
static void
race(void)
{
	uint64_t before, after;
	char why[256];
	pthread_t t[2];

	pthread_barrier_init(&gate, NULL, 3);
	for (unsigned i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, free_all, NULL);
	must(sl_heap_check(why, sizeof(why), &before, NULL), why);
	for (unsigned i = 0; i < PAIRS; i++)
		both[i] = make(100);
	for (unsigned i = 0; i < PAIRS / 50; i++)
		pthread_barrier_wait(&gate);
	for (unsigned i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	free(malloc(100));
	must(sl_heap_check(why, sizeof(why), &after, NULL), why);
	must(after <= before, "objects are left");
}

/* --- single ones, whose message is looked at ----------------------------- */

static uintptr_t late;

static void
twice(uintptr_t p)
{
	fprintf(stderr, "culprit 0x%zx\n", (size_t)p);
	free_at(p);
	free_at(p);
}

static void
twice_small(void)
{
	twice(make(100));
}

static void
twice_tiny(void)
{
	uintptr_t p = (uintptr_t)sl_mallocgc(8, true, false);

	must(sl_mallocgc(4, true, false) != NULL, "out of memory");
	twice(p);
}

static void
inside_large(void)
{
	uintptr_t p = make(100000);

	fprintf(stderr, "culprit 0x%zx\n", (size_t)p + 8192);
	free_at(p + 8192);
}

static void
twice_large(void)
{
	twice(make(100000));
}

static void
twice_huge(void)
{
	twice(make(5u << 20));
}

static void
free_late(void)
{
	twice(late);
}

static void
twice_at_exit(void)
{
	late = make(100);
	atexit(free_late);
}

static void
twice_in_child(void)
{
	int status = 0;

	late = make(100);
	if (fork() == 0) {
		twice(late);
		_exit(0);
	}
	wait(&status);
	must(WIFSIGNALED(status), "the child lives on");
	raise(WTERMSIG(status));
}

static void *
twice_there(void *arg)
{
	(void)arg;
	twice(late);
	return NULL;
}

static void
twice_in_thread(void)
{
	late = make(100);
	unit_start_hands(2);
	unit_run_in_hand(0, twice_there, NULL);
}

static const struct unit_act acts[] = {
    {"mistakes", mistakes},
    {"race", race},
    {"twice_small", twice_small},
    {"twice_tiny", twice_tiny},
    {"twice_large", twice_large},
    {"twice_huge", twice_huge},
    {"inside_large", inside_large},
    {"twice_at_exit", twice_at_exit},
    {"twice_in_child", twice_in_child},
    {"twice_in_thread", twice_in_thread},
};

/* --- what is said -------------------------------------------------------- */

static unsigned
count(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void
says(const char *options, const char *act, unsigned lines)
{
	/* More than fits into a unit_end: the acts' own check counts. */
	struct unit_end end = unit_exec(options, act, 60);

	if (end.status != 0 || end.lines != lines)
		fail_msg("%s, %s: status %d, signal %d, %u lines of %u: %s",
		    options, act, end.status, end.signal, end.lines, lines,
		    end.text);
}

static void
report_goes_on(void **state)
{
	(void)state;
	says("badfree=report", "mistakes",
	    UNIT_COUNT(sizes) * MISTAKES_PER_SIZE + MISTAKES_ELSEWHERE +
		MISTAKES_TINY);
	says("badfree=report,clobber=1", "mistakes",
	    UNIT_COUNT(sizes) * MISTAKES_PER_SIZE + MISTAKES_ELSEWHERE +
		MISTAKES_TINY);
}

static void
ignore_is_silent(void **state)
{
	(void)state;
	says("badfree=ignore", "mistakes", 0);
	says("badfree=ignore,clobber=1", "mistakes", 0);
}

static void
of_two_at_once_one_is_wrong(void **state)
{
	(void)state;
	says("badfree=report", "race", PAIRS);
	says("badfree=report,hold=0,relink=0", "race", PAIRS);
	says("badfree=ignore", "race", 0);
}

/* act must die with this message; @ stands for the culprit's address. */
static void
dies(const char *act, const char *message)
{
	struct unit_end end = unit_exec("badfree=abort", act, 60);
	char wanted[256];
	unsigned long p = 0;
	const char *at = strstr(end.text, "culprit 0x");

	assert_false(end.timed_out);
	assert_int_equal(end.signal, SIGABRT);
	assert_non_null(at);
	assert_int_equal(sscanf(at, "culprit %lx", &p), 1);
	snprintf(wanted, sizeof(wanted), message, p);
	if (count(end.text, wanted) != 1 || end.lines != 2)
		fail_msg("%s: wanted '%s', not:\n%s", act, wanted, end.text);
}

static void
messages_are_these(void **state)
{
	(void)state;
	dies("twice_small", "spanlab: double free: 0x%lx, in the span 0x");
	dies("twice_in_thread", "spanlab: double free: 0x%lx, in the span 0x");
	dies("twice_at_exit", "spanlab: double free: 0x%lx, in the span 0x");
	dies("twice_in_child", "spanlab: double free: 0x%lx, in the span 0x");
	dies("twice_tiny",
	    "spanlab: double free or invalid free: 0x%lx, in the span 0x");
	dies("inside_large",
	    "spanlab: invalid free: not the start of an object: 0x%lx, in the "
	    "span 0x");
	dies("twice_large", "spanlab: double free: 0x%lx, in the span 0x");
	dies("twice_huge",
	    "spanlab: invalid free: 0x%lx is not an object of this heap\n");
}

static void
messages_name_the_class(void **state)
{
	struct unit_end end = unit_exec(NULL, "twice_small", 60);

	(void)state;
	assert_non_null(strstr(end.text, " of size class 9, 112-byte slots\n"));
	end = unit_exec(NULL, "twice_tiny", 60);
	assert_non_null(strstr(end.text, " of tiny class "));
	end = unit_exec(NULL, "inside_large", 60);
	assert_non_null(strstr(end.text, " of large class 0, 106496 bytes\n"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(report_goes_on),
	    cmocka_unit_test(ignore_is_silent),
	    cmocka_unit_test(of_two_at_once_one_is_wrong),
	    cmocka_unit_test(messages_are_these),
	    cmocka_unit_test(messages_name_the_class),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
