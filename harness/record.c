/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.c - what goes into the report: the context and a trial's numbers.
 *
 * Called by the main thread of a bench program (bench.c, bench_mcentral.c).
 */
#include "harness/record.h"

#include <config.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/pin.h"
#include "harness/probe.h"
#include "harness/replay.h"

/* A compile by hand has no revision. */
#ifdef __has_include
#if __has_include("harness/revision.h")
#include "harness/revision.h"
#endif
#endif

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif
#ifndef SL_GB_VERSION
#define SL_GB_VERSION "unknown"
#endif
#ifndef SL_GIT_REV
#define SL_GIT_REV "unknown"
#endif

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

static void
context_number(const char *key, uint64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, value);
	sl_gb_context(key, buf);
}

/* The number behind "name=" in a list of options; 0 if it is not there. */
static uint64_t
option_number(const char *list, const char *name)
{
	for (; *list != '\0'; list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, name, strlen(name)) == 0)
			return strtoull(list + strlen(name), NULL, 10);
	return 0;
}

static void
context_allocator(void)
{
	const struct sl_probe *p = sl_probe_get();

	sl_gb_context("allocator", p->allocator);
	sl_gb_context("allocator_path", p->path);
	sl_gb_context("allocator_identity", p->identity);
	if (p->variant == NULL)
		return;
	context_number("relink_percent", p->relink_percent);
	context_number("hold_pages", option_number(p->options_all, "hold="));
	sl_gb_context("options", p->options);
	sl_gb_context("options_all", p->options_all);
	sl_gb_context("variant_progress", p->variant->progress);
	sl_gb_context("variant_order", p->variant->order);
	sl_gb_context("variant_reclamation", p->variant->reclamation);
	sl_gb_context("variant_aba", p->variant->aba);
	sl_gb_context("variant_mode", p->mode);
	context_number("variant_is_bound", p->variant->is_bound);
}

static void
context_trace(const struct sl_args *a)
{
	const struct sl_replay *r = sl_replay_plan();
	char digest[24];

	if (r == NULL)
		return;
	snprintf(digest, sizeof(digest), "%016" PRIx64, r->digest);
	sl_gb_context("trace", a->trace);
	sl_gb_context("trace_digest", digest);
	context_number("trace_other_processes", r->others);
}

void
sl_record_context(const struct sl_args *a)
{
	char buf[32];

	sl_gb_context("spanlab_schema", "1");
	sl_gb_context("spanlab_version", PACKAGE_VERSION);
	sl_gb_context("git_rev", SL_GIT_REV);
	sl_gb_context("compiler", COMPILER);
	sl_gb_context("gb_version", SL_GB_VERSION);
	context_allocator();
	context_number("seed", a->seed);
	snprintf(buf, sizeof(buf), "%g", a->seconds);
	sl_gb_context("seconds", buf);
	snprintf(buf, sizeof(buf), "%g", a->scale);
	sl_gb_context("scale", buf);
	context_number("cpus_online", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	context_number("cpus_allowed", sl_pin_allowed());
	sl_gb_context("pin", sl_pin_name());
	sl_gb_context("pin_order", sl_pin_order());
	sl_gb_context("pin_oversubscribed", sl_pin_oversubscribed());
	sl_gb_context("numa", a->pin.numa != NULL ? a->pin.numa : "");
	sl_gb_context("numa_in_force", sl_pin_numa());
	if (sl_pin_note()[0] != '\0')
		sl_gb_context("pin_note", sl_pin_note());
	context_trace(a);
}

void
sl_record_trial(struct sl_gb_state *st, const struct sl_trial_config *config,
    const struct sl_trial_result *r)
{
	double seconds = (double)r->makespan_ns / 1e9;
	uint64_t ops = config->wl->counts_frees ? r->frees : r->mallocs;
	char cpus[sizeof(r->cpus) + 8] = "";

	sl_gb_set_seconds(st, seconds);
	sl_gb_counter(st, "threads", config->threads);
	sl_gb_counter(st, "mallocs", (double)r->mallocs);
	sl_gb_counter(st, "frees", (double)r->frees);
	sl_gb_counter(st, "makespan_s", seconds);
	sl_gb_counter(st, "ops_per_s", (double)ops / seconds);
	sl_gb_counter(st, "min_thread_ops", (double)r->min_thread_ops);
	sl_gb_counter(st, "max_thread_ops", (double)r->max_thread_ops);
	sl_gb_counter(st, "pinned_threads", r->pinned);
	sl_gb_counter(st, "oversubscribed", config->threads > sl_pin_allowed());
	sl_gb_counter(st, "minor_faults",
	    (double)(r->after.minor_faults - r->before.minor_faults));
	sl_gb_counter(st, "vol_switches",
	    (double)(r->after.vol_switches - r->before.vol_switches));
	sl_gb_counter(st, "invol_switches",
	    (double)(r->after.invol_switches - r->before.invol_switches));
	sl_record_stats(st, r);
	for (unsigned i = 0; i < r->nfigures; i++)
		sl_gb_counter(st, r->figures[i].name, r->figures[i].value);
	if (r->label == NULL && r->cpus[0] != '\0')
		snprintf(cpus, sizeof(cpus), "cpus %s", r->cpus);
	if (r->label != NULL || cpus[0] != '\0')
		sl_gb_label(st, r->label != NULL ? r->label : cpus);
}
