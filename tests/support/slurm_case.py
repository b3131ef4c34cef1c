"""Tests on a real Slurm: one that a class of them shares, and the server in front of it."""

import http.client
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "crash"))
import history  # noqa: E402
from slurm_cluster import KINDS, SlurmCluster, absent  # noqa: E402
from slurm_server import SlurmServer  # noqa: E402
from waiting import await_true  # noqa: E402

BINARY = os.environ["ORRERY"]
OVER = ("COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY")
RECIPE = """\
name: server
description: for a test
version: "1"
command: ["python3", "-u", "${RECIPES}/test/server.py"]
ports: [8001]
environment: {GREETING: hello}
resources: {cpu: 1, memory: 256M}
readiness: {path: /, interval_ms: 50, timeout_s: 60}
grace_period_s: 2
"""
SERVER = """
import http.server, os
print("greeting", os.environ["GREETING"], flush=True)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["GREETING"].encode())
    def log_message(self, form, *words):
        print("asked for", self.path, flush=True)
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""
SCRIPT = """#!/bin/bash
#SBATCH --job-name=train
#SBATCH --gres=gpu:{gpus}
#SBATCH --time=10
#SBATCH --output=%x-%j.out
{lines}
"""


def script(lines: str, gpus: str = "a100:2") -> str:
    return SCRIPT.format(lines=lines, gpus=gpus)


class SlurmCase(unittest.TestCase):
    """In the end nothing of the Slurm runs any more, and the history must be one that can be: nothing told twice."""

    KINDS = KINDS
    #: Lines of slurm.conf.
    SETTINGS = ""

    @classmethod
    def arguments(cls):
        """Of the server, once the Slurm is up."""
        return ()

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-slurm-"))
        cls.folder.chmod(0o755)  # slurmrestd isn't root.
        cls.cluster = SlurmCluster(cls.folder / "slurm", kinds=cls.KINDS, settings=cls.SETTINGS)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.addClassCleanup(cls.cluster.down)
        cls.cluster.up()
        cls.server = SlurmServer(BINARY, cls.folder, cls.cluster, *cls.arguments())
        cls.addClassCleanup(lambda: cls.server.is_running() and cls.server.kill())
        recipes = cls.server.recipes / "test"
        recipes.mkdir()
        (recipes / "server.yaml").write_text(RECIPE)
        (recipes / "server.py").write_text(SERVER)
        cls.server.serve()

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0, "SIGTERM must end with exit code 0"
        violations = list(history.violations(cls.server.exported()))
        assert not violations, "\n".join(violations[:20])

    @classmethod
    def in_slurm(cls, prefix=""):
        """Jobs that Slurm has and that haven't ended: name, (id, state)."""
        return {name: (job, state) for name, (job, state) in cls.cluster.jobs().items() if name.startswith(prefix) and state not in OVER}

    @classmethod
    def await_gone(cls, prefix=""):
        await_true(lambda: not cls.in_slurm(prefix), f"jobs {prefix}* to leave Slurm", cls.in_slurm)

    @classmethod
    def await_running(cls, prefix) -> str:
        """Its id in Slurm."""
        def running():
            return [job for job, state in cls.in_slurm(prefix).values() if state == "RUNNING"]
        return str(await_true(running, f"{prefix}* to run in Slurm", cls.in_slurm)[0])

    def running_service(self, **config):
        service = self.server.create_service("test/server", **config)
        self.server.await_service(service, "running")
        return service

    def running_job(self, lines, gpus="a100:2", *options):
        """The job, and its id in Slurm, where its script has begun."""
        mark = self.server.home() / f"begun-{len(list(self.server.home().glob('begun-*')))}"
        job = self.server.submit(script(f"touch {mark}; {lines}", gpus), *options)
        await_true(mark.exists, f"the script of job {job} to begin", lambda: self.server.sight_of_job(job))
        self.server.await_job(job, "RUNNING")
        return job, self.await_running(f"job-{job}.")

    def cancel(self, job):
        """By its user."""
        self.server.run_orrery("scancel", str(job))
        self.server.await_job(job, "CANCELLED")
        self.await_gone(f"job-{job}.")

    def end_service(self, service):
        self.assertEqual(self.server.call("DELETE", f"/api/v1/services/{service}")[0], 200)
        self.server.await_service(service, "cancelled")
        self.await_gone(f"{service}.")

    def ask(self, service, path="/"):
        """What the service itself answers, where it runs."""
        address = self.server.service_details(service)["address"]
        connection = http.client.HTTPConnection(address["host"], address["port"], timeout=10)
        connection.request("GET", path)
        return connection.getresponse().read().decode()

    def written(self, job) -> str:
        """What the job's script wrote."""
        return (self.server.home() / f"train-{job}.out").read_text()


def main(*programs: str):
    """Skips, and says so, where there can be no Slurm with these programs of its."""
    if problem := absent(*programs):
        print(problem)
        sys.exit(77)
    unittest.main()
