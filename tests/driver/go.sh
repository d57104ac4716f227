#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# go.sh - Go's own allocator as a series: spanlab-bench-go does as much as
# spanlab-bench, a sweep takes both, and where there is no Go it says so.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

# --- No Go ----------------------------------------------------------------

# The program is looked for around spanlab too, so that stands alone here.
here=$SPANLAB
mkdir "$tap_tmp/alone"
cp "$SPANLAB" "$tap_tmp/alone/spanlab"
SPANLAB=$tap_tmp/alone/spanlab
if SPANLAB_BENCH_DIR=$tap_tmp/bench "$SPANLAB" list | grep -q '^go '; then
	skip "no Go" "one is installed where this build would be"
else
	run 2 "--allocators go where it was not built" sweep --rounds 1 \
	    --threads 1 --workloads larson --allocators mutex,go \
	    --output "$tap_tmp/none"
	says "$err" 'allocator not here: go (built without a Go toolchain; pack' \
	    "... says what is missing"
	that "... creates nothing" [ ! -e "$tap_tmp/none" ]
	run 0 "list" list
	says "$out" '^not here: .*go (built without a Go toolchain' "... says so too"
fi
SPANLAB=$here

SPANLAB_BENCH_DIR=$REAL_BENCH_DIR
SPANLAB_LIB_DIR=$REAL_LIB_DIR
bench=$SPANLAB_BENCH_DIR/spanlab-bench
go=$SPANLAB_BENCH_DIR/spanlab-bench-go
if [ ! -x "$go" ]; then
	skip "Go's allocator" "no spanlab-bench-go (Debian package: golang-go)"
	done_testing
fi

# --- The program ----------------------------------------------------------

# Fixed work is the same work as in C, to the last object.
"$bench" --list-json >"$tap_tmp/list.json"
# params WORKLOAD: with 3100 mallocs per thread.
params() {
	sed -n "s/.*\"name\": \"$1\", \"params\": \"\([^\"]*\)ops=0\".*/\1ops=3100/p" \
	    "$tap_tmp/list.json"
}
# number FILE KEY: the last value, as a whole number.
number() {
	sed -n "s/^ *\"$2\": \([-0-9.e+]*\),*\$/\1/p" "$1" | tail -n 1 |
	    awk '{ printf "%d", $1 }'
}
names=$("$go" --has="$(sed -n 's/.*"name": "\([^"]*\)".*"suite": "list".*/\1/p' \
    "$tap_tmp/list.json" | tr '\n' ,)nonsense")
that "it has all workloads of the suite list, and no others" \
    [ "$names" = "$(sed -n 's/.*"name": "\([^"]*\)".*"suite": "list".*/\1/p' \
    "$tap_tmp/list.json")" ]
for w in $names larson-8 prod-con remote-16 pinned-churn-64:remote=1; do
	p=$(params "${w%%:*}")
	case $w in
	*:remote=1) p=$(echo "$p" | sed 's/remote=0/remote=1/') ;;
	esac
	for t in 1 5; do
		"$bench" --workload="${w%%:*}" --threads=$t --seed=9 \
		    $(for kv in $p; do echo "--param=$kv"; done) \
		    --benchmark_out="$tap_tmp/c.json" >/dev/null 2>&1
		SPANLAB_OPTIONS=gogc=50 "$go" --workload="$w" --params="$p" \
		    --threads=$t --seed=9 --benchmark_out="$tap_tmp/go.json" \
		    2>"$err" || note_file "$err"
		c=$(number "$tap_tmp/c.json" mallocs)
		g=$(number "$tap_tmp/go.json" mallocs)
		that "$w, $t threads: as many mallocs as in C ($c, $g)" \
		    [ "$c" -gt 0 -a "$g" -eq "$c" ]
		that "... Go has counted them, and what C frees is dead" \
		    [ "$(number "$tap_tmp/go.json" go_mallocs)" -ge "$g" -a \
		    "$(number "$tap_tmp/go.json" check_ok)" -eq 1 ]
	done
done
SPANLAB_OPTIONS=gogc=20 "$go" --workload=garbage --params="size=1024 ops=50000" \
    --benchmark_out="$tap_tmp/on.json"
SPANLAB_OPTIONS=gogc=off "$go" --workload=garbage --params="size=1024 ops=50000" \
    --benchmark_out="$tap_tmp/off.json"
that "collections come with gogc=20, and none with gogc=off" \
    [ "$(number "$tap_tmp/on.json" go_collections)" -ge 2 -a \
    "$(number "$tap_tmp/off.json" go_collections)" -eq 0 ]
bad() {
	what=$1
	wanted=$2
	shift 2
	"$go" "$@" >"$out" 2>"$err" && status=0 || status=$?
	that "$what: exit status $wanted ($status)" [ $status -eq "$wanted" ]
}
bad "a workload that it lacks" 2 --workload=sh6 --params=ops=1
bad "a parameter that is missing" 2 --workload=pairs --params=ops=1
says "$err" 'lacks size' "... says which"
bad "no thread" 2 --workload=pairs --params="size=8 ops=1" --threads=0
bad "another allocator expected" 4 --workload=pairs --params="size=8 ops=1" \
    --expect=glibc
export SPANLAB_OPTIONS=gogc=0
bad "gogc=0" 2 --workload=pairs --params="size=8 ops=1"
unset SPANLAB_OPTIONS

# --- A sweep that names no allocators -------------------------------------

# all WHAT HAS WORKLOADS OPTIONS...: whether it has both series of Go.
all() {
	what=$1 has=$2
	shift 2
	run 0 "$what" sweep --dry-run --rounds 1 --threads 1 "$@"
	that "... has Go: $has" \
	    [ "$(grep -c '^allocators .* go go:gogc=off$' "$out")" -eq "$has" ]
}
all "a sweep of all allocators" 1 --workloads larson,pairs
all "... of workloads that it lacks" 0 --workloads larson,sh6
all "... that is observed" 0 --workloads larson --counters
all "... of patterns" 0 --preset peers

# --- A sweep --------------------------------------------------------------

series=glibc,go,go:gogc=off
run 0 "a sweep with two series of Go" sweep --rounds 2 --threads 1,2 \
    --workloads larson,pairs:size=32 --allocators $series \
    --output "$tap_tmp/results"
says "$out" '^cells  *24 done, 0 failed, 0 missing$' "... is complete"
dir=$(sweep_of "$tap_tmp/results")
says "$dir/cells/larson.go.T2.r1.json" '"options_all": "gogc=100"' \
    "go has a collector as by default, whatever the preset says of ours"
says "$dir/cells/larson.go:gogc=off.T2.r1.json" '"options_all": "gogc=off"' \
    "go:gogc=off has none"
says "$dir/cells/pairs:size=32.go.T1.r1.json" '"params_.*size=32 ' \
    "parameters of a workload come to it"
says "$dir/report.html" 'its objects die by garbage collection' \
    "the page says how its objects die"
says "$dir/report.html" 'what C frees is made unreachable' \
    "... also in the table of allocators"
says "$dir/results.md" 'its objects die by garbage collection' \
    "... and so does the text"
says "$dir/report.html" 'go:gogc=off (reference)</text>' \
    "curves are marked as references"
says "$dir/plots/larson.svg" 'go (reference)' "... in plots for papers too"
says "$dir/data.csv" '^larson,go:gogc=off,2,1,ok,' "the table has it"
cp -r "$dir" "$tap_tmp/fast"
sed -i 's/"ops_per_s": [^,]*/"ops_per_s": 9e12/' "$tap_tmp"/fast/cells/*.go*
run 0 "a report in which Go is by far the fastest" report "$tap_tmp/fast"
says "$tap_tmp/fast/results.md" '^| larson | glibc |' \
    "... says which allocator is: a reference takes no part"
run 0 "--resume" sweep --resume "$dir"
says "$out" '^measured  *0 cells' "... measures nothing again"
run 2 "a workload that it lacks" sweep --rounds 1 --threads 1 \
    --workloads larson,sh6 --allocators glibc,go --output "$tap_tmp/none"
says "$err" 'does not have sh6' "... says which"
run 2 "options of ours" sweep --rounds 1 --threads 1 --workloads larson \
    --allocators go:hold=0 --output "$tap_tmp/none"
says "$err" "there is no option 'hold=0'" "... says so"
run 2 "observed" sweep --rounds 1 --threads 1 --workloads larson --counters \
    --allocators glibc,go --output "$tap_tmp/none"
run 2 "bound to processors" sweep --rounds 1 --threads 1 --workloads larson \
    --pin compact --allocators glibc,go --output "$tap_tmp/none"
says "$err" 'go: it binds no threads' "... says so"
that "... nothing was created" [ ! -e "$tap_tmp/none" ]
run 0 "bound to none" sweep --rounds 1 --threads 1 --workloads larson \
    --pin none --allocators glibc,go --output "$tap_tmp/unbound"
run 0 "a sweep of others" sweep --rounds 1 --threads 1 \
    --workloads pairs --allocators glibc --dry-run
that "... is without it" sh -c "! grep -q '^allocators.* go' '$out'"

if command -v gofmt >/dev/null; then
	gofmt -l "$srcdir/harness/go" >"$tap_tmp/fmt"
	check "the sources are as gofmt has them" "$tap_tmp/fmt"
fi

done_testing
