#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# new-variant.sh - start a variant from a copy of the simplest one.
#
# usage: new-variant.sh TREE NAME
#
# Run by `make new-variant NAME=foo`.  Copies variants/mutex.c, adds the row to
# variants/variants.m4 and puts the name into the documents; everything else
# follows from the row.  doc/adding-a-variant.md goes through an example.

tree=$1
name=$2
table=$tree/variants/variants.m4

fail() {
	echo "new-variant: $*" >&2
	exit 1
}

[ -n "$name" ] || fail "usage: make new-variant NAME=foo"
case $name in
[!a-z]* | *[!a-z0-9-]*)
	fail "'$name': a name is made of a-z, 0-9 and -, a letter first" ;;
esac
if grep -qE "^SL_(VARIANT|BOUND|LINKED)\(\[$name\]" "$table"; then
	fail "'$name' is in variants/variants.m4 already"
fi
file=$(echo "$name" | tr - _).c
[ ! -e "$tree/variants/$file" ] || fail "variants/$file is there already"

sed -e "s/mutex\.c/$file/g" -e "s/variants mutex and mutex-fifo/variant $name/" \
    "$tree/variants/mutex.c" \
    >"$tree/variants/$file" || fail "cannot write variants/$file"
echo "SL_VARIANT([$name], [$file], [], [], [], [say what it is])" \
    >>"$table" || fail "cannot write variants/variants.m4"
sh "$tree/build-aux/variants-doc.sh" "$tree" - "$tree" ||
	fail "the row is there, but not in the documents"
echo "variants/$file is a copy of mutex.c, variants/variants.m4 has a row, and"
echo "README.md, variants/README.md and doc/spanlab_variant.7 have the name."
echo "Next: edit the file and the row's last field, then make check-$name"
