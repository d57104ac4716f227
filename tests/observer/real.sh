#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# real.sh - make observer-check as users run it, and with a cost planted that it
# must find: objects are counted while hooks are said to be off.
#
# Run by make check-long.  $builddir is a configured build.

. "$(dirname "$0")/../tap.sh"
: "${builddir:=$srcdir/build}"
if [ -n "${SL_SANITIZER:-}" ]; then
	skip "hooks that are off cost nothing" \
	    "a sanitizer's instructions would be counted"
	done_testing
fi
if ! command -v valgrind >/dev/null; then
	skip "hooks that are off cost nothing" \
	    "no valgrind to count with (Debian package: valgrind)"
	done_testing
fi
if grep -q '^#define SL_DEBUG 1' "$builddir/config.h"; then
	skip "hooks that are off cost nothing" \
	    "with --enable-debug the checks would be counted"
	done_testing
fi
tap_tmpdir
# Of the make that runs us, and not for the one that we run.
unset MAKEFLAGS MFLAGS MAKELEVEL

if make -C "$builddir" --no-print-directory observer-check \
    OBSERVER_OUTPUT="$tap_tmp/results" >"$tap_tmp/out" 2>&1; then
	ok "hooks that are off cost nothing"
	tail -n 20 "$tap_tmp/out" | sed 's/^/# /'
else
	not_ok "hooks that are off cost nothing"
	tail -n 30 "$tap_tmp/out" | sed 's/^/# /'
fi
status=0
OBSERVER_OFF=accounting=thread OBSERVER_SETTINGS='' \
    sh "$srcdir/build-aux/observer.sh" "$builddir" "$tap_tmp/planted" \
    >"$tap_tmp/out" 2>&1 || status=$?
if [ $status -eq 1 ] && grep -q 'FAILED: .* of pair' "$tap_tmp/out"; then
	ok "a planted cost is found"
else
	not_ok "a planted cost is found"
	note "status $status"
	note_file "$tap_tmp/out"
fi
done_testing
