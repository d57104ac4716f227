#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mcentral.sh - the preset mcentral: the sets alone, and the map of where each
# wins.
#
# Run by make check, once.  The programs are fakes, and one more cell is real.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

unset SPANLAB_OPTIONS
for v in mutex ck none; do
	sed "s/^preload=.*/preload=; self=$v/" "$srcdir/tests/driver/fake-seam" \
	    >"$tap_tmp/bench/bench-mcentral-$v"
	chmod +x "$tap_tmp/bench/bench-mcentral-$v"
done
echo "an object file" >"$tap_tmp/bench/bench-mcentral-mutex.o"

run 0 "--preset mcentral --dry-run" sweep --preset mcentral --dry-run
says "$out" '^allocators  mutex ck none$' "the programs that there are"
says "$out" '^workloads   b1-h0 b8-h100$' "the suite map of theirs"
says "$out" '^threads     1,2,8,32,128$' "its thread counts"

FAKE_TROUBLE=b8-h100.ck.T8=hang
export FAKE_TROUBLE
run 1 "a sweep of sets, one of which hangs in a crowd" sweep \
    --preset mcentral --threads 1,2,8 --rounds 3 --timeout 1 \
    --output "$tap_tmp/results"
unset FAKE_TROUBLE
dir=$(sweep_of "$tap_tmp/results")
that "... has a file for each cell" [ "$(good_cells "$dir")" -eq 51 ]
says "$dir/cells/b8-h100.ck.T8.r1.failed.json" 'no end after' \
    "what hangs has failed"
says "$dir/cells/b8-h100.ck.T8.r3.failed.json" 'not tried again' \
    "... and is not tried again"
that "... nor complained of again" \
    [ "$(grep -c 'b8-h100.ck.T8' "$err")" -eq 1 ]

csv=$dir/map.csv md=$dir/map.md
that "map.csv has a row per place and variant" [ "$(wc -l <"$csv")" -eq 19 ]
# At T threads mutex does 10 million, ck 20 T, none 100 T (see fake-seam).
says "$csv" '^1,0,2,mutex,0,10,10,10,0\.25,' "throughput and its ratio"
says "$csv" '^8,100,1,ck,0,20,20,20,1,' "the best has the ratio 1"
says "$csv" '^1,0,1,none,0,100,100,100,5,' "a bound is above the best"
says "$csv" '^8,100,8,ck,1,,,,' "what timed out is marked"
# The insert is the slower call of mutex, the claim that of ck.
says "$csv" '^1,0,1,mutex,0,.*,60,600,6000,60000,0\.5,' \
    "latencies of the slower call, and fairness"
says "$csv" '^1,0,1,ck,0,.*,70,700,7000,70000,0\.5,' "... whichever that is"
says "$md" '^| 1, 0 | \*\*ck\*\* | \*\*ck\*\* | \*\*ck\*\* |$' \
    "who wins: never a bound"
says "$md" '^| 8, 100 | \*\*ck\*\* | \*\*ck\*\* | \*\*mutex\*\* |$' \
    "... nor what timed out"
says "$md" '^| 1, 0 | \*\*mutex\*\* 60 us ' "who has the shortest tail"
says "$md" '^| ck | .* |  | 5 | 0 |$' "ck beats mutex in five places of six"
says "$md" '^| mutex | .* | 1 |  | 0 |$' "mutex beats what timed out"
says "$md" 'one reading of the clock each, 23 ns' "what the timer costs"
that "map.json is JSON and says the same" python3 -c "
import json
j = json.load(open('$dir/map.json'))
p = [x for x in j['places'] if (x['batch'], x['hold_ns'], x['threads']) ==
     (8, 100, 8)][0]
assert p['best'] == 'mutex' and p['variants']['ck']['timed_out']
assert len(j['places']) == 6 and j['timer_ns'] == 23
"
for plot in map tails; do
	that "a picture: $plot" [ -s "$dir/plots/$plot.svg" -a \
	    -s "$dir/plots/$plot.png" ]
	says "$dir/plots/$plot.svg" '>none (bound)<' "... with the bound"
	says "$dir/plots/$plot.svg" '>timeout<' "... and what timed out"
done
says "$dir/report.html" 'href="map.md"' "the page leads there"

# The real thing, in small.
SPANLAB_BENCH_DIR=$REAL_BENCH_DIR
if [ ! -x "$SPANLAB_BENCH_DIR/bench-mcentral-mutex" ]; then
	skip "a real cell" "no bench-mcentral-mutex in $SPANLAB_BENCH_DIR"
	done_testing
fi
run 0 "a real sweep of sets" sweep --preset mcentral --rounds 1 --threads 1,4 \
    --timeout 60 --workloads b1-h0,b8-h100 --allocators mutex,mutex:relink=50 \
    --output "$tap_tmp/real"
dir=$(sweep_of "$tap_tmp/real")
run 0 "... all of whose files are valid" check "$dir"
sed -i '1,/"p99_ns": /s/"p99_ns": /&1/' "$dir/map.json"
run 1 "... but not a map of other results" check "$dir"
says "$out" '^map.json: line [0-9]* is not what the cells say' "... is told"
says "$dir/cells/b8-h100.mutex.T4.r1.json" '"claim_p9999_ns": [1-9]' \
    "... has latencies"
says "$dir/cells/b8-h100.mutex:relink=50.T4.r1.json" \
    '"options_all": ".*relink=50' "... takes options"
says "$dir/cells/b8-h100.mutex.T4.r1.json" '"check_ok": 1.0' \
    "... loses no span"

done_testing
