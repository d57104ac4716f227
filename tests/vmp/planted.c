/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * planted.c - small structures with a fault, and without it; see planted.h.
 * Guests, run by t_vmp_planted.c.
 */
#include "tests/vmp/planted.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "harness/vmp/urcu.h"

/* --- a stack, with and without a tag ------------------------------------ */

enum { NODES = 3 };

struct node {
	_Atomic(unsigned) next; /* a number, 0: none */
	atomic_int in_use;
};

static struct node nodes[NODES + 1];
static _Atomic(uint64_t) top; /* tag << 32 | number */

static void
push(unsigned n)
{
	uint64_t old = sl_load_acq(&top), new;

	do {
		/* relaxed: private until linked */
		sl_store_rlx(&nodes[n].next, (unsigned)old);
		new = (old >> 32 << 32) + n;
	} while (!sl_cas_sc(&top, &old, new));
}

static unsigned
pop(uint64_t tag_step)
{
	uint64_t old = sl_load_acq(&top), new;

	do {
		if ((unsigned)old == 0)
			return 0;
		new = (old >> 32 << 32) + tag_step +
		      sl_load_rlx(&nodes[(unsigned)old].next);
	} while (!sl_cas_sc(&top, &old, new));
	return (unsigned)old;
}

static void
take(unsigned n)
{
	if (n != 0 && atomic_exchange(&nodes[n].in_use, 1) != 0)
		vmp_fail("node %u was handed out twice", n);
}

static void
give(unsigned n)
{
	if (n == 0)
		return;
	atomic_store(&nodes[n].in_use, 0);
	push(n);
}

static void
stack_prepare(void)
{
	for (unsigned n = NODES; n > 0; n--)
		push(n);
}

/* The second thread has the first two meanwhile, and gives back the first. */
static void
stack_body(unsigned thread, uint64_t tag_step)
{
	unsigned a = pop(tag_step), b;

	take(a);
	b = pop(tag_step);
	take(b);
	if (thread == 1)
		give(a);
}

static void
no_tag_body(unsigned thread)
{
	stack_body(thread, 0);
}

static void
tag_body(unsigned thread)
{
	stack_body(thread, UINT64_C(1) << 32);
}

const struct vmp_scenario planted_no_tag = {
    "no-tag", 2, stack_prepare, NULL, no_tag_body, NULL, NULL};
const struct vmp_scenario sound_tag = {
    "tag", 2, stack_prepare, NULL, tag_body, NULL, NULL};

/* --- who lists a full span ---------------------------------------------- */

static struct {
	atomic_int nfree, is_cached, is_listed, listings;
} span;

static void
span_prepare(void)
{
	span.is_cached = 1;
}

static void
list_span(void)
{
	if (atomic_exchange(&span.is_listed, 1) == 0)
		atomic_fetch_add(&span.listings, 1);
}

static void
free_one(void)
{
	atomic_fetch_add(&span.nfree, 1);
	if (!atomic_load(&span.is_cached))
		list_span();
}

static void
forgotten_body(unsigned thread)
{
	if (thread == 1) {
		free_one();
		return;
	}
	if (atomic_load(&span.nfree) > 0) {
		atomic_store(&span.is_cached, 0);
		list_span();
	} else {
		atomic_store(&span.is_cached, 0);
	}
}

static void
span_body(unsigned thread)
{
	if (thread == 1) {
		free_one();
		return;
	}
	atomic_store(&span.is_cached, 0);
	if (atomic_load(&span.nfree) > 0)
		list_span();
}

static void
no_fence_body(unsigned thread)
{
	if (thread == 1) {
		free_one();
		return;
	}
	atomic_store_explicit(&span.is_cached, 0, memory_order_release);
	if (atomic_load(&span.nfree) > 0)
		list_span();
}

static void
span_check(void)
{
	if (span.listings != 1)
		vmp_fail("a span with a free slot is listed %d times",
		    span.listings);
}

const struct vmp_scenario planted_forgotten_span = {
    "forgotten-span", 2, span_prepare, NULL, forgotten_body, span_check, NULL};
const struct vmp_scenario sound_span = {
    "span", 2, span_prepare, NULL, span_body, span_check, NULL};
const struct vmp_scenario planted_no_fence = {
    "no-fence", 2, span_prepare, NULL, no_fence_body, span_check, NULL};

/* --- sleep and wake ----------------------------------------------------- */

static _Atomic(int) available, sequence;

static void
put(void)
{
	atomic_fetch_add(&available, 1);
	atomic_fetch_add(&sequence, 1);
	vmp_futex_wake(&sequence);
}

static void
late_body(unsigned thread)
{
	if (thread == 1) {
		put();
		return;
	}
	while (atomic_load(&available) == 0)
		vmp_futex_wait(&sequence, atomic_load(&sequence));
}

static void
wakeup_body(unsigned thread)
{
	int seen;

	if (thread == 1) {
		put();
		return;
	}
	for (;;) {
		seen = atomic_load(&sequence);
		if (atomic_load(&available) != 0)
			return;
		vmp_futex_wait(&sequence, seen);
	}
}

const struct vmp_scenario planted_lost_wakeup = {
    "lost-wakeup", 2, NULL, NULL, late_body, NULL, NULL};
const struct vmp_scenario sound_wakeup = {
    "wakeup", 2, NULL, NULL, wakeup_body, NULL, NULL};

/* --- two that free ------------------------------------------------------ */

static void
twice_body(unsigned thread)
{
	(void)thread;
	atomic_fetch_add(&span.nfree, 1);
	if (atomic_load(&span.is_listed))
		return;
	atomic_store(&span.is_listed, 1);
	atomic_fetch_add(&span.listings, 1);
}

static void
once_body(unsigned thread)
{
	(void)thread;
	atomic_fetch_add(&span.nfree, 1);
	list_span();
}

const struct vmp_scenario planted_double_listing = {
    "double-listing", 2, NULL, NULL, twice_body, span_check, NULL};
const struct vmp_scenario sound_listing = {
    "listing", 2, NULL, NULL, once_body, span_check, NULL};

/* --- reuse of a node that a reader may stand on ------------------------- */

static _Atomic(struct node *) shown;

static void
reuse_prepare(void)
{
	nodes[1].next = 1;
	shown = &nodes[1];
}

/* Readers; the writer waits for them alone. */
static void
reuse_enter(unsigned thread)
{
	if (thread != 0)
		vmp_rcu_register();
}

static void
read_shown(void)
{
	struct node *n;

	vmp_rcu_read_lock();
	n = sl_load_acq(&shown);
	if (n != NULL && sl_load_rlx(&n->next) != 1)
		vmp_fail("a reader stands on a node that is used anew");
	vmp_rcu_read_unlock();
}

static void
early_body(unsigned thread)
{
	if (thread != 0) {
		read_shown();
		return;
	}
	sl_store_rel(&shown, NULL);
	sl_store_rlx(&nodes[1].next, 2);
}

static void
grace_body(unsigned thread)
{
	if (thread != 0) {
		read_shown();
		return;
	}
	sl_store_rel(&shown, NULL);
	vmp_rcu_synchronize();
	sl_store_rlx(&nodes[1].next, 2);
}

const struct vmp_scenario planted_early_reuse = {
    "early-reuse", 3, reuse_prepare, reuse_enter, early_body, NULL, NULL};
const struct vmp_scenario sound_reuse = {
    "reuse", 3, reuse_prepare, reuse_enter, grace_body, NULL, NULL};

/* --- what has nothing to do with spans ---------------------------------- */

static long count;
static int lock_a, lock_b;

static void
add_body(unsigned thread)
{
	(void)thread;
	for (unsigned i = 0; i < 2; i++)
		count++;
}

static void
add_check(void)
{
	if (count != 4)
		vmp_fail("of 4 additions %ld are there", count);
}

static void
cross_body(unsigned thread)
{
	int *first = thread == 0 ? &lock_a : &lock_b;
	int *second = thread == 0 ? &lock_b : &lock_a;

	vmp_lock(first, __builtin_return_address(0));
	vmp_lock(second, __builtin_return_address(0));
	vmp_unlock(second, __builtin_return_address(0));
	vmp_unlock(first, __builtin_return_address(0));
}

const struct vmp_scenario planted_lost_update = {
    "lost-update", 2, NULL, NULL, add_body, add_check, NULL};
const struct vmp_scenario planted_deadlock = {
    "deadlock", 2, NULL, NULL, cross_body, NULL, NULL};
