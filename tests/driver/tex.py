# SPDX-License-Identifier: BSD-2-Clause
"""tex.py - holds what spanlab export writes against what LaTeX needs of it,
and its numbers against data.csv.

usage: tex.py FOLDER DATA.csv

Run by tex.sh.  Braces and environments are closed, each row of a table has as
many cells as the table has columns, no character that LaTeX takes for its own
stands in a text, each column that a plot reads is in its data.  Prints what is
wrong.
"""
import csv
import os
import re
import statistics
import sys

folder = sys.argv[1]
medians = {}
with open(sys.argv[2], newline='', encoding='utf-8') as f:
    for row in csv.DictReader(f):
        if row['status'] == 'ok':
            key = row['workload'], row['allocator'], row['threads']
            medians.setdefault(key, []).append(float(row['ops_per_s']) / 1e6)
medians = {k: statistics.median(v) for k, v in medians.items()}
used = set()


def wrong(name, text):
    print(f'{name}: {text}')


def plain(text):
    """A name as LaTeX would print it."""
    return re.sub(r'\\([_%&#${}])', r'\1', text.replace('{-}', '-'))


def structure(name, body):
    depth, open_envs = 0, []
    for m in re.finditer(r'\\begin\{(\w+)\}|\\end\{(\w+)\}|\\.|[{}]', body):
        if m.group(1):
            open_envs.append(m.group(1))
        elif m.group(2):
            if not open_envs or open_envs.pop() != m.group(2):
                wrong(name, f'\\end{{{m.group(2)}}} ends nothing')
        elif m.group(0) == '{':
            depth += 1
        elif m.group(0) == '}':
            depth -= 1
            if depth < 0:
                wrong(name, 'a brace too many')
    if depth or open_envs:
        wrong(name, f'not closed: {depth} braces, {open_envs}')


def specials(name, body):
    """#, %, _, ^, ~ have no place outside of maths, options and names of
    files; & only in tables."""
    body = re.sub(r'\\(input|label|definecolor)\{[^}]*\}', '', body)
    body = re.sub(r'table\[[^]]*\] *\{[^}]*\}', '', body)
    body = re.sub(r'\\.', '', body)
    body = re.sub(r'\$[^$]*\$', '', body)
    in_table = re.sub(r'begin\{tabular\}.*?end\{tabular\}', '', body,
                      flags=re.S)
    for line in body.split('\n'):
        if re.search(r'[#%_^~$]', line):
            wrong(name, 'a special character in: ' + line)
    if '&' in re.sub(r'egin\{tabular\}.*?nd\{tabular\}', '', in_table,
                     flags=re.S):
        wrong(name, 'an & outside of a table')


def table(name, body):
    workload = name[:-len('.tex')]
    for spec, rows in re.findall(
            r'\\begin\{tabular\}\{(\w+)\}(.*?)\\end\{tabular\}', body, re.S):
        threads = []
        for row in rows.split('\\\\'):
            row = re.sub(r'\\(toprule|midrule|bottomrule)', '', row)
            row = re.sub(r'\\cmidrule\(l\)\{2-%d\}' % len(spec), '', row)
            cells = [c.strip() for c in re.split(r'(?<!\\)&', row.strip())]
            if cells == ['']:
                continue
            if cells[1].startswith('\\multicolumn'):
                if cells[1] != f'\\multicolumn{{{len(spec) - 1}}}{{c}}{{threads}}':
                    wrong(name, 'the head spans ' + cells[1])
                continue
            if len(cells) != len(spec):
                wrong(name, f'{len(cells)} cells of {len(spec)}: {row}')
                continue
            if not threads:
                threads = [c.replace('$^{*}$', '') for c in cells[1:]]
                continue
            for t, c in zip(threads, cells[1:]):
                key = workload, plain(cells[0]), t
                c = re.sub(r'\$\^\{[-+]\}\$', '', c)
                c = re.sub(r'\\textbf\{(.*)\}', r'\1', c)
                if c == '--':
                    if key in medians:
                        wrong(name, f'no number for {key}')
                    continue
                if abs(float(c) / medians[key] - 1) > 0.01:
                    wrong(name, f'{c} is not {medians[key]} of {key}')
                used.add(key)


def plot(name, body):
    workload = name[:-len('.tex')]
    data = os.path.join(folder, workload + '.dat')
    with open(data, encoding='utf-8') as f:
        rows = [l.split() for l in f if not l.startswith('#')]
    head, rows = rows[0], rows[1:]
    if any(len(r) != len(head) for r in rows):
        wrong(name, 'rows of the data differ in length')
    series = re.findall(
        r'error bars/\.cd, y dir=both, y explicit.*?\]\s*table\[x=(\w+), '
        r'y=(\w+), y error minus=(\w+), y error plus=(\w+)\] \{(.*?)\};\s*'
        r'\\addlegendentry\{(.*?)\}\n', body, re.S)
    if len(series) != body.count('\\addplot') or not series:
        wrong(name, 'a plot without error bars or a name')
    for x, y, lo, hi, file, legend in series:
        if file != workload + '.dat':
            wrong(name, 'reads ' + file)
        if not {x, y, lo, hi} <= set(head):
            wrong(name, f'no column {x}, {y}, {lo} or {hi}')
            continue
        for r in rows:
            at = dict(zip(head, r))
            key = workload, plain(legend), at[x]
            if at[y] == 'nan':
                if key in medians:
                    wrong(name, f'no number for {key}')
                continue
            if abs(float(at[y]) / medians[key] - 1) > 1e-4:
                wrong(name, f'{at[y]} is not {medians[key]} of {key}')
            if float(at[lo]) < 0 or float(at[hi]) < 0:
                wrong(name, f'a bar below nothing: {r}')
            used.add(key)
    for colour in set(re.findall(r'color=(\w+)', body)):
        if f'\\definecolor{{{colour}}}' not in body:
            wrong(name, 'no colour ' + colour)


names = sorted(n for n in os.listdir(folder) if n.endswith('.tex'))
for name in names:
    with open(os.path.join(folder, name), encoding='utf-8') as f:
        body = re.sub(r'(?m)^%.*\n', '', f.read())
    if not body.isascii():
        wrong(name, 'not ASCII')
    structure(name, body)
    specials(name, body)
    for file in re.findall(r'\\input\{(.*?)\}', body):
        if file not in names:
            wrong(name, 'no ' + file)
    if 'tabular' in body:
        table(name, body)
    if 'addplot' in body:
        plot(name, body)
if used != set(medians):
    print('not in any file:', sorted(set(medians) - used)[:3])
