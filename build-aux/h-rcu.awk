# SPDX-License-Identifier: BSD-2-Clause
# h-rcu.awk - the README of results/h-rcu from its data.csv.
#
# usage: awk -v cpus=N -v when=TIME -v rev=REVISION -v cpu=MODEL -f h-rcu.awk
#            data.csv >README.md
#
# Run by build-aux/h-rcu.sh (make bench-rcu).  Medians with the least and the
# greatest value; nothing here is typed by hand.

BEGIN { FS = "," }

NR == 1 {
	for (i = 1; i <= NF; i++)
		col[$i] = i
	next
}

function get(name) {
	if (!(name in col)) {
		print "h-rcu.awk: no column " name >"/dev/stderr"
		exit 1
	}
	return $col[name]
}

{
	w = get("workload"); a = get("allocator"); t = get("threads") + 0
	if (!(a in known)) {
		known[a] = 1
		order[++nalloc] = a
	}
	if (!(t in seen)) {
		seen[t] = 1
		threads[++nthreads] = t
	}
	k = w SUBSEP a SUBSEP t
	if (get("status") != "ok" || get("mallocs") + 0 == 0) {
		failed[k]++
		bad++
		next
	}
	n[k]++
	ops = get("mallocs")
	span = get("makespan_s")
	put(k, "mops", get("ops_per_s") / 1e6)
	put(k, "walk", get("set_scanned") / ops)
	put(k, "periods", get("set_grace_periods") / span)
	put(k, "waiting", get("set_backlog_most"))
	put(k, "bytes", get("set_backlog_bytes"))
	put(k, "waits", get("set_lock_waits") / ops)
}

function put(k, what, x) {
	value[k, what, n[k]] = x + 0
}

# Sorts the values of one field into v[1..m].
function sorted(k, what, v,    m, i, j, x) {
	m = n[k]
	for (i = 1; i <= m; i++) {
		x = value[k, what, i]
		for (j = i - 1; j > 0 && v[j] > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	return m
}

function median(k, what,    v, m) {
	m = sorted(k, what, v)
	if (m == 0)
		return 0
	return m % 2 ? v[(m + 1) / 2] : (v[m / 2] + v[m / 2 + 1]) / 2
}

function spread(k, what, form,    v, m) {
	m = sorted(k, what, v)
	if (m == 0)
		return "none"
	return sprintf(form " (" form "-" form ")", median(k, what), v[1], v[m])
}

# How much more an operation costs than ck's in the same place.
function cost(w, a, t,    own, ref) {
	own = median(w SUBSEP a SUBSEP t, "mops")
	ref = median(w SUBSEP "ck" SUBSEP t, "mops")
	return own > 0 && ref > 0 ? ref / own : 0
}

function table(w, t,    i, k, a) {
	print ""
	print "| set | M operations/s | cost, ck = 1 | walked past, per" \
	    " claim | grace periods/s | nodes waiting, most | bytes waiting" \
	    " at the end | lock waits, per operation |"
	print "|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= nalloc; i++) {
		a = order[i]
		k = w SUBSEP a SUBSEP t
		if (!(k in n)) {
			print "| " a " | no run ended well | | | | | | |"
			continue
		}
		printf "| %s | %s | %.2f | %s | %s | %s | %s | %s |\n", a,
		    spread(k, "mops", "%.2f"), cost(w, a, t),
		    spread(k, "walk", "%.2f"), spread(k, "periods", "%.0f"),
		    spread(k, "waiting", "%.0f"), spread(k, "bytes", "%.0f"),
		    spread(k, "waits", "%.3f")
	}
}

function condition(title, w, crowd,    i) {
	print ""
	print "## " title
	for (i = 1; i <= nthreads; i++)
		if ((threads[i] > cpus) == crowd) {
			print ""
			print "Threads: " threads[i]
			table(w, threads[i])
		}
}

# The greatest cost of a set in a condition, and where.
function worst(a, w, crowd,    i, c, most) {
	most = 0
	at = ""
	for (i = 1; i <= nthreads; i++) {
		if ((threads[i] > cpus) != crowd)
			continue
		c = cost(w, a, threads[i])
		if (c > most) {
			most = c
			at = threads[i]
		}
	}
	return most
}

function verdict(a, what, w, crowd, limit, least,    c, holds) {
	c = worst(a, w, crowd)
	if (c == 0) {
		print "| " what " | " a " | not measured | |"
		return
	}
	holds = least ? c >= limit : c <= limit
	printf "| %s | %s | %.2f at %s threads | %s |\n", what, a, c, at,
	    holds ? "holds" : "does not hold"
}

function verdicts(    i, a) {
	print ""
	print "## The hypothesis"
	print ""
	print "Said before the run: an operation costs at most 1.5 times" \
	    " what it costs on ck while threads have CPUs and nobody reads;" \
	    " and at least 5 times with threads > CPUs, or with scanners," \
	    " if what waits has no bound (`limbo=1073741824`)."
	print ""
	print "| predicted | set | greatest cost, ck = 1 | |"
	print "|---|---|---|---|"
	for (i = 1; i <= nalloc; i++)
		if ((a = order[i]) ~ /^rcu/)
			verdict(a, "<= 1.5, threads <= CPUs", "updates", 0,
			    1.5, 0)
	verdict("rcu:limbo=1073741824", ">= 5, threads > CPUs", "updates", 1,
	    5, 1)
	verdict("rcu:limbo=1073741824", ">= 5, scanners", "updates-scanned",
	    0, 5, 1)
	verdict("rcu:limbo=1073741824", ">= 5, scanners, threads > CPUs",
	    "updates-scanned", 1, 5, 1)
}

END {
	print "# What grace periods cost a set (H-RCU)"
	print ""
	print "Made by `make bench-rcu`, " when ", revision " rev ", on " cpus \
	    " CPUs (" cpu "). `data.csv` has every run, `sweep.json` the" \
	    " machine, its load, and what was asked for. This page is made" \
	    " from them by `build-aux/h-rcu.awk`."
	print ""
	print "`bench-mcentral-VARIANT`, the workload `updates`: threads take" \
	    " spans of one slot, use the slot up, keep 16 of them and free" \
	    " the oldest, so that each operation takes a span from the list" \
	    " and puts one there. Nobody only reads. `updates-scanned` has" \
	    " two more threads that are inside a read section of the set for" \
	    " 1 ms, asleep for 1 ms, and so on; in sets other than rcu a" \
	    " section is nothing, and they only take CPU time. What waits are" \
	    " nodes of 32 bytes; a span never waits for a grace period. Sets" \
	    " ran in turns, in an order drawn anew for each round. Medians," \
	    " and in brackets the least and the greatest of the runs."
	if (bad)
		print "\n**" bad " runs did not end well** and are not in the" \
		    " tables."
	condition("Threads <= CPUs, no scanners", "updates", 0)
	condition("Threads > CPUs", "updates", 1)
	condition("Scanners, threads <= CPUs", "updates-scanned", 0)
	condition("Scanners, threads > CPUs", "updates-scanned", 1)
	verdicts()
	print ""
	print "One machine; with threads > CPUs it is its scheduler that is" \
	    " measured as well."
}
