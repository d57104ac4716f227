#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# asan.sh - AddressSanitizer finds uses after free and overflows on our heap.
#
# Run by make check, once.  Core is compiled here, with the sanitizer, and
# called by its own names, since malloc is the sanitizer's.

. "$(dirname "$0")/../tap.sh"

: "${builddir:=$srcdir/build}"
: "${CC:=cc}"
tap_tmpdir

cat >"$tap_tmp/faults.c" <<'END'
#include <string.h>

#include "core/spanlab.h"

static volatile char sink;

static char *
make(size_t n, bool noscan)
{
	char *volatile p = sl_mallocgc(n, noscan, false);

	memset(p, 1, n);
	return p;
}

static void
clean(void)
{
	char *p[64] = {0};

	for (unsigned i = 1; i < 20000; i++) {
		char **slot = &p[i % 64];
		size_t n = i % 100 == 0 ? i * 10 : i % 2000 + 1;

		sl_free(*slot);
		*slot = sl_mallocgc(n, i % 2, i % 3 == 0);
		if (i % 3 == 0 && (*slot)[n - 1] != 0)
			__builtin_trap();
		memset(*slot, 1, n);
	}
	for (unsigned i = 0; i < 64; i++)
		sl_free(p[i]);
}

int
main(int argc, char **argv)
{
	const char *what = argv[argc - 1];
	char *volatile p;

	clean();
	if (strcmp(what, "freed") == 0) {
		p = make(100, true);
		sl_free(p);
		sink = p[10];
	}
	if (strcmp(what, "freed-large") == 0) {
		p = make(100000, true);
		sl_free(p);
		p[99999] = 1;
	}
	if (strcmp(what, "freed-tiny") == 0) {
		p = make(5, true);
		sl_free(p);
		sink = p[4];
	}
	if (strcmp(what, "behind") == 0)
		make(101, false)[101] = 1;
	if (strcmp(what, "behind-large") == 0)
		make(100001, false)[100001] = 1;
	if (strcmp(what, "never") == 0) /* a slot nobody had */
		make(1000, true)[-8] = 1;
	return 0;
}
END

set --
for file in "$srcdir"/core/*.c; do
	case $file in
	*/malloc.c | */malloc_*.c | */mksizeclasses.c) ;;
	*) set -- "$@" "$file" ;;
	esac
done
if ! echo 'int main(void) { return 0; }' |
    $CC -fsanitize=address -x c -o "$tap_tmp/try" - 2>"$tap_tmp/err" ||
    ! "$tap_tmp/try" 2>"$tap_tmp/err"; then
	skip "AddressSanitizer knows our heap" \
	    "NOT CHECKED: $CC has no address sanitizer that works here"
	done_testing
fi
if ! $CC -fsanitize=address -O1 -g -std=c11 -D_GNU_SOURCE -pthread \
    -I"$srcdir" -I"$builddir" -DSL_VARIANT_NAME='"mutex"' \
    -o "$tap_tmp/faults" "$tap_tmp/faults.c" "$@" "$srcdir/variants/mutex.c" \
    2>"$tap_tmp/err"; then
	not_ok "core is compiled with the sanitizer"
	note_file "$tap_tmp/err"
	done_testing
fi

# run WHAT [OPTIONS]
run() {
	status=0
	{ SPANLAB_OPTIONS=${2:-} ASAN_OPTIONS=detect_leaks=0:exitcode=9 \
	    "$tap_tmp/faults" "$1" >"$tap_tmp/out" 2>"$tap_tmp/err" ||
	    status=$?; } 2>/dev/null
}

is_clean() {
	if [ "$status" -eq 0 ] && [ ! -s "$tap_tmp/err" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "status $status"
		note_file "$tap_tmp/err"
	fi
}

finds() {
	run "$1"
	if [ "$status" -eq 9 ] &&
	    grep -q 'ERROR: AddressSanitizer: use-after-poison' "$tap_tmp/err" &&
	    grep -q "faults.c:[0-9]*" "$tap_tmp/err"; then
		ok "finds: $1"
	else
		not_ok "finds: $1"
		note "status $status"
		note_file "$tap_tmp/err"
	fi
}

run nothing
is_clean "nothing is found where nothing is wrong"
for what in freed freed-large freed-tiny behind behind-large never; do
	finds "$what"
done
run freed annotate=0
is_clean "annotate=0: the sanitizer knows nothing"
done_testing
