/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * malloc_info.c - the C face, what is asked and told about the heap: figures,
 * settings, trim.  Called by programs; malloc.c has what allocates and frees.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>

#include "core/die.h"
#include "core/mallocgc.h"
#include "core/mheap.h"
#include "core/mlarge.h"
#include "core/mprof.h"

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

SL_PUBLIC struct mallinfo2
mallinfo2(void)
{
	struct sl_stats st = {.size = sizeof(st)};
	struct mallinfo2 mi = {0};

	if (sl_stats_read(&st) != 0)
		return mi;
	mi.arena = st.heap_mapped_bytes;
	mi.uordblks = st.heap_inuse_bytes;
	mi.fordblks = st.heap_mapped_bytes - st.heap_inuse_bytes;
	mi.ordblks = st.spans_inuse;
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
	    .ordblks = clamp(m.ordblks),
	    .uordblks = clamp(m.uordblks),
	    .fordblks = clamp(m.fordblks),
	};
}

SL_PUBLIC const char *
sl_identity(void)
{
	static char text[64];

	sl_format(text, sizeof(text), "spanlab-%s %s", sl_set_info.name,
	    PACKAGE_VERSION);
	return text;
}

SL_PUBLIC void
malloc_stats(void)
{
	struct sl_stats st = {.size = sizeof(st)};

	if (sl_stats_read(&st) != 0)
		return;
	sl_warn("%s: %lu bytes mapped, %lu in %lu spans, %lu of metadata; "
		"%lu refills: %lu harvests, %lu claims, %lu grows; "
		"%lu remote frees, %lu relinks",
	    sl_identity(), st.heap_mapped_bytes, st.heap_inuse_bytes,
	    st.spans_inuse, st.meta_bytes, st.refills, st.harvests, st.claims,
	    st.grows, st.remote_frees, st.relinks);
}

/* Well-formed XML with a root and totals as glibc's has them, and no more. */
SL_PUBLIC int
malloc_info(int options, FILE *out)
{
	struct mallinfo2 m;

	if (options != 0) {
		errno = EINVAL;
		return -1;
	}
	m = mallinfo2();
	return fprintf(out,
		   "<malloc version=\"%s\">\n"
		   "<system type=\"current\" size=\"%zu\"/>\n"
		   "<total type=\"inuse\" count=\"%zu\" size=\"%zu\"/>\n"
		   "<total type=\"rest\" size=\"%zu\"/>\n"
		   "</malloc>\n",
		   sl_identity(), m.arena, m.ordblks, m.uordblks,
		   m.fordblks) < 0
		   ? -1
		   : 0;
}
