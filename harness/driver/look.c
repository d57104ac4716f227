/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * look.c - how each allocator is drawn, the same in every plot and table.
 *
 * Called by plot.c and the page.  The strong colours are those of Okabe and
 * Ito, the muted ones are after Paul Tol: both keep apart for colour-blind
 * eyes, and markers and dashes help where they do not.
 */
#include "harness/driver/look.h"

#include <string.h>

const struct sl_look sl_looks[SL_LOOKS] = {
    /* variants */
    {"v1", 0x0072b2, 0x4aa8e8, 7, "solid", 2.6, false},
    {"v2", 0x56b4e9, 0x9bd8ff, 5, "solid", 2.6, false},
    {"v3", 0xd55e00, 0xff8a4a, 9, "solid", 2.6, false},
    {"v4", 0x009e73, 0x35cfa2, 13, "solid", 2.6, false},
    {"v5", 0xcc79a7, 0xf0a3cc, 11, "solid", 2.6, false},
    {"v6", 0xe69f00, 0xf7bd3c, 15, "solid", 2.6, false},
    {"v7", 0x7a4fb5, 0xb797ee, 7, "solid", 2.6, false},
    /* the others */
    {"p1", 0x4d4d4d, 0xb8b8b8, 6, "(14,5)", 1.6, true},
    {"p2", 0x882255, 0xd9739f, 4, "(9,4)", 1.6, true},
    {"p3", 0x7a7a1f, 0xc9c964, 8, "(14,4,3,4)", 1.6, true},
    {"p4", 0x332288, 0x9f93f0, 12, "(5,4)", 1.6, true},
    {"p5", 0x9c5a1a, 0xdda366, 10, "(9,4,3,4)", 1.6, true},
    {"p6", 0x117766, 0x63c7b5, 14, "(3,4)", 1.6, true},
    {"p7", 0xaa4499, 0xe08fd2, 6, "(9,3,3,3,3,3)", 1.6, true},
};

enum { FIRST_PEER = 7, PEERS = SL_LOOKS - FIRST_PEER };

/* Whose look is kept for whom. */
static const struct {
	const char *name;
	int look;
} fixed[] = {
    {"mutex", 0},
    {"mutex-fifo", 1},
    {"ck", 2},
    {"rcu", 3},
    {"spanset", 4},
    {"glibc", 7},
    {"jemalloc", 8},
    {"mimalloc", 9},
    {"tcmalloc", 10},
    {"tbbmalloc", 11},
};

static int
fixed_look(const struct sl_allocator *a)
{
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (!strcmp(fixed[i].name, a->name) &&
		    (fixed[i].look < FIRST_PEER) == sl_allocator_is_ours(a))
			return fixed[i].look;
	return -1;
}

/* The least used look of those for variants or for others. */
static int
free_look(bool variant, const int *used)
{
	int from = variant ? 0 : FIRST_PEER;
	int to = variant ? FIRST_PEER : SL_LOOKS, best = from;

	for (int i = from; i < to; i++)
		if (used[i] < used[best])
			best = i;
	return best;
}

/* The n-th use of a look. */
static struct sl_look
look_again(int which, int n)
{
	struct sl_look look = sl_looks[which];

	if (n == 0)
		return look;
	/* gnuplot's open marker stands before the filled one */
	look.point += look.is_hollow ? 1 : -1;
	look.is_hollow = !look.is_hollow;
	look.dash = n == 1 ? "(10,3,2,3)" : "(2,3)";
	return look;
}

struct sl_look *
sl_look_assign(const struct sl_allocators *l)
{
	struct sl_look *looks = sl_alloc_array(l->n, sizeof *looks);
	int used[SL_LOOKS] = {0};

	for (size_t i = 0; i < l->n; i++) {
		int k = fixed_look(&l->v[i]);

		if (k >= 0)
			looks[i] = look_again(k, used[k]++);
	}
	for (size_t i = 0; i < l->n; i++) {
		int k;

		if (looks[i].key)
			continue;
		k = free_look(sl_allocator_is_ours(&l->v[i]), used);
		looks[i] = look_again(k, used[k]++);
	}
	return looks;
}
