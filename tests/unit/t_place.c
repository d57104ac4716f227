/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_place.c - the order in which each policy takes processors, on machines
 * that hwloc makes up and whose answers are known; and policies of memory,
 * one of which is put in force here and read back.
 * Run by make check, once.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/placement.h"
#include "harness/numa.h"
#include "harness/place.h"
#include "tests/unit/unit.h"

/* Two packages of four cores, two threads to a core, numbered as Linux does:
 * first all cores, then the second threads of all. */
#define TWO_SOCKETS                                                            \
	"pack:2 core:4 pu:2(indexes=0,8,1,9,2,10,3,11,4,12,5,13,6,14,7,15)"

enum { PUS_MAX = 256 };

struct answer {
	const char *machine;
	const char *allowed; /* NULL: all */
	const char *order[SL_PLACE_POLICIES];
};

static const struct answer answers[] = {
    {TWO_SOCKETS, NULL,
	{
	    [SL_PLACE_COMPACT] = "0,8,1,9,2,10,3,11,4,12,5,13,6,14,7,15",
	    [SL_PLACE_PER_SOCKET] = "0,1,2,3,8,9,10,11,4,5,6,7,12,13,14,15",
	    [SL_PLACE_SCATTER] = "0,4,1,5,2,6,3,7,8,12,9,13,10,14,11,15",
	    [SL_PLACE_SMT_FIRST] = "0,8,4,12,1,9,5,13,2,10,6,14,3,11,7,15",
	    [SL_PLACE_SMT_LAST] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	    [SL_PLACE_FLAT] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	}},
    /* eight sockets, no SMT */
    {"pack:8 core:2 pu:1", NULL,
	{
	    [SL_PLACE_COMPACT] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	    [SL_PLACE_PER_SOCKET] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	    [SL_PLACE_SCATTER] = "0,2,4,6,8,10,12,14,1,3,5,7,9,11,13,15",
	    [SL_PLACE_SMT_FIRST] = "0,2,4,6,8,10,12,14,1,3,5,7,9,11,13,15",
	    [SL_PLACE_SMT_LAST] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	    [SL_PLACE_FLAT] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	}},
    /* two NUMA nodes in each package */
    {"pack:2 numa:2 core:2 pu:2", NULL,
	{
	    [SL_PLACE_COMPACT] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	    [SL_PLACE_PER_SOCKET] = "0,2,4,6,1,3,5,7,8,10,12,14,9,11,13,15",
	    [SL_PLACE_SCATTER] = "0,8,4,12,2,10,6,14,1,9,5,13,3,11,7,15",
	    [SL_PLACE_SMT_FIRST] = "0,1,8,9,4,5,12,13,2,3,10,11,6,7,14,15",
	    [SL_PLACE_SMT_LAST] = "0,2,4,6,8,10,12,14,1,3,5,7,9,11,13,15",
	    [SL_PLACE_FLAT] = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
	}},
    /* half a machine: a core and a half of one package, the same of the
     * other, where these are the middle ones */
    {TWO_SOCKETS, "0-1,5-6,8,13",
	{
	    [SL_PLACE_COMPACT] = "0,8,1,5,13,6",
	    [SL_PLACE_PER_SOCKET] = "0,1,8,5,6,13",
	    [SL_PLACE_SCATTER] = "0,5,1,6,8,13",
	    [SL_PLACE_SMT_FIRST] = "0,8,5,13,1,6",
	    [SL_PLACE_SMT_LAST] = "0,1,5,6,8,13",
	    [SL_PLACE_FLAT] = "0,1,5,6,8,13",
	}},
    /* three cores of one package, one of the other: it runs out */
    {"pack:2 core:3 pu:1", "0-2,4",
	{
	    [SL_PLACE_COMPACT] = "0,1,2,4",
	    [SL_PLACE_PER_SOCKET] = "0,1,2,4",
	    [SL_PLACE_SCATTER] = "0,4,1,2",
	    [SL_PLACE_SMT_FIRST] = "0,4,1,2",
	    [SL_PLACE_SMT_LAST] = "0,1,2,4",
	    [SL_PLACE_FLAT] = "0,1,2,4",
	}},
    /* no packages: hwloc knows of cores alone */
    {"core:2 pu:2", NULL,
	{
	    [SL_PLACE_COMPACT] = "0,1,2,3",
	    [SL_PLACE_PER_SOCKET] = "0,2,1,3",
	    [SL_PLACE_SCATTER] = "0,2,1,3",
	    [SL_PLACE_SMT_FIRST] = "0,1,2,3",
	    [SL_PLACE_SMT_LAST] = "0,2,1,3",
	    [SL_PLACE_FLAT] = "0,1,2,3",
	}},
    /* numbered with packages in turn */
    {"pack:2 core:2 pu:1(indexes=0,2,1,3)", NULL,
	{
	    [SL_PLACE_COMPACT] = "0,2,1,3",
	    [SL_PLACE_PER_SOCKET] = "0,2,1,3",
	    [SL_PLACE_SCATTER] = "0,1,2,3",
	    [SL_PLACE_SMT_FIRST] = "0,1,2,3",
	    [SL_PLACE_SMT_LAST] = "0,2,1,3",
	    [SL_PLACE_FLAT] = "0,1,2,3",
	}},
};

/* Where all policies are the same. */
static const struct {
	const char *machine, *allowed, *order;
} plain[] = {
    {"pack:1 core:4 pu:1", NULL, "0,1,2,3"}, {"pu:3", NULL, "0,1,2"},
    {"pack:1 core:1 pu:1", NULL, "0"},
    {TWO_SOCKETS, "9", "9"}, /* a second thread, and nobody is first */
};

static hwloc_topology_t
machine(const char *synthetic)
{
	hwloc_topology_t t;

	assert_int_equal(hwloc_topology_init(&t), 0);
	assert_int_equal(hwloc_topology_set_synthetic(t, synthetic), 0);
	assert_int_equal(hwloc_topology_load(t), 0);
	return t;
}

static hwloc_bitmap_t
set_of(const char *list)
{
	hwloc_bitmap_t s = hwloc_bitmap_alloc();

	assert_int_equal(hwloc_bitmap_list_sscanf(s, list), 0);
	return s;
}

static void
expect(
    const char *synthetic, const char *allowed, int policy, const char *order)
{
	hwloc_topology_t t = machine(synthetic);
	hwloc_bitmap_t set = allowed != NULL ? set_of(allowed) : NULL;
	struct sl_place_pu pus[PUS_MAX];
	char text[1024];
	unsigned n;

	n = sl_place_order(t, set, (enum sl_place_policy)policy, pus, PUS_MAX);
	sl_place_print(pus, n, text, sizeof(text));
	if (strcmp(text, order) != 0)
		print_message("# %s of %s, %s: %s, not %s\n",
		    sl_place_name((enum sl_place_policy)policy), synthetic,
		    allowed != NULL ? allowed : "all", text, order);
	assert_string_equal(text, order);
	/* the same of a topology that only has these */
	if (set != NULL) {
		assert_int_equal(hwloc_topology_restrict(t, set, 0), 0);
		n = sl_place_order(
		    t, NULL, (enum sl_place_policy)policy, pus, PUS_MAX);
		sl_place_print(pus, n, text, sizeof(text));
		assert_string_equal(text, order);
	}
	hwloc_bitmap_free(set);
	hwloc_topology_destroy(t);
}

static void
known_machines(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(answers); i++)
		for (int p = SL_PLACE_NONE + 1; p < SL_PLACE_POLICIES; p++)
			expect(answers[i].machine, answers[i].allowed, p,
			    answers[i].order[p]);
	for (size_t i = 0; i < UNIT_COUNT(plain); i++)
		for (int p = SL_PLACE_NONE + 1; p < SL_PLACE_POLICIES; p++)
			expect(plain[i].machine, plain[i].allowed, p,
			    plain[i].order);
}

/* 128 cores: each policy names each PU once, and the first 128 threads of
 * those that put SMT last have a core each. */
static void
large_machine(void **state)
{
	static const char big[] = "pack:4 numa:2 core:16 pu:2";
	hwloc_topology_t t = machine(big);
	struct sl_place_pu pus[PUS_MAX];
	bool seen[PUS_MAX];

	(void)state;
	for (int p = SL_PLACE_NONE + 1; p < SL_PLACE_POLICIES; p++) {
		memset(seen, 0, sizeof(seen));
		assert_int_equal(sl_place_order(t, NULL,
				     (enum sl_place_policy)p, pus, PUS_MAX),
		    PUS_MAX);
		for (unsigned i = 0; i < PUS_MAX; i++) {
			assert_false(seen[pus[i].cpu]);
			seen[pus[i].cpu] = true;
		}
		if (p == SL_PLACE_SCATTER || p == SL_PLACE_SMT_LAST)
			for (unsigned i = 0; i < PUS_MAX; i++)
				assert_int_equal(
				    pus[i].thread, i >= PUS_MAX / 2);
	}
	assert_int_equal(
	    sl_place_order(t, NULL, SL_PLACE_COMPACT, pus, PUS_MAX), PUS_MAX);
	/* CPU 200: package 3, its first node, the fifth core there */
	assert_int_equal(pus[200].package, 3);
	assert_int_equal(pus[200].node, 0);
	assert_int_equal(pus[200].numa, 6);
	assert_int_equal(pus[200].core, 4);
	assert_int_equal(pus[200].thread, 0);
	hwloc_topology_destroy(t);
}

static void
nothing_to_use(void **state)
{
	hwloc_topology_t t = machine(TWO_SOCKETS);
	hwloc_bitmap_t none = set_of("99");
	struct sl_place_pu pus[PUS_MAX];
	char text[6];

	(void)state;
	assert_int_equal(
	    sl_place_order(t, none, SL_PLACE_COMPACT, pus, PUS_MAX), 0);
	assert_int_equal(sl_place_order(t, NULL, SL_PLACE_COMPACT, pus, 15), 0);
	assert_int_equal(
	    sl_place_order(t, NULL, SL_PLACE_FLAT, pus, PUS_MAX), 16);
	sl_place_print(pus, 16, text, sizeof(text));
	assert_string_equal(text, "0,1,2"); /* cut, and ended */
	hwloc_bitmap_free(none);
	hwloc_topology_destroy(t);
	t = machine("pack:1 core:1 pu:1(indexes=5000)");
	assert_int_equal(
	    sl_place_order(t, NULL, SL_PLACE_COMPACT, pus, PUS_MAX), 0);
	hwloc_topology_destroy(t);
}

static void
more_threads_than_pus(void **state)
{
	static const struct sl_place_pu pus[] = {{.cpu = 4}, {.cpu = 7}};
	struct sl_place place = {SL_PLACE_COMPACT, false};

	(void)state;
	assert_ptr_equal(sl_place_of(&place, pus, 2, 1, 2), &pus[1]);
	assert_null(sl_place_of(&place, pus, 2, 0, 3));
	assert_null(sl_place_of(&place, pus, 2, 2, 3));
	assert_null(sl_place_of(&place, pus, 0, 0, 1));
	place.wraps = true;
	assert_ptr_equal(sl_place_of(&place, pus, 2, 2, 5), &pus[0]);
	assert_ptr_equal(sl_place_of(&place, pus, 2, 3, 5), &pus[1]);
	assert_null(sl_place_of(&place, pus, 0, 0, 1));
	place.policy = SL_PLACE_NONE;
	assert_null(sl_place_of(&place, pus, 2, 0, 1));
}

static void
names(void **state)
{
	static const char *const bad[] = {"", "compac", "compactt", "Compact",
	    "scatter:", "scatter:wraps", "scatter:wrap ", ":wrap", "none:wrap",
	    "numa", "scatter,flat"};
	struct sl_place p;

	(void)state;
	for (int i = 0; i < SL_PLACE_POLICIES; i++) {
		const char *synch =
		    sl_place_synch_name((enum sl_place_policy)i);

		assert_true(
		    sl_place_parse(sl_place_name((enum sl_place_policy)i), &p));
		assert_int_equal(p.policy, i);
		assert_false(p.wraps);
		if (synch == NULL)
			continue;
		assert_true(sl_place_parse(synch, &p));
		assert_int_equal(p.policy, i);
	}
	assert_null(sl_place_name(SL_PLACE_POLICIES));
	assert_true(sl_place_parse("numa-dense:wrap", &p));
	assert_int_equal(p.policy, SL_PLACE_PER_SOCKET);
	assert_true(p.wraps);
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_false(sl_place_parse(bad[i], &p));
}

static void
in_words(void **state)
{
	static const struct {
		const char *machine, *topology, *caches;
	} rows[] = {
	    {TWO_SOCKETS,
		"2 packages, 8 cores, 16 CPUs (2 to a core), 1 NUMA node", ""},
	    {"pack:2 [numa] l3:1(size=16777216) l2:4(size=1048576) "
	     "l1:1(size=49152) core:1 pu:2",
		"2 packages, 8 cores, 16 CPUs (2 to a core), 2 NUMA nodes",
		"L1d 48 KiB for 2 CPUs, L2 1 MiB for 2 CPUs, L3 16 MiB for 8 "
		"CPUs"},
	    {"pack:1 core:1 pu:1",
		"1 package, 1 core, 1 CPU (1 to a core), 1 NUMA node", ""},
	};
	hwloc_topology_t t;
	hwloc_bitmap_t some;
	char *s;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		t = machine(rows[i].machine);
		s = sl_placement_topology(t);
		assert_string_equal(s, rows[i].topology);
		free(s);
		s = sl_placement_caches(t);
		assert_string_equal(s, rows[i].caches);
		free(s);
		hwloc_topology_destroy(t);
	}
	/* not all cores have both threads */
	t = machine(TWO_SOCKETS);
	some = set_of("0-1,8");
	assert_int_equal(hwloc_topology_restrict(t, some, 0), 0);
	s = sl_placement_topology(t);
	assert_string_equal(
	    s, "1 package, 2 cores, 3 CPUs (1 to 2 to a core), 1 NUMA node");
	free(s);
	hwloc_bitmap_free(some);
	hwloc_topology_destroy(t);
}

/* --- memory --------------------------------------------------------------- */

#define FOUR_NODES "pack:2 numa:2 core:2 pu:1"

static void
modes_of_memory(void **state)
{
	static const struct {
		const char *text;
		enum sl_numa_mode mode;
		unsigned long nodes;
	} good[] = {
	    {"local", SL_NUMA_LOCAL, 0},
	    {"interleave", SL_NUMA_INTERLEAVE, 0xf},
	    {"interleave:1-2", SL_NUMA_INTERLEAVE, 0x6},
	    {"bind:0,3", SL_NUMA_BIND, 0x9},
	    {"preferred:2", SL_NUMA_PREFERRED, 0x4},
	};
	static const struct {
		const char *text, *why;
	} bad[] = {
	    {"", "must be"},
	    {"bnd:0", "must be"},
	    {"local:0", "no nodes"},
	    {"bind", "which nodes"},
	    {"preferred", "which nodes"},
	    {"bind:", "numbers"},
	    {"bind:0x", "numbers"},
	    {"bind:0,", "numbers"},
	    {"bind:all", "numbers"},
	    {"bind:0-9999", "numbers"},
	    {"bind:2-", "numbers"},
	    {"bind:4", "does not have"},
	    {"interleave:0-4", "does not have"},
	    {"preferred:0-1", "one node"},
	};
	hwloc_topology_t four = machine(FOUR_NODES);
	hwloc_topology_t one = machine(TWO_SOCKETS);
	struct sl_numa n;
	char why[256];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(good); i++) {
		assert_true(
		    sl_numa_parse(good[i].text, four, &n, why, sizeof(why)));
		assert_int_equal(n.mode, good[i].mode);
		assert_int_equal(n.nodes[0], good[i].nodes);
		assert_int_equal(n.nodes[1], 0);
		assert_true(sl_numa_is_mode(good[i].text));
		if (i == 0)
			assert_true(sl_numa_parse(
			    good[i].text, one, &n, why, sizeof(why)));
		else
			assert_false(sl_numa_parse(
			    good[i].text, one, &n, why, sizeof(why)));
	}
	/* the last was refused by a machine with one node */
	assert_non_null(strstr(why, "one NUMA node"));
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		assert_false(
		    sl_numa_parse(bad[i].text, four, &n, why, sizeof(why)));
		if (strstr(why, bad[i].why) == NULL)
			print_message("# %s: %s\n", bad[i].text, why);
		assert_non_null(strstr(why, bad[i].why));
	}
	hwloc_topology_destroy(four);
	hwloc_topology_destroy(one);
}

static void *
holds(void *arg)
{
	return sl_numa_holds(arg) ? arg : NULL;
}

/* Of this machine the first node, which even one with a single node has. */
static void
memory_in_force(void **state)
{
	struct sl_numa want = {.mode = SL_NUMA_BIND};
	struct sl_numa local = {.mode = SL_NUMA_LOCAL};
	struct sl_numa far = {.mode = SL_NUMA_BIND};
	hwloc_topology_t t;
	pthread_t thread;
	char text[64], expected[64];
	void *same;
	int node, error;

	(void)state;
	assert_int_equal(hwloc_topology_init(&t), 0);
	assert_int_equal(hwloc_topology_load(t), 0);
	node = hwloc_bitmap_first(hwloc_topology_get_allowed_nodeset(t));
	hwloc_topology_destroy(t);
	assert_in_range(node, 0, SL_NUMA_NODES_MAX - 1);
	want.nodes[node / SL_NUMA_WORD] = 1ul << (node % SL_NUMA_WORD);
	error = sl_numa_apply(&want);
	if (error == ENOSYS || error == EPERM) {
		print_message("# set_mempolicy: %s\n", strerror(error));
		skip();
	}
	assert_int_equal(error, 0);
	assert_true(sl_numa_holds(&want));
	assert_false(sl_numa_holds(&local));
	assert_int_equal(pthread_create(&thread, NULL, holds, &want), 0);
	assert_int_equal(pthread_join(thread, &same), 0);
	assert_ptr_equal(same, &want); /* whom it starts has it, too */
	sl_numa_print(text, sizeof(text));
	snprintf(expected, sizeof(expected), "bind:%d", node);
	assert_string_equal(text, expected);
	/* the same mode with another node is not the same */
	far.nodes[SL_NUMA_NODES_MAX / SL_NUMA_WORD - 1] = 1ul << 63;
	assert_false(sl_numa_holds(&far));
	assert_int_not_equal(sl_numa_apply(&far), 0);
	assert_int_equal(sl_numa_apply(&local), 0);
	assert_true(sl_numa_holds(&local));
	sl_numa_print(text, sizeof(text));
	assert_string_equal(text, "local");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_machines),
	    cmocka_unit_test(large_machine),
	    cmocka_unit_test(nothing_to_use),
	    cmocka_unit_test(more_threads_than_pus),
	    cmocka_unit_test(names),
	    cmocka_unit_test(in_words),
	    cmocka_unit_test(modes_of_memory),
	    cmocka_unit_test(memory_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
