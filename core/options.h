/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - what the environment variable SPANLAB_OPTIONS asked for.
 *
 * Used by backoff, mreport, mspan, mcache, mheap, mstats and all that hooks
 * concern.  Form: name=value, separated by commas; options.c has the table.
 * Constant after sl_options_init().
 */
#ifndef SL_OPTIONS_H
#define SL_OPTIONS_H

#include <stddef.h>

#include "core/switches.h"

/* How allocations and frees are counted; see maccount.h. */
enum sl_accounting {
	SL_ACCOUNTING_OFF,
	SL_ACCOUNTING_THREAD,
	SL_ACCOUNTING_GO,
};

/* Transparent huge pages for the heap. */
enum sl_thp {
	SL_THP_DEFAULT, /* what the system does by itself */
	SL_THP_ALWAYS,
	SL_THP_NEVER,
};

/* What can be done beside each allocation and each free; bits. */
enum sl_hook {
	SL_HOOK_CLOBBER = 1 << 0,  /* fill what is handed out and taken back */
	SL_HOOK_SIGNALS = 1 << 1,  /* block signals meanwhile */
	SL_HOOK_TRACE = 1 << 2,    /* write a record */
	SL_HOOK_STACKS = 1 << 3,   /* remember who allocated and who freed */
	SL_HOOK_PROFILE = 1 << 4,  /* sample who allocates */
	SL_HOOK_EFENCE = 1 << 5,   /* pages of its own for each object */
	SL_HOOK_SBRK = 1 << 6,     /* no allocator: memory is only taken */
	SL_HOOK_RANDOM = 1 << 7,   /* any free slot, not the next */
	SL_HOOK_ANNOTATE = 1 << 8, /* tell memcheck or AddressSanitizer */
	SL_HOOK_ACCOUNT = 1 << 9,  /* count it */
	SL_HOOK_ANY = (1 << 10) - 1,
};

struct sl_options {
	unsigned relink;     /* see sl_relink_percent() in spanlab.h */
	unsigned keep_pages; /* a free of more goes back to the OS */
	unsigned hold;       /* pages that an mcache keeps, per class */
	unsigned epoch;      /* MiB allocated between turns; 0: normal mode */
	unsigned accounting; /* enum sl_accounting */
	unsigned badfree;    /* enum sl_badfree of badfree.h */
	unsigned clobber;    /* 1: fill freed and fresh memory */
	unsigned annotate;   /* 1: if memcheck or AddressSanitizer is there */
	unsigned guard;      /* 1: no access behind each span */
	unsigned efence;     /* 1: ... and each object has a span for ever */
	unsigned random;     /* 1: any free slot */
	unsigned sbrk;       /* 1: frees do nothing */
	unsigned signals;    /* 1: signal handlers may allocate */
	char trace[1024];    /* file of a record for each call; "": none */
	unsigned trace_stacks;
	unsigned profile;        /* mean bytes from sample to sample; 0: off */
	char profile_file[1024]; /* written at the end; "": none */
	unsigned stats_form;     /* enum sl_report_form of mreport.h */
	char stats[1024];        /* file of all counters at the end; "": none */
	unsigned backoff;        /* pauses, see backoff.h */
	unsigned backoff_max;
	unsigned limbo;    /* nodes that may wait for a grace period */
	unsigned scavenge; /* ms of a period, see mretain.h; 0: no thread */
	unsigned memlimit; /* MiB; 0: none */
	unsigned thp;      /* enum sl_thp */

	/* For tests, see sl_sys_refuse() in sys.h. */
	unsigned refuse, refuse_count;

	/* Of enum sl_hook: what the above asks for.  Not 0: the fast paths
	 * are closed, see mhook.h. */
	unsigned hooks;
};

extern struct sl_options sl_options;

/* Those of these hooks that are on.  In a build without hooks the compiler sees
 * that there are none, and leaves out whatever asks. */
static inline unsigned
sl_hooks(unsigned these)
{
	return SL_HOOKS ? sl_options.hooks & these : 0;
}

/* Reads the environment; a mistake in it ends the program with a message.
 * Called once, before the first span is made. */
void sl_options_init(void);

/* The value of a variable (given with its =) when getenv() cannot know it yet;
 * NULL if there is none, or if it does not fit. */
const char *sl_options_early(const char *name, char *value, size_t len);

#endif /* SL_OPTIONS_H */
