/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.c - which processor each worker runs on.
 *
 * Called by spanlab-bench's main thread and by its workers (through trial.c).
 * hwloc gives the order of processors, once; the binding itself is one system
 * call, so that nothing is allocated while workers run.
 */
#define _GNU_SOURCE 1
#include "harness/pin.h"

#include <hwloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PIN_CPUS_MAX = 4096,
	PIN_WORD_BITS = 8 * sizeof(unsigned long),
};

/* As the kernel wants it, wide enough for any machine. */
struct cpu_mask {
	unsigned long w[PIN_CPUS_MAX / PIN_WORD_BITS];
};

/* A processor and its rank among those that may be used. */
struct cpu {
	unsigned os_index;
	unsigned package;
	unsigned core;   /* within the package */
	unsigned thread; /* within the core */
};

/* Written by sl_pin_init(), constant afterwards. */
static struct {
	enum sl_pin_policy policy;
	const char *note;
	struct cpu_mask allowed;
	unsigned nallowed;
	struct cpu cpus[PIN_CPUS_MAX];
	unsigned ncpus;
	char order[512];
} pin = {.note = "", .nallowed = 1};

static bool
mask_has(const struct cpu_mask *m, unsigned i)
{
	return i < PIN_CPUS_MAX &&
	       (m->w[i / PIN_WORD_BITS] >> (i % PIN_WORD_BITS) & 1);
}

static bool
mask_get(struct cpu_mask *m)
{
	memset(m, 0, sizeof(*m));
	return sched_getaffinity(0, sizeof(*m), (cpu_set_t *)m) == 0;
}

static int
cpu_compare_scatter(const void *a, const void *b)
{
	const struct cpu *x = a;
	const struct cpu *y = b;

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->core != y->core)
		return x->core < y->core ? -1 : 1;
	return x->package < y->package ? -1 : x->package > y->package;
}

/* The logical index of the ancestor of that type; 0 where there is none. */
static unsigned
ancestor(hwloc_topology_t topo, hwloc_obj_t pu, hwloc_obj_type_t type)
{
	hwloc_obj_t o = hwloc_get_ancestor_obj_by_type(topo, type, pu);

	return o == NULL ? pu->logical_index : o->logical_index;
}

/* List the processors that may be used, in hwloc's logical order, which is
 * the compact one, with their ranks. */
static void
cpus_list(hwloc_topology_t topo)
{
	unsigned last_package = ~0u;
	unsigned last_core = ~0u;
	unsigned npackages = 0;
	hwloc_obj_t pu = NULL;

	while (pin.ncpus < PIN_CPUS_MAX &&
	       (pu = hwloc_get_next_obj_by_type(topo, HWLOC_OBJ_PU, pu))) {
		struct cpu *c = &pin.cpus[pin.ncpus];
		unsigned package = ancestor(topo, pu, HWLOC_OBJ_PACKAGE);
		unsigned core = ancestor(topo, pu, HWLOC_OBJ_CORE);

		if (!mask_has(&pin.allowed, pu->os_index))
			continue;
		c->os_index = pu->os_index;
		if (package != last_package) {
			c->package = npackages++;
		} else {
			c->package = c[-1].package;
			c->core = c[-1].core + (core != last_core);
			if (core == last_core)
				c->thread = c[-1].thread + 1;
		}
		last_package = package;
		last_core = core;
		pin.ncpus++;
	}
}

static void
order_print(void)
{
	size_t at = 0;

	for (unsigned i = 0; i < pin.ncpus && at < sizeof(pin.order); i++)
		at += (size_t)snprintf(pin.order + at, sizeof(pin.order) - at,
		    "%s%u", i > 0 ? "," : "", pin.cpus[i].os_index);
}

void
sl_pin_init(enum sl_pin_policy policy)
{
	hwloc_topology_t topo;

	if (!mask_get(&pin.allowed)) {
		pin.note = "the process's affinity cannot be read";
		return;
	}
	pin.nallowed = 0;
	for (unsigned i = 0; i < PIN_CPUS_MAX; i++)
		pin.nallowed += mask_has(&pin.allowed, i);
	if (policy == SL_PIN_NONE)
		return;
	if (hwloc_topology_init(&topo) != 0) {
		pin.note = "hwloc cannot start";
		return;
	}
	if (hwloc_topology_load(topo) == 0)
		cpus_list(topo);
	hwloc_topology_destroy(topo);
	if (pin.ncpus != pin.nallowed) {
		pin.note = "hwloc and the process's affinity disagree";
		return;
	}
	pin.policy = policy;
	if (policy == SL_PIN_SCATTER)
		qsort(pin.cpus, pin.ncpus, sizeof(pin.cpus[0]),
		    cpu_compare_scatter);
	order_print();
}

bool
sl_pin_self(unsigned index, unsigned threads)
{
	struct cpu_mask want;
	struct cpu_mask got;
	unsigned cpu;

	if (pin.policy == SL_PIN_NONE)
		return false;
	if (threads > pin.ncpus) {
		/* An earlier, smaller trial may have bound this thread. */
		sched_setaffinity(
		    0, sizeof(pin.allowed), (cpu_set_t *)&pin.allowed);
		return false;
	}
	cpu = pin.cpus[index].os_index;
	memset(&want, 0, sizeof(want));
	want.w[cpu / PIN_WORD_BITS] = 1ul << (cpu % PIN_WORD_BITS);
	if (sched_setaffinity(0, sizeof(want), (cpu_set_t *)&want) != 0 ||
	    !mask_get(&got) || memcmp(&got, &want, sizeof(want)) != 0)
		return false;
	return sched_getcpu() == (int)cpu;
}

unsigned
sl_pin_allowed(void)
{
	return pin.nallowed;
}

const char *
sl_pin_name(void)
{
	static const char *const name[] = {"none", "compact", "scatter"};

	return name[pin.policy];
}

const char *
sl_pin_note(void)
{
	return pin.note;
}

const char *
sl_pin_order(void)
{
	return pin.order;
}
