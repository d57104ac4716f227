# SPDX-License-Identifier: BSD-2-Clause
# epyc-7742 - AMD EPYC 7742 (Rome), two sockets of 64 cores.
#
# Latencies: core-to-core-latency-plus, two EPYC 7702, which have the same dies
# at another clock.  On their second socket transfers cost what they do across
# sockets, for the line's home is on the first: homes are not modelled.  No curve
# of it was found to fit the structure to, so how far it is off is not known:
# perfbook's EPYC is the virtual machine of milan.profile.

name = epyc-7742
ghz = 2.25                  # base clock of the 7742
cores = 128                 # 2 x 64
cores_per_socket = 64       # data sheet
cores_per_cluster = 4       # Zen 2: four cores share a cache

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
read_cluster = 25.1 ns      # core-to-core-latency-plus, 2 x 7702, median
read_socket = 131.2 ns      # the same
read_remote = 233.1 ns      # the same
own_cluster = 25.1 ns       # core-to-core-latency-plus, 2 x 7702, median
own_socket = 131.2 ns       # the same
own_remote = 233.1 ns       # the same
upgrade_socket = 131.2 ns   # as own_socket
upgrade_remote = 233.1 ns   # as own_remote
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
