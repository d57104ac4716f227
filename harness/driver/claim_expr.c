/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim_expr.c - what a claim measures: arithmetic over points of an
 * experiment.
 *
 * Called by paper.c and claim.c.  A reader by descent; each node knows its
 * unit from the moment it is made.
 */
#include "harness/driver/claim_expr.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/claim_curve.h"

/* Deeper brackets than any claim needs. */
enum { DEPTH_MAX = 40 };

struct reader {
	const char *at;
	const struct sl_expr_names *names;
	char *why;
	size_t why_len;
	int depth;
};

static const struct sl_unit plain = {0, 0, 0};

static struct sl_expr *read_sum(struct reader *r);

static struct sl_expr *
refuse(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, r->why_len, fmt, ap);
	va_end(ap);
	return NULL;
}

static void
blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t");
}

static bool
take(struct reader *r, char c)
{
	blanks(r);
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static struct sl_expr *
make(enum sl_expr_kind kind, struct sl_unit unit)
{
	struct sl_expr *e = sl_alloc_array(1, sizeof *e);

	e->kind = kind;
	e->unit = unit;
	return e;
}

/* Two that are made into one; owns both.  NULL: their units do not go
 * together. */
static struct sl_expr *
join(struct reader *r, enum sl_expr_kind kind, struct sl_expr *a,
    struct sl_expr *b)
{
	struct sl_unit u = a->unit, v = b->unit;
	struct sl_expr *e;

	if (kind == SL_EXPR_MULTIPLY)
		u = (struct sl_unit){(signed char)(u.second + v.second),
		    (signed char)(u.op + v.op), (signed char)(u.byte + v.byte)};
	else if (kind == SL_EXPR_DIVIDE)
		u = (struct sl_unit){(signed char)(u.second - v.second),
		    (signed char)(u.op - v.op), (signed char)(u.byte - v.byte)};
	else if (!sl_unit_same(u, v)) {
		sl_expr_destroy(a);
		sl_expr_destroy(b);
		return refuse(r,
		    "%s and %s cannot be added, subtracted or compared",
		    sl_unit_name(u), sl_unit_name(v));
	}
	e = make(kind, u);
	e->a = a;
	e->b = b;
	return e;
}

/* What is between brackets, without those; NULL if they do not close. */
static char *
inside(struct reader *r)
{
	size_t n = strcspn(r->at, "()");
	char *s;

	if (r->at[n] != ')')
		return NULL;
	s = sl_printf("%.*s", (int)n, r->at);
	r->at += n + 1;
	return s;
}

static bool
find(struct reader *r, const char *metric, bool wants_curve,
    struct sl_curve *out)
{
	char *where = inside(r);
	bool good;

	if (!where) {
		refuse(r, "%s( is not closed, or has brackets in it", metric);
		return false;
	}
	good = r->names->find(r->names->self, metric, where, wants_curve, out,
	    r->why, r->why_len);
	free(where);
	return good;
}

/* A word that a bracket follows; NULL if there is none here. */
static char *
call_name(struct reader *r)
{
	size_t n = strspn(r->at, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
	char *name;

	if (n == 0 || r->at[n] != '(')
		return NULL;
	name = sl_printf("%.*s", (int)n, r->at);
	r->at += n + 1;
	return name;
}

static bool
read_curve(struct reader *r, struct sl_curve *out)
{
	char *metric;
	bool good;

	blanks(r);
	metric = call_name(r);
	if (!metric) {
		refuse(r,
		    "a curve is METRIC(SERIES ... X=*) or data(NAME), "
		    "not '%.30s'",
		    r->at);
		return false;
	}
	good = find(r, metric, true, out);
	free(metric);
	return good;
}

static struct sl_expr *
apply(struct reader *r, const struct sl_curve_function *f)
{
	struct sl_curve c = {0};
	struct sl_expr *e;

	if (!read_curve(r, &c))
		return NULL;
	if (!take(r, ')')) {
		sl_curve_destroy(&c);
		return refuse(r, "%s(CURVE) is not closed", f->name);
	}
	e = make(SL_EXPR_CURVE, f->gives == SL_CURVE_Y ? c.unit : plain);
	e->curve = c;
	e->function = f;
	return e;
}

/* min or max of several; a single one is a curve. */
static struct sl_expr *
choose(struct reader *r, const struct sl_curve_function *f)
{
	enum sl_expr_kind kind =
	    !strcmp(f->name, "min") ? SL_EXPR_LEAST : SL_EXPR_MOST;
	struct sl_expr *e = read_sum(r), *other;

	while (e && take(r, ',')) {
		other = read_sum(r);
		if (!other) {
			sl_expr_destroy(e);
			return NULL;
		}
		e = join(r, kind, e, other);
	}
	if (e && !take(r, ')')) {
		sl_expr_destroy(e);
		return refuse(r, "%s( is not closed", f->name);
	}
	return e;
}

/*
 * ticket(N, A, S, C): N is a number, the others are times.
 */
static struct sl_expr *
ticket(struct reader *r)
{
	struct sl_expr *e = make(SL_EXPR_TICKET, plain);
	struct sl_expr *pair = make(SL_EXPR_PAIR, plain);
	char *end;

	e->b = pair;
	e->number = strtod(r->at, &end);
	r->at = end;
	if (e->number >= 1 && e->number <= 1024 && take(r, ',') &&
	    (e->a = read_sum(r)) && take(r, ',') && (pair->a = read_sum(r)) &&
	    take(r, ',') && (pair->b = read_sum(r)) && take(r, ')') &&
	    sl_unit_same(e->a->unit, pair->a->unit) &&
	    sl_unit_same(e->a->unit, pair->b->unit))
		return e;
	sl_expr_destroy(e);
	return refuse(r, "ticket is ticket(CORES, THINK TIME, SECTION, "
			 "TRANSFER), the times of one unit");
}

/* Whether a comma follows before this bracket closes. */
static bool
has_comma(const char *s)
{
	int depth = 0;

	for (; *s && !(*s == ')' && depth == 0); s++) {
		if (*s == ',' && depth == 0)
			return true;
		depth += (*s == '(') - (*s == ')');
	}
	return false;
}

static struct sl_expr *
read_call(struct reader *r, const char *name)
{
	const struct sl_curve_function *f = sl_curve_functions;
	struct sl_curve c = {0};
	struct sl_expr *e;

	while (f->name && strcmp(f->name, name) != 0)
		f++;
	if (f->name && (!strcmp(name, "min") || !strcmp(name, "max")) &&
	    has_comma(r->at))
		return choose(r, f);
	if (f->name)
		return apply(r, f);
	if (!strcmp(name, "ticket"))
		return ticket(r);
	if (!find(r, name, false, &c))
		return NULL;
	e = make(SL_EXPR_POINT, c.unit);
	e->curve = c;
	return e;
}

static struct sl_expr *
read_number(struct reader *r)
{
	char *end;
	double v = strtod(r->at, &end);
	struct sl_expr *e;

	if (end == r->at || !isfinite(v))
		return refuse(r,
		    "a number, ( or METRIC(...) is missing at "
		    "'%.30s'",
		    r->at);
	r->at = end;
	e = make(SL_EXPR_NUMBER, plain);
	e->number = v;
	return e;
}

static struct sl_expr *
read_factor(struct reader *r)
{
	struct sl_expr *e = NULL;
	char *name;

	if (++r->depth > DEPTH_MAX)
		return refuse(r, "too many brackets");
	blanks(r);
	name = call_name(r);
	if (name) {
		e = read_call(r, name);
		free(name);
	} else if (take(r, '(')) {
		e = read_sum(r);
		if (e && !take(r, ')')) {
			sl_expr_destroy(e);
			e = refuse(r, "a bracket is not closed");
		}
	} else {
		e = read_number(r);
	}
	r->depth--;
	return e;
}

static struct sl_expr *
read_product(struct reader *r)
{
	struct sl_expr *e = read_factor(r), *other;
	enum sl_expr_kind kind;

	while (e) {
		if (take(r, '*'))
			kind = SL_EXPR_MULTIPLY;
		else if (take(r, '/'))
			kind = SL_EXPR_DIVIDE;
		else
			return e;
		other = read_factor(r);
		if (!other) {
			sl_expr_destroy(e);
			return NULL;
		}
		e = join(r, kind, e, other);
	}
	return NULL;
}

static struct sl_expr *
read_sum(struct reader *r)
{
	struct sl_expr *e = read_product(r), *other;
	enum sl_expr_kind kind;

	while (e) {
		if (take(r, '+'))
			kind = SL_EXPR_ADD;
		else if (take(r, '-'))
			kind = SL_EXPR_SUBTRACT;
		else
			return e;
		other = read_product(r);
		if (!other) {
			sl_expr_destroy(e);
			return NULL;
		}
		e = join(r, kind, e, other);
	}
	return NULL;
}

static struct sl_expr *
whole(struct reader *r, struct sl_expr *e)
{
	blanks(r);
	if (!e || !*r->at)
		return e;
	sl_expr_destroy(e);
	return refuse(r, "'%.30s' is too much", r->at);
}

struct sl_expr *
sl_expr_read(const char *text, const struct sl_expr_names *names, char *why,
    size_t why_len)
{
	struct reader r = {
	    .at = text, .names = names, .why = why, .why_len = why_len};

	return whole(&r, read_sum(&r));
}

/* The next member of a chain is read twice, so that each ratio owns its
 * own. */
struct sl_expr *
sl_expr_read_order(const char *text, const struct sl_expr_names *names,
    char *why, size_t why_len)
{
	struct reader r = {
	    .at = text, .names = names, .why = why, .why_len = why_len};
	struct sl_expr *e = NULL, *above = read_sum(&r), *below, *ratio;

	if (above && !strchr(r.at, '>')) {
		sl_expr_destroy(above);
		return refuse(&r, "an order is A > B or A > B > C");
	}
	while (above && take(&r, '>')) {
		const char *begin = r.at;

		below = read_sum(&r);
		if (!below) {
			sl_expr_destroy(above);
			sl_expr_destroy(e);
			return NULL;
		}
		if (!sl_unit_same(above->unit, below->unit)) {
			refuse(&r, "%s and %s have no order",
			    sl_unit_name(above->unit),
			    sl_unit_name(below->unit));
			sl_expr_destroy(above);
			sl_expr_destroy(below);
			sl_expr_destroy(e);
			return NULL;
		}
		ratio = join(&r, SL_EXPR_DIVIDE, above, below);
		e = e ? join(&r, SL_EXPR_LEAST, e, ratio) : ratio;
		above = NULL;
		blanks(&r);
		if (*r.at == '>') {
			r.at = begin;
			above = read_sum(&r);
		}
	}
	return whole(&r, e);
}

bool
sl_expr_read_curve(const char *text, const struct sl_expr_names *names,
    struct sl_curve *out, char *why, size_t why_len)
{
	struct reader r = {
	    .at = text, .names = names, .why = why, .why_len = why_len};

	if (!read_curve(&r, out))
		return false;
	blanks(&r);
	if (!*r.at)
		return true;
	sl_curve_destroy(out);
	refuse(&r, "'%.30s' is too much", r.at);
	return false;
}
