/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observed.c - whether what a bench says it observed is as spanlab(1) has it:
 * harness/observe_json.c writes it.
 *
 * Called by cell_run.c.  The first thing that is wrong is said, by its name in
 * the file.
 */
#include "harness/driver/observed.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/driver/host.h"

struct check {
	const struct sl_observe *asked;
	unsigned threads;
	char *why;
	size_t why_len;
};

static bool SL_PRINTF(2, 3) wrong(const struct check *c, const char *fmt, ...)
{
	size_t n = (size_t)snprintf(c->why, c->why_len, "observed: ");
	va_list ap;

	va_start(ap, fmt);
	if (n < c->why_len)
		vsnprintf(c->why + n, c->why_len - n, fmt, ap);
	va_end(ap);
	return false;
}

/* A number that is not negative; NULL is none. */
static bool
is_amount(const json_t *v)
{
	return json_is_number(v) && json_number_value(v) >= 0 &&
	       isfinite(json_number_value(v));
}

static bool
has_amounts(const struct check *c, const json_t *o, const char *where,
    const char *const *names)
{
	for (; *names; names++)
		if (!is_amount(json_object_get(o, *names)))
			return wrong(c, "%s: %s is no amount", where, *names);
	return true;
}

static bool
is_number(const json_t *o, const char *key, double wanted)
{
	double v = sl_json_number(o, key, NAN);

	return fabs(v - wanted) <= 1e-9 * fabs(wanted);
}

/* --- latency -------------------------------------------------------------- */

static bool
buckets_valid(const struct check *c, const json_t *path, const char *name)
{
	const json_t *buckets = json_object_get(path, "buckets"), *b;
	double below = -1, sum = 0;
	size_t i;

	if (!json_is_array(buckets))
		return wrong(c, "%s: no buckets", name);
	json_array_foreach(buckets, i, b)
	{
		const json_t *low = json_array_get(b, 0);
		const json_t *count = json_array_get(b, 1);

		if (json_array_size(b) != 2 || !is_amount(low) ||
		    !json_is_integer(count) || json_integer_value(count) < 1)
			return wrong(c, "%s: bucket %zu is no pair", name, i);
		if (json_number_value(low) <= below)
			return wrong(c, "%s: buckets do not ascend", name);
		below = json_number_value(low);
		sum += json_number_value(count);
	}
	if (!is_number(path, "count", sum))
		return wrong(c, "%s: count is not that of its buckets", name);
	if (sum > 0 && sl_json_number(path, "max", 0) < below)
		return wrong(c, "%s: max is below the last bucket", name);
	return true;
}

static bool
path_valid(const struct check *c, const json_t *path, const char *name)
{
	static const char *const names[] = {
	    "count", "p50", "p90", "p99", "p999", "max", NULL};

	if (!has_amounts(c, path, name, names))
		return false;
	for (int i = 1; i < 5; i++)
		if (sl_json_number(path, names[i], 0) >
		    sl_json_number(path, names[i + 1], 0))
			return wrong(c, "%s: %s is above %s", name, names[i],
			    names[i + 1]);
	return buckets_valid(c, path, name);
}

/* malloc or free: all, and any of its paths. */
static bool
call_valid(const struct check *c, const json_t *latency, const char *call,
    const char *const *paths)
{
	json_t *o = json_object_get(latency, call), *path;
	double all = sl_json_number(json_object_get(o, "all"), "count", NAN);
	const char *key;
	char name[80];

	if (isnan(all))
		return wrong(c, "%s: no count of all", call);
	json_object_foreach(o, key, path)
	{
		size_t i = 0;

		while (paths[i] && strcmp(paths[i], key))
			i++;
		snprintf(name, sizeof name, "%s %.40s", call, key);
		if (!paths[i])
			return wrong(c, "%s: there is no such path", name);
		if (!path_valid(c, path, name))
			return false;
		if (sl_json_number(path, "count", 0) > all)
			return wrong(c, "%s: more than all", name);
	}
	return true;
}

static bool
latency_valid(const struct check *c, const json_t *latency)
{
	static const char *const mallocs[] = {
	    "all", "hit", "refill", "grow", "large", NULL};
	static const char *const frees[] = {
	    "all", "own", "remote", "list", "heap", NULL};
	const char *paths = sl_json_text(latency, "paths");
	double cuts = sl_json_number(latency, "cuts", -1);

	if (!is_number(latency, "every", c->asked->latency))
		return wrong(c, "latency: every is not what was asked for");
	if (strcmp(sl_json_text(latency, "unit"), "ns") != 0)
		return wrong(c, "latency: unit is not ns");
	if (!(cuts >= 0 && cuts <= 16))
		return wrong(c, "latency: cuts is not from 0 to 16");
	if (strcmp(paths, "counters") != 0 && strcmp(paths, "not told") != 0)
		return wrong(c, "latency: paths is not counters or not told");
	return call_valid(c, latency, "malloc", mallocs) &&
	       call_valid(c, latency, "free", frees);
}

/* --- memory --------------------------------------------------------------- */

static const char *const columns[] = {
    "at_ms", "rss_kib", "live_bytes", "heap_bytes", "backlog", "backlog_bytes"};
enum { N_COLUMNS = sizeof columns / sizeof *columns, LIVE = 2 };

/* Only what is live may be unknown, and then it always is; it can be less than
 * nothing, for threads add up what others have freed. */
static bool
row_valid(const struct check *c, const json_t *row, bool live_is_known)
{
	if (json_array_size(row) != N_COLUMNS)
		return wrong(
		    c, "memory: a sample has not %d numbers", (int)N_COLUMNS);
	for (size_t i = 0; i < N_COLUMNS; i++) {
		const json_t *v = json_array_get(row, i);
		bool good = i != LIVE       ? is_amount(v)
			    : live_is_known ? json_is_number(v)
					    : json_is_null(v);

		if (!good)
			return wrong(
			    c, "memory: %s of a sample is none", columns[i]);
	}
	return true;
}

static bool
samples_valid(const struct check *c, const json_t *memory)
{
	bool known = !strcmp(sl_json_text(memory, "live"), "usable bytes");
	const json_t *rows = json_object_get(memory, "samples"), *row;
	double before = -1, at;
	size_t i;

	if (!json_is_array(rows))
		return wrong(c, "memory: no samples");
	json_array_foreach(rows, i, row)
	{
		if (!row_valid(c, row, known))
			return false;
		at = json_number_value(json_array_get(row, 0));
		if (at < before)
			return wrong(c, "memory: samples go back in time");
		before = at;
	}
	return row_valid(c, json_object_get(memory, "drained"), known);
}

static bool
memory_valid(const struct check *c, const json_t *memory)
{
	static const char *const amounts[] = {"period_ms", "missed", NULL};
	const json_t *names = json_object_get(memory, "columns");

	if (!has_amounts(c, memory, "memory", amounts))
		return false;
	if (!*sl_json_text(memory, "live"))
		return wrong(c, "memory: live does not say what is known");
	for (size_t i = 0; i < N_COLUMNS; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (!name || strcmp(name, columns[i]) != 0)
			return wrong(
			    c, "memory: column %zu is not %s", i, columns[i]);
	}
	return samples_valid(c, memory);
}

/* --- workers -------------------------------------------------------------- */

static bool
worker_valid(const struct check *c, const json_t *w, size_t i,
    const json_t *not_available)
{
	static const char *const always[] = {"mallocs", "frees", "user_ms",
	    "system_ms", "vol_switches", "invol_switches", "minor_faults",
	    "major_faults", NULL};
	static const char *const perf[] = {"cycles", "instructions",
	    "cache_references", "cache_misses", "branch_misses", "page_faults",
	    "migrations"};
	char name[40];

	snprintf(name, sizeof name, "worker %zu", i);
	if (sl_json_number(w, "index", -1) != (double)i)
		return wrong(c, "%s: its index is another", name);
	if (!json_is_boolean(json_object_get(w, "pinned")))
		return wrong(c, "%s: pinned is not true or false", name);
	if (!has_amounts(c, w, name, always))
		return false;
	for (size_t k = 0; k < sizeof perf / sizeof *perf; k++) {
		const json_t *v = json_object_get(w, perf[k]);

		if (json_is_null(v) && !*sl_json_text(not_available, perf[k]))
			return wrong(c, "%s: %s is null, without a reason",
			    name, perf[k]);
		if (!json_is_null(v) && !is_amount(v))
			return wrong(c, "%s: %s is no amount", name, perf[k]);
	}
	return true;
}

static bool
workers_valid(const struct check *c, const json_t *trial)
{
	const json_t *workers = json_object_get(trial, "workers"), *w;
	const json_t *why_not = json_object_get(trial, "not_available");
	size_t i;

	if (json_array_size(workers) != c->threads)
		return wrong(c, "workers: not one for each thread");
	json_array_foreach(workers, i, w)
	{
		if (!worker_valid(c, w, i, why_not))
			return false;
	}
	return true;
}

/* --- all ------------------------------------------------------------------ */

/* What was asked for is there, and nothing else. */
static bool
trial_valid(const struct check *c, const json_t *t)
{
	const json_t *latency = json_object_get(t, "latency");
	const json_t *memory = json_object_get(t, "memory");
	bool workers = json_object_get(t, "workers") != NULL;

	if (!is_number(t, "threads", c->threads))
		return wrong(c, "a trial with another number of threads");
	if (strcmp(sl_json_text(t, "load"), "closed") != 0)
		return wrong(c, "a trial whose load is not closed");
	if ((latency != NULL) != (c->asked->latency > 0))
		return wrong(
		    c, "latency is %s", latency ? "there unasked" : "missing");
	if ((memory != NULL) != (c->asked->memory_ms > 0))
		return wrong(
		    c, "memory is %s", memory ? "there unasked" : "missing");
	if (workers != c->asked->counters)
		return wrong(
		    c, "workers are %s", workers ? "there unasked" : "missing");
	return (!latency || latency_valid(c, latency)) &&
	       (!memory || memory_valid(c, memory)) &&
	       (!workers || workers_valid(c, t));
}

bool
sl_observed_valid(const json_t *observed, const struct sl_observe *asked,
    unsigned threads, char *why, size_t why_len)
{
	static const char *const costs[] = {"step_ns", "clock_ns", "timed_ns",
	    "record_ns", "paths_ns", "memory_ns", NULL};
	const struct check c = {asked, threads, why, why_len};
	const json_t *trials = json_object_get(observed, "trials"), *t;
	size_t i;

	if (!is_number(observed, "schema", 1)) {
		snprintf(
		    why, why_len, "the bench did not say what it observed");
		return false;
	}
	if (!has_amounts(
		&c, json_object_get(observed, "observer"), "observer", costs))
		return false;
	if (json_array_size(trials) == 0)
		return wrong(&c, "no trials");
	json_array_foreach(trials, i, t)
	{
		if (!trial_valid(&c, t))
			return false;
	}
	return true;
}
