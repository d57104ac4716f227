/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seen.c - what a cell observed, made small enough to keep for all cells.
 *
 * Called by results.c and the page.  The form of the file is said in
 * harness/observe_json.c; a cell is one trial.
 */
#include "harness/driver/seen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"

const struct sl_seen_name sl_seen_names[SL_SEEN_PATHS] = {
    [SL_SEEN_MALLOC] = {"malloc", "all", "all paths"},
    [SL_SEEN_HIT] = {"malloc", "hit", "from the mcache's span"},
    [SL_SEEN_REFILL] = {"malloc", "refill",
	"another span: held, harvested or claimed"},
    [SL_SEEN_GROW] = {"malloc", "grow", "a new span of the page heap"},
    [SL_SEEN_LARGE] = {"malloc", "large", "over 32 KiB"},
    [SL_SEEN_FREE] = {"free", "all", "all paths"},
    [SL_SEEN_OWN] = {"free", "own", "into a span of this thread"},
    [SL_SEEN_REMOTE] = {"free", "remote", "into somebody else's span"},
    [SL_SEEN_LIST] = {"free", "list", "and the span was put on mcentral"},
    [SL_SEEN_HEAP] = {"free", "heap", "a span went to the page heap"},
};

const double sl_seen_quantiles[SL_SEEN_QUANTILES] = {0.5, 0.6, 0.7, 0.8, 0.9,
    0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 0.99999};

/* As the bench has it: the upper end of the bucket with that rank. */
static double
quantile_of(
    const json_t *buckets, double cuts, double count, double max, double q)
{
	double rank = fmax(ceil(q * count), 1), seen = 0, low, width;
	const json_t *b;
	size_t i;

	json_array_foreach(buckets, i, b)
	{
		seen += json_number_value(json_array_get(b, 1));
		if (seen < rank)
			continue;
		low = json_number_value(json_array_get(b, 0));
		width =
		    low < exp2(cuts + 1) ? 1 : exp2(floor(log2(low)) - cuts);
		return fmin(low + width - 1, max);
	}
	return NAN;
}

static void
read_path(struct sl_seen *s, enum sl_seen_path path, const json_t *latency)
{
	const struct sl_seen_name *name = &sl_seen_names[path];
	const json_t *o =
	    json_object_get(json_object_get(latency, name->call), name->path);
	double cuts = sl_json_number(latency, "cuts", NAN), n;

	n = s->count[path] = sl_json_number(o, "count", 0);
	s->max[path] = n > 0 ? sl_json_number(o, "max", NAN) : NAN;
	for (int i = 0; i < SL_SEEN_QUANTILES; i++) {
		double q = sl_seen_quantiles[i];

		s->ns[path][i] = NAN;
		if (n * (1 - q) >= SL_SEEN_BEYOND * (1 - 1e-9))
			s->ns[path][i] =
			    quantile_of(json_object_get(o, "buckets"), cuts, n,
				s->max[path], q);
	}
}

/* Where a column is in a row of samples, or none. */
static size_t
column_of(const json_t *memory, const char *name)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(memory, "columns"), i, v)
	{
		if (json_is_string(v) && !strcmp(json_string_value(v), name))
			return i;
	}
	return (size_t)-1;
}

static double
number_at(const json_t *row, size_t column)
{
	const json_t *v = json_array_get(row, column);

	return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static void
read_memory(struct sl_seen *s, const json_t *memory)
{
	const json_t *rows = json_object_get(memory, "samples"), *row;
	size_t at = column_of(memory, "at_ms"),
	       rss = column_of(memory, "rss_kib"),
	       live = column_of(memory, "live_bytes"),
	       n = json_array_size(rows);
	double before = -INFINITY, ms;
	size_t i;

	s->at_ms = sl_alloc_array(n + 1, sizeof *s->at_ms);
	s->rss = sl_alloc_array(n + 1, sizeof *s->rss);
	s->live = sl_alloc_array(n + 1, sizeof *s->live);
	json_array_foreach(rows, i, row)
	{
		ms = number_at(row, at);
		if (!(ms > before)) /* no order of time: not ours */
			continue;
		s->at_ms[s->samples] = before = ms;
		s->rss[s->samples] = 1024 * number_at(row, rss);
		s->live[s->samples++] = number_at(row, live);
	}
}

struct sl_seen *
sl_seen_read(const json_t *observed)
{
	const json_t *trial =
	    json_array_get(json_object_get(observed, "trials"), 0);
	const json_t *latency = json_object_get(trial, "latency");
	const json_t *memory = json_object_get(trial, "memory");
	struct sl_seen *s;

	if (!latency && !memory)
		return NULL;
	s = sl_alloc_array(1, sizeof *s);
	for (int i = 0; i < SL_SEEN_PATHS; i++)
		read_path(s, (enum sl_seen_path)i, latency);
	s->timed_ns = sl_json_number(
	    json_object_get(observed, "observer"), "timed_ns", NAN);
	read_memory(s, memory);
	return s;
}

void
sl_seen_destroy(struct sl_seen *s)
{
	if (!s)
		return;
	free(s->at_ms);
	free(s->rss);
	free(s->live);
	free(s);
}

double
sl_seen_at(const struct sl_seen *s, enum sl_seen_path path, double q)
{
	for (int i = 0; s && i < SL_SEEN_QUANTILES; i++)
		if (fabs(sl_seen_quantiles[i] - q) < 1e-9)
			return s->ns[path][i];
	return NAN;
}

double
sl_seen_when(const struct sl_seen *s, const double *of, double ms)
{
	size_t i = 0;
	double part;

	if (s->samples == 0 || ms < s->at_ms[0] ||
	    ms > s->at_ms[s->samples - 1])
		return NAN;
	while (s->at_ms[i] < ms)
		i++;
	if (i == 0)
		return of[0];
	part = (ms - s->at_ms[i - 1]) / (s->at_ms[i] - s->at_ms[i - 1]);
	return of[i - 1] + part * (of[i] - of[i - 1]);
}
