/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - what the environment variable SPANLAB_OPTIONS asked for.
 *
 * Used by mspan, mheap and mstats.  Form: name=number, separated by commas.
 * Constant after sl_options_init().
 */
#ifndef SL_OPTIONS_H
#define SL_OPTIONS_H

struct sl_options {
	unsigned relink_percent; /* see sl_relink_percent() in spanlab.h */
	unsigned keep_pages;     /* a free of more goes back to the OS */
	unsigned hold_pages;     /* of spans that an mcache keeps, per class */
};

extern struct sl_options sl_options;

/* Reads the environment; a mistake in it ends the program with a message.
 * Called once, before the first span is made. */
void sl_options_init(void);

#endif /* SL_OPTIONS_H */
