#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sweep.sh - spanlab vmp: a small sweep on the model from the command line to
# the report, the same numbers for the same seed whatever the addresses, and
# each wrong use told.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
profile=$srcdir/harness/vmp/profiles/2x64.profile
variant=
for v in ${VARIANTS:-mutex ck tagstack}; do
	[ -x "$build/vmp-$v" ] && variant=$v && break
done
if [ -z "$variant" ]; then
	skip "a sweep on the model" \
	    "NOT CHECKED: no programs vmp-VARIANT here (configure --enable-vmp)"
	done_testing
fi

"$spanlab" vmp sweep --allocators "$variant" --workloads pinned-churn-512 \
    --threads 1,3 --seeds 2 --ops 100 --output "$tap_tmp/r" \
    >"$tap_tmp/out" 2>&1
status=$?
dir=$tap_tmp/r/latest
[ "$status" -eq 0 ] || note_file "$tap_tmp/out"
that "a sweep ends well" test "$status" -eq 0
that "it has all points" grep -q '4 done, 0 failed, 0 missing' "$tap_tmp/out"
that "its folder says that it is modelled" \
    grep -q '"kind": "modelled"' "$dir/sweep.json"
that "... and by which profile, in full" \
    grep -q 'assumed: all-core clock' "$dir/sweep.json"
cell=$dir/cells/pinned-churn-512.$variant.T3.r1.json
that "a point says so too" grep -q '"kind": "modelled"' "$cell"
for key in vmp_transfers vmp_invalidations vmp_cas_failures vmp_queue_cycles \
    vmp_lock_wait_cycles vmp_band_low_ops_per_s vmp_band_high_ops_per_s \
    mc_claims; do
	that "... and has $key" grep -q "\"$key\": " "$cell"
done
that "12 runs make its band" grep -q '"vmp_band_runs": 12' "$cell"
that "nothing was lost" grep -q '"check_ok": 1.0' "$cell"
that "hot lines have names" grep -q '"label": ".*mcentral\[' "$cell"
that "the report is labelled" grep -q '<h1>Modelled: ' "$dir/report.html"
that "... and says why" grep -q 'Modelled counts per malloc' "$dir/report.html"

# One seed is one run, whatever the addresses are, also where threads end.
point() {
	"$@" "$build/vmp-$variant" "--profile=$profile" --no-band \
	    "--workload=$workload" --threads=9 --param=ops=100 --seed=5 \
	    --benchmark_format=json 2>"$tap_tmp/err" >"$tap_tmp/json"
	grep -E '"(makespan_s|vmp_[a-z_]*)"' "$tap_tmp/json" |
	    grep -v fiber_switches
}
for workload in pinned-churn-512 larson mstress startup; do
	point env >"$tap_tmp/a"
	[ -s "$tap_tmp/a" ] || note_file "$tap_tmp/err"
	that "a point of $workload has counts" test -s "$tap_tmp/a"
	that "... and its heap is whole" grep -q '"check_ok": *1.0' "$tap_tmp/json"
	started=$(sed -n 's/.*"vmp_threads_started": *\([0-9.e+]*\).*/\1/p' \
	    "$tap_tmp/a" | awk '{print $1 + 0}')
	case $workload in # 9 mallocs of 12 are 100
	startup) wanted=81 ;;
	pinned*) wanted=0 ;;
	*) wanted=9 ;;
	esac
	that "... of $wanted threads that it starts" \
	    test "$started" -eq "$wanted"
	point env >"$tap_tmp/b"
	that "... the same in each run" cmp "$tap_tmp/a" "$tap_tmp/b"
	if setarch -R true 2>/dev/null; then
		point setarch -R >"$tap_tmp/b"
		that "... and without random addresses" \
		    cmp "$tap_tmp/a" "$tap_tmp/b"
	else
		skip "... and without random addresses" "setarch -R cannot here"
	fi
done

# A sweep that is stopped goes on, and comes to what one that is not comes to.
many="--workloads pinned-churn-64 --threads 1,2,3,4,5,6,7,8 --seeds 3 --ops 60 --seed 3"

# vmp_figures DIR: of all points, without what depends on the host.
vmp_figures() {
	(cd "$1/cells" && grep -E '"(makespan_s|vmp_[a-z_]*)"' -- *.json |
	    grep -v fiber_switches)
}

# stopped SIGNAL STATUS: it is there while points are missing.
stopped() {
	rm -rf "$tap_tmp/s"
	# shellcheck disable=SC2086
	"$spanlab" vmp sweep --allocators "$variant" $many \
	    --output "$tap_tmp/s" >"$tap_tmp/out" 2>"$tap_tmp/err" &
	pid=$!
	until ls "$tap_tmp"/s/*/cells/*.json >/dev/null 2>&1; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	kill "-$1" "$pid"
	wait "$pid" 2>/dev/null
	status=$?
	sdir=$(echo "$tap_tmp"/s/*-vmp-*)
	kept=$(ls "$sdir/cells" | grep -c 'json$')
	that "a sweep that gets SIG$1 ends with $2" test "$status" -eq "$2"
	that "... and has some of 24 points" test "$kept" -gt 0 -a "$kept" -lt 24
}

# shellcheck disable=SC2086
"$spanlab" vmp sweep --allocators "$variant" $many --output "$tap_tmp/whole" \
    >"$tap_tmp/out" 2>&1 || note_file "$tap_tmp/out"
vmp_figures "$tap_tmp/whole/latest" >"$tap_tmp/a"
that "a whole sweep has 24 points" grep -q '^cells  *24 done' "$tap_tmp/out"
for signal in TERM KILL; do
	case $signal in
	TERM) stopped TERM 130 ;;
	KILL) stopped KILL 137 ;;
	esac
	[ $signal = KILL ] ||
		that "... it says how to go on" \
		    grep -q "spanlab vmp sweep --resume $sdir" "$tap_tmp/err"
	touch "$sdir/cells/half.json.tmp-1"
	"$spanlab" vmp sweep --resume "$sdir" >"$tap_tmp/out" 2>&1
	status=$?
	[ "$status" -eq 0 ] || note_file "$tap_tmp/out"
	that "... --resume ends well" test "$status" -eq 0
	that "... keeps what was there" grep -q "^kept  *$kept cells" "$tap_tmp/out"
	that "... runs the others" \
	    grep -q "^ran  *$((24 - kept)) cells" "$tap_tmp/out"
	that "... has all" grep -q '^cells  *24 done, 0 failed, 0 missing' \
	    "$tap_tmp/out"
	that "... has no half of a file" test ! -e "$sdir/cells/half.json.tmp-1"
	vmp_figures "$sdir" >"$tap_tmp/b"
	that "... with the numbers of a whole sweep" cmp "$tap_tmp/a" "$tap_tmp/b"
done
"$spanlab" vmp sweep --resume "$sdir" --threads 1,2,3,4,5,6,7,8 --seed 3 --seeds 3 \
    --ops 60 --workloads pinned-churn-64 --allocators "$variant" --cores 128 \
    --profile 2x64 >"$tap_tmp/out" 2>&1
that "--resume with the same options" test $? -eq 0
that "... has nothing left to run" grep -q '^ran  *0 cells' "$tap_tmp/out"

# What the model refuses ends for who reads it, with the band's children.
out=$(timeout 60 sh -c '"$@" 2>&1 | cat' sh "$build/vmp-$variant" \
    "--profile=$profile" --workload=larson --threads=257)
status=$?
that "a refused job ends, its band too" test "$status" -eq 0
printf '%s\n' "$out" >"$tap_tmp/refused"
that "... and says why" grep -q "the model has at most 256" "$tap_tmp/refused"

# refused TEXT ARGUMENTS...: status 2, with the text, and nothing is created.
refused() {
	text=$1
	shift
	"$spanlab" vmp "$@" >"$tap_tmp/said" 2>&1
	if [ $? -eq 2 ] && grep -qF -- "$text" "$tap_tmp/said"; then
		ok "refused: vmp $*"
	else
		not_ok "refused: vmp $*"
		note_file "$tap_tmp/said"
	fi
}
mkdir "$tap_tmp/cwd"
cd "$tap_tmp/cwd" || exit 1
refused "no command" ""
refused "did you mean sweep" swep
refused "did you mean 2x64" sweep --profile 2x46
refused "No such file" sweep --profile ./none.profile
refused "the model has at most 256" sweep --threads 512
refused "from 1 to 128" sweep --cores 129
refused "whole number" sweep --ops many
refused "is no variant" sweep --allocators glibc=/bin/sh
refused "needs a value" sweep --seeds
refused "unknown option" sweep --sedes 3
refused "usage" replay only-one
echo 'name = bad' >bad.profile
refused "is missing" sweep --profile ./bad.profile
sed 's/^pause = .*/pause = 41 cycles # another/' "$profile" >other.profile
for bad in "threads 1,2" "seed 4" "seeds 4" "ops 61" "cores 64" \
    "workloads pinned-churn-512" "allocators none-such" \
    "profile ./other.profile"; do
	# shellcheck disable=SC2086
	refused "was made with --${bad%% *} " sweep --resume "$sdir" --$bad
done
refused "leave --output out" sweep --resume "$sdir" --output x
refused "not a sweep's folder" sweep --resume .
"$spanlab" sweep --resume "$sdir" >"$tap_tmp/err" 2>&1
that "a measured sweep does not go on with it" \
    grep -q "is modelled: spanlab vmp sweep --resume" "$tap_tmp/err"
rm -f bad.profile other.profile
that "nothing was created by these" test -z "$(ls)"

done_testing
