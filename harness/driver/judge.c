/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.c - whether what a bench wrote may stand as a cell's result.
 *
 * Called by cell_run.c and check.c.
 */
#define _GNU_SOURCE
#include "harness/driver/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/observed.h"
#include "harness/driver/spec.h"
#include "harness/place.h"

/* False, always; a long reason is cut. */
static bool SL_PRINTF(3, 4)
    wrong(struct sl_fault *f, const char *status, const char *fmt, ...)
{
	va_list ap;

	snprintf(f->status, sizeof f->status, "%s", status);
	va_start(ap, fmt);
	vsnprintf(f->detail, sizeof f->detail, fmt, ap);
	va_end(ap);
	return false;
}

/* Did the right library answer?  The bench itself compares names; a path is
 * compared here, for all that were preloaded: while its file is there. */
static bool
right_allocator(
    const struct sl_allocator *a, const json_t *context, bool is_stored)
{
	char *real;
	bool same;

	if (is_stored && a->kind == SL_KIND_PATH)
		return true;
	if (is_stored || !a->path)
		return !strcmp(sl_json_text(context, "allocator"), a->base);
	real = realpath(sl_json_text(context, "allocator_path"), NULL);
	same = real && !strcmp(real, a->path);
	free(real);
	return same;
}

/* Did its threads and their memory have the place that was asked for?  The
 * bench ends if it cannot give it; this is against one that does not know of
 * it, and against a thread that was moved while it ran. */
static bool
placed(const struct sl_plan *p, const json_t *context, const json_t *r,
    struct sl_fault *fault)
{
	double threads = sl_json_number(r, "threads", -1);
	double pinned = sl_json_number(r, "pinned_threads", -1);
	bool is_over = sl_json_number(r, "oversubscribed", 0) != 0;
	struct sl_place place = {SL_PLACE_NONE, false};

	if (p->pin && *p->pin)
		sl_place_parse(p->pin, &place);
	if (place.policy != SL_PLACE_NONE && (!is_over || place.wraps) &&
	    pinned != threads)
		return wrong(fault, "not-pinned",
		    "%.0f of %.0f threads stayed where --pin %.40s put them",
		    pinned < 0 ? 0 : pinned, threads, p->pin);
	if (p->numa && strcmp(p->numa, sl_json_text(context, "numa")))
		return wrong(fault, "not-pinned",
		    "its memory policy was '%.80s'",
		    sl_json_text(context, "numa"));
	return true;
}

static bool
has_observed(const struct sl_plan *p, const struct sl_cell *cell,
    const json_t *observed, struct sl_fault *fault)
{
	const struct sl_observe *o = &p->observe;
	char text[200];

	if (!o->latency && !(o->memory_ms > 0) && !o->counters)
		return true;
	return sl_observed_valid(observed, o, p->threads.v[cell->threads], text,
		   sizeof text) ||
	       wrong(fault, "error", "%s", text);
}

bool
sl_judge(const struct sl_plan *p, const struct sl_cell *cell,
    const json_t *root, const json_t *observed, bool is_stored,
    struct sl_fault *fault)
{
	const struct sl_allocator *a = &p->allocators.v[cell->allocator];
	const json_t *context = json_object_get(root, "context");
	const json_t *r = sl_json_first_run(root);
	const char *options = sl_json_text(context, "options_all");

	if (!r)
		return wrong(
		    fault, "error", "the bench's JSON has no result in it");
	if (json_is_true(json_object_get(r, "error_occurred")))
		return wrong(
		    fault, "error", "%s", sl_json_text(r, "error_message"));
	if (!right_allocator(a, context, is_stored))
		return wrong(fault, "wrong-allocator", "malloc was %s (%.140s)",
		    sl_json_text(context, "allocator"),
		    sl_json_text(context, "allocator_path"));
	if (!sl_spec_has_options(options, a->options))
		return wrong(
		    fault, "wrong-options", "its options were %.170s", options);
	if (!has_observed(p, cell, observed, fault))
		return false;
	if (sl_json_number(r, "check_ok", 1) != 1)
		return wrong(
		    fault, "check-failed", "the conservation check failed");
	if (!(sl_json_number(r, "ops_per_s", 0) > 0))
		return wrong(
		    fault, "error", "no throughput in the bench's JSON");
	if (sl_json_number(r, "threads", -1) != p->threads.v[cell->threads])
		return wrong(
		    fault, "error", "the bench ran another number of threads");
	return placed(p, context, r, fault);
}
