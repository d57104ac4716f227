/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_report.h - what came of publications, for people and programs.
 *
 * Used by reproduce.c.
 */
#ifndef SL_DRIVER_PAPER_REPORT_H
#define SL_DRIVER_PAPER_REPORT_H

#include "harness/driver/reproduce_plan.h"

/* The judgements of one publication's claims. */
struct sl_verdicts {
	struct sl_judgement *v;
	size_t of[SL_N_STATES]; /* how many are in each state */
};

/* report.html, report.md and report.json as texts; the caller frees. */
char *sl_paper_page(
    const struct sl_reproduction *r, const struct sl_verdicts *verdicts);
char *sl_paper_markdown(
    const struct sl_reproduction *r, const struct sl_verdicts *verdicts);
char *sl_paper_json(
    const struct sl_reproduction *r, const struct sl_verdicts *verdicts);

/* "1.68 x", "1.61 .. 1.75 x"; in the claim's unit; the caller frees. */
char *sl_claim_value_text(const struct sl_claim *c, double v);
char *sl_claim_interval_text(
    const struct sl_claim *c, const struct sl_judgement *j);

/* --- paper_draw.c: pictures, as SVG for the page ------------------------- */

/* What is expected, published and measured, on one axis. */
void sl_draw_claim(
    struct sl_text *t, const struct sl_claim *c, const struct sl_judgement *j);
/* Published and measured curves beside each other. */
void sl_draw_figure(
    struct sl_text *t, const struct sl_paper *p, const struct sl_figure *g);

#endif /* SL_DRIVER_PAPER_REPORT_H */
