/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtrace.h - a record in a file for each allocation and free (Go: tracealloc).
 *
 * Used by mhook.  spanlab.h has the format of the file.  Each thread fills a
 * buffer of its own and appends it to the file as a whole: when it is full,
 * at the end of the thread, before a fork, at the end of the program, and
 * before a message about a wrong free.
 *
 *   operation | by                | progress
 *   ----------+-------------------+------------------------------------------
 *   put       | the buffer's user | one fetch_add, one mutex, mostly its own
 *   flush     | any               | the same mutex, and a write to the file
 *
 * The mutex is there for flushes at the end of the program, when other threads
 * may still run.  Memory: the buffer's, which its user keeps.  No ABA.
 *
 * Order.  A record takes its number when the object is allocated but not yet
 * known to the program, or when it is not yet free.  So of two records about
 * one address the one with the smaller number came first.
 */
#ifndef SL_MTRACE_H
#define SL_MTRACE_H

#include "core/lock.h"
#include "core/mstack.h"
#include "core/spanlab.h"

enum { SL_TRACE_BUFFER = 16 << 10 };

struct sl_trace_buffer {
	struct sl_mutex lock;
	uint32_t thread; /* its number */
	/* Under the lock. */
	struct sl_trace_chunk chunk;
	unsigned char bytes[SL_TRACE_BUFFER];
};

/* Make the file of trace=; a failure ends the program with a message. */
void sl_trace_init(void);

void sl_trace_buffer_init(struct sl_trace_buffer *b);

/* Fills in thread, order and, from the stack, depth. */
void sl_trace_put(struct sl_trace_buffer *b, struct sl_trace_record *r,
    const struct sl_stack *st);

void sl_trace_flush(struct sl_trace_buffer *b);

/* The same, unless its lock is held. */
void sl_trace_try_flush(struct sl_trace_buffer *b);

/* The last chunk: where the program's code lies. */
void sl_trace_put_maps(void);

/* The child's trace goes to a file of its own if the name has %p, else to the
 * parent's. */
void sl_trace_in_child(void);

#endif /* SL_MTRACE_H */
