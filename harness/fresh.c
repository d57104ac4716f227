/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fresh.c - a thread that the allocator has not seen before.
 *
 * Called by the workers, each for itself.
 */
#define _GNU_SOURCE 1
#include "harness/fresh.h"

#include <pthread.h>
#include <string.h>

#include "harness/say.h"

enum { STACK_BYTES = 2 << 20 }; /* and thread-local storage */

void
sl_fresh_run(struct sl_worker *w, void *(*f)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	if (w->stack == NULL)
		w->stack = sl_worker_stack(w, STACK_BYTES);
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, w->stack, STACK_BYTES);
	error = pthread_create(&thread, &attr, f, arg);
	pthread_attr_destroy(&attr);
	if (error != 0)
		sl_quit(SL_EXIT_CANNOT, "cannot start a thread: %s",
		    strerror(error));
	pthread_join(thread, NULL);
}
