#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# revision.sh - which revision a source tree is, as one word on stdout.
#
# usage: revision.sh TREE
#
# Run by make.  A release has it in the file .revision; a clone asks git, but
# only for the tree's own repository, not for one around it.

tree=${1:-.}
if [ -f "$tree/.revision" ]; then
	cat "$tree/.revision"
elif [ -e "$tree/.git" ]; then
	git -C "$tree" describe --always --dirty 2>/dev/null || echo unknown
else
	echo unknown
fi
