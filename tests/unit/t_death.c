/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_death.c - wrong frees are always found: the child must die by SIGABRT
 * and name the pointer and the mistake.  Run by make check, once per variant.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/spanlab.h"

/* Sizes of every kind: 8-byte class, odd classes, largest class, large. */
static const size_t sizes[] = {1, 8, 9, 16, 24, 33, 100, 112, 1000, 1024, 3000,
    8192, 20000, 32768, 32769, 40000, 100000, 1u << 20, 5u << 20};

struct fault {
	size_t size;
	size_t offset;
	void *foreign;
	void (*free_it)(void *);
};

/* The pointer that the message must name is sent through this. */
static void *volatile *culprit;

static void
setup_culprit(void)
{
	culprit = mmap(NULL, sizeof(*culprit), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(culprit != MAP_FAILED);
}

static void
free_wrongly(const struct fault *f, void *p)
{
	*culprit = p;
	f->free_it(p);
}

/* --- ways to free -------------------------------------------------------- */

static void
by_free(void *p)
{
	free(p);
}

static void
by_sl_free(void *p)
{
	sl_free(p);
}

static void
by_realloc(void *p)
{
	if (realloc(p, 50000) == NULL)
		unit_child_fail("realloc refused politely");
}

/* Small objects need not move for this. */
static void
by_realloc_shrink(void *p)
{
	if (realloc(p, 1) == NULL)
		unit_child_fail("realloc refused politely");
}

static void
by_realloc_zero(void *p)
{
	free(realloc(p, 0));
}

static const struct {
	const char *name;
	void (*fn)(void *);
} ways[] = {
    {"free", by_free},
    {"sl_free", by_sl_free},
    {"realloc", by_realloc},
    {"realloc to 1", by_realloc_shrink},
    {"realloc to 0", by_realloc_zero},
};

/* --- mistakes ------------------------------------------------------------ */

static void
double_free(void *arg)
{
	const struct fault *f = arg;
	void *volatile p = malloc(f->size);

	free(p);
	free_wrongly(f, p);
}

/* With others of its class freed and allocated between the two. */
static void
double_free_later(void *arg)
{
	const struct fault *f = arg;
	void *other[64];
	void *volatile p = malloc(f->size);

	for (unsigned i = 0; i < 64; i++)
		other[i] = malloc(f->size);
	free(p);
	for (unsigned i = 0; i < 64; i++)
		free(other[i]);
	free_wrongly(f, p);
}

static void *
free_in_thread(void *p)
{
	free(p);
	return NULL;
}

/* First by another thread, then by the owner. */
static void
double_free_remote(void *arg)
{
	const struct fault *f = arg;
	void *volatile p;

	unit_start_hands(2);
	p = malloc(f->size);
	unit_run_in_hand(0, free_in_thread, p);
	free_wrongly(f, p);
}

static void *
free_wrongly_in_thread(void *arg)
{
	void **both = arg;

	free_wrongly(both[0], both[1]);
	return NULL;
}

/* First by the owner, then by another thread. */
static void
double_free_by_other(void *arg)
{
	void *volatile p;
	void *both[2] = {arg, NULL};

	unit_start_hands(2);
	p = both[1] = malloc(((struct fault *)arg)->size);
	free(p);
	unit_run_in_hand(0, free_wrongly_in_thread, both);
}

/* Twice by threads that do not own it. */
static void
double_free_remote_both(void *arg)
{
	void *volatile p;
	void *both[2] = {arg, NULL};

	unit_start_hands(2);
	p = both[1] = malloc(((struct fault *)arg)->size);
	unit_run_in_hand(0, free_in_thread, p);
	unit_run_in_hand(1, free_wrongly_in_thread, both);
}

static void *
make_in_thread(void *arg)
{
	void **out = arg;

	out[1] = malloc((size_t)(uintptr_t)out[0]);
	return NULL;
}

/* Made by a thread that is gone. */
static void
double_free_orphan(void *arg)
{
	const struct fault *f = arg;
	void *out[2] = {(void *)(uintptr_t)f->size, NULL};
	void *volatile p;
	pthread_t t;

	if (pthread_create(&t, NULL, make_in_thread, out) != 0)
		unit_child_fail("no thread");
	pthread_join(t, NULL);
	p = out[1];
	free(p);
	free_wrongly(f, p);
}

static void
interior_free(void *arg)
{
	const struct fault *f = arg;
	char *volatile p = malloc(f->size);

	free_wrongly(f, p + f->offset);
}

static void *
interior_in_thread(void *arg)
{
	const struct fault *f = ((void **)arg)[0];
	char *p = ((void **)arg)[1];

	free_wrongly(f, p + f->offset);
	return NULL;
}

static void
interior_free_by_other(void *arg)
{
	void *both[2] = {arg, NULL};

	unit_start_hands(2);
	both[1] = malloc(((struct fault *)arg)->size);
	unit_run_in_hand(0, interior_in_thread, both);
}

static void
foreign_free(void *arg)
{
	const struct fault *f = arg;

	free(malloc(10)); /* the heap is in use */
	free_wrongly(f, f->foreign);
}

static void
stack_free(void *arg)
{
	const struct fault *f = arg;
	char local[64] __attribute__((aligned(16)));
	void *volatile p = local;

	free_wrongly(f, p);
}

/* A slot of a span that never was handed out. */
static void
never_allocated_free(void *arg)
{
	const struct fault *f = arg;
	char *volatile p = malloc(f->size);

	free_wrongly(f, p + f->offset);
}

/* --- what must be seen --------------------------------------------------- */

static void
expect_death(const char *what, void (*fn)(void *), struct fault *f)
{
	struct unit_end end;
	char pointer[32];

	*culprit = NULL;
	end = unit_child(fn, f, 20);
	snprintf(pointer, sizeof(pointer), "0x%llx",
	    (unsigned long long)(uintptr_t)*culprit);
	if (end.timed_out)
		fail_msg("%s, size %zu: still running", what, f->size);
	if (end.signal != SIGABRT)
		fail_msg("%s, size %zu, offset %zu: status %d, signal %d; %s",
		    what, f->size, f->offset, end.status, end.signal, end.text);
	if (strstr(end.text, pointer) == NULL)
		fail_msg("%s, size %zu: no %s in: %s", what, f->size, pointer,
		    end.text);
	if (strstr(end.text, "double free") == NULL &&
	    strstr(end.text, "invalid free") == NULL &&
	    strstr(end.text, "invalid realloc") == NULL)
		fail_msg("%s, size %zu: the message is: %s", what, f->size,
		    end.text);
}

static void
for_all_sizes(const char *what, void (*fn)(void *))
{
	for (size_t i = 0; i < UNIT_COUNT(sizes); i++) {
		struct fault f = {.size = sizes[i], .free_it = by_free};

		expect_death(what, fn, &f);
	}
}

static void
test_double_free(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(sizes); i++) {
		for (size_t w = 0; w < UNIT_COUNT(ways); w++) {
			struct fault f = {
			    .size = sizes[i], .free_it = ways[w].fn};

			expect_death(ways[w].name, double_free, &f);
		}
	}
}

static void
test_double_free_later(void **state)
{
	(void)state;
	for_all_sizes("double free, later", double_free_later);
}

static void
test_double_free_remote(void **state)
{
	(void)state;
	for_all_sizes(
	    "freed by a thread, then by the owner", double_free_remote);
}

static void
test_double_free_by_other(void **state)
{
	(void)state;
	for_all_sizes(
	    "freed by the owner, then by a thread", double_free_by_other);
}

static void
test_double_free_remote_both(void **state)
{
	(void)state;
	for_all_sizes("freed by two threads", double_free_remote_both);
}

static void
test_double_free_orphan(void **state)
{
	(void)state;
	for_all_sizes("freed twice after its maker ended", double_free_orphan);
}

static void
test_interior_free(void **state)
{
	static const size_t offset[] = {1, 4, 7, 8, 15, 16, 17, 64, 4096, 8192};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(sizes); i++) {
		for (size_t k = 0; k < UNIT_COUNT(offset); k++) {
			struct fault f = {.size = sizes[i],
			    .offset = offset[k],
			    .free_it = by_free};

			if (offset[k] >= sizes[i])
				continue;
			expect_death("interior free", interior_free, &f);
			f.free_it = by_realloc_shrink;
			expect_death("interior realloc", interior_free, &f);
			f.free_it = by_free;
			expect_death("interior free by another thread",
			    interior_free_by_other, &f);
		}
	}
}

/* Slots behind the only object of a fresh class. */
static void
test_never_allocated(void **state)
{
	static const size_t size[] = {48, 1024, 3072};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(size); i++) {
		struct fault f = {
		    .size = size[i], .offset = size[i] * 2, .free_it = by_free};

		expect_death("free of a slot never handed out",
		    never_allocated_free, &f);
	}
}

static void
test_foreign_free(void **state)
{
	static char unaligned[64], data[64] __attribute__((aligned(16)));
	static const char text[] = "read-only";
	char *page = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *closed =
	    mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *const foreign[] = {data, unaligned + 3, (void *)(uintptr_t)text,
	    page, page + 8192, page + 5, closed, closed + 16,
	    (void *)(uintptr_t)&test_foreign_free, (void *)8, (void *)4096,
	    (void *)(UINTPTR_MAX - 15), (void *)UINTPTR_MAX,
	    (void *)((uintptr_t)1 << 47), (void *)((uintptr_t)1 << 63),
	    (void *)(((uintptr_t)1 << 47) - 4096)};

	(void)state;
	assert_true(page != MAP_FAILED && closed != MAP_FAILED);
	for (size_t i = 0; i < UNIT_COUNT(foreign); i++) {
		for (size_t w = 0; w < UNIT_COUNT(ways); w++) {
			struct fault f = {.size = i,
			    .foreign = foreign[i],
			    .free_it = ways[w].fn};

			expect_death("foreign free", foreign_free, &f);
		}
	}
	munmap(page, 65536);
	munmap(closed, 65536);
}

static void
test_stack_free(void **state)
{
	struct fault f = {.free_it = by_free};

	(void)state;
	expect_death("free of a local variable", stack_free, &f);
}

/* --- one object, two frees at once --------------------------------------- */

struct race {
	pthread_barrier_t gate;
	void *p;
};

static void *
race_free(void *arg)
{
	struct race *r = arg;

	pthread_barrier_wait(&r->gate);
	free(r->p);
	return NULL;
}

static void
race_two_frees(void *arg)
{
	struct race r = {.p = malloc(((struct fault *)arg)->size)};
	pthread_t t[2];

	*culprit = r.p;
	pthread_barrier_init(&r.gate, NULL, 2);
	for (unsigned i = 0; i < 2; i++)
		if (pthread_create(&t[i], NULL, race_free, &r) != 0)
			unit_child_fail("no thread");
	for (unsigned i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
}

static void
test_race_of_two(void **state)
{
	static const size_t size[] = {16, 1000, 100000};

	(void)state;
	for (unsigned round = 0; round < unit_scaled(60); round++) {
		for (size_t i = 0; i < UNIT_COUNT(size); i++) {
			struct fault f = {.size = size[i]};

			expect_death("two frees at once", race_two_frees, &f);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_double_free),
	    cmocka_unit_test(test_double_free_later),
	    cmocka_unit_test(test_double_free_remote),
	    cmocka_unit_test(test_double_free_by_other),
	    cmocka_unit_test(test_double_free_remote_both),
	    cmocka_unit_test(test_double_free_orphan),
	    cmocka_unit_test(test_interior_free),
	    cmocka_unit_test(test_never_allocated),
	    cmocka_unit_test(test_foreign_free),
	    cmocka_unit_test(test_stack_free),
	    cmocka_unit_test(test_race_of_two),
	};

	unit_start();
	setup_culprit();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
