#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# modes.sh - real programs with each hook and guard on.
#
# Run by make check, once: on the first variant, with SL_CHECK=long on each, and
# then all programs at their full size with all guards at once.

. "$(dirname "$0")/../tap.sh"

case ${SL_SANITIZER:-} in
address | thread)
	skip "modes" "a sanitized library cannot be preloaded"
	done_testing ;;
esac

tap_tmpdir
programs='git python'
if [ "${SL_CHECK:-}" = long ]; then
	programs='git python xz'
else
	VARIANTS=${VARIANTS%% *}
fi
export VARIANTS

# mode NAME OPTIONS: how the small runs of the programs end with these.
size=quick
mode() {
	for program in $programs; do
		if SPANLAB_OPTIONS=$2 SL_CHECK=$size \
		    "$srcdir/tests/programs/$program.sh" >"$tap_tmp/log" 2>&1
		then
			ok "$program with $1"
		else
			not_ok "$program with $1"
			note_file "$tap_tmp/log"
		fi
	done
}

# Not python: with efence each object is a mapping, and it has more than the
# kernel gives a process (vm.max_map_count).
every=$programs
programs=git
mode efence efence=1
programs=$every
mode 'guard and random' guard=1,random=1
mode clobber clobber=1
mode sbrk sbrk=1
mode 'trace and profile' "trace=$tap_tmp/%p.trace,profile=65536,profile-file=$tap_tmp/%p.profile"
if ls "$tap_tmp"/*.trace >/dev/null 2>&1 &&
    ls "$tap_tmp"/*.profile >/dev/null 2>&1; then
	ok "traces and profiles were written"
else
	not_ok "traces and profiles were written"
fi
rm -f "$tap_tmp"/*.trace "$tap_tmp"/*.profile
if [ "${SL_CHECK:-}" = long ]; then
	programs='gcc git gxx new plugin python redis sqlite tools xz'
	size=normal
	mode 'guard, clobber and random' guard=1,clobber=1,random=1
	mode 'guard, clobber, random and epochs' \
	    guard=1,clobber=1,random=1,epoch=1,hold=0
fi
done_testing
