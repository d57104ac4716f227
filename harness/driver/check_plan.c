/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check_plan.c - whether sweep.json has all members, each of its type: what
 * manifest.c, which reads older ones too, does not insist on.
 *
 * Called by check.c.  doc/schema/sweep.schema.json says what they mean.
 */
#include <stdio.h>

#include "harness/driver/check.h"
#include "harness/driver/fields.h"

static const struct sl_json_field whole[] = {SL_MUST("schema", COUNT),
    SL_MUST("name", TEXT), SL_MUST("spanlab_version", TEXT),
    SL_MUST("git_rev", TEXT), SL_MUST("bench_digest", DIGEST),
    SL_MUST("started", TIME), SL_OR_NULL("finished", TIME),
    SL_MUST("command", TEXTS), SL_MUST("plan", OBJECT), SL_MUST("host", OBJECT),
    SL_MUST("sessions", LIST), SL_MAY("model", OBJECT), SL_FIELDS_END};

static const struct sl_json_field plan[] = {SL_MUST("preset", TEXT),
    SL_MAY("spanlab_options", TEXT), SL_MUST("seed", COUNT),
    SL_MUST("rounds", COUNT), SL_MAY("rounds_least", COUNT),
    SL_MUST("rounds_chosen", FLAG), SL_MUST("window_s", AMOUNT),
    SL_MUST("scale", AMOUNT), SL_MUST("timeout_s", AMOUNT),
    SL_MAY("retries", COUNT), SL_MUST("threads", LIST),
    SL_MUST("allocators", LIST), SL_MUST("workloads", LIST),
    SL_MAY("latency", COUNT), SL_MAY("memory_ms", AMOUNT),
    SL_MAY("counters", FLAG), SL_MAY("pin", TEXT), SL_MAY("pin_order", TEXT),
    SL_MAY("numa", TEXT), SL_MAY("trace", TEXT), SL_MAY("trace_digest", DIGEST),
    SL_MAY("engine", TEXT), SL_MAY("slurm_options", TEXT),
    SL_MAY("left_out", TEXT), SL_FIELDS_END};

static const struct sl_json_field allocator[] = {SL_MUST("name", TEXT),
    SL_MUST("kind", TEXT), SL_OR_NULL("path", TEXT), SL_MAY("options", TEXT),
    SL_MUST("digest", DIGEST), SL_OR_NULL("package", TEXT), SL_FIELDS_END};

static const struct sl_json_field workload[] = {SL_MUST("name", TEXT),
    SL_MUST("stresses", TEXT), SL_MUST("source", TEXT),
    SL_MUST("mcentral", TEXT), SL_MAY("suite", TEXT), SL_MAY("params", TEXT),
    SL_MAY("operation", TEXT), SL_MAY("least_threads", COUNT),
    SL_MUST("control", FLAG), SL_FIELDS_END};

static const struct sl_json_field session[] = {SL_MUST("started", TIME),
    SL_MAY("ended", TIME), SL_MAY("cells", COUNT), SL_MAY("job", TEXT),
    SL_MAY("load1_before", AMOUNT), SL_MAY("load1_after", AMOUNT),
    SL_MAY("steal_percent", AMOUNT), SL_MAY("others_percent", AMOUNT),
    SL_FIELDS_END};

static bool
each_valid(const json_t *list, const char *what,
    const struct sl_json_field *fields, char *why, size_t why_len)
{
	json_t *v;
	char where[40];
	size_t i;

	json_array_foreach(list, i, v)
	{
		snprintf(where, sizeof where, "%s %zu", what, i + 1);
		if (!sl_fields_valid(v, where, fields, why, why_len))
			return false;
	}
	return true;
}

bool
sl_check_plan(json_t *root, char *why, size_t why_len)
{
	json_t *p = json_object_get(root, "plan");

	return sl_fields_valid(root, "the file", whole, why, why_len) &&
	       sl_fields_valid(p, "plan", plan, why, why_len) &&
	       each_valid(json_object_get(p, "allocators"), "allocator",
		   allocator, why, why_len) &&
	       each_valid(json_object_get(p, "workloads"), "workload", workload,
		   why, why_len) &&
	       each_valid(json_object_get(root, "sessions"), "session", session,
		   why, why_len);
}
