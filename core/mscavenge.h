/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mscavenge.h - memory of free pages goes back to the OS (Go: the scavenger).
 *
 * Used by mheap.  Any threads at once, without the heap lock: the pages are
 * taken under it as if in use, given back to the OS without it, and freed
 * under it as clean ones.  So the heap goes on meanwhile, and no page is given
 * back twice.  Highest addresses first, as allocation begins with the lowest.
 *
 * One scavenger at a time: its lock is what fork takes so that no page is lost
 * in the child.
 */
#ifndef SL_MSCAVENGE_H
#define SL_MSCAVENGE_H

#include <stddef.h>

/* At least so many bytes, if there are; returns how many. */
size_t sl_scavenge(size_t bytes);

/* Bytes given back so far. */
size_t sl_scavenged_bytes(void);

/* Wait until nobody is at it, and let nobody begin meanwhile. */
void sl_scavenge_stop(void);
void sl_scavenge_go(void);

void sl_scavenge_fork_prepare(void);
void sl_scavenge_fork_done(void);

#endif /* SL_MSCAVENGE_H */
