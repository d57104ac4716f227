#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# address.sh - the address sanitizer over the C tests of all variants, with
# every invariant.

. "$(dirname "$0")/lib.sh"

# Objects are ours, and of no interest to it; its own are few.  A wrong access
# must kill, as it does without the sanitizer.
export ASAN_OPTIONS='detect_leaks=0 detect_stack_use_after_return=1
    handle_segv=0 handle_abort=0'
lane address "$(all_variants)" --enable-sanitizer=address --enable-debug
for t in t_exit t_fork t_spawn; do
	leave_out $t "the sanitizer's malloc is not safe in a child of fork"
done
leave_out t_secure "the sanitizer complains in a privileged program"
leave_out t_trace "the sanitizer stands in the call stacks"
unannotated t_badfree t_bounds t_conserve t_guard t_hooks t_large t_mtype \
    t_realloc t_tiny
run_tests unit face seam set
done_testing
