/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worker.c - a thread of the library's own; see worker.h.  Called by mretain.
 *
 * Nothing here opens a file: programs count on which descriptor comes next.
 */
#include "core/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/atomic.h"

/* Exit handlers of the program run on it if this is the last thread. */
enum { STACK = 1 << 20 };

static _Atomic(const char *) name_of_next;

static void *
begin(void *arg)
{
	void (*fn)(void) = (void (*)(void))(uintptr_t)arg;

	/* relaxed: written before this thread was made */
	(void)prctl(PR_SET_NAME, sl_load_rlx(&name_of_next));
	fn();
	return NULL;
}

int
sl_worker_start(void (*fn)(void), const char *name)
{
	pthread_attr_t attr;
	sigset_t all, was;
	pthread_t id;
	int e;

	sl_store_rlx(&name_of_next, name); /* relaxed: as above */
	e = pthread_attr_init(&attr);
	if (e != 0)
		return e;
	/* With a size of its own: for the default one it would take a lock,
	 * under which the C library allocates. */
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &was);
	e = pthread_create(&id, &attr, begin, (void *)(uintptr_t)fn);
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	(void)pthread_attr_destroy(&attr);
	return e;
}

bool
sl_worker_is_last(void)
{
	enum { LINKS = 2 + 2 }; /* of a folder with two threads in it */
	struct stat st;
	char c;

	/* A main thread that has ended is still counted, but it has no memory,
	 * and so runs no program. */
	return stat("/proc/self/task", &st) == 0 && st.st_nlink == LINKS &&
	       readlink("/proc/self/exe", &c, 1) < 0 && errno == ENOENT;
}

void
sl_worker_sleep(uint64_t ns)
{
	struct timespec ts = {
	    (time_t)(ns / 1000000000), (long)(ns % 1000000000)};

	(void)nanosleep(&ts, NULL);
}

static uint64_t
read_clock(clockid_t clock)
{
	struct timespec ts = {0, 0};

	(void)clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t
sl_worker_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t
sl_worker_cpu(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}
