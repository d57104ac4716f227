/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scene.c - what the bodies of scenarios work with; see scene.h.
 * Called by scenarios.c and, through scenario.h, by runners.
 */
#include "tests/scenario/scene.h"

#include <string.h>

struct scene scene;

static bool one_by_one;

/* --- what bodies do ------------------------------------------------------ */

void
scene_keep(struct scenario_thread *t, struct sl_mspan *s)
{
	set_hold(s, t->id);
	t->held[t->nheld++] = s;
}

struct sl_mspan *
scene_let_go_last(struct scenario_thread *t)
{
	struct sl_mspan *s = t->held[--t->nheld];

	set_let_go(s, t->id);
	return s;
}

static struct sl_mspan *
let_go_first(struct scenario_thread *t)
{
	struct sl_mspan *s = t->held[0];

	t->nheld--;
	memmove(&t->held[0], &t->held[1], t->nheld * sizeof(t->held[0]));
	set_let_go(s, t->id);
	return s;
}

void
scene_insert(sl_spanclass c, struct sl_mspan *s)
{
	if (sl_mspan_release(s))
		sl_set_insert(c, s);
}

bool
scene_claim_from(struct scenario_thread *t, sl_spanclass c)
{
	struct sl_mspan *s = sl_set_claim(c);

	if (s == NULL)
		t->misses++;
	else if (set_is_claimed_well(s, c))
		scene_keep(t, s);
	return s != NULL;
}

bool
scene_claim(struct scenario_thread *t)
{
	return scene_claim_from(t, scene.class);
}

bool
scene_never_misses(void)
{
	return one_by_one || sl_set_info.miss == SL_MISS_NEVER;
}

void
scene_claim_what_is_there(struct scenario_thread *t)
{
	if (!scene_claim(t) && scene_never_misses())
		set_fault(
		    "thread %u claims nothing, but a span is there", t->id);
}

void
scene_give_last(struct scenario_thread *t)
{
	if (t->nheld > 0)
		scene_insert(scene.class, scene_let_go_last(t));
}

void
scene_give_first(struct scenario_thread *t)
{
	if (t->nheld > 0)
		scene_insert(scene.class, let_go_first(t));
}

void
scene_free_slot(struct scenario_thread *t, unsigned i)
{
	if (!sl_mcentral_free_slot(
		t->user, scene.slots[i].span, scene.slots[i].number))
		set_fault("slot %u of span %zu is free, but nobody freed it",
		    scene.slots[i].number, sl_mock_index(scene.slots[i].span));
}

bool
scene_use_slot(struct sl_mspan *s)
{
	int slot = set_take_slot(s);

	if (slot < 0)
		return false;
	scene.slots[scene.nslots++] = (struct scene_slot){s, (unsigned)slot};
	return true;
}

/* --- the beginning ------------------------------------------------------- */

static struct sl_mspan *
new_span(struct sl_mcentral_user *u, unsigned used)
{
	struct sl_mspan *s = sl_options.epoch != 0
				 ? sl_mcentral_cache_span(u, scene.class)
				 : set_new_span(scene.class);

	while (used-- > 0)
		scene_use_slot(s);
	return s;
}

static void
begin(const struct scenario *sc, struct sl_mcentral_user *u)
{
	for (unsigned i = 0; i < sc->full; i++)
		sl_mcentral_detach_span(u, new_span(u, SCENE_SLOTS));
	for (unsigned i = 0; i < sc->listed; i++)
		if (sl_options.epoch != 0)
			sl_mcentral_uncache_span(
			    u, new_span(u, sc->listed_used));
		else
			scene_insert(scene.class, new_span(u, sc->listed_used));
	for (unsigned i = 0; i < sc->holders; i++)
		scene_keep(&scene.threads[i], new_span(u, sc->held_used));
}

/* --- for runners --------------------------------------------------------- */

bool
scenario_fits(const struct scenario *sc)
{
	return sc->epoch == (sl_options.epoch != 0) &&
	       !(sc->forks && sl_set_info.never_forks);
}

void
scenario_one_by_one(bool yes)
{
	one_by_one = yes;
}

void
scenario_setup(const struct scenario *sc, struct sl_mcentral_user *u)
{
	memset(&scene, 0, sizeof(scene));
	scene.class = set_class_of(4096, true);
	scene.neighbour = set_class_of(4096, false);
	for (unsigned i = 0; i < SCENARIO_THREADS_MAX; i++)
		scene.threads[i].id = i + 1;
	begin(sc, u);
}

void
scenario_run(const struct scenario *sc, unsigned i, struct sl_mcentral_user *u)
{
	scene.threads[i].user = u;
	sc->body[i](&scene.threads[i]);
}

void
scenario_end(const struct scenario *sc, struct sl_mcentral_user *u)
{
	if (sc->check != NULL)
		sc->check(u);
	for (unsigned i = 0; i < SCENARIO_THREADS_MAX; i++)
		while (scene.threads[i].nheld > 0)
			scene_insert(
			    scene.class, scene_let_go_last(&scene.threads[i]));
	if (set_has_fault())
		return;
	set_collect(scene.class);
	set_collect(scene.neighbour);
}
