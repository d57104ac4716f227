/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe.h - which malloc answers, and what it and the kernel have counted.
 *
 * Called by the main thread of a bench program.  A spanlab library is never
 * linked in: its calls are looked up by name at run time, so one program
 * serves every allocator.  After sl_probe_init() nothing here allocates.
 */
#ifndef SL_PROBE_H
#define SL_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/spanlab.h"

struct sl_probe {
	char allocator[64]; /* "ck", "glibc", "jemalloc", ... */
	char path[512];     /* of the file whose malloc answers */
	char identity[128]; /* what the allocator says of itself */
	/* Of a spanlab library, else NULL and 0. */
	const struct sl_variant_info *variant;
	const char *mode; /* see sl_variant_mode(); "" */
	unsigned relink_percent;
	char options[512]; /* not at their defaults, see sl_options_text() */
	char options_all[1024]; /* all of them */
};

enum { SL_PROBE_CLASSES = 137 }; /* span classes of a library, at most */

/* Counted since the process began. */
struct sl_sample {
	bool has_stats; /* a spanlab library answered */
	struct sl_stats stats;
	unsigned nrows; /* span classes; 0: it does not tell */
	struct sl_class_stats row[SL_PROBE_CLASSES];
	uint64_t minor_faults;
	uint64_t vol_switches;
	uint64_t invol_switches;
};

/* What a spanlab library can be asked; members may be NULL. */
struct sl_probe_calls {
	const struct sl_variant_info *(*variant)(void);
	const char *(*identity)(void);
	const char *(*mode)(void);
	unsigned (*relink_percent)(void);
	size_t (*options_text)(bool, char *, size_t);
	int (*stats_read)(struct sl_stats *);
	unsigned (*stats_classes)(
	    struct sl_stats *, struct sl_class_stats *, unsigned, size_t);
	int (*stats_thread)(struct sl_thread_stats *);
	bool (*heap_check)(char *, size_t, uint64_t *, uint64_t *);
};

/* Find out, by name; or take what the program itself has in its place. */
void sl_probe_init(void);
void sl_probe_init_with(const struct sl_probe_calls *calls);

const struct sl_probe *sl_probe_get(void);
void sl_probe_sample(struct sl_sample *out);

/* What this thread alone has done; false: the allocator does not tell. */
bool sl_probe_thread(struct sl_thread_stats *out);
bool sl_probe_has_thread(void);

/* What waits for reuse inside the set, and the pages in spans; false: the
 * allocator does not tell. */
struct sl_backlog {
	uint64_t nodes, bytes, span_bytes;
};
bool sl_probe_backlog(struct sl_backlog *out);

/* sl_heap_check(), if the library has it; otherwise true and no objects.
 * Only while no other thread is inside the allocator. */
bool sl_probe_check(char *why, size_t why_len, uint64_t *live_objects);

/* The highest resident size since the last reset (since the process began,
 * if the kernel cannot reset it), and the one now. */
void sl_probe_rss_reset(void);
uint64_t sl_probe_rss_peak_kib(void);
uint64_t sl_probe_rss_kib(void);

/* The same, faster, and to what the kernel has added up: each of its threads
 * may keep some pages back. */
uint64_t sl_probe_rss_now_kib(void);

#endif /* SL_PROBE_H */
