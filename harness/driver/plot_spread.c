/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot_spread.c - labels at the end of an axis, moved apart.
 *
 * Called by plot.c.  Labels that would touch become a pile, which stands in
 * the middle of what its members want; piles that would overlap become one.
 */
#include "harness/driver/plot_spread.h"

#include <stdlib.h>

#include "harness/driver/util.h"

struct pile {
	size_t first, n;
	double middle; /* where its labels would be at best */
};

static int
by_height(const void *a, const void *b)
{
	const double *x = *(double *const *)a, *y = *(double *const *)b;

	return (*x > *y) - (*x < *y);
}

/* The lowest label's height in a pile that must stay within the axis. */
static double
pile_base(const struct pile *p, double step)
{
	double half = step * (double)(p->n - 1) / 2;
	double middle = p->middle;

	if (middle + half > 1)
		middle = 1 - half;
	if (middle - half < 0)
		middle = half;
	return middle - half;
}

/* Does the last pile reach into the one below it? */
static bool
is_overlap(const struct pile *piles, size_t n, double step)
{
	return n > 1 && pile_base(&piles[n - 1], step) <
			    pile_base(&piles[n - 2], step) +
				step * (double)piles[n - 2].n;
}

static void
join_last(struct pile *piles, size_t n)
{
	struct pile *x = &piles[n - 2], *y = &piles[n - 1];

	x->middle = (x->middle * (double)x->n + y->middle * (double)y->n) /
		    (double)(x->n + y->n);
	x->n += y->n;
}

void
sl_plot_spread(double *at, size_t n, double step)
{
	double **order = sl_alloc_array(n, sizeof *order);
	struct pile *piles = sl_alloc_array(n, sizeof *piles);
	size_t npiles = 0;

	if ((double)n * step > 1)
		step = 1 / (double)n;
	for (size_t i = 0; i < n; i++)
		order[i] = &at[i];
	if (n > 1)
		qsort(order, n, sizeof *order, by_height);
	for (size_t i = 0; i < n; i++) {
		piles[npiles++] = (struct pile){i, 1, *order[i]};
		while (is_overlap(piles, npiles, step))
			join_last(piles, npiles--);
	}
	for (size_t k = 0; k < npiles; k++)
		for (size_t i = 0; i < piles[k].n; i++)
			*order[piles[k].first + i] =
			    pile_base(&piles[k], step) + step * (double)i;
	free(piles);
	free(order);
}
