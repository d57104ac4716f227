/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads.c - fuzz target: four threads against one model, driven by the
 * input.  Run by libFuzzer or by replay.c.
 *
 * The input is a list of steps.  In most of them one thread does one operation
 * while the others wait: the same input is the same sequence, whatever the
 * scheduler does.  In some, two threads do a few operations each at the same
 * time, on places of their own.  In some a thread ends and a new one takes its
 * name; in some the process forks, and the child does the next step and checks
 * all.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/shadow.h"
#include "tests/fuzz/target.h"

enum { THREADS = 4, AT_ONCE = 6 };

/* What a thread is told to do; it waits for `go`, and says `done`. */
static struct worker {
	pthread_t thread;
	sem_t go, done;
	struct shadow_input in;
	unsigned nops; /* 0: end */
	unsigned me;
	bool alone;
} workers[THREADS];

static struct shadow_world world;

static void
wait_for(sem_t *s)
{
	while (sem_wait(s) != 0)
		if (errno != EINTR)
			shadow_fail("sem_wait: %s", strerror(errno));
}

/* Among others each has the places that are its own by their number. */
static void
do_operations(struct worker *me)
{
	for (unsigned i = 0; i < me->nops; i++) {
		unsigned op = (unsigned)shadow_take(&me->in, 1);
		unsigned place = (unsigned)shadow_take(&me->in, 1);

		if (!me->alone)
			place = place / THREADS * THREADS + me->me;
		shadow_operation(&world, op, place, me->alone, &me->in);
	}
}

static void *
work(void *arg)
{
	struct worker *me = arg;

	for (;;) {
		wait_for(&me->go);
		if (me->nops == 0)
			return NULL;
		do_operations(me);
		sem_post(&me->done);
	}
}

static void
begin(struct worker *me)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 128 * 1024);
	if (pthread_create(&me->thread, &attr, work, me) != 0)
		shadow_fail("no thread");
	pthread_attr_destroy(&attr);
}

static void
end(struct worker *me)
{
	me->nops = 0;
	sem_post(&me->go);
	pthread_join(me->thread, NULL);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	shadow_restart(*argv);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].me = i;
		sem_init(&workers[i].go, 0, 0);
		sem_init(&workers[i].done, 0, 0);
		begin(&workers[i]);
	}
	/* One more, so that the C library has a stack to spare with all that
	 * belongs to it, and allocates no more when one is replaced. */
	{
		struct worker spare = {.me = 0};

		sem_init(&spare.go, 0, 0);
		begin(&spare);
		end(&spare);
	}
	return 0;
}

static void
tell(struct worker *who, unsigned nops, bool alone, struct shadow_input in)
{
	who->in = in;
	who->nops = nops;
	who->alone = alone;
	sem_post(&who->go);
}

static void
step_one(unsigned t, struct shadow_input *in)
{
	tell(&workers[t], 1, true, *in);
	wait_for(&workers[t].done);
	*in = workers[t].in;
}

/* The input is cut in two halves of a fixed length, for each its own. */
static void
step_two(unsigned t, struct shadow_input *in)
{
	size_t n = in->left / 2 < AT_ONCE * 8 ? in->left / 2 : AT_ONCE * 8;
	struct worker *a = &workers[t], *b = &workers[(t + 1) % THREADS];

	tell(a, AT_ONCE, false, (struct shadow_input){in->p, n});
	tell(b, AT_ONCE, false, (struct shadow_input){in->p + n, n});
	in->p += 2 * n;
	in->left -= 2 * n;
	wait_for(&a->done);
	wait_for(&b->done);
	shadow_check(&world);
}

/* In the child there is one thread: this one. */
static _Noreturn void
be_child(struct shadow_input in)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned op = (unsigned)shadow_take(&in, 1);
		unsigned place = (unsigned)shadow_take(&in, 1);

		shadow_operation(&world, op, place, true, &in);
	}
	shadow_end(&world);
	_exit(0);
}

static void
step_fork(struct shadow_input *in)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		be_child(*in);
	if (pid < 0)
		return; /* no more processes: the system's affair */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		shadow_fail("a child ended with status %#x", (unsigned)status);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shadow_input in = {data, size};

	shadow_begin(&world);
	while (in.left > 0) {
		unsigned what = (unsigned)shadow_take(&in, 1);
		unsigned t = what % THREADS;

		if (what == 255) {
			step_fork(&in);
		} else if (what / THREADS % 8 == 7) {
			end(&workers[t]);
			begin(&workers[t]);
		} else if (what / THREADS % 8 >= 5) {
			step_two(t, &in);
		} else {
			step_one(t, &in);
		}
	}
	shadow_end(&world);
	return 0;
}
