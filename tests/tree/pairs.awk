# SPDX-License-Identifier: BSD-2-Clause
# pairs.awk - every ordered atomic names its partner.
#
# Run by pairs.sh.  Writes one line per finding: a kind, then the text.

# The tags that a use on line n may claim: those on the nearest lines at or
# above it, at most four up, and on the rest of that comment.
function tags_near(n,    i, t) {
	t = ""
	for (i = n; i >= n - 4 && i >= 1; i--) {
		if (tags[i] != "") {
			t = t " " tags[i]
			answered[i] = 1
		}
		if (t != "" && i < n && codes[i] ~ /[^ \t]/)
			break
		if (t != "" && i == n)
			break
	}
	return t
}

function relaxed_near(n,    i) {
	for (i = n; i >= n - 4 && i >= 1; i--)
		if (comments[i] ~ /relaxed:/)
			return 1
	return 0
}

function give(t, side, n,    k, part, i) {
	k = split(t, part, " ")
	for (i = 1; i <= k; i++) {
		seen[part[i]] = 1
		where[part[i]] = file ":" n
		if (side ~ /r/)
			releasing[part[i]] = 1
		if (side ~ /a/)
			acquiring[part[i]] = 1
	}
}

# Which sides an operation has: r releases, a acquires.
function sides(op) {
	if (op ~ /load/ || op ~ /_acq$/)
		return "a"
	if (op ~ /store/ || op ~ /_rel$/)
		return "r"
	return "ra"
}

function one_use(op, n,    t) {
	if (op == "sl_count" || op == "sl_count_add")
		return
	if (op ~ /_rlx$/) {
		if (!relaxed_near(n) && !head_relaxed)
			print "relaxed", file ":" n ": " op \
			    " without a comment `relaxed:'"
		return
	}
	t = tags_near(n)
	if (t == "")
		print "tag", file ":" n ": " op " without pairs(tag)"
	give(t, sides(op), n)
}

# Locks and the calls of a variant's own library order memory too; they need
# no tag, but may be the other side of one.
function library_use(op, n) {
	if (op ~ /unlock$/)
		give(tags_near(n), "r", n)
	else if (op ~ /lock$/)
		give(tags_near(n), "a", n)
	else
		give(tags_near(n), "ra", n)
}

# A flag that a signal handler sets is not shared with another thread.
function raw_use(n,    s) {
	s = " " code " "
	# Restartable sequences are told to the kernel by the addresses of
	# their instructions: no C has words for that.
	if (file ~ /core\/rseq\.c$/ && s ~ /__asm__/) {
		library_use("asm", n)
		gsub(/__asm__( volatile)?/, "", s)
	}
	gsub(/volatile sig_atomic_t/, "", s)
	if (s ~ /[^A-Za-z0-9_](atomic_[a-z]|__atomic_|__sync_)/ || \
	    s ~ /[^A-Za-z0-9_](volatile|asm|__asm|__asm__)[^A-Za-z0-9_]/ || \
	    s ~ /<stdatomic\.h>/)
		print "raw", file ":" n ": " $0
}

function read_tags(s,    out) {
	out = ""
	while (match(s, /pairs\([^)]*\)/)) {
		out = out " " substr(s, RSTART + 6, RLENGTH - 7)
		s = substr(s, RSTART + RLENGTH)
	}
	gsub(/,/, " ", out)
	sub(/^ +/, "", out)
	return out
}

function head_comment() {
	if ($0 ~ /^\/\*/)
		head_relaxed = 0
	if (comment ~ /relaxed:/ && ($0 ~ /^\/\*/ || $0 ~ /^ \*/))
		head_relaxed = 1
	if ($0 ~ /^}/)
		head_relaxed = 0
}

function uses(n,    s, op) {
	s = code
	while (match(s, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		op = substr(s, RSTART, RLENGTH - 1)
		s = substr(s, RSTART + RLENGTH)
		sub(/[ \t]+$/, "", op)
		if (op ~ /^sl_[a-z0-9_]*_(rlx|acq|rel|ar|sc)$/ || \
		    op ~ /^sl_fence/)
			one_use(op, n)
		else if (op ~ /^(ck|urcu|rcu|cds|cmm|uatomic|pthread)_/ || \
		    op ~ /^sl_[a-z0-9_]*lock$/)
			library_use(op, n)
	}
}

function line_read() {
	if (file ~ /core\/atomic\.h$/)
		return
	codes[FNR] = code
	comments[FNR] = comment
	tags[FNR] = read_tags(comment)
	lines = FNR
	head_comment()
	raw_use(FNR)
	uses(FNR)
}

function file_ended(    i) {
	for (i = 1; i <= lines; i++) {
		if (tags[i] != "" && !answered[i])
			print "stale", file ":" i ": pairs(" tags[i] \
			    ") near no ordered operation"
	}
	split("", codes)
	split("", comments)
	split("", tags)
	split("", answered)
	lines = 0
	head_relaxed = 0
}

END {
	for (t in seen) {
		if (!releasing[t])
			print "half", where[t] ": pairs(" t \
			    ") has no releasing side"
		if (!acquiring[t])
			print "half", where[t] ": pairs(" t \
			    ") has no acquiring side"
	}
}
