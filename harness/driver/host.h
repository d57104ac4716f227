/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.h - what must be known of the machine to believe a result.
 *
 * Used by sweep (gathers) and report (explains).
 */
#ifndef SL_DRIVER_HOST_H
#define SL_DRIVER_HOST_H

#include <jansson.h>

#include "harness/driver/util.h"

/* Facts that do not change during a sweep, as a JSON object. */
json_t *sl_host_facts(void);

/* CPUs that this process may use, counting a cgroup's quota: more threads
 * than that are oversubscribed. */
unsigned sl_host_cpus(const json_t *facts);

/* Where two machines are not of one type: "cpu_model", "kernel" or "cpus" (what
 * sl_host_cpus() says); NULL: they are. */
const char *sl_host_differs(const json_t *a, const json_t *b);
/* The value of such a key, or of one whose value is a text; caller frees. */
char *sl_host_fact_text(const json_t *facts, const char *key);

/* What happened on the machine between two moments. */
struct sl_host_moment {
	double load1;                    /* -1: not known */
	double total_s, busy_s, steal_s; /* of all CPUs; total -1: not known */
	double own_s; /* of this process and its children that have ended */
};
/* Of its time that a quiet machine has for something else, in percent.  With
 * others on the CPUs threads seldom run at once, and what they would do to each
 * other is not seen. */
enum { SL_HOST_OTHERS_MAX = 10 };
void sl_host_moment_take(struct sl_host_moment *m);
/* In percent of all CPU time; -1 where the kernel does not say. */
double sl_host_steal_percent(
    const struct sl_host_moment *from, const struct sl_host_moment *to);
/* What neither we had nor nobody; with what was stolen. */
double sl_host_others_percent(
    const struct sl_host_moment *from, const struct sl_host_moment *to);
/* The same into a session's record, and the load at both ends. */
void sl_host_moment_begin(struct sl_host_moment *m, json_t *record);
void sl_host_moment_end(const struct sl_host_moment *m, json_t *record);

/* "2026-01-31T12:00:00Z", now. */
void sl_host_time_text(char buf[32]);

/*
 * Reasons to doubt a result measured there, one sentence each.  max_threads
 * is the largest thread count of the sweep; sessions as in sweep.json.
 */
void sl_host_warnings(const json_t *facts, const json_t *sessions,
    unsigned max_threads, struct sl_names *lines);

/* "2 CPUs, AMD EPYC, Linux 6.1, 7.8 GiB"; the caller frees. */
char *sl_host_summary(const json_t *facts);

/* Shorthands that never return NULL. */
const char *sl_json_text(const json_t *o, const char *key);
double sl_json_number(const json_t *o, const char *key, double otherwise);

/* The first plain run in a file of Google Benchmark's, borrowed, or NULL. */
json_t *sl_json_first_run(const json_t *root);

#endif /* SL_DRIVER_HOST_H */
