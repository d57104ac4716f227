/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_mcentral_scan.c - threads beside the workers that read the set.
 *
 * Run by bench-mcentral-VARIANT.  A scanner is what a sweeper or a collector
 * of statistics is: it enters a read section of the set, stays for a while,
 * leaves, and sleeps as long.  In most sets a read section is nothing
 * (sl_set_reader_begin), and the scanner only takes its part of the CPUs; so
 * sets are compared with the same threads beside them.
 */
#include <pthread.h>
#include <time.h>

#include "harness/bench_mcentral.h"
#include "harness/rng.h"
#include "harness/say.h"

/* Main thread only, but for the flag and the sum. */
static pthread_t scanners[SL_BENCH_SCANNERS];
static unsigned nscanners;
static uint64_t section_ns; /* constant while there are scanners */
static _Atomic(bool) is_over;
static _Atomic(uint64_t) sections;

static void *
scan(void *unused)
{
	struct sl_rng rng = {{1, 2}};
	struct timespec rest = {.tv_nsec = (long)section_ns};
	uint64_t end;

	(void)unused;
	sl_mock_user();
	/* relaxed: only when, not what */
	while (!sl_load_rlx(&is_over)) {
		sl_set_reader_begin();
		end = sl_clock_ns() + section_ns;
		while (sl_clock_ns() < end)
			for (int i = 0; i < 1000; i++)
				sl_rng_next(&rng);
		sl_set_reader_end();
		sl_fetch_add_rlx(&sections, 1); /* relaxed: a statistic */
		nanosleep(&rest, NULL);
	}
	return NULL;
}

void
sl_bench_scanners_start(unsigned n, uint64_t ns)
{
	section_ns = ns;
	/* relaxed: the threads are created after this */
	sl_store_rlx(&is_over, false);
	sl_store_rlx(&sections, 0); /* relaxed: as above */
	for (nscanners = 0; nscanners < n; nscanners++)
		if (pthread_create(&scanners[nscanners], NULL, scan, NULL) != 0)
			sl_quit(SL_EXIT_CANNOT, "no thread for a scanner");
}

void
sl_bench_scanners_stop(struct sl_trial *t)
{
	/* relaxed: only when, not what */
	sl_store_rlx(&is_over, true);
	while (nscanners > 0)
		pthread_join(scanners[--nscanners], NULL);
	/* relaxed: they have ended */
	sl_trial_figure(t, "scans", (double)sl_load_rlx(&sections));
}
