/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_snapshot.c - what the statistics promise: in each snapshot that is taken
 * while threads allocate, free each other's objects, come and go; and all of
 * it when they are gone.  Run by make check, once per variant.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/spanlab.h"

enum { CLASSES = 137, PAGE = 8192 };

struct shot {
	struct sl_stats total;
	struct sl_class_stats row[CLASSES];
};

static void
take(struct shot *s)
{
	s->total.size = sizeof(s->total);
	if (sl_stats_classes(&s->total, s->row, CLASSES, sizeof(s->row[0])) !=
	    CLASSES)
		s->total.size = 0;
}

/* --- what holds in each snapshot ----------------------------------------- */

static char why[200];

/* Says so once; returns whether all is well. */
static bool
holds(bool is_so, const char *what, unsigned spc, uint64_t a, uint64_t b)
{
	if (!is_so && why[0] == '\0')
		snprintf(why, sizeof(why), "%s: class %u, %llu and %llu", what,
		    spc, (unsigned long long)a, (unsigned long long)b);
	return is_so;
}

/* a of two counts that can be no less than b. */
static bool
covers(uint64_t a, uint64_t b, const char *what, unsigned spc)
{
	return holds(a >= b, what, spc, a, b);
}

static bool
equal(uint64_t a, uint64_t b, const char *what, unsigned spc)
{
	return holds(a == b, what, spc, a, b);
}

static bool
class_holds(const struct sl_class_stats *r)
{
	unsigned c = (unsigned)r->spanclass;
	bool ok = covers(r->allocs, r->frees, "more frees than allocs", c);

	ok &= covers(r->bytes_in, r->bytes_out, "more bytes freed", c);
	ok &= covers(r->grows, r->heap_returns, "more spans returned", c);
	ok &= equal(r->spans, r->grows - r->heap_returns, "spans", c);
	ok &= equal(
	    r->spans_bytes, (r->pages_in - r->pages_out) * PAGE, "bytes", c);
	/* Two counters of one section. */
	if (r->span_pages != 0) {
		ok &= equal(r->pages_in, r->grows * r->span_pages, "in", c);
		ok &= equal(
		    r->pages_out, r->heap_returns * r->span_pages, "out", c);
	} else {
		ok &= covers(r->pages_in, r->grows, "a span without pages", c);
		/* An object's span is there before it, and after it. */
		ok &= covers(r->spans, r->allocs - r->frees, "no span", c);
		ok &= covers(
		    r->spans_bytes, r->bytes_in - r->bytes_out, "no pages", c);
	}
	if (!sl_variant()->claim_leaves_listed)
		ok &= covers(r->listed, r->taken, "taken, not listed", c);
	ok &= covers(r->taken, r->claims, "claimed, not taken", c);
	/* A span is first had, then given up: by the same thread, or by one
	 * that took it over. */
	ok &= covers(r->claims + r->grows + r->taken,
	    r->detaches + r->releases + r->heap_returns, "given up", c);
	return ok;
}

static bool
grew(const struct sl_class_stats *a, const struct sl_class_stats *b)
{
	unsigned c = (unsigned)a->spanclass;
	bool ok = covers(b->allocs, a->allocs, "allocs went back", c);

	ok &= covers(b->frees, a->frees, "frees went back", c);
	ok &= covers(b->grows, a->grows, "grows went back", c);
	ok &= covers(b->claims, a->claims, "claims went back", c);
	ok &= covers(b->refills, a->refills, "refills went back", c);
	ok &= covers(b->remote_frees, a->remote_frees, "remote went back", c);
	ok &= covers(b->set_inserts, a->set_inserts, "inserts went back", c);
	return ok;
}

/* Tiny objects are counted by their own bytes, as large ones are. */
static uint64_t
slot_bytes(const struct sl_class_stats *r)
{
	return r->is_tiny ? 0 : r->object_bytes;
}

static bool
sums_hold(const struct shot *s)
{
	struct sl_stats t = {.size = 0};
	bool ok = true;

	for (unsigned c = 0; c < CLASSES; c++) {
		const struct sl_class_stats *r = &s->row[c];

		t.allocs += r->allocs;
		t.frees += r->frees;
		t.alloc_bytes += r->bytes_in + r->allocs * slot_bytes(r);
		t.free_bytes += r->bytes_out + r->frees * slot_bytes(r);
		t.span_bytes += r->spans_bytes;
		t.remote_frees += r->remote_frees;
		t.grows += c < 2 ? 0 : r->grows;
		t.claims += r->claims;
		t.refills += r->refills;
	}
	ok &= equal(t.allocs, s->total.allocs, "sum of allocs", 999);
	ok &= equal(t.frees, s->total.frees, "sum of frees", 999);
	ok &= equal(t.alloc_bytes, s->total.alloc_bytes, "sum of bytes", 999);
	ok &= equal(t.free_bytes, s->total.free_bytes, "bytes freed", 999);
	ok &= equal(t.span_bytes, s->total.span_bytes, "bytes in spans", 999);
	ok &= equal(t.remote_frees, s->total.remote_frees, "remote", 999);
	ok &= equal(t.grows, s->total.grows, "sum of grows", 999);
	ok &= equal(t.claims, s->total.claims, "sum of claims", 999);
	ok &= equal(t.refills, s->total.refills, "sum of refills", 999);
	/* What the heap had mapped after the snapshot was enough for it. */
	ok &= covers(s->total.heap_mapped_bytes, s->total.span_bytes,
	    "more in spans than mapped", 999);
	return ok;
}

static bool
shot_holds(const struct shot *s, const struct shot *before)
{
	bool ok = s->total.size != 0 && sums_hold(s);

	for (unsigned c = 0; c < CLASSES; c++)
		ok &= class_holds(&s->row[c]) &&
		      grew(&before->row[c], &s->row[c]);
	return ok;
}

/* --- and when nobody is inside ------------------------------------------- */

static bool
quiet_holds(const struct shot *s)
{
	uint64_t live[CLASSES], spans = 0;
	const struct sl_stats *t = &s->total;
	bool ok = sl_heap_live(live, CLASSES) == CLASSES;

	for (unsigned c = 0; c < CLASSES; c++) {
		const struct sl_class_stats *r = &s->row[c];

		spans += r->spans;
		if (c < 2 || t->accounting != 0)
			ok &= equal(live[c], r->allocs - r->frees, "live", c);
	}
	ok &= equal(spans, t->spans_inuse, "spans of the heap", 999);
	ok &= equal(t->span_bytes, t->heap_inuse_bytes, "heap's bytes", 999);
	return ok;
}

/* With accounting=go, when the threads that allocated have ended. */
static bool
go_holds(const struct sl_stats *t)
{
	uint64_t bytes = 0;
	char text[200];
	bool ok = sl_heap_check(text, sizeof(text), NULL, &bytes);

	ok &= equal(t->go_allocs, t->allocs, "Go's allocs", 999);
	ok &= equal(t->go_frees, t->frees, "Go's frees", 999);
	ok &= equal(t->go_total_alloc, t->alloc_bytes, "Go's total", 999);
	ok &= equal(t->go_total_free, t->free_bytes, "Go's freed", 999);
	ok &= equal(t->go_heap_live, t->alloc_bytes - t->free_bytes,
	    "Go's live heap", 999);
	ok &= equal(t->go_heap_inuse, t->heap_inuse_bytes, "inuse", 999);
	ok &= equal(t->go_in_heap, t->heap_inuse_bytes, "in heap", 999);
	ok &= equal(t->go_pages_inuse * PAGE, t->heap_inuse_bytes, "pg", 999);
	ok &= equal(t->go_heap_idle + t->go_heap_inuse, t->heap_mapped_bytes,
	    "idle and in use", 999);
	return ok;
}

/* --- load ---------------------------------------------------------------- */

enum { SLOTS = 256, WORKERS = 4, LIVES = 6 };
static _Atomic(void *) table[SLOTS];
static _Atomic(unsigned) working;

static size_t
any_size(uint64_t *x)
{
	unsigned kind = (unsigned)unit_random(x, 64);

	if (kind == 0)
		return 32769 + unit_random(x, 200000);
	if (kind < 8)
		return 1 + unit_random(x, 32768);
	return 1 + unit_random(x, 1024);
}

/* Any kind of object: tiny ones, too, and some that were resized. */
static void *
any_object(uint64_t *x)
{
	void *p;

	switch (unit_random(x, 8)) {
	case 0:
		return sl_mallocgc(1 + unit_random(x, 15), true, false);
	case 1:
		return sl_mallocgc(any_size(x), false, false);
	case 2:
		p = malloc(any_size(x));
		return realloc(p, any_size(x));
	default:
		return malloc(any_size(x));
	}
}

/* The life of one thread: what it frees is mostly another's. */
static void *
live(void *arg)
{
	uint64_t x = unit_seed((uintptr_t)arg);
	void *mine[32] = {NULL};

	for (unsigned i = unit_scaled(20000); i > 0; i--) {
		void **own = &mine[unit_random(&x, 32)];

		free(*own);
		*own = any_object(&x);
		free(atomic_exchange(
		    &table[unit_random(&x, SLOTS)], any_object(&x)));
	}
	for (unsigned i = 0; i < 32; i++)
		free(mine[i]);
	return NULL;
}

static void *
work(void *arg)
{
	for (uintptr_t i = 0; i < LIVES; i++) {
		pthread_t t;

		if (pthread_create(&t, NULL, live,
			(void *)((uintptr_t)arg * LIVES + i)) == 0)
			pthread_join(t, NULL);
	}
	atomic_fetch_sub(&working, 1);
	return NULL;
}

/* Asserts nothing, since children run it too. */
static bool
load_and_look(void)
{
	static struct shot shot[2];
	pthread_t t[WORKERS];
	unsigned n = 0;

	atomic_store(&working, WORKERS);
	take(&shot[0]);
	for (uintptr_t i = 0; i < WORKERS; i++)
		if (pthread_create(&t[i], NULL, work, (void *)i) != 0)
			return false;
	while (atomic_load(&working) > 0) {
		n++;
		take(&shot[n % 2]);
		shot_holds(&shot[n % 2], &shot[(n + 1) % 2]);
		usleep(300); /* threads begin and end under its lock */
	}
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(t[i], NULL);
	printf("# %u snapshots\n", n);
	take(&shot[0]);
	quiet_holds(&shot[0]);
	if (shot[0].total.accounting == 2)
		go_holds(&shot[0].total);
	for (unsigned i = 0; i < SLOTS; i++)
		free(atomic_exchange(&table[i], NULL));
	take(&shot[1]);
	shot_holds(&shot[1], &shot[0]);
	quiet_holds(&shot[1]);
	return why[0] == '\0';
}

static void
test_under_load(void **state)
{
	(void)state;
	if (!load_and_look())
		fail_msg("%s", why);
	unit_heap_is_sound(NULL, NULL);
}

static void
load_or_fail(void)
{
	if (!load_and_look())
		unit_child_fail(why);
}

static const struct unit_act acts[] = {{"load", load_or_fail}};

static void
test_accounting(void **state)
{
	static const char *const options[] = {"accounting=thread",
	    "accounting=go", "accounting=thread,hold=0,relink=0",
	    "accounting=go,hold=0"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(options); i++) {
		struct unit_end end = unit_exec(options[i], "load", 120);

		if (end.status != 0)
			fail_msg("%s: status %d, signal %d, %s: %s", options[i],
			    end.status, end.signal,
			    end.timed_out ? "too slow" : "", end.text);
	}
}

/* --- the call ------------------------------------------------------------- */

static void
test_sizes(void **state)
{
	struct sl_class_stats row[3];
	struct sl_stats st = {.size = sizeof(st)};

	(void)state;
	assert_int_equal(
	    sl_stats_classes(NULL, row, 3, sizeof(row[0])), CLASSES);
	assert_int_equal(row[2].spanclass, 2);
	assert_int_equal(row[2].object_bytes, 8);
	assert_int_equal(row[2].is_noscan, 0);
	assert_int_equal(
	    sl_stats_classes(&st, NULL, 0, sizeof(row[0])), CLASSES);
	assert_true(st.spans_inuse > 0);
	/* An older caller's rows are shorter; nothing is written past them. */
	memset(row, 0x5a, sizeof(row));
	assert_int_equal(sl_stats_classes(NULL, row, 1,
			     offsetof(struct sl_class_stats, claims)),
	    CLASSES);
	assert_int_equal(row[0].spanclass, 0);
	assert_int_equal(row[0].claims, UINT64_C(0x5a5a5a5a5a5a5a5a));
	assert_int_equal(sl_stats_classes(NULL, row, 1, 1000), 0);
	assert_int_equal(sl_stats_classes(NULL, row, 1, 0), 0);
	st.size = 4;
	assert_int_equal(sl_stats_read(&st), EINVAL);
	st.size = sizeof(st) + 8;
	assert_int_equal(sl_stats_read(&st), EINVAL);
	st.size = offsetof(struct sl_stats, claims);
	st.claims = 77;
	assert_int_equal(sl_stats_read(&st), 0);
	assert_int_equal(st.claims, 77);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_under_load),
	    cmocka_unit_test(test_accounting),
	    cmocka_unit_test(test_sizes),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
