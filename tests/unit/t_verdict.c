/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_verdict.c - how often a report is wrong: simulated sweeps whose truth is
 * known, judged by what reports are made with (verdict.c, stop.c).
 * Run by make check, once.
 *
 * spanlab(1) states the rates; the bounds here are those of what was counted
 * in 200 sweeps if the stated rate is true, with a chance of 1 in 1000 to be
 * outside.  All is seeded: a change of the numbers is a change of the code.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/driver/stop.h"
#include "harness/driver/verdict.h"

enum { SWEEPS = 200, LEAST = 9, MOST = 20 };
/* The allocators: the baseline, as fast as that, and not. */
enum { BASE, EQUAL, OTHER, N_ALLOCATORS };

struct machine {
	double ratio;       /* of OTHER to the rest */
	double drift;       /* of the machine from round to round */
	double noise;       /* of a cell */
	unsigned disturbed; /* of hundred cells lose up to half */
	uint64_t seed;
};

struct rates {
	unsigned right, wrong; /* OTHER: the right way, the other way */
	unsigned made_up;      /* EQUAL: a difference */
	unsigned false_same;   /* OTHER: said to be the same */
	unsigned decided, gave_up, same;
	size_t rounds;
};

static double
normal(struct sl_rng *rng)
{
	double u = ((double)sl_rng_below(rng, 1u << 30) + 1) / (1u << 30);
	double v = (double)sl_rng_below(rng, 1u << 30) / (1u << 30);

	return sqrt(-2 * log(u)) * cos(2 * acos(-1.0) * v);
}

/* A sweep of one group, without a cell. */
static void
make(struct sl_results *r, unsigned least, unsigned most)
{
	struct sl_plan *p = &r->manifest.plan;

	*r = (struct sl_results){0};
	p->rounds = most;
	p->rounds_least = least;
	sl_allocators_add(&p->allocators, "mutex", SL_KIND_VARIANT, "/m");
	sl_allocators_add(&p->allocators, "equal", SL_KIND_VARIANT, "/e");
	sl_allocators_add(&p->allocators, "other", SL_KIND_VARIANT, "/o");
	p->workloads.v = sl_alloc_array(1, sizeof(*p->workloads.v));
	p->workloads.n = 1;
	sl_counts_append(&p->threads, 1);
	r->cells =
	    sl_alloc_array((size_t)N_ALLOCATORS * most, sizeof(*r->cells));
	r->contexts = sl_alloc_array(N_ALLOCATORS, sizeof(*r->contexts));
	assert_int_equal(sl_verdict_baseline(p), BASE);
}

/* What drifts meets all cells of a round. */
static void
add_round(struct sl_results *r, const struct machine *m, struct sl_rng *rng,
    unsigned round)
{
	double speed = exp(m->drift * normal(rng));

	for (size_t a = 0; a < N_ALLOCATORS; a++) {
		struct sl_result *c =
		    &r->cells[a * r->manifest.plan.rounds + round - 1];
		double ops = 1e7 * speed * exp(m->noise * normal(rng));

		if (a == OTHER)
			ops *= m->ratio;
		if (sl_rng_below(rng, 100) < m->disturbed)
			ops *= 0.5 + (double)sl_rng_below(rng, 50) / 100;
		c->state = SL_RESULT_OK;
		c->m = sl_alloc_array(SL_N_METRICS, sizeof(*c->m));
		c->m[SL_M_OPS] = ops;
	}
}

static void
judge(const struct sl_results *r, const struct machine *m, struct rates *n)
{
	struct sl_compared equal = sl_verdict_compare(r, 0, EQUAL, 0);
	struct sl_compared other = sl_verdict_compare(r, 0, OTHER, 0);
	struct sl_paired pair = sl_verdict_paired(r, 0, OTHER, BASE, 0);
	struct sl_group g = sl_group_look(r, 0, 0);
	enum sl_verdict truth = m->ratio > 1 ? SL_FASTER : SL_SLOWER;

	n->right += other.verdict == truth;
	n->wrong += other.verdict != truth && other.verdict != SL_NO_DIFFERENCE;
	n->made_up += equal.verdict != SL_NO_DIFFERENCE;
	n->false_same += sl_stat_is_same(&pair, SL_MIN_EFFECT);
	n->decided += g.state == SL_GROUP_DECIDED;
	n->same += g.state == SL_GROUP_SAME;
	n->gave_up += g.state == SL_GROUP_GAVE_UP;
	assert_int_not_equal(g.state, SL_GROUP_UNFINISHED);
	n->rounds += g.rounds;
}

/* As sweep.c goes on: round by round while the group is due. */
static struct rates
simulate(
    const char *what, const struct machine *m, unsigned least, unsigned most)
{
	struct sl_rng rng = {m->seed};
	struct rates n = {0};

	for (int i = 0; i < SWEEPS; i++) {
		struct sl_results r;

		make(&r, least, most);
		for (unsigned k = 1; k <= most; k++)
			if (sl_group_is_due(&r, 0, 0, k))
				add_round(&r, m, &rng, k);
		judge(&r, m, &n);
		sl_results_destroy(&r);
	}
	print_message("# %s: right %u, wrong %u, made up %u, taken for the "
		      "same %u, of %d; groups decided %u, no difference %u, "
		      "gave up %u; %.1f rounds\n",
	    what, n.right, n.wrong, n.made_up, n.false_same, SWEEPS, n.decided,
	    n.same, n.gave_up, (double)n.rounds / SWEEPS);
	return n;
}

/* A machine as quiet as one should be; one with other work, where one cell in
 * ten loses up to half; and a difference that is just the least one. */
static const struct machine quiet = {1.1, 0.2, 0.04, 0, 21};
static const struct machine busy = {1.1, 0.2, 0.04, 10, 22};
static const struct machine slower = {1 / 1.1, 0.2, 0.04, 10, 23};
static const struct machine least = {1.03, 0.2, 0.02, 0, 24};

/* What happens in at most 5 of 100 happens in more than 20 of 200 with a
 * chance of 1 in 1000. */
enum { FIVE_PERCENT_MOST = 20, THREE_PERCENT_MOST = 14 };
/* ... and what does in at least 95, 85 or 50 of 100, in fewer than these. */
enum { NINETY_FIVE_LEAST = 180, EIGHTY_FIVE_LEAST = 154, HALF_LEAST = 78 };

static void
assert_sound(const struct rates *n)
{
	assert_int_equal(n->wrong, 0);
	assert_true(n->made_up <= FIVE_PERCENT_MOST);
	assert_int_equal(n->decided + n->same + n->gave_up, SWEEPS);
}

static void
nine_rounds(void **state)
{
	struct rates n;

	(void)state;
	n = simulate("9 rounds, quiet", &quiet, LEAST, LEAST);
	assert_sound(&n);
	assert_true(n.right >= NINETY_FIVE_LEAST);
	assert_int_equal(n.false_same, 0);
	n = simulate("9 rounds, busy", &busy, LEAST, LEAST);
	assert_sound(&n);
	assert_true(n.right >= HALF_LEAST);
	assert_int_equal(n.false_same, 0);
	assert_int_equal(n.rounds, SWEEPS * LEAST);
}

static void
nine_to_twenty_rounds(void **state)
{
	struct rates n;

	(void)state;
	n = simulate("9..20 rounds, quiet", &quiet, LEAST, MOST);
	assert_sound(&n);
	assert_true(n.right >= NINETY_FIVE_LEAST);
	assert_int_equal(n.false_same, 0);
	assert_true(n.rounds < SWEEPS * MOST);
	n = simulate("9..20 rounds, busy", &busy, LEAST, MOST);
	assert_sound(&n);
	assert_true(n.right >= EIGHTY_FIVE_LEAST);
	assert_int_equal(n.false_same, 0);
	n = simulate("9..20 rounds, slower", &slower, LEAST, MOST);
	assert_sound(&n);
	assert_true(n.right >= EIGHTY_FIVE_LEAST);
}

/* Many looks, and the difference that is easiest mistaken for none. */
static void
looks_make_up_nothing(void **state)
{
	struct rates n;

	(void)state;
	n = simulate("6..30 rounds, busy", &busy, 6, 30);
	assert_sound(&n);
	n = simulate("6..30 rounds, the least difference", &least, 6, 30);
	assert_sound(&n);
	/* 3 of 100 in 2000 sweeps, 10 if early looks go by 95 % */
	assert_true(n.false_same <= THREE_PERCENT_MOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nine_rounds),
	    cmocka_unit_test(nine_to_twenty_rounds),
	    cmocka_unit_test(looks_make_up_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
