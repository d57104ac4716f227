/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_mcentral.c - the programs bench-mcentral-VARIANT: the seam alone.
 *
 * Run by hand and by the program spanlab.  One span set, linked in, under T
 * threads; the page heap is mocked (mock_mheap.h) and no memory is served.
 * An operation is a span taken and given back; it is what the counters
 * `mallocs` and `frees` count here.
 *
 *   set      claims spans straight from the set and inserts them again
 *   full     mcentral's policy: cache a span, use up all its slots, detach
 *            it; later free them one by one, as a thread that does not own
 *            it, until it is listed again
 *   partial  the same, but one slot is used and the span is uncached
 *   look     read sections, while nobody changes the set
 *
 * Beside the workers there may be scanners (bench_mcentral_scan.c).
 *
 * After each trial the main thread claims all that is listed: each span that
 * left the page heap must come back exactly once, with all its slots free.
 * A span that two threads hold at once ends the program at that moment.
 */
#include <stdio.h>
#include <string.h>

#include "core/mheap.h"
#include "core/options.h"
#include "harness/bench_mcentral.h"
#include "harness/probe.h"
#include "harness/program.h"
#include "harness/say.h"

enum { P_SIZE, P_TAKE, P_KEEP, P_SCANNERS, P_SECTION };

enum { SPANS_PER_LOOK = 64 };

/* Which spans a thread holds; a span's own flag, any thread. */
static _Atomic(bool) held[SL_MOCK_SPANS];

/* Written by sl_bench_collect(), main thread only. */
static struct {
	size_t missing;      /* spans that no claim brought back */
	uint64_t live_slots; /* in those that came back */
} balance;

/* The slots of a span that one thread took; in one of its queues. */
struct taken {
	struct sl_mspan *s;
	uint64_t slots[SL_MAX_WORDS];
};

struct queue {
	struct sl_mcentral_user *user;
	size_t n;
	size_t oldest; /* of a full queue */
	struct taken span[];
};

/* The class of the smallest objects of at least `size` bytes, pointer-free. */
sl_spanclass
sl_bench_class(const struct sl_trial *t)
{
	unsigned cls = 1;

	while (sl_class_to_size[cls] < t->param[P_SIZE])
		cls++;
	return (sl_spanclass)(2 * cls + 1);
}

void
sl_bench_hold(struct sl_mspan *s)
{
	bool expected = false;

	/* relaxed: ordered by the set, which is what is being tested. */
	if (!sl_cas_rlx(&held[sl_mock_index(s)], &expected, true))
		sl_quit(SL_EXIT_CHECK, "span %zu is held by two threads",
		    sl_mock_index(s));
}

void
sl_bench_let_go(struct sl_mspan *s)
{
	/* relaxed: as above. */
	sl_store_rlx(&held[sl_mock_index(s)], false);
}

/* --- mcentral's policy ------------------------------------------------- */

static void
central_prepare(struct sl_trial *t)
{
	if (t->param[P_SCANNERS] > 0)
		sl_bench_scanners_start((unsigned)t->param[P_SCANNERS],
		    (uint64_t)t->param[P_SECTION]);
}

static void
central_finish(struct sl_trial *t)
{
	if (t->param[P_SCANNERS] > 0)
		sl_bench_scanners_stop(t);
	sl_bench_collect(t);
}

static void
central_setup(struct sl_worker *w)
{
	size_t keep = (size_t)w->trial->param[P_KEEP];
	struct queue *q =
	    sl_worker_memory(w, sizeof(*q) + keep * sizeof(q->span[0]));

	q->user = sl_mock_user();
	w->state = q;
}

/* Take up to `max` free slots of an owned span. */
static void
take_slots(struct taken *t, struct sl_mspan *s, unsigned max)
{
	uintptr_t slot;

	t->s = s;
	memset(t->slots, 0, sizeof(t->slots));
	while (max > 0) {
		slot = (uintptr_t)sl_mspan_next_free_fast(s);
		if (slot == 0) {
			if (!sl_mspan_next_word(s))
				return;
			continue;
		}
		slot = (slot - s->base) / s->elemsize;
		t->slots[slot / 64] |= UINT64_C(1) << (slot % 64);
		max--;
	}
}

/* Free what one thread took of a span, as a thread that does not own it. */
static void
free_slots(struct sl_worker *w, struct taken *t)
{
	struct queue *q = w->state;

	for (unsigned i = 0; i < SL_MAX_WORDS; i++) {
		for (; t->slots[i] != 0; t->slots[i] &= t->slots[i] - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(t->slots[i]);

			if (!sl_mcentral_free_slot(q->user, t->s, 64 * i + bit))
				sl_quit(SL_EXIT_CHECK,
				    "slot %u of span %zu was free already",
				    64 * i + bit, sl_mock_index(t->s));
		}
	}
	w->frees++;
}

/* Where the next span is to be noted; the oldest one is freed for it. */
static struct taken *
queue_next(struct sl_worker *w, struct queue *q, size_t keep)
{
	struct taken *t;

	if (q->n < keep)
		return &q->span[q->n++];
	t = &q->span[q->oldest];
	q->oldest = (q->oldest + 1) % keep;
	free_slots(w, t);
	return t;
}

static void
cache_one(struct sl_worker *w, sl_spanclass spc)
{
	struct queue *q = w->state;
	const int64_t *param = w->trial->param;
	unsigned take = param[P_TAKE] > 0 ? (unsigned)param[P_TAKE] : ~0u;
	struct taken *t = queue_next(w, q, (size_t)param[P_KEEP]);
	struct sl_mspan *s = sl_mcentral_cache_span(q->user, spc);

	if (s == NULL)
		sl_quit(
		    SL_EXIT_CANNOT, "there are only %d spans", SL_MOCK_SPANS);
	w->mallocs++;
	sl_bench_hold(s);
	take_slots(t, s, take);
	sl_bench_let_go(s);
	if (take == ~0u)
		sl_mcentral_detach_span(q->user, s);
	else
		sl_mcentral_uncache_span(q->user, s);
}

static void
central_run(struct sl_worker *w)
{
	sl_spanclass spc = sl_bench_class(w->trial);

	while (sl_worker_goes_on(w))
		for (int i = 0; i < SPANS_PER_LOOK; i++)
			cache_one(w, spc);
}

static void
central_drain(struct sl_worker *w)
{
	struct queue *q = w->state;

	for (size_t i = 0; i < q->n; i++)
		free_slots(w, &q->span[i]);
}

/* --- the conservation check -------------------------------------------- */

/* Claim all, count, then give back: to the page heap what the set can part
 * with, else to the set, where the next trial finds it. */
void
sl_bench_collect(struct sl_trial *t)
{
	struct sl_mcentral_user *u = sl_mock_user();
	sl_spanclass spc = sl_bench_class(t);
	struct sl_mspan *all = NULL;
	struct sl_mspan *s;
	size_t n = 0;

	balance.live_slots = 0;
	sl_set_settle();
	while ((s = sl_set_claim(spc)) != NULL) {
		sl_bench_hold(s);
		sl_mspan_harvest(s);
		balance.live_slots += s->nelems - sl_mspan_count_free(s);
		s->next = all;
		all = s;
		n++;
	}
	balance.missing = sl_mock_outstanding(spc) - n;
	while ((s = all) != NULL) {
		all = s->next;
		sl_bench_let_go(s);
		sl_mcentral_uncache_span(u, s);
	}
}

static bool
balance_check(
    char *why, size_t why_len, uint64_t *live_objects, uint64_t *live_bytes)
{
	(void)live_bytes;
	*live_objects = balance.live_slots;
	if (balance.missing == 0)
		return true;
	snprintf(why, why_len, "%zu spans are in no set and not in the heap",
	    balance.missing);
	return false;
}

/* --- the program ------------------------------------------------------- */

static const struct sl_workload wl_central = {
    .source = "tcmalloc's central_freelist_benchmark, over Go's mcentral",
    .stresses = "spans between cached, full and listed",
    .mcentral = "nothing else",
    .params =
	{
	    {"size", 1024, 8, 8192, "bytes of a slot: the class"},
	    {"take", 0, 0, 1024, "slots of each span; 0: all"},
	    {"keep", 4, 1, 64, "spans in use, per thread"},
	    {"scanners", 0, 0, SL_BENCH_SCANNERS, "threads beside, that read"},
	    {"section", 1000000, 1000, 999999999, "ns of their read sections"},
	},
    .prepare = central_prepare,
    .setup = central_setup,
    .run = central_run,
    .drain = central_drain,
    .finish = central_finish,
};

#define MAP(batch, hold)                                                       \
	{                                                                      \
		"b" #batch "-h" #hold, &sl_wl_seam,                            \
		    "batch=" #batch " hold=" #hold, "map"                      \
	}

static const struct sl_workload_entry workloads[] = {
    {"mcentral-set", &sl_wl_seam, "", "list"},
    {"mcentral-full", &wl_central, "", "list"},
    {"mcentral-partial", &wl_central, "take=1", "list"},
    {"mcentral-look", &sl_wl_look, "", "list"},
    /* the map: spans of a visit, ns with them in hand */
    MAP(1, 0),
    MAP(1, 100),
    MAP(1, 1000),
    MAP(8, 0),
    MAP(8, 100),
    MAP(8, 1000),
    MAP(64, 0),
    MAP(64, 100),
    MAP(64, 1000),
    /* spans of one slot, so that the list is all there is */
    {"updates", &wl_central, "size=8192 keep=16", "rcu"},
    {"updates-scanned", &wl_central, "size=8192 keep=16 scanners=2", "rcu"},
    {NULL, NULL, NULL, NULL},
};

static const struct sl_variant_info *
variant(void)
{
	return &sl_set_info;
}

static const char *
identity(void)
{
	return "bench-mcentral";
}

static unsigned
relink_percent(void)
{
	return sl_options.relink;
}

static void
probe(void)
{
	static const struct sl_probe_calls calls = {
	    .variant = variant,
	    .identity = identity,
	    .mode = sl_set_mode,
	    .relink_percent = relink_percent,
	    .options_text = sl_options_text,
	    .stats_read = sl_mock_stats_read,
	    .heap_check = balance_check,
	};

	sl_options_init();
	sl_mock_init();
	sl_probe_init_with(&calls);
}

int
main(int argc, char **argv)
{
	static const struct sl_program program = {
	    .what = "a span set alone, over a page heap without pages",
	    .workloads = workloads,
	    .probe = probe,
	};

	return sl_program_main(argc, argv, &program);
}
