/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * results.h - a sweep's folder read back: everything a report is made from.
 *
 * Used by the report's rooms.  Files that the plan does not name are ignored;
 * a cell file that cannot be understood counts as a failed cell.
 */
#ifndef SL_DRIVER_RESULTS_H
#define SL_DRIVER_RESULTS_H

#include "harness/driver/manifest.h"
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
	M(BACKLOG, "set_backlog")                                              \
	M(HEAP_MAPPED, "heap_mapped_bytes")                                    \
	M(HEAP_INUSE, "heap_inuse_bytes")                                      \
	M(META, "meta_bytes")                                                  \
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
	M(EMPTY_CLAIMS, "empty_claims")

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
	char *status; /* if FAILED */
	char *detail;
	char *errors; /* the tail of stderr */
};

struct sl_results {
	struct sl_manifest manifest;
	struct sl_result *cells; /* by workload, allocator, threads, round */
	json_t **contexts;       /* by allocator: the bench's, or NULL */
	size_t done, failed, missing;
};

/* False with one line in *why (caller frees). */
bool sl_results_read(struct sl_results *r, const char *dir, char **why);
void sl_results_destroy(struct sl_results *r);

const struct sl_result *sl_results_at(const struct sl_results *r,
    size_t workload, size_t allocator, size_t threads, unsigned round);

/* The values of all good rounds; `out` has room for plan.rounds of them. */
size_t sl_results_values(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads, enum sl_metric metric, double *out);

/* Throughput in million mallocs a second. */
struct sl_spread sl_results_throughput(const struct sl_results *r,
    size_t workload, size_t allocator, size_t threads);

/* The median over rounds of a counter per 1000 mallocs; NAN if not told. */
double sl_results_per_1000(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads, enum sl_metric metric);

#endif /* SL_DRIVER_RESULTS_H */
