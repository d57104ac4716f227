/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * winner.c - who is the fastest at one workload and thread count, by how much,
 * and whether that is certain.
 *
 * Called by the page and the exports.
 */
#include "harness/driver/winner.h"

#include <math.h>
#include <stdlib.h>

struct entry {
	size_t allocator;
	double median;
};

static int
faster_first(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->median < y->median         ? 1
	       : x->median > y->median       ? -1
	       : x->allocator < y->allocator ? -1
					     : 1;
}

static size_t
entries_of(const struct sl_results *r, size_t workload, size_t threads,
    enum sl_field field, struct entry *e)
{
	const struct sl_allocators *l = &r->manifest.plan.allocators;
	size_t n = 0;

	for (size_t a = 0; a < l->n; a++) {
		struct sl_spread s =
		    sl_results_throughput(r, workload, a, threads);

		if (s.n == 0 || sl_results_reference(r, a) ||
		    (field == SL_FIELD_VARIANTS &&
			!sl_allocator_is_ours(&l->v[a])))
			continue;
		e[n++] = (struct entry){a, s.median};
	}
	qsort(e, n, sizeof *e, faster_first);
	return n;
}

struct sl_winner
sl_winner_find(const struct sl_results *r, size_t workload, size_t threads,
    enum sl_field field)
{
	size_t room = r->manifest.plan.allocators.n;
	struct entry *e = sl_alloc_array(room, sizeof *e);
	size_t n = entries_of(r, workload, threads, field, e);
	struct sl_winner w = {.ratio = NAN};
	struct sl_compared c;

	w.level = sl_alloc_array(room, sizeof *w.level);
	w.win = n == 0 ? SL_WIN_NOBODY : SL_WIN_ALONE;
	if (n > 0)
		w.allocator = e[0].allocator;
	for (size_t i = 1; i < n; i++) {
		c = sl_verdict_compare_to(
		    r, workload, w.allocator, e[i].allocator, threads);
		if (c.verdict != SL_FASTER)
			w.level[w.n_level++] = e[i].allocator;
		if (i > 1)
			continue;
		w.next = e[i].allocator;
		w.ratio = c.ratio;
		w.win =
		    c.verdict == SL_TOO_FEW ? SL_WIN_TOO_FEW : SL_WIN_CERTAIN;
	}
	if (w.win == SL_WIN_CERTAIN && w.n_level > 0)
		w.win = SL_WIN_LEVEL;
	free(e);
	return w;
}

void
sl_winner_destroy(struct sl_winner *w)
{
	free(w->level);
}

char *
sl_winner_text(
    const struct sl_results *r, const struct sl_winner *w, const char *times)
{
	const struct sl_allocators *l = &r->manifest.plan.allocators;
	struct sl_text t = {0};

	switch (w->win) {
	case SL_WIN_NOBODY:
		return sl_strdup("no results");
	case SL_WIN_ALONE:
		return sl_strdup("no other");
	case SL_WIN_TOO_FEW:
		return sl_strdup("too few rounds to say");
	case SL_WIN_CERTAIN:
		return sl_printf(
		    "%s%.2f ahead of %s", times, w->ratio, l->v[w->next].name);
	case SL_WIN_LEVEL:
		break;
	}
	sl_text_addf(&t, "not certain: %s", l->v[w->level[0]].name);
	if (w->n_level == 2)
		sl_text_addf(&t, " and %s", l->v[w->level[1]].name);
	else if (w->n_level > 2)
		sl_text_addf(&t, " and %zu more", w->n_level - 1);
	sl_text_add(&t, " may be as fast");
	return t.s;
}

bool
sl_winner_has_fields(const struct sl_results *r)
{
	const struct sl_allocators *l = &r->manifest.plan.allocators;
	size_t variants = 0;

	for (size_t a = 0; a < l->n; a++)
		variants += sl_allocator_is_ours(&l->v[a]);
	return variants > 1 && variants < l->n;
}
