/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_urcu_refused.c - the variant rcu: threads that begin while the system has
 * no memory for liburcu-bp, which aborts when it cannot register one.
 * Run by make check, once.  Its mmap() and mremap() stand before the C
 * library's.
 */
#define SL_VARIANT_NAME "rcu"
#define SL_VARIANT_BOUND 0
#include "variants/rcu.c"

#include <urcu/static/urcu-bp.h>

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/set_checks.h"
#include "tests/unit/set_world.h"
#include "tests/unit/unit.h"
#include "tests/unit/urcu_ring.h"

/* More than liburcu-bp has room for without asking. */
enum { THREADS = 64 };

static _Thread_local volatile bool is_refused;
static _Atomic(unsigned) refusals;

static bool
refuse(void)
{
	if (!is_refused)
		return false;
	atomic_fetch_add(&refusals, 1);
	errno = ENOMEM;
	return true;
}

void *
mmap(void *p, size_t n, int prot, int flags, int fd, off_t offset)
{
	if (refuse())
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, p, n, prot, flags, fd, offset);
}

void *
mremap(void *from, size_t old, size_t new, int flags, ...)
{
	if (refuse())
		return MAP_FAILED;
	return (void *)syscall(SYS_mremap, from, old, new, flags, NULL);
}

URCU_READS_READER static unsigned
readers(void)
{
	return urcu_ring_others(&URCU_TLS(urcu_bp_reader)->node);
}

/* All are there before one ends. */
static pthread_barrier_t together;

static void *
live(void *arg)
{
	sl_spanclass spc = set_class_of(1024, true);
	unsigned *claims = arg;
	struct sl_mspan *s;

	is_refused = true;
	sl_mock_user();
	is_refused = false;
	s = set_new_span(spc);
	if (sl_mspan_release(s))
		sl_set_insert(sl_mspan_bag(s), s);
	pthread_barrier_wait(&together);
	*claims = sl_set_claim(spc) != NULL;
	pthread_barrier_wait(&together);
	return NULL;
}

/* They insert, and take nothing; who is registered finds what they gave. */
static void
test_threads_without_memory(void **state)
{
	static unsigned claims[THREADS];
	unsigned before, found = 0, claimed = 0;

	(void)state;
	sl_mock_user();
	before = readers();
	assert_int_equal(pthread_barrier_init(&together, NULL, THREADS), 0);
	unit_threads(THREADS, live, claims, sizeof(claims[0]));
	for (unsigned i = 0; i < THREADS; i++)
		claimed += claims[i];
	while (sl_set_claim(set_class_of(1024, true)) != NULL)
		found++;
	printf("# %u refusals, %u claims by the refused, %u spans found\n",
	    atomic_load(&refusals), claimed, found);
	assert_true(atomic_load(&refusals) >= THREADS);
	assert_int_equal(claimed, 0);
	assert_int_equal(found, THREADS);
	assert_int_equal(readers(), before);
	assert_null(set_first_fault());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_threads_without_memory),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
