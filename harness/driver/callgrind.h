/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * callgrind.h - how many instructions a program's allocations took, read from
 * callgrind's own file.
 *
 * Used by instructions.c.
 */
#ifndef SL_DRIVER_CALLGRIND_H
#define SL_DRIVER_CALLGRIND_H

#include <stdint.h>

enum sl_call { SL_MALLOC, SL_CALLOC, SL_REALLOC, SL_FREE, SL_N_CALLS };
extern const char *const sl_call_names[SL_N_CALLS];

/* Instructions are those of the call and all that it calls. */
struct sl_called {
	uint64_t calls[SL_N_CALLS];
	uint64_t instructions[SL_N_CALLS];
};

/* Adds up what the object file `caller` called.  The text is one that
 * callgrind wrote with --compress-strings=no and --compress-pos=no. */
void sl_callgrind_read(
    const char *text, const char *caller, struct sl_called *out);

/* Of one operation: a realloc and what goes with it, a calloc or malloc and
 * its free, or whichever of them there is.  NAN if there is none. */
double sl_callgrind_per_operation(const struct sl_called *c);

#endif /* SL_DRIVER_CALLGRIND_H */
