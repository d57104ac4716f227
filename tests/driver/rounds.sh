#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# rounds.sh - a sweep with a range of rounds: groups that are decided have no
# more of them, others go on; interrupted or not, it comes to the same cells.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

res=$tap_tmp/results
# Three groups of larson: with one thread ck is a fifth slower, with two it is
# as fast as mutex, with four it is now the one and now the other.
FAKE_SAME='larson'
FAKE_SPEED='larson.ck.T1=0.8 larson.ck.T4.odd=0.7 larson.ck.T4.even=1.4'
export FAKE_SAME FAKE_SPEED
sweep="--workloads larson --allocators mutex,ck --threads 1,2,4"

# shellcheck disable=SC2086 # words are wanted
run 0 "--rounds 7..12 --dry-run" sweep $sweep --rounds 7..12 --dry-run \
    --output "$res"
says "$out" '^cells  *42 to 72 = 7 to 12 rounds of 6 ' "... counts both ends"
says "$out" '^estimate .* to .*(min:s)' "... and estimates both"
# shellcheck disable=SC2086
run 0 "a sweep with --rounds 7..12" sweep $sweep --rounds 7..12 --output "$res"
dir=$(sweep_of "$res")
says "$out" \
    '^rounds  *larson: T1 10, decided; T2 7, no difference; T4 12, gave up$' \
    "... says how each group stands"
says "$out" '^cells  *58 done, 0 failed, 0 missing$' "... and nothing is missing"
says "$dir/sweep.json" '"rounds_least": 7' "the manifest has the least"
# rounds_of THREADS: how many the group has
rounds_of() {
	find "$dir/cells" -name "larson.*.T$1.r*.json" |
	    sed 's/.*\.r\([0-9]*\)\.json/\1/' | sort -n | uniq -c |
	    awk '$1 == 2 && $2 == NR { n = NR } END { print n }'
}
that "decided with the least p that is enough, of ten" \
    [ "$(rounds_of 1)" = 10 ]
that "the same: no round more than the least" [ "$(rounds_of 2)" = 7 ]
that "neither: all rounds" [ "$(rounds_of 4)" = 12 ]
says "$dir/results.md" '^| 1 | 10, decided | .*▼) |$' "results.md: decided"
says "$dir/results.md" '^| 2 | 7, no difference |' "results.md: no difference"
says "$dir/results.md" '^| 4\** | 12, gave up |' "results.md: gave up"
says "$dir/results.md" 'has 7 rounds, and more, up to 12, until' \
    "results.md says what that is"
says "$dir/report.html" '<td>12, gave up</td>' "the page has it"
says "$dir/report.html" 'has 7 rounds, and more, up to 12, until' \
    "the page says what that is"
says "$dir/report.html" '--rounds 7..12' "the page says how to repeat it"

# Taken up again: nothing is left; not with another range.
run 0 "--resume" sweep --resume "$dir" --rounds 7..12
says "$out" '^measured  *0 cells' "... measures nothing more"
for bad in 12 7..13 8..12; do
	run 2 "--resume with --rounds $bad" sweep --resume "$dir" --rounds $bad
	says "$err" 'was made with --rounds 7..12' "... is refused"
done

# Cut off at any cell it comes to the same: what is cut is what an interrupt
# leaves, whose cells are whole or not there.
cells() {
	(cd "$1/cells" && ls)
}
cells "$dir" >"$tap_tmp/whole"
cp -r "$dir" "$tap_tmp/cut"
rm "$tap_tmp/cut"/cells/larson.*.T1.r9.* "$tap_tmp/cut"/cells/larson.*.T1.r10.* \
    "$tap_tmp/cut"/cells/larson.mutex.T4.r8.json \
    "$tap_tmp/cut"/cells/larson.*.T4.r9.* "$tap_tmp/cut"/cells/larson.*.T4.r1?.* \
    "$tap_tmp/cut"/cells/larson.ck.T2.r7.json
run 0 "report of one that was cut off" report "$tap_tmp/cut"
says "$out" \
    '^rounds  *larson: T1 8, unfinished; T2 7, unfinished; T4 8, unfinished$' \
    "... says that it is"
says "$out" ' 4 missing$' "... and what is due next is missing"
says "$tap_tmp/cut/results.md" '^| 1 | 8, unfinished | [^▼▲]*|$' \
    "... what is not sure yet has no mark"
run 0 "--resume of that" sweep --resume "$tap_tmp/cut"
says "$out" '^measured  *14 cells' "... measures what is due"
cells "$tap_tmp/cut" >"$tap_tmp/again"
that "... and has the cells of the other" cmp "$tap_tmp/whole" "$tap_tmp/again"

# Really interrupted, too.
FAKE_WAIT=0.05
export FAKE_WAIT
# shellcheck disable=SC2086
"$SPANLAB" sweep $sweep --rounds 7..12 --output "$tap_tmp/killed" \
    >"$out" 2>"$err" &
pid=$!
for _ in $(seq 400); do
	kdir=$(sweep_of "$tap_tmp/killed")
	if [ -n "$kdir" ] && [ "$(good_cells "$kdir")" -ge 45 ]; then
		break
	fi
	sleep 0.05
done
kill -TERM $pid
wait $pid
unset FAKE_WAIT
run 0 "--resume of one that was killed" sweep --resume "$kdir"
cells "$kdir" >"$tap_tmp/again"
that "... has the cells of the other" cmp "$tap_tmp/whole" "$tap_tmp/again"

# An allocator that never works is no reason to go on.
FAKE_TROUBLE='larson.rcu=crash larson.ck.T2=crash'
export FAKE_TROUBLE
run 1 "with an allocator that always crashes" sweep --workloads larson \
    --allocators mutex,ck,rcu --threads 1,2 --rounds 7..12 \
    --output "$tap_tmp/crash"
says "$out" '^rounds  *larson: T1 10, decided; T2 7, nothing to compare$' \
    "... the others are decided, or there is nothing to compare"
unset FAKE_TROUBLE
mv "$dir/cells/larson.ck.T2.r3.json" "$tap_tmp/kept.json"
echo '{"status": "crashed"}' >"$dir/cells/larson.ck.T2.r3.failed.json"
run 1 "report with a pair that one cell lacks" report "$dir"
says "$out" '^rounds .*; T2 7, no difference;' "... goes by the others"

done_testing
