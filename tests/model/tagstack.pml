/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tagstack.pml - stacks of spans: variants/tagstack.h, as the variants
 * tagstack and elimination use it, and variants/urcu_lfs.c.
 *
 * Run by run.sh.  One step is one load, one store or one compare-and-swap of
 * a head or an offer.  A span that was claimed is inserted again at once.
 *
 *   try_push   tagstack_try_push, cds_lfs_push
 *   try_pop    tagstack_try_pop, __cds_lfs_pop
 *   offer      offer (elimination.c), one place
 *   accept     accept
 *   insert     sl_set_insert
 *   claim      sl_set_claim
 *
 * TAGS       values of a tag; no thread does so many operations that it
 *            wraps, unless a line of run.sh wants just that
 * ELIMINATE  a lost try goes to the place beside the stack
 * CLAIMLOCK  no tag; one thread at a time pops
 *
 * BUG_NOTAG     the tag stays as it is
 * BUG_NOLOCK    CLAIMLOCK without its lock
 * BUG_TAKEBLIND an inserter takes its offer back by a store
 */
#ifndef NT
#define NT 2 /* threads */
#endif
#define NE 3 /* spans, all on the stack at first */
#ifndef OPS
#define OPS 2 /* claims of one or two spans, by each thread */
#endif
#ifndef TAGS
#define TAGS 64
#endif
#define NIL 15

#if defined(BUG_NOTAG) || defined(CLAIMLOCK)
#define STEP 0
#else
#define STEP 1
#endif

/* With a place beside the stack a thread's first swap of the head may fail
 * without a reason: as if a third thread had come between.  So two show what
 * three would do. */
#ifdef ELIMINATE
#define LOST(why) ((why) || !unlucky) -> unlucky = true
#else
#define LOST(why) (why)
#endif

byte head;
byte tag;
byte below[NE] = { 1, 2, NIL };
byte holder[NE]; /* ghost: 0 in the set, else thread + 1 */
byte offered = NIL;
byte offertag;
bool locked; /* claims */
byte ended;

inline try_push(e, done)
{
	atomic { h = head; g = tag };
	below[e] = h;
	if
	:: d_step { head == h && tag == g ->
			assert(holder[e] == 1 + _pid);
			holder[e] = 0;
			head = e;
			done = true
		}
	:: d_step { LOST(head != h || tag != g) -> done = false }
	fi;
	atomic { h = 0; g = 0 }
}

inline try_pop(r, done)
{
	atomic { h = head; g = tag };
	if
	:: h == NIL -> atomic { r = NIL; done = true }
	:: else ->
		n = below[h];
		if
		:: d_step { head == h && tag == g ->
				assert(holder[h] == 0);
				holder[h] = 1 + _pid;
				head = n;
				tag = (tag + STEP) % TAGS;
				r = h;
				done = true
			}
		:: d_step { LOST(head != h || tag != g) ->
				r = NIL; done = false }
		fi
	fi;
	atomic { h = 0; g = 0; n = 0 }
}

#ifdef ELIMINATE
/* Lay e out; done: a claimer took it. */
inline offer(e, done)
{
	atomic { h = offered; g = offertag };
	if
	:: h != NIL -> done = false
	:: else ->
		if
		:: d_step { offered == NIL && offertag == g ->
				assert(holder[e] == 1 + _pid);
				holder[e] = 0;
				offered = e;
				offertag = (g + 1) % TAGS;
				g = offertag
			}
			if
			:: d_step { /* a look */
				offered != e || offertag != g -> done = true }
#ifdef BUG_TAKEBLIND
			:: d_step {
				offered = NIL;
				holder[e] = 1 + _pid;
				done = false
			}
#else
			:: d_step { /* take it back */
				offered == e && offertag == g ->
				assert(holder[e] == 0);
				holder[e] = 1 + _pid;
				offered = NIL;
				done = false
			}
			:: d_step {
				offered != e || offertag != g -> done = true }
#endif
			fi
		:: d_step { offered != NIL || offertag != g -> done = false }
		fi
	fi;
	atomic { h = 0; g = 0 }
}

inline accept(r)
{
	atomic { h = offered; g = offertag };
	if
	:: h == NIL
	:: else ->
		if
		:: d_step { offered == h && offertag == g ->
				assert(holder[h] == 0);
				holder[h] = 1 + _pid;
				offered = NIL;
				r = h
			}
		:: d_step { offered != h || offertag != g -> skip }
		fi
	fi;
	atomic { h = 0; g = 0 }
}
#endif

inline insert(e)
{
	do
	:: try_push(e, ok);
		if
		:: ok -> break
		:: else
		fi;
#ifdef ELIMINATE
		offer(e, ok);
		if
		:: ok -> break
		:: else
		fi
#endif
	od
}

inline claim(r)
{
#if defined(CLAIMLOCK) && !defined(BUG_NOLOCK)
	atomic { !locked -> locked = true };
#endif
	do
	:: try_pop(r, ok);
		if
		:: ok -> break
		:: else
		fi;
#ifdef ELIMINATE
		accept(r);
		if
		:: r != NIL -> break
		:: else
		fi
#endif
	od;
#if defined(CLAIMLOCK) && !defined(BUG_NOLOCK)
	locked = false
#endif
}

/* Each span is on the stack once, when nobody holds one. */
inline check_whole()
{
	assert(offered == NIL);
	h = head;
	n = 0;
	do
	:: h != NIL ->
		assert(holder[h] == 0);
		assert(n < NE);
		n++;
		h = below[h]
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
	bool ok, unlucky;

	do
	:: k < OPS ->
		k++;
		claim(a);
		if
		:: a != NIL ->
			claim(b);
			insert(a);
			if
			:: b != NIL -> insert(b)
			:: else
			fi
		:: a != NIL -> insert(a)
		:: else
		fi;
		atomic { a = NIL; b = NIL; ok = false }
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
