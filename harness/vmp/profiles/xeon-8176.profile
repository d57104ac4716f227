# SPDX-License-Identifier: BSD-2-Clause
# xeon-8176 - Intel Xeon Platinum 8176 with 8 sockets, as perfbook has it.
#
# Latencies and curve: P. McKenney, Is Parallel Programming Hard (perfbook),
# table of operations and CodeSamples/count/data, hps.2019.10.23a; its threads
# are not bound.  Fitted by hand to the points with 1, 2, 4, 8, 16, 32, 64 and 128
# threads: rmw to the first; snoop_pct, hold, near_socket_pct, jitter_pct to the
# others; 28, 48, 96 and 112 are held out.  spanlab vmp validate tells how far each
# is off, and make check holds them to 25 % (tests/vmp/t_vmp_published.c).

name = xeon-8176
ghz = 2.1                   # base clock
cores = 128                 # of 224, as threads of the published curve
cores_per_socket = 28       # data sheet
cores_per_cluster = 28      # one mesh

# a core by itself
instr = 0 cycles            # fitted: a tight loop
l1 = 1 cycles               # fitted: a tight loop
store = 1 cycles            # as 2x64
rmw = 10 cycles             # fitted: n=1 of the curve, 4.83 ns
rmw16 = 16 cycles           # assumed, from rmw
fence = 30 cycles           # as 2x64
pause = 40 cycles           # as 2x64

# lines
cold = 20 cycles            # as 2x64
clean_socket = 28 ns        # assumed, as 2x64
clean_remote = 80 ns        # assumed, as 2x64
read_cluster = 47.5 ns      # perfbook, blind CAS, same socket
read_socket = 47.5 ns       # the same
read_remote = 148.8 ns      # perfbook, blind CAS, across sockets
own_cluster = 47.5 ns       # perfbook, blind CAS, same socket
own_socket = 47.5 ns        # the same
own_remote = 148.8 ns       # perfbook, blind CAS, across sockets
upgrade_socket = 47.5 ns    # as own_socket
upgrade_remote = 148.8 ns   # as own_remote
per_sharer = 2 cycles       # as 2x64
occupancy = 10 cycles       # assumed
hold = 0 cycles             # fitted, with snoop_pct

# structure: what the sensitivity band varies
snoop_pct = 9               # fitted to the curve
store_overlap = 100         # as 2x64
near_socket_pct = 90        # fitted to the curve
near_cluster_pct = 0        # the same
jitter_pct = 0              # fitted to the curve

# the kernel, as in 2x64: no measurement of this machine
syscall = 120 ns            # as 2x64
futex_wait = 1000 ns        # as 2x64
futex_wake = 1000 ns        # as 2x64
wake_latency = 4 us         # as 2x64
context_switch = 1200 ns    # as 2x64
quantum = 3 ms              # as 2x64
thread_start = 5 us         # as 2x64
thread_end = 4 us           # as 2x64
ipi = 1500 ns               # as 2x64
ipi_more = 100 ns           # as 2x64
interrupt = 500 ns          # as 2x64
