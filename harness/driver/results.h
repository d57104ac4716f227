/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * results.h - a sweep's folder read back: everything a report is made from.
 *
 * Used by the report's rooms.  Files that the plan does not name are ignored;
 * a cell file that cannot be understood counts as a failed cell.
 */
#ifndef SL_DRIVER_RESULTS_H
#define SL_DRIVER_RESULTS_H

#include "harness/driver/hosts.h"
#include "harness/driver/manifest.h"
#include "harness/driver/seen.h"
#include "harness/driver/stats.h"

/* What a cell's file may say; SL_METRIC(enumerator, the bench's name). */
#define SL_METRICS(M)                                                          \
	M(OPS, "ops_per_s")                                                    \
	M(MALLOCS, "mallocs")                                                  \
	M(FREES, "frees")                                                      \
	M(MAKESPAN, "makespan_s")                                              \
	M(MIN_THREAD, "min_thread_ops")                                        \
	M(MAX_THREAD, "max_thread_ops")                                        \
	M(LIVE_DELTA, "live_objects_delta")                                    \
	M(RSS_PEAK, "rss_peak_kib")                                            \
	M(RSS_AFTER, "rss_after_kib")                                          \
	M(FAULTS, "minor_faults")                                              \
	M(VOL_SWITCHES, "vol_switches")                                        \
	M(INVOL_SWITCHES, "invol_switches")                                    \
	M(REFILLS, "mc_refills")                                               \
	M(HARVESTS, "mc_harvests")                                             \
	M(DETACHES, "mc_detaches")                                             \
	M(HOLDS, "mc_holds")                                                   \
	M(REUSES, "mc_reuses")                                                 \
	M(CLAIMS, "mc_claims")                                                 \
	M(CLAIMS_EMPTY, "mc_claims_empty")                                     \
	M(GROWS, "mc_grows")                                                   \
	M(REMOTE_FREES, "mc_remote_frees")                                     \
	M(RELINKS, "mc_relinks")                                               \
	M(RELEASES, "mc_releases")                                             \
	M(HEAP_RETURNS, "mc_heap_returns")                                     \
	M(REAPS, "mc_reaps")                                                   \
	M(TURNS, "mc_turns")                                                   \
	M(SWEEPS, "mc_sweeps")                                                 \
	M(INSERTS, "set_inserts")                                              \
	M(CAS_FAILURES, "set_cas_failures")                                    \
	M(LOCK_ACQUISITIONS, "set_lock_acquisitions")                          \
	M(LOCK_WAITS, "set_lock_waits")                                        \
	M(SCANNED, "set_scanned")                                              \
	M(GRACE_PERIODS, "set_grace_periods")                                  \
	M(SET_HELPED, "set_helped")                                            \
	M(TINY_ALLOCS, "tiny_allocs")                                          \
	M(LARGE_ALLOCS, "large_allocs")                                        \
	M(LARGE_FREES, "large_frees")                                          \
	M(LARGE_ALLOC_BYTES, "large_alloc_bytes")                              \
	M(LARGE_FREE_BYTES, "large_free_bytes")                                \
	M(LARGE_RESIZES, "large_resizes")                                      \
	M(LARGE_MOVES, "large_moves")                                          \
	M(ZERO_PIECES, "zero_pieces")                                          \
	M(SCAN_BYTES, "scan_bytes")                                            \
	M(SPANS_TAKEN, "spans_taken")                                          \
	M(SPANS_GIVEN, "spans_given")                                          \
	M(PAGES_TAKEN, "pages_taken")                                          \
	M(PAGES_GIVEN, "pages_given")                                          \
	M(PAGECACHE_HITS, "pagecache_hits")                                    \
	M(PAGECACHE_REFILLS, "pagecache_refills")                              \
	M(PAGECACHE_FREES, "pagecache_frees")                                  \
	M(HEAP_LOCKS, "heap_locks")                                            \
	M(HEAP_LOCK_WAITS, "heap_lock_waits")                                  \
	M(SCAVENGED_BYTES, "scavenged_bytes")                                  \
	M(SCAVENGER_STARTS, "scavenger_starts")                                \
	M(SCAVENGER_BYTES, "scavenger_bytes")                                  \
	M(LIMIT_BYTES, "limit_bytes")                                          \
	M(LIMIT_PASSED, "limit_passed")                                        \
	M(OS_CALLS, "os_calls")                                                \
	M(OS_REFUSALS, "os_refusals")                                          \
	M(BACKLOG, "set_backlog")                                              \
	M(HEAP_MAPPED, "heap_mapped_bytes")                                    \
	M(HEAP_INUSE, "heap_inuse_bytes")                                      \
	M(META, "meta_bytes")                                                  \
	M(SET_BACKLOG_BYTES, "set_backlog_bytes")                              \
	M(SET_BACKLOG_MOST, "set_backlog_most")                                \
	M(SET_LISTED, "set_listed")                                            \
	M(HEAP_FREE_BYTES, "heap_free_bytes")                                  \
	M(HEAP_CLEAN_BYTES, "heap_clean_bytes")                                \
	M(SPAN_BYTES, "span_bytes")                                            \
	M(READY_BYTES, "ready_bytes")                                          \
	M(SPANS_INUSE, "spans_inuse")                                          \
	M(MCACHES_INUSE, "mcaches_inuse")                                      \
	M(ACCOUNTING, "accounting")                                            \
	M(COUNTED_ALLOCS, "counted_allocs")                                    \
	M(COUNTED_FREES, "counted_frees")                                      \
	M(COUNTED_ALLOC_BYTES, "counted_alloc_bytes")                          \
	M(COUNTED_FREE_BYTES, "counted_free_bytes")                            \
	M(GO_ALLOCS, "go_allocs")                                              \
	M(GO_FREES, "go_frees")                                                \
	M(GO_TOTAL_ALLOC, "go_total_alloc")                                    \
	M(GO_TOTAL_FREE, "go_total_free")                                      \
	M(GO_HEAP_LIVE, "go_heap_live")                                        \
	M(GO_HEAP_INUSE, "go_heap_inuse")                                      \
	M(GO_HEAP_IDLE, "go_heap_idle")                                        \
	M(GO_IN_HEAP, "go_in_heap")                                            \
	M(GO_PAGES_INUSE, "go_pages_inuse")                                    \
	M(CLASSES_REFILLED, "classes_refilled")                                \
	M(TOP1_SPANCLASS, "top1_spanclass")                                    \
	M(TOP1_OBJECT_BYTES, "top1_object_bytes")                              \
	M(TOP1_REFILLS, "top1_refills")                                        \
	M(TOP1_HARVESTS, "top1_harvests")                                      \
	M(TOP1_REUSES, "top1_reuses")                                          \
	M(TOP1_CLAIMS, "top1_claims")                                          \
	M(TOP1_GROWS, "top1_grows")                                            \
	M(TOP1_REMOTE_FREES, "top1_remote_frees")                              \
	M(TOP1_RELINKS, "top1_relinks")                                        \
	M(TOP1_CAS_FAILURES, "top1_cas_failures")                              \
	M(TOP1_LOCK_WAITS, "top1_lock_waits")                                  \
	M(TOP2_SPANCLASS, "top2_spanclass")                                    \
	M(TOP2_OBJECT_BYTES, "top2_object_bytes")                              \
	M(TOP2_REFILLS, "top2_refills")                                        \
	M(TOP2_HARVESTS, "top2_harvests")                                      \
	M(TOP2_REUSES, "top2_reuses")                                          \
	M(TOP2_CLAIMS, "top2_claims")                                          \
	M(TOP2_GROWS, "top2_grows")                                            \
	M(TOP2_REMOTE_FREES, "top2_remote_frees")                              \
	M(TOP2_RELINKS, "top2_relinks")                                        \
	M(TOP2_CAS_FAILURES, "top2_cas_failures")                              \
	M(TOP2_LOCK_WAITS, "top2_lock_waits")                                  \
	M(TOP3_SPANCLASS, "top3_spanclass")                                    \
	M(TOP3_OBJECT_BYTES, "top3_object_bytes")                              \
	M(TOP3_REFILLS, "top3_refills")                                        \
	M(TOP3_HARVESTS, "top3_harvests")                                      \
	M(TOP3_REUSES, "top3_reuses")                                          \
	M(TOP3_CLAIMS, "top3_claims")                                          \
	M(TOP3_GROWS, "top3_grows")                                            \
	M(TOP3_REMOTE_FREES, "top3_remote_frees")                              \
	M(TOP3_RELINKS, "top3_relinks")                                        \
	M(TOP3_CAS_FAILURES, "top3_cas_failures")                              \
	M(TOP3_LOCK_WAITS, "top3_lock_waits")                                  \
	M(CLAIM_P50, "claim_p50_ns")                                           \
	M(CLAIM_P99, "claim_p99_ns")                                           \
	M(CLAIM_P999, "claim_p999_ns")                                         \
	M(CLAIM_P9999, "claim_p9999_ns")                                       \
	M(CLAIM_MAX, "claim_max_ns")                                           \
	M(INSERT_P50, "insert_p50_ns")                                         \
	M(INSERT_P99, "insert_p99_ns")                                         \
	M(INSERT_P999, "insert_p999_ns")                                       \
	M(INSERT_P9999, "insert_p9999_ns")                                     \
	M(INSERT_MAX, "insert_max_ns")                                         \
	M(LATENCY_SAMPLES, "latency_samples")                                  \
	M(TIMER, "timer_ns")                                                   \
	M(EMPTY_CLAIMS, "empty_claims")                                        \
	M(BAND_LOW, "vmp_band_low_ops_per_s")                                  \
	M(BAND_HIGH, "vmp_band_high_ops_per_s")                                \
	M(VMP_ACCESSES, "vmp_accesses")                                        \
	M(VMP_TRANSFERS, "vmp_transfers")                                      \
	M(VMP_REMOTE, "vmp_remote")                                            \
	M(VMP_INVALIDATIONS, "vmp_invalidations")                              \
	M(VMP_CAS_FAILURES, "vmp_cas_failures")                                \
	M(VMP_QUEUE_CYCLES, "vmp_queue_cycles")                                \
	M(VMP_LOCK_WAIT_CYCLES, "vmp_lock_wait_cycles")                        \
	M(VMP_FUTEX_WAITS, "vmp_futex_waits")                                  \
	M(VMP_PREEMPTIONS, "vmp_preemptions")                                  \
	/* of what was observed, see seen.h */                                 \
	M(MALLOC_P50, "malloc_p50_ns")                                         \
	M(MALLOC_P99, "malloc_p99_ns")                                         \
	M(MALLOC_P999, "malloc_p999_ns")                                       \
	M(FREE_P50, "free_p50_ns")                                             \
	M(FREE_P99, "free_p99_ns")                                             \
	M(FREE_P999, "free_p999_ns")                                           \
	M(LIVE_PEAK, "live_peak_bytes")                                        \
	M(RESIDENT_PEAK, "resident_peak_bytes")

enum sl_metric {
#define M(id, name) SL_M_##id,
	SL_METRICS(M)
#undef M
	    SL_N_METRICS
};

extern const char *const sl_metric_names[SL_N_METRICS];

enum sl_result_state { SL_RESULT_MISSING, SL_RESULT_OK, SL_RESULT_FAILED };

struct sl_result {
	enum sl_result_state state;
	double *m;    /* SL_N_METRICS values, NAN where not said; if OK */
	char *label;  /* a text of the program's, or NULL */
	char *status; /* if FAILED */
	char *detail;
	char *errors;         /* the tail of stderr */
	struct sl_seen *seen; /* what was observed, or NULL */
	json_t *failed_tries; /* before this one, an array; or NULL */
	unsigned host;        /* in hosts, from 1; 0: the manifest's */
};

struct sl_results {
	struct sl_manifest manifest;
	struct sl_result *cells; /* by workload, allocator, threads, round */
	json_t **contexts;       /* by allocator: the bench's, or NULL */
	size_t done, failed, missing;
	/* Where cells ran, if they say so; the manifest's host is then that
	 * with most of them. */
	struct sl_hosts hosts;
};

/* False with one line in *why (caller frees). */
bool sl_results_read(struct sl_results *r, const char *dir, char **why);
/* Of a sweep that goes on: one cell again. */
void sl_results_read_cell(
    struct sl_results *r, const struct sl_cell *c, const char *dir);
void sl_results_destroy(struct sl_results *r);

const struct sl_result *sl_results_at(const struct sl_results *r,
    size_t workload, size_t allocator, size_t threads, unsigned round);

/* The last round of which the workload has a cell with so many threads, good
 * or failed; 0: none. */
unsigned sl_results_rounds(
    const struct sl_results *r, size_t workload, size_t threads);

/* The values of all good rounds; `out` has room for plan.rounds of them. */
size_t sl_results_values(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads, enum sl_metric metric, double *out);

/* Throughput in million mallocs a second. */
struct sl_spread sl_results_throughput(const struct sl_results *r,
    size_t workload, size_t allocator, size_t threads);

/* What a series is called that is there to compare with, not to use: "bound",
 * a variant that is a limit, or "reference", Go itself; NULL: it is none. */
const char *sl_results_reference(const struct sl_results *r, size_t allocator);

/* The median over rounds of a counter per 1000 mallocs; NAN if not told. */
double sl_results_per_1000(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads, enum sl_metric metric);

#endif /* SL_DRIVER_RESULTS_H */
