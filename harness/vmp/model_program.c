/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_program.c - the programs vmp-VARIANT: workloads over core and a set, on
 * the model; see model_program.h.
 *
 * Run by the program spanlab, one process per cell; also by hand.  They take
 * what spanlab-bench takes, and report as it does.
 */
#define _GNU_SOURCE 1
#include "harness/vmp/model_program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/spanlab.h"
#include "harness/probe.h"
#include "harness/program.h"
#include "harness/say.h"
#include "harness/table.h"
#include "harness/trial.h"
#include "harness/vmp/model_band.h"

static const char usage[] =
    "  --profile=FILE          the machine that is modelled; this comes first\n"
    "  --set=KEY=VALUE         another value of one of its keys\n"
    "  --cores=N               of its cores, used by the threads (as many as\n"
    "                          threads, up to all)\n"
    "  --think=CYCLES          of other work before each malloc and free,\n"
    "                          on average; between half of it and one and a\n"
    "                          half, at random (20)\n"
    "  --no-band               do not vary what is not known of a machine\n"
    "  --print-profile         as it was understood\n"
    "and what follows, in virtual time:\n";

enum { TABLE_MAX = 256, HOT_MAX = 4, LABEL_MAX = 1024 };

struct model_program model_program = {.think = 20};

static struct {
	bool has_profile, no_band, print_profile, is_help;
	unsigned cores; /* 0: as many as threads */
} args;

/* --- workloads ------------------------------------------------------------ */

/* Each line of the table once more, with run() and finish() of ours. */
static struct sl_workload_entry table[TABLE_MAX];
static struct sl_workload workloads[TABLE_MAX];
static _Atomic(uint64_t) operations; /* of the timed part */
static struct model_counts timed;    /* and what it cost */
static bool is_timed;
static char label[LABEL_MAX];

static const struct sl_workload *
real_workload(const struct sl_trial *t)
{
	size_t i = (size_t)(t->config->wl - workloads);

	return sl_workload_table[i].wl;
}

/* The engine's own gate is a place where all threads meet, too. */
static void
run(struct sl_worker *w)
{
	const struct sl_workload *real = real_workload(w->trial);

	model_gate();
	is_timed = true;
	w->start_ns = sl_clock_ns();
	real->run(w);
	operations += real->counts_frees ? w->frees : w->mallocs;
}

static size_t add_text(size_t at, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static size_t
add_text(size_t at, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(label + at, sizeof(label) - at, fmt, ap);
	va_end(ap);
	at += n < 0 ? 0 : (size_t)n;
	return at < sizeof(label) ? at : sizeof(label) - 1;
}

/* "NAME 1.20/op, ...; FILE:LINE f() 45%, ..." */
static void
make_label(void)
{
	struct model_line lines[HOT_MAX];
	struct model_site sites[HOT_MAX];
	size_t n = model_hot_lines(lines, HOT_MAX), at = 0;
	double all = (double)(timed.miss_cycles == 0 ? 1 : timed.miss_cycles);
	double ops = (double)(operations == 0 ? 1 : operations);

	for (size_t i = 0; i < n; i++)
		at = add_text(at, "%s%s %.3f/op", i == 0 ? "" : ", ",
		    lines[i].name, (double)lines[i].transfers / ops);
	at = add_text(at, ";");
	n = model_hot_sites(sites, HOT_MAX);
	for (size_t i = 0; i < n; i++)
		at = add_text(at, "%s %s %.0f%%", i == 0 ? "" : ",",
		    sites[i].place, 100 * (double)sites[i].cycles / all);
}

void
model_program_job_ended(void)
{
	if (!is_timed)
		return;
	is_timed = false;
	timed = model_program.counts;
	if (!model_band_is_part())
		make_label();
}

/* The counters are those of the run; its drain is over, too. */
static void
finish(struct sl_trial *t)
{
	const struct sl_workload *real = real_workload(t);
	double ops_per_s = (double)operations * model_program.profile.ghz *
			   1e9 / (double)timed.makespan;

	if (real->finish != NULL)
		real->finish(t);
	if (model_band_is_part()) {
		model_band_tell(ops_per_s);
		operations = 0;
		return;
	}
#define C(name) sl_trial_figure(t, "vmp_" #name, (double)timed.name);
	MODEL_COUNTS(C)
#undef C
	sl_trial_figure(t, "vmp_cores", model_program.config.cores);
	if (!args.no_band) {
		struct model_band b = model_band_wait(ops_per_s);

		sl_trial_figure(t, "vmp_band_low_ops_per_s", b.low);
		sl_trial_figure(t, "vmp_band_high_ops_per_s", b.high);
		sl_trial_figure(t, "vmp_band_runs", b.runs);
	}
	t->result->label = label;
	operations = 0;
}

static void
make_table(void)
{
	size_t i;

	for (i = 0; sl_workload_table[i].name != NULL; i++) {
		if (i + 1 == TABLE_MAX)
			sl_quit(SL_EXIT_CANNOT, "more than %d workloads",
			    TABLE_MAX - 1);
		workloads[i] = *sl_workload_table[i].wl;
		workloads[i].run = run;
		workloads[i].finish = finish;
		table[i] = sl_workload_table[i];
		table[i].wl = &workloads[i];
	}
}

/* --- the command line ----------------------------------------------------- */

static _Noreturn void
refuse(const char *why)
{
	sl_quit(SL_EXIT_USAGE, "%s", why);
}

static uint64_t
number(const char *name, const char *text, uint64_t least, uint64_t most)
{
	uint64_t v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    v < least || v > most)
		sl_quit(SL_EXIT_USAGE,
		    "%s=%s: a number from %" PRIu64 " to %" PRIu64, name, text,
		    least, most);
	return v;
}

static void
need_profile(const char *arg)
{
	if (!args.has_profile)
		sl_quit(SL_EXIT_USAGE, "%s: --profile=FILE comes first", arg);
}

/* Is it one of ours, and not the harness's? */
static bool
take(const char *arg)
{
	char why[PROFILE_WHY_MAX];
	const char *v = strchr(arg, '=');
	size_t len = v == NULL ? strlen(arg) : (size_t)(v - arg);
#define IS(name) (strncmp(arg, name, len) == 0 && name[len] == '\0')

	v = v == NULL ? "" : v + 1;
	if (IS("--profile")) {
		if (!profile_read(&model_program.profile, v, why))
			refuse(why);
		args.has_profile = true;
	} else if (IS("--set")) {
		need_profile(arg);
		if (!profile_set(&model_program.profile, v, why))
			refuse(why);
	} else if (IS("--cores")) {
		need_profile(arg);
		args.cores = (unsigned)number(
		    "--cores", v, 1, model_program.profile.cores);
	} else if (IS("--think")) {
		model_program.think = number("--think", v, 0, 1000000);
	} else if (IS("--no-band")) {
		args.no_band = true;
	} else if (IS("--print-profile")) {
		args.print_profile = true;
	} else {
		/* That one is the harness's too. */
		args.is_help |= IS("--help") || IS("-h") || IS("--list-json") ||
				IS("--list") || IS("--whoami");
		if (IS("--seed"))
			model_program.config.seed =
			    number("--seed", v, 0, UINT64_MAX);
		return false;
	}
#undef IS
	return true;
}

static void
probe(void)
{
	static const struct sl_probe_calls calls = {
	    .variant = sl_variant,
	    .identity = sl_identity,
	    .mode = sl_variant_mode,
	    .relink_percent = sl_relink_percent,
	    .options_text = sl_options_text,
	    .stats_read = sl_stats_read,
	    .stats_classes = sl_stats_classes,
	    .heap_check = sl_heap_check,
	};

	sl_free(sl_mallocgc(1, true, false)); /* while it is alone */
	/* A set has four bags for each class (core/mcentral.h). */
	model_name_classes(4 * sl_heap_live(NULL, 0));
	sl_probe_init_with(&calls);
}

static void
parse(int *argc, char **argv)
{
	struct model_program *m = &model_program;
	int n = 1;

	m->config.seed = 1;
	for (int i = 1; i < *argc; i++)
		if (!take(argv[i]))
			argv[n++] = argv[i];
	argv[n] = NULL;
	*argc = n;
	if (!args.has_profile && !args.is_help)
		refuse("which machine? --profile=FILE");
	m->config.profile = &m->profile;
	m->config.cores =
	    args.cores != 0 ? args.cores : (unsigned)m->profile.cores;
}

int
main(int argc, char **argv)
{
	static const struct sl_program program = {
	    .what = "workloads over core and a set, on the model of a machine",
	    .workloads = table,
	    .probe = probe,
	};

	parse(&argc, argv);
	if (args.print_profile) {
		profile_print(&model_program.profile, stdout);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			fputs(usage, stdout);
	make_table();
	if (!args.no_band && !args.is_help)
		model_band_start(&model_program.profile, &argc, argv);
	return sl_program_main(argc, argv, &program);
}
