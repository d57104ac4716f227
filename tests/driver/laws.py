# SPDX-License-Identifier: BSD-2-Clause
"""laws.py - holds what a report draws of scaling against a law that is known.

usage: laws.py REPORT.html LAST [modelled]

Run by laws.sh.  The sweep's throughputs are those of fake-bench under
FAKE_USL (below), at 1, 2 .. 64 threads, of which LAST is the last that has a
CPU for each.  Prints what is not as it should be.
"""
import json
import math
import re
import sys

ALPHA, BETA, GAMMA = 0.03, 0.0004, 5
THREADS = [1, 2, 4, 8, 16, 32, 64]
page = open(sys.argv[1], encoding='utf-8').read()
last = int(sys.argv[2])
modelled = len(sys.argv) > 3
data = json.loads(
    re.search(r'<script type="application/json">(.*?)</script>', page,
              re.S).group(1))
panels = {p['key']: p['s'] for p in data['panels']}
names = ['mutex', 'ck', 'glibc']


def law(n, alpha=ALPHA, beta=BETA, gamma=GAMMA):
    return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


def measured(a, n):
    return law(n) * (2 if names[a] == 'glibc' else
                     1.1 if names[a] == 'ck' and n == 8 else 1)


def near(what, got, want, part=1e-4, off=0.0):
    if not abs(got - want) <= part * abs(want) + off:
        print(f'{what}: {got}, not {want}')


def picture(key):
    """The SVG of a panel: its series' groups, and its mapping to pixels."""
    svg = re.search(r'data-panel="%s".*?(<svg class="panel".*?</svg>)' % key,
                    page, re.S).group(1)
    box = [float(x) for x in
           re.search(r'data-box="([^"]*)"', svg).group(1).split()]
    xs = [float(x) for x in re.search(r'data-x="([^"]*)"', svg).group(1).split()]
    values = [p for s in panels[key] for p in s if p]
    lo = min(0, min(p[1] for p in values))
    hi = max(0, max(p[2] for p in values))
    hi += (hi - lo) * (0.09 if key == 'throughput' else 0.05)
    if lo < 0:
        lo -= (hi - lo) * 0.05

    def place(n, v):
        return (box[0] + (box[1] - box[0]) * math.log(n / xs[0]) /
                math.log(xs[1] / xs[0]),
                box[3] - (box[3] - box[2]) * (v - lo) / (hi - lo))

    groups = re.findall(r'<g class="s(?: open)?".*?</g>', svg, re.S)
    return groups, place, hi


def path(group, kind):
    """The points of a path, without the sideways shift of its series."""
    shift = float(re.search(r'data-shift="([^"]*)"', group).group(1))
    d = re.search(r'<path class="%s"[^>]* d="([^"]*)"' % kind, group).group(1)
    return [(float(x) - shift, float(y)) for x, y in
            re.findall(r'[ML](-?[\d.]+) (-?[\d.]+)', d)]


def same_points(what, got, want):
    if len(got) != len(want):
        print(f'{what}: {len(got)} points, not {len(want)}')
    for g, w in zip(got, want):
        # a tenth of a pixel is what is written
        near(what + ' x', g[0], w[0], 0, 0.11)
        near(what + ' y', g[1], w[1], 0, 0.2)


def law_of(group, kind):
    return [float(x) for x in
            re.search(r'<path class="%s" data-usl="([^"]*)"' % kind,
                      group).group(1).split()]


def squares(alpha, points):
    """Of Amdahl's law with the gamma that is best."""
    s = [n / (1 + alpha * (n - 1)) for n, _ in points]
    g = sum(x * y for (_, x), y in zip(points, s)) / sum(y * y for y in s)
    return sum((x - g * y) ** 2 for (_, x), y in zip(points, s)), g


groups, place, top = picture('throughput')
residues, rplace, _ = picture('residuals')
fitted = [n for n in THREADS if n <= last]
for a, name in enumerate(names):
    g = groups[a]
    points = [(n, measured(a, n)) for n in fitted]
    for i, n in enumerate(THREADS):
        got = panels['throughput'][a][i]
        for what, value, part in (('median', got[0], 1), ('low', got[1], 0.8),
                                  ('high', got[2], 1.25)):
            near(f'{name} {n} {what}', value,
                 measured(a, n) * (part if modelled else 1))
    same_points(name + ' line', path(g, 'line'),
                [place(n, measured(a, n)) for n in THREADS])
    if modelled:
        same_points(name + ' band', path(g, 'bar band'),
                    [place(n, measured(a, n) * 1.25) for n in THREADS] +
                    [place(n, measured(a, n) * 0.8) for n in THREADS[::-1]])
    # the universal law
    al, be, ga, first, to = law_of(g, 'fit')
    near(name + ' first', first, 1)
    near(name + ' last', to, last)
    if name != 'ck':
        near(name + ' alpha', al, ALPHA, 2e-3)
        near(name + ' beta', be, BETA, 2e-3)
        near(name + ' gamma', ga, measured(a, 1), 2e-3)
    steps = [first * (to / first) ** (i / 40) for i in range(41)]
    same_points(name + ' law', path(g, 'fit'),
                [place(n, law(n, al, be, ga)) for n in steps
                 if law(n, al, be, ga) <= top])
    # Amdahl's: no other alpha is better
    aa, ab, ag, first, to = law_of(g, 'fit amdahl')
    near(name + ' Amdahl beta', ab, 0)
    least, best = squares(aa, points)
    near(name + ' Amdahl gamma', ag, best)
    for other in (aa * 0.99, aa * 1.01):
        if squares(other, points)[0] < least:
            print(f'{name} Amdahl: alpha {other} is better than {aa}')
    same_points(name + " Amdahl's law", path(g, 'fit amdahl'),
                [place(n, law(n, aa, 0, ag)) for n in steps
                 if law(n, aa, 0, ag) <= top])
    # the knee, where threads have their CPU
    knee = re.search(r'class="knee" data-at="([^"]*)"', g)
    if (1 / al <= last) != bool(knee):
        print(f'{name}: the knee {1 / al} of {last} is',
              'marked' if knee else 'not marked')
    if knee:
        n, v = (float(x) for x in knee.group(1).split())
        near(name + ' knee', n, 1 / al)
        near(name + ' at the knee', v, law(n, al, be, ga))
        same_points(name + ' mark', path(g, 'knee'), [place(n, v)])
    # residuals
    for i, n in enumerate(THREADS):
        got = panels['residuals'][a][i]
        if n > last:
            if got:
                print(f'{name}: a residual at {n} threads')
            continue
        over = measured(a, n) / law(n, al, be, ga)
        near(f'{name} residual {n}', got[0], 100 * (over - 1), 1e-3, 1e-3)
        near(f'{name} residual {n} low', got[1],
             100 * (over * (0.8 if modelled else 1) - 1), 1e-3, 1e-3)
        near(f'{name} residual {n} high', got[2],
             100 * (over * (1.25 if modelled else 1) - 1), 1e-3, 1e-3)
        if name != 'ck':
            near(f'{name} residual {n}', got[0], 0, 0, 0.05)
    same_points(name + ' residuals', path(residues[a], 'line'),
                [rplace(n, panels['residuals'][a][i][0])
                 for i, n in enumerate(THREADS) if n <= last])
# four points and three coefficients leave little
if last > 8 and not panels['residuals'][1][3][0] > 3:
    print('ck: no residual where it is above the law')
