/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_models.c - laws of scaling fitted to each curve, in report.html.
 *
 * Called by page.c.  Only thread counts with a processor for each thread take
 * part; where these are too few for a fit, the page says so and gives none.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/model.h"
#include "harness/driver/page.h"
#include "harness/driver/panels.h"

static void
number_cell(struct sl_page *p, double x)
{
	char buf[32];

	if (isinf(x))
		sl_text_add(&p->t, "<td>none</td>");
	else
		sl_text_addf(&p->t, "<td>%s</td>", sl_page_number(x, buf));
}

/* What was measured against what the law says, at each point. */
static void
residuals(
    struct sl_page *p, const struct sl_panel_curve *c, const struct sl_model *m)
{
	sl_text_addf(&p->t,
	    "<td>%.1f&nbsp;%%</td><td style=\"text-align:left\">",
	    100 * m->rms);
	for (size_t i = 0; i < c->count; i++)
		sl_text_addf(&p->t, "%s%.0f: %+.1f&nbsp;%%", i ? ", " : "",
		    c->n[i], 100 * (c->x[i] / sl_model_at(m, c->n[i]) - 1));
	sl_text_add(&p->t, "</td>");
}

static void
model_row(struct sl_page *p, size_t allocator, const struct sl_panel_curve *c)
{
	struct sl_model usl, amdahl;

	if (!sl_model_usl(c->n, c->x, c->count, &usl) ||
	    !sl_model_amdahl(c->n, c->x, c->count, &amdahl))
		return;
	sl_text_add(&p->t, "<tr><th scope=\"row\">");
	sl_page_name(p, allocator);
	sl_text_addf(
	    &p->t, "</th><td>%.4f</td><td>%.6f</td>", usl.alpha, usl.beta);
	number_cell(p, usl.gamma);
	number_cell(p, sl_model_knee(&usl));
	number_cell(p, sl_model_peak(&usl));
	residuals(p, c, &usl);
	sl_text_addf(&p->t, "<td>%.4f</td>", amdahl.alpha);
	number_cell(p, sl_model_limit(&amdahl));
	sl_text_addf(&p->t, "<td>%.1f&nbsp;%%</td></tr>\n", 100 * amdahl.rms);
}

static void
table_begin(struct sl_page *p)
{
	static const char *const heads[] = {"allocator", "&alpha;", "&beta;",
	    "&gamma;", "knee", "peak", "residual", "at each thread count",
	    "Amdahl's &alpha;", "limit", "residual"};

	sl_page_table_begin(p, "Laws of scaling", "numbers");
	sl_text_add(&p->t, "<thead><tr>");
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		sl_text_addf(&p->t, "<th scope=\"col\"%s>%s</th>",
		    i == 0 || i == 7 ? " style=\"text-align:left\"" : "",
		    heads[i]);
	sl_text_add(&p->t, "</tr></thead>\n<tbody>\n");
}

static size_t
points_at_most(const struct sl_page *p, struct sl_panel_curve *c)
{
	size_t most = 0;

	for (size_t a = 0; a < p->r->manifest.plan.allocators.n; a++)
		if (c[a].count > most)
			most = c[a].count;
	return most;
}

void
sl_page_models(struct sl_page *p, size_t workload)
{
	size_t n = p->r->manifest.plan.allocators.n, most;
	struct sl_panel_curve *c = sl_alloc_array(n, sizeof *c);

	for (size_t a = 0; a < n; a++)
		c[a] = sl_panel_curve(p->r, workload, a);
	most = points_at_most(p, c);
	sl_text_add(&p->t, "<details><summary>Laws of scaling</summary>\n");
	if (most < SL_MODEL_USL_FROM) {
		sl_text_addf(&p->t,
		    "<p>None is fitted: a fit needs %d thread counts with a "
		    "CPU for each thread, and here are %zu (%u CPUs). What "
		    "happens beyond is the scheduler's doing.</p>\n",
		    SL_MODEL_USL_FROM, most, sl_host_cpus(p->r->manifest.host));
	} else {
		sl_text_add(&p->t,
		    "<p>X(N) = &gamma;N / (1 + &alpha;(N&minus;1) + "
		    "&beta;N(N&minus;1)), least squares over the thread "
		    "counts that have a CPU for each thread; 0 &le; &alpha; "
		    "&le; 1, &beta; &ge; 0. The knee is 1/&alpha;, the peak "
		    "where X is highest. Where the residuals are large, the "
		    "law does not hold.</p>\n");
		table_begin(p);
		for (size_t a = 0; a < n; a++)
			model_row(p, a, &c[a]);
		sl_page_table_end(p);
	}
	sl_text_add(&p->t, "</details>\n");
	for (size_t a = 0; a < n; a++)
		sl_panel_curve_destroy(&c[a]);
	free(c);
}
