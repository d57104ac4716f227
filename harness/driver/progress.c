/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * progress.c - how far a sweep is and when it will end.
 *
 * Called by sweep.c.  On a terminal one line that is drawn again; otherwise
 * about twenty lines in all, for a log.
 */
#define _GNU_SOURCE
#include "harness/driver/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/driver/util.h"

enum { LOG_LINES = 20, BAR_WIDTH = 24 };

static int
columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || w.ws_col == 0)
		return 80;
	return w.ws_col;
}

void
sl_progress_begin(struct sl_progress *p, size_t total)
{
	*p = (struct sl_progress){.bar = isatty(STDERR_FILENO),
	    .total = total,
	    .start_s = sl_now_s()};
}

void
sl_progress_clear(const struct sl_progress *p)
{
	if (p->bar)
		fputs("\r\033[K", stderr);
}

static void
draw(const struct sl_progress *p, const char *cell, const char *left)
{
	size_t full = p->total ? BAR_WIDTH * p->done / p->total : 0;
	char bar[BAR_WIDTH + 1], line[256], failed[40] = "";

	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', full);
	bar[BAR_WIDTH] = '\0';
	if (p->failed)
		snprintf(failed, sizeof failed, ", %zu failed", p->failed);
	snprintf(line, sizeof line, "[%s] %zu/%zu, %s left%s  %s", bar, p->done,
	    p->total, left, failed, cell);
	fprintf(stderr, "\r%.*s\033[K", columns() - 1, line);
	fflush(stderr);
}

void
sl_progress_show(struct sl_progress *p, const char *cell)
{
	size_t step = p->total / LOG_LINES + 1;
	char left[32], spent[32];

	sl_clock_text(p->left_s, left);
	if (p->bar) {
		draw(p, cell, left);
	} else if (p->done >= p->said + step || p->done == p->total) {
		p->said = p->done;
		fprintf(stderr,
		    "%zu of %zu cells, %zu failed, %s spent, %s "
		    "left\n",
		    p->done, p->total, p->failed,
		    sl_clock_text(sl_now_s() - p->start_s, spent), left);
	}
}
