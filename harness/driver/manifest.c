/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * manifest.c - sweep.json: what a sweep was asked for, where and when it ran.
 *
 * Called by sweep.c and the report.  A file that was damaged or edited is
 * refused in one line: names in it become file names.
 */
#include "harness/driver/manifest.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/spec.h"
#include "harness/numa.h"
#include "harness/place.h"

static json_t *
plan_to_json(const struct sl_plan *p)
{
	json_t *allocators = json_array(), *workloads = json_array();
	json_t *threads = json_array();

	for (size_t i = 0; i < p->allocators.n; i++) {
		const struct sl_allocator *a = &p->allocators.v[i];

		json_array_append_new(allocators,
		    json_pack("{s:s, s:s, s:s?, s:s, s:s, s:s?}", "name",
			a->name, "kind", sl_allocator_kind_text(a->kind),
			"path", a->path, "options", a->options, "digest",
			a->digest, "package", a->package));
	}
	for (size_t i = 0; i < p->workloads.n; i++) {
		const struct sl_workload *w = &p->workloads.v[i];

		json_array_append_new(workloads,
		    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b}",
			"name", w->name, "stresses", w->summary, "source",
			w->source, "mcentral", w->touch, "suite", w->suite,
			"params", w->params, "operation", w->operation,
			"least_threads", (int)w->least_threads, "control",
			(int)w->control));
	}
	for (size_t i = 0; i < p->threads.n; i++)
		json_array_append_new(
		    threads, json_integer((json_int_t)p->threads.v[i]));
	return json_pack("{s:s, s:s, s:I, s:i, s:i, s:b, s:f, s:f, s:f, s:i, "
			 "s:o, s:o, s:o, s:i, "
			 "s:f, s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}",
	    "preset", p->preset, "spanlab_options", p->environment, "seed",
	    (json_int_t)p->seed, "rounds", (int)p->rounds, "rounds_least",
	    (int)(p->rounds_least ? p->rounds_least : p->rounds),
	    "rounds_chosen", (int)p->rounds_chosen, "window_s", p->window_s,
	    "scale", p->scale, "timeout_s", p->timeout_s, "retries",
	    (int)p->retries, "threads", threads, "allocators", allocators,
	    "workloads", workloads, "latency", (int)p->observe.latency,
	    "memory_ms", p->observe.memory_ms, "counters",
	    (int)p->observe.counters, "pin", p->pin ? p->pin : "", "pin_order",
	    p->pin_order ? p->pin_order : "", "numa", p->numa ? p->numa : "",
	    "trace", p->trace ? p->trace : "", "trace_digest",
	    p->trace_digest ? p->trace_digest : "", "engine",
	    p->slurm ? "slurm" : "local", "slurm_options", p->slurm, "left_out",
	    p->left_out);
}

int
sl_manifest_write(const struct sl_manifest *m, const char *dir)
{
	json_t *o = json_pack(
	    "{s:i, s:s, s:s, s:s, s:s, s:s, s:s?, s:O, s:o, s:O, s:O}",
	    "schema", SL_MANIFEST_SCHEMA, "name", m->name, "spanlab_version",
	    m->version, "git_rev", m->revision, "bench_digest", m->bench_digest,
	    "started", m->started, "finished", m->finished, "command",
	    m->command, "plan", plan_to_json(&m->plan), "host", m->host,
	    "sessions", m->sessions);
	char *text, *path;
	int err;

	if (o && m->model)
		json_object_set(o, "model", m->model);
	text = o ? json_dumps(o, JSON_INDENT(1)) : NULL;
	json_decref(o);
	if (!text)
		return EILSEQ; /* a name that is not UTF-8 */
	path = sl_printf("%s/sweep.json", dir);
	err = sl_file_write_durable(path, text, strlen(text));
	free(path);
	free(text);
	return err;
}

static bool
read_threads(const json_t *list, struct sl_counts *out)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		json_int_t n = json_integer_value(v);

		if (n < 1 || n > SL_THREADS_MAX ||
		    (i && n <= (json_int_t)out->v[i - 1]))
			return false;
		sl_counts_append(out, (unsigned)n);
	}
	return out->n > 0;
}

static bool
read_allocators(const json_t *list, struct sl_allocators *out)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		const char *name = sl_json_text(v, "name");
		const char *path = sl_json_text(v, "path");
		const char *package = sl_json_text(v, "package");
		const char *options = sl_json_text(v, "options");
		enum sl_allocator_kind kind;
		struct sl_allocator *a;

		if (!sl_spec_series_valid(name) ||
		    sl_allocators_get(out, name) ||
		    !sl_spec_options_valid(options) ||
		    !sl_allocator_kind_parse(sl_json_text(v, "kind"), &kind) ||
		    (kind != SL_KIND_SYSTEM && !*path))
			return false;
		sl_allocators_add(out, name, kind, *path ? path : NULL);
		a = &out->v[out->n - 1];
		strncpy(
		    a->digest, sl_json_text(v, "digest"), sizeof a->digest - 1);
		a->package = *package ? sl_strdup(package) : NULL;
		free(a->options);
		a->options = sl_strdup(options);
	}
	return out->n > 0;
}

static bool
read_workloads(const json_t *list, struct sl_workloads *out)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		const char *name = sl_json_text(v, "name");

		if (!sl_workload_name_valid(name) ||
		    sl_workloads_get(out, name))
			return false;
		sl_workloads_add_json(out, v);
	}
	return out->n > 0;
}

/* NULL, or what is wrong. */
static const char *
read_plan(const json_t *o, struct sl_plan *p)
{
	const json_t *seed = json_object_get(o, "seed");
	double rounds = sl_json_number(o, "rounds", 0), least, retries;
	struct sl_place place;

	p->preset = sl_strdup(sl_json_text(o, "preset"));
	p->environment = sl_strdup(sl_json_text(o, "spanlab_options"));
	p->seed = json_integer_value(seed);
	p->rounds_chosen = json_is_true(json_object_get(o, "rounds_chosen"));
	p->observe.latency = (unsigned)sl_json_number(o, "latency", 0);
	p->observe.memory_ms = sl_json_number(o, "memory_ms", 0);
	p->observe.counters = json_is_true(json_object_get(o, "counters"));
	p->pin = sl_strdup(sl_json_text(o, "pin"));
	p->pin_order = sl_strdup(sl_json_text(o, "pin_order"));
	p->numa = sl_strdup(sl_json_text(o, "numa"));
	p->trace = sl_strdup(sl_json_text(o, "trace"));
	p->trace_digest = sl_strdup(sl_json_text(o, "trace_digest"));
	if (*sl_json_text(o, "left_out"))
		p->left_out = sl_strdup(sl_json_text(o, "left_out"));
	p->window_s = sl_json_number(o, "window_s", 0);
	p->scale = sl_json_number(o, "scale", 0);
	p->timeout_s = sl_json_number(o, "timeout_s", 0);
	retries = sl_json_number(o, "retries", 0);
	if (!(retries >= 0 && retries <= SL_RETRIES_MAX))
		return "bad number of retries";
	p->retries = (unsigned)retries;
	if (!strcmp(sl_json_text(o, "engine"), "slurm"))
		p->slurm = sl_strdup(sl_json_text(o, "slurm_options"));
	if (!json_is_integer(seed) || p->seed < 0)
		return "no seed";
	if (!(rounds >= 1 && rounds <= SL_ROUNDS_MAX))
		return "no number of rounds";
	p->rounds = (unsigned)rounds;
	least = sl_json_number(o, "rounds_least", rounds);
	if (!(least >= 1 && least <= rounds))
		return "no least number of rounds";
	p->rounds_least = (unsigned)least;
	if (!(p->window_s > 0 && p->scale > 0 && p->timeout_s > 0))
		return "no window, scale or timeout";
	if (!read_threads(json_object_get(o, "threads"), &p->threads))
		return "bad thread counts";
	if (!read_allocators(json_object_get(o, "allocators"), &p->allocators))
		return "bad allocators";
	if (!read_workloads(json_object_get(o, "workloads"), &p->workloads))
		return "bad workloads";
	if (*p->pin && !sl_place_parse(p->pin, &place))
		return "no such policy of threads";
	if (*p->numa && !sl_numa_is_mode(p->numa))
		return "no such policy of memory";
	if (sl_plan_cells_per_round(p) > 1000000 / p->rounds)
		return "more than a million cells";
	return NULL;
}

static json_t *
take(const json_t *o, const char *key, json_t *otherwise)
{
	json_t *v = json_object_get(o, key);

	if (!v || json_typeof(v) != json_typeof(otherwise))
		return otherwise;
	json_decref(otherwise);
	return json_incref(v);
}

bool
sl_manifest_read(struct sl_manifest *m, const char *dir, char **why)
{
	char *path = sl_printf("%s/sweep.json", dir), *text;
	const char *wrong = NULL, *finished;
	json_error_t error;
	json_t *o = NULL;

	*m = (struct sl_manifest){0};
	text = sl_file_read(path, NULL);
	if (!text) {
		*why = sl_printf("%s is not a sweep's folder (%s: %s)", dir,
		    "sweep.json", strerror(errno));
		free(path);
		return false;
	}
	o = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	free(text);
	if (!json_is_object(o)) {
		*why = o ? sl_printf("%s: not a JSON object", path)
			 : sl_printf(
			       "%s: line %d: %s", path, error.line, error.text);
	} else if (sl_json_number(o, "schema", 0) != SL_MANIFEST_SCHEMA) {
		*why =
		    sl_printf("%s: schema is not %d", path, SL_MANIFEST_SCHEMA);
	} else if ((wrong = read_plan(json_object_get(o, "plan"), &m->plan))) {
		*why = sl_printf("%s: plan: %s", path, wrong);
	} else {
		*why = NULL;
		m->name = sl_strdup(sl_json_text(o, "name"));
		m->version = sl_strdup(sl_json_text(o, "spanlab_version"));
		m->revision = sl_strdup(sl_json_text(o, "git_rev"));
		m->started = sl_strdup(sl_json_text(o, "started"));
		strncpy(m->bench_digest, sl_json_text(o, "bench_digest"),
		    sizeof m->bench_digest - 1);
		finished = sl_json_text(o, "finished");
		m->finished = *finished ? sl_strdup(finished) : NULL;
		m->command = take(o, "command", json_array());
		m->host = take(o, "host", json_object());
		m->model = json_incref(json_object_get(o, "model"));
		m->sessions = take(o, "sessions", json_array());
	}
	json_decref(o);
	free(path);
	return *why == NULL;
}

void
sl_manifest_destroy(struct sl_manifest *m)
{
	sl_allocators_destroy(&m->plan.allocators);
	sl_workloads_destroy(&m->plan.workloads);
	free(m->plan.threads.v);
	free(m->plan.preset);
	free(m->plan.environment);
	free(m->plan.slurm);
	free(m->plan.left_out);
	free(m->plan.pin);
	free(m->plan.pin_order);
	free(m->plan.numa);
	free(m->plan.trace);
	free(m->plan.trace_digest);
	free(m->name);
	free(m->version);
	free(m->revision);
	free(m->started);
	free(m->finished);
	json_decref(m->command);
	json_decref(m->host);
	json_decref(m->model);
	json_decref(m->sessions);
}
