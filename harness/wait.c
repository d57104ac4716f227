/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wait.c - the clock of the harness, and the last resort of those who wait.
 *
 * Called by the engine and by workloads, any thread.
 */
#define _GNU_SOURCE 1
#include "harness/wait.h"

#include <stddef.h>
#include <time.h>

uint64_t
sl_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) +
	       (uint64_t)ts.tv_nsec;
}

void
sl_wait_sleep(void)
{
	const struct timespec ts = {.tv_nsec = SL_WAIT_SLEEP_NS};

	nanosleep(&ts, NULL);
}
