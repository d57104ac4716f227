/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panels.h - what is shown of a workload side by side, each over threads:
 * throughput, what the list was asked, latency, memory, fairness.
 *
 * Used by the page.
 */
#ifndef SL_DRIVER_PANELS_H
#define SL_DRIVER_PANELS_H

#include "harness/driver/model.h"
#include "harness/driver/results.h"

/* One quantity: scale * (m[a] + m[b]) / m[per]; b and per may lack (-1). */
struct sl_panel {
	const char *key; /* of files and attributes */
	const char *title;
	const char *unit; /* NULL: the workloads' own, see sl_panel_unit() */
	double scale;
	int a, b, per;
	bool is_log; /* the axis of values: they span decades */
};

enum sl_panel_id {
	SL_PANEL_THROUGHPUT,
	SL_PANEL_RESIDUALS = 1, /* of the law of scaling: not a metric */
	SL_PANELS = 18
};
extern const struct sl_panel sl_panels[SL_PANELS];

/* Its values: by allocator, then by thread count; n == 0: none. */
struct sl_panel_data {
	const struct sl_panel *panel;
	struct sl_spread *at;
	double lo, hi; /* the least and the greatest of all intervals */
	double least;  /* the least of these that is above 0; or INFINITY */
};

/* False, and nothing to destroy, if no cell says anything about it. */
bool sl_panel_make(const struct sl_results *r, size_t workload,
    enum sl_panel_id id, struct sl_panel_data *d);
void sl_panel_destroy(struct sl_panel_data *d);

const struct sl_spread *sl_panel_at(const struct sl_results *r,
    const struct sl_panel_data *d, size_t allocator, size_t threads);

/* What its numbers count; the caller frees. */
char *sl_panel_unit(const struct sl_results *r, const struct sl_panel *panel);

/* One allocator's medians at thread counts that have a CPU for each thread,
 * which is where a law of scaling may be fitted. */
struct sl_panel_curve {
	double *n, *x;
	size_t count;
};
struct sl_panel_curve sl_panel_curve(
    const struct sl_results *r, size_t workload, size_t allocator);
void sl_panel_curve_destroy(struct sl_panel_curve *c);

/* The laws of scaling of one curve, and the thread counts for which they are
 * drawn; false: too few points that have a CPU for each thread. */
struct sl_panel_laws {
	struct sl_model usl, amdahl;
	double first, last;
};
bool sl_panel_fit(const struct sl_results *r, size_t workload, size_t allocator,
    struct sl_panel_laws *laws);

#endif /* SL_DRIVER_PANELS_H */
