#!/usr/bin/env python3
"""Measures the trace simulator beside SimGrid, in turn, on one trace of jobs of one GPU, first come, first served; prints a
JSON line. The mean wait that both find must be the same, or nothing is measured."""

import argparse
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from peers.simgrid import Simgrid  # noqa: E402

NODE_COUNT, GPUS_PER_NODE = 1_000, 8
#: Seconds between submissions and of a run, drawn evenly: a little more is asked for than there is.
RUN_S = (600, 7_200)


def write_trace(path: Path, job_count: int) -> None:
    """In the form of ElasticFlow's traces."""
    draw = random.Random(8)
    gap_s = sum(RUN_S) / 2 / (NODE_COUNT * GPUS_PER_NODE) / 1.02
    with open(path, "w", encoding="utf-8") as file:
        file.write("job_id,submission_time,duration,num_gpu\n")
        for job in range(job_count):
            file.write(f"{job},{int(job * gap_s)},{draw.randint(*RUN_S)},1\n")


def ours(arguments, trace: Path, folder: Path) -> dict:
    """What `orrery sim trace` says: how long it played, which leaves out reading and reporting, and the mean wait."""
    saved = folder / "orrery.json"
    start = time.monotonic()
    said = subprocess.run([arguments.binary, "sim", "trace", str(trace), "--policy", "fifo", "--cluster",
                           f"{NODE_COUNT}x{GPUS_PER_NODE}", "--json", str(saved)],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    whole_s = time.monotonic() - start
    played = re.search(r"jobs played in ([\d.]+) s: ([\d.,]+) jobs/s", said)
    return {"whole_s": whole_s, "jobs_per_s": float(played.group(2).replace(",", "")),
            "mean_wait_s": json.loads(saved.read_text())["traces"][0]["runs"][0]["wait_s"]["mean"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="build/release/orrery")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="tiny: does it work?")
    arguments = parser.parse_args()
    job_count = 2_000 if arguments.quick else 100_000
    folder = Path(tempfile.mkdtemp(prefix="orrery-peers-"))
    try:
        trace = folder / "trace.csv"
        write_trace(trace, job_count)
        simgrid = Simgrid(folder / "simgrid")
        rounds = [(ours(arguments, trace, folder), simgrid.simulate(trace, NODE_COUNT * GPUS_PER_NODE))
                  for _ in range(arguments.rounds)]
        mine, theirs = (statistics.median(pair[side]["jobs_per_s"] for pair in rounds) for side in (0, 1))
        our_wait, their_wait = (rounds[0][side]["mean_wait_s"] for side in (0, 1))
        if abs(our_wait - their_wait) > 0.001 * max(1, their_wait):
            raise AssertionError(f"mean wait {our_wait} s and {their_wait} s: these are two different schedules")
        print(json.dumps({"bench": "traces-beside-simgrid", "unit": "jobs/s", "measured": round(mine), "peer": "SimGrid",
                          "peer_measured": round(theirs), "ratio": round(mine / theirs, 2), "mean_wait_s": their_wait,
                          "jobs": job_count, "whole_command_s": round(statistics.median(pair[0]["whole_s"] for pair in rounds), 2)}))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
