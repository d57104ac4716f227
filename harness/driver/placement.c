/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * placement.c - where a sweep's threads and their memory are to be, and what
 * this machine has for it.
 *
 * Called by options, plan and list.
 */
#include "harness/driver/placement.h"

#include <stdlib.h>
#include <string.h>

#include "harness/driver/placement_machine.h"
#include "harness/driver/util.h"
#include "harness/numa.h"

/* Leaves if the machine cannot be seen. */
void
sl_machine_open(struct sl_machine *m)
{
	*m = (struct sl_machine){0};
	if (hwloc_topology_init(&m->topo) || hwloc_topology_load(m->topo))
		sl_die(SL_EXIT_CANNOT,
		    "hwloc cannot read this machine's topology");
	if (!hwloc_topology_is_thissystem(m->topo))
		return;
	m->is_here = true;
	m->allowed = hwloc_bitmap_alloc();
	if (!m->allowed ||
	    hwloc_get_cpubind(m->topo, m->allowed, HWLOC_CPUBIND_THREAD))
		sl_die(SL_EXIT_CANNOT, "the process's affinity cannot be read");
}

void
sl_machine_close(struct sl_machine *m)
{
	hwloc_bitmap_free(m->allowed);
	hwloc_topology_destroy(m->topo);
}

/* Of "scatter:wrap" the word. */
static char *
first_word(const char *text)
{
	return sl_printf("%.*s", (int)strcspn(text, ":"), text);
}

static _Noreturn void
refuse(const char *option, const char *text, const struct sl_names *known)
{
	char *word = first_word(text);
	const char *near = sl_names_nearest(known, word);

	/* the word may be right, and what follows it wrong */
	if (near && strcmp(near, word) == 0)
		sl_die(SL_EXIT_USAGE, "--%s: '%s': behind %s can only be :wrap",
		    option, text, near);
	sl_die(SL_EXIT_USAGE, "--%s: '%s' is not %s%s%s%s", option, text,
	    sl_names_join(known, ", "), near ? ": did you mean " : "",
	    near ? near : "", near ? "?" : "");
}

void
sl_placement_check_pin(const char *text)
{
	struct sl_names known = {0};
	struct sl_place place;

	if (sl_place_parse(text, &place))
		return;
	for (int i = 0; i < SL_PLACE_POLICIES; i++)
		sl_names_add(&known, sl_place_name((enum sl_place_policy)i));
	refuse("pin", text, &known);
}

void
sl_placement_check_numa(const char *text, bool is_here)
{
	struct sl_names known = {0};
	struct sl_machine m;
	struct sl_numa numa;
	char why[256];

	for (int i = SL_NUMA_LOCAL; i < SL_NUMA_MODES; i++)
		sl_names_add(&known, sl_numa_name((enum sl_numa_mode)i));
	if (!sl_numa_is_mode(text))
		refuse("numa", text, &known);
	sl_names_destroy(&known);
	if (!is_here)
		return;
	sl_machine_open(&m);
	if (!sl_numa_parse(text, m.topo, &numa, why, sizeof why))
		sl_die(SL_EXIT_USAGE, "--numa: %s", why);
	sl_machine_close(&m);
}

char *
sl_placement_order(const char *pin)
{
	static struct sl_place_pu pus[SL_PLACE_MAX];
	char order[SL_PLACE_MAX * 5] = "";
	struct sl_place place = {SL_PLACE_NONE, false};
	struct sl_machine m;
	unsigned n;

	if (*pin && !sl_place_parse(pin, &place))
		sl_die(SL_EXIT_USAGE, "no such policy: %s", pin);
	if (place.policy == SL_PLACE_NONE)
		return sl_strdup("");
	sl_machine_open(&m);
	if (!m.is_here)
		sl_die(SL_EXIT_USAGE,
		    "--pin %s: hwloc is told of another machine "
		    "(HWLOC_SYNTHETIC, HWLOC_XMLFILE)",
		    pin);
	n = sl_place_order(m.topo, m.allowed, place.policy, pus, SL_PLACE_MAX);
	if (n == 0 || (int)n != hwloc_bitmap_weight(m.allowed))
		sl_die(SL_EXIT_USAGE,
		    "--pin %s: hwloc and the process's affinity disagree", pin);
	sl_place_print(pus, n, order, sizeof order);
	sl_machine_close(&m);
	return sl_strdup(order);
}
