/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_retain.c - memory of free pages goes back in the background, and for the
 * memory limit; and what the system is told about huge pages.
 * Run by make check, once.
 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/spanlab.h"

enum {
	MIB = 1 << 20,
	BYTES = 100000, /* of an object, in 13 pages */
	N = 160,        /* 16 MiB of them */
	WAITS = 1500,   /* of 10 ms */
	LIMIT = 32,     /* MiB */
};

static void *objects[4 * N];

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

static struct sl_stats
stats(void)
{
	struct sl_stats st = {.size = sizeof(st)};

	must(sl_stats_read(&st) == 0, "no figures");
	return st;
}

static void
must_be_sound(void)
{
	char why[256];

	if (!sl_heap_check(why, sizeof(why), NULL, NULL))
		unit_child_fail(why);
}

static void
make(size_t n, size_t bytes)
{
	for (size_t i = 0; i < n; i++) {
		objects[i] = malloc(bytes);
		must(objects[i] != NULL, "no memory");
		memset(objects[i], 1, bytes);
	}
}

static void
drop(size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(objects[i]);
}

static void
wait_a_little(void)
{
	struct timespec ts = {0, 10000000};

	nanosleep(&ts, NULL);
}

/* Until garbage is below a tenth of what is in use, and two MiB. */
static bool
goes_back(void)
{
	for (unsigned i = 0; i < WAITS; i++) {
		struct sl_stats st = stats();
		uint64_t garbage = st.heap_free_bytes - st.heap_clean_bytes;

		if (garbage <= st.heap_inuse_bytes / 10 + 2 * MIB)
			return true;
		wait_a_little();
	}
	return false;
}

/* --- the thread ---------------------------------------------------------- */

/* What /proc says of the scavenger, in a line that begins with the key. */
static bool
scavenger_says(const char *key, char *line, int size)
{
	DIR *d = opendir("/proc/self/task");
	bool found = false;
	struct dirent *e;

	while (d != NULL && !found && (e = readdir(d)) != NULL) {
		char path[300];
		bool is_it = false;
		FILE *f;

		snprintf(
		    path, sizeof(path), "/proc/self/task/%s/status", e->d_name);
		f = fopen(path, "r");
		while (f != NULL && !found && fgets(line, size, f) != NULL) {
			is_it |= strstr(line, "spanlab-scaveng") != NULL;
			found = is_it && strncmp(line, key, strlen(key)) == 0;
		}
		if (f != NULL)
			fclose(f);
	}
	if (d != NULL)
		closedir(d);
	return found;
}

static void
given_back(void)
{
	unsigned long long blocked = 0;
	char line[256];
	struct sl_stats st;

	make(N, BYTES);
	must(stats().scavenger_starts == 0, "a thread without a reason");
	drop(N);
	st = stats();
	must(st.scavenger_starts == 1, "no thread was made");
	/* While it is there; it may be done, or not have a name yet. */
	if (scavenger_says("SigBlk:", line, sizeof(line))) {
		must(sscanf(line, "SigBlk: %llx", &blocked) == 1, "status");
		must((blocked & 0x7ffbfeff) == 0x7ffbfeff, "it takes signals");
	}
	must(goes_back(), "memory is not given back");
	st = stats();
	must(st.scavenger_bytes >= 10 * MIB, "by somebody else");
	must(st.scavenged_bytes >= st.scavenger_bytes, "sums");
	/* Who has done its work goes; for the next there is another. */
	for (unsigned i = 0; scavenger_says("Pid:", line, sizeof(line)); i++) {
		must(i < WAITS, "the thread stays");
		wait_a_little();
	}
	make(N, BYTES);
	drop(N);
	must(stats().scavenger_starts == 2, "no second thread");
	must(goes_back(), "memory is not given back again");
	must_be_sound();
}

static void
off(void)
{
	struct sl_stats st;

	make(N, BYTES);
	drop(N);
	for (unsigned i = 0; i < 5; i++)
		wait_a_little();
	st = stats();
	must(st.scavenger_starts == 0, "a thread");
	must(st.heap_free_bytes - st.heap_clean_bytes > 10 * MIB, "no garbage");
}

/* Fork while the thread is at work; the child makes one of its own. */
static void
forks(void)
{
	int status = -1;
	pid_t pid;

	make(N, BYTES);
	for (unsigned i = 0; i < 8; i++) {
		drop(N);
		pid = fork();
		must(pid >= 0, "fork");
		if (pid == 0) {
			uint64_t before = stats().scavenger_starts;

			make(N, BYTES);
			drop(N);
			must(stats().scavenger_starts > before, "child: none");
			must(i > 0 || goes_back(), "child: memory stays");
			must_be_sound();
			_exit(0);
		}
		make(N, BYTES);
		must(waitpid(pid, &status, 0) == pid && status == 0, "child");
	}
	drop(N);
	must(goes_back(), "parent: memory stays");
	must_be_sound();
}

static void
refused_thread(void)
{
	struct rlimit limit;

	make(N, BYTES);
	must(getrlimit(RLIMIT_AS, &limit) == 0, "getrlimit");
	limit.rlim_cur = 1; /* no mapping, so no stack */
	must(setrlimit(RLIMIT_AS, &limit) == 0, "setrlimit");
	drop(N);
	make(N, BYTES);
	drop(N);
	must(stats().scavenger_starts == 0, "a thread all the same");
	must(malloc_trim(0) == 1, "malloc_trim");
	must_be_sound();
}

/* The program ends when this does, though the scavenger has much to do. */
static void
main_thread_ends(void)
{
	make(N, BYTES);
	drop(N);
	must(stats().scavenger_starts == 1, "no thread was made");
	pthread_exit(NULL);
}

/* --- the limit ----------------------------------------------------------- */

/* Sizes that do not fit into each other's holes: free pages stay behind. */
static void
phases(size_t live)
{
	for (size_t bytes = 40000; bytes < 400000; bytes += bytes / 4) {
		size_t n = live / bytes;

		must(n <= UNIT_COUNT(objects), "too many");
		make(n, bytes);
		for (size_t i = 0; i < n; i += 2) {
			free(objects[i]);
			objects[i] = NULL;
		}
		/* Of these holes nothing is left when all are asked for. */
		for (size_t i = 0; i < n; i += 2)
			must((objects[i] = malloc(bytes + 9000)) != NULL,
			    "no memory");
		must(stats().ready_bytes <= (uint64_t)LIMIT * MIB ||
			 live > (size_t)LIMIT * MIB,
		    "above the limit");
		drop(n);
	}
}

static void
within_limit(void)
{
	struct sl_stats st;

	phases(20 * MIB);
	st = stats();
	must(st.limit_bytes > 0, "nothing was given back for it");
	must(st.scavenged_bytes >= st.limit_bytes, "sums");
	must(st.limit_passed == 0, "passed");
	must_be_sound();
}

/* What lives is more than the limit: that is not what fails. */
static void
above_limit(void)
{
	struct sl_stats st;

	make(4 * N, BYTES);
	st = stats();
	must(st.limit_passed > 0, "not passed");
	must(st.ready_bytes > (uint64_t)LIMIT * MIB, "not above");
	drop(4 * N);
	must(malloc(1000) != NULL && malloc(BYTES) != NULL, "no memory");
	must(stats().ready_bytes <= (uint64_t)LIMIT * MIB, "stays above");
	must_be_sound();
}

/* --- huge pages ---------------------------------------------------------- */

/* Is the flag among those of the mapping where p lies? */
static bool
has_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	bool is_there = false, found = false;
	unsigned long from, to;
	char line[512];

	must(f != NULL, "smaps");
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			is_there =
			    from <= (unsigned long)p && (unsigned long)p < to;
		else if (is_there && strncmp(line, "VmFlags:", 8) == 0)
			found |= strstr(line, flag) != NULL;
	}
	fclose(f);
	return found;
}

static void
huge_always(void)
{
	make(N, BYTES);
	must(has_flag(objects[0], " hg") && has_flag(objects[N - 1], " hg"),
	    "no advice");
}

static void
huge_never(void)
{
	make(N, BYTES);
	must(has_flag(objects[0], " nh") && has_flag(objects[N - 1], " nh"),
	    "no advice");
}

static void
huge_default(void)
{
	make(N, BYTES);
	must(!has_flag(objects[0], " hg") && !has_flag(objects[0], " nh"),
	    "advice");
}

/* -------------------------------------------------------------------------- */

static const struct unit_act acts[] = {
    {"given_back", given_back},
    {"off", off},
    {"forks", forks},
    {"refused_thread", refused_thread},
    {"main_thread_ends", main_thread_ends},
    {"within_limit", within_limit},
    {"above_limit", above_limit},
    {"huge_always", huge_always},
    {"huge_never", huge_never},
    {"huge_default", huge_default},
};

static struct unit_end
run(const char *act, const char *options)
{
	struct unit_end end = unit_exec(options, act, 60);

	if (end.status != 0)
		fail_msg("%s with %s: status %d, signal %d: %s", act, options,
		    end.status, end.signal, end.text);
	return end;
}

static void
test_background(void **state)
{
	(void)state;
	run("given_back", "hold=0,scavenge=50");
	run("off", "hold=0");
	run("forks", "hold=0,scavenge=10");
}

static void
test_no_thread(void **state)
{
	struct unit_end end;

	(void)state;
	UNIT_SKIP_IF_SANITIZED("it has no memory either");
	end = run("refused_thread", "hold=0,scavenge=10");
	assert_int_equal(end.lines, 1);
	assert_non_null(strstr(end.text, "no thread can be had"));
}

static void
test_end(void **state)
{
	(void)state;
	UNIT_SKIP_IF_SANITIZED("a thread of its own goes on");
	/* It would take an hour. */
	run("main_thread_ends", "hold=0,scavenge=3600000");
}

static void
test_limit(void **state)
{
	(void)state;
	run("within_limit", "hold=0,memlimit=32");
	run("within_limit", "memlimit=32");
	run("above_limit", "memlimit=32");
}

static bool
has_huge_pages(void)
{
	return access("/sys/kernel/mm/transparent_hugepage", F_OK) == 0;
}

static void
test_huge(void **state)
{
	(void)state;
	if (!has_huge_pages()) {
		printf("# this kernel has no transparent huge pages\n");
		skip();
	}
	run("huge_always", "thp=always");
	run("huge_never", "thp=never");
	run("huge_default", "thp=default");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_background),
	    cmocka_unit_test(test_no_thread),
	    cmocka_unit_test(test_end),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_huge),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
