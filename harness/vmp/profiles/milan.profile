# SPDX-License-Identifier: BSD-2-Clause
# milan - AMD EPYC 7763 class (Milan) as the virtual machine of perfbook.
#
# Latencies: core-to-core-latency-plus, EPYC 7763.  Curve: perfbook,
# CodeSamples/count/data, amd-milan.2024.09.22a; its threads are not bound, so
# which of its CPUs are threads of one core is not known.  166 CPUs are more than
# the 128 threads of such a socket, so there must be two; where the second begins
# is not known.  Fitted by hand to the points with 1, 2, 4, 8, 16, 32, 64 and 128
# threads: rmw to the first, snoop_pct to the others; 24, 48, 96 and 112 are held
# out.  spanlab vmp validate tells how far each is off, and make check holds them
# to 25 % (tests/vmp/t_vmp_published.c).

name = milan
ghz = 2.45                  # base clock of the 7763
cores = 128                 # of 166 of the virtual machine
cores_per_socket = 80       # assumed: half of 166, in whole clusters
cores_per_cluster = 16      # 8 cores of 2 threads share a cache

# a core by itself
instr = 0 cycles            # fitted: a tight loop
l1 = 1 cycles               # fitted: a tight loop
store = 1 cycles            # as 2x64
rmw = 6 cycles              # fitted: n=1 of the curve, 2.53 ns
rmw16 = 9 cycles            # assumed, from rmw
fence = 30 cycles           # as 2x64
pause = 40 cycles           # as 2x64

# lines
cold = 20 cycles            # as 2x64
clean_socket = 28 ns        # assumed, as 2x64
clean_remote = 80 ns        # assumed, as 2x64
read_cluster = 24.9 ns      # core-to-core-latency-plus, 7763, CCX
read_socket = 120 ns        # the same, within a socket
read_remote = 303.6 ns      # the same, across sockets
own_cluster = 24.9 ns       # core-to-core-latency-plus, 7763, CCX
own_socket = 120 ns         # the same, within a socket
own_remote = 303.6 ns       # the same, across sockets
upgrade_socket = 120 ns     # as own_socket
upgrade_remote = 303.6 ns   # as own_remote
per_sharer = 2 cycles       # as 2x64
occupancy = 5 cycles        # assumed
hold = 0 cycles             # fitted, with snoop_pct

# structure: what the sensitivity band varies
snoop_pct = 24              # fitted to the curve
store_overlap = 100         # as 2x64
near_socket_pct = 0         # first come, first served
near_cluster_pct = 0        # the same: turns that go near fit no better
jitter_pct = 10             # as 2x64

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
