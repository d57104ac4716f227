# SPDX-License-Identifier: BSD-2-Clause
# icelake-2x32 - Intel Xeon 8375C (Ice Lake), two sockets of 32 cores.
#
# Latencies: core-to-core-latency (N. Viennot).  No curve was published to fit
# the structure to, so it is that of 2x64: there are no residuals.

name = icelake-2x32
ghz = 2.9                   # base clock
cores = 64                  # 2 x 32
cores_per_socket = 32       # data sheet
cores_per_cluster = 32      # one mesh

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
clean_remote = 80 ns        # as 2x64
read_cluster = 51.3 ns      # core-to-core-latency, 8375C: 45 to 58
read_socket = 51.3 ns       # the same
read_remote = 107.8 ns      # the same: 102 to 113
own_cluster = 51.3 ns       # core-to-core-latency, 8375C: 45 to 58
own_socket = 51.3 ns        # the same
own_remote = 107.8 ns       # the same: 102 to 113
upgrade_socket = 51.3 ns    # as own_socket
upgrade_remote = 107.8 ns   # as own_remote
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
