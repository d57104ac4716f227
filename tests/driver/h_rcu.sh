#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# h_rcu.sh - make bench-rcu: its page says what its numbers say.
#
# Run by make check, once.  Known figures first, then a small run of the real
# programs.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

unset SPANLAB_OPTIONS
page() {
	"$srcdir/build-aux/h-rcu.sh" "$srcdir" "$1" "$2"
}

# --- known figures -----------------------------------------------------------

# row WORKLOAD SET THREADS ROUND OPERATIONS: in one second.
row() {
	echo "$1,$2,$3,$4,ok,$5,$5,1,$6,$7,64,2,0"
}
mkdir "$tap_tmp/sweep"
cat >"$tap_tmp/sweep/sweep.json" <<'EOT'
{
 "git_rev": "abcdef0",
 "started": "2026-01-02T03:04:05Z",
 "host": {
  "cpu_model": "A CPU",
  "cpus_allowed": 2
 }
}
EOT
{
	echo "workload,allocator,threads,round,status,ops_per_s,mallocs,makespan_s,set_scanned,set_grace_periods,set_backlog_bytes,set_backlog_most,set_lock_waits"
	for w in updates updates-scanned; do
		for t in 1 8; do
			for r in 1 2 3; do
				row $w ck $t $r $((r * 3000000)) 0 0
				n=$((r * 3000000))
				[ $w-$t = updates-1 ] && n=$((r * 2500000))
				row $w rcu $t $r $n $((n / 2)) 7
				[ $w-$t = updates-8 ] && n=$((r * 300000))
				row $w rcu:limbo=1073741824 $t $r $n 0 7
			done
		done
	done
	echo "updates,ck,8,4,failed,,,,,,,,"
} >"$tap_tmp/sweep/data.csv"
that "the page is made" page "$tap_tmp/sweep" "$tap_tmp/to"
md=$tap_tmp/to/README.md
says "$md" '2026-01-02T03:04:05Z, revision abcdef0, on 2 CPUs (A CPU)' \
    "when, what, where"
says "$md" '^| rcu | 5.00 (2.50-7.50) | 1.20 | 0.50 (0.50-0.50) | 7 ' \
    "the median, its spread, the cost beside ck, what was walked past"
says "$md" '^| <= 1.5, threads <= CPUs | rcu | 1.20 at 1 threads | holds |$' \
    "what holds"
says "$md" '^| >= 5, threads > CPUs | rcu:.* | 10.00 at 8 .* | holds |$' \
    "what holds in a crowd"
says "$md" '^| >= 5, scanners | rcu:.* | 1.00 at 1 .* | does not hold |$' \
    "what does not"
says "$md" '1 runs did not end well' "what failed is told"
that "the numbers are beside it" cmp "$tap_tmp/sweep/data.csv" \
    "$tap_tmp/to/data.csv"
sed 's/set_scanned/other/' "$tap_tmp/sweep/data.csv" >"$tap_tmp/csv"
mv "$tap_tmp/csv" "$tap_tmp/sweep/data.csv"
that "a column that is missing is an error" \
    [ "$(page "$tap_tmp/sweep" "$tap_tmp/bad" >/dev/null 2>&1 ||
	echo error)" = error ]
that "... and no page" [ ! -e "$tap_tmp/bad/README.md" ]

# --- the real programs -------------------------------------------------------

SPANLAB_BENCH_DIR=$REAL_BENCH_DIR
for v in ck rcu; do
	if [ ! -x "$SPANLAB_BENCH_DIR/bench-mcentral-$v" ]; then
		skip "a real run" "bench-mcentral-$v is not built"
		done_testing
	fi
done
run 0 "a real sweep" sweep --preset rcu --rounds 1 --threads 1,4 \
    --allocators ck,rcu:limbo=100 --output "$tap_tmp/real"
dir=$(sweep_of "$tap_tmp/real")
that "its page is made" page "$dir" "$tap_tmp/real-page"
for w in updates updates-scanned; do
	f=$dir/cells/$w.rcu:limbo=100.T4.r1.json
	says "$f" '"check_ok": 1.0' "$w: no span is lost"
	says "$f" '"set_grace_periods": [1-9]' "$w: there were grace periods"
	says "$f" '"set_scanned": [1-9]' "$w: nodes were walked past"
	says "$f" '"set_backlog_most": [1-9][0-9]\{0,1\}\(\.\|,\)\|"set_backlog_most": 100\(\.\|,\)' \
	    "$w: never more than 100 nodes wait"
done
says "$dir/cells/updates-scanned.rcu:limbo=100.T4.r1.json" \
    '"scans": [1-9]' "the scanners were there"
done_testing
