/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spanset.pml - the queue of blocks of variants/spanset.c: positions, blocks
 * that are used again, claims that close a position.
 *
 * Run by run.sh.  One step is one atomic operation, or one load or store under
 * the class's lock that others may see.  Blocks have BLOCK positions, the ring
 * of the spine does not grow, and the index does not wrap (t_set and t_delayed pass its wrap).
 *
 *   find          find
 *   install       room_locked, free_block_locked, install_locked
 *   find_slow     find_slow
 *   insert        sl_set_insert
 *   claim_slot    claim_slot
 *   claim         sl_set_claim, claim_position
 *
 * BUG_LEAVEOPEN     a claim that finds a slot empty does not close it
 * BUG_BLINDINSTALL  an inserter whose position was claimed installs its block
 * BUG_COUNTFIRST    a claimer counts itself out before it empties the slot
 */
#ifndef NT
#define NT 2 /* threads, each with a span at first */
#endif
#ifndef OPS
#define OPS 2 /* insertions, and a claim after each, by each thread */
#endif
#ifndef OPS0
#define OPS0 OPS /* by the first */
#endif
#ifndef BLOCK
#define BLOCK 1
#endif
#ifndef RING
#define RING 2 /* where it would grow, the inserter ends */
#endif
#define NB 6      /* blocks there are */
#define MAXPOS 14 /* a thread whose position is beyond gives up */
#define CLOSES 2
#define NIL 15
#define EMPTY 16 /* + round */

byte head, tail;     /* one word: read and changed at once */
byte spine[RING];    /* block + 1; 0: none */
byte number[NB];     /* with round: the id, one word; 0 and 0: none */
byte round[NB];
byte left[NB];       /* positions that are not through */
bool aside[NB];
byte slot[NB * BLOCK]; /* span + 1, EMPTY + round, or 0 */
byte rounds;
byte blocks;         /* handed out so far */
bool locked;
byte holder[NT];     /* ghost: 0 in the set, else thread + 1 */
byte ended;

#define EMPTY_OF(r) (EMPTY + (r))

/* b = the block of number i, r its round; b = NIL: not in the spine. */
inline find(i)
{
	b = spine[(i) % RING];
	if
	:: b == 0 -> b = NIL
	:: else ->
		b--;
		atomic {
			r = round[b];
			if
			:: r == 0 || number[b] != (i) -> b = NIL
			:: else
			fi
		}
	fi
}

/* Under the lock: b, r = a block for number i. */
inline install(i)
{
	b = spine[(i) % RING];
	if
	:: b != 0 && left[b - 1] == 0 -> b--
	:: b != 0 && left[b - 1] != 0 ->
		b--;
		if
		:: head >= (number[b] + 1) * BLOCK -> aside[b] = true
		:: else -> over = true
		fi;
		b = NIL
	:: b == 0 -> b = NIL
	fi;
	if
	:: b == NIL && !over ->
		j = 0;
		do
		:: j < NB && aside[j] && left[j] == 0 ->
			aside[j] = false;
			b = j;
			break
		:: j < NB && !(aside[j] && left[j] == 0) -> j++
		:: j == NB ->
			assert(blocks < NB);
			b = blocks;
			blocks++;
			break
		od
	:: else
	fi;
	if
	:: over
	:: else ->
		atomic { rounds++; r = rounds; j = 0 };
		do
		:: j < BLOCK -> slot[b * BLOCK + j] = EMPTY_OF(r); j++
		:: else -> break
		od;
		left[b] = BLOCK;
		atomic { number[b] = (i); round[b] = r };
		spine[(i) % RING] = b + 1
	fi;
	j = 0
}

inline find_slow(i, isclaim)
{
	atomic { !locked -> locked = true };
	find(i);
	if
	:: b == NIL && isclaim ->
		j = 0;
		do
		:: j < NB && aside[j] && number[j] == (i) ->
			b = j;
			r = round[j];
			break
		:: j < NB && !(aside[j] && number[j] == (i)) -> j++
		:: j == NB -> break
		od;
		j = 0
	:: else
	fi;
	if
#ifdef BUG_BLINDINSTALL
	:: b == NIL -> install(i)
#else
	:: b == NIL && (isclaim || pos >= head) -> install(i)
#endif
	:: else
	fi;
	locked = false
}

/* Put span e in; full: there are no positions left in this search. */
inline insert(e)
{
	do
	:: atomic { tail >= MAXPOS -> over = true; break }
	:: atomic { tail < MAXPOS -> pos = tail; tail++ };
		find(pos / BLOCK);
		if
		:: b == NIL -> find_slow(pos / BLOCK, false)
		:: else
		fi;
		if
		:: over -> break
		:: b == NIL && !over /* its position was claimed */
		:: b != NIL && !over ->
			if
			:: d_step {
				slot[b * BLOCK + pos % BLOCK] == EMPTY_OF(r) ->
				assert(holder[e] == 1 + _pid);
				holder[e] = 0;
				slot[b * BLOCK + pos % BLOCK] = e + 1
			}
				break
			:: d_step {
				slot[b * BLOCK + pos % BLOCK] != EMPTY_OF(r) ->
				skip
			}
			fi
		fi
	od;
	atomic { pos = 0; b = 0; r = 0 }
}

inline take(e)
{
	assert(holder[e] == 0);
	holder[e] = 1 + _pid
}

inline claim_slot(got)
{
#ifdef BUG_COUNTFIRST
	left[b]--;
#endif
	d_step {
		j = slot[b * BLOCK + pos % BLOCK];
#ifdef BUG_LEAVEOPEN
		if
		:: j < EMPTY -> slot[b * BLOCK + pos % BLOCK] = 0
		:: else
		fi;
#else
		slot[b * BLOCK + pos % BLOCK] = 0;
#endif
		if
		:: j != 0 && j < EMPTY -> got = j - 1; take(got)
		:: else -> got = NIL
		fi
	};
#ifndef BUG_COUNTFIRST
	if
	:: j != 0 -> left[b]--
	:: else
	fi;
#endif
	j = 0
}

inline claim(got)
{
	got = NIL;
	c = 0;
	do
	:: c == CLOSES || got != NIL -> break
	:: c < CLOSES && got == NIL ->
		c++;
		atomic { pos = head; h = tail };
		if
		:: pos == h -> break
		:: else
		fi;
		find(pos / BLOCK);
		if
		:: b == NIL -> break
		:: else
		fi;
		if
		:: d_step { head == pos && tail == h -> head++ }
			find(pos / BLOCK);
			if
			:: b == NIL -> find_slow(pos / BLOCK, true)
			:: else
			fi;
			claim_slot(got)
		:: atomic { head != pos || tail != h -> c-- }
		fi
	od;
	atomic { c = 0; pos = 0; h = 0; b = 0; r = 0 }
}

/* Each span that nobody holds is found once on the way from head to tail. */
inline check_whole()
{
	pos = head;
	do
	:: pos < tail ->
		find(pos / BLOCK);
		if
		:: b != NIL && slot[b * BLOCK + pos % BLOCK] > 0 &&
		   slot[b * BLOCK + pos % BLOCK] < EMPTY ->
			j = slot[b * BLOCK + pos % BLOCK] - 1;
			assert(holder[j] == 0);
			holder[j] = 99
		:: else
		fi;
		pos++
	:: else -> break
	od;
	j = 0;
	do
	:: j < NT -> assert(holder[j] != 0); j++
	:: else -> break
	od
}

active [NT] proctype T()
{
	byte mine = _pid;
	byte pos, b, r, j, h, c, k;
	bool over;

	holder[mine] = 1 + _pid;
	do
	:: k < (_pid == 0 -> OPS0 : OPS) ->
		k++;
		if
		:: mine != NIL ->
			insert(mine);
			if
			:: over -> break
			:: else
			fi
		:: else
		fi;
		claim(mine)
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
