# SPDX-License-Identifier: BSD-2-Clause
# graviton3 - Amazon Graviton3, 64 cores.
#
# Latencies: core-to-core-latency (N. Viennot).  No curve was published to fit
# the structure to, so it is that of 2x64: there are no residuals.  What runs is
# x86-64 code, with its order of memory.

name = graviton3
ghz = 2.6                   # Amazon
cores = 64                  # one socket
cores_per_socket = 64       # one socket
cores_per_cluster = 64      # one mesh

# a core by itself
instr = 1 cycles            # as 2x64
l1 = 5 cycles               # as 2x64
store = 1 cycles            # as 2x64
rmw = 18 cycles             # as 2x64
rmw16 = 28 cycles           # as 2x64
fence = 30 cycles           # as 2x64
pause = 40 cycles           # as 2x64

# lines
cold = 20 cycles            # as 2x64
clean_socket = 28 ns        # as 2x64
clean_remote = 28 ns        # there is no other socket
read_cluster = 46.4 ns      # core-to-core-latency: 36 to 54
read_socket = 46.4 ns       # the same
read_remote = 46.4 ns       # there is no other socket
own_cluster = 46.4 ns       # core-to-core-latency: 36 to 54
own_socket = 46.4 ns        # the same
own_remote = 46.4 ns        # there is no other socket
upgrade_socket = 46.4 ns    # as own_socket
upgrade_remote = 46.4 ns    # as own_remote
per_sharer = 2 cycles       # as 2x64
occupancy = 20 cycles       # as 2x64
hold = 20 cycles            # as 2x64

# structure: what the sensitivity band varies
snoop_pct = 50              # as 2x64: no published curve to fit
store_overlap = 100         # as 2x64
near_socket_pct = 0         # first come, first served
near_cluster_pct = 0        # the same
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
