#!/usr/bin/env python3
"""Submits batch jobs and arrays of them, renames and cancels them, and kills the server with SIGKILL again and again.

Checks after each restart that every acknowledged job is there under its id and name, that no id was given twice, that every task of an
acknowledged array exists, and that a submission repeated with its Idempotency-Key is the same job; at the end that every job has ended,
the acknowledged cancellations as cancelled, that nothing is doubled and no GPU held (history.py), and that `orrery log verify` agrees.
"""

import argparse
import http.client
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import history
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from center_client import CenterClient  # noqa: E402
from orrery_server import Server  # noqa: E402

TASKS = 4
#: Run time of a job on the simulated nodes, in their own time.
RUN_TIME_S = 5
OVER = {"COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED"}
#: Slurm's: the job has ended already.
ALREADY_DONE = 2021


class Promises:
    """What the user was told. Workers share it; its lock guards everything."""

    def __init__(self):
        self.lock = threading.Condition()
        self.names = {}  # Job id: names that it may have; more than one where a change wasn't acknowledged.
        self.array_of = {}  # Job id: that of its array's first task, which names the whole array; or its own.
        self.keyed = {}  # Idempotency key: (body, job id).
        self.cancelled = set()  # Acknowledged, or asked for.
        self.count = 0

    def submitted(self, job, name, task_count=1):
        with self.lock:
            for task in range(job, job + task_count):
                assert task not in self.names, f"id {task} was given twice: for {self.names[task]} and {name}"
                self.names[task] = {name}
                self.array_of[task] = job
            self.count += 1
            self.lock.notify_all()

    def some_job(self, source):
        with self.lock:
            return source.choice(sorted(self.names)) if self.names else None

    def wait_for(self, count):
        with self.lock:
            return self.lock.wait_for(lambda: self.count >= count, timeout=120)


def submission(source, name):
    job = {"name": name, "partition": "p1", "gres": f"gpu:{source.choice(('a100', 'a40', 'a6000'))}:{source.randint(1, 4)}",
           "tasks": 1, "cpus_per_task": 2, "memory_per_node": 1000, "time_limit": 30, "current_working_directory": "/tmp",
           "environment": {"PATH": "/usr/bin:/bin"}}
    return {"script": f"#!/bin/sh\n#ORRERY --run-time={RUN_TIME_S}s\ntrue\n", "job": job}


def submit(client, promises, source):
    name = f"job-{source.getrandbits(48):x}"
    body = submission(source, name)
    key = name if source.random() < 0.5 else None
    task_count = TASKS if source.random() < 0.1 else 1
    if task_count > 1:
        body["job"]["array"] = f"1-{TASKS}"
    status, answer = client.slurm("POST", "/job/submit", body, key)
    assert status == 200 and not answer["errors"], (status, answer)
    promises.submitted(answer["job_id"], name, task_count)
    if key is not None:
        with promises.lock:
            promises.keyed[key] = (body, answer["job_id"])


def cancel(client, promises, job):
    with promises.lock:
        promises.cancelled.add(job)
    status, answer = client.slurm("DELETE", f"/job/{job}")
    assert status == 200 or answer["errors"][0]["error_number"] == ALREADY_DONE, (status, answer)


def rename(client, promises, source, job):
    name = f"other-{source.getrandbits(48):x}"
    with promises.lock:
        if len(promises.names[job]) > 1 or list(promises.array_of.values()).count(job) > 1:
            return
        before = promises.names[job]
        promises.names[job] = before | {name}
    status, answer = client.slurm("POST", f"/job/{job}", {"name": name})
    with promises.lock:
        promises.names[job] = {name} if status == 200 and not answer["errors"] else before


def work(server, promises, source):
    """One client, until the server dies under it."""
    client = CenterClient(server)
    try:
        while True:
            job = promises.some_job(source)
            kind = source.random()
            if job is None or kind < 0.7:
                submit(client, promises, source)
            elif kind < 0.85:
                cancel(client, promises, job)
            else:
                rename(client, promises, source, job)
    except (OSError, http.client.HTTPException):
        pass  # Killed. What was not acknowledged may have happened or not.


def check_promises(server, promises):
    client = CenterClient(server)
    for job, names in promises.names.items():
        shown = wait_for_job(client, job)
        assert shown["job_id"] == job and shown["name"] in names, (job, names, shown["name"])
        promises.names[job] = {shown["name"]}
    for key, (body, job) in promises.keyed.items():
        status, answer = client.slurm("POST", "/job/submit", body, key)
        assert status == 200 and answer["job_id"] == job, (key, job, status, answer)


def wait_for_job(client, job):
    """A task of an array may be made a moment after the restart."""
    for _ in range(200):
        status, answer = client.slurm("GET", f"/job/{job}")
        if status == 200 and (found := [each for each in answer["jobs"] if each["job_id"] == job]):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"job {job} was acknowledged and is gone: {status} {answer}")


def one_life(server, promises, seed, round_number):
    source = random.Random(f"{seed}/{round_number}")
    server.start()
    if round_number == 0:
        CenterClient(server).lift_job_limit()
    check_promises(server, promises)
    workers = [threading.Thread(target=work, args=(server, promises, random.Random(f"{seed}/{round_number}/{worker}")))
               for worker in range(8)]
    for worker in workers:
        worker.start()
    reached = promises.wait_for(promises.count + source.randint(1, 80))
    server.kill()
    for worker in workers:
        worker.join()
    assert reached, "the server acknowledged nothing for two minutes"


def last_life(server, promises):
    """Every job ends, as it was promised to."""
    server.start()
    check_promises(server, promises)
    client = CenterClient(server)
    waiting = sorted(promises.names)
    deadline = time.monotonic() + 240
    while waiting:
        assert time.monotonic() < deadline, f"some jobs never ended: {waiting[:10]}"
        states = {job: wait_for_job(client, job)["job_state"] for job in waiting}
        for job, state in states.items():
            was_cancelled = {job, promises.array_of[job]} & promises.cancelled
            assert state != "CANCELLED" or was_cancelled, f"nobody has cancelled job {job}"
        waiting = [job for job in waiting if states[job] not in OVER]
        time.sleep(0.2)
    assert server.stop() == 0, "SIGTERM must end with exit code 0"


def check_log(binary, data, promises):
    subprocess.run([binary, "log", "verify", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
    export = data.parent / "export.jsonl"
    subprocess.run([binary, "log", "export", str(export), "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
    events = [json.loads(line) for line in export.read_text().splitlines()]
    found = list(history.violations(events))
    assert not found, "\n".join(found[:20])
    submitted = {int(event["stream"].removeprefix("job/")) for event in events if event["type"] == "job.submitted"}
    assert promises.names.keys() <= submitted, sorted(promises.names.keys() - submitted)[:10]
    return events


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}; again with: tests/crash/kill_jobs.py --binary {arguments.binary} "
          f"--kills {arguments.kills} --seed {arguments.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="orrery-kill-jobs-"))
    data = folder / "data"
    server = Server(arguments.binary, data, "--time-scale", "20")
    promises = Promises()
    try:
        for round_number in range(arguments.kills):
            one_life(server, promises, arguments.seed, round_number)
        last_life(server, promises)
        events = check_log(arguments.binary, data, promises)
    except BaseException:
        print(f"seed {arguments.seed} failed; data and server.log are in {folder}", file=sys.stderr)
        if server.process and server.process.poll() is None:
            server.kill()
        raise
    print(f"{arguments.kills} kills, {len(promises.names)} jobs acknowledged, {len(events)} events: all kept")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
