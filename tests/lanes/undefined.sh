#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# undefined.sh - the undefined sanitizer over the C tests of all variants, with
# every invariant.

. "$(dirname "$0")/lib.sh"

export UBSAN_OPTIONS='print_stacktrace=1 halt_on_error=1'
lane undefined "$(all_variants)" --enable-sanitizer=undefined --enable-debug
run_tests unit face seam set mock load
done_testing
