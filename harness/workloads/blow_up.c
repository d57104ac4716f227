/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * blow_up.c - two programs that make a heap much larger than what is in it.
 *
 * Called by the trial engine.  Both go through sizes that double.  In each
 * stage they allocate until `live` bytes are in use, and then
 *
 *   keep=0  free every other object of all that are left: a heap that puts
 *           an object into the first hole that is large enough finds none
 *           for the next size, and grows by half of `live` in each stage
 *           (after Robson 1971: 1 + stages / 2);
 *   keep=N  free all but one object for each N bytes of addresses: a heap
 *           whose superblocks of N bytes serve one size each can give none
 *           back, and grows by `live` in each stage (as many as stages).
 *
 * Objects are chained through their first words, so no table stands beside
 * the heap.  The figure blowup is the growth of the resident set over what
 * was live at most, and bound is what the above says.  A pass through all
 * sizes is never cut short.
 */
#include "harness/probe.h"
#include "harness/trial.h"

enum { P_MIN, P_MAX, P_LIVE, P_TOTAL, P_KEEP };

enum { PAGE_BYTES = 4096 };

struct object {
	struct object *next;
	size_t size;
};

struct chain {
	struct object *first;
	size_t live, live_most; /* bytes */
};

static void
blow_up_prepare(struct sl_trial *t)
{
	uint64_t *before_kib = sl_trial_memory(t, sizeof(*before_kib));

	*before_kib = sl_probe_rss_kib();
	t->shared = before_kib;
}

static void
blow_up_setup(struct sl_worker *w)
{
	w->state = sl_worker_memory(w, sizeof(struct chain));
}

static void
object_new(struct sl_worker *w, struct chain *c, size_t size)
{
	struct object *o = sl_worker_malloc(w, size);

	for (size_t at = PAGE_BYTES; at < size; at += PAGE_BYTES)
		((char *)o)[at] = 1;
	o->size = size;
	o->next = c->first;
	c->first = o;
	c->live += size;
	if (c->live > c->live_most)
		c->live_most = c->live;
}

static void
object_free(struct sl_worker *w, struct chain *c, struct object **link)
{
	struct object *o = *link;

	*link = o->next;
	c->live -= o->size;
	sl_worker_free(w, o);
}

/* keep bytes of addresses for each that stays; 0: every other stays. */
static void
thin_out(struct sl_worker *w, struct chain *c, uintptr_t keep)
{
	uintptr_t last = UINTPTR_MAX, here;
	struct object **link = &c->first;

	for (size_t i = 0; *link != NULL; i++) {
		here = keep > 0 ? (uintptr_t)*link / keep : i / 2;
		if (here == last)
			object_free(w, c, link);
		else
			link = &(*link)->next;
		last = here;
	}
}

static void
one_pass(struct sl_worker *w, struct chain *c)
{
	const int64_t *param = w->trial->param;
	size_t live =
	    sl_worker_share(w, (size_t)param[P_LIVE], (size_t)param[P_TOTAL]);

	for (int64_t size = param[P_MIN]; size <= param[P_MAX]; size *= 2) {
		while (c->live + (size_t)size <= live)
			object_new(w, c, (size_t)size);
		thin_out(w, c, (uintptr_t)param[P_KEEP]);
	}
	while (c->first != NULL)
		object_free(w, c, &c->first);
}

static void
blow_up_run(struct sl_worker *w)
{
	while (sl_worker_goes_on(w))
		one_pass(w, w->state);
}

static void
blow_up_finish(struct sl_trial *t)
{
	uint64_t peak = sl_probe_rss_peak_kib();
	uint64_t before = *(uint64_t *)t->shared;
	double live = 0, stages = 0;

	for (unsigned i = 0; i < t->config->threads; i++)
		live +=
		    (double)((struct chain *)t->workers[i].state)->live_most;
	for (int64_t s = t->param[P_MIN]; s <= t->param[P_MAX]; s *= 2)
		stages++;
	if (live > 0)
		sl_trial_figure(t, "blowup",
		    1024 * (double)(peak > before ? peak - before : 0) / live);
	sl_trial_figure(
	    t, "bound", t->param[P_KEEP] ? stages : 1 + (stages - 1) / 2);
	sl_trial_figure(t, "live_bytes", live);
}

const struct sl_workload sl_wl_blow_up = {
    .source = "after Kuszmaul's malloc-benchmarks, ffworst (sizes from 2^5) "
	      "and hoardworst",
    .stresses = "memory that is free but of no use",
    .mcentral = "low: growth and return",
    .sees_addresses = true,
    .params =
	{
	    {"min", 32, 16, 1 << 20, "bytes, the first size"},
	    {"max", 131072, 16, 1 << 27, "bytes, the last size"},
	    {"live", 33554432, 1, 1 << 30, "bytes of a thread, at most"},
	    {"total", 33554432, 0, 1 << 30, "bytes of all; 0: any number"},
	    {"keep", 0, 0, 1 << 20, "0: first-fit's; else the superblock's"},
	},
    .prepare = blow_up_prepare,
    .setup = blow_up_setup,
    .run = blow_up_run,
    .finish = blow_up_finish,
};
