#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# thread.sh - the thread sanitizer over the C tests, with every invariant.
#
# Variants whose atomics it sees: see HACKING.md for the others.

. "$(dirname "$0")/lib.sh"

# Fork takes more locks at once than the deadlock detector can count; ranks do
# what it would.  Children of fork may make threads.
export TSAN_OPTIONS='detect_deadlocks=0 die_after_fork=0 history_size=4
    handle_segv=0'
lane thread mutex,mutex-fifo,tagstack,spanset --enable-sanitizer=thread \
    --enable-debug
for t in t_exit t_fork t_forked t_spawn; do
	leave_out $t "threads in a child of fork are too much for the sanitizer"
done
leave_out t_dead_thread "the sanitizer's thread ends before ours does"
for t in t_mpagealloc t_mpagegrow t_mpagecache; do
	leave_out $t "limits on address space are too much for the sanitizer"
done
leave_out t_signal "the sanitizer delivers signals when it likes"
leave_out t_trace "the sanitizer stands in the call stacks"
run_tests unit face seam set
done_testing
