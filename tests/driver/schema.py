#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""schema.py - what spanlab writes against doc/schema/, and doc/schema/ against
the sources.  Run by schema.sh.

usage: schema.py files TREE FILE|FOLDER...
       schema.py runs TREE FILE...      what a bench wrote, before it is a cell
       schema.py sources TREE
       schema.py plant TREE SPANLAB RESULTS WORK <FAULTS

Prints a line for each fault.  Exit status 1: there are some.

With plant, a line of FAULTS is WHO SWEEP FILE STATEMENT: in a copy of
RESULTS/SWEEP/latest the file is changed by the statement, where o is what it
has (of data.csv: its lines), and then WHO must refuse it: both, schema or check
(the schemas do not know the plan, nor does check read all).
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys

KINDS = [(r"(^|/)sweep\.json$", "sweep"),
         (r"/cells/[^/]*\.failed\.json$", "failed-cell"),
         (r"/cells/[^/]*\.json$", "cell"),
         (r"/instructions/[^/]*\.json$", "instructions"),
         (r"(^|/)costs\.json$", "costs"), (r"(^|/)map\.json$", "map"),
         (r"(^|/)report\.json$", "paper-report"),
         (r"(^|/)store\.json$", "paper-store")]
# What a cell's run has of Google Benchmark itself.
GOOGLE = set("""name run_name run_type family_index per_family_instance_index
    repetitions repetition_index iterations real_time cpu_time time_unit label
    """.split())
faults = []


def fault(where, what):
    faults.append(f"{where}: {what}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Schemas:
    """The schema files of a tree, each compiled once."""

    def __init__(self, tree):
        self.folder = os.path.abspath(tree) + "/doc/schema/"
        self.validators = {}
        self.columns = None

    def names(self):
        return sorted(n for n in os.listdir(self.folder)
                      if n.endswith(".schema.json"))

    def load(self, name):
        return json.loads(read(self.folder + name))

    def validator(self, name, part=""):
        import jsonschema
        cls = jsonschema.Draft202012Validator
        uri = "file://" + self.folder + name
        if uri + part in self.validators:
            return self.validators[uri + part]
        cls.check_schema(self.load(name))
        try:
            from referencing import Registry, Resource
            how = {"registry": Registry().with_resources(
                ("file://" + self.folder + n,
                 Resource.from_contents(self.load(n)))
                for n in self.names())}
        except ImportError:  # jsonschema before 4.18
            how = {"resolver": jsonschema.RefResolver(uri, self.load(name))}
        self.validators[uri + part] = cls({"$ref": uri + part}, **how)
        return self.validators[uri + part]

    def check(self, where, document, name, part=""):
        for e in self.validator(name, part).iter_errors(document):
            at = "/".join(map(str, e.absolute_path))
            fault(where, f"{at}: {e.message[:200]}")

    def check_csv(self, path):
        """The part of CSV on the Web that the table's description uses."""
        if self.columns is None:
            table = self.load("data.csv-metadata.json")["tableSchema"]
            self.columns, self.key = table["columns"], table["primaryKey"]
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        names = [c["name"] for c in self.columns]
        if not rows or rows[0] != names:
            odd = set(rows[0] if rows else []) ^ set(names)
            fault(path, f"columns are others: {sorted(odd) or 'order'}")
            return
        seen = set()
        for number, row in enumerate(rows[1:], 2):
            if len(row) != len(names):
                fault(path, f"line {number}: {len(row)} fields")
                continue
            for c, text in zip(self.columns, row):
                why = wrong_field(c, text)
                if why:
                    fault(path, f"line {number}: {c['name']}: {why}")
            key = tuple(row[names.index(k)] for k in self.key)
            if key in seen:
                fault(path, f"line {number}: a second row of its cell")
            seen.add(key)


def wrong_field(column, text):
    if text == "":
        return "is empty" if column["required"] else None
    datatype = column["datatype"]
    if isinstance(datatype, str):
        datatype = {"base": datatype}
    if datatype["base"] == "string":
        form = datatype.get("format", ".*")
        return None if re.fullmatch(form, text, re.S) else f"'{text}' is none"
    form = r"-?\d+" if datatype["base"] == "integer" else \
        r"-?\d+(\.\d+)?(e[+-]\d+)?"
    if not re.fullmatch(form, text):
        return f"'{text}' is not {datatype['base']}"
    if float(text) < datatype.get("minimum", -float("inf")):
        return f"{text} is too small"
    return None


def check_file(schemas, path):
    if os.path.basename(path) == "data.csv":
        schemas.check_csv(path)
        return
    for pattern, kind in KINDS:
        if re.search(pattern, path):
            break
    else:
        if path.endswith(".json"):
            fault(path, "no schema is for this file")
        return
    try:
        document = json.loads(read(path))
    except ValueError as e:
        fault(path, str(e))
        return
    schemas.check(path, document, kind + ".schema.json")


def check_files(tree, paths):
    schemas = Schemas(tree)
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in os.walk(path):
                for name in sorted(names):
                    check_file(schemas, os.path.join(folder, name))
        else:
            check_file(schemas, path)


def check_runs(tree, paths):
    schemas = Schemas(tree)
    for path in paths:
        document = json.loads(read(path))
        schemas.check(path, document["context"], "cell.schema.json",
                      "#/properties/context")
        for run in document["benchmarks"]:
            # a moment may be too short for any
            run["ops_per_s"] = run["ops_per_s"] or 1
            schemas.check(path, run, "cell.schema.json", "#/$defs/run")


# --- the schemas against the sources ---------------------------------------

def walk(where, node):
    """Each member has a meaning, each number a unit, each object an end."""
    if not isinstance(node, dict):
        return
    for name, p in node.get("properties", {}).items():
        at = f"{where}/{name}"
        if "$ref" not in p and "properties" not in p and \
                "description" not in p:
            fault(at, "no description")
        types = p.get("type", [])
        types = [types] if isinstance(types, str) else types
        if {"number", "integer"} & set(types) and "unit" not in p:
            fault(at, "no unit")
        walk(at, p)
    if node.get("type") == "object" and not where.endswith("$defs/facts") \
            and not {"additionalProperties",
                     "unevaluatedProperties"} & set(node):
        fault(where, "has no end: additionalProperties")
    for key in ("items", "additionalProperties"):
        walk(f"{where}/{key}", node.get(key))
    for name, d in node.get("$defs", {}).items():
        walk(f"{where}/$defs/{name}", d)


def sources(tree):
    for folder, _, names in os.walk(tree + "/harness"):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".cc", ".go")):
                yield read(os.path.join(folder, name))


def check_names(what, described, written, others):
    for name in sorted(written - described):
        fault(what, f"{name} is written and not described")
    for name in sorted(described - written - others):
        fault(what, f"{name} is described and not written")


def check_sources(tree):
    schemas = Schemas(tree)
    for name in schemas.names():
        walk(name, schemas.load(name))
    cell = schemas.load("cell.schema.json")
    run = set(cell["$defs"]["run"]["properties"])
    context = set(cell["properties"]["context"]["properties"])
    text = "\n".join(sources(tree))
    go = read(tree + "/harness/go/record.go")
    go_context, go_run = re.search(
        r"func context.*?\n}\n(.*)", go, re.S).group(0).split("\n}\n", 1)

    written = set(re.findall(r'sl_trial_figure\(\s*t,\s*"(\w+)",', text))
    written |= set(re.findall(r'sl_gb_counter\(\s*st,\s*"(\w+)"', text))
    written |= set(re.findall(r'\tM\([A-Z0-9_]+, "(\w+)"\)', text))
    written -= set(re.findall(
        r"^(?:malloc|free)_p\d+_ns$|^(?:live|resident)_peak_bytes$",
        "\n".join(written), re.M))
    written |= {"vmp_" + n for n in re.findall(
        r"^\tC\((\w+)\)", re.search(r"define MODEL_COUNTS.*?\n\n", text,
                                    re.S).group(0), re.M)}
    written |= set(re.findall(r'^\t\t"(\w+)":|\t"(?:run_)?name": ', go_run,
                              re.M)) - {"", "context", "benchmarks"}
    check_names("a run", run, written, GOOGLE)

    written = set(re.findall(r'(?:sl_gb_context|context_number)\("(\w+)"',
                             text))
    written |= set(re.findall(r'^\t\t"(\w+)": ', go_context, re.M))
    google = set("""date host_name executable num_cpus mhz_per_cpu caches
        cpu_scaling_enabled aslr_enabled load_avg library_version
        library_build_type json_schema_version""".split())
    check_names("a context", context, written, google)
    check_plan(tree, schemas.load("sweep.schema.json")["properties"])


def check_plan(tree, whole):
    """sweep.json, which manifest.c writes, and check_plan.c checks."""
    plan = whole["plan"]["properties"]
    described = set(whole) | set(plan)
    for name in ("allocators", "workloads"):
        described |= set(plan[name]["items"]["properties"])
    text = read(tree + "/harness/driver/manifest.c")
    text = text[:text.index("static bool\nread_")]
    written = set(re.findall(r'"([a-z0-9_]+)"', text))
    check_names("sweep.json", described, written - {"local", "slurm"}, set())
    written = set(re.findall(r'SL_\w+\("(\w+)"', read(
        tree + "/harness/driver/check_plan.c")))
    described |= set(whole["sessions"]["items"]["properties"])
    check_names("check_plan.c", described, written, set())


def change(path, statement):
    """False if it changes nothing."""
    is_json = path.endswith(".json")
    text = read(path)
    o = json.loads(text) if is_json else text.splitlines()
    before = repr(o)
    exec(statement, {"o": o})
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(o) if is_json else "\n".join(o) + "\n")
    return repr(o) != before


def plant(tree, spanlab, results, work):
    schemas = Schemas(tree)
    for line in sys.stdin.read().splitlines():
        if not line or line.startswith("#"):
            continue
        who, sweep, name, statement = line.split(None, 3)
        before = len(faults)
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(f"{results}/{sweep}/latest/", work)
        if not change(f"{work}/{name}", statement):
            fault(line, "it changes nothing")
        if who != "check":
            check_file(schemas, f"{work}/{name}")
            if len(faults) == before:
                fault(line, "not refused by the schema")
            else:
                del faults[before:]
        if who != "schema":
            done = subprocess.run([spanlab, "check", work], text=True,
                                  stdout=subprocess.PIPE, check=False)
            if done.returncode != 1 or \
                    not done.stdout.startswith(name + ": "):
                fault(line, f"not refused by spanlab check: {done.stdout}")
        print("not ok" if len(faults) > before else "ok", line)


def main(args):
    if len(args) < 2:
        sys.exit(__doc__)
    if args[0] == "files":
        check_files(args[1], args[2:])
    elif args[0] == "runs":
        check_runs(args[1], args[2:])
    elif args[0] == "sources":
        check_sources(args[1])
    else:
        plant(*args[1:])
    print("\n".join(faults[:40]), end="\n" if faults else "")
    return 1 if faults else 0


sys.exit(main(sys.argv[1:]))
