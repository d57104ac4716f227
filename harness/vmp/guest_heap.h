/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_heap.h - what makes a room of core above mcentral a guest.
 *
 * Included by the compiler before each source of core that is explored together
 * with the page heap and mcaches; as guest.h is for sets and mcentral alone.
 * Threads' ends and forks are those of guest_thread.c.
 */
#ifndef SL_VMP_GUEST_HEAP_H
#define SL_VMP_GUEST_HEAP_H

#include <pthread.h>

#include "harness/vmp/guest.h"

int vmp_once(pthread_once_t *once, void (*init)(void));
int vmp_key_create(pthread_key_t *key, void (*destroy)(void *));
int vmp_setspecific(pthread_key_t key, const void *value);
int vmp_atfork(
    void (*prepare)(void), void (*parent)(void), void (*child)(void));

#define pthread_once(o, init) vmp_once(o, init)
#define pthread_key_create(k, destroy) vmp_key_create(k, destroy)
#define pthread_setspecific(k, v) vmp_setspecific(k, v)
#define pthread_atfork(a, b, c) vmp_atfork(a, b, c)

/* The thread forks.  As the child the others never run again. */
void vmp_fork(bool as_child);

#endif /* SL_VMP_GUEST_HEAP_H */
