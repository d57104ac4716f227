/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_profile.c - the memory profile: what is in use and what was allocated, from
 * each object and from samples, with the stack.
 * Run by make check, once.  Each act is a process of its own that writes a
 * profile, which is then read here; tests/driver/profile.sh has pprof read one.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/spanlab.h"

static char dir[64];

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

static void *(*volatile malloc_hidden)(size_t) = malloc;
static void (*volatile free_hidden)(void *) = free;

/* --- acts ---------------------------------------------------------------- */

/* A size of its own, so that its bucket is found: the slot has 6144 bytes. */
enum { SIZE = 6000, SLOT = 6144, KEPT = 30, FREED = 70 };

static void *kept[KEPT];

static void __attribute__((noinline)) keep(void)
{
	for (unsigned i = 0; i < KEPT; i++)
		kept[i] = malloc_hidden(SIZE);
}

static void
keep_some(void)
{
	for (unsigned i = 0; i < FREED; i++)
		free_hidden(malloc_hidden(SIZE));
	keep();
}

/* Until all is freed, by other threads as well. */
static void *
free_kept(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < KEPT; i++)
		free_hidden(kept[i]);
	return NULL;
}

static void
keep_none(void)
{
	pthread_t t;

	keep();
	must(pthread_create(&t, NULL, free_kept, NULL) == 0, "no thread");
	pthread_join(t, NULL);
	for (unsigned i = 0; i < KEPT; i++)
		kept[i] = realloc(malloc_hidden(SIZE), 60000);
	free_kept(NULL);
}

/* 60 MB of one size, half of it freed. */
enum { MANY = 10000 };

static void
many(void)
{
	for (unsigned i = 0; i < MANY; i++) {
		void *p = malloc_hidden(SIZE);

		if (i % 2 == 0)
			free_hidden(p);
	}
}

static void
write_by_call(void)
{
	const char *path = getenv("T_PROFILE");

	must(path != NULL, "no T_PROFILE");
	keep();
	must(sl_profile_write(path) == 0, "it cannot be written");
	free_kept(NULL);
	must(sl_profile_write("/nowhere/at/all") == ENOENT, "errno");
}

static void
no_profile(void)
{
	must(sl_profile_write("/nowhere/at/all") == EINVAL, "errno");
}

static void
in_child(void)
{
	int status = 1;
	pid_t child;

	keep();
	child = fork();
	if (child == 0) {
		free_kept(NULL);
		exit(0);
	}
	must(waitpid(child, &status, 0) == child && status == 0, "the child");
}

static const struct unit_act acts[] = {
    {"keep_some", keep_some},
    {"keep_none", keep_none},
    {"many", many},
    {"write_by_call", write_by_call},
    {"no_profile", no_profile},
    {"in_child", in_child},
};

/* --- reading ------------------------------------------------------------- */

struct counts {
	double inuse, inuse_bytes, allocs, alloc_bytes;
	unsigned lines, depth; /* depth: frames of the last one */
};

static void
add_line(struct counts *sum, const char *line, double slot, double mean)
{
	unsigned long n[4];
	double average, chance;
	int used = 0;

	if (sscanf(line, " %lu: %lu [%lu: %lu] @%n", &n[0], &n[1], &n[2], &n[3],
		&used) != 4 ||
	    used == 0 || n[2] == 0)
		return;
	average = (double)n[3] / (double)n[2];
	if (slot != 0 && average != slot)
		return;
	/* An object of that size is in the sample with this chance. */
	chance = mean <= 1 ? 1 : 1 - exp(-average / mean);
	sum->inuse += (double)n[0] / chance;
	sum->inuse_bytes += (double)n[1] / chance;
	sum->allocs += (double)n[2] / chance;
	sum->alloc_bytes += (double)n[3] / chance;
	sum->lines++;
	sum->depth = 0;
	for (const char *c = line + used; (c = strstr(c, " 0x")) != NULL; c++)
		sum->depth++;
}

/* The buckets of objects of that size (0: of all), scaled. */
static struct counts
load(const char *file, double slot)
{
	struct counts sum = {0};
	unsigned mean = 0;
	char path[128], line[2048];
	bool has_map = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "r");
	if (f == NULL)
		fail_msg("no %s", path);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_int_equal(
	    sscanf(
		line, "heap profile: %*u: %*u [%*u: %*u] @ heap_v2/%u", &mean),
	    1);
	while (fgets(line, sizeof(line), f) && line[0] == ' ')
		add_line(&sum, line, slot, mean);
	while (fgets(line, sizeof(line), f))
		has_map |= strstr(line, "r-xp") != NULL;
	assert_true(has_map);
	fclose(f);
	return sum;
}

static void
run(const char *act, const char *file, unsigned mean)
{
	char options[256];
	struct unit_end end;

	snprintf(options, sizeof(options), "profile=%u,profile-file=%s/%s",
	    mean, dir, file);
	end = unit_exec(options, act, 60);
	if (end.status != 0)
		fail_msg("%s: status %d, signal %d: %s", act, end.status,
		    end.signal, end.text);
}

static void
each_object_is_counted(void **state)
{
	struct counts c;

	(void)state;
	run("keep_some", "some", 1);
	c = load("some", SLOT);
	assert_true(c.inuse == KEPT);
	assert_true(c.inuse_bytes == KEPT * SLOT);
	assert_true(c.allocs == KEPT + FREED);
	assert_true(c.alloc_bytes == (KEPT + FREED) * SLOT);
	/* Two places, one of them a function deeper. */
	assert_int_equal(c.lines, 2);
	assert_in_range(c.depth, 3, 32);
}

static void
in_use_returns_to_zero(void **state)
{
	struct counts c;

	(void)state;
	run("keep_none", "none", 1);
	c = load("none", SLOT);
	assert_true(c.inuse == 0);
	assert_true(c.inuse_bytes == 0);
	assert_true(c.allocs == 2 * KEPT);
	/* where realloc moved them */
	c = load("none", 65536);
	assert_true(c.inuse == 0);
	assert_true(c.allocs == KEPT);
}

/* Within five standard deviations, which the number of samples tells. */
static void
samples_are_unbiased(void **state)
{
	struct counts c;

	(void)state;
	for (unsigned mean = 4096; mean <= 65536; mean *= 4) {
		/* objects in the sample, and the error that is rare */
		double n = MANY * (1 - exp(-(double)SLOT / mean));
		double error = 5 / sqrt(n), half = 5 / sqrt(n / 2);

		run("many", "many", mean);
		c = load("many", SLOT);
		printf("# mean %u: %.3f of what was allocated, %.3f of what is"
		       " in use\n",
		    mean, c.allocs / MANY, c.inuse / (MANY / 2));
		assert_true(fabs(c.allocs / MANY - 1) < error);
		assert_true(fabs(c.inuse / (MANY / 2) - 1) < half);
		assert_true(fabs(c.inuse_bytes / c.inuse - SLOT) < 0.5);
	}
}

static void
call_writes_too(void **state)
{
	char path[128];
	struct counts c;

	(void)state;
	snprintf(path, sizeof(path), "%s/call", dir);
	setenv("T_PROFILE", path, 1);
	run("write_by_call", "end", 1);
	c = load("call", SLOT);
	assert_true(c.inuse == KEPT);
	c = load("end", SLOT);
	assert_true(c.inuse == 0);
	assert_int_equal(unit_exec(NULL, "no_profile", 60).status, 0);
}

static void
child_has_its_own(void **state)
{
	char command[192], path[128] = "";
	struct counts c;
	FILE *f;
	unsigned n = 0, kept_in = 0;

	(void)state;
	run("in_child", "of-%p", 1);
	snprintf(command, sizeof(command), "cd %s && ls of-[0-9]*", dir);
	f = popen(command, "r");
	assert_non_null(f);
	while (fscanf(f, "%100s", path) == 1) {
		c = load(path, SLOT);
		assert_true(c.inuse == 0 || c.inuse == KEPT);
		kept_in += c.inuse == KEPT;
		n++;
	}
	pclose(f);
	assert_int_equal(n, 2);
	assert_int_equal(kept_in, 1);
}

static int
make_dir(void **state)
{
	(void)state;
	return !unit_temporary(dir, sizeof(dir)) || mkdtemp(dir) == NULL;
}

static int
remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_object_is_counted),
	    cmocka_unit_test(in_use_returns_to_zero),
	    cmocka_unit_test(samples_are_unbiased),
	    cmocka_unit_test(call_writes_too),
	    cmocka_unit_test(child_has_its_own),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
