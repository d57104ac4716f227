#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# trace.sh - a real program is recorded and done again: a producer and a
# consumer, whose objects all pass from one thread to the other, by the real
# bench on the C library's malloc and on ours.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

bench=$REAL_BENCH_DIR/spanlab-bench
v=${VARIANTS:-mutex}
v=${v%% *}
lib=$REAL_LIB_DIR/libspanlab-$v.so
if [ ! -x "$bench" ] || [ ! -r "$lib" ]; then
	skip "a trace is done again" "no spanlab-bench or no $lib"
	done_testing
fi
if [ -n "${SL_SANITIZER:-}" ]; then
	skip "a trace is done again" "sanitized libraries cannot be preloaded"
	done_testing
fi

# 3000 objects from one thread to the other, every third grows on the way.
cat >"$tap_tmp/handover.c" <<'END'
#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
#include <stdlib.h>

static _Atomic(void *) cell[64];

static void *
consume(void *arg)
{
	for (int i = 0; i < 3000; i++) {
		void *p;

		while ((p = atomic_exchange(&cell[i % 64], NULL)) == NULL)
			sched_yield();
		if (i % 3 == 0)
			p = realloc(p, 5000);
		free(p);
	}
	return arg;
}

int
main(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, consume, NULL) != 0)
		return 1;
	for (int i = 0; i < 3000; i++) {
		void *p = i % 2 ? malloc(100 + i) : calloc(1, 100 + i);

		while (atomic_load(&cell[i % 64]) != NULL)
			sched_yield();
		atomic_store(&cell[i % 64], p);
	}
	return pthread_join(t, NULL);
}
END
if ! ${CC:-cc} -O1 -pthread -fno-builtin -o "$tap_tmp/handover" \
    "$tap_tmp/handover.c" >"$tap_tmp/cc" 2>&1; then
	not_ok "the program compiles"
	note_file "$tap_tmp/cc"
	done_testing
fi
trace=$tap_tmp/trace
that "the program is recorded" env LD_PRELOAD="$lib" \
    SPANLAB_OPTIONS="trace=$trace" "$tap_tmp/handover"
that "... the trace is there" [ -s "$trace" ]

# again STATUS WHAT PRELOAD [options]: its JSON is in $json.
json=$tap_tmp/json
again() {
	wanted=$1
	what=$2
	preload=$3
	shift 3
	status=0
	rm -f "$json"
	env ${preload:+LD_PRELOAD="$preload"} "$bench" --workload=trace \
	    --benchmark_out="$json" "$@" >"$out" 2>"$err" || status=$?
	if [ "$status" -eq "$wanted" ]; then
		ok "$what: exit status $wanted"
	else
		not_ok "$what: exit status $status, not $wanted"
		note_file "$err"
	fi
}
number() {
	sed -n "s/.*\"$1\": \([0-9.e+]*\).*/\1/p" "$json" | head -n 1 |
	    awk '{ printf "%.0f\n", $1 }'
}
for threads in 1 2 3 4; do
	for preload in "" "$lib"; do
		on=$(basename "${preload:-the C library}")
		again 0 "$threads threads, $on" "$preload" \
		    --trace="$trace" --threads=$threads --param=passes=3
		that "... three passes" [ "$(number replay_passes)" = 3 ]
		that "... the threads of the program" \
		    [ "$(number replay_threads)" -ge 2 ]
		that "... each object's end was in the other thread" \
		    [ "$(number replay_remote)" -ge 3000 ]
		that "... all that was made was freed" \
		    [ "$(number mallocs)" = "$(number frees)" ]
		that "... and it was all" [ "$(number mallocs)" -ge \
		    $((3 * 4000 * $(number replay_copies))) ]
	done
	says "$json" '"check_ok": 1' "... our heap is whole"
	says "$json" '"live_objects_delta": 0' "... and has nothing left"
done
says "$json" '"trace_digest": "[0-9a-f]\{16\}"' "the record says which trace"

# Bad files.
again 2 "the workload without a trace" ""
says "$err" 'say which: --trace=FILE' "... says what is missing"
again 2 "no such file" "" --trace="$tap_tmp/none"
says "$err" 'No such file' "... says so"
again 2 "no trace" "" --trace="$tap_tmp/handover.c"
says "$err" 'not a chunk of a trace' "... says so"
head -c 5000 "$trace" >"$tap_tmp/cut"
again 2 "half a trace" "" --trace="$tap_tmp/cut"
says "$err" 'cut off' "... says so"

# A wrong order, planted: a record that frees what comes later.  Chunks have 16
# bytes, records begin with their order and the object; this one is the first.
object=$(od -An -v -tu8 -j 24 -N 8 "$trace" | tr -d ' ')
: "${object:?}"
head -c 16 "$trace" >"$tap_tmp/wrong"
printf '\000\000\000\000\000\000\000\000' >>"$tap_tmp/wrong" # order 0
tail -c +25 "$trace" | head -c 8 >>"$tap_tmp/wrong" # the object
printf '\000\000\000\000\000\000\000\000' >>"$tap_tmp/wrong"
printf '\100\000\000\000\000\000\000\000' >>"$tap_tmp/wrong"
printf '\001\000\000\000\003\000\000\000' >>"$tap_tmp/wrong" # it is freed
# its chunk has this record alone
{
	head -c 12 "$tap_tmp/wrong"
	printf '\050\000\000\000'
	tail -c +17 "$tap_tmp/wrong"
	cat "$trace"
} >"$tap_tmp/early"
again 2 "an object that is freed before it is made" "" --trace="$tap_tmp/early"
says "$err" 'order 0, kind 3: .*cannot be' "... is found"

# A sweep of it.
SPANLAB_BENCH_DIR=$REAL_BENCH_DIR
SPANLAB_LIB_DIR=$REAL_LIB_DIR
res=$tap_tmp/results
run 2 "a sweep of no trace" sweep --workloads trace --rounds 1 --threads 2 \
    --allocators "$v" --output "$res"
says "$err" 'say which: --trace FILE' "... is told"
run 2 "a sweep of a file that is not there" sweep --trace "$tap_tmp/none" \
    --rounds 1 --threads 2 --allocators "$v" --output "$res"
says "$err" "cannot read" "... is told"
that "... nothing was created" [ ! -e "$res" ]
run 0 "a sweep of the trace" sweep --trace "$trace" --rounds 1 --threads 1,2 \
    --allocators "$v,glibc" --output "$res"
dir=$(sweep_of "$res")
that "... has a cell of it" [ -s "$dir/cells/trace.$v.T2.r1.json" ]
says "$dir/sweep.json" '"trace_digest": "[0-9a-f]' "... and says which it is"
says "$dir/report.html" 'id="w-trace"' "... a report"
says "$dir/report.html" '--trace /' "... that says how to do it again"
run 0 "... --resume" sweep --resume "$dir"
cp "$tap_tmp/early" "$trace"
run 2 "... --resume when it is another file" sweep --resume "$dir"
says "$err" 'is not the trace that' "... is refused"

done_testing
