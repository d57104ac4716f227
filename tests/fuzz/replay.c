/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.c - runs a fuzz target without a fuzzer: over files and folders, or
 * over inputs that it makes up.  Linked with a target, in place of libFuzzer.
 *
 * usage: fuzz-NAME [-s SECONDS] [-r SEED] [FILE|FOLDER ...]
 *
 * Each file is one input.  After them, with -s, inputs at random for so long:
 * some new, most the files' with a few bytes changed.  It ends as the target
 * does, or with one line that says how many inputs were run.  The input that
 * a fault was found with is in the file fuzz-NAME.crash.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/target.h"

enum {
	MOST_BYTES = 4096,
	MOST_FILES = 2000,
};

/* Not malloc's: a target may count what is allocated. */
static struct input {
	uint8_t *bytes;
	size_t size;
} files[MOST_FILES];
static unsigned nfiles;
static unsigned long runs;

static const uint8_t *now;
static size_t now_size;
static char crash_file[256];

static _Noreturn void
die(const char *what, const char *which)
{
	fprintf(
	    stderr, "%s: %s: %s\n", program_invocation_short_name, which, what);
	exit(2);
}

/* Only what a handler may call; then the signal does what it does. */
static void
keep_input(int sig)
{
	int fd = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd >= 0 && write(fd, now, now_size) == (ssize_t)now_size)
		close(fd);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
run(const uint8_t *bytes, size_t size)
{
	now = bytes;
	now_size = size;
	runs++;
	LLVMFuzzerTestOneInput(bytes, size);
}

static void
add_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	struct input *in = &files[nfiles];

	if (fd < 0 || fstat(fd, &st) != 0)
		die(strerror(errno), path);
	if (nfiles == MOST_FILES)
		die("too many files", path);
	in->size = (size_t)st.st_size;
	in->bytes = mmap(NULL, in->size + 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (in->bytes == MAP_FAILED)
		die(strerror(errno), path);
	close(fd);
	nfiles++;
}

static int
is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
add_path(const char *path)
{
	struct dirent **list;
	struct stat st;
	char name[1024];
	int n;

	if (stat(path, &st) != 0)
		die(strerror(errno), path);
	if (!S_ISDIR(st.st_mode)) {
		add_file(path);
		return;
	}
	n = scandir(path, &list, is_visible, alphasort);
	if (n < 0)
		die(strerror(errno), path);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, list[i]->d_name);
		add_file(name);
		free(list[i]);
	}
	free(list);
}

/* --- inputs at random ---------------------------------------------------- */

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	uint64_t x = state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (x ^ (x >> 31)) % n;
}

static void
mutate(uint8_t *buf, size_t *size)
{
	size_t from, n;

	switch (below(4)) {
	case 0: /* one byte */
		if (*size > 0)
			buf[below(*size)] = (uint8_t)below(256);
		break;
	case 1: /* a bit */
		if (*size > 0)
			buf[below(*size)] ^= (uint8_t)(1 << below(8));
		break;
	case 2: /* shorter */
		*size -= below(*size / 4 + 1);
		break;
	default: /* a part of it again at the end */
		n = below(64);
		if (*size + n > MOST_BYTES || n > *size)
			break;
		from = below(*size - n + 1);
		memcpy(buf + *size, buf + from, n);
		*size += n;
	}
}

static void
run_random(void)
{
	static uint8_t buf[MOST_BYTES];
	const struct input *in;
	size_t size;

	if (nfiles == 0 || below(4) == 0) {
		size = below(below(2) == 0 ? 64 : MOST_BYTES);
		for (size_t i = 0; i < size; i++)
			buf[i] = (uint8_t)below(256);
	} else {
		in = &files[below(nfiles)];
		size = in->size < MOST_BYTES ? in->size : MOST_BYTES;
		memcpy(buf, in->bytes, size);
		for (uint64_t n = below(8) + 1; n > 0; n--)
			mutate(buf, &size);
	}
	run(buf, size);
}

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int
main(int argc, char **argv)
{
	static const int ends[] = {
	    SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTERM};
	double seconds = 0, end;
	uint64_t seed = 1;
	int opt;

	LLVMFuzzerInitialize(&argc, &argv);
	while ((opt = getopt(argc, argv, "s:r:")) != -1) {
		if (opt == 's')
			seconds = atof(optarg);
		else if (opt == 'r')
			seed = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	state = seed;
	for (int i = optind; i < argc; i++)
		add_path(argv[i]);
	snprintf(crash_file, sizeof(crash_file), "%s.crash",
	    program_invocation_short_name);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		signal(ends[i], keep_input);
	for (unsigned i = 0; i < nfiles; i++)
		run(files[i].bytes, files[i].size);
	end = seconds_now() + seconds;
	while (seconds > 0 && seconds_now() < end)
		run_random();
	printf("%s: %u files, %lu inputs, seed %llu: no fault\n",
	    program_invocation_short_name, nfiles, runs,
	    (unsigned long long)seed);
	return 0;
}
