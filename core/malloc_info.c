/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * malloc_info.c - the C face, what is asked and told about the heap: figures,
 * reports, settings, trim.  Called by programs; malloc.c has what allocates and
 * frees.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>

#include "core/die.h"
#include "core/file.h"
#include "core/mallocgc.h"
#include "core/mheap.h"
#include "core/mlarge.h"
#include "core/mprof.h"
#include "core/mreport.h"

SL_PUBLIC int
malloc_trim(size_t pad)
{
	size_t pages = 0, released;
	struct sl_inside in;

	(void)pad; /* the heap has no top to leave room at */
	sl_thread_enter(&in);
	if (in.mc != NULL) {
		sl_mlarge_release(in.mc);
		sl_mcache_release_usable(in.mc);
		pages = sl_mcentral_reap(&in.mc->central);
	}
	if (in.mc != NULL)
		sl_mheap_flush(&in.mc->heap);
	sl_mheap_flush_all(); /* of others, when they next need pages */
	released = sl_mheap_scavenge();
	sl_thread_leave(&in);
	return released != 0 || pages != 0;
}

SL_PUBLIC int
sl_profile_write(const char *path)
{
	struct sl_inside in;
	int error;

	sl_thread_enter(&in);
	error = sl_prof_write(path);
	sl_thread_leave(&in);
	return error;
}

/* What may be set here says SPANLAB_OPTIONS; glibc's parameters have no
 * counterpart.  Programs take a refusal for an error, so those are accepted,
 * and change nothing. */
SL_PUBLIC int
mallopt(int parameter, int value)
{
	(void)value;
	return (parameter >= M_ARENA_MAX && parameter <= M_TRIM_THRESHOLD) ||
	       (parameter >= M_MXFAST && parameter <= M_KEEP);
}

/* Of glibc's fields those that have a meaning here; ordblks, smblks, fsmblks
 * and usmblks stay 0: free memory is bits, and not a number of pieces. */
SL_PUBLIC struct mallinfo2
mallinfo2(void)
{
	struct sl_stats st = {.size = sizeof(st)};
	struct mallinfo2 mi = {0};

	if (sl_stats_read(&st) != 0)
		return mi;
	/* Large objects are what glibc maps one by one: in no other figure. */
	mi.hblks = st.large_allocs - st.large_frees;
	mi.hblkhd = st.large_alloc_bytes - st.large_free_bytes;
	mi.arena = st.heap_mapped_bytes - mi.hblkhd;
	mi.uordblks = st.span_bytes - mi.hblkhd;
	mi.fordblks = st.heap_mapped_bytes - st.span_bytes;
	mi.keepcost = st.heap_free_bytes - st.heap_clean_bytes;
	return mi;
}

/* What does not fit is as large as can be: better than what is left of it. */
static int
clamp(size_t n)
{
	return n > INT_MAX ? INT_MAX : (int)n;
}

SL_PUBLIC struct mallinfo
mallinfo(void)
{
	struct mallinfo2 m = mallinfo2();

	return (struct mallinfo){
	    .arena = clamp(m.arena),
	    .hblks = clamp(m.hblks),
	    .hblkhd = clamp(m.hblkhd),
	    .uordblks = clamp(m.uordblks),
	    .fordblks = clamp(m.fordblks),
	    .keepcost = clamp(m.keepcost),
	};
}

static void
put_to_stderr(void *file, const char *text, size_t n)
{
	sl_file_put(file, text, n);
}

SL_PUBLIC void
malloc_stats(void)
{
	struct sl_file f;
	struct sl_report_out out = {put_to_stderr, &f};

	sl_file_stderr(&f);
	if (!sl_report_print(SL_REPORT_TEXT, &out))
		sl_warn("malloc_stats: no memory for a snapshot");
	(void)sl_file_close(&f); /* nowhere to complain */
}

static void
put_to_stdio(void *file, const char *text, size_t n)
{
	/* what goes wrong ferror() will know */
	(void)fwrite(text, 1, n, file);
}

SL_PUBLIC int
malloc_info(int options, FILE *file)
{
	struct sl_report_out out = {put_to_stdio, file};

	if (options != 0) {
		errno = EINVAL;
		return -1;
	}
	if (!sl_report_print(SL_REPORT_XML, &out)) {
		errno = ENOMEM;
		return -1;
	}
	return ferror(file) != 0 ? -1 : 0;
}
