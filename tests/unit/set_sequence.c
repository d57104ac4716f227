/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_sequence.c - a span set against a model, by one thread.
 * Called by t_set.c and t_set_faults.c, through set_checks.h.
 *
 * The model is a list of spans for each class in the order of insertion.  It
 * learns that core inserted a span from the bit L of the span's word, so it
 * holds for sets that drop a span when it is claimed and for those that keep
 * it (claim_leaves_listed).
 */
#include <string.h>

#include "tests/unit/set_world.h"

enum {
	CLASSES = 4,
	PER_CLASS = 4000, /* spans at most */
	STEPS_PER_WALK = 499,
	STEPS_PER_TIDE = 30000,
};

/* From 2 to 170 slots; the first two are neighbours, with pointers and
 * without. */
static const unsigned class_bytes[CLASSES] = {512, 512, 4096, 48};

static struct model {
	sl_spanclass spc;
	struct sl_mspan *listed[PER_CLASS]; /* the oldest insertion first */
	size_t nlisted;
	struct sl_mspan *away[PER_CLASS]; /* held, or full and nowhere */
	size_t naway;
} models[CLASSES];

static bool held[SL_MOCK_SPANS];
static uint64_t used[SL_MOCK_SPANS][SL_MAX_WORDS]; /* slots in use */

static uint64_t dice; /* state of the random numbers */
static uint64_t inserts, claims;

static unsigned
roll(size_t n)
{
	return (unsigned)unit_random(&dice, n);
}

static bool
is_held(const struct sl_mspan *s)
{
	return held[sl_mock_index(s)];
}

static size_t
find(struct sl_mspan **list, size_t n, const struct sl_mspan *s)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == s)
			return i;
	return n;
}

static void
drop(struct sl_mspan **list, size_t *n, size_t i)
{
	(*n)--;
	memmove(&list[i], &list[i + 1], (*n - i) * sizeof(list[0]));
}

static void
model_listed(struct model *m, struct sl_mspan *s)
{
	m->listed[m->nlisted++] = s;
	inserts++;
}

/* The set may have taken spans off that are of no use to it now.  A span that
 * was claimed from it is off unless claims leave it there. */
static void
model_forget_unlisted(struct model *m)
{
	for (size_t i = m->nlisted; i-- > 0;) {
		struct sl_mspan *s = m->listed[i];

		if (sl_mspan_is_listed(s))
			continue;
		if (!is_held(s) && sl_mspan_is_claimable(s))
			set_fault("span %zu was dropped, which is of use",
			    sl_mock_index(s));
		drop(m->listed, &m->nlisted, i);
		if (find(m->away, m->naway, s) == m->naway)
			m->away[m->naway++] = s;
	}
}

/* Which span a claim must return; NULL: none. */
static struct sl_mspan *
model_next(const struct model *m, bool oldest)
{
	struct sl_mspan *s, *found = NULL;

	for (size_t i = 0; i < m->nlisted; i++) {
		s = m->listed[i];
		if (is_held(s) || !sl_mspan_is_claimable(s))
			continue;
		found = s;
		if (oldest)
			break;
	}
	return found;
}

static void
step_claim(struct model *m)
{
	char order = sl_set_info.order[0];
	struct sl_mspan *want = model_next(m, order == 'F');
	struct sl_mspan *s = sl_set_claim(m->spc);

	if (s == NULL) {
		if (want != NULL)
			set_fault("a claim found nothing, but span %zu is "
				  "listed",
			    sl_mock_index(want));
		model_forget_unlisted(m);
		return;
	}
	if (!set_is_claimed_well(s, m->spc))
		return;
	if (find(m->listed, m->nlisted, s) == m->nlisted || is_held(s)) {
		set_fault("a claim returned span %zu, which is not listed",
		    sl_mock_index(s));
		return;
	}
	if ((order == 'L' || order == 'F') && s != want)
		set_fault("a claim returned span %zu, but %zu is next by %s",
		    sl_mock_index(s), sl_mock_index(want), sl_set_info.order);
	claims++;
	held[sl_mock_index(s)] = true;
	sl_mspan_harvest(s);
	model_forget_unlisted(m);
}

static void
step_new(struct model *m)
{
	struct sl_mspan *s;

	if (m->nlisted + m->naway >= PER_CLASS)
		return;
	s = set_new_span(m->spc);
	held[sl_mock_index(s)] = true;
	m->away[m->naway++] = s;
}

/* A span of the model that is held (or that is not), or NULL. */
static struct sl_mspan *
any_span(struct model *m, bool want_held)
{
	size_t n = m->nlisted + m->naway;
	size_t first = n == 0 ? 0 : roll(n);

	for (size_t k = 0; k < n; k++) {
		size_t i = (first + k) % n;
		struct sl_mspan *s =
		    i < m->nlisted ? m->listed[i] : m->away[i - m->nlisted];

		if (is_held(s) == want_held)
			return s;
	}
	return NULL;
}

/* After core may have inserted s, which was away. */
static void
note_if_listed(struct model *m, struct sl_mspan *s)
{
	size_t i = find(m->away, m->naway, s);

	if (i == m->naway || !sl_mspan_is_listed(s))
		return;
	drop(m->away, &m->naway, i);
	model_listed(m, s);
}

static void
step_give_up(struct model *m)
{
	struct sl_mspan *s = any_span(m, true);
	unsigned want[] = {0, 1, SL_MAX_SLOTS};
	int slot;

	if (s == NULL)
		return;
	for (unsigned n = want[roll(3)]; n > 0; n--) {
		slot = set_take_slot(s);
		if (slot < 0)
			break;
		used[sl_mock_index(s)][slot / 64] |= UINT64_C(1) << slot % 64;
	}
	held[sl_mock_index(s)] = false;
	sl_mcentral_detach_span(sl_mock_user(), s);
	note_if_listed(m, s);
}

/* Free some slots of a span that nobody holds, as other threads do. */
static void
step_free(struct model *m)
{
	struct sl_mspan *s = any_span(m, false);
	unsigned n = 1 + roll(40);

	if (s == NULL)
		return;
	for (unsigned i = 0; i < SL_MAX_WORDS; i++) {
		uint64_t *w = &used[sl_mock_index(s)][i];

		for (; *w != 0 && n > 0; *w &= *w - 1, n--)
			if (!sl_mcentral_free_slot(sl_mock_user(), s,
				i * 64 + (unsigned)__builtin_ctzll(*w)))
				set_fault("a used slot of span %zu was free",
				    sl_mock_index(s));
	}
	note_if_listed(m, s);
}

static void
step_to_heap(struct model *m)
{
	struct sl_mspan *s = any_span(m, true);

	if (s == NULL)
		return;
	sl_mspan_harvest(s);
	if (!sl_mspan_is_empty(s))
		return;
	if (sl_set_info.claim_leaves_listed && !sl_set_remove(m->spc, s))
		return;
	if (sl_mspan_is_listed(s)) {
		set_fault("span %zu is listed, but was claimed or removed",
		    sl_mock_index(s));
		return;
	}
	model_forget_unlisted(m);
	drop(m->away, &m->naway, find(m->away, m->naway, s));
	held[sl_mock_index(s)] = false;
	sl_mheap_free_span(NULL, s);
}

static unsigned visits[SL_MOCK_SPANS];

static void
visit(struct sl_mspan *s)
{
	if (sl_mock_index(s) < SL_MOCK_SPANS)
		visits[sl_mock_index(s)]++;
}

static void
step_walk(struct model *m)
{
	size_t n;

	memset(visits, 0, sizeof(visits));
	n = set_walk(m->spc, visit);
	if (n != m->nlisted)
		set_fault("a walk made %zu visits, but %zu spans are listed", n,
		    m->nlisted);
	for (size_t i = 0; i < m->nlisted; i++)
		if (visits[sl_mock_index(m->listed[i])] != 1)
			set_fault("a walk visited span %zu %u times",
			    sl_mock_index(m->listed[i]),
			    visits[sl_mock_index(m->listed[i])]);
}

static void
step(struct model *m, bool filling)
{
	unsigned r = roll(100);

	/* Times of growth and of decay, so that sets become long and empty. */
	if (r < (filling ? 15 : 35))
		step_claim(m);
	else if (r < (filling ? 30 : 36))
		step_new(m);
	else if (r < 65)
		step_give_up(m);
	else if (r < 85)
		step_free(m);
	else if (r < 95)
		step_to_heap(m);
}

static void
check_counters(const struct sl_stats *before)
{
	struct sl_stats s = set_counters();
	uint64_t locks =
	    s.set_lock_acquisitions - before->set_lock_acquisitions;

	if (s.set_inserts - before->set_inserts != inserts)
		set_fault("%llu insertions counted, %llu made",
		    (unsigned long long)(s.set_inserts - before->set_inserts),
		    (unsigned long long)inserts);
	if (set_progress_is("blocking") && locks < inserts + claims)
		set_fault("blocking, but %llu locks counted for %llu "
			  "insertions and %llu claims",
		    (unsigned long long)locks, (unsigned long long)inserts,
		    (unsigned long long)claims);
	if (s.set_cas_failures != before->set_cas_failures ||
	    s.set_lock_waits != before->set_lock_waits)
		set_fault("one thread waited for another, or met it");
}

const char *
set_check_sequence(uint64_t seed, unsigned steps)
{
	struct sl_stats before = set_counters();

	dice = seed;
	for (unsigned i = 0; i < CLASSES; i++) {
		unsigned cls = 1;

		while (sl_class_to_size[cls] < class_bytes[i])
			cls++;
		models[i].spc = (sl_spanclass)(2 * cls + i % 2);
	}
	for (unsigned i = 0; i < steps && !set_has_fault(); i++) {
		struct model *m = &models[roll(CLASSES)];

		step(m, i / STEPS_PER_TIDE % 2 == 0);
		if (i % STEPS_PER_WALK == 0)
			step_walk(m);
	}
	if (!set_has_fault())
		check_counters(&before);
	return set_first_fault();
}
