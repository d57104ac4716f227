/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * say.h - one line on stderr, under the program's name.
 *
 * Used by the bench programs and by workloads, any thread.  Nothing here
 * allocates: the heap may be the very thing that is broken.
 */
#ifndef SL_SAY_H
#define SL_SAY_H

/* Exit statuses of the bench programs. */
enum {
	SL_EXIT_CANNOT = 1, /* no memory, no thread */
	SL_EXIT_USAGE = 2,
	SL_EXIT_CHECK = 3,     /* the heap or an object is corrupt */
	SL_EXIT_ALLOCATOR = 4, /* another malloc answers */
};

/* Formats like printf; the newline is added. */
void sl_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Say it, and end the program without exit handlers. */
_Noreturn void sl_quit(int status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), cold));

#endif /* SL_SAY_H */
