/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observe_json.c - what was observed, as JSON: the file of --observed, which
 * spanlab stores in the cell as "observed".  Called by the main thread of a
 * bench program (program.c, trial.c).
 *
 *   schema       1
 *   observer     what observing costs here, in ns: step_ns what all times are
 *                multiples of, clock_ns a reading of the clock, timed_ns what
 *                a timed nothing takes (it is in every latency, and is not
 *                subtracted), record_ns one more in a histogram,
 *                paths_ns the thread's counters (read outside the timed
 *                interval, twice for each timed operation), memory_ns a look
 *                at memory by the main thread
 *   trials[]     name, round, threads, pinned_threads, load: "closed"
 *     latency    every: of so many operations one was timed; unit "ns";
 *                paths: "counters" or "not told"; malloc, free: {all and,
 *                with counters, hit, refill, grow, large; own, remote, list,
 *                heap}, each {count, p50, p90, p99, p999, max, buckets}.
 *                buckets[]: [least value, count], those that are not empty;
 *                cuts: each power of two is 2^cuts buckets, and values below
 *                2^(cuts+1) have one each
 *     memory     period_ms, missed, live: "usable bytes" or why it is not
 *                known; columns: the names of what is in a row of samples[],
 *                in order; drained: one such row, after everything was freed
 *     workers[]  index, cpu (where it ended), pinned, mallocs, frees,
 *                user_ms, system_ms, run_ms, wait_ms (ready, and off the
 *                processor; null: no schedstat), vol_switches,
 *                invol_switches, minor_faults, major_faults, and counters of
 *                perf_event_open: cycles, instructions, cache_references,
 *                cache_misses, branch_misses, page_faults, migrations; null
 *                where they are not available
 *     not_available  the names of these, and why: {name: reason}
 */
#include <inttypes.h>
#include <stdio.h>

#include "harness/observe.h"
#include "harness/pin.h"
#include "harness/say.h"
#include "harness/trial.h"

static struct {
	FILE *file; /* main thread only */
	char buffer[65536];
	bool has_trial;
} out;

#define PUT(...) fprintf(out.file, __VA_ARGS__)

bool
sl_observe_open(const char *path)
{
	const struct sl_observe_cost *c = sl_observe_cost();

	out.file = fopen(path, "we");
	if (out.file == NULL)
		return false;
	/* Its own buffer would be an object of the malloc that is measured. */
	setvbuf(out.file, out.buffer, _IOFBF, sizeof(out.buffer));
	PUT("{\"schema\": 1,\n\"observer\": {\"step_ns\": %" PRIu64
	    ", \"clock_ns\": %.2f, "
	    "\"timed_ns\": %.0f, \"record_ns\": %.2f, \"paths_ns\": %.2f, "
	    "\"memory_ns\": %.0f},\n\"trials\": [",
	    c->step_ns, c->clock_ns, c->timed_ns, c->record_ns, c->paths_ns,
	    c->memory_ns);
	return true;
}

bool
sl_observe_close(void)
{
	bool is_good;

	PUT("\n]}\n");
	is_good = !ferror(out.file);
	return fclose(out.file) == 0 && is_good;
}

/* --- latency -------------------------------------------------------------- */

static const char *const path_name[SL_N_PATHS] = {
    "hit", "refill", "grow", "large", "own", "remote", "list", "heap"};

static void
put_histogram(const char *name, const struct sl_histogram *h)
{
	bool is_first = true;

	PUT("\"%s\": {\"count\": %" PRIu64 ", \"p50\": %" PRIu64
	    ", \"p90\": %" PRIu64 ", \"p99\": %" PRIu64 ", \"p999\": %" PRIu64
	    ", \"max\": %" PRIu64 ", \"buckets\": [",
	    name, h->n, sl_histogram_quantile(h, 0.5),
	    sl_histogram_quantile(h, 0.9), sl_histogram_quantile(h, 0.99),
	    sl_histogram_quantile(h, 0.999), h->max);
	for (unsigned i = 0; i < SL_HISTOGRAM_BUCKETS; i++) {
		if (h->count[i] == 0)
			continue;
		PUT("%s[%" PRIu64 ",%" PRIu64 "]", is_first ? "" : ",",
		    sl_histogram_low(i), h->count[i]);
		is_first = false;
	}
	PUT("]}");
}

static void
merge(struct sl_histogram *to, const struct sl_trial *t, enum sl_path path)
{
	for (unsigned i = 0; i < t->config->threads; i++)
		sl_histogram_merge(to, &t->workers[i].observer->path[path]);
}

/* The paths from `first` on, and `untold`, which is without one. */
static void
put_call(const struct sl_trial *t, const char *name, enum sl_path first,
    enum sl_path untold)
{
	static struct sl_histogram all, one;

	all = (struct sl_histogram){0};
	merge(&all, t, untold);
	for (unsigned i = 0; i < 4; i++)
		merge(&all, t, first + i);
	PUT(",\n  \"%s\": {", name);
	put_histogram("all", &all);
	for (unsigned i = 0; i < 4 && sl_probe_has_thread(); i++) {
		one = (struct sl_histogram){0};
		merge(&one, t, first + i);
		PUT(",\n   ");
		put_histogram(path_name[first + i], &one);
	}
	PUT("}");
}

static void
put_latency(const struct sl_trial *t, const struct sl_observed *o)
{
	PUT(",\n \"latency\": {\"every\": %" PRIu32 ", \"unit\": \"ns\", "
	    "\"cuts\": %d, \"paths\": \"%s\"",
	    o->config.every, SL_HISTOGRAM_CUTS,
	    sl_probe_has_thread() ? "counters" : "not told");
	put_call(t, "malloc", SL_PATH_MALLOC_HIT, SL_PATH_MALLOC);
	put_call(t, "free", SL_PATH_FREE_OWN, SL_PATH_FREE);
	PUT("}");
}

/* --- memory --------------------------------------------------------------- */

static void
put_sample(const struct sl_memory_sample *s, bool live_is_known)
{
	PUT("[%.3f,%" PRIu64 ",", (double)s->at_ns / 1e6, s->rss_kib);
	if (live_is_known)
		PUT("%" PRId64, s->live);
	else
		PUT("null");
	PUT(",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]", s->heap_bytes, s->backlog,
	    s->backlog_bytes);
}

static void
put_memory(const struct sl_observed *o)
{
	PUT(",\n \"memory\": {\"period_ms\": %g, \"missed\": %" PRIu64
	    ", \"live\": \"%s\",\n  \"columns\": [\"at_ms\", \"rss_kib\", "
	    "\"live_bytes\", \"heap_bytes\", \"backlog\", "
	    "\"backlog_bytes\"],\n  \"samples\": [",
	    (double)o->config.period_ns / 1e6, o->missed,
	    o->live_is_known
		? "usable bytes"
		: "not known: the workload calls malloc or free itself");
	for (unsigned i = 0; i < o->nsamples; i++) {
		PUT("%s", i > 0 ? ",\n   " : "");
		put_sample(&o->sample[i], o->live_is_known);
	}
	PUT("],\n  \"drained\": ");
	put_sample(&o->drained, o->live_is_known);
	PUT("}");
}

/* --- workers -------------------------------------------------------------- */

static void
put_worker(const struct sl_worker *w)
{
	const struct sl_hwcount *h = &w->observer->hw;
	const struct sl_thread_use *u = &h->use;

	PUT("{\"index\": %u, \"cpu\": %d, \"pinned\": %s, \"mallocs\": %" PRIu64
	    ", \"frees\": %" PRIu64 ", \"user_ms\": %.3f, \"system_ms\": %.3f",
	    w->index, h->cpu, w->bound_cpu != SL_PIN_FREE ? "true" : "false",
	    w->observer->mallocs, w->observer->frees, (double)u->user_ns / 1e6,
	    (double)u->system_ns / 1e6);
	if (u->has_wait)
		PUT(", \"run_ms\": %.3f, \"wait_ms\": %.3f",
		    (double)u->run_ns / 1e6, (double)u->wait_ns / 1e6);
	else
		PUT(", \"run_ms\": null, \"wait_ms\": null");
	PUT(", \"vol_switches\": %" PRIu64 ", \"invol_switches\": %" PRIu64
	    ", \"minor_faults\": %" PRIu64 ", \"major_faults\": %" PRIu64,
	    u->vol_switches, u->invol_switches, u->minor_faults,
	    u->major_faults);
	for (unsigned i = 0; i < SL_N_HWCOUNTS; i++) {
		if (h->value[i] < 0)
			PUT(", \"%s\": null", sl_hwcount_name(i));
		else
			PUT(", \"%s\": %.0f", sl_hwcount_name(i), h->value[i]);
	}
	PUT("}");
}

/* Of the first worker: the others run on the same machine. */
static void
put_why_not(const struct sl_hwcount *h)
{
	bool is_first = true;

	PUT(",\n \"not_available\": {");
	for (unsigned i = 0; i < SL_N_HWCOUNTS; i++) {
		if (h->error[i] == 0)
			continue;
		PUT("%s\"%s\": \"%s\"", is_first ? "" : ", ",
		    sl_hwcount_name(i), sl_hwcount_why_not(h->error[i]));
		is_first = false;
	}
	PUT("}");
}

static void
put_workers(const struct sl_trial *t)
{
	PUT(",\n \"workers\": [");
	for (unsigned i = 0; i < t->config->threads; i++) {
		PUT("%s", i > 0 ? ",\n  " : "");
		put_worker(&t->workers[i]);
	}
	PUT("]");
	put_why_not(&t->workers[0].observer->hw);
}

void
sl_observe_write(const struct sl_trial *t)
{
	const struct sl_observed *o = sl_observe_last();

	if (out.file == NULL)
		return;
	PUT("%s\n{\"name\": \"%s\", \"round\": %" PRIu64
	    ", \"threads\": %u, \"pinned_threads\": %u, \"load\": \"closed\"",
	    out.has_trial ? "," : "", t->config->name, t->config->round,
	    t->config->threads, t->result->pinned);
	out.has_trial = true;
	if (o->config.every > 0)
		put_latency(t, o);
	if (o->config.period_ns > 0)
		put_memory(o);
	if (o->config.counts)
		put_workers(t);
	PUT("}");
}
