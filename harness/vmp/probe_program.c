/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe_program.c - the program spanlab-probe: a probe on the model, and what
 * came of it as one line of JSON.
 *
 * Run by spanlab vmp validate and spanlab vmp speed, one process per run; also
 * by hand.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/vmp/model_probe.h"
#include "harness/vmp/probes.h"

enum { EXIT_RUN = 1, EXIT_WRONG_USE = 2 };

static const char usage[] =
    "usage: spanlab-probe --profile=FILE [--set=KEY=VALUE]... [--threads=N]\n"
    "           [--cores=N] [--ops=N] [--think=CYCLES] [--seed=N] PROBE\n"
    "\n"
    "probes:\n";

static struct profile profile;
static struct model_probe how = {
    .profile = &profile, .threads = 1, .ops = 1000, .seed = 1};
static const char *name;

static _Noreturn void refuse(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

static _Noreturn void
refuse(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("spanlab-probe: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(EXIT_WRONG_USE);
}

static uint64_t
number(const char *arg, const char *text, uint64_t least, uint64_t most)
{
	uint64_t v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    v < least || v > most)
		refuse("%s: a number from %" PRIu64 " to %" PRIu64, arg, least,
		    most);
	return v;
}

static void
take(const char *arg)
{
	char why[PROFILE_WHY_MAX];
	const char *v = strchr(arg, '=');
	size_t len = v == NULL ? strlen(arg) : (size_t)(v - arg);
#define IS(option) (strncmp(arg, option, len) == 0 && option[len] == '\0')

	v = v == NULL ? "" : v + 1;
	if (arg[0] != '-')
		name = arg;
	else if (IS("--profile") ? !profile_read(&profile, v, why)
		 : IS("--set")   ? !profile_set(&profile, v, why)
				 : false)
		refuse("%s", why);
	else if (IS("--threads"))
		how.threads = (unsigned)number(arg, v, 1, MODEL_THREADS_MAX);
	else if (IS("--cores"))
		how.cores = (unsigned)number(arg, v, 1, PROFILE_CORES_MAX);
	else if (IS("--ops"))
		how.ops = (unsigned)number(arg, v, 1, 100000000);
	else if (IS("--think"))
		how.think = number(arg, v, 0, 100000000);
	else if (IS("--seed"))
		how.seed = number(arg, v, 0, UINT64_MAX);
	else if (!IS("--profile") && !IS("--set"))
		refuse("unknown option '%s'", arg);
#undef IS
}

static void
help(void)
{
	fputs(usage, stdout);
	for (const struct probe *p = probe_table; p->name != NULL; p++)
		printf("  %-14s %s\n", p->name, p->what);
}

/* Of this process's CPU. */
static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
tell(const struct model_counts *n, double host_s)
{
	printf("{\"kind\": \"modelled\", \"probe\": \"%s\", \"profile\": "
	       "\"%s\", \"ghz\": %.6g, \"threads\": %u, \"ops\": %u, "
	       "\"think\": %" PRIu64 ", \"seed\": %" PRIu64
	       ", \"cycles_per_op\": %.17g",
	    name, profile.name, profile.ghz, how.threads, how.ops, how.think,
	    how.seed, model_probe_cycles(&how, n));
#define C(count) printf(", \"" #count "\": %" PRIu64, n->count);
	MODEL_COUNTS(C)
#undef C
	printf(", \"makespan\": %" PRIu64 ", \"digest\": \"%016" PRIx64
	       "\", \"host_s\": %.9f}\n",
	    n->makespan, n->digest, host_s);
}

int
main(int argc, char **argv)
{
	char why[MODEL_WHY_MAX];
	struct model_counts n;
	const char *cannot;
	double begun;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			help();
			return 0;
		}
		take(argv[i]);
	}
	if (name == NULL)
		refuse("which probe? (see --help)");
	if (profile.ghz == 0)
		refuse("which machine? --profile=FILE");
	if (how.cores > profile.cores)
		refuse("--cores: %s has %" PRIu64, profile.name, profile.cores);
	cannot = model_init(how.threads);
	if (cannot != NULL)
		refuse("%s", cannot);
	begun = now_s();
	if (!model_probe_run(name, &how, &n, why)) {
		fprintf(stderr, "spanlab-probe: %s\n", why);
		return EXIT_RUN;
	}
	tell(&n, now_s() - begun);
	return fflush(stdout) == 0 ? 0 : EXIT_RUN;
}
