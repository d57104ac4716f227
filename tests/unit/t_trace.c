/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_trace.c - trace=PATH: a record for each call, in an order that is possible.
 * Run by make check, once.  Each act is a process of its own that writes a
 * trace, which is then read here.
 */
#include "tests/unit/unit.h"

/* It belongs to no library that this test is linked with. */
#include "harness/trace_file.c"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* Sizes that nobody else asks for, so that these calls are found again. */
enum {
	SIZE_MALLOC = 7001,
	SIZE_CALLOC = 7002,
	SIZE_ALIGNED = 7003,
	SIZE_REALLOC = 7004,
	SIZE_IN_PLACE = 7005,
	SIZE_LARGE = 700001,
	SIZE_TINY = 13,
};

static void
one_of_each(void)
{
	void *p;

	free_hidden(malloc_hidden(SIZE_MALLOC));
	free_hidden(calloc(1, SIZE_CALLOC));
	free_hidden(aligned_alloc(64, SIZE_ALIGNED));
	p = malloc_hidden(SIZE_MALLOC);
	p = realloc(p, SIZE_REALLOC + 100000);
	p = realloc(p, SIZE_REALLOC);
	p = realloc(p, SIZE_IN_PLACE);
	p = realloc(p, 0);
	must(p == NULL, "realloc to 0");
	free_hidden(malloc_hidden(SIZE_LARGE));
	free_hidden(sl_mallocgc(SIZE_TINY, true, false));
	free_hidden(NULL);
}

enum { SLOTS = 256, THREADS = 8 };
static _Atomic(void *) table[SLOTS];

/* Objects pass from thread to thread; some change their size on the way. */
static void *
churn(void *arg)
{
	uint64_t x = unit_seed(*(unsigned *)arg);

	for (unsigned i = unit_scaled(5000); i > 0; i--) {
		_Atomic(void *) *slot = &table[unit_random(&x, SLOTS)];
		size_t n = 1 + unit_random(&x, i % 64 == 0 ? 100000 : 600);
		void *p = atomic_exchange(slot, NULL);

		if (i % 3 == 0)
			p = realloc(p, n);
		else if (i % 3 == 1)
			free(p), p = malloc(n);
		free(atomic_exchange(slot, p));
	}
	return NULL;
}

static void
by_threads(void)
{
	unsigned ids[THREADS] = {0, 1, 2, 3, 4, 5, 6, 7};

	unit_threads(THREADS, churn, ids, sizeof(ids[0]));
	for (unsigned i = 0; i < SLOTS; i++)
		free(table[i]);
}

/* A thread that the end of the program finds at work. */
static void *
idle(void *arg)
{
	free_hidden(malloc_hidden(SIZE_MALLOC));
	sem_post(arg);
	pause();
	return NULL;
}

static void
by_waiting_thread(void)
{
	static sem_t done;
	pthread_t t;

	sem_init(&done, 0, 0);
	must(pthread_create(&t, NULL, idle, &done) == 0, "no thread");
	while (sem_wait(&done) != 0)
		;
}

static void
forked(void)
{
	void *p = malloc_hidden(SIZE_MALLOC);
	int status = 1;
	pid_t child = fork();

	free_hidden(malloc_hidden(child == 0 ? SIZE_CALLOC : SIZE_ALIGNED));
	free_hidden(p);
	if (child == 0)
		exit(0);
	must(waitpid(child, &status, 0) == child && status == 0, "the child");
}

/* After all descriptors are closed and another file has their numbers. */
static void
closed(void)
{
	struct stat st;
	int fd;

	free_hidden(malloc_hidden(SIZE_MALLOC));
	for (fd = 3; fd < 100; fd++)
		close(fd);
	fd = open("other", O_CREAT | O_RDWR, 0600);
	for (unsigned i = 0; i < 2000; i++)
		free_hidden(malloc_hidden(10));
	must(fstat(fd, &st) == 0 && st.st_size == 0, "the other file is hit");
	must(chdir("/") == 0, "chdir");
	free_hidden(malloc_hidden(SIZE_LARGE));
}

static void
twice(void)
{
	void *p = malloc_hidden(SIZE_MALLOC);

	free_hidden(p);
	free_hidden(p);
}

/* The file may not grow: told once, and the program goes on. */
static void
no_room(void)
{
	struct rlimit none = {0, 0};

	signal(SIGXFSZ, SIG_IGN);
	must(setrlimit(RLIMIT_FSIZE, &none) == 0, "setrlimit");
	for (unsigned i = 0; i < 5000; i++)
		free_hidden(malloc_hidden(10));
}

static const struct unit_act acts[] = {
    {"one_of_each", one_of_each},
    {"by_threads", by_threads},
    {"by_waiting_thread", by_waiting_thread},
    {"forked", forked},
    {"closed", closed},
    {"twice", twice},
    {"no_room", no_room},
};

/* --- reading what they wrote --------------------------------------------- */

/* Runs the act with trace=FILE in the folder, and more options. */
static struct unit_end
trace(const char *act, const char *file, const char *more)
{
	char options[256];

	snprintf(options, sizeof(options), "trace=%s/%s%s", dir, file, more);
	return unit_exec(options, act, 60);
}

static void
load(struct sl_trace_file *t, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if (!sl_trace_file_read(t, path))
		fail_msg("%s: %s", path, t->error);
}

static struct sl_trace_file
traced(const char *act, const char *file, const char *more)
{
	struct unit_end end = trace(act, file, more);
	struct sl_trace_file t;

	if (end.status != 0)
		fail_msg("%s: status %d, signal %d: %s", act, end.status,
		    end.signal, end.text);
	load(&t, file);
	return t;
}

static unsigned
count(const struct sl_trace_file *t, unsigned kind, uint64_t size)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->events[i].record.kind == kind &&
		     (size == 0 || t->events[i].record.size == size);
	return n;
}

static const struct sl_trace_event *
find(const struct sl_trace_file *t, unsigned kind, uint64_t size)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->events[i].record.kind == kind &&
		    t->events[i].record.size == size)
			return &t->events[i];
	fail_msg("no record of kind %u, size %u", kind, (unsigned)size);
	return NULL;
}

static void
each_call_has_its_record(void **state)
{
	struct sl_trace_file t = traced("one_of_each", "each", "");
	const struct sl_trace_event *e;

	(void)state;
	if (!sl_trace_file_check(&t, NULL))
		fail_msg("%s", t.error);
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_MALLOC), 2);
	assert_int_equal(count(&t, SL_TRACE_CALLOC, SIZE_CALLOC), 1);
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_LARGE), 1);
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_TINY), 1);
	e = find(&t, SL_TRACE_MALLOC, SIZE_ALIGNED);
	assert_int_equal(e->record.align_log2, 6);
	/* moved, moved back, in place; the last one is a free */
	e = find(&t, SL_TRACE_REALLOC, SIZE_REALLOC + 100000);
	assert_int_not_equal(e->record.object, e->record.old);
	e = find(&t, SL_TRACE_REALLOC, SIZE_REALLOC);
	assert_int_not_equal(e->record.object, e->record.old);
	e = find(&t, SL_TRACE_REALLOC, SIZE_IN_PLACE);
	assert_int_equal(e->record.object, e->record.old);
	for (size_t i = 0; i < t.n; i++) {
		assert_int_equal(t.events[i].record.thread, 1);
		assert_int_equal(t.events[i].record.depth, 0);
	}
	sl_trace_file_free(&t);
}

static void
order_is_possible(void **state)
{
	struct sl_trace_file t = traced("by_threads", "threads", "");
	bool seen[THREADS + 2] = {false};

	(void)state;
	if (!sl_trace_file_check(&t, NULL))
		fail_msg("%s", t.error);
	assert_true(t.n > unit_scaled(5000) * THREADS / 2);
	for (size_t i = 0; i < t.n; i++) {
		assert_int_equal(t.events[i].record.order, i);
		assert_in_range(t.events[i].record.thread, 1, THREADS + 1);
		seen[t.events[i].record.thread] = true;
	}
	for (unsigned i = 1; i <= THREADS + 1; i++)
		assert_true(seen[i]);
	sl_trace_file_free(&t);
}

static void
threads_that_wait_are_written_too(void **state)
{
	struct sl_trace_file t = traced("by_waiting_thread", "waiting", "");

	(void)state;
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_MALLOC), 1);
	sl_trace_file_free(&t);
}

static void
fork_in_one_file(void **state)
{
	struct sl_trace_file t = traced("forked", "forked", "");
	const struct sl_trace_event *parent, *child;

	(void)state;
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_MALLOC), 1);
	parent = find(&t, SL_TRACE_MALLOC, SIZE_ALIGNED);
	child = find(&t, SL_TRACE_MALLOC, SIZE_CALLOC);
	assert_int_equal(
	    find(&t, SL_TRACE_MALLOC, SIZE_MALLOC)->pid, parent->pid);
	assert_int_not_equal(child->pid, parent->pid);
	sl_trace_file_free(&t);
}

static void
fork_in_two_files(void **state)
{
	struct unit_end end = trace("forked", "two-%p", "");
	char command[128], line[128] = "";
	FILE *f;

	(void)state;
	assert_int_equal(end.status, 0);
	snprintf(
	    command, sizeof(command), "cd %s && ls two-[0-9]* | wc -l", dir);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	pclose(f);
	assert_int_equal(atoi(line), 2);
}

static void
descriptors_are_not_kept(void **state)
{
	struct sl_trace_file t;

	(void)state;
	assert_int_equal(chdir(dir), 0);
	t = traced("closed", "closed", "");
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_MALLOC), 1);
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_LARGE), 1);
	sl_trace_file_free(&t);
}

static void
stacks_are_in_the_trace(void **state)
{
	struct sl_trace_file t =
	    traced("one_of_each", "stacks", ",trace-stacks=1");
	const struct sl_trace_event *e = find(&t, SL_TRACE_MALLOC, SIZE_LARGE);
	const struct sl_trace_event *f = find(&t, SL_TRACE_CALLOC, SIZE_CALLOC);
	uint64_t pc[2];

	(void)state;
	if (!sl_trace_file_check(&t, NULL))
		fail_msg("%s", t.error);
	/* The act, its caller, main: all but the first are the same. */
	assert_in_range(e->record.depth, 3, 32);
	assert_int_equal(e->record.depth, f->record.depth);
	memcpy(&pc[0], e->stack, sizeof(pc[0]));
	memcpy(&pc[1], f->stack, sizeof(pc[1]));
	assert_int_not_equal(pc[0], pc[1]);
	assert_in_range(pc[0] - pc[1] + 4096, 0, 8192);
	assert_memory_equal(
	    e->stack + 8, f->stack + 8, (e->record.depth - 1u) * 8);
	sl_trace_file_free(&t);
}

/* The buffer is written before the program is ended. */
static void
wrong_free_is_traced_and_told(void **state)
{
	struct unit_end end = trace("twice", "twice", ",trace-stacks=1");
	struct sl_trace_file t;
	const char *who[2];

	(void)state;
	assert_int_equal(end.signal, SIGABRT);
	who[0] = strstr(end.text, "spanlab:   allocated by thread 1:\n");
	who[1] = strstr(end.text, "spanlab:   freed by thread 1:\n");
	assert_non_null(strstr(end.text, "spanlab: double free: 0x"));
	assert_non_null(who[0]);
	assert_non_null(who[1]);
	/* Below each, the program's frames. */
	assert_non_null(strstr(who[0], "t_trace("));
	assert_true(strstr(who[0], "t_trace(") < who[1]);
	assert_non_null(strstr(who[1], "t_trace("));
	load(&t, "twice");
	assert_int_equal(count(&t, SL_TRACE_MALLOC, SIZE_MALLOC), 1);
	sl_trace_file_free(&t);
}

/* trace-stacks=1 alone: the same message, and no file. */
static void
stacks_without_a_trace(void **state)
{
	struct unit_end end = unit_exec("trace-stacks=1", "twice", 60);

	(void)state;
	assert_int_equal(end.signal, SIGABRT);
	assert_non_null(strstr(end.text, "spanlab:   freed by thread 1:\n"));
	end = unit_exec(NULL, "twice", 60);
	assert_int_equal(end.signal, SIGABRT);
	assert_null(strstr(end.text, "by thread"));
}

static void
full_disk_is_told_once(void **state)
{
	struct unit_end end = trace("no_room", "no_room", "");

	(void)state;
	assert_int_equal(end.status, 0);
	assert_int_equal(end.lines, 1);
	assert_non_null(strstr(end.text, "spanlab: trace: cannot write "));
}

static void
no_file_ends_the_program(void **state)
{
	struct unit_end end = trace("one_of_each", "nowhere/file", "");

	(void)state;
	assert_int_equal(end.signal, SIGABRT);
	assert_non_null(strstr(end.text, "spanlab: trace: cannot create "));
	end = trace("one_of_each", "x%y", "");
	assert_int_equal(end.signal, SIGABRT);
	assert_non_null(strstr(end.text, "%p is the number of the process"));
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
	    cmocka_unit_test(each_call_has_its_record),
	    cmocka_unit_test(order_is_possible),
	    cmocka_unit_test(threads_that_wait_are_written_too),
	    cmocka_unit_test(fork_in_one_file),
	    cmocka_unit_test(fork_in_two_files),
	    cmocka_unit_test(descriptors_are_not_kept),
	    cmocka_unit_test(stacks_are_in_the_trace),
	    cmocka_unit_test(wrong_free_is_traced_and_told),
	    cmocka_unit_test(stacks_without_a_trace),
	    cmocka_unit_test(full_disk_is_told_once),
	    cmocka_unit_test(no_file_ends_the_program),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
