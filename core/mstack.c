/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mstack.c - call stacks by backtrace(), and a table of who did what; see
 * mstack.h.  Called by badfree, mprof, mtrace and mhook.
 */
#include "core/mstack.h"

#include <execinfo.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "core/lock.h"
#include "core/persistent.h"
#include "core/sys.h"

enum {
	OWN_FRAMES = 16, /* at most so many of core are on top */
	CHAIN_BITS = 14,
	NOTE_BITS = 18, /* 8 MiB of address space, touched as needed */
};

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_STACKS);

/* A chain grows at its head, under the lock. */
static _Atomic(struct sl_kept_stack *) *chains; /* set by prime */

/* What is known of an address. */
struct note {
	uintptr_t p;
	unsigned alloc_thread, free_thread;
	const struct sl_kept_stack *alloc, *free;
};
static struct note *notes; /* under lock */

static bool is_primed;
static uintptr_t own_low, own_high; /* this library's code */

/* --- taking -------------------------------------------------------------- */

static int
find_own(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t here = (uintptr_t)&find_own;

	(void)size;
	(void)arg;
	if (info->dlpi_name[0] == '\0')
		return 0; /* the program: it has code of others as well */
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		uintptr_t high = low + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && here >= low &&
		    here < high) {
			own_low = low;
			own_high = high;
			return 1;
		}
	}
	return 0;
}

void
sl_stack_prime(void)
{
	void *frame[1];
	void *p = sl_persistent_alloc(sizeof(*chains) << CHAIN_BITS, 0);

	if (p == NULL)
		return;
	(void)backtrace(frame, 1);
	dl_iterate_phdr(find_own, NULL);
	sl_mutex_lock(&lock);
	chains = p;
	notes = sl_sys_alloc(sizeof(*notes) << NOTE_BITS);
	sl_mutex_unlock(&lock);
	is_primed = true;
}

void
sl_stack_take(struct sl_stack *st)
{
	void *raw[OWN_FRAMES + SL_STACK_MAX];
	int n, i = 0;

	st->n = 0;
	if (!is_primed)
		return;
	n = backtrace(raw, OWN_FRAMES + SL_STACK_MAX);
	while (i < n && (uintptr_t)raw[i] >= own_low &&
	       (uintptr_t)raw[i] < own_high)
		i++;
	for (; i < n && st->n < SL_STACK_MAX; i++)
		st->pc[st->n++] = (uintptr_t)raw[i];
}

/* --- keeping ------------------------------------------------------------- */

static uint32_t
hash_of(const struct sl_stack *st)
{
	uint64_t h = st->n;

	for (unsigned i = 0; i < st->n; i++)
		h = (h ^ st->pc[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

static const struct sl_kept_stack *
find(const struct sl_kept_stack *k, const struct sl_stack *st, uint32_t hash)
{
	/* pairs(stack.keep): who finds a stack finds its frames. */
	for (; k != NULL; k = sl_load_acq(&k->next))
		if (k->hash == hash && k->n == st->n &&
		    memcmp(k->pc, st->pc, st->n * sizeof(st->pc[0])) == 0)
			return k;
	return NULL;
}

static struct sl_kept_stack *
make(const struct sl_stack *st, uint32_t hash)
{
	size_t frames = st->n * sizeof(st->pc[0]);
	struct sl_kept_stack *k = sl_persistent_alloc(sizeof(*k) + frames, 0);

	if (k == NULL)
		return NULL;
	k->hash = hash;
	k->n = st->n;
	memcpy(k->pc, st->pc, frames);
	return k;
}

const struct sl_kept_stack *
sl_stack_intern(const struct sl_stack *st)
{
	uint32_t hash = hash_of(st);
	_Atomic(struct sl_kept_stack *) *chain;
	const struct sl_kept_stack *known;
	struct sl_kept_stack *k;

	if (st->n == 0 || chains == NULL)
		return NULL;
	chain = &chains[hash >> (32 - CHAIN_BITS)];
	/* pairs(stack.keep): see find() */
	known = find(sl_load_acq(chain), st, hash);
	if (known != NULL)
		return known;
	sl_mutex_lock(&lock);
	k = sl_load_rlx(chain); /* relaxed: under the lock */
	known = find(k, st, hash);
	if (known == NULL && (known = make(st, hash)) != NULL) {
		/* relaxed: nobody else knows it yet */
		sl_store_rlx(
		    &((struct sl_kept_stack *)(uintptr_t)known)->next, k);
		/* LP: keep.  pairs(stack.keep) */
		sl_store_rel(chain, (struct sl_kept_stack *)(uintptr_t)known);
	}
	sl_mutex_unlock(&lock);
	return known;
}

/* --- who did what -------------------------------------------------------- */

static struct note *
note_of(uintptr_t p)
{
	uint64_t h = (uint64_t)p * UINT64_C(0x9e3779b97f4a7c15);

	return &notes[h >> (64 - NOTE_BITS)];
}

void
sl_stack_note_alloc(
    uintptr_t p, const struct sl_kept_stack *st, unsigned thread)
{
	struct note fresh = {.p = p, .alloc = st, .alloc_thread = thread};

	sl_mutex_lock(&lock);
	if (notes != NULL)
		*note_of(p) = fresh;
	sl_mutex_unlock(&lock);
}

void
sl_stack_note_free(uintptr_t p, const struct sl_kept_stack *st, unsigned thread)
{
	struct note *n;

	sl_mutex_lock(&lock);
	if (notes != NULL) {
		n = note_of(p);
		if (n->p != p)
			*n = (struct note){.p = p};
		n->free = st;
		n->free_thread = thread;
	}
	sl_mutex_unlock(&lock);
}

static void
tell(const char *what, const struct sl_kept_stack *st, unsigned thread)
{
	void *pc[SL_STACK_MAX];

	if (st == NULL)
		return;
	for (unsigned i = 0; i < st->n; i++)
		pc[i] = (void *)st->pc[i];
	sl_warn("  %s by thread %u:", what, thread);
	backtrace_symbols_fd(pc, (int)st->n, STDERR_FILENO);
}

void
sl_stack_tell(uintptr_t p)
{
	struct note n = {.p = 0};

	sl_mutex_lock(&lock);
	if (notes != NULL)
		n = *note_of(p);
	sl_mutex_unlock(&lock);
	if (n.p != p)
		return;
	tell("allocated", n.alloc, n.alloc_thread);
	tell("freed", n.free, n.free_thread);
}

void
sl_stack_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&lock);
}

void
sl_stack_fork_done(void)
{
	sl_mutex_unlock_after_fork(&lock);
}
