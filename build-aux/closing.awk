# SPDX-License-Identifier: BSD-2-Clause
# closing.awk - the last line of make check: N passed, N failed[, N skipped].
#
# usage: awk -v status=N -f closing.awk FILE.trs...
#
# Run by make check.  status is what automake's own check returned.  A test
# that left no results, because it did not run, counts as one failure.

BEGIN {
	for (i = 1; i < ARGC; i++) {
		seen = bad = 0
		while ((getline line < ARGV[i]) > 0) {
			if (line !~ /^:test-result:/)
				continue
			seen = 1
			split(line, word, " ")
			bad += word[2] == "FAIL"
			if (word[2] == "ERROR" && bad) {
				bad = 0
				continue
			}
			count[word[2]]++
		}
		close(ARGV[i])
		if (!seen) {
			name = ARGV[i]
			sub(/\.trs$/, "", name)
			missing[++nmissing] = name
		}
	}
	failed = count["FAIL"] + count["XPASS"] + count["ERROR"] + nmissing
	if (nmissing) {
		printf "These tests did not run:"
		for (i = 1; i <= nmissing; i++)
			printf " %s", missing[i]
		printf "\n"
	}
	if (status != 0 && !failed) {
		print "make check ended with status " status
		failed = 1
	}
	line = count["PASS"] + count["XFAIL"] " passed, " failed " failed"
	if (count["SKIP"])
		line = line ", " count["SKIP"] " skipped"
	print line
	exit failed ? 1 : 0
}
