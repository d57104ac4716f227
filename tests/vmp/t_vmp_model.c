/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_model.c - the model against what can be said without it: what a
 * hand-over of a line costs, where a shared count levels off, how a ticket lock
 * slows down, and that one seed is one run.
 * Run by make check, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/vmp/engine.h"
#include "harness/vmp/model_probe.h"
#include "harness/vmp/probes.h"
#include "harness/vmp/vmp.h"

static struct profile machine;

static void
set(struct profile *p, const char *text)
{
	char why[PROFILE_WHY_MAX];

	if (!profile_set(p, text, why))
		fail_msg("%s", why);
}

/* Without what is random; two sockets of 64 cores. */
static struct profile
exact(void)
{
	struct profile p = machine;

	set(&p, "jitter_pct=0");
	return p;
}

static struct model_counts
probe(const char *name, const struct model_probe *how)
{
	char why[MODEL_WHY_MAX];
	struct model_counts n;

	if (!model_probe_run(name, how, &n, why))
		fail_msg("%s: %s", name, why);
	return n;
}

/* Cycles for each operation of all threads. */
static double
cycles_per_op(const char *name, const struct profile *p, unsigned threads,
    unsigned ops, uint64_t think)
{
	struct model_probe how = {p, threads, 0, ops, think, 1, false};
	struct model_counts n = probe(name, &how);

	return model_probe_cycles(&how, &n);
}

static void
near(double got, double want, double percent)
{
	if (got < want * (1 - percent / 100) ||
	    got > want * (1 + percent / 100))
		fail_msg("%g, not %g +- %g %%", got, want, percent);
}

/* A hand-over by stores: the other's copy is lost, the line stays a while, the
 * other loads it, and its own store comes when it may. */
static void
a_word_goes_to_and_fro(void **state)
{
	struct profile p = exact();
	uint64_t own = p.l1 + p.instr;

	(void)state;
	near(cycles_per_op("ping-pong", &p, 2, 4000, 0),
	    (double)(p.upgrade_socket + p.hold + p.read_cluster +
		     (p.occupancy > own ? p.occupancy : own)),
	    1);
	set(&p, "read_cluster=400cycles");
	near(cycles_per_op("ping-pong", &p, 2, 4000, 0),
	    (double)(p.upgrade_socket + p.hold + 400 + p.occupancy), 1);
	near(cycles_per_op("cas-ping-pong", &p, 2, 4000, 0),
	    (double)(p.own_cluster + p.hold + p.rmw), 1);
}

/* With more cores than the line can serve, it is passed on without a pause. */
static void
a_shared_count_levels_off(void **state)
{
	struct profile p = exact();
	double want = (double)(p.own_cluster + p.rmw + p.hold);

	(void)state;
	near(cycles_per_op("fetch-add", &p, 1, 2000, 0),
	    (double)(p.rmw + p.instr), 3);
	near(cycles_per_op("fetch-add", &p, 8, 500, 500), want, 1);
	near(cycles_per_op("fetch-add", &p, 64, 500, 500), want, 1);
	/* Half of the turns go to the other socket, at least. */
	assert_true(cycles_per_op("fetch-add", &p, 128, 200, 500) >
		    want + 0.4 * (double)(p.own_remote - p.own_cluster));
}

/* Boyd-Wickizer et al., 2012: with k threads that wait, s + c k / 2. */
static void
a_ticket_lock_slows_down_in_line(void **state)
{
	struct profile p = machine;
	double t8 = cycles_per_op("ticket", &p, 8, 300, 500);
	double t64 = cycles_per_op("ticket", &p, 64, 100, 500);
	double c = (t64 - t8) / (64 - 8), s = t8 - 8 * c;

	(void)state;
	assert_true(c > 1);
	near(cycles_per_op("ticket", &p, 16, 200, 500), s + 16 * c, 15);
	near(cycles_per_op("ticket", &p, 32, 200, 500), s + 32 * c, 15);
}

static void
one_seed_is_one_run(void **state)
{
	struct model_probe how = {&machine, 24, 0, 200, 300, 7, false};
	struct model_counts a, b;

	(void)state;
	a = probe("treiber", &how);
	(void)probe("ticket", &how); /* leaves nothing behind */
	b = probe("treiber", &how);
	assert_memory_equal(&a, &b, sizeof(a));
	how.seed = 8;
	b = probe("treiber", &how);
	assert_true(a.digest != b.digest);
	assert_true(a.makespan != b.makespan);
}

/* To skip the turns of a loop that waits changes nothing but the time it takes
 * here. */
static void
skipped_turns_change_nothing(void **state)
{
	struct model_probe how = {&machine, 48, 0, 60, 500, 1, false};
	struct model_counts with, without;

	(void)state;
	with = probe("ticket", &how);
	how.no_elision = true;
	without = probe("ticket", &how);
	assert_true(with.elided > 1000 && without.elided == 0);
	assert_true(with.accesses < without.accesses);
	near((double)with.makespan, (double)without.makespan, 2);
	near((double)with.transfers, (double)without.transfers, 2);
}

/* What is done is what the code does, whatever the clocks say. */
static void
no_update_is_lost(void **state)
{
	struct model_probe how = {&machine, 32, 0, 100, 100, 3, false};

	(void)state;
	(void)probe("fetch-add", &how);
	assert_int_equal(probe_count(), 32 * 100);
	(void)probe("ticket", &how);
	assert_int_equal(probe_guarded(), 32 * 100);
}

/* One thread more than there are cores: a lock that serves in turn waits for
 * one that has no core, a stack that anybody may change does not. */
static void
a_thread_too_many(void **state)
{
	struct profile p = machine;
	struct model_probe how = {&p, 8, 8, 2000, 500, 1, false};
	struct model_counts fits, more;

	(void)state;
	set(&p, "quantum=100us");
	fits = probe("ticket", &how);
	assert_int_equal(fits.preemptions, 0);
	how.threads = 9;
	more = probe("ticket", &how);
	assert_true(more.preemptions > 0);
	assert_true(more.makespan > 5 * fits.makespan);
	how.threads = 8;
	fits = probe("treiber", &how);
	how.threads = 9;
	more = probe("treiber", &how);
	assert_true(more.makespan < 2 * fits.makespan);
}

/* Sleepers give their cores up, and all come back. */
static void
locks_that_sleep(void **state)
{
	struct model_probe how = {&machine, 32, 4, 200, 200, 5, false};
	struct model_counts n;

	(void)state;
	n = probe("mutex", &how);
	assert_int_equal(probe_guarded(), 32 * 200);
	assert_true(n.futex_waits > 0 && n.futex_wakes > 0);
	assert_true(n.lock_wait_cycles > 0);
}

static int word;

static void
waits_for_ever(unsigned thread)
{
	(void)thread;
	model_futex_wait(&word, 0);
}

static void
spins_for_ever(unsigned thread)
{
	(void)thread;
	for (;;) {
		vmp_step((uintptr_t)&word, sizeof(word), VMP_RMW, NULL);
		vmp_pause();
	}
}

/* Both have the word, nobody has written it since: who looks at it again and
 * again must let the other go on. */
static void
waits_for_a_store(unsigned thread)
{
	const void *pc = __builtin_return_address(0);

	vmp_step((uintptr_t)&word, sizeof(word), VMP_READ, pc);
	if (thread == 0) {
		model_think(50000);
		vmp_step((uintptr_t)&word, sizeof(word), VMP_STORE, pc);
		word = 1;
		return;
	}
	for (;;) {
		vmp_step((uintptr_t)&word, sizeof(word), VMP_LOAD, pc);
		if (*(volatile int *)&word == 1)
			return;
		model_pause_counted();
	}
}

static void
who_waits_lets_others_go_on(void **state)
{
	struct model_config c = {.profile = &machine,
	    .threads = 2,
	    .accesses_max = 100000,
	    .body = waits_for_a_store};
	char why[MODEL_WHY_MAX];
	struct model_counts n;

	(void)state;
	word = 0;
	if (!model_run(&c, &n, why))
		fail_msg("%s", why);
	word = 0;
}

static void
fails(void (*body)(unsigned thread), const char *text)
{
	struct model_config c = {.profile = &machine,
	    .threads = 3,
	    .accesses_max = 100000,
	    .body = body};
	char why[MODEL_WHY_MAX];
	struct model_counts n;

	assert_false(model_run(&c, &n, why));
	assert_non_null(strstr(why, text));
}

static void
what_has_no_end_is_told(void **state)
{
	(void)state;
	fails(waits_for_ever, "wait for ever");
	fails(spins_for_ever, "no end");
	/* The next run is a good one. */
	near(cycles_per_op("fetch-add", &machine, 1, 2000, 0),
	    (double)(machine.rmw + machine.instr), 3);
}

static void
hot_lines_have_names(void **state)
{
	struct model_probe how = {&machine, 8, 0, 200, 300, 1, false};
	struct model_line line[2];
	struct model_site site[2];

	(void)state;
	(void)probe("fetch-add", &how);
	assert_true(model_hot_lines(line, 2) >= 1);
	assert_non_null(strstr(line[0].name, "probe_shared+"));
	assert_true(line[0].transfers > 1000);
	assert_true(model_hot_sites(site, 2) >= 1);
	assert_true(site[0].misses > 1000);
}

static int
read_machine(void **state)
{
	const char *dir = getenv("srcdir");
	char file[600], why[PROFILE_WHY_MAX];
	const char *cannot = model_init(64);

	(void)state;
	snprintf(file, sizeof(file), "%s/harness/vmp/profiles/2x64.profile",
	    dir != NULL ? dir : ".");
	if (cannot != NULL || !profile_read(&machine, file, why)) {
		print_error("%s\n", cannot != NULL ? cannot : why);
		return -1;
	}
	return model_init(128) == NULL ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_word_goes_to_and_fro),
	    cmocka_unit_test(a_shared_count_levels_off),
	    cmocka_unit_test(a_ticket_lock_slows_down_in_line),
	    cmocka_unit_test(one_seed_is_one_run),
	    cmocka_unit_test(skipped_turns_change_nothing),
	    cmocka_unit_test(no_update_is_lost),
	    cmocka_unit_test(a_thread_too_many),
	    cmocka_unit_test(locks_that_sleep),
	    cmocka_unit_test(who_waits_lets_others_go_on),
	    cmocka_unit_test(what_has_no_end_is_told),
	    cmocka_unit_test(hot_lines_have_names),
	};

	return cmocka_run_group_tests(tests, read_machine, NULL);
}
