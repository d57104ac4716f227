/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span-word.pml - the steps of core/mspan.c, and what must hold after each.
 * Part of span.pml.
 */

inline check_span(q)
{
	assert(K[q] == 0 || (live[q] | held[q] | move[q] | fbits[q] |
	    rbits[q]) == ALL(K[q]));
	assert(K[q] == 0 || POP(live[q]) + POP(held[q]) + POP(move[q]) +
	    POP(fbits[q]) + POP(rbits[q]) == SLOTS(K[q]));
	assert(owners[q] == C[q]);
	assert(K[q] != 0 || (!C[q] && !L[q] && pool[q] == 0 &&
	    (live[q] | held[q] | move[q] | rbits[q]) == 0));
	assert(!heap[q] || K[q] == 0)
}

#ifdef RCU
/* A listed span's node is reached once from the head of its class. */
inline check_linked(q)
{
	if
	:: L[q] ->
		w = 0;
		v = head[K[q]];
		do
		:: v != NIL ->
			assert(nstate[v] == LINKED);
			if :: v == node[q] -> w++ :: else fi;
			v = next[v]
		:: else -> break
		od;
		assert(w == 1 && nspan[node[q]] == q);
		v = 0;
		w = 0
	:: else
	fi
}
#endif

/* Nobody is inside an operation: nothing may be left undone. */
inline check_quiet()
{
	if
	:: busy == 0 ->
		q = 0;
		do
		:: q < NS ->
			check_span(q);
			assert(fresh[q] == 0);
			assert(heap[q] == (K[q] == 0));
			assert((pool[q] != 0) == L[q]);
#ifdef RCU
			assert((node[q] != NIL) == L[q]);
			check_linked(q);
#endif
			assert(pool[q] == 0 || pool[q] == K[q]);
			/* No lost wake-up. */
			assert(K[q] == 0 || C[q] || L[q] ||
			    POP(fbits[q] | rbits[q]) < RELINK(K[q]));
			q++
		:: else -> break
		od;
		q = 0
	:: else
	fi
}

inline begin() { busy++ }
inline finish() { d_step { busy--; check_quiet() } }

/* --- steps of core/mspan.c --------------------------------------------- */

inline changed(x) { fresh[x] = 0; check_span(x) }
inline forget(x) { fresh[x] = fresh[x] & ~ME }

#ifdef BUG_NOGEN
#define SAME(x, c, l) (C[x] == c && L[x] == l && K[x] == seen)
#else
#define SAME(x, c, l) ((fresh[x] & ME) != 0)
#endif

/* sl_mspan_is_claimable, in `enough`. */
inline count(x)
{
	n = 0;
	i = 0;
	do
	:: atomic { i < WORDS(cls[x]) -> f = fbits[x] & MASK(i) };
		d_step {
			f = f | (rbits[x] & MASK(i));
			n = n + POP(f);
			f = 0;
			i++
		}
	:: else -> break
	od;
	enough = (n >= RELINK(cls[x]))
}

/* sl_mspan_harvest */
inline harvest(x)
{
	i = 0;
	do
	:: i < WORDS(cls[x]) ->
#ifndef BUG_TAKEBITS
		if
		:: d_step { (rbits[x] & MASK(i)) != 0 ->
				f = rbits[x] & MASK(i);
				rbits[x] = rbits[x] & ~MASK(i);
				move[x] = f;
				check_span(x)
			}
			d_step {
				assert((fbits[x] & f) == 0);
				fbits[x] = fbits[x] | f;
				move[x] = 0;
				f = 0;
				i++;
				check_span(x)
			}
		:: d_step { (rbits[x] & MASK(i)) == 0 -> i++ }
		fi
#else
		f = rbits[x] & MASK(i);
		d_step {
			rbits[x] = rbits[x] & ~MASK(i);
			move[x] = f;
			check_span(x)
		}
		d_step {
			fbits[x] = fbits[x] | f;
			move[x] = 0;
			f = 0;
			i++;
			check_span(x)
		}
#endif
	:: else -> break
	od;
	i = 0
}

/* sl_mspan_release up to its CAS; then the thread goes on to list(). */
inline release(x)
{
#ifdef BUG_NORECOUNT
	count(x);
	d_step {
		n = 0;
		i = 0;
		C[x] = 0;
		owners[x]--;
		ins = (enough && !L[x]);
		if :: ins -> L[x] = 1 :: else fi;
		changed(x);
		enough = 0;
		go = 0
	}
#else
	d_step {
		assert(C[x] && K[x] != 0);
		C[x] = 0;
		owners[x]--;
		changed(x);
		go = !L[x]
	}
#endif
}

/* The load of the word in list_if_useful. */
inline look(x)
{
	d_step {
		go = (!C[x] && !L[x] && K[x] != 0);
		if
		:: go ->
			fresh[x] = fresh[x] | ME;
			seen = K[x]
		:: else
		fi
	}
}

/*
 * list_if_useful after its load: count, and one CAS.  If that fails somebody
 * else has listed x: nothing else happens to what is neither owned nor listed.
 */
inline list(x)
{
	if
	:: go ->
		count(x);
		atomic {
			n = 0;
			i = 0;
			go = 0;
			if
#ifndef BUG_BLINDLIST
			:: enough && SAME(x, 0, 0) ->
#else
			:: enough ->
#endif
				L[x] = 1;
				ins = 1;
				changed(x)
			:: else -> forget(x)
			fi;
			enough = 0;
			seen = 0
		}
	:: else
	fi
}
