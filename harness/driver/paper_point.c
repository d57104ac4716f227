/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_point.c - from "SERIES/ALLOCATOR size=8 T=2" to points.
 *
 * Called by claim_expr.c, through sl_paper_find().
 */
#include "harness/driver/paper_point.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALL = -1, UNSAID = -2 };

/* Where a point is, while it is being read. */
struct place {
	struct sl_paper *p;
	const struct sl_series *s;
	struct sl_point at;
	int value, threads; /* indices, or as above */
	char *why;
	size_t why_len;
};

static bool
no(struct place *w, char *text)
{
	snprintf(w->why, w->why_len, "%s", text);
	free(text);
	return false;
}

/* "name" or "name/allocator". */
static bool
find_series(struct place *w, const char *word)
{
	size_t n = strcspn(word, "/");
	const char *allocator = word[n] ? word + n + 1 : NULL;
	struct sl_paper *p = w->p;
	size_t i = 0;
	char *list;

	while (i < p->nseries && (strncmp(p->series[i].name, word, n) != 0 ||
				     p->series[i].name[n]))
		i++;
	if (i == p->nseries)
		return no(
		    w, sl_printf("there is no series '%.*s'", (int)n, word));
	w->s = &p->series[i];
	w->at.series = (unsigned)i;
	if (w->s->is_data)
		return !allocator || no(w, sl_strdup("data has no allocators"));
	if (!allocator && w->s->allocators.n == 1)
		return true;
	for (i = 0; allocator && i < w->s->allocators.n; i++) {
		if (!strcmp(w->s->allocators.v[i], allocator)) {
			w->at.allocator = (unsigned)i;
			return true;
		}
	}
	list = sl_names_join(&w->s->allocators, " ");
	no(w, sl_printf("series %s has the allocators %s, not '%s'", w->s->name,
		  list, allocator ? allocator : ""));
	free(list);
	return false;
}

static bool
find_threads(struct place *w, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!strcmp(text, "*")) {
		w->threads = ALL;
		return true;
	}
	for (size_t i = 0; !*end && i < w->s->threads.n; i++) {
		if (w->s->threads.v[i] == n) {
			w->threads = (int)i;
			return true;
		}
	}
	return no(w,
	    sl_printf("series %s is not run with T=%.20s", w->s->name, text));
}

static bool
find_value(struct place *w, const char *word)
{
	size_t n = strcspn(word, "=");
	const struct sl_series *s = w->s;

	if (!word[n])
		return no(w, sl_printf("'%.40s' is not PARAMETER=VALUE", word));
	if (n == 1 && *word == 'T')
		return find_threads(w, word + 2);
	if (!s->axis || strncmp(s->axis, word, n) != 0 || s->axis[n])
		return no(w, sl_printf("series %s does not vary '%.*s'",
				 s->name, (int)n, word));
	if (!strcmp(word + n + 1, "*")) {
		w->value = ALL;
		return true;
	}
	for (size_t i = 0; i < s->values.n; i++) {
		if (!strcmp(s->values.v[i], word + n + 1)) {
			w->value = (int)i;
			return true;
		}
	}
	return no(
	    w, sl_printf("series %s is not run with %.40s", s->name, word));
}

/* The unit of a metric; false if no file has such a name. */
static bool
metric_unit(const char *metric, struct sl_unit *u)
{
	const struct sl_unit rate = {-1, 1, 0}, time = {1, -1, 0},
			     per_op = {0, -1, 0};

	*u = sl_measure_of(metric).unit;
	if (!strcmp(metric, "ops"))
		*u = rate;
	else if (!strcmp(metric, "ns") || !strcmp(metric, "thread_ns"))
		*u = time;
	else if (!strcmp(metric, "instructions"))
		*u = per_op;
	return strspn(metric, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
	       strlen(metric);
}

static size_t
add_point(struct place *w, const char *metric, size_t value, size_t threads)
{
	struct sl_point at = w->at;
	char *name = sl_strdup(metric);
	size_t i;

	at.value = (unsigned)value;
	at.threads = (unsigned)threads;
	at.metric = name;
	i = sl_points_add(&w->p->points, &at);
	free(name);
	return i;
}

static bool
make_curve(struct place *w, const char *metric, struct sl_curve *out)
{
	const struct sl_series *s = w->s;
	bool over_threads = w->threads == ALL;
	size_t n = over_threads ? s->threads.n : s->values.n;

	if (over_threads == (w->value == ALL))
		return no(
		    w, sl_printf("a curve has one *, in %s ... X=*", s->name));
	out->x = sl_alloc_array(n, sizeof *out->x);
	out->point = sl_alloc_array(n, sizeof *out->point);
	for (size_t i = 0; i < n; i++) {
		char *end = NULL;

		out->x[i] = over_threads ? s->threads.v[i]
					 : strtod(s->values.v[i], &end);
		if ((end && *end) || (i > 0 && out->x[i] <= out->x[i - 1])) {
			sl_curve_destroy(out);
			return no(w, sl_printf("the values of %s in series %s "
					       "are no ascending numbers",
					 s->axis, s->name));
		}
		out->point[i] =
		    add_point(w, metric, over_threads ? (size_t)w->value : i,
			over_threads ? i : (size_t)w->threads);
		out->n++;
	}
	return true;
}

static bool
make_data(struct place *w, struct sl_curve *out)
{
	const struct sl_series *s = w->s;

	out->n = s->n;
	out->x = sl_alloc_array(s->n, sizeof *out->x);
	out->y = sl_alloc_array(s->n, sizeof *out->y);
	memcpy(out->x, s->x, s->n * sizeof *out->x);
	memcpy(out->y, s->y, s->n * sizeof *out->y);
	return true;
}

/* What was not said has to be unnecessary. */
static bool
settle(struct place *w)
{
	if (w->value == UNSAID && w->s->values.n > 1)
		return no(w, sl_printf("which %s? series %s has %zu of them",
				 w->s->axis, w->s->name, w->s->values.n));
	if (w->threads == UNSAID && w->s->threads.n > 1)
		return no(w, sl_printf("how many threads (T=N)? series %s "
				       "has %zu counts",
				 w->s->name, w->s->threads.n));
	if (w->value == UNSAID)
		w->value = 0;
	if (w->threads == UNSAID)
		w->threads = 0;
	return true;
}

static bool
resolve(
    struct place *w, const char *metric, bool wants_curve, struct sl_curve *out)
{
	bool is_data = !strcmp(metric, "data");

	if (!metric_unit(metric, &out->unit))
		return no(
		    w, sl_printf("'%.40s' is no name of a measure", metric));
	if (is_data != w->s->is_data || (is_data && !wants_curve))
		return no(w, sl_strdup("data(NAME) is a curve of what a block "
				       "'data' has"));
	if (is_data)
		return make_data(w, out);
	if (!settle(w))
		return false;
	if (wants_curve)
		return make_curve(w, metric, out);
	if (w->value == ALL || w->threads == ALL)
		return no(w, sl_strdup("a * is for a function of a curve"));
	out->n = 1;
	out->x = sl_alloc_array(1, sizeof *out->x);
	out->point = sl_alloc_array(1, sizeof *out->point);
	out->point[0] =
	    add_point(w, metric, (size_t)w->value, (size_t)w->threads);
	return true;
}

bool
sl_paper_find(void *self, const char *metric, const char *where,
    bool wants_curve, struct sl_curve *out, char *why, size_t why_len)
{
	struct place w = {.p = self,
	    .value = UNSAID,
	    .threads = UNSAID,
	    .why = why,
	    .why_len = why_len};
	struct sl_names words = {0};
	bool good;

	*out = (struct sl_curve){0};
	sl_words(&words, where);
	good = words.n > 0 || no(&w, sl_printf("%s() of what?", metric));
	good = good && find_series(&w, words.v[0]);
	for (size_t i = 1; good && i < words.n; i++)
		good = find_value(&w, words.v[i]);
	good = good && resolve(&w, metric, wants_curve, out);
	sl_names_destroy(&words);
	return good;
}
