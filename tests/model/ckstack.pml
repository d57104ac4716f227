/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ckstack.pml - ck_stack_push_mpmc and ck_stack_pop_mpmc, as variants/ck.c
 * uses them: an entry that was popped is pushed again at once.
 *
 * Run by run.sh.  One step is one load, one store, one compare-and-swap of
 * the head, or one double-width compare-and-swap of head and generation.
 * The generation grows at each pop and never wraps here: each thread does
 * OPS operations.  Entries are type-stable; a stale `next` may be read.
 *
 * BUG_POPNOGEN: pop compares the head alone (ck_stack_pop_upmc).
 */
#ifndef NT
#define NT 2		/* threads */
#endif
#define NE 3		/* entries, all on the stack at first */
#ifndef OPS
#define OPS 2		/* pops of one or two entries, by each thread */
#endif
#define NIL 15

byte head;
byte generation;
byte next[NE] = { 1, 2, NIL };
byte holder[NE];	/* ghost: 0 on the stack, else thread + 1 */
byte ended;

inline pop(r)
{
	/* The two loads are in this order; the generation is the older. */
	g = generation;
	h = head;
	do
	:: h == NIL -> r = NIL; break
	:: else ->
		n = next[h];
		if
		:: d_step {
#ifdef BUG_POPNOGEN
				head == h ->
#else
				head == h && generation == g ->
#endif
				head = n;
				generation++;
				assert(holder[h] == 0);
				holder[h] = 1 + _pid;
				r = h
			}
			break
		:: d_step {
#ifdef BUG_POPNOGEN
				head != h ->
#else
				head != h || generation != g ->
#endif
				/* a failed cmpxchg16b loads both at once */
				h = head;
				g = generation
			}
		fi
	od;
	atomic { g = 0; h = 0; n = 0 }
}

inline push(e)
{
	h = head;
	do
	:: next[e] = h;
		if
		:: d_step { head == h ->
				assert(holder[e] == 1 + _pid);
				holder[e] = 0;
				head = e
			}
			break
		:: d_step { head != h -> h = head }
		fi
	od;
	h = 0
}

/* Each entry is on the stack once, when nobody holds one. */
inline check_whole()
{
	h = head;
	n = 0;
	do
	:: h != NIL ->
		assert(holder[h] == 0);
		assert(n < NE);
		n++;
		h = next[h]
	:: else -> break
	od;
	assert(n == NE);
	h = 0;
	n = 0
}

active [NT] proctype T()
{
	byte a = NIL;
	byte b = NIL;
	byte g, h, n, k;

	do
	:: k < OPS ->
		k++;
		pop(a);
		if
		:: a != NIL ->
			pop(b);
			push(a);
			if
			:: b != NIL -> push(b)
			:: else
			fi
		:: a != NIL -> push(a)
		:: else
		fi;
		atomic { a = NIL; b = NIL }
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

