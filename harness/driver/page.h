/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page.h - report.html, as text.
 *
 * page.c has its order, page_tables.c and page_facts.c its parts,
 * page_style.c its looks.  Used by report.c.
 */
#ifndef SL_DRIVER_PAGE_H
#define SL_DRIVER_PAGE_H

#include "harness/driver/curves.h"
#include "harness/driver/look.h"
#include "harness/driver/plot.h"
#include "harness/driver/results.h"

struct sl_page {
	const struct sl_results *r;
	const struct sl_plots *plots; /* by workload; svg may be NULL */
	const char *plots_missing;    /* why there are none, or NULL */
	struct sl_look *looks;
	struct sl_text t;
};

/* The whole page; the caller frees. */
char *sl_page_make(const struct sl_results *r, const struct sl_plots *plots,
    const char *plots_missing);

/* page_tables.c: numbers */
void sl_page_overview(struct sl_page *p);
void sl_page_medians(struct sl_page *p, size_t workload);
void sl_page_mcentral(struct sl_page *p, size_t workload);

/* page_winners.c: who is the fastest where */
void sl_page_winners(struct sl_page *p);

/* page_vmp.c: what a model tells besides, if it is one */
void sl_page_vmp(struct sl_page *p, size_t workload);
void sl_page_vmp_method(struct sl_page *p);
void sl_page_vmp_notes(const struct sl_page *p, struct sl_names *lines);

/* page_panels.c: pictures */
void sl_page_panels(struct sl_page *p, size_t workload);

/* page_seen.c: what was observed; `c` has room for SL_N_CURVES */
size_t sl_page_seen_make(
    const struct sl_page *p, size_t workload, struct sl_curves *c);
void sl_page_seen_figures(
    struct sl_page *p, size_t workload, const struct sl_curves *c, size_t n);
void sl_page_seen_words(struct sl_page *p, size_t workload);
void sl_page_seen_data(struct sl_page *p, const struct sl_curves *c, size_t n);
void sl_page_seen(struct sl_page *p, size_t workload);

/* page_models.c: laws of scaling */
void sl_page_models(struct sl_page *p, size_t workload);

/* page_facts.c: words */
void sl_page_notes(struct sl_page *p);
void sl_page_failures(struct sl_page *p);
void sl_page_allocators(struct sl_page *p);
void sl_page_host(struct sl_page *p);
void sl_page_method(struct sl_page *p);

/* page_style.c */
void sl_page_style(struct sl_page *p);

/* Three significant digits without exponents, as a reader wants them; "-"
 * for NAN. */
const char *sl_page_number(double x, char buf[32]);
/* An allocator's name with a mark of its colour. */
void sl_page_name(struct sl_page *p, size_t allocator);
/* A table that scrolls sideways if it is wide, also by keyboard; class is
 * "numbers" or "words". */
void sl_page_table_begin(
    struct sl_page *p, const char *label, const char *class);
void sl_page_table_end(struct sl_page *p);

#endif /* SL_DRIVER_PAGE_H */
