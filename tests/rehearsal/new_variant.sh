#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# new_variant.sh - a variant more is one file and one line: a rehearsal.
#
# In a copy of the tree: build, `make new-variant NAME=foo`, build again,
# `make check-foo`; and the same with the code of doc/adding-a-variant.md.  Of
# the sources nothing but variants/foo.c and a line of variants/variants.m4 may
# differ, libspanlab-foo.so must answer as foo, and the objects of core must be
# the same, byte for byte, as without it.
# Needs autoconf, automake, libtool, and minutes.

. "$(dirname "$0")/../tap.sh"

# make check-foo in the copy must not start a rehearsal of its own.
if [ -n "${SPANLAB_REHEARSAL:-}" ]; then
	skip "rehearsal" "this is one"
	done_testing
fi
if [ "${SL_CHECK:-}" = quick ]; then
	skip "rehearsal" "SL_CHECK=quick"
	done_testing
fi
for program in autoreconf automake libtoolize; do
	if ! command -v "$program" >/dev/null; then
		skip "rehearsal" "NOT CHECKED: no $program"
		done_testing
	fi
done

tap_tmpdir
copy=$tap_tmp/tree
log=$tap_tmp/log
export SPANLAB_REHEARSAL=1 SL_CHECK=quick
CC=${CC:-cc}

# What an outer make says is not for the inner one.
unset MAKEFLAGS MFLAGS MAKELEVEL VARIANTS SPANLAB_LIB_DIR SPANLAB_BENCH_DIR \
    builddir SL_SANITIZER TESTS SL_CHECK_VARIANTS

# step WHAT COMMAND...: a fact; if it is none, the rest is pointless.
step() {
	what=$1
	shift
	began=$(date +%s)
	if "$@" >"$log" 2>&1; then
		ok "$what"
		note "$(($(date +%s) - began)) s"
	else
		not_ok "$what"
		{
			grep -E '^(FAIL|ERROR|Bail out)|error:' "$log"
			tail -15 "$log"
		} >"$tap_tmp/tail"
		note_file "$tap_tmp/tail" 40
		done_testing
	fi
}

# The tree as git has it with its changes; without git, as a release is.
copy_tree() {
	mkdir -p "$copy"
	cd "$srcdir" || return 1
	if [ -e .git ] && git ls-files >/dev/null 2>&1; then
		git ls-files -co --exclude-standard | while read -r file; do
			[ -f "$file" ] && echo "$file"
		done | tar -cf - -T - | tar -C "$copy" -xf -
	else
		tar -cf - --exclude='./build' --exclude='./_build' \
		    --exclude='*.o' --exclude='*.lo' --exclude='*.la' \
		    --exclude='*.a' --exclude='.libs' --exclude='.deps' \
		    --exclude='./config.status' --exclude='./Makefile' \
		    --exclude='./config.h' --exclude='./stamp-h1' . |
		    tar -C "$copy" -xf -
	fi
	chmod -R u+w "$copy" && cd "$copy"
}

configure() {
	mkdir -p "$copy/build" && cd "$copy/build" &&
	    ../configure -q CC="$CC" --enable-variants="$1"
}

# The sums of core's objects, by name; not of those that only tests and the
# model link with.
sum_core() {
	cd "$copy/build" &&
	    find core -name '*.o' ! -name '*mksizeclasses*' \
		! -name 'libslstepcore*' ! -name 'libslguests*' \
		! -name 'libslheapguests*' \
		! -name 'libslmodelcore*' | sort |
	    xargs cksum
}

is_foo() {
	cat >"$tap_tmp/who.c" <<'EOF'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

int
main(void)
{
	char *p = malloc(100);

	p[0] = 1;
	free(p);
	puts(sl_identity());
	return strcmp(sl_variant()->name, "foo") != 0 ||
	       strncmp(sl_identity(), "spanlab-foo ", 12) != 0;
}
EOF
	libs=$copy/build/.libs
	"$CC" -I"$copy" -o "$tap_tmp/who" "$tap_tmp/who.c" -L"$libs" \
	    -lspanlab-foo -Wl,-rpath,"$libs" && "$tap_tmp/who"
}

step "the tree can be copied" copy_tree
cd "$copy" || exit 1
step "autoreconf" autoreconf -i
find . -type f ! -path './autom4te.cache/*' | sort >"$tap_tmp/before"
cp variants/variants.m4 "$tap_tmp/variants.m4"

step "configure with one variant" configure mutex
step "make, with one variant" make -j2 libspanlab-mutex.la
(sum_core) >"$tap_tmp/sums-without"

step "make new-variant NAME=foo" make new-variant NAME=foo
cd "$copy" || exit 1
rm -rf build
find . -type f ! -path './autom4te.cache/*' | sort >"$tap_tmp/after"
if [ "$(comm -13 "$tap_tmp/before" "$tap_tmp/after")" = ./variants/foo.c ] &&
    [ -z "$(comm -23 "$tap_tmp/before" "$tap_tmp/after")" ]; then
	ok "one file is new"
else
	not_ok "one file is new"
	comm -3 "$tap_tmp/before" "$tap_tmp/after" >"$tap_tmp/new"
	note_file "$tap_tmp/new"
fi
diff "$tap_tmp/variants.m4" variants/variants.m4 >"$tap_tmp/line"
if [ "$(grep -c '^>' "$tap_tmp/line")" = 1 ] &&
    ! grep -q '^<' "$tap_tmp/line"; then
	ok "one line is new"
else
	not_ok "one line is new"
	note_file "$tap_tmp/line"
fi

if grep -q '\[`foo`\](#foo)' variants/README.md &&
    grep -q '\[`foo`\](variants/README.md#foo)' README.md &&
    grep -qx '.It Cm foo' doc/spanlab_variant.7; then
	ok "the documents have its name"
else
	not_ok "the documents have its name"
fi

# The example of the document, as its reader makes it.
step "new-variant NAME=two-lock" sh build-aux/new-variant.sh . two-lock
awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' \
    doc/adding-a-variant.md >variants/two_lock.c
awk '/^const struct sl_variant_info/ { table = 1 }
/^\/\*/ { comment = 1 }
!table && !comment && NF && !/^[ \t]*[{}]+;?$/ && !/^[ \t]*\/\*.*\*\/$/ { n++ }
/^};/ { table = 0 }
/\*\/$/ { comment = 0 }
END { print n + 0 }' variants/two_lock.c >"$tap_tmp/lines"
if [ "$(cat "$tap_tmp/lines")" -gt 20 ] && [ "$(cat "$tap_tmp/lines")" -lt 60 ]
then
	ok "the example of the document has less than 60 lines of code"
else
	not_ok "the example of the document has less than 60 lines of code"
fi
note_file "$tap_tmp/lines"

step "autoreconf" autoreconf -i
step "configure with foo and two-lock" configure mutex,foo,two-lock
step "make check-two-lock" make -j2 check-two-lock
grep -q 'passed, 0 failed' "$log" && ok "make check-two-lock says: 0 failed" ||
    not_ok "make check-two-lock says: 0 failed"
step "make check-foo" make -j2 check-foo
grep -q 'passed, 0 failed' "$log" && ok "make check-foo says: 0 failed" ||
    not_ok "make check-foo says: 0 failed"
tail -3 "$log" >"$tap_tmp/tail" && note_file "$tap_tmp/tail"

if is_foo >"$log" 2>&1; then
	ok "libspanlab-foo.so answers as foo"
else
	not_ok "libspanlab-foo.so answers as foo"
fi
note_file "$log"

(sum_core) >"$tap_tmp/sums-with"
if [ -s "$tap_tmp/sums-without" ] &&
    cmp -s "$tap_tmp/sums-without" "$tap_tmp/sums-with"; then
	ok "core's objects are the same with foo and without"
	note "$(wc -l <"$tap_tmp/sums-with") objects"
else
	not_ok "core's objects are the same with foo and without"
	diff "$tap_tmp/sums-without" "$tap_tmp/sums-with" >"$tap_tmp/diff"
	note_file "$tap_tmp/diff"
fi
done_testing
