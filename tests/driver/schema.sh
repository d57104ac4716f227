#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# schema.sh - what sweeps write is as doc/schema/ has it, and as `spanlab check`
# wants it; faults planted in it are found by both; and the schemas describe
# what the sources write, no more and no less.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

# Debian's, if the first python3 lacks the package.
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$p" -c 'import jsonschema
jsonschema.Draft202012Validator' 2>/dev/null || python=$p
done
if [ -z "$python" ]; then
	skip "schemas" "NOT CHECKED: no package python3-jsonschema (4.0 or later)"
	done_testing
fi

# schema MODE...: whether schema.py finds no fault
schema() {
	mode=$1
	shift
	"$python" "$srcdir/tests/driver/schema.py" "$mode" "$srcdir" "$@"
}

# --- the schemas themselves -----------------------------------------------

that "each member is described, and written by the sources" schema sources
"$python" "$srcdir/build-aux/data-columns.py" "$srcdir" >"$tap_tmp/columns"
that "data.csv-metadata.json is made of results.h (else make data-columns)" \
    cmp "$tap_tmp/columns" "$srcdir/doc/schema/data.csv-metadata.json"

# drift WHAT FILE SED-EXPRESSION: the schemas are behind or before the sources
mkdir "$tap_tmp/tree"
drift() {
	rm -rf "$tap_tmp/tree/harness" "$tap_tmp/tree/doc"
	cp -R "$srcdir/harness" "$srcdir/doc" "$tap_tmp/tree"
	chmod -R u+w "$tap_tmp/tree"
	sed "$3" "$srcdir/$2" >"$tap_tmp/tree/$2"
	"$python" "$srcdir/tests/driver/schema.py" sources "$tap_tmp/tree" \
	    >"$out" 2>"$err"
	status=$?
	says "$out" "$1" "found: $1"
	that "... and refused" [ "$status" -eq 1 ]
}
drift 'a run: replay_left is written and not described' \
    harness/workloads/trace.c 's/"replay_kept"/"replay_left"/'
drift 'a run: replay_kept is described and not written' \
    harness/workloads/trace.c 's/"replay_kept"/"replay_left"/'
drift 'a context: linker is written and not described' \
    harness/record.c 's/sl_gb_context("compiler"/sl_gb_context("linker"/'
drift 'a run: go_stops is written and not described' \
    harness/go/record.go 's/"go_collections":/"go_stops":/'
drift 'sweep.json: budget is written and not described' \
    harness/driver/manifest.c 's/"retries",/"budget",/'
drift 'check_plan.c: retries is described and not written' \
    harness/driver/check_plan.c 's/SL_MAY("retries", COUNT),//'
drift 'mallocs: no unit' doc/schema/cell.schema.json \
    '/"mallocs": {/s/"unit": "count", //'
drift 'claims/items: has no end' doc/schema/paper-report.schema.json \
    's/^ *"additionalProperties": false$/"minProperties": 1/'
sed 's/M(FREES, "frees")/M(FREES, "freed")/' "$srcdir/harness/driver/results.h" \
    >"$tap_tmp/tree/harness/driver/results.h"
that "no column without a description" sh -c "
    ! '$python' '$srcdir/build-aux/data-columns.py' '$tap_tmp/tree'"

# --- sweeps of the fake bench ----------------------------------------------

# A crash that is not forgiven, one that is, and all that can be observed.
FAKE_TROUBLE='larson.mutex.T2=crash pairs.glibc.T1=hang'
FAKE_HANG=2 FAKE_ONCE=$tap_tmp/once FAKE_OBSERVE=1
: >"$FAKE_ONCE"
export FAKE_TROUBLE FAKE_HANG FAKE_ONCE FAKE_OBSERVE
run 0 "a sweep with retries" sweep --workloads larson,pairs --threads 1,2 \
    --rounds 2 --allocators mutex,glibc --latency 8 --memory 5 --retries 1 \
    --timeout 1 --output "$tap_tmp/retried"
unset FAKE_ONCE
FAKE_TROUBLE='larson.mutex.T2=crash pairs.glibc.T2=wrong'
run 1 "a sweep that fails" sweep --workloads larson,pairs --threads 1,2 \
    --rounds 2 --allocators mutex,glibc --latency 8 --memory 5 --retries 1 \
    --output "$tap_tmp/failed"
unset FAKE_TROUBLE FAKE_OBSERVE FAKE_HANG
mkdir "$tap_tmp/bin"
cp "$srcdir/tests/driver/fake-valgrind" "$tap_tmp/bin/valgrind"
chmod +x "$tap_tmp/bin/valgrind"
PATH=$tap_tmp/bin:$PATH run 0 "a sweep of patterns" sweep --preset peers \
    --rounds 2 --threads 1,2 --allocators mutex,glibc --output "$tap_tmp/peers"

# valid RESULTS SUMMARY: both say so of the one sweep there
valid() {
	dir=$(sweep_of "$1")
	that "$(basename "$1"): every file is as the schemas have it" \
	    schema files "$dir"
	run 0 "... and spanlab check says so" check "$dir"
	that "... in one line" [ "$(cat "$out")" = "$2" ]
}
valid "$tap_tmp/retried" '16 cells, 0 failed, all valid'
says "$dir/data.csv" '^larson,mutex,2,1,ok,.*,1,' "... with a try that failed"
valid "$tap_tmp/failed" '16 cells, 4 failed, all valid'
valid "$tap_tmp/peers" '16 cells, 0 failed, all valid'
that "... with counts of instructions" [ -d "$dir/instructions" ]

# --- faults ------------------------------------------------------------------

"$python" "$srcdir/tests/driver/schema.py" plant "$srcdir" "$SPANLAB" \
    "$tap_tmp" "$tap_tmp/planted" >"$tap_tmp/refused" 2>"$err" \
    <"$srcdir/tests/driver/schema.faults"
while read -r line; do
	case $line in
	'ok '*) ok "refused: ${line#ok }" ;;
	'not ok '*) not_ok "refused: ${line#not ok }" ;;
	*) note "$line" ;;
	esac
done <"$tap_tmp/refused"
that "all faults were planted" [ "$(grep -c '^ok ' "$tap_tmp/refused")" -eq \
    "$(grep -c '^[a-z]' "$srcdir/tests/driver/schema.faults")" ]
note_file "$err"

cell=cells/larson.mutex.T2.r1.failed.json
bad=$tap_tmp/bad
# folder: the sound sweep again
folder() {
	rm -rf "$bad"
	cp -R "$(sweep_of "$tap_tmp/failed")" "$bad"
}
# refused PATTERN WHAT
refused() {
	run 1 "$2" check "$bad"
	says "$out" "$1" "... by name"
}
folder
cp "$bad/cells/pairs.mutex.T1.r1.json" "$bad/cells/pairs.mutex.T1.r3.json"
refused '^cells/pairs.mutex.T1.r3.json: nothing of the plan' \
    "a cell that the plan does not have"
folder
cp "$bad/cells/pairs.mutex.T1.r1.json" "$bad/cells/larson.mutex.T2.r1.json"
refused '^cells/larson.mutex.T2.r1.json: workload is not that of the plan' \
    "a cell under another's name"
folder
cp "$bad/$cell" "$bad/cells/larson.mutex.T1.r1.failed.json"
refused '^cells/larson.mutex.T1.r1.failed.json: the cell has a good result' \
    "a cell twice"
folder
echo '{"context": {' >"$bad/cells/pairs.mutex.T1.r1.json"
refused '^cells/pairs.mutex.T1.r1.json: line 2: ' "half a file"
says "$out" '^2 files are wrong$' "... and how many are wrong"
folder
rm "$bad/data.csv"
refused '^data.csv: No such file' "a finished sweep without data.csv"
folder
rm "$bad/cells/pairs.mutex.T1.r1.json"
run 1 "a cell that is gone" check "$bad"
says "$out" '^data.csv: line [0-9]* is not what the cells say' \
    "... is in data.csv"
run 1 "its report" report "$bad"
run 0 "... is a sweep that is not complete" check "$bad"
says "$out" '^15 cells, 4 failed, 1 missing, all valid$' "... and says so"
run 2 "check of what is no sweep" check "$tap_tmp"
run 2 "check of two" check "$bad" "$bad"

# --- real ones ------------------------------------------------------------------

SPANLAB_BENCH_DIR=$REAL_BENCH_DIR
SPANLAB_LIB_DIR=$REAL_LIB_DIR
if [ ! -x "$SPANLAB_BENCH_DIR/spanlab-bench" ]; then
	skip "real sweeps" "no spanlab-bench in $SPANLAB_BENCH_DIR"
elif [ -n "${SL_SANITIZER:-}" ]; then
	skip "real sweeps" "sanitized libraries cannot be preloaded"
else
	lib=$(find "$SPANLAB_LIB_DIR" -name 'libspanlab-*.so' | sort | head -n 1)
	v=${lib##*/libspanlab-} v=${v%.so}
	all=$v,glibc
	! [ -x "$SPANLAB_BENCH_DIR/spanlab-bench-go" ] || all=$all,go:gogc=off
	run 0 "a real sweep" sweep --rounds 1 --threads 1,4 \
	    --workloads larson --allocators "$all" --output "$tap_tmp/real"
	valid "$tap_tmp/real" "$(echo "$all" | tr ',' '\n' | awk '
	    END { print 2 * NR " cells, 0 failed, all valid" }')"
	run 0 "one that observes" sweep --rounds 1 --threads 2 \
	    --workloads larson,pairs --allocators "$v,glibc" --latency 50 \
	    --memory 5 --counters --output "$tap_tmp/observed"
	valid "$tap_tmp/observed" "4 cells, 0 failed, all valid"

	# Every workload, for a moment, with all that the library counts.
	names=$("$SPANLAB_BENCH_DIR/spanlab-bench" --list-json |
	    "$python" -c 'import json, sys
print(",".join(w["name"] for w in json.load(sys.stdin)
    if w["name"] != "trace"))')
	LD_PRELOAD=$lib SPANLAB_OPTIONS=accounting=go \
	    "$SPANLAB_BENCH_DIR/spanlab-bench" --workload="$names" --threads=2 \
	    --seconds=0.001 --scale=0.001 --benchmark_format=json \
	    >"$tap_tmp/all.json" 2>"$err" || note_file "$err"
	that "each workload's numbers are in the schema" \
	    schema runs "$tap_tmp/all.json"
	seam=$SPANLAB_BENCH_DIR/bench-mcentral-$v
	if [ -x "$seam" ]; then
		run 0 "a sweep of a set alone" sweep --preset mcentral \
		    --rounds 1 --threads 2 --allocators "$v" \
		    --output "$tap_tmp/alone"
		valid "$tap_tmp/alone" "9 cells, 0 failed, all valid"
	fi
	if [ -x "$SPANLAB_BENCH_DIR/vmp-$v" ]; then
		run 0 "a modelled sweep" vmp sweep --allocators "$v" \
		    --workloads pinned-churn-512 --threads 1,3 --seeds 2 \
		    --ops 100 --output "$tap_tmp/modelled"
		valid "$tap_tmp/modelled" "4 cells, 0 failed, all valid"
	fi
fi

# --- those that are recorded ------------------------------------------------------

for file in "$srcdir"/results/*/sweep.json \
    "$srcdir"/results/*/recorded/*.json; do
	that "${file#"$srcdir"/} is as the schemas have it" schema files "$file"
done
mkdir "$tap_tmp/reference"
if xz -dc "$srcdir/results/reference/cells.tar.xz" |
    tar -C "$tap_tmp/reference" -xf - 2>"$err"; then
	cp "$srcdir/results/reference/sweep.json" "$tap_tmp/reference"
	that "and so are the cells of results/reference, 1 in 50" sh -c "
	    find '$tap_tmp/reference/cells' -name '*.json' | sort |
	    awk 'NR % 50 == 0' | xargs '$python' \
	    '$srcdir/tests/driver/schema.py' files '$srcdir'"
	# its data.csv is of an older spanlab
	"$SPANLAB" check "$tap_tmp/reference" >"$out"
	that "... and all are as spanlab check wants them" \
	    [ "$(cat "$out")" = "data.csv: No such file or directory
1 file is wrong" ]
else
	skip "the cells of results/reference" "NOT CHECKED: no xz or tar"
fi

done_testing
