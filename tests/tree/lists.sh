#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# lists.sh - no file is forgotten in the lists that the build goes by.
#
# usage: lists.sh [TREE], with $builddir naming a configured build
#
#   - every file that git knows goes into a release;
#   - every test script and C test is in tests/tests.list, once, and what that
#     names is there;
#   - every source of variants/ has a row in variants.m4, every row a source,
#     and its variant is in README.md and spanlab_variant(7);
#   - every option of the library is in README.md and spanlab(3);
#   - every counter of the library is in its reports, in the bench's records, in
#     data.csv and in the documents.

. "$(dirname "$0")/lib.sh"

# --- releases ------------------------------------------------------------

if [ ! -e .git ] || ! git ls-files >/dev/null 2>&1; then
	skip "a release holds every file" "no git here to list the files"
elif [ ! -f "${builddir:=build}/Makefile" ]; then
	skip "a release holds every file" "no build in $builddir"
else
	# A folder on the list stands for all that is in it.
	MAKEFLAGS='' make -s --no-print-directory -C "$builddir" \
	    print-distfiles >"$tap_tmp/dist" 2>"$tap_tmp/err" ||
	    note_file "$tap_tmp/err"
	git ls-files -co --exclude-standard | while read -r file; do
		[ -f "$file" ] && echo "$file"
	done | awk '
	FILENAME != "-" {
		sub(/\/$/, "")
		listed[$0] = 1
		next
	}
	{
		path = $0
		while (!(path in listed) && sub(/\/[^\/]*$/, "", path))
			;
		if (!(path in listed))
			print $0 ": is in no list of the makefiles"
	}' "$tap_tmp/dist" - >"$tap_tmp/undistributed"
	check "a release holds every file" "$tap_tmp/undistributed"
fi

# --- tests ---------------------------------------------------------------

# What other scripts source is no test.
find tests -type f \( -name '*.sh' -o -name 't_*.c' \) ! -name lib.sh \
    ! -name tap.sh ! -path '*/.deps/*' | sort >"$tap_tmp/have"
awk '/^[^#]/ && NF >= 2 { print $2 }' tests/tests.list | sort >"$tap_tmp/want"
comm -23 "$tap_tmp/have" "$tap_tmp/want" >"$tap_tmp/idle"
check "every test is in tests/tests.list" "$tap_tmp/idle"

while read -r file; do
	[ -f "$file" ] || echo "$file"
done <"$tap_tmp/want" >"$tap_tmp/gone"
check "what tests/tests.list names is there" "$tap_tmp/gone"

uniq -d "$tap_tmp/want" >"$tap_tmp/twice"
check "no test is listed twice" "$tap_tmp/twice"

grep '\.sh$' "$tap_tmp/have" | while read -r file; do
	[ -x "$file" ] || echo "$file"
done >"$tap_tmp/rights"
check "test scripts can be run alone" "$tap_tmp/rights"

# --- variants ------------------------------------------------------------

sed -n 's/^SL_[A-Z]*(\[\([^]]*\)\], *\[\([^]]*\)\].*/\1 \2/p' \
    variants/variants.m4 >"$tap_tmp/variants"
for file in variants/*.c; do
	grep -q " ${file#variants/}\$" "$tap_tmp/variants" ||
	    echo "$file: no row in variants/variants.m4"
done >"$tap_tmp/rows"
while read -r name file; do
	[ -f "variants/$file" ] || echo "variants/$file: no source of $name"
done <"$tap_tmp/variants" >>"$tap_tmp/rows"
check "rows of variants/variants.m4 and sources agree" "$tap_tmp/rows"

while read -r name file; do
	grep -q "^SL_LINKED(\[$name\]" variants/variants.m4 && continue
	for page in README.md doc/spanlab_variant.7; do
		grep -qE "(^|[^a-z-])$name([^a-z-]|\$)" "$page" 2>/dev/null ||
		    echo "$page: no word of $name"
	done
done <"$tap_tmp/variants" >"$tap_tmp/docs"
check "every variant is in README.md and spanlab_variant(7)" "$tap_tmp/docs"

# --- options of the library -------------------------------------------------

sed -n 's/^ *\(NUMBER\|SWITCH\|WORD\|PATH\|FORM\)("\([^"]*\)".*/\2/p' \
    core/options.c >"$tap_tmp/options"
[ -s "$tap_tmp/options" ] || echo "core/options.c: no table" >"$tap_tmp/odocs"
while read -r name; do
	grep -q "^| \`$name=" README.md || echo "README.md: no row for $name="
	grep -q "^\.It Cm $name " doc/spanlab.3 ||
	    echo "doc/spanlab.3: no item for $name="
done <"$tap_tmp/options" >>"$tap_tmp/odocs"
check "every option is in README.md and spanlab(3)" "$tap_tmp/odocs"

# --- counters ----------------------------------------------------------------

# Members of a structure of core/spanlab.h that are numbers.
members() {
	sed -n "/^struct $1 {/,/^};/p" core/spanlab.h |
	    sed 's,/\*.*,,; s,^ \*.*,,' | tr ';' '\n' |
	    sed -n 's/^[ 	]*uint64_t //p' | tr ', ' '\n\n' | grep .
}
members sl_stats >"$tap_tmp/stats"
members sl_class_stats >"$tap_tmp/columns"
[ "$(wc -l <"$tap_tmp/stats")" -gt 50 ] &&
    [ "$(wc -l <"$tap_tmp/columns")" -gt 30 ] ||
    echo "core/spanlab.h: where are the counters?" >"$tap_tmp/uncounted"
while read -r name; do
	grep -qE "[ (]$name\)" harness/record_stats.c ||
	    echo "harness/record_stats.c: no $name"
	for file in doc/spanlab.3 core/mreport_fields.c; do
		grep -qw "$name" $file || echo "$file: no $name"
	done
done <"$tap_tmp/stats" >>"$tap_tmp/uncounted"
while read -r name; do
	grep -q "F($name," core/mreport_fields.c ||
	    echo "core/mreport_fields.c: no $name"
done <"$tap_tmp/columns" >>"$tap_tmp/uncounted"
check "every counter is reported, recorded and in spanlab(3)" \
    "$tap_tmp/uncounted"

# What a record has a report reads, and results/README.md explains.
{
	sed -n 's/^ *STAT("\([^"]*\)".*/\1/p; s/^ *SAME(\([^)]*\)).*/\1/p' \
	    harness/record_stats.c
	sed -n 's/^ *IN_CLASS("\([^"]*\)".*/top1_\1/p' harness/record_stats.c
} >"$tap_tmp/recorded"
[ "$(wc -l <"$tap_tmp/recorded")" -gt 70 ] ||
    echo "harness/record_stats.c: no tables" >"$tap_tmp/unread"
while read -r name; do
	grep -q "\"$name\"" harness/driver/results.h ||
	    echo "harness/driver/results.h: no $name"
	grep -q "\`$name\`" results/README.md ||
	    echo "results/README.md: no $name"
done <"$tap_tmp/recorded" >>"$tap_tmp/unread"
check "every counter of a record is in data.csv and results/README.md" \
    "$tap_tmp/unread"

# --- manual pages ----------------------------------------------------------

if command -v mandoc >/dev/null; then
	for page in doc/*.[1-8]; do
		[ -f "$page" ] && mandoc -T lint -W warning "$page"
	done >"$tap_tmp/lint" 2>&1
	check "manual pages are clean" "$tap_tmp/lint"
else
	skip "manual pages are clean" \
	    "NOT CHECKED: no mandoc (Debian package: mandoc)"
fi
done_testing
