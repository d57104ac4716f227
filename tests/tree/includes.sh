#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# includes.sh - who may include whom.
#
# usage: includes.sh [TREE]
#
#   core/*        core/* of rooms below, the C library; annotate.h those of
#                 the tools it speaks to.  The order of the rooms is the
#                 map in the head of core/mallocgc.c.
#   variants/X.c  core/{mcentral,mspan,fixalloc,persistent,backoff,htm,rseq,
#                 lock,die,atomic}.h, the C library, headers of variants/, and what its
#                 row in variants/variants.m4 links with; no other variant
#   harness/*.c   core/spanlab.h, core/atomic.h, harness/*, other libraries
#   harness/*.cc  the shim's header and <benchmark/benchmark.h>
#   tests/*       anything
#   papers/, results/: no code that links
#
# The unit bench of the seam takes core's place, so it may include core; so do
# the guests of the virtual multiprocessor (harness/vmp/guest*, urcu.c).

. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # no file of ours has a space in its name
set -- $(c_files core variants harness)
need_files "$@"

# FILE LINE "HEADER" or FILE LINE <HEADER>
awk '
	/^[ \t]*#[ \t]*include/ {
		sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
		sub(/[ \t].*/, "")
		print FILENAME, FNR, $0
	}
' "$@" >"$tap_tmp/includes"

# --- roots --------------------------------------------------------------

awk '$3 ~ /^"/ && $3 !~ /^"(core|variants|harness|tests)\// {
	print $1 ":" $2 ": " $3 " is not rooted"
}' "$tap_tmp/includes" >"$tap_tmp/roots"
check "includes are rooted" "$tap_tmp/roots"

awk '$3 ~ /^"/ { h = $3; gsub(/"/, "", h); print $1, $2, h }' \
    "$tap_tmp/includes" |
while read -r file line header; do
	[ -f "$header" ] && continue
	# Made by make, in the build folder.
	grep -qs "BUILT_SOURCES.*/${header##*/}" "${header%/*}/local.mk" ||
	    echo "$file:$line: no file $header"
done >"$tap_tmp/missing"
check "included files exist" "$tap_tmp/missing"

# --- core ---------------------------------------------------------------

# Reads the map: "room  what it is" or, on the ground floor, "room, room: ...".
# Rooms on one line have one floor.
sed -n '/The rooms, top to bottom/,/^ \*\//p' core/mallocgc.c |
awk '
	/^ \*   [a-z0-9_, ]+: the ground floor/ {
		sub(/:.*/, "")
		gsub(/[*,]/, " ")
		for (i = 1; i <= NF; i++)
			print "room", $i, NR
		exit
	}
	/^ \*   [a-z0-9_]+  / { print "room", $2, NR }
' >"$tap_tmp/rooms"
# The public face is declarations: it stands on the ground floor too.
echo "room spanlab 999" >>"$tap_tmp/rooms"
awk 'END { if (NR < 5) print "core/mallocgc.c: no map in its head" }' \
    "$tap_tmp/rooms" >"$tap_tmp/nomap"
check "core/mallocgc.c opens with the map of the rooms" "$tap_tmp/nomap"

# The library that a source may use is its row's pkg-config module without
# "lib" and flavour: liburcu-bp gives urcu.
sed -n 's/^SL_[A-Z]*(\[[^]]*\], *\[\([^]]*\)\], *\[\([^]]*\)\].*/\1 \2/p' \
    variants/variants.m4 |
awk 'NF == 2 {
	sub(/^lib/, "", $2)
	sub(/-.*/, "", $2)
	print "library", "variants/" $1, $2
}' >>"$tap_tmp/rooms"

cat >"$tap_tmp/common.awk" <<'EOF'
function room_of(path,    name) {
	name = path
	sub(/.*\//, "", name)
	sub(/\.[a-z]+$/, "", name)
	if (!(name in floor))
		sub(/_.*/, "", name)
	return name
}
function is_libc(h,    n, i, w) {
	n = split("assert cpuid ctype errno fcntl fenv float inttypes limits " \
	    "locale malloc math poll pthread sched setjmp signal stdalign " \
	    "stdarg stdatomic stdbool stddef stdint stdio stdlib " \
	    "stdnoreturn string strings syscall threads time unistd dlfcn " \
	    "link execinfo", w, " ")
	for (i = 1; i <= n; i++)
		if (h == "<" w[i] ".h>")
			return 1
	return h ~ /^<(sys|linux|asm)\/[a-z_]+\.h>$/ || h == "<config.h>"
}
function refuse(why) {
	print $1 ":" $2 ": " $3 " " why
}
$1 == "room" { floor[$2] = $3; next }
$1 == "library" { library[$2] = $3; next }
EOF

cat "$tap_tmp/common.awk" - >"$tap_tmp/core.awk" <<'EOF'
$1 !~ /^core\// { next }
{
	mine = room_of($1)
	# The generator of sizeclass.h is a program, not a room.
	if ($1 == "core/mksizeclasses.c")
		floor[mine] = floor["sizeclass"]
	if (!(mine in floor))
		refuse("is in a file of no room on the map")
	else if ($3 ~ /^"core\//) {
		h = $3
		gsub(/"/, "", h)
		if (!(room_of(h) in floor))
			refuse("is no room on the map")
		else if (floor[room_of(h)] < floor[mine])
			refuse("is above " mine)
	} else if (!is_libc($3) && !($1 == "core/annotate.h" &&
	    $3 ~ /^<(valgrind\/memcheck|sanitizer\/asan_interface)\.h>$/))
		refuse("is not core, nor the C library")
}
EOF
awk -f "$tap_tmp/core.awk" "$tap_tmp/rooms" "$tap_tmp/includes" >"$tap_tmp/core"
check "core includes rooms below and the C library" "$tap_tmp/core"

# --- variants -----------------------------------------------------------

cat "$tap_tmp/common.awk" - >"$tap_tmp/variants.awk" <<'EOF'
$1 !~ /^variants\// { next }
{
	own = library[$1]
	if ($3 ~ /^"core\/(mcentral|mspan|fixalloc|persistent|backoff|htm|rseq|lock|die|atomic)\.h"$/)
		next
	# What variants share is a header.
	if ($3 ~ /^"variants\/[a-z_]+\.h"$/)
		next
	if (is_libc($3))
		next
	if (own != "" && (index($3, "<" own "_") == 1 || \
	    index($3, "<" own ".h") == 1 || \
	    index($3, "<" own "-") == 1 || index($3, "<" own "/") == 1))
		next
	refuse("is not for this variant")
}
EOF
awk -f "$tap_tmp/variants.awk" "$tap_tmp/rooms" "$tap_tmp/includes" \
    >"$tap_tmp/variants"
check "a variant includes the seam and its own library" "$tap_tmp/variants"

# --- harness ------------------------------------------------------------

awk '
$1 !~ /^harness\// { next }
$1 ~ /^harness\/(bench_mcentral(_set|_look)?|mock_mheap)\.[ch]$/ { next }
$1 ~ /^harness\/vmp\/(guest(_[a-z]+)?|urcu)\.[ch]$/ { next }
$1 ~ /\.cc$/ {
	if ($3 !~ /^"harness\/[a-z_]*shim\.h"$/ && \
	    $3 != "<benchmark/benchmark.h>")
		print $1 ":" $2 ": " $3 " is not for C++"
	next
}
$3 ~ /^"/ && $3 !~ /^"harness\// && $3 != "\"core/spanlab.h\"" && \
    $3 != "\"core/atomic.h\"" {
	print $1 ":" $2 ": " $3 " is not for the harness"
}
$3 ~ /^<(ck_|urcu|benchmark\/)/ || $3 ~ /^<[a-z_]+>$/ {
	print $1 ":" $2 ": " $3 " is not for C files of the harness"
}
' "$tap_tmp/includes" >"$tap_tmp/harness"
check "the harness includes the public face" "$tap_tmp/harness"

c_files papers results >"$tap_tmp/code"
check "papers and results hold no code" "$tap_tmp/code"
done_testing
