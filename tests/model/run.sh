#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh - search the models of this folder with spin; see README.md.
#
# usage: run.sh [--long]
#
# SL_CHECK=long in the environment does the same as --long.
# A sound configuration passes if its whole state space was searched and no
# error found.  A mutant is a planted fault: it passes if it was found.

. "$(dirname "$0")/../tap.sh"

models=$(cd "$(dirname "$0")" && pwd)
long=false
case $#,${1:-} in
0,) [ "${SL_CHECK:-}" = long ] && long=true ;;
1,--long) long=true ;;
*)
	echo "usage: run.sh [--long]" >&2
	exit 2
	;;
esac

cc=${CC:-cc}
for tool in "spin=spin" "gcc=${cc%% *}"; do
	command -v "${tool#*=}" >/dev/null 2>&1 && continue
	skip "models of the span's life" \
	    "NOT CHECKED: no ${tool#*=} (Debian: ${tool%%=*})"
	done_testing
done
tap_tmpdir

# Checkers of the quick set run for a second or two: compiling them with
# optimization would take longer.
pan_cflags="-O0"
pan_depth=1000000

# search MODEL FLAGS...: sets errors, states, depth and complete.
search() {
	model=$models/$1.pml
	shift
	rm -f "$tap_tmp"/*
	errors='' states='' depth='' complete=false
	# shellcheck disable=SC2086 # lists of words
	(
		cd "$tap_tmp" &&
			spin -a "$@" "$model" &&
			$cc $pan_cflags -w -DSAFETY -DNOFAIR -o pan pan.c &&
			./pan -m$pan_depth
	) >"$tap_tmp/out" 2>&1 || return 0
	errors=$(sed -n 's/.*errors: \([0-9]*\)$/\1/p' "$tap_tmp/out")
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' \
	    "$tap_tmp/out")
	depth=$(sed -n 's/.*(at depth \([0-9]*\))$/\1/p' "$tap_tmp/out")
	if [ -n "$errors" ] && [ -n "$states" ] && ! grep -E -q \
	    'not completed|depth too small|out of memory|MEMLIM' "$tap_tmp/out"
	then
		complete=true
	fi
}

# Was each step of the model taken, so that none is checked in vain?
all_reached() {
	! sed -n '/^unreached/,$p' "$tap_tmp/out" | grep ' state ' |
	    grep -v -q -e '-end-'
}

sound() {
	name=$1
	shift
	search "$@"
	if [ "${errors:-0}" != 0 ]; then
		not_ok "$name: error (trail depth ${depth:-unknown})"
	elif [ "$complete" = false ]; then
		not_ok "$name: not searched to the end"
	elif [ "$name" != "${name%every step taken}" ] && ! all_reached; then
		not_ok "$name: there are steps that nothing takes"
	else
		ok "$name: $states states"
		return
	fi
	note_file "$tap_tmp/out"
}

mutant() {
	name=$1
	model=$2
	case ${3:-} in
	-DRCU) where=", rcu set" ;;
	*) where= ;;
	esac
	shift 2
	search "$model" "-DBUG_$name" "$@"
	if [ "${errors:-0}" != 0 ] && grep -q 'assertion violated' \
	    "$tap_tmp/out"; then
		ok "mutant BUG_$name$where caught (trail depth $depth)"
	else
		not_ok "mutant BUG_$name$where NOT caught"
		note_file "$tap_tmp/out"
	fi
}

# --- the set that takes a span out (mutex, ck) -------------------------------

two="-DNT=2 -DNS=1"
classes="-DNK=2 -DN2=3 -DR2=2"

# shellcheck disable=SC2086 # lists of words
quick_pop() {
	sound "pop set, every step taken" span $two
	sound "pop set, relink at 2 of 3 slots" span $two -DN1=3 -DR1=2
	sound "pop set, bitmap words of 2 slots" span $two -DN1=3 -DR1=2 -DWB=2
	sound "pop set, a span changes class" span $two $classes
	sound "pop set, reap" span $two -DREAP -DR1=2
	sound "pop set, 2 spans" span -DNT=2 -DNS=2
	sound "pop set, 3 threads, one only frees" span -DNT=3 -DFREERS=1 -DR1=2
	for bug in NORECOUNT LOOKFIRST BLINDLIST EMPTYFREE TAKEBITS NOGEN; do
		mutant $bug span $two
	done
	sound "without G only the promise of claim is lost" span $two \
	    $classes -DBUG_NOGEN -DNOPROMISE
}

# --- the set that is claimed in place (rcu) ----------------------------------

# shellcheck disable=SC2086 # lists of words
quick_rcu() {
	sound "rcu set, every step taken" span -DRCU $two
	sound "rcu set, relink at 2 of 2 slots" span -DRCU $two -DR1=2
	for bug in NORECOUNT UNLISTNORECOUNT DELFIRST NOGP PENDINGREMOVE \
	    PEEKRETIRE; do
		mutant $bug span -DRCU $two
	done
	mutant NOKCHECK span -DRCU $two -DNK=2
}

quick_stack() {
	sound "ck stack, every step taken" ckstack
	mutant POPNOGEN ckstack
}

# The stacks of variants/tagstack.h and variants/urcu_lfs.c.
# shellcheck disable=SC2086 # lists of words
quick_tagstack() {
	meet="-DELIMINATE -DOPS=1"
	sound "tagstack, every step taken" tagstack
	mutant NOTAG tagstack
	sound "elimination, one claim or two each, every step taken" \
	    tagstack $meet
	mutant TAKEBLIND tagstack $meet
	sound "urcu-lfs, every step taken" tagstack -DCLAIMLOCK
	mutant NOLOCK tagstack -DCLAIMLOCK
}

# shellcheck disable=SC2086 # lists of words
quick_spanset() {
	late="-DBLOCK=2 -DRING=1 -DOPS0=1 -DOPS=3"
	refused="-DBLOCK=3 -DREFUSE=2 -DOPS0=1 -DOPS=2 -DCLOSES=1"
	sound "spanset, blocks of 1 position" spanset -DOPS0=1
	sound "spanset, an inserter that comes late" spanset $late
	sound "spanset, memory refused" spanset $refused
	mutant LEAVEOPEN spanset
	mutant OPENBEFORE spanset $refused
	mutant SKIPUNLOCKED spanset $refused
	mutant COUNTFIRST spanset
	mutant BLINDINSTALL spanset $late
}

quick_percpu() {
	sound "percpu, 1 change each" percpu -DOPS=1
	for bug in NOBARRIER NOBAR NORESTART; do
		mutant $bug percpu
	done
}

# What waits for a grace period in variants/rcu.c.
quick_limbo() {
	sound "limbo, 2 nodes, every step taken" limbo -DNN=2 -DMAX=1
	mutant LOOKBEFORE limbo -DNN=2 -DMAX=1
	mutant KEEPRESERVE limbo -DNN=2 -DMAX=1
	mutant BATCHAFTER limbo -DNT=3 -DNK=1 -DNN=2
}

quick_epoch() {
	sound "epoch, 2 operations each" epoch
	for bug in NOWAIT NOLOOK NOTKEPT LEAVEFIRST; do
		mutant $bug epoch
	done
}

# shellcheck disable=SC2086 # lists of words
long_set() {
	pan_cflags="-O2 -DCOLLAPSE -DMEMLIM=3900"
	pan_depth=5000000
	note "--long adds: pop set with 3 full threads, 2 spans of 2 classes," \
	    "2 spans and reap; rcu set with 2 classes, 3 slots, reap, 3" \
	    "threads; the stacks with more operations and with 3 threads;" \
	    "spanset and percpu with more operations; limbo with 3 nodes and" \
	    "with 3 threads; epoch with 3 threads and with 3 operations, and" \
	    "its other mutants"
	sound "pop set, 3 threads, relink at 2 of 3 slots" span -DNT=3 \
	    -DN1=3 -DR1=2
	sound "pop set, 2 spans change class" span -DNT=2 -DNS=2 -DNK=2 -DR2=2
	sound "pop set, 2 spans, reap" span -DNT=2 -DNS=2 -DREAP
	sound "rcu set, a span changes class" span -DRCU $two -DNK=2 -DR2=2
	sound "rcu set, relink at 2 of 3 slots" span -DRCU $two -DN1=3 -DR1=2
	sound "rcu set, reap" span -DRCU $two -DREAP
	sound "rcu set, 3 threads, one only frees" span -DRCU -DNT=3 -DFREERS=1
	sound "without G only the promise of claim is lost, rcu" span -DRCU \
	    $two -DR1=2 -DBUG_NOGEN -DNOPROMISE
	sound "ck stack, 3 operations each" ckstack -DOPS=3
	sound "ck stack, 3 threads" ckstack -DNT=3 -DOPS=1
	sound "tagstack, 3 threads" tagstack -DNT=3 -DOPS=1
	sound "elimination, 3 threads" tagstack -DELIMINATE -DNT=3 -DOPS=1
	sound "spanset, 2 changes each" spanset
	sound "percpu, 2 changes each, every step taken" percpu
	sound "limbo, 3 nodes, 2 may wait" limbo
	sound "limbo, 3 threads" limbo -DNT=3 -DNN=2
	sound "epoch, 3 operations each" epoch -DOPS=3
	sound "epoch, 3 threads" epoch -DNT=3 -DOPS=1
	for bug in ONESWEEP SAMEBAG TWOTURN; do
		mutant $bug epoch
	done
}

quick_pop
quick_rcu
quick_stack
quick_tagstack
quick_spanset
quick_percpu
quick_limbo
quick_epoch
if [ "$long" = true ]; then
	long_set
fi
done_testing
