/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit.c - what the C tests share; see unit.h.  Links with nothing of core.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/switches.h"

static uint64_t seed = 1;

void
unit_start_alone(void)
{
	const char *text = getenv("SL_SEED");

	if (text)
		seed = strtoull(text, NULL, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# seed %llu\n", (unsigned long long)seed);
	cmocka_set_message_output(CM_OUTPUT_TAP);
}

unsigned
unit_scaled(unsigned n)
{
	const char *text = getenv("SL_CHECK");

	if (text && strcmp(text, "quick") == 0)
		return (n + 9) / 10;
	return text && strcmp(text, "long") == 0 ? n * 5 : n;
}

unsigned
unit_meetings(unsigned n, unsigned threads, bool spins)
{
	bool is_slow = spins && threads > sysconf(_SC_NPROCESSORS_ONLN);

	return unit_scaled(n) / (is_slow ? threads * 20 : 1) + 1;
}

/* The finalizer of splitmix64 (Vigna). */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t
unit_seed(uint64_t stream)
{
	return mix(seed * 1000003 + stream);
}

uint64_t
unit_random(uint64_t *x, uint64_t n)
{
	*x += UINT64_C(0x9e3779b97f4a7c15);
	return mix(*x) % n;
}

/* Reads until the child closes its end or the time is over. */
static void
read_text(int fd, pid_t pid, unsigned seconds, struct unit_end *end)
{
	struct timespec now, until;
	size_t have = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	for (;;) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		char scrap[256];
		ssize_t n;

		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= until.tv_sec) {
			end->timed_out = true;
			kill(pid, SIGKILL);
			return;
		}
		if (poll(&wait, 1, 1000) <= 0)
			continue;
		n = read(fd, scrap, sizeof(scrap));
		if (n == 0 || (n < 0 && errno != EINTR))
			return;
		for (ssize_t i = 0; i < n; i++) {
			if (have < sizeof(end->text) - 1)
				end->text[have++] = scrap[i];
			end->lines += scrap[i] == '\n';
		}
		end->text[have] = '\0';
	}
}

static _Noreturn void
run_child(void (*fn)(void *), void *arg, int fd)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	dup2(fd, STDERR_FILENO);
	close(fd);
	fn(arg);
	_exit(0);
}

struct unit_end
unit_child(void (*fn)(void *), void *arg, unsigned seconds)
{
	struct unit_end end = {.status = -1};
	int fd[2], status;
	pid_t pid;

	assert_return_code(pipe(fd), errno);
	fflush(stdout);
	pid = fork();
	assert_return_code(pid, errno);
	if (pid == 0) {
		close(fd[0]);
		run_child(fn, arg, fd[1]);
	}
	close(fd[1]);
	read_text(fd[0], pid, seconds, &end);
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		end.status = WEXITSTATUS(status);
	else
		end.signal = WTERMSIG(status);
	return end;
}

/* Those of SL_UNIT_OPTIONS too, which tests/lanes sets. */
static void
set_options(const char *options)
{
	const char *all = getenv("SL_UNIT_OPTIONS");
	char text[512];

	if (options != NULL && all != NULL && all[0] != '\0') {
		snprintf(text, sizeof(text), "%s,%s", all, options);
		setenv("SPANLAB_OPTIONS", text, 1);
	} else if (options != NULL || all != NULL) {
		setenv("SPANLAB_OPTIONS", options != NULL ? options : all, 1);
	} else {
		unsetenv("SPANLAB_OPTIONS");
	}
}

static void
exec_act(void *arg)
{
	const char *const *what = arg;
	char *argv[] = {
	    program_invocation_name, (char *)(uintptr_t)what[1], NULL};

	set_options(what[0]);
	execv("/proc/self/exe", argv);
	unit_child_fail("exec failed");
}

struct unit_end
unit_exec(const char *options, const char *act, unsigned seconds)
{
	const char *what[] = {options, act};

	return unit_child(exec_act, what, seconds);
}

void
unit_acts(int argc, char **argv, const struct unit_act *acts, size_t n)
{
	if (argc < 2)
		return;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(argv[1], acts[i].name) == 0) {
			acts[i].fn();
			exit(0);
		}
	}
	unit_child_fail("no such act");
}

bool
unit_is_caught(const struct unit_end *end)
{
	return end->status == 1 || (SL_DEBUG && end->signal == SIGABRT);
}

void
unit_child_fail(const char *why)
{
	/* No stdio: the child may be the result of a fork amid threads. */
	if (write(STDERR_FILENO, why, strlen(why)) < 0)
		_exit(2);
	_exit(1);
}

bool
unit_temporary(char *name, size_t size)
{
	const char *dir = getenv("TMPDIR");

	return (size_t)snprintf(name, size, "%s/spanlab-test.XXXXXX",
		   dir != NULL ? dir : P_tmpdir) < size;
}

static unsigned char
pattern(uint64_t tag, size_t i)
{
	return (unsigned char)(tag + i * 131 + (i >> 8));
}

void
unit_fill(void *p, size_t n, uint64_t tag)
{
	unsigned char *c = p;

	for (size_t i = 0; i < n; i++)
		c[i] = pattern(tag, i);
}

bool
unit_is_filled(const void *p, size_t n, uint64_t tag)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i++)
		if (c[i] != pattern(tag, i))
			return false;
	return true;
}

/* Every byte of the first 256, then every 127th, and the last. */
static size_t
next_mark(size_t i, size_t n)
{
	if (i < 256 || i == n - 1)
		return i + 1;
	return n - 1 - i > 127 ? i + 127 : n - 1;
}

void
unit_mark(void *p, size_t n, uint64_t tag)
{
	unsigned char *c = p;

	for (size_t i = 0; i < n; i = next_mark(i, n))
		c[i] = pattern(tag, i);
}

bool
unit_is_marked(const void *p, size_t n, uint64_t tag)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i = next_mark(i, n))
		if (c[i] != pattern(tag, i))
			return false;
	return true;
}

void
unit_threads(unsigned n, void *(*fn)(void *), void *args, size_t stride)
{
	pthread_t *t = calloc(n, sizeof(*t));
	pthread_attr_t attr;

	assert_non_null(t);
	/* Small stacks: all of them stay in the C library's cache. */
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 128 * 1024);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(
		    pthread_create(&t[i], &attr, fn, (char *)args + i * stride),
		    0);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	pthread_attr_destroy(&attr);
	free(t);
}
