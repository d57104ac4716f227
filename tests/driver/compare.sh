#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# compare.sh - two sweeps beside each other, with a bench whose speed is known.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

# measure NAME SEED WHAT...: a sweep of two variants and the C library.
measure() {
	name=$1
	seed=$2
	shift 2
	"$SPANLAB" sweep --rounds 4 --threads 1,2 --seed "$seed" \
	    --workloads pairs,larson --allocators mutex,ck,glibc \
	    --output "$tap_tmp/$name" "$@" >"$out" 2>"$err" </dev/null
}

unset FAKE_FACTOR
measure a 1 && measure b 2 || note_file "$err"
FAKE_FACTOR=0.8 && export FAKE_FACTOR && measure slow 3
FAKE_FACTOR=1.2 && export FAKE_FACTOR && measure fast 3
unset FAKE_FACTOR
a=$(sweep_of "$tap_tmp/a") b=$(sweep_of "$tap_tmp/b")
slow=$(sweep_of "$tap_tmp/slow") fast=$(sweep_of "$tap_tmp/fast")

run 0 "a sweep and the same again" compare --least 5 "$a" "$b"
says "$out" '^12 points: B is faster in 0, slower in 0;' "... do not differ"
says "$out" 'not the same seed' "... and it says that the seeds differ"

run 1 "one fifth slower" compare "$a" "$slow"
says "$out" '^larson  *ck  *2 .*SLOWER$' "... is named"
says "$out" 'slower in 4;' "... at each point where it is so"
that "... and nowhere else" sh -c \
    "! grep -E '^(pairs|larson +glibc).*(SLOWER|FASTER)' '$out'"

run 0 "one fifth faster" compare "$a" "$fast"
says "$out" 'B is faster in 4, slower in 0;' "... is no failure"

run 0 "by less than was asked for" compare --least 40 "$a" "$slow"
says "$out" 'slower in 0;' "... is no difference"

run 2 "one sweep" compare "$a"
says "$err" 'usage: spanlab compare' "... is too few"
run 2 "no such sweep" compare "$a" "$tap_tmp/none"
run 2 "a bad number" compare --least x "$a" "$b"
"$SPANLAB" sweep --rounds 1 --threads 4 --workloads larson --allocators mutex \
    --output "$tap_tmp/other" >"$out" 2>"$err" </dev/null
run 2 "nothing in common" compare "$a" "$(sweep_of "$tap_tmp/other")"
says "$err" 'no point in common' "... is said"
done_testing
