/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.h - what goes into the report: the context and a trial's numbers.
 *
 * Called by the main thread of a bench program.  In a row of the report,
 * beside what program.c adds (check_ok, live_objects_delta, rss_peak_kib,
 * rss_after_kib):
 *
 *   threads          workers.  Google Benchmark writes a "threads": 1 of its
 *                    own before it; ours is the later one
 *   mallocs, frees   in the timed run, by all workers
 *   makespan_s       last end - first start
 *   ops_per_s        mallocs / makespan_s; frees, where the workload says so
 *   min_thread_ops, max_thread_ops
 *                    of a worker: mallocs or frees, whichever are more
 *   label            "cpus 0,2,1": where the workers were at the end, in
 *                    their order, if all were bound to one processor each
 *   pinned_threads   bound to one processor each, as the kernel confirms, and
 *                    found there at the end
 *   oversubscribed   1: more workers than processors; nobody is bound then,
 *                    unless the policy wraps (pin_oversubscribed: "wrap")
 *   minor_faults, vol_switches, invol_switches
 *                    of the process, from the start to the last end
 *   mc_..., set_...  counters of struct sl_stats (core/spanlab.h), the
 *                    difference over the timed run; so are tiny_allocs,
 *                    large_..., zero_pieces, scan_bytes, spans_..., pages_...,
 *                    pagecache_..., heap_locks, heap_lock_waits,
 *                    scavenged_bytes, scavenger_..., limit_..., os_calls and
 *                    os_refusals
 *   set_backlog, set_backlog_bytes, set_backlog_most, set_listed,
 *   heap_..._bytes, span_bytes, ready_bytes, meta_bytes, spans_inuse,
 *   mcaches_inuse, accounting
 *                    the same at the last end, before anything is drained
 *   counted_allocs, counted_frees, counted_alloc_bytes, counted_free_bytes
 *                    with accounting: the difference of allocs, ... of the
 *                    library, which counts what others allocate, too
 *   go_...           with accounting=go: at the last end
 *   classes_refilled span classes in which a thread asked for a span
 *   topN_spanclass, topN_object_bytes, topN_refills, topN_...
 *                    of the N-th of these (1, 2, 3) by refills: which it is,
 *                    and the difference of its counters
 *
 *   claim_..., insert_p50_ns, _p99_, _p999_, _p9999_, _max_
 *                    latencies of the seam's calls, from the workloads that
 *                    time them; latency_samples of them, each with one
 *                    timer_ns in it
 *   empty_claims     claims of theirs that found no span
 *
 * A row of a failed trial has no counters but error_message.  Names are never
 * reused for something else.
 */
#ifndef SL_RECORD_H
#define SL_RECORD_H

#include <stdbool.h>

#include "harness/gb_shim.h"
#include "harness/args.h"
#include "harness/trial.h"

/* Host, build and allocator.  Once, before sl_gb_run(). */
void sl_record_context(const struct sl_args *a);

enum { SL_RECORD_CLASSES = 3 }; /* top1_ to top3_ */

/* The library's part of the latter. */
void sl_record_stats(struct sl_gb_state *st, const struct sl_trial_result *r);

/* The time and the counters of one trial. */
void sl_record_trial(struct sl_gb_state *st,
    const struct sl_trial_config *config, const struct sl_trial_result *r);

#endif /* SL_RECORD_H */
