#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# python.sh - Python: json, threads, processes; with and without pymalloc.

. "$(dirname "$0")/lib.sh"
need python3 python3

rounds=3
[ -n "$quick" ] && rounds=1

# The interpreter itself, where python3 is a wrapper script.
python=$(python3 -c 'import sys; print(sys.executable)')

work() {
	cat >work.py <<'EOF'
import ctypes, hashlib, json, os, queue, subprocess, sys, threading, zlib

ROUNDS = int(sys.argv[1])

class Lcg:
    def __init__(self, seed):
        self.x = seed
    def __call__(self, n):
        self.x = (self.x * 6364136223846793005 + 1442695040888963407) \
            & (2 ** 64 - 1)
        return (self.x >> 33) % n

def tree(rnd, depth):
    if depth == 0:
        return ("x%d" % rnd(10 ** 9)) * (1 + rnd(20))
    if rnd(2):
        return [tree(rnd, depth - 1) for _ in range(1 + rnd(5))]
    return {"k%d" % rnd(10 ** 6): tree(rnd, depth - 1)
            for _ in range(1 + rnd(6))}

def roundtrip(seed):
    t = tree(Lcg(seed), 8)
    s = json.dumps(t, sort_keys=True)
    assert json.loads(s) == t
    return hashlib.sha256(s.encode()).hexdigest(), len(s)

def loaded():
    want = os.environ.get("LD_PRELOAD")
    if not want:
        return
    f = ctypes.CDLL(None).sl_identity
    f.restype = ctypes.c_char_p
    name = os.path.basename(want)[len("libspanlab-"):-len(".so")]
    assert f().decode().startswith("spanlab-%s " % name), f()
    with open("/proc/self/maps") as maps:
        assert want in maps.read()

def threads():
    pipe = queue.Queue(1000)
    got = []
    def make(n):
        rnd = Lcg(n)
        for i in range(5000 * ROUNDS):
            pipe.put([n, i, "s" * rnd(300), bytes(rnd(3000))])
        pipe.put(None)
    def take():
        done = size = 0
        while done < 2:
            m = pipe.get()
            if m is None:
                done += 1
            else:
                size += len(m[2]) + len(m[3])
        got.append(size)
    ts = [threading.Thread(target=make, args=(i,)) for i in range(4)]
    ts += [threading.Thread(target=take) for _ in range(2)]
    for t in ts: t.start()
    # Children are made while these threads allocate.
    forks = 0
    for i in range(10 * ROUNDS):
        pid = os.fork()
        if pid == 0:
            x = [bytearray(j % 5000) for j in range(2000)]
            del x
            os._exit(7)
        forks += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    for t in ts: t.join()
    print("threads", sum(got), "forks", forks)

def churn():
    for i in range(200):
        ts = [threading.Thread(target=lambda: [str(j) for j in range(500)])
              for _ in range(4)]
        for t in ts: t.start()
        for t in ts: t.join()
    print("short threads 800")

def processes():
    for i in range(3 * ROUNDS):
        out = subprocess.run([sys.executable, "-c",
            "import json; print(len(json.dumps(list(range(%d)))))"
            % (10000 + i)], stdout=subprocess.PIPE, check=True)
        print("child", out.stdout.decode().strip())

loaded()
for i in range(ROUNDS):
    print("json", roundtrip(i + 1))
threads()
churn()
processes()
n = 7 ** 40000
print("big", hashlib.sha256(n.to_bytes(n.bit_length() // 8 + 1,
    "big")).hexdigest())
data = b"".join(b"%d," % (i * i) for i in range(200000))
print("zlib", zlib.decompress(zlib.compress(data)) == data)
EOF
	# The random seed of str hashes decides the order of sets.
	PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
	export PYTHONHASHSEED PYTHONDONTWRITEBYTECODE
	"$python" work.py "$rounds"
	PYTHONMALLOC=malloc "$python" work.py "$rounds"
	"$python" -c 'print(sum(len(str(i)) for i in range(10**6)))'
	PYTHONMALLOC=malloc "$python" -c \
	    'print(sum(len(str(i)) for i in range(10**6)))'
}

compare_all "$python"
