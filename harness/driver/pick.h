/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pick.h - which of the allocators the user wants, with which options.
 *
 * Used by plan.c.
 */
#ifndef SL_DRIVER_PICK_H
#define SL_DRIVER_PICK_H

#include "harness/driver/allocators.h"

struct sl_pick {
	const struct sl_allocators *all; /* those that there are */
	const struct sl_names *wanted;   /* specs */
	const char *preset_options;      /* of our variants; "" if none */
	const char *bench;               /* to ask a library what it takes */
};

/* Exits with a clear line on what is not there, twice there, or refused by
 * the library.  An allocator's options are the preset's, over them those of
 * SPANLAB_OPTIONS, over them those of its spec. */
void sl_pick_allocators(const struct sl_pick *p, struct sl_allocators *picked);

#endif /* SL_DRIVER_PICK_H */
