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

#include "harness/vmp/guest.h"
#include "harness/vmp/guest_keys.h"

int vmp_atfork(
    void (*prepare)(void), void (*parent)(void), void (*child)(void));

#define pthread_atfork(a, b, c) vmp_atfork(a, b, c)

/* The thread forks.  As the child the others never run again. */
void vmp_fork(bool as_child);

#endif /* SL_VMP_GUEST_HEAP_H */
