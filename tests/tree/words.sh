#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# words.sh - nothing unfinished, nothing of one machine.
#
# usage: words.sh [TREE]
#
# Refused in every text file: marks of unfinished work, and absolute paths
# that exist on one person's machine only.

. "$(dirname "$0")/lib.sh"

# The files of the tree: git's if there is git, otherwise those of a release,
# or all but products.
# Recorded runs and quoted figures are data, not text of ours.
named=${1:-}
tree_files() {
	if [ -e .git ] && git ls-files >/dev/null 2>&1; then
		git ls-files -co --exclude-standard
	elif [ -z "$named" ] && [ -f "${builddir:=build}/Makefile" ]; then
		MAKEFLAGS='' make -s --no-print-directory -C "$builddir" \
		    print-distfiles
	else
		find . -type f ! -path './.git/*' ! -path '*/.deps/*' \
		    ! -path '*/.libs/*' ! -path './autom4te.cache/*' \
		    ! -path './build/*' ! -path './_build/*' \
		    ! -path './_inst/*' ! -name '*.o' ! -name '*.l[oa]' \
		    ! -name 'config.*' ! -name '*.log' ! -name '*.trs' \
		    ! -name '*.vt' ! -name '*.pc' ! -name libtool \
		    ! -name '*.tmp' | sed 's|^\./||'
	fi | grep -v -e '^results/' -e '^papers/.*\.csv$' \
	    -e '^build-aux/' -e '^m4/l[ti]' -e '^aclocal\.m4$' \
	    -e '^configure$' -e '^Makefile' -e '/words\.sh$' \
	    -e '/selftest\.sh$' | while read -r file; do
		[ -f "$file" ] && echo "$file"
	done | sort
}

# shellcheck disable=SC2046 # no file of ours has a space in its name
set -- $(tree_files)
need_files "$@"

grep -InE '(^|[^A-Za-z_])(TODO|FIXME|XXX|HACK|TBD)([^A-Za-z_]|$)' "$@" \
    >"$tap_tmp/unfinished"
grep -IniE '(^|[^a-z_])(stubs?|placeholders?|not (yet )?implemented|unimplemented|dummy implementation)([^a-z_]|$)' \
    "$@" >>"$tap_tmp/unfinished"
check "nothing is marked as unfinished" "$tap_tmp/unfinished"

grep -InE '(^|[^A-Za-z0-9_.}/-])/(home|root|work|Users|mnt|media)(/|$)' "$@" \
    >"$tap_tmp/paths"
check "no path of one machine" "$tap_tmp/paths"

# A name under /tmp that two runs, or two users, would share.
grep -InE '(^|[^A-Za-z0-9_.}/-])/tmp/[A-Za-z0-9]' "$@" >"$tap_tmp/shared"
check "no fixed name under /tmp" "$tap_tmp/shared"

grep -IlE "$(printf '\r')\$" "$@" >"$tap_tmp/crlf"
check "lines end with a newline alone" "$tap_tmp/crlf"

grep -InE "$(printf '[ \t]')+\$" "$@" | grep -v '\.md:' >"$tap_tmp/trail"
check "no white space at the end of lines" "$tap_tmp/trail"
done_testing
