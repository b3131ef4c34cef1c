#!/usr/bin/env python3
"""What the driver `slurm` costs and how soon it sees what happens, on a real Slurm that this starts on loopback; prints JSON lines.

slurm_driver_bench.py [--binary B] [--jobs 10000] [--seconds 60] [--changes 20]

Seen: from the moment that a job's script has begun, or has ended, or was cancelled behind our back, until the center's API shows it.
Cost: processor time of the server and of the programs that it runs, while Slurm has so many jobs of its user's that wait; what the same server
takes before there are any is told beside it. Needs root, and what scripts/install-slurm installs.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from slurm_cluster import SlurmCluster, absent  # noqa: E402
from slurm_server import SlurmServer  # noqa: E402

SCRIPT = """#!/bin/bash
#SBATCH --gres=gpu:a100:1
#SBATCH --time=10
date +%s.%N > {folder}/begun
{work}
date +%s.%N > {folder}/ended
"""
FOREIGN = "#!/bin/sh\nexec sleep 3600\n"


def print_line(bench, unit, measured, **others):
    print(json.dumps({"bench": f"slurm_driver/{bench}", "unit": unit, "measured": round(measured, 3), **others}), flush=True)


def cpu_seconds(pid):
    """Of the process and of all its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def core_percent(server, seconds):
    before, started = cpu_seconds(server.process.pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (cpu_seconds(server.process.pid) - before) / (time.monotonic() - started)


def shown_at(server, job, *states):
    """When the API first shows the job in one of them."""
    while server.job(job)["job_state"] not in states:
        time.sleep(0.01)
    return time.time()


def written(file):
    """What the job's script wrote, once it is whole."""
    while not (file.exists() and (text := file.read_text().strip())):
        time.sleep(0.01)
    return float(text)


def measure_changes(server, cluster, folder, count):
    begun, ended, cancelled = [], [], []
    for number in range(count):
        own = folder / f"job-{number}"
        own.mkdir()
        job = server.submit(SCRIPT.format(folder=own, work="sleep 2" if number % 2 else "exec sleep 600"))
        shown = shown_at(server, job, "RUNNING")
        begun.append(shown - written(own / "begun"))
        if number % 2:
            shown = shown_at(server, job, "COMPLETED")
            ended.append(shown - written(own / "ended"))
        else:
            (slurm_id,) = [each for each, state in cluster.jobs().values() if state == "RUNNING"]
            cluster.say("scancel", str(slurm_id))
            asked = time.time()
            cancelled.append(shown_at(server, job, "CANCELLED", "FAILED") - asked)
    for name, times in (("job_begun_seen", begun), ("job_ended_seen", ended), ("job_cancelled_by_others_seen", cancelled)):
        print_line(name, "s", statistics.median(times), slowest_s=round(max(times), 3), count=len(times))


def fill(cluster, count):
    """So many jobs of the server's user that wait in Slurm."""
    def submit(number):
        cluster.say("sbatch", "--parsable", "--hold", f"--job-name=other-{number}", "--output=/dev/null", text=FOREIGN)
    with ThreadPoolExecutor(4) as submitters:
        list(submitters.map(submit, range(count)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build" / "release" / "orrery"))
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    if problem := absent():
        print(f"slurm_driver_bench: {problem}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="orrery-slurm-bench-") as name:
        folder = Path(name)
        cluster = SlurmCluster(folder / "slurm", settings="MaxJobCount=100000\n")
        server = None
        try:
            cluster.up()
            server = SlurmServer(options.binary, folder, cluster)
            server.serve()
            measure_changes(server, cluster, folder, options.changes)
            idle = core_percent(server, options.seconds / 4)
            fill(cluster, options.jobs)
            print_line("core_with_jobs_known", "% of a core", core_percent(server, options.seconds), without_percent=round(idle, 2),
                       jobs=len(cluster.jobs()))
        finally:
            if server and server.process and server.process.poll() is None:
                server.kill()
            cluster.down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
