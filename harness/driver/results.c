/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * results.c - a sweep's folder read back: everything a report is made from.
 *
 * Called by the report's rooms.
 */
#include "harness/driver/results.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"

const char *const sl_metric_names[SL_N_METRICS] = {
#define M(id, name) name,
    SL_METRICS(M)
#undef M
};

static struct sl_result *
at(const struct sl_results *r, size_t workload, size_t allocator,
    size_t threads, unsigned round)
{
	const struct sl_plan *p = &r->manifest.plan;

	return &r->cells[((workload * p->allocators.n + allocator) *
				 p->threads.n +
			     threads) *
			     p->rounds +
			 (round - 1)];
}

const struct sl_result *
sl_results_at(const struct sl_results *r, size_t workload, size_t allocator,
    size_t threads, unsigned round)
{
	return at(r, workload, allocator, threads, round);
}

static void
set_failed(struct sl_result *res, const char *status, const char *detail,
    const char *errors)
{
	res->state = SL_RESULT_FAILED;
	res->status = sl_strdup(status);
	res->detail = sl_strdup(detail);
	res->errors = sl_strdup(errors);
}

/* The highest of the samples; NAN if there are none, or not all are known. */
static double
peak_of(const double *v, size_t n)
{
	double most = n ? v[0] : (double)NAN;

	for (size_t i = 1; i < n; i++)
		most = v[i] > most || isnan(v[i]) ? v[i] : most;
	return most;
}

static void
read_seen(struct sl_result *res, const json_t *root)
{
	struct sl_seen *s = sl_seen_read(json_object_get(root, "observed"));

	res->seen = s;
	if (!s)
		return;
	res->m[SL_M_MALLOC_P50] = sl_seen_at(s, SL_SEEN_MALLOC, 0.5);
	res->m[SL_M_MALLOC_P99] = sl_seen_at(s, SL_SEEN_MALLOC, 0.99);
	res->m[SL_M_MALLOC_P999] = sl_seen_at(s, SL_SEEN_MALLOC, 0.999);
	res->m[SL_M_FREE_P50] = sl_seen_at(s, SL_SEEN_FREE, 0.5);
	res->m[SL_M_FREE_P99] = sl_seen_at(s, SL_SEEN_FREE, 0.99);
	res->m[SL_M_FREE_P999] = sl_seen_at(s, SL_SEEN_FREE, 0.999);
	res->m[SL_M_LIVE_PEAK] = peak_of(s->live, s->samples);
	res->m[SL_M_RESIDENT_PEAK] = peak_of(s->rss, s->samples);
}

/* A good cell's file. */
static void
read_good(struct sl_results *r, const struct sl_cell *c, struct sl_result *res,
    const json_t *root)
{
	json_t **context = &r->contexts[c->allocator], *run = NULL, *v;
	size_t i;

	json_array_foreach(json_object_get(root, "benchmarks"), i, v)
	{
		if (!strcmp(sl_json_text(v, "run_type"), "iteration")) {
			run = v;
			break;
		}
	}
	if (!run || !(sl_json_number(run, "ops_per_s", 0) > 0)) {
		set_failed(res, "unreadable", "no throughput in the file", "");
		return;
	}
	res->state = SL_RESULT_OK;
	res->m = sl_alloc_array(SL_N_METRICS, sizeof *res->m);
	for (i = 0; i < SL_N_METRICS; i++)
		res->m[i] = sl_json_number(run, sl_metric_names[i], NAN);
	read_seen(res, root);
	if (json_is_string(json_object_get(run, "label")))
		res->label = sl_strdup(sl_json_text(run, "label"));
	if (!*context)
		*context = json_incref(json_object_get(root, "context"));
}

/* Reads the file if it is there; false if it is not. */
static bool
read_file(struct sl_results *r, const struct sl_cell *c, const char *dir,
    const char *suffix)
{
	struct sl_result *res =
	    at(r, c->workload, c->allocator, c->threads, c->round);
	char *path = sl_cell_path(&r->manifest.plan, c, dir, suffix);
	char *text = sl_file_read(path, NULL);
	int err = errno;
	json_error_t error;
	json_t *root, *facts;

	free(path);
	if (!text && err == ENOENT)
		return false;
	root = text ? json_loads(text, 0, &error) : NULL;
	if (!json_is_object(root))
		set_failed(res, "unreadable",
		    text ? "the cell's file is not JSON" : strerror(err), "");
	else if (!strcmp(suffix, ".json"))
		read_good(r, c, res, root);
	else
		set_failed(res, sl_json_text(root, "status"),
		    sl_json_text(root, "detail"), sl_json_text(root, "stderr"));
	facts =
	    strcmp(suffix, ".json") ? root : json_object_get(root, "spanlab");
	res->host = sl_hosts_meet(&r->hosts, facts);
	res->failed_tries = json_incref(json_object_get(facts, "failed_tries"));
	json_decref(root);
	free(text);
	return true;
}

static size_t *
counter(struct sl_results *r, enum sl_result_state state)
{
	return state == SL_RESULT_OK       ? &r->done
	       : state == SL_RESULT_FAILED ? &r->failed
					   : &r->missing;
}

static void
forget(struct sl_result *res)
{
	free(res->m);
	free(res->label);
	free(res->status);
	free(res->detail);
	free(res->errors);
	sl_seen_destroy(res->seen);
	json_decref(res->failed_tries);
	*res = (struct sl_result){.state = SL_RESULT_MISSING};
}

void
sl_results_read_cell(
    struct sl_results *r, const struct sl_cell *c, const char *dir)
{
	struct sl_result *res =
	    at(r, c->workload, c->allocator, c->threads, c->round);

	--*counter(r, res->state);
	forget(res);
	if (!read_file(r, c, dir, ".json"))
		read_file(r, c, dir, ".failed.json");
	++*counter(r, res->state);
}

bool
sl_results_read(struct sl_results *r, const char *dir, char **why)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_cell c = {0};

	*r = (struct sl_results){0};
	if (!sl_manifest_read(&r->manifest, dir, why))
		return false;
	r->cells = sl_alloc_array(
	    sl_plan_cells_per_round(p) * p->rounds, sizeof *r->cells);
	r->contexts = sl_alloc_array(p->allocators.n, sizeof *r->contexts);
	r->missing = sl_plan_cells_per_round(p) * p->rounds;
	while (sl_cell_next(p, &c))
		sl_results_read_cell(r, &c, dir);
	if (r->hosts.n) {
		json_decref(r->manifest.host);
		r->manifest.host = json_incref(sl_hosts_main(&r->hosts));
	}
	return true;
}

void
sl_results_destroy(struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;
	size_t n = sl_plan_cells_per_round(p) * p->rounds;

	for (size_t i = 0; i < n; i++)
		forget(&r->cells[i]);
	for (size_t i = 0; i < p->allocators.n; i++)
		json_decref(r->contexts[i]);
	sl_hosts_destroy(&r->hosts);
	free(r->cells);
	free(r->contexts);
	sl_manifest_destroy(&r->manifest);
}

unsigned
sl_results_rounds(const struct sl_results *r, size_t workload, size_t threads)
{
	const struct sl_plan *p = &r->manifest.plan;
	unsigned last = 0;

	for (size_t a = 0; a < p->allocators.n; a++)
		for (unsigned i = last + 1; i <= p->rounds; i++)
			if (at(r, workload, a, threads, i)->state !=
			    SL_RESULT_MISSING)
				last = i;
	return last;
}

size_t
sl_results_values(const struct sl_results *r, size_t workload, size_t allocator,
    size_t threads, enum sl_metric metric, double *out)
{
	size_t n = 0;

	for (unsigned round = 1; round <= r->manifest.plan.rounds; round++) {
		const struct sl_result *res =
		    at(r, workload, allocator, threads, round);

		if (res->state == SL_RESULT_OK && !isnan(res->m[metric]))
			out[n++] = res->m[metric];
	}
	return n;
}

/* What is not known of a modelled machine moves a point more than seeds do. */
static void
widen(const struct sl_results *r, size_t workload, size_t allocator,
    size_t threads, struct sl_spread *s)
{
	double *v = sl_alloc_array(r->manifest.plan.rounds, sizeof *v);
	size_t n = sl_results_values(
	    r, workload, allocator, threads, SL_M_BAND_LOW, v);

	for (size_t i = 0; i < n; i++)
		if (v[i] / 1e6 < s->in.lo)
			s->in.lo = v[i] / 1e6;
	n = sl_results_values(
	    r, workload, allocator, threads, SL_M_BAND_HIGH, v);
	for (size_t i = 0; i < n; i++)
		if (v[i] / 1e6 > s->in.hi)
			s->in.hi = v[i] / 1e6;
	free(v);
}

struct sl_spread
sl_results_throughput(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads)
{
	double *v = sl_alloc_array(r->manifest.plan.rounds, sizeof *v);
	size_t n =
	    sl_results_values(r, workload, allocator, threads, SL_M_OPS, v);
	struct sl_spread s;

	for (size_t i = 0; i < n; i++)
		v[i] /= 1e6;
	s = sl_stat_spread(v, n);
	if (r->manifest.model)
		widen(r, workload, allocator, threads, &s);
	free(v);
	return s;
}

double
sl_results_per_1000(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads, enum sl_metric metric)
{
	double *v = sl_alloc_array(r->manifest.plan.rounds, sizeof *v), median;
	size_t n = 0;

	for (unsigned round = 1; round <= r->manifest.plan.rounds; round++) {
		const struct sl_result *res =
		    at(r, workload, allocator, threads, round);

		if (res->state == SL_RESULT_OK && !isnan(res->m[metric]) &&
		    res->m[SL_M_MALLOCS] > 0)
			v[n++] = 1000 * res->m[metric] / res->m[SL_M_MALLOCS];
	}
	median = sl_stat_median(v, n);
	free(v);
	return median;
}

const char *
sl_results_reference(const struct sl_results *r, size_t allocator)
{
	if (r->manifest.plan.allocators.v[allocator].kind == SL_KIND_GO)
		return "reference";
	return strcmp(sl_json_text(r->contexts[allocator], "variant_is_bound"),
		   "1")
		   ? NULL
		   : "bound";
}
