/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.c - sweep's command line.
 *
 * Called by main.c.  Nothing is created before all of it is understood.
 */
#define _GNU_SOURCE
#include "harness/driver/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/placement.h"
#include "harness/driver/preset.h"
#include "harness/driver/stats.h"

/* A decimal number within [min, max], all of s. */
static bool
parse_number(const char *s, int64_t min, int64_t max, int64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	*out = strtoll(s, &end, 10);
	return errno == 0 && *end == '\0' && *out >= min && *out <= max;
}

void
sl_counts_append(struct sl_counts *c, unsigned n)
{
	c->v = sl_realloc(c->v, (c->n + 1) * sizeof *c->v);
	c->v[c->n++] = n;
}

static bool
counts_add(struct sl_counts *out, int64_t n, char *why, size_t why_len)
{
	for (size_t i = 0; i < out->n; i++) {
		if (out->v[i] == (unsigned)n) {
			snprintf(why, why_len, "%d is given twice", (int)n);
			return false;
		}
	}
	sl_counts_append(out, (unsigned)n);
	return true;
}

/* One part of the list: "8" or "4..128". */
static bool
counts_part(struct sl_counts *out, char *part, char *why, size_t why_len)
{
	char *dots = strstr(part, "..");
	int64_t from, to, n;

	if (dots)
		*dots = '\0';
	if (!parse_number(part, 1, SL_THREADS_MAX, &from) ||
	    (dots && !parse_number(dots + 2, 1, SL_THREADS_MAX, &to))) {
		if (dots)
			*dots = '.';
		snprintf(why, why_len,
		    "'%.40s' is not a thread count (1 to %d) or a range such "
		    "as 4..128",
		    part, SL_THREADS_MAX);
		return false;
	}
	if (!dots)
		return counts_add(out, from, why, why_len);
	if (to < from) {
		snprintf(why, why_len, "the range %d..%d goes down", (int)from,
		    (int)to);
		return false;
	}
	for (n = from; n < to; n *= 2)
		if (!counts_add(out, n, why, why_len))
			return false;
	return counts_add(out, to, why, why_len);
}

static int
by_count(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool
sl_counts_parse(
    const char *text, struct sl_counts *out, char *why, size_t why_len)
{
	char *copy = sl_strdup(text), *rest = copy, *part;
	bool good = true;

	while (good && (part = strsep(&rest, ",")))
		good = counts_part(out, part, why, why_len);
	free(copy);
	if (good)
		qsort(out->v, out->n, sizeof *out->v, by_count);
	return good;
}

char *
sl_counts_text(const struct sl_counts *c)
{
	struct sl_text t = {0};

	sl_text_add(&t, "");
	for (size_t i = 0; i < c->n; i++)
		sl_text_addf(&t, "%s%u", i ? "," : "", c->v[i]);
	return t.s;
}

enum {
	OPT_ALLOCATORS = 256,
	OPT_WORKLOADS,
	OPT_THREADS,
	OPT_PRESET,
	OPT_OUTPUT,
	OPT_RESUME,
	OPT_DRY_RUN,
	OPT_SEED,
	OPT_ROUNDS,
	OPT_TIMEOUT,
	OPT_RETRIES,
	OPT_BUDGET,
	OPT_LATENCY,
	OPT_MEMORY,
	OPT_COUNTERS,
	OPT_ENGINE,
	OPT_SLURM_OPTIONS,
	OPT_TASK,
	OPT_PIN,
	OPT_NUMA,
	OPT_TRACE,
};

static const struct option options[] = {
    {"allocators", required_argument, NULL, OPT_ALLOCATORS},
    {"workloads", required_argument, NULL, OPT_WORKLOADS},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"preset", required_argument, NULL, OPT_PRESET},
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"resume", required_argument, NULL, OPT_RESUME},
    {"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"seed", required_argument, NULL, OPT_SEED},
    {"rounds", required_argument, NULL, OPT_ROUNDS},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"retries", required_argument, NULL, OPT_RETRIES},
    {"budget", required_argument, NULL, OPT_BUDGET},
    {"latency", required_argument, NULL, OPT_LATENCY},
    {"memory", required_argument, NULL, OPT_MEMORY},
    {"counters", no_argument, NULL, OPT_COUNTERS},
    {"engine", required_argument, NULL, OPT_ENGINE},
    {"slurm-options", required_argument, NULL, OPT_SLURM_OPTIONS},
    {"task", required_argument, NULL, OPT_TASK},
    {"pin", required_argument, NULL, OPT_PIN},
    {"numa", required_argument, NULL, OPT_NUMA},
    {"trace", required_argument, NULL, OPT_TRACE},
    {NULL, 0, NULL, 0},
};

static void
set_threads(struct sl_options *o, const char *text)
{
	char why[160];

	if (!sl_counts_parse(text, &o->threads, why, sizeof why))
		sl_die(SL_EXIT_USAGE, "--threads: %s", why);
}

/* "90", "1.5m", "2h": a number of seconds, minutes or hours. */
static double
duration(const char *option, const char *text)
{
	static const double unit_s[] = {1, 60, 3600};
	static const char units[] = "smh";
	const char *unit = NULL;
	double s = 0;
	char *end = NULL;

	if (isdigit((unsigned char)*text) || *text == '.')
		s = strtod(text, &end);
	if (end && *end && (unit = strchr(units, *end))) {
		s *= unit_s[unit - units];
		end++;
	}
	if (!end || *end || !isfinite(s) || s <= 0 || s > 86400)
		sl_die(SL_EXIT_USAGE,
		    "--%s: '%s' is not a time above 0 and at most a day: "
		    "seconds (90 or 90s), minutes (10m) or hours (2h)",
		    option, text);
	return s;
}

/* "9", or "9..20": by the stop rule. */
static void
set_rounds(struct sl_options *o, const char *text)
{
	char *least = sl_strdup(text), *dots = strstr(least, "..");
	int64_t from, to;
	bool good;

	if (dots)
		*dots = '\0';
	good = parse_number(least, 1, SL_ROUNDS_MAX, &from);
	to = from;
	if (dots)
		good = good && parse_number(dots + 2, 1, SL_ROUNDS_MAX, &to);
	free(least);
	if (!good)
		sl_die(SL_EXIT_USAGE,
		    "--rounds: '%s' is not a whole number from 1 to %d, or a "
		    "range such as 9..20",
		    text, SL_ROUNDS_MAX);
	if (dots && (to <= from || to < SL_STAT_PAIRED_FROM))
		sl_die(SL_EXIT_USAGE,
		    "--rounds: the range %s must end above its beginning, and "
		    "with at least %d rounds: fewer decide nothing",
		    text, SL_STAT_PAIRED_FROM);
	o->rounds = (unsigned)to;
	o->rounds_least = (unsigned)from;
}

static void
set_numbers(struct sl_options *o, int opt, const char *text)
{
	if (opt == OPT_RETRIES) {
		int64_t n;

		if (!parse_number(text, 0, SL_RETRIES_MAX, &n))
			sl_die(SL_EXIT_USAGE,
			    "--retries: '%s' is not a whole number from 0 to "
			    "%d",
			    text, SL_RETRIES_MAX);
		o->retries = (unsigned)n;
		o->has_retries = true;
		return;
	}
	if (opt == OPT_SEED) {
		if (!parse_number(text, 0, INT64_MAX, &o->seed))
			sl_die(SL_EXIT_USAGE,
			    "--seed: '%s' is not a whole number from 0 to "
			    "2^63-1",
			    text);
		o->has_seed = true;
		return;
	}
	set_rounds(o, text);
}

static void
set_observe(struct sl_observe *o, int opt, const char *text)
{
	int64_t n;
	char *end;

	if (opt == OPT_COUNTERS) {
		o->counters = true;
	} else if (opt == OPT_LATENCY) {
		if (!parse_number(text, 1, 1000000, &n))
			sl_die(SL_EXIT_USAGE,
			    "--latency: '%s' is not a whole number from 1 to "
			    "1000000",
			    text);
		o->latency = (unsigned)n;
	} else {
		o->memory_ms = strtod(text, &end);
		if (end == text || *end || !(o->memory_ms >= 0.1) ||
		    o->memory_ms > 60000)
			sl_die(SL_EXIT_USAGE,
			    "--memory: '%s' is not a number of milliseconds "
			    "from 0.1 to 60000",
			    text);
	}
}

static void
set_text(const char **where, const char *option, const char *text)
{
	if (!*text)
		sl_die(SL_EXIT_USAGE, "--%s: empty", option);
	*where = text;
}

static void
set_engine(struct sl_options *o, int opt, const char *text)
{
	int64_t n;

	if (opt == OPT_ENGINE) {
		if (strcmp(text, "local") && strcmp(text, "slurm"))
			sl_die(SL_EXIT_USAGE,
			    "--engine: '%s' is not local or slurm", text);
		o->engine = text;
	} else if (opt == OPT_SLURM_OPTIONS) {
		o->slurm_options = text;
	} else {
		if (!parse_number(text, 1, INT32_MAX, &n))
			sl_die(SL_EXIT_USAGE,
			    "--task: '%s' is not a whole number above 0", text);
		o->task = (unsigned)n;
	}
}

/* What getopt_long() did not take: name it, and the nearest that exists. */
static _Noreturn void
not_understood(char **argv, int opt)
{
	struct sl_names known = {0};
	const char *given = argv[optind - 1], *near;

	for (const struct option *p = options; p->name; p++)
		sl_names_add(&known, p->name);
	if (opt == ':')
		sl_die(SL_EXIT_USAGE, "sweep: %s needs a value", given);
	near = !strncmp(given, "--", 2) ? sl_names_nearest(&known, given + 2)
					: NULL;
	sl_die(SL_EXIT_USAGE, "sweep: unknown option '%s'%s%s%s", given,
	    near ? ", did you mean --" : " (see spanlab --help)",
	    near ? near : "", near ? "?" : "");
}

static void
set(struct sl_options *o, int opt, char **argv)
{
	switch (opt) {
	case OPT_ALLOCATORS:
		sl_names_split(&o->allocators, optarg);
		break;
	case OPT_WORKLOADS:
		sl_names_split(&o->workloads, optarg);
		break;
	case OPT_THREADS:
		set_threads(o, optarg);
		break;
	case OPT_PRESET:
		if (!sl_preset_get(optarg))
			sl_die(SL_EXIT_USAGE, "--preset: '%s' is not %s",
			    optarg, sl_preset_names());
		o->preset = optarg;
		break;
	case OPT_OUTPUT:
		set_text(&o->output, "output", optarg);
		break;
	case OPT_RESUME:
		set_text(&o->resume, "resume", optarg);
		break;
	case OPT_DRY_RUN:
		o->dry_run = true;
		break;
	case OPT_SEED:
	case OPT_ROUNDS:
	case OPT_RETRIES:
		set_numbers(o, opt, optarg);
		break;
	case OPT_TIMEOUT:
		o->timeout_s = duration("timeout", optarg);
		break;
	case OPT_BUDGET:
		o->budget_s = duration("budget", optarg);
		break;
	case OPT_LATENCY:
	case OPT_MEMORY:
	case OPT_COUNTERS:
		set_observe(&o->observe, opt, optarg);
		break;
	case OPT_ENGINE:
	case OPT_SLURM_OPTIONS:
	case OPT_TASK:
		set_engine(o, opt, optarg);
		break;
	case OPT_PIN:
		sl_placement_check_pin(optarg);
		o->pin = optarg;
		break;
	case OPT_NUMA:
		o->numa = optarg;
		break;
	case OPT_TRACE:
		set_text(&o->trace, "trace", optarg);
		break;
	default:
		not_understood(argv, opt);
	}
}

static void
check_engine(const struct sl_options *o)
{
	bool is_slurm = o->engine && !strcmp(o->engine, "slurm");

	if (o->task && !o->resume)
		sl_die(SL_EXIT_USAGE, "--task is of a sweep: --resume DIR");
	if (o->slurm_options && !is_slurm && !o->resume)
		sl_die(SL_EXIT_USAGE, "--slurm-options: say --engine slurm");
	if (is_slurm && o->budget_s > 0)
		sl_die(SL_EXIT_USAGE,
		    "--budget is the time of one machine: with --engine slurm "
		    "say --rounds");
	if (is_slurm && o->rounds_least < o->rounds)
		sl_die(SL_EXIT_USAGE,
		    "--rounds: with --engine slurm all cells are handed over "
		    "at once: say one number");
}

void
sl_options_parse(struct sl_options *o, int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1)
		set(o, opt, argv);
	if (optind < argc)
		sl_die(SL_EXIT_USAGE, "sweep: '%s' is not an option",
		    argv[optind]);
	if (o->resume && o->output)
		sl_die(SL_EXIT_USAGE,
		    "--resume goes on in its own folder: leave --output out");
	if (o->resume && (o->observe.latency || o->observe.memory_ms > 0 ||
			     o->observe.counters))
		sl_die(SL_EXIT_USAGE,
		    "--resume observes what the sweep began with: leave "
		    "--latency, --memory and --counters out");
	if (o->rounds_least < o->rounds && o->budget_s > 0)
		sl_die(SL_EXIT_USAGE,
		    "--budget chooses a number of rounds: leave it out where "
		    "--rounds is a range");
	if (o->resume && o->budget_s > 0)
		sl_die(SL_EXIT_USAGE,
		    "--resume has its rounds already: leave --budget out");
	check_engine(o);
	if (o->trace && !o->resume && o->workloads.n == 0)
		sl_names_add(&o->workloads, "trace");
	if (o->numa)
		sl_placement_check_numa(
		    o->numa, !o->engine || strcmp(o->engine, "slurm"));
}
