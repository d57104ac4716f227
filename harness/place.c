/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place.c - in which order threads take the processors of a machine.
 *
 * Called by pin.c in the bench programs, and by the driver.
 */
#include "harness/place.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANK_BITS = 12 }; /* SL_PLACE_MAX PUs have ranks below 2^12 */

/* By what a policy sorts, first what changes last: p(ackage), n(ode), c(ore),
 * t(hread); "" is by the kernel's number. */
static const struct {
	const char *name;
	const char *synch;
	const char *keys;
} policies[SL_PLACE_POLICIES] = {
    [SL_PLACE_NONE] = {"none", NULL, "pnct"},
    [SL_PLACE_COMPACT] = {"compact", "numa-dense-smt-prefer", "pnct"},
    [SL_PLACE_PER_SOCKET] = {"per-socket", "numa-dense", "ptnc"},
    [SL_PLACE_SCATTER] = {"scatter", "numa-sparse", "tcnp"},
    [SL_PLACE_SMT_FIRST] = {"smt-first", "numa-sparse-smt-prefer", "cnpt"},
    [SL_PLACE_SMT_LAST] = {"smt-last", NULL, "tpnc"},
    [SL_PLACE_FLAT] = {"flat", NULL, ""},
};

static bool
is_word(const char *text, size_t len, const char *word)
{
	return word != NULL && strlen(word) == len &&
	       memcmp(text, word, len) == 0;
}

bool
sl_place_parse(const char *text, struct sl_place *out)
{
	size_t len = strcspn(text, ":");

	for (int i = 0; i < SL_PLACE_POLICIES; i++) {
		if (!is_word(text, len, policies[i].name) &&
		    !is_word(text, len, policies[i].synch))
			continue;
		out->policy = (enum sl_place_policy)i;
		out->wraps = strcmp(text + len, ":wrap") == 0;
		return text[len] == '\0' || (out->wraps && i != SL_PLACE_NONE);
	}
	return false;
}

const char *
sl_place_name(enum sl_place_policy policy)
{
	return policy < SL_PLACE_POLICIES ? policies[policy].name : NULL;
}

const char *
sl_place_synch_name(enum sl_place_policy policy)
{
	return policy < SL_PLACE_POLICIES ? policies[policy].synch : NULL;
}

/* The objects that a PU is in; a core or node that hwloc does not know of is
 * the PU's own, or the machine's. */
struct home {
	hwloc_obj_t package;
	unsigned numa;
	hwloc_obj_t core;
};

static struct home
home_of(hwloc_topology_t topo, hwloc_obj_t pu)
{
	struct home h = {
	    hwloc_get_ancestor_obj_by_type(topo, HWLOC_OBJ_PACKAGE, pu),
	    0,
	    hwloc_get_ancestor_obj_by_type(topo, HWLOC_OBJ_CORE, pu),
	};
	int node = pu->nodeset == NULL ? -1 : hwloc_bitmap_first(pu->nodeset);

	if (node > 0)
		h.numa = (unsigned)node;
	if (h.core == NULL)
		h.core = pu;
	return h;
}

/* The ranks of a PU that comes behind another one, or NULL. */
static void
rank(struct sl_place_pu *c, const struct sl_place_pu *before,
    const struct home *now, const struct home *last)
{
	if (before == NULL)
		return;
	c->package = before->package;
	if (now->package != last->package) {
		c->package++;
		return;
	}
	c->node = before->node;
	if (now->numa != last->numa) {
		c->node++;
		return;
	}
	c->core = before->core;
	if (now->core != last->core) {
		c->core++;
		return;
	}
	c->thread = before->thread + 1;
}

static uint64_t
key_of(const struct sl_place_pu *c, const char *keys)
{
	uint64_t key = 0;

	for (; *keys != '\0'; keys++) {
		key <<= RANK_BITS;
		key |= *keys == 'p'   ? c->package
		       : *keys == 'n' ? c->node
		       : *keys == 'c' ? c->core
				      : c->thread;
	}
	return key;
}

struct keyed {
	uint64_t key;
	struct sl_place_pu pu;
};

static int
by_key(const void *a, const void *b)
{
	const struct keyed *x = a;
	const struct keyed *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->pu.cpu < y->pu.cpu ? -1 : x->pu.cpu > y->pu.cpu;
}

static void
sort(struct sl_place_pu *pus, unsigned n, const char *keys)
{
	struct keyed *k = calloc(n, sizeof(*k));

	if (k == NULL)
		abort();
	for (unsigned i = 0; i < n; i++)
		k[i] = (struct keyed){key_of(&pus[i], keys), pus[i]};
	qsort(k, n, sizeof(*k), by_key);
	for (unsigned i = 0; i < n; i++)
		pus[i] = k[i].pu;
	free(k);
}

unsigned
sl_place_order(hwloc_topology_t topo, hwloc_const_cpuset_t allowed,
    enum sl_place_policy policy, struct sl_place_pu *pus, unsigned max)
{
	struct home now, last = {NULL, 0, NULL};
	hwloc_obj_t pu = NULL;
	unsigned n = 0;

	/* hwloc's order keeps what belongs together side by side. */
	while ((pu = hwloc_get_next_obj_by_type(topo, HWLOC_OBJ_PU, pu))) {
		if (allowed != NULL &&
		    !hwloc_bitmap_isset(allowed, pu->os_index))
			continue;
		if (n == max || n == SL_PLACE_MAX ||
		    pu->os_index >= SL_PLACE_MAX)
			return 0;
		now = home_of(topo, pu);
		pus[n] =
		    (struct sl_place_pu){.cpu = pu->os_index, .numa = now.numa};
		rank(&pus[n], n > 0 ? &pus[n - 1] : NULL, &now, &last);
		last = now;
		n++;
	}
	if (n > 0)
		sort(pus, n, policies[policy].keys);
	return n;
}

const struct sl_place_pu *
sl_place_of(const struct sl_place *place, const struct sl_place_pu *pus,
    unsigned npus, unsigned index, unsigned threads)
{
	if (place->policy == SL_PLACE_NONE || npus == 0 ||
	    (threads > npus && !place->wraps))
		return NULL;
	return &pus[index % npus];
}

void
sl_place_print(
    const struct sl_place_pu *pus, unsigned npus, char *buf, size_t len)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < npus && at < len; i++)
		at += (size_t)snprintf(
		    buf + at, len - at, "%s%u", i > 0 ? "," : "", pus[i].cpu);
}
