/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gb_shim.h - Google Benchmark, seen from C.
 *
 * Used by the bench programs.  Google Benchmark registers, filters, repeats
 * and reports; it does not time.  One of its iterations is one trial of ours:
 * the trial sets the time itself, and nothing crosses this boundary while
 * anything is measured.  Its own threads are never used: no version of the
 * library reports throughput over the makespan.  Main thread only.
 */
#ifndef SL_GB_SHIM_H
#define SL_GB_SHIM_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
#define SL_NOTHROW noexcept
extern "C" {
#else
#define SL_NOTHROW
#endif

/* One iteration in progress; valid until the trial function returns. */
struct sl_gb_state;

/* Do one trial; must call sl_gb_set_seconds() or sl_gb_fail(). */
typedef void sl_gb_trial(struct sl_gb_state *st, void *arg);

/* Take and remove the --benchmark_... flags.  Ends the program with the
 * library's own message if the value of one is bad. */
void sl_gb_init(int *argc, char **argv) SL_NOTHROW;

/* Run trial(st, arg) `repetitions` times under this name.  `arg` stays the
 * caller's. */
void sl_gb_register(const char *name, sl_gb_trial *trial, void *arg,
    int repetitions) SL_NOTHROW;

/* A line of "context" in the report.  Before sl_gb_run(). */
void sl_gb_context(const char *key, const char *value) SL_NOTHROW;

/* Run what the filter selects; how many benchmarks that was. */
size_t sl_gb_run(void) SL_NOTHROW;

/* The time of this iteration. */
void sl_gb_set_seconds(struct sl_gb_state *st, double seconds) SL_NOTHROW;

/* A number of this name in the report's row. */
void sl_gb_counter(
    struct sl_gb_state *st, const char *name, double value) SL_NOTHROW;

/* A text in the report's row. */
void sl_gb_label(struct sl_gb_state *st, const char *text) SL_NOTHROW;

/* This repetition is void: the message is its result.  The message must stay
 * valid until the program ends. */
void sl_gb_fail(struct sl_gb_state *st, const char *message) SL_NOTHROW;

#ifdef __cplusplus
}
#endif

#endif /* SL_GB_SHIM_H */
