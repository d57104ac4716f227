/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_forked.c - a process forks while a thread stands inside an operation of
 * a set: the child's set is whole.
 * Called by t_forked.c and t_forked_no_locks.c, through set_checks.h.
 *
 * Where the victim holds a lock the fork has to wait for it, so the victim goes
 * on when the fork has not come to its end for a while.
 *
 * Between prepare and the fork a span is inserted, as when another's handler
 * frees.  In the child all that was listed can be claimed, but for one span
 * that the lost thread may have had in hand; a walk visits what claims find;
 * and all goes back in and comes out again, from a new thread as well.
 */
#include <stdio.h>

#include "core/mheap.h"
#include "tests/unit/set_victim.h"

enum { FORKER = SET_VICTIM + 1 /* a hand */, STAND_MS = 5 };

static unsigned child_s; /* for a child to end */

static struct set_holding forker, child;
static unsigned forks, losses;

static void
give(void)
{
	set_hold_new(&forker);
}

static void
give_up(void)
{
	set_put_back(&forker); /* if nothing stopped */
}

static bool
claim_all(void)
{
	unsigned before;

	do {
		before = child.n;
		set_claim_into(&child);
		for (unsigned i = 0; i + 1 < child.n; i++)
			if (child.s[i] == child.s[child.n - 1])
				set_fault("span %zu was claimed twice",
				    sl_mock_index(child.s[i]));
	} while (child.n > before && !set_has_fault());
	return !set_has_fault();
}

static void *
in_and_out(void *arg)
{
	unsigned n = child.n;

	(void)arg;
	sl_mock_user();
	set_put_back(&child);
	if (claim_all() && child.n != n)
		set_fault("%u spans went in and %u came out", n, child.n);
	return NULL;
}

static void
live_as_child(void *arg)
{
	unsigned want = *(unsigned *)arg, visits;
	const char *fault;

	sl_lock_set_fork_owner(false);
	sl_mheap_fork_done();
	sl_set_fork_child();
	visits = (unsigned)set_walk(set_spc, NULL);
	sl_set_settle();
	claim_all();
	if (visits != child.n && !sl_set_info.claim_leaves_listed)
		set_fault("a walk visits %u spans, and %u are claimed", visits,
		    child.n);
	if (child.n != want && child.n + 1 != want)
		set_fault("%u spans are there, of %u", child.n, want);
	in_and_out(NULL);
	unit_threads(1, in_and_out, NULL, 0);
	fault = set_first_fault();
	if (fault != NULL)
		unit_child_fail(fault);
	if (child.n != want)
		_Exit(3);
}

static void *
fork_amid(void *arg)
{
	const struct set_situation *at = arg;
	unsigned want = at->listed + 2; /* the victim's, and ours */
	struct unit_end end;

	sl_mock_user();
	sl_set_fork_prepare();
	sl_mheap_fork_prepare();
	sl_lock_set_fork_owner(true);
	set_put_back(&forker);
	end = unit_child(live_as_child, &want, child_s);
	sl_lock_set_fork_owner(false);
	sl_mheap_fork_done();
	sl_set_fork_parent();
	forks++;
	losses += end.status == 3;
	if (end.status != 0 && end.status != 3)
		set_fault("a child of a fork before step %u of a%s: %s%.200s",
		    at->step, at->inserts ? "n insertion" : " claim",
		    end.timed_out ? "no end" : "", end.text);
	return NULL;
}

static void
stand(const struct set_situation *at)
{
	bool ended;

	unit_begin_in_hand(FORKER, fork_amid, (void *)(uintptr_t)at);
	ended = unit_hand_ended(FORKER, STAND_MS);
	step_release();
	if (!ended && !unit_hand_ended(FORKER, (child_s + 5) * 1000))
		set_fault("a fork does not end, with nobody stopped");
}

const char *
set_check_forked(unsigned seconds)
{
	const struct set_stand how = {
	    .prepare = give,
	    .stand = stand,
	    .give_up = give_up,
	    .patience_ms = 20000,
	};

	child_s = seconds;
	set_victim_start();
	set_stand_at_each_step(&how);
	printf("# %u forks; in %u a span was lost with its thread\n", forks,
	    losses);
	return set_first_fault();
}
