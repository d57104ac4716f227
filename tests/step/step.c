/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.c - delays threads at random, or stops one; see step.h.
 * Called by code that was compiled with step.h, and by the tests.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "tests/step/control.h"
#include "tests/step/step.h"
#include "tests/unit/unit.h"

static atomic_bool random_delays;

static _Thread_local uint64_t dice;
static _Thread_local unsigned held;    /* what others may wait for */
static _Thread_local unsigned steps;   /* since step_stop_at() */
static _Thread_local unsigned stop_at; /* 0: nowhere */

/* Of the thread that is stopped. */
static struct {
	sem_t news; /* it stopped, or came to its end */
	int go[2];  /* a pipe, since a signal handler may wait at it */
	atomic_bool is_stopped;
	atomic_bool is_held;
} stopped;

__attribute__((constructor)) static void
start(void)
{
	sem_init(&stopped.news, 0, 0);
	if (pipe(stopped.go) != 0)
		unit_child_fail("no pipe");
}

/* Only what a signal handler may do. */
static void
stop_here(void)
{
	char c;

	atomic_store(&stopped.is_held, held != 0);
	atomic_store(&stopped.is_stopped, true);
	sem_post(&stopped.news);
	while (read(stopped.go[0], &c, 1) != 1)
		if (errno != EINTR)
			unit_child_fail("a pipe that cannot be read");
}

static void
delay(void)
{
	unsigned turns = 0;

	if (dice == 0)
		dice = unit_seed((uintptr_t)&dice);
	if (unit_random(&dice, 16) == 0)
		turns = unit_random(&dice, 256) == 0 ? 200 : 1;
	for (; turns > 0; turns--)
		sched_yield();
}

void
step_take(void)
{
	steps++;
	if (steps == stop_at)
		stop_here();
	else if (atomic_load_explicit(&random_delays, memory_order_relaxed))
		delay();
}

void
step_pause(void)
{
	sched_yield();
}

void
step_hold(void)
{
	held++;
}

void
step_let_go(void)
{
	held--;
}

void
step_delay_at_random(bool on)
{
	atomic_store(&random_delays, on);
}

void
step_stop_at(unsigned n)
{
	steps = 0;
	stop_at = n;
}

unsigned
step_end(void)
{
	stop_at = 0;
	sem_post(&stopped.news);
	return steps;
}

static void
handle(int sig)
{
	int saved = errno;

	(void)sig;
	stop_here();
	errno = saved;
}

void
step_stop_by_signal(int sig)
{
	struct sigaction a = {.sa_handler = handle, .sa_flags = SA_RESTART};

	sigaction(sig, &a, NULL);
}

bool
step_wait(void)
{
	while (sem_wait(&stopped.news) != 0)
		;
	return atomic_exchange(&stopped.is_stopped, false);
}

bool
step_is_held(void)
{
	return atomic_load(&stopped.is_held);
}

void
step_release(void)
{
	if (write(stopped.go[1], "", 1) != 1)
		unit_child_fail("a pipe that cannot be written");
}
