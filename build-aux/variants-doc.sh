#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# variants-doc.sh - what the documents say of the variants, from the table and
# from what the built libraries say of themselves.
#
# usage: variants-doc.sh TREE BUILD OUT
#
# Writes OUT/variants/README.md and, with their list of variants made anew,
# OUT/README.md and OUT/doc/spanlab_variant.7.  Run by `make variants-doc`,
# where OUT is the tree, by new-variant.sh, and by a test that compares.
# BUILD is a folder with libraries, or "-".  What a variant that is not built
# there says is taken from the variants/README.md that there is.

if [ $# -ne 3 ]; then
	echo "usage: variants-doc.sh TREE BUILD OUT" >&2
	exit 2
fi
tree=$1
build=$2
out=$3
table=$tree/variants/variants.m4
old=$tree/variants/README.md
export LC_ALL=C
tmp=$(mktemp -d "${TMPDIR:-/tmp}/spanlab-doc.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT

fail() {
	echo "variants-doc: $*" >&2
	exit 1
}

# name|source|package|summary|kind, a row each
sed -n 's/^SL_\(VARIANT\|BOUND\)(\[\([^]]*\)\], \[\([^]]*\)\], \[[^]]*\], \[\([^]]*\)\], \[[^]]*\], \[\(.*\)\])$/\2|\3|\4|\5|\1/p' \
    "$table" >"$tmp/rows"
[ -s "$tmp/rows" ] || fail "no rows in $table"

# info NAME: fills $tmp/NAME with what the set says, one `- Word: text.` each.
info() {
	lib=$build/.libs/libspanlab-$1.so
	if [ -f "$lib" ]; then
		[ -f "$tmp/info.o" ] ||
			${CC:-cc} -I"$tree" -c -o "$tmp/info.o" \
			    "$tree/build-aux/variant-info.c" ||
			fail "cannot compile variant-info.c"
		${CC:-cc} -o "$tmp/run" "$tmp/info.o" "$lib" \
		    -Wl,-rpath,"$build/.libs" && "$tmp/run" >"$tmp/$1" ||
			fail "cannot ask $lib"
		return
	fi
	awk -v h="### $1" '
		/^### / { on = $0 == h }
		on && /^- / { print }' "$old" >"$tmp/$1" 2>/dev/null
	[ -s "$tmp/$1" ] ||
		echo "- Progress: known when it is built; then \`make" \
		    "variants-doc\`." >"$tmp/$1"
}

field() {
	sed -n "s/^- $2: \(.*\)\.\$/\1/p" "$tmp/$1"
}

# The table of operations from the head of a source, without its stars.
operations() {
	awk '
	/^ \*\// { exit }
	/^ \* +insert +claim/ { on = 1 }
	on && /^ \*$/ { exit }
	on { sub(/^ \* ?/, ""); print }' "$tree/variants/$1" | expand
}

# The names of a kind: $1, with links that begin with $2.
markdown_table() {
	echo "| Name | What it is | Progress | Order |"
	echo "|------|------------|----------|-------|"
	while IFS='|' read -r name _ _ what kind; do
		[ "$kind" = "$1" ] || continue
		echo "| [\`$name\`]($2#$name) | $what |" \
		    "$(field "$name" Progress) | $(field "$name" Order) |"
	done <"$tmp/rows"
}

bounds_are="Bounds are no sets to use but limits to compare the sets with;
reports draw them as reference lines, and the map of
\`make bench-mcentral\` marks them."

section() { # NAME SOURCE PACKAGE SUMMARY
	printf '\n### %s\n\nIn short: %s.\nSource: [`%s`](%s)' "$1" "$4" "$2" \
	    "$2"
	[ -z "$3" ] || printf '; Debian package: `%s`' "$3"
	printf '.\n\n'
	cat "$tmp/$1"
	operations "$2" >"$tmp/operations"
	[ ! -s "$tmp/operations" ] || {
		printf '\n```\n'
		cat "$tmp/operations"
		printf '```\n'
	}
}

readme_of_variants() {
	cat <<'END'
# The variants

<!-- Made from variants.m4 and from what the libraries say of themselves
     (make variants-doc); not to be edited. -->

Each is one way to build the bag of spans that mcentral keeps for a span
class; [spanlab_variant(7)](../doc/spanlab_variant.7) has the contract, and
[adding-a-variant.md](../doc/adding-a-variant.md) goes through an example.

END
	markdown_table VARIANT ""
	printf '\n%s\n\n' "$bounds_are"
	markdown_table BOUND ""
	cat <<'END'

In the tables of operations `-` is any threads at once, `lock` one at a time,
`X` not at once: core sees to it.
END
	while IFS='|' read -r name source package what _; do
		section "$name" "$source" "$package" "$what"
	done <"$tmp/rows"
}

block_of_readme() {
	markdown_table VARIANT variants/README.md
	printf '\n%s\n\n' "$bounds_are"
	markdown_table BOUND variants/README.md
}

block_of_page() {
	echo ".Bl -tag -width \"flat-combining\""
	while IFS='|' read -r name _ _ what kind; do
		echo ".It Cm $name"
		[ "$kind" = BOUND ] && printf 'A bound, no set to use: '
		echo "$what."
		echo "Progress: $(field "$name" Progress)." | fold -s -w 78 |
		    sed 's/ *$//'
	done <"$tmp/rows"
	echo ".El"
}

# put FILE BEGIN END: what stands between the two lines becomes stdin.
put() {
	cat >"$tmp/block"
	grep -qxF "$2" "$tree/$1" && grep -qxF "$3" "$tree/$1" ||
		fail "$1 has no lines '$2' and '$3'"
	# By the environment: awk -v would read the backslashes.
	BEGIN=$2 END=$3 awk -v block="$tmp/block" '
		$0 == ENVIRON["END"] { on = 0 }
		!on { print }
		$0 == ENVIRON["BEGIN"] {
			on = 1
			while ((getline line <block) > 0)
				print line
		}' "$tree/$1" >"$tmp/file" && cat "$tmp/file" >"$out/$1" ||
		fail "cannot write $out/$1"
}

[ -f "$old" ] || : >"$old"
while IFS='|' read -r name _; do
	info "$name"
done <"$tmp/rows"
mkdir -p "$out/variants" "$out/doc"
readme_of_variants >"$tmp/readme" &&
	cat "$tmp/readme" >"$out/variants/README.md" ||
	fail "cannot write $out/variants/README.md"
block_of_readme | put README.md \
    '<!-- variants: made by make variants-doc -->' '<!-- end of variants -->'
block_of_page | put doc/spanlab_variant.7 \
    '.\" variants: made by make variants-doc' '.\" end of variants'
