/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_world.c - what the checks of a span set share; see set_world.h.
 */
#define _GNU_SOURCE 1
#include "tests/unit/set_world.h"

#include <string.h>

#include "core/mcentral_epoch.h"
#include "core/options.h"

void
set_checks_init(void)
{
	static bool is_done;

	if (is_done)
		return;
	is_done = true;
	sl_options_init();
	sl_mock_init();
	sl_mock_user();
}

struct sl_stats
set_counters(void)
{
	struct sl_stats s = {.size = sizeof(s)};

	sl_mock_stats_read(&s);
	return s;
}

bool
set_progress_is(const char *words)
{
	return strncmp(sl_set_info.progress, words, strlen(words)) == 0;
}

sl_spanclass
set_class_of(unsigned bytes, bool noscan)
{
	unsigned cls = 1;

	while (sl_class_to_size[cls] < bytes)
		cls++;
	return (sl_spanclass)(2 * cls + noscan);
}

struct sl_mspan *
set_new_span(sl_spanclass spc)
{
	return sl_mheap_alloc_span(
	    NULL, sl_class_to_pages[spc / 2u], 1, spc, NULL, true);
}

bool
set_is_claimed_well(struct sl_mspan *s, sl_spanclass spc)
{
	uint64_t w = s->word;
	uint64_t want = SL_W_K(spc) | SL_W_C;

	if (sl_set_info.claim_leaves_listed)
		w &= ~SL_W_L;
	if (sl_mock_index(s) >= SL_MOCK_SPANS)
		set_fault("class %u: a claim returned %p, which is no span",
		    (unsigned)spc, (void *)s);
	else if ((w & (SL_W_G_ONE - 1)) != want)
		set_fault("class %u: a claim returned span %zu with the word "
			  "%#llx",
		    (unsigned)spc, sl_mock_index(s), (unsigned long long)w);
	else if (s->spanclass != spc)
		set_fault("class %u: a claim returned span %zu of class %u",
		    (unsigned)spc, sl_mock_index(s), (unsigned)s->spanclass);
	else if (!sl_mspan_is_claimable(s))
		set_fault("class %u: a claim returned span %zu with %u of %u "
			  "slots free, which is too few",
		    (unsigned)spc, sl_mock_index(s), sl_mspan_count_free(s),
		    (unsigned)s->nelems);
	else
		return true;
	return false;
}

/* Who holds a span (0: nobody), and a number that only holders write. */
static struct {
	_Atomic(unsigned) holder;
	uint64_t times;
} holds[SL_MOCK_SPANS];

void
set_hold(struct sl_mspan *s, unsigned who)
{
	unsigned other = atomic_exchange_explicit(
	    &holds[sl_mock_index(s)].holder, who, memory_order_relaxed);

	if (other != 0)
		set_fault("span %zu is held by threads %u and %u at once",
		    sl_mock_index(s), who, other);
	holds[sl_mock_index(s)].times++;
}

void
set_let_go(struct sl_mspan *s, unsigned who)
{
	unsigned other = atomic_exchange_explicit(
	    &holds[sl_mock_index(s)].holder, 0, memory_order_relaxed);

	if (other != who)
		set_fault("span %zu of thread %u is held by %u, too",
		    sl_mock_index(s), who, other);
}

uint64_t
set_holds(void)
{
	uint64_t n = 0;

	for (size_t i = 0; i < SL_MOCK_SPANS; i++)
		n += holds[i].times;
	return n;
}

void
set_holds_reset(void)
{
	memset(holds, 0, sizeof(holds));
}

int
set_take_slot(struct sl_mspan *s)
{
	uintptr_t p = (uintptr_t)sl_mspan_next_free_fast(s);

	if (p == 0 && sl_mspan_next_word(s))
		p = (uintptr_t)sl_mspan_next_free_fast(s);
	return p == 0 ? -1 : (int)((p - s->base) / s->elemsize);
}

static struct {
	void (*visit)(struct sl_mspan *);
	size_t visits;
	jmp_buf out;
} walk;

static void
walk_visit(struct sl_mspan *s, void *arg)
{
	(void)arg;
	if (walk.visits++ > SL_MOCK_SPANS)
		longjmp(walk.out, 1);
	if (walk.visit != NULL)
		walk.visit(s);
}

size_t
set_walk(sl_bag bag, void (*visit)(struct sl_mspan *))
{
	walk.visit = visit;
	walk.visits = 0;
	if (setjmp(walk.out) == 0) {
		sl_set_walk(bag, walk_visit, NULL);
		sl_spill_walk(bag, walk_visit, NULL);
	} else {
		set_fault("a walk of bag %u does not end", (unsigned)bag);
	}
	return walk.visits;
}

static void
collect_by_claims(sl_spanclass spc)
{
	struct sl_mcentral_user *u = sl_mock_user();
	size_t want = sl_mock_outstanding(spc), n = 0;
	struct sl_mspan *all = NULL, *s;

	sl_set_settle();
	while ((s = sl_mcentral_claim(u, spc, false)) != NULL && n <= want) {
		if (!set_is_claimed_well(s, spc))
			return;
		sl_mspan_harvest(s);
		if (!sl_mspan_is_empty(s))
			set_fault("at the end span %zu has %u of %u slots free",
			    sl_mock_index(s), sl_mspan_count_free(s),
			    (unsigned)s->nelems);
		s->next = all;
		all = s;
		n++;
	}
	if (n != want)
		set_fault("at the end %zu spans are claimed, but %zu had left "
			  "the page heap",
		    n, want);
	for (; n <= want && all != NULL; all = s) {
		s = all->next;
		sl_mcentral_uncache_span(u, all);
	}
}

/* What was freed is given back by the next turn but one, since that of others
 * may come between. */
static void
collect_by_turns(sl_spanclass spc)
{
	struct sl_mcentral_user *u = sl_mock_user();
	size_t left;

	for (unsigned i = 0; i < 3; i++)
		if (!sl_mcentral_turn(u))
			set_fault("a turn fails when nobody else is inside");
	sl_set_settle();
	sl_mcentral_reap(u);
	left = sl_mock_outstanding(spc);
	if (left != 0)
		set_fault("%zu spans of class %u never came back", left,
		    (unsigned)spc);
}

void
set_collect(sl_spanclass spc)
{
	if (sl_options.epoch != 0)
		collect_by_turns(spc);
	else
		collect_by_claims(spc);
}
