/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heap_scenarios.c - small concurrent scenarios with mcaches and the page heap;
 * see heap_scenarios.h.  A guest.  Called by heap_cases.c.  To add one: bodies,
 * and a row of the table.
 *
 * Objects are half a span, so that each scenario is few slow paths.  What is
 * allocated bears its number, which must be there when it is freed: an object
 * that two have, or of which the memory was given away, is found so.
 */
#include "tests/vmp/heap_scenarios.h"

#include "core/mcache.h"
#include "core/mheap.h"
#include "core/mthread.h"
#include "core/spanlab.h"
#include "core/sys.h"
#include "harness/vmp/guest_heap.h"

enum {
	OBJECTS_MAX = 12,
	SMALL = 4096, /* bytes: two to a span of a page */
	HELD = 1024,  /* pages */
};

static struct object {
	void *p; /* NULL: not in use */
} objects[OBJECTS_MAX];

/* --- what bodies do ------------------------------------------------------ */

static void
take(unsigned i, size_t bytes, bool zero)
{
	uint64_t *p = sl_mallocgc(bytes, true, zero);

	if (p == NULL && sl_sys_refusals() == 0)
		vmp_fail("there is no memory for object %u", i);
	if (p == NULL)
		return;
	if (zero && *p != 0)
		vmp_fail("object %u is not zero", i);
	*p = i + 1;
	objects[i].p = p;
}

static void
give(unsigned i)
{
	uint64_t *p = objects[i].p;

	if (p == NULL && sl_sys_refusals() != 0)
		return; /* there was no memory for it */
	if (*p != i + 1)
		vmp_fail(
		    "object %u was changed to %llu", i, (unsigned long long)*p);
	objects[i].p = NULL;
	sl_free(p);
}

static void
takes_0_1(void)
{
	take(0, SMALL, false);
	take(1, SMALL, false);
}

static void
takes_2(void)
{
	take(2, SMALL, false);
}

static void
takes_2_3(void)
{
	take(2, SMALL, false);
	take(3, SMALL, true);
}

static void
takes_4_5(void)
{
	take(4, SMALL, true);
	take(5, SMALL, false);
}

static void
gives_0(void)
{
	give(0);
}

static void
gives_0_1(void)
{
	give(0);
	give(1);
}

static void
gives_1(void)
{
	give(1);
}

static void
gives_2_3(void)
{
	give(2);
	give(3);
}

static void
works_2_3(void)
{
	takes_2_3();
	gives_2_3();
}

static void
works_4_5(void)
{
	takes_4_5();
	give(4);
	give(5);
}

static void
begins(void)
{
	(void)sl_thread_mcache();
}

/* As malloc_trim(). */
static void
trims(void)
{
	struct sl_inside in;

	sl_thread_enter(&in);
	sl_mcache_release_usable(in.mc);
	(void)sl_mcentral_reap(&in.mc->central);
	sl_mheap_flush(&in.mc->heap);
	sl_mheap_flush_all();
	(void)sl_mheap_scavenge();
	sl_thread_leave(&in);
}

static void
scavenges(void)
{
	struct sl_inside in;

	sl_thread_enter(&in);
	sl_mheap_flush_all();
	(void)sl_mheap_scavenge();
	sl_thread_leave(&in);
}

/* Pages of its own become garbage, with it and with the heap. */
static void
leaves_garbage(void)
{
	struct sl_inside in;

	takes_0_1();
	takes_2_3();
	gives_0_1();
	gives_2_3();
	sl_thread_enter(&in);
	sl_mcache_release_all(in.mc);
	(void)sl_mcentral_reap(&in.mc->central);
	sl_mheap_flush(&in.mc->heap);
	sl_thread_leave(&in);
}

static void
takes_large(void)
{
	take(6, HEAP_LARGE, false);
}

static void
works_large(void)
{
	take(6, HEAP_LARGE, true);
	give(6);
}

/* More than the heap has, or is mapped. */
static void
grows_8(void)
{
	take(8, HEAP_LARGE, false);
}

static void
grows_9(void)
{
	take(9, 4 * HEAP_LARGE, false);
}

/* Epoch mode: from now on what was freed before is swept. */
static void
turns(void)
{
	(void)sl_epoch_advance();
}

static void
turns_and_works(void)
{
	turns();
	works_4_5();
}

static void
gives_0_1_and_turns(void)
{
	gives_0_1();
	turns();
}

static void
gives_2_3_and_turns(void)
{
	gives_2_3();
	turns();
}

/* Each page is written, so that all are garbage, and the scavenger begins. */
static void
gives_large_and_takes(void)
{
	give(6);
	take(7, HEAP_LARGE, true);
	give(7);
}

static void
reads_stats(void)
{
	struct sl_stats st = {.size = sizeof(st)};

	for (unsigned i = 0; i < 2; i++) {
		if (sl_stats_read(&st) != 0)
			vmp_fail("there are no statistics");
		if (st.frees > st.allocs)
			vmp_fail("%llu objects were allocated, %llu freed",
			    (unsigned long long)st.allocs,
			    (unsigned long long)st.frees);
	}
}

static void
forks_parent(void)
{
	vmp_fork(false);
	works_4_5();
}

/* In the child new threads get the mcaches of those that are no more. */
static void
child_thread(void *first)
{
	unsigned i = (unsigned)(uintptr_t)first;

	take(i, SMALL, false);
	take(i + 1, SMALL, true);
	give(i);
	give(i + 1);
}

/* What a lost thread had in its hands is lost, but not the spans that it held:
 * each is now in an mcache. */
struct held {
	unsigned in_mcaches, in_heap;
};

static void
count_met(struct sl_mspan *s, sl_spanclass spc, void *h)
{
	(void)s;
	(void)spc;
	((struct held *)h)->in_mcaches++;
}

static void
count_in_mcache(struct sl_mcache *mc, void *h)
{
	sl_mcache_walk(mc, count_met, h);
}

static void
count_held(struct sl_mspan *s, void *h)
{
	/* relaxed, both: no other thread is there */
	((struct held *)h)->in_heap += (sl_load_rlx(&s->word) & SL_W_C) != 0 &&
				       s->spanclass >= 2 &&
				       sl_load_rlx(&s->holder) != NULL;
}

static void
check_adopted(void)
{
	struct held h = {0, 0};

	sl_thread_walk(count_in_mcache, &h);
	sl_mheap_walk(count_held, &h);
	if (h.in_mcaches != h.in_heap)
		vmp_fail("of %u spans that threads hold %u are with threads",
		    h.in_heap, h.in_mcaches);
}

static void
forks_child(void)
{

	vmp_fork(true);
	works_4_5();
	for (uintptr_t i = 8; i < OBJECTS_MAX; i += 2)
		if (!vmp_spawn(child_thread, (void *)i))
			vmp_fail("the child cannot have a thread");
	vmp_sleep(1); /* until they have ended */
	check_adopted();
}

void
heap_give_rest(void)
{
	for (unsigned i = 0; i < OBJECTS_MAX; i++)
		if (objects[i].p != NULL)
			give(i);
}

/* --- the table ----------------------------------------------------------- */

const struct heap_case heap_cases[] = {
    /* A cache is flushed at its thread's end while others free in it. */
    {
	.name = "exit-free",
	.nthreads = 3,
	.enter = {takes_0_1, begins, begins},
	.body = {takes_2, gives_0_1, works_4_5},
    },
    {
	.name = "exit-free-held",
	.nthreads = 2,
	.is_searched = true,
	.hold = HELD,
	.enter = {takes_0_1, begins},
	.body = {takes_2, gives_0_1},
    },
    /* The owner refills, from a span that it holds or another's. */
    {
	.name = "refill-free",
	.nthreads = 3,
	.enter = {takes_0_1, begins, begins},
	.body = {works_2_3, gives_0, gives_1},
    },
    {
	.name = "refill-free-held",
	.nthreads = 2,
	.is_searched = true,
	.hold = HELD,
	.enter = {takes_0_1, begins},
	.body = {works_2_3, gives_0_1},
    },
    {
	.name = "refill-flush",
	.nthreads = 2,
	.is_searched = true,
	.enter = {takes_0_1, takes_2_3},
	.body = {gives_0_1, works_4_5},
    },
    {
	.name = "birth-exit",
	.nthreads = 3,
	.body = {takes_0_1, works_2_3, works_4_5},
    },
    /* Pages come and go. */
    {
	.name = "alloc-scavenge",
	.nthreads = 2,
	.is_searched = true,
	.enter = {leaves_garbage, begins},
	.body = {works_4_5, scavenges},
    },
    {
	.name = "flush-all",
	.nthreads = 3,
	.enter = {leaves_garbage, begins, begins},
	.body = {takes_0_1, works_4_5, scavenges},
    },
    {
	.name = "free-trim",
	.nthreads = 3,
	.is_long = true,
	.enter = {takes_0_1, takes_2_3, begins},
	.body = {gives_0_1, gives_2_3, trims},
    },
    /* A large object over pages of both kinds. */
    {
	.name = "mixed-pages",
	.is_large = true,
	.nthreads = 2,
	.enter = {begins, takes_4_5},
	.body = {works_large, works_2_3},
    },
    {
	.name = "scavenger",
	.is_large = true,
	.nthreads = 2,
	.scavenge = 1,
	.enter = {takes_large, begins},
	.body = {gives_large_and_takes, works_4_5},
    },
    /* The sums of one instant while others count. */
    {
	.name = "snapshot",
	.nthreads = 3,
	.is_long = true,
	.enter = {begins, begins, begins},
	.body = {reads_stats, takes_2_3, works_4_5},
    },
    /* As above, but the threads stay. */
    {
	.name = "refill-free-stays",
	.nthreads = 2,
	.deep = 3,
	.enter = {takes_0_1, begins},
	.body = {works_2_3, gives_0_1},
    },
    {
	.name = "refill-free-held-stays",
	.nthreads = 2,
	.deep = 3,
	.hold = HELD,
	.enter = {takes_0_1, begins},
	.body = {works_2_3, gives_0_1},
    },
    {
	.name = "refill-both-stays",
	.nthreads = 2,
	.deep = 3,
	.enter = {takes_0_1, takes_2_3},
	.body = {gives_2_3, gives_0_1},
    },
    {
	.name = "scavenge-stays",
	.nthreads = 2,
	.deep = 2,
	.enter = {leaves_garbage, begins},
	.body = {takes_4_5, scavenges},
    },
    /* Both need more than the heap has. */
    {
	.name = "grow-stays",
	.is_large = true,
	.nthreads = 2,
	.deep = 1,
	.enter = {takes_large, begins},
	.body = {grows_8, grows_9},
    },
    {
	.name = "birth-stays",
	.nthreads = 2,
	.deep = 2,
	.body = {takes_0_1, takes_2_3},
    },
    /* A turn while others refill, free, end, turn, or take memory away. */
    {
	.name = "turn-refill",
	.nthreads = 3,
	.is_long = true,
	.is_epoch = true,
	.enter = {takes_0_1, takes_2_3, begins},
	.body = {gives_0_1_and_turns, gives_2_3, works_4_5},
    },
    {
	.name = "turn-exit",
	.nthreads = 2,
	.is_long = true,
	.is_epoch = true,
	.enter = {takes_0_1, takes_2_3},
	.body = {gives_0_1, turns_and_works},
    },
    {
	.name = "turn-turn",
	.nthreads = 2,
	.is_long = true,
	.is_epoch = true,
	.enter = {takes_0_1, takes_2_3},
	.body = {gives_0_1_and_turns, gives_2_3_and_turns},
    },
    {
	.name = "turn-trim",
	.is_large = true,
	.nthreads = 3,
	.is_long = true,
	.is_epoch = true,
	.enter = {takes_0_1, takes_2_3, begins},
	.body = {gives_0_1_and_turns, trims, works_large},
    },
    {
	.name = "turn-held",
	.nthreads = 2,
	.is_long = true,
	.is_epoch = true,
	.hold = HELD,
	.enter = {takes_0_1, takes_2_3},
	.body = {gives_0_1_and_turns, works_4_5},
    },
    {
	.name = "fork-parent",
	.nthreads = 3,
	.forks = true,
	.enter = {takes_0_1, takes_2_3, begins},
	.body = {forks_parent, gives_2_3, gives_0_1},
    },
    {
	.name = "fork-child",
	.nthreads = 2,
	.forks = true,
	.is_child = true,
	.enter = {takes_0_1, begins},
	.body = {forks_child, works_2_3},
    },
    {
	.name = "fork-child-held",
	.nthreads = 2,
	.hold = HELD,
	.forks = true,
	.is_child = true,
	.enter = {takes_0_1, takes_2_3},
	.body = {forks_child, gives_2_3},
    },
};

const size_t heap_cases_count = sizeof(heap_cases) / sizeof(heap_cases[0]);
