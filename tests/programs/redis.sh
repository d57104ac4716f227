#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# redis.sh - a Redis server on a local socket: benchmark, data, background save.

. "$(dirname "$0")/lib.sh"
not_in_quick
need redis-server redis-server
need redis-cli redis-tools
need redis-benchmark redis-tools

server=

stop_server() {
	[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true
	server=
}

cli() {
	redis-cli -s redis.sock "$@"
}

# A socket in the test's own folder: a port may be somebody else's.
start_server() {
	redis-server --port 0 --unixsocket redis.sock --save '' \
	    --appendonly no --daemonize no --dir "$PWD" \
	    --io-threads 2 --enable-debug-command local \
	    >server.log 2>&1 &
	server=$!
	for wait in $(seq 300); do
		sleep 0.1
		cli ping 2>/dev/null | grep -q PONG && return 0
		kill -0 "$server" 2>/dev/null || break
	done
	echo "the server does not answer" >&2
	return 1
}

load() {
	awk 'BEGIN {
		x = 1
		for (i = 0; i < 12000; i++) {
			x = (x * 16807) % 2147483647
			v = sprintf("%0" (x % 400 + 1) "d", x)
			print "SET s" i " " v
			print "HSET h" x % 500 " f" i " " v
			print "ZADD z" x % 20 " " x % 1000 " m" i
			print "RPUSH l" x % 50 " " v
			print "SADD t" x % 10 " " x % 5000
			if (x % 3 == 0)
				print "DEL s" (i - x % 100)
			if (x % 5 == 0)
				print "APPEND s" (i - x % 50) " tail"
		}
	}'
}

work() {
	trap stop_server EXIT
	start_server

	redis-benchmark -s redis.sock -q -n 5000 -c 20 -r 2000 \
	    -d 200 -P 4 -t set,get,incr,lpush,lpop,sadd,hset,zadd,lrange_100 \
	    >bench.log 2>&1
	if grep -i 'error' bench.log >&2; then
		return 1
	fi
	echo "benchmarks: $(tr '\r' '\n' <bench.log |
	    grep -c 'requests per second')"

	cli flushall
	load | cli --pipe | grep -E 'errors|replies'
	cli dbsize
	cli debug digest
	cli lrange l7 0 20
	cli zrangebyscore z3 100 200 withscores
	cli sort t4 limit 0 50
	cli hlen h17
	cli eval 'local n = 0 for i = 1, 2000 do n = n + #redis.call("KEYS",
	    "s" .. i) end return n' 0
	# A child of the server writes a snapshot of the heap it forked with.
	cli bgsave
	for wait in $(seq 100); do
		cli info persistence |
		    grep -q '^rdb_bgsave_in_progress:0' && break
		sleep 0.1
	done
	cli info persistence | grep '^rdb_last_bgsave_status' | tr -d '\r'
	cli debug reload
	cli debug digest
	cli shutdown nosave || true
	wait "$server"
	server=
}

compare_all redis-server
