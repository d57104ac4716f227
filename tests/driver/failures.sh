#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# failures.sh - cells that crash, hang, fail their check or have the wrong
# allocator are results too: recorded, reported, and no other cell is lost.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

res=$tap_tmp/results
FAKE_TROUBLE="larson.mutex.T1=crash larson.ck.T1=hang larson.rcu.T1=wrong
larson.mutex-fifo.T1=check larson.mutex.T2=junk larson.ck.T2=empty
larson.rcu.T2=exit5 larson.mutex-fifo.T2=quietcheck"
FAKE_TROUBLE=$(echo "$FAKE_TROUBLE" | tr '\n' ' ')
FAKE_HANG=600.$$ # to be known from those of other tests
export FAKE_TROUBLE FAKE_HANG

run 1 "a sweep with eight kinds of trouble" sweep --rounds 1 --timeout 1 \
    --allocators mutex,mutex-fifo,ck,rcu,glibc --workloads larson,pairs \
    --threads 1,2 --output "$res"
dir=$(sweep_of "$res")
says "$out" '^cells  *12 done, 8 failed, 0 missing$' "... counts them"
says "$out" 'to try failed cells again' "... says how to try again"

# recorded CELL STATUS DETAIL
recorded() {
	f=$dir/cells/$1.r1.failed.json
	if grep -q "\"status\": \"$2\"" "$f" 2>/dev/null &&
	    grep -q "\"detail\": \".*$3" "$f"; then
		ok "recorded: $1 $2"
	else
		not_ok "recorded: $1 $2"
		note_file "$f"
	fi
}
recorded larson.mutex.T1 crashed 'signal 11'
recorded larson.ck.T1 timeout 'no end after'
recorded larson.rcu.T1 wrong-allocator 'malloc is other, not rcu'
recorded larson.mutex-fifo.T1 check-failed 'span 7 is in two places'
recorded larson.mutex.T2 error 'cannot be read'
recorded larson.ck.T2 error 'cannot be read'
recorded larson.rcu.T2 error 'something broke'
recorded larson.mutex-fifo.T2 check-failed 'conservation check'
that "no failed cell has a good file too" \
    [ "$(good_cells "$dir")" -eq 12 ]
says "$dir/report.html" 'span 7 is in two places' "the page lists failures"
says "$dir/data.csv" '^larson,ck,1,1,timeout,' "data.csv has them"
that "what hung is gone" \
    sh -c "! pgrep -f '^sleep $FAKE_HANG\$' >/dev/null"

# The libraries are found to be fakes: another path answers.
unset FAKE_TROUBLE
sed 's|path=$preload|path=/lib/other.so|' "$srcdir/tests/driver/fake-bench" \
    >"$tap_tmp/bench/spanlab-bench"
run 1 "a bench whose malloc is elsewhere" sweep --rounds 1 --threads 1 \
    --allocators mutex,glibc --workloads larson --output "$tap_tmp/wrong"
says "$(sweep_of "$tap_tmp/wrong")/cells/larson.mutex.T1.r1.failed.json" \
    'wrong-allocator' "... is not believed"
cp "$srcdir/tests/driver/fake-bench" "$tap_tmp/bench/spanlab-bench"

# resume leaves recorded failures alone, until they are removed.
run 1 "--resume keeps the failures" sweep --resume "$dir"
says "$out" '^measured  *0 cells' "... and measures none"
rm "$dir"/cells/*.failed.json
run 0 "--resume after they were removed" sweep --resume "$dir"
says "$out" '^cells  *20 done, 0 failed, 0 missing$' "... makes it whole"

# A child killed from outside, in the middle of a sweep.
FAKE_WAIT=1
export FAKE_WAIT
"$SPANLAB" sweep --rounds 1 --threads 1 --allocators mutex,ck,rcu \
    --workloads larson --output "$tap_tmp/killed" >"$out" 2>"$err" &
sweep=$!
victim=
for _ in $(seq 200); do
	if [ -n "$(sweep_of "$tap_tmp/killed")" ]; then
		victim=$(pgrep -P $sweep -f -- '--expect=' | head -n 1)
		[ -z "$victim" ] || break
	fi
	sleep 0.05
done
kill -KILL "$victim"
wait $sweep
that "a killed child: exit status 1" [ $? -eq 1 ]
dir=$(sweep_of "$tap_tmp/killed")
says "$err" 'crashed: killed by signal 9' "... says so"
that "... is one failed cell" [ "$(count "$dir" .failed.json)" -eq 1 ]
that "... and the others are good" [ "$(good_cells "$dir")" -eq 2 ]

done_testing
