/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mspan.c - the transitions of a span's state word; see mspan.h.
 * Called by mcache, mcentral, mfree, mheap and the variants.
 */
#include "core/mspan.h"

#include "core/badfree.h"
#include "core/bits.h"
#include "core/die.h"
#include "core/mrandom.h"

struct sl_mspan sl_mspan_none = {.cur = &sl_mspan_none.free_bits[0]};

static void
set_geometry(struct sl_mspan *s, size_t npages, sl_spanclass spc)
{
	unsigned cls = sl_spanclass_sizeclass(spc);
	size_t bytes = npages << SL_PAGE_SHIFT;
	unsigned relink_at;

	s->npages = (uint32_t)npages;
	s->spanclass = spc;
	if (cls == 0) {
		s->elemsize = 0;
		s->divmul = 0; /* every offset is in slot 0 */
		s->nelems = 1;
		s->limit = s->base + bytes;
	} else {
		s->elemsize = sl_class_to_size[cls];
		s->divmul = sl_class_to_divmul[cls];
		s->nelems = (uint16_t)(bytes / s->elemsize);
		s->limit = s->base + (uintptr_t)s->nelems * s->elemsize;
	}
	relink_at = s->nelems * sl_options.relink / 100;
	if (sl_options.epoch != 0)
		relink_at = 0;
	else if (relink_at == 0)
		relink_at = 1;
	/* relaxed: late threads may look, see mspan.h */
	sl_store_rlx(&s->nwords, (uint8_t)((s->nelems + 63) / 64));
	sl_store_rlx(&s->relink_at, (uint16_t)relink_at); /* relaxed: same */
}

static unsigned
nwords(const struct sl_mspan *s)
{
	return sl_load_rlx(&s->nwords); /* relaxed: see mspan.h */
}

void
sl_mspan_init(struct sl_mspan *s, uintptr_t base, size_t npages,
    sl_spanclass spc, bool needzero, struct sl_mcache *owner)
{
	uint64_t w;

	s->base = base;
	set_geometry(s, npages, spc);
	s->needzero = needzero;
	s->next = NULL;
	s->tiny = NULL;
	sl_mspan_set_owner(s, owner);
	for (unsigned i = 0; i < nwords(s); i++) {
		/* relaxed: nobody else looks before the word or the page map
		 * says so */
		sl_store_rlx(&s->free_bits[i], sl_mspan_word_mask(s, i));
		sl_store_rlx(&s->remote_bits[i], 0); /* relaxed: as above */
	}
	s->cur = &s->free_bits[0];
	s->cur_base = base;
	w = sl_load_rlx(&s->word); /* relaxed: only this thread has it */
	sl_assert((w & (SL_W_C | SL_W_L | SL_W_K_MASK)) == 0);
	w = (w & ~(SL_W_G_ONE - 1)) + SL_W_G_ONE;
	/* pairs(span.life): a claimer that finds K also finds the fields. */
	sl_store_rel(&s->word, w | SL_W_C | SL_W_K(spc));
}

unsigned
sl_mspan_count_free(const struct sl_mspan *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < nwords(s); i++) {
		/* relaxed: stable while nobody owns the span, else a hint */
		uint64_t f = sl_load_rlx(&s->free_bits[i]);
		/* pairs(span.dekker): each freer's bit, or it sees our word. */
		uint64_t r = sl_load_sc(&s->remote_bits[i]);

		n += sl_popcount(f | r);
	}
	return n;
}

void
sl_mspan_take(struct sl_mspan *s)
{
	/* relaxed: L is set and C is not, so nobody else changes the word;
	 * the set handed the span over */
	uint64_t w = sl_load_rlx(&s->word);

	sl_assert((w & (SL_W_C | SL_W_L)) == SL_W_L);
	/* relaxed: as above */
	sl_store_rlx(&s->word, (w & ~SL_W_L) + SL_W_G_ONE + SL_W_C);
}

bool
sl_mspan_try_claim(struct sl_mspan *s, sl_bag bag)
{
	uint64_t w, want = SL_W_L | SL_W_K(bag);

	/* pairs(span.life): the fields of the span that K says it is, and
	 * the bits that its last owner left. */
	w = sl_load_acq(&s->word);
	if ((w & (SL_W_G_ONE - 1)) != want || !sl_mspan_is_claimable(s))
		return false;
	/* LP: claim.  Fails only if the word changed: somebody claimed or
	 * unlisted the span.  pairs(span.life) */
	return sl_cas_acq(&s->word, &w, w + SL_W_G_ONE + SL_W_C);
}

/* Set L if nobody owns or lists the span and it has slots to offer. */
static bool
list_if_useful(struct sl_mspan *s)
{
	/* pairs(span.dekker): looked at after the caller's bit was set, or
	 * after the caller's C or L was cleared. */
	uint64_t w = sl_load_sc(&s->word);

	if ((w & (SL_W_C | SL_W_L)) != 0 || (w & SL_W_K_MASK) == 0 ||
	    !sl_mspan_is_claimable(s))
		return false;
	/* LP: list.  If it fails somebody else has listed the span: nothing
	 * else can happen to it now.  pairs(span.dekker) */
	return sl_cas_sc(&s->word, &w, w + SL_W_G_ONE + SL_W_L);
}

bool
sl_mspan_try_list(struct sl_mspan *s)
{
	return list_if_useful(s);
}

bool
sl_mspan_try_unlist(struct sl_mspan *s, sl_bag bag)
{
	uint64_t w = sl_load_rlx(&s->word); /* relaxed: the CAS decides */

	do {
		if ((w & SL_W_L) == 0 || (w & SL_W_K_MASK) != SL_W_K(bag))
			return false;
		if ((w & SL_W_C) == 0 && sl_mspan_is_claimable(s))
			return false;
		/* If this fails, an owner released the span or a claimer took
		 * it: look again.  pairs(span.dekker) */
	} while (!sl_cas_sc(&s->word, &w, w - SL_W_L + SL_W_G_ONE));
	/* A freer may have counted on L while we counted without its bit. */
	return !list_if_useful(s);
}

void
sl_mspan_unlist_owned(struct sl_mspan *s)
{
	/* relaxed: owned, so only an unlister could change the word, and the
	 * caller holds its lock */
	uint64_t w = sl_load_rlx(&s->word);

	sl_assert((w & (SL_W_C | SL_W_L)) == (SL_W_C | SL_W_L));
	/* relaxed: as above; the owner recounts when it releases */
	sl_store_rlx(&s->word, w - SL_W_L + SL_W_G_ONE);
}

bool
sl_mspan_release(struct sl_mspan *s)
{
	uint64_t w = sl_load_rlx(&s->word); /* relaxed: the CAS decides */

	sl_mspan_set_owner(s, NULL);
	do {
		sl_assert((w & SL_W_C) != 0);
		/* LP: release.  Fails only if an unlister cleared L.
		 * pairs(span.dekker) pairs(span.life) */
	} while (!sl_cas_sc(&s->word, &w, w - SL_W_C + SL_W_G_ONE));
	return (w & SL_W_L) == 0 && list_if_useful(s);
}

void
sl_mspan_list_in(struct sl_mspan *s, sl_bag bag)
{
	/* relaxed: owned and not listed, so nobody else changes it */
	uint64_t w = sl_load_rlx(&s->word);

	sl_assert((w & (SL_W_C | SL_W_L)) == SL_W_C);
	sl_mspan_set_owner(s, NULL);
	w = (w & ~(SL_W_G_ONE - 1)) + SL_W_G_ONE;
	/* LP: release and list.  pairs(span.life): who claims the span before
	 * it is inserted, from where it was listed once. */
	sl_store_rel(&s->word, w | SL_W_L | SL_W_K(bag));
}

unsigned
sl_mspan_harvest(struct sl_mspan *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < nwords(s); i++) {
		uint64_t x, f;

		/* relaxed: a look before the exchange */
		if (sl_load_rlx(&s->remote_bits[i]) == 0)
			continue;
		/* pairs(span.object): what the freers wrote is done. */
		x = sl_xchg_acq(&s->remote_bits[i], 0);
		f = sl_load_rlx(&s->free_bits[i]); /* relaxed: owner */
		if ((f & x) != 0)
			sl_mspan_bad_free(s,
			    s->base +
				(64u * i + (unsigned)__builtin_ctzll(f & x)) *
				    (uintptr_t)s->elemsize,
			    "double free by two threads at once");
		sl_store_rlx(&s->free_bits[i], f | x); /* relaxed: owner */
		n += sl_popcount(x & ~f);
	}
	if (n != 0)
		s->needzero = 1;
	return n;
}

void
sl_mspan_bad_free(const struct sl_mspan *s, uintptr_t p, const char *what)
{
	if (s->spanclass < 2) {
		sl_bad_pointer(p,
		    "%s: %p, in the span %p..%p of large class %u, %zu bytes",
		    what, (void *)p, (void *)s->base, (void *)s->limit,
		    s->spanclass / 2u, (size_t)(s->limit - s->base));
		return;
	}
	sl_bad_pointer(p,
	    "%s: %p, in the span %p..%p of %s class %u, %u-byte slots", what,
	    (void *)p, (void *)s->base, (void *)s->limit,
	    s->spanclass == SL_SPANCLASS_TINY ? "tiny" : "size",
	    s->spanclass / 2u, (unsigned)s->elemsize);
}

bool
sl_mspan_next_word(struct sl_mspan *s)
{
	for (unsigned i = 0; i < nwords(s); i++) {
		if (sl_load_rlx(&s->free_bits[i]) == 0) /* relaxed: owner */
			continue;
		s->cur = &s->free_bits[i];
		s->cur_base = s->base + (uintptr_t)64 * i * s->elemsize;
		return true;
	}
	return false;
}

/* One of the bits of w that are set, by chance: the next one after a place that
 * is even.  (So a bit after a gap is more likely.) */
static unsigned
random_bit(uint64_t w, unsigned place)
{
	uint64_t turned = w >> place | w << (-place & 63);

	return ((unsigned)__builtin_ctzll(turned) + place) % 64;
}

void *
sl_mspan_random_free(struct sl_mspan *s, uint64_t *random)
{
	uint64_t r = sl_random(random);
	unsigned n = nwords(s), first = (unsigned)(r >> 32) % n, bit;

	for (unsigned k = 0; k < n; k++) {
		unsigned i = (first + k) % n;
		uint64_t w = sl_load_rlx(&s->free_bits[i]); /* relaxed: owner */

		if (w == 0)
			continue;
		bit = random_bit(w, (unsigned)r % 64);
		/* relaxed: owner */
		sl_store_rlx(&s->free_bits[i], w & ~(UINT64_C(1) << bit));
		return (
		    void *)(s->base + (uintptr_t)(64 * i + bit) * s->elemsize);
	}
	return NULL;
}

bool
sl_mspan_is_empty(const struct sl_mspan *s)
{
	for (unsigned i = 0; i < nwords(s); i++) {
		/* relaxed: owner */
		if (sl_load_rlx(&s->free_bits[i]) != sl_mspan_word_mask(s, i))
			return false;
	}
	return true;
}

void
sl_mspan_retire(struct sl_mspan *s)
{
	/* relaxed: owned and unlisted, and no object lives to be freed */
	uint64_t w = sl_load_rlx(&s->word);

	sl_assert((w & (SL_W_C | SL_W_L)) == SL_W_C);
	sl_assert(sl_mspan_is_empty(s));
	sl_mspan_set_owner(s, NULL);
	w = (w & ~(SL_W_G_ONE - 1)) + SL_W_G_ONE;
	sl_store_rlx(&s->word, w); /* relaxed: as above */
}
