#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# controls.sh - variants must not differ on a control: where they do a warning
# says so, wherever a report is read; where they do not there is none.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

export FAKE_SPEED
sweep="--workloads pairs,larson --allocators mutex,mutex:hold=8,ck,rcu,glibc"
sweep="$sweep --threads 1 --rounds 8"
line="On the control workload 'pairs', ck differs from mutex"

# A difference on larson is what is looked for; that other options or another's
# malloc differ on a control is none of the harness' faults.
FAKE_SPEED='larson.ck=0.5 pairs.glibc=0.5 hold=8=0.5'
# shellcheck disable=SC2086 # words are wanted
run 0 "variants that differ where they may" sweep $sweep --output "$tap_tmp/no"
dir=$(sweep_of "$tap_tmp/no")
says "$dir/results.md" '^## pairs (control)' "... beside a control"
that "... no warning" sh -c \
    "! grep -l 'On the control workload' '$out' '$dir'/results.md \
    '$dir'/report.html"

FAKE_SPEED='pairs.ck=0.8'
# shellcheck disable=SC2086
run 0 "a variant that differs on a control" sweep $sweep --output "$tap_tmp/yes"
dir=$(sweep_of "$tap_tmp/yes")
says "$out" "^warning  *$line by -[12][0-9] % over all thread counts" \
    "... a warning at its end"
says "$out" "$line.* at 1 threads by -[12][0-9] %" "... with the place"
says "$dir/results.md" "^Warning: $line" "... in results.md"
says "$dir/report.html" "<li>On the control workload .*pairs.*, ck differs" \
    "... and in the page"
that "... of that variant alone" \
    [ "$(grep -c 'On the control workload' "$dir/results.md")" -eq 1 ]
run 0 "report again" report "$dir"
says "$out" "^warning  *$line" "... warns again"

# Nor of less than the machine moves by.
FAKE_SPEED='pairs.ck=0.98'
# shellcheck disable=SC2086
run 0 "two percent" sweep $sweep --output "$tap_tmp/little"
that "... no warning" sh -c "! grep 'On the control workload' '$out'"

done_testing
