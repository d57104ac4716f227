/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_conserve.c - random work of many threads, then the books must balance:
 * no span lost or in two places, and exactly the objects we hold are live.
 * Run by make check, once per variant.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

enum { MAX_THREADS = 8, OWN = 400, SHELF = 2048 };

/* An object begins with its size and a tag, so that anyone can check it. */
struct object {
	size_t size;
	uint64_t tag;
};

struct mix {
	const char *name;
	size_t max_small;
	unsigned large_one_in; /* 0: never */
	size_t max_large;
	unsigned shelf_percent; /* exchanged with other threads */
	bool sl_calls;          /* use sl_mallocgc, with tiny objects */
};

static const struct mix mixes[] = {
    {"small, own", 600, 0, 0, 0, false},
    {"small, half remote", 600, 0, 0, 50, false},
    {"one size, all remote", 0, 0, 0, 100, false},
    {"all classes", 32768, 0, 0, 40, false},
    {"with large", 2000, 50, 3000000, 40, false},
    {"mallocgc", 900, 100, 100000, 40, true},
};

struct worker {
	const struct mix *mix;
	uint64_t seed;
	unsigned turns;
	unsigned wrong;
	long live; /* made minus freed */
};

static _Atomic(struct object *) shelf[SHELF];

static size_t
pick_size(const struct mix *m, uint64_t *x)
{
	size_t n = 64;

	if (m->large_one_in && unit_random(x, m->large_one_in) == 0)
		n = 32769 + unit_random(x, m->max_large);
	else if (m->max_small)
		n = unit_random(x, m->max_small);
	return n < sizeof(struct object) ? sizeof(struct object) : n;
}

static struct object *
make(struct worker *w, uint64_t *x)
{
	size_t n = pick_size(w->mix, x);
	bool zero = unit_random(x, 8) == 0;
	struct object *o;

	if (w->mix->sl_calls)
		o = sl_mallocgc(n, unit_random(x, 2), zero);
	else
		o = zero ? calloc(1, n) : malloc(n);
	if (o == NULL) {
		w->wrong++;
		return NULL;
	}
	if (zero)
		w->wrong += o->size != 0 || ((char *)o)[n - 1] != 0;
	o->size = n;
	o->tag = *x;
	unit_mark(o + 1, n - sizeof(*o), o->tag);
	w->live++;
	return o;
}

static void
drop(struct worker *w, struct object *o)
{
	if (o == NULL)
		return;
	w->wrong += !unit_is_marked(o + 1, o->size - sizeof(*o), o->tag);
	w->live--;
	if (w->mix->sl_calls)
		sl_free(o);
	else
		free(o);
}

/* Below 16 bytes: blocks that objects share; nothing fits into them but a
 * byte to look at. */
static void
tiny_turn(struct worker *w, unsigned char **tiny, uint64_t *x)
{
	unsigned i = (unsigned)unit_random(x, 64);

	if (tiny[i]) {
		w->wrong += *tiny[i] != i;
		sl_free(tiny[i]);
		w->live--;
	}
	tiny[i] = sl_mallocgc(1 + unit_random(x, 15), true, true);
	w->wrong += *tiny[i] != 0;
	*tiny[i] = (unsigned char)i;
	w->live++;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct object **own = calloc(OWN, sizeof(struct object *));
	unsigned char *tiny[64] = {NULL};
	uint64_t x = w->seed;

	for (unsigned t = 0; t < w->turns; t++) {
		struct object *o = make(w, &x);

		if (unit_random(&x, 100) < w->mix->shelf_percent) {
			o = atomic_exchange(&shelf[unit_random(&x, SHELF)], o);
		} else {
			unsigned i = (unsigned)unit_random(&x, OWN);
			struct object *old = own[i];

			own[i] = o;
			o = old;
		}
		drop(w, o);
		if (w->mix->sl_calls)
			tiny_turn(w, tiny, &x);
	}
	for (unsigned i = 0; i < OWN; i++)
		drop(w, own[i]);
	for (unsigned i = 0; i < 64; i++) {
		w->live -= tiny[i] != NULL;
		sl_free(tiny[i]);
	}
	free(own);
	return NULL;
}

static void *
nothing(void *arg)
{
	return arg;
}

/* Runs n threads; afterwards the shelf holds `*live` objects. */
static void
run_mix(const struct mix *m, unsigned n, unsigned turns, long *live)
{
	static struct worker w[MAX_THREADS];

	memset(w, 0, sizeof(w));
	*live = 0;
	for (unsigned i = 0; i < n; i++) {
		w[i].mix = m;
		w[i].turns = turns;
		w[i].seed = unit_seed(1000 * n + i);
	}
	unit_threads(n, work, w, sizeof(w[0]));
	for (unsigned i = 0; i < n; i++) {
		if (w[i].wrong)
			fail_msg("%s, %u threads: %u objects were damaged",
			    m->name, n, w[i].wrong);
		*live += w[i].live;
	}
}

static void
empty_shelf(const struct mix *m)
{
	struct worker w = {.mix = m};

	for (unsigned i = 0; i < SHELF; i++)
		drop(&w, atomic_exchange(&shelf[i], NULL));
	assert_int_equal(w.wrong, 0);
}

static void
test_mix(void **state)
{
	const struct mix *m = *state;
	static const unsigned counts[] = {1, 2, 3, MAX_THREADS};
	uint64_t base, held, after;
	long live;

	/* What the C library keeps per thread is made once, here. */
	unit_threads(MAX_THREADS, nothing, NULL, 0);
	for (size_t i = 0; i < UNIT_COUNT(counts); i++) {
		unsigned turns = unit_meetings(
		    60000 / counts[i], counts[i], sl_variant()->spins);

		if (m->large_one_in)
			turns /= 8;
		unit_heap_is_sound(&base, NULL);
		run_mix(m, counts[i], turns, &live);
		unit_heap_is_sound(&held, NULL);
		if (held != base + (uint64_t)live)
			fail_msg("%s, %u threads: %llu live, not %llu + %ld",
			    m->name, counts[i], (unsigned long long)held,
			    (unsigned long long)base, live);
		empty_shelf(m);
		unit_heap_is_sound(&after, NULL);
		if (after != base)
			fail_msg("%s, %u threads: %llu live at the end, not "
				 "%llu",
			    m->name, counts[i], (unsigned long long)after,
			    (unsigned long long)base);
	}
}

/* The bytes of n objects of one class are n times its slot. */
static void
test_live_bytes(void **state)
{
	enum { N = 1000 };
	static void *p[N];
	uint64_t before, held, after;

	(void)state;
	unit_heap_is_sound(NULL, &before);
	for (unsigned i = 0; i < N; i++)
		p[i] = malloc(1024);
	unit_heap_is_sound(NULL, &held);
	assert_int_equal(held - before, N * 1024);
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
	unit_heap_is_sound(NULL, &after);
	assert_int_equal(after, before);
}

/* --- use after free cannot hurt the allocator ---------------------------- */

static void
write_after_free(void *arg)
{
	enum { N = 5000 };
	static unsigned char *p[N];
	static size_t size[N];
	uint64_t x = unit_seed(9);
	char why[256];

	(void)arg;
	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < N; i++) {
			size[i] = 1 + unit_random(&x, 2000);
			p[i] = malloc(size[i]);
		}
		for (unsigned i = 0; i < N; i++)
			free(p[i]);
		/* No large objects here: their pages may be gone. */
		for (unsigned i = 0; i < N; i++)
			memset(p[i], (int)round * 51 + 1, size[i]);
	}
	if (!sl_heap_check(why, sizeof(why), NULL, NULL))
		unit_child_fail(why);
}

static void
test_write_after_free(void **state)
{
	struct unit_end end = unit_child(write_after_free, NULL, 20);

	(void)state;
	if (unit_has_option("clobber=1")) {
		assert_non_null(strstr(end.text, "written after its free"));
		return;
	}
	if (end.status != 0)
		fail_msg("status %d, signal %d: %s", end.status, end.signal,
		    end.text);
}

int
main(void)
{
	struct CMUnitTest tests[UNIT_COUNT(mixes) + 2];

	for (size_t i = 0; i < UNIT_COUNT(mixes); i++) {
		struct CMUnitTest one = {mixes[i].name, test_mix, NULL, NULL,
		    (void *)(uintptr_t)&mixes[i]};

		memcpy(&tests[i], &one, sizeof(one));
	}
	tests[UNIT_COUNT(mixes)] =
	    (struct CMUnitTest)cmocka_unit_test(test_live_bytes);
	tests[UNIT_COUNT(mixes) + 1] =
	    (struct CMUnitTest)cmocka_unit_test(test_write_after_free);
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
