/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * progress.h - how far a sweep is and when it will end.
 *
 * Used by sweep.c.
 */
#ifndef SL_DRIVER_PROGRESS_H
#define SL_DRIVER_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct sl_progress {
	bool bar; /* stderr is a terminal */
	size_t done, total, failed;
	size_t said; /* done when the last line was printed */
	double start_s;
	double left_s; /* expected, kept up by the sweep */
};

void sl_progress_begin(struct sl_progress *p, size_t total);
/* What runs now. */
void sl_progress_show(struct sl_progress *p, const char *cell);
/* Before any other line is printed: takes the bar away. */
void sl_progress_clear(const struct sl_progress *p);

#endif /* SL_DRIVER_PROGRESS_H */
