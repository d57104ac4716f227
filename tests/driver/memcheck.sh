#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# memcheck.sh - valgrind's memcheck, told to leave our malloc in place, finds on
# our heap what it finds on its own: uses after free, overflows, leaks.
#
# Run by make check, once, on the default library.

. "$(dirname "$0")/../tap.sh"

case ${SL_SANITIZER:-} in
address | thread)
	skip "memcheck" "a sanitized library cannot be preloaded"
	done_testing ;;
esac
if ! command -v valgrind >/dev/null; then
	skip "memcheck knows our heap" \
	    "NOT CHECKED: no valgrind (Debian package: valgrind)"
	done_testing
fi
if ! grep -q '^#define SL_HAVE_MEMCHECK 1' "${builddir:=$srcdir/build}/config.h"
then
	skip "memcheck knows our heap" \
	    "NOT CHECKED: configure found no <valgrind/memcheck.h>"
	done_testing
fi

tap_tmpdir
lib=${SPANLAB_LIB_DIR:-$builddir/.libs}/libspanlab.so

cat >"$tap_tmp/faults.c" <<'END'
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *volatile kept[64];
volatile char sink;

static void *
busy(void *arg)
{
	for (unsigned i = 1; i < 2000; i++) {
		char *p = malloc(i), *q = calloc(2, i);

		memset(p, 1, i);
		if (q[i] != 0)
			abort();
		p = realloc(p, i * (i % 7));
		if (i % 7 != 0)
			p[i * (i % 7) - 1] = p[0];
		free(q);
		free(p);
		free(aligned_alloc(256, i));
	}
	return arg;
}

static void
clean(void)
{
	pthread_t t[3];

	for (unsigned i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, busy, NULL);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	busy(NULL);
	kept[0] = malloc(100000);
	kept[0] = realloc(kept[0], 200000);
	memset(kept[0], 1, malloc_usable_size(kept[0]));
	free(kept[0]);
}

static void
freed(size_t n)
{
	char *volatile p = malloc(n);

	free(p);
	sink = p[10];
}

static void
behind(size_t n)
{
	char *volatile p = malloc(n);

	p[n] = 1;
	free(p);
}

/* Fifty small ones and one large, no pointer to which is kept. */
static void
leak(void)
{
	for (unsigned i = 0; i < 50; i++)
		kept[1] = malloc(100);
	kept[1] = malloc(100000);
	kept[1] = NULL;
}

int
main(int argc, char **argv)
{
	const char *what = argv[argc - 1];

	clean();
	if (strcmp(what, "freed") == 0)
		freed(100);
	if (strcmp(what, "freed-large") == 0)
		freed(100000);
	if (strcmp(what, "behind") == 0)
		behind(101);
	if (strcmp(what, "behind-large") == 0)
		behind(100001);
	if (strcmp(what, "unset") == 0 && ((char *)malloc(10))[3] != 0)
		puts("?");
	if (strcmp(what, "leak") == 0)
		leak();
	return 0;
}
END
${CC:-cc} -g -O0 -fno-builtin -pthread -o "$tap_tmp/faults" \
    "$tap_tmp/faults.c" || {
	not_ok "the program is compiled"
	done_testing
}

# run WHAT [OPTIONS]
run() {
	status=0
	SPANLAB_OPTIONS=${2:-} LD_PRELOAD=$lib valgrind -q --error-exitcode=9 \
	    --soname-synonyms=somalloc=nouserintercepts --leak-check=full \
	    "$tap_tmp/faults" "$1" >"$tap_tmp/out" 2>"$tap_tmp/all" ||
	    status=$?
	# At the end memcheck names what it does not report: our metadata.
	grep -v -e 'WARNING: ' -e ' ClientReq$' "$tap_tmp/all" >"$tap_tmp/err"
}

# finds WHAT PATTERN...: an error, and each pattern in what is said.
finds() {
	what=$1
	run "$what"
	shift
	for pattern; do
		grep -q "$pattern" "$tap_tmp/err" || status="no '$pattern'"
	done
	if [ "$status" = 9 ]; then
		ok "finds: $what"
	else
		not_ok "finds: $what"
		note "$status"
		note_file "$tap_tmp/err" 40
	fi
}

run nothing
if [ "$status" -eq 0 ] && [ ! -s "$tap_tmp/err" ]; then
	ok "nothing is found where nothing is wrong"
else
	not_ok "nothing is found where nothing is wrong"
	note_file "$tap_tmp/err" 40
fi
finds freed 'Invalid read of size 1' \
    "10 bytes inside a block of size 100 free'd"
finds freed-large 'Invalid read of size 1' \
    "10 bytes inside a block of size 100,000 free'd"
finds behind 'Invalid write of size 1' \
    "0 bytes after a .*block of size 101 alloc'd"
finds behind-large 'Invalid write of size 1' \
    "0 bytes after a .*block of size 100,001 alloc'd"
finds unset 'Conditional jump or move depends on uninitialised value'
finds leak '5,000 bytes in 50 blocks are definitely lost' \
    '100,000 bytes in 1 blocks are definitely lost'

# The same fault unnoticed, when memcheck is not told.
run freed annotate=0
if [ "$status" -eq 0 ]; then
	ok "annotate=0: memcheck knows nothing"
else
	not_ok "annotate=0: memcheck knows nothing"
	note_file "$tap_tmp/err" 40
fi
done_testing
