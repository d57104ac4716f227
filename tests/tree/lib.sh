# SPDX-License-Identifier: BSD-2-Clause
# lib.sh - what the checks of the tree share.
#
# Sourced by the scripts of this folder.  A check reads the tree $1, or
# $srcdir, and leaves findings, one per line, in files under $tap_tmp.

. "$(dirname "$0")/../tap.sh"
tap_tmpdir
treedir=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$srcdir}" || exit 1

# c_files FOLDER...: our C and C++ sources below the folders, sorted.
# A build made inside the tree leaves generated files; those have no place
# in a commit and are passed over.
c_files() {
	for dir; do
		[ -d "$dir" ] || continue
		find "$dir" -type f \( -name '*.[ch]' -o -name '*.cc' \) \
		    ! -path '*/.deps/*' ! -path '*/.libs/*'
	done | sort
}

# need_files FILE...: a rule over an empty list proves nothing.
need_files() {
	if [ $# -eq 0 ]; then
		not_ok "there are files to check"
		done_testing
	fi
	ok "there are files to check ($#)"
}

# lex PROGRAM FILE...: runs an awk program for which line, code and comment
# hold each line of each file, see clex.awk.
lex() {
	lex_prog=$1
	shift
	awk -f "$treedir/clex.awk" -f "$treedir/$lex_prog" "$@"
}
