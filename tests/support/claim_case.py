"""A job's first process, `orrery claim`, over a run directory, with a server that decides as the real one does."""

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

BINARY = os.environ["ORRERY"]
SECRET = "5ec7e7" * 10 + "5ec7"
# Leaves children behind in sessions of their own, as daemons do, and ends when it is told.
FAMILY = """
import os, signal, sys, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: time.sleep(1)
        os._exit(0)
def heard(number, _):
    open("heard", "a").write(f"{number} ")
    if number == signal.SIGTERM: sys.exit(5)
signal.signal(signal.SIGUSR1, heard)
signal.signal(signal.SIGTERM, heard)
open("begun", "a").write("begun ")
while True: time.sleep(0.1)
"""


class Slurmless(http.server.ThreadingHTTPServer):
    """Orrery's part: one claimant a run, by its secret."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address=("127.0.0.1", 0)):
        super().__init__(address, Answering)
        self.claimant = None
        self.claims = []
        self.hints = 0
        #: Statuses to answer with before it decides; None: it closes without an answer.
        self.before = []
        #: Holds every answer back until it is set.
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.changed = threading.Condition()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, *_):
        pass  # The job went away.

    def end(self):
        self.shutdown()
        self.server_close()


class Answering(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.changed:
            if self.path.endswith("/hints"):
                self.server.hints += 1
                status, answer = 204, None
            else:
                status, answer = self.claim(json.loads(body))
            self.server.changed.notify_all()
        self.server.may_answer.wait(30)
        if status is None:
            return
        self.send_response(status)
        text = json.dumps(answer).encode() if answer else b""
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def claim(self, claim):
        self.server.claims.append(claim)
        if self.server.before:
            return self.server.before.pop(0), {"code": "unavailable"}
        if self.headers["Authorization"] != f"Bearer {SECRET}":
            return 404, {"code": "claim_not_found", "detail": self.headers["Authorization"]}
        if self.server.claimant not in (None, claim["claimant"]):
            return 409, {"code": "attempt_is_claimed"}
        self.server.claimant = claim["claimant"]
        return 200, {"run": claim["run"], "attempt": claim["attempt"]}

    def log_message(self, *_):
        pass


class ClaimCase(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-claim-"))
        self.server = Slurmless()
        self.addCleanup(self.server.end)
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.addCleanup(self.kill_all)
        self.jobs = []
        self.number = 0

    def make_run(self, script=FAMILY, **more):
        self.number += 1
        self.run_id = f"s.{self.number}"
        self.directory = self.folder / self.run_id
        work = self.directory / "work"
        work.mkdir(parents=True)
        plan = {"service_id": "s", "fence": self.number, "command": [sys.executable, "-u", "-c", script],
                "environment": [{"name": "ORRERY_RUN", "value": str(self.directory)},
                                {"name": "PATH", "value": os.environ["PATH"]}],
                "work_directory": str(work), "grace_period_s": 5, "log_bytes_max": 100000, **more}
        (self.directory / "launch.json").write_text(json.dumps(plan))
        self.write_claim()
        return self.directory

    def write_claim(self, attempt=1, **changed):
        order = {"run": self.run_id, "attempt": attempt, "secret": SECRET, "server_url": self.server.url(),
                 "patience_s": 60, **changed}
        (self.directory / f"claim.{attempt}.json").write_text(json.dumps(order))

    def start(self, *more, attempt=1):
        job = subprocess.Popen([BINARY, "claim", "--run", str(self.directory), "--attempt", str(attempt), *more],
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
                               env={"PATH": os.environ["PATH"], "SLURM_JOB_ID": "42", "SLURMD_NODENAME": "a1",
                                    "SLURM_RESTART_COUNT": "2"})
        self.jobs.append(job)
        return job

    def end_of(self, job, timeout=60):
        """Its exit code, and what it said."""
        _, said = job.communicate(timeout=timeout)
        self.assertNotIn(SECRET, said)
        return job.returncode, said

    def run_to_end(self, *more, attempt=1):
        return self.end_of(self.start(*more, attempt=attempt))

    def await_that(self, holds, timeout=60):
        deadline = time.monotonic() + timeout
        while not holds():
            self.assertLess(time.monotonic(), deadline, f"{self._testMethodName}: {self.processes()}")
            threading.Event().wait(0.01)

    def await_begun(self):
        self.await_that(lambda: (self.directory / "work" / "begun").exists() and len(self.processes()) >= 4)

    def await_asked(self, count=1):
        with self.server.changed:
            self.assertTrue(self.server.changed.wait_for(lambda: len(self.server.claims) >= count, 60))

    def exit_record(self):
        return json.loads((self.directory / "exit.json").read_text())

    def has_ended(self):
        return (self.directory / "exit.json").exists()

    def processes(self):
        """What the run itself runs: it carries its mark."""
        return [pid for pid, text in every_process("environ") if f"ORRERY_RUN={self.directory}" in text.split("\0")]

    def own(self):
        """The guard, its supervisor and its watcher."""
        return [pid for pid, text in every_process("cmdline")
                if text.split("\0")[1:4] == ["claim", "--run", str(self.directory)]]

    def kill_all(self):
        for pid in self.own() + self.processes():
            kill(pid)
        for job in self.jobs:
            job.wait()
            job.stderr.close()

    def own_alive(self):
        for job in self.jobs:
            job.poll()
        return self.own()


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def pending_signals(pid):
    """Those that were sent to the process and not yet taken."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1], 16) for line in status if line.startswith(("ShdPnd", "SigPnd")))


def every_process(file):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if " Z " not in (folder / "stat").read_text().rpartition(")")[2][:3]:
                yield int(folder.name), (folder / file).read_bytes().decode(errors="replace")
        except OSError:
            continue
