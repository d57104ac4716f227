/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mheapcheck.c - the conservation check: sl_heap_check() of spanlab.h.
 * Called by programs, the tests and the harness, while no other thread is
 * inside the allocator.
 *
 * Three walks.  Over the sets: each listed span has L set and occurs once.
 * Over the mcaches: each cached span has C set and that owner.  Over the
 * heap: each span is one of listed, cached, large, or full; its bitmaps are
 * disjoint; and there are as many listed and cached spans as the first two
 * walks met.  And of the pages: each is in a span, with a thread, or free.
 */
#include "core/die.h"
#include "core/mguard.h"
#include "core/mheap.h"
#include "core/mthread.h"
#include "core/mtiny.h"

struct check {
	char *why;
	size_t why_len;
	bool ok;
	unsigned bag_now; /* being walked */
	struct sl_mcache *mcache_now;
	uint64_t met;       /* marked by the first two walks */
	uint64_t met_again; /* of these, by the walk over the heap */
	uint64_t objects, bytes;
	uint64_t pages; /* in spans, and with threads */
};

static void
fault(struct check *c, const char *what, const struct sl_mspan *s)
{
	if (c->ok)
		sl_format(c->why, c->why_len,
		    "%s: span %p, class %u, %u pages, word C=%u L=%u, "
		    "%u of %u slots free",
		    what, (void *)s->base, (unsigned)s->spanclass,
		    (unsigned)s->npages,
		    (unsigned)(sl_load_rlx(&s->word) & SL_W_C), /* relaxed: */
		    (unsigned)(sl_load_rlx(&s->word) & SL_W_L) / 2, /* quiet */
		    sl_mspan_count_free(s), (unsigned)s->nelems);
	c->ok = false;
}

static uint64_t
word_bits(const struct sl_mspan *s, uint64_t bits)
{
	/* relaxed: no other thread is inside the allocator */
	return sl_load_rlx(&s->word) & bits;
}

static void
mark(struct check *c, struct sl_mspan *s)
{
	if (s->is_met)
		fault(c, "in two places", s);
	s->is_met = 1;
	c->met++;
}

/* In epoch mode: is it in the bag of its class that its state asks for? */
static void
check_epoch_bag(struct check *c, struct sl_mspan *s)
{
	uint64_t now = sl_epoch_now();
	int32_t state = sl_epoch_state(s, now);

	if (sl_set_info.miss == SL_MISS_ANY)
		return;
	if (state != SL_SWEPT && state != SL_UNSWEPT)
		fault(c, "listed, but neither swept nor to be swept", s);
	if (sl_epoch_bag(s->spanclass, now, !sl_mspan_next_word(s),
		state == SL_SWEPT) != c->bag_now)
		fault(c, "in a bag of another state", s);
}

static void
visit_listed(struct sl_mspan *s, void *arg)
{
	struct check *c = arg;

	if (sl_mspan_bag(s) != c->bag_now)
		fault(c, "listed in a wrong bag", s);
	if (word_bits(s, SL_W_L) == 0)
		fault(c, "in the set without L", s);
	if (word_bits(s, SL_W_C) != 0) {
		if (!sl_set_info.claim_leaves_listed)
			fault(c, "in the set and cached", s);
		return; /* the walk over mcaches marks it */
	}
	if (!sl_set_info.claim_leaves_listed && !sl_mspan_is_claimable(s))
		fault(c, "listed with too few free slots", s);
	if (sl_options.epoch != 0)
		check_epoch_bag(c, s);
	mark(c, s);
}

static void
visit_cached(struct sl_mspan *s, sl_spanclass spc, void *arg)
{
	struct check *c = arg;

	if (s->spanclass != spc)
		fault(c, "cached in a wrong class", s);
	if (word_bits(s, SL_W_C) == 0)
		fault(c, "cached without C", s);
	/* relaxed: as above */
	if (sl_load_rlx(&s->holder) != c->mcache_now)
		fault(c, "cached by another", s);
	mark(c, s);
}

static void
visit_mcache(struct sl_mcache *mc, void *arg)
{
	struct check *c = arg;

	c->mcache_now = mc;
	c->pages += sl_mheap_kept_pages(&mc->heap);
	sl_mcache_walk(mc, visit_cached, c);
}

static void
check_bits(struct check *c, const struct sl_mspan *s)
{
	for (unsigned i = 0; i < (s->nelems + 63u) / 64; i++) {
		/* relaxed: no other thread is inside the allocator */
		uint64_t f = sl_load_rlx(&s->free_bits[i]);
		uint64_t r = sl_load_rlx(&s->remote_bits[i]);

		if ((f & r) != 0)
			fault(c, "a slot is free twice", s);
		if (((f | r) & ~sl_mspan_word_mask(s, i)) != 0)
			fault(c, "a slot beyond the last is free", s);
	}
}

static unsigned
slots_in_use(const struct sl_mspan *s)
{
	return s->nelems - sl_mspan_count_free(s);
}

static unsigned
objects_in(const struct sl_mspan *s)
{
	return s->tiny != NULL ? sl_tiny_count(s) : slots_in_use(s);
}

static void
count_live(struct check *c, const struct sl_mspan *s)
{
	uint64_t slot = s->spanclass < 2 ? s->limit - s->base : s->elemsize;

	c->objects += objects_in(s);
	c->bytes += slots_in_use(s) * slot;
}

static void
visit_span(struct sl_mspan *s, void *arg)
{
	struct check *c = arg;
	bool is_large = s->spanclass < 2;

	if (sl_bag_spanclass(sl_mspan_bag(s)) != s->spanclass)
		fault(c, "word and class disagree", s);
	check_bits(c, s);
	count_live(c, s);
	c->pages += s->npages + sl_guard_pages();
	if (s->is_met) {
		c->met_again++;
		s->is_met = 0;
	} else if (word_bits(s, SL_W_C) != 0) {
		if (!is_large)
			fault(c, "cached by nobody", s);
	} else if (word_bits(s, SL_W_L) != 0) {
		/* A list variant may keep a full span listed. */
		fault(c, "L is set, but it is in no set", s);
	} else if (sl_mspan_is_claimable(s)) {
		fault(c, "free slots, and neither cached nor listed", s);
	}
}

SL_PUBLIC bool
sl_heap_check(
    char *why, size_t why_len, uint64_t *live_objects, uint64_t *live_bytes)
{
	struct check c = {.why = why, .why_len = why_len, .ok = true};
	struct sl_inside in;

	sl_thread_enter(&in); /* and the heap is there from now on */
	for (unsigned i = 0; i < sl_num_bags(); i++) {
		c.bag_now = i;
		sl_set_walk((sl_bag)i, visit_listed, &c);
		sl_spill_walk((sl_bag)i, visit_listed, &c);
	}
	sl_thread_walk(visit_mcache, &c);
	sl_mheap_walk(visit_span, &c);
	if (c.ok && c.met != c.met_again) {
		c.ok = false;
		sl_format(why, why_len,
		    "%lu spans are listed or cached, but the heap has %lu "
		    "of them",
		    (unsigned long)c.met, (unsigned long)c.met_again);
	}
	if (c.ok && !sl_mheap_check(c.pages)) {
		c.ok = false;
		sl_format(why, why_len,
		    "%lu pages are in spans or with threads, which does not "
		    "agree with what the page heap knows",
		    (unsigned long)c.pages);
	}
	if (live_objects != NULL)
		*live_objects = c.objects;
	if (live_bytes != NULL)
		*live_bytes = c.bytes;
	sl_thread_leave(&in);
	return c.ok;
}

struct live {
	uint64_t *objects;
	unsigned n;
};

static void
add_live(struct sl_mspan *s, void *arg)
{
	struct live *l = arg;

	if (s->spanclass < l->n)
		l->objects[s->spanclass] += objects_in(s);
}

SL_PUBLIC unsigned
sl_heap_live(uint64_t *objects, unsigned n)
{
	struct live l = {objects, n};

	sl_thread_mcache();
	for (unsigned i = 0; i < n; i++)
		objects[i] = 0;
	sl_mheap_walk(add_live, &l);
	return SL_NUM_SPANCLASSES;
}
