#!/usr/bin/env python3
"""Submits batch jobs that run on a real Slurm, and kills slurmctld, slurmds, jobs and the server with SIGKILL, whichever comes, again and again.

Jobs are put back into the queue, too, while they run. A Slurm that was killed gives ids out again, and drains nodes for that ("Duplicate jobid"); now
and then they are resumed, as an operator does (docs/slurm.md). Services run beside the jobs, and are ended when all is over.

Each run of a job writes to a file of its own, synced: that it has begun, and that it is done. At the end every acknowledged job has completed, its last
run has done its work once; but for those of which a process was killed by this test. No run has begun twice, none without a claim in the log, none
before the job's last run was over; Slurm's queue is empty and no process of any run is left; nothing is doubled (history.py), and the log verifies.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import history
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from center_client import CenterClient  # noqa: E402
from slurm_cluster import SlurmCluster, absent  # noqa: E402
from slurm_server import SlurmServer  # noqa: E402

OVER = {"COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "BOOT_FAIL"}
VICTIMS = ("slurmctld", "slurmd", "job", "orrery")
REQUEUES_IN_10 = 2
RESUMES_IN_10 = 3
SERVICES = 3
SERVICES_OVER = ("completed", "cancelled", "failed")
RECIPE = """name: sleeper
description: for a test
version: "1"
command: ["sleep", "86400"]
resources: {cpu: 1, memory: 64M}
grace_period_s: 2
"""
AT_ONCE = 16

SCRIPT = """#!/bin/bash
tell() {{ echo "$1 $ORRERY_RUN" >> {ledger}; sync -d {ledger}; }}
tell begun
sleep {seconds}
tell done
"""


class Submitter(threading.Thread):
    """Keeps some jobs under way, over all restarts of the server; a submission without an answer is made again with its key."""

    def __init__(self, server, folder: Path, source):
        super().__init__(daemon=True)
        self.server, self.folder, self.source = server, folder, source
        self.client = CenterClient(server)
        self.lock = threading.Condition()
        self.names = {}  # Job id: name, acknowledged.
        self.waiting = set()  # Those that weren't over when last looked at.
        self.states = {}
        self.finishing = False

    def run(self):
        while not self.finishing:
            if len(self.waiting) < AT_ONCE:
                self.submit()
            else:
                self.look()
                time.sleep(0.2)

    def submit(self):
        name = f"job-{self.source.getrandbits(48):x}"
        seconds = self.source.choice((0, 0.5, 1, 2, 4))
        job = {"name": name, "partition": "p1", "gres": f"gpu:{self.source.choice(('a100', 'a40', 'a6000'))}:1", "tasks": 1,
               "cpus_per_task": 2, "memory_per_node": 500, "time_limit": 30, "current_working_directory": "/tmp",
               "environment": {"PATH": "/usr/bin:/bin"}}
        body = {"script": SCRIPT.format(ledger=self.folder / name, seconds=seconds), "job": job}
        status, answer = self.patiently("POST", "/job/submit", body, name)
        assert status == 200 and not answer["errors"], (status, answer)
        with self.lock:
            self.names[answer["job_id"]] = name
            self.waiting.add(answer["job_id"])
            self.lock.notify_all()

    def look(self):
        for job in sorted(self.waiting):
            status, answer = self.patiently("GET", f"/job/{job}")
            assert status == 200, f"job {job} was acknowledged and is gone: {status} {answer}"
            self.states[job] = answer["jobs"][0]["job_state"]
        with self.lock:
            self.waiting = {job for job in self.waiting if self.states[job] not in OVER}

    def patiently(self, *request):
        while True:
            try:
                return self.client.slurm(*request)
            except (OSError, http.client.HTTPException, AssertionError):
                self.client.connection.close()  # The server was killed, perhaps in the middle of an answer.
                time.sleep(0.05)

    def wait_for_more(self, count: int):
        with self.lock:
            wanted = len(self.names) + count
            return self.lock.wait_for(lambda: len(self.names) >= wanted or not self.is_alive(), timeout=180) and self.is_alive()

    def finish(self):
        self.finishing = True
        self.join(timeout=180)
        assert not self.is_alive(), "the server acknowledges nothing"


class Services:
    """Some are to run at any time. A request without an answer may have made one, so that all are found by the list."""

    def __init__(self, server):
        self.server = server
        recipe = server.recipes / "test" / "sleeper.yaml"
        recipe.parent.mkdir()
        recipe.write_text(RECIPE)

    def states(self):
        status, services = self.server.call("GET", "/api/v1/services")
        assert status == 200, (status, services)
        return {service["id"]: service["status"] for service in services}

    def fill_up(self):
        try:
            living = [service for service, state in self.states().items() if state not in SERVICES_OVER]
            for _ in range(SERVICES - len(living)):
                self.server.create_service("test/sleeper")
        except (OSError, http.client.HTTPException):
            pass  # Next time.

    def await_all(self, *wanted: str):
        await_true(lambda: all(state in wanted for state in self.states().values()), f"services to be {wanted}", self.states, 240)

    def finish(self):
        """Those that weren't killed run all the same, and end when they are told."""
        self.await_all("running", *SERVICES_OVER)
        for service, state in self.states().items():
            if state == "running":
                assert self.server.call("DELETE", f"/api/v1/services/{service}")[0] == 200
        self.await_all(*SERVICES_OVER)
        return self.states()


def kill_something(server, cluster, source, hit) -> str:
    """And what it was starts again a moment later; a job doesn't."""
    victim = source.choice(VICTIMS)
    if victim == "job":
        return kill_process(server, source, hit)
    if victim == "orrery":
        server.kill()
        time.sleep(source.uniform(0, 2))
        server.start()
        return victim
    daemon = victim if victim == "slurmctld" else source.choice(sorted(cluster.nodes))
    cluster.kill(daemon)
    time.sleep(source.uniform(0, 4))
    cluster.start(daemon)
    return daemon


def resume_drained(cluster):
    """What Slurm itself has drained: nobody else does here."""
    for node in cluster.run("sinfo", "-h", "-N", "-t", "drain", "-o", "%N").stdout.split():
        cluster.run("scontrol", "update", f"nodename={node}", "state=resume")


def put_one_back(submitter, source) -> int:
    """Of the jobs that run, where there are some. How many that were."""
    running = sorted(job for job, state in dict(submitter.states).items() if state == "RUNNING")
    if not running:
        return 0
    client = CenterClient(submitter.server)
    try:
        status, _ = client.call("POST", f"/orrery/v1/center/jobs/{source.choice(running)}/requeue", None, client.headers())
    except (OSError, http.client.HTTPException):
        return 0
    assert status < 300 or status == 409, status  # It may have ended meanwhile.
    return int(status < 300)


def kill_process(server, source, hit) -> str:
    """One of a run: what waits for its claim, its supervisor, its script, or a child of that. Notes the run."""
    for _ in range(200):
        processes = server.processes()
        if processes:
            pid = source.choice(sorted(processes))
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                os.kill(pid, signal.SIGKILL)
                hit.add(processes[pid].rpartition(".")[0])
                return f"{processes[pid]}: {b' '.join(words[:2]).decode(errors='replace')}"
            except OSError:
                pass  # It has ended by itself.
        time.sleep(0.05)
    raise AssertionError("no job ever runs")


def await_true(condition, what, sight, timeout):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"{what}: {sight()}"
        time.sleep(0.2)


def untold(server):
    """Runs whose end nobody has taken yet."""
    return [run.name for run in server.runs.iterdir() if (run / "launch.json").exists() and not (run / "reported").exists()]


def last_life(server, cluster, submitter, services):
    """Everything is there again, and every job ends; nothing stays behind. The services, and how they ended."""
    cluster.await_controller()
    submitter.finish()

    def are_over():
        resume_drained(cluster)
        submitter.look()
        return not submitter.waiting
    await_true(are_over, "some jobs never end", lambda: {job: submitter.states[job] for job in sorted(submitter.waiting)[:10]}, 420)
    ends = services.finish()
    await_true(lambda: not cluster.say("squeue", "-h", "-o", "%i %j %T"), "jobs stay in Slurm", lambda: cluster.say("squeue"), 90)
    await_true(lambda: not server.processes(), "processes of runs are left", server.processes, 60)
    await_true(lambda: not cluster.leftovers(), "processes of Slurm's jobs are left", cluster.leftovers, 60)
    await_true(lambda: not untold(server), "ends of runs are told to nobody", lambda: untold(server), 60)
    assert server.stop() == 0, "SIGTERM must end with exit code 0"
    return ends


def exported(server):
    data = server.data
    subprocess.run([server.binary, "log", "verify", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
    export = data.parent / "export.jsonl"
    subprocess.run([server.binary, "log", "export", str(export), "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in export.read_text().splitlines()]


def runs_of_jobs(events):
    """Job: the runs that were claimed, each after the one before was over."""
    claimed, living = defaultdict(list), {}
    for event in events:
        run = event["stream"].removeprefix("slurm_run/")
        owner = run.rpartition(".")[0]
        if event["type"] == "slurm_run.attempt_claimed":
            assert owner not in living, f"{run} has begun before {living[owner]} was over"
            living[owner] = run
            claimed[owner].append(run)
        elif event["type"] == "slurm_run.ended" and living.get(owner) == run:
            del living[owner]
    assert not living, f"runs without an end: {living}"
    return claimed


def check_job(job: int, state: str, lines, claimed, was_hit: bool):
    begun = Counter(Path(line.split()[1]).name for line in lines if line.startswith("begun "))
    done = Counter(Path(line.split()[1]).name for line in lines if line.startswith("done "))
    assert all(count == 1 for count in begun.values()), f"job {job} has begun twice in one run: {lines}"
    assert all(count == 1 for count in done.values()), f"job {job} was done twice in one run: {lines}"
    assert set(begun) <= set(claimed), f"job {job} has run without a claim: {lines}, {claimed}"
    if state == "COMPLETED":
        assert claimed and claimed[-1] in done, f"job {job} is said to have completed: {lines}, {claimed}"
    else:
        assert was_hit and claimed and state == "FAILED", f"job {job} is {state}, and this test has killed nothing of it: {lines}, {claimed}"


def check(submitter, services, events, ledgers: Path, hit):
    found = list(history.violations(events))
    assert not found, "\n".join(found[:20])
    claimed = runs_of_jobs(events)
    for job, name in submitter.names.items():
        lines = (ledgers / name).read_text().splitlines() if (ledgers / name).exists() else []
        check_job(job, submitter.states[job], lines, claimed[f"job-{job}"], f"job-{job}" in hit)
    reasons = {event["stream"].removeprefix("service/"): event["data"].get("code", "") for event in events if event["type"] == "service.ended"}
    for service, state in services.items():
        is_excused = service in hit or reasons[service] in ("lost_in_slurm", "node_failed", "node_lost")
        assert state == "cancelled" or is_excused, f"service {service} is {state}: {reasons[service]}"


def play(arguments, cluster, server, folder):
    source = random.Random(arguments.seed)
    cluster.up()
    server.serve()
    ledgers = folder / "ledgers"
    ledgers.mkdir()
    CenterClient(server).lift_job_limit()
    submitter = Submitter(server, ledgers, random.Random(f"{arguments.seed}/jobs"))
    submitter.start()
    services, hit, requeues = Services(server), set(), 0
    for number in range(arguments.kills):
        services.fill_up()
        assert submitter.wait_for_more(source.randint(1, 6)), "nothing is acknowledged any more, or no job ends"
        if source.randrange(10) < REQUEUES_IN_10:
            requeues += put_one_back(submitter, source)
        print(f"kill {number + 1}: {kill_something(server, cluster, source, hit)}", flush=True)
        if source.randrange(10) < RESUMES_IN_10:
            resume_drained(cluster)
    ends = last_life(server, cluster, submitter, services)
    events = exported(server)
    check(submitter, ends, events, ledgers, hit)
    print(f"{requeues} jobs put back, {len(ends)} services ({dict(Counter(ends.values()))})")
    return submitter, events


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    arguments = parser.parse_args()
    if problem := absent():
        print(problem)
        return 77
    print(f"seed {arguments.seed}; again with: tests/crash/kill_slurm.py --binary {arguments.binary} "
          f"--kills {arguments.kills} --seed {arguments.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="orrery-kill-slurm-"))
    cluster = SlurmCluster(folder / "slurm")
    server = SlurmServer(arguments.binary, folder, cluster)
    try:
        submitter, events = play(arguments, cluster, server, folder)
    except BaseException:
        print(f"seed {arguments.seed} failed; data, server.log and Slurm's logs are in {folder}", file=sys.stderr)
        raise
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
        cluster.down()
    ends = Counter(submitter.states.values())
    print(f"{arguments.kills} kills, {len(submitter.names)} jobs acknowledged ({dict(ends)}), {len(events)} events: none lost, none run twice")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
