/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim_eval.c - the value of what claim_expr.c has read.
 *
 * Called by claim.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/claim_curve.h"
#include "harness/driver/claim_expr.h"

size_t
sl_points_add(struct sl_points *l, const struct sl_point *p)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].series == p->series &&
		    l->v[i].allocator == p->allocator &&
		    l->v[i].value == p->value &&
		    l->v[i].threads == p->threads &&
		    !strcmp(l->v[i].metric, p->metric))
			return i;
	l->v = sl_realloc(l->v, (l->n + 1) * sizeof *l->v);
	l->v[l->n] = *p;
	l->v[l->n].metric = sl_strdup(p->metric);
	return l->n++;
}

void
sl_points_destroy(struct sl_points *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].metric);
		free(l->v[i].v);
		free(l->v[i].missing);
	}
	free(l->v);
	*l = (struct sl_points){0};
}

void
sl_curve_destroy(struct sl_curve *c)
{
	free(c->x);
	free(c->y);
	free(c->point);
	*c = (struct sl_curve){0};
}

static double
curve_value(const struct sl_expr *e, const struct sl_points *points)
{
	const struct sl_curve *c = &e->curve;
	double *y = sl_alloc_array(c->n, sizeof *y), v;

	for (size_t i = 0; i < c->n; i++)
		y[i] = c->point ? points->v[c->point[i]].now : c->y[i];
	v = e->function->of(c->x, y, c->n);
	free(y);
	return v;
}

static double
ticket_value(const struct sl_expr *e, const struct sl_points *points)
{
	double think = sl_expr_value(e->a, points);
	double section = sl_expr_value(e->b->a, points);
	double transfer = sl_expr_value(e->b->b, points);

	if (!(think > 0) || !(section >= 0) || isnan(transfer))
		return NAN;
	return sl_ticket_speedup(
	    e->number, think, section, transfer > 0 ? transfer : 0);
}

double
sl_expr_value(const struct sl_expr *e, const struct sl_points *points)
{
	double a = e->a ? sl_expr_value(e->a, points) : NAN;
	double b = e->b ? sl_expr_value(e->b, points) : NAN;

	switch (e->kind) {
	case SL_EXPR_NUMBER:
		return e->number;
	case SL_EXPR_POINT:
		return points->v[e->curve.point[0]].now;
	case SL_EXPR_CURVE:
		return curve_value(e, points);
	case SL_EXPR_ADD:
		return a + b;
	case SL_EXPR_SUBTRACT:
		return a - b;
	case SL_EXPR_MULTIPLY:
		return a * b;
	case SL_EXPR_DIVIDE:
		return a / b;
	case SL_EXPR_LEAST:
		return isnan(a) || isnan(b) ? NAN : fmin(a, b);
	case SL_EXPR_MOST:
		return isnan(a) || isnan(b) ? NAN : fmax(a, b);
	case SL_EXPR_TICKET:
		return ticket_value(e, points);
	case SL_EXPR_PAIR:
		break;
	}
	return NAN;
}

void
sl_expr_uses(const struct sl_expr *e, bool *used)
{
	for (size_t i = 0; e->curve.point && i < e->curve.n; i++)
		used[e->curve.point[i]] = true;
	if (e->a)
		sl_expr_uses(e->a, used);
	if (e->b)
		sl_expr_uses(e->b, used);
}

void
sl_expr_destroy(struct sl_expr *e)
{
	if (!e)
		return;
	sl_expr_destroy(e->a);
	sl_expr_destroy(e->b);
	sl_curve_destroy(&e->curve);
	free(e);
}
