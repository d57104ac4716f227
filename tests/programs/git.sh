#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# git.sh - git: commits, branches, clone, gc with threads, fsck, log.

. "$(dirname "$0")/lib.sh"
need git git

files=100
commits=15
[ -n "$quick" ] && files=30 && commits=10

# Files that change a little from commit to commit, so that deltas are made.
write_files() {
	awk -v n="$files" -v c="$1" 'BEGIN {
		for (f = 0; f < n; f++) {
			name = sprintf("src/d%d/f%d.txt", f % 10, f)
			x = f * 7919 + 1
			for (i = 0; i < 120; i++) {
				x = (x * 16807) % 2147483647
				if (i == (c * 13 + f) % 120)
					print "commit " c " was here" >name
				else
					print "line " i " " x >name
			}
			close(name)
		}
	}'
}

commit() {
	GIT_AUTHOR_DATE="$((1700000000 + $1 * 60)) +0000"
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	git add -A
	git commit -q -m "change $1"
}

work() {
	GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
	GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
	GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME \
	    GIT_COMMITTER_EMAIL GIT_CONFIG_NOSYSTEM GIT_TERMINAL_PROMPT
	unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
	git config --global init.defaultBranch main
	git config --global gc.auto 0
	git config --global pack.threads 4
	git config --global index.threads 4

	git init -q repo
	cd repo
	for d in 0 1 2 3 4 5 6 7 8 9; do mkdir -p "src/d$d"; done
	c=0
	while [ $c -lt "$commits" ]; do
		write_files "$c"
		commit "$c"
		c=$((c + 1))
	done
	git checkout -q -b side HEAD~3
	echo side >side.txt
	commit "$c"
	git checkout -q main
	git merge -q --no-edit -m merged side
	git tag -a -m "a tag" v1
	cd ..

	git clone -q "file://$PWD/repo" copy
	cd copy
	git gc -q
	git repack -q -a -d -f --depth=20 --window=20
	git fsck --full --strict
	git log --stat --format='%H %T %an %ad %s' --date=iso
	git log -p -M --format=%H -5 -- src/d3
	git rev-list --objects --all | sort
	git blame src/d1/f1.txt
	git grep -c 'commit 3' HEAD | sort
	git archive HEAD | sha256sum
	git diff HEAD~5 | sha256sum
	git status --porcelain
	cd ..
}

compare_all git
