/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper.h - a publication: what it claims, and the experiment that asks.
 *
 * Used by the rooms of papers.  A folder papers/KEY has
 *
 *	experiment  what is run: title, machine, presets, series
 *	claims      what the results are held against, and the figures
 *	README.md   for people: set-up and every deviation
 *	paper.bib   the reference
 *
 * papers/README.md describes both files.
 */
#ifndef SL_DRIVER_PAPER_H
#define SL_DRIVER_PAPER_H

#include "harness/driver/claim_expr.h"
#include "harness/driver/options.h"
#include "harness/driver/paper_block.h"

/* One workload over one parameter, threads and allocators; or numbers that
 * were published, for what is a claim about arithmetic. */
struct sl_series {
	char *name;
	bool is_seam;           /* of bench-mcentral-VARIANT */
	bool is_data;           /* no workload: x and y are given */
	char *workload;         /* "batch:size=1024": with what is fixed */
	char *axis;             /* the parameter that varies; NULL: none */
	struct sl_names values; /* its values; one "" if none */
	struct sl_names allocators;
	struct sl_counts threads;
	double *x, *y;
	size_t n;
	unsigned line;
};

/* What must be there for a claim to be judged. */
struct sl_need {
	char *what; /* "cpus", "nodes" or "option" */
	unsigned least;
	char *text; /* as it was written */
};

struct sl_claim {
	char *id;
	char *says;
	char *source;           /* of the published figure */
	char *published;        /* as text */
	double published_value; /* in base units; NAN: it gives no number */
	char *measures;         /* the text of the expression */
	struct sl_expr *value;
	char *expects; /* as text */
	double lo, hi; /* in base units; infinite where open */
	struct sl_unit unit;
	char *unit_name;
	double unit_scale;
	char *because; /* of the tolerance */
	struct sl_need *needs;
	size_t nneeds;
	unsigned line;
};

/* One curve, published or measured. */
struct sl_line {
	char *label;
	struct sl_curve curve;
	bool is_published;
};

struct sl_figure {
	char *id;
	char *title;
	char *source;
	char *x_label, *published_y_label;
	char *unit_name; /* of what is measured */
	double unit_scale;
	bool is_log_x;
	struct sl_line *lines;
	size_t n;
};

struct sl_paper {
	char *key;
	char *dir;
	char *title;
	char *machine; /* that was published on */
	char *control; /* why all its claims must fail; NULL: they need not */
	struct sl_series *series;
	size_t nseries;
	struct sl_claim *claims;
	size_t nclaims;
	struct sl_figure *figures;
	size_t nfigures;
	struct sl_points points;
};

/* False with one line in *why. */
bool sl_paper_read(struct sl_paper *p, const char *dir, struct sl_refusal *why);
void sl_paper_destroy(struct sl_paper *p);

/* From texts, for tests: as sl_paper_read(), of files by these names. */
bool sl_paper_read_experiment(
    struct sl_paper *p, const char *file, char *text, struct sl_refusal *why);
bool sl_paper_read_claims(
    struct sl_paper *p, const char *file, char *text, struct sl_refusal *why);

/* The workload of a point, with its parameters: "batch:size=8+objects=7". */
char *sl_paper_workload(const struct sl_paper *p, const struct sl_point *at);
const char *sl_paper_allocator(
    const struct sl_paper *p, const struct sl_point *at);
unsigned sl_paper_threads(const struct sl_paper *p, const struct sl_point *at);

/* The folder with the publications, or exit with a message. */
char *sl_papers_dir(void);
/* Their keys, in order. */
void sl_papers_keys(const char *dir, struct sl_names *keys);

#endif /* SL_DRIVER_PAPER_H */
