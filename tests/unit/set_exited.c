/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_exited.c - a process ends while a thread stands inside an operation of a
 * set: it ends at once, with its status, and its handlers can use the set.
 * Called by t_exited.c and t_exited_tidies.c, through set_checks.h.
 *
 * Each state is a child of its own.  It ends by exit() of the main thread or of
 * another, by quick_exit(), by _exit(), or, when the main thread has left by
 * pthread_exit(), with its last thread.  The first handler claims and inserts
 * while the victim stands, if the set declares that this can be done; or lets
 * it go on.  Last of all, after what the set itself may do at exit, the victim
 * goes on and all spans must be there.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/set_victim.h"

enum way { EXIT, EXIT_ELSEWHERE, QUICK_EXIT, UNDERSCORE_EXIT, LAST_THREAD };
enum {
	WAYS = LAST_THREAD + 1,
	OTHER = SET_VICTIM + 1, /* a hand */
	STATUS = 7,
	NO_STEP = 8, /* a status, too */
	SPARE = 2,   /* spans for the handlers */
	PATIENCE_MS = 20000,
};

static const char *const names[WAYS] = {"exit()", "exit() by another thread",
    "quick_exit()", "_exit()", "the end of the last thread"};

struct state {
	struct set_situation at;
	enum way way;
};

/* --- in the child -------------------------------------------------------- */

static const struct state *mine; /* NULL: not the child */
static struct set_holding spare;
static bool is_going_on; /* the victim */

static void
say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(2);
}

static void
fail_if_fault(void)
{
	const char *fault = set_first_fault();

	if (fault != NULL)
		unit_child_fail(fault);
}

static void
let_victim_go_on(void)
{
	if (!is_going_on)
		step_release();
	is_going_on = true;
}

static bool
may_wait_for_victim(void)
{
	return step_is_held() || sl_set_info.insert == SL_BLOCKING ||
	       sl_set_info.claim == SL_BLOCKING;
}

/* The first handler.  A thread that has left the set may insert only. */
static void
work(void)
{
	struct set_holding found = {.n = 0};

	if (may_wait_for_victim())
		let_victim_go_on();
	if (mine->way != LAST_THREAD) {
		set_claim_into(&found);
		set_claim_into(&found);
	}
	set_put_back(&found);
	set_put_back(&spare);
	fail_if_fault();
	say("worked ");
}

static void
count(struct sl_mspan *s)
{
	(void)s;
}

static void
expect_all(unsigned want)
{
	struct set_holding all = {.n = 0};
	unsigned before, n;

	if (mine->way == LAST_THREAD) {
		n = (unsigned)set_walk(set_spc, count);
		if (sl_set_info.claim_leaves_listed)
			return;
	} else {
		sl_set_settle();
		do {
			before = all.n;
			set_claim_into(&all);
		} while (all.n > before && all.n < want);
		n = all.n;
	}
	if (n + set_victim.n != want)
		set_fault("of %u spans %u are there and the stopped thread has "
			  "%u",
		    want, n, set_victim.n);
}

/* Behind all handlers. */
__attribute__((destructor)) static void
look_at_all(void)
{
	if (mine == NULL)
		return;
	let_victim_go_on();
	if (mine->way != LAST_THREAD &&
	    !unit_hand_ended(SET_VICTIM, PATIENCE_MS))
		unit_child_fail("the stopped thread does not go on");
	/* What is in the set, what the victim has, and what handlers gave. */
	expect_all(mine->at.listed + 1 + SPARE);
	fail_if_fault();
	say("ended");
}

static void *
exit_elsewhere(void *arg)
{
	sl_mock_user();
	exit(*(int *)arg);
}

/* Lets the main thread be gone; then all others go, too. */
static void *
end_others(void *arg)
{
	static const struct timespec nap = {0, 1000000};

	nanosleep(&nap, NULL);
	step_release();
	is_going_on = true;
	step_wait(); /* its end */
	for (unsigned i = 0; i < SET_HANDS; i++)
		unit_dismiss_hand(i);
	return arg;
}

static void
leave_to_last_thread(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, end_others, NULL) != 0)
		unit_child_fail("no thread");
	pthread_detach(other);
	pthread_exit(NULL);
}

static void
end_process(const struct set_situation *at)
{
	int status = STATUS;

	(void)at;
	atexit(work);
	at_quick_exit(look_at_all);
	at_quick_exit(work);
	switch (mine->way) {
	case EXIT:
		exit(STATUS);
	case EXIT_ELSEWHERE:
		unit_run_in_hand(OTHER, exit_elsewhere, &status);
		break;
	case QUICK_EXIT:
		quick_exit(STATUS);
	case UNDERSCORE_EXIT:
		_exit(STATUS);
	case LAST_THREAD:
		leave_to_last_thread();
	}
	unit_child_fail("the process did not end");
}

static void
hold_spare(void)
{
	for (unsigned i = 0; i < SPARE; i++)
		set_hold_new(&spare);
}

static void
give_up_spare(void)
{
	set_put_back(&spare);
}

static void
live(void *arg)
{
	static const struct set_stand how = {
	    .prepare = hold_spare,
	    .stand = end_process,
	    .give_up = give_up_spare,
	    .patience_ms = PATIENCE_MS,
	};
	/* The main thread's stack is not to be read once that has left. */
	static struct state state;

	state = *(struct state *)arg;
	set_checks_init();
	set_victim_start();
	mine = &state;
	set_stand_once(&how, &state.at);
	mine = NULL;
	fail_if_fault();
	_exit(NO_STEP);
}

/* --- in the parent ------------------------------------------------------- */

static unsigned ends[WAYS];

/* False: there is no such step. */
static bool
end_once(struct state *st, unsigned seconds)
{
	struct unit_end end = unit_child(live, st, seconds);
	bool runs_handlers = st->way != UNDERSCORE_EXIT;
	int want = st->way == LAST_THREAD ? 0 : STATUS;

	if (end.status == NO_STEP)
		return false;
	ends[st->way]++;
	if (end.status != want ||
	    strcmp(end.text, runs_handlers ? "worked ended" : "") != 0)
		set_fault("%s before step %u of a%s with %u listed: %sstatus "
			  "%d, signal %d, %.150s",
		    names[st->way], st->at.step,
		    st->at.inserts ? "n insertion" : " claim", st->at.listed,
		    end.timed_out ? "no end, " : "", end.status, end.signal,
		    end.text);
	return true;
}

static void
each_step(struct state st, bool in_all_ways, unsigned seconds)
{
	static unsigned turn;
	bool is_step = true;

	for (st.at.step = 1; is_step && st.at.step < SET_STEPS_MAX;
	     st.at.step++) {
		for (unsigned i = 0; i < (in_all_ways ? WAYS : 1) && is_step;
		     i++) {
			st.way = (enum way)(turn++ % WAYS);
			is_step = end_once(&st, seconds) && !set_has_fault();
		}
	}
}

const char *
set_check_exited(bool in_all_ways, unsigned seconds)
{
	static const unsigned listed[] = {1, 0, 3}; /* quick: the first */
	size_t n = unit_scaled(10) < 10 ? 1 : UNIT_COUNT(listed);

	for (size_t i = 0; i < n; i++) {
		struct state st = {.at = {.listed = listed[i]}};

		each_step(st, in_all_ways, seconds);
		st.at.inserts = true;
		each_step(st, in_all_ways, seconds);
		st.at.is_old = true;
		each_step(st, in_all_ways, seconds);
	}
	for (unsigned i = 0; i < WAYS; i++)
		printf("# %u times by %s\n", ends[i], names[i]);
	return set_first_fault();
}
