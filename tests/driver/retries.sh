#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# retries.sh - cells that crash or time out are tried again if asked, and no
# failed try is lost or hidden.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

FAKE_ONCE=$tap_tmp/once
FAKE_HANG=600
export FAKE_ONCE FAKE_HANG FAKE_TROUBLE
few="--workloads larson --allocators mutex,ck,rcu --threads 1,2 --rounds 1"

# Not asked for: a crash is a result.
: >"$FAKE_ONCE"
FAKE_TROUBLE=larson.ck.T1=crash
# shellcheck disable=SC2086 # words are wanted
run 1 "a crash, by default" sweep $few --output "$tap_tmp/none"
says "$out" '^cells  *5 done, 1 failed, 0 missing$' "... has failed"
none=$(sweep_of "$tap_tmp/none")
that "... and says nothing of tries" sh -c \
    "! grep -q 'failed_tries\"' '$none/cells/larson.ck.T1.r1.failed.json'"

# Once each: the second try is good.  A wrong allocator is wrong again.
: >"$FAKE_ONCE"
FAKE_TROUBLE='larson.ck.T1=crash larson.ck.T1=hang larson.rcu.T2=crash
larson.rcu.T1=wrong'
FAKE_TROUBLE=$(echo "$FAKE_TROUBLE" | tr '\n' ' ')
# shellcheck disable=SC2086
run 1 "with --retries 2" sweep $few --retries 2 --timeout 3 \
    --output "$tap_tmp/two"
dir=$(sweep_of "$tap_tmp/two")
says "$out" '^cells  *5 done, 1 failed, 0 missing$' "... the others are good"
says "$out" '^tries  *3 tries of 2 cells failed and were made again: 2 crashed, 1 timed out$' \
    "... and it says how many tries it took"
says "$err" 'larson.ck.T1.r1: tried again 2 times' "... and which, as it goes"
says "$dir/results.md" '^3 tries of 2 cells failed and were made again' \
    "... in results.md"
says "$dir/report.html" '3 tries of 2 cells failed and were made again' \
    "... in the page"
says "$dir/report.html" 'larson.ck.T1.r1, try 1, made again</th><td>crashed' \
    "... where each try is listed"
says "$dir/report.html" 'larson.ck.T1.r1, try 2, made again</th><td>timeout' \
    "... the second too"
column=$(head -n 1 "$dir/data.csv" | tr ',' '\n' | grep -nx failed_tries |
    cut -d: -f1)
that "... in data.csv: 2 of ck, 1 of rcu" [ "$(cut -d, -f2,3,"$column" \
    "$dir/data.csv" | grep -cx 'ck,1,2\|rcu,2,1')" -eq 2 ]
says "$dir/sweep.json" '"retries": 2' "the manifest has the number"
f=$dir/cells/larson.ck.T1.r1.json
that "the cell's file has both tries, in order" sh -c \
    "grep '\"status\"' '$f' | tr -d ' \n' |
    grep -qxF '\"status\":\"crashed\",\"status\":\"timeout\",'"
says "$f" '"detail": "killed by signal 11' "... with what was said of them"
that "... and the failure is no file of its own any more" \
    [ ! -e "$dir/cells/larson.ck.T1.r1.failed.json" ]
says "$dir/cells/larson.rcu.T1.r1.failed.json" '"status": "wrong-allocator"' \
    "a wrong allocator was not tried again"
that "... as its file says" sh -c \
    "! grep -q failed_tries '$dir/cells/larson.rcu.T1.r1.failed.json'"

# As often as said, and not once more.
unset FAKE_ONCE
FAKE_TROUBLE=larson.ck.T1=crash
# shellcheck disable=SC2086
run 1 "what always crashes, with --retries 2" sweep $few --retries 2 \
    --output "$tap_tmp/always"
dir=$(sweep_of "$tap_tmp/always")
f=$dir/cells/larson.ck.T1.r1.failed.json
that "... is tried three times, and all are kept" \
    [ "$(grep -c '"status": "crashed"' "$f")" -eq 3 ]
says "$out" '^tries  *2 tries of 1 cell failed and were made again' \
    "... the last is the result"
run 1 "--resume" sweep --resume "$dir"
says "$out" '^measured  *0 cells' "... does not try it again"
run 1 "--resume with one more" sweep --resume "$dir" --retries 3
says "$out" '^measured  *1 cells' "... does, once"
that "... and keeps all four" \
    [ "$(grep -c '"status": "crashed"' "$f")" -eq 4 ]
FAKE_TROUBLE=
run 0 "--resume with one more, that is good" sweep --resume "$dir" --retries 4
says "$out" '^tries  *4 tries of 1 cell failed' "... and the others are told of"
that "... and in its file" [ "$(grep -c '"status": "crashed"' \
    "$dir/cells/larson.ck.T1.r1.json")" -eq 4 ]

run 2 "a bad number" sweep --retries 11
says "$err" "'11' is not a whole number from 0 to 10" "... is refused"
run 2 "no number" sweep --retries x
sed -i 's/"retries": 4/"retries": -1/' "$dir/sweep.json"
run 2 "a bad number in sweep.json" report "$dir"

done_testing
