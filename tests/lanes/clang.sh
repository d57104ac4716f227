#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# clang.sh - the C tests of all variants built by clang, with every invariant.
#
# The two compilers differ where C leaves the order of evaluation open.

. "$(dirname "$0")/lib.sh"

if ! clang --version >/dev/null 2>&1; then
	skip "clang" "NOT CHECKED: no clang (Debian package: clang)"
	done_testing
fi
lane clang "$(all_variants)" CC=clang CXX=clang++ --enable-debug
run_tests unit face seam set mock load
done_testing
