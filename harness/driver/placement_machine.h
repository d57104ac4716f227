/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * placement_machine.h - the machine as hwloc sees it, and which of its CPUs
 * this process may use.
 *
 * Used by placement*.c.
 */
#ifndef SL_DRIVER_PLACEMENT_MACHINE_H
#define SL_DRIVER_PLACEMENT_MACHINE_H

#include "harness/place.h"

struct sl_machine {
	hwloc_topology_t topo;
	hwloc_bitmap_t allowed; /* NULL: all, of another machine */
	bool is_here; /* hwloc may be told of another machine by its variables
		       */
};

/* Exits with a clear line if it cannot be seen. */
void sl_machine_open(struct sl_machine *m);
void sl_machine_close(struct sl_machine *m);

#endif /* SL_DRIVER_PLACEMENT_MACHINE_H */
