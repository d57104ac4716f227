/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span-pop.pml - a set that takes a span out before anybody owns it (mutex,
 * ck).  Insert and removal are one step each: under a lock they look so, and
 * ckstack.pml shows it of the stack.  Part of span.pml.
 */

/* sl_set_insert */
inline insert(x)
{
	d_step {
		assert(pool[x] == 0 && L[x] && !C[x]);
		assert(cls[x] == K[x]);
		pool[x] = cls[x];
		ins = 0;
		seen = 0
	}
}

/* sl_set_claim: out of the set, then sl_mspan_take, then harvest. */
inline claim(x)
{
	atomic {
		if
		:: pool[0] == k -> x = 0; pool[0] = 0
#if NS > 1
		:: pool[1] == k -> x = 1; pool[1] = 0
#endif
		:: else -> x = NIL
		fi
	}
	if
	:: x != NIL ->
		d_step {
			assert(!C[x] && L[x] && K[x] == k);
			C[x] = 1;
			L[x] = 0;
			owners[x]++;
			changed(x)
		}
		harvest(x);
#ifndef NOPROMISE
		assert(POP(fbits[x]) >= RELINK(cls[x]))
#endif
	:: else
	fi
}
