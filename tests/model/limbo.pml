/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * limbo.pml - what waits for a grace period in variants/rcu.c: one limbo for
 * all classes, its bound, and one thread at a time that waits with a batch.
 * Run by run.sh.
 *
 * The lists are left out: a node is linked in a class, or it waits, or it is
 * free.  A reader stands on a linked node of a class, until it leaves.  Each
 * thread does any of these, for ever:
 *
 *   walk     sl_set_claim up to read_unlock: on a node that was linked
 *   unlink   unlink_dead: reserve, take out, to_limbo, return what was not
 *            used; under the mutex of the class
 *   reclaim  reclaim and free_batch; the grace period waits for the readers
 *            that are inside when it begins
 *   insert   a free node is linked again
 *
 * Checked in each state: no reader stands on a free node, and no more than
 * MAX nodes wait, in limbo, in a batch and on their way.  When all threads are
 * between operations the number in `backlog` is right.
 */

#ifndef NT
#define NT 2	/* threads */
#endif
#ifndef NK
#define NK 2	/* classes */
#endif
#ifndef NN
#define NN 3	/* nodes */
#endif
#ifndef MAX
#define MAX 2	/* the option limbo */
#endif
#ifndef BATCH
#define BATCH 1
#endif

#define NIL 15
#define ME (1 << _pid)

mtype = { FREE, LINKED, TAKEN, LIMBO, BATCHED };

mtype state[NN] = FREE;	/* TAKEN: unlinked, not yet in limbo */
byte class[NN];
byte holder[NN];	/* of a node that is TAKEN or BATCHED: the thread */
byte cur[NT];		/* where the thread's reader stands */
byte inside;		/* readers, a bit each */
byte idle;		/* threads between operations, a bit each */
bool lock[NK];		/* of a class */
bool nodes_lock;
byte nlimbo;		/* under nodes_lock */
bool is_waiting;	/* under nodes_lock */
byte backlog;

#define WAITS(n) (state[n] == TAKEN || state[n] == LIMBO || \
	state[n] == BATCHED)

inline count_waiting()
{
	i = 0;
	waiting = 0;
	do
	:: i < NN ->
		if
		:: WAITS(i) -> waiting++
		:: else
		fi;
		i++
	:: else -> break
	od;
	assert(waiting <= MAX);
	i = 0
}

/* Between operations, and where a node begins to wait. */
inline look()
{
	d_step {
		count_waiting();
		assert(idle != (1 << NT) - 1 || backlog == waiting);
		waiting = 0
	}
}

inline walk()
{
	atomic { inside = inside | ME; cur[_pid] = NIL }
	/* Some node of the class, which was linked when it was found. */
	if
	:: atomic { state[0] == LINKED && class[0] == k -> cur[_pid] = 0 }
	:: atomic { state[1] == LINKED && class[1] == k -> cur[_pid] = 1 }
#if NN > 2
	:: atomic { state[2] == LINKED && class[2] == k -> cur[_pid] = 2 }
#endif
	:: skip
	fi;
	/* It reads the node, some time later. */
	if
	:: cur[_pid] != NIL -> assert(state[cur[_pid]] != FREE)
	:: else
	fi;
	atomic { inside = inside & ~ME; cur[_pid] = NIL }
}

/* reserve(1): room = 1, or 0. */
inline reserve()
{
#ifdef BUG_LOOKBEFORE
	before = backlog;
	room = (before < MAX);
	if
	:: room -> backlog++
	:: else
	fi;
#else
	atomic { before = backlog; backlog++ }
	room = (before < MAX);
	if
	:: !room -> backlog--
	:: else
	fi;
#endif
	before = 0
}

inline unlink()
{
	atomic { !lock[k] -> lock[k] = 1 }
	reserve();
	if
	:: room ->
		if
		:: d_step { state[0] == LINKED && class[0] == k -> n = 0 }
		:: d_step { state[1] == LINKED && class[1] == k -> n = 1 }
#if NN > 2
		:: d_step { state[2] == LINKED && class[2] == k -> n = 2 }
#endif
		:: skip		/* none that is dead */
		fi
	:: else
	fi;
	if
	:: n != NIL ->
		d_step {
			state[n] = TAKEN;
			holder[n] = _pid;
			count_waiting();
			waiting = 0
		}
		atomic { !nodes_lock -> nodes_lock = 1 }
		d_step { state[n] = LIMBO; holder[n] = NIL; nlimbo++ }
		nodes_lock = 0;
		lock[k] = 0
	:: else ->
		lock[k] = 0;
#ifndef BUG_KEEPRESERVE
		if
		:: room -> backlog--
		:: else
		fi
#endif
	fi;
	d_step { n = NIL; room = 0 }
}

/* All nodes in limbo become this thread's batch. */
inline take_batch()
{
	d_step {
		i = 0;
		do
		:: i < NN ->
			if
			:: state[i] == LIMBO ->
				state[i] = BATCHED;
				holder[i] = _pid
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0;
		count = nlimbo;
		nlimbo = 0
	}
}

inline reclaim()
{
	if
	:: atomic { backlog >= BATCH && !nodes_lock -> nodes_lock = 1 }
		if
		:: is_waiting || nlimbo < BATCH -> nodes_lock = 0
		:: else ->
			is_waiting = 1;
#ifndef BUG_BATCHAFTER
			take_batch();
#endif
			nodes_lock = 0;
			/* synchronize_rcu */
			old = inside;
			do
			:: old == 0 -> break
			:: atomic { (old & ~inside) != 0 -> old = old & inside }
			od;
			atomic { !nodes_lock -> nodes_lock = 1 }
#ifdef BUG_BATCHAFTER
			/* what came to limbo meanwhile, too */
			take_batch();
#endif
			d_step {
				i = 0;
				do
				:: i < NN ->
					if
					:: state[i] == BATCHED &&
					    holder[i] == _pid ->
						state[i] = FREE;
						holder[i] = NIL;
						class[i] = 0
					:: else
					fi;
					i++
				:: else -> break
				od;
				i = 0
			}
			is_waiting = 0;
			nodes_lock = 0;
			d_step { backlog = backlog - count; count = 0 }
		fi
	:: skip
	fi
}

inline insert()
{
	atomic { !lock[k] -> lock[k] = 1 }
	if
	:: d_step { state[0] == FREE -> state[0] = LINKED; class[0] = k }
	:: d_step { state[1] == FREE -> state[1] = LINKED; class[1] = k }
#if NN > 2
	:: d_step { state[2] == FREE -> state[2] = LINKED; class[2] = k }
#endif
	:: skip
	fi;
	lock[k] = 0
}

active [NT] proctype thread()
{
	byte k, n = NIL, i, waiting, before, count, old;
	bool room;

	d_step { cur[_pid] = NIL; idle = idle | ME }
	do
	:: look();
		if
		:: atomic { k = 0; idle = idle & ~ME }
		:: atomic { k = NK - 1; idle = idle & ~ME }
		fi;
		if
		:: walk()
		:: unlink()
		:: reclaim()
		:: insert()
		fi;
		d_step { k = 0; idle = idle | ME }
	od
}
