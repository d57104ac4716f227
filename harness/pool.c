/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pool.c - threads that stay for the whole life of a bench program.
 *
 * Called by the main thread of a bench program (through trial.c).  One pool
 * per process.
 */
#define _GNU_SOURCE 1
#include "harness/pool.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "harness/trial.h"

struct member {
	pthread_t thread; /* main thread only */
	sem_t go;         /* posted once for each job, and for the end */
};

static struct {
	struct member member[SL_THREADS_MAX];
	unsigned nmembers; /* main thread only */
	/* Written by the main thread while all members wait at `go`. */
	sl_pool_job *job;
	void *arg;
	bool is_ending;

	pthread_mutex_t lock;
	pthread_cond_t done; /* the last member has done its part */
	unsigned working;    /* lock: members that have not */
} pool = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .done = PTHREAD_COND_INITIALIZER,
};

static void
wait_for_go(struct member *m)
{
	while (sem_wait(&m->go) != 0)
		; /* interrupted */
}

static void *
member_run(void *arg)
{
	unsigned index = (unsigned)(uintptr_t)arg;
	struct member *m = &pool.member[index];

	for (wait_for_go(m); !pool.is_ending; wait_for_go(m)) {
		pool.job(index, pool.arg);
		pthread_mutex_lock(&pool.lock);
		if (--pool.working == 0)
			pthread_cond_signal(&pool.done);
		pthread_mutex_unlock(&pool.lock);
	}
	return NULL;
}

int
sl_pool_grow(unsigned n)
{
	struct member *m;
	int error;

	while (pool.nmembers < n) {
		m = &pool.member[pool.nmembers];
		sem_init(&m->go, 0, 0);
		error = pthread_create(&m->thread, NULL, member_run,
		    (void *)(uintptr_t)pool.nmembers);
		if (error != 0)
			return error;
		pool.nmembers++;
	}
	return 0;
}

void
sl_pool_start(unsigned n, sl_pool_job *job, void *arg)
{
	pool.job = job;
	pool.arg = arg;
	pool.working = n;
	for (unsigned i = 0; i < n; i++)
		sem_post(&pool.member[i].go);
}

void
sl_pool_wait(void)
{
	pthread_mutex_lock(&pool.lock);
	while (pool.working > 0)
		pthread_cond_wait(&pool.done, &pool.lock);
	pthread_mutex_unlock(&pool.lock);
}

bool
sl_pool_wait_until(uint64_t ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / 1000000000u),
	    .tv_nsec = (long)(ns % 1000000000u)};
	int error = 0;
	bool is_done;

	pthread_mutex_lock(&pool.lock);
	while (pool.working > 0 && error == 0)
		error = pthread_cond_clockwait(
		    &pool.done, &pool.lock, CLOCK_MONOTONIC, &t);
	is_done = pool.working == 0;
	pthread_mutex_unlock(&pool.lock);
	return is_done;
}

void
sl_pool_end(void)
{
	struct member *m;

	pool.is_ending = true;
	while (pool.nmembers > 0) {
		m = &pool.member[--pool.nmembers];
		sem_post(&m->go);
		pthread_join(m->thread, NULL);
		sem_destroy(&m->go);
	}
}
