#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""data-columns.py - what the columns of data.csv are, as CSV on the Web.

usage: data-columns.py TREE >doc/schema/data.csv-metadata.json

Run by `make data-columns`, and by a test that compares.  Names and order come
from SL_METRICS of harness/driver/results.h, units and descriptions of what a
cell has from doc/schema/cell.schema.json; the rest is here.
"""
import json
import re
import sys

# name, datatype, may it be empty, unit, description
FIRST = [
    ("workload", "string", False, None,
     "with its parameters, if it has others than by default"),
    ("allocator", "string", False, None,
     "NAME, or NAME:OPTION=VALUE+..."),
    ("threads", {"base": "integer", "minimum": 1}, False, "count", "threads"),
    ("round", {"base": "integer", "minimum": 1}, False, "count",
     "round, from 1"),
    ("status", None, False, None,
     "ok, or how the cell failed; then all numbers of the run are empty"),
]
LAST = [
    ("failed_tries", {"base": "integer", "minimum": 0}, False, "count",
     "tries of the cell that crashed or timed out before"),
    ("host", "string", True, None, "name of the machine"),
    ("options", "string", True, None, "SPANLAB_OPTIONS that were asked for"),
    ("relink_percent", {"base": "integer", "minimum": 0}, True, "percent",
     "the option relink in force"),
    ("hold_pages", {"base": "integer", "minimum": 0}, True, "pages",
     "the option hold in force, pages of 8 KiB"),
]
# Made of what was observed.
SEEN = {f"{call}_{p}_ns": ("ns", f"{share} of the timed calls of {call} took "
                           "at most so long; empty: too few")
        for call in ("malloc", "free")
        for p, share in (("p50", "half"), ("p99", "99 percent"),
                         ("p999", "99.9 percent"))}
SEEN["live_peak_bytes"] = ("bytes", "live at most, of the samples")
SEEN["resident_peak_bytes"] = ("bytes", "resident set at most, of the samples")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def column(name, datatype, may_be_empty, unit, description):
    c = {"name": name, "titles": name, "datatype": datatype,
         "required": not may_be_empty, "dc:description": description}
    if unit:
        c["schema:unitText"] = unit
    return c


def metric(name, run):
    if name in SEEN:
        unit, description = SEEN[name]
        rule = {"minimum": 0}
    elif name not in run:
        sys.exit(f"data-columns: cell.schema.json does not describe {name}")
    else:
        rule = run[name]
        unit, description = rule["unit"], rule["description"]
    datatype = {"base": "double"}
    if "minimum" in rule or "exclusiveMinimum" in rule:
        datatype["minimum"] = 0
    return column(name, datatype, True, unit, description)


def main(tree):
    schemas = tree + "/doc/schema/"
    run = load(schemas + "cell.schema.json")["$defs"]["run"]["properties"]
    failed = load(schemas + "failed-cell.schema.json")["properties"]["status"]
    with open(tree + "/harness/driver/results.h", encoding="utf-8") as file:
        names = re.findall(r'^\tM\([A-Z0-9_]+, "([a-z0-9_]+)"\)', file.read(),
                           re.M)
    columns = [column(*c) for c in FIRST]
    # "unreadable" is what a reader finds, not what a cell says.
    columns[-1]["datatype"] = {
        "base": "string",
        "format": "|".join(["ok", "unreadable"] + failed["enum"])}
    columns += [metric(n, run) for n in names]
    columns += [column(*c) for c in LAST]
    head = {"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": "data.csv",
            "dc:title": "every number of every cell, one row per cell"}
    print("{")
    for key, value in head.items():
        print(f" {json.dumps(key)}: {json.dumps(value)},")
    print(' "tableSchema": {"primaryKey": '
          '["workload", "allocator", "threads", "round"], "columns": [')
    print(",\n".join("  " + json.dumps(c) for c in columns))
    print(" ]}\n}")


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
