/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span.pml - the span's state word and bitmaps, and the set around them.
 *
 * Model of core/mspan.c with the two kinds of set that exist: one that takes
 * a span out before anybody owns it (mutex, ck), and, with -DRCU, one that
 * is claimed in place while readers walk it.  Run by run.sh; README.md has
 * the table of steps and functions.
 *
 * One Promela step is one atomic operation of the C code: a load of the word,
 * a fetch_or, a load or exchange of one bitmap word, a CAS.  A CAS loop that
 * decides nothing between load and CAS is one step.  `atomic` and `d_step`
 * otherwise hold one operation and ghost state.  Threads run for ever and do
 * any operation in any order.
 *
 * G is not a number here: fresh[s] holds the threads whose last look at the
 * word of s is still true, so a CAS succeeds if and only if nobody changed
 * the word since.  That is what a counter that never wraps gives, and keeps
 * the states finite.  BUG_NOGEN compares the values of C, L and K instead.
 */
#ifndef NT
#define NT 2		/* threads */
#endif
#ifndef NS
#define NS 1		/* spans */
#endif
#ifndef NK
#define NK 1		/* span classes */
#endif
#ifndef N1
#define N1 2		/* slots of a span of class 1, of class 2 */
#endif
#ifndef N2
#define N2 2
#endif
#ifndef R1
#define R1 1		/* relink_at of class 1, of class 2 */
#endif
#ifndef R2
#define R2 1
#endif
#ifndef FREERS
#define FREERS 0	/* threads that do nothing but free */
#endif
#ifndef WB
#define WB 1		/* slots in a bitmap word */
#endif

#if NK > 1
#define SLOTS(k) (k == 1 -> N1 : N2)
#define RELINK(k) (k == 1 -> R1 : R2)
#else
#define SLOTS(k) N1
#define RELINK(k) R1
#endif
#define ALL(k) ((1 << SLOTS(k)) - 1)
#define WORDS(k) ((SLOTS(k) + WB - 1) / WB)
#define MASK(i) (((1 << WB) - 1) << ((i) * WB))
#define POP(x) (((x) & 1) + (((x) >> 1) & 1) + (((x) >> 2) & 1))
#ifdef BUG_NOKCHECK
#define CLASS(x, k) (K[x] != 0)
#else
#define CLASS(x, k) (K[x] == k)
#endif
#define NIL 15
#define ME (1 << _pid)
#define ROLE_ALL (_pid < NT - FREERS)

/* The word; G is in fresh. */
bit C[NS];
bit L[NS];
byte K[NS];		/* class, 1 up; 0: the page heap has it */
byte fresh[NS];

byte cls[NS];		/* nelems, nwords, relink_at, spanclass */
byte fbits[NS];		/* free_bits */
byte rbits[NS];		/* remote_bits */

/* Ghost state. */
byte live[NS];		/* slots in the user's hands */
byte held[NS];		/* slots inside a call of free */
byte move[NS];		/* slots in a harvester's register */
byte owners[NS];
bit heap[NS] = 1;	/* in the page heap */
byte pool[NS];		/* the class whose set holds it, once; 0: none */
byte busy;		/* threads inside an operation */

#ifdef RCU
/*
 * Nodes apart from the spans.  A limbo node waits for the readers that were
 * inside when it was unlinked; `reclaim` may free it at any time after that.
 */
#ifndef B
#define B 1		/* nodes that limbo may hold */
#endif
#define NN (NS + B)
#define FREE 0
#define LINKED 1
#define LIMBO 2
byte head[NK + 1] = NIL;
byte next[NN] = NIL;
byte nspan[NN] = NIL;
byte nstate[NN];
byte nwait[NN];		/* readers that must leave first */
byte node[NS] = NIL;	/* span to node */
byte cur[NT] = NIL;	/* where a reader stands */
byte readers;
bit lock[NK + 1];	/* the mutex of a class */
byte nlimbo;
#endif

#include "span-word.pml"
#ifdef RCU
#include "span-rcu.pml"
#else
#include "span-pop.pml"
#endif

#define UNLISTED(x) (!L[x] && pool[x] == 0)

/* sl_mspan_init by who got x from the page heap. */
inline grow(x)
{
	atomic {
		if
		:: heap[0] -> x = 0; heap[0] = 0
#if NS > 1
		:: heap[1] -> x = 1; heap[1] = 0
#endif
		:: else -> x = NIL
		fi
	}
	if
	:: x != NIL ->
		assert(K[x] == 0);
		cls[x] = k;
		i = 0;
		do
		:: i < WORDS(k) ->
			d_step {
				fbits[x] = (fbits[x] & ~MASK(i)) |
				    (ALL(k) & MASK(i));
				rbits[x] = rbits[x] & ~MASK(i);
				i++
			}
		:: else -> break
		od;
		atomic {
			i = 0;
			fbits[x] = fbits[x] & ALL(k);
			K[x] = k;
			C[x] = 1;
			owners[x]++;
			changed(x)
		}
	:: else
	fi
}

/* sl_mcentral_uncache_span: to the heap if all free, else release. */
inline uncache(x)
{
	harvest(x);
	if
	:: fbits[x] == ALL(cls[x]) ->
#ifdef BUG_PEEKRETIRE
		if
		:: L[x] -> remove(x)
		:: else -> go = 1
		fi
#elif defined(RCU)
		remove(x)
#else
		go = 1
#endif
	:: else
	fi;
	if
	:: go ->
		d_step {		/* sl_mspan_retire */
			assert(C[x] && UNLISTED(x) && fbits[x] == ALL(K[x]));
			K[x] = 0;
			C[x] = 0;
			owners[x]--;
			changed(x)
		}
		d_step { assert(!heap[x]); heap[x] = 1; go = 0; check_span(x) }
	:: else ->
		release(x);
		if :: go -> look(x) :: else fi
	fi
}

active [NT] proctype T()
{
	byte my = NIL;		/* the cached span */
	byte s = NIL;
	byte k, i, n, f, seen, q;
	bit go, ins, enough;
#ifdef RCU
	byte v, w, y, z;
	bit dead, c;
#endif

	do
#ifdef RCU
	:: d_step { SOME_WAITED -> reclaim() }
#endif

	/* sl_mspan_next_free_fast; mallocgc's refill from its own span */
	:: d_step { my != NIL && fbits[my] != 0 ->
			f = fbits[my] & -fbits[my];
			fbits[my] = fbits[my] & ~f;
			assert((live[my] & f) == 0);
			live[my] = live[my] | f;
			f = 0;
			check_span(my)
		}
	:: atomic { my != NIL && fbits[my] == 0 && rbits[my] != 0 ->
			begin() };
		harvest(my);
		finish()

	/* free by the owner */
	:: atomic { my != NIL && live[my] != 0 ->
			if
			:: live[my] & 1 -> f = 1
			:: live[my] & 2 -> f = 2
			:: live[my] & 4 -> f = 4
			fi;
			live[my] = live[my] & ~f;
			assert(((fbits[my] | rbits[my]) & f) == 0);
			fbits[my] = fbits[my] | f;
			f = 0;
			check_span(my)
		}

	/* free by another: fetch_or, look, count, list */
	:: atomic {
			if
			:: my != 0 && live[0] != 0 -> s = 0
#if NS > 1
			:: my != 1 && live[1] != 0 -> s = 1
#endif
			fi;
			begin();
			if
			:: live[s] & 1 -> f = 1
			:: live[s] & 2 -> f = 2
			:: live[s] & 4 -> f = 4
			fi;
			live[s] = live[s] & ~f;
#ifdef BUG_LOOKFIRST
			held[s] = held[s] | f
		};
		look(s);
		d_step {
			held[s] = held[s] & ~f;
#endif
			assert(((fbits[s] | rbits[s]) & f) == 0);
			rbits[s] = rbits[s] | f;
			f = 0;
			check_span(s)
		}
#ifndef BUG_LOOKFIRST
		look(s);
#endif
#ifdef BUG_EMPTYFREE
		if
		:: d_step { K[s] != 0 && !C[s] &&
			    (fbits[s] | rbits[s]) == ALL(K[s]) ->
				K[s] = 0;
				L[s] = 0;
				rbits[s] = 0;
				go = 0;
				changed(s);
				heap[s] = 1
			}
		:: else
		fi;
#endif
		list(s);
		if :: ins -> insert(s) :: else fi;
		atomic { s = NIL; seen = 0; finish() }

	/* sl_mcentral_cache_span: claim, or grow */
	:: atomic { my == NIL && ROLE_ALL ->
			begin();
#if NK > 1
			if :: k = 1 :: k = 2 fi
#else
			k = 1
#endif
		};
		claim(my);
		if
		:: my == NIL -> grow(my)
		:: else
		fi;
		atomic { k = 0; finish() }

	/* sl_mcentral_uncache_span, from refill, flush or thread exit */
	:: atomic { my != NIL -> begin(); s = my; my = NIL };
put_back:	uncache(s);
		list(s);
		if :: ins -> insert(s) :: else fi;
		atomic { s = NIL; seen = 0; finish() }

#ifdef REAP
	/* sl_mcentral_reap: claim beside the cached span, then give up */
	:: atomic { ROLE_ALL ->
			begin();
#if NK > 1
			if :: k = 1 :: k = 2 fi
#else
			k = 1
#endif
		};
		claim(s);
		k = 0;
		if
		:: s != NIL -> goto put_back
		:: else -> finish()
		fi
#endif
	od
}
