/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fiber.h - virtual threads' stacks and thread-local data.
 *
 * Used by both engines.  A fiber runs on the thread that switches to it, with a
 * stack of its own and with the thread-local data of another thread of the
 * system, which was made for that and sleeps: the C library's thread number is
 * the address by which thread-local data is reached (x86-64).
 */
#ifndef SL_VMP_FIBER_H
#define SL_VMP_FIBER_H

#include <stdbool.h>
#include <stdint.h>

enum { FIBER_STACK_BYTES = 256 << 10 };

struct fiber {
	void *sp;
	uintptr_t tls;
	char *stack; /* FIBER_STACK_BYTES, with a guard below */
};

/* The stack and thread-local data of fiber n, once.  False: no memory. */
bool fiber_make(struct fiber *f);

/* The program's thread-local data of f is as that of a new thread; what
 * libraries have there stays. */
void fiber_renew(struct fiber *f);

/* f will begin with main(arg), which must not return. */
void fiber_start(struct fiber *f, void (*main)(void *), void *arg);

/* Leave `from`, and go on with `to`.  The system's own thread is a fiber too,
 * after fiber_adopt(). */
void fiber_adopt(struct fiber *self);
void fiber_switch(struct fiber *from, struct fiber *to);

/* Without a call of the kernel.  VMP_FSGSBASE=0 in the environment: never, for
 * tests. */
bool fiber_is_fast(void);

#endif /* SL_VMP_FIBER_H */
