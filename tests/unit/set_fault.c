/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_fault.c - the first fault that a check of a span set met; see
 * set_world.h.
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/set_world.h"

static struct {
	pthread_mutex_t lock;
	char text[256]; /* under lock; "": none */
	_Atomic(bool) any;
} fault = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
set_fault(const char *fmt, ...)
{
	va_list ap;

	pthread_mutex_lock(&fault.lock);
	if (fault.text[0] == '\0') {
		va_start(ap, fmt);
		vsnprintf(fault.text, sizeof(fault.text), fmt, ap);
		va_end(ap);
	}
	atomic_store(&fault.any, true);
	pthread_mutex_unlock(&fault.lock);
}

bool
set_has_fault(void)
{
	return atomic_load(&fault.any);
}

const char *
set_first_fault(void)
{
	static char text[sizeof(fault.text)];

	if (!set_has_fault())
		return NULL;
	memcpy(text, fault.text, sizeof(text));
	fault.text[0] = '\0';
	atomic_store(&fault.any, false);
	return text;
}
