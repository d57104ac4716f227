# SPDX-License-Identifier: BSD-2-Clause
# 2x64 - a generic machine of two sockets of 64 cores, no product.
#
# Round numbers of the size that server processors of about 2020 have; for
# comparing sets with each other, not for predicting a machine.  "assumed" is
# a choice, not a measurement.

name = 2x64
ghz = 2.5                   # assumed: all-core clock of such servers
cores = 128                 # by definition
cores_per_socket = 64       # by definition
cores_per_cluster = 64      # by definition: one last-level cache per socket

# a core
instr = 1 cycles            # assumed: what lies between two accesses
l1 = 5 cycles               # L1 load-to-use of Skylake-SP and Zen 2 is 4 to 5
store = 1 cycles            # one store per cycle retires
rmw = 18 cycles             # lock add on an owned line, Agner Fog: 18 to 20
rmw16 = 28 cycles           # lock cmpxchg16b, Agner Fog: 18 to 30
fence = 30 cycles           # mfence, Agner Fog: about 33
pause = 40 cycles           # between Zen 2 (40) and Skylake (140)

# lines
cold = 20 cycles            # assumed: a prefetched or L2 hit
clean_socket = 70 cycles    # L3 hit, 28 ns
clean_remote = 200 cycles   # assumed: 80 ns from the other socket
read_cluster = 150 cycles   # 60 ns, core to core within a socket
read_socket = 150 cycles    # the same: the socket is one cluster
read_remote = 350 cycles    # 140 ns, across sockets
own_cluster = 150 cycles    # as read_cluster
own_socket = 150 cycles     # as read_socket
own_remote = 350 cycles     # as read_remote
upgrade_socket = 120 cycles # assumed: no data travels
upgrade_remote = 300 cycles # assumed: no data travels
per_sharer = 2 cycles       # assumed: a snoop filter sends one by one
occupancy = 20 cycles       # assumed: a bank of the last-level cache
hold = 20 cycles            # assumed

# structure: what the sensitivity band varies
snoop_pct = 50              # assumed
store_overlap = 100         # assumed: store buffers hide what they can
near_socket_pct = 0         # assumed: first come, first served
near_cluster_pct = 0        # the same
jitter_pct = 10             # assumed

# the kernel
syscall = 120 ns            # assumed: with mitigations, near an empty call
futex_wait = 1000 ns        # assumed
futex_wake = 1000 ns        # assumed
wake_latency = 4 us         # assumed: from a core that idles
context_switch = 1200 ns    # assumed
quantum = 3 ms              # Linux: base slice of EEVDF and CFS on many cores
thread_start = 5 us         # assumed: clone3 with a stack that is there
thread_end = 4 us           # assumed
ipi = 1500 ns               # assumed: there and back, all at once
ipi_more = 100 ns           # assumed: sent and answered one by one
interrupt = 500 ns          # assumed: in and out, and a fence
