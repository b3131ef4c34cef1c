#!/usr/bin/env python3
"""Writes down which keys answers of a real slurmrestd 22.05.8 have, and of which types.

  record_shapes.py URL USER TOKEN FOLDER [slurmdb]

For each route a file: a line a key, "nodes[].state string", with all types that were seen. A test holds ours against it.
With "slurmdb" as a last word the accounting's routes are recorded, which needs a slurmdbd behind them.
"""

import json
import sys
import urllib.request
from pathlib import Path

SLURM = ["jobs", "nodes", "partitions", "reservations", "ping", "diag", "licenses"]
SLURMDB = ["jobs", "accounts", "users", "associations", "qos", "clusters", "tres", "diag"]
#: Cores one by one; and what is counted by calls that a real controller has served; ours counts none.
SKIPPED = ("jobs[].job_resources.allocated_nodes[].sockets.", "statistics.rpcs_by", "statistics.rollups[]", "statistics.RPCs[]", "statistics.users[]")


def type_of(value):
    return {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object",
            type(None): "null"}[type(value)]


def walk(value, place, lines):
    if place:
        lines.setdefault(place, set()).add(type_of(value))
    if isinstance(value, dict):
        for key, each in value.items():
            walk(each, f"{place}.{key}" if place else key, lines)
    if isinstance(value, list):
        for each in value:
            walk(each, place + "[]", lines)


def main():
    url, user, token, folder = sys.argv[1:5]
    root = "/slurmdb/v0.0.38/" if "slurmdb" in sys.argv[5:] else "/slurm/v0.0.38/"
    for route in SLURMDB if "slurmdb" in sys.argv[5:] else SLURM:
        request = urllib.request.Request(url + root + route,
                                         headers={"X-SLURM-USER-NAME": user, "X-SLURM-USER-TOKEN": token})
        with urllib.request.urlopen(request) as answer:
            lines = {}
            walk(json.load(answer), "", lines)
        text = "".join(f"{place} {'|'.join(sorted(types))}\n" for place, types in sorted(lines.items())
                       if not place.startswith(SKIPPED))
        name = root.split("/")[1] + "_" + route + ".shape"
        Path(folder, name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
