#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# valgrind.sh - memcheck over the C tests of core, and of one variant those of
# the C face and of threads that run in one process.

. "$(dirname "$0")/lib.sh"

if ! command -v valgrind >/dev/null; then
	skip "memcheck" "NOT CHECKED: no valgrind (Debian package: valgrind)"
	done_testing
fi
# malloc shall be ours, not valgrind's.
under='valgrind -q --error-exitcode=99 --soname-synonyms=somalloc=nouserintercepts'
lane valgrind mutex --enable-debug
leave_out t_mpagegrow "address space ends elsewhere under valgrind"
leave_out t_sys "it touches memory that is not there, on purpose"
unannotated t_conserve t_large t_realloc t_tiny
run_tests unit set
: "${LANE_TESTS:=t_align t_conserve t_crowd t_dead_thread t_large t_malloc_api
    t_malloc_info t_realloc t_threads t_tiny}"
LANE_TESTS=$(echo $LANE_TESTS)
run_tests seam
done_testing
