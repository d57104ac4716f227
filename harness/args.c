/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * args.c - the command line of the bench programs.
 *
 * Called by their main thread, at the beginning.
 */
#include "harness/args.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/say.h"

/* What follows "--name="; NULL if it is another flag. */
static const char *
value_of(const char *arg, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(arg, name, len) != 0 || arg[len] != '=')
		return NULL;
	return arg + len + 1;
}

static bool
complain(const char *flag, const char *text, const char *want)
{
	sl_say("--%s=%s: %s", flag, text, want);
	return false;
}

static bool
parse_u64(const char *text, const char **end, uint64_t *out)
{
	char *e;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &e, 10);
	*end = e;
	return errno == 0;
}

static bool
parse_positive(const char *text, double max, double *out)
{
	char *end;

	errno = 0;
	*out = strtod(text, &end);
	return errno == 0 && end != text && *end == '\0' && isfinite(*out) &&
	       *out > 0 && *out <= max;
}

static void
threads_add(struct sl_args *a, unsigned n)
{
	for (unsigned i = 0; i < a->nthreads; i++)
		if (a->threads[i] == n)
			return;
	a->threads[a->nthreads++] = n;
}

bool
sl_args_threads(struct sl_args *a, const char *text)
{
	uint64_t from;
	uint64_t to;

	a->nthreads = 0;
	for (;;) {
		if (!parse_u64(text, &text, &from) || from < 1 ||
		    from > SL_THREADS_MAX)
			return false;
		to = from;
		if (strncmp(text, "..", 2) == 0 &&
		    (!parse_u64(text + 2, &text, &to) || to < from ||
			to > SL_THREADS_MAX))
			return false;
		for (; from < to; from *= 2)
			threads_add(a, (unsigned)from);
		threads_add(a, (unsigned)to);
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			return false;
	}
}

static bool
parse_pin(struct sl_args *a, const char *v)
{
	char want[200] = "must be none or a policy, which may end in :wrap:";

	a->pin.is_asked = true;
	if (sl_place_parse(v, &a->pin.place))
		return true;
	for (int i = SL_PLACE_NONE + 1; i < SL_PLACE_POLICIES; i++) {
		strcat(want, " ");
		strcat(want, sl_place_name((enum sl_place_policy)i));
	}
	return complain("pin", v, want);
}

/* What of it this machine has, sl_pin_init() knows. */
static bool
parse_numa(struct sl_args *a, const char *v)
{
	a->pin.numa = v;
	return true;
}

static bool
parse_seed(struct sl_args *a, const char *v)
{
	const char *end;

	if (!parse_u64(v, &end, &a->seed) || *end != '\0')
		return complain("seed", v, "must be a whole number");
	return true;
}

static bool
parse_reps(struct sl_args *a, const char *v)
{
	const char *end;
	uint64_t n;

	if (!parse_u64(v, &end, &n) || *end != '\0' || n < 1 || n > 1000000)
		return complain("reps", v, "must be 1 to 1000000");
	a->reps = (int)n;
	return true;
}

static bool
parse_threads(struct sl_args *a, const char *v)
{
	if (sl_args_threads(a, v))
		return true;
	return complain(
	    "threads", v, "must be a list of 1 to 1024, such as 1,2,4..128");
}

static bool
parse_seconds(struct sl_args *a, const char *v)
{
	if (parse_positive(v, 86400, &a->seconds))
		return true;
	return complain("seconds", v, "must be above 0, at most 86400");
}

static bool
parse_scale(struct sl_args *a, const char *v)
{
	if (parse_positive(v, 1e6, &a->scale))
		return true;
	return complain("scale", v, "must be above 0, at most 1000000");
}

static bool
parse_param(struct sl_args *a, const char *v)
{
	if (strchr(v, '=') == NULL)
		return complain("param", v, "must be KEY=VALUE");
	if (a->nparams == SL_ARGS_PARAMS_MAX)
		return complain("param", v, "too many");
	a->params[a->nparams++] = v;
	return true;
}

static bool
parse_workload(struct sl_args *a, const char *v)
{
	a->workloads = v;
	return true;
}

static bool
parse_expect(struct sl_args *a, const char *v)
{
	a->expect = v;
	return true;
}

static bool
parse_trace(struct sl_args *a, const char *v)
{
	a->trace = v;
	return true;
}

static bool
parse_latency(struct sl_args *a, const char *v)
{
	const char *end;
	uint64_t n;

	if (!parse_u64(v, &end, &n) || *end != '\0' || n < 1 || n > 1000000)
		return complain("latency", v, "must be 1 to 1000000");
	a->observe.every = (uint32_t)n;
	return true;
}

static bool
parse_memory(struct sl_args *a, const char *v)
{
	double ms;

	if (!parse_positive(v, 60000, &ms) || ms < 0.1)
		return complain(
		    "memory", v, "must be 0.1 to 60000 milliseconds");
	a->observe.period_ns = (uint64_t)(ms * 1e6);
	return true;
}

static bool
parse_observed(struct sl_args *a, const char *v)
{
	a->observed = v;
	return true;
}

static const struct {
	const char *name;
	bool (*parse)(struct sl_args *, const char *value);
} flags[] = {
    {"--workload", parse_workload},
    {"--threads", parse_threads},
    {"--seed", parse_seed},
    {"--seconds", parse_seconds},
    {"--scale", parse_scale},
    {"--reps", parse_reps},
    {"--pin", parse_pin},
    {"--numa", parse_numa},
    {"--param", parse_param},
    {"--expect", parse_expect},
    {"--trace", parse_trace},
    {"--latency", parse_latency},
    {"--memory", parse_memory},
    {"--observed", parse_observed},
};

/* -1: not one of ours; 0: ours, and wrong; 1: taken. */
static int
parse_one(struct sl_args *a, const char *arg)
{
	const char *v;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(arg, flags[i].name) == 0) {
			sl_say("%s needs a value: %s=...", arg, arg);
			return 0;
		}
		v = value_of(arg, flags[i].name);
		if (v != NULL)
			return flags[i].parse(a, v);
	}
	if (strcmp(arg, "--list") == 0)
		return a->is_list = true;
	if (strcmp(arg, "--list-json") == 0)
		return a->is_list_json = true;
	if (strcmp(arg, "--counters") == 0)
		return a->observe.counts = true;
	if (strcmp(arg, "--whoami") == 0)
		return a->is_whoami = true;
	if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		return a->is_help = true;
	return -1;
}

bool
sl_args_parse(struct sl_args *a, int *argc, char **argv)
{
	int kept = 1;
	int taken;

	memset(a, 0, sizeof(*a));
	a->threads[0] = 1;
	a->nthreads = 1;
	a->seed = 1;
	a->seconds = 0.3;
	a->scale = 1;
	a->reps = 1;
	a->pin.place.policy = SL_PLACE_COMPACT;
	for (int i = 1; i < *argc; i++) {
		taken = parse_one(a, argv[i]);
		if (taken == 0)
			return false;
		if (taken > 0)
			continue;
		if (strncmp(argv[i], "--benchmark_", 12) != 0 &&
		    strncmp(argv[i], "--v=", 4) != 0) {
			sl_say(
			    "unknown argument %s (--help lists them)", argv[i]);
			return false;
		}
		argv[kept++] = argv[i];
	}
	if ((a->observe.every != 0 || a->observe.period_ns != 0 ||
		a->observe.counts) != (a->observed != NULL)) {
		sl_say("--latency, --memory and --counters go with "
		       "--observed=FILE, and it with one of them");
		return false;
	}
	argv[kept] = NULL;
	*argc = kept;
	return true;
}
