/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mspan.h - a run of pages cut into slots of one size (Go: mspan).
 *
 * Used by mcache, mcentral, mfree, mheap and, through mcentral.h, by the
 * variants.  Which slots are free is written in two bitmaps beside the span,
 * never in the objects:
 *
 *   free_bits    1 = free, in the owner's hands: it allocates by clearing a
 *                bit and frees by setting it.  Only the owner writes.
 *   remote_bits  1 = freed by a thread that is not the owner.  Any thread
 *                sets a bit with one fetch_or; the owner takes them all.
 *
 *   nelems == live + popcount(free_bits) + popcount(remote_bits), and the
 *   two are disjoint.  A bit found set by a free is a double free.
 *
 * The state word says where the span is:
 *
 *   C  cached: one mcache owns it (the field `holder` says which)
 *   L  listed: in the set, or one thread is committed to inserting it
 *   K  the bag that it is listed in, or was last, + 1; 0: the page heap's
 *   G  grows by one at each change, so that a stale CAS always fails
 *
 *   operation        | by              | word              | then
 *   -----------------+-----------------+-------------------+-----------------
 *   init             | who got it      | K=0 -> C,K        |
 *   take (pop sets)  | who popped it   | L -> C            | harvest
 *   try_claim        | any (RCU sets)  | L -> C,L          | harvest
 *   harvest          | owner           | -                 | xchg the bits
 *   release          | owner           | C,l -> l          | recount; list
 *   free, not owner  | any             | -                 | bit; look; list
 *   list             | any             | !C,!L -> L        | winner inserts
 *   unlist           | the set         | c,L -> c          | recount; list
 *   list in a bag    | owner, epoch    | C -> L, K=bag     | insert
 *   to heap          | owner, all free | C -> K=0          |
 *
 * In epoch mode spans without an owner are always listed, and freers list none.
 *
 * "list" needs count >= relink_at.  Lost wake-up is excluded by a Dekker pair
 * (tag span.dekker): a freer sets its bit, then loads the word; a releaser
 * clears C, then counts the bits; an unlister clears L, then counts; all four
 * sequentially consistent.  So of a freer and a releaser at least one sees
 * both the bit and the cleared C, and lists the span.  The order of steps is
 * proven by tests/model/span.pml, planted faults included.
 *
 * Progress: free is wait-free: one fetch_or, and one CAS more for a freer that
 * would list.  (If that fails somebody else has listed the span, for nothing
 * else can happen to a span that is neither cached nor listed.)  release and
 * try_unlist retry their CAS only when another thread changed the word.
 * ABA: G.  (No slot is lost without it, says the model; but a stale freer
 * could list a span that has filled up again.)
 * Reclamation: descriptors are type-stable (fixalloc) and never unmapped;
 * after its fetch_or a freer holds no object, so it touches the span only by
 * reading atomics and by a CAS that G guards.
 *
 * Source: Go mspan; Michael, PLDI 2004 (the anchor word) for explicit free.
 */
#ifndef SL_MSPAN_H
#define SL_MSPAN_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/atomic.h"
#include "core/options.h"
#include "core/switches.h"
#include "core/sizeclass.h"

struct sl_mcache;

/* Size class * 2 + 1 if the objects hold no pointers (Go: spanClass). */
typedef uint8_t sl_spanclass;

/*
 * Where a span that nobody owns is listed.  One bag for each span class, and
 * in epoch mode four, as in Go: partly free and full spans, by the parity of
 * the sweep that they have been through.  Bag number = kind of bag *
 * SL_NUM_SPANCLASSES + span class; those of the first kind have the numbers of
 * their span classes.
 */
typedef uint16_t sl_bag;

enum {
	SL_NUM_SPANCLASSES = 2 * SL_NUM_SIZECLASSES + 1,
	SL_NUM_BAGS = 4 * SL_NUM_SPANCLASSES,
	/* Blocks shared by tiny objects.  Go puts them in class 5, with whole
	 * 16-byte objects; apart, a free inside such an object is detected. */
	SL_SPANCLASS_TINY = 2 * SL_NUM_SIZECLASSES,
	SL_MAX_SLOTS = 1024, /* 8192 / 8 */
	SL_MAX_WORDS = SL_MAX_SLOTS / 64,
	/* One word for each block of a tiny span, see mtiny.c. */
	SL_TINY_TABLE_BYTES =
	    SL_PAGE_SIZE / SL_TINY_SIZE * (int)sizeof(uint32_t),
};

static inline unsigned
sl_spanclass_sizeclass(sl_spanclass spc)
{
	return spc == SL_SPANCLASS_TINY ? SL_TINY_CLASS : spc / 2u;
}

static inline sl_spanclass
sl_bag_spanclass(sl_bag bag)
{
	return (sl_spanclass)(bag % SL_NUM_SPANCLASSES);
}

#define SL_W_C UINT64_C(1)
#define SL_W_L UINT64_C(2)
#define SL_W_K_SHIFT 2
#define SL_W_K_MASK (UINT64_C(0x3ff) << SL_W_K_SHIFT)
#define SL_W_G_ONE (UINT64_C(1) << 12)
#define SL_W_K(bag) ((uint64_t)((bag) + 1) << SL_W_K_SHIFT)

/* The words of a descriptor that belong to the variant.  0 in a new one; core
 * never writes them, not even when the descriptor becomes another span. */
struct sl_set_link {
	alignas(16) uintptr_t w[4];
};

struct sl_mspan {
	/* Set by init, constant while K != 0; `owner` by the holder only. */
	alignas(SL_CACHELINE) uintptr_t base; /* address of slot 0 */
	uint32_t elemsize;                    /* bytes; 0 in a large span */
	uint32_t divmul;                      /* slot = offset * divmul >> 32 */
	/* The owner, if its thread may free here without a further look. */
	_Atomic(struct sl_mcache *) owner;
	uintptr_t limit; /* end of the last slot */
	uint32_t npages;
	uint16_t nelems;
	/* A thread that is late may count a span that has become another;
	 * the CAS that follows then fails. */
	_Atomic(uint16_t) relink_at; /* free slots that make it worth listing */
	_Atomic(uint8_t) nwords;     /* of the bitmaps in use */
	sl_spanclass spanclass;
	_Atomic(uint32_t) *tiny; /* SL_SPANCLASS_TINY only, see mtiny.c */

	/* Owner only. */
	alignas(SL_CACHELINE) _Atomic(uint64_t) *cur; /* word being served */
	uintptr_t cur_base; /* address of the slot of its bit 0 */
	uint8_t needzero;   /* free slots may hold garbage */
	uint8_t is_met;     /* by the conservation check */
	bool has_guard;     /* behind its pages; mheap's */
	uint32_t sweepgen;  /* epoch mode, see mepoch.h; also while listed */
	_Atomic(uint64_t) free_bits[SL_MAX_WORDS];
	struct sl_set_link set; /* the variant's */

	/* Any thread. */
	alignas(SL_CACHELINE) _Atomic(uint64_t) word;
	_Atomic(struct sl_mcache *) holder; /* the mcache that C speaks of */
	struct sl_mspan *next, *prev;       /* whoever owns the span: chains */
	_Atomic(uint64_t) remote_bits[SL_MAX_WORDS];
};

/* The slot that an offset into a small or tiny span lies in. */
static inline unsigned
sl_mspan_slot(const struct sl_mspan *s, uintptr_t offset)
{
	return (unsigned)((uint64_t)(uint32_t)offset * s->divmul >> 32);
}

/* The slot that p lies in, an address of a small span, times 2^32; below that
 * what is less than divmul exactly if nothing remains of the division, as
 * mksizeclasses.c proves. */
static inline uint64_t
sl_mspan_divide(const struct sl_mspan *s, uintptr_t p)
{
	return (uint64_t)((uint32_t)p - (uint32_t)s->base) * s->divmul;
}

/* Does a slot begin at p? */
static inline bool
sl_mspan_is_start(const struct sl_mspan *s, uintptr_t p, uint64_t quotient)
{
	return (uint32_t)quotient < s->divmul && p < s->limit;
}

/*
 * The owner may free in its span without a further look: not in a tiny one,
 * whose objects are freed through their table, and never with hooks on or in
 * epoch mode.  Then
 * the owner's address gets a bit that no mcache's has.
 */
static inline void
sl_mspan_open(struct sl_mspan *s, struct sl_mcache *mc)
{
	uintptr_t owner =
	    (uintptr_t)mc | ((sl_hooks(SL_HOOK_ANY) | sl_options.epoch) != 0);

	if (mc == NULL || s->spanclass == SL_SPANCLASS_TINY)
		owner = 0;
	/* relaxed: only the owner compares it with itself */
	sl_store_rlx(&s->owner, (struct sl_mcache *)owner);
}

/* Whose span it is. */
static inline void
sl_mspan_set_owner(struct sl_mspan *s, struct sl_mcache *mc)
{
	/* relaxed: only the holder compares it with itself */
	sl_store_rlx(&s->holder, mc);
	sl_mspan_open(s, mc);
}

/* Was it opened, and not closed since?  Holder only. */
static inline bool
sl_mspan_is_open(const struct sl_mspan *s)
{
	/* relaxed: only the holder stores there */
	return sl_load_rlx(&s->owner) != NULL;
}

/* The span that no slot can be had from and that has no owner: so that fast
 * paths need no test (Go: emptymspan). */
extern struct sl_mspan sl_mspan_none;

/* Make an owned span of fresh pages.  Caller holds the descriptor. */
void sl_mspan_init(struct sl_mspan *s, uintptr_t base, size_t npages,
    sl_spanclass spc, bool needzero, struct sl_mcache *owner);

/* The bits of word i that stand for slots. */
static inline uint64_t
sl_mspan_word_mask(const struct sl_mspan *s, unsigned i)
{
	unsigned left = s->nelems - 64u * i;

	return left >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
}

/* Free slots.  Exact for a span that nobody owns; otherwise a hint. */
unsigned sl_mspan_count_free(const struct sl_mspan *s);

/* Would a claim be worth while?  See sl_mspan_count_free(). */
static inline bool
sl_mspan_is_claimable(const struct sl_mspan *s)
{
	/* relaxed: constant while the span is what the caller thinks it is */
	return sl_mspan_count_free(s) >= sl_load_rlx(&s->relink_at);
}

/* --- for variants ------------------------------------------------------ */

/* The caller removed s from its set, where nobody else can reach it. */
void sl_mspan_take(struct sl_mspan *s);

/* Does a thread own s, which was found in a bag?  A hint. */
static inline bool
sl_mspan_is_cached(const struct sl_mspan *s)
{
	/* relaxed: a hint */
	return (sl_load_rlx(&s->word) & SL_W_C) != 0;
}

/* s was found in a bag and may be claimed, changed or gone.  True: the caller
 * owns it, and it stays listed. */
bool sl_mspan_try_claim(struct sl_mspan *s, sl_bag bag);

/* The set wants to drop s, which is of no use to claimers now, from a bag.
 * True: L is cleared, take it off.  False: it became useful; leave it. */
bool sl_mspan_try_unlist(struct sl_mspan *s, sl_bag bag);

/* An owner takes its span, whose L is set, off the list: clears L.  The
 * caller's lock keeps try_unlist away. */
void sl_mspan_unlist_owned(struct sl_mspan *s);

/* --- for core ---------------------------------------------------------- */

/* Give up ownership.  True: the caller must insert s into its set. */
bool sl_mspan_release(struct sl_mspan *s);

/* Epoch mode: give up ownership; the caller then inserts s into the bag. */
void sl_mspan_list_in(struct sl_mspan *s, sl_bag bag);

/* A slot of a span that the caller does not own was freed.  True: the caller
 * must insert s into its set. */
bool sl_mspan_try_list(struct sl_mspan *s);

/* Move what others freed into free_bits.  Owner only.  Returns how many. */
unsigned sl_mspan_harvest(struct sl_mspan *s);

/* The program freed p, which lies in s, wrongly: do what badfree= says. */
void sl_mspan_bad_free(const struct sl_mspan *s, uintptr_t p, const char *what);

/* Point cur at a word with a free slot; false: there is none.  Owner only. */
bool sl_mspan_next_word(struct sl_mspan *s);

/* The bag of a span that the caller owns or has just listed. */
static inline sl_bag
sl_mspan_bag(const struct sl_mspan *s)
{
	/* relaxed: K changes in the owner's hands only */
	uint64_t k = sl_load_rlx(&s->word) & SL_W_K_MASK;

	return (sl_bag)((k >> SL_W_K_SHIFT) - 1);
}

/* Is L set?  Owner only, and only a yes can change. */
static inline bool
sl_mspan_is_listed(const struct sl_mspan *s)
{
	/* relaxed: an unlister may clear L meanwhile, under its own lock */
	return (sl_load_rlx(&s->word) & SL_W_L) != 0;
}

/* Every slot is free.  Owner only; call after a harvest. */
bool sl_mspan_is_empty(const struct sl_mspan *s);

/* The span goes to the page heap.  Owner only, all free, not listed. */
void sl_mspan_retire(struct sl_mspan *s);

/* Any free slot, by chance, or NULL.  Owner only. */
void *sl_mspan_random_free(struct sl_mspan *s, uint64_t *random);

/*
 * The next free slot of the current word, or NULL (Go: nextFreeFast).  Owner
 * only.  relaxed: nobody else writes free_bits of an owned span.
 */
static inline void *
sl_mspan_next_free_fast(struct sl_mspan *s)
{
	_Atomic(uint64_t) *cur = s->cur;
	uint64_t w = sl_load_rlx(cur);
	uintptr_t slot;

	if (w == 0)
		return NULL;
	sl_store_rlx(cur, w & (w - 1));
	/* At most 63 slots of 32 KiB. */
	slot = s->cur_base + (unsigned)__builtin_ctzll(w) * s->elemsize;
	if (slot == 0)
		__builtin_unreachable(); /* spares the caller a test */
	return (void *)slot;
}

#endif /* SL_MSPAN_H */
