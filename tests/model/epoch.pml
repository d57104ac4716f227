/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoch.pml - epoch mode: the generation of core/mepoch.c, and who takes which
 * span from which bag meanwhile (core/mcentral_epoch.c).
 *
 * Run by run.sh.  One step is one atomic operation on the generation or on a
 * view, one call of the set, or one span's sweep by its owner.  There is one
 * class; its bags are those of partly free spans, by parity (the full ones
 * differ in nothing but the budget).  Threads do OPS operations each: a refill,
 * or a turn.  A span is in the hands of a thread, or in one bag.
 *
 *   enter           sl_epoch_enter
 *   leave           sl_epoch_leave
 *   drain           sl_epoch_drain, is_quiet
 *   step            sl_epoch_step
 *   undrain         sl_epoch_undrain
 *   take            take: sl_mcentral_claim, sl_mcentral_remove
 *   sweep           sweep: sl_epoch_go to SL_SWEEPING, harvest, to SL_SWEPT
 *   place           place: sl_mspan_list_in, sl_mcentral_insert
 *   sweep_next      sweep_next; sweep_all is its loop
 *   turn            sl_epoch_try_begin, turn, sl_epoch_end
 *   refill          claim, find, sweep_for_slots; then SL_CACHED
 *   give_up         sl_epoch_uncache_span
 *
 * The generation is h / 2, so that parities are h % 2 here.
 *
 * BUG_NOWAIT      drain does not wait for those who are inside
 * BUG_NOLOOK      enter does not look again after it stored its view
 * BUG_NOTKEPT     who has a view with DRAINED goes at the unswept bags
 * BUG_ONESWEEP    nothing is swept after the drain
 * BUG_LEAVEFIRST  a thread leaves before it has put its span into a bag
 * BUG_SAMEBAG     swept spans are put where they came from
 * BUG_TWOTURN     any number of threads turn at once
 */
#ifndef NT
#define NT 2
#endif
#ifndef NS
#define NS 2 /* spans */
#endif
#ifndef OPS
#define OPS 2
#endif
#define OUTSIDE 255
#define NOBODY 255
#define NIL 255

#define SWEEPING 1
#define SWEPT 2
#define CACHED 3

byte now = 2;      /* the generation */
bool drained;      /* with it one word */
byte view[NT];     /* OUTSIDE, or a generation */
bool view_drained[NT];
byte turning = NOBODY;

byte gen[NS];      /* of a span: in which generation it became .. */
byte state[NS];    /* .. this; SWEPT at h is what h+1 has to sweep */
byte bag[NS];      /* parity + 1; 0: in somebody's hands */
byte holder[NS];   /* ghost: thread, or NOBODY */

/* --- the generation ------------------------------------------------------ */

inline enter()
{
	atomic { v = now; d = drained };
	do
	:: atomic { view[_pid] = v; view_drained[_pid] = d };
#ifdef BUG_NOLOOK
		break
#else
		if
		:: atomic { now == v && drained == d -> break }
		:: atomic { now != v || drained != d -> v = now; d = drained }
		fi
#endif
	od
}

inline leave()
{
	atomic { view[_pid] = OUTSIDE; view_drained[_pid] = false }
}

/* Is thread i inside with another view than this one? */
#define IN_THE_WAY(i) \
	(view[i] != OUTSIDE && !(view[i] == now && view_drained[i]))

/* quiet: nobody is inside with an old view; else it gave up. */
inline drain()
{
	drained = true;
	quiet = false;
	i = 0;
	do
	:: i == NT -> quiet = true; break
#ifdef BUG_NOWAIT
	:: i < NT -> i++
#else
	:: atomic { i < NT && !IN_THE_WAY(i) -> i++ }
	:: atomic { i < NT && IN_THE_WAY(i) -> break }
#endif
	od;
	i = 0
}

/* --- spans --------------------------------------------------------------- */

/* s = a span of the bag of this parity, owned, or NIL. */
inline take(parity)
{
	atomic {
		s = 0;
		do
		:: s < NS && bag[s] == (parity) + 1 ->
			assert(holder[s] == NOBODY);
			bag[s] = 0;
			holder[s] = _pid;
			break
		:: s < NS && bag[s] != (parity) + 1 -> s++
		:: s == NS -> s = NIL; break
		od
	}
}

inline put(parity)
{
	atomic {
		assert(holder[s] == _pid && bag[s] == 0);
		holder[s] = NOBODY;
		bag[s] = (parity) + 1
	}
}

/* It was swept in the generation before that of the view; or it was cached
 * when the generation advanced, which its owner alone may find (is_stale). */
inline sweep(is_stale)
{
	atomic {
		assert(holder[s] == _pid);
		assert((state[s] == SWEPT && gen[s] + 1 == v) ||
		       ((is_stale) && state[s] == CACHED && gen[s] < v));
		state[s] = SWEEPING
	};
	atomic {
		state[s] = SWEPT;
		gen[s] = v
	}
}

inline place()
{
#ifdef BUG_SAMEBAG
	put((v + 1) % 2)
#else
	put(v % 2)
#endif
}

/* --- a turn --------------------------------------------------------------- */

/* s = NIL when there is nothing left, or nothing for this thread. */
inline sweep_next()
{
	enter();
	s = NIL;
	if
#ifdef BUG_NOTKEPT
	:: true -> take((v + 1) % 2)
#else
	:: !d || turning == _pid -> take((v + 1) % 2)
	:: d && turning != _pid
#endif
	fi;
	if
	:: s != NIL ->
		sweep(false);
		place()
	:: else
	fi;
	leave()
}

inline sweep_all()
{
	do
	:: sweep_next();
		if
		:: s == NIL -> break
		:: else
		fi
	od
}

/* A turn may also fail: then all is as it was. */
inline turn()
{
	begun = false;
	atomic {
		if
#ifdef BUG_TWOTURN
		:: true -> turning = _pid; begun = true
#else
		:: turning == NOBODY -> turning = _pid; begun = true
		:: else
#endif
		fi
	};
	if
	:: begun ->
		sweep_all();
		drain();
		if
		:: quiet ->
#ifndef BUG_ONESWEEP
			sweep_all();
#endif
			atomic { /* step */
				i = 0;
				do
				:: i < NS ->
					/* The bags that become those of
					 * swept spans: nothing is there,
					 * and nobody will put it there. */
					assert(bag[i] != (now + 1) % 2 + 1);
					i++
				:: else -> break
				od;
				i = 0;
				now++;
				drained = false
			}
		:: else ->
			drained = false /* undrain */
		fi;
		turning = NOBODY
	:: else
	fi
}

/* --- a refill, and what becomes of it -------------------------------------- */

inline refill()
{
	enter();
	take(v % 2);
	if
	:: s != NIL ->
		/* What is in a bag of swept spans was swept in this view. */
		assert(state[s] == SWEPT && gen[s] == v)
	:: s == NIL ->
		if
#ifdef BUG_NOTKEPT
		:: true -> take((v + 1) % 2)
#else
		:: !d -> take((v + 1) % 2)
		:: d
#endif
		fi;
		if
		:: s != NIL -> sweep(false)
		:: else
		fi
	fi;
	if
	:: s != NIL ->
		atomic {
			assert(state[s] == SWEPT && gen[s] == v);
			state[s] = CACHED
		}
	:: else
	fi;
	leave()
}

/* The owner frees in its span, or others do, and it is given up; another turn
 * may have been made since. */
inline give_up()
{
	enter();
	if
	:: gen[s] == v -> /* what was freed waits for the next sweep */
		atomic { assert(state[s] == CACHED); state[s] = SWEPT }
	:: gen[s] != v -> sweep(true)
	fi;
#ifdef BUG_LEAVEFIRST
	leave();
	place()
#else
	place();
	leave()
#endif
}

inline check_whole()
{
	i = 0;
	do
	:: i < NS ->
		assert(holder[i] == NOBODY && bag[i] != 0);
		assert(state[i] == SWEPT);
		/* In the bag of its parity, and swept in this generation or in
		 * the one before. */
		assert(bag[i] == gen[i] % 2 + 1);
		assert(gen[i] == now || gen[i] + 1 == now);
		i++
	:: else -> break
	od
}

byte ended;
byte began;

active [NT] proctype T()
{
	byte v, s, i, k;
	bool d, quiet, begun;

	atomic {
		view[_pid] = OUTSIDE;
		began++;
		if
		:: began == NT ->
			do
			:: i < NS ->
				/* One that is swept, others that are not. */
				state[i] = SWEPT;
				gen[i] = now - (i + 1) % 2;
				bag[i] = gen[i] % 2 + 1;
				holder[i] = NOBODY;
				i++
			:: else -> break
			od;
			i = 0
		:: else
		fi
	};
	began == NT;
	do
	:: k < OPS ->
		k++;
		if
		:: refill();
			if
			:: s != NIL -> give_up()
			:: else
			fi
		:: turn()
		fi;
		atomic { s = 0; v = 0; d = false; quiet = false; begun = false }
	:: else -> break
	od;
	atomic {
		ended++;
		if
		:: ended == NT -> check_whole()
		:: else
		fi
	}
}
