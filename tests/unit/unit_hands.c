/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit_hands.c - threads that wait for work; see unit.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "tests/unit/unit.h"

enum { HANDS = 8 };

static struct hand {
	pthread_t thread;
	sem_t go, done;
	void *(*fn)(void *);
	void *arg;
} hands[HANDS];

static void *
serve(void *arg)
{
	struct hand *h = arg;

	free(malloc(100)); /* the first allocation makes the mcache */
	sem_post(&h->done);
	for (;;) {
		while (sem_wait(&h->go) != 0)
			;
		if (h->fn == NULL)
			return NULL;
		h->fn(h->arg);
		sem_post(&h->done);
	}
}

void
unit_start_hands(unsigned n)
{
	if (n > HANDS)
		unit_child_fail("there are not so many hands");
	for (unsigned i = 0; i < n; i++) {
		struct hand *h = &hands[i];

		sem_init(&h->go, 0, 0);
		sem_init(&h->done, 0, 0);
		if (pthread_create(&h->thread, NULL, serve, h) != 0)
			unit_child_fail("no thread");
		while (sem_wait(&h->done) != 0)
			;
	}
}

void
unit_begin_in_hand(unsigned i, void *(*fn)(void *), void *arg)
{
	struct hand *h = &hands[i];

	h->fn = fn;
	h->arg = arg;
	sem_post(&h->go);
}

void
unit_run_in_hand(unsigned i, void *(*fn)(void *), void *arg)
{
	unit_begin_in_hand(i, fn, arg);
	while (sem_wait(&hands[i].done) != 0)
		;
}

bool
unit_hand_ended(unsigned i, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	while (sem_timedwait(&hands[i].done, &until) != 0)
		if (errno != EINTR)
			return false;
	return true;
}

void
unit_dismiss_hand(unsigned i)
{
	pthread_detach(hands[i].thread);
	unit_begin_in_hand(i, NULL, NULL);
}
