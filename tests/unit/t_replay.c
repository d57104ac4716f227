/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_replay.c - a trace that is done again: each call of the file as often as
 * there are passes, no free before its malloc whoever is slow, threads folded
 * and copied; and files that cannot be done are refused.
 * Run by make check, once.  malloc is the wrapper below, which is slow in one
 * thread and knows what is live.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/atomic.h"
#include "harness/pin.h"
#include "harness/pool.h"
#include "harness/replay.h"
#include "harness/trace_file.h"
#include "harness/trial.h"
#include "tests/unit/unit.h"

extern const struct sl_workload sl_wl_trace;

void *__real_malloc(size_t size);
void __real_free(void *p);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void __wrap_free(void *p);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

/* Objects of the trace have sizes from SIZE on, one each; the first byte
 * behind is not ours, so the size is looked up by usable_size's table. */
enum { SIZE = 3000, SIZES = 4096 };

static struct {
	pthread_mutex_t lock;
	bool is_on;
	unsigned slow_us;  /* of the allocation of even sizes */
	unsigned calls[4]; /* malloc, calloc, realloc, free */
	unsigned live, bad_frees;
	void *at[SIZES]; /* of copies and passes the last */
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum { MALLOCS, CALLOCS, REALLOCS, FREES };

static void
nap(size_t size)
{
	struct timespec t = {.tv_nsec = seen.slow_us * 1000L};

	if (seen.slow_us > 0 && size % 2 == 0)
		nanosleep(&t, NULL);
}

/* Keep what is live, in any place. */
static void
born(void *p, int call)
{
	unsigned i = 0;

	while (i < SIZES - 1 && seen.at[i] != NULL)
		i++;
	seen.at[i] = p;
	seen.live++;
	seen.calls[call]++;
}

static void
gone(void *p)
{
	unsigned i = 0;

	while (i < SIZES && seen.at[i] != p)
		i++;
	if (p == NULL || i == SIZES) {
		seen.bad_frees++;
		return;
	}
	seen.at[i] = NULL;
	seen.live--;
}

void *
__wrap_malloc(size_t size)
{
	void *p = __real_malloc(size);

	if (!seen.is_on)
		return p;
	nap(size);
	pthread_mutex_lock(&seen.lock);
	born(p, MALLOCS);
	pthread_mutex_unlock(&seen.lock);
	return p;
}

void *
__wrap_calloc(size_t n, size_t size)
{
	void *p = __real_calloc(n, size);

	if (!seen.is_on)
		return p;
	nap(n * size);
	pthread_mutex_lock(&seen.lock);
	born(p, CALLOCS);
	pthread_mutex_unlock(&seen.lock);
	return p;
}

void *
__wrap_realloc(void *p, size_t size)
{
	void *q;

	if (!seen.is_on)
		return __real_realloc(p, size);
	nap(size);
	pthread_mutex_lock(&seen.lock);
	gone(p);
	q = __real_realloc(p, size);
	born(q, REALLOCS);
	pthread_mutex_unlock(&seen.lock);
	return q;
}

void
__wrap_free(void *p)
{
	if (!seen.is_on) {
		__real_free(p);
		return;
	}
	pthread_mutex_lock(&seen.lock);
	seen.calls[FREES]++;
	gone(p);
	pthread_mutex_unlock(&seen.lock);
	__real_free(p);
}

/* --- traces --------------------------------------------------------------- */

static char path[64];
static char why[300];

struct trace {
	struct sl_trace_record r[600];
	unsigned n;
};

/* Objects are named by numbers from 1. */
static void
add(struct trace *t, uint32_t thread, int kind, uint64_t object, uint64_t old,
    uint64_t size)
{
	t->r[t->n] = (struct sl_trace_record){.order = 10 + t->n,
	    .object = object * 4096,
	    .old = old * 4096,
	    .size = size,
	    .thread = thread,
	    .kind = (uint8_t)kind};
	t->n++;
}

static void
write_all(int fd, const void *p, size_t n)
{
	assert_int_equal(write(fd, p, n), (ssize_t)n);
}

/* As threads write it: each its own records, in chunks, the last first. */
static void
write_trace(const struct trace *t, uint32_t pid, bool append)
{
	int fd = open(path, O_WRONLY | (append ? O_APPEND : O_TRUNC));

	assert_true(fd >= 0);
	for (uint32_t thread = 9; thread-- > 0;) {
		struct sl_trace_chunk c = {
		    .kind = SL_TRACE_RECORDS, .pid = pid};

		memcpy(c.magic, SL_TRACE_MAGIC, 4);
		for (unsigned i = 0; i < t->n; i++)
			c.bytes +=
			    t->r[i].thread == thread ? sizeof(t->r[i]) : 0;
		if (c.bytes == 0)
			continue;
		write_all(fd, &c, sizeof(c));
		for (unsigned i = 0; i < t->n; i++)
			if (t->r[i].thread == thread)
				write_all(fd, &t->r[i], sizeof(t->r[i]));
	}
	close(fd);
}

/* Thread 1 allocates what thread 2 frees, thread 2 what thread 3 moves and
 * thread 1 frees; one is kept. */
enum { ROUNDS = 60, CALLS = 7 * ROUNDS + 1 };

static void
triangle(struct trace *t)
{
	memset(t, 0, sizeof(*t));
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t o = 10 * i + 1;

		add(t, 1, SL_TRACE_MALLOC, o, 0, SIZE + 2 * i);
		add(t, 2, SL_TRACE_CALLOC, o + 1, 0, SIZE + 2 * i);
		add(t, 2, SL_TRACE_FREE, o, 0, SIZE + 2 * i);
		add(t, 3, SL_TRACE_REALLOC, o + 2, o + 1, SIZE + 5);
		add(t, 1, SL_TRACE_FREE, o + 2, 0, SIZE + 5);
		/* the same address again, of another thread */
		add(t, 3, SL_TRACE_MALLOC, o, 0, SIZE + 7);
		add(t, 3, SL_TRACE_FREE, o, 0, SIZE + 7);
	}
	add(t, 2, SL_TRACE_MALLOC, 9999, 0, 0);
	assert_int_equal(t->n, CALLS);
}

/* --- runs ----------------------------------------------------------------- */

static double
figure(const struct sl_trial_result *r, const char *name)
{
	for (unsigned i = 0; i < r->nfigures; i++)
		if (strcmp(r->figures[i].name, name) == 0)
			return r->figures[i].value;
	fail_msg("no figure %s", name);
	return 0;
}

static void
run(unsigned threads, unsigned passes, unsigned slow_us,
    struct sl_trial_result *r)
{
	struct sl_trial_config c = {
	    .wl = &sl_wl_trace, .threads = threads, .seed = 1, .scale = 1};

	c.values.v[0] = passes;
	c.values.v[1] = 1; /* marks */
	assert_int_equal(sl_pool_grow(threads), 0);
	memset(seen.calls, 0, sizeof(seen.calls));
	memset(seen.at, 0, sizeof(seen.at));
	seen.live = seen.bad_frees = 0;
	seen.slow_us = slow_us;
	seen.is_on = true;
	sl_trial_run(&c, r);
	seen.is_on = false;
}

/* What was called, in so many copies and passes. */
static void
check_calls(const struct sl_trial_result *r, unsigned times)
{
	assert_int_equal(seen.bad_frees, 0);
	assert_int_equal(seen.live, 0);
	assert_int_equal(seen.calls[MALLOCS], times * (2 * ROUNDS + 1));
	assert_int_equal(seen.calls[CALLOCS], times * ROUNDS);
	assert_int_equal(seen.calls[REALLOCS], times * ROUNDS);
	assert_int_equal(seen.calls[FREES], times * (3 * ROUNDS + 1));
	assert_int_equal(r->mallocs, times * (4 * ROUNDS + 1));
	assert_int_equal(r->frees, times * (4 * ROUNDS + 1));
}

static void
done_again(void **state)
{
	static const struct {
		unsigned threads, copies;
	} rows[] = {{1, 1}, {2, 1}, {3, 1}, {4, 2}, {5, 2}, {6, 2}, {7, 3}};
	struct sl_trial_result r;
	struct trace t;

	(void)state;
	triangle(&t);
	write_trace(&t, 77, false);
	assert_true(sl_replay_read(path, why, sizeof(why)));
	assert_int_equal(sl_replay_plan()->threads, 3);
	assert_int_equal(sl_replay_plan()->calls, CALLS);
	assert_int_equal(sl_replay_plan()->kept, 1);
	assert_int_equal(sl_replay_plan()->objects, 4 * ROUNDS + 1);
	assert_int_equal(sl_replay_plan()->remote, 3 * ROUNDS);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		for (unsigned passes = 1; passes <= 3; passes++) {
			run(rows[i].threads, passes, 0, &r);
			check_calls(&r, rows[i].copies * passes);
			assert_int_equal(
			    figure(&r, "replay_copies"), rows[i].copies);
			assert_int_equal(figure(&r, "replay_passes"), passes);
			if (rows[i].threads == 1)
				assert_int_equal(figure(&r, "replay_waits"), 0);
		}
	}
}

/* Threads 1 and 2 take 300 us for an object: who frees it must wait. */
static void
slow_makers(void **state)
{
	struct sl_trial_result r;

	(void)state;
	run(3, 2, 300, &r);
	check_calls(&r, 2);
	assert_true(figure(&r, "replay_waits") >= ROUNDS);
	assert_true(figure(&r, "replay_wait_ms") > 0);
	assert_true(figure(&r, "replay_pass_waits") >= 2);
}

/* As many passes as a window has room for; at least one. */
static void
window(void **state)
{
	struct sl_trial_config c = {.wl = &sl_wl_trace,
	    .threads = 3,
	    .seed = 1,
	    .scale = 1,
	    .window_ns = 1};
	struct sl_trial_result r;

	(void)state;
	sl_trial_run(&c, &r);
	assert_int_equal(figure(&r, "replay_passes"), 1);
	c.window_ns = 200000000;
	sl_trial_run(&c, &r);
	assert_true(figure(&r, "replay_passes") >= 1);
	assert_int_equal(r.mallocs,
	    (uint64_t)figure(&r, "replay_passes") * (4 * ROUNDS + 1));
}

static void
refused(const struct trace *t, const char *line)
{
	write_trace(t, 1, false);
	assert_false(sl_replay_read(path, why, sizeof(why)));
	if (strstr(why, line) == NULL)
		print_message("# %s\n", why);
	assert_non_null(strstr(why, line));
	assert_null(sl_replay_plan());
}

static void
wrong_orders(void **state)
{
	struct trace t = {.n = 0};

	(void)state;
	refused(&t, "no record");
	/* freed, by another thread, before it is allocated */
	add(&t, 2, SL_TRACE_FREE, 5, 0, 64);
	add(&t, 1, SL_TRACE_MALLOC, 5, 0, 64);
	refused(&t, "order 10, kind 3");
	/* the same two the other way round are good */
	t.r[0].order = 12;
	write_trace(&t, 1, false);
	assert_true(sl_replay_read(path, why, sizeof(why)));
	assert_int_equal(sl_replay_plan()->remote, 1);
	t = (struct trace){.n = 0};
	add(&t, 1, SL_TRACE_MALLOC, 5, 0, 64);
	add(&t, 2, SL_TRACE_REALLOC, 6, 5, 64);
	add(&t, 1, SL_TRACE_FREE, 5, 0, 64);
	refused(&t, "order 12");
	t.r[2].object = 6 * 4096;
	t.r[1].order = 13; /* moved after it was freed */
	refused(&t, "order 12");
	t.r[0].kind = 9;
	refused(&t, "not a record");
}

/* Of two processes in one file, that with most records. */
static void
two_processes(void **state)
{
	struct trace t, few = {.n = 0};

	(void)state;
	triangle(&t);
	add(&few, 1, SL_TRACE_MALLOC, 1, 0, 64);
	write_trace(&few, 1, false);
	write_trace(&t, 2, true);
	write_trace(&few, 3, true);
	assert_true(sl_replay_read(path, why, sizeof(why)));
	assert_int_equal(sl_replay_plan()->calls, CALLS);
	assert_int_equal(sl_replay_plan()->others, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(done_again),
	    cmocka_unit_test(slow_makers),
	    cmocka_unit_test(window),
	    cmocka_unit_test(wrong_orders),
	    cmocka_unit_test(two_processes),
	};
	int failed, fd;

	unit_start_alone();
	if (!unit_temporary(path, sizeof(path)) || (fd = mkstemp(path)) < 0)
		return 1;
	close(fd);
	sl_pin_init(&(struct sl_pin_config){.is_asked = true}, NULL, 0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	sl_pool_end();
	sl_replay_forget();
	unlink(path);
	return failed;
}
