/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.c - what the bench programs have in common: their main().
 *
 * Called by bench.c and bench_mcentral.c.
 */
#define _GNU_SOURCE 1
#include "harness/program.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/args.h"
#include "harness/gb_shim.h"
#include "harness/list.h"
#include "harness/pin.h"
#include "harness/pool.h"
#include "harness/probe.h"
#include "harness/record.h"
#include "harness/replay.h"
#include "harness/say.h"
#include "harness/trial.h"

static const char usage[] =
    "  --workload=NAME[,NAME]  which workloads (those of the suite list);\n"
    "                          NAME:KEY=VALUE+KEY=VALUE sets parameters\n"
    "  --threads=LIST          such as 1,2,4..128; a..b doubles (1)\n"
    "  --seconds=S             the window of a trial (0.3)\n"
    "  --param=KEY=VALUE       a workload's parameter; ops=N makes the work\n"
    "                          fixed: N mallocs per thread\n"
    "  --scale=F               multiplies ops (1)\n"
    "  --reps=R                trials of each benchmark (1)\n"
    "  --seed=N                of the random numbers (1)\n"
    "  --pin=POLICY            binding of threads: none, compact, per-socket,\n"
    "                          scatter, smt-first, smt-last, flat (compact);\n"
    "                          none are bound if they are more than the\n"
    "                          processors, or they are with POLICY:wrap\n"
    "  --numa=MODE             where memory comes from: local, interleave,\n"
    "                          interleave:NODES, bind:NODES, preferred:NODE\n"
    "  --trace=FILE            what the workload trace does again, as written\n"
    "                          by SPANLAB_OPTIONS=trace=FILE\n"
    "  --latency=N             time one of N mallocs and frees, by path\n"
    "  --memory=MS             look at memory every MS milliseconds\n"
    "  --counters              what each thread had of its processor\n"
    "  --observed=FILE         where these go, as JSON; each costs time\n"
    "  --expect=ALLOCATOR      exit with 4 if another malloc answers\n"
    "  --list, --list-json     the workloads and their parameters; the\n"
    "                          latter of one with --workload=NAME\n"
    "  --whoami                which malloc answers, as JSON\n"
    "Google Benchmark's flags select and report: --benchmark_filter=REGEX,\n"
    "--benchmark_out=FILE, --benchmark_format=console|json|csv, ...\n"
    "Exit status: 0 good, 1 no memory or no thread, 2 usage, 3 the heap or an\n"
    "object is corrupt, 4 another allocator.\n";

/* One benchmark; lives as long as the program. */
struct bench {
	struct bench *next;
	struct sl_trial_config config;
	char name[96];
};

static struct {
	const struct sl_program *program;
	struct sl_args args;
	struct bench *benches;
	bool has_failed; /* a conservation check */
	char why[256];
} prog;

/* The objects that the heap holds, if a spanlab library answers. */
static bool
heap_check(const struct bench *b, const char *when, uint64_t *live)
{
	char why[200] = "";

	if (sl_probe_check(why, sizeof(why), live))
		return true;
	snprintf(prog.why, sizeof(prog.why), "heap check %s: %s", when, why);
	sl_say("%s: %s", b->name, prog.why);
	return false;
}

/* All that the trial allocated must be gone. */
static bool
conservation_check(const struct bench *b, uint64_t before, int64_t *delta)
{
	uint64_t after;

	*delta = 0;
	if (!heap_check(b, "after the trial", &after))
		return false;
	*delta = (int64_t)(after - before);
	if (*delta == 0)
		return true;
	snprintf(prog.why, sizeof(prog.why),
	    "conservation: %+" PRId64
	    " live objects after everything was freed",
	    *delta);
	sl_say("%s: %s", b->name, prog.why);
	return false;
}

static void
run_trial(struct sl_gb_state *st, void *arg)
{
	struct bench *b = arg;
	struct sl_trial_result r;
	uint64_t peak_kib;
	uint64_t live;
	int64_t delta = 0;
	bool is_ok;
	int error = sl_pool_grow(b->config.threads);

	if (error != 0)
		sl_quit(SL_EXIT_CANNOT, "cannot start %u threads: %s",
		    b->config.threads, strerror(error));
	is_ok = heap_check(b, "before the trial", &live);
	sl_probe_rss_reset();
	sl_trial_run(&b->config, &r);
	peak_kib = sl_probe_rss_peak_kib();
	is_ok = is_ok && conservation_check(b, live, &delta);
	b->config.round++;

	sl_record_trial(st, &b->config, &r);
	sl_gb_counter(st, "check_ok", is_ok);
	sl_gb_counter(st, "live_objects_delta", (double)delta);
	sl_gb_counter(st, "rss_peak_kib", (double)peak_kib);
	sl_gb_counter(st, "rss_after_kib", (double)sl_probe_rss_kib());
	if (!is_ok) {
		prog.has_failed = true;
		sl_gb_fail(st, prog.why);
	}
}

/* Set the parameters of the command line that this workload has; mark them
 * in `used`. */
static bool
params_apply(
    const struct sl_workload_entry *e, struct sl_param_values *v, bool *used)
{
	const struct sl_args *a = &prog.args;

	sl_param_defaults(e, v);
	for (unsigned i = 0; i < a->nparams; i++) {
		switch (sl_param_set(
		    e->wl, v, a->params[i], strlen(a->params[i]))) {
		case SL_PARAM_OK:
			used[i] = true;
			break;
		case SL_PARAM_UNKNOWN:
			break;
		case SL_PARAM_BAD_VALUE:
			sl_say("--param=%s: bad value for %s", a->params[i],
			    e->name);
			return false;
		}
	}
	return true;
}

static void
register_one(const struct sl_workload_entry *e, const struct sl_param_values *v,
    unsigned threads)
{
	const struct sl_args *a = &prog.args;
	struct bench *b = calloc(1, sizeof(*b));

	if (b == NULL)
		sl_trial_no_memory(sizeof(*b));
	b->config.name = b->name;
	b->config.wl = e->wl;
	b->config.values = *v;
	b->config.threads = threads;
	b->config.seed = a->seed;
	b->config.window_ns = (uint64_t)ceil(a->seconds * 1e9);
	b->config.scale = a->scale;
	snprintf(b->name, sizeof(b->name), "%s/T:%u", e->name, threads);
	b->next = prog.benches;
	prog.benches = b;
	sl_gb_register(b->name, run_trial, b, a->reps);
}

/* Says what is wrong with "key=value" (len bytes), and what would be right. */
static void
params_wrong(const struct sl_workload_entry *e, const char *text, size_t len)
{
	const struct sl_param *p = e->wl->params;
	size_t key = strcspn(text, "=+,");
	char known[256] = "";
	size_t at = 0;

	for (int i = 0; i < SL_PARAMS_MAX && p[i].name; i++) {
		if (strlen(p[i].name) == key && !memcmp(p[i].name, text, key)) {
			sl_say("%s: '%.*s': %s is %" PRId64 " to %" PRId64,
			    e->name, (int)len, text, p[i].name, p[i].min,
			    p[i].max);
			return;
		}
		if (at < sizeof(known))
			at += (size_t)snprintf(
			    known + at, sizeof(known) - at, "%s, ", p[i].name);
	}
	sl_say("%s: '%.*s': its parameters are %sops", e->name, (int)len, text,
	    known);
}

/* "size=64+objects=7": what follows a workload's name and a colon. */
static bool
params_of_name(const struct sl_workload_entry *e, struct sl_param_values *v,
    const char *text, size_t len)
{
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = strcspn(text, "+,");
		n = n < len ? n : len;
		if (sl_param_set(e->wl, v, text, n) != SL_PARAM_OK) {
			params_wrong(e, text, n);
			return false;
		}
		n += n < len;
	}
	return true;
}

/* `params` has len bytes. */
static bool
register_workload(const struct sl_workload_entry *e, bool *used,
    const char *params, size_t len)
{
	struct sl_param_values v;
	char key[96];
	char text[512];

	if (e->wl->needs_trace && sl_replay_plan() == NULL) {
		sl_say("%s: say which: --trace=FILE", e->name);
		return false;
	}
	if (!params_apply(e, &v, used) || !params_of_name(e, &v, params, len))
		return false;
	snprintf(key, sizeof(key), "params_%s", e->name);
	sl_param_print(e->wl, &v, text, sizeof(text));
	sl_gb_context(key, text);
	for (unsigned i = 0; i < prog.args.nthreads; i++)
		register_one(e, &v, prog.args.threads[i]);
	return true;
}

static bool
register_named(const char *names, bool *used)
{
	const struct sl_workload_entry *e;
	size_t len;
	size_t name;

	for (;;) {
		len = strcspn(names, ",");
		name = strcspn(names, ":,");
		e = sl_workload_find(prog.program->workloads, names, name);
		if (e == NULL) {
			sl_say("unknown workload \"%.*s\" (--list shows them)",
			    (int)name, names);
			return false;
		}
		if (!register_workload(e, used, names + name + (name < len),
			len - name - (name < len)))
			return false;
		if (names[len] == '\0')
			return true;
		names += len + 1;
	}
}

static bool
register_all(void)
{
	const struct sl_args *a = &prog.args;
	const struct sl_workload_entry *e;
	bool used[SL_ARGS_PARAMS_MAX] = {false};

	if (a->workloads != NULL) {
		if (!register_named(a->workloads, used))
			return false;
	} else {
		for (e = prog.program->workloads; e->name != NULL; e++)
			if (strcmp(e->suite, "list") == 0 &&
			    !register_workload(e, used, "", 0))
				return false;
	}
	for (unsigned i = 0; i < a->nparams; i++) {
		if (used[i])
			continue;
		sl_say("--param=%s: no chosen workload has this parameter",
		    a->params[i]);
		return false;
	}
	return true;
}

static bool
is_expected_allocator(void)
{
	const struct sl_probe *p = sl_probe_get();

	if (prog.args.expect == NULL ||
	    strcmp(prog.args.expect, p->allocator) == 0)
		return true;
	sl_say("expected %s, but malloc is %s (%s)", prog.args.expect,
	    p->allocator, p->path);
	return false;
}

/* --list-json with --workload: that one, with the values it would have. */
static int
list_one(void)
{
	const char *text = prog.args.workloads;
	size_t name = strcspn(text, ":"), len = strlen(text);
	const struct sl_workload_entry *e =
	    sl_workload_find(prog.program->workloads, text, name);
	struct sl_param_values v;

	if (e == NULL) {
		sl_say("unknown workload \"%.*s\" (--list shows them)",
		    (int)name, text);
		return SL_EXIT_USAGE;
	}
	sl_param_defaults(e, &v);
	if (name < len &&
	    !params_of_name(e, &v, text + name + 1, len - name - 1))
		return SL_EXIT_USAGE;
	printf("[\n");
	sl_list_json_entry(e, &v);
	printf("\n]\n");
	return 0;
}

/* --help and the lists; false: there is more to do. */
static bool
print_only(void)
{
	const struct sl_workload_entry *table = prog.program->workloads;

	if (prog.args.is_help)
		printf(
		    "usage: %s [options] [--benchmark_...]\nMeasures %s.\n%s",
		    program_invocation_short_name, prog.program->what, usage);
	else if (prog.args.is_list)
		sl_list_table(table);
	else if (prog.args.is_list_json)
		sl_list_json(table);
	else
		return false;
	return true;
}

static void
benches_free(void)
{
	struct bench *next;

	for (struct bench *b = prog.benches; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

/* What observing costs is said first. */
static bool
observe_open(void)
{
	const struct sl_observe_cost *c = sl_observe_cost();

	sl_observe_init(&prog.args.observe);
	if (prog.args.observed == NULL)
		return true;
	sl_say("observing costs: a reading of the clock %.1f ns, a timed "
	       "nothing %.0f ns, a record %.1f ns, the path %.1f ns, a look "
	       "at memory %.0f ns",
	    c->clock_ns, c->timed_ns, c->record_ns, 2 * c->paths_ns,
	    c->memory_ns);
	if (sl_observe_open(prog.args.observed))
		return true;
	sl_say("%s: %s", prog.args.observed, strerror(errno));
	return false;
}

int
sl_program_main(int argc, char **argv, const struct sl_program *p)
{
	prog.program = p;
	if (!sl_args_parse(&prog.args, &argc, argv))
		return SL_EXIT_USAGE;
	if (prog.args.is_list_json && prog.args.workloads != NULL)
		return list_one();
	if (print_only())
		return 0;
	p->probe();
	if (prog.args.is_whoami) {
		sl_list_whoami();
		return 0;
	}
	if (!is_expected_allocator())
		return SL_EXIT_ALLOCATOR;
	sl_gb_init(&argc, argv);
	if (argc > 1) {
		sl_say("unknown argument %s (--help lists them)", argv[1]);
		return SL_EXIT_USAGE;
	}
	if (prog.args.trace != NULL &&
	    !sl_replay_read(prog.args.trace, prog.why, sizeof(prog.why))) {
		sl_say("%s", prog.why);
		return SL_EXIT_USAGE;
	}
	if (!sl_pin_init(&prog.args.pin, prog.why, sizeof(prog.why))) {
		sl_say("%s", prog.why);
		return SL_EXIT_USAGE;
	}
	if (!register_all())
		return SL_EXIT_USAGE;
	sl_record_context(&prog.args);
	if (isatty(STDERR_FILENO))
		sl_say("a warning that the library is a DEBUG build concerns "
		       "Debian's Google Benchmark; time is measured here");
	if (!observe_open())
		return SL_EXIT_CANNOT;
	if (sl_gb_run() == 0) {
		sl_say("the filter selects nothing");
		return SL_EXIT_USAGE;
	}
	if (prog.args.observed != NULL && !sl_observe_close()) {
		sl_say("%s: cannot write it", prog.args.observed);
		return SL_EXIT_CANNOT;
	}
	sl_pool_end();
	benches_free();
	return prog.has_failed ? SL_EXIT_CHECK : 0;
}
