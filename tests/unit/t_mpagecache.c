/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mpagecache.c - what a thread keeps of the page heap: a block of pages, and
 * descriptors.  The tests run in order, on one heap.
 * Run by make check; prints its seed, takes another from SL_SEED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mheap.h"
#include "core/mpagealloc.h"
#include "core/mpagegrow.h"
#include "core/options.h"
#include "core/sys.h"

enum { LARGE = 1, PAIRS = 100000, STEPS = 30000, USERS = 3, MOST = 150 };

static uint64_t seed = 1;

static size_t
draw(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)((seed >> 33) % n);
}

static struct sl_mheap_user users[USERS];

static uint64_t
locks(void)
{
	struct sl_mheap_stats st;

	sl_mheap_stats(&st);
	return st.locks - 1; /* this one */
}

static uint64_t
pages_out(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < USERS; i++)
		n += users[i].pages_taken - users[i].pages_given +
		     sl_mheap_kept_pages(&users[i]);
	return n;
}

static void
check(void)
{
	assert_true(sl_mheap_check(pages_out()));
}

static struct sl_mspan *
take(struct sl_mheap_user *u, size_t npages)
{
	struct sl_mspan *s =
	    sl_mheap_alloc_span(u, npages, 1, LARGE, NULL, true);

	assert_non_null(s);
	assert_int_equal(s->npages, npages);
	/* As mallocgc and mfree do to the one slot. */
	assert_int_equal(s->limit - s->base, npages << SL_PAGE_SHIFT);
	return s;
}

static void
give(struct sl_mheap_user *u, struct sl_mspan *s)
{
	sl_mheap_free_span(u, s);
}

/* Of up to 15 pages: one refill, and no lock after that. */
static void
small_spans_take_no_lock(void **state)
{
	struct sl_mheap_user *u = &users[0];

	(void)state;
	for (size_t n = 1; n < SL_PAGECACHE_LIMIT; n++) {
		uint64_t before, hits;

		give(u, take(u, n));
		hits = u->pagecache_hits;
		before = locks();
		for (unsigned i = 0; i < PAIRS / 10; i++)
			give(u, take(u, n));
		assert_int_equal(locks(), before + 1); /* locks()'s own */
		assert_int_equal(u->pagecache_hits, hits + PAIRS / 10);
	}
	/* Spans that stay: one for each block, some more for descriptors. */
	{
		struct sl_mspan *s[1024];
		uint64_t before = locks(), refills = u->pagecache_refills;

		for (unsigned i = 0; i < 1024; i++)
			s[i] = take(u, 1);
		assert_in_range(u->pagecache_refills - refills, 15, 17);
		assert_in_range(locks() - before, 15, 17 + 1024 / 64 + 8);
		for (unsigned i = 0; i < 1024; i++)
			give(u, s[i]);
	}
	check();
}

static void
large_spans_do(void **state)
{
	struct sl_mheap_user *u = &users[0];
	uint64_t before = locks(), hits = u->pagecache_hits;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		give(u, take(u, SL_PAGECACHE_LIMIT));
	assert_int_equal(locks() - before, 21);
	assert_int_equal(u->pagecache_hits, hits);
	check();
}

/* Descriptors come by 1, 2, 4, ... 64, and no more than 128 stay. */
static void
descriptors_are_kept(void **state)
{
	static struct sl_mspan *s[1000];
	struct sl_mheap_user *u = &users[1];
	unsigned most = 0, refills = 0, had = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		s[i] = take(u, 1);
		if (u->nspans + 1 > had) {
			refills++;
			assert_int_equal(u->nspans + 1,
			    refills > 7 ? 64 : 1u << (refills - 1));
		}
		had = u->nspans;
	}
	assert_in_range(refills, 7 + (1000 - 127) / 64, 8 + (1000 - 127) / 64);
	for (unsigned i = 0; i < 1000; i++) {
		give(u, s[i]);
		if (u->nspans > most)
			most = u->nspans;
	}
	assert_int_equal(most, SL_SPANCACHE_MAX);
	/* A thread that used few keeps few. */
	for (unsigned i = 0; i < 3; i++)
		s[i] = take(&users[2], 1);
	assert_true(users[2].nspans <= 3);
	for (unsigned i = 0; i < 3; i++)
		give(&users[2], s[i]);
	check();
}

static void
flush_gives_all_back(void **state)
{
	struct sl_mheap_stats st;

	(void)state;
	for (unsigned i = 0; i < USERS; i++) {
		sl_mheap_flush(&users[i]);
		assert_int_equal(users[i].nspans, 0);
		assert_int_equal(sl_mheap_kept_pages(&users[i]), 0);
	}
	assert_int_equal(pages_out(), 0);
	sl_mheap_stats(&st);
	assert_int_equal(st.free_bytes, st.mapped_bytes);
	check();
	/* On request, at the next span. */
	give(&users[0], take(&users[0], 1));
	give(&users[1], take(&users[1], 1));
	assert_true(sl_mheap_kept_pages(&users[0]) > 0);
	sl_mheap_flush_all();
	(void)take(&users[0], 16);
	assert_int_equal(sl_mheap_kept_pages(&users[0]), 0);
	assert_true(sl_mheap_kept_pages(&users[1]) > 0);
	(void)take(&users[1], 16);
	assert_int_equal(sl_mheap_kept_pages(&users[1]), 0);
	check();
}

/* Does each span say whether it may hold garbage, and no two overlap? */
static void
step(struct sl_mspan **s, struct sl_mheap_user *u)
{
	size_t bytes;
	unsigned char *p;

	if (*s != NULL) {
		give(u, *s);
		*s = NULL;
		return;
	}
	*s = take(u, 1 + draw(draw(8) == 0 ? 40 : SL_PAGECACHE_LIMIT));
	bytes = (size_t)(*s)->npages << SL_PAGE_SHIFT;
	p = (unsigned char *)(*s)->base;
	if (!(*s)->needzero)
		for (size_t k = 0; k < bytes; k += 512)
			assert_int_equal(p[k], 0);
	for (size_t k = 0; k < bytes; k += 512)
		p[k] = 0xff;
}

static unsigned nclean;

static void
zero_is_known(void **state)
{
	static struct sl_mspan *s[MOST];

	(void)state;
	for (unsigned i = 0; i < STEPS; i++) {
		struct sl_mspan **one = &s[draw(MOST)];

		step(one, &users[draw(USERS)]);
		nclean += *one != NULL && !(*one)->needzero;
		if (i % 1000 == 0) {
			check();
			sl_mheap_scavenge();
		}
	}
	assert_true(nclean > 100);
	for (unsigned i = 0; i < MOST; i++)
		if (s[i] != NULL)
			give(&users[0], s[i]);
	check();
	printf("# %u of the spans were clean\n", nclean);
}

/* Fresh pages are not cleared, used ones are: by the count of bytes. */
static void
clean_pages_take_no_memory(void **state)
{
	size_t before;
	struct sl_mspan *s;

	(void)state;
	for (unsigned i = 0; i < USERS; i++)
		sl_mheap_flush(&users[i]);
	sl_mheap_scavenge();
	before = sl_sys_bytes(SL_SYS_READY);
	s = take(&users[0], 3);
	/* The block has 64 pages, but 3 of them are in use. */
	assert_int_equal(
	    sl_sys_bytes(SL_SYS_READY) - before, 3 << SL_PAGE_SHIFT);
	assert_false(s->needzero);
	give(&users[0], s);
	s = take(&users[0], 4);
	assert_true(s->needzero);
	assert_int_equal(
	    sl_sys_bytes(SL_SYS_READY) - before, 4 << SL_PAGE_SHIFT);
	give(&users[0], s);
	sl_mheap_flush(&users[0]);
	sl_mheap_scavenge();
	assert_int_equal(sl_sys_bytes(SL_SYS_READY), before);
	check();
}

/* A large free goes back to the OS at once, if keep-pages says so. */
static void
large_frees_may_go_at_once(void **state)
{
	size_t before = sl_sys_bytes(SL_SYS_READY);
	struct sl_mspan *s;

	(void)state;
	sl_options.keep_pages = 20;
	s = take(&users[0], 21);
	give(&users[0], s);
	assert_int_equal(sl_sys_bytes(SL_SYS_READY), before);
	s = take(&users[0], 20);
	give(&users[0], s);
	assert_int_equal(
	    sl_sys_bytes(SL_SYS_READY) - before, 20 << SL_PAGE_SHIFT);
	sl_mheap_scavenge();
	check();
}

static void
spans_change_in_place(void **state)
{
	struct sl_mheap_user *u = &users[0];
	struct sl_mspan *s = take(u, 10), *t;
	uintptr_t p = s->base;

	(void)state;
	assert_true(sl_mheap_resize_span(u, s, 30));
	assert_int_equal(s->base, p);
	assert_int_equal(s->limit - p, 30 << SL_PAGE_SHIFT);
	assert_ptr_equal(sl_span_of(s->limit - 1), s);
	assert_null(sl_span_of(s->limit));
	memset((void *)p, 1, 30 << SL_PAGE_SHIFT);
	assert_true(sl_mheap_resize_span(u, s, 12));
	assert_ptr_equal(sl_span_of(s->limit - 1), s);
	assert_null(sl_span_of(s->limit));
	check();
	/* Something is behind it. */
	do
		t = take(u, 1);
	while (t->base < s->limit);
	assert_int_equal(t->base, s->limit);
	assert_false(sl_mheap_resize_span(u, s, 13));
	assert_int_equal(s->npages, 12);
	check();
	/* Elsewhere, without a copy. */
	t = take(u, 40);
	memset((void *)t->base, 2, 40 << SL_PAGE_SHIFT);
	p = t->base;
	if (sl_mheap_move_span(u, s, t) == SL_SYS_MOVED) {
		assert_null(sl_span_of(s->base));
		for (size_t k = 0; k < 12 << SL_PAGE_SHIFT; k++)
			assert_int_equal(((char *)p)[k], 1);
		assert_int_equal(((char *)p)[12 << SL_PAGE_SHIFT], 2);
	} else {
		print_message("# this system cannot move pages: not tested\n");
	}
	check();
}

/* Whatever is refused, nothing is lost, and the next try succeeds. */
static void
refusals_lose_nothing(void **state)
{
	static const size_t size[4] = {3 * SL_ARENA_PAGES, 1, 7, 20};
	static struct sl_mspan *s[4];
	unsigned refused = 0;

	(void)state;
	for (unsigned n = 1; n < 40; n++) {
		struct sl_mheap_user *u = &users[n % USERS];

		sl_mheap_flush(u);
		sl_sys_refuse(n, 1);
		for (unsigned i = 0; i < 4; i++)
			s[i] = sl_mheap_alloc_span(u, size[i], 1,
			    i == 1 ? SL_SPANCLASS_TINY : LARGE, NULL, true);
		refused += sl_sys_refusals() != 0;
		sl_sys_refuse(0, 1);
		check();
		for (unsigned i = 0; i < 4; i++)
			if (s[i] != NULL)
				assert_true(sl_span_of(s[i]->base) == s[i]);
		check();
	}
	assert_true(refused > 10);
	assert_non_null(take(&users[0], 1 << 16));
	check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(small_spans_take_no_lock),
	    cmocka_unit_test(large_spans_do),
	    cmocka_unit_test(descriptors_are_kept),
	    cmocka_unit_test(flush_gives_all_back),
	    cmocka_unit_test(zero_is_known),
	    cmocka_unit_test(clean_pages_take_no_memory),
	    cmocka_unit_test(large_frees_may_go_at_once),
	    cmocka_unit_test(spans_change_in_place),
	    cmocka_unit_test(refusals_lose_nothing),
	};

	if (getenv("SL_SEED") != NULL)
		seed = strtoull(getenv("SL_SEED"), NULL, 10);
	printf("# seed %llu\n", (unsigned long long)seed);
	sl_options.keep_pages = 1 << 20;
	sl_mheap_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
