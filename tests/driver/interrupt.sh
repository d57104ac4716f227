#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# interrupt.sh - Ctrl-C, SIGTERM and SIGKILL in mid-sweep, then --resume: no
# result is lost, none is measured twice.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

FAKE_WAIT=0.1
export FAKE_WAIT

# A shell starts background jobs with SIGINT ignored; this undoes it.
if env --default-signal=INT true 2>/dev/null; then
	as_user="env --default-signal=INT"
else
	as_user=
fi

gone() {
	! pgrep -f "$1" >/dev/null
}

# start RESULTS: a sweep of 24 cells in the background, some cells on.
start() {
	# shellcheck disable=SC2086
	$as_user "$SPANLAB" sweep --rounds 2 --threads 1,2,4 --workloads \
	    larson,pairs --allocators mutex,ck --output "$1" >"$out" 2>"$err" &
	sweep=$!
	for _ in $(seq 300); do
		dir=$(sweep_of "$1")
		if [ -n "$dir" ] && [ "$(good_cells "$dir")" -ge 5 ]; then
			return
		fi
		sleep 0.05
	done
}

# interrupted SIGNAL STATUS
interrupted() {
	start "$tap_tmp/$1"
	kill -"$1" $sweep
	status=0
	wait $sweep 2>/dev/null || status=$?
	that "$1: exit status $2" [ "$status" -eq "$2" ]
	kept=$(good_cells "$dir")
	that "$1: finished cells are there ($kept)" \
	    [ "$kept" -ge 5 -a "$kept" -lt 24 ]
	that "$1: no cell is recorded as failed" \
	    [ "$(count "$dir" .failed.json)" -eq 0 ]
	(cd "$dir/cells" && cksum ./*.json) >"$tap_tmp/sums"
}

# resumed SIGNAL
resumed() {
	run 0 "$1: --resume" sweep --resume "$dir"
	says "$out" "^kept  *$kept cells" "$1: what was finished is kept"
	says "$out" "^measured  *$((24 - kept)) cells" \
	    "$1: only the rest is measured"
	says "$out" '^cells  *24 done, 0 failed, 0 missing$' "$1: complete"
	(cd "$dir/cells" && cut -d' ' -f3 "$tap_tmp/sums" | xargs cksum) \
	    >"$tap_tmp/sums2"
	that "$1: kept cells are as they were" \
	    cmp "$tap_tmp/sums" "$tap_tmp/sums2"
	that "$1: no half file is left" [ -z "$(find "$dir" -name '*.tmp*')" ]
	that "$1: it is the latest" [ "$(readlink "$tap_tmp/$1/latest")" = \
	    "$(basename "$dir")" ]
}

for sig in INT TERM; do
	if [ $sig = INT ] && [ -z "$as_user" ]; then
		skip "Ctrl-C" "env cannot undo an ignored SIGINT here"
		continue
	fi
	interrupted $sig 130
	says "$err" "interrupted; $kept of 24 cells are kept" \
	    "$sig: says what is kept"
	says "$err" "spanlab sweep --resume $dir" "$sig: says how to go on"
	that "$sig: its child is gone" \
	    gone "$tap_tmp/bench/spanlab-bench"
	run 0 "$sig: a report of what there is" report "$dir"
	says "$dir/report.html" "Unfinished: $((24 - kept)) of 24" \
	    "$sig: the page says it is unfinished"
	resumed $sig
done

interrupted KILL 137
# What a driver that is killed while it writes may leave.
echo '{"half' >"$dir/cells/larson.ck.T4.r2.json.tmp-1"
resumed KILL

# Killed ten times at random moments: the same set of cells as a sweep that
# nobody killed, and none is measured twice.  A moment counts from when the
# folder is locked, else most kills would meet the estimate.
FAKE_WAIT=0.02
seed=${SL_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
note "SL_SEED=$seed"
pauses=$(awk -v s="$seed" 'BEGIN { srand(s); for (i = 0; i < 9; i++)
	printf "%.3f ", rand() * 0.12 }')
cells() {
	(cd "$1/cells" && ls)
}
start "$tap_tmp/often"
kill -KILL $sweep
wait $sweep 2>/dev/null
kills=1
within=1
twice=0
for pause in $pauses; do
	(cd "$dir/cells" && cksum ./*.json) >"$tap_tmp/sums"
	: >"$tap_tmp/often.out"
	"$SPANLAB" sweep --resume "$dir" >>"$tap_tmp/often.out" 2>&1 &
	sweep=$!
	for _ in $(seq 200); do
		grep -q '^kept' "$tap_tmp/often.out" && break
		sleep 0.02
	done
	sleep "$pause"
	kill -KILL $sweep 2>/dev/null && kills=$((kills + 1))
	wait $sweep 2>/dev/null
	[ "$(good_cells "$dir")" -eq 24 ] || within=$((within + 1))
	(cd "$dir/cells" && cut -d' ' -f3 "$tap_tmp/sums" | xargs cksum) |
	    cmp -s "$tap_tmp/sums" - || twice=$((twice + 1))
done
that "killed ten times, $within of them in mid-sweep" \
    [ "$kills" -eq 10 -a "$within" -ge 3 ]
run 0 "killed $kills times: --resume" sweep --resume "$dir"
says "$out" '^cells  *24 done, 0 failed, 0 missing$' "... complete"
that "... no result was overwritten" [ "$twice" -eq 0 ]
FAKE_WAIT=
run 0 "the same sweep, not killed" sweep --rounds 2 --threads 1,2,4 \
    --workloads larson,pairs --allocators mutex,ck --output "$tap_tmp/whole"
cells "$dir" >"$tap_tmp/often.cells"
cells "$(sweep_of "$tap_tmp/whole")" >"$tap_tmp/whole.cells"
that "... has the same set of cells" \
    cmp "$tap_tmp/often.cells" "$tap_tmp/whole.cells"

# What others had of the CPUs meanwhile is measured, and told where it matters.
FAKE_WAIT=0.02
spinners=
for _ in $(seq "$(nproc)"); do
	sh -c 'while :; do :; done' &
	spinners="$spinners $!"
done
run 0 "a sweep beside programs that spin" sweep --rounds 2 --threads 1,2,4 \
    --workloads larson,pairs --allocators mutex,ck --output "$tap_tmp/busy"
# shellcheck disable=SC2086 # a list
kill $spinners
says "$out" '^note  *The machine was busy meanwhile: others had [0-9]' \
    "... says at its end that the machine was busy"
busy=$(sweep_of "$tap_tmp/busy")
says "$busy/report.html" 'The machine was busy in session 1: others had' \
    "... and so does its page"
with_others() {
	sed -i "s/\"others_percent\": [0-9.]*/\"others_percent\": $1/" \
	    "$busy/sweep.json"
	run 0 "$1 % had by others: report" report "$busy"
}
with_others 10.5
says "$busy/report.html" 'busy in session 1: others had' "... is told"
with_others 9.5
that "... is not" sh -c "! grep -q 'busy in session 1' '$busy/report.html'"
says "$busy/report.html" ', 9.5 % had by others' "... but is there to read"

# Two at once in one folder.
rm "$dir"/cells/larson.*
FAKE_WAIT=0.3
"$SPANLAB" sweep --resume "$dir" >/dev/null 2>&1 &
sweep=$!
for _ in $(seq 200); do
	[ "$(good_cells "$dir")" -ge 13 ] && break
	sleep 0.05
done
run 2 "a second --resume of a running sweep" sweep --resume "$dir"
says "$err" 'another spanlab is at work' "... is told so"
kill -TERM $sweep
wait $sweep 2>/dev/null

done_testing
