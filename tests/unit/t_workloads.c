/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_workloads.c - every line of workloads.def: the same seed gives the same
 * calls, what is live is bounded, everything is freed, and only once.
 * Run by make check, once.  The workloads' malloc and free are the wrappers
 * below, which put a head before each object.
 */
#include <string.h>

#include "core/atomic.h"
#include "harness/pin.h"
#include "harness/pool.h"
#include "harness/table.h"
#include "harness/trial.h"
#include "tests/unit/unit.h"

enum { HEAD_MARK = 0x5ea1ed };

/* Sixteen bytes, so that objects are aligned as malloc's are. */
struct head {
	uint64_t mark; /* HEAD_MARK and the address while it is live */
	uint32_t size;
	uint32_t serial;
};

/* What was called since seen_begin(); any thread. */
static struct {
	_Atomic(uint64_t) mallocs, frees, bad_frees;
	_Atomic(uint64_t) live, live_most; /* bytes */
	_Atomic(uint64_t) sizes; /* a sum over the mallocs: no order in it */
	_Atomic(uint64_t) order; /* of the calls, with one thread */
} seen;

/* The harness's names, not ours. */
void *__real_malloc(size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void __wrap_free(void *p);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static uint64_t
mixed(uint64_t x)
{
	return sl_rng_mix(&x);
}

/* Counts only: the runs are ordered by the pool. */
static void
see_order(uint64_t what)
{
	/* relaxed: of use with one thread only. */
	sl_store_rlx(&seen.order, mixed(sl_load_rlx(&seen.order) ^ what));
}

static void
see_live(uint64_t bytes)
{
	/* relaxed: counts. */
	uint64_t now = sl_fetch_add_rlx(&seen.live, bytes) + bytes;
	uint64_t most = sl_load_rlx(&seen.live_most);

	/* relaxed: a maximum, which only grows. */
	while (now > most && !sl_cas_rlx(&seen.live_most, &most, now))
		;
}

static uint64_t
mark_of(const struct head *h)
{
	return mixed((uint64_t)(uintptr_t)h ^ HEAD_MARK);
}

void *
__wrap_malloc(size_t size)
{
	struct head *h = __real_malloc(sizeof(*h) + size);

	if (h == NULL)
		return NULL;
	h->mark = mark_of(h);
	h->size = (uint32_t)size;
	/* relaxed: counts. */
	h->serial = (uint32_t)sl_fetch_add_rlx(&seen.mallocs, 1);
	sl_fetch_add_rlx(&seen.sizes, mixed(size));
	see_live(size);
	see_order(size);
	return h + 1;
}

/* A bad one is counted and left alone. */
void
__wrap_free(void *p)
{
	struct head *h = (struct head *)p - 1;

	if (p == NULL)
		return;
	if (h->mark != mark_of(h)) {
		/* relaxed: a count. */
		sl_fetch_add_rlx(&seen.bad_frees, 1);
		return;
	}
	h->mark = 0;
	/* relaxed: counts. */
	sl_fetch_add_rlx(&seen.frees, 1);
	sl_fetch_sub_rlx(&seen.live, (uint64_t)h->size);
	see_order(~(uint64_t)h->serial);
	__real_free(h);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	void *p = __wrap_malloc(n * size);

	return p != NULL ? memset(p, 0, n * size) : NULL;
}

void *
__wrap_realloc(void *p, size_t size)
{
	const struct head *h = (const struct head *)p - 1;
	void *q = __wrap_malloc(size);

	if (p == NULL || q == NULL)
		return q;
	memcpy(q, p, h->size < size ? h->size : size);
	__wrap_free(p);
	return q;
}

/* What is wrong with a workload. */
enum {
	LEAVES = 1,      /* objects are left */
	FREES_BADLY = 2, /* twice, or what it did not allocate */
	DIFFERS = 4,     /* the same seed, other calls */
	GROWS = 8,       /* the longer it runs, the more is live */
	IDLE = 16,       /* no calls */
};

struct outcome {
	uint64_t mallocs, sizes, order, live_most;
	unsigned faults;
};

/* Tables of many objects would be most of the test: a sixteenth. */
static void
make_small(const struct sl_workload *wl, struct sl_param_values *values)
{
	static const char *const names[] = {"blocks", "bytes", "live",
	    "objects", "places", "quantum", "total", "writes"};

	for (int i = 0; i < SL_PARAMS_MAX && wl->params[i].name != NULL; i++)
		for (size_t k = 0; k < UNIT_COUNT(names); k++)
			if (strcmp(wl->params[i].name, names[k]) == 0 &&
			    values->v[i] >= 1000)
				values->v[i] /= 16;
}

static struct outcome
run(const struct sl_workload_entry *e, unsigned threads, uint64_t seed,
    uint64_t ops)
{
	struct sl_trial_config config = {
	    .wl = e->wl, .threads = threads, .seed = seed, .scale = 1};
	struct sl_trial_result result;
	struct outcome o = {0};

	sl_param_defaults(e, &config.values);
	make_small(e->wl, &config.values);
	config.values.ops = (int64_t)ops;
	assert_int_equal(sl_pool_grow(threads), 0);
	memset(&seen, 0, sizeof(seen));
	sl_trial_run(&config, &result);
	/* relaxed: all threads have ended their part. */
	o.mallocs = sl_load_rlx(&seen.mallocs);
	o.sizes = sl_load_rlx(&seen.sizes);
	o.order = threads == 1 ? sl_load_rlx(&seen.order) : 0;
	o.live_most = sl_load_rlx(&seen.live_most);
	/* relaxed: as above. */
	o.faults |= sl_load_rlx(&seen.live) > 0 ? LEAVES : 0;
	o.faults |= sl_load_rlx(&seen.bad_frees) > 0 ? FREES_BADLY : 0;
	if ((o.mallocs == 0) != e->wl->allocates_nothing ||
	    result.mallocs + result.frees == 0)
		o.faults |= IDLE;
	return o;
}

static unsigned
difference(const struct outcome *a, const struct outcome *b)
{
	return a->mallocs != b->mallocs || a->sizes != b->sizes ||
		       a->order != b->order
		   ? DIFFERS
		   : 0;
}

enum { MIB = 1 << 20 };

/* One thread, three and eight. */
static unsigned
judge(const struct sl_workload_entry *e)
{
	uint64_t ops = 4000 + unit_scaled(2000), seed = unit_seed(1) >> 1;
	struct outcome one = run(e, 1, seed, ops);
	struct outcome again = run(e, 1, seed, ops);
	struct outcome longer = run(e, 1, seed, 4 * ops);
	struct outcome three = run(e, 3, seed, ops / 4);
	struct outcome third = run(e, 3, seed, ops / 4);
	struct outcome eight = run(e, 8, seed, ops / 8);
	unsigned faults = one.faults | again.faults | longer.faults |
			  three.faults | third.faults | eight.faults;

	if (!e->wl->sees_addresses)
		faults |= difference(&one, &again) | difference(&three, &third);
	if (longer.live_most > one.live_most * 3 / 2 + MIB ||
	    eight.live_most > 8 * (longer.live_most * 3 / 2 + MIB))
		faults |= GROWS;
	return faults;
}

static void
whole_table(void **state)
{
	unsigned wrong = 0, faults;

	(void)state;
	for (const struct sl_workload_entry *e = sl_workload_table;
	     e->name != NULL; e++) {
		if (e->wl->needs_trace) /* t_replay.c */
			continue;
		faults = judge(e);
		if (faults != 0)
			print_message("# %s: %s%s%s%s%s\n", e->name,
			    faults & LEAVES ? "leaves objects " : "",
			    faults & FREES_BADLY ? "frees badly " : "",
			    faults & DIFFERS ? "is not repeatable " : "",
			    faults & GROWS ? "grows " : "",
			    faults & IDLE ? "is idle" : "");
		wrong += faults != 0;
	}
	assert_int_equal(wrong, 0);
}

/* Every workload says who published it and what it stresses. */
static void
documented(void **state)
{
	(void)state;
	for (const struct sl_workload_entry *e = sl_workload_table;
	     e->name != NULL; e++) {
		assert_true(strlen(e->wl->source) > 10);
		assert_true(strlen(e->wl->stresses) > 5);
		assert_true(strlen(e->wl->mcentral) > 2);
		assert_ptr_equal(sl_workload_find(sl_workload_table, e->name,
				     strlen(e->name)),
		    e);
	}
}

/* --- workloads that are wrong on purpose ---------------------------------- */

static void
leave(struct sl_worker *w)
{
	while (sl_worker_goes_on(w)) {
		void *p = sl_worker_malloc(w, 8);

		if (w->mallocs != 7)
			sl_worker_free(w, p);
	}
}

/* Its neighbour's object stays allocated, so that the second free is seen. */
static void
free_inside(struct sl_worker *w)
{
	while (sl_worker_goes_on(w)) {
		char *p = sl_worker_malloc(w, 64);

		char *volatile inside = p + 32;

		memset(p, 0, 64);
		sl_worker_free(w, inside);
		sl_worker_free(w, p);
	}
}

static void
unseeded(struct sl_worker *w)
{
	static unsigned n; /* only one thread at a time is of interest */

	while (sl_worker_goes_on(w))
		sl_worker_free(w, sl_worker_malloc(w, 8 + (n++ / 7) % 64));
}

/* A list that grows to the end of the run. */
static void
hoard(struct sl_worker *w)
{
	void **first = NULL, **next;

	while (sl_worker_goes_on(w)) {
		next = sl_worker_malloc(w, 1024);
		*next = (void *)first;
		first = next;
	}
	for (; first != NULL; first = next) {
		next = *first;
		sl_worker_free(w, (void *)first);
	}
}

static void
planted_are_caught(void **state)
{
	static const struct {
		struct sl_workload wl;
		unsigned fault;
	} planted[] = {
	    {{.run = leave}, LEAVES},
	    {{.run = free_inside}, FREES_BADLY},
	    {{.run = unseeded}, DIFFERS},
	    {{.run = hoard}, GROWS},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(planted); i++) {
		struct sl_workload_entry e = {
		    "planted", &planted[i].wl, "", "list"};

		assert_true(judge(&e) & planted[i].fault);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(documented),
	    cmocka_unit_test(whole_table),
	    cmocka_unit_test(planted_are_caught),
	};
	int failed;

	unit_start_alone();
	sl_pin_init(&(struct sl_pin_config){.is_asked = true}, NULL, 0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	sl_pool_end();
	return failed;
}
