/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shadow.h - the calls of malloc's family, each checked against a model of
 * what is allocated; what a fuzzer's bytes mean.
 *
 * Used by the fuzz targets api.c and threads.c; shadow.c is the model,
 * shadow_calls.c the calls.  A world has so many places;
 * an operation works on one of them.  The model knows each object's address,
 * size, alignment and content.  Whatever disagrees ends the process by abort()
 * with one line, which is how fuzzers are told.
 */
#ifndef TESTS_FUZZ_SHADOW_H
#define TESTS_FUZZ_SHADOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SHADOW_PLACES = 64,
	SHADOW_MAX_LIVE = 64 << 20, /* bytes; more is not asked for */
};

/* The bytes of an input that are left; 0 for ever after its end. */
struct shadow_input {
	const uint8_t *p;
	size_t left;
};
uint64_t shadow_take(struct shadow_input *in, unsigned nbytes);

struct shadow_object {
	unsigned char *p; /* NULL: the place is empty */
	size_t size;
	size_t align;
	unsigned char tag;
};

struct shadow_world {
	struct shadow_object o[SHADOW_PLACES];
	uint64_t live_before; /* objects of others, see shadow_begin() */
};

/* Sets SPANLAB_OPTIONS so that wrong frees are refused and survived, and runs
 * the program again; to be called first by main or its like. */
void shadow_restart(char **argv);

/* An empty world.  The caller sees to it that nobody else allocates until
 * shadow_end(), which frees all, and compares the allocator's books. */
void shadow_begin(struct shadow_world *w);
void shadow_end(struct shadow_world *w);

/*
 * One operation on a place.  `alone`: no other thread runs one meanwhile; what
 * looks at other places is left out otherwise.
 */
void shadow_operation(struct shadow_world *w, unsigned op, unsigned place,
    bool alone, struct shadow_input *in);

/* No two objects overlap, and all have kept their content. */
void shadow_check(const struct shadow_world *w);

/* --- for shadow_calls.c -------------------------------------------------- */

/* A mistake that is planted between the model and malloc, so that a test can
 * see whether it is found: $FUZZ_FAULT, a number of these. */
enum shadow_fault {
	SHADOW_NO_FAULT,
	SHADOW_DIRTY_CALLOC, /* one byte of zeroed memory is not */
	SHADOW_LOST_ALIGNMENT,
	SHADOW_SHORT_COPY,  /* realloc forgets the last byte it moves */
	SHADOW_TWO_OWNERS,  /* an address is given out that is in use */
	SHADOW_LEAK,        /* a free does nothing */
	SHADOW_WRONG_ERROR, /* a failure with another errno */
};
enum shadow_fault shadow_fault_wanted(void);

/* What was asked for. */
struct shadow_wish {
	size_t size, align;
	bool zeroed;
	unsigned char tag;
};

/* A new object in an empty place: all that can be told of it is true. */
void shadow_place(struct shadow_world *w, struct shadow_object *o, void *p,
    const struct shadow_wish *wish, bool alone);

/* Its first `size` bytes, which are now at p, are as they were filled. */
bool shadow_is_kept(
    const struct shadow_object *o, const unsigned char *p, size_t size);
void shadow_check_content(const struct shadow_object *o);

size_t shadow_live_bytes(const struct shadow_world *w);

_Noreturn void shadow_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif /* TESTS_FUZZ_SHADOW_H */
