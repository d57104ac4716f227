/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork_child.c - a fork at each step of another thread's, as the child has it;
 * see scenario_cases.h.  A guest.
 *
 * That thread never runs again.  What it has in its hands is lost; all other
 * spans must be there.
 */
#include "core/mcentral.h"
#include "harness/vmp/vmp.h"
#include "tests/unit/set_world.h"
#include "tests/vmp/scenario_cases.h"

enum { LISTED = 2, CHILD = 1, LOST = 2 };

static sl_spanclass class;

static void
prepare(void)
{
	struct sl_mspan *s;

	sl_mock_user();
	class = set_class_of(4096, true);
	for (unsigned i = 0; i < LISTED; i++) {
		s = set_new_span(class);
		if (sl_mspan_release(s))
			sl_set_insert(class, s);
	}
}

static void
enter(unsigned thread)
{
	(void)thread;
	sl_mock_user();
}

static void
claim_and_insert(void)
{
	struct sl_mspan *s = sl_set_claim(class);

	if (s == NULL)
		return;
	set_hold(s, LOST);
	set_let_go(s, LOST);
	if (sl_mspan_release(s))
		sl_set_insert(class, s);
}

static void
fork_now(void)
{
	sl_set_fork_prepare();
	sl_mheap_fork_prepare();
	vmp_stop_others();
	sl_mheap_fork_done();
	sl_set_fork_child();
}

static void
body(unsigned thread)
{
	struct sl_mspan *s;
	unsigned n = 0;

	if (thread != 0) {
		claim_and_insert();
		return;
	}
	fork_now();
	sl_set_settle();
	while ((s = sl_set_claim(class)) != NULL) {
		if (!set_is_claimed_well(s, class))
			return;
		set_hold(s, CHILD);
		n++;
	}
	if (n + 1 < LISTED)
		vmp_fail("the child finds %u of %u spans", n, LISTED);
}

const struct vmp_scenario fork_child = {
    "fork-child", 2, prepare, enter, body, NULL, NULL};
