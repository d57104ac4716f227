/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mprof.c - samples, the buckets they are counted in, and the file; see
 * mprof.h.  Called by mhook and malloc.
 *
 * The file is gperftools' text format of a heap profile: one line for each
 * bucket (objects and bytes in use, in [ ] those ever allocated, the stack),
 * not scaled, with the mean distance in the first line; then the map of the
 * process.  pprof scales, and finds names by the map.
 */
#include "core/mprof.h"

#include <errno.h>
#include <string.h>

#include "core/die.h"
#include "core/file.h"
#include "core/lock.h"
#include "core/mrandom.h"
#include "core/options.h"
#include "core/persistent.h"

enum {
	CHAIN_BITS = 16,
	BUCKET_BITS = 12,
};

/* Allocations of one size from one place. */
struct bucket {
	struct bucket *next; /* in its chain */
	struct bucket *older;
	const struct sl_kept_stack *stack; /* may be NULL: unknown */
	size_t bytes;                      /* of one object */
	uint64_t allocs, frees;
};

/* An object in the sample that is in use. */
struct sample {
	_Atomic(struct sample *) next;
	uintptr_t p;
	struct bucket *bucket;
};

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_PROFILE);
/* Half a MiB that takes no memory without a profile, and is always there with
 * one.  Of samples, by address. */
static _Atomic(struct sample *) chains[1 << CHAIN_BITS];
static struct sample *spare;                     /* under lock */
static struct bucket *buckets[1 << BUCKET_BITS]; /* under lock: chains */
static struct bucket *newest;                    /* under lock */

/* --- who is in the sample ------------------------------------------------ */

static int64_t
next_distance(struct sl_prof_thread *t)
{
	return sl_random_exponential(&t->random, sl_options.profile);
}

void
sl_prof_thread_init(struct sl_prof_thread *t, uint32_t number)
{
	t->random = sl_random_seed(number);
	t->left = next_distance(t);
}

bool
sl_prof_is_due(struct sl_prof_thread *t, size_t bytes)
{
	if (sl_options.profile == 1)
		return true;
	if ((int64_t)bytes < t->left) {
		t->left -= (int64_t)bytes;
		return false;
	}
	t->left = next_distance(t);
	return true;
}

/* --- counting ------------------------------------------------------------ */

static uint64_t
hash(uintptr_t a, uintptr_t b)
{
	return ((uint64_t)a ^ (uint64_t)b << 20) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct bucket *
bucket_locked(const struct sl_kept_stack *stack, size_t bytes)
{
	struct bucket **chain =
	    &buckets[hash((uintptr_t)stack, bytes) >> (64 - BUCKET_BITS)];
	struct bucket *b;

	for (b = *chain; b != NULL; b = b->next)
		if (b->stack == stack && b->bytes == bytes)
			return b;
	b = sl_persistent_alloc(sizeof(*b), 0);
	if (b == NULL)
		return NULL;
	b->stack = stack;
	b->bytes = bytes;
	b->next = *chain;
	*chain = b;
	b->older = newest;
	newest = b;
	return b;
}

static struct sample *
sample_locked(void)
{
	struct sample *s = spare;

	if (s == NULL)
		return sl_persistent_alloc(sizeof(*s), 0);
	spare = sl_load_rlx(&s->next); /* relaxed: under the lock */
	return s;
}

static _Atomic(struct sample *) *
chain_of(uintptr_t p)
{
	return &chains[hash(p, 0) >> (64 - CHAIN_BITS)];
}

void
sl_prof_alloc(uintptr_t p, size_t bytes, const struct sl_stack *st)
{
	const struct sl_kept_stack *stack = sl_stack_intern(st);
	_Atomic(struct sample *) *chain = chain_of(p);
	struct bucket *b;
	struct sample *s;

	sl_mutex_lock(&lock);
	b = bucket_locked(stack, bytes);
	s = b != NULL ? sample_locked() : NULL;
	if (s != NULL) {
		b->allocs++;
		s->p = p;
		s->bucket = b;
		/* relaxed: under the lock; who frees p without it was given p
		 * by the program after this */
		sl_store_rlx(&s->next, sl_load_rlx(chain));
		sl_store_rlx(chain, s); /* relaxed: as above */
	}
	sl_mutex_unlock(&lock);
}

void
sl_prof_free(uintptr_t p)
{
	_Atomic(struct sample *) *at = chain_of(p);
	struct sample *s;

	/* relaxed: if p is in the sample this thread sees that */
	if (sl_load_rlx(at) == NULL)
		return;
	sl_mutex_lock(&lock);
	/* relaxed: under the lock */
	while ((s = sl_load_rlx(at)) != NULL && s->p != p)
		at = &s->next;
	if (s != NULL) {
		s->bucket->frees++;
		/* relaxed: under the lock */
		sl_store_rlx(at, sl_load_rlx(&s->next));
		sl_store_rlx(&s->next, spare); /* relaxed: as above */
		spare = s;
	}
	sl_mutex_unlock(&lock);
}

/* --- the file ------------------------------------------------------------ */

/* "in use: bytes [ allocated: bytes] @" */
static void
put_counts(struct sl_file *f, const char *head, const uint64_t n[4])
{
	sl_file_say(f, "%s%lu: %lu [%lu: %lu] @", head, (unsigned long)n[0],
	    (unsigned long)n[1], (unsigned long)n[2], (unsigned long)n[3]);
}

static void
add_bucket(const struct bucket *b, uint64_t n[4])
{
	n[0] += b->allocs - b->frees;
	n[1] += (b->allocs - b->frees) * b->bytes;
	n[2] += b->allocs;
	n[3] += b->allocs * b->bytes;
}

static void
put_bucket(struct sl_file *f, const struct bucket *b)
{
	uint64_t n[4] = {0};

	add_bucket(b, n);
	put_counts(f, " ", n);
	for (unsigned i = 0; b->stack != NULL && i < b->stack->n; i++)
		sl_file_say(f, " %p", (void *)b->stack->pc[i]);
	sl_file_put(f, "\n", 1);
}

static void
put_part(const char *part, size_t n, void *file)
{
	sl_file_put(file, part, n);
}

int
sl_prof_write(const char *path)
{
	uint64_t sum[4] = {0};
	struct sl_file f;

	if (sl_hooks(SL_HOOK_PROFILE) == 0)
		return EINVAL;
	sl_file_create(&f, path);
	sl_mutex_lock(&lock);
	for (const struct bucket *b = newest; b != NULL; b = b->older)
		add_bucket(b, sum);
	put_counts(&f, "heap profile: ", sum);
	sl_file_say(&f, " heap_v2/%u\n", sl_options.profile);
	for (const struct bucket *b = newest; b != NULL; b = b->older)
		put_bucket(&f, b);
	sl_mutex_unlock(&lock);
	sl_file_say(&f, "\nMAPPED_LIBRARIES:\n");
	sl_file_read_maps(put_part, &f);
	return sl_file_close(&f);
}

void
sl_prof_write_at_end(void)
{
	char path[SL_PATH_MAX];
	int error;

	if (sl_options.profile_file[0] == '\0')
		return;
	if (!sl_file_name(path, sl_options.profile_file)) {
		sl_warn("profile-file=%s: no file name, or too long",
		    sl_options.profile_file);
		return;
	}
	error = sl_prof_write(path);
	if (error != 0)
		sl_warn("profile: cannot write %s (errno %u)", path,
		    (unsigned)error);
}

void
sl_prof_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&lock);
}

void
sl_prof_fork_done(void)
{
	sl_mutex_unlock_after_fork(&lock);
}
