/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_mcentral_look.c - threads that only read.
 *
 * Run by bench-mcentral-VARIANT.  An operation is a read section of the set
 * (sl_set_reader_begin), in which the state words of some spans are read, as a
 * sweeper or a collector of statistics would.  Nobody claims or inserts, so
 * what is measured is what readers pay for being protected, and whether that
 * grows with the threads.  In most sets a read section is nothing.
 */
#include "core/mheap.h"
#include "harness/bench_mcentral.h"
#include "harness/say.h"

enum { P_SIZE, P_SPANS };

enum { SPANS_MAX = 64, LOOKS = 256 /* until the clock is read */ };

struct looker {
	struct sl_mspan *span[SPANS_MAX];
	size_t n;
	uint64_t seen; /* so that no load is left out */
};

/* Each worker reads spans of its own, listed and left alone. */
static void
look_setup(struct sl_worker *w)
{
	sl_spanclass spc = sl_bench_class(w->trial);
	struct looker *l = sl_worker_memory(w, sizeof(*l));

	sl_mock_user();
	for (l->n = 0; l->n < (size_t)w->trial->param[P_SPANS]; l->n++) {
		struct sl_mspan *s = sl_mheap_alloc_span(
		    NULL, sl_class_to_pages[spc / 2u], 1, spc, NULL, true);

		if (s == NULL)
			sl_quit(SL_EXIT_CANNOT, "there are only %d spans",
			    SL_MOCK_SPANS);
		l->span[l->n] = s;
		if (sl_mspan_release(s))
			sl_set_insert(spc, s);
	}
	w->state = l;
}

static void
look(struct looker *l)
{
	sl_set_reader_begin();
	for (size_t i = 0; i < l->n; i++)
		/* relaxed: a look */
		l->seen += sl_load_rlx(&l->span[i]->word) & SL_W_L;
	sl_set_reader_end();
}

static void
look_run(struct sl_worker *w)
{
	struct looker *l = w->state;

	while (sl_worker_goes_on(w)) {
		for (int i = 0; i < LOOKS; i++)
			look(l);
		w->mallocs += LOOKS;
		w->frees += LOOKS;
	}
}

const struct sl_workload sl_wl_look = {
    .source = "Hart, McKenney and Demke Brown 2006, figure 14: readers alone",
    .stresses = "read sections",
    .mcentral = "only by reading",
    .operation = "a read section",
    .params =
	{
	    {"size", 1024, 8, 8192, "bytes of a slot: the class"},
	    {"spans", 1, 0, SPANS_MAX, "read in a section"},
	},
    .setup = look_setup,
    .run = look_run,
    .finish = sl_bench_collect,
};
