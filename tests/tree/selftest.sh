#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# selftest.sh - the checks of this folder see what they are for.
#
# usage: selftest.sh [TREE]
#
# In a copy of the tree each violation is planted in turn; the check must name
# it.  Code that only looks like a violation must not be named.

. "$(dirname "$0")/lib.sh"

tree=$PWD
copy=$tap_tmp/tree

# Findings are cut off after so many lines: a tree in disorder has many.
TAP_NOTE_LINES=100000
export TAP_NOTE_LINES

mkdir "$copy"
for part in core variants harness tests doc papers configure.ac Makefile.am \
    .clang-format README.md; do
	[ -e "$tree/$part" ] && cp -R "$tree/$part" "$copy"
done
chmod -R u+w "$copy"

# plant FILE: appends stdin to a file of the copy, made if need be.
plant() {
	echo "$1" >>"$tap_tmp/planted"
	mkdir -p "$(dirname "$copy/$1")"
	cat >>"$copy/$1"
}

# The planted files as they were, or gone.
restore() {
	while read -r file; do
		rm -f "$copy/$file"
		[ -f "$tree/$file" ] || continue
		cp "$tree/$file" "$copy/$file"
		chmod u+w "$copy/$file"
	done <"$tap_tmp/planted"
	rm "$tap_tmp/planted"
}

run() {
	env -u srcdir "$treedir/$1.sh" "$copy" >"$tap_tmp/said" 2>&1
}

# caught CHECK WHAT FINDING: the check fails, and a line has FINDING.
caught() {
	run "$1"
	if grep '^#' "$tap_tmp/said" | grep -qF -e "$3" &&
	    grep -q '^not ok' "$tap_tmp/said"; then
		ok "$1: $2"
	else
		not_ok "$1: $2"
		note "no line with: $3"
		note_file "$tap_tmp/said"
	fi
	restore
}

# silent CHECK WHAT TEXT: no line of the check has TEXT.
silent() {
	run "$1"
	if grep '^#' "$tap_tmp/said" | grep -F "$3" >"$tap_tmp/wrong"; then
		not_ok "$1: $2"
		note_file "$tap_tmp/wrong"
	else
		ok "$1: $2"
	fi
	restore
}

# --- pairs --------------------------------------------------------------

plant core/zz.c <<'END'
	sl_store_rel(&x, 1);
END
caught pairs "ordered, no tag" "core/zz.c:1: sl_store_rel without pairs"

plant harness/zz.c <<'END'
	/* pairs(zz.far): too far away */
	int a;
	int b;
	int c;
	int d;
	if (sl_load_acq(&x))
END
caught pairs "tag five lines above" "harness/zz.c:6: sl_load_acq without"

plant variants/zz.c <<'END'
	/* pairs(zz.half): nobody reads it */
	sl_store_rel(&x, 1);
END
caught pairs "no acquiring side" "pairs(zz.half) has no acquiring side"

plant variants/zz.c <<'END'
	/* pairs(zz.half): nobody writes it */
	sl_load_acq(&x);
END
caught pairs "no releasing side" "pairs(zz.half) has no releasing side"

plant core/zz.c <<'END'
	/* pairs(zz.none) */
	x = 1;
END
caught pairs "a tag without an operation" "core/zz.c:1: pairs(zz.none) near"

plant core/zz.c <<'END'
	x = sl_load_rlx(&y);
END
caught pairs "relaxed without a reason" "core/zz.c:1: sl_load_rlx without"

plant core/zz.c <<'END'
	sl_fence_sc();
END
caught pairs "a fence without a tag" "core/zz.c:1: sl_fence_sc without"

n=0
while read -r line; do
	n=$((n + 1))
	echo "	$line" | plant core/zz.c
	caught pairs "raw: $line" "core/zz.c:1: 	$line"
done <<'END'
x = atomic_load(&y);
atomic_store_explicit(&y, 1, memory_order_relaxed);
__atomic_store_n(&y, 1, __ATOMIC_RELAXED);
__sync_synchronize();
volatile int shared;
__asm__ __volatile__("mfence");
asm("pause");
#include <stdatomic.h>
END

echo '#define sl_zz_acq(p) atomic_load_explicit(p, memory_order_relaxed)' |
    plant core/atomic.h
caught pairs "a name that lies" "sl_zz_acq is relaxed"

plant core/zz.c <<'END'
/* sl_store_rel(&x, 1); atomic_load(&x); volatile int x; */
// __sync_synchronize(); sl_load_rlx(&x)
static const char zz[] = "sl_store_rel(&x, 1) volatile /* asm(";
/* pairs(zz.good): written here */
sl_store_rel(&x, 1);
/* pairs(zz.good): a comment of
 * two lines */
y = sl_cas_acq(&x, &a, b);
y = y && sl_load_acq(&x); /* pairs(zz.good) */
sl_count(&counter); /* by its name */
z = sl_load_rlx(&x); /* relaxed: a hint */
static volatile sig_atomic_t zz_flag;
END
silent pairs "comments, strings and good pairs pass" "zz"

# --- includes -----------------------------------------------------------

echo '#include "core/mheap.h"' | plant core/fixalloc.c
caught includes "a room above" '"core/mheap.h" is above fixalloc'

echo '#include "variants/zz.h"' | plant core/mheap.c
caught includes "core includes a variant" '"variants/zz.h" is not core'

echo '#include <urcu/urcu-bp.h>' | plant core/mheap.c
caught includes "core includes liburcu" '<urcu/urcu-bp.h> is not core'

echo 'int zz;' | plant core/zz.h
echo '#include "core/zz.h"' | plant core/malloc.c
caught includes "a room that is not on the map" '"core/zz.h" is no room'

echo '#include <ck_stack.h>' | plant variants/mutex.c
caught includes "a variant includes another's library" \
    'variants/mutex.c'

echo '#include "core/mheap.h"' | plant variants/ck.c
caught includes "a variant includes the page heap" \
    '"core/mheap.h" is not for this variant'

echo '#include "core/mspan.h"' | plant harness/trial.c
caught includes "the harness includes core" \
    '"core/mspan.h" is not for the harness'

echo '#include <vector>' | plant harness/gb_shim.cc
caught includes "C++ includes more than it may" '<vector> is not for C++'

echo '#include "mspan.h"' | plant core/mheap.c
caught includes "an include without a root" '"mspan.h" is not rooted'

echo '#include "core/nowhere.h"' | plant core/mheap.c
caught includes "an include of no file" 'no file core/nowhere.h'

echo 'int zz;' | plant papers/zz.c
caught includes "code among the papers" 'papers/zz.c'

# --- heads --------------------------------------------------------------

plant core/zz.c <<'END'
/*
 * zz.c - a thing that is called by nobody.
 */
END
caught heads "no licence" 'core/zz.c: line 1 is not'

plant variants/zz.c <<'END'
/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * yy.c - used.
 */
END
caught heads "the name of another file" 'variants/zz.c: the head comment'

plant harness/zz.c <<'END'
/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zz.c - a list of things.
 */
END
caught heads "not a word about callers" 'harness/zz.c: the head comment does'

plant core/zz.c <<'END'
/* SPDX-License-Identifier: BSD-2-Clause */
int zz;
/*
 * zz.c - used too late.
 */
END
caught heads "code before the head" 'core/zz.c: the head comment'

printf '#!/bin/sh\necho\n' | plant tests/tree/zz.sh
caught heads "a script without licence" 'tests/tree/zz.sh'

# --- format -------------------------------------------------------------

if "$treedir/format.sh" "$copy" | grep -q '# SKIP'; then
	skip "format: all" "no clang-format 14"
else
	printf 'int zz(void) { return  1; }\n' | plant core/zz.c
	caught format "a brace out of place" 'core/zz.c:1'

	printf '/* %075d %s */\n' 0 'more than eighty columns' |
	    plant core/zz.c
	caught format "a long comment" 'core/zz.c:1: '
fi

# --- sizes --------------------------------------------------------------

awk 'BEGIN {
	print "int\nzz(void)\n{"
	for (i = 0; i < 100; i++)
		print "\tx++;"
	print "}"
}' | plant core/zz.c
caught sizes "a function of 103 lines" 'core/zz.c: zz()'

awk 'BEGIN { for (i = 0; i < 601; i++) print "int x" i ";" }' |
    plant core/zz.c
caught sizes "a file of 601 lines" 'file 601 core/zz.c'

# --- words --------------------------------------------------------------

while read -r line; do
	echo "$line" | plant doc/zz.md
	caught words "$line" "doc/zz.md:1:"
done <<'END'
a TODO for somebody
/* FIXME: wrong */
this is a stub
not yet implemented
see /home/somebody/file
log in /tmp/spanlab.log
END

printf 'trailing space \n' | plant core/zz.c
caught words "white space at the end" 'core/zz.c:1:'

printf 'a line\r\n' | plant core/zz.c
caught words "carriage return" 'core/zz.c'

echo 'stubborn hacks in ${TMPDIR:-/tmp}/x and https://example.org/home/x' |
    plant doc/zz.md
silent words "words that only look alike pass" 'zz.md'

# --- lists --------------------------------------------------------------

builddir=$(cd "${builddir:-$tree/build}" 2>/dev/null && pwd)
if command -v git >/dev/null && [ -f "$builddir/Makefile" ]; then
	export builddir
	echo 'int zz;' | plant harness/zz.c
	git -C "$copy" init -q
	caught lists "a source in no makefile" 'harness/zz.c'
	rm -rf "$copy/.git"
else
	skip "lists: a source in no makefile" "no git, or no build"
fi

echo 'Nowhere: `core/mspan.c:sl_mspan_nowhere`' | plant doc/go-map.md
caught gomap "a function that is not there" 'no sl_mspan_nowhere in core/mspan.c'

echo '| 12 | A | spanOf | here | | |' | plant doc/go-map.md
caught gomap "a row without a test" 'row 12 has no test'

echo 'int zz;' | plant variants/zz.c
caught lists "a variant without a row" 'variants/zz.c: no row'

: | plant variants/ck.c
rm "$copy/variants/ck.c"
caught lists "a row without a source" 'variants/ck.c: no source of ck'

echo 'exit 0' | plant tests/tree/zz.sh
caught lists "a test that nobody runs" 'tests/tree/zz.sh'

echo 'tree tests/tree/nowhere.sh' | plant tests/tests.list
caught lists "a listed test that is not there" 'tests/tree/nowhere.sh'

echo 'SL_VARIANT([zz], [mutex.c], [], [], [], [a copy])' |
    plant variants/variants.m4
caught lists "a variant that no page knows" 'README.md: no word of zz'

printf 'struct sl_stats {\n\tuint64_t zz; /* a */\n};\n' | plant core/spanlab.h
caught lists "a counter that no record has" 'harness/record_stats.c: no zz'

echo '    SAME(zz_count),' | plant harness/record_stats.c
caught lists "a recorded counter that no report reads" \
    'harness/driver/results.h: no zz_count'

# skips.sh: what cmocka says of a test that skips, and nothing else.
skips() {
	sh "$tree/build-aux/skips.sh" sh -c "$1"
}
if [ "$(skips 'echo "not ok 3 # SKIP a"')" = "ok 3 # SKIP a" ] &&
    [ "$(skips 'echo "not ok 3 - b # SKIP"')" = "not ok 3 - b # SKIP" ]; then
	ok "skips.sh: a skipped test is no failure, a failed one is"
else
	not_ok "skips.sh: a skipped test is no failure, a failed one is"
fi
skips 'exit 7'
[ $? = 7 ] && ok "skips.sh: the status is the program's" ||
    not_ok "skips.sh: the status is the program's"

done_testing
