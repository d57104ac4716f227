# SPDX-License-Identifier: BSD-2-Clause
# lib.sh - what the tests of `spanlab vmp` share.
#
# Sourced by the tests of this folder after tests/tap.sh.  $build is the build's
# folder, $spanlab the program; what they write is in $tap_tmp.

tap_tmpdir
build=$(cd "${builddir:-$srcdir/build}" && pwd) || exit 1
spanlab=$build/spanlab
unset SPANLAB_OPTIONS SPANLAB_BENCH_DIR SPANLAB_LIB_DIR

# that NAME COMMAND...
that() {
	name=$1
	shift
	if "$@" >"$tap_tmp/said" 2>&1; then
		ok "$name"
	else
		not_ok "$name"
		note_file "$tap_tmp/said"
	fi
}
