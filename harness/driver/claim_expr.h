/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim_expr.h - what a claim measures: arithmetic over points of an
 * experiment.
 *
 * Used by paper.c (reads) and claim.c (judges).  The text is
 *
 *	EXPR   numbers, + - * / and brackets; METRIC(WHERE); FUNCTION(CURVE);
 *	       min(EXPR, ...), max(EXPR, ...); ticket(N, EXPR, EXPR, EXPR)
 *	WHERE  SERIES[/ALLOCATOR] [PARAMETER=V] [T=N]
 *	CURVE  the same with one V or N a *, or data(NAME)
 *
 * Units are checked when it is read: what is added or compared must be of one
 * unit.
 */
#ifndef SL_DRIVER_CLAIM_EXPR_H
#define SL_DRIVER_CLAIM_EXPR_H

#include <stddef.h>

#include "harness/driver/claim_unit.h"
#include "harness/driver/util.h"

/* One number that an experiment gives, in as many rounds as there are. */
struct sl_point {
	unsigned series, allocator, value, threads; /* indices in the series */
	char *metric;
	double *v; /* of the good rounds, in base units */
	size_t n;
	char *missing; /* why there is none; NULL */
	double now;    /* what an evaluation is to take */
};

struct sl_points {
	struct sl_point *v;
	size_t n;
};

/* The same point for the same words, so that it is drawn once. */
size_t sl_points_add(struct sl_points *l, const struct sl_point *p);
void sl_points_destroy(struct sl_points *l);

/* x and y; y by a point, or given. */
struct sl_curve {
	double *x;
	size_t *point; /* NULL: y is given */
	double *y;
	size_t n;
	struct sl_unit unit;
};
void sl_curve_destroy(struct sl_curve *c);

enum sl_expr_kind {
	SL_EXPR_NUMBER,
	SL_EXPR_POINT,
	SL_EXPR_CURVE,
	SL_EXPR_ADD,
	SL_EXPR_SUBTRACT,
	SL_EXPR_MULTIPLY,
	SL_EXPR_DIVIDE,
	SL_EXPR_LEAST,
	SL_EXPR_MOST,
	SL_EXPR_TICKET, /* number: of cores; a: think time; b: the pair */
	SL_EXPR_PAIR,   /* a, b: section alone, transfer of the line */
};

struct sl_curve_function;

struct sl_expr {
	enum sl_expr_kind kind;
	struct sl_unit unit;
	double number;
	struct sl_curve curve; /* of a point: a single one */
	const struct sl_curve_function *function;
	struct sl_expr *a, *b;
};

/* What the reader must be told: resolves the words in the brackets. */
struct sl_expr_names {
	void *self;
	/* One point, or those of a curve, with a *.  False with a reason. */
	bool (*find)(void *self, const char *metric, const char *where,
	    bool wants_curve, struct sl_curve *out, char *why, size_t why_len);
};

/* NULL with a reason. */
struct sl_expr *sl_expr_read(const char *text,
    const struct sl_expr_names *names, char *why, size_t why_len);
/* A chain "A > B > C": the least of A/B and B/C. */
struct sl_expr *sl_expr_read_order(const char *text,
    const struct sl_expr_names *names, char *why, size_t why_len);
/* A curve by itself, for a figure. */
bool sl_expr_read_curve(const char *text, const struct sl_expr_names *names,
    struct sl_curve *out, char *why, size_t why_len);

/* By the points' `now`; NAN if it has no value. */
double sl_expr_value(const struct sl_expr *e, const struct sl_points *points);
/* Marks the points that it needs. */
void sl_expr_uses(const struct sl_expr *e, bool *used);
void sl_expr_destroy(struct sl_expr *e);

#endif /* SL_DRIVER_CLAIM_EXPR_H */
