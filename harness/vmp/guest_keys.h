/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_keys.h - the C library's names for guest_keys.c.
 *
 * Included by guest_heap.h and guest_model.h, before the sources of core.
 */
#ifndef SL_VMP_GUEST_KEYS_H
#define SL_VMP_GUEST_KEYS_H

#include <pthread.h>

int vmp_once(pthread_once_t *once, void (*init)(void));
int vmp_key_create(pthread_key_t *key, void (*destroy)(void *));
int vmp_setspecific(pthread_key_t key, const void *value);

#define pthread_once(o, init) vmp_once(o, init)
#define pthread_key_create(k, destroy) vmp_key_create(k, destroy)
#define pthread_setspecific(k, v) vmp_setspecific(k, v)

#endif /* SL_VMP_GUEST_KEYS_H */
