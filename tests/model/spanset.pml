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
 *   skip_block    skip_block
 *   find_slow     find_slow
 *   insert        sl_set_insert
 *   claim_slot    claim_slot
 *   claim         sl_set_claim, claim_position
 *
 * BUG_LEAVEOPEN     a claim that finds a slot empty does not close it
 * BUG_BLINDINSTALL  an inserter whose position was claimed installs its block
 * BUG_SKIPUNLOCKED  a block is passed over without the lock
 * BUG_OPENBEFORE    positions that were left out are not closed
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
#ifndef REFUSE
#define REFUSE 0 /* how often there is no memory for a block */
#endif
#define NB 6      /* blocks there are */
#define MAXPOS 14 /* a thread whose position is beyond gives up */
#ifndef CLOSES
#define CLOSES 2
#endif
#define NIL 15
#define EMPTY 16 /* + round */
#define SPILLED 98

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
byte holder[NT];     /* ghost: 0 in the set, SPILLED, else thread + 1 */
byte refused;
byte lost;           /* under the lock: as in struct set */
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

/* Under the lock: b, r = a block for number i; b = NIL: there is no memory. */
inline install(i)
{
	if
	:: refused < REFUSE ->
		refused++;
		b = NIL;
		lost = (lost > pos + 1 -> lost : pos + 1)
	:: true ->
		lost = (lost > pos -> lost : pos);
		install_block(i)
	fi
}

inline install_block(i)
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
#ifdef BUG_OPENBEFORE
		:: j < BLOCK -> slot[b * BLOCK + j] = EMPTY_OF(r); j++
#else
		:: j < BLOCK ->
			slot[b * BLOCK + j] =
			    ((i) * BLOCK + j < lost && j != pos % BLOCK ->
				0 : EMPTY_OF(r));
			j++
#endif
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
	:: b == NIL && !isclaim && pos >= head -> install(i)
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
		:: b == NIL && !over && pos >= head ->
			assert(holder[e] == 1 + _pid);
			holder[e] = SPILLED;
			break
		:: b == NIL && !over && pos < head /* it was claimed */
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
	left[b]--;
#endif
	if
	:: got == NIL && j != 0 -> c++ /* closed */
	:: else
	fi;
	j = 0
}

/* b = NIL: there is nothing to claim. */
inline skip_block()
{
#ifndef BUG_SKIPUNLOCKED
	atomic { !locked -> locked = true };
#endif
	find(pos / BLOCK);
	if
	:: b == NIL ->
		d_step {
			if
			:: head != pos -> b = 0
			:: head == pos && tail >= (pos / BLOCK + 1) * BLOCK ->
				head = (pos / BLOCK + 1) * BLOCK;
				b = 0
			:: else
			fi
		}
	:: else
	fi;
#ifndef BUG_SKIPUNLOCKED
	locked = false
#else
	skip
#endif
}

/* As core does. */
inline claim_spilled(got)
{
	j = 0;
	do
	:: j < NT && holder[j] == SPILLED ->
		holder[j] = 1 + _pid;
		got = j;
		break
	:: j < NT && holder[j] != SPILLED -> j++
	:: j == NT -> break
	od;
	j = 0
}

inline claim(got)
{
	got = NIL;
	c = 0;
	do
	:: c == CLOSES || got != NIL -> break
	:: c < CLOSES && got == NIL ->
		atomic { pos = head; h = tail };
		if
		:: pos == h -> break
		:: else
		fi;
		find(pos / BLOCK);
		skipped = false;
		if
		:: b == NIL -> skipped = true; skip_block()
		:: else
		fi;
		if
		:: skipped && b == NIL -> break
		:: skipped && b != NIL /* again */
		:: d_step { !skipped && head == pos && tail == h -> head++ }
			find(pos / BLOCK);
			if
			:: b == NIL -> find_slow(pos / BLOCK, true)
			:: else
			fi;
			claim_slot(got)
		:: atomic { !skipped && (head != pos || tail != h) -> skip }
		fi
	od;
	atomic {
		if
		:: got == NIL -> claim_spilled(got)
		:: else
		fi;
		c = 0; pos = 0; h = 0; b = 0; r = 0
	}
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
	:: j < NT ->
		assert(holder[j] != 0);
		if
		:: holder[j] == 99 -> holder[j] = 0
		:: else
		fi;
		j++
	:: else -> break
	od
}

/* And claims find it, now that nobody else is there. */
inline check_claims()
{
	do
	:: claim(mine);
		if
		:: mine == NIL -> break
		:: else
		fi
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
	bool over, skipped;

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
		:: ended == NT -> check_whole(); check_claims()
		:: else
		fi
	}
}
