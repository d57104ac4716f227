/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_calibrate.c - the command `spanlab vmp calibrate`: measures this machine
 * and writes a profile of it.
 *
 * Called by vmp.c and vmp_validate_host.c.
 */
#define _GNU_SOURCE
#include "harness/driver/vmp_calibrate.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/vmp.h"

enum {
	BATCHES = HOST_BATCHES_MAX,
	BATCHES_QUICK = 31,
	PROBE_OPS = 500,
};

static void
measure_loops(struct sl_calibration *c)
{
	for (int i = 0; i < HOST_NLOOPS; i++)
		host_loop_run((enum host_loop)i, c->batches, &c->loop[i]);
}

static void
measure_lines(struct sl_calibration *c)
{
	for (int d = 0; d < SL_N_DISTANCES; d++) {
		const int cpus[2] = {c->places.first, c->places.other[d]};

		if (cpus[1] >= 0 &&
		    !host_lines_run(cpus, c->batches, &c->lines[d]))
			memset(&c->lines[d], 0, sizeof c->lines[d]);
	}
}

static void
measure_probe(
    struct sl_calibration *c, const char *name, struct host_samples *out)
{
	struct host_probe p = {.name = name,
	    .threads = 2,
	    .cpus = {c->places.first, sl_places_second(&c->places)},
	    .ops = PROBE_OPS,
	    .batches = c->batches};

	if (p.cpus[1] < 0 || !host_probe_run(&p, out))
		out->n = 0;
}

static void
measure_kernel(struct sl_calibration *c)
{
	const int cpus[2] = {c->places.first, sl_places_second(&c->places)};
	struct timespec t;

	if (!host_kernel_run(cpus, c->batches, &c->kernel))
		memset(&c->kernel, 0, sizeof c->kernel);
	if (sched_rr_get_interval(0, &t) == 0)
		c->quantum_ns = (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void
sl_calibration_measure(struct sl_calibration *c, bool is_quick)
{
	cpu_set_t before, one;
	bool is_bound = sched_getaffinity(0, sizeof before, &before) == 0;

	memset(c, 0, sizeof *c);
	c->batches = is_quick ? BATCHES_QUICK : BATCHES;
	sl_places_find(&c->places);
	CPU_ZERO(&one);
	CPU_SET((unsigned)c->places.first, &one);
	if (is_bound)
		sched_setaffinity(0, sizeof one, &one);
	measure_loops(c);
	if (is_bound)
		sched_setaffinity(0, sizeof before, &before);
	measure_lines(c);
	measure_probe(c, "cas-ping-pong", &c->swap);
	measure_probe(c, "fetch-add", &c->add);
	measure_kernel(c);
}

/* By the reader of profiles itself. */
static void
check(const char *text, struct profile *profile)
{
	char why[PROFILE_WHY_MAX], path[64];
	int fd = memfd_create("profile", MFD_CLOEXEC);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		sl_die(SL_EXIT_CANNOT, "no memory for a profile: %s",
		    strerror(errno));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (!profile_read(profile, path, why))
		sl_die(SL_EXIT_CANNOT,
		    "what was measured here makes no profile: %s", why);
	close(fd);
}

char *
sl_calibrate(bool is_quick, struct profile *profile)
{
	static struct sl_calibration c;
	char *file = sl_vmp_profile_path("2x64"), *text;
	char why[PROFILE_WHY_MAX];
	struct profile others;

	if (!profile_read(&others, file, why))
		sl_die(SL_EXIT_CANNOT, "%s", why);
	free(file);
	sl_calibration_measure(&c, is_quick);
	if (sl_places_second(&c.places) < 0)
		sl_complain("this process may use one CPU: what lines cost "
			    "between two is assumed, not measured");
	text = sl_calibration_text(&c, &others);
	check(text, profile);
	return text;
}

int
sl_vmp_calibrate(int argc, char **argv)
{
	static const struct option options[] = {
	    {"output", required_argument, NULL, 'O'},
	    {"quick", no_argument, NULL, 'q'},
	    {NULL, 0, NULL, 0},
	};
	const char *output = NULL;
	bool is_quick = false;
	struct profile profile;
	char *text;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == 'O' && *optarg)
			output = optarg;
		else if (opt == 'q')
			is_quick = true;
		else
			sl_vmp_wrong_option("calibrate", opt, argv);
	}
	if (optind < argc)
		sl_vmp_no_option("calibrate", argv[optind]);
	text = sl_calibrate(is_quick, &profile);
	if (output)
		sl_file_write_or_die(output, text);
	else if (fputs(text, stdout) == EOF)
		sl_die(SL_EXIT_CANNOT, "cannot write the profile: %s",
		    strerror(errno));
	free(text);
	return SL_EXIT_OK;
}
