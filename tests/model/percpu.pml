/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * percpu.pml - a stack of one CPU, changed in restartable sequences, and a
 * thief on another: core/rseq.h and variants/percpu.c.
 *
 * Run by run.sh.  NT threads share the CPU; one that runs may lose it between
 * any two steps, and then its sequence begins anew, as the kernel has it.  The
 * thief bars the stack, has the kernel restart who is inside, and moves half
 * of it to the list, whose lock it holds; so do threads that find no room, or
 * nothing.
 *
 *   begin, step       what the kernel does for a sequence
 *   push, pop         sl_rseq_push, sl_rseq_pop
 *   thief             sl_rseq_stop, steal_locked, sl_rseq_go
 *
 * BUG_NOBARRIER  the thief does not have sequences restarted
 * BUG_NOBAR      the thief does not bar the stack
 * BUG_NORESTART  a sequence goes on where it lost the CPU
 */
#ifndef NT
#define NT 2
#endif
#ifndef OPS
#define OPS 2
#endif
#define NE (NT + 1)
#define NIL 15

byte n;              /* spans on the stack */
bool barred;
byte slot[NE];
byte list[NE];       /* under lock */
byte nlist;
bool locked;
byte oncpu;          /* the thread that runs */
bool inside[NT];     /* is in a sequence */
bool aborted[NT];    /* and must begin it anew */
byte holder[NE];     /* ghost: 0 in the set, else thread + 1 */
byte ended;

/* The CPU goes to this thread: whoever was inside begins anew. */
inline get_cpu()
{
	d_step {
		if
		:: oncpu != _pid ->
#ifndef BUG_NORESTART
			if
			:: oncpu < NT && inside[oncpu] -> aborted[oncpu] = true
			:: else
			fi;
#endif
			oncpu = _pid
		:: else
		fi
	}
}

inline push(e, done)
{
	do
	:: atomic { get_cpu(); inside[_pid] = true; aborted[_pid] = false;
			i = n; cannot = barred || n == NE };
		if
		:: cannot -> inside[_pid] = false; done = false; break
		:: else
		fi;
		atomic { get_cpu(); if :: !aborted[_pid] -> slot[i] = e :: else fi };
		/* the last instruction: it commits, or the sequence is over */
		atomic { get_cpu();
			if
			:: aborted[_pid] -> done = false
			:: else ->
				assert(holder[e] == 1 + _pid);
				holder[e] = 0;
				n = i + 1;
				done = true
			fi;
			inside[_pid] = false
		};
		if
		:: done -> break
		:: else
		fi
	od
}

inline pop(r)
{
	do
	:: atomic { get_cpu(); inside[_pid] = true; aborted[_pid] = false;
			i = n; cannot = barred || n == 0 };
		if
		:: cannot -> inside[_pid] = false; r = NIL; break
		:: else
		fi;
		atomic { get_cpu(); if :: !aborted[_pid] -> r = slot[i - 1]
				:: else -> r = NIL fi };
		atomic { get_cpu();
			if
			:: aborted[_pid] -> r = NIL
			:: else ->
				assert(holder[r] == 0);
				holder[r] = 1 + _pid;
				n = i - 1
			fi;
			inside[_pid] = false
		};
		if
		:: r != NIL -> break
		:: else
		fi
	od
}

active [NT] proctype T()
{
	byte mine = _pid;
	byte i, k;
	bool cannot, ok;

	holder[mine] = 1 + _pid;
	do
	:: k < OPS ->
		k++;
		if
		:: mine != NIL ->
			push(mine, ok);
			if
			:: ok
			:: else -> /* to the list */
				atomic { !locked -> locked = true };
				atomic {
					holder[mine] = 0;
					list[nlist] = mine;
					nlist++
				};
				locked = false
			fi
		:: else
		fi;
		pop(mine);
		if
		:: mine == NIL -> /* from the list */
			atomic { !locked -> locked = true };
			atomic {
				if
				:: nlist > 0 ->
					nlist--;
					mine = list[nlist];
					assert(holder[mine] == 0);
					holder[mine] = 1 + _pid
				:: else
				fi
			};
			locked = false
		:: else
		fi
	:: else -> break
	od;
	ended++
}

active proctype thief()
{
	byte have, keep, j, k;

	do
	:: k < OPS ->
		k++;
		atomic { !locked -> locked = true };
#ifndef BUG_NOBAR
		barred = true;
#endif
#ifndef BUG_NOBARRIER
		d_step { /* the kernel interrupts the CPU */
			if
			:: oncpu < NT && inside[oncpu] -> aborted[oncpu] = true
			:: else
			fi
		};
#endif
		have = n;
		keep = have / 2;
		do
		:: have > keep ->
			atomic {
				list[nlist] = slot[have - 1];
				nlist++;
				have--
			}
		:: else -> break
		od;
		n = keep;
		barred = false;
		locked = false
	:: else -> break
	od;
	/* Each span is in one place. */
	atomic {
		ended == NT;
		have = 0;
		do
		:: have < n -> assert(holder[slot[have]] == 0);
			holder[slot[have]] = 99; have++
		:: else -> break
		od;
		have = 0;
		do
		:: have < nlist -> assert(holder[list[have]] == 0);
			holder[list[have]] = 99; have++
		:: else -> break
		od;
		have = 0;
		do
		:: have < NT -> assert(holder[have] != 0); have++
		:: else -> break
		od
	}
}
