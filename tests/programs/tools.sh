#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tools.sh - perl, bash, sort with threads, find, tar.

. "$(dirname "$0")/lib.sh"
not_in_quick
need perl perl
need bash bash
need sort coreutils
need find findutils
need tar tar

use_perl() {
	perl -e '
		use strict;
		my ($x, %h) = (1);
		for my $i (1 .. 150000) {
			$x = ($x * 16807) % 2147483647;
			push @{$h{$x % 3000}}, "v$x" x ($x % 7 + 1);
			delete $h{$x % 2999} if $x % 50 == 0;
		}
		for my $k (sort { $a <=> $b } keys %h) {
			my $s = join ",", sort @{$h{$k}};
			$s =~ s/(\d\d)(\d)/$2$1/g;
			print "$k ", length $s, " ", unpack("%32C*", $s), "\n";
		}
		for my $n (1 .. 20) {
			my $pid = fork;
			if (!$pid) {
				my @a = map { "$n-$_" } 1 .. 5000;
				exit($n);
			}
			waitpid $pid, 0;
			print "child ", $? >> 8, "\n";
		}'
}

use_bash() {
	# shellcheck disable=SC2016 # bash, not this shell, expands it
	bash -c '
		declare -A m
		for ((i = 0; i < 20000; i++)); do
			k=$((i * 7919 % 1000))
			m[$k]=${m[$k]:0:200}$i,
		done
		for k in "${!m[@]}"; do echo "$k ${#m[$k]}"; done | sort -n
		x=$(for i in {1..200}; do echo $(echo $i); done)
		echo "${#x}"
		a=({1..50000}); echo "${#a[@]} ${a[@]: -1}"'
}

use_sort_find_tar() {
	awk 'BEGIN {
		x = 1
		for (i = 0; i < 300000; i++) {
			x = (x * 16807) % 2147483647
			print x, i
		}
	}' >lines
	sort --parallel=4 -S 4M -n lines | sha256sum
	sort --parallel=4 -k2,2r lines | sha256sum
	sort -u --parallel=4 -S 2M -T . lines | wc -l

	mkdir tree
	awk 'BEGIN {
		for (i = 0; i < 800; i++) {
			d = "tree/d" i % 40
			if (i < 40)
				system("mkdir " d)
			for (j = 0; j < i % 60; j++)
				print i, j >(d "/f" i)
			print "end" >(d "/f" i)
			close(d "/f" i)
		}
	}'
	find tree -type f -name 'f*7' -size -10k | sort
	find tree -type d -exec ls {} + | sha256sum
	tar --sort=name --owner=0 --group=0 --mtime=@0 -cf out/tree.tar tree
	mkdir back
	tar -C back -xf out/tree.tar
	diff -r tree back/tree
	tar -tvf out/tree.tar | wc -l
	grep -rc end tree | sort | sha256sum
	sed -n 's/^\(.*\) \(.*\)$/\2 \1/p' lines | sha256sum
}

work() {
	use_perl
	use_bash
	use_sort_find_tar
}

compare_all perl bash sort find tar
