#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# variants_doc.sh - what the documents say of the variants is up to date.
#
# usage: variants_doc.sh [TREE], with $builddir naming a build
#
# Makes variants/README.md and the lists in README.md and spanlab_variant(7)
# again, by build-aux/variants-doc.sh, and compares.

. "$(dirname "$0")/lib.sh"

: "${builddir:=build}"
if [ -n "${SL_SANITIZER:-}" ]; then
	builddir=-
	note "a sanitizer's libraries are not asked"
fi
if ! sh build-aux/variants-doc.sh . "$builddir" "$tap_tmp/out" \
    >"$tap_tmp/err" 2>&1; then
	not_ok "build-aux/variants-doc.sh runs"
	note_file "$tap_tmp/err"
	done_testing
fi
ok "build-aux/variants-doc.sh runs"
for file in variants/README.md README.md doc/spanlab_variant.7; do
	diff -u "$file" "$tap_tmp/out/$file" >"$tap_tmp/diff" 2>&1
	check "$file is up to date (make variants-doc)" "$tap_tmp/diff"
done
done_testing
