#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# peers.sh - the preset peers: the table of costs and the instructions in it.
#
# Run by make check, once.  The bench and valgrind are fakes with known answers.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

unset SPANLAB_OPTIONS
mkdir "$tap_tmp/bin" "$tap_tmp/peers"
cp "$srcdir/tests/driver/fake-valgrind" "$tap_tmp/bin/valgrind"
chmod +x "$tap_tmp/bin/valgrind"
for lib in libjemalloc.so.2 libtcmalloc_minimal.so.4; do
	echo "not a library" >"$tap_tmp/peers/$lib"
done
LD_LIBRARY_PATH=$tap_tmp/peers
PATH=$tap_tmp/bin:$PATH
export LD_LIBRARY_PATH PATH

# What the preset is by itself.
run 0 "--preset peers --dry-run" sweep --preset peers --dry-run
says "$out" '^allocators  mutex mutex:hold=0 glibc jemalloc .*tcmalloc' \
    "our default, Go's shape and all others"
says "$out" '^workloads   pair-16 remote-64$' "the patterns only"
says "$out" '^threads     1,2,8,32,128$' "its thread counts"
says "$out" 'counts of instructions$' "it counts instructions"
run 0 "other presets --dry-run" sweep --dry-run --threads 1
says "$out" '^workloads   pairs larson churn-64$' "... have no pattern"
says "$out" '^allocators  mutex mutex-fifo ck rcu glibc jemalloc ' \
    "... run all allocators"
that "... count nothing" sh -c "! grep -q instructions '$out'"

res=$tap_tmp/results
series=mutex,ck:default,mutex:hold=0,glibc,tcmalloc
run 0 "a sweep of peers" sweep --preset peers --rounds 3 --threads 1,2 \
    --allocators $series --output "$res"
says "$err" 'no instructions of tcmalloc: exit status 9' \
    "what cannot be counted is said"
dir=$(sweep_of "$res")
md=$dir/costs.md csv=$dir/costs.csv
that "... has a count for each pattern and allocator" \
    [ "$(find "$dir/instructions" -name '*.json' | wc -l)" -eq 10 ]

# remote-64 with one thread is something else, so it has no row there.
that "costs.csv has a row per pattern, threads and allocator" \
    [ "$(wc -l <"$csv")" -eq 16 ]
that "... but not with too few threads" \
    sh -c "! grep -q '^remote-64,1,' '$csv'"

# The figures, computed once more from the table of cells.
awk -F, '
FNR == NR {
	if (FNR > 1 && $5 == "ok")
		v[$1 "," $3 "," $2, ++n[$1 "," $3 "," $2]] = 1e9 / $6
	next
}
function middle(k,   a, b, c, t) {
	a = v[k, 1]; b = v[k, 2]; c = v[k, 3]
	if (a > b) { t = a; a = b; b = t }
	if (b > c) { t = b; b = c; c = t }
	return a > b ? a : b
}
function off(x, y) { return x > y * 1.00001 || x < y * 0.99999 }
FNR > 1 {
	m = middle($1 "," $2 "," $3)
	if (off($4, m))
		print $0 ": the median is " m
	row = $1 "," $2
	if (!(row in best) || m < best[row])
		best[row] = m
	ratio[FNR] = $8; ns[FNR] = m; of[FNR] = row
}
END {
	for (i in ratio)
		if (off(ratio[i], ns[i] / best[of[i]]))
			print of[i] ": ratio " ratio[i] " of " ns[i]
}' "$dir/data.csv" "$csv" >"$tap_tmp/wrong"
check "costs.csv: medians and ratios are those of the cells" "$tap_tmp/wrong"

awk -F, 'FNR > 1 && $3 == "glibc" { s += log($8); n++ }
END { printf "%.3f\n", exp(s / n) }' "$csv" >"$tap_tmp/mean"
that "costs.md: the geometric mean over all rows" \
    sh -c "grep '^| all (3 rows)' '$md' | grep -q ' $(cat "$tap_tmp/mean") |'"
that "costs.json says the same" python3 -c "
import csv, json, math, sys
j = json.load(open('$dir/costs.json'))
rows = list(csv.DictReader(open('$csv')))
for r in j['rows']:
    for a, o in r['ns'].items():
        c = [x for x in rows if x['workload'] == r['workload'] and
             x['allocator'] == a and int(x['threads']) == r['threads']][0]
        assert abs(float(c['ns']) / o['median'] - 1) < 1e-5, (r, a)
        assert o['lo'] <= o['median'] <= o['hi'] and o['rounds'] == 3
all = [m for m in j['geometric_means'] if m['threads'] == 0][0]
assert all['rows'] == 3
for a, x in all['ratio'].items():
    v = [r['ns'][a]['ratio'] for r in j['rows']]
    assert abs(math.exp(sum(map(math.log, v)) / 3) / x - 1) < 1e-9, a
"

# counts WORKLOAD ALLOCATOR NUMBER
counts() {
	if grep -q "^$1,[12],$2,.*,$3\$" "$csv"; then
		ok "$1 on $2: $3 instructions"
	else
		not_ok "$1 on $2: $3 instructions"
		note "$(grep "^$1,[0-9]*,$2," "$csv")"
	fi
}
counts pair-16 mutex 60
counts remote-64 mutex:hold=0 60
counts pair-16 glibc 600
says "$csv" '^pair-16,1,tcmalloc,.*,$' "what was not counted is empty"
says "$md" '^| pair-16 | \*\*60\.0\*\* .* | 600 (10\.00) | - |' \
    "costs.md has them, with the ratio to the least"
says "$md" 'tcmalloc: exit status 9' "... and why there are none"
says "$dir/instructions/pair-16.tcmalloc.json" 'it does not like valgrind' \
    "... in its own words in the count's file"
says "$dir/report.html" 'href="costs.md"' "the page leads there"

# resume: what is counted is not counted again.
rm "$dir/instructions/pair-16.glibc.json"
run 0 "--resume with one count missing" sweep --resume "$dir"
that "... counts it" [ -s "$dir/instructions/pair-16.glibc.json" ]
rm "$tap_tmp/bin/valgrind"
if command -v valgrind >/dev/null; then
	skip "without valgrind" "there is one on this machine"
else
	run 0 "without valgrind" sweep --preset peers --rounds 1 --threads 1 \
	    --allocators mutex --workloads pair-16 --output "$tap_tmp/without"
	says "$out" 'No instructions are counted: there is no valgrind' \
	    "... it says so"
	says "$(sweep_of "$tap_tmp/without")/costs.md" 'Not counted' \
	    "... in the table too"
fi

# A sweep that is not of patterns has no such table.
run 0 "a sweep of a workload" sweep --rounds 1 --threads 1 \
    --workloads larson --allocators mutex --output "$tap_tmp/list"
that "... has no table of costs" \
    [ ! -e "$(sweep_of "$tap_tmp/list")/costs.md" ]

done_testing
