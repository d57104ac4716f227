/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace_file.h - reads the file that SPANLAB_OPTIONS=trace=PATH wrote.
 *
 * Used by whoever replays or checks a trace; spanlab.h has the format.
 */
#ifndef SL_TRACE_FILE_H
#define SL_TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/spanlab.h"

/* A record and, behind it in the file, its return addresses. */
struct sl_trace_event {
	struct sl_trace_record record;
	uint32_t pid;
	const unsigned char *stack; /* record.depth words of 8 bytes */
};

struct sl_trace_file {
	struct sl_trace_event *events; /* by pid, and then by order */
	size_t n;
	char error[128]; /* what is wrong, if it could not be read */
	/* private */
	unsigned char *bytes;
	size_t size, room;
};

/* False: error says why.  In both cases sl_trace_file_free() cleans up. */
bool sl_trace_file_read(struct sl_trace_file *t, const char *path);

void sl_trace_file_free(struct sl_trace_file *t);

/*
 * Do the events make sense?  Of every object, first an allocation, then its
 * frees and moves; no address is given out while it is in use.  Objects that
 * are in use at the end are counted in *live (which may be NULL).  For files
 * of one process.  False: error says what does not fit.
 */
bool sl_trace_file_check(struct sl_trace_file *t, size_t *live);

#endif /* SL_TRACE_FILE_H */
