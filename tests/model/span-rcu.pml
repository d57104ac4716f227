/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span-rcu.pml - a set whose spans are claimed in place while readers walk
 * it (rcu): nodes apart from the spans, L sticky, bulk unlink under a mutex
 * for each class, node reuse after a grace period.  Part of span.pml.
 */

#define ENTER(k) atomic { !lock[k] -> lock[k] = 1 }
#define LEAVE(k) lock[k] = 0

/* sl_set_insert: the node is filled before the one store that shows it. */
inline insert(x)
{
	ENTER(cls[x]);
	d_step {
		assert(pool[x] == 0 && node[x] == NIL);
		assert(L[x] && cls[x] == K[x]);
		v = 0;
		do
		:: v < NN && nstate[v] != FREE -> v++
		:: else -> break
		od;
		assert(v < NN);		/* the bound: spans + B nodes do */
		nstate[v] = LINKED;
		nspan[v] = x;
		next[v] = head[K[x]];
		head[K[x]] = v;
		node[x] = v;
		pool[x] = K[x];
		v = 0;
		ins = 0;
		seen = 0
	}
	LEAVE(cls[x])
}

/* Takes node y out of the list of class k: one store; then into limbo. */
inline unlink(y)
{
	d_step {
		if
		:: head[k] == y -> head[k] = next[y]
		:: else ->
			v = head[k];
			do
			:: next[v] == y -> next[v] = next[y]; break
			:: else -> v = next[v]
			od;
			v = 0
		fi;
		pool[nspan[y]] = 0;
		node[nspan[y]] = NIL;
		nstate[y] = LIMBO;
		nwait[y] = readers;
		nlimbo++
#ifdef BUG_NOGP
		;
		nwait[y] = 0
#endif
	}
}

/* The end of a grace period, for every node that has had one. */
#define WAITED(y) (nstate[y] == LIMBO && nwait[y] == 0)
#if NS + B > 2
#define SOME_WAITED (WAITED(0) || WAITED(1) || WAITED(2))
#else
#define SOME_WAITED (WAITED(0) || WAITED(1))
#endif
inline reclaim()
{
	v = 0;
	do
	:: v < NN ->
		if
		:: WAITED(v) ->
			q = 0;
			do
			:: q < NT -> assert(cur[q] != v); q++
			:: else -> break
			od;
			q = 0;
			nstate[v] = FREE;
			nspan[v] = NIL;
			next[v] = NIL;
			nlimbo--
		:: else
		fi;
		v++
	:: else -> break
	od;
	v = 0
}

inline reader_leave()
{
	d_step {
		readers = readers & ~ME;
		cur[_pid] = NIL;
		v = 0;
		do
		:: v < NN -> nwait[v] = nwait[v] & ~ME; v++
		:: else -> break
		od;
		v = 0
	}
}

/*
 * sl_set_claim: walk; sl_mspan_try_claim on each span; if the walk met nodes
 * of no use, perhaps a sweep.  Then harvest, which is core's.
 */
inline claim(x)
{
	dead = 0;
	x = NIL;
	readers = readers | ME;
	cur[_pid] = head[k];
	do
	:: cur[_pid] != NIL ->
		d_step {
			w = nspan[cur[_pid]];
			go = (L[w] && !C[w] && CLASS(w, k));
			if
			:: go -> fresh[w] = fresh[w] | ME; seen = K[w]
			:: else -> dead = 1
			fi
		}
		if
		:: go ->
			count(w);
			d_step {
				n = 0;
				i = 0;
				go = 0;
				if
				:: enough && SAME(w, 0, 1) ->
					assert(K[w] == k);
					C[w] = 1;
					owners[w]++;
					x = w;
					changed(w)
				:: else -> dead = 1; forget(w)
				fi;
				enough = 0;
				seen = 0
			}
		:: else
		fi;
		if
		:: x != NIL -> break
		:: else
		fi;
		w = 0;
		cur[_pid] = next[cur[_pid]]
	:: else -> break
	od;
	atomic { w = 0; reader_leave() };
	if
	:: dead -> sweep()
	:: dead = 0
	fi;
	if
	:: x != NIL ->
		harvest(x);
#ifndef NOPROMISE
		assert(POP(fbits[x]) >= RELINK(cls[x]))
#endif
	:: else
	fi
}

/* sl_mspan_try_unlist up to its CAS: go = L is cleared. */
inline clear_listed(x)
{
	do
	:: atomic {
			go = (L[x] && CLASS(x, k));
			c = C[x];
			if
			:: go -> fresh[x] = fresh[x] | ME; seen = K[x]
			:: else
			fi
		}
		if
		:: !go -> break
		:: go && !c ->
			count(x);
			n = 0;
			i = 0
		:: else
		fi;
		if
		:: enough -> atomic { go = 0; enough = 0; break }
		:: else
		fi;
		if
		:: d_step { SAME(x, c, 1) -> L[x] = 0; changed(x) }
			break
		:: else
		fi
	od;
	atomic { forget(x); seen = 0; c = 0 }
}

/* Bulk unlink under the mutex: clear L, recount, relist or unlink. */
inline sweep()
{
	dead = 0;
	atomic { !lock[k] -> lock[k] = 1 };
	y = head[k];
	do
	:: y != NIL ->
		w = nspan[y];
		z = next[y];
		if
		:: nlimbo < B ->
#ifdef BUG_DELFIRST
			if
			:: C[w] || POP(fbits[w] | rbits[w]) < RELINK(k) ->
				unlink(y);
				clear_listed(w);
				if
				:: go -> look(w); list(w); ins = 0
				:: else
				fi
			:: else
			fi;
#else
			clear_listed(w);
			if
			:: go ->
#ifndef BUG_UNLISTNORECOUNT
				look(w);
				list(w);
#endif
				go = 0;
				if
				:: ins -> ins = 0
				:: else -> unlink(y)
				fi
			:: else
			fi;
#endif
		:: else
		fi;
		y = z
	:: else -> break
	od;
	atomic { w = 0; y = 0; z = 0 }
	LEAVE(k)
}

/*
 * sl_set_remove, by the owner.  go = off the list.  Refused if limbo is full,
 * or if who set L has yet to insert the node.
 */
inline remove(x)
{
	ENTER(cls[x]);
	k = cls[x];
	if
	:: !L[x] -> go = 1
#ifndef BUG_PENDINGREMOVE
	:: L[x] && (nlimbo >= B || node[x] == NIL) -> go = 0
	:: d_step { L[x] && nlimbo < B && node[x] != NIL ->
#else
	:: L[x] && node[x] != NIL && nlimbo >= B -> go = 0
	:: d_step { L[x] && node[x] == NIL ->
			L[x] = 0;
			go = 1;
			changed(x)
		}
	:: d_step { L[x] && nlimbo < B && node[x] != NIL ->
#endif
			L[x] = 0;
			go = 1;
			fresh[x] = 0
		}
		y = node[x];
		unlink(y);
		y = 0
	fi;
	LEAVE(k);
	k = 0
}
