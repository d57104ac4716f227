/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cells.c - what a sweep consists of: cells, their order and their names.
 *
 * Called by sweep and results.  Everything follows from the plan and its
 * seed, so a sweep that is taken up again finds its way.
 */
#include "harness/driver/cells.h"

#include <stdlib.h>

size_t
sl_plan_cells_per_round(const struct sl_plan *p)
{
	return p->workloads.n * p->threads.n * p->allocators.n;
}

bool
sl_plan_may_stop(const struct sl_plan *p)
{
	return p->rounds_least > 0 && p->rounds_least < p->rounds;
}

const char *
sl_plan_up_to(const struct sl_plan *p)
{
	return sl_plan_may_stop(p) ? "up to " : "";
}

char *
sl_plan_rounds_text(const struct sl_plan *p)
{
	if (sl_plan_may_stop(p))
		return sl_printf("%u to %u rounds", p->rounds_least, p->rounds);
	return sl_printf("%u round%s", p->rounds, p->rounds > 1 ? "s" : "");
}

char *
sl_plan_rounds_option(const struct sl_plan *p)
{
	if (sl_plan_may_stop(p))
		return sl_printf("%u..%u", p->rounds_least, p->rounds);
	return sl_printf("%u", p->rounds);
}

bool
sl_cell_next(const struct sl_plan *p, struct sl_cell *c)
{
	if (++c->round <= p->rounds)
		return true;
	c->round = 1;
	if (++c->threads < p->threads.n)
		return true;
	c->threads = 0;
	if (++c->allocator < p->allocators.n)
		return true;
	c->allocator = 0;
	return ++c->workload < p->workloads.n;
}

static void
shuffle(unsigned *v, size_t n, struct sl_rng *rng)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = sl_rng_below(rng, i);
		unsigned t = v[i - 1];

		v[i - 1] = v[j];
		v[j] = t;
	}
}

static unsigned *
shuffled(size_t n, struct sl_rng *rng)
{
	unsigned *v = sl_alloc_array(n, sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = (unsigned)i;
	shuffle(v, n, rng);
	return v;
}

/* One generator per purpose, so that adding a purpose moves no other. */
static struct sl_rng
rng_for(const struct sl_plan *p, uint64_t purpose)
{
	struct sl_rng r = {(uint64_t)p->seed};

	r.state = sl_rng_next(&r) ^ (purpose * UINT64_C(0xd1342543de82ef95));
	return r;
}

struct sl_cell *
sl_plan_round(const struct sl_plan *p, unsigned round)
{
	size_t blocks = p->workloads.n * p->threads.n, n = 0;
	struct sl_cell *cells =
	    sl_alloc_array(sl_plan_cells_per_round(p), sizeof *cells);
	struct sl_rng rng = rng_for(p, round);
	unsigned *order = shuffled(blocks, &rng);

	for (size_t b = 0; b < blocks; b++) {
		unsigned *turn = shuffled(p->allocators.n, &rng);

		for (size_t a = 0; a < p->allocators.n; a++)
			cells[n++] = (struct sl_cell){
			    .workload = order[b] / (unsigned)p->threads.n,
			    .threads = order[b] % (unsigned)p->threads.n,
			    .allocator = turn[a],
			    .round = round};
		free(turn);
	}
	free(order);
	return cells;
}

char *
sl_cell_name(const struct sl_plan *p, const struct sl_cell *c)
{
	return sl_printf("%s.%s.T%u.r%u", p->workloads.v[c->workload].name,
	    p->allocators.v[c->allocator].name, p->threads.v[c->threads],
	    c->round);
}

char *
sl_cell_path(const struct sl_plan *p, const struct sl_cell *c, const char *dir,
    const char *suffix)
{
	char *name = sl_cell_name(p, c);
	char *path = sl_printf("%s/cells/%s%s", dir, name, suffix);

	free(name);
	return path;
}

unsigned
sl_cell_seed(const struct sl_plan *p, const struct sl_cell *c)
{
	uint64_t block = c->workload * p->threads.n + c->threads;
	struct sl_rng rng = rng_for(p, (block + 1) << 16 | c->round);

	return (unsigned)(sl_rng_next(&rng) >> 33);
}
