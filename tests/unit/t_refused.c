/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_refused.c - memory is refused at any one request, or from some request on:
 * NULL and ENOMEM, the heap stays sound, and serves when there is memory again.
 * Run by make check for each variant; prints its seed, takes another from
 * SL_SEED.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/spanlab.h"

enum { LIVE = 300, THREADS = 3, MIB = 1 << 20, EPOCH_REQUESTS = 80 };

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

static const size_t sizes[] = {1, 100, 3000, 30000, 100000, MIB, 3 * MIB};

/* The ends, which are looked at: to write all of it is page faults, most of the
 * time that this takes. */
static void
stamp(unsigned char *p, size_t n, unsigned char tag)
{
	memset(p, tag, n < 4096 ? n : 4096);
	p[n - 1] = tag;
}

/* Some of all sizes; each is there with its contents, or ENOMEM. */
static void *
use_memory(void *arg)
{
	static _Thread_local unsigned char *p[LIVE];
	unsigned char tag = *(unsigned char *)arg;

	for (unsigned i = 0; i < LIVE; i++) {
		size_t n = sizes[i % UNIT_COUNT(sizes)];

		errno = 0;
		p[i] = i % 2 == 0 ? malloc(n) : calloc(1, n);
		if (p[i] == NULL) {
			must(errno == ENOMEM, "NULL without ENOMEM");
			continue;
		}
		stamp(p[i], n, tag);
		if (i % 5 == 0) {
			unsigned char *q = realloc(p[i], 2 * n);

			if (q != NULL)
				p[i] = q;
		}
	}
	for (unsigned i = 0; i < LIVE; i++) {
		size_t n = sizes[i % UNIT_COUNT(sizes)];

		must(p[i] == NULL || (p[i][0] == tag && p[i][n - 1] == tag),
		    "contents are lost");
		free(p[i]);
	}
	return NULL;
}

static void
use_and_look(unsigned threads)
{
	static unsigned char tags[THREADS] = {1, 2, 3};
	pthread_t id[THREADS];
	bool runs[THREADS] = {false};
	struct sl_stats st = {.size = sizeof(st)};
	char why[256];

	/* A thread that the C library has no memory for does not run. */
	for (unsigned i = 1; i < threads; i++)
		runs[i] =
		    pthread_create(&id[i], NULL, use_memory, &tags[i]) == 0;
	use_memory(tags);
	for (unsigned i = 1; i < threads; i++)
		if (runs[i])
			pthread_join(id[i], NULL);
	if (!sl_heap_check(why, sizeof(why), NULL, NULL))
		unit_child_fail(why);
	must(sl_stats_read(&st) == 0, "no figures");
	/* Said to the parent: was that call reached? */
	if (st.os_refusals == 0)
		unit_child_fail("none was refused");
}

static void
one_thread(void)
{
	use_and_look(1);
}

static void
threads(void)
{
	use_and_look(THREADS);
}

/* Programs may be refused before they begin to use threads. */
static void
walk(const char *act, unsigned count, unsigned most, unsigned step,
    const char *more)
{
	unsigned n, reached = 0;

	for (n = 1; n <= most; n += step) {
		char options[96];
		struct unit_end end;

		snprintf(options, sizeof(options),
		    "refuse=%u,refuse-count=%u%s", n, count, more);
		end = unit_exec(options, act, 60);
		if (end.status == 0) {
			reached++;
			continue;
		}
		if (strcmp(end.text, "none was refused") == 0)
			break;
		fail_msg("%s, %s: status %d, signal %d: %s", options, act,
		    end.status, end.signal, end.text);
	}
	printf(
	    "# %s%s: %u requests, %u at a time\n", act, more, reached, count);
	assert_true(reached > 10 || n > most);
}

static void
test_each_request(void **state)
{
	(void)state;
	walk("one_thread", 1, 400, 1, "");
}

static void
test_each_request_of_threads(void **state)
{
	(void)state;
	walk("threads", 1, unit_scaled(40), 1, "");
}

static void
test_some_in_a_row(void **state)
{
	(void)state;
	walk("one_thread", 5, unit_scaled(40), 1, "");
}

/* With turns and sweeps between the requests. */
static void
test_epoch(void **state)
{
	unsigned runs = unit_scaled(16);
	unsigned step =
	    runs < EPOCH_REQUESTS ? EPOCH_REQUESTS / (runs + 1) + 1 : 1;

	(void)state;
	walk("one_thread", 1, EPOCH_REQUESTS, step, ",epoch=1,hold=0");
	walk("threads", 3, EPOCH_REQUESTS, 4 * step, ",epoch=1");
}

/* --- limits of the process ------------------------------------------------ */

/* Until there is none; what is there can be used and freed, and used again. */
static void
take_all(size_t bytes, unsigned least)
{
	enum { MOST = 4096 };
	static void *p[MOST];
	char why[256];
	unsigned n[2];

	for (unsigned k = 0; k < 2; k++) {
		for (n[k] = 0; n[k] < MOST; n[k]++) {
			errno = 0;
			p[n[k]] = malloc(bytes);
			if (p[n[k]] == NULL)
				break;
			memset(p[n[k]], 1, bytes);
		}
		must(n[k] < MOST && errno == ENOMEM, "no limit");
		must(n[k] >= least, "much less than the limit");
		for (unsigned i = 0; i < n[k]; i++)
			free(p[i]);
		if (!sl_heap_check(why, sizeof(why), NULL, NULL))
			unit_child_fail(why);
	}
	must(n[1] >= n[0], "less the second time");
}

static void
limit(int resource, rlim_t more)
{
	unsigned long total = 0, data = 0, skip;
	struct rlimit r;
	FILE *f = fopen("/proc/self/statm", "r");

	must(f != NULL && fscanf(f, "%lu %lu %lu %lu %lu %lu", &total, &skip,
			      &skip, &skip, &skip, &data) == 6,
	    "statm");
	fclose(f);
	must(getrlimit(resource, &r) == 0, "getrlimit");
	r.rlim_cur = more + (resource == RLIMIT_AS ? total : data) *
				(rlim_t)sysconf(_SC_PAGESIZE);
	must(setrlimit(resource, &r) == 0, "setrlimit");
}

/* Not a whole arena, and not enough for two. */
static void
limited_addresses(void)
{
	limit(RLIMIT_AS, 100 * MIB);
	take_all(MIB, 80);
}

static void
limited_data(void)
{
	limit(RLIMIT_DATA, 50 * MIB);
	take_all(MIB, 40);
}

static void
test_limits(void **state)
{
	static const char *const names[] = {
	    "limited_addresses", "limited_data"};

	(void)state;
	if (!unit_has_libc_names()) {
		printf("# a sanitizer's shadow is above any limit\n");
		skip();
	}
	for (unsigned i = 0; i < UNIT_COUNT(names); i++) {
		struct unit_end end = unit_exec(NULL, names[i], 60);

		if (end.status != 0)
			fail_msg("%s: status %d, signal %d: %s", names[i],
			    end.status, end.signal, end.text);
	}
}

static const struct unit_act acts[] = {
    {"limited_addresses", limited_addresses},
    {"limited_data", limited_data},
    {"one_thread", one_thread},
    {"threads", threads},
};

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_request),
	    cmocka_unit_test(test_each_request_of_threads),
	    cmocka_unit_test(test_some_in_a_row),
	    cmocka_unit_test(test_epoch),
	    cmocka_unit_test(test_limits),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
