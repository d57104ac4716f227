/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check_cell.c - whether a cell's file is of that cell, and a result.
 *
 * Called by check.c.  doc/schema/ says what the members mean.
 */
#include <stdio.h>
#include <string.h>

#include "harness/driver/callgrind.h"
#include "harness/driver/check.h"
#include "harness/driver/fields.h"
#include "harness/driver/host.h"
#include "harness/driver/judge.h"
#include "harness/driver/results.h"

static const struct sl_json_field whole[] = {SL_MUST("context", OBJECT),
    SL_MUST("benchmarks", LIST), SL_MUST("spanlab", OBJECT),
    SL_MAY("observed", OBJECT), SL_FIELDS_END};

#define FACTS                                                                  \
	SL_MAY("kind", TEXT), SL_MUST("workload", TEXT),                       \
	    SL_MUST("allocator", TEXT), SL_MAY("options", TEXT),               \
	    SL_MUST("threads", COUNT), SL_MUST("round", COUNT),                \
	    SL_MUST("seed", COUNT), SL_MUST("started", TIME),                  \
	    SL_MUST("wall_s", AMOUNT), SL_MAY("host", OBJECT),                 \
	    SL_MAY("slurm", OBJECT), SL_MAY("failed_tries", LIST)
#define FAILURE                                                                \
	SL_MUST("status", TEXT), SL_MUST("detail", TEXT),                      \
	    SL_MUST("stderr", TEXT)

static const struct sl_json_field facts[] = {FACTS, SL_FIELDS_END};
static const struct sl_json_field failed[] = {FACTS, FAILURE, SL_FIELDS_END};
static const struct sl_json_field failed_try[] = {FAILURE,
    SL_MUST("started", TIME), SL_MUST("wall_s", AMOUNT), SL_FIELDS_END};

static const struct sl_json_field counted[] = {SL_MUST("workload", TEXT),
    SL_MUST("allocator", TEXT), SL_MUST("options", TEXT),
    SL_MUST("threads", COUNT), SL_MUST("calls", OBJECT),
    SL_MUST("instructions", OBJECT), SL_MAY("per_operation", AMOUNT),
    SL_MAY("failed", TEXT), SL_MAY("stderr", TEXT), SL_FIELDS_END};

static bool
is_one_of(const char *s, const char *const *names)
{
	while (*names && strcmp(*names, s))
		names++;
	return *names != NULL;
}

/* A text or a number that the plan has, too. */
static bool
is_planned(const json_t *o, const char *key, json_t *planned, char *why,
    size_t why_len)
{
	const json_t *v = json_object_get(o, key);
	bool same = !v || json_equal(v, planned);

	json_decref(planned);
	if (!same)
		snprintf(why, why_len, "%s is not that of the plan", key);
	return same;
}

static bool
tries_valid(const json_t *tries, char *why, size_t why_len)
{
	static const char *const states[] = {"crashed", "timeout", NULL};
	json_t *v;
	size_t i;

	json_array_foreach(tries, i, v)
	{
		if (!sl_fields_valid(
			v, "a failed try", failed_try, why, why_len))
			return false;
		if (!is_one_of(sl_json_text(v, "status"), states)) {
			snprintf(why, why_len,
			    "a failed try: there is no such status");
			return false;
		}
	}
	return true;
}

/* Of the object that says which cell it is. */
static bool
facts_valid(const struct sl_plan *p, const struct sl_cell *c, const json_t *o,
    char *why, size_t why_len)
{
	const struct sl_allocator *a = &p->allocators.v[c->allocator];
	const char *kind = a->kind == SL_KIND_MODEL ? "modelled" : "measured";

	return is_planned(o, "kind", json_string(kind), why, why_len) &&
	       is_planned(o, "workload",
		   json_string(p->workloads.v[c->workload].name), why,
		   why_len) &&
	       is_planned(o, "allocator", json_string(a->name), why, why_len) &&
	       is_planned(
		   o, "options", json_string(a->options), why, why_len) &&
	       is_planned(o, "threads", json_integer(p->threads.v[c->threads]),
		   why, why_len) &&
	       is_planned(o, "round", json_integer(c->round), why, why_len) &&
	       is_planned(
		   o, "seed", json_integer(sl_cell_seed(p, c)), why, why_len) &&
	       tries_valid(json_object_get(o, "failed_tries"), why, why_len);
}

/* What reports read.  Only what the heap has more than before may be less than
 * nothing. */
static bool
numbers_valid(const json_t *run, char *why, size_t why_len)
{
	static const char *const always[] = {
	    "mallocs", "frees", "makespan_s", "check_ok"};

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (!json_object_get(run, always[i])) {
			snprintf(why, why_len, "%s is missing", always[i]);
			return false;
		}
	for (int i = 0; i < SL_N_METRICS; i++) {
		const json_t *v = json_object_get(run, sl_metric_names[i]);

		if (v && (!json_is_number(v) || (json_number_value(v) < 0 &&
						    i != SL_M_LIVE_DELTA))) {
			snprintf(why, why_len, "%s is not a number from 0",
			    sl_metric_names[i]);
			return false;
		}
	}
	return true;
}

bool
sl_check_good(const struct sl_plan *p, const struct sl_cell *c, json_t *root,
    char *why, size_t why_len)
{
	json_t *spanlab = json_object_get(root, "spanlab");
	const json_t *observed = json_object_get(root, "observed");
	const struct sl_observe *o = &p->observe;
	struct sl_fault fault;

	if (!sl_fields_valid(root, "the file", whole, why, why_len) ||
	    !sl_fields_valid(spanlab, "spanlab", facts, why, why_len) ||
	    !facts_valid(p, c, spanlab, why, why_len))
		return false;
	if (strcmp(sl_json_text(
		       json_object_get(root, "context"), "spanlab_schema"),
		"1") != 0) {
		snprintf(why, why_len, "context: spanlab_schema is not 1");
		return false;
	}
	if (observed && !o->latency && !(o->memory_ms > 0) && !o->counters) {
		snprintf(why, why_len, "observed: there unasked");
		return false;
	}
	if (!sl_judge(p, c, root, observed, true, &fault)) {
		snprintf(why, why_len, "%s", fault.detail);
		return false;
	}
	return numbers_valid(sl_json_first_run(root), why, why_len);
}

bool
sl_check_failed(const struct sl_plan *p, const struct sl_cell *c, json_t *root,
    char *why, size_t why_len)
{
	static const char *const states[] = {"crashed", "timeout",
	    "wrong-allocator", "wrong-options", "not-pinned", "check-failed",
	    "error", NULL};

	if (!sl_fields_valid(root, "the file", failed, why, why_len) ||
	    !facts_valid(p, c, root, why, why_len))
		return false;
	if (!is_one_of(sl_json_text(root, "status"), states)) {
		snprintf(why, why_len, "there is no such status");
		return false;
	}
	return true;
}

/* Each call's number. */
static bool
calls_valid(const json_t *root, const char *key, char *why, size_t why_len)
{
	struct sl_json_field calls[SL_N_CALLS + 1] = {SL_FIELDS_END};

	for (int i = 0; i < SL_N_CALLS; i++)
		calls[i] =
		    (struct sl_json_field)SL_MUST(sl_call_names[i], COUNT);
	return sl_fields_valid(
	    json_object_get(root, key), key, calls, why, why_len);
}

bool
sl_check_instructions(const struct sl_plan *p, size_t workload,
    size_t allocator, json_t *root, char *why, size_t why_len)
{
	const struct sl_workload *w = &p->workloads.v[workload];
	const struct sl_allocator *a = &p->allocators.v[allocator];

	if (!sl_fields_valid(root, "the file", counted, why, why_len) ||
	    !calls_valid(root, "calls", why, why_len) ||
	    !calls_valid(root, "instructions", why, why_len))
		return false;
	if (!json_object_get(root, "per_operation") ==
	    !json_object_get(root, "failed")) {
		snprintf(
		    why, why_len, "it has not one of per_operation and failed");
		return false;
	}
	return is_planned(
		   root, "workload", json_string(w->name), why, why_len) &&
	       is_planned(
		   root, "allocator", json_string(a->name), why, why_len) &&
	       is_planned(
		   root, "options", json_string(a->options), why, why_len) &&
	       is_planned(root, "threads", json_integer(w->least_threads), why,
		   why_len);
}
