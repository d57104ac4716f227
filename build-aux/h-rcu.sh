#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# h-rcu.sh - the pages of results/h-rcu from a sweep of the preset rcu.
#
# usage: h-rcu.sh SOURCE-FOLDER SWEEP-FOLDER TO-FOLDER
#
# Run by make bench-rcu.  Copies data.csv and sweep.json, makes README.md.

set -eu
[ $# -eq 3 ] || {
	echo "usage: h-rcu.sh SOURCE-FOLDER SWEEP-FOLDER TO-FOLDER" >&2
	exit 2
}
sweep=$2 to=$3
mkdir -p "$to"

# fact NAME: of sweep.json, which has each on a line of its own.
fact() {
	sed -n "s/^ *\"$1\": \"\{0,1\}\([^\"]*[^\",]\)\"\{0,1\},\{0,1\}\$/\1/p" \
	    "$sweep/sweep.json" | head -n 1
}

awk -v cpus="$(fact cpus_allowed)" -v when="$(fact started)" \
    -v rev="$(fact git_rev)" -v cpu="$(fact cpu_model)" \
    -f "$1/build-aux/h-rcu.awk" "$sweep/data.csv" >"$to/README.md.new"
cp "$sweep/data.csv" "$sweep/sweep.json" "$to"
mv "$to/README.md.new" "$to/README.md"
echo "results    $to/README.md"
