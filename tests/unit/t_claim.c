/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_claim.c - publications: what their files may say, and verdicts on data
 * with known answers.  Run by make check, once.
 */
#include "harness/driver/claim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/driver/claim_curve.h"

static const char experiment[] =
    "title T\n"
    "machine M\n"
    "series s\n"
    "  workload w size=8\n"
    "  vary run 1 2 4 8\n"
    "  allocators a b:hold=0\n"
    "  threads 1 2 16\n"
    "series one\n"
    "  workload v\n"
    "  allocators a\n"
    "  threads 1\n"
    "data d\n"
    "  source S\n"
    "  points 1=20 4=78 8=130 12=170 16=190 20=200\n"
    "  + 24=210 28=230 32=260 48=280 64=310\n";

/* A claim of one expression. */
static char *
claims(const char *value, const char *expect)
{
	return sl_printf("# comment\n"
			 "claim C1\n"
			 "  says it\n"
			 "  source page 1\n"
			 "  published words\n"
			 "  %s\n"
			 "  expect %s\n"
			 "  because so\n",
	    value, expect);
}

static bool
read_both(struct sl_paper *p, char *text, struct sl_refusal *why)
{
	char *e = sl_strdup(experiment);
	bool good;

	*p = (struct sl_paper){0};
	assert_true(sl_paper_read_experiment(p, "experiment", e, why));
	good = sl_paper_read_claims(p, "claims", text, why);
	free(e);
	free(text);
	return good;
}

static void
refused(char *text, const char *reason)
{
	struct sl_paper p;
	struct sl_refusal why;

	if (read_both(&p, text, &why))
		fail_msg("not refused: %s", reason);
	if (!strstr(why.text, reason))
		fail_msg("'%s' does not say '%s'", why.text, reason);
	sl_paper_destroy(&p);
}

static void
refused_experiment(const char *text, const char *reason)
{
	struct sl_paper p = {0};
	struct sl_refusal why;
	char *copy = sl_strdup(text);

	if (sl_paper_read_experiment(&p, "experiment", copy, &why))
		fail_msg("not refused: %s", reason);
	if (!strstr(why.text, reason))
		fail_msg("'%s' does not say '%s'", why.text, reason);
	free(copy);
	sl_paper_destroy(&p);
}

static void
wrong_experiments(void **state)
{
	(void)state;
	refused_experiment("title T\nmachine M\n", "there is no series");
	refused_experiment("machine M\nseries s\n", "experiment:2: 'series s' "
						    "has no field 'workload'");
	refused_experiment("  indented\n", "experiment:1: an indented line");
	refused_experiment("titel T\n", "experiment:1: 'titel' is none of");
	refused_experiment("title T\ntitle U\n", "'title' a second time");
	refused_experiment("series s\n workload w x\n allocators a\n"
			   " threads 1\n",
	    "experiment:2: 'x' is not PARAMETER=VALUE");
	refused_experiment("series s\n workload w\n workload v\n",
	    "experiment:3: 'workload' a second time");
	refused_experiment("series s\n workload w\n allocators a\n threads 0\n",
	    "experiment:4: '0' is not a thread count");
	refused_experiment("series s\n workload w\n allocators a=/x\n"
			   " threads 1\n",
	    "experiment:3: a path has no place");
	refused_experiment("data d\n source S\n points 1=2 1=3\n",
	    "experiment:3: x does not ascend");
	refused_experiment("series s\n program x\n workload w\n allocators a\n"
			   " threads 1\n",
	    "experiment:2: program is");
}

static void
wrong_claims(void **state)
{
	(void)state;
	refused(sl_strdup("claim a\n"), "claims:1: 'claim a' has no field");
	refused(sl_strdup("claim a\n  sais x\n"), "claims:2: 'sais' is no");
	refused(sl_strdup("nonsense\n"), "claims:1: 'nonsense' is neither");
	refused(sl_strdup("\n"), "there is no claim");
	refused(claims("value ops(s run=1 T=1)", ">= 1 x"),
	    "claims:6: series s has the allocators a b:hold=0");
	refused(claims("value ops(s/c run=1 T=1)", ">= 1 x"), "not 'c'");
	refused(claims("value ops(s/a run=3 T=1)", ">= 1 x"),
	    "series s is not run with run=3");
	refused(claims("value ops(s/a run=1 T=4)", ">= 1 x"),
	    "series s is not run with T=4");
	refused(claims("value ops(s/a run=1)", ">= 1 x"), "how many threads");
	refused(claims("value ops(s/a run=* T=1)", ">= 1 x"),
	    "a * is for a function");
	refused(claims("value max(ops(s/a run=1 T=1))", ">= 1 ops/s"),
	    "a curve has one *");
	refused(claims("value ops(one", ">= 1 x"), "is not closed");
	refused(claims("value ops(one) ops(one)", ">= 1 x"), "is too much");
	refused(claims("value ops(none)", ">= 1 x"), "no series 'none'");
	refused(claims("value ops(one) /", ">= 1 x"), "is missing at");
	refused(claims("order ops(one)", ">= 1 x"), "an order is A > B");
	refused(
	    claims("value ops(one)", "1 to 2 x"), "expect is LEAST .. MOST");
	refused(
	    claims("value ops(one)", "2 .. 1 x"), "expect is LEAST .. MOST");
	refused(claims("value 1\n  needs cpus > 2", ">= 1 x"),
	    "needs is 'cpus >= N'");
}

static void
wrong_units(void **state)
{
	(void)state;
	refused(claims("value ops(one)", ">= 1 ns/op"),
	    "claims:7: the unit ns/op does not fit what is measured, which is "
	    "in ops/s");
	refused(claims("value ops(one) / ns(one)", ">= 1 x"),
	    "does not fit what is measured");
	refused(claims("value ops(one)", ">= 1 furlong"), "is no unit");
	refused(claims("value ops(one) + ns(one)", ">= 1 x"),
	    "cannot be added, subtracted or compared");
	refused(claims("order ops(one) > ns(one)", ">= 1 x"), "have no order");
	refused(claims("value ops(one)\n  published 3 ns", ">= 1 ops/s"),
	    "a second time");
}

/* Gives the point of these indices its rounds. */
static void
measured(struct sl_paper *p, unsigned allocator, unsigned value,
    unsigned threads, size_t n, const double *v)
{
	for (size_t i = 0; i < p->points.n; i++) {
		struct sl_point *at = &p->points.v[i];

		if (at->series || at->allocator != allocator ||
		    at->value != value || at->threads != threads)
			continue;
		at->v = sl_alloc_array(n, sizeof *at->v);
		memcpy(at->v, v, n * sizeof *at->v);
		at->n = n;
		return;
	}
	fail_msg("no such point");
}

static struct sl_judgement
judged(struct sl_paper *p, unsigned cpus)
{
	const struct sl_here here = {.cpus = cpus, .nodes = 1};
	struct sl_judgement j;

	sl_claim_judge(p, &p->claims[0], &here, &j);
	return j;
}

static void
gone(struct sl_paper *p, struct sl_judgement *j)
{
	free(j->why);
	sl_paper_destroy(p);
}

/* ops(a) by ops(b), of 5 rounds each: medians 20 and 10. */
static struct sl_judgement
ratio(const char *expect, double noise, size_t rounds)
{
	const double a[] = {20 - noise, 20, 20, 20, 20 + noise};
	const double b[] = {10, 10, 10, 10, 10};
	struct sl_paper p;
	struct sl_refusal why;
	struct sl_judgement j;

	assert_true(read_both(&p,
	    claims(
		"value ops(s/a run=1 T=2) / ops(s/b:hold=0 run=1 T=2)", expect),
	    &why));
	measured(&p, 0, 0, 1, rounds, a);
	measured(&p, 1, 0, 1, rounds, b);
	j = judged(&p, 2);
	gone(&p, &j);
	j.why = NULL;
	return j;
}

static void
ratios(void **state)
{
	struct sl_judgement j;

	(void)state;
	j = ratio("1.9 .. 2.1 x", 0, 5);
	assert_int_equal(j.state, SL_REPRODUCED);
	assert_true(j.value == 2 && j.in.lo == 2 && j.in.hi == 2);
	assert_int_equal(ratio(">= 2.5 x", 0, 5).state, SL_NOT_REPRODUCED);
	assert_int_equal(ratio("<= 1.5 x", 0, 5).state, SL_NOT_REPRODUCED);
	assert_int_equal(ratio("150 .. 250 %", 0, 5).state, SL_REPRODUCED);
	/* five rounds are the least for an interval */
	assert_int_equal(ratio("1.9 .. 2.1 x", 0, 4).state, SL_INCONCLUSIVE);
	/* one of five rounds strays: medians of a draw reach it in 5.8 % of
	 * the draws, each side 2.9 %, which is inside the interval */
	j = ratio("1.9 .. 2.1 x", 10, 5);
	assert_int_equal(j.state, SL_INCONCLUSIVE);
	assert_true(j.value == 2 && j.in.lo == 1 && j.in.hi == 3);
	assert_int_equal(ratio("0.9 .. 3.1 x", 10, 5).state, SL_REPRODUCED);
}

/* For ten values the chance is known: the interval of the median of 1..10 by
 * draws is 3 to 8, within what 2000 draws leave open. */
static void
bootstrap_interval(void **state)
{
	const double v[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	struct sl_paper p;
	struct sl_refusal why;
	struct sl_judgement j;

	(void)state;
	assert_true(read_both(
	    &p, claims("value ops(s/a run=1 T=2)", ">= 1 ops/s"), &why));
	measured(&p, 0, 0, 1, 10, v);
	j = judged(&p, 2);
	assert_int_equal(j.state, SL_REPRODUCED);
	assert_true(j.value == 5.5);
	assert_true(j.in.lo >= 2.5 && j.in.lo <= 3.5);
	assert_true(j.in.hi >= 7.5 && j.in.hi <= 8.5);
	gone(&p, &j);
}

static void
needs_and_missing(void **state)
{
	struct sl_paper p;
	struct sl_refusal why;
	struct sl_judgement j;

	(void)state;
	assert_true(read_both(&p,
	    claims(
		"value ops(s/a run=1 T=16)\n  needs cpus >= 16", ">= 1 ops/s"),
	    &why));
	measured(&p, 0, 0, 2, 5, (const double[]){2, 2, 2, 2, 2});
	j = judged(&p, 2);
	assert_int_equal(j.state, SL_INCONCLUSIVE);
	assert_string_equal(j.why, "needs cpus >= 16, here: 2");
	free(j.why);
	j = judged(&p, 16);
	assert_int_equal(j.state, SL_REPRODUCED);
	free(j.why);
	p.points.v[0].n = 0;
	j = judged(&p, 16);
	assert_int_equal(j.state, SL_INCONCLUSIVE);
	assert_string_equal(j.why, "not measured yet");
	gone(&p, &j);
}

/* Times are not judged when others were busy; counts are. */
static void
busy_machine(void **state)
{
	struct sl_here here = {
	    .cpus = 2, .nodes = 1, .others = 40, .others_max = 10};
	struct sl_paper p;
	struct sl_refusal why;
	struct sl_judgement j;

	(void)state;
	assert_true(read_both(
	    &p, claims("value ops(s/a run=1 T=1)", ">= 1 ops/s"), &why));
	measured(&p, 0, 0, 0, 5, (const double[]){2, 2, 2, 2, 2});
	sl_claim_judge(&p, &p.claims[0], &here, &j);
	assert_int_equal(j.state, SL_INCONCLUSIVE);
	assert_non_null(strstr(j.why, "the machine was busy"));
	assert_true(j.value == 2);
	free(j.why);
	here.others = 9;
	sl_claim_judge(&p, &p.claims[0], &here, &j);
	assert_int_equal(j.state, SL_REPRODUCED);
	gone(&p, &j);
	here.others = 90;
	assert_true(read_both(
	    &p, claims("value mc_claims(s/a run=1 T=1)", ">= 1 /op"), &why));
	measured(&p, 0, 0, 0, 5, (const double[]){2, 2, 2, 2, 2});
	sl_claim_judge(&p, &p.claims[0], &here, &j);
	assert_int_equal(j.state, SL_REPRODUCED);
	gone(&p, &j);
}

/* A curve y over run = 1, 2, 4, 8. */
static double
of_curve(const char *function, const double *y)
{
	char *text =
	    sl_printf("value %s(instructions(s/a run=* T=1))", function);
	const char *unit = "/op";
	const struct sl_here here = {.cpus = 1, .nodes = 1};
	struct sl_judgement j;
	struct sl_paper p;
	struct sl_refusal why;
	char *expect;

	for (const struct sl_curve_function *f = sl_curve_functions; f->name;
	     f++)
		if (!strcmp(f->name, function) && f->gives != SL_CURVE_Y)
			unit = "x";
	expect = sl_printf(">= 0 %s", unit);
	if (!read_both(&p, claims(text, expect), &why))
		fail_msg("%s", why.text);
	for (unsigned i = 0; i < 4; i++)
		measured(&p, 0, i, 0, 1, &y[i]);
	sl_claim_judge(&p, &p.claims[0], &here, &j);
	gone(&p, &j);
	free(expect);
	free(text);
	return j.value;
}

static void
curves(void **state)
{
	const double y[] = {10, 40, 95, 100}, down[] = {100, 98, 20, 19};
	const double square[] = {3, 12, 48, 192}, line[] = {5, 7, 11, 19};

	(void)state;
	assert_true(of_curve("max", y) == 100);
	assert_true(of_curve("min", y) == 10);
	assert_true(of_curve("first", y) == 10);
	assert_true(of_curve("last", y) == 100);
	assert_true(of_curve("peak", y) == 8);
	assert_true(of_curve("knee", y) == 4);
	assert_true(of_curve("knee", down) == 1);
	assert_true(of_curve("cliff", down) == 2);
	assert_true(isnan(of_curve("cliff", y)));
	assert_true(of_curve("spread", y) == 10);
	assert_true(fabs(of_curve("slope", line) - 2) < 1e-9);
	assert_true(fabs(of_curve("power", square) - 2) < 1e-9);
}

static void
orders(void **state)
{
	const double v[] = {40, 40, 40, 40, 40}, w[] = {20, 20, 20, 20, 20},
		     u[] = {16, 16, 16, 16, 16};
	struct sl_paper p;
	struct sl_refusal why;
	struct sl_judgement j;

	(void)state;
	assert_true(read_both(&p,
	    claims("order ops(s/a run=1 T=1) > ops(s/a run=2 T=1) > "
		   "ops(s/a run=4 T=1)",
		">= 1.1 x"),
	    &why));
	measured(&p, 0, 0, 0, 5, v);
	measured(&p, 0, 1, 0, 5, w);
	measured(&p, 0, 2, 0, 5, u);
	j = judged(&p, 1);
	assert_int_equal(j.state, SL_REPRODUCED);
	assert_true(j.value == 1.25);
	free(j.why);
	memcpy(p.points.v[2].v, v, sizeof v);
	j = judged(&p, 1);
	assert_int_equal(j.state, SL_NOT_REPRODUCED);
	assert_true(j.value == 0.5);
	gone(&p, &j);
}

static void
arithmetic(void **state)
{
	struct sl_paper p;
	struct sl_refusal why;
	struct sl_judgement j;

	(void)state;
	assert_true(read_both(&p,
	    claims("value max(1, 2 * (3 + 4) - 6 / 4, min(5, 6))", ">= 1 x"),
	    &why));
	j = judged(&p, 1);
	assert_true(j.value == 12.5);
	gone(&p, &j);
}

static double
ticket(const char *arguments)
{
	char *text = sl_printf("value ticket(%s)", arguments);
	struct sl_judgement j;
	struct sl_paper p;
	struct sl_refusal why;

	if (!read_both(&p, claims(text, ">= 0 x"), &why))
		fail_msg("%s", why.text);
	j = judged(&p, 1);
	gone(&p, &j);
	free(text);
	return j.value;
}

/* Two cores by hand: with x = (s + c/2) / a and y = (s + c) / a the chain is
 * 1, 2x, 2xy. */
static void
ticket_lock(void **state)
{
	(void)state;
	assert_true(fabs(ticket("1, 10, 1, 2") - 1) < 1e-12);
	assert_true(fabs(ticket("2, 10, 1, 2") - 2.4 / 1.52 * 1.1) < 1e-12);
	/* Without sections cores do not meet; with a long one they queue. */
	assert_true(fabs(ticket("8, 10, 0, 0") - 8) < 1e-12);
	assert_true(fabs(ticket("64, 1, 100, 0") - 1.01) < 1e-3);
	/* The collapse: beyond its peak each core costs. */
	assert_true(ticket("8, 500, 5, 20") > 7);
	assert_true(ticket("48, 500, 5, 20") < ticket("8, 500, 5, 20") / 2);
	assert_true(isnan(ticket("2, 0, 1, 1")));
	refused(claims("value ticket(2, 1, 1)", ">= 1 x"), "ticket is ticket(");
	refused(claims("value ticket(0, 1, 1, 1)", ">= 1 x"), "ticket is");
	refused(claims("value ticket(2, ns(one), 1, 1)", ">= 1 x"),
	    "the times of one unit");
}

/* What the authors of the package usl print. */
static void
scalability_law(void **state)
{
	const double x[] = {1, 18, 36, 72, 108, 144, 216},
		     y[] = {64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775, 1702.2};
	struct sl_usl u = sl_usl_fit(x, y, 7);
	struct sl_paper p;
	struct sl_refusal why;
	struct sl_judgement j;

	(void)state;
	assert_true(fabs(u.alpha - 0.0277285) < 1e-6);
	assert_true(fabs(u.beta - 0.0001044) < 1e-7);
	assert_true(fabs(u.gamma - 89.9952384) < 1e-3);
	assert_true(read_both(&p,
	    claims("value usl_alpha(data(d))", "0.05777 .. 0.05778 x"), &why));
	j = judged(&p, 1);
	assert_int_equal(j.state, SL_REPRODUCED);
	gone(&p, &j);
	assert_true(isnan(sl_usl_fit(x, y, 2).alpha));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wrong_experiments),
	    cmocka_unit_test(wrong_claims),
	    cmocka_unit_test(wrong_units),
	    cmocka_unit_test(ratios),
	    cmocka_unit_test(bootstrap_interval),
	    cmocka_unit_test(needs_and_missing),
	    cmocka_unit_test(busy_machine),
	    cmocka_unit_test(curves),
	    cmocka_unit_test(orders),
	    cmocka_unit_test(arithmetic),
	    cmocka_unit_test(ticket_lock),
	    cmocka_unit_test(scalability_law),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
