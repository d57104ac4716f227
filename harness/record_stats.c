/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_stats.c - the counters of the library in a trial's record; record.h
 * has the schema.  Called by record.c.
 */
#include "harness/record.h"

#include <stdio.h>
#include <string.h>

/* A counter of sl_stats or sl_class_stats, by the name of the report. */
struct stat_name {
	const char *name;
	size_t offset;
};

#define STAT(name, field)                                                      \
	{                                                                      \
		name, offsetof(struct sl_stats, field)                         \
	}
#define SAME(field) STAT(#field, field)

/* Reported as the difference over the trial, */
static const struct stat_name deltas[] = {
    STAT("mc_refills", refills),
    STAT("mc_harvests", harvests),
    STAT("mc_detaches", detaches),
    STAT("mc_holds", holds),
    STAT("mc_reuses", reuses),
    STAT("mc_claims", claims),
    STAT("mc_claims_empty", claims_empty),
    STAT("mc_grows", grows),
    STAT("mc_remote_frees", remote_frees),
    STAT("mc_relinks", relinks),
    STAT("mc_releases", releases),
    STAT("mc_heap_returns", heap_returns),
    STAT("mc_reaps", reaps),
    STAT("mc_turns", turns),
    STAT("mc_sweeps", sweeps),
    SAME(set_inserts),
    SAME(set_cas_failures),
    SAME(set_lock_acquisitions),
    SAME(set_lock_waits),
    SAME(set_scanned),
    SAME(set_grace_periods),
    SAME(set_helped),
    SAME(tiny_allocs),
    SAME(large_allocs),
    SAME(large_frees),
    SAME(large_alloc_bytes),
    SAME(large_free_bytes),
    SAME(large_resizes),
    SAME(large_moves),
    SAME(zero_pieces),
    SAME(scan_bytes),
    SAME(spans_taken),
    SAME(spans_given),
    SAME(pages_taken),
    SAME(pages_given),
    SAME(pagecache_hits),
    SAME(pagecache_refills),
    SAME(pagecache_frees),
    SAME(heap_locks),
    SAME(heap_lock_waits),
    SAME(scavenged_bytes),
    SAME(scavenger_starts),
    SAME(scavenger_bytes),
    SAME(limit_bytes),
    SAME(limit_passed),
    SAME(os_calls),
    SAME(os_refusals),
};

/* ... as it is after it, */
static const struct stat_name levels[] = {
    SAME(set_backlog),
    SAME(set_backlog_bytes),
    SAME(set_backlog_most),
    SAME(set_listed),
    SAME(heap_mapped_bytes),
    SAME(heap_inuse_bytes),
    SAME(heap_free_bytes),
    SAME(heap_clean_bytes),
    SAME(span_bytes),
    SAME(ready_bytes),
    SAME(meta_bytes),
    SAME(spans_inuse),
    SAME(mcaches_inuse),
    SAME(accounting),
};

/* ... as the difference, with accounting: all objects, */
static const struct stat_name objects[] = {
    STAT("counted_allocs", allocs),
    STAT("counted_frees", frees),
    STAT("counted_alloc_bytes", alloc_bytes),
    STAT("counted_free_bytes", free_bytes),
};

/* ... and as it is after it, with Go's. */
static const struct stat_name go_words[] = {
    SAME(go_allocs),
    SAME(go_frees),
    SAME(go_total_alloc),
    SAME(go_total_free),
    SAME(go_heap_live),
    SAME(go_heap_inuse),
    SAME(go_heap_idle),
    SAME(go_in_heap),
    SAME(go_pages_inuse),
};

#define IN_CLASS(name, field)                                                  \
	{                                                                      \
		name, offsetof(struct sl_class_stats, field)                   \
	}

/* Of the span classes that asked for most spans, the difference. */
static const struct stat_name of_class[] = {
    IN_CLASS("refills", refills),
    IN_CLASS("harvests", harvests),
    IN_CLASS("reuses", reuses),
    IN_CLASS("claims", claims),
    IN_CLASS("grows", grows),
    IN_CLASS("remote_frees", remote_frees),
    IN_CLASS("relinks", relinks),
    IN_CLASS("cas_failures", set_cas_failures),
    IN_CLASS("lock_waits", set_lock_waits),
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t
get(const void *of, const struct stat_name *n)
{
	return *(const uint64_t *)(const void *)((const char *)of + n->offset);
}

static void
put_deltas(struct sl_gb_state *st, const struct sl_trial_result *r,
    const struct stat_name *n, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sl_gb_counter(st, n[i].name,
		    (double)get(&r->after.stats, &n[i]) -
			(double)get(&r->before.stats, &n[i]));
}

static void
put_levels(struct sl_gb_state *st, const struct sl_trial_result *r,
    const struct stat_name *n, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sl_gb_counter(
		    st, n[i].name, (double)get(&r->after.stats, &n[i]));
}

/* --- span classes --------------------------------------------------------- */

/* Counters only grow. */
static uint64_t
spans_asked_for(const struct sl_trial_result *r, unsigned spc)
{
	return r->after.row[spc].refills - r->before.row[spc].refills;
}

static void
put_class(struct sl_gb_state *st, const struct sl_trial_result *r, unsigned nth,
    unsigned spc)
{
	char name[48];

	snprintf(name, sizeof(name), "top%u_spanclass", nth);
	sl_gb_counter(st, name, spc);
	snprintf(name, sizeof(name), "top%u_object_bytes", nth);
	sl_gb_counter(st, name, (double)r->after.row[spc].object_bytes);
	for (size_t i = 0; i < COUNT(of_class); i++) {
		snprintf(name, sizeof(name), "top%u_%s", nth, of_class[i].name);
		sl_gb_counter(st, name,
		    (double)get(&r->after.row[spc], &of_class[i]) -
			(double)get(&r->before.row[spc], &of_class[i]));
	}
}

/* The classes with most refills, most first; of equals that of less bytes. */
static void
put_classes(struct sl_gb_state *st, const struct sl_trial_result *r)
{
	bool is_put[SL_PROBE_CLASSES] = {false};
	unsigned used = 0;

	for (unsigned c = 0; c < r->after.nrows; c++)
		used += spans_asked_for(r, c) != 0;
	sl_gb_counter(st, "classes_refilled", used);
	for (unsigned nth = 1; nth <= SL_RECORD_CLASSES && nth <= used; nth++) {
		unsigned most = 0;

		for (unsigned c = 0; c < r->after.nrows; c++)
			if (!is_put[c] &&
			    (is_put[most] || spans_asked_for(r, c) >
						 spans_asked_for(r, most)))
				most = c;
		is_put[most] = true;
		put_class(st, r, nth, most);
	}
}

void
sl_record_stats(struct sl_gb_state *st, const struct sl_trial_result *r)
{
	if (!r->after.has_stats)
		return;
	put_deltas(st, r, deltas, COUNT(deltas));
	put_levels(st, r, levels, COUNT(levels));
	if (r->after.stats.accounting >= 1)
		put_deltas(st, r, objects, COUNT(objects));
	if (r->after.stats.accounting >= 2)
		put_levels(st, r, go_words, COUNT(go_words));
	if (r->after.nrows != 0)
		put_classes(st, r);
}
