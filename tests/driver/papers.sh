#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papers.sh - publications: their files are well formed, a judge that is asked
# what is false says no, one whose variant is broken says no, and what was
# interrupted goes on.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

export SPANLAB_PAPERS_DIR
res=$tap_tmp/results

# Those of the tree.
SPANLAB_PAPERS_DIR=$srcdir/papers
run 0 "papers" papers
says "$out" '^control .* claims ' "... lists the control"
that "... lists at least ten others" [ "$(grep -c ' claims ' "$out")" -gt 10 ]
for d in "$srcdir"/papers/*/; do
	that "$(basename "$d") has a reference and a page" \
	    [ -s "$d/paper.bib" -a -s "$d/README.md" ]
done
run 2 "a publication that is not there" reproduce nothing
says "$err" "there is no publication 'nothing'" "... says so"
run 2 "reproduce of nothing" reproduce

# The control, with the real programs.
cp "$tap_tmp/bench/spanlab-bench" "$tap_tmp/fake"
real() {
	SPANLAB_BENCH_DIR=$REAL_BENCH_DIR SPANLAB_LIB_DIR=$REAL_LIB_DIR run "$@"
}
if [ -x "$REAL_BENCH_DIR/spanlab-bench" ]; then
	real 0 "the control" reproduce control --rounds 5 --output "$res"
	that "... all its claims come out not reproduced" \
	    [ "$(grep -c ' not reproduced ' "$out")" -eq 3 ]
	real 0 "the fits of published data" reproduce usl --output "$res"
	says "$out" '^claims  *5 reproduced, 0 not' "... are the published ones"
else
	skip "the control" "NOT CHECKED: no $REAL_BENCH_DIR/spanlab-bench"
fi

# A bench that answers at once: 100 by mutex, 200 by ck, unless it is broken.
# It stops its driver by SIGTERM, since SIGINT may be ignored where tests run.
cat >"$tap_tmp/bench/spanlab-bench" <<'END'
#!/bin/sh
case $1 in
--list-json) echo '[{"name": "w"}]'; exit 0 ;;
esac
for arg; do
	case $arg in
	--threads=*) threads=${arg#*=} ;;
	--workload=*) workload=${arg#*=} ;;
	--benchmark_out=*) out=${arg#*=} ;;
	esac
done
echo "$workload ${LD_PRELOAD##*/} $threads" >>"$FAKE_LOG"
[ -z "${FAKE_STOP:-}" ] || [ "$(wc -l <"$FAKE_LOG")" -lt 4 ] ||
    kill -TERM "$PPID"
case $LD_PRELOAD in
*-ck.so) name=ck ops=${FAKE_CK:-200} ;;
*) name=mutex ops=100 ;;
esac
cat >"$out" <<JSON
{"context": {"allocator": "$name", "allocator_path": "$LD_PRELOAD",
  "options_all": "$SPANLAB_OPTIONS"},
 "benchmarks": [{"run_type": "iteration", "threads": $threads,
  "ops_per_s": $ops, "mallocs": 10, "check_ok": 1}]}
JSON
END
FAKE_LOG=$tap_tmp/log
export FAKE_LOG
mkdir -p "$tap_tmp/papers/p" "$tap_tmp/papers/q"
cat >"$tap_tmp/papers/p/experiment" <<'END'
title a paper of the test
machine none
series s
  workload w size=8
  allocators mutex ck
  threads 1 64
END
cat >"$tap_tmp/papers/p/claims" <<'END'
claim faster
  says      ck is faster than <b>mutex</b>
  source    page 1
  published 2 x
  order     ops(s/ck T=1) > ops(s/mutex T=1)
  expect    >= 1.5 x
  because   it is a test
claim larger
  says      it scales
  source    page 2
  published 60 x
  value     ops(s/ck T=64) / ops(s/ck T=1)
  expect    >= 30 x
  because   it is a test
  needs     cpus >= 65000
figure f
  title     by threads
  source    page 3
  x         threads
  unit      ops/s
  published-unit ops/s
  published ck: 1=2 64=120
  measured  ck: ops(s/ck T=*)
END
cp "$tap_tmp/papers/p/claims" "$tap_tmp/papers/p/experiment" \
    "$tap_tmp/papers/q"
SPANLAB_PAPERS_DIR=$tap_tmp/papers
lines() {
	wc -l <"$FAKE_LOG"
}

: >"$FAKE_LOG"
FAKE_STOP=yes run 130 "interrupted" reproduce p --rounds 5 --others 100 --output "$res/a"
run 0 "the same again" reproduce p --rounds 5 --others 100 --output "$res/a"
that "... runs what was missing, 15 cells in all and the one that was killed" \
    [ "$(lines)" -le 16 ]
says "$out" 'faster  *reproduced  *2 x (exact)' "... and judges"
says "$out" 'larger  *inconclusive .*needs cpus >= 65000' \
    "... but not what needs a larger machine"
says "$out" '^claims  *1 reproduced, 0 not reproduced, 1 inconclusive' \
    "... which is not counted as reproduced"
dir=$(echo "$res"/a/*-quick)
for f in html md json; do
	that "... writes report.$f" [ -s "$dir/report.$f" ]
done
that "... with nothing in it that could be markup" \
    sh -c "! grep -q '<b>mutex' '$dir/report.html'"
before=$(lines)
run 0 "another publication with the same cells" reproduce q --rounds 5 --others 100 --output "$res/a"
that "... measures nothing again" [ "$(lines)" -eq "$before" ]
FAKE_CK=50 run 1 "a variant that was broken" reproduce p --rounds 5 --others 100 --output "$res/b"
says "$out" 'faster  *not reproduced' "... makes its claim fail"
echo "another build" >"$tap_tmp/lib/libspanlab-ck.so"
before=$(lines)
run 0 "another build of the variant" reproduce p --rounds 5 --others 100 --output "$res/a"
that "... is measured anew" [ "$(lines)" -gt "$before" ]

# A claim without a unit that fits is refused before anything runs.
sed 's/>= 1.5 x/>= 1.5 ns/' "$tap_tmp/papers/p/claims" \
    >"$tap_tmp/papers/q/claims"
run 2 "a claim with a wrong unit" reproduce all --output "$res/c"
says "$err" 'q/claims:6: the unit ns does not fit' "... is refused by its line"
that "... and nothing was made" [ ! -e "$res/c" ]

done_testing
