/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spanset.c - variant spanset: Go's spanSet, a queue of spans per class.
 * Called by core through the seam (core/mcentral.h).
 *
 * As in Go, a class has one index word, head and tail of an endless array of
 * positions, and the array is cut into blocks of 512 that a spine points to.
 * An insertion takes a position by one fetch_add of the tail and puts its span
 * there; a claim takes one by a swap of the head.  Go resets its sets in each
 * cycle of the collector.  Here is none, so what Go may leave open is closed:
 *
 *  - The index wraps.  Head and tail are compared for equality only, and the
 *    tail is the upper half, so that its carry is lost.
 *  - The spine is a ring, and a block whose 512 positions were all claimed is
 *    used again in place.  The ring doubles when what is listed is longer.  A
 *    block is found by the number it bears, not by where the spine ends, so it
 *    does not matter how many threads insert at once (Go: fewer than 513).
 *  - A claim does not wait for an inserter that has a position but has not put
 *    its span there.  After a short while it closes the position, and the
 *    inserter finds that and takes another.  (Go spins.)
 *  - If there is no memory for a block its inserters leave it out.  Claims pass
 *    over it once its 512 positions are given out; who can install it before
 *    that closes the positions that were left out.
 *  - A block that a claimer which does not run still has to empty is set
 *    aside, not waited for and not grown around.
 *
 *             insert   claim    install  walk
 *   insert    -        -        -        X     -: any threads at once
 *   claim              -        -        X     lock: serialized, per class
 *   install                     lock     X     X: quiescent only
 *
 * Progress: lock-free, but for one insertion in 512, which takes the class's
 * lock and installs a block, those that meet it, and a claim that was
 * overtaken by 512 others, which takes the lock to find its block.  A claim
 * finds nothing, although there is something, if inserters of the block at the
 * head stand before they installed it, or if it closed CLOSE_MAX positions in a
 * row.  So claims end, and an insertion tries again only as often as positions
 * were closed.
 * Order: FIFO of positions.
 * ABA: a swap of the head that succeeds late has not used what it read before:
 * it looks for the block again.  An empty slot bears the round of its block,
 * so an inserter that comes too late cannot put a span where a later one
 * belongs, until the 39 bits of the round wrap.
 * Reclamation: blocks and spines are never unmapped; a block is used again
 * when 512 claimers have counted themselves out.
 * Bound, per class: 8 bytes for each span of the longest list, rounded up to
 * the next power of two, 16 KiB at the least where a class is used; a block of
 * 4 KiB for each claimer that stands inside a claim; spines that were outgrown
 * are together smaller than the one in use.
 * Without memory for a block or a spine the span is spilled (core/mspill.h).
 * Fork: locks are taken.  Inserters that are no more in the child leave their
 * positions empty, or without a block: claims close them, or pass over it.
 * Go 1.15 to 1.19 runtime, mspanset.go; closed positions: Morrison and Afek,
 * PPoPP 2013.
 */
#include "core/mcentral.h"
#include "core/persistent.h"

enum {
	BLOCK_BITS = SL_SET_SMALL ? 2 : 9,
	BLOCK = 1 << BLOCK_BITS, /* positions: 512 */
	FIRST_RING = 4,
	CLOSE_PAUSES = 64, /* some 2 us; to put a span takes 20 ns */
	CLOSE_MAX = 4,
	NUMBER_BITS = 32 - BLOCK_BITS, /* of a block: 23 */
};

/* The first position: each process passes the wrap of the index soon. */
#define FIRST (UINT32_MAX - 2 * BLOCK + 1)

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "lock-free; blocking once in 512 insertions",
    .order = "FIFO",
    .reclamation = "blocks used again when all 512 positions were claimed",
    .aba = "empty slots bear the round of their block",
    .paper = "Go 1.15 runtime, mspanset.go; Morrison and Afek, PPoPP 2013",
    .claim_leaves_listed = false,
    .insert = SL_MOSTLY_LOCK_FREE,
    .claim = SL_MOSTLY_LOCK_FREE,
    .miss = SL_MISS_BUSY,
    .counts = SL_COUNTS_CAS_FAILURES | SL_COUNTS_LOCKS,
};

/* Round << NUMBER_BITS | number; the round is new at each use of a block. */
typedef uint64_t block_id;

struct block {
	alignas(SL_CACHELINE) _Atomic(block_id) id;
	_Atomic(uint32_t) left; /* positions that are not through yet */
	struct block *next;     /* lock: of those set aside */
	/* A span, or empty_slot() of the id, or 0: closed or claimed. */
	alignas(SL_CACHELINE) _Atomic(uintptr_t) slot[BLOCK];
};

struct spine {
	uint32_t mask; /* constant; slots less 1 */
	_Atomic(struct block *) block[];
};

struct set {
	/* Tail << 32 | head: where to insert next, where to claim next. */
	alignas(SL_CACHELINE) _Atomic(uint64_t) index;
	alignas(SL_CACHELINE) _Atomic(struct spine *) spine; /* or NULL */
	struct sl_mutex lock;                                /* to install */
	struct block *aside; /* lock: not in the spine, not empty or free */
	uint64_t rounds;     /* lock: blocks installed so far */
	/* lock: positions before it, in a block that is not there, may have no
	 * inserter any more */
	uint32_t lost;
};

static struct set sets[SL_NUM_BAGS];

/* What a claim or an insertion works on. */
struct place {
	struct block *block; /* NULL: there is none */
	block_id id;
};

static uint32_t
number_of(block_id id)
{
	return (uint32_t)(id & ((UINT64_C(1) << NUMBER_BITS) - 1));
}

static uintptr_t
empty_slot(block_id id)
{
	return (uintptr_t)id << 2 | 1;
}

/* Is position a before position b?  They are less than 2^31 apart. */
static bool
is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static uint32_t
head_of(struct set *k)
{
	/* relaxed: an old value is an earlier head, on the safe side */
	return (uint32_t)sl_load_rlx(&k->index);
}

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++) {
		sl_mutex_init(&sets[i].lock, SL_RANK_SET);
		/* relaxed: no other thread is here yet */
		sl_store_rlx(&sets[i].index, (uint64_t)FIRST << 32 | FIRST);
		sets[i].lost = FIRST;
	}
}

/* The block with this number, if it is in the spine. */
static struct place
find(struct set *k, uint32_t number)
{
	struct place none = {NULL, 0}, found;
	struct spine *spine;

	/* pairs(spanset.spine): its mask and its blocks. */
	spine = sl_load_acq(&k->spine);
	if (spine == NULL)
		return none;
	/* pairs(spanset.block): a new block is zeroed. */
	found.block = sl_load_acq(&spine->block[number & spine->mask]);
	if (found.block == NULL)
		return none;
	/* pairs(spanset.id): the slots are empty and all are left. */
	found.id = sl_load_acq(&found.block->id);
	return found.id != 0 && number_of(found.id) == number ? found : none;
}

/* --- install ----------------------------------------------------------- */

static bool
is_free(struct block *b)
{
	/* pairs(spanset.left): all claimers are through with the slots. */
	return sl_load_acq(&b->left) == 0;
}

static struct spine *
new_spine(uint32_t nslots)
{
	struct spine *spine = sl_persistent_alloc(
	    sizeof(*spine) + nslots * sizeof(_Atomic(struct block *)),
	    SL_CACHELINE);

	if (spine != NULL)
		spine->mask = nslots - 1;
	return spine;
}

/* A spine of twice the size, or NULL: there is no memory.  The old one stays:
 * others may be reading. */
static struct spine *
grow_locked(struct set *k, struct spine *old)
{
	struct spine *spine =
	    new_spine(old == NULL ? FIRST_RING : 2 * (old->mask + 1));

	if (spine == NULL)
		return NULL;
	for (uint32_t i = 0; old != NULL && i <= old->mask; i++) {
		/* relaxed: under the lock */
		struct block *b = sl_load_rlx(&old->block[i]);
		uint32_t number;

		if (b == NULL)
			continue;
		/* Numbers that differed in fewer bits differ in more. */
		number = number_of(sl_load_rlx(&b->id)); /* relaxed: same */
		/* relaxed: published with the spine */
		sl_store_rlx(&spine->block[number & spine->mask], b);
	}
	/* pairs(spanset.spine): filled before it is found. */
	sl_store_rel(&k->spine, spine);
	return spine;
}

/* A free block: one that was set aside and is empty by now, or a new one, or
 * NULL: there is no memory. */
static struct block *
free_block_locked(struct set *k)
{
	struct block **at = &k->aside, *b;

	for (; (b = *at) != NULL; at = &b->next) {
		if (is_free(b)) {
			*at = b->next;
			return b;
		}
	}
	return sl_persistent_alloc(sizeof(*b), SL_CACHELINE);
}

static struct place
find_aside_locked(struct set *k, uint32_t number)
{
	struct place p = {k->aside, 0};

	for (; p.block != NULL; p.block = p.block->next) {
		p.id = sl_load_rlx(&p.block->id); /* relaxed: under the lock */
		if (number_of(p.id) == number)
			break;
	}
	return p;
}

/* May block b make room in the spine?  Not while a claim can still begin in
 * it.  It may be free, or have claimers who are not through. */
static bool
is_behind_head(struct set *k, struct block *b)
{
	/* relaxed: under the lock */
	uint32_t number = number_of(sl_load_rlx(&b->id));

	return !is_before(head_of(k), (number + 1) * BLOCK);
}

/* The block that may be replaced in a spine where a number belongs; *fits: or
 * there is none. */
static struct block *
replaced_locked(struct set *k, uint32_t number, struct spine *spine, bool *fits)
{
	/* relaxed: under the lock */
	struct block *b = sl_load_rlx(&spine->block[number & spine->mask]);

	*fits = b == NULL || is_free(b) || is_behind_head(k, b);
	return b;
}

/* Make room for a number, and a block that may be used; NULL: there is no
 * memory, and all blocks are where they were. */
static struct block *
room_locked(struct set *k, uint32_t number, struct spine **spine)
{
	struct block *old = NULL, *b;
	bool fits = false;

	*spine = sl_load_rlx(&k->spine); /* relaxed: under the lock */
	if (*spine != NULL)
		old = replaced_locked(k, number, *spine, &fits);
	while (!fits) {
		*spine = grow_locked(k, *spine);
		if (*spine == NULL)
			return NULL;
		old = replaced_locked(k, number, *spine, &fits);
	}
	if (old != NULL && is_free(old))
		return old;
	b = free_block_locked(k);
	if (b != NULL && old != NULL) {
		old->next = k->aside;
		k->aside = old;
	}
	return b;
}

/* Closed, where who had the position may have found no memory for the block. */
static uintptr_t
first_slot_locked(struct set *k, uint32_t i, uint32_t position, block_id id)
{
	return i != position && is_before(i, k->lost) ? 0 : empty_slot(id);
}

/* For who inserts at a position.  Another that may be empty for ever is closed
 * now. */
static struct place
install_locked(struct set *k, uint32_t position)
{
	uint32_t number = position / BLOCK, lost;
	struct spine *spine;
	struct place p;

	p.block = room_locked(k, number, &spine);
	lost = position + (p.block == NULL);
	if (is_before(k->lost, lost))
		k->lost = lost;
	if (p.block == NULL)
		return p;
	p.id = (block_id)++k->rounds << NUMBER_BITS | number;
	/* relaxed: published with the id; a late inserter's swap fails, for it
	 * expects another round */
	for (uint32_t i = 0; i < BLOCK; i++)
		sl_store_rlx(&p.block->slot[i],
		    first_slot_locked(k, number * BLOCK + i, position, p.id));
	sl_store_rlx(&p.block->left, BLOCK); /* relaxed: published as well */
	/* pairs(spanset.id): who finds the number finds the slots. */
	sl_store_rel(&p.block->id, p.id);
	/* pairs(spanset.block): likewise. */
	sl_store_rel(&spine->block[number & spine->mask], p.block);
	return p;
}

/*
 * The block of a position that the caller has taken.  For a claimer there
 * always is one.  An inserter gets none if its position was claimed meanwhile,
 * for to install the block then would bury the span behind the head; or if
 * there is no memory.
 */
static SL_NOINLINE struct place
find_slow(struct set *k, uint32_t position, bool is_claim)
{
	uint32_t number = position / BLOCK;
	struct place p;

	sl_set_lock(&k->lock);
	p = find(k, number);
	if (p.block == NULL && is_claim)
		p = find_aside_locked(k, number);
	if (p.block == NULL && !is_claim && !is_before(position, head_of(k)))
		p = install_locked(k, position);
	sl_mutex_unlock(&k->lock);
	return p;
}

/*
 * There is no block at the head.  If all of its positions were given out, those
 * who have them find no memory, or stand before they install it: pass over it;
 * who comes yet takes another position.  False: there is nothing to claim.
 */
static SL_NOINLINE bool
skip_block(struct set *k, uint32_t head)
{
	uint32_t end = (head / BLOCK + 1) * BLOCK;
	uint64_t index;
	bool done = true;

	sl_set_lock(&k->lock);
	index = sl_load_rlx(&k->index); /* relaxed: the CAS decides */
	while (done && (uint32_t)index == head &&
	       find(k, head / BLOCK).block == NULL) {
		done = !is_before((uint32_t)(index >> 32), end);
		/* relaxed: the lock orders it for those who install */
		if (done &&
		    sl_cas_rlx(&k->index, &index, (index >> 32 << 32) | end))
			break;
	}
	sl_mutex_unlock(&k->lock);
	return done;
}

/* --- the seam ---------------------------------------------------------- */

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct set *k = &sets[bag];

	for (;;) {
		/* relaxed: a position of one's own; the slot hands it over */
		uint32_t position =
		    (uint32_t)(sl_fetch_add_rlx(&k->index, UINT64_C(1) << 32) >>
			       32);
		struct place p = find(k, position / BLOCK);
		uintptr_t expected;

		if (p.block == NULL)
			p = find_slow(k, position, false);
		if (p.block == NULL && !is_before(position, head_of(k))) {
			sl_spill(bag, s);
			break;
		}
		expected = empty_slot(p.id);
		/* LP: insert.  If it fails a claim closed the position.
		 * pairs(spanset.slot): what we did to the span. */
		if (p.block != NULL &&
		    sl_cas_rel(&p.block->slot[position % BLOCK], &expected,
			(uintptr_t)s))
			break;
		sl_count(&sl_set_tally->cas_failures);
	}
	sl_count(&sl_set_tally->inserts);
}

/* Take a position.  False: there is none with a block. */
static bool
claim_position(struct set *k, uint32_t *position)
{
	uint64_t index = sl_load_rlx(&k->index), next; /* relaxed: CAS */

	for (;;) {
		*position = (uint32_t)index;
		if (*position == index >> 32)
			return false;
		if (find(k, *position / BLOCK).block == NULL) {
			if (!skip_block(k, *position))
				return false;
			index = sl_load_rlx(&k->index); /* relaxed: CAS */
			continue;
		}
		next = (index >> 32 << 32) | (uint32_t)(*position + 1);
		/* If it fails another thread took a position.
		 * relaxed: the slot hands the span over */
		if (sl_cas_rlx(&k->index, &index, next))
			return true;
		sl_count(&sl_set_tally->cas_failures);
	}
}

/* The span at a position that the caller took, or NULL: it is closed now;
 * *was_closed: it was before. */
static struct sl_mspan *
claim_slot(struct place p, uint32_t position, bool *was_closed)
{
	_Atomic(uintptr_t) *slot = &p.block->slot[position % BLOCK];
	uintptr_t found;

	for (unsigned i = 0; i < CLOSE_PAUSES; i++) {
		/* relaxed: a look; the swap below decides */
		if (sl_load_rlx(slot) != empty_slot(p.id))
			break;
		sl_cpu_relax();
	}
	/* LP: claim.  pairs(spanset.slot): what the inserter did. */
	found = sl_xchg_acq(slot, 0);
	*was_closed = found == 0;
	/* pairs(spanset.left): we are through with the slot. */
	sl_fetch_sub_rel(&p.block->left, 1);
	return (found & 1) != 0 ? NULL : (struct sl_mspan *)found;
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct set *k = &sets[bag];
	struct sl_mspan *s;
	uint32_t position;
	struct place p;

	for (unsigned closed = 0; closed < CLOSE_MAX;) {
		bool was_closed;

		if (!claim_position(k, &position))
			return NULL;
		p = find(k, position / BLOCK);
		if (p.block == NULL)
			p = find_slow(k, position, true);
		s = claim_slot(p, position, &was_closed);
		if (s != NULL) {
			sl_mspan_take(s);
			return s;
		}
		closed += !was_closed;
		sl_count(&sl_set_tally->cas_failures);
	}
	return NULL;
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&sets[i].lock);
}

void
sl_set_fork_parent(void)
{
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&sets[i].lock);
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct set *k = &sets[bag];
	uint64_t index = sl_load_rlx(&k->index); /* relaxed: nobody inside */
	uint32_t i = (uint32_t)index, tail = (uint32_t)(index >> 32);

	for (; i != tail; i++) {
		struct place p = find(k, i / BLOCK);
		uintptr_t found;

		if (p.block == NULL)
			continue;
		/* relaxed: no other thread is inside the allocator */
		found = sl_load_rlx(&p.block->slot[i % BLOCK]);
		if (found != 0 && (found & 1) == 0)
			visit((struct sl_mspan *)found, arg);
	}
}
