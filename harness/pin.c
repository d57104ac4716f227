/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.c - which processor each worker runs on, and where its memory is.
 *
 * Called by spanlab-bench's main thread and by its workers (through trial.c).
 * hwloc gives the order of processors, once; the binding itself is one system
 * call, so that nothing is allocated while workers run.
 */
#define _GNU_SOURCE 1
#include "harness/pin.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "harness/numa.h"
#include "harness/say.h"

enum { PIN_WORD_BITS = 8 * sizeof(unsigned long) };

/* As the kernel wants it, wide enough for any machine. */
struct cpu_mask {
	unsigned long w[SL_PLACE_MAX / PIN_WORD_BITS];
};

/* Written by sl_pin_init(), constant afterwards. */
static struct {
	struct sl_place place;
	bool is_asked;
	struct sl_numa numa;
	char note[128];
	struct cpu_mask allowed;
	unsigned nallowed;
	struct sl_place_pu pus[SL_PLACE_MAX];
	unsigned npus;
	char order[512];
	char in_force[64]; /* of memory */
} pin = {.nallowed = 1};

static bool
mask_has(const struct cpu_mask *m, unsigned i)
{
	return m->w[i / PIN_WORD_BITS] >> (i % PIN_WORD_BITS) & 1;
}

static bool
mask_get(struct cpu_mask *m)
{
	memset(m, 0, sizeof(*m));
	return sched_getaffinity(0, sizeof(*m), (cpu_set_t *)m) == 0;
}

/* Bind the calling thread.  NULL: the kernel says that it is so, and that the
 * thread is there; or what it says. */
static const char *
bind_to(unsigned cpu)
{
	struct cpu_mask want;
	struct cpu_mask got;

	memset(&want, 0, sizeof(want));
	want.w[cpu / PIN_WORD_BITS] = 1ul << (cpu % PIN_WORD_BITS);
	if (sched_setaffinity(0, sizeof(want), (cpu_set_t *)&want) != 0)
		return errno == EPERM ? "the kernel does not permit it"
				      : "the kernel refuses it";
	if (!mask_get(&got) || memcmp(&got, &want, sizeof(want)) != 0)
		return "the kernel gave it other processors";
	if (sched_getcpu() != (int)cpu)
		return "it runs elsewhere";
	return NULL;
}

/* The processors in their order; NULL, or why they cannot be had. */
static const char *
order(hwloc_topology_t topo, enum sl_place_policy policy)
{
	hwloc_bitmap_t allowed;

	allowed = hwloc_bitmap_alloc();
	if (allowed == NULL)
		return "no memory";
	for (unsigned i = 0; i < SL_PLACE_MAX; i++)
		if (mask_has(&pin.allowed, i))
			hwloc_bitmap_set(allowed, i);
	pin.npus = sl_place_order(topo, allowed, policy, pin.pus, SL_PLACE_MAX);
	hwloc_bitmap_free(allowed);
	return pin.npus == pin.nallowed
		   ? NULL
		   : "hwloc and the process's affinity disagree";
}

/* May this process bind at all?  A sandbox may refuse it, or do nothing. */
static const char *
try_binding(void)
{
	const char *wrong = bind_to(pin.pus[0].cpu);

	sched_setaffinity(0, sizeof(pin.allowed), (cpu_set_t *)&pin.allowed);
	return wrong;
}

/* False: refused. */
static bool
place_init(const struct sl_pin_config *c, hwloc_topology_t topo,
    const char *wrong, char *why, size_t why_len)
{
	if (c->place.policy == SL_PLACE_NONE)
		return true;
	if (wrong == NULL)
		wrong = order(topo, c->place.policy);
	if (wrong == NULL)
		wrong = try_binding();
	if (wrong == NULL) {
		pin.place = c->place;
		sl_place_print(pin.pus, pin.npus, pin.order, sizeof(pin.order));
		return true;
	}
	snprintf(pin.note, sizeof(pin.note), "%s", wrong);
	snprintf(why, why_len, "--pin=%s: %s", sl_place_name(c->place.policy),
	    wrong);
	if (!c->is_asked)
		sl_say("threads are not bound: %s", wrong);
	return !c->is_asked;
}

static bool
numa_init(const char *text, hwloc_topology_t topo, const char *wrong, char *why,
    size_t why_len)
{
	char line[256];
	int error;

	if (text == NULL)
		return true;
	if (wrong == NULL &&
	    sl_numa_parse(text, topo, &pin.numa, line, sizeof(line))) {
		error = sl_numa_apply(&pin.numa);
		if (error == 0)
			return true;
		snprintf(line, sizeof(line), "'%.80s': %s", text,
		    error == ENOSYS ? "the kernel has no NUMA"
				    : strerror(error));
	}
	snprintf(why, why_len, "--numa=%s", wrong != NULL ? wrong : line);
	return false;
}

static bool
init_with(const struct sl_pin_config *c, hwloc_topology_t topo,
    const char *wrong, char *why, size_t why_len)
{
	return place_init(c, topo, wrong, why, why_len) &&
	       numa_init(c->numa, topo, wrong, why, why_len);
}

bool
sl_pin_init(const struct sl_pin_config *c, char *why, size_t why_len)
{
	const char *wrong = NULL;
	hwloc_topology_t topo;
	bool good;

	pin.is_asked = c->is_asked;
	if (mask_get(&pin.allowed)) {
		pin.nallowed = 0;
		for (unsigned i = 0; i < SL_PLACE_MAX; i++)
			pin.nallowed += mask_has(&pin.allowed, i);
	} else {
		wrong = "the process's affinity cannot be read";
	}
	if (c->place.policy == SL_PLACE_NONE && c->numa == NULL) {
		good = true;
	} else if (hwloc_topology_init(&topo) != 0) {
		good = init_with(c, NULL, "hwloc cannot start", why, why_len);
	} else {
		if (hwloc_topology_load(topo) != 0)
			wrong = "hwloc cannot read the topology";
		else if (!hwloc_topology_is_thissystem(topo))
			wrong = "hwloc is told of another machine "
				"(HWLOC_SYNTHETIC, HWLOC_XMLFILE)";
		good = init_with(c, topo, wrong, why, why_len);
		hwloc_topology_destroy(topo);
	}
	sl_numa_print(pin.in_force, sizeof(pin.in_force));
	return good;
}

int
sl_pin_self(unsigned index, unsigned threads)
{
	const struct sl_place_pu *pu;
	const char *wrong;

	if (!sl_numa_holds(&pin.numa))
		sl_quit(SL_EXIT_CANNOT,
		    "--numa: thread %u has another memory policy", index);
	if (pin.place.policy == SL_PLACE_NONE)
		return SL_PIN_FREE;
	pu = sl_place_of(&pin.place, pin.pus, pin.npus, index, threads);
	if (pu == NULL) {
		/* An earlier, smaller trial may have bound this thread. */
		sched_setaffinity(
		    0, sizeof(pin.allowed), (cpu_set_t *)&pin.allowed);
		return SL_PIN_FREE;
	}
	wrong = bind_to(pu->cpu);
	if (wrong == NULL)
		return (int)pu->cpu;
	/* What was asked for must be; what was only wished for is counted. */
	if (pin.is_asked)
		sl_quit(SL_EXIT_CANNOT,
		    "--pin=%s: thread %u cannot be bound to CPU %u: %s",
		    sl_pin_name(), index, pu->cpu, wrong);
	return SL_PIN_FREE;
}

int
sl_pin_where(void)
{
	return sched_getcpu();
}

unsigned
sl_pin_allowed(void)
{
	return pin.nallowed;
}

const char *
sl_pin_name(void)
{
	return sl_place_name(pin.place.policy);
}

const char *
sl_pin_oversubscribed(void)
{
	return pin.place.wraps ? "wrap" : "none";
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

const char *
sl_pin_numa(void)
{
	return pin.in_force;
}
