#!/usr/bin/env python3
"""Measures the batch system of a whole server over HTTP, beside a real Slurm with the same nodes, in turn and under the same load.

batch_http_bench.py submit-job    POST of a held job, acknowledged
batch_http_bench.py queue-job     POST of a job that waits for GPUs, with the scheduler behind it
batch_http_bench.py get-job       GET of one job among 10,000
batch_http_bench.py list-jobs     GET of the list of 10,000 jobs, one client
batch_http_bench.py deep-queue    POST of a job by one client while 100,000 wait; memory for each of them (Orrery alone)
batch_http_bench.py lose-jobs     how many of the acknowledged jobs a kill -9 loses

Prints JSON lines. Where there is no Slurm (or no root), only ours is measured.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from center_client import CenterClient  # noqa: E402
from orrery_server import Server  # noqa: E402
from peers import wrk  # noqa: E402
from peers.slurm import Slurm, SlurmIsMissing  # noqa: E402

#: What both take, word for word.
JOB = {"name": "bench", "partition": "p1", "gres": "gpu:a100:4", "tasks": 1, "cpus_per_task": 2, "memory_per_node": 1000,
       "time_limit": 600, "current_working_directory": "/tmp", "standard_output": "/dev/null", "environment": {"PATH": "/usr/bin:/bin"}}
SCRIPT = "#!/bin/sh\nsleep 600\n"
#: Slurm answers fastest with few connections, Orrery with many: each is given both.
CONNECTION_COUNTS = (8, 64)


class Orrery:
    """The server, seen as a Slurm."""

    name = "Orrery"

    def __init__(self, binary, folder):
        folder.mkdir()
        self.server = Server(binary, folder / "data")

    def start(self):
        self.server.start()
        self.credentials = self.server.credentials["aicenter"]
        CenterClient(self.server).lift_job_limit()

    def headers(self):
        return (f"X-SLURM-USER-NAME: {self.credentials['user']}", f"X-SLURM-USER-TOKEN: {self.credentials['token']}",
                "Content-Type: application/json")

    def url(self, path):
        return "http://{}:{}/slurm/v0.0.38{}".format(*self.server.address, path)

    def kill_controller(self):
        self.server.kill()

    def start_controller(self):
        self.server.start()

    def wait_until_it_answers(self):
        pass

    def resident_bytes(self):
        pages = int(Path(f"/proc/{self.server.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self):
        if self.server.process.poll() is None:
            self.server.kill()


class Caller:
    """One kept connection to either of them."""

    def __init__(self, batch):
        self.batch = batch
        self.headers = dict(header.split(": ", 1) for header in batch.headers())
        self.connection = None

    def call(self, method, path, body=None):
        url = urlsplit(self.batch.url(path))
        if self.connection is None:
            self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=120)
        self.connection.request(method, url.path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{self.batch.name}: {method} {path}: {answer.status} {content[:400]}")
        return content

    def submit(self, **more):
        return json.loads(self.call("POST", "/job/submit", {"script": SCRIPT, "job": {**JOB, **more}}))["job_id"]


def submit_many(batch, count, connections=8, **more):
    """Ids of so many jobs."""
    def part(number):
        caller = Caller(batch)
        return [caller.submit(**more) for _ in range(number, count, connections)]
    with ThreadPoolExecutor(connections) as pool:
        return [job for jobs in pool.map(part, range(connections)) for job in jobs]


def best_load(batch, path, seconds, script=""):
    loads = [wrk.run(batch.url(path), seconds, batch.headers(), script, connections) for connections in CONNECTION_COUNTS]
    return max(loads, key=lambda load: load.requests_per_s)


def post_script(**more):
    return f"wrk.method = 'POST'\nwrk.body = [==[{json.dumps({'script': SCRIPT, 'job': {**JOB, **more}})}]==]\n"


def in_turn(sides, rounds, measure):
    """By name of the side: what each round measured."""
    measured = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            measured[side.name].append(measure(side))
    return measured


def report(bench, unit, measured, better, more=()):
    """`better` is `max` where more is better."""
    medians = {name: statistics.median(values) for name, values in measured.items()}
    line = {"bench": bench, "unit": unit, "measured": round(medians["Orrery"], 2)}
    if "Slurm" in medians:
        ratio = medians["Orrery"] / medians["Slurm"]
        line |= {"peer": "Slurm 22.05", "peer_measured": round(medians["Slurm"], 2),
                 "ratio": round(ratio if better is max else 1 / ratio, 2)}
    print(json.dumps(line | dict(more)), flush=True)


def report_loads(bench, loads):
    rates = {name: [load.requests_per_s for load in each] for name, each in loads.items()}
    p99 = {f"{name.lower()}_p99_ms": round(statistics.median(load.p99_ms for load in each), 2) for name, each in loads.items()}
    report(bench, "requests/s", rates, max, p99)


def submit_job(arguments, sides):
    report_loads("submit-job", in_turn(sides, arguments.rounds, lambda side: best_load(
        side, "/job/submit", arguments.seconds, post_script(hold=True))))


def queue_job(arguments, sides):
    for side in sides:
        submit_many(side, 8)  # All A100s are taken, by the first four.
    report_loads("queue-job", in_turn(sides, arguments.rounds, lambda side: best_load(
        side, "/job/submit", arguments.seconds, post_script())))


def get_job(arguments, sides):
    ids = {side.name: submit_many(side, arguments.jobs, hold=True)[arguments.jobs // 2] for side in sides}
    report_loads("get-job", in_turn(sides, arguments.rounds, lambda side: best_load(
        side, f"/job/{ids[side.name]}", arguments.seconds)))


def list_jobs(arguments, sides):
    sizes = {}
    for side in sides:
        before = side.resident_bytes()
        submit_many(side, arguments.jobs, hold=True)
        sizes[f"{side.name.lower()}_memory_a_job"] = round((side.resident_bytes() - before) / arguments.jobs)

    def list_ms(side):
        caller = Caller(side)
        times = []
        for _ in range(3 if side.name == "Slurm" else 50):
            start = time.monotonic()
            body = caller.call("GET", "/jobs")
            times.append((time.monotonic() - start) * 1000)
        count = len(json.loads(body)["jobs"])
        assert count == arguments.jobs, (side.name, count)
        sizes[f"{side.name.lower()}_bytes"] = len(body)
        return statistics.median(times)
    report("list-jobs", "ms", in_turn(sides, arguments.rounds, list_ms), min, {"jobs": arguments.jobs, **sizes})


def deep_queue(arguments, sides):
    side = sides[0]
    before = side.resident_bytes()
    caller = Caller(side)
    while (waiting := diagnostics(caller)["jobs_pending"]) < arguments.deep:
        wrk.run(side.url("/job/submit"), arguments.seconds, side.headers(), post_script())
    awake = (side.resident_bytes() - before) / waiting
    time.sleep(80)  # Actors of jobs that nobody asks anything go to rest after a minute.
    memory = (side.resident_bytes() - before) / waiting
    caller = Caller(side)  # The idle connection was closed.
    times = []
    for _ in range(2000):
        start = time.monotonic()
        caller.submit()
        times.append((time.monotonic() - start) * 1000)
    print(json.dumps({"bench": "deep-queue", "unit": "ms", "measured": round(statistics.median(times), 3),
                      "p99_ms": round(statistics.quantiles(times, n=100)[98], 3), "waiting": waiting, "memory_a_job": round(memory),
                      "memory_a_job_just_submitted": round(awake),
                      "last_pass_us": diagnostics(caller)["schedule_cycle_last"]}), flush=True)


def diagnostics(caller):
    return json.loads(caller.call("GET", "/diag"))["statistics"]


def lose_jobs(arguments, sides):
    """Clients submit for a while; the controller is killed under them; after its restart the acknowledged jobs are looked for."""
    losses = {side.name: [0, 0, 0] for side in sides}
    for _ in range(arguments.kills):
        for side in sides:
            acknowledged = submit_until_killed(side, arguments.seconds)
            side.start_controller()
            side.wait_until_it_answers()
            kept = {job["job_id"] for job in json.loads(Caller(side).call("GET", "/jobs"))["jobs"]}
            loss = losses[side.name]
            loss[0] += len(acknowledged)
            loss[1] += len(acknowledged - kept)
            loss[2] += Caller(side).submit(hold=True) in acknowledged
    for name, (acknowledged, lost, again) in losses.items():
        print(json.dumps({"bench": f"lose-jobs ({name})", "unit": "jobs lost", "measured": lost, "acknowledged": acknowledged,
                          "kills": arguments.kills, "kills_after_which_an_id_was_given_again": again}), flush=True)


def submit_until_killed(side, seconds, connections=4):
    acknowledged, dying = set(), threading.Event()

    def work():
        caller = Caller(side)
        while not dying.is_set():
            try:
                acknowledged.add(caller.submit(hold=True))
            except (OSError, http.client.HTTPException, AssertionError, KeyError):
                return  # Killed. What wasn't acknowledged is nobody's loss.
    workers = [threading.Thread(target=work) for _ in range(connections)]
    for worker in workers:
        worker.start()
    time.sleep(seconds)
    side.kill_controller()
    dying.set()
    for worker in workers:
        worker.join()
    return acknowledged


BENCHES = {"submit-job": submit_job, "queue-job": queue_job, "get-job": get_job, "list-jobs": list_jobs, "deep-queue": deep_queue,
           "lose-jobs": lose_jobs}


def both(binary, folder):
    sides = [Orrery(binary, folder / "orrery")]
    try:
        (folder / "slurm").mkdir()
        sides.append(Slurm(folder / "slurm"))
    except SlurmIsMissing as missing:
        print(f"without Slurm: {missing}", file=sys.stderr)
    return sides


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", choices=sorted(BENCHES))
    parser.add_argument("--binary", default="build/release/orrery")
    parser.add_argument("--seconds", type=int, default=5, help="of each run, and before each kill")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=10_000, help="in the queue of get-job and list-jobs")
    parser.add_argument("--deep", type=int, default=100_000, help="jobs that wait in deep-queue")
    parser.add_argument("--kills", type=int, default=10)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="orrery-batch-bench-"))
    folder.chmod(0o755)  # slurmrestd, as nobody, reads its configuration there.
    started = []
    try:
        sides = both(arguments.binary, folder)[:1 if arguments.bench == "deep-queue" else 2]
        for side in sides:
            started.append(side)
            side.start()
        BENCHES[arguments.bench](arguments, sides)
    finally:
        for side in started:
            side.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
