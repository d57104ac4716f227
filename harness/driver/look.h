/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * look.h - how each allocator is drawn, the same in every plot and table.
 *
 * Used by plot.c and the page.
 */
#ifndef SL_DRIVER_LOOK_H
#define SL_DRIVER_LOOK_H

#include <stdbool.h>

#include "harness/driver/allocators.h"

/* Variants: strong colour, full line, filled marker.  The others: muted
 * colour, broken thin line, open marker.  So no pair differs by hue alone. */
struct sl_look {
	const char *key;  /* "v1": the page's CSS variable is --v1 */
	unsigned light;   /* 0xrrggbb on a light ground */
	unsigned dark;    /* ... on a dark ground */
	int point;        /* gnuplot's marker */
	const char *dash; /* gnuplot's dash type */
	double width;
	bool is_hollow; /* the marker */
};

enum { SL_LOOKS = 14 };
extern const struct sl_look sl_looks[SL_LOOKS];

/* looks[i] for allocator i; the well-known have theirs whoever else is there.
 * When there are more than looks, one comes again with open markers and broken
 * lines.  The caller frees the array. */
struct sl_look *sl_look_assign(const struct sl_allocators *l);

#endif /* SL_DRIVER_LOOK_H */
