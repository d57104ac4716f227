#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sweep.sh - a sweep and its report with a bench that answers at once: what is
# written, what is refused, what is repeatable.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

small="--allocators mutex,ck,glibc --workloads larson,pairs --threads 1,2..8"
res=$tap_tmp/results

run 0 "--version" --version
says "$out" '^spanlab [0-9]' "... says the version"
run 0 "--help" --help
says "$out" '--resume DIR' "... names the options"
run 0 "list" list
says "$out" '^ck  *variant  *.*/libspanlab-ck.so$' "... has the variants"
says "$out" '^pairs  *list  *(control)' "... has the workloads"
run 0 "list variants" list variants
that "... in order, mutex first" \
    [ "$(cut -d' ' -f1 "$out" | tr '\n' ' ')" = "mutex mutex-fifo ck rcu " ]

# shellcheck disable=SC2086 # words are wanted
run 0 "--dry-run" sweep $small --rounds 3 --dry-run --output "$res"
says "$out" '^estimate ' "... estimates"
says "$out" '^cells  *72 = 3 rounds of 24 ' "... counts the cells"
that "... creates nothing" [ ! -e "$res" ]

# shellcheck disable=SC2086
run 0 "a sweep" sweep $small --rounds 3 --seed 5 --output "$res"
says "$out" '^cells  *72 done, 0 failed, 0 missing$' "... is complete"
dir=$(sweep_of "$res")
that "... has a file for each cell" [ "$(good_cells "$dir")" -eq 72 ]
that "... is the latest" [ "$(readlink "$res/latest")" = "$(basename "$dir")" ]
that "... has a report" [ -s "$dir/report.html" ]
that "... has plots" [ -s "$dir/plots/larson.svg" -a \
    -s "$dir/plots/larson.png" -a -s "$dir/plots/pairs.svg" ]
that "... has a table for other programs" \
    [ "$(wc -l <"$dir/data.csv")" -eq 73 ]
says "$dir/results.md" '^| 8' "... has a table to paste"
that "... leaves no half file" \
    [ -z "$(find "$res" -name '*.tmp*')" ]

# The page stands alone: nothing from elsewhere, and no script but its own,
# which page.sh turns the switches of.
that "the report loads nothing" sh -c "! grep -qiE \
    '<script [^t]|<link|<img|@import|url\(|src=|javascript:' '$dir/report.html'"
says "$dir/report.html" 'class="shade" data-cpus=' \
    "the report shades oversubscription"
says "$dir/report.html" 'this workload does not touch mcentral' \
    "the report says which workload does not touch mcentral"
says "$dir/report.html" 'A control: the variants must not differ' \
    "the report marks controls"
says "$dir/report.html" 'prefers-color-scheme:dark' "... has a dark mode"
for id in larson pairs; do
	says "$dir/report.html" "id=\"w-$id\"" "the report shows $id"
done

# One seed for all allocators of a block, others for other rounds.
seeds() {
	cat "$dir"/cells/larson.*.T"$1".r"$2".json |
	    sed -n 's/^  "seed": \([0-9][0-9]*\).*/\1/p' | sort -u
}
that "allocators of a block share a seed" [ "$(seeds 4 1 | wc -l)" -eq 1 ]
that "rounds have other seeds" [ "$(seeds 4 1)" != "$(seeds 4 2)" ]

# Again with the same seed: the same order of cells and the same seeds.
order() {
	grep -h '"seed"\|"workload"\|"allocator"\|"threads"\|"round"' \
	    "$1"/cells/*.json | sort
}
# shellcheck disable=SC2086
run 0 "the same sweep again" sweep $small --rounds 3 --seed 5 \
    --output "$tap_tmp/again"
order "$dir" >"$tap_tmp/o1"
order "$(sweep_of "$tap_tmp/again")" >"$tap_tmp/o2"
that "... has the same cells and seeds" cmp "$tap_tmp/o1" "$tap_tmp/o2"
# shellcheck disable=SC2086
run 0 "a second sweep into the same results" sweep $small --rounds 1 \
    --output "$res"
that "... does not touch the first" [ "$(good_cells "$dir")" -eq 72 ]
that "... is the latest now" \
    [ "$(readlink "$res/latest")" != "$(basename "$dir")" ]

# report: again from the files, the older sweep not becoming the latest.
rm "$dir/report.html"
latest=$(readlink "$res/latest")
run 0 "report of a folder" report "$dir"
that "... writes the page again" [ -s "$dir/report.html" ]
that "... leaves the latest alone" [ "$(readlink "$res/latest")" = "$latest" ]
(cd "$tap_tmp" && "$SPANLAB" report >"$out" 2>"$err")
that "report without a folder takes results/latest" [ $? -eq 0 ]

# resume: nothing left to do; contradictions; another library; one more cell.
run 0 "--resume of a finished sweep" sweep --resume "$dir"
says "$out" '^kept  *72 cells' "... keeps all"
says "$out" '^measured  *0 cells' "... measures none"
run 0 "--resume with the same options" sweep --resume "$dir" --seed 5 \
    --threads 1..8 --rounds 3 --allocators ck,mutex,glibc
for bad in "--threads 1,2" "--seed 6" "--rounds 4" "--preset full" \
    "--allocators mutex" "--workloads pairs"; do
	# shellcheck disable=SC2086
	run 2 "--resume with $bad" sweep --resume "$dir" $bad
	says "$err" "was made with ${bad%% *}" "... says what contradicts"
done
echo "another build" >"$tap_tmp/lib/libspanlab-ck.so"
run 2 "--resume with another library" sweep --resume "$dir"
says "$err" 'libspanlab-ck.so is not the library' "... says which"
echo "not a library" >"$tap_tmp/lib/libspanlab-ck.so"
rm "$dir/cells/larson.ck.T2.r2.json"
run 0 "--resume with one cell missing" sweep --resume "$dir"
says "$out" '^measured  *1 cells' "... measures that one"

# A library by its path.
mkdir "$tap_tmp/other"
echo x >"$tap_tmp/other/libmine.so"
run 0 "NAME=/path/to/lib.so" sweep --threads 1 --rounds 1 \
    --workloads larson --allocators \
    "mutex,mine-2.0=$tap_tmp/other/libmine.so" --output "$tap_tmp/path"
that "... runs under that name" \
    [ -s "$(sweep_of "$tap_tmp/path")/cells/larson.mine-2.0.T1.r1.json" ]

# Workloads with parameters are series of their own.
sized="larson,larson:size=16:ops=5"
run 0 "--dry-run of a workload with parameters" sweep --rounds 2 --threads 1,2 \
    --allocators mutex,ck --workloads $sized --dry-run --output "$tap_tmp/sized"
says "$out" '^workloads  *larson larson:size=16+ops=5$' "... names it"
run 0 "a workload with and without parameters" sweep --rounds 2 --threads 1,2 \
    --allocators mutex,ck --workloads $sized --output "$tap_tmp/sized"
sdir=$(sweep_of "$tap_tmp/sized")
that "... has cells of both" [ -s "$sdir/cells/larson.ck.T2.r2.json" -a \
    -s "$sdir/cells/larson:size=16+ops=5.ck.T2.r2.json" ]
says "$sdir/sweep.json" '"params": "size=16 ops=5"' "... with all their values"
says "$sdir/report.html" 'id="w-larson:size=16+ops=5"' "... in the page"
says "$sdir/results.md" '^## larson:size=16+ops=5' "... and in the table"
rm "$sdir/cells/larson:size=16+ops=5.ck.T2.r2.json"
run 0 "... --resume with the same workloads" sweep --resume "$sdir" \
    --workloads $sized
says "$out" '^measured  *1 cells' "... measures what is missing"
run 2 "... --resume with another value" sweep --resume "$sdir" \
    --workloads larson,larson:size=32:ops=5
says "$err" 'was made with --workloads' "... says what contradicts"
run 0 "... compare" compare "$sdir" "$sdir"
run 2 "a parameter that is not there" sweep --rounds 1 --threads 1 \
    --workloads larson:colour=3 --output "$tap_tmp/none"
says "$err" 'larson: its parameters are size, ops' "... the bench says which are"
run 2 "the same workload by two orders" sweep --rounds 1 --threads 1 \
    --workloads larson:ops=5:size=16,larson:size=16:ops=5 \
    --output "$tap_tmp/none"
says "$err" 'is given twice, also as' "... is told so"
that "... nothing was created" [ ! -e "$tap_tmp/none" ]

# Laws of scaling are fitted where each thread has a CPU.
for cpus in 8 2; do
	cp -r "$dir" "$tap_tmp/cpus$cpus"
	sed "s/\"\(cpus_[a-z]*\)\": [0-9]*/\"\1\": $cpus/" "$dir/sweep.json" \
	    >"$tap_tmp/cpus$cpus/sweep.json"
	run 0 "report of a machine with $cpus CPUs" report "$tap_tmp/cpus$cpus"
done
says "$tap_tmp/cpus8/report.html" 'least squares over the thread counts' \
    "... with 8 laws of scaling are fitted"
says "$tap_tmp/cpus2/report.html" 'None is fitted: .* here are 2 (2 CPUs)' \
    "... with 2 none is, and the page says why"

# What gives a lock in turn to threads that spin is not measured unasked where
# most of them cannot run.  No machine has a CPU for each of 1024 threads.
crowd="--workloads pairs --threads 1,1024 --rounds 1"
cp "$SPANLAB_LIB_DIR/libspanlab-mutex.so" \
    "$SPANLAB_LIB_DIR/libspanlab-a-ticket.so"
# shellcheck disable=SC2086
run 0 "a sweep of all in a crowd" sweep $crowd --output "$tap_tmp/crowd"
says "$out" '^note  *Left out, .*: a-ticket\. ' "... says what it leaves out"
that "... and has the others" \
    grep -q '^allocators  mutex mutex-fifo ck rcu glibc' "$out"
cdir=$(sweep_of "$tap_tmp/crowd")
says "$cdir/results.md" '^Left out, .*: a-ticket\. ' "... as results.md does"
says "$cdir/report.html" '<p>Left out, .*: a-ticket\. ' "... and the report"
run 0 "... --resume" sweep --resume "$cdir"
says "$cdir/results.md" '^Left out, .*: a-ticket\. ' "... which says it still"
# shellcheck disable=SC2086
run 0 "a crowd of one that is named" sweep $crowd --dry-run \
    --allocators mutex,a-ticket
says "$out" '^allocators  mutex a-ticket$' "... has it"
run 0 "one thread" sweep --workloads pairs --threads 1 --rounds 1 --dry-run
says "$out" '^allocators  mutex .*a-ticket' "... has it too"
that "... and leaves out nothing" sh -c "! grep 'Left out' '$out'"
rm "$SPANLAB_LIB_DIR/libspanlab-a-ticket.so"

# Without gnuplot: a report with its own panels, and it says so.
mkdir "$tap_tmp/bin"
for p in sh awk basename sleep cat env sed; do
	ln -s "$(command -v $p)" "$tap_tmp/bin/$p"
done
PATH=$tap_tmp/bin "$SPANLAB" report "$dir" >"$out" 2>"$err"
that "without gnuplot: still a report" [ $? -eq 0 ]
says "$err" 'gnuplot is not installed' "... that says what is missing"
says "$dir/report.html" 'No plots for papers: gnuplot' "... in the page too"
says "$dir/report.html" 'data-panel="throughput"' "... which has its panels"

done_testing
