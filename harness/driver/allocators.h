/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * allocators.h - which allocators there are.
 *
 * Used by sweep, list and report.
 */
#ifndef SL_DRIVER_ALLOCATORS_H
#define SL_DRIVER_ALLOCATORS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/driver/util.h"

enum sl_allocator_kind {
	SL_KIND_VARIANT, /* one of our libraries */
	SL_KIND_SYSTEM,  /* the C library's own: nothing is preloaded */
	SL_KIND_PEER,    /* an allocator the driver knows by name */
	SL_KIND_PATH,    /* NAME=/path/to/lib.so */
	SL_KIND_SEAM,    /* a program: one of our variants' sets alone */
	SL_KIND_MODEL,   /* a program: a variant on a modelled machine */
	SL_KIND_GO,      /* a program: workloads on Go's own allocator */
};

struct sl_allocator {
	char *name; /* of the series: "mutex:hold=0" */
	char *base; /* what the library calls itself: "mutex" */
	enum sl_allocator_kind kind;
	char *path;    /* NULL for the C library's */
	char *options; /* its SPANLAB_OPTIONS; "": none */
	bool is_extra; /* found, but not in a sweep unless asked for */
	char digest[17];
	char *package; /* the distribution's package and version, or NULL */
};

struct sl_allocators {
	struct sl_allocator *v;
	size_t n;
};

const char *sl_allocator_kind_text(enum sl_allocator_kind kind);
bool sl_allocator_kind_parse(const char *s, enum sl_allocator_kind *kind);

/* It is run itself, in place of spanlab-bench with a library preloaded. */
bool sl_allocator_is_program(const struct sl_allocator *a);

/* A variant, or its set alone. */
bool sl_allocator_is_ours(const struct sl_allocator *a);

/* The programs bench-mcentral-NAME that can be found. */
void sl_allocators_find_seams(struct sl_allocators *all);

/* The programs vmp-NAME. */
void sl_allocators_find_models(struct sl_allocators *all);

/* All that can be found: our variants (mutex first, then by name), glibc,
 * the known peers. */
void sl_allocators_find(struct sl_allocators *all);

/* Digest and package of each: slow, so only before a sweep. */
void sl_allocators_describe(struct sl_allocators *l);

void sl_allocators_add(struct sl_allocators *l, const char *name,
    enum sl_allocator_kind kind, const char *path);
struct sl_allocator *sl_allocators_get(
    const struct sl_allocators *l, const char *name);
void sl_allocators_destroy(struct sl_allocators *l);

/* Debian's package of a known peer, or NULL. */
const char *sl_allocators_peer_package(const char *name);

/* Known peers that are not on this machine, with the package to install. */
void sl_allocators_absent(
    const struct sl_allocators *all, struct sl_names *lines);

#endif /* SL_DRIVER_ALLOCATORS_H */
